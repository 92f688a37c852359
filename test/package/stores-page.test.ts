import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { storeContract } from 'rosterkit/testing';
import { afterAll, expect, test } from 'vitest';
import { programFolder, programsOf, runProgram } from '../support/programs.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = programFolder('stores-page');
mkdirSync(folder, { recursive: true });
const programs = programsOf('docs/stores.md');

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The one program of the page that has these words. */
function programWith(words: string): string {
  const found = programs.filter((code) => code.includes(words));
  expect(found).toHaveLength(1);
  return found[0] ?? '';
}

test('the store on the page is that of the example', () => {
  const example = readFileSync(path.join(root, 'examples/own-tables/school-store.ts'), 'utf8');
  expect(programWith('class SchoolStore').replaceAll('./examples/own-tables/', './')).toBe(example);
});

test('the proof on the page runs, and finds nothing', { timeout: 120_000 }, async () => {
  const proof = programWith("from 'node:test'").replaceAll("'./examples/", "'../../examples/");
  const printed = await runProgram(folder, proof, 'proof');
  const cases = storeContract(() => Promise.reject(new Error('not run'))).length;
  expect(printed).toContain(`pass ${String(cases)}\n`);
  expect(printed).toContain('fail 0\n');
});
