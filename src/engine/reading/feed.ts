/**
 * The roster as the rules see it: in order, each record once, and with what its absence proves.
 *
 * @module
 */

import { canonicalJson } from '../../internal/canonical.js';
import { compareIds, idOrder, inOrder } from '../../internal/ordered.js';
import type {
  Attestation,
  Collection,
  Enrollment,
  GuardianLink,
  Note,
  Roster,
  RosterHead,
  RosterRecord,
  School,
  Term,
} from '../../model/index.js';
import { Unreadable } from './unreadable.js';

/** The collections without which no roster can be believed. */
const REQUIRED: readonly Collection[] = ['schools', 'classes', 'users', 'enrollments'];

/** What a roster says of itself, and its small collections. The large ones come by in passes. */
export interface Feed {
  /** In order, each sourcedId once (D6). Tombstoned schools are among the others. */
  readonly schools: readonly School[];
  readonly terms: readonly Term[];
  /** Collections that the provider refused or garbled although nothing works without them (G1). */
  readonly failed: readonly Collection[];
  /** Required collections that are not attested complete (G2). */
  readonly incomplete: readonly Collection[];
  readonly skippedSchools: ReadonlySet<string>;
  /** Whether the absence of a class or a person proves that it is gone, and did not just move elsewhere. */
  readonly provesAbsence: boolean;
  /** Whether the absence of a guardian link proves that it is gone. */
  readonly provesGuardianAbsence: boolean;
  /** Rows that came and could not be used: what may be among them is not absent. */
  readonly unreadable: Unreadable;
}

/** @param notes where D6 tells of schools that came twice */
export function readFeed(
  head: RosterHead,
  { schools, terms }: { readonly schools: readonly School[]; readonly terms: readonly Term[] },
  notes: Note[],
): Feed {
  const { attestation } = head;
  const failed = REQUIRED.filter((name) => ['failed', 'not-shared'].includes(attestation.collections[name].state));
  const incomplete = REQUIRED.filter((name) => attestation.collections[name].state !== 'complete');
  const guardians = attestation.collections.guardianLinks.state;
  const hasAllSchools = isEverySchoolRead(attestation);
  const unreadable = new Unreadable(head.rejected ?? [], schools);
  return {
    schools: once('school', inOrder(schools, bySourcedId), notes),
    terms: inOrder(terms, bySourcedId),
    failed,
    incomplete,
    skippedSchools: new Set(attestation.skippedSchools),
    provesAbsence: incomplete.length === 0 && hasAllSchools,
    provesGuardianAbsence:
      incomplete.length === 0 && hasAllSchools && guardians === 'complete' && !unreadable.mayBeGuardianLink(),
    unreadable,
  };
}

/** The large collections in order, with each sourcedId once (D6); one pair may stand there more than once. */
export function inIdOrder(
  roster: Pick<Roster, 'classes' | 'users' | 'enrollments' | 'guardianLinks'>,
  notes: Note[],
): Pick<Roster, 'classes' | 'users' | 'enrollments' | 'guardianLinks'> {
  return {
    classes: once('class', inOrder(roster.classes, bySourcedId), notes),
    users: once('user', inOrder(roster.users, bySourcedId), notes),
    enrollments: inOrder(roster.enrollments, byClassAndUser),
    guardianLinks: inOrder(roster.guardianLinks, byGuardianAndStudent),
  };
}

function isEverySchoolRead(attestation: Attestation): boolean {
  return attestation.allSchools && (attestation.skippedSchools ?? []).length === 0;
}

const bySourcedId = idOrder((record: RosterRecord) => record.sourcedId);

const byClassAndUser = idOrder(
  (enrollment: Enrollment) => enrollment.classSourcedId,
  (left, right) => compareIds(left.userSourcedId, right.userSourcedId),
);

const byGuardianAndStudent = idOrder(
  (link: GuardianLink) => link.guardianSourcedId,
  (left, right) => compareIds(left.studentSourcedId, right.studentSourcedId),
);

/** D6: records in order, of which only one of each sourcedId is left. Tells of those that differed. */
function once<T extends RosterRecord>(
  noun: 'school' | 'class' | 'user',
  records: readonly T[],
  notes: Note[],
): readonly T[] {
  let at = 1;
  while (at < records.length && (records[at] as T).sourcedId !== (records[at - 1] as T).sourcedId) at += 1;
  if (at >= records.length) return records;
  const kept: T[] = [];
  let from = 0;
  while (from < records.length) {
    const { sourcedId } = records[from] as T;
    let to = from + 1;
    while (to < records.length && (records[to] as T).sourcedId === sourcedId) to += 1;
    kept.push(theOne(noun, records.slice(from, to), notes));
    from = to;
  }
  return kept;
}

/** D6: of records with one sourcedId the newest counts, then the active one, then the smallest as text. */
export function theOne<T extends RosterRecord>(
  noun: 'school' | 'class' | 'user',
  records: readonly T[],
  notes: Note[],
): T {
  let chosen = records[0] as T;
  let isDiffering = false;
  for (let at = 1; at < records.length; at += 1) {
    const record = records[at] as T;
    if (canonicalJson(chosen) === canonicalJson(record)) continue;
    isDiffering = true;
    if (isPreferred(record, chosen)) chosen = record;
  }
  if (isDiffering) {
    const { sourcedId } = chosen;
    notes.push({
      rule: 'D6',
      code: 'DUP_ID',
      severity: 'warning',
      noun,
      subject: `${noun}:${sourcedId}`,
      evidence: { sourcedId },
    });
  }
  return chosen;
}

function isPreferred<T extends RosterRecord>(candidate: T, present: T): boolean {
  const byAge = compareIds(candidate.dateLastModified ?? '', present.dateLastModified ?? '');
  if (byAge !== 0) return byAge > 0;
  const isGone = candidate.status === 'tobedeleted';
  if (isGone !== (present.status === 'tobedeleted')) return !isGone;
  return canonicalJson(candidate) < canonicalJson(present);
}
