import type { Change, JournalEntry, Scope } from '../../model/index.js';
import type { RunReport, SaveRunOptions } from '../../ports/index.js';
import type { Row, Session } from './database.js';
import { writeMessages } from './outbox.js';
import { json, number, optionalText, text } from './rows.js';
import { scopeColumn } from './scopes.js';

export async function writeRun(session: Session, report: RunReport, options?: SaveRunOptions): Promise<void> {
  await session.query(
    `INSERT INTO ${session.table('runs')} (tenant, id, scope_key, started_at, report)
     VALUES ($1, $2, $3, $4, $5::text::json)
     ON CONFLICT (tenant, id) DO UPDATE
       SET scope_key = excluded.scope_key, started_at = excluded.started_at, report = excluded.report`,
    [report.scope.tenant, report.id, scopeColumn(report.scope), report.startedAt, JSON.stringify(report)],
  );
  if (options !== undefined) await writeMessages(session, { scope: report.scope, at: options.at }, options.messages);
}

export async function readRun(session: Session, scope: Scope, runId: string): Promise<RunReport | undefined> {
  const [row] = await session.query(
    `SELECT report::text AS report FROM ${session.table('runs')} WHERE tenant = $1 AND id = $2`,
    [scope.tenant, runId],
  );
  return row === undefined ? undefined : (json(row, 'report') as RunReport);
}

export async function readRuns(
  session: Session,
  scope: Scope,
  limit: number | undefined,
): Promise<readonly RunReport[]> {
  const rows = await session.query(
    `SELECT report::text AS report FROM ${session.table('runs')} WHERE tenant = $1 AND scope_key = $2
     ORDER BY started_at DESC, position DESC LIMIT $3`,
    [scope.tenant, scopeColumn(scope), limit ?? null],
  );
  return rows.map((row) => json(row, 'report') as RunReport);
}

export async function readJournal(session: Session, scope: Scope, runId: string): Promise<readonly JournalEntry[]> {
  const rows = await session.query(
    `SELECT run_id, sequence, record_id, version, applied_at, erased, change::text AS change
     FROM ${session.table('journal')} WHERE tenant = $1 AND run_id = $2 AND sequence >= 0
     ORDER BY sequence`,
    [scope.tenant, runId],
  );
  return rows.map(entryOf);
}

export function entryOf(row: Row): JournalEntry {
  return {
    runId: text(row, 'run_id'),
    sequence: number(row, 'sequence'),
    change: json(row, 'change') as Change,
    recordId: text(row, 'record_id'),
    ...(optionalText(row, 'version') === undefined ? {} : { version: number(row, 'version') }),
    appliedAt: text(row, 'applied_at'),
    ...(row['erased'] === true ? { erased: true } : {}),
  };
}
