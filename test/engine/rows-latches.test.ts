import { describe, expect, it } from 'vitest';
import { emptyLedger, type LocalState, type Plan } from '../../src/model/index.js';
import type { PolicyInput } from '../../src/policy/index.js';
import {
  attested,
  guardian,
  localLink,
  localMember,
  localUser,
  school,
  section,
  student,
  teacher,
} from '../support/build.js';
import {
  changeLines,
  classWith,
  hostOf,
  merge,
  mergeHosts,
  OPEN,
  people,
  planOf,
  type Given,
} from '../support/rows.js';

const FULL: PolicyInput = { fullData: true, archive: true };
const STRICT: PolicyInput = { ...FULL, limits: { ...OPEN, enrollments: 0.01, floor: 0 } };
const C1 = classWith('c1', { students: ['a', 'b'] });
const CLOSED = { state: 'deactivated', by: 'sync' } as const;
const WITHOUT_A = merge(classWith('c1', { students: ['b'] }), people(student('a')));

/** What waits after a second plan for the same host, with these differences. */
function waitingAfter(first: Given, second: Partial<Given>): readonly string[] {
  const before = planOf(first);
  const ledger = { ...emptyLedger, holds: before.ledger.holds };
  expect(ledger.holds.length).toBeGreaterThan(0);
  const host: Partial<LocalState> = { ...first.host, ...second.host, ledger };
  return waitingIn(planOf({ ...first, ...second, host }));
}

function waitingIn({ ledger }: Plan): readonly string[] {
  return ledger.holds.flatMap(({ id, changes }) => changes.map(({ key }) => `${id} ${key}`));
}

describe('what a hold names waits until it is decided or its record is seen again', () => {
  const held: Given = { feed: WITHOUT_A, host: hostOf(C1), policy: STRICT };
  const waits = ['G6:enrollments enrollment-remove enrollment:2:c1:a'];

  it('while an import without Full Data would not find it due', () => {
    expect(waitingAfter(held, { policy: { limits: STRICT.limits } })).toEqual(waits);
  });

  it('while the class of a member is absent, and a person has archived it', () => {
    const host = hostOf(C1, { classes: { c1: { state: 'archived', by: 'user' } } });
    const feed = people(student('a'), student('b'), teacher('t'));
    expect(waitingAfter(held, { feed, host })).toEqual(waits);
  });

  it('while the class of a member is at a school that is left out, wherever it was then', () => {
    const away = {
      schools: ['s1', 's2'].map((id) => school(id)),
      attestation: attested({}, { skippedSchools: ['s2'] }),
    };
    const moved = hostOf(C1, { classes: { c1: { schoolSourcedId: 's2' } } });
    expect(waitingAfter(held, { feed: { ...WITHOUT_A, ...away }, host: moved })).toEqual(waits);
  });

  it('where it reaches members by hand, while the policy does not', () => {
    const { synced: _synced, ...guest } = localMember('c1', 'a', { origin: 'local' });
    const c1 = hostOf(classWith('c1', { students: ['b'] }));
    const host = { ...c1, users: hostOf(C1).users ?? [], enrollments: [guest, ...(c1.enrollments ?? [])] };
    const first = { ...held, host, policy: { ...STRICT, fullDataReach: 'everyone' } } as const;
    expect(waitingAfter(first, { policy: STRICT })).toEqual(waits);
  });

  it('while another hold that names it was discarded', () => {
    const before = planOf(held);
    const suppressions = [
      { kind: 'enrollment-remove', subject: 'enrollment:2:c1:a', fingerprint: 'absent', cause: 'discard' },
    ] as const;
    const ledger = { ...emptyLedger, holds: before.ledger.holds, suppressions };
    const plan = planOf({ ...held, host: { ...held.host, ledger } });
    expect([changeLines(plan), waitingIn(plan)]).toEqual([[], waits]);
  });

  it('while a grace that the policy asks for by now is not over', () => {
    const feed = { ...WITHOUT_A, readId: 'read-2' };
    expect(waitingAfter(held, { feed, policy: { ...STRICT, graceSnapshots: 2 } })).toEqual(waits);
  });

  it('likewise a guardian’s link', () => {
    const feed = merge(C1, people(guardian('g')));
    const host = mergeHosts(hostOf(C1), { users: [localUser(guardian('g'))], guardianLinks: [localLink('g', 'a')] });
    const policy: PolicyInput = { ...STRICT, steps: ['guardians'], limits: { ...OPEN, guardianLinks: 0.01, floor: 0 } };
    const first = { feed, host, policy };
    const second = { feed: { ...feed, readId: 'read-2' }, policy: { ...policy, graceSnapshots: 2 } };
    expect(waitingAfter(first, second)).toEqual(['G6:guardianLinks guardian-unlink guardian:1:g:a']);
  });

  it('near miss: the member is there again', () => {
    expect(waitingAfter(held, { feed: C1 })).toEqual([]);
  });

  it('near miss: a person removed the member of a class that is there', () => {
    const host = hostOf(C1, { members: { 'c1/a': { state: 'removed', by: 'user' } } });
    expect(waitingAfter(held, { host })).toEqual([]);
  });

  it('near miss: likewise, though the feed names a person there of whom it has no row', () => {
    const host = hostOf(C1, { members: { 'c1/a': { state: 'removed', by: 'user' } } });
    const users = (C1.users ?? []).filter(({ sourcedId }) => sourcedId !== 'a');
    expect(waitingAfter(held, { host, feed: { ...C1, users } })).toEqual([]);
  });

  it('near miss: a person archived the class that was to be archived', () => {
    const policy = { ...FULL, limits: { ...OPEN, classes: 0.01, floor: 0 } };
    const first = { feed: people(...(C1.users ?? [])), host: hostOf(C1), policy };
    const host = hostOf(C1, { classes: { c1: { state: 'archived', by: 'user' } } });
    expect(waitingAfter(first, {})).toEqual(['G6:classes class-archive class:c1']);
    expect(waitingAfter(first, { host })).toEqual([]);
  });

  const RECYCLED = people(student('a', { givenName: 'Zoe', familyName: 'Zorn', email: 'z@school.example' }));
  const HOST = hostOf(people(student('a', { email: 'a@school.example' })));
  const closed = { ...HOST, users: (HOST.users ?? []).map((user) => ({ ...user, ...CLOSED })) };

  it('U13: while nobody is there by that id, though a sync closed the account', () => {
    const first = { feed: RECYCLED, host: closed, policy: FULL };
    expect(waitingAfter(first, { feed: {} })).toEqual(['U13:a user-reactivate user:a']);
  });

  it('near miss: the person whom the host knows is there again', () => {
    const back = people(student('a', { email: 'a@school.example' }));
    expect(waitingAfter({ feed: RECYCLED, host: HOST, policy: FULL }, { feed: back })).toEqual([]);
  });

  it('while a class is missing whose id was given to another, though a person has brought it back', () => {
    const students = ['a', 'b', 'c', 'd', 'e'];
    const [before, now] = [students, students.map((id) => `${id}2`)];
    const host = hostOf(classWith('c1', { students: before }));
    const feed = classWith('c1', { students: now, teachers: ['u'], termSourcedIds: ['spring'] });
    const rest = classWith('c2', { students: before });
    const revived = hostOf(classWith('c1', { students: before }), { classes: { c1: { revived: true } } });
    expect(waitingAfter({ feed, host, policy: FULL }, { feed: rest, host: revived })).toEqual([
      'K10:c1 class-rekey class:c1',
      'K10:c1 class-create class:c1',
    ]);
  });

  it('not while a person has brought the class back that was to be archived: they took it back (K16)', () => {
    const both = merge(C1, classWith('c2', { students: ['a', 'b'] }));
    const policy = { ...FULL, limits: { ...OPEN, classes: 0.01, floor: 0 } };
    const leaving: Given = { feed: classWith('c2', { students: ['a', 'b'] }), host: hostOf(both), policy };
    expect(waitingAfter(leaving, {})).toEqual(['G6:classes class-archive class:c1']);
    const host = hostOf(both, { classes: { c1: { revived: true } } });
    expect(waitingAfter(leaving, { host })).toEqual([]);
    const unproven = { attestation: attested({}, { allSchools: false }) };
    expect(waitingAfter(leaving, { host, feed: { ...leaving.feed, ...unproven } })).toEqual([
      'G6:classes class-archive class:c1',
    ]);
  });
});

describe('the name of a class for whose archive a person is asked', () => {
  const math = (id: string) => classWith(id, { name: 'Math', students: [], teachers: [] });
  const north = { schoolSourcedId: 's2', students: [], teachers: [] };
  const hosted = merge(math('c1'), classWith('n1', north));
  const feed = { classes: [section('n1', { schoolSourcedId: 's2' })], users: [] };
  const first: Given = { feed, host: hostOf(hosted), policy: FULL, alone: true };
  const later = merge(math('c2'), classWith('n1', north));
  const { ledger } = planOf(first);

  it('stays taken while it waits', () => {
    expect(changeLines(planOf({ ...first, feed: later, host: { ...hostOf(hosted), ledger } }))).toEqual([
      'class-archive c1 K7 CLASS_ABSENT',
    ]);
  });

  it('near miss: a person has archived the class meanwhile, and the feed lacks it', () => {
    const host = { ...hostOf(hosted, { classes: { c1: { state: 'archived', by: 'user' } } }), ledger };
    expect(changeLines(planOf({ ...first, feed: later, host }))).toEqual(['class-create c2 K1 NEW_CLASS']);
  });
});
