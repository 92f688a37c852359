/**
 * The gates (G2, G3, G6, causes, K10, K15, U13) and their latches: what of a plan waits for a person.
 *
 * Every gate is evaluated; a change is applied when every hold that names it is released. A hold, once there, stays
 * until it is approved, discarded, or its records are seen again: nothing is released by time, by additions that
 * enlarge the denominator, or by a later read's ratios.
 *
 * @module
 */

import { compareIds } from '../internal/ordered.js';
import type { Change, ChangeKind, Evidence, GateResult, Hold, LatchedHold, LimitKind } from '../model/index.js';
import type { Context } from './context.js';
import { limitKind, type HoldRequest } from './draft.js';
import type { EmptyKind } from './empty-kinds.js';
import { hashChanges } from './hash.js';

/** How many managed records there are of each kind: what a limit is a share of. */
export type Baselines = Readonly<Record<LimitKind, number>>;

/** The plan's changes with the holds that name them, the holds themselves, and what the ledger keeps of them. */
export interface Judgement {
  readonly changes: readonly Change[];
  readonly holds: readonly Hold[];
  readonly gates: readonly GateResult[];
  readonly latched: readonly LatchedHold[];
}

/** A baseline this small has no floor, but for a single change. */
const FLOOR_NEEDS = 20;

/** So many earlier hashes of one hold can still be approved. */
const KEPT_VERSIONS = 20;

const LIMIT_KINDS: readonly LimitKind[] = ['enrollments', 'classes', 'users', 'guardianLinks'];

export function judge(
  changes: readonly Change[],
  context: Context,
  baselines: Baselines,
  emptyKinds: readonly EmptyKind[],
): Judgement {
  const judge = new Judge(changes, context);
  for (const request of context.draft.holdRequests) judge.request(request);
  for (const empty of emptyKinds) judge.request(emptyFeed(empty));
  for (const kind of LIMIT_KINDS) judge.limit(kind, baselines[kind]);
  judge.keepLatches();
  return judge.result();
}

function emptyFeed({ kind, managed, changes }: EmptyKind): HoldRequest {
  return {
    id: `G3:${kind}`,
    gate: 'G3',
    code: 'EMPTY_FEED',
    kind,
    // A single administrator may leave; that all classes, students or teachers do is for a later read to say.
    approvable: changes !== 'all-destructive',
    baseline: managed,
    count: 0,
    changes,
  };
}

class Judge {
  private readonly byKey = new Map<string, Change>();
  private readonly destructive: string[] = [];
  private readonly latches = new Map<string, LatchedHold>();
  private readonly holds = new Map<string, Hold>();
  private readonly heldBy = new Map<string, string[]>();
  private readonly latched: LatchedHold[] = [];

  constructor(
    private readonly changes: readonly Change[],
    private readonly context: Context,
  ) {
    const latches = context.local.ledger.holds;
    for (const latch of latches) this.latches.set(latch.id, latch);
    const isKeyNeeded = latches.length > 0 || context.draft.holdRequests.length > 0;
    for (const change of changes) {
      if (change.destructive) this.destructive.push(change.key);
      if (isKeyNeeded || change.destructive) this.byKey.set(change.key, change);
    }
  }

  /** G6: a share of the kind, strictly more than the limit; few changes never hold, and no baseline always does. */
  limit(kind: LimitKind, baseline: number): void {
    const { limits } = this.context.policy;
    const id = `G6:${kind}`;
    const approved = new Set(this.latches.get(id)?.approved);
    let count = 0;
    for (const key of this.destructive) {
      const change = this.byKey.get(key) as Change;
      if (limitKind(change.kind) === kind && !approved.has(key)) count += 1;
    }
    if (count === 0) return;
    const limit = limits[kind];
    const isFew = baseline >= FLOOR_NEEDS ? count <= limits.floor : count <= Math.min(1, limits.floor);
    if (baseline > 0 && (isFew || count / baseline <= limit)) return;
    this.request({
      id,
      gate: 'G6',
      code: 'LIMIT_EXCEEDED',
      kind,
      approvable: true,
      baseline,
      count,
      limit,
      changes: 'all-destructive',
    });
  }

  request(request: HoldRequest): void {
    const latch = this.latches.get(request.id);
    const keys = new Set(this.keysOf(request.changes, latch));
    for (const key of this.stillDue(latch)) keys.add(key);
    if (keys.size === 0 && request.changes !== 'all-destructive' && request.changes.size > 0) return;
    if (keys.size === 0 && request.changes === 'all-destructive') return;
    this.place(request, keys, latch);
  }

  /**
   * Holds that no gate would ask for today: they stay while anything that they held is still due, and while this plan
   * could not have found it due, since its records were not seen again then.
   */
  keepLatches(): void {
    for (const latch of this.latches.values()) {
      if (this.holds.has(latch.id)) continue;
      const due = this.stillDue(latch);
      if (due.length > 0) {
        const isWholeRun = latch.gate === 'G6' || latch.id === 'K15';
        const keys = new Set(isWholeRun ? this.keysOf('all-destructive', latch) : due);
        // Of an empty feed's hold something was read again by now: from here on a person may decide.
        this.place({ ...latch, changes: keys, approvable: latch.approvable || latch.gate === 'G3' }, keys, latch);
      } else if (this.isUnjudged(latch)) {
        this.latched.push(latch);
      } else if (latch.approved.some((key) => this.byKey.has(key))) {
        this.latched.push({ ...latch, changes: [] });
      }
    }
  }

  /** Whether this plan, by what could be read and by its steps, could not say if what the hold names is still due. */
  private isUnjudged(latch: LatchedHold): boolean {
    const { policy, feed, isRestricted, handlesClasses, handlesGuardians } = this.context;
    if (latch.gate === 'K10' && isRestricted) return true;
    if (latch.changes.some((change) => feed.unreadable.mayBeSchool(change.schoolSourcedId))) return true;
    const handlesPeople = policy.steps.includes('students') || policy.steps.includes('teachers');
    return [...latch.changes.map((change) => change.key), ...latch.approved].some((key) => {
      const kind = key.slice(0, key.indexOf(' ')) as ChangeKind;
      if (limitKind(kind) !== undefined && (isRestricted || policy.additiveOnly)) return true;
      if (kind.startsWith('class-')) return !handlesClasses;
      if (kind.startsWith('guardian-')) return !handlesGuardians;
      return !handlesPeople;
    });
  }

  result(): Judgement {
    const changes =
      this.heldBy.size === 0
        ? this.changes
        : this.changes.map((change) => {
            const heldBy = this.heldBy.get(change.key);
            return heldBy === undefined ? change : { ...change, heldBy: heldBy.sort(compareIds) };
          });
    const holds = [...this.holds.values()].sort((left, right) => compareIds(left.id, right.id));
    const gates: GateResult[] = holds.map((hold) => ({ gate: hold.gate, code: hold.code, evidence: evidenceOf(hold) }));
    const latched = this.latched.sort((left, right) => compareIds(left.id, right.id));
    return { changes, holds, gates, latched };
  }

  private keysOf(wanted: ReadonlySet<string> | 'all-destructive', latch: LatchedHold | undefined): readonly string[] {
    const approved = new Set(latch?.approved);
    const keys = wanted === 'all-destructive' ? this.destructive : [...wanted].filter((key) => this.byKey.has(key));
    return approved.size === 0 ? keys : keys.filter((key) => !approved.has(key));
  }

  private stillDue(latch: LatchedHold | undefined): readonly string[] {
    if (latch === undefined) return [];
    const approved = new Set(latch.approved);
    return latch.changes.map((change) => change.key).filter((key) => this.byKey.has(key) && !approved.has(key));
  }

  private place(request: HoldRequest, keys: ReadonlySet<string>, latch: LatchedHold | undefined): void {
    const sorted = [...keys].sort(compareIds);
    const changes = sorted.map((key) => this.byKey.get(key) as Change);
    const hash = hashChanges(changes);
    const about: Omit<Hold, 'changes'> = {
      id: request.id,
      gate: request.gate,
      code: request.code,
      ...(request.kind === undefined ? {} : { kind: request.kind }),
      ...(request.subject === undefined ? {} : { subject: request.subject }),
      hash,
      approvable: request.approvable,
      ...optional('baseline', latch?.baseline ?? request.baseline),
      ...optional('count', request.count),
      ...optional('limit', request.limit),
      since: latch?.since ?? this.context.now,
    };
    this.holds.set(request.id, { ...about, changes: sorted });
    for (const key of sorted) {
      const holds = this.heldBy.get(key);
      if (holds === undefined) this.heldBy.set(key, [request.id]);
      else holds.push(request.id);
    }
    this.latched.push({
      ...about,
      changes,
      versions: versionsOf(latch, hash),
      approved: latch?.approved.filter((key) => this.byKey.has(key)) ?? [],
    });
  }
}

/** Earlier sets of a hold, so that what a person has read and approved by its hash is still known. */
function versionsOf(latch: LatchedHold | undefined, hash: string): LatchedHold['versions'] {
  if (latch === undefined) return [];
  if (latch.hash === hash) return latch.versions;
  const versions = latch.versions.filter((version) => version.hash !== latch.hash && version.hash !== hash);
  return [...versions, { hash: latch.hash, keys: latch.changes.map((change) => change.key) }].slice(-KEPT_VERSIONS);
}

function optional<K extends string>(key: K, value: number | undefined): { readonly [P in K]?: number } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: number };
}

function evidenceOf(hold: Hold): Evidence {
  return {
    hold: hold.id,
    changes: hold.changes.length,
    ...(hold.kind === undefined ? {} : { kind: hold.kind }),
    ...(hold.baseline === undefined ? {} : { baseline: hold.baseline }),
    ...(hold.count === undefined ? {} : { count: hold.count }),
    ...(hold.limit === undefined ? {} : { limit: hold.limit }),
  };
}
