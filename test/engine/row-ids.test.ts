/** Every row of the tables is told by a run that it is about, and not by one that differs from it in one fact. */

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { describedRules } from '../../src/engine/index.js';
import { cases } from './row-cases/index.js';

/** The ids of all rows: a row that comes, goes or changes its name has to be told here. */
const ROWS = [
  'G1 G2 G3 G4 G5 G6 G7 G8',
  'S1 S2',
  'K1 K2 K3 K4 K5 K6 K7 K8 K9 K10 K11 K12 K13 K14 K15 K16 K17 K18 K19 K20',
  'D1 D2 D3 D4 D5 D6',
  'M1 M2 M3 M4 M5 M6 M7 M8 M9 M10 M11 M12 M13 M14 M15',
  'U1 U2 U3 U4 U5 U6 U7 U8 U9 U10 U11 U12 U13 U14 U15 U16 U17',
  'P1 P2 P3 P4 P5 P6 P7 P8 P9 P10 P11 P12 P13 P14',
  'F1 F2 F3 F4 F5 F6 F7 F8 F9 F10',
  'Z1 Z2 Z3 Z4 Z5 Z6 Z7 Z8 Z9 Z10 Z11 Z12 Z13 Z14',
  'UNDO HAND',
  'TOMBSTONE TERM_ENDED SCHOOL_GONE COHORT_GONE PERSON_UNSHARED SECTION_GONE WITHDRAWN ENDED',
].flatMap((table) => table.split(' '));

/** Rows that no plan names: a run or a read tells of them, in a word of its own. */
const TOLD_BY_RUNS = ['Z3', 'Z7', 'Z8', 'Z11', 'Z12', 'Z13'];

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const document = readFileSync(at('docs/policies.md'), 'utf8');

/** The line of each row in the document, by its id; a line may be about several. */
const documented = new Map(
  [...document.matchAll(/^\| (`?[A-Z_]+\d*`?(?:, [A-Z]+\d*)*) \| .*$/gm)].flatMap(([line, ids = '']) =>
    ids.split(', ').map((id) => [id.replaceAll('`', ''), line] as const),
  ),
);

describe('each row', () => {
  it('has a case, and each case is of a row', () => {
    expect([...new Set(cases.map(({ id }) => id))].sort()).toEqual([...ROWS].sort());
  });

  it.each(cases)('$id is told where $fact', async ({ id, word = id, told }) => {
    expect([...(await told(true))]).toEqual(expect.arrayContaining(TOLD_BY_RUNS.includes(id) ? [word] : [id, word]));
    expect([...(await told(false))]).not.toContain(word);
  });

  it('has a case that its id alone tells, but for those that no plan names', () => {
    const named = new Set(cases.filter(({ word }) => word === undefined).map(({ id }) => id));
    expect(ROWS.filter((id) => !named.has(id))).toEqual(TOLD_BY_RUNS);
  });

  it('stands in docs/policies.md, with the word that tells it', () => {
    expect(ROWS.filter((id) => !documented.has(id))).toEqual([]);
    for (const { id, word = '' } of cases)
      expect([id, documented.get(id)]).toEqual([id, expect.stringContaining(word)]);
  });

  it('is one of these, wherever the engine names a rule', () => {
    const named = readdirSync(at('src/engine'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [...readFileSync(at(`src/engine/${file}`), 'utf8').matchAll(/'([A-Z]\d{1,2})'/g)])
      .map(([, id = '']) => id)
      // The levels of evidence.
      .filter((id) => id !== 'E1' && id !== 'E2');
    const known = new Set(ROWS);
    expect(named.length).toBeGreaterThan(200);
    expect(named.filter((id) => !known.has(id))).toEqual([]);
    expect([...documented.keys()].filter((id) => describedRules.includes(id) && !known.has(id))).toEqual([]);
  });
});
