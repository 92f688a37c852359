import type { Clock } from '../ports/index.js';

/**
 * A clock that stands still until it is told to move.
 *
 * @example
 * ```ts
 * import { FixedClock } from 'rosterkit/testing';
 *
 * const clock = new FixedClock('2026-09-15T12:00:00.000Z');
 * clock.advance(60_000);
 * console.log(clock.now().toISOString()); // 2026-09-15T12:01:00.000Z
 * ```
 */
export class FixedClock implements Clock {
  private milliseconds: number;

  /** `start` is an ISO instant. @default a noon of the school year that `generateDistrict` makes */
  constructor(start: string | Date = '2026-09-15T12:00:00.000Z') {
    this.milliseconds = new Date(start).getTime();
  }

  now(): Date {
    return new Date(this.milliseconds);
  }

  /** Moves the clock on, or back where the number is negative. */
  advance(milliseconds: number): void {
    this.milliseconds += milliseconds;
  }

  /** Sets the clock to an ISO instant. */
  set(instant: string | Date): void {
    this.milliseconds = new Date(instant).getTime();
  }
}
