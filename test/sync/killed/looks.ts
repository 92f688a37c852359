/** What must be true of the tables at every moment, and what is compared in the end. */

import { expect } from 'vitest';
import type { Change } from '../../../src/model/index.js';
import { addressDigest } from '../../../src/people/address-digest.js';
import { BATCH_SIZE } from './scenes.js';
import type { Row, Tables } from './tables.js';

const RECORDS = ['schools', 'classes', 'users', 'enrollments', 'guardian_links'] as const;

/** Names of a record that have columns of their own, or belong to the records that it ties together. */
const NAMES = /^(id|version|sourcedId|(class|user|guardian|student)(Sourced)?Id)$/;

interface Entry {
  readonly run_id: string;
  readonly sequence: number;
  readonly record_id: string;
  readonly version: number | null;
  readonly change: Change;
}

/**
 * That no batch is half there: the journal has whole batches, each record is as the last entry about it left it, no other
 * one differs from `before`, and invitations and messages are those of the entries.
 */
export function expectWholeBatches(now: Tables, before: Tables, changesInAll: number): void {
  const entries = entriesSince(now, before);
  const next = new Map<string, number>();
  for (const { run_id: run, sequence } of entries) {
    expect(sequence, 'the journal has no gap').toBe(next.get(run) ?? 0);
    next.set(run, sequence + 1);
  }
  const isHalf = entries.length !== changesInAll && entries.length % BATCH_SIZE !== 0;
  expect(isHalf, `${entries.length} entries of ${changesInAll} are no whole batches`).toBe(false);
  expectRecordsOfEntries(now, before, entries);
  expectMessagesOfEntries(now, before, entries);
}

/** The newest fence of the tenant. */
export function fenceOf({ scopes }: Tables): number {
  return Math.max(0, ...rowsOf(scopes).map(({ fence }) => Number(fence)));
}

/** How many entries the runs since `before` have written, and that none of them twice. */
export function changesSince(now: Tables, before: Tables): readonly string[] {
  const keys = entriesSince(now, before).map(({ change }) => change.key);
  expect(new Set(keys).size, 'no change is in the journal twice').toBe(keys.length);
  return keys.sort();
}

/** Every record, invitation and message, without the host's ids and whatever differs from run to run. */
export function endOf(now: Tables): unknown {
  const names = new Map(
    RECORDS.flatMap((table) => rowsOf(now[table]).map((row) => [row['id'], row['sourced_id']] as const)),
  );
  const named = (row: Row): Row =>
    Object.fromEntries(
      Object.entries(row)
        .filter(([column]) => column !== 'id' && column !== 'tenant')
        .map(([column, value]) => [column, column.endsWith('_id') ? (names.get(value) ?? value) : value]),
    );
  const [ledger] = rowsOf(now['scopes']).map((row) => row['ledger'] as Row | null);
  return {
    records: RECORDS.map((table) => sorted(rowsOf(now[table]).map(named))),
    invitations: sorted(
      rowsOf(now['invitations']).map((row) => {
        const { user_id, kind, address_digest, state } = row;
        return { person: names.get(user_id), kind, address_digest, state };
      }),
    ),
    messages: sorted(rowsOf(now['outbox']).map(({ user_id, state }) => ({ person: names.get(user_id), state }))),
    holds: ledger?.['holds'],
    suppressions: ledger?.['suppressions'],
    reported: ledger?.['reported'],
  };
}

function expectRecordsOfEntries(now: Tables, before: Tables, entries: readonly Entry[]): void {
  const last = new Map<string, Entry>();
  const earlier = new Map(RECORDS.flatMap((table) => rowsOf(before[table]).map((row) => [String(row['id']), row])));
  for (const entry of entries) {
    const known = last.get(entry.record_id)?.version ?? earlier.get(entry.record_id)?.['version'] ?? 0;
    expect(entry.version, 'each entry is one version on').toBe(Number(known) + 1);
    last.set(entry.record_id, entry);
  }
  const seen = new Set<string>();
  for (const row of RECORDS.flatMap((table) => rowsOf(now[table]))) {
    const id = String(row['id']);
    seen.add(id);
    const entry = last.get(id);
    if (entry === undefined) {
      const same = earlier.get(id);
      expect({ ...row, tenant: same?.['tenant'] }, 'a record without an entry is as it was').toEqual(same);
      continue;
    }
    expect(row['version'], 'a record has the version of its last entry').toBe(entry.version);
    const fields = row['fields'] as Row;
    for (const [name, value] of Object.entries(entry.change.after ?? {}) as [string, unknown][]) {
      if (!NAMES.test(name)) expect(fields[name], `${entry.change.kind} wrote ${name}`).toEqual(value ?? undefined);
    }
  }
  expect(
    [...last.keys(), ...earlier.keys()].filter((id) => !seen.has(id)),
    'records that are missing',
  ).toEqual([]);
}

function expectMessagesOfEntries(now: Tables, before: Tables, entries: readonly Entry[]): void {
  const purpose = (person: unknown, digest: unknown): string => `${String(person)} ${String(digest)}`;
  const wanted = rowsOf(before['invitations']).map((row) => purpose(row['user_id'], row['address_digest']));
  const moved = new Set<string>();
  for (const { change, record_id: person } of entries) {
    const address = (change.after as { readonly email?: string | null } | null)?.email ?? undefined;
    if (address === undefined || !/^user-(create|update)$/.test(change.kind)) continue;
    if (change.kind === 'user-update') moved.add(person);
    wanted.push(purpose(person, addressDigest(address)));
  }
  const invitations = rowsOf(now['invitations']);
  const purposes = invitations.map((row) => purpose(row['user_id'], row['address_digest']));
  expect(purposes.sort(), 'the invitations are those of the entries').toEqual(wanted.sort());
  const old = new Set(rowsOf(before['invitations']).map((row) => row['id']));
  for (const { id, user_id: person, state } of invitations) {
    if (!old.has(id)) expect(state, 'a new invitation waits for its person').toBe('pending');
    else if (moved.has(String(person))) expect(state, 'the code of an old address is over').toBe('revoked');
  }
  const messaged = rowsOf(now['outbox']).map((row) => row['user_id']);
  expect(messaged.sort(), 'each invitation has one message').toEqual(invitations.map((row) => row['user_id']).sort());
}

function entriesSince(now: Tables, before: Tables): readonly Entry[] {
  const known = new Set(rowsOf(before['journal']).map((row) => row['run_id']));
  return (rowsOf(now['journal']) as unknown as readonly Entry[])
    .filter(({ run_id: run }) => !known.has(run))
    .sort((left, right) => left.run_id.localeCompare(right.run_id) || left.sequence - right.sequence);
}

function rowsOf(table: readonly Row[] | undefined): readonly Row[] {
  return table ?? [];
}

function sorted(rows: readonly Row[]): readonly Row[] {
  const word = (row: Row): string =>
    JSON.stringify(Object.entries(row).sort(([left], [right]) => (left < right ? -1 : 1)));
  return rows
    .map((row) => [word(row), row] as const)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, row]) => row);
}
