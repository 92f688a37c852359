/**
 * What is kept, without one person: what a store writes back when it erases them.
 *
 * @module
 */

import type { Change } from '../change.js';
import type { PairsDelta, RecordsDelta, RosterChanges } from '../delta.js';
import type { Hold, LatchedHold } from '../hold.js';
import type { Ledger } from '../ledger.js';
import type { JournalEntry } from '../plan.js';
import type { Enrollment, GuardianLink, RejectedRow, User } from '../roster.js';
import {
  changeWithoutMentions,
  type Decision,
  ERASED,
  evidenceWithout,
  isDecisionOf,
  isIdOf,
  textWithout,
  valueWithoutWords,
} from './mentions.js';
import { isChangeOf, isEntryOf, isKeyOf, isSourcedId, isSubjectOf, type PersonIds } from './person-ids.js';

/**
 * The journal's entry without the person: one about them tells that something was changed, and no longer what; in one
 * about others they are not mentioned any more. The same entry where it has nothing of them.
 */
export function entryWithoutPerson(entry: JournalEntry, person: PersonIds): JournalEntry {
  if (isEntryOf(entry, person)) return erasedEntry(entry);
  const change = changeWithoutMentions(entry.change, person);
  return change === entry.change ? entry : { ...entry, change };
}

function erasedEntry({ runId, sequence, change, appliedAt }: JournalEntry): JournalEntry {
  const { kind, reason, destructive } = change;
  const blank: Omit<Change, 'kind'> & Pick<Change, 'kind'> = {
    kind,
    key: `${kind} ${ERASED}:${String(sequence)}`,
    subject: ERASED,
    target: {},
    before: null,
    after: null,
    reason: { rule: reason.rule, code: reason.code },
    destructive,
    fingerprint: '',
    heldBy: [],
  };
  return { runId, sequence, change: blank as Change, recordId: '', appliedAt, erased: true };
}

/**
 * The ledger without the person. What is held, suppressed, counted or proposed about them is dropped: the next plan
 * decides anew. `erasures` goes up by one, so that no plan made before brings any of it back.
 */
export function ledgerWithoutPerson(ledger: Ledger, person: PersonIds): Ledger {
  const isOfOthers = ({ subject }: { readonly subject: string }): boolean => !isSubjectOf(subject, person);
  const ofOthers = (keys: readonly string[]): readonly string[] => keys.filter((key) => !isKeyOf(key, person));
  const { absences, removals, proposals, unjudged, unfinished, messages } = ledger;
  return {
    ...ledger,
    holds: ledger.holds.flatMap((hold) => latchWithout(hold, person)),
    suppressions: ledger.suppressions.filter(isOfOthers),
    reported: ofOthers(ledger.reported),
    ...(absences === undefined ? {} : { absences: absences.filter(isOfOthers) }),
    ...(removals === undefined
      ? {}
      : {
          removals: removals.map((sum) =>
            sum.unconfirmed === undefined ? sum : { ...sum, unconfirmed: ofOthers(sum.unconfirmed) },
          ),
        }),
    ...(proposals === undefined ? {} : { proposals: proposals.flatMap((each) => proposalWithout(each, person)) }),
    ...(unjudged === undefined ? {} : { unjudged: ofOthers(unjudged) }),
    ...(unfinished === undefined ? {} : { unfinished: { ...unfinished, removals: ofOthers(unfinished.removals) } }),
    ...(messages === undefined ? {} : { messages: ofOthers(messages) }),
    erasures: (ledger.erasures ?? 0) + 1,
  };
}

function latchWithout(hold: LatchedHold, person: PersonIds): readonly LatchedHold[] {
  if (isHoldOf(hold, person)) return [];
  const changes = hold.changes
    .filter((change) => !isChangeOf(change, person))
    .map((change) => changeWithoutMentions(change, person));
  if (hold.changes.length > 0 && changes.length === 0) return [];
  const ofOthers = (keys: readonly string[]): readonly string[] => keys.filter((key) => !isKeyOf(key, person));
  const versions = hold.versions.map(({ hash, keys }) => ({ hash, keys: ofOthers(keys) }));
  return [{ ...hold, changes, versions, approved: ofOthers(hold.approved) }];
}

/** A hold over one person, such as `U13`, bears their sourcedId in its name. */
function isHoldOf({ id, subject = '' }: Pick<Hold, 'id' | 'subject'>, person: PersonIds): boolean {
  return isSubjectOf(subject, person) || person.sourcedIds.some((sourcedId) => id === `U13:${sourcedId}`);
}

type Proposal = NonNullable<Ledger['proposals']>[number];

function proposalWithout(proposal: Proposal, person: PersonIds): readonly Proposal[] {
  const { kind, recordId, from, sourcedId, decision } = proposal;
  const isOfPerson = person.ids.includes(recordId) || isSourcedId(from, person) || isSourcedId(sourcedId, person);
  if (kind.startsWith('user-') && isOfPerson) return [];
  const evidence = evidenceWithout(proposal.evidence, person);
  const isDecider = decision !== undefined && isIdOf(decision.by, person);
  return [{ ...proposal, evidence, ...(isDecider ? { decision: { ...decision, by: ERASED } } : {}) }];
}

/** The decision without the person's ids, with `erased` in their place. The same one where it has nothing of them. */
export function decisionWithoutPerson<T extends Decision>(decision: T, person: PersonIds): T {
  if (!isDecisionOf(decision, person)) return decision;
  const { by, subject, details } = decision;
  const clean = Object.entries(details ?? {}).map(([name, value]) => [name, valueWithoutWords(value, person)] as const);
  return {
    ...decision,
    by: textWithout(by, person),
    ...(subject === undefined ? {} : { subject: textWithout(subject, person) }),
    ...(details === undefined ? {} : { details: Object.fromEntries(clean) }),
  };
}

/** What a run's report says of changes, holds and whoever started it. */
interface Report {
  readonly holds: readonly Hold[];
  readonly failures: readonly { readonly code: string; readonly key?: string; readonly message: string }[];
  readonly by?: string;
}

/** The report of a run without the person's ids; its counts stay. */
export function reportWithoutPerson<T extends Report>(report: T, person: PersonIds): T {
  const holds = report.holds
    .filter((hold) => !isHoldOf(hold, person))
    .map((hold) => ({ ...hold, changes: hold.changes.filter((key) => !isKeyOf(key, person)) }));
  const failures = report.failures.map(({ key, message, ...failure }) => ({
    ...failure,
    ...(key === undefined || isKeyOf(key, person) ? {} : { key }),
    message: textWithout(message, person),
  }));
  return { ...report, holds, failures, ...(isIdOf(report.by, person) ? { by: ERASED } : {}) };
}

/** The collections of a roster that name people, or some of them. */
interface People {
  readonly users?: readonly User[];
  readonly enrollments?: readonly Enrollment[];
  readonly guardianLinks?: readonly GuardianLink[];
  readonly rejected?: readonly RejectedRow[];
}

/** A roster, or a part of one, without the person: their row, their places in classes, their guardian links. */
export function rosterWithoutPerson<T extends People>(roster: T, person: PersonIds): T {
  const { users, enrollments, guardianLinks, rejected } = roster;
  return {
    ...roster,
    ...(users === undefined ? {} : { users: users.filter(({ sourcedId }) => !isSourcedId(sourcedId, person)) }),
    ...(enrollments === undefined ? {} : { enrollments: enrollments.filter((place) => !isPlaceOf(place, person)) }),
    ...(guardianLinks === undefined ? {} : { guardianLinks: guardianLinks.filter((link) => !isLinkOf(link, person)) }),
    ...(rejected === undefined ? {} : { rejected: rejected.filter((row) => !isRowOf(row, person)) }),
  };
}

/** What changed in a roster, without the person. */
export function rosterChangesWithoutPerson(changes: RosterChanges, person: PersonIds): RosterChanges {
  return {
    ...changes,
    users: usersWithout(changes.users, person),
    enrollments: pairsWithout(changes.enrollments, (place) => isPlaceOf(place, person)),
    guardianLinks: {
      ...pairsWithout(changes.guardianLinks, (link) => isLinkOf(link, person)),
      replacedOf: changes.guardianLinks.replacedOf.filter((guardian) => !isSourcedId(guardian, person)),
    },
    rejected: changes.rejected.filter((row) => !isRowOf(row, person)),
  };
}

function usersWithout(users: RecordsDelta<User>, person: PersonIds): RecordsDelta<User> {
  return {
    changed: users.changed.filter(({ sourcedId }) => !isSourcedId(sourcedId, person)),
    deleted: users.deleted.filter((sourcedId) => !isSourcedId(sourcedId, person)),
  };
}

function pairsWithout<T extends Pair, Pair>(
  { replacedOf, changed, deleted }: PairsDelta<T, Pair>,
  isOfPerson: (pair: Pair) => boolean,
): PairsDelta<T, Pair> {
  const isOfOthers = (pair: Pair): boolean => !isOfPerson(pair);
  return { replacedOf, changed: changed.filter(isOfOthers), deleted: deleted.filter(isOfOthers) };
}

function isPlaceOf({ userSourcedId }: Pick<Enrollment, 'userSourcedId'>, person: PersonIds): boolean {
  return isSourcedId(userSourcedId, person);
}

function isLinkOf(
  { guardianSourcedId, studentSourcedId }: Pick<GuardianLink, 'guardianSourcedId' | 'studentSourcedId'>,
  person: PersonIds,
): boolean {
  return isSourcedId(guardianSourcedId, person) || isSourcedId(studentSourcedId, person);
}

function isRowOf({ collection, sourcedId }: RejectedRow, person: PersonIds): boolean {
  return collection === 'users' && isSourcedId(sourcedId, person);
}
