import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../src/adapters/memory/index.js';
import { invert } from '../../../src/engine/index.js';
import {
  afterDeletions,
  classRekey,
  giveUpSourcedId,
  isUnusedTwin,
  removeTwin,
  userRekey,
} from '../../../src/engine/identity/index.js';
import type { Change, LocalClass, LocalEnrollment, LocalState } from '../../../src/model/index.js';
import { defaultPolicy } from '../../../src/model/index.js';
import { enrollmentSubject } from '../../../src/model/index.js';
import { local, localClass, localMember, localUser, NOW, SCOPE, section, student } from '../../support/build.js';

const ARCHIVE = { ...defaultPolicy, fullData: true, archive: true };
const OPTIONS = { behaviorManagement: true, studentPortfolios: true, parentCommunication: true };
const ART = section('c1', { name: 'Art', termSourcedIds: ['spring'] });

/** A draft’s proposal as the plan has it. */
function planned(proposal: object): Change {
  const { kind, subject } = proposal as Change;
  return { ...proposal, key: `${kind} ${subject}`, heldBy: [], destructive: false } as unknown as Change;
}

function creation(): Change {
  const values = { name: 'Art', schoolSourcedId: 's1', termSourcedIds: ['spring'], options: OPTIONS };
  return planned({
    kind: 'class-create',
    subject: 'class:c1',
    target: { sourcedId: 'c1' },
    before: null,
    after: { ...values, sourcedId: 'c1', origin: 'roster', state: 'active', synced: values },
    reason: { rule: 'K1', code: 'NEW_CLASS' },
    fingerprint: 'f',
  });
}

async function storeWith(parts: Partial<LocalState>): Promise<MemoryStore> {
  const store = new MemoryStore();
  store.seed(SCOPE, { ...local(parts) });
  return store;
}

async function apply(store: MemoryStore, runId: string, changes: readonly Change[]): Promise<readonly string[]> {
  const { stale } = await store.apply({ scope: SCOPE, runId, at: NOW, changes });
  return stale;
}

/** Classes without their versions, by id. */
async function classesOf(store: MemoryStore): Promise<Record<string, Omit<LocalClass, 'version'>>> {
  const { classes } = await store.load(SCOPE);
  return Object.fromEntries(classes.map(({ version: _version, ...each }) => [each.id, each]));
}

async function membersOf(store: MemoryStore): Promise<readonly string[]> {
  const { enrollments } = await store.load(SCOPE);
  return enrollments.map(({ classId, userId, state }) => `${classId} ${userId} ${state}`).sort();
}

async function undo(store: MemoryStore, runId: string, as: string): Promise<readonly string[]> {
  const plan = invert(await store.journal(SCOPE, runId), await store.load(SCOPE), { now: NOW });
  return apply(store, as, afterDeletions(plan.changes));
}

const OLD_CLASS = localClass('c1', { name: 'Math' });
const STUDENTS = [localUser(student('a')), localUser(student('b'))];

describe('an id that the district used again (K10)', () => {
  it('is given up by the old class, which is archived under Full Data and Archive', () => {
    expect(giveUpSourcedId(ART, OLD_CLASS, { policy: ARCHIVE, now: NOW })).toMatchObject({
      kind: 'class-rekey',
      subject: 'class:c1',
      target: { id: 'class-c1', sourcedId: 'c1' },
      schoolSourcedId: 's1',
      before: { sourcedId: 'c1', origin: 'roster', state: 'active', by: undefined, synced: { name: 'Math' } },
      after: {
        sourcedId: undefined,
        origin: 'local',
        synced: undefined,
        state: 'archived',
        by: 'sync',
        archivedAt: NOW,
      },
      version: 1,
      reason: { rule: 'K10', code: 'ID_GIVEN_UP', evidence: { archived: true } },
    });
  });

  it.each([
    ['without Archive', { ...ARCHIVE, archive: false }, OLD_CLASS],
    ['without Full Data', { ...ARCHIVE, fullData: false }, OLD_CLASS],
    ['while the import only adds', { ...ARCHIVE, additiveOnly: true }, OLD_CLASS],
    ['where people had made it', ARCHIVE, { ...OLD_CLASS, origin: 'linked' as const }],
    ['where it is archived already', ARCHIVE, localClass('c1', { state: 'archived', by: 'user', archivedAt: NOW })],
  ])('is given up by a class that stays as it is %s', (_, policy, old) => {
    const { before, after } = giveUpSourcedId(ART, old, { policy, now: NOW });
    expect(Object.keys(after ?? {}).sort()).toEqual(['origin', 'sourcedId', 'synced']);
    expect(before).toMatchObject({ sourcedId: 'c1', origin: old.origin });
  });

  it('is given up by a class without a school, too', () => {
    const { schoolSourcedId: _school, ...bare } = OLD_CLASS;
    expect(giveUpSourcedId(ART, bare, { policy: ARCHIVE, now: NOW })).not.toHaveProperty('schoolSourcedId');
  });

  it('goes to the new class in one run, is taken back by an undo, and goes again by an undo of that', async () => {
    const members = STUDENTS.map(({ sourcedId = '' }) => localMember('c1', sourcedId));
    const store = await storeWith({ classes: [OLD_CLASS], users: STUDENTS, enrollments: members });
    const before = await classesOf(store);
    const first = planned(giveUpSourcedId(ART, OLD_CLASS, { policy: ARCHIVE, now: NOW }));
    expect(await apply(store, 'run', [first, creation()])).toEqual([]);
    const after = await classesOf(store);
    expect(Object.values(after).map(({ name, sourcedId, state, origin }) => [name, sourcedId, state, origin])).toEqual(
      expect.arrayContaining([
        ['Math', undefined, 'archived', 'local'],
        ['Art', 'c1', 'active', 'roster'],
      ]),
    );
    expect(await membersOf(store)).toEqual(['class-c1 user-a active', 'class-c1 user-b active']);
    expect(await undo(store, 'run', 'undo')).toEqual([]);
    expect(await classesOf(store)).toEqual(before);
    expect(await undo(store, 'undo', 'redo')).toEqual([]);
    expect(await classesOf(store)).toEqual(after);
  });

  it('cannot go to the new class while the old one has it', async () => {
    const store = await storeWith({ classes: [OLD_CLASS] });
    expect(await apply(store, 'run', [creation()])).toEqual(['class-create class:c1']);
  });
});

describe('a re-key and a link', () => {
  it('of a person say whose record it is from now on, and why', () => {
    const feed = student('new');
    const old = localUser(student('old'));
    expect(userRekey({ feed, local: old, by: 'stateId', isLink: false })).toEqual({
      before: { sourcedId: 'old' },
      after: { sourcedId: 'new' },
      reason: { rule: 'U12', code: 'REKEY' },
      by: 'stateId',
    });
    const { sourcedId: _sourcedId, ...own } = { ...old, origin: 'local' as const };
    expect(userRekey({ feed, local: own, by: 'email', isLink: true })).toEqual({
      before: { sourcedId: undefined, origin: 'local' },
      after: { sourcedId: 'new', origin: 'linked' },
      reason: { rule: 'U17', code: 'LINKED_PERSON' },
      by: 'email',
    });
  });

  it('of a class likewise', () => {
    expect(classRekey({ section: ART, local: localClass('old'), isLink: false })).toMatchObject({
      before: { sourcedId: 'old' },
      after: { sourcedId: 'c1' },
      reason: { rule: 'K12', code: 'CLASS_REKEY' },
    });
    expect(classRekey({ section: ART, local: localClass(undefined), isLink: true })).toMatchObject({
      after: { sourcedId: 'c1', origin: 'linked' },
      reason: { rule: 'K19', code: 'LINKED_CLASS' },
    });
  });

  it('of a class leave its members’ rows alone: they follow the class', async () => {
    const members = [localMember('old', 'a')];
    const store = await storeWith({ classes: [localClass('old')], users: STUDENTS, enrollments: members });
    const match = { section: section('new'), local: localClass('old'), isLink: false };
    const { before, after, reason } = classRekey(match);
    const common = {
      subject: 'class:new',
      target: { id: 'class-old', sourcedId: 'old' },
      version: 1,
      fingerprint: 'f',
    };
    expect(await apply(store, 'run', [planned({ kind: 'class-rekey', before, after, reason, ...common })])).toEqual([]);
    const { enrollments } = await store.load(SCOPE);
    expect(enrollments).toMatchObject([{ id: 'member-old-a', version: 1, classSourcedId: 'new' }]);
    expect(await undo(store, 'run', 'undo')).toEqual([]);
    expect((await store.load(SCOPE)).enrollments).toMatchObject([{ classSourcedId: 'old' }]);
  });
});

describe('a class that was created before anybody said that an older one is the same', () => {
  const TWIN = { ...localClass('new'), sourcedId: 'new' };
  const MEMBER = localMember('new', 'a');

  it('is unused as a sync made it', () => {
    expect(isUnusedTwin(TWIN, [MEMBER, localMember('new', 'b', { state: 'removed', by: 'sync' })])).toBe(true);
    expect(isUnusedTwin({ ...TWIN, hostFields: [] }, [{ ...MEMBER, hostFields: [] }])).toBe(true);
  });

  it.each([
    ['used', { usedAt: NOW }],
    ['renamed', { hostFields: ['name'] }],
    ['revived', { revived: true }],
    ['archived', { state: 'archived' }],
    ['made by people', { origin: 'linked' }],
  ] satisfies [string, Partial<LocalClass>][])('is not unused where it was %s', (_, fields) => {
    expect(isUnusedTwin({ ...TWIN, ...fields }, [])).toBe(false);
  });

  it.each([
    ['added by hand', { origin: 'local' }],
    ['removed by hand', { state: 'removed', by: 'user' }],
    ['used', { usedAt: NOW }],
    ['added by hand and seen in the feed', { linked: true }],
    ['given another role by hand', { hostFields: ['role'] }],
  ] satisfies [string, Partial<LocalEnrollment>][])('is not unused where a member was %s', (_, fields) => {
    expect(isUnusedTwin(TWIN, [MEMBER, { ...MEMBER, ...fields }])).toBe(false);
  });

  it('is taken away without a school, and with a member whom the feed does not know', () => {
    const { schoolSourcedId: _school, ...bare } = TWIN;
    const { userSourcedId: _user, ...member } = MEMBER;
    const [first, last] = removeTwin(bare, [member], 'f');
    expect(first).toMatchObject({ subject: enrollmentSubject('new', '@user-a') });
    expect(last).toMatchObject({
      subject: 'class:new',
      target: { id: 'class-new', sourcedId: 'new' },
      fingerprint: 'f',
    });
    expect(last).not.toHaveProperty('schoolSourcedId');
    expect(removeTwin(TWIN, [], 'f')).toMatchObject([{ schoolSourcedId: 's1' }]);
  });

  it('makes room for the older class, with all its members, and an undo brings all of it back', async () => {
    const old = localClass('old', { state: 'archived', by: 'sync', archivedAt: NOW });
    const members = [localMember('old', 'a'), MEMBER, localMember('new', 'b')];
    const store = await storeWith({ classes: [old, TWIN], users: STUDENTS, enrollments: members });
    const before = await classesOf(store);
    const removals = removeTwin(TWIN, members.slice(1), 'f').map(planned);
    expect(removals.map(({ key }) => key)).toEqual([
      `enrollment-delete ${enrollmentSubject('new', 'a')}`,
      `enrollment-delete ${enrollmentSubject('new', 'b')}`,
      'class-delete class:new',
    ]);
    const rekey = planned({
      kind: 'class-rekey',
      subject: 'class:new',
      target: { id: 'class-old', sourcedId: 'old' },
      before: { sourcedId: 'old', state: 'archived', by: 'sync', archivedAt: NOW },
      after: { sourcedId: 'new', state: 'active', by: null, archivedAt: null },
      version: 1,
      reason: { rule: 'K12', code: 'CLASS_REKEY' },
      fingerprint: 'f',
    });
    expect(await apply(store, 'run', afterDeletions([rekey, ...removals]))).toEqual([]);
    expect(Object.values(await classesOf(store))).toMatchObject([
      { id: 'class-old', sourcedId: 'new', state: 'active' },
    ]);
    expect(await membersOf(store)).toEqual(['class-old user-a active']);
    expect(await undo(store, 'run', 'undo')).toEqual([]);
    expect(await classesOf(store)).toEqual(before);
    expect(await membersOf(store)).toEqual([
      'class-new user-a active',
      'class-new user-b active',
      'class-old user-a active',
    ]);
  });
});

describe('the order of re-keys and deletions', () => {
  const rekey = (kind: 'class-rekey' | 'user-rekey', sourcedId: string | null) =>
    planned({ kind, subject: `x:${String(sourcedId)}`, before: { sourcedId: 'y' }, after: { sourcedId } });
  const deletion = (kind: 'class-delete' | 'user-delete', sourcedId?: string) =>
    planned({
      kind,
      subject: `d:${String(sourcedId)}`,
      before: sourcedId === undefined ? {} : { sourcedId },
      after: null,
    });

  it('puts a re-key behind the deletion that frees its sourcedId', () => {
    const [late, early] = [rekey('class-rekey', 'c1'), rekey('class-rekey', 'c2')];
    const freed = deletion('class-delete', 'c1');
    expect(afterDeletions([late, early, freed])).toEqual([early, freed, late]);
  });

  it('leaves everything else as it is', () => {
    const changes = [
      rekey('user-rekey', 'c1'),
      rekey('class-rekey', null),
      deletion('class-delete', 'c1'),
      deletion('class-delete'),
    ];
    expect(afterDeletions(changes)).toEqual(changes);
    const none = [rekey('class-rekey', 'c1'), creation()];
    expect(afterDeletions(none)).toBe(none);
    const creations = [{ ...creation(), after: { sourcedId: 'c1' } } as Change, deletion('class-delete', 'c1')];
    expect(afterDeletions(creations)).toEqual(creations);
    const users = [rekey('user-rekey', 'u1'), deletion('user-delete', 'u1')];
    expect(afterDeletions(users)).toEqual([...users].reverse());
  });
});
