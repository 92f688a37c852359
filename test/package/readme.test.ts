import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programFolder, programsOf, runProgram } from '../support/programs.js';

const folder = programFolder('readme');
const run = (code: string, name: string) => runProgram(folder, code, name);
const programs = programsOf('README.md');
/** Those of a page that need no district of one's own. */
const simulatedPrograms = (document: string) => programsOf(document).filter((code) => / simulate[A-Z]\w+\(/.test(code));
const cleverPrograms = simulatedPrograms('docs/clever.md');

describe('the programs of the README run', () => {
  beforeAll(() => {
    mkdirSync(folder, { recursive: true });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('there are three', () => {
    expect(programs.length).toBe(3);
  });

  it('and the first prints what it says', { timeout: 60_000 }, async () => {
    const printed = await run(programs[0] ?? '', 'first');
    const promised = /\/\/ (applied \d+ changes)/.exec(programs[0] ?? '')?.[1];
    expect(promised).toBeDefined();
    expect(printed.split('\n')).toContain(promised);
    expect(printed.trimEnd().endsWith('\n0')).toBe(true);
  });

  it.each([1, 2])('and so does number %i after it', { timeout: 60_000 }, async (index) => {
    expect((await run(programs[index] ?? '', `program-${String(index)}`)).length).toBeGreaterThan(0);
  });

  it('and so do those of the page on Clever', { timeout: 60_000 }, async () => {
    expect(cleverPrograms).toHaveLength(2);
    expect(await run(cleverPrograms[0] ?? '', 'clever-0')).toMatch(/^2\n433 sections\.updated\n$/);
    expect(await run(cleverPrograms[1] ?? '', 'clever-1')).toBe('signed-in\n');
  });

  it.each([
    ['docs/oneroster.md', [/^\d+ complete\ntrue\n\d+\n$/]],
    ['docs/mail.md', [/^(\d+) \1\n$/]],
    ['docs/classlink.md', [/^warning true\n\d+ complete\n$/, /^151\nsigned-in true\n$/]],
  ] as const)('and so do those of %s', { timeout: 60_000 }, async (document, printed) => {
    const simulated = simulatedPrograms(document);
    expect(simulated).toHaveLength(printed.length);
    for (const [index, text] of printed.entries()) {
      expect(await run(simulated[index] ?? '', `${path.basename(document, '.md')}-${String(index)}`)).toMatch(text);
    }
  });
});
