/**
 * A plan in the making: the changes in the order in which they will be applied, the notes, and what holds what.
 *
 * @module
 */

import { withNulls } from '../internal/patch.js';
import type { Change, ChangeKind, Gate, Hold, Ledger, LimitKind, Note, Policy, Suppression } from '../model/index.js';
import { ABSENT } from './fingerprint.js';
import { isUrgent } from './gates/dependents.js';
import type { Unreadable } from './reading/unreadable.js';

/** A change without what follows from it. */
export type Proposal = Change extends infer C
  ? C extends Change
    ? Omit<C, 'key' | 'heldBy' | 'destructive'>
    : never
  : never;

/** A hold that a rule asks for, before it is compared with what was held before. */
export interface HoldRequest {
  readonly id: string;
  readonly gate: Gate;
  readonly code: string;
  readonly kind?: Hold['kind'];
  readonly subject?: string;
  readonly approvable: boolean;
  readonly baseline?: number;
  readonly count?: number;
  readonly limit?: number;
  /** Which changes it names; `all-destructive` for every destructive change of the run. */
  readonly changes: ReadonlySet<string> | 'all-destructive';
}

/**
 * The order of application: nothing refers to what is not there yet, what gives an id up comes before what takes it, and
 * what takes away comes last. Whoever loses a login comes before whoever gets it (`bringForward`).
 */
const PHASES: Readonly<Record<ChangeKind, number>> = {
  'school-create': 0,
  'school-update': 0,
  'user-rekey': 1,
  'user-create': 2,
  'user-reactivate': 2,
  'class-rekey': 3,
  'class-create': 4,
  'class-unarchive': 4,
  'class-update': 4,
  'class-move': 4,
  'enrollment-add': 5,
  'enrollment-restore': 5,
  'enrollment-update': 5,
  'enrollment-link': 5,
  'guardian-link': 6,
  'guardian-restore': 6,
  'guardian-update': 6,
  'user-update': 7,
  'guardian-unlink': 8,
  'guardian-delete': 8,
  'enrollment-remove': 9,
  'enrollment-delete': 9,
  'class-archive': 10,
  'class-purge': 10,
  'class-delete': 10,
  'user-deactivate': 11,
  'user-delete': 11,
  'school-delete': 12,
};

/** The kinds that the gates guard, each with the kind of record that its limit counts. */
const DESTRUCTIVE: ReadonlyMap<ChangeKind, LimitKind> = new Map([
  ['class-archive', 'classes'],
  ['enrollment-remove', 'enrollments'],
  ['user-deactivate', 'users'],
  ['guardian-unlink', 'guardianLinks'],
]);

export class Draft {
  readonly holdRequests: HoldRequest[] = [];
  private readonly phases: Change[][] = [];
  /** Where the changes of a phase stand, by their keys. */
  private readonly places = new Map<readonly Change[], ReadonlyMap<string, number>>();
  private readonly suppressions = new Map<string, Suppression[]>();
  private readonly ended = new Set<Suppression>();
  private readonly reportedBefore: ReadonlySet<string>;
  private readonly reportedNow: string[] = [];
  /** The subjects of suppressions, and the classes and guardians of those that name a pair. */
  private readonly observed = new Set<string>();
  private forward: readonly string[] = [];
  private withheld = 0;
  private guardiansWait = false;

  constructor(
    private readonly policy: Policy,
    private readonly ledger: Ledger,
    readonly notes: Note[] = [],
    private readonly unreadable?: Unreadable,
  ) {
    this.reportedBefore = new Set(ledger.reported);
    for (const suppression of ledger.suppressions) {
      const known = this.suppressions.get(suppression.subject);
      if (known === undefined) this.suppressions.set(suppression.subject, [suppression]);
      else known.push(suppression);
      this.observed.add(suppression.subject).add(firstOfPair(suppression.subject));
    }
  }

  /** Adds the change, unless an undo, a discard or an unreadable school forbids it. Says whether it was added. */
  propose(proposal: Proposal): boolean {
    if (this.isSuppressed(proposal.kind, proposal.subject, proposal.fingerprint)) {
      this.note({
        rule: 'UNDO',
        code: 'SUPPRESSED',
        severity: 'info',
        subject: proposal.subject,
        evidence: { change: proposal.kind },
      });
      return false;
    }
    const destructive = DESTRUCTIVE.has(proposal.kind) && !isUrgent(proposal);
    if (destructive && this.unreadable?.mayBeSchool(proposal.schoolSourcedId) === true) return false;
    if (destructive && this.policy.additiveOnly) {
      this.withheld += 1;
      return false;
    }
    if (this.guardiansWait && isOfGuardians(proposal) && !isUrgent(proposal)) return false;
    (this.phases[PHASES[proposal.kind]] ??= []).push(changeOf(proposal, destructive));
    return true;
  }

  /** P14: from now on nothing is planned for guardians but what protects a child. */
  keepGuardiansWaiting(): void {
    this.guardiansWait = true;
  }

  /** Whether guardians wait until teachers have joined. */
  get areGuardiansWaiting(): boolean {
    return this.guardiansWait;
  }

  /** Adds fields to a change of this plan. Says whether there is such a change. */
  amend(kind: ChangeKind, subject: string, before: object, after: object): boolean {
    const phase = this.phases[PHASES[kind]];
    const index = this.placeOf(kind, subject);
    const change = index === undefined ? undefined : phase?.[index];
    if (phase === undefined || index === undefined || change === undefined || change.after === null) return false;
    phase[index] = {
      ...change,
      before: change.before === null ? null : { ...change.before, ...withNulls(before) },
      after: { ...change.after, ...withNulls(after) },
    } as Change;
    return true;
  }

  /** Whether there is such a change in this plan. */
  has(kind: ChangeKind, subject: string): boolean {
    return this.placeOf(kind, subject) !== undefined;
  }

  /** That change of this plan. */
  find(kind: ChangeKind, subject: string): Change | undefined {
    const index = this.placeOf(kind, subject);
    return index === undefined ? undefined : this.phases[PHASES[kind]]?.[index];
  }

  private placeOf(kind: ChangeKind, subject: string): number | undefined {
    const phase = this.phases[PHASES[kind]];
    if (phase === undefined) return undefined;
    let places = this.places.get(phase);
    if (places?.size !== phase.length) {
      places = new Map(phase.map((change, index) => [change.key, index]));
      this.places.set(phase, places);
    }
    return places.get(changeKey(kind, subject));
  }

  /** These changes of people, in this order, come before all others of people. */
  bringForward(keys: readonly string[]): void {
    this.forward = keys;
  }

  note(note: Note): void {
    this.notes.push(note);
  }

  /** A note that is told in the first plan alone that finds it. */
  noteOnce(note: Note & { readonly subject: string }): void {
    const key = `${note.code} ${note.subject}`;
    this.reportedNow.push(key);
    if (!this.reportedBefore.has(key)) this.notes.push(note);
  }

  hold(request: HoldRequest): void {
    this.holdRequests.push(request);
  }

  /** Whether a suppression is about this record: only then is it worth observing. */
  isObserved(noun: 'school' | 'class' | 'user', sourcedId: string): boolean {
    return this.observed.size > 0 && this.observed.has(`${noun}:${sourcedId}`);
  }

  /** Whether a suppression is about a member of this class, or a link of this guardian. */
  isAnyObserved(noun: 'enrollment' | 'guardian', firstSourcedId: string): boolean {
    return (
      this.observed.size > 0 &&
      this.observed.has(firstOfPair(`${noun}:${String(firstSourcedId.length)}:${firstSourcedId}`))
    );
  }

  /** Tells what the feed says of a record now: suppressions made for anything else end. */
  observe(subject: string, fingerprint: string): void {
    for (const suppression of this.suppressions.get(subject) ?? []) {
      if (suppression.fingerprint !== fingerprint) this.ended.add(suppression);
    }
  }

  isSuppressed(kind: ChangeKind, subject: string, fingerprint: string): boolean {
    if (this.suppressions.size === 0) return false;
    return (this.suppressions.get(subject) ?? []).some(
      (suppression) => suppression.kind === kind && suppression.fingerprint === fingerprint,
    );
  }

  /** Whether the removal that follows from a record's absence was undone or discarded. */
  isKept(kind: ChangeKind, subject: string): boolean {
    return this.isSuppressed(kind, subject, ABSENT);
  }

  /** Whether an undo or a discard keeps a record from this change for as long as the feed says what it says now. */
  isWithheld(kind: ChangeKind, subject: string): boolean {
    if (this.suppressions.size === 0) return false;
    const known = this.suppressions.get(subject) ?? [];
    return known.some((suppression) => suppression.kind === kind && !this.ended.has(suppression));
  }

  /** Every change, in the order of application. */
  changes(): Change[] {
    if (this.withheld > 0) {
      this.note({
        rule: 'Z9',
        code: 'ADDITIVE_ONLY',
        severity: 'info',
        evidence: { withheld: this.withheld },
      });
    }
    return this.forward.length === 0 ? this.phases.flat() : this.inOrder(new Set(this.forward));
  }

  private inOrder(forward: ReadonlySet<string>): Change[] {
    const rest = this.phases.slice(1).flat();
    const early = new Map(rest.filter(({ key }) => forward.has(key)).map((change) => [change.key, change]));
    const first = [...forward].map((key) => early.get(key) as Change);
    return [...(this.phases[0] ?? []), ...first, ...rest.filter(({ key }) => !forward.has(key))];
  }

  /** What is still suppressed after this plan. */
  remainingSuppressions(): readonly Suppression[] {
    return this.ended.size === 0
      ? this.ledger.suppressions
      : this.ledger.suppressions.filter((suppression) => !this.ended.has(suppression));
  }

  /** Which once-told notes still hold: one that no longer does may be told again later. */
  reported(): readonly string[] {
    return this.reportedNow;
  }
}

/** Whether a change is by the table of guardians: their links, accounts and places in classes. */
function isOfGuardians({ kind, reason }: Proposal): boolean {
  return kind.startsWith('guardian-') || reason.rule === 'P13' || (kind === 'user-create' && reason.rule === 'P1');
}

/** `enrollment:2:c1` of `enrollment:2:c1:u1`; a subject of one record stays as it is. */
function firstOfPair(subject: string): string {
  const pair = /^(?:enrollment|guardian):(\d+):/u.exec(subject);
  return pair === null ? subject : subject.slice(0, pair[0].length + Number(pair[1]));
}

/** Changes are many: each is made in one piece, in one of a few shapes. */
function changeOf(proposal: Proposal, destructive: boolean): Change {
  const { kind, subject, target, schoolSourcedId, before, after, version, reason, fingerprint } = proposal;
  const change: Record<string, unknown> = {
    kind,
    key: changeKey(kind, subject),
    subject,
    target,
    before: before === null ? null : withNulls(before),
    after: after === null ? null : withNulls(after),
    reason,
    destructive,
    fingerprint,
    heldBy: NOTHING,
  };
  if (schoolSourcedId !== undefined) change['schoolSourcedId'] = schoolSourcedId;
  if (version !== undefined) change['version'] = version;
  return change as unknown as Change;
}

const NOTHING: readonly string[] = Object.freeze([]);

/** The key of a change: the same whenever the same change is planned again. */
export function changeKey(kind: ChangeKind, subject: string): string {
  return `${kind} ${subject}`;
}

/** The kind of record that a destructive change is counted for; undefined for any other change. */
export function limitKind(kind: ChangeKind): LimitKind | undefined {
  return DESTRUCTIVE.get(kind);
}

/** Where a kind of change stands in the order of application: what refers to others comes later, removals last. */
export function phaseOf(kind: ChangeKind): number {
  return PHASES[kind];
}
