import { scopeKey } from '../../model/index.js';
import type { Batch, BatchResult } from '../../ports/index.js';
import { revoke, writeInvitation } from './invitations.js';
import type { UndoLog } from './tables.js';
import type { RunJournal, Tenant } from './tenant.js';
import { writeChange } from './write-change.js';

/** Writes a batch, or throws and leaves nothing behind. */
export function applyBatch(tenant: Tenant, batch: Batch): BatchResult {
  const undo: UndoLog = [];
  try {
    return writeBatch(tenant, batch, undo);
  } catch (error) {
    for (const takeBack of undo.reverse()) takeBack();
    throw error;
  }
}

function writeBatch(tenant: Tenant, batch: Batch, undo: UndoLog): BatchResult {
  const applied: string[] = [];
  const stale: string[] = [];
  const seen = new Set<string>();
  const repeated = new Set<string>();
  const written = new Map<string, string>();
  const journal = journalOf(tenant, batch.runId);
  for (const change of batch.changes) {
    if (seen.has(change.key)) continue;
    seen.add(change.key);
    if (journal.has(change.key)) {
      applied.push(change.key);
      repeated.add(change.subject);
      continue;
    }
    const result = writeChange(tenant, change, undo);
    if (result === undefined) {
      stale.push(change.key);
      continue;
    }
    applied.push(change.key);
    written.set(change.subject, result.recordId);
    const entry = { runId: batch.runId, sequence: journal.size, change, ...result, appliedAt: batch.at };
    journal.set(change.key, entry);
    undo.push(() => {
      journal.delete(change.key);
    });
  }
  const named = new Set(batch.changes.map((change) => change.subject));
  for (const { subject, invitation, message } of batch.invitations ?? []) {
    if (repeated.has(subject)) continue;
    // Without a change of its own in the batch, the invitation names its person by the host's id.
    const userId = written.get(subject) ?? (named.has(subject) ? undefined : tenant.users.get(invitation.userId)?.id);
    if (userId === undefined) continue;
    writeInvitation(tenant, scopeKey(batch.scope), { userId, at: batch.at, invitation, message }, undo);
  }
  const isRepeat = repeated.size > 0 && written.size === 0;
  if (!isRepeat) revoke(tenant, batch.revoke ?? [], undo);
  return { applied, stale };
}

function journalOf(tenant: Tenant, runId: string): RunJournal {
  let journal = tenant.journals.get(runId);
  if (journal === undefined) {
    journal = new Map();
    tenant.journals.set(runId, journal);
  }
  return journal;
}
