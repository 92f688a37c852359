import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../src/model/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const document = readFileSync(path.join(root, 'docs/policies.md'), 'utf8');
const engine = readdirSync(path.join(root, 'src/engine'), { recursive: true, encoding: 'utf8' })
  // What only explanations say stands in docs/explain.md.
  .filter((file) => file.endsWith('.ts') && !file.startsWith('explain'))
  .map((file) => readFileSync(path.join(root, 'src/engine', file), 'utf8'))
  .join('\n');

/** Every rule id and every code is a literal of capitals in the engine, wherever it stands in an expression. */
const words = [
  ...new Set([...engine.matchAll(/'([A-Z]{1,2}\d{1,2}|[A-Z][A-Z_]{3,})'/g)].map(([, word]) => word ?? '')),
].sort();

/** `setting` and `default` of every settings table. */
const settings = new Map(
  [...document.matchAll(/^\| `([a-z]\w*(?:\.\w+)*)` \| (?:`([^`]+)`|none|all) \|/gm)].map(([, name = '', value]) => [
    name,
    value,
  ]),
);

function leaves(value: object, prefix = ''): [string, string][] {
  return Object.entries(value).flatMap(([key, each]: [string, unknown]): [string, string][] => {
    const isGroup = typeof each === 'object' && each !== null && !Array.isArray(each) && Object.keys(each).length > 0;
    if (isGroup) return leaves(each, `${prefix}${key}.`);
    return [[`${prefix}${key}`, JSON.stringify(each)]];
  });
}

describe('docs/policies.md', () => {
  it('finds the words of the engine', () => {
    expect(words).toEqual(
      expect.arrayContaining(['K1', 'K9', 'U16', 'D4', 'DUPLICATE_NAME', 'LIMIT_EXCEEDED', 'UNDO_KEPT']),
    );
    expect(words.length).toBeGreaterThan(120);
  });

  it.each(words)('explains %s', (word) => {
    expect(document).toMatch(new RegExp(`(?<![\\w-])${word}(?![\\w])`));
  });

  it('has every code of a note among the notes or holds', () => {
    const advice = document.slice(document.indexOf('## Notes, and what to do'));
    const noted = [...engine.matchAll(/note(?:Once)?\(\{[^}]*?code: '([A-Z_]+)'/g)].map(([, code]) => code ?? '');
    expect(noted.length).toBeGreaterThan(20);
    expect(noted.filter((code) => !advice.includes(`\`${code}\``))).toEqual([]);
  });

  it('names every setting with its default, and no other', () => {
    const defaults = new Map(leaves(defaultPolicy).filter(([name]) => name !== 'guardians'));
    for (const [name, value] of defaults) expect([name, settings.get(name)]).toEqual([name, value]);
    const criteria = [
      'schoolLevels',
      'subjects',
      'notSubjects',
      'grades',
      'terms',
      'names',
      'notNames',
      'ids',
      'teachers',
    ];
    const optional = [
      ...['access.defaultRole', 'access.permissions', 'access.site', 'guardians.contactTypes', 'limits.notices'],
      ...['invitations.from', 'invitations.fromRoles'],
      ...['notify.roles', 'notify.silentFirstSync', 'notify.unchanged'],
      ...criteria.map((name) => `classes.include.${name}`),
    ];
    expect([...settings.keys()].sort()).toEqual([...defaults.keys(), ...optional].sort());
  });
});
