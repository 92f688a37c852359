/**
 * One district in many dialects: whatever a server or a program makes of OneRoster, the same roster comes out, or what is
 * wrong with it is said.
 */

import fc from 'fast-check';
import { RosterError } from 'rosterkit';
import { bearer, OneRosterClient, oneRosterCsvSource, oneRosterSource } from 'rosterkit/oneroster';
import {
  type AgentsSide,
  generateDistrict,
  type OneRosterCsvQuirks,
  oneRosterCsvFiles,
  type OneRosterQuirks,
  simulateOneRoster,
} from 'rosterkit/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Collection, RosterRead } from '../../src/model/index.js';

const district = generateDistrict({ seed: 14, schools: 2, students: 20 });
const scope = { tenant: 'district-1' };
type Version = '1.1' | '1.2';

async function readRest(
  version: Version,
  { quirks = {}, agents = 'both', pageSize = 1000 }: Partial<Dialect> = {},
): Promise<RosterRead> {
  const server = await simulateOneRoster(district, { version, bearer: 'b', quirks, agents });
  onTestFinished(() => server.close());
  const client = new OneRosterClient({
    baseUrl: server.url,
    version,
    auth: bearer('b'),
    pageSize,
    allowInsecureHosts: [server.host],
    minRetryDelayMs: 0,
    retries: 1,
  });
  return oneRosterSource(client).read(scope);
}

function readCsv(version: '1.0' | Version, quirks: OneRosterCsvQuirks = {}, agents: AgentsSide = 'both') {
  const files = oneRosterCsvFiles(district, { version, agents, quirks: { status: 'filled', ...quirks } });
  return oneRosterCsvSource(files).read(scope);
}

const collections = ['schools', 'terms', 'courses', 'classes', 'users', 'enrollments', 'guardianLinks'] as const;

/** The rows of a collection, each as a text, without what one of the two does not have. */
function rowsOf(roster: RosterRead, collection: Collection, without: readonly string[] = []): readonly string[] {
  return (roster[collection] as readonly object[]).map((row) =>
    JSON.stringify(
      Object.entries(row)
        .filter(([field]) => !without.includes(field))
        .sort(([left], [right]) => (left < right ? -1 : 1)),
    ),
  );
}

/** What one wire says of a district and another cannot. */
const missingIn: Readonly<Record<string, readonly string[]>> = {
  // 1.1 has no primary org.
  '1.1': ['primarySchoolSourcedId'],
  // 1.0 has no columns for these.
  '1.0': ['primarySchoolSourcedId', 'enabled', 'middleName', 'grade', 'period'],
};

describe('without any quirk', () => {
  test.each<[string, string, () => Promise<RosterRead>]>([
    ['REST 1.2', '1.1', () => readRest('1.2')],
    ['CSV 1.2', '1.1', () => readCsv('1.2')],
    ['CSV 1.1', '1.1', () => readCsv('1.1')],
    ['CSV 1.0', '1.0', () => readCsv('1.0')],
  ])('%s gives the roster of REST 1.1', async (_, poorer, read) => {
    const [expected, found] = [await readRest('1.1'), await read()];
    for (const collection of collections) {
      expect(found.attestation.collections[collection].state, collection).toBe('complete');
      const without = missingIn[poorer];
      expect(rowsOf(found, collection, without), collection).toEqual(rowsOf(expected, collection, without));
      expect(rowsOf(found, collection).length, collection).toBeGreaterThan(0);
    }
    expect(found.rejected ?? []).toEqual([]);
  });

  test('the primary schools of 1.2 are the same over REST and in files', async () => {
    expect(rowsOf(await readCsv('1.2'), 'users')).toEqual(rowsOf(await readRest('1.2'), 'users'));
  });
});

interface Dialect {
  readonly quirks: OneRosterQuirks;
  readonly agents: AgentsSide;
  readonly pageSize: number;
  readonly csv: OneRosterCsvQuirks;
}

/** Any of the values, the usual one as often as all others together. */
function oneOf<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: others.length, arbitrary: fc.constant(usual) },
    ...others.map((other) => fc.constant(other)),
  );
}

/** The spellings of a server: none of them may change the roster. */
const spellings = {
  booleans: oneOf('words', 'json', 'capitals', 'digits'),
  absent: oneOf('empty', 'missing', 'null'),
  lists: oneOf('array', 'comma', 'single'),
  numbers: oneOf(false, true),
  references: oneOf('object', 'flat', 'id', 'bare'),
  emptyParents: oneOf(false, true),
  referenceTypes: oneOf('standard', 'own'),
  envelope: oneOf('standard', 'path'),
  roles: oneOf('version', 'role', 'roles', 'both'),
  roleWords: oneOf('standard', 'capitalised'),
  agentsField: oneOf('agents', 'agentSourcedIds', 'agentSourceIds'),
  dates: oneOf('iso', 'american', 'sql'),
  status: oneOf('active', 'missing', 'capitals'),
  warnings: oneOf(false, true),
  nested: oneOf(true, false),
  filters: oneOf('standard', 'ignored', 'refused'),
  fields: oneOf('standard', 'ignored'),
} as const satisfies { readonly [Name in keyof OneRosterQuirks]: fc.Arbitrary<OneRosterQuirks[Name]> };

/** How a server pages: it may leave a doubt, and never a difference. */
const paging = {
  totals: oneOf('right', 'missing', 'too-high', 'too-low', 'page', 'remaining', 'before-filter', 'changing'),
  counts: oneOf('right', 'none', 'wrong'),
  maxPageSize: oneOf(10_000, 17, 100),
  links: oneOf('right', 'none', 'always-next', 'page-index', 'other-host'),
  order: oneOf('sourcedId', 'descending', 'natural', 'asked', 'unstable', 'case-insensitive'),
  ignoresOffset: oneOf(false, false, false, true),
  repeatsRows: oneOf(0, 1, 3),
  failsAbove: oneOf(10_000, 50, 500),
  revision: oneOf('none', 'constant', 'changing'),
} as const satisfies { readonly [Name in keyof OneRosterQuirks]: fc.Arbitrary<OneRosterQuirks[Name]> };

const files = {
  bom: fc.boolean(),
  lineEnds: fc.constantFrom('lf', 'crlf'),
  finalNewline: fc.boolean(),
  quotes: fc.constantFrom('needed', 'all'),
  headers: oneOf('right', 'lower', 'upper'),
  metadata: fc.boolean(),
  extraCells: fc.boolean(),
  dates: fc.constantFrom('iso', 'american'),
  booleans: fc.constantFrom('words', 'capitals', 'digits'),
  lists: fc.constantFrom('tight', 'spaced'),
  roleWords: fc.constantFrom('standard', 'capitalised'),
  shuffled: fc.boolean(),
  manifest: oneOf(true, false),
} as const satisfies { readonly [Name in keyof OneRosterCsvQuirks]: fc.Arbitrary<OneRosterCsvQuirks[Name]> };

const dialects: fc.Arbitrary<Dialect> = fc.record({
  quirks: fc.oneof(fc.record(spellings), fc.record(paging), fc.record({ ...spellings, ...paging })),
  agents: fc.constantFrom('both', 'students', 'guardians'),
  pageSize: fc.oneof(fc.constantFrom(1, 10, 50, 100, 1000, 10_000), fc.integer({ min: 1, max: 10_000 })),
  csv: fc.record(files),
});

/** The first rows that one has and the other has not. Rows that come twice are for the engine to judge. */
function difference(found: readonly string[], expected: readonly string[]) {
  const [seen, wanted] = [new Set(found), new Set(expected)];
  return {
    extra: found.filter((row) => !wanted.has(row)).slice(0, 2),
    missing: expected.filter((row) => !seen.has(row)).slice(0, 2),
  };
}

/** Either the same rows, or an honest word; what is incomplete never has a row that there is not. */
function expectHonest(found: RosterRead | RosterError, expected: RosterRead, dialect: unknown): readonly string[] {
  if (RosterError.isInstance(found)) {
    expect(['decode', 'incomplete_read', 'server', 'api', 'not_found']).toContain(found.code);
    return [];
  }
  const states = found.attestation.collections;
  const isComplete = (collection: Collection) => states[collection].state === 'complete';
  // What a class says of its course stands in the courses, and what a guardian is to a student in the users.
  const without = [...(isComplete('courses') ? [] : ['courseTitle']), ...(isComplete('users') ? [] : ['relationship'])];
  return collections.filter((collection) => {
    const about = `${collection}, ${states[collection].ended ?? ''}, in ${JSON.stringify(dialect)}`;
    const { extra, missing } = difference(rowsOf(found, collection, without), rowsOf(expected, collection, without));
    expect(extra, about).toEqual([]);
    if (isComplete(collection)) {
      expect(missing, about).toEqual([]);
      return true;
    }
    // Where no link is seen, none is shared.
    const honest = collection === 'guardianLinks' ? ['incomplete', 'not-shared'] : ['incomplete'];
    expect(honest, about).toContain(states[collection].state);
    return false;
  });
}

async function orError(read: Promise<RosterRead>): Promise<RosterRead | RosterError> {
  try {
    return await read;
  } catch (error) {
    if (RosterError.isInstance(error)) return error;
    throw error;
  }
}

const seed = Number(process.env['ROSTERKIT_DIALECT_SEED'] ?? Date.now() % 1_000_000);
const drawn = fc.sample(dialects, { numRuns: 50, seed });

describe(`fifty dialects, drawn with seed ${String(seed)}`, () => {
  const expected = new Map<string, Promise<RosterRead>>();
  const once = (name: string, read: () => Promise<RosterRead>): Promise<RosterRead> => {
    const known = expected.get(name) ?? read();
    expected.set(name, known);
    return known;
  };

  test.each(drawn.map((dialect, index) => ({ index, dialect })))('dialect $index', async ({ dialect }) => {
    const { csv, agents, quirks } = dialect;
    const isSpelled = !Object.keys(paging).some((name) => name in quirks);
    for (const version of ['1.1', '1.2'] as const) {
      const { roles = 'version' } = quirks;
      const whole = await once(`REST ${version} ${roles}`, () => readRest(version, { quirks: { roles } }));
      const complete = expectHonest(await orError(readRest(version, dialect)), whole, { version, ...dialect });
      // Spellings are no excuse.
      if (isSpelled) expect(complete, JSON.stringify(dialect)).toEqual(collections);
      const inFiles = await once(`CSV ${version}`, () => readCsv(version));
      expect(expectHonest(await readCsv(version, csv, agents), inFiles, { version, agents, csv })).toEqual(collections);
    }
  });
});
