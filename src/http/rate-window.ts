import { sha256 } from '../internal/sha256.js';
import { statedWindow } from './rate-headers.js';
import { type Turn, WaitingLine } from './waiting-line.js';

/** So many requests of one credential in one window. */
export interface RateLimit {
  readonly requests: number;
  readonly windowMs: number;
}

/** A window of the far side's own count, and what is left of it here. */
interface CountedWindow {
  readonly reset: number;
  /** By the clock of this process. */
  endsAt: number;
  remaining: number;
}

/**
 * Counts the requests of one credential, so that no more are made than the far side allows.
 *
 * Nobody here knows when the far side's window begins, nor when a request on its way is counted there. So a request
 * counts from the moment at which it takes its turn until a whole window after its end: wherever the far side draws the
 * line, no more than the limit fall on one side of it. What the headers of answers say comes first: they know of the
 * requests of other processes, and when the count begins anew.
 */
export class RateWindow {
  readonly #windowMs: number;
  #underWay = 0;
  /** When the requests of the last window ended, the earliest first. */
  readonly #endedAt: number[] = [];
  #stated: CountedWindow | undefined;
  #statedLimit = Number.POSITIVE_INFINITY;
  #closedUntil = 0;
  readonly #line = new WaitingLine();

  /** @param windowMs 0 where there is nothing to count, and only {@link RateWindow.close} says when to wait */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /**
   * Waits for a turn behind everybody who came before, and takes it, unless that would take longer than `longestWaitMs`
   * as far as can be seen now. Each turn that was taken is given back by {@link RateWindow.ended}, or by
   * {@link RateWindow.giveBack} where it was not used.
   *
   * @throws the signal's own reason where the caller aborts; then no turn is taken
   */
  async turn(
    requests: number,
    { longestWaitMs, signal }: { readonly longestWaitMs: number; readonly signal: AbortSignal | undefined },
  ): Promise<Turn> {
    return await this.#line.turn({ take: () => this.take(requests), longestWaitMs, signal });
  }

  /**
   * Takes a turn, whoever else waits for one, and gives 0; or takes none, and gives the milliseconds after which to ask
   * again.
   */
  take(requests: number): number {
    const now = performance.now();
    const waitMs = Math.max(this.#closedUntil - now, this.#countedWaitMs(requests, now));
    if (waitMs > 0) return waitMs;
    this.#underWay += 1;
    if (this.#stated !== undefined) this.#stated.remaining -= 1;
    return 0;
  }

  /** The request was not made. What the far side says is left stays as it is: it may not have counted this one. */
  giveBack(): void {
    this.#underWay -= 1;
    this.#line.serve();
  }

  /** A request has ended: with the headers of its answer, or without an answer. */
  ended(headers?: Headers): void {
    this.#underWay -= 1;
    if (this.#windowMs > 0) this.#count(headers);
    this.#line.serve();
  }

  #count(headers: Headers | undefined): void {
    const now = performance.now();
    this.#endedAt.push(now);
    const stated = headers === undefined ? undefined : statedWindow(headers, this.#windowMs);
    if (stated === undefined) return;
    const { reset, remaining, limit } = stated;
    const endsAt = now + stated.endsInMs;
    if (limit !== undefined) this.#statedLimit = limit;
    const known = this.#stated;
    if (known === undefined || reset > known.reset) {
      // The far side has not counted yet what is still on its way to it.
      this.#stated = { reset, endsAt, remaining: remaining - this.#underWay };
    } else if (reset === known.reset) {
      known.remaining = Math.min(known.remaining, remaining);
      // Each answer was under way for a while: the earliest estimate is the nearest to the truth.
      known.endsAt = Math.min(known.endsAt, endsAt);
    }
  }

  /** The far side asked to be left alone for so long. */
  close(forMs: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, performance.now() + forMs);
    this.#line.serve();
  }

  /** Whether nobody waits for it, and it knows nothing any more that a new one would not know. */
  isIdle(): boolean {
    const now = performance.now();
    this.#forgetUntil(now);
    const isUnused = this.#underWay === 0 && this.#line.isEmpty;
    return isUnused && this.#endedAt.length === 0 && this.#stated === undefined && this.#closedUntil <= now;
  }

  #countedWaitMs(requests: number, now: number): number {
    if (this.#windowMs === 0) return 0;
    this.#forgetUntil(now);
    const untilStatedEnd = (this.#stated?.endsAt ?? Number.POSITIVE_INFINITY) - now;
    if (this.#stated !== undefined && this.#stated.remaining <= 0) return untilStatedEnd;
    const tooMany = this.#underWay + this.#endedAt.length - Math.min(requests, this.#statedLimit);
    if (tooMany < 0) return 0;
    const freeAt = (this.#endedAt[tooMany] ?? now) + this.#windowMs;
    return Math.min(freeAt - now, untilStatedEnd);
  }

  /** Drops what no longer counts. */
  #forgetUntil(now: number): void {
    if (this.#stated !== undefined && this.#stated.endsAt <= now) {
      this.#stated = undefined;
      this.#endedAt.length = 0;
    }
    const first = this.#endedAt.findIndex((endedAt) => endedAt + this.#windowMs > now);
    if (first !== 0) this.#endedAt.splice(0, first === -1 ? this.#endedAt.length : first);
  }
}

/** The windows of this process. */
const windows = new Map<string, RateWindow>();

/** So many windows at least are kept before those that are over are looked for. */
const SWEEP_FROM = 64;
let sweepAt = SWEEP_FROM;

/**
 * The one window of a credential at an origin, whichever transport asks. Credentials are kept as a digest only, and
 * windows that are over are dropped: there are never more than twice as many as were in use when it was last looked.
 */
export function sharedRateWindow(
  origin: string,
  credential: Readonly<Record<string, string>>,
  windowMs: number,
): RateWindow {
  const key = sha256(JSON.stringify([origin, windowMs, credential]));
  const known = windows.get(key);
  if (known !== undefined) return known;
  if (windows.size >= sweepAt) {
    for (const [other, window] of windows) {
      if (window.isIdle()) windows.delete(other);
    }
    sweepAt = Math.max(SWEEP_FROM, 2 * windows.size);
  }
  const window = new RateWindow(windowMs);
  windows.set(key, window);
  return window;
}
