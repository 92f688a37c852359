/**
 * Holds and their latches: what waits for a person, and what of it was held before.
 *
 * A hold, once there, stays until it is approved, discarded, or its records are seen again: nothing is released by time,
 * by additions that enlarge a denominator, or by a later read's ratios. What a plan cannot judge stays held as it was.
 *
 * @module
 */

import { compareIds } from '../../internal/ordered.js';
import { Sha256 } from '../../internal/sha256.js';
import type { Change, ChangeKind, Evidence, GateResult, Hold, LatchedHold } from '../../model/index.js';
import type { HoldRequest } from '../draft.js';
import { hashChanges } from '../hash.js';
import { dependentsOf, isUrgent, withFollowers, type Followers } from './dependents.js';

/** A gate's wish for a hold, with what its set is. */
export interface HoldWish extends HoldRequest {
  /** Told although it names no change: what it holds are messages. */
  readonly isTold?: true;
  /** What a person reads besides the changes: another hash where it differs. */
  readonly about?: string;
  /** What the gate says of it, besides the numbers. */
  readonly evidence?: Evidence;
}

/** What the latches are judged by. */
export interface LatchInput {
  readonly changes: readonly Change[];
  readonly latches: readonly LatchedHold[];
  /** ISO instant of the plan. */
  readonly now: string;
  /** Whether this plan, by what was read and by its steps, could not say if a latched change is still due. */
  readonly isUnjudged: (change: Latchable) => boolean;
  /** Whether a whole latch could not be judged, whatever it names. */
  readonly isLatchUnjudged: (latch: LatchedHold) => boolean;
  /** What waits with a change because it follows from it alone. @default nothing */
  readonly followers?: Followers | undefined;
}

/** As much of a change as its key tells, and its school where it is known. */
export interface Latchable {
  readonly key: string;
  readonly kind: ChangeKind;
  readonly subject: string;
  readonly schoolSourcedId?: string;
  readonly reason?: Change['reason'];
}

/** The plan's changes with the holds that name them, the holds themselves, and what the ledger keeps of them. */
export interface Held {
  readonly changes: readonly Change[];
  readonly holds: readonly Hold[];
  readonly gates: readonly GateResult[];
  readonly latched: readonly LatchedHold[];
  /** The keys of latched changes that this plan could not judge: approved, they wait for a plan that can. */
  readonly unjudged: readonly string[];
}

/** So many earlier hashes of one hold can still be approved. */
const KEPT_VERSIONS = 20;

/** While anything of such a hold is due, it holds whatever else would be taken away. */
function holdsWholeRun({ id, gate }: Pick<LatchedHold, 'id' | 'gate'>): boolean {
  return gate === 'G6' || gate === 'G7' || gate === 'Z10' || id === 'K15';
}

export class Latches {
  /** Every destructive change of the plan. */
  readonly destructive: readonly Change[];
  private readonly latches = new Map<string, LatchedHold>();
  private readonly holds = new Map<string, Hold>();
  private readonly gates = new Map<string, GateResult>();
  private readonly heldBy = new Map<string, string[]>();
  private readonly latched: LatchedHold[] = [];
  private readonly unjudged = new Set<string>();
  private index: ReadonlyMap<string, Change> | undefined;
  private places: ReadonlyMap<string, number> | undefined;

  constructor(private readonly input: LatchInput) {
    for (const latch of input.latches) this.latches.set(latch.id, latch);
    this.destructive = input.changes.filter((change) => change.destructive);
  }

  /** What a person approved of a hold. */
  approvedOf(id: string): ReadonlySet<string> {
    return new Set(this.latches.get(id)?.approved);
  }

  latchOf(id: string): LatchedHold | undefined {
    return this.latches.get(id);
  }

  /** Whether this plan has the change, held or not. */
  isPlanned(key: string): boolean {
    return this.byKey.has(key);
  }

  /** Places a hold, with what it held before. A set that comes out empty holds nothing and is not told. */
  request(wish: HoldWish): void {
    const latch = this.latches.get(wish.id);
    const keys = new Set(this.keysOf(wish.changes, latch));
    for (const key of this.stillDue(latch)) keys.add(key);
    const isTold = wish.isTold === true || (wish.changes !== 'all-destructive' && wish.changes.size === 0);
    if (keys.size > 0 || isTold) this.place(wish, keys, latch, undefined);
  }

  /**
   * Holds that no gate asks for today: they stay while anything that they held is still due, and while this plan could
   * not have found it due, since its records were not seen again then.
   */
  keepLatches(): void {
    for (const latch of this.latches.values()) {
      if (this.holds.has(latch.id)) continue;
      const keys = new Set(this.stillDue(latch));
      if (holdsWholeRun(latch) && (keys.size > 0 || this.unjudgedOf(latch).length > 0)) {
        for (const key of this.keysOf('all-destructive', latch)) keys.add(key);
      }
      if (keys.size > 0) {
        // Of an empty feed's hold something was read again by now: from here on a person may decide.
        this.place({ ...latch, approvable: latch.approvable || latch.gate === 'G3' }, keys, latch, { latched: true });
      } else this.keepUnjudged(latch);
    }
  }

  result(): Held {
    const { changes } = this.input;
    const withHolds =
      this.heldBy.size === 0
        ? changes
        : changes.map((change) => {
            const heldBy = this.heldBy.get(change.key);
            return heldBy === undefined ? change : { ...change, heldBy: heldBy.sort(compareIds) };
          });
    const holds = [...this.holds.values()].sort((left, right) => compareIds(left.id, right.id));
    return {
      changes: withHolds,
      holds,
      gates: holds.map(({ id }) => this.gates.get(id) as GateResult),
      latched: this.latched.sort((left, right) => compareIds(left.id, right.id)),
      unjudged: [...this.unjudged].sort(compareIds),
    };
  }

  /** Most plans hold nothing, and never ask for a change by its key. */
  private get byKey(): ReadonlyMap<string, Change> {
    this.index ??= new Map(this.input.changes.map((change) => [change.key, change]));
    return this.index;
  }

  /** Approved, they are applied in the order of the plan: whoever loses a login comes before whoever gets it. */
  private inOrderOfPlan(keys: readonly string[]): readonly Change[] {
    this.places ??= new Map(this.input.changes.map(({ key }, place) => [key, place]));
    return keys
      .map((key) => this.places?.get(key) as number)
      .sort((left, right) => left - right)
      .map((place) => this.input.changes[place] as Change);
  }

  private keysOf(wanted: HoldWish['changes'], latch: LatchedHold | undefined): readonly string[] {
    const approved = new Set(latch?.approved);
    const keys =
      wanted === 'all-destructive'
        ? this.destructive.map(({ key }) => key)
        : [...wanted].filter((key) => this.byKey.has(key));
    return approved.size === 0 ? keys : keys.filter((key) => !approved.has(key));
  }

  private stillDue(latch: LatchedHold | undefined): readonly string[] {
    if (latch === undefined) return [];
    const approved = new Set(latch.approved);
    return latch.changes.map((change) => change.key).filter((key) => this.byKey.has(key) && !approved.has(key));
  }

  private place(
    wish: Omit<HoldWish, 'changes'>,
    keys: ReadonlySet<string>,
    latch: LatchedHold | undefined,
    mark: Evidence | undefined,
  ): void {
    const sorted = this.withDependents(keys, latch).sort(compareIds);
    const changes = this.inOrderOfPlan(sorted);
    const hash = hashOf(changes, wish.about);
    const about: Omit<Hold, 'changes'> = {
      id: wish.id,
      gate: wish.gate,
      code: wish.code,
      ...(wish.kind === undefined ? {} : { kind: wish.kind }),
      ...(wish.subject === undefined ? {} : { subject: wish.subject }),
      hash,
      approvable: wish.approvable,
      ...optional('baseline', latch?.baseline ?? wish.baseline),
      ...optional('count', wish.count),
      ...optional('limit', wish.limit),
      since: latch?.since ?? this.input.now,
    };
    const hold = { ...about, changes: sorted };
    this.holds.set(wish.id, hold);
    this.gates.set(wish.id, {
      gate: hold.gate,
      code: hold.code,
      evidence: { ...evidenceOf(hold), ...wish.evidence, ...mark },
    });
    for (const key of sorted) {
      const holds = this.heldBy.get(key);
      if (holds === undefined) this.heldBy.set(key, [wish.id]);
      else holds.push(wish.id);
    }
    this.latched.push(this.latchWith(about, changes, latch));
  }

  /** The hold as the ledger keeps it: with what it held before and this plan could not judge. */
  private latchWith(
    about: Omit<Hold, 'changes'>,
    changes: readonly Change[],
    latch: LatchedHold | undefined,
  ): LatchedHold {
    if (latch === undefined) return { ...about, changes, versions: [], approved: [] };
    const carried = this.unjudgedOf(latch);
    const approved = this.approvedStill(latch);
    if (carried.length === 0) return { ...about, changes, versions: versionsOf(latch, about.hash), approved };
    const all = [...changes, ...carried];
    const hash = hashChanges(all);
    // What this plan shows of the hold can be approved by its own hash: the rest is not in it.
    const shown = { hash: about.hash, keys: changes.map(({ key }) => key) };
    const versions = [...versionsOf(latch, hash).filter((version) => version.hash !== shown.hash), shown];
    return { ...about, hash, changes: all, versions: versions.slice(-KEPT_VERSIONS), approved };
  }

  /** A latch of which nothing is due: what could not be judged of it goes on waiting, the rest was seen again. */
  private keepUnjudged(latch: LatchedHold): void {
    if (this.input.isLatchUnjudged(latch)) {
      this.latched.push(latch);
      return;
    }
    const changes = this.unjudgedOf(latch);
    const approved = this.approvedStill(latch);
    if (changes.length === 0 && approved.length === 0) return;
    const hash = changes.length === latch.changes.length ? latch.hash : hashChanges(changes);
    this.latched.push({ ...latch, changes, hash, versions: versionsOf(latch, hash), approved });
  }

  private unjudgedOf(latch: LatchedHold): readonly Change[] {
    const unjudged = latch.changes.filter((change) => !this.byKey.has(change.key) && this.input.isUnjudged(change));
    for (const { key } of unjudged) this.unjudged.add(key);
    return unjudged;
  }

  /** What was approved of a hold and can still come to be applied. */
  private approvedStill(latch: LatchedHold): readonly string[] {
    if (latch.approved.length === 0) return [];
    const known = new Map(latch.changes.map((change) => [change.key, change]));
    return latch.approved.filter(
      (key) => this.byKey.has(key) || this.input.isUnjudged(known.get(key) ?? changeOfKey(key)),
    );
  }

  /** What waits, with what refers to a record that is not created meanwhile; never what protects a child. */
  private withDependents(keys: ReadonlySet<string>, latch: LatchedHold | undefined): string[] {
    const approved = new Set(latch?.approved);
    const held = [...keys].map((key) => this.byKey.get(key) as Change);
    const dependents = [...keys, ...dependentsOf(held, this.input.changes)];
    const all = withFollowers(dependents, this.input.followers).filter((key) => keys.has(key) || !approved.has(key));
    return [...new Set(all)].filter((key) => !isUrgent(this.byKey.get(key)));
  }
}

/** What a key of a change tells: the rest of the change may be lost. */
export function changeOfKey(key: string): Latchable {
  const end = key.indexOf(' ');
  return { key, kind: key.slice(0, end) as ChangeKind, subject: key.slice(end + 1) };
}

function hashOf(changes: readonly Change[], about: string | undefined): string {
  const hash = hashChanges(changes);
  if (about === undefined) return hash;
  const both = new Sha256();
  both.update(`${hash} ${about}`);
  return both.digest();
}

/** Earlier sets of a hold, so that what a person has read and approved by its hash is still known. */
function versionsOf(latch: LatchedHold, hash: string): LatchedHold['versions'] {
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
