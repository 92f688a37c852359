import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { describedRules, describeReason } from '../../src/engine/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const document = readFileSync(path.join(root, 'docs/explain.md'), 'utf8');
// Inside the project, so that the program resolves `rosterkit` as the examples do.
const folder = path.join(root, '.rosterkit', 'explain');

/** The words that the explanations name, and the rest of the engine. */
function wordsOfEngine(pattern: RegExp): { readonly explanations: Set<string>; readonly others: Set<string> } {
  const words = { explanations: new Set<string>(), others: new Set<string>() };
  for (const file of readdirSync(path.join(root, 'src/engine'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const set = file.startsWith('explain') ? words.explanations : words.others;
    const text = readFileSync(path.join(root, 'src/engine', file), 'utf8');
    for (const [, word = ''] of text.matchAll(pattern)) set.add(word);
  }
  return words;
}

describe('docs/explain.md', () => {
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('has a program that prints what it says', { timeout: 60_000 }, async () => {
    const code = /```ts\n([\s\S]*?)```/.exec(document)?.[1] ?? '';
    const promised = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
    expect(promised).toHaveLength(3);
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, 'program.mts');
    writeFileSync(file, code);
    const tsx = path.join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs');
    const command = [tsx, '--tsconfig', path.join(root, 'tsconfig.json'), file];
    const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: root });
    const printed = stdout.trimEnd().split('\n');
    expect(printed).toHaveLength(3);
    for (const [index, text] of promised.entries()) expect(printed[index]?.trim().endsWith(text ?? '-')).toBe(true);
  });

  it('explains every case of its own, and no other', () => {
    const table = document.slice(
      document.indexOf('which only an explanation has:'),
      document.indexOf('Sentences alone'),
    );
    const explained = [...table.matchAll(/^\| (`[A-Z_`, ]+`) \|/gm)].flatMap(([, codes = '']) =>
      [...codes.matchAll(/`([A-Z_]+)`/g)].map(([, code = '']) => code),
    );
    const { explanations, others } = wordsOfEngine(/'([A-Z][A-Z_]{4,})'/g);
    const own = [...explanations].filter((code) => !others.has(code) && !['SCOPE', 'STEPS'].includes(code));
    expect(explained.sort()).toEqual(own.sort());
    for (const code of own) expect(describeReason({ code })).not.toBe(code);
  });

  it('names only rules that have a sentence', () => {
    const rules = [...wordsOfEngine(/'([A-Z]{1,2}\d{1,2}|SCOPE|STEPS)'/g).explanations];
    expect(rules.length).toBeGreaterThan(35);
    expect(rules.filter((rule) => !describedRules.includes(rule))).toEqual([]);
  });
});
