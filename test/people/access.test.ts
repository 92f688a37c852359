import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { ConfigurationError } from '../../src/errors.js';
import type { LocalRead } from '../../src/model/index.js';
import { Access, type AccessTarget, permissionSets, type ReadableStore } from '../../src/people/index.js';

const scope = { tenant: 'district-1' };
const ALL = ['district', 'schools', 'students', 'participant'] as const;
/** One permission of each scope, in a set of its own: a person may have any of them. */
const sets = Object.fromEntries(ALL.map((within) => [within, { permissions: { look: within } }]));

/** Two schools; a teacher of each, a guardian with a child in both, a principal, an administrator. */
function district(): MemoryStore {
  const store = new MemoryStore();
  const person = { givenName: 'G', familyName: 'F' };
  const pupil = { ...person, roles: ['student'] } as const;
  const north = { schoolSourcedIds: ['north'] };
  const south = { schoolSourcedIds: ['south'] };
  store.seed(scope, {
    schools: [
      { id: 'school-n', name: 'North', sourcedId: 'north' },
      { id: 'school-s', name: 'South', sourcedId: 'south' },
    ],
    classes: [
      { id: 'math', name: 'Math', sourcedId: 's-math', schoolSourcedId: 'north' },
      { id: 'old', name: 'Old', schoolSourcedId: 'north', state: 'archived', by: 'sync' },
      { id: 'gone', name: 'Gone', schoolSourcedId: 'north', state: 'purged', by: 'user' },
      { id: 'art', name: 'Art', schoolSourcedId: 'south' },
    ],
    users: [
      { id: 'tea', ...person, ...north, roles: ['teacher'], permissions: [...ALL] },
      { id: 'tom', ...person, ...south, roles: ['teacher'] },
      { id: 'gus', ...person, roles: ['guardian'] },
      { id: 'gia', ...person, roles: ['guardian'] },
      { id: 'ann', ...pupil, ...north },
      { id: 'bob', ...pupil, ...south },
      { id: 'cat', ...pupil, ...north },
      { id: 'dan', ...pupil, ...north, state: 'deactivated', by: 'sync' },
      { id: 'eve', ...pupil, ...north },
      { id: 'fay', ...pupil, ...north },
    ],
    enrollments: [
      { classId: 'math', userId: 'tea', role: 'teacher' },
      { classId: 'old', userId: 'tea', role: 'teacher' },
      { classId: 'art', userId: 'tea', role: 'teacher', state: 'removed', by: 'user' },
      { classId: 'art', userId: 'tom', role: 'aide' },
      { classId: 'math', userId: 'ann', role: 'student' },
      { classId: 'math', userId: 'dan', role: 'student' },
      { classId: 'math', userId: 'eve', role: 'student', state: 'removed', by: 'sync' },
      { classId: 'old', userId: 'cat', role: 'student' },
      { classId: 'art', userId: 'bob', role: 'student' },
    ],
    guardianLinks: [
      { guardianId: 'gus', studentId: 'ann' },
      { guardianId: 'gus', studentId: 'bob', blocked: true },
      { guardianId: 'gus', studentId: 'cat', state: 'removed', by: 'sync' },
      { guardianId: 'gus', studentId: 'dan' },
      { guardianId: 'gia', studentId: 'bob' },
    ],
  });
  return store;
}

/** The same records as streams that can be read once, counted; `isOver` where the work keeps them readable. */
function streaming(store: MemoryStore, counts: Record<string, number> = {}): ReadableStore {
  return {
    load: async (of) => {
      counts['loads'] = (counts['loads'] ?? 0) + 1;
      const { users, classes, schools, enrollments, guardianLinks, ...head } = await store.load(of);
      const lists = { users, classes, schools, enrollments, guardianLinks };
      const streams = Object.entries(lists).map(([name, records]) => [name, once(name, records, counts)]);
      return { ...head, ...(Object.fromEntries(streams) as unknown as Omit<LocalRead, 'scope' | 'ledger'>) };
    },
  };
}

async function* once(name: string, records: readonly object[], counts: Record<string, number>): AsyncGenerator<object> {
  for (const record of records) {
    counts[name] = (counts[name] ?? 0) + 1;
    yield await Promise.resolve(record);
  }
}

/** Which of the four scopes reaches it, for a person who has the permission in this one alone. */
async function reaching(store: MemoryStore, userId: string, about: AccessTarget): Promise<readonly string[]> {
  const reached: string[] = [];
  for (const within of ALL) {
    const { users } = await store.load(scope);
    const user = users.find(({ id }) => id === userId);
    const others = users.filter(({ id }) => id !== userId);
    const copy = new MemoryStore();
    const { ledger: _ledger, scope: _scope, ...records } = await store.load(scope);
    copy.seed(scope, {
      ...records,
      users: [...others, ...(user === undefined ? [] : [{ ...user, permissions: [within] }])],
    });
    const answers = new Set<boolean>();
    for (const each of [copy, streaming(copy)]) {
      const access = new Access({ store: each, scope, permissionSets: sets });
      answers.add(await access.can(userId, 'look', about));
      answers.add((await access.of(userId)).can('look', about));
    }
    expect(answers.size).toBe(1);
    if (answers.has(true)) reached.push(within);
  }
  return reached;
}

describe('how far a permission reaches', () => {
  const OF_SCHOOL = ['district', 'schools'];
  it.each<[string, string, AccessTarget, readonly string[]]>([
    ['a teacher, a student of a class', 'tea', { student: 'ann' }, ['district', 'schools', 'students']],
    ['a teacher, who is no student', 'tea', { student: 'tea' }, []],
    ['a teacher, themselves', 'tea', { person: 'tea' }, ['district', 'schools', 'participant']],
    ['a teacher, a student who left the class', 'tea', { student: 'eve' }, OF_SCHOOL],
    ['a teacher, a student of an archived class', 'tea', { student: 'cat' }, OF_SCHOOL],
    ['a teacher, a deactivated student', 'tea', { student: 'dan' }, OF_SCHOOL],
    ['a teacher, a student of the school alone', 'tea', { student: 'fay' }, OF_SCHOOL],
    ['a teacher, a student of a class that they left', 'tea', { student: 'bob' }, ['district']],
    ['a teacher, nobody', 'tea', { student: 'nobody' }, []],
    ['a teacher, a guardian of a child of the school', 'tea', { person: 'gus' }, OF_SCHOOL],
    ['a teacher, a guardian of a child elsewhere', 'tea', { person: 'gia' }, ['district']],
    ['a teacher, their class', 'tea', { class: 'math' }, [...ALL]],
    ['a teacher, their archived class', 'tea', { class: 'old' }, OF_SCHOOL],
    ['a teacher, a purged class', 'tea', { class: 'gone' }, []],
    ['a teacher, a class that they left', 'tea', { class: 'art' }, ['district']],
    ['a teacher, their school', 'tea', { school: 'north' }, OF_SCHOOL],
    ['a teacher, another school', 'tea', { school: 'south' }, ['district']],
    ['a teacher, no school', 'tea', { school: 'west' }, []],
    ['an aide, a student of the class', 'tom', { student: 'bob' }, ['district', 'schools', 'students']],
    ['a guardian, their child', 'gus', { student: 'ann' }, ['district', 'students']],
    ['a guardian, a child whom the district forbids them', 'gus', { student: 'bob' }, ['district']],
    ['a guardian, a child of theirs no more', 'gus', { student: 'cat' }, ['district']],
    ['a guardian, a deactivated child', 'gus', { student: 'dan' }, ['district']],
    ['a guardian, their child’s class', 'gus', { class: 'math' }, ['district', 'students']],
    ['a guardian, the class of a forbidden child', 'gus', { class: 'art' }, ['district']],
    ['a guardian, a child of others', 'gus', { student: 'eve' }, ['district']],
    ['a student, themselves', 'ann', { student: 'ann' }, [...ALL]],
    ['a student, their class', 'ann', { class: 'math' }, [...ALL]],
    ['a student, another of their class', 'bob', { student: 'ann' }, ['district']],
    ['anybody, everything', 'tea', {}, ['district']],
    ['a conversation of theirs', 'tea', { participants: ['tea', 'gus'] }, ['district', 'schools', 'participant']],
    ['a conversation of their school', 'tea', { participants: ['fay', 'gus'] }, OF_SCHOOL],
    ['a conversation of two schools', 'tea', { participants: ['tom', 'gus'] }, ['district']],
    ['a conversation of nobody', 'tea', { participants: [] }, []],
    [
      'a conversation of theirs about a student',
      'gus',
      { student: 'ann', participants: ['tea', 'gus'] },
      ['district', 'students', 'participant'],
    ],
    ['one about a child who is forbidden', 'gus', { student: 'bob', participants: ['tom', 'gus'] }, ['district']],
  ])('%s', async (_title, userId, about, expected) => {
    expect(await reaching(district(), userId, about)).toEqual(expected);
  });

  it('a scope of schools is where everything ends, also for an administrator of the district', async () => {
    const store = district();
    const access = new Access({ store, scope: { ...scope, schools: ['south'] }, permissionSets: sets });
    const reached = async (about: AccessTarget) => [
      await access.can('tea', 'look', about),
      (await access.of('tea')).can('look', about),
    ];
    expect(await reached({ student: 'ann' })).toEqual([false, false]);
    expect(await reached({ class: 'math' })).toEqual([false, false]);
    expect(await reached({ school: 'north' })).toEqual([false, false]);
    expect(await reached({ person: 'fay' })).toEqual([false, false]);
    // Whom contact is forbidden is a person of the child's school all the same.
    expect(await reached({ person: 'gus' })).toEqual([true, true]);
    expect(await reached({ student: 'bob' })).toEqual([true, true]);
    expect(await reached({ person: 'gia' })).toEqual([true, true]);
    expect(await reached({ class: 'art' })).toEqual([true, true]);
    expect(await reached({})).toEqual([true, true]);
  });
});

describe('what a person has', () => {
  it.each([
    ['deactivated', { state: 'deactivated', by: 'user' }],
    ['disabled by the district', { enabled: false }],
  ] as const)('nothing once they are %s', async (_word, closed) => {
    const store = new MemoryStore();
    const user = {
      id: 'amy',
      givenName: 'A',
      familyName: 'M',
      roles: ['administrator'],
      permissions: ['Users Manager'],
    } as const;
    store.seed(scope, { users: [{ ...user, ...closed }] });
    const access = new Access({ store, scope });
    expect(await access.explain('amy', 'users:view', { person: 'amy' })).toEqual({
      allowed: false,
      code: 'CLOSED_ACCOUNT',
    });
    expect(await access.permissionsOf('amy')).toEqual([]);
    const personal = await access.of('amy');
    expect(personal.permissions).toEqual([]);
    expect(personal.explain('users:view', { person: 'amy' })).toEqual({ allowed: false, code: 'CLOSED_ACCOUNT' });
  });

  it('of their own sets and of their role at the host; a set that is gone gives nothing', async () => {
    const store = new MemoryStore();
    const user = { givenName: 'A', familyName: 'M', roles: ['staff'], schoolSourcedIds: ['north'] } as const;
    store.seed(scope, {
      users: [
        { id: 'amy', ...user, role: 'principal', permissions: ['Family Access', 'Of last year', 'toString'] },
        { id: 'bea', ...user, role: 'constructor' },
      ],
    });
    const access = new Access({ store, scope, roles: { principal: ['Engagement Visibility', 'Content Moderator'] } });
    expect(await access.permissionsOf('amy')).toEqual([
      { permission: 'content:remove', within: 'schools', set: 'Content Moderator' },
      { permission: 'content:view', within: 'schools', set: 'Content Moderator' },
      { permission: 'engagement:view', within: 'schools', set: 'Engagement Visibility' },
      { permission: 'families:invite', within: 'students', set: 'Family Access' },
      { permission: 'families:message', within: 'students', set: 'Family Access' },
      { permission: 'families:view', within: 'students', set: 'Family Access' },
    ]);
    expect(await access.permissionsOf('bea')).toEqual([]);
    expect(await access.permissionsOf('nobody')).toEqual([]);
  });

  it('says why, and by which set', async () => {
    const access = new Access({ store: district(), scope, permissionSets: sets });
    const allowed = (within: string) => ({
      allowed: true,
      code: 'GRANTED',
      grant: { permission: 'look', within, set: within },
    });
    expect(await access.explain('tea', 'look')).toEqual(allowed('district'));
    expect(await access.explain('tea', 'look', { student: 'nobody' })).toEqual({
      allowed: false,
      code: 'OUT_OF_REACH',
    });
    expect(await access.explain('tea', 'touch')).toEqual({ allowed: false, code: 'NOT_GRANTED' });
    expect(await access.explain('tom', 'look')).toEqual({ allowed: false, code: 'NOT_GRANTED' });
    expect(await access.explain('nobody', 'look')).toEqual({ allowed: false, code: 'UNKNOWN_PERSON' });
    expect((await access.of('tom')).explain('look')).toEqual({ allowed: false, code: 'NOT_GRANTED' });
    expect((await access.of('nobody')).explain('look')).toEqual({ allowed: false, code: 'UNKNOWN_PERSON' });
  });

  it('people of another tenant are nobody here', async () => {
    const store = district();
    store.seed({ tenant: 'other' }, { users: [{ id: 'zoe', givenName: 'Z', familyName: 'O', roles: ['student'] }] });
    const access = new Access({ store, scope, permissionSets: sets });
    expect(await access.can('tea', 'look', { student: 'zoe' })).toBe(false);
    expect(await access.can('zoe', 'look')).toBe(false);
  });
});

describe('how much is read', () => {
  it('no more than the person, where they have no such permission', async () => {
    const counts: Record<string, number> = {};
    const access = new Access({ store: streaming(district(), counts), scope });
    expect(await access.can('ann', 'families:view', { student: 'ann' })).toBe(false);
    expect(counts).toEqual({ loads: 1, users: 1 });
  });

  it('streams are read within one look where the store offers them, and not where they are off', async () => {
    const store = district();
    let looks = 0;
    const offering: ReadableStore = {
      load: () => Promise.reject(new Error('not asked for')),
      stream: async (of, work) => {
        looks += 1;
        return work(await store.load(of));
      },
    };
    const options = { scope, permissionSets: sets };
    expect(await new Access({ store: offering, ...options }).can('tea', 'look', { student: 'ann' })).toBe(true);
    expect(looks).toBe(1);
    const plain = new Access({ store: offering, ...options, streams: false });
    await expect(plain.can('tea', 'look')).rejects.toThrow('not asked for');
  });
});

describe('the options of access', () => {
  const store = new MemoryStore();
  it.each<[string, object]>([
    ['store', { store: {} }],
    ['scope.tenant', { scope: { tenant: '' } }],
    ['scope.schools', { scope: { tenant: 'd', schools: [] } }],
    ['sets', { sets: {} }],
    ['permissionSets', { permissionSets: [] }],
    ['permissionSets.Ours', { permissionSets: { Ours: 'everything' } }],
    ['permissionSets.Ours.permissions', { permissionSets: { Ours: {} } }],
    ['permissionSets.Ours.permissions.look', { permissionSets: { Ours: { permissions: { look: 'everywhere' } } } }],
    ['roles.principal', { roles: { principal: 'Users Manager' } }],
    ['roles.principal', { roles: { principal: ['User Manager'] } }],
  ])('a mistake in %s is named', (parameter, mistake) => {
    expect(() => new Access({ store, scope, ...mistake })).toThrow(ConfigurationError);
    expect(() => new Access({ store, scope, ...mistake })).toThrow(`${parameter}: `);
  });

  it.each<[string, object]>([
    ['class', { student: 'ann', class: 'math' }],
    ['pupil', { pupil: 'ann' }],
    ['student', { student: 7 }],
    ['participants', { participants: 'ann' }],
  ])('a question with a mistake in %s is refused', async (parameter, about) => {
    const access = new Access({ store: district(), scope });
    await expect(access.can('tea', 'look', about)).rejects.toMatchObject({ parameter });
    const personal = await access.of('tea');
    expect(() => personal.can('look', about)).toThrow(`${parameter}: `);
  });

  it('the seven sets reach no further than they say', () => {
    expect(Object.keys(permissionSets)).toHaveLength(7);
    const district = Object.entries(permissionSets).filter(([, { permissions }]) =>
      Object.values<string>(permissions).includes('district'),
    );
    expect(district.map(([name]) => name)).toEqual(['Permissions Admin', 'Rostering Administrator']);
  });
});
