import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { CleverClient, cleverSource } from '../../src/clever/index.js';
import { ConfigurationError } from '../../src/errors.js';
import type { LocalState } from '../../src/model/index.js';
import { RosterSync, type RosterSyncOptions } from '../../src/sync/index.js';
import { type District, evolve, FixedClock, generateDistrict, simulateClever } from '../../src/testing/index.js';
import { roster, scope, sourceOf } from './support.js';

const NOW = '2026-09-01T12:00:00.000Z';
const SEED = Number(process.env['INCREMENTAL_SEED'] ?? Date.now() % 2 ** 31);
const CASES = Number(process.env['INCREMENTAL_CASES'] ?? 12);

async function connect(district: District) {
  const clock = new FixedClock(NOW);
  const clever = await simulateClever(district, { token: 'token-1' });
  onTestFinished(() => clever.close());
  const client = new CleverClient({
    token: () => clever.token,
    baseUrl: clever.url,
    allowInsecureHosts: [clever.host],
  });
  const source = cleverSource(client, { clock, settleMs: 0 });
  const syncOf = (more: Partial<RosterSyncOptions>) => {
    const store = new MemoryStore({ clock });
    const policy = {
      fullData: true,
      archive: true,
      limits: { enrollments: 1, classes: 1, users: 1, guardianLinks: 1 },
    };
    const sync = new RosterSync({ source, store, scope, clock, policy, ...more });
    return { sync, store };
  };
  return { clever, clock, syncOf };
}

/** What a run leaves behind, but for when. */
function contentsOf({ schools, classes, users, enrollments, guardianLinks }: LocalState): unknown {
  return JSON.parse(
    JSON.stringify({ schools, classes, users, enrollments, guardianLinks }, (key, value: unknown) =>
      key === 'version' || key === 'id' || key.endsWith('Id') || key.endsWith('At') ? undefined : value,
    ),
  );
}

const step = fc.record({
  seed: fc.nat(1000),
  moves: fc.nat(3),
  renames: fc.nat(2),
  arrivals: fc.nat(2),
  withdrawals: fc.nat(2),
  classRenames: fc.nat(2),
  classesVanish: fc.nat(1),
  contactChanges: fc.nat(2),
});

describe('an incremental sync', () => {
  it(`ends where one of whole reads ends, after any changes (promise 11; seed ${String(SEED)})`, {
    timeout: 120_000,
  }, async () => {
    const kinds = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.nat(50), fc.array(step, { minLength: 1, maxLength: 4 }), async (seed, steps) => {
        let district = generateDistrict({ seed, schools: 2, students: 100 });
        const { clever, clock, syncOf } = await connect(district);
        const whole = syncOf({});
        const incremental = syncOf({ incremental: true });
        incremental.sync.on('roster-read', ({ kind }) => kinds.add(kind));
        for (const each of [undefined, ...steps]) {
          if (each !== undefined) {
            district = evolve(district, each);
            clever.setDistrict(district);
            clock.advance(3_600_000);
          }
          const expected = await whole.sync.run();
          const run = await incremental.sync.run();
          expect(run.outcome).toBe(expected.outcome);
          expect(run.counts).toEqual(expected.counts);
          expect(run.planHash).toBe(expected.planHash);
          expect(contentsOf(await incremental.store.load(scope))).toEqual(contentsOf(await whole.store.load(scope)));
        }
      }),
      { numRuns: CASES, seed: SEED },
    );
    expect([...kinds].sort()).toEqual(['changes', 'whole']);
  });

  it('keeps nothing of a plan that is only looked at', async () => {
    const { syncOf } = await connect(generateDistrict({ seed: 1 }));
    const { sync, store } = syncOf({ incremental: true });
    await sync.plan();
    expect(await store.image(scope)).toBeUndefined();
    await sync.run();
    expect((await store.image(scope))?.roster.cursor).toEqual(expect.any(String));
  });

  it('goes on from the last complete read where the changes cannot be had, and says why', async () => {
    const { clever, clock, syncOf } = await connect(generateDistrict({ seed: 1 }));
    const { sync } = syncOf({ incremental: true });
    await sync.run();
    const heard = vi.fn();
    sync.on('roster-read', ({ kind, reason }) => {
      heard(kind, reason);
    });
    clock.advance(40 * 24 * 3_600_000);
    clever.setDistrict(evolve(generateDistrict({ seed: 1 }), { seed: 2, arrivals: 1 }));
    const run = await sync.run();
    expect(heard.mock.calls).toEqual([['whole', 'CURSOR_EXPIRED']]);
    expect(run.counts.byKind['user-create']).toBe(1);
  });

  it('is refused where the source or the store cannot do it', () => {
    const source = sourceOf(() => roster());
    const make = (options: Partial<RosterSyncOptions>) => () =>
      new RosterSync({ source, store: new MemoryStore(), scope, incremental: true, ...options });
    expect(make({})).toThrow(ConfigurationError);
    expect(make({})).toThrow('incremental: needs a source that can tell changes');
    const teller = { ...source, readSince: () => Promise.reject(new Error('not called')) };
    const store = new MemoryStore();
    Object.assign(store, { image: undefined });
    expect(make({ source: teller, store })).toThrow('incremental: needs a store with image');
    expect(make({ incremental: 'yes' as unknown as boolean })).toThrow('incremental: is true or false');
  });
});
