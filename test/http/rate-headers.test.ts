import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '../../src/http/rate-headers.js';

const second = 1_000_000;
const date = new Date(second * 1000).toUTCString();

function at(offset: number): string {
  return new Date((second + offset) * 1000).toUTCString();
}

describe('for how long a far side asks to be left alone', () => {
  it.each([
    [429, { 'retry-after': '30' }, 30_000],
    [429, { 'retry-after': '0' }, 0],
    [503, { 'retry-after': '0.02' }, 20],
    [429, { 'retry-after': at(30) }, 30_000],
    [503, { 'retry-after': at(30) }, 30_000],
    [503, { 'retry-after': at(0) }, 0],
    [429, { 'x-ratelimit-reset': String(second + 30) }, 30_000],
    [503, { 'x-ratelimit-reset': String(second + 30) }, undefined],
    [200, { 'retry-after': '30' }, undefined],
    [429, { 'retry-after': at(-1), 'x-ratelimit-reset': String(second + 30) }, 30_000],
    [429, { 'x-ratelimit-reset': String(second - 1) }, undefined],
    [429, {}, undefined],
  ])('is by an answer of %i with %j, on the server’s own clock, %j ms', (status, headers, expected) => {
    expect(retryAfterMs(status, new Headers({ date, ...headers }))).toBe(expected);
  });

  it.each([{ 'x-ratelimit-reset': String(second) }, { 'retry-after': at(0) }])(
    'is at least a second where a 429 names this very second (%j), because it may have only begun',
    (headers) => {
      expect(retryAfterMs(429, new Headers({ date, ...headers }))).toBe(1000);
    },
  );
});
