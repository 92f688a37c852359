import { agedReport, scopeKey } from '../../model/index.js';
import type { PruneBefore, RunReport } from '../../ports/index.js';
import type { Tenant } from './tenant.js';

/** Lets go of what is older than it is to be kept. */
export function prune(tenant: Tenant, before: PruneBefore): void {
  const { journal, runs, messages, invitations, images, audit } = before;
  if (journal !== undefined) pruneJournals(tenant, journal);
  if (runs !== undefined) pruneRuns(tenant, runs);
  for (const [key, { at }] of tenant.outbox) {
    if (messages !== undefined && at < messages) tenant.outbox.delete(key);
  }
  for (const [purpose, { expiresAt }] of tenant.invitations) {
    if (invitations !== undefined && expiresAt < invitations) tenant.invitations.delete(purpose);
  }
  for (const [id, { at }] of tenant.audit) {
    if (audit !== undefined && at < audit) tenant.audit.delete(id);
  }
  for (const scope of tenant.scopes.values()) {
    if (images === undefined || scope.image === undefined) continue;
    const { roster, changes } = scope.image;
    if ((changes.at(-1) ?? roster).readAt < images) delete scope.image;
  }
}

/** A run goes as a whole: half of it could only be half undone. */
function pruneJournals(tenant: Tenant, before: string): void {
  for (const [runId, journal] of tenant.journals) {
    if ([...journal.values()].every(({ appliedAt }) => appliedAt < before)) tenant.journals.delete(runId);
  }
}

function pruneRuns(tenant: Tenant, before: string): void {
  const imports = newestImports(tenant);
  for (const [id, report] of tenant.runs) {
    if (report.startedAt >= before) continue;
    if (imports.has(report)) tenant.runs.set(id, agedReport(report));
    else tenant.runs.delete(id);
  }
}

/** Of each scope the newest report which says that it was imported to the end. */
function newestImports(tenant: Tenant): ReadonlySet<RunReport> {
  const newest = new Map<string, RunReport>();
  for (const report of tenant.runs.values()) {
    const { type, outcome, applied, scope, startedAt } = report;
    if (type !== 'sync' || applied === 0 || (outcome !== 'applied' && outcome !== 'held')) continue;
    const key = scopeKey(scope);
    const known = newest.get(key);
    if (known === undefined || known.startedAt <= startedAt) newest.set(key, report);
  }
  return new Set(newest.values());
}
