/** Records out of order, and host records that share an id: the plan is the same in every order, in arrays and streams. */

import { describe, expect, it } from 'vitest';
import { reconcile } from '../../src/engine/index.js';
import { planStreams } from '../../src/engine/streams.js';
import type { LocalState, Plan, Roster } from '../../src/model/index.js';
import { definePolicy } from '../../src/policy/index.js';
import {
  enrolled,
  guardian,
  local,
  localClass,
  localLink,
  localMember,
  localUser,
  NOW,
  roster,
  section,
  student,
  teacher,
  teaching,
} from '../support/build.js';
import { OPEN } from '../support/rows.js';

const ROSTER_PARTS = ['classes', 'users', 'enrollments', 'guardianLinks'] as const;

const policy = definePolicy({
  fullData: true,
  archive: true,
  limits: OPEN,
  steps: ['classes', 'teachers', 'students', 'guardians'],
  guardians: { contactTypes: ['Family'] },
});

const ofFamily = (guardianSourcedId: string, studentSourcedId: string) => ({
  guardianSourcedId,
  studentSourcedId,
  contactType: 'Family',
});
const KEPT = { contactType: 'Family', synced: { contactType: 'Family' } } as const;
const twin = <T extends { readonly id: string }>(record: T): T => ({ ...record, id: `${record.id}-2` });
const byHand = <T extends { readonly id: string }>(record: T, id: string, ...fields: readonly (keyof T)[]): T => ({
  ...(Object.fromEntries(Object.entries(record).filter(([field]) => !fields.includes(field as keyof T))) as T),
  id,
  origin: 'local',
});

/** People of whom some have another id now, with links of every kind. */
const PEOPLE = {
  students: ['a', 'b', 'c', 'd'].map((id) => student(id, { stateId: `state-${id}` })),
  guardians: ['g', 'h'].map((id) => guardian(id)),
};
const [A, B, C, D] = PEOPLE.students as [ReturnType<typeof student>, ...ReturnType<typeof student>[]];
const READ = roster({
  classes: [section('c1'), section('c3')],
  users: [
    ...PEOPLE.guardians,
    { ...A, sourcedId: 'n1' },
    { ...(B ?? A), sourcedId: '01' },
    ...[C, D].flatMap((each) => each ?? []),
    teacher('t'),
  ],
  enrollments: [
    enrolled('c1', 'n1'),
    enrolled('c1', '01'),
    enrolled('c1', 'c'),
    teaching('c1', 't'),
    enrolled('c3', 'd'),
    teaching('c3', 't'),
  ],
  guardianLinks: [
    ofFamily('g', 'n1'),
    ofFamily('g', '01'),
    { ...ofFamily('g', 'c'), status: 'tobedeleted' },
    { ...ofFamily('g', 'c'), contactType: 'Emergency' },
    ofFamily('g', 'c'),
    { ...ofFamily('g', 'c'), relationship: 'Aunt' },
    { ...ofFamily('g', 't'), status: 'tobedeleted' },
    { ...ofFamily('g', 't'), contactType: 'Emergency' },
    ofFamily('g', 't'),
    { ...ofFamily('g', 't'), relationship: 'Aunt' },
    { ...ofFamily('h', 'c'), contactType: 'Emergency' },
    { ...ofFamily('h', 'c'), status: 'tobedeleted' },
  ],
});
const HOST = local({
  classes: [
    localClass('c1'),
    localClass('c2'),
    twin(localClass('c2')),
    localClass('c3'),
    twin(localClass('c3')),
    localClass('c4'),
    localClass(undefined, { name: 'Dance' }),
    localClass(undefined, { name: 'Chess' }),
  ],
  users: [
    ...[...PEOPLE.students, ...PEOPLE.guardians, teacher('t')].map((user) => localUser(user)),
    twin(localUser(D ?? A)),
    localUser(student('gone')),
    twin(localUser(student('gone'))),
    byHand(localUser(student('x')), 'own-2', 'sourcedId'),
    byHand(localUser(student('y')), 'own-1', 'sourcedId'),
  ],
  enrollments: [
    ...['a', 'b', 'c'].map((id) => localMember('c1', id)),
    localMember('c1', 't', { role: 'teacher', primary: true }),
    localMember('c3', 'd'),
    localMember('c3', 't', { role: 'teacher', primary: true }),
    byHand(localMember('c1', 'x'), 'own-m2', 'userSourcedId', 'synced'),
    byHand(localMember('c1', 'y'), 'own-m1', 'userSourcedId', 'synced'),
    { ...byHand(localMember('c1', 'z'), 'own-m3', 'synced'), userSourcedId: '' },
  ],
  guardianLinks: [
    localLink('g', 'a', KEPT),
    localLink('g', 'b', KEPT),
    localLink('g', 'c', KEPT),
    twin(localLink('g', 'c', KEPT)),
    localLink('g', 'd', KEPT),
    twin(localLink('g', 'd', KEPT)),
    localLink('g', 't', KEPT),
    byHand(localLink('g', 'x'), 'own-l2', 'studentSourcedId', 'synced'),
    byHand(localLink('g', 'y'), 'own-l1', 'studentSourcedId', 'synced'),
  ],
});

type Order = <T>(records: readonly T[]) => readonly T[];

const ORDERS: readonly (readonly [title: string, order: Order])[] = [
  ['reversed', (records) => [...records].reverse()],
  ['begun in the middle', (records) => [...records.slice(2), ...records.slice(0, 2)]],
  ['with its last record first', (records) => [...records.slice(-1), ...records.slice(0, -1)]],
  ['with every second record first', (records) => [0, 1].flatMap((rest) => records.filter((_, at) => at % 2 === rest))],
];

function inOrder<T extends Roster | LocalState>(side: T, order: Order): T {
  const parts = ROSTER_PARTS.map((name) => [name, order<unknown>(side[name])]);
  return { ...side, ...(Object.fromEntries(parts) as Partial<T>) };
}

function inStreams<T extends Roster | LocalState>(side: T): T {
  return inOrder(side, (records) => streamOf(records) as never);
}

function streamOf<T>(records: readonly T[]): AsyncIterable<T> {
  return {
    async *[Symbol.asyncIterator]() {
      for (const record of records) yield await Promise.resolve(record);
    },
  };
}

describe('one plan in every order', () => {
  const expected = reconcile({ roster: READ, local: HOST, policy, now: NOW });
  const sidesIn = (order: Order, which: string): readonly [Roster, LocalState] => [
    which === 'host' ? READ : inOrder(READ, order),
    which === 'feed' ? HOST : inOrder(HOST, order),
  ];

  it('is one with something to do for every rule about pairs', () => {
    expect(expected.changes.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual(
      expect.arrayContaining([
        'user-rekey user:n1',
        'user-rekey user:01',
        'guardian-update guardian:1:g:t',
        'class-archive class:c4',
      ]),
    );
    const twice = expected.notes.filter(({ code }) => code === 'LOCAL_DUPLICATE');
    expect(twice.map(({ subject }) => subject)).toEqual([
      ...['user:d', 'user:gone', 'class:c2', 'class:c3'],
      ...['guardian:1:g:c', 'guardian:1:g:d'],
    ]);
  });

  for (const which of ['feed', 'host', 'both']) {
    it.each(ORDERS)(`${which} %s`, async (_title, order) => {
      const [feed, host] = sidesIn(order, which);
      const same = (plan: Plan) => expect(JSON.stringify(plan)).toBe(JSON.stringify(expected));
      same(reconcile({ roster: feed, local: host, policy, now: NOW }));
      for (const windowSize of [1, 3]) {
        same(await planStreams({ roster: inStreams(feed), local: inStreams(host), policy, now: NOW }, windowSize));
      }
    });
  }

  it('not: what fails for another reason than order fails', () => {
    const now = 'no instant';
    expect(() => reconcile({ roster: READ, local: HOST, policy, now })).toThrow(RangeError);
  });

  it('ends where a signal was aborted before the work began', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(
      planStreams({ roster: inStreams(READ), local: inStreams(HOST), policy, now: NOW, signal }, 3),
    ).rejects.toThrow('enough');
  });
});

describe('P13: of several students who give a guardian a place', () => {
  const students = ['a', 'b'].map((id) => student(id));
  const guardians = ['g', 'h'].map((id) => guardian(id));
  const pairs = ['a', 'b'].flatMap((id) => guardians.map(({ sourcedId }) => ofFamily(sourcedId, id)));
  const rows = ['b', 'a'].map((id) => enrolled('c1', id));
  const feed = roster({
    classes: [section('c1')],
    users: [...students, ...guardians],
    enrollments: rows,
    guardianLinks: pairs,
  });
  const enrolling = { ...policy, guardians: { ...policy.guardians, enroll: true } };

  it.each([
    ['whom the class had', rows.map(({ userSourcedId }) => localMember('c1', userSourcedId))],
    ['who come to the class', []],
  ])('the first one counts, whatever the order of the enrollments: %s', async (_title, enrollments) => {
    const host = local({
      classes: [localClass('c1')],
      users: [...students, ...guardians].map((user) => localUser(user)),
      enrollments,
      guardianLinks: pairs.map((pair) => localLink(pair.guardianSourcedId, pair.studentSourcedId, KEPT)),
    });
    const places = ({ changes }: Plan) =>
      changes
        .filter(({ reason }) => reason.rule === 'P13')
        .map(({ target, reason }) => [
          (target as { userSourcedId: string }).userSourcedId,
          reason.evidence?.['student'],
        ]);
    const inMemory = reconcile({ roster: feed, local: host, policy: enrolling, now: NOW });
    expect(places(inMemory)).toEqual([
      ['g', 'a'],
      ['h', 'a'],
    ]);
    const sides = { roster: inStreams(feed), local: inStreams(host), policy: enrolling, now: NOW };
    expect(await planStreams(sides, 100)).toEqual(inMemory);
  });
});
