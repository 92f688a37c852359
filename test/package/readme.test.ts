import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
// Inside the project, so that the programs resolve `rosterkit` as the examples do.
const folder = path.join(root, '.rosterkit', 'readme');
const programs = programsOf('README.md');
/** Those of a page that need no district of one's own. */
const simulatedPrograms = (document: string) => programsOf(document).filter((code) => / simulate[A-Z]\w+\(/.test(code));
const cleverPrograms = simulatedPrograms('docs/clever.md');

function programsOf(document: string): readonly string[] {
  const text = readFileSync(path.join(root, document), 'utf8');
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);
}

async function run(code: string, name: string): Promise<string> {
  const file = path.join(folder, `${name}.mts`);
  writeFileSync(file, code);
  const tsx = path.join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [tsx, '--tsconfig', path.join(root, 'tsconfig.json'), file],
    {
      cwd: root,
    },
  );
  return stdout;
}

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
