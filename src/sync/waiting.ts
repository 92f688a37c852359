import { setTimeout as pause } from 'node:timers/promises';
import { ConfigurationError, LockHeldError } from '../errors.js';
import type { Lease } from '../ports/index.js';

/** How long to wait for a run that holds the scope. */
export interface Waiting {
  /** In milliseconds. @default 0: not at all */
  readonly waitMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Takes a lease when whoever holds the scope is done with it: asks again, ever more seldom, until the time is over.
 *
 * @throws LockHeldError where the scope is held still
 */
export async function inTurn(take: () => Promise<Lease>, { waitMs = 0, signal }: Waiting): Promise<Lease> {
  let waited = 0;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await take();
    } catch (error) {
      if (!LockHeldError.isInstance(error) || waited >= waitMs) throw error;
    }
    const ms = Math.min(pauseMs, waitMs - waited);
    waited += ms;
    try {
      await pause(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }
}

/** @throws ConfigurationError naming `waitMs` where it is no length of time */
export function checkWait(waitMs: unknown): void {
  if (waitMs === undefined || (typeof waitMs === 'number' && Number.isFinite(waitMs) && waitMs >= 0)) return;
  throw new ConfigurationError('waitMs', 'is a number of milliseconds, 0 or more');
}
