import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryMailer, MemoryStore } from '../../src/adapters/memory/index.js';
import type { RosterStore } from '../../src/ports/index.js';
import { RosterSync } from '../../src/sync/index.js';
import { FixedClock, rosterSource } from '../../src/testing/index.js';
import { policy, rosterOf } from './killed/scenes.js';
import { scope } from './support.js';

/** Cases of the property; the same in every run. */
const CASES = Number(process.env['ABORT_CASES'] ?? 40);
const SEED = Number(process.env['ABORT_SEED'] ?? 1);

/** Where a caller may stop a run: at any call of the store, or at any letter. */
interface Steps {
  count: number;
  stopAt: number;
  stop: () => void;
}

/** The store, which counts the calls and stops the run at one of them. */
function stepping(store: MemoryStore, steps: Steps): RosterStore {
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== 'function') return method;
      return (...args: readonly unknown[]): unknown => {
        step(steps);
        return Reflect.apply(method, target, args);
      };
    },
  });
}

function step(steps: Steps): void {
  steps.count += 1;
  if (steps.count === steps.stopAt) steps.stop();
}

/** A district that imported August, and is to import September. */
class World {
  readonly store = new MemoryStore();
  readonly mailer = new MemoryMailer();
  readonly clock = new FixedClock('2026-09-01T12:00:00.000Z');
  readonly steps: Steps = { count: 0, stopAt: 0, stop: () => undefined };
  month: 'august' | 'september' = 'august';
  readonly sync = new RosterSync({
    source: rosterSource(() => rosterOf(this.month)),
    store: stepping(this.store, this.steps),
    mailer: {
      send: (message, options) => {
        step(this.steps);
        return this.mailer.send(message, options);
      },
    },
    scope,
    clock: this.clock,
    policy,
    batchSize: 40,
  });

  static async begun(): Promise<World> {
    const world = new World();
    await world.sync.run();
    world.month = 'september';
    world.clock.set('2026-10-01T12:00:00.000Z');
    world.steps.count = 0;
    return world;
  }

  /** Runs until the step, if it comes to it. */
  async runUntil(stopAt: number): Promise<string> {
    const controller = new AbortController();
    Object.assign(this.steps, { count: 0, stopAt, stop: () => controller.abort() });
    const { outcome } = await this.sync.run({ signal: controller.signal });
    return outcome;
  }

  /** Records, invitations and letters, without what chance decides: ids of runs, codes and versions. */
  async end(): Promise<unknown> {
    const { schools, classes, users, enrollments, guardianLinks, ledger } = await this.store.load(scope);
    const invitations = await this.store.invitations(scope);
    const messages = await Promise.all(this.mailer.messages.map(({ idempotencyKey }) => this.outboxOf(idempotencyKey)));
    return {
      records: [schools, classes, users, enrollments, guardianLinks],
      invitations: invitations.map(({ userId, addressDigest, state }) => [userId, addressDigest, state]).sort(),
      letters: this.mailer.messages.map(({ to }) => to.join()).sort(),
      messages: messages.sort(),
      holds: ledger.holds,
      suppressions: ledger.suppressions,
    };
  }

  private async outboxOf(idempotencyKey: string): Promise<string> {
    const message = await this.store.message(scope, idempotencyKey);
    return JSON.stringify([message?.userId, message?.state, message?.attempts, message?.to, message?.text]);
  }
}

describe('a run that is stopped by its caller', () => {
  test(`${String(CASES)} times wherever it may be: the next run ends where an undisturbed one does, letters included`, {
    timeout: 300_000,
  }, async () => {
    const quiet = await World.begun();
    expect(await quiet.sync.run()).toMatchObject({ outcome: 'applied' });
    const end = await quiet.end();
    const steps = quiet.steps.count;
    let stopped = 0;
    const property = fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: steps }), { minLength: 1, maxLength: 3 }),
      async (stops) => {
        const world = await World.begun();
        for (const stopAt of stops) if ((await world.runUntil(stopAt)) === 'aborted') stopped += 1;
        expect(await world.runUntil(0)).toBe('applied');
        expect(await world.end()).toEqual(end);
        expect((await world.sync.plan()).changes).toEqual([]);
      },
    );
    await fc.assert(property, { numRuns: CASES, seed: SEED });
    expect(stopped, 'most are stopped before their end').toBeGreaterThan(CASES / 2);
  });
});
