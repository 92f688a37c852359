import { ConfigurationError, StoreError } from '../../errors.js';
import type { Change } from '../../model/index.js';
import type { Batch, BatchResult } from '../../ports/index.js';
import type { Session } from './database.js';
import { documents, joinDocuments } from './documents.js';
import { revoke, writeInvitations } from './invitations.js';
import type { AddressedInvitation } from './invitations.js';
import { lookUp, TENANT } from './look-up.js';
import { number, text } from './rows.js';
import { raiseFence } from './scopes.js';
import type { SqlClient } from './sql-pool.js';

/** What became of a change that was written. */
export interface WrittenRecord {
  /** The host's id of the record. */
  readonly recordId: string;
  /** The version that the record has now; none where it was deleted. */
  readonly version?: number;
}

/** The host's half of a batch, for {@link PostgresJournal.record}. */
export interface BatchWriter {
  /**
   * Writes the changes in their order, each where its record still is as the change saw it.
   *
   * @param changes those of the batch that no earlier delivery of it applied, each key once
   * @param client the transaction to write with
   * @returns what became of them, by `change.key`; a change that is missing is stale
   */
  write(changes: readonly Change[], client: SqlClient): Promise<ReadonlyMap<string, WrittenRecord>>;
  /**
   * Which of these host's ids are people of the tenant: nobody else is invited. Asked where an invitation is of a person
   * whom no change of the batch is about.
   */
  people(ids: readonly string[], client: SqlClient): Promise<Iterable<string>>;
}

/** @throws ConfigurationError naming the function that the writer lacks */
export function checkWriter(writer: BatchWriter): void {
  const given = writer as Partial<Record<'write' | 'people', unknown>>;
  for (const name of ['write', 'people'] as const) {
    if (typeof given[name] !== 'function') throw new ConfigurationError(`writer.${name}`, 'is a function');
  }
}

/** Records a batch in the session's transaction, with what the writer makes of its changes. */
export async function recordBatch(session: Session, batch: Batch, writer: BatchWriter): Promise<BatchResult> {
  // The scope's row is locked from here to the end: the same batch in two hands is written once.
  await raiseFence(session, batch.scope, batch.fence, 'apply');
  const changes = distinctByKey(batch.changes);
  const earlier = await appliedEarlier(session, batch, changes);
  const fresh = changes.filter((change) => !earlier.has(change.key));
  const written = fresh.length === 0 ? new Map<string, WrittenRecord>() : await writer.write(fresh, session.client);
  requireKnown(fresh, written);
  await writeJournal(session, batch, fresh, written);
  const present = (ids: readonly string[]) => writer.people(ids, session.client);
  await writeInvitations(session, batch, await addressed(batch, { earlier, written }, present));
  const isRepeat = earlier.size > 0 && written.size === 0;
  if (!isRepeat) await revoke(session, batch.scope.tenant, batch.revoke ?? []);
  const isApplied = ({ key }: Change): boolean => earlier.has(key) || written.has(key);
  return {
    applied: changes.filter(isApplied).map(({ key }) => key),
    stale: changes.filter((change) => !isApplied(change)).map(({ key }) => key),
  };
}

/** A key that is no change's would be a record that no journal names. */
function requireKnown(changes: readonly Change[], written: ReadonlyMap<string, WrittenRecord>): void {
  const keys = new Set(changes.map(({ key }) => key));
  if ([...written.keys()].every((key) => keys.has(key))) return;
  throw new StoreError('apply: the writer names a key that is not among the changes it was given', {
    operation: 'apply',
  });
}

function distinctByKey(changes: readonly Change[]): readonly Change[] {
  const seen = new Set<string>();
  return changes.filter((change) => seen.size < seen.add(change.key).size);
}

async function appliedEarlier(
  session: Session,
  batch: Batch,
  changes: readonly Change[],
): Promise<ReadonlySet<string>> {
  if (changes.length === 0) return new Set();
  const rows = await lookUp(
    session,
    {
      named: 'unnest($3::text[]) AS named (key)',
      table: 'journal',
      columns: 'r.key',
      // Of a run that it has not seen, the planner would expect no entries either.
      match: 'r.run_id = (SELECT $2::text) AND r.key = named.key',
    },
    [batch.scope.tenant, batch.runId, changes.map((change) => change.key)],
  );
  return new Set(rows.map((row) => text(row, 'key')));
}

async function writeJournal(
  session: Session,
  batch: Batch,
  changes: readonly Change[],
  written: ReadonlyMap<string, WrittenRecord>,
): Promise<void> {
  const entries: { readonly change: Change; readonly result: WrittenRecord }[] = [];
  for (const change of changes) {
    const result = written.get(change.key);
    if (result !== undefined) entries.push({ change, result });
  }
  if (entries.length === 0) return;
  const journal = session.table('journal');
  const { tenant } = batch.scope;
  const [last] = await session.query(
    `SELECT sequence + 1 AS next FROM ${journal}
     WHERE tenant = ${TENANT} AND run_id = (SELECT $2::text) AND sequence >= 0
     ORDER BY sequence DESC LIMIT 1`,
    [tenant, batch.runId],
  );
  const first = last === undefined ? 0 : number(last, 'next');
  await session.query(
    `INSERT INTO ${journal} (tenant, run_id, applied_at, sequence, key, record_id, version, change)
     SELECT $1, $2, $3, sequence, key, record_id, version, change::json
     FROM unnest($4::integer[], $5::text[], $6::text[], $7::integer[], ${documents('$8')})
       AS given (sequence, key, record_id, version, change)`,
    [
      tenant,
      batch.runId,
      batch.at,
      entries.map((_, index) => first + index),
      entries.map(({ change }) => change.key),
      entries.map(({ result }) => result.recordId),
      entries.map(({ result }) => result.version ?? null),
      joinDocuments(entries.map(({ change }) => JSON.stringify(change))),
    ],
  );
}

/** The invitations whose person is there, under the host's id. Those of a repeated change were written with it. */
async function addressed(
  batch: Batch,
  { earlier, written }: { readonly earlier: ReadonlySet<string>; readonly written: ReadonlyMap<string, WrittenRecord> },
  present: (ids: readonly string[]) => Promise<Iterable<string>>,
): Promise<readonly AddressedInvitation[]> {
  const ids = new Map<string, string>();
  const named = new Set<string>();
  const done = new Set<string>();
  for (const { key, subject } of batch.changes) {
    named.add(subject);
    if (earlier.has(key)) done.add(subject);
    const result = written.get(key);
    if (result !== undefined) ids.set(subject, result.recordId);
  }
  // Without a change of its own in the batch, an invitation names its person by the host's id.
  const invitations = (batch.invitations ?? []).filter(({ subject }) => !done.has(subject));
  const unnamed = invitations.filter(({ subject }) => !named.has(subject)).map(({ invitation }) => invitation.userId);
  const people = new Set(unnamed.length === 0 ? [] : await present(unnamed));
  const result: AddressedInvitation[] = [];
  for (const { subject, invitation, message } of invitations) {
    const byId = !named.has(subject) && people.has(invitation.userId) ? invitation.userId : undefined;
    const userId = ids.get(subject) ?? byId;
    if (userId !== undefined) result.push({ userId, invitation, message });
  }
  return result;
}
