/** What is left of a token's requests. */
export interface RateState {
  readonly remaining: number;
  /** When the window ends, in milliseconds. */
  readonly windowEnd: number;
  readonly isExceeded: boolean;
}

/** Counts requests in fixed windows, for each token by itself. */
export class RateWindows {
  private readonly windowMs: number;
  private readonly windows = new Map<string, { used: number; end: number }>();

  constructor(windowMs: number) {
    this.windowMs = windowMs;
  }

  /** Counts one more request. Without a limit of its own nothing is refused, and what is left is told of Clever's. */
  take(token: string, now: number, limit: number | undefined): RateState {
    let window = this.windows.get(token);
    if (window === undefined || now >= window.end) {
      for (const [other, { end }] of this.windows) if (now >= end) this.windows.delete(other);
      window = { used: 0, end: now + this.windowMs };
      this.windows.set(token, window);
    }
    window.used += 1;
    return {
      remaining: Math.max(0, (limit ?? usualRateLimit) - window.used),
      windowEnd: window.end,
      isExceeded: limit !== undefined && window.used > limit,
    };
  }
}

/** Requests that Clever allows a token in a minute. */
export const usualRateLimit = 1200;
