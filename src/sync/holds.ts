import { PlanError, PlanHeldError, StalePlanError } from '../errors.js';
import { hashChanges, phaseOf } from '../engine/index.js';
import { compareIds } from '../internal/ordered.js';
import type { Change, Hold, LatchedHold, Ledger, Suppression } from '../model/index.js';
import type { RunReport } from '../ports/index.js';
import { applyChanges, deliverMessages, suppressionKey } from './applying.js';
import { prepareInviting } from './inviting.js';
import type { SyncContext } from './options.js';
import { loadLedger } from './planning.js';
import { countChanges, recordRun, type RunIdentity, withLease } from './recording.js';

/** A person's word about a hold. */
export interface ApproveOptions {
  /** The hash of the hold as the person read it. */
  readonly hash: string;
  /** Who approves, in the host's own words, such as a user id. */
  readonly by: string;
}

/** Releases the changes that a person read, and applies those of them that no other hold keeps. */
export async function approveHold(context: SyncContext, holdId: string, options: ApproveOptions): Promise<RunReport> {
  const run: RunIdentity = { id: crypto.randomUUID(), type: 'approval', by: options.by };
  return withLease(context, run.id, async (lease) => {
    const ledger = await loadLedger(context);
    const hold = findHold(ledger, holdId);
    if (!hold.approvable) {
      const message = `Hold ${holdId} can't be approved, because the feed itself is in doubt. Read it again.`;
      throw new PlanHeldError(message, { holds: [holdId] });
    }
    const keys = namedKeys(hold, options.hash);
    const approvedLedger = withApproval(ledger, hold, keys);
    const named = hold.changes.filter((change) => keys.has(change.key));
    const due = inOrderOfApplication(named.filter((change) => isReleased(approvedLedger, change.key)));
    return recordRun(context, run, undefined, async (progress) => {
      const application = { context, lease, run, progress, signal: undefined };
      const at = context.clock.now().toISOString();
      progress.planHash = options.hash;
      progress.counts = countChanges(named, named.length - due.length);
      progress.total = due.length;
      progress.holds = openHolds(approvedLedger).map(asHold);
      await context.store.saveLedger(context.scope, approvedLedger, lease.fence);
      const inviting = await prepareInviting(context, {
        run,
        policy: context.policy,
        changes: due,
        isWaiting: false,
        at,
      });
      const stale = await applyChanges(application, due, inviting);
      const gone = new Set(due.map((change) => change.key).filter((key) => !stale.has(key)));
      const remaining = withoutChanges(approvedLedger, gone);
      await context.store.saveLedger(context.scope, remaining, lease.fence);
      progress.holds = openHolds(remaining).map(asHold);
      await deliverMessages(application);
    });
  });
}

/** Drops a hold: its changes are not planned again until the feed says something else about their records. */
export async function discardHold(context: SyncContext, holdId: string, by: string): Promise<RunReport> {
  const run: RunIdentity = { id: crypto.randomUUID(), type: 'discard', by };
  return withLease(context, run.id, async (lease) => {
    const ledger = await loadLedger(context);
    const hold = findHold(ledger, holdId);
    const known = new Set(ledger.suppressions.map(suppressionKey));
    const discarded = hold.changes
      .map(({ kind, subject, fingerprint }): Suppression => ({ kind, subject, fingerprint, cause: 'discard' }))
      .filter((suppression) => !known.has(suppressionKey(suppression)));
    const others = { ...ledger, holds: ledger.holds.filter(({ id }) => id !== holdId) };
    const remaining: Ledger = {
      ...withoutChanges(others, new Set(hold.changes.map((change) => change.key))),
      suppressions: [...ledger.suppressions, ...discarded],
    };
    return recordRun(context, run, undefined, async (progress) => {
      progress.planHash = hold.hash;
      progress.counts = countChanges(hold.changes, hold.changes.length);
      progress.holds = openHolds(remaining).map(asHold);
      await context.store.saveLedger(context.scope, remaining, lease.fence);
    });
  });
}

/** The holds that still wait for a word. One whose changes are all approved only remembers that they are. */
export function openHolds(ledger: Ledger): readonly LatchedHold[] {
  return ledger.holds.filter(
    ({ changes, approved }) => approved.length === 0 || changes.some(({ key }) => !approved.includes(key)),
  );
}

/** A latched hold as a report tells it: with the keys of its changes. */
function asHold({ changes, versions: _versions, approved: _approved, ...hold }: LatchedHold): Hold {
  return { ...hold, changes: changes.map((change) => change.key).sort(compareIds) };
}

function findHold(ledger: Ledger, holdId: string): LatchedHold {
  const hold = ledger.holds.find(({ id }) => id === holdId);
  if (hold === undefined)
    throw new PlanError(`There is no hold ${holdId}. It was decided about, or its cause has gone.`);
  return hold;
}

/** The changes that the person read: of the hold as it is, or as it was, but never one that joined it since. */
function namedKeys(hold: LatchedHold, hash: string): ReadonlySet<string> {
  const present = hold.changes.map((change) => change.key);
  if (hash === hold.hash) return new Set(present);
  const version = hold.versions.find((candidate) => candidate.hash === hash);
  if (version === undefined) {
    const message = `Hold ${hold.id} never was the set that is to be approved. Look at it again.`;
    throw new StalePlanError(message, { planHash: hold.hash });
  }
  const read = new Set(version.keys);
  return new Set(present.filter((key) => read.has(key)));
}

function withApproval(ledger: Ledger, hold: LatchedHold, keys: ReadonlySet<string>): Ledger {
  const approved = [...new Set([...hold.approved, ...keys])].sort(compareIds);
  return { ...ledger, holds: ledger.holds.map((other) => (other.id === hold.id ? { ...other, approved } : other)) };
}

function isReleased(ledger: Ledger, key: string): boolean {
  return ledger.holds.every(
    (hold) => hold.approved.includes(key) || !hold.changes.some((change) => change.key === key),
  );
}

/** A hold keeps the hashes that it had, so that what a person has before their eyes can still be approved. */
function withoutChanges(ledger: Ledger, keys: ReadonlySet<string>): Ledger {
  const holds = ledger.holds.flatMap((hold): LatchedHold[] => {
    const changes = hold.changes.filter((change) => !keys.has(change.key));
    const approved = hold.approved.filter((key) => !keys.has(key));
    if (changes.length === hold.changes.length) return [{ ...hold, approved }];
    if (changes.length === 0 && approved.length === 0) return [];
    const version = { hash: hold.hash, keys: hold.changes.map((change) => change.key) };
    return [{ ...hold, changes, approved, hash: hashChanges(changes), versions: [...hold.versions, version] }];
  });
  return { ...ledger, holds };
}

function inOrderOfApplication(changes: readonly Change[]): readonly Change[] {
  return [...changes].sort((left, right) => phaseOf(left.kind) - phaseOf(right.kind));
}
