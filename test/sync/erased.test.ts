import type { PGlite } from '@electric-sql/pglite';
import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { PostgresStore } from '../../src/adapters/postgres/index.js';
import { invert } from '../../src/engine/index.js';
import type { LocalState } from '../../src/model/index.js';
import type { RosterStore } from '../../src/ports/index.js';
import { stateOf } from '../../src/testing/contracts/store/changes.js';
import { ErasedChild, unshared } from '../people/erased-child.js';
import { TestClock } from './support.js';
import { dumpOfMemory, dumpOfTables, placesOf } from '../support/dumps.js';
import { withPGlite } from '../support/pglite.js';

let database: PGlite;
let postgres: PostgresStore;

withPGlite(async (made) => {
  database = made;
  postgres = new PostgresStore({ pool: database });
  await postgres.migrate();
});

let tenants = 900;

const stores: readonly (readonly [string, () => RosterStore])[] = [
  ['memory', () => new MemoryStore()],
  ['PostgreSQL', () => postgres],
];

describe.each(stores)('undoing a run that touched a person who was erased since, in %s', (_kind, open) => {
  const begin = () => {
    tenants += 1;
    return new ErasedChild(open(), String(tenants));
  };

  const names = ({ users }: LocalState) => users.map(({ sourcedId }) => sourcedId).sort();

  it('takes back everything else, and lists what was erased', async () => {
    const scene = begin();
    const run = await scene.sync().run();
    await scene.directory.erasePerson(await scene.childId());
    const journal = await scene.store.journal(scene.scope, run.id);
    const plan = invert(journal, await stateOf(scene.store, scene.scope));
    const erased = plan.notes.filter(({ code }) => code === 'UNDO_ERASED');
    expect(erased.map(({ evidence }) => evidence?.['change']).sort()).toEqual([
      'enrollment-add',
      'enrollment-add',
      'guardian-link',
      'user-create',
    ]);
    expect(plan.notes).toHaveLength(erased.length);
    const undo = await scene.sync().undo(run.id, { by: 'admin-1' });
    expect(undo).toMatchObject({ outcome: 'applied', counts: { notesByCode: { UNDO_ERASED: 4 } } });
    const { classes, users, enrollments, guardianLinks, schools } = await stateOf(scene.store, scene.scope);
    expect([classes, users, enrollments, guardianLinks, schools]).toEqual([[], [], [], [], []]);
  });

  it('brings nobody back: neither what it changed, nor whom it deleted', async () => {
    const scene = begin();
    const first = await scene.sync().run();
    const before = names(await stateOf(scene.store, scene.scope));
    const undo = await scene.sync().undo(first.id);
    // The record is gone, but the journal of the undo holds all of it.
    expect(await scene.directory.erasePerson({ sourcedId: scene.child.record.sourcedId })).toEqual({ found: true });
    const again = await scene.sync().undo(undo.id);
    expect(again).toMatchObject({ outcome: 'applied', counts: { notesByCode: { UNDO_ERASED: 4 } } });
    const { sourcedId } = scene.child.record;
    expect(names(await stateOf(scene.store, scene.scope))).toEqual(before.filter((name) => name !== sourcedId));
  });

  it('keeps what the undo itself writes clear of the person', async () => {
    const scene = begin();
    const { id, runs } = await scene.leaveTraces();
    scene.feed = unshared(scene.feed, scene.child);
    await scene.directory.erasePerson(id);
    for (const run of runs) await scene.sync().undo(run);
    const words = [...scene.child.words, id];
    const { store } = scene;
    const dump = store instanceof MemoryStore ? await dumpOfMemory(store) : await dumpOfTables(database);
    expect(placesOf(dump, words)).toEqual({});
    expect(names(await stateOf(scene.store, scene.scope))).not.toContain(scene.child.record.sourcedId);
  });
});

describe('a run that slept through an erasure', () => {
  it('writes no more, and its report names nobody', async () => {
    const clock = new TestClock();
    const store = new MemoryStore({ clock });
    const scene = new ErasedChild(store, '990');
    const { id } = await scene.leaveTraces();
    const save = store.saveLedger.bind(store);
    let isAwake = true;
    store.saveLedger = async (...args) => {
      if (isAwake) {
        isAwake = false;
        // Its lease runs out meanwhile.
        clock.set('2026-09-15T13:00:00.000Z');
        await scene.directory.erasePerson(id);
      }
      await save(...args);
    };
    expect(await scene.sync().run()).toMatchObject({
      outcome: 'failed',
      holds: [],
      failures: [{ code: expect.any(String) }],
    });
    expect(isAwake).toBe(false);
    expect(placesOf(await dumpOfMemory(store), [...scene.child.words, id])).toEqual({});
  });
});
