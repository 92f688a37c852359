import { foldDelta } from 'rosterkit';
import {
  changesContract,
  type ContractCase,
  districtRoster,
  evolve,
  generateDistrict,
  rosterSource,
  sourceContract,
} from 'rosterkit/testing';
import { describe, expect, test } from 'vitest';
import type { Roster, RosterDelta, RosterRead } from '../../src/model/index.js';
import type { RosterSource } from '../../src/ports/index.js';
import { changesBetween } from '../support/roster-changes.js';

const district = generateDistrict({ seed: 3, schools: 2, students: 60 });
const roster = districtRoster(district);

/** A source of the roster, with a fault in what a read gives. */
function misread(fault: (read: Roster, nth: number) => Partial<RosterRead>): RosterSource {
  const source = rosterSource(roster);
  let reads = 0;
  return {
    ...source,
    provider: source.provider,
    read: async (scope, options) => {
      const read = (await source.read(scope, options)) as Roster;
      reads += 1;
      return { ...read, ...fault(read, reads) };
    },
  };
}

/** The read with another attestation of its users. */
function attesting(read: Roster, users: Partial<Roster['attestation']['collections']['users']>): Partial<Roster> {
  const { collections } = read.attestation;
  const changed = { ...collections, users: { ...collections.users, ...users } };
  return { attestation: { ...read.attestation, collections: changed } };
}

async function* streamOf<T>(records: readonly T[]): AsyncIterable<T> {
  yield* records;
}

/** By the rule that each breaks. */
const faultySources: Readonly<Record<string, RosterSource>> = {
  'source: a read says what it is of and when it began': misread(() => ({ scope: { tenant: 'another' } })),
  'source: two reads say the same, and are two': misread((read, nth) => ({ users: read.users.slice(nth % 2) })),
  'source: every record has an id, once in its collection': misread((read) => ({
    users: [...read.users.slice(0, -1), ...read.users.slice(0, 1)],
  })),
  'source: records that come as a stream come in the order of their ids': misread((read) => ({
    users: streamOf(read.users.toReversed()),
  })),
  'source: records are plain data, which survives being written as JSON': misread((read) => ({
    users: read.users.map((user) => ({ ...user, birthDate: new Date(0) as unknown as string })),
  })),
  'source: every collection is attested, and what is not there to be believed has no records': misread((read) =>
    attesting(read, { state: 'not-shared' }),
  ),
  'source: a collection is complete only where as much was received as the provider tells and the records need':
    misread((read) => attesting(read, { expected: read.users.length + 1 })),
  'source: pages are told as they come, by a count that grows': (() => {
    const source = rosterSource(roster);
    return { ...source, provider: source.provider, read: async (scope) => source.read(scope) };
  })(),
  'source: a scope that names a school narrows what is delivered, if anything, and not what is attested': misread(
    ({ classes, scope }) => ({
      classes: scope.schools === undefined ? classes : classes.filter((each) => each.schoolSourcedId === ''),
    }),
  ),
  'source: the schools to choose from are those of a read': {
    ...misread(() => ({})),
    schools: async () => roster.schools.slice(1),
  },
  'source: what the caller aborts beforehand ends with the signal’s reason': {
    ...misread(() => ({})),
    schools: async () => roster.schools,
  },
  'source: a read that is aborted on its way ends with the signal’s reason, or was whole by then': {
    ...misread(() => ({})),
    read: async (scope, options = {}) => {
      const read = await rosterSource(roster).read(scope, options);
      return options.signal?.aborted === true ? { ...read, users: [] } : read;
    },
  },
};

describe('the contract of a source', () => {
  test('is kept by a source without a fault', async () => {
    expect(await brokenRules(sourceContract(() => ({ source: rosterSource(roster) })))).toEqual([]);
  });

  test.each(Object.entries(faultySources))('has a rule for %s', async (rule, source) => {
    expect(await brokenRules(sourceContract(() => ({ source })))).toContain(rule);
  });

  test('has no rule that no fault breaks', () => {
    const rules = sourceContract(() => ({ source: rosterSource(roster) })).map(({ name }) => name);
    expect(Object.keys(faultySources)).toEqual(rules);
  });
});

type Since = (cursor: string, tell: (cursor: string) => Promise<RosterDelta>) => Promise<RosterDelta>;

/** A source that tells what changed, with a fault in how it does. */
function living(since: Since = async (cursor, tell) => tell(cursor), cursorOf = (nth: number) => `at ${String(nth)}`) {
  const states = [{ ...roster, cursor: cursorOf(0) }];
  let current = district;
  let reads = 0;
  const now = () => states.at(-1) ?? roster;
  const source = rosterSource(now);
  const tell = async (cursor: string): Promise<RosterDelta> => {
    reads += 1;
    const head = { readId: `delta-${String(reads)}`, source: source.provider, scope: { tenant: 'contract' } };
    const before = states.find((state) => state.cursor === cursor);
    const whole = { ...now(), ...head };
    if (before !== undefined) return changesBetween(before, whole, { removals: 'told', inFull: () => true });
    return { ...head, readAt: whole.readAt, kind: 'whole', reason: 'CURSOR_UNKNOWN', since: cursor, roster: whole };
  };
  const change = () => {
    current = evolve(current, { moves: 2, withdrawals: 1, arrivals: 1, classesVanish: 1 });
    states.push({ ...districtRoster(current), cursor: cursorOf(states.length) });
  };
  const told: RosterSource['readSince'] = async (cursor, _scope, options) => {
    options?.signal?.throwIfAborted();
    return since(cursor, tell);
  };
  return { source: { ...source, provider: source.provider, readSince: told }, change, fold: foldDelta };
}

/** By the rule that each breaks. */
const faultyChanges: Readonly<Record<string, () => ReturnType<typeof living>>> = {
  'changes: a whole read has a cursor': () => living(undefined, () => undefined as unknown as string),
  'changes: what changed says what it is of and continues the cursor': () =>
    living(async (cursor, tell) => ({ ...(await tell(cursor)), since: 'another' })),
  'changes: of a district that stands still, folding what changed gives what a read gives': () =>
    living(async (cursor, tell) => {
      const delta = await tell(cursor);
      if (delta.kind === 'whole') return delta;
      return { ...delta, users: { changed: [], deleted: roster.users.map(({ sourcedId }) => sourcedId) } };
    }),
  'changes: of a district that changes on and on, folding what changed gives what a read gives': () =>
    living(async (cursor, tell) => {
      const delta = await tell(cursor);
      return delta.kind === 'whole' ? delta : { ...delta, users: { ...delta.users, deleted: [] } };
    }),
  'changes: what changed is told again to whoever asks with the cursor of before': () => {
    const asked = new Set<string>();
    return living(async (cursor, tell) => {
      const delta = await tell(cursor);
      const isAgain = asked.has(cursor);
      asked.add(cursor);
      if (delta.kind === 'whole' || !isAgain) return delta;
      return { ...delta, users: { changed: [], deleted: [] } };
    });
  },
  'changes: a cursor that nobody gave is answered by everything': () =>
    living(async (cursor, tell) => ({ ...(await tell(cursor.startsWith('at ') ? cursor : 'at 0')), since: cursor })),
  'changes: what the caller aborts beforehand ends with the signal’s reason': () => {
    const subject = living();
    const { source } = subject;
    return { ...subject, source: { ...source, readSince: async (cursor, scope) => source.readSince(cursor, scope) } };
  },
};

describe('the contract of what changed', () => {
  test('is kept by a source without a fault', async () => {
    expect(await brokenRules(changesContract(() => living()))).toEqual([]);
  });

  test.each(Object.entries(faultyChanges))('has a rule for %s', async (rule, subject) => {
    expect(await brokenRules(changesContract(subject))).toContain(rule);
  });

  test('has no rule that no fault breaks', () => {
    expect(Object.keys(faultyChanges)).toEqual(changesContract(() => living()).map(({ name }) => name));
  });
});

/** The names of the cases that fail. */
async function brokenRules(cases: readonly ContractCase[]): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const { name, run } of cases) await run().catch(() => broken.push(name));
  return broken;
}
