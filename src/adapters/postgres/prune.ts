import { agedReport } from '../../model/index.js';
import type { PruneBefore, RunReport } from '../../ports/index.js';
import type { Session } from './database.js';
import { json, text } from './rows.js';

/** Lets go of what is older than it is to be kept. Where nothing is, each kind costs one look at an index. */
export async function prune(session: Session, tenant: string, before: PruneBefore): Promise<void> {
  const { journal, runs, messages, invitations, images, audit } = before;
  if (journal !== undefined) await pruneJournals(session, tenant, journal);
  if (runs !== undefined) await pruneRuns(session, tenant, runs);
  if (messages !== undefined) {
    await session.query(`DELETE FROM ${session.table('outbox')} WHERE tenant = $1 AND written_at < $2`, [
      tenant,
      messages,
    ]);
  }
  if (invitations !== undefined) {
    await session.query(`DELETE FROM ${session.table('invitations')} WHERE tenant = $1 AND expires_at < $2`, [
      tenant,
      invitations,
    ]);
  }
  if (audit !== undefined) {
    await session.query(`DELETE FROM ${session.table('audit')} WHERE tenant = $1 AND at < $2`, [tenant, audit]);
  }
  if (images !== undefined) {
    const table = session.table('images');
    await session.query(
      `DELETE FROM ${table} WHERE tenant = $1 AND scope_key IN (
         SELECT scope_key FROM ${table} WHERE tenant = $1 AND read_at IS NOT NULL
         GROUP BY scope_key HAVING max(read_at) < $2
       )`,
      [tenant, images],
    );
  }
}

/** A run goes as a whole: half of it could only be half undone. An index has the first entry of each. */
async function pruneJournals(session: Session, tenant: string, before: string): Promise<void> {
  const journal = session.table('journal');
  await session.query(
    `DELETE FROM ${journal} j USING ${journal} first
     WHERE first.tenant = $1 AND first.sequence = 0 AND first.applied_at < $2
       AND NOT EXISTS (SELECT FROM ${journal} later
         WHERE later.tenant = $1 AND later.run_id = first.run_id AND later.applied_at >= $2)
       AND j.tenant = $1 AND j.run_id = first.run_id`,
    [tenant, before],
  );
}

/** Of each scope the newest report stays, as counts, which says that it was imported to the end. */
async function pruneRuns(session: Session, tenant: string, before: string): Promise<void> {
  const runs = session.table('runs');
  const old = await session.query(
    `SELECT DISTINCT scope_key FROM ${runs} WHERE tenant = $1 AND started_at < $2 ORDER BY scope_key`,
    [tenant, before],
  );
  for (const row of old) {
    const key = text(row, 'scope_key');
    const [kept] = await session.query(
      `SELECT id, report::text AS report FROM ${runs}
       WHERE tenant = $1 AND scope_key = $2 AND report ->> 'type' = 'sync'
         AND report ->> 'outcome' IN ('applied', 'held') AND report ->> 'applied' <> '0'
       ORDER BY started_at DESC, position DESC LIMIT 1`,
      [tenant, key],
    );
    await session.query(
      `DELETE FROM ${runs} WHERE tenant = $1 AND scope_key = $2 AND started_at < $3 AND id IS DISTINCT FROM $4`,
      [tenant, key, before, kept === undefined ? null : text(kept, 'id')],
    );
    const report = kept === undefined ? undefined : (json(kept, 'report') as RunReport);
    if (report === undefined || report.startedAt >= before) continue;
    await session.query(`UPDATE ${runs} SET report = $3::text::json WHERE tenant = $1 AND id = $2`, [
      tenant,
      report.id,
      JSON.stringify(agedReport(report)),
    ]);
  }
}
