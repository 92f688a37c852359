import { ConfigurationError } from '../errors.js';
import { checkOptionNames } from '../internal/options.js';
import type { AuditEntry, AuditOptions } from '../ports/index.js';
import type { SyncContext } from './options.js';

/** What a person decides about a sync. */
type SyncDecision =
  | 'sync-run'
  | 'people-import'
  | 'user-resync'
  | 'plan-apply'
  | 'hold-approve'
  | 'hold-discard'
  | 'proposal-accept'
  | 'proposal-decline'
  | 'run-undo';

/** Who decides, where the caller names nobody: a person's own word it is all the same. */
export const UNNAMED = '';

/** A decision that is to be kept. */
export interface Decision extends Pick<AuditEntry, 'subject' | 'runId' | 'details'> {
  readonly action: SyncDecision;
  /** Undefined where nobody is named: then it is a schedule's doing, and no decision. */
  readonly by: string | undefined;
}

/**
 * Keeps a decision, before anything comes of it: what broke off in between was decided all the same. A run's entry is known
 * by its run, so that it is kept once.
 */
export async function audit(context: SyncContext, { action, by, subject, runId, details }: Decision): Promise<void> {
  if (by === undefined) return;
  const { store, scope, clock } = context;
  await store.saveAudit(scope, {
    id: `${runId ?? crypto.randomUUID()}:${action}`,
    at: clock.now().toISOString(),
    by,
    action,
    ...(subject === undefined ? {} : { subject }),
    ...(runId === undefined ? {} : { runId }),
    ...(details === undefined ? {} : { details }),
  });
}

/**
 * The decisions of the tenant, the newest first.
 *
 * @throws ConfigurationError naming `limit` or `before` where it is impossible
 */
export async function decisions(context: SyncContext, options: AuditOptions): Promise<readonly AuditEntry[]> {
  checkOptionNames(options, ['limit', 'before']);
  const { limit, before } = options;
  if (limit !== undefined && (!Number.isSafeInteger(limit) || limit < 1)) {
    throw new ConfigurationError('limit', 'is a whole number from 1');
  }
  if (before !== undefined && Number.isNaN(Date.parse(before))) {
    throw new ConfigurationError('before', 'is an ISO instant, such as the `at` of an entry');
  }
  return context.store.audit(context.scope, options);
}
