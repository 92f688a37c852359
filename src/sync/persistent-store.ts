import pRetry from 'p-retry';
import { LockHeldError, StoreError } from '../errors.js';
import type { RosterStore } from '../ports/index.js';

/** Some 25 seconds in all: by then a database is back that was started again, or another has taken its place. */
const RETRIES = 15;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/** Whether the store may do what it was asked for when it is asked again: it could not be reached, or is just starting. */
export function isPassing(error: unknown): boolean {
  return StoreError.isInstance(error) && error.isRetryable && !LockHeldError.isInstance(error);
}

/**
 * The store with patience: a call that failed for a reason that passes is made again. Any call may be: a batch is known by its
 * run and its keys, a lease by its holder, a message by its key, a decision by its id, and what else is written is written over.
 * So also one is harmless that was carried out, and whose answer was lost. An invitation that is saved says then that it was not:
 * whoever saves one looks what is there.
 */
export function persistent(store: RosterStore): RosterStore {
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== 'function') return method;
      return (...args: readonly unknown[]) => insisting(async () => Reflect.apply(method, target, args) as unknown);
    },
  });
}

/** Does something again while what it fails for passes. */
export function insisting<T>(work: () => Promise<T>): Promise<T> {
  return pRetry(work, {
    retries: RETRIES,
    minTimeout: FIRST_PAUSE_MS,
    maxTimeout: LONGEST_PAUSE_MS,
    shouldRetry: ({ error }) => isPassing(error),
  });
}
