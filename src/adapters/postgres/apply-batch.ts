import type { Change } from '../../model/index.js';
import type { Batch, BatchResult } from '../../ports/index.js';
import type { Session } from './database.js';
import { documents, joinDocuments } from './documents.js';
import { revoke, writeInvitations } from './invitations.js';
import type { AddressedInvitation } from './invitations.js';
import { lookUp, TENANT } from './look-up.js';
import { number, text } from './rows.js';
import { raiseFence } from './scopes.js';
import { writeChanges } from './write-changes.js';
import type { Written } from './write-changes.js';

/** Writes a batch in the session's transaction. */
export async function applyBatch(session: Session, batch: Batch): Promise<BatchResult> {
  // The scope's row is locked from here to the end: the same batch in two hands is written once.
  await raiseFence(session, batch.scope, batch.fence, 'apply');
  const { tenant } = batch.scope;
  const changes = distinctByKey(batch.changes);
  const earlier = await appliedEarlier(session, batch, changes);
  const fresh = changes.filter((change) => !earlier.has(change.key));
  const written = await writeChanges(session, tenant, fresh);
  await writeJournal(session, batch, fresh, written);
  const repeated = changes.filter((change) => earlier.has(change.key));
  await writeInvitations(session, batch, await addressed(session, batch, written, repeated));
  const isRepeat = repeated.length > 0 && written.size === 0;
  if (!isRepeat) await revoke(session, tenant, batch.revoke ?? []);
  const isApplied = (change: Change): boolean => earlier.has(change.key) || written.has(change);
  return {
    applied: changes.filter(isApplied).map((change) => change.key),
    stale: changes.filter((change) => !isApplied(change)).map((change) => change.key),
  };
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
  written: ReadonlyMap<Change, Written>,
): Promise<void> {
  const entries: { readonly change: Change; readonly result: Written }[] = [];
  for (const change of changes) {
    const result = written.get(change);
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
  session: Session,
  batch: Batch,
  written: ReadonlyMap<Change, Written>,
  repeated: readonly Change[],
): Promise<readonly AddressedInvitation[]> {
  const invitations = batch.invitations ?? [];
  if (invitations.length === 0) return [];
  const ids = new Map([...written].map(([change, { recordId }]) => [change.subject, recordId]));
  const done = new Set(repeated.map((change) => change.subject));
  const named = new Set(batch.changes.map((change) => change.subject));
  const rows = await lookUp(
    session,
    { named: 'unnest($2::text[]) AS named (id)', table: 'users', columns: 'r.id', match: 'r.id = named.id' },
    [batch.scope.tenant, invitations.map(({ invitation }) => invitation.userId)],
  );
  const present = new Set(rows.map((row) => text(row, 'id')));
  const result: AddressedInvitation[] = [];
  for (const { subject, invitation, message } of invitations) {
    if (done.has(subject)) continue;
    // Without a change of its own in the batch, the invitation names its person by the host's id.
    const byId = !named.has(subject) && present.has(invitation.userId) ? invitation.userId : undefined;
    const userId = ids.get(subject) ?? byId;
    if (userId !== undefined) result.push({ userId, invitation, message });
  }
  return result;
}
