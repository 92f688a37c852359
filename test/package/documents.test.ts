import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { folders } from '../../eslint.config.js';
import * as errors from '../../src/errors.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

const documents = [
  ...readdirSync(root).filter((file) => file.endsWith('.md')),
  ...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !file.startsWith('api'))
    .map((file) => path.join('docs', file)),
];

describe('documents stay true', () => {
  test('the folder table is the one that lint keeps', () => {
    const names = (list: readonly string[] = []) =>
      list.length === 0 ? 'none' : list.map((name) => `\`${name}\``).join(', ');
    const rows = Object.entries(folders).map(
      ([folder, may]: [string, { folders?: string[]; packages?: string[]; node?: boolean }]) =>
        `| \`${folder}\` | ${names(may.folders)} | ${names(may.packages)} | ${may.node === true ? 'yes' : 'no'} |`,
    );
    const written = /<!-- folder table -->\n([\s\S]*?)\n<!-- \/folder table -->/.exec(
      read('docs/architecture.md'),
    )?.[1];
    expect(written?.split('\n').slice(2)).toEqual(rows);
  });

  test('every error is explained, with its code', () => {
    const explained = [...read('docs/errors.md').matchAll(/^\| `(\w+)` \| `(\w+)` \|/gm)].map(([, name, code]) => [
      name,
      code,
    ]);
    const codes = [
      ...read('src/errors.ts').matchAll(/^export class (\w+)[\s\S]*?readonly code(?:: string)? = '(\w+)'/gm),
    ];
    expect(explained).toEqual(codes.map(([, name, code]) => [name, code]));
    expect(explained.map(([name]) => name).sort()).toEqual(
      Object.keys(errors)
        .filter((name) => name !== 'RosterError')
        .sort(),
    );
  });

  test.each(documents)('the links of %s lead somewhere', (document) => {
    const links = [...read(document).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map((match) => match[1] ?? '');
    const missing = links.filter((link) => !existsSync(path.resolve(root, path.dirname(document), link)));
    expect(missing).toEqual([]);
  });
});
