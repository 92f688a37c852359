import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { StoreConflictError, StoreError } from '../../src/errors.js';
import type { LocalClass, LocalEnrollment, LocalUser } from '../../src/model/index.js';
import { Directory } from '../../src/people/index.js';

const scope = { tenant: 'district-1' };
const now = '2026-03-01T08:00:00.000Z';
const clock = { now: () => new Date(now) };
const by = 'teacher-7';

let store: MemoryStore;
let directory: Directory;

beforeEach(() => {
  store = new MemoryStore();
  store.seed(scope, {
    classes: [
      { id: 'math', origin: 'roster', sourcedId: 's-math', name: 'Math' },
      { id: 'club', name: 'Chess club' },
      {
        id: 'gone',
        origin: 'roster',
        sourcedId: 's-gone',
        name: 'Old',
        state: 'archived',
        by: 'sync',
        archivedAt: now,
      },
      {
        id: 'put-away',
        origin: 'roster',
        sourcedId: 's-away',
        name: 'Away',
        state: 'archived',
        by: 'user',
        archivedAt: now,
      },
    ],
    users: [
      { id: 'ada', origin: 'roster', sourcedId: 's-ada', roles: ['student'], givenName: 'Ada', familyName: 'B' },
      { id: 'ben', roles: ['student'], givenName: 'Ben', familyName: 'C' },
      { id: 'cleo', origin: 'roster', sourcedId: 's-cleo', roles: ['student'], givenName: 'Cleo', familyName: 'D' },
    ],
    enrollments: [
      { classId: 'math', userId: 'ada', origin: 'roster', role: 'student' },
      {
        classId: 'math',
        userId: 'cleo',
        origin: 'roster',
        role: 'student',
        state: 'removed',
        by: 'sync',
        removedAt: now,
      },
    ],
  });
  directory = new Directory({ store, scope, clock });
});

async function classOf(id: string): Promise<LocalClass | undefined> {
  return (await store.load(scope)).classes.find((section) => section.id === id);
}

async function userOf(id: string): Promise<LocalUser | undefined> {
  return (await store.load(scope)).users.find((user) => user.id === id);
}

async function memberOf(classId: string, userId: string): Promise<LocalEnrollment | undefined> {
  const { enrollments } = await store.load(scope);
  return enrollments.find((member) => member.classId === classId && member.userId === userId);
}

describe('acts on classes', () => {
  it('a renamed class keeps its name from the roster', async () => {
    await directory.renameClass({ sourcedId: 's-math' }, 'Algebra', { by });
    expect(await classOf('math')).toMatchObject({ name: 'Algebra', hostFields: ['name'], version: 2 });
  });

  it('a class that a person archives says so, also where a sync had archived it before', async () => {
    await directory.archiveClass('math', { by });
    await directory.archiveClass('gone', { by });
    expect(await classOf('math')).toMatchObject({ state: 'archived', by: 'user', archivedAt: now });
    expect(await classOf('gone')).toMatchObject({ state: 'archived', by: 'user', archivedAt: now });
  });

  it('K16: a revived class of the roster is marked, whoever had archived it; one of people is not', async () => {
    await directory.archiveClass('club', { by });
    for (const id of ['gone', 'put-away', 'club']) await directory.reviveClass(id, { by });
    const revived = await classOf('gone');
    expect(revived).toMatchObject({ state: 'active', revived: true });
    expect(revived).not.toHaveProperty('by');
    expect(revived).not.toHaveProperty('archivedAt');
    expect(await classOf('put-away')).toMatchObject({ state: 'active', revived: true });
    expect(await classOf('club')).not.toHaveProperty('revived');
  });

  it('archiving a revived class by hand ends its revival', async () => {
    await directory.reviveClass('gone', { by });
    await directory.archiveClass('gone', { by });
    expect(await classOf('gone')).not.toHaveProperty('revived');
  });

  it('a purged class stays as a tombstone that no act reaches', async () => {
    await directory.purgeClass('math', { by });
    expect(await classOf('math')).toMatchObject({ state: 'purged', by: 'user', sourcedId: 's-math' });
    await expect(directory.renameClass('math', 'Algebra', { by })).rejects.toThrow(/there is no class math/);
    await expect(directory.reviveClass('math', { by })).rejects.toBeInstanceOf(StoreError);
  });

  it('K13: linking a class of people ties it to a sourcedId, and unlinking gives it back to them', async () => {
    await directory.link('club', 's-club', { by });
    expect(await classOf('club')).toMatchObject({ origin: 'linked', sourcedId: 's-club' });
    await directory.unlink('club', { by });
    const unlinked = await classOf('club');
    expect(unlinked).toMatchObject({ origin: 'local', hostFields: ['sourcedId'] });
    expect(unlinked).not.toHaveProperty('sourcedId');
    await directory.link('club', 's-club', { by });
    expect(await classOf('club')).not.toHaveProperty('hostFields');
  });

  it('two classes never bear one sourcedId', async () => {
    await expect(directory.link('club', 's-math', { by })).rejects.toThrow(/s-math belongs to record math/);
    await expect(directory.linkUser('ben', 's-ada', { by })).rejects.toThrow(/s-ada belongs to record ada/);
  });

  it('a class that a sync made cannot be unlinked', async () => {
    await expect(directory.unlink('math', { by })).rejects.toBeInstanceOf(StoreError);
  });

  it('the first use is noted, and later ones do not write', async () => {
    await directory.use('math', { by });
    await directory.use('math', { by });
    expect(await classOf('math')).toMatchObject({ usedAt: now, version: 2 });
  });

  it('a class made by people is local, and its id comes back', async () => {
    const { id } = await directory.createClass({ name: 'Garden', schoolSourcedId: 'north' }, { by });
    expect(await classOf(id)).toMatchObject({ origin: 'local', name: 'Garden', state: 'active' });
  });
});

describe('acts on members', () => {
  it('M6 and M14: a removed member is removed by a person', async () => {
    await directory.removeMember('math', 'ada', { by });
    expect(await memberOf('math', 'ada')).toMatchObject({ state: 'removed', by: 'user', removedAt: now });
  });

  it('removing by hand whom a sync had removed keeps them removed', async () => {
    await directory.removeMember('math', 'cleo', { by });
    expect(await memberOf('math', 'cleo')).toMatchObject({ state: 'removed', by: 'user' });
  });

  it('M13: a removed member who is added again by hand is local', async () => {
    await directory.addMember('math', { sourcedId: 's-cleo' }, { role: 'student', by });
    const member = await memberOf('math', 'cleo');
    expect(member).toMatchObject({ state: 'active', origin: 'local' });
    expect(member).not.toHaveProperty('by');
    expect(member).not.toHaveProperty('removedAt');
  });

  it('a new member is local', async () => {
    await directory.addMember('math', 'ben', { role: 'student', by });
    expect(await memberOf('math', 'ben')).toMatchObject({ origin: 'local', role: 'student', state: 'active' });
  });

  it('another role for a present member is a field of the host', async () => {
    await directory.addMember('math', 'ada', { role: 'aide', by });
    expect(await memberOf('math', 'ada')).toMatchObject({ role: 'aide', hostFields: ['role'], origin: 'roster' });
  });

  it('who is no member cannot be removed', async () => {
    await expect(directory.removeMember('math', 'ben', { by })).rejects.toThrow(/user ben is no member of class math/);
  });
});

describe('acts on people', () => {
  it('edited fields belong to the host until they are released', async () => {
    await directory.editUser('ada', { email: 'ada@home.example', givenName: 'Adele' }, { by });
    expect(await userOf('ada')).toMatchObject({ givenName: 'Adele', hostFields: ['email', 'givenName'] });
    await directory.release({ user: 'ada' }, 'email', { by });
    expect(await userOf('ada')).toMatchObject({ hostFields: ['givenName'] });
    await directory.release({ user: 'ada' }, 'givenName', { by });
    expect(await userOf('ada')).not.toHaveProperty('hostFields');
  });

  it('an edit can empty a field, but not a name, and reaches no other field', async () => {
    await directory.editUser('ada', { email: 'ada@home.example' }, { by });
    await directory.editUser('ada', { email: undefined }, { by });
    expect(await userOf('ada')).not.toHaveProperty('email');
    await expect(directory.editUser('ada', { state: 'deactivated' } as never, { by })).rejects.toThrow(/fields\.state/);
  });

  it('a claim is kept with the day on which the account was first used', async () => {
    await directory.claim('ada', { by });
    expect(await userOf('ada')).toMatchObject({ claimed: true, usedAt: now });
  });

  it('linking a person of people makes them linked, linking one of the roster only changes the sourcedId', async () => {
    await directory.linkUser('ben', 's-ben', { by });
    await directory.linkUser('ada', 's-ada-2', { by });
    expect(await userOf('ben')).toMatchObject({ origin: 'linked', sourcedId: 's-ben' });
    expect(await userOf('ada')).toMatchObject({ origin: 'roster', sourcedId: 's-ada-2' });
    await directory.unlinkUser('ben', { by });
    expect(await userOf('ben')).not.toHaveProperty('sourcedId');
  });

  it('a person made by people is local', async () => {
    const person = { givenName: 'Dora', familyName: 'E', roles: ['teacher'] } as const;
    const { id } = await directory.createUser(person, { by });
    expect(await userOf(id)).toMatchObject({ origin: 'local', schoolSourcedIds: [], roles: ['teacher'] });
  });

  it('an unknown id is named in the error', async () => {
    await expect(directory.claim({ sourcedId: 's-nobody' }, { by })).rejects.toThrow(/s-nobody/);
  });
});

describe('acts beside other writers', () => {
  it('an act that changes nothing writes nothing', async () => {
    await directory.removeMember('math', 'ada', { by });
    await directory.removeMember('math', 'ada', { by });
    expect((await memberOf('math', 'ada'))?.version).toBe(2);
  });

  it('an act is repeated once where someone wrote in between, and says so where it happens again', async () => {
    const busy = new BusyStore(1);
    const racing = new Directory({ store: busy, scope, clock });
    await racing.renameClass('math', 'Algebra', { by });
    expect((await busy.load(scope)).classes[0]).toMatchObject({ name: 'Algebra', usedAt: 'meanwhile 1' });

    const busier = new Directory({ store: new BusyStore(2), scope, clock });
    await expect(busier.renameClass('math', 'Algebra', { by })).rejects.toBeInstanceOf(StoreConflictError);
  });

  it('the journal says who acted', async () => {
    const runs: string[] = [];
    const spied = new MemoryStore();
    spied.seed(scope, { classes: [{ id: 'math', name: 'Math' }] });
    const apply = spied.apply.bind(spied);
    spied.apply = (batch) => {
      runs.push(batch.runId);
      return apply(batch);
    };
    await new Directory({ store: spied, scope, clock }).archiveClass('math', { by });
    const [entry] = await spied.journal(scope, runs[0] ?? '');
    expect(entry?.change.reason).toEqual({ rule: 'HAND', code: 'BY_HAND', evidence: { by } });
    expect(entry?.change.before).toEqual({ state: 'active', by: null, archivedAt: null });
  });
});

/** Someone else writes to the class between the look at it and the act, so many times. */
class BusyStore extends MemoryStore {
  constructor(private writers: number) {
    super();
    this.seed(scope, { classes: [{ id: 'math', name: 'Math' }] });
  }

  override async apply(batch: Parameters<MemoryStore['apply']>[0]): ReturnType<MemoryStore['apply']> {
    if (this.writers > 0) {
      this.seed(scope, { classes: [{ id: 'math', name: 'Math', usedAt: `meanwhile ${String(this.writers)}` }] });
      this.writers -= 1;
    }
    return super.apply(batch);
  }
}
