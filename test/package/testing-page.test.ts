import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as testing from 'rosterkit/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { programFolder, programsOf, runProgram } from '../support/programs.js';

const folder = programFolder('testing-page');
mkdirSync(folder, { recursive: true });
const programs = programsOf('docs/testing.md');

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The one program of the page that has these words. */
function programWith(words: string): string {
  const found = programs.filter((code) => code.includes(words));
  expect(found).toHaveLength(1);
  return found[0] ?? '';
}

// The page's own tests become tests of this file.
const tests = path.join(folder, 'store.mts');
writeFileSync(tests, programWith("from 'vitest'"));
await import(pathToFileURL(tests).href);

describe('the programs of the page on contracts run', () => {
  test('by node:test', { timeout: 60_000 }, async () => {
    const printed = await runProgram(folder, programWith("from 'node:test'"), 'mailer');
    expect(printed).toMatch(/pass 9\n/);
    expect(printed).toMatch(/fail 0\n/);
  });

  test('by themselves', { timeout: 60_000 }, async () => {
    expect(await runProgram(folder, programWith('simulateClever('), 'source')).toBe('19 cases\n');
  });

  test('and the page names every contract', () => {
    const named = [
      ...readFileSync(path.join(folder, '../../docs/testing.md'), 'utf8').matchAll(/^\| `(\w+Contract)` \|/gm),
    ];
    const contracts = Object.keys(testing).filter((name) => name.endsWith('Contract'));
    expect(named.map(([, name]) => name).sort()).toEqual(contracts.sort());
  });
});
