import { afterEach, describe, expect, test, vi } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { LockHeldError, StoreConflictError, StoreError } from '../../src/errors.js';
import { persistent } from '../../src/sync/persistent-store.js';
import { roster, scope, sourceOf, World } from './support.js';

function away(isRetryable = true): StoreError {
  return new StoreError('apply: the database could not be reached', { operation: 'apply', isRetryable });
}

/** A store whose every call fails so many times before it works, with the calls that were made of it. */
function failing(times: number, error: () => Error = away): { readonly store: MemoryStore; readonly calls: string[] } {
  const store = new MemoryStore();
  const calls: string[] = [];
  const failures = new Map<string, number>();
  const failingStore = new Proxy(store, {
    get(target, name: string) {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== 'function') return method;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        calls.push(name);
        // Carried out first: the answer is what is lost.
        const answer: unknown = await Reflect.apply(method, target, args);
        const failed = failures.get(name) ?? 0;
        failures.set(name, failed + 1);
        if (failed < times) throw error();
        return answer;
      };
    },
  });
  return { store: failingStore, calls };
}

function deferred(): { readonly promise: Promise<unknown>; readonly resolve: (value: unknown) => void } {
  let resolve: (value: unknown) => void = () => undefined;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a store that is away for a while', () => {
  test('is asked again, and a run ends as if every answer had come at once', async () => {
    const world = new World(undefined, {}, failing(1).store);
    const run = await world.sync.run();
    expect(run).toMatchObject({ outcome: 'applied', failures: [] });
    expect(await world.sync.runs()).toHaveLength(1);
    expect(await world.activeMembers()).toBe(world.feed.enrollments.length);
    expect(new Set(world.mailer.messages.map(({ to }) => to[0])).size).toBe(world.mailer.messages.length);
    expect((await world.sync.plan()).changes).toEqual([]);
  });

  test('is not asked for ever', async () => {
    vi.useFakeTimers();
    const { store, calls } = failing(Infinity);
    const failure = persistent(store)
      .load(scope)
      .catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await failure).toBeInstanceOf(StoreError);
    expect(calls).toHaveLength(16);
  });

  test.each([
    ['what will not pass', () => away(false)],
    ['another run that holds the scope', () => new LockHeldError('held', { holder: 'run', since: '' })],
    ['an error of another kind', () => new Error('none of ours')],
  ])('is asked once where it fails for %s', async (_name, error) => {
    const { store, calls } = failing(Infinity, error);
    await expect(persistent(store).runs(scope)).rejects.toThrow(error().message);
    expect(calls).toEqual(['runs']);
  });

  test.each([
    ['could not be renewed for a while', away(), 'applied'],
    ['was lost to another run', new StoreConflictError('renew: lost', { operation: 'renew' }), 'failed'],
  ])('a lease that %s', async (_name, error, outcome) => {
    const store = new MemoryStore();
    const lease = store.lease.bind(store);
    const renewing = deferred();
    store.lease = async (...args) => ({
      ...(await lease(...args)),
      renew: () => {
        renewing.resolve(undefined);
        return Promise.reject(error);
      },
    });
    const source = sourceOf(() => roster());
    const waiting = {
      ...source,
      read: async (...args: Parameters<typeof source.read>) => {
        await renewing.promise;
        return source.read(...args);
      },
    };
    const world = new World(undefined, { source: waiting, leaseTtlMs: 60 }, store);
    expect((await world.sync.run()).outcome).toBe(outcome);
  });
});
