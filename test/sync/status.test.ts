import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { ConfigurationError, LockHeldError } from '../../src/errors.js';
import { Deliveries, Directory } from '../../src/people/index.js';
import { exitCodeOf, type LogEntry, RosterSync, type SyncLogger } from '../../src/sync/index.js';
import { person, roster, scope, sourceOf, unenrolled, withPerson, World } from './support.js';

const policy = { fullData: true, limits: { enrollments: 0.1 } };

describe('the status', () => {
  it('before anything says that nothing runs and nothing ran', async () => {
    expect(await new World().sync.status()).toEqual({ scope, holds: [], proposals: 0, notes: {} });
  });

  it('while a run is at work tells which, since when and by whom', async () => {
    const world = new World();
    let status: Promise<unknown> | undefined;
    world.sync.on('plan-ready', () => {
      status = world.another().status();
    });
    const run = await world.sync.run({ by: 'admin-1' });
    expect(await status).toMatchObject({
      running: { runId: run.id, since: run.startedAt, type: 'sync', by: 'admin-1' },
    });
    expect(await status).not.toHaveProperty('last');
    expect(await world.sync.status()).toMatchObject({ last: run, lastSync: run });
  });

  it('tells the last run, what waits for a person, and what the last sync had to tell', async () => {
    const feed = { ...roster(10, 4), enrollments: [...roster(10, 4).enrollments, ...dangling(3)] };
    const world = new World(feed, { policy });
    await world.sync.run();
    world.feed = unenrolled(feed, 's1-1', 's2-1', 's3-1', 's4-1', 's5-1', 's6-1');
    const held = await world.sync.run();
    const { last, lastSync, holds, notes, proposals } = await world.sync.status();
    expect([last?.id, lastSync?.id, proposals]).toEqual([held.id, held.id, 0]);
    expect(holds).toMatchObject([{ id: 'G6:enrollments', count: 6 }]);
    expect(holds[0]?.changes).toHaveLength(6);
    expect(notes).toEqual(held.counts.notesByCode);
    expect(Object.keys(notes)).toContain('DANGLING_REF');
    const [hold] = holds;
    const approval = await world.sync.approve(hold?.id ?? '', { hash: hold?.hash ?? '', by: 'admin-1' });
    const after = await world.sync.status();
    expect([after.last?.id, after.lastSync?.id]).toEqual([approval.id, held.id]);
    expect(after.holds).toEqual([]);
    expect(after.notes).toEqual(notes);
  });

  it('tells of a run that died as what it is, and leaves the report to the next run', async () => {
    const world = new World();
    const run = await world.sync.run({ by: 'admin-1' });
    const { endedAt: _endedAt, ...rest } = run;
    await world.store.saveRun({ ...rest, outcome: 'running', applied: 0 });
    const { last, running } = await world.sync.status();
    expect(running).toBeUndefined();
    expect(last).toMatchObject({ id: run.id, outcome: 'aborted', applied: run.applied, failures: [{ code: 'died' }] });
    expect(await world.store.run(scope, run.id)).toMatchObject({ outcome: 'running' });
  });
});

describe('the status of a run that ends while it is asked for', () => {
  it('is the end, and not a death', async () => {
    const world = new World();
    const run = await world.sync.run();
    const { endedAt: _endedAt, ...rest } = run;
    // The reports as they were a moment before the run ended.
    world.store.runs = () => Promise.resolve([{ ...rest, outcome: 'running' }]);
    expect((await world.sync.status()).last).toEqual(run);
  });
});

function dangling(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    classSourcedId: 'c1',
    userSourcedId: `nobody-${String(index)}`,
    role: 'student' as const,
  }));
}

describe('the statistics', () => {
  it('count what the host has by origin, state and role, and who has joined at which school', async () => {
    const feed = roster(2, 3);
    const world = new World(feed, { policy: { invitations: { students: true } } });
    world.store.seed(scope, { classes: [{ name: 'Chess club' }] });
    await world.sync.run();
    const directory = new Directory({ store: world.store, scope, clock: world.clock });
    await directory.claim({ sourcedId: 't1' }, { by: 't1' });
    await directory.archiveClass({ sourcedId: 'c2' }, { by: 'admin-1' });
    await directory.removeMember({ sourcedId: 'c1' }, { sourcedId: 's1-1' }, { by: 't1' });
    await directory.editUser({ sourcedId: 's1-2' }, { givenName: 'Bo' }, { by: 't1' });
    const [sent] = world.sentTo('s1-1@school.example');
    const deliveries = new Deliveries({ store: world.store, scope, clock: world.clock });
    await deliveries.bounced({ messageId: sent?.idempotencyKey ?? '', status: '5.1.1' });
    const statistics = await world.sync.statistics();
    const students = { people: 6, joined: 0, invited: 6, unreached: 1 };
    const teachers = { people: 2, joined: 1, invited: 1, unreached: 0 };
    expect(statistics).toEqual({
      at: '2026-09-15T12:00:00.000Z',
      schools: 1,
      classes: { active: 2, archived: 1, purged: 0, byOrigin: { roster: 1, local: 1, linked: 0 } },
      people: {
        ...{ people: 8, joined: 1, invited: 7, unreached: 1, deactivated: 0 },
        byOrigin: { roster: 8, local: 0, linked: 0 },
        byRole: { student: students, teacher: teachers },
      },
      members: { byRole: { student: 5, teacher: 2 }, byOrigin: { roster: 7, local: 0, linked: 0 }, removed: 1 },
      guardianLinks: { active: 0, blocked: 0, removed: 0 },
      invitations: { pending: 8, expired: 0, accepted: 0, revoked: 0 },
      drift: {
        ...{ classesChanged: 0, classesEnded: 1, peopleChanged: 1, peopleDeactivated: 0 },
        ...{ membersRemoved: 1, linksRemoved: 0 },
      },
      bySchool: { north: { activeClasses: 1, people: { student: students, teacher: teachers } } },
    });
    world.clock.set('2026-12-15T12:00:00.000Z');
    expect(await world.sync.statistics()).toMatchObject({
      people: { invited: 0, unreached: 0 },
      invitations: { pending: 0, expired: 8 },
    });
  });

  it('ask the store about many people at a time, and never about all', async () => {
    const asked: number[] = [];
    const store = new (class extends MemoryStore {
      override async invitations(...[of, options]: Parameters<MemoryStore['invitations']>) {
        asked.push(options?.userIds?.length ?? Infinity);
        return super.invitations(of, options);
      }
    })();
    const users = Array.from({ length: 2_500 }, (_, index) => ({
      ...person(`p${String(index)}`, 'student'),
      id: `host-${String(index)}`,
      origin: 'roster',
      version: 1,
      state: 'active',
    }));
    store.seed(scope, { users: users as never });
    const world = new World(roster(), {}, store);
    asked.length = 0;
    expect((await world.sync.statistics()).people.people).toBe(2_500);
    expect(asked).toEqual([1_000, 1_000, 500]);
  });

  it('stop at a signal', async () => {
    const stopped = new World().sync.statistics({ signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the exit code', () => {
  it.each([
    ['applied', 0],
    ['failed', 1],
    ['held', 3],
    ['partial', 4],
    ['aborted', 5],
    ['running', 6],
  ])('of a run that is %s is %i', (outcome, code) => {
    expect(exitCodeOf({ outcome })).toBe(code);
  });

  it.each([
    ['a scope that is held', new LockHeldError('busy', { holder: 'a', since: '' }), 75],
    ['a mistake', new ConfigurationError('scope', 'is missing'), 78],
    ['a bug', new TypeError('no'), 70],
    ['nothing', undefined, 70],
    ['an outcome that there is not', { outcome: 'toString' }, 70],
  ])('of %s is %i', (_, result, code) => {
    expect(exitCodeOf(result)).toBe(code);
  });
});

/** A logger that keeps what it is given, with the level. */
function keeping(): { readonly logger: SyncLogger; readonly lines: (LogEntry & { readonly level: string })[] } {
  const lines: (LogEntry & { readonly level: string })[] = [];
  const at =
    (level: string) =>
    (entry: LogEntry): void => {
      lines.push({ ...entry, level });
    };
  return { logger: { info: at('info'), warn: at('warn'), error: at('error') }, lines };
}

describe('the logger', () => {
  it('gets a line for every step, in ids and counts', async () => {
    const { logger, lines } = keeping();
    const world = new World(withPerson(roster(2, 4), 't1', { givenName: 'Ada' }), { logger, batchSize: 20 });
    const run = await world.sync.run({ by: 'admin-1' });
    expect(lines.map(({ level, event }) => `${level} ${event}`)).toEqual([
      'info run-start',
      'warn request-retry',
      'info roster-read',
      'info plan-ready',
      'info batch-applied',
      'info batch-applied',
      'info run-end',
    ]);
    expect(lines.every(({ runId, tenant }) => runId === run.id && tenant === 'district-1')).toBe(true);
    expect(lines.at(-1)).toMatchObject({ outcome: 'applied', applied: run.applied, sent: 2, holds: 0, failures: [] });
    expect(lines[5]).toMatchObject({ applied: run.applied, total: run.applied, stale: 0 });
    expect(JSON.stringify(lines)).not.toMatch(/@|Ada|Given/);
  });

  it('warns of what waits, and calls a failure an error', async () => {
    const { logger, lines } = keeping();
    const world = new World(roster(10, 4), { policy, logger });
    await world.sync.run();
    world.feed = unenrolled(world.feed, 's1-1', 's2-1', 's3-1', 's4-1', 's5-1', 's6-1');
    lines.length = 0;
    await world.sync.run();
    expect(lines.filter(({ level }) => level === 'warn').map(({ event }) => event)).toEqual([
      'request-retry',
      'plan-ready',
      'run-end',
    ]);
    const [hold] = await world.sync.holds();
    await world.sync.discard(hold?.id ?? '', { by: 'admin-1' });
    expect(lines.find(({ event }) => event === 'hold-decided')).toMatchObject({
      ...{ holdId: 'G6:enrollments', gate: 'G6', code: 'LIMIT_EXCEEDED', decision: 'discarded', changes: 6 },
    });
    const broken = { provider: 'test', read: () => Promise.reject(new Error('x')), schools: () => Promise.resolve([]) };
    await world
      .another({ source: broken, logger })
      .run()
      .catch(() => undefined);
    expect(lines.at(-1)).toMatchObject({ level: 'error', outcome: 'failed', failures: ['unexpected'] });
  });

  it('that throws breaks no run', async () => {
    const errors: unknown[] = [];
    const fail = (): never => {
      throw new Error('disk full');
    };
    const logger = { info: fail, warn: fail, error: fail };
    const world = new World(roster(), { logger, onListenerError: (error) => errors.push(error) });
    expect((await world.sync.run()).outcome).toBe('applied');
    expect(errors.length).toBeGreaterThan(4);
  });

  it('has three levels', () => {
    const make = (): RosterSync =>
      new RosterSync({
        source: sourceOf(() => roster()),
        store: new MemoryStore(),
        scope,
        logger: { info: () => undefined } as never,
      });
    expect(make).toThrow('logger: has to offer warn, error');
  });
});

describe('events', () => {
  it('say how far a run is: three lines make a progress bar', async () => {
    const world = new World(roster(), { batchSize: 10 });
    const shown: string[] = [];
    world.sync.on('batch-applied', ({ applied, total }) => {
      shown.push(`${String(Math.round((100 * applied) / total))}%`);
    });
    await world.sync.run();
    expect(shown).toEqual(['43%', '87%', '100%']);
  });
});
