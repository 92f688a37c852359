import { PlanError, PlanHeldError, StalePlanError } from '../errors.js';
import {
  afterApproval,
  ledgerOfApproval,
  suppressionKey,
  withAcceptedShape,
  withoutApplied,
  windowsAt,
  withReleased,
} from '../engine/gates/index.js';
import { dateIn } from '../internal/dates.js';
import { compareIds } from '../internal/ordered.js';
import type { Change, Hold, LatchedHold, Ledger, Suppression } from '../model/index.js';
import type { RunReport } from '../ports/index.js';
import { applyChanges, deliverMessages } from './applying.js';
import { audit } from './auditing.js';
import { prepareInviting } from './inviting.js';
import { countChanges } from './counting.js';
import type { SyncContext } from './options.js';
import { loadLedger } from './planning.js';
import { recordRun, type RunIdentity, withLease } from './recording.js';

/** A person's word about a hold. */
export interface ApproveOptions {
  /** The hash of the hold as the person read it. */
  readonly hash: string;
  /** Who approves, in the host's own words, such as a user id. */
  readonly by: string;
  readonly signal?: AbortSignal | undefined;
}

/** How to discard a hold, and how to answer a proposal. */
export type DecideOptions = Omit<ApproveOptions, 'hash'>;

/** Releases the changes that a person read, and applies those of them that no other hold keeps. */
export async function approveHold(context: SyncContext, holdId: string, options: ApproveOptions): Promise<RunReport> {
  const { by, signal } = options;
  const run: RunIdentity = { id: crypto.randomUUID(), type: 'approval', by };
  return withLease(context, run.id, async (lease) => {
    const ledger = await loadLedger(context);
    const hold = findHold(ledger, holdId);
    if (!hold.approvable) {
      const message = `Hold ${holdId} can't be approved, because the feed itself is in doubt. Read it again.`;
      throw new PlanHeldError(message, { holds: [holdId] });
    }
    const keys = namedKeys(hold, options.hash);
    const approved = withApproval(ledger, hold, keys);
    const named = hold.changes.filter((change) => keys.has(change.key));
    // What the last plan could not judge waits for one that can.
    const unjudged = new Set(ledger.unjudged);
    const isDue = ({ key }: Change): boolean => isReleased(approved, key) && !unjudged.has(key);
    const due = named.filter(isDue);
    const isShape = hold.gate === 'G4' && options.hash === hold.hash;
    const started = ledgerOfApproval(
      approved,
      new Set(due.map(({ key }) => key)),
      dateIn(context.policy.timeZone, context.clock.now()),
    );
    const approvedLedger = withReleased(isShape ? withAcceptedShape(started) : started, due);
    return recordRun(context, run, signal, async (progress) => {
      const application = { context, lease, run, progress, signal };
      signal?.throwIfAborted();
      const now = context.clock.now();
      const at = now.toISOString();
      progress.planHash = options.hash;
      progress.counts = countChanges(named, named.length - due.length);
      progress.total = due.length;
      progress.holds = openHolds(approvedLedger).map(asHold);
      const details = { ...wordsOf(hold), hash: options.hash, changes: named.length, due: due.length };
      await audit(context, { action: 'hold-approve', by, subject: holdId, runId: run.id, details });
      await context.store.saveLedger(context.scope, approvedLedger, lease.fence);
      decided(context, run.id, hold, 'approved');
      const { policy } = context;
      const isHeld = approvedLedger.holds.some(({ id, gate }) => id !== holdId && holdsMail(gate));
      const isWaiting = isHeld || ledger.incomplete === true;
      if ((hold.gate === 'G8' || isShape) && !isWaiting) await context.store.releaseWaiting(context.scope);
      const inviting = await prepareInviting(context, { run, policy, changes: due, isWaiting, at });
      const stale = await applyChanges(application, due, inviting);
      const gone = new Set(due.map((change) => change.key).filter((key) => !stale.has(key)));
      const remaining = afterApproval(withoutSpent(approvedLedger, hold), gone, stale);
      await context.store.saveLedger(context.scope, remaining, lease.fence);
      progress.holds = openHolds(remaining).map(asHold);
      for (const { changes } of [hold, ...openHolds(remaining)]) {
        for (const change of changes) progress.touched.add(change);
      }
      const windows = windowsAt(policy, now);
      // By approving quiet hours a person says that they do not count this time.
      progress.isMailFree = holdId === 'G8:quiet';
      const isQuiet = windows.has('blackout') || (windows.has('quiet') && holdId !== 'G8:quiet');
      if (!isQuiet) await deliverMessages(application);
    });
  });
}

/** What the audit log says of a hold. */
function wordsOf({ gate, code }: LatchedHold): { readonly gate: string; readonly code: string } {
  return { gate, code };
}

/** Whether messages wait for a person with such a hold. */
function holdsMail(gate: LatchedHold['gate']): boolean {
  return gate === 'G4' || gate === 'G8';
}

/** A hold over messages alone is over when it is approved. */
function withoutSpent(ledger: Ledger, { id, changes }: LatchedHold): Ledger {
  return changes.length > 0 ? ledger : { ...ledger, holds: ledger.holds.filter((other) => other.id !== id) };
}

/** Drops a hold: its changes are not planned again until the feed says something else about their records. */
export async function discardHold(
  context: SyncContext,
  holdId: string,
  { by, signal }: DecideOptions,
): Promise<RunReport> {
  const run: RunIdentity = { id: crypto.randomUUID(), type: 'discard', by };
  return withLease(context, run.id, async (lease) => {
    const ledger = await loadLedger(context);
    const hold = findHold(ledger, holdId);
    if (hold.gate === 'G8') {
      throw new PlanError(
        `Hold ${holdId} is about messages, and they can't be discarded. Approve it, or let them wait.`,
      );
    }
    const known = new Set(ledger.suppressions.map(suppressionKey));
    const discarded = hold.changes
      .map(({ kind, subject, fingerprint }): Suppression => ({ kind, subject, fingerprint, cause: 'discard' }))
      .filter((suppression) => !known.has(suppressionKey(suppression)));
    const others = { ...ledger, holds: ledger.holds.filter(({ id }) => id !== holdId) };
    const remaining: Ledger = {
      ...withoutApplied(others, new Set(hold.changes.map((change) => change.key))),
      suppressions: [...ledger.suppressions, ...discarded],
    };
    return recordRun(context, run, signal, async (progress) => {
      signal?.throwIfAborted();
      progress.planHash = hold.hash;
      progress.counts = countChanges(hold.changes, hold.changes.length);
      progress.holds = openHolds(remaining).map(asHold);
      const details = { ...wordsOf(hold), hash: hold.hash, changes: hold.changes.length };
      await audit(context, { action: 'hold-discard', by, subject: holdId, runId: run.id, details });
      await context.store.saveLedger(context.scope, remaining, lease.fence);
      decided(context, run.id, hold, 'discarded');
    });
  });
}

function decided(context: SyncContext, runId: string, hold: LatchedHold, decision: 'approved' | 'discarded'): void {
  const { id: holdId, gate, code, changes } = hold;
  context.events.emit('hold-decided', { runId, holdId, gate, code, decision, changes: changes.length });
}

/** The holds that still wait for a word. One whose changes are all approved only remembers that they are. */
export function openHolds(ledger: Ledger): readonly LatchedHold[] {
  return ledger.holds.filter(
    ({ changes, approved }) => approved.length === 0 || changes.some(({ key }) => !approved.includes(key)),
  );
}

/** A latched hold as a report tells it: with the keys of its changes. */
export function asHold({ changes, versions: _versions, approved: _approved, ...hold }: LatchedHold): Hold {
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
  // Of messages nobody can tell which were read of: what was read is what there is, or nothing.
  const version = present.length === 0 ? undefined : hold.versions.find((candidate) => candidate.hash === hash);
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
