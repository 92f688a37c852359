/**
 * The roster as the rules see it: in order, each record once, and with what its absence proves.
 *
 * @module
 */

import { canonicalJson } from '../internal/canonical.js';
import { compareIds, inOrder } from '../internal/ordered.js';
import type {
  Attestation,
  Class,
  Collection,
  Enrollment,
  GuardianLink,
  Note,
  Roster,
  RosterRecord,
  School,
  Term,
  User,
} from '../model/index.js';
import { Unreadable } from './unreadable.js';

/** The collections without which no roster can be believed. */
const REQUIRED: readonly Collection[] = ['schools', 'classes', 'users', 'enrollments'];

/** A roster in order, with each sourcedId once (D6). Tombstoned records are among the others. */
export interface Feed {
  readonly schools: readonly School[];
  readonly terms: readonly Term[];
  readonly classes: readonly Class[];
  readonly users: readonly User[];
  /** By (class, user). One pair may stand there more than once. */
  readonly enrollments: readonly Enrollment[];
  /** By (guardian, student). */
  readonly guardianLinks: readonly GuardianLink[];
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

export function readFeed(roster: Roster, notes: Note[]): Feed {
  const { attestation } = roster;
  const failed = REQUIRED.filter((name) => ['failed', 'not-shared'].includes(attestation.collections[name].state));
  const incomplete = REQUIRED.filter((name) => attestation.collections[name].state !== 'complete');
  const skippedSchools = new Set(attestation.skippedSchools);
  const guardians = attestation.collections.guardianLinks.state;
  const hasAllSchools = isEverySchoolRead(attestation);
  const unreadable = new Unreadable(roster.rejected ?? [], roster.schools);
  return {
    schools: once('school', inOrder(roster.schools, bySourcedId), notes),
    terms: inOrder(roster.terms, bySourcedId),
    classes: once('class', inOrder(roster.classes, bySourcedId), notes),
    users: once('user', inOrder(roster.users, bySourcedId), notes),
    enrollments: inOrder(roster.enrollments, byClassAndUser),
    guardianLinks: inOrder(roster.guardianLinks, byGuardianAndStudent),
    failed,
    incomplete,
    skippedSchools,
    provesAbsence: incomplete.length === 0 && hasAllSchools,
    provesGuardianAbsence:
      incomplete.length === 0 && hasAllSchools && guardians === 'complete' && !unreadable.mayBeGuardianLink(),
    unreadable,
  };
}

function isEverySchoolRead(attestation: Attestation): boolean {
  return attestation.allSchools && (attestation.skippedSchools ?? []).length === 0;
}

function bySourcedId(left: RosterRecord, right: RosterRecord): number {
  return compareIds(left.sourcedId, right.sourcedId);
}

function byClassAndUser(left: Enrollment, right: Enrollment): number {
  return compareIds(left.classSourcedId, right.classSourcedId) || compareIds(left.userSourcedId, right.userSourcedId);
}

function byGuardianAndStudent(left: GuardianLink, right: GuardianLink): number {
  return (
    compareIds(left.guardianSourcedId, right.guardianSourcedId) ||
    compareIds(left.studentSourcedId, right.studentSourcedId)
  );
}

/** D6: of two records with one sourcedId the newest counts, then the active one, then the smallest as text. */
function once<T extends RosterRecord>(
  noun: 'school' | 'class' | 'user',
  records: readonly T[],
  notes: Note[],
): readonly T[] {
  let repeated = false;
  for (let index = 1; index < records.length && !repeated; index += 1) {
    repeated = (records[index] as T).sourcedId === (records[index - 1] as T).sourcedId;
  }
  if (!repeated) return records;
  const kept: T[] = [];
  for (const record of records) {
    const previous = kept.at(-1);
    if (previous?.sourcedId !== record.sourcedId) {
      kept.push(record);
      continue;
    }
    if (canonicalJson(previous) !== canonicalJson(record)) {
      notes.push({
        rule: 'D6',
        code: 'DUP_ID',
        severity: 'warning',
        noun,
        subject: `${noun}:${record.sourcedId}`,
        evidence: { sourcedId: record.sourcedId },
      });
      if (isPreferred(record, previous)) kept[kept.length - 1] = record;
    }
  }
  return kept;
}

function isPreferred<T extends RosterRecord>(candidate: T, present: T): boolean {
  const byAge = compareIds(candidate.dateLastModified ?? '', present.dateLastModified ?? '');
  if (byAge !== 0) return byAge > 0;
  const isGone = candidate.status === 'tobedeleted';
  if (isGone !== (present.status === 'tobedeleted')) return !isGone;
  return canonicalJson(candidate) < canonicalJson(present);
}
