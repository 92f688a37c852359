import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RateWindow, sharedRateWindow } from '../../src/http/rate-window.js';

const MINUTE = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] });
});

afterEach(() => {
  vi.useRealTimers();
});

function pass(milliseconds: number): void {
  vi.advanceTimersByTime(milliseconds);
}

function useUp(window: RateWindow, requests: number, limit = requests): void {
  for (let request = 0; request < requests; request += 1) {
    expect(window.take(limit)).toBe(0);
    window.ended();
  }
}

/** What an answer says of the window, at some second of the server's time. */
function saying(remaining: number, reset: number, second = 0): Headers {
  return new Headers({
    date: new Date(second * 1000).toUTCString(),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(reset),
  });
}

describe('the window of a credential', () => {
  it('is free again a minute after it was used up', () => {
    const window = new RateWindow(MINUTE);
    useUp(window, 1200);
    expect(window.take(1200)).toBe(MINUTE);
    pass(MINUTE - 1);
    expect(window.take(1200)).toBe(1);
    pass(1);
    useUp(window, 1200);
  });

  it('lets through as many as were made so long ago, and tells when the next may go', () => {
    const window = new RateWindow(MINUTE);
    useUp(window, 1, 3);
    pass(20_000);
    useUp(window, 2, 3);
    expect(window.take(2)).toBe(MINUTE);
    expect(window.take(3)).toBe(40_000);
    pass(40_000);
    expect(window.take(3)).toBe(0);
    expect(window.take(3)).toBe(20_000);
  });

  it('is never exceeded, whenever the far side counts a request and wherever its window begins', () => {
    const step = fc.record({
      after: fc.nat(30),
      slowness: fc.nat(60),
      counted: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(step, { minLength: 20, maxLength: 80 }),
        (requests, steps) => {
          const window = new RateWindow(50);
          const counted: number[] = [];
          const underWay: number[] = [];
          const endUntil = (at: number): void => {
            underWay.sort((one, other) => one - other);
            while (underWay[0] !== undefined && underWay[0] <= at) {
              pass((underWay.shift() ?? 0) - performance.now());
              window.ended();
            }
            pass(at - performance.now());
          };
          for (const { after, slowness, counted: share } of steps) {
            endUntil(performance.now() + after);
            if (window.take(requests) > 0) continue;
            counted.push(performance.now() + share * slowness);
            underWay.push(performance.now() + slowness);
          }
          counted.sort((one, other) => one - other);
          for (const [index, at] of counted.entries()) {
            const later = counted[index + requests];
            if (later !== undefined) expect(later - at).toBeGreaterThanOrEqual(50 - 1e-6);
          }
        },
      ),
    );
  });

  it('follows a far side that counts as Clever does: to the last request of each window, and never beyond', () => {
    const limit = 10;
    const length = 10_000;
    fc.assert(
      fc.property(
        fc.nat(10 * length),
        fc.nat(300),
        fc.integer({ min: -3600, max: 3600 }),
        (offset, latency, wrongBy) => {
          const serverNow = (): number => performance.now() + offset;
          const counts = new Map<number, number>();
          const window = new RateWindow(length);
          const start = performance.now();
          for (let made = 0; made < 50; ) {
            const waitMs = window.take(limit);
            if (waitMs > 0) {
              pass(waitMs);
              continue;
            }
            made += 1;
            pass(latency);
            const index = Math.floor(serverNow() / length);
            const count = (counts.get(index) ?? 0) + 1;
            counts.set(index, count);
            const told = new Headers({
              date: new Date(serverNow() + wrongBy * 1000 + 1e12).toUTCString(),
              'x-ratelimit-limit': String(limit),
              'x-ratelimit-remaining': String(limit - count),
              'x-ratelimit-reset': String(Math.ceil(((index + 1) * length) / 1000) + wrongBy + 1e9),
            });
            pass(latency);
            window.ended(told);
          }
          expect(Math.max(...counts.values())).toBeLessThanOrEqual(limit);
          expect(performance.now() - start).toBeLessThan(6.5 * length + 20 * latency);
        },
      ),
    );
  });

  it('begins anew where the far side says so, and not before', () => {
    const window = new RateWindow(MINUTE);
    for (const remaining of [2, 1, 0]) {
      expect(window.take(3)).toBe(0);
      window.ended(saying(remaining, 15));
    }
    expect(window.take(3)).toBe(15_000);
    pass(15_000);
    expect(window.take(3)).toBe(0);
    window.ended(saying(0, 30));
    expect(window.take(3)).toBe(30_000);
  });

  it('believes each answer of a window that says that others have used it too', () => {
    const window = new RateWindow(MINUTE);
    for (const remaining of [8, 1]) {
      expect(window.take(9)).toBe(0);
      window.ended(saying(remaining, 30));
    }
    expect(window.take(9)).toBe(0);
    expect(window.take(9)).toBe(30_000);
  });

  it('ends when the answer that came the fastest says', () => {
    const window = new RateWindow(MINUTE);
    expect(window.take(9)).toBe(0);
    pass(4000);
    window.ended(saying(5, 30));
    expect(window.take(9)).toBe(0);
    window.ended(saying(0, 30, 4));
    expect(window.take(9)).toBe(26_000);
  });

  it('does not believe an answer of the window before', () => {
    const window = new RateWindow(MINUTE);
    for (let request = 0; request < 3; request += 1) expect(window.take(9)).toBe(0);
    window.ended(saying(5, 30));
    window.ended(saying(0, 20));
    expect(window.take(9)).toBe(0);
  });
});

describe('those who wait for a turn', () => {
  const longestWaitMs = 2 * MINUTE;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance', 'Date', 'setTimeout', 'clearTimeout'] });
  });

  /** Somebody asks for a turn; notes how it ends. */
  function wait(name: string, window: RateWindow, limit: number, noted: string[], signal?: AbortSignal): void {
    window.turn(limit, { longestWaitMs, signal }).then(
      (turn) => noted.push(turn.isTaken ? name : `${name} does not wait`),
      () => noted.push(`${name} aborts`),
    );
  }

  it('get one in the order in which they came, as soon as it is free', async () => {
    const window = new RateWindow(MINUTE);
    const noted: string[] = [];
    useUp(window, 1, 2);
    pass(20_000);
    useUp(window, 1, 2);
    for (const name of ['first', 'second', 'third', 'fourth']) wait(name, window, 2, noted);
    await vi.advanceTimersByTimeAsync(39_000);
    expect(noted).toEqual([]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(noted).toEqual(['first']);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(noted).toEqual(['first', 'second']);
    window.ended();
    window.ended();
    await vi.advanceTimersByTimeAsync(61_000);
    expect(noted).toEqual(['first', 'second', 'third', 'fourth']);
  });

  it('come before whoever asks when one has just become free', async () => {
    const window = new RateWindow(MINUTE);
    const noted: string[] = [];
    useUp(window, 1);
    vi.spyOn(Math, 'random').mockReturnValue(0.9);
    wait('early', window, 1, noted);
    await vi.advanceTimersByTimeAsync(MINUTE + 100);
    expect(noted).toEqual([]);
    wait('late', window, 1, noted);
    await vi.advanceTimersByTimeAsync(0);
    expect(noted).toEqual(['early']);
    vi.restoreAllMocks();
  });

  it('hear at once of a window that ends earlier, and of a turn that was not used', async () => {
    const window = new RateWindow(MINUTE);
    const noted: string[] = [];
    expect(window.take(1)).toBe(0);
    wait('after the window', window, 1, noted);
    window.ended(saying(0, 5));
    await vi.advanceTimersByTimeAsync(6000);
    expect(noted).toEqual(['after the window']);
    wait('after the other', window, 1, noted);
    window.giveBack();
    await vi.advanceTimersByTimeAsync(0);
    expect(noted).toEqual(['after the window', 'after the other']);
  });

  it('hear at once that it takes too long', async () => {
    const window = new RateWindow(MINUTE);
    const noted: string[] = [];
    useUp(window, 1);
    wait('one', window, 1, noted);
    wait('two', window, 1, noted);
    await vi.advanceTimersByTimeAsync(0);
    expect(noted).toEqual([]);
    window.close(longestWaitMs + 1);
    await vi.advanceTimersByTimeAsync(0);
    expect(noted).toHaveLength(2);
    wait('three', window, 1, noted);
    await vi.advanceTimersByTimeAsync(0);
    expect(noted).toEqual(['one does not wait', 'two does not wait', 'three does not wait']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leave with an abort, take no turn, and hold nobody up', async () => {
    const window = new RateWindow(MINUTE);
    const noted: string[] = [];
    const controller = new AbortController();
    useUp(window, 1);
    wait('one', window, 1, noted, controller.signal);
    wait('two', window, 1, noted);
    controller.abort();
    await vi.advanceTimersByTimeAsync(0);
    wait('three', window, 1, noted, controller.signal);
    await vi.advanceTimersByTimeAsync(MINUTE + 1000);
    expect(noted).toEqual(['one aborts', 'three aborts', 'two']);
  });

  it('keep the window in use, a timer and a listener only for as long as they wait', async () => {
    const window = new RateWindow(0);
    const noted: string[] = [];
    const controller = new AbortController();
    window.close(1000);
    vi.spyOn(Math, 'random').mockReturnValue(0.9);
    wait('one', window, 1, noted, controller.signal);
    await vi.advanceTimersByTimeAsync(1050);
    expect(window.isIdle()).toBe(false);
    expect(vi.getTimerCount()).toBe(1);
    controller.abort();
    expect(window.isIdle()).toBe(true);
    expect(vi.getTimerCount()).toBe(0);

    const { signal } = new AbortController();
    window.close(1000);
    wait('two', window, 1, noted, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2000);
    expect(noted).toEqual(['one aborts', 'two']);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    vi.restoreAllMocks();
  });

  it('are never let through too soon, overtaken or forgotten, whoever leaves', async () => {
    const step = fc.record({ after: fc.nat(30), slowness: fc.nat(60), leavesAfter: fc.option(fc.nat(100)) });
    const steps = fc.array(step, { minLength: 20, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), steps, async (requests, all) => {
        const window = new RateWindow(50);
        const taken: { readonly index: number; readonly at: number }[] = [];
        const ends: number[] = [];
        const left: number[] = [];
        const request = async (index: number, slowness: number, signal: AbortSignal): Promise<void> => {
          await window.turn(requests, { longestWaitMs, signal });
          taken.push({ index, at: performance.now() });
          await new Promise((resolve) => setTimeout(resolve, slowness));
          ends.push(performance.now());
          window.ended();
        };
        for (const [index, { after, slowness, leavesAfter }] of all.entries()) {
          await vi.advanceTimersByTimeAsync(after);
          const controller = new AbortController();
          request(index, slowness, controller.signal).catch(() => left.push(index));
          if (leavesAfter === null) continue;
          setTimeout(() => {
            controller.abort();
          }, leavesAfter);
        }
        await vi.advanceTimersByTimeAsync(all.length * 200);
        const order = taken.map(({ index }) => index);
        expect(order).toEqual(order.toSorted((one, other) => one - other));
        expect(order.length + left.length).toBe(all.length);
        ends.sort((one, other) => one - other);
        for (const [number, { at }] of taken.entries()) {
          const ended = ends[number - requests];
          if (ended !== undefined) expect(at - ended).toBeGreaterThanOrEqual(50 - 1e-6);
        }
        expect([window.isIdle(), vi.getTimerCount()]).toEqual([true, 0]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the windows of a process', () => {
  const origin = 'https://api.clever.com';
  const credential = (name: string): Readonly<Record<string, string>> => ({ authorization: name });

  it('are one for a credential, an origin and a length', () => {
    const window = sharedRateWindow(origin, credential('same'), MINUTE);
    window.take(1);
    expect(sharedRateWindow(origin, credential('same'), MINUTE)).toBe(window);
    expect(sharedRateWindow(origin, credential('other'), MINUTE)).not.toBe(window);
    expect(sharedRateWindow('https://clever.com', credential('same'), MINUTE)).not.toBe(window);
    expect(sharedRateWindow(origin, credential('same'), 1000)).not.toBe(window);
  });

  it('are dropped when they are over, and kept while they count', () => {
    const over = sharedRateWindow(origin, credential('over'), MINUTE);
    useUp(over, 1);
    const closed = sharedRateWindow(origin, credential('closed'), MINUTE);
    closed.close(2 * MINUTE);
    const busy = sharedRateWindow(origin, credential('busy'), MINUTE);
    busy.take(1);
    pass(MINUTE);
    for (let name = 0; name < 1000; name += 1) sharedRateWindow(origin, credential(String(name)), MINUTE);
    expect(sharedRateWindow(origin, credential('busy'), MINUTE)).toBe(busy);
    expect(sharedRateWindow(origin, credential('closed'), MINUTE)).toBe(closed);
    expect(sharedRateWindow(origin, credential('over'), MINUTE)).not.toBe(over);
  });
});
