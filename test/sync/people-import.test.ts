import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { ConfigurationError, LockHeldError, PlanError } from '../../src/errors.js';
import type { Roster } from '../../src/model/index.js';
import type { PolicyInput } from '../../src/policy/index.js';
import { Directory } from '../../src/people/index.js';
import type { ImportProgress } from '../../src/sync/index.js';
import { attestation, person, recordEvents, roster, scope, unenrolled, withPerson, World } from './support.js';

/** A host as this kind is: teachers one by one, their classes and students with them, and nobody else. */
const BY_HAND: PolicyInput = {
  teachers: { create: 'never', username: 'email' },
  classes: { include: { teachers: 'imported' } },
};
const FULL: PolicyInput = { ...BY_HAND, fullData: true, archive: true, limits: { enrollments: 1, classes: 1 } };

async function sourcedIdsOf(world: World) {
  const { users, classes, enrollments } = await world.store.load(scope);
  const ids = (records: readonly { readonly sourcedId?: string }[]) => records.map(({ sourcedId }) => sourcedId ?? '');
  const members = enrollments.filter(({ state }) => state === 'active');
  return {
    users: ids(users),
    classes: ids(classes.filter(({ state }) => state === 'active')),
    members: members.map(({ classSourcedId = '', userSourcedId = '' }) => `${classSourcedId}/${userSourcedId}`).sort(),
  };
}

describe('candidates', () => {
  it('are the teachers of the roster, each with how much they teach, and why they cannot be imported', async () => {
    let feed = roster(4, 2);
    feed = withPerson(feed, 't2', { enabled: false });
    feed = withPerson(feed, 't3', { email: undefined as never });
    feed = unenrolled(feed, 's4-1', 's4-2');
    const world = new World(feed, { policy: BY_HAND });
    const common = { givenName: 'Given', schools: [{ sourcedId: 'north', name: 'North' }], isImported: false };
    expect(await world.sync.candidates()).toEqual([
      { ...common, ...named('t1'), classes: 1, students: 2 },
      { ...common, ...named('t2'), classes: 1, students: 2, problem: 'ACCESS_CURTAILED' },
      { ...common, sourcedId: 't3', familyName: 't3', classes: 1, students: 2, problem: 'NO_USERNAME' },
      { ...common, ...named('t4'), classes: 1, students: 0, problem: 'TEACHER_CLASS_EMPTY' },
    ]);
  });

  it('tell who is a user already', async () => {
    const world = new World(roster(2, 1), { policy: BY_HAND });
    await world.sync.importUsers(['t2']);
    const { users } = await world.store.load(scope);
    const userId = users.find(({ sourcedId }) => sourcedId === 't2')?.id;
    expect(
      (await world.sync.candidates()).map(({ sourcedId, isImported, userId: id }) => [sourcedId, isImported, id]),
    ).toEqual([
      ['t1', false, undefined],
      ['t2', true, userId],
    ]);
  });

  it('are valid only by what counts today: a class that has not begun, or that the policy leaves out, has no students', async () => {
    const feed = roster(3, 1);
    const enrollments = feed.enrollments.map((row) =>
      row.userSourcedId === 's1-1' ? { ...row, beginDate: '2026-12-01' } : row,
    );
    const policy: PolicyInput = { ...BY_HAND, classes: { include: { teachers: 'imported', notNames: 'Class 2' } } };
    const world = new World({ ...feed, enrollments }, { policy });
    expect((await world.sync.candidates()).map(({ sourcedId, problem }) => [sourcedId, problem])).toEqual([
      ['t1', 'TEACHER_CLASS_EMPTY'],
      ['t2', 'TEACHER_CLASS_EMPTY'],
      ['t3', undefined],
    ]);
  });

  it('are those of the scope alone', async () => {
    const feed = roster(2, 1);
    const south = { sourcedId: 'south', name: 'South' };
    const moved: Roster = {
      ...withPerson(feed, 't2', { schoolSourcedIds: ['south'] }),
      schools: [...feed.schools, south],
      classes: feed.classes.map((each) => (each.sourcedId === 'c2' ? { ...each, schoolSourcedId: 'south' } : each)),
    };
    const world = new World(moved, { policy: BY_HAND, scope: { ...scope, schools: ['north'] } });
    expect((await world.sync.candidates()).map(({ sourcedId }) => sourcedId)).toEqual(['t1']);
    const { people } = await world.sync.importUsers(['t2', 's1-1', 'nobody']);
    expect(people).toEqual([
      { sourcedId: 't2', outcome: 'not-valid', code: 'OUT_OF_SCOPE' },
      { sourcedId: 's1-1', outcome: 'not-valid', code: 'NOT_A_TEACHER' },
      { sourcedId: 'nobody', outcome: 'not-valid', code: 'UNKNOWN_PERSON' },
    ]);
  });

  it('come in pages, and one by one', async () => {
    const world = new World(roster(5, 1), { policy: BY_HAND });
    const ids = async (options: object) => (await world.sync.candidates(options)).map(({ sourcedId }) => sourcedId);
    expect(await ids({ limit: 2 })).toEqual(['t1', 't2']);
    expect(await ids({ limit: 2, after: 't2' })).toEqual(['t3', 't4']);
    const first: string[] = [];
    for await (const { sourcedId } of world.sync.streamCandidates()) {
      first.push(sourcedId);
      if (first.length === 3) break;
    }
    expect(first).toEqual(['t1', 't2', 't3']);
    await expect(world.sync.candidates({ limit: 0 })).rejects.toThrow(ConfigurationError);
  });

  it('are no secret of events: nothing that is told holds a name or an address', async () => {
    const world = new World(roster(2, 1), { policy: BY_HAND });
    const heard = recordEvents(world.sync);
    await world.sync.candidates();
    await world.sync.importUsers('all', { by: 'admin-1' });
    expect(heard.length).toBeGreaterThan(3);
    expect(JSON.stringify(heard)).not.toMatch(/school\.example|Given/u);
  });
});

describe('importing people', () => {
  it('makes them users with their classes and members, and nobody else, in one run that can be undone', async () => {
    const world = new World(roster(3, 2), { policy: BY_HAND });
    const { run, people, counts } = await world.sync.importUsers(['t2'], { by: 'admin-1' });
    expect(people).toEqual([{ sourcedId: 't2', outcome: 'imported', userId: expect.any(String) as string }]);
    expect(counts).toEqual({ imported: 1, 'already-there': 0, 'not-valid': 0, held: 0, failed: 0 });
    expect(run).toMatchObject({ type: 'import', outcome: 'applied', by: 'admin-1', sent: 1 });
    expect(await sourcedIdsOf(world)).toEqual({
      users: ['s2-1', 's2-2', 't2'],
      classes: ['c2'],
      members: ['c2/s2-1', 'c2/s2-2', 'c2/t2'],
    });
    expect((await world.store.load(scope)).schools).toHaveLength(1);
    await world.sync.undo(run.id, { by: 'admin-1' });
    expect(await sourcedIdsOf(world)).toEqual({ users: [], classes: [], members: [] });
  });

  it('is the same when it is done again, and then tells who is there', async () => {
    const world = new World(roster(3, 2), { policy: BY_HAND });
    await world.sync.importUsers(['t1', 't2']);
    const before = await sourcedIdsOf(world);
    const { run, counts } = await world.sync.importUsers(['t1', 't2', 't1']);
    expect(counts).toMatchObject({ imported: 0, 'already-there': 2 });
    expect(run).toMatchObject({ outcome: 'applied', applied: 0, sent: 0 });
    expect(await sourcedIdsOf(world)).toEqual(before);
  });

  it('of all takes the valid ones, and tells what is to be looked at of the others', async () => {
    let feed = withPerson(roster(4, 2), 't2', { enabled: false });
    feed = unenrolled(feed, 's4-1', 's4-2');
    const world = new World(feed, { policy: BY_HAND });
    await world.sync.importUsers(['t1']);
    const { people, review, counts } = await world.sync.importUsers('all');
    expect(people.map(({ sourcedId, outcome, code }) => [sourcedId, outcome, code])).toEqual([
      ['t1', 'already-there', undefined],
      ['t2', 'not-valid', 'ACCESS_CURTAILED'],
      ['t3', 'imported', undefined],
      ['t4', 'not-valid', 'TEACHER_CLASS_EMPTY'],
    ]);
    expect(counts).toEqual({ imported: 1, 'already-there': 1, 'not-valid': 2, held: 0, failed: 0 });
    expect(review).toEqual([
      { code: 'ACCESS_CURTAILED', subject: 'user:t2' },
      { code: 'TEACHER_CLASS_EMPTY', subject: 'user:t4' },
    ]);
  });

  it('tells of classes that did not come with them', async () => {
    const feed = roster(2, 1);
    const classes = feed.classes.map((each) => ({ ...each, name: 'Homeroom' }));
    const world = new World({ ...feed, classes }, { policy: BY_HAND });
    const { review, counts } = await world.sync.importUsers(['t1', 't2']);
    expect(counts.imported).toBe(2);
    expect(review).toEqual([{ code: 'DUPLICATE_NAME', rule: 'D1', subject: 'class:c2' }]);
  });

  it('gives them the role and the site, which no sync takes away', async () => {
    const clockless = new MemoryStore({ roles: ['teacher', 'owner'], sites: ['annex', 'north'] });
    const world = new World(roster(1, 1), { policy: { ...BY_HAND, access: { defaultRole: 'teacher' } } }, clockless);
    await world.sync.importUsers(['t1'], { role: 'owner', site: 'annex' });
    const userOf = async (id: string) =>
      (await world.store.load(scope)).users.find(({ sourcedId }) => sourcedId === id);
    expect(await userOf('t1')).toMatchObject({ role: 'owner', site: 'annex' });
    expect(await userOf('s1-1')).toMatchObject({ role: 'teacher', site: 'north' });
    const south = [{ sourcedId: 'south', name: 'South' }];
    const moved = withPerson(withPerson(world.feed, 't1', { schoolSourcedIds: ['south'] }), 's1-1', {
      schoolSourcedIds: ['south'],
    });
    world.feed = { ...moved, schools: [...world.feed.schools, ...south] };
    await world.sync.run();
    expect(await userOf('t1')).toMatchObject({ role: 'owner', site: 'annex', schoolSourcedIds: ['south'] });
    expect(await userOf('s1-1')).toMatchObject({ site: 'south' });
  });

  it.each<[string, object, string]>([
    ['a role that the host does not have', { role: 'king' }, 'role'],
    ['a site that the host does not have', { site: 'moon' }, 'site'],
    ['a blank role', { role: ' ' }, 'role'],
    ['a time that is none', { waitMs: -1 }, 'waitMs'],
    ['progress that is no function', { onProgress: 'loud' }, 'onProgress'],
    ['an option that does not exist', { roles: 'owner' }, 'roles'],
  ])('refuses %s before anything is read', async (_, options, parameter) => {
    const store = new MemoryStore({ roles: ['owner'], sites: ['annex'] });
    const world = new World(roster(1, 1), { policy: BY_HAND }, store);
    await expect(world.sync.importUsers(['t1'], options)).rejects.toMatchObject({ code: 'configuration', parameter });
    expect(await world.sync.runs()).toEqual([]);
  });

  it('refuses ids that are none, and a sync that is not about teachers', async () => {
    const world = new World(roster(1, 1), { policy: BY_HAND });
    await expect(world.sync.importUsers('t1' as never)).rejects.toMatchObject({ parameter: 'ids' });
    await expect(world.sync.importUsers([''])).rejects.toMatchObject({ parameter: 'ids' });
    const guardians = world.another({ steps: ['guardians'] });
    await expect(guardians.importUsers(['t1'])).rejects.toMatchObject({ parameter: 'steps' });
    await expect(guardians.candidates()).rejects.toMatchObject({ parameter: 'steps' });
  });

  it('tells how far it has come', async () => {
    const world = new World(roster(3, 2), { policy: BY_HAND });
    const heard: ImportProgress[] = [];
    await world.sync.importUsers(['t1', 't3'], { onProgress: (progress) => heard.push(progress) });
    expect(heard).toHaveLength(15);
    expect(heard[0]).toMatchObject({ people: 2, applied: 1, total: 15 });
    expect(heard.at(-1)).toEqual({ imported: 2, people: 2, applied: 15, total: 15 });
  });

  it('tells of each what became of them where it was stopped, and goes on when it is done again', async () => {
    const world = new World(roster(3, 1), { policy: BY_HAND, batchSize: 2 });
    const controller = new AbortController();
    const onProgress = (): void => {
      controller.abort();
    };
    const ids = ['t1', 't2', 't3'];
    const first = await world.sync.importUsers(ids, { signal: controller.signal, onProgress });
    expect(first.run.outcome).toBe('aborted');
    expect(first.people.filter(({ outcome }) => outcome === 'failed').every(({ code }) => code === 'aborted')).toBe(
      true,
    );
    expect(first.counts.failed).toBeGreaterThan(0);
    const second = await world.sync.importUsers(ids);
    expect(second.counts.imported + second.counts['already-there']).toBe(3);
    const whole = new World(roster(3, 1), { policy: BY_HAND });
    await whole.sync.importUsers(ids);
    expect(await sourcedIdsOf(world)).toEqual(await sourcedIdsOf(whole));
  });

  it('waits where the read is incomplete, and says so', async () => {
    const world = new World({ ...roster(2, 1), attestation: attestation('incomplete') }, { policy: BY_HAND });
    const { run, people } = await world.sync.importUsers(['t1']);
    expect(people).toMatchObject([{ outcome: 'held', code: 'INCOMPLETE_READ' }]);
    expect(run.outcome).toBe('held');
    expect((await world.store.load(scope)).users).toEqual([]);
  });

  it('is a failed run where the source cannot be read, with everybody in it', async () => {
    const world = new World(roster(1, 1), { policy: BY_HAND });
    const { run, people } = await world
      .another({
        policy: BY_HAND,
        source: {
          provider: 'test',
          read: () => Promise.reject(new PlanError('The source is gone.')),
          schools: () => Promise.resolve([]),
        },
      })
      .importUsers(['t1']);
    expect(run.outcome).toBe('failed');
    expect(people).toEqual([{ sourcedId: 't1', outcome: 'failed', code: 'plan' }]);
  });

  it('invites them although the first sync of everybody is to be silent', async () => {
    const world = new World(roster(2, 1), { policy: { ...BY_HAND, invitations: { silentFirstSync: true } } });
    const { run } = await world.sync.importUsers(['t1']);
    expect(run.sent).toBe(1);
    expect(world.sentTo('t1@school.example')).toHaveLength(1);
  });

  it('takes nothing away, not even in a class of theirs', async () => {
    const world = new World(roster(2, 2), { policy: FULL });
    await world.sync.importUsers(['t1', 't2']);
    world.feed = unenrolled(world.feed, 's1-1', 's2-1');
    expect((await world.sync.importUsers(['t1'])).run.applied).toBe(0);
    expect((await sourcedIdsOf(world)).members).toContain('c1/s1-1');
  });

  it('gives nobody a login that somebody else still has', async () => {
    const world = new World(roster(1, 1), { policy: BY_HAND });
    const taken = withPerson(roster(2, 1), 's1-1', { email: 't2@school.example' });
    world.feed = taken;
    await world.sync.importUsers(['t1']);
    await world.sync.importUsers(['t2']);
    const { users } = await world.store.load(scope);
    const marks = Object.fromEntries(users.map(({ sourcedId, takenLogins }) => [sourcedId, takenLogins]));
    expect(marks).toEqual({ t1: undefined, t2: undefined, 's1-1': ['email'], 's2-1': undefined });
  });
});

describe('after an import by hand', () => {
  it('a sync of everybody keeps the classes of those who are in, and brings new ones for them alone', async () => {
    const world = new World(roster(3, 1), { policy: BY_HAND });
    await world.sync.importUsers(['t1']);
    expect((await world.sync.run()).applied).toBe(0);
    const feed = roster(3, 2);
    const more = { sourcedId: 'c9', schoolSourcedId: 'north', name: 'Class 9' };
    const rows = [
      { classSourcedId: 'c9', userSourcedId: 't1', role: 'teacher' },
      { classSourcedId: 'c9', userSourcedId: 's3-1', role: 'student' },
    ] as const;
    world.feed = { ...feed, classes: [...feed.classes, more], enrollments: [...feed.enrollments, ...rows] };
    await world.sync.run();
    expect(await sourcedIdsOf(world)).toEqual({
      users: ['s1-1', 's1-2', 's3-1', 't1'],
      classes: ['c1', 'c9'],
      members: ['c1/s1-1', 'c1/s1-2', 'c1/t1', 'c9/s3-1', 'c9/t1'],
    });
  });
});

describe('the resync of one user', () => {
  it('touches their record and their classes alone, removals included', async () => {
    const world = new World(roster(2, 3), { policy: FULL });
    await world.sync.importUsers(['t1', 't2']);
    let feed = unenrolled(world.feed, 's1-1', 's2-1');
    feed = withPerson(withPerson(feed, 't1', { familyName: 'New' }), 't2', { familyName: 'New' });
    world.feed = feed;
    const run = await world.sync.resyncUser('t1', { by: 'admin-1' });
    expect(run).toMatchObject({ type: 'resync', outcome: 'applied', by: 'admin-1', applied: 2 });
    const { users } = await world.store.load(scope);
    expect(users.filter(({ familyName }) => familyName === 'New').map(({ sourcedId }) => sourcedId)).toEqual(['t1']);
    const { members } = await sourcedIdsOf(world);
    expect(members).not.toContain('c1/s1-1');
    expect(members).toContain('c2/s2-1');
  });

  it('archives a class of theirs that is gone', async () => {
    const world = new World(roster(3, 3), { policy: FULL });
    await world.sync.importUsers('all');
    const gone = (id: string) => id === 'c1' || id === 'c2';
    world.feed = {
      ...world.feed,
      classes: world.feed.classes.filter(({ sourcedId }) => !gone(sourcedId)),
      enrollments: world.feed.enrollments.filter(({ classSourcedId }) => !gone(classSourcedId)),
    };
    await world.sync.resyncUser('t1');
    expect((await sourcedIdsOf(world)).classes).toEqual(['c2', 'c3']);
  });

  it('finds them by the host’s id and by the e-mail address, in any case of letters', async () => {
    const world = new World(roster(1, 1), { policy: BY_HAND });
    const { people } = await world.sync.importUsers(['t1']);
    for (const word of ['t1', people[0]?.userId ?? '', 'T1@School.example']) {
      expect((await world.sync.resyncUser(word)).outcome).toBe('applied');
    }
  });

  it('refuses a word for nobody, for several, and for somebody of the host’s own, without telling it', async () => {
    const feed = withPerson(roster(2, 1), 's1-1', { email: 'family@school.example' });
    const world = new World(withPerson(feed, 's2-1', { email: 'family@school.example' }), { policy: BY_HAND });
    await world.sync.importUsers('all');
    world.store.seed(scope, {
      users: [{ givenName: 'Own', familyName: 'Own', roles: ['teacher'], email: 'own@school.example' }],
    });
    for (const word of ['family@school.example', 'nobody@school.example', 'own@school.example']) {
      const refusal = world.sync.resyncUser(word);
      await expect(refusal).rejects.toThrow(PlanError);
      await expect(refusal).rejects.not.toThrow(/school\.example/u);
    }
    await expect(world.sync.resyncUser('family@school.example')).rejects.toThrow(/^2 people have this e-mail address/u);
    await expect(world.sync.resyncUser(' ')).rejects.toMatchObject({ parameter: 'user' });
  });

  it('is held where the whole district’s removals are too many, and that stays so', async () => {
    const policy: PolicyInput = { ...BY_HAND, fullData: true };
    const world = new World(roster(4, 5), { policy });
    await world.sync.importUsers('all');
    const gone = [1, 2, 3].flatMap((section) => [1, 2].map((child) => `s${String(section)}-${String(child)}`));
    world.feed = unenrolled(world.feed, ...gone);
    const run = await world.sync.resyncUser('t1');
    expect(run).toMatchObject({ outcome: 'held', applied: 0 });
    expect(run.holds.map(({ id }) => id)).toEqual(['G6:enrollments']);
    // Classes that come since make the share a smaller one, and release nothing.
    const larger = roster(12, 5);
    world.feed = unenrolled(larger, ...gone);
    await world.sync.importUsers('all');
    expect((await world.sync.run()).holds.map(({ id }) => id)).toEqual(['G6:enrollments']);
    const [hold] = await world.sync.holds();
    await world.sync.approve(hold?.id ?? '', { hash: hold?.hash ?? '', by: 'admin-1' });
    expect((await sourcedIdsOf(world)).members).not.toContain('c1/s1-1');
  });

  it('counts what it takes away for the week', async () => {
    const policy: PolicyInput = { ...BY_HAND, fullData: true, limits: { floor: 0, enrollments: 0.15, rolling: 1 } };
    const world = new World(roster(4, 4), { policy });
    await world.sync.importUsers('all');
    world.feed = unenrolled(world.feed, 's1-1', 's1-2');
    expect((await world.sync.resyncUser('t1')).applied).toBe(2);
    world.feed = unenrolled(world.feed, 's2-1', 's2-2');
    const run = await world.sync.resyncUser('t2');
    expect(run.applied).toBe(0);
    expect(run.holds.map(({ id }) => id)).toEqual(['G7:enrollments']);
  });

  it('claims nothing of what it did not do: a grace, a note and the policy are for a run of everybody', async () => {
    const policy: PolicyInput = { ...FULL, graceSnapshots: 2 };
    const world = new World(roster(3, 2), { policy });
    await world.sync.importUsers('all');
    const whole = world.feed;
    world.feed = { ...unenrolled(whole, 's1-1'), readId: 'a', readAt: '2026-09-15T11:00:00.000Z' };
    await world.sync.resyncUser('t1');
    world.clock.set('2026-09-16T12:00:00.000Z');
    world.feed = { ...world.feed, readId: 'b', readAt: '2026-09-16T11:00:00.000Z' };
    await world.sync.run();
    expect((await sourcedIdsOf(world)).members).toContain('c1/s1-1');
    const { healthy, policy: last } = await world.store.ledger(scope);
    expect([healthy?.readId, last?.graceSnapshots]).toEqual(['b', 2]);
  });

  it('waits for its turn, and gives up when the time is over', async () => {
    const world = new World(roster(1, 1), { policy: BY_HAND });
    await world.sync.importUsers(['t1']);
    const lease = await world.store.lease(scope, { holder: 'another run', ttlMs: 60_000 });
    await expect(world.sync.resyncUser('t1', { waitMs: 0 })).rejects.toThrow(LockHeldError);
    await expect(world.sync.importUsers(['t1'])).rejects.toThrow(LockHeldError);
    const controller = new AbortController();
    const stopped = world.sync.resyncUser('t1', { signal: controller.signal });
    controller.abort();
    await expect(stopped).rejects.toThrow(/abort/iu);
    const waiting = world.sync.resyncUser('t1');
    await lease.release();
    expect((await waiting).outcome).toBe('applied');
  });

  it('leaves what a person did by hand', async () => {
    const world = new World(roster(2, 2), { policy: FULL });
    await world.sync.importUsers('all');
    const directory = new Directory({ store: world.store, scope });
    await directory.removeMember({ sourcedId: 'c1' }, { sourcedId: 's1-1' }, { by: 'teacher' });
    await world.sync.resyncUser('t1');
    expect((await sourcedIdsOf(world)).members).not.toContain('c1/s1-1');
  });
});

function named(id: string) {
  const email = `${id}@school.example`;
  return { sourcedId: id, familyName: person(id, 'teacher').familyName, username: email, email };
}
