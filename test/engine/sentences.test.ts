import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { describedCodes, describeReason } from '../../src/engine/index.js';

const ENGINE = fileURLToPath(new URL('../../src/engine/', import.meta.url));
/** Words of the evidence and of lookups, which are no cases of their own. */
const NO_CASES = new Set(['ENDED', 'TOMBSTONE', 'WITHDRAWN', 'SECTION_GONE', 'TERM_ENDED']);

it('has a sentence for every case that the engine can name', () => {
  const codes = new Set<string>();
  for (const file of readdirSync(ENGINE)) {
    if (file === 'sentences.ts') continue;
    for (const [, code] of readFileSync(`${ENGINE}${file}`, 'utf8').matchAll(/'([A-Z][A-Z_]{4,})'/g)) {
      if (code !== undefined && !NO_CASES.has(code)) codes.add(code);
    }
  }
  expect([...codes].filter((code) => !describedCodes.includes(code))).toEqual([]);
  expect(codes.size).toBeGreaterThan(60);
});

it('says each of them as a sentence', () => {
  for (const code of describedCodes) expect(describeReason({ code })).toMatch(/^[A-Z].*[.?]$/u);
  expect(describeReason({ code: 'SOMETHING_NEW' })).toBe('SOMETHING_NEW');
});
