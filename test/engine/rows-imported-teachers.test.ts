import { describe, expect, it } from 'vitest';
import { reconcileStreams } from '../../src/engine/index.js';
import { definePolicy, type PolicyInput } from '../../src/policy/index.js';
import { checkRow, classWith, hostOf, inputOf, merge, OPEN, planOf, type Given, type Row } from '../support/rows.js';

const NEVER: PolicyInput = { teachers: { create: 'never' }, classes: { include: { teachers: 'imported' } } };
const POPULATED: PolicyInput = { ...NEVER, teachers: { create: 'populated' } };
const C1 = classWith('c1', { students: ['a'], teachers: ['t'] });
const LEFT_OUT = 'K20 TEACHER_NOT_IMPORTED';
const ALL = ['user-create a U1 NEW_PERSON', 'class-create c1 K1 NEW_CLASS', 'enrollment-add c1/a M1 ENROLLED'];
const WITH_TEACHER = [
  'user-create a U1 NEW_PERSON',
  'user-create t U2 NEW_PERSON',
  'class-create c1 K1 NEW_CLASS',
  'enrollment-add c1/a M1 ENROLLED',
  'enrollment-add c1/t M1 ENROLLED',
];
const hostWith = (fields: object) =>
  hostOf({ users: (C1.users ?? []).filter(({ sourcedId }) => sourcedId === 't') }, fields);

const rows: readonly Row[] = [
  {
    title: 'K20: a section whose teacher is no user becomes no class, and brings nobody',
    feed: C1,
    policy: NEVER,
    changes: [],
    notes: [LEFT_OUT],
  },
  {
    title: 'not K20: its teacher is a user',
    feed: C1,
    host: hostWith({}),
    policy: NEVER,
    changes: [...ALL, 'enrollment-add c1/t M1 ENROLLED'],
    never: ['K20'],
  },
  {
    title: 'K20: a section that is left out takes no name',
    feed: merge(classWith('c0', { name: 'Room', teachers: ['u'], students: [] }), {
      ...C1,
      classes: [{ ...C1.classes?.[0], name: 'Room' } as never],
    }),
    host: hostWith({}),
    policy: NEVER,
    changes: [...ALL, 'enrollment-add c1/t M1 ENROLLED'],
    notes: [LEFT_OUT],
    never: ['DUPLICATE_NAME'],
  },
  {
    title: 'K20: a class that is here already keeps following',
    feed: classWith('c1', { students: ['a', 'b'], teachers: ['t'] }),
    host: hostOf(classWith('c1', { students: ['a'], teachers: [] })),
    policy: NEVER,
    changes: ['user-create b U1 NEW_PERSON', 'enrollment-add c1/b M1 ENROLLED'],
    notes: ['M1 MEMBERS_WITHOUT_ACCOUNT'],
    never: ['K20'],
  },
  {
    title: 'not K20: a teacher who gets an account by this plan',
    feed: C1,
    policy: { classes: { include: { teachers: 'imported' } } },
    changes: WITH_TEACHER,
    never: ['K20'],
  },
  {
    title: 'not K20: a section without students of a teacher whom another one brings (populated)',
    feed: merge(classWith('c0', { students: [], teachers: ['t'] }), {
      ...C1,
      users: (C1.users ?? []).filter(({ sourcedId }) => sourcedId !== 't'),
    }),
    policy: POPULATED,
    changes: [
      'user-create a U1 NEW_PERSON',
      'user-create t U2 NEW_PERSON',
      'class-create c0 K1 NEW_CLASS',
      'class-create c1 K1 NEW_CLASS',
      'enrollment-add c0/t M1 ENROLLED',
      'enrollment-add c1/a M1 ENROLLED',
      'enrollment-add c1/t M1 ENROLLED',
    ],
    never: ['K20'],
  },
  {
    title: 'K20: a section without students of a teacher whom no other one brings (populated)',
    feed: classWith('c0', { students: [], teachers: ['t'] }),
    policy: POPULATED,
    changes: [],
    notes: [LEFT_OUT, 'U2 TEACHER_CLASS_EMPTY t'],
  },
];

describe('K20: sections whose teachers are users of the host', () => {
  it.each(rows)('$title', checkRow);

  it('a teacher whom somebody imports by hand brings their own classes alone', () => {
    const given: Given = {
      feed: merge(C1, classWith('c2', { students: ['b'], teachers: ['u'] })),
      policy: NEVER,
      importing: [{ sourcedId: 't', role: 'owner', site: 'annex' }],
    };
    const { changes } = planOf(given);
    expect(changes.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      'user-create user:a',
      'user-create user:t',
      'class-create class:c1',
      'enrollment-add enrollment:2:c1:a',
      'enrollment-add enrollment:2:c1:t',
    ]);
    expect(changes[1]?.after).toMatchObject({ role: 'owner', site: 'annex', hostFields: ['site'] });
  });

  it('is the same of streams', async () => {
    for (const given of [...rows, { feed: C1, policy: NEVER, importing: [{ sourcedId: 't' }] }]) {
      const input = inputOf(definePolicy({ limits: OPEN, ...given.policy }), given);
      expect((await reconcileStreams(input)).hash).toBe(planOf(given).hash);
    }
  });
});
