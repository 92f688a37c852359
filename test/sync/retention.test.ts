import type { PGlite } from '@electric-sql/pglite';
import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { PostgresStore } from '../../src/adapters/postgres/index.js';
import { ConfigurationError, PlanError, StoreError } from '../../src/errors.js';
import type { RetentionOptions } from '../../src/sync/index.js';
import { ErasedChild, unshared } from '../people/erased-child.js';
import { dumpOfMemory, dumpOfTables, placesOf } from '../support/dumps.js';
import { withPGlite } from '../support/pglite.js';
import { roster, World } from './support.js';

/** The clock of every test stands at the 15th of September 2026 at first. */
const later = (days: number): string =>
  new Date(Date.parse('2026-09-15T12:00:00.000Z') + days * 86_400_000).toISOString();

describe('the retention', () => {
  it('is validated: each mistake is named', () => {
    const make = (retention: unknown) => () => new World(roster(), { retention: retention as RetentionOptions });
    for (const days of [0, -1, 1.5, Number.NaN, '90', null]) {
      expect(make({ journal: days })).toThrow(/^retention\.journal: is a whole number of days from 1, or 'forever'/);
    }
    expect(make({ jornal: 9 })).toThrow(
      /^retention\.jornal: is none of journal, runs, messages, invitations, images, audit/,
    );
    expect(make(90)).toThrow(/^retention: is an object/);
    expect(make(null)).toThrow(ConfigurationError);
    expect(make({ runs: 30 })).toThrow(/^retention\.runs: is at least as long as retention\.journal/);
    expect(make({ runs: 30, journal: 'forever' })).toThrow(/^retention\.runs/);
    for (const fine of [{}, undefined, { journal: 'forever', runs: 'forever' }, { journal: 30, runs: 30 }]) {
      expect(make(fine)).not.toThrow();
    }
  });

  it('lets a run be undone for 90 days, and no longer', async () => {
    const world = new World();
    const first = await world.sync.run();
    world.clock.set(later(90));
    await world.sync.run();
    expect(await world.store.journal(world.feed.scope, first.id)).not.toEqual([]);
    world.clock.set(later(91));
    const failure: unknown = await world
      .another()
      .run()
      .then(
        () => world.sync.undo(first.id),
        (error: unknown) => error,
      )
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PlanError);
    expect(String(failure)).toContain('is not kept any more (retention.journal)');
    expect((await world.sync.runs()).map(({ type }) => type)).toEqual(['sync', 'sync', 'sync']);
    expect(await world.activeMembers()).toBe(10);
  });

  it('is for as long as the options say', async () => {
    const world = new World(roster(), { retention: { journal: 2, runs: 'forever' } });
    const first = await world.sync.run();
    world.clock.set(later(3));
    // A failing source is no reason to keep anything.
    const source = { provider: 'test', read: () => Promise.reject(new StoreError('down', { operation: 'read' })) };
    await world.another({ source: source as never, retention: { journal: 2, runs: 'forever' } }).run();
    expect(await world.store.journal(world.feed.scope, first.id)).toEqual([]);
    expect(await world.sync.runs()).toHaveLength(2);
  });

  it('does not forget that a scope was imported: the next year still invites', async () => {
    const options = { retention: { journal: 1, runs: 1 }, policy: { invitations: { silentFirstSync: true } } };
    const world = new World(roster(1), options);
    await world.sync.run();
    expect(world.mailer.messages).toEqual([]);
    world.clock.set(later(100));
    await world.sync.run();
    world.clock.set(later(300));
    world.feed = roster(2);
    await world.sync.run();
    expect(world.sentTo('t2@school.example')).toHaveLength(1);
  });

  it('keeps what waits for a person, which tells how old it is', async () => {
    const world = new World(roster(2), { policy: { fullData: true } });
    await world.sync.run();
    world.feed = { ...world.feed, enrollments: world.feed.enrollments.slice(0, 2) };
    await world.sync.run();
    world.clock.set(later(400));
    const run = await world.sync.run();
    expect(run.outcome).toBe('held');
    expect(run.holds[0]?.since).toBe(later(0));
    expect((await world.sync.holds())[0]?.changes.length).toBeGreaterThan(0);
  });

  it('that a store cannot keep is told, and the run stands', async () => {
    for (const error of [new StoreError('prune: the database said 57014', { operation: 'prune' }), new Error('Ada')]) {
      const store = new MemoryStore();
      store.prune = () => Promise.reject(error);
      const run = await new World(roster(), {}, store).sync.run();
      expect(run).toMatchObject({ outcome: 'applied', applied: 23 });
      expect(run.failures).toHaveLength(1);
      expect(JSON.stringify(run)).not.toContain('Ada');
    }
  });
});

describe('after the retention nothing of a person who left is kept', () => {
  let database: PGlite;

  withPGlite(async (made) => {
    database = made;
    await new PostgresStore({ pool: database }).migrate();
  });

  it.each(['memory', 'PostgreSQL'])('in %s', async (kind) => {
    const store = kind === 'memory' ? new MemoryStore() : new PostgresStore({ pool: database });
    const dump = () => (store instanceof MemoryStore ? dumpOfMemory(store) : dumpOfTables(database));
    const scene = new ErasedChild(store, '700');
    const { id } = await scene.leaveTraces();
    const { sourcedId } = scene.child.record;
    // The host deletes its own record, and the district says no more of the child: the rest is a matter of time.
    await store.erasePerson(scene.scope, id);
    scene.feed = unshared(scene.feed, scene.child);
    const words = [...scene.child.words, id];
    for (const days of [1, 60, 120, 366, 1096]) {
      scene.clock.set(later(days));
      const plan = await scene.sync().plan();
      await scene.sync().apply(plan, { acknowledge: plan.hash, by: 'admin-1' });
      // Whole reads, as a provider that tells changes demands them from time to time.
      const whole = await scene.sync({ incremental: false }).run();
      expect(whole.outcome).toBe('applied');
      const places = placesOf(await dump(), words);
      if (days < 31) expect(Object.values(places).flat()).toContain(kind === 'memory' ? 'outbox' : 'images');
      if (days === 60) expect(Object.keys(places)).toContain(scene.child.record.email);
    }
    const places = placesOf(await dump(), words);
    // What the engine remembers of an undo holds for as long as the feed says the same: an id, and nothing else.
    expect(places).toEqual({ [sourcedId]: ['scopes'] });
  });
});
