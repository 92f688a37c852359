import { LockHeldError } from '../../errors.js';
import {
  decisionWithoutPerson,
  emptyLedger,
  entryWithoutPerson,
  ERASED,
  isActOf,
  isDecisionOf,
  isEntryOf,
  ledgerTracesOf,
  ledgerWithoutPerson,
  reportWithoutPerson,
  runTracesOf,
} from '../../model/index.js';
import type { JournalEntry, Ledger, PersonIds, Scope } from '../../model/index.js';
import type { AuditEntry, Invitation, OutboxMessage, PersonTraces, RunReport } from '../../ports/index.js';
import type { Session } from './database.js';
import { eraseFromImages, imageTraces } from './image-traces.js';
import { COLUMNS as INVITATION_COLUMNS, invitationOf } from './invitations.js';
import { hasWord, inJson } from './words-in-json.js';
import { COLUMNS, messageOf } from './outbox.js';
import { readProblems } from './problems.js';
import { json, optionalText, text } from './rows.js';
import { entryOf } from './runs.js';
import { scopeColumn } from './scopes.js';

/** Everything that is kept of a person besides their record. */
export async function tracesOf(session: Session, { tenant }: Scope, person: PersonIds): Promise<PersonTraces> {
  const entries = await journalNaming(session, tenant, person);
  const ledgers = await ledgersOf(session, tenant);
  const runs = await runsNaming(session, tenant, person);
  const messages = await session.query(
    `SELECT ${COLUMNS} FROM ${session.table('outbox')} WHERE tenant = $1 AND user_id = ANY ($2::text[]) ORDER BY position`,
    [tenant, person.ids],
  );
  return {
    journal: entries.filter((entry) => isEntryOf(entry, person)),
    acts: entries
      .filter((entry) => !isEntryOf(entry, person) && isActOf(entry, person))
      .map(({ runId, change, appliedAt }) => ({ runId, kind: change.kind, at: appliedAt })),
    ledgers: ledgers.flatMap(({ ledger }) => ledgerTracesOf(ledger, person) ?? []),
    runs: runs.flatMap((report) => runTracesOf(report, person) ?? []),
    invitations: await invitationsNaming(session, tenant, person.ids),
    messages: messages.map((row) => withoutText(messageOf(row))),
    problems: await readProblems(session, tenant, person.ids),
    audit: await decisionsNaming(session, tenant, person),
    roster: await imageTraces(session, tenant, person),
  };
}

/** Erases all of it. Whoever held a scope before is shut out by a greater fence. */
export async function eraseTraces(session: Session, scope: Scope, person: PersonIds): Promise<void> {
  const { tenant } = scope;
  await shutOut(session, scope);
  for (const { scopeKey, ledger } of await ledgersOf(session, tenant)) {
    await session.query(
      `UPDATE ${session.table('scopes')} SET ledger = $3::text::json WHERE tenant = $1 AND scope_key = $2`,
      [tenant, scopeKey, JSON.stringify(ledgerWithoutPerson(ledger, person))],
    );
  }
  await writeEntries(
    session,
    tenant,
    (await journalNaming(session, tenant, person)).map((entry) => entryWithoutPerson(entry, person)),
  );
  for (const report of await runsNaming(session, tenant, person)) {
    await session.query(`UPDATE ${session.table('runs')} SET report = $3::text::json WHERE tenant = $1 AND id = $2`, [
      tenant,
      report.id,
      JSON.stringify(reportWithoutPerson(report, person)),
    ]);
  }
  for (const decision of await decisionsNaming(session, tenant, person)) {
    await session.query(`UPDATE ${session.table('audit')} SET entry = $3::text::json WHERE tenant = $1 AND id = $2`, [
      tenant,
      decision.id,
      JSON.stringify(decisionWithoutPerson(decision, person)),
    ]);
  }
  await session.query(
    `UPDATE ${session.table('invitations')} SET used_by = $3 WHERE tenant = $1 AND used_by = ANY ($2::text[])`,
    [tenant, person.ids, ERASED],
  );
  for (const table of ['invitations', 'outbox', 'delivery_problems']) {
    await session.query(`DELETE FROM ${session.table(table)} WHERE tenant = $1 AND user_id = ANY ($2::text[])`, [
      tenant,
      person.ids,
    ]);
  }
  await eraseFromImages(session, tenant, person);
}

/** Locks every scope of the tenant until the transaction ends. The database's clock decides whether one is held. */
async function shutOut(session: Session, scope: Scope): Promise<void> {
  const scopes = session.table('scopes');
  await session.query(`INSERT INTO ${scopes} (tenant, scope_key, fence) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING`, [
    scope.tenant,
    scopeColumn(scope),
  ]);
  await session.query(`SELECT FROM ${scopes} WHERE tenant = $1 ORDER BY scope_key FOR UPDATE`, [scope.tenant]);
  const [held] = await session.query(
    `SELECT holder, to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS since
     FROM ${scopes} WHERE tenant = $1 AND holder IS NOT NULL AND expires_at > clock_timestamp() LIMIT 1`,
    [scope.tenant],
  );
  if (held !== undefined) {
    throw new LockHeldError('eraseTraces: a run holds a scope of the tenant; try again when it has ended', {
      holder: text(held, 'holder'),
      since: text(held, 'since'),
    });
  }
  await session.query(
    `UPDATE ${scopes} SET fence = fence + 1, holder = NULL, since = NULL, expires_at = NULL WHERE tenant = $1`,
    [scope.tenant],
  );
}

async function ledgersOf(
  session: Session,
  tenant: string,
): Promise<readonly { readonly scopeKey: string; readonly ledger: Ledger }[]> {
  const rows = await session.query(
    `SELECT scope_key, ledger::text AS ledger FROM ${session.table('scopes')} WHERE tenant = $1 ORDER BY scope_key`,
    [tenant],
  );
  return rows.map((row) => ({
    scopeKey: text(row, 'scope_key'),
    ledger: optionalText(row, 'ledger') === undefined ? emptyLedger : (json(row, 'ledger') as Ledger),
  }));
}

/** The journal's entries in which one of the person's ids stands somewhere: which of them are about them is told after. */
async function journalNaming(session: Session, tenant: string, person: PersonIds): Promise<readonly JournalEntry[]> {
  const rows = await session.query(
    `SELECT run_id, sequence, record_id, version, applied_at, erased, change::text AS change
     FROM ${session.table('journal')}
     WHERE tenant = $1 AND (record_id = ANY ($2::text[]) OR ${hasWord('change', 2)} OR ${hasWord('change', 3)})
     ORDER BY applied_at, run_id, sequence`,
    [tenant, person.ids.map(inJson), person.sourcedIds.map(inJson)],
  );
  return rows.map((row) => entryOf(row));
}

async function writeEntries(session: Session, tenant: string, entries: readonly JournalEntry[]): Promise<void> {
  await session.query(
    `UPDATE ${session.table('journal')} j
     SET key = given.key, record_id = given.record_id, version = given.version, change = given.change::json,
       erased = given.erased
     FROM unnest($2::text[], $3::integer[], $4::text[], $5::text[], $6::integer[], $7::text[], $8::boolean[])
       AS given (run_id, sequence, key, record_id, version, change, erased)
     WHERE j.tenant = $1 AND j.run_id = given.run_id AND j.sequence = given.sequence`,
    [
      tenant,
      entries.map(({ runId }) => runId),
      entries.map(({ sequence }) => sequence),
      entries.map(({ change }) => change.key),
      entries.map(({ recordId }) => recordId),
      entries.map(({ version }) => version ?? null),
      entries.map(({ change }) => JSON.stringify(change)),
      entries.map(({ erased }) => erased ?? false),
    ],
  );
}

async function runsNaming(session: Session, tenant: string, person: PersonIds): Promise<readonly RunReport[]> {
  const rows = await session.query(
    `SELECT report::text AS report FROM ${session.table('runs')}
     WHERE tenant = $1 AND ${hasWord('report', 2)} ORDER BY started_at, position`,
    [tenant, [...person.ids, ...person.sourcedIds].map(inJson)],
  );
  return rows.map((row) => json(row, 'report') as RunReport);
}

/** The person's own invitations, and those that they used. */
async function invitationsNaming(
  session: Session,
  tenant: string,
  ids: readonly string[],
): Promise<readonly Omit<Invitation, 'codeDigest'>[]> {
  const rows = await session.query(
    `SELECT ${INVITATION_COLUMNS} FROM ${session.table('invitations')}
     WHERE tenant = $1 AND (user_id = ANY ($2::text[]) OR used_by = ANY ($2::text[])) ORDER BY position`,
    [tenant, ids],
  );
  return rows.map((row) => {
    const { codeDigest: _codeDigest, ...invitation } = invitationOf(row);
    return invitation;
  });
}

/** The decisions that name the person, in the order of writing. */
async function decisionsNaming(session: Session, tenant: string, person: PersonIds): Promise<readonly AuditEntry[]> {
  const rows = await session.query(
    `SELECT entry::text AS entry FROM ${session.table('audit')}
     WHERE tenant = $1 AND ${hasWord('entry', 2)} ORDER BY position`,
    [tenant, [...person.ids, ...person.sourcedIds].map(inJson)],
  );
  return rows.map((row) => json(row, 'entry') as AuditEntry).filter((decision) => isDecisionOf(decision, person));
}

function withoutText({ text: _text, html: _html, ...message }: OutboxMessage): Omit<OutboxMessage, 'text' | 'html'> {
  return message;
}
