import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { PostgresStore } from '../../src/adapters/postgres/index.js';
import type { SqlTransactionPool } from '../../src/adapters/postgres/index.js';
import { LockHeldError, StalePlanError } from '../../src/errors.js';
import { Directory, type DirectoryOptions } from '../../src/people/index.js';
import type { RosterStore } from '../../src/ports/index.js';
import { batchOf, createUser, userChange } from '../../src/testing/contracts/store/changes.js';
import { dumpOfMemory, dumpOfTables, placesOf } from '../support/dumps.js';
import { districtWith, ErasedChild, unshared } from './erased-child.js';

let database: PGlite;
let postgres: PostgresStore;

beforeAll(async () => {
  database = await PGlite.create();
  postgres = new PostgresStore({ pool: database });
  await postgres.migrate();
}, 60_000);

afterAll(async () => {
  await database.close();
});

let tenants = 0;

function nextTenant(): string {
  tenants += 1;
  return String(tenants).padStart(3, '0');
}

const kinds = [
  {
    kind: 'memory',
    open: () => {
      const store = new MemoryStore();
      return { scene: new ErasedChild(store, nextTenant()), dump: () => dumpOfMemory(store) };
    },
    // What of memory holds the child, and of PostgreSQL.
    places: ['enrollments', 'guardianLinks', 'invitations', 'journals', 'outbox', 'runs', 'scopes', 'users'],
  },
  {
    kind: 'PostgreSQL',
    open: () => ({ scene: new ErasedChild(postgres, nextTenant()), dump: () => dumpOfTables(database) }),
    places: [
      ...['enrollments', 'guardian_links', 'images', 'invitations', 'journal', 'outbox', 'runs', 'scopes', 'users'],
    ],
  },
];

/** The store, but for some of its methods. */
function sameStore(store: RosterStore, other: Partial<RosterStore>): DirectoryOptions['store'] {
  return {
    load: store.load.bind(store),
    apply: store.apply.bind(store),
    journal: store.journal.bind(store),
    erasePerson: store.erasePerson.bind(store),
    tracesOf: store.tracesOf.bind(store),
    eraseTraces: store.eraseTraces.bind(store),
    lease: store.lease.bind(store),
    ledger: store.ledger.bind(store),
    saveLedger: store.saveLedger.bind(store),
    saveAudit: store.saveAudit.bind(store),
    ...other,
  };
}

describe.each(kinds)('in $kind', ({ open, places }) => {
  test('nothing of an erased person is in any table, where everything was full of them', async () => {
    const { scene, dump } = open();
    const { id } = await scene.leaveTraces();
    const words = [...scene.child.words, id];
    const before = placesOf(await dump(), words);
    expect(Object.keys(before).sort()).toEqual([...words].sort());
    expect([...new Set(Object.values(before).flat())].sort()).toEqual(places);
    expect(await scene.directory.erasePerson(id)).toEqual({ found: true });
    expect(placesOf(await dump(), words)).toEqual({});
    expect(await scene.directory.erasePerson(id)).toEqual({ found: false });
  });

  test('others are as they were, and the next run goes on', async () => {
    const { scene } = open();
    const { id } = await scene.leaveTraces();
    const sync = scene.sync();
    const read = (await sync.holds()).find(({ id: holdId }) => holdId === 'G6:enrollments');
    expect(read?.changes).toHaveLength(18);
    await scene.directory.erasePerson({ sourcedId: scene.child.record.sourcedId });
    scene.feed = unshared(scene.feed, scene.child);
    const hold = (await sync.holds()).find(({ id: holdId }) => holdId === 'G6:enrollments');
    expect(hold?.changes).toHaveLength(16);
    // Whoever read the hold before may still approve it: what is left of it.
    const approval = await sync.approve('G6:enrollments', { hash: read?.hash ?? '', by: 'admin-1' });
    expect(approval.counts.changes).toBe(16);
    expect(await sync.run()).toMatchObject({ outcome: 'held', applied: 0 });
    const plan = await sync.plan();
    const run = await sync.apply(plan, { acknowledge: plan.hash, by: 'admin-1' });
    expect(run).toMatchObject({ outcome: 'applied', applied: 16 });
    expect(await scene.directory.exportPerson(id)).toMatchObject({ journal: [], enrollments: [] });
  });

  test('whoever is still shared comes back as somebody new', async () => {
    const { scene } = open();
    const { id } = await scene.leaveTraces();
    await scene.directory.erasePerson(id);
    scene.feed = districtWith(scene.child, scene.scope);
    expect((await scene.sync().run()).counts.byKind).toMatchObject({ 'user-create': 1, 'enrollment-add': 2 });
    expect(await scene.childId()).not.toBe(id);
  });

  test('an erasure that breaks off anywhere is completed by another', { timeout: 60_000 }, async () => {
    const { scene, dump } = open();
    const { id } = await scene.leaveTraces();
    const words = [...scene.child.words, id];
    for (const method of ['load', 'tracesOf', 'eraseTraces', 'erasePerson'] as const) {
      const broken = sameStore(scene.store, { [method]: () => Promise.reject(new Error('connection lost')) });
      const directory = new Directory({ store: broken, scope: scene.scope });
      await expect(directory.erasePerson(id)).rejects.toThrow('connection lost');
    }
    let calls = 0;
    const late = sameStore(scene.store, {
      eraseTraces: (...args) => {
        calls += 1;
        return calls === 2 ? Promise.reject(new Error('connection lost')) : scene.store.eraseTraces(...args);
      },
      // Somebody acts in between, and the process dies before the traces of that are gone.
      erasePerson: async (...args) => {
        await scene.directory.editUser(id, { grade: '03' }, { by: 'admin-1' });
        await scene.store.erasePerson(...args);
      },
    });
    const directory = new Directory({ store: late, scope: scene.scope });
    await expect(directory.erasePerson(id)).rejects.toThrow('connection lost');
    expect(Object.keys(placesOf(await dump(), words))).not.toEqual([]);
    expect(await scene.directory.erasePerson(id)).toEqual({ found: true });
    expect(placesOf(await dump(), words)).toEqual({});
  });

  test('a plan that was made before is not applied any more: it would remember the person', async () => {
    const { scene } = open();
    const { id } = await scene.leaveTraces();
    const sync = scene.sync();
    const plan = await sync.plan();
    await scene.directory.erasePerson(id);
    await expect(sync.apply(plan)).rejects.toThrow(StalePlanError);
    scene.feed = unshared(scene.feed, scene.child);
    await sync.run();
    const { ledger } = await scene.store.load(scene.scope);
    expect(ledger.erasures).toBe(2);
    await expect(sync.apply(plan)).rejects.toThrow(StalePlanError);
  });

  test('nobody is erased under a run', async () => {
    const { scene } = open();
    const { id } = await scene.leaveTraces();
    const lease = await scene.store.lease(scene.scope, { holder: 'run', ttlMs: 60_000 });
    await expect(scene.directory.erasePerson(id)).rejects.toThrow(LockHeldError);
    expect(await scene.childId()).toBe(id);
    await lease.release();
    await scene.directory.erasePerson(id);
    await expect(scene.childId()).rejects.toThrow('is not there');
  });

  test('an export has all of a person, and of others ids alone', async () => {
    const { scene } = open();
    const { id, runs } = await scene.leaveTraces();
    const exported = await scene.directory.exportPerson(id);
    const { sourcedId } = scene.child.record;
    expect(exported).toMatchObject({
      formatVersion: 1,
      exportedAt: scene.clock.now().toISOString(),
      tenant: scene.scope.tenant,
      ids: [id],
      sourcedIds: [sourcedId],
      user: { id, givenName: scene.child.record.givenName, middleName: scene.child.middleName },
    });
    expect(exported.enrollments.map(({ userId, classSourcedId }) => [userId, classSourcedId]).sort()).toEqual([
      [id, 'c1'],
      [id, 'c2'],
    ]);
    expect(exported.guardianLinks).toMatchObject([{ guardianSourcedId: 'g1', studentId: id }]);
    expect(new Set(exported.journal.map(({ runId }) => runId))).toEqual(
      new Set([runs[0], runs[1], runs[2], expect.stringMatching(/^hand-/)]),
    );
    expect(exported.acts.map(({ kind }) => kind)).toEqual(['class-update']);
    expect(exported.ledgers[0]?.held.filter(({ hold }) => hold === 'G6:enrollments')).toHaveLength(2);
    expect(exported.ledgers[0]?.suppressions).toMatchObject([{ subject: `user:${sourcedId}`, cause: 'undo' }]);
    expect(exported.runs.map(({ runId, keys, isBy }) => [runId, keys.length, isBy])).toEqual(
      expect.arrayContaining([
        [runs[2], 0, true],
        [runs[3], 2, false],
      ]),
    );
    expect(exported.invitations.length).toBeGreaterThan(0);
    expect(exported.messages.map(({ state }) => state)).toContain('sent');
    expect(exported.roster.users.map(({ email }) => email)).toContain(scene.child.record.email);
    const text = JSON.stringify(exported);
    expect(JSON.parse(text)).toEqual(exported);
    expect(text).not.toContain('@school.example');
    expect(text).not.toContain('Given');
    expect(text).not.toContain('codeDigest');
    expect(text).not.toContain('invitation code');
  });

  test('of nobody nothing is exported, and nothing erased', async () => {
    const { scene } = open();
    await scene.leaveTraces();
    expect(await scene.directory.exportPerson('nobody')).toMatchObject({ ids: ['nobody'], journal: [], runs: [] });
    expect(await scene.directory.exportPerson('nobody')).not.toHaveProperty('user');
    expect(await scene.directory.erasePerson({ sourcedId: 'nobody' })).toEqual({ found: false });
    expect(await scene.childId()).not.toBe('');
  });
});

describe('a person under several ids', () => {
  test('is found by an earlier sourcedId and an earlier record', async () => {
    const store = new MemoryStore();
    const scope = { tenant: nextTenant() };
    const directory = new Directory({ store, scope });
    const idOf = async () => (await store.load(scope)).users[0]?.id ?? '';
    const target = { sourcedId: 'first-id' };
    const drop = userChange({ kind: 'user-delete', target, before: { givenName: 'Given' }, after: null, version: 1 });
    const rekey = {
      kind: 'user-rekey',
      target,
      before: target,
      after: { sourcedId: 'second-id' },
      version: 1,
    } as const;
    await store.apply(batchOf(scope, [createUser('first-id')]));
    const earlier = await idOf();
    await store.apply(batchOf(scope, [drop]));
    await store.apply(batchOf(scope, [createUser('first-id')]));
    await store.apply(batchOf(scope, [userChange(rekey)]));
    const id = await idOf();
    expect(id).not.toBe(earlier);
    const { ids, sourcedIds, journal } = await directory.exportPerson(id);
    expect([ids, sourcedIds]).toEqual([
      [id, earlier],
      ['second-id', 'first-id'],
    ]);
    expect(journal).toHaveLength(4);
    await directory.erasePerson({ sourcedId: 'second-id' });
    expect(placesOf(await dumpOfMemory(store), [...ids, ...sourcedIds, 'Given'])).toEqual({});
  });

  test('keeps apart from somebody to whom the roster gave a sourcedId of theirs', async () => {
    const store = new MemoryStore();
    const scope = { tenant: nextTenant() };
    const directory = new Directory({ store, scope });
    const by = 'admin-1';
    const made = async (givenName: string) =>
      (await directory.createUser({ givenName, familyName: 'Q', roles: ['student'] }, { by })).id;
    const [old, young] = [await made('Old'), await made('Young')];
    await directory.linkUser(old, 'shared-id', { by });
    await directory.unlinkUser(old, { by });
    await directory.linkUser(old, 'own-id', { by });
    await directory.linkUser(young, 'shared-id', { by });
    expect(await directory.exportPerson(old)).toMatchObject({ ids: [old], sourcedIds: ['own-id'] });
    const ofYoung = await directory.exportPerson(young);
    expect(ofYoung.journal.every(({ recordId }) => recordId === young)).toBe(true);
    await directory.erasePerson(young);
    const left = (await directory.exportPerson(old)).journal;
    expect(left.map(({ change }) => change.kind)).toEqual(['user-create', 'user-update', 'user-update', 'user-update']);
  });
});

test('an erasure in PostgreSQL that loses its connection after any statement changes nothing', async () => {
  const scene = new ErasedChild(postgres, nextTenant());
  const { id } = await scene.leaveTraces();
  const person = { ids: [id], sourcedIds: [scene.child.record.sourcedId] };
  const before = await dumpOfTables(database);
  let statements = 0;
  for (; statements < 100; statements += 1) {
    let left = statements;
    const pool: SqlTransactionPool = {
      transaction: (run) =>
        database.transaction((client) =>
          run({
            query: (text: string, values?: unknown[]) => {
              if (left === 0) throw new Error('connection lost');
              left -= 1;
              return client.query(text, values);
            },
          }),
        ),
    };
    const isDone = await new PostgresStore({ pool }).eraseTraces(scene.scope, person).then(
      () => true,
      () => false,
    );
    if (isDone) break;
    expect(await dumpOfTables(database)).toEqual(before);
  }
  expect(statements).toBeGreaterThan(8);
  const left = await dumpOfTables(database);
  expect(placesOf({ journal: left['journal'] ?? '' }, scene.child.words)).toEqual({});
});
