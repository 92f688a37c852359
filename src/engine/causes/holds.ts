/**
 * What follows from the causes: holds on what a school or a cohort that is gone would take away, a note for each, and the
 * cause beside every destructive change.
 *
 * @module
 */

import { classSubject, schoolSubject, userSubject } from '../../model/index.js';
import type { Change, Ledger, Note } from '../../model/index.js';
import { evidenceOfCohort, type AbsenceVerdict, type Cause } from './judge.js';
import type { HoldRequest } from '../draft.js';

/**
 * The holds to ask for, each with the changes that it names; none that names nothing. A hold on a person holds what
 * their absence takes away elsewhere, a hold on a class its members, and a school that is gone as a whole all that is
 * taken away there.
 */
export function causeHolds(verdict: AbsenceVerdict, changes: readonly Change[]): readonly HoldRequest[] {
  if (verdict.schools.length === 0 && verdict.cohorts.length === 0) return [];
  const holdOfSchool = new Map<string, string>();
  for (const { id, school, isWhole } of verdict.schools) if (isWhole) holdOfSchool.set(school, id);
  const keys = new Map<string, Set<string>>();
  for (const change of changes) {
    if (!change.destructive) continue;
    const holds = subjectsOf(change).map((subject) => verdict.causes.get(subject)?.hold);
    for (const hold of [...holds, holdOfSchool.get(change.schoolSourcedId ?? '')]) {
      if (hold !== undefined) keys.set(hold, (keys.get(hold) ?? new Set()).add(change.key));
    }
  }
  const requests: HoldRequest[] = [];
  for (const { id, school } of verdict.schools) {
    const named = keys.get(id);
    if (named === undefined) continue;
    const about = { code: 'SCHOOL_GONE', subject: schoolSubject(school), count: named.size } as const;
    requests.push({ id, gate: 'cause', ...about, approvable: true, changes: named });
  }
  for (const { id, kind, vanished, total } of verdict.cohorts) {
    const named = keys.get(id);
    if (named === undefined) continue;
    const about = { code: 'COHORT_GONE', kind, count: vanished, baseline: total } as const;
    requests.push({ id, gate: 'cause', ...about, approvable: true, changes: named });
  }
  return requests;
}

/** What a person should know: a school that is gone as a whole in any case, all else where something waits for them. */
export function causeNotes(verdict: AbsenceVerdict, holds: readonly HoldRequest[]): readonly Note[] {
  const ids = new Set(holds.map(({ id }) => id));
  const notes: Note[] = [];
  for (const { id, school, isWhole, vanished } of verdict.schools) {
    if (!isWhole && !ids.has(id)) continue;
    const subject = schoolSubject(school);
    const evidence = { school, ...vanished };
    notes.push({ rule: 'Z5', code: 'SCHOOL_GONE', severity: 'warning', noun: 'school', subject, evidence });
  }
  for (const cohort of verdict.cohorts) {
    if (!ids.has(cohort.id)) continue;
    const evidence = { hold: cohort.id, ...evidenceOfCohort(cohort) };
    notes.push({ rule: 'Z5', code: 'COHORT_GONE', severity: 'warning', evidence });
  }
  return notes;
}

/** The changes, each destructive one with the cause of its record's absence in its evidence. */
export function withCauses(verdict: AbsenceVerdict, changes: readonly Change[]): readonly Change[] {
  if (verdict.causes.size === 0) return changes;
  return changes.map((change) => {
    const cause = change.destructive ? causeOf(change, verdict) : undefined;
    if (cause === undefined) return change;
    const { reason } = change;
    // Most removals have the plain cause that their rule told already.
    if (reason.evidence?.['cause'] === cause.code && Object.keys(cause.evidence).length === 0) return change;
    return { ...change, reason: { ...reason, evidence: { ...reason.evidence, ...cause.evidence, cause: cause.code } } };
  });
}

/** What holds on causes, or on a feed that was empty or odd, of earlier plans keep from being applied. */
export class CauseLatches {
  private readonly waiting = new Set<string>();
  private readonly approved = new Set<string>();

  constructor({ holds }: Pick<Ledger, 'holds'>) {
    for (const { id, gate, kind, changes, approved } of holds) {
      // Without the names that a first plan gave, one that goes on after a crash would end elsewhere.
      const isOdd = gate === 'G4' && kind !== 'guardianLinks';
      if (gate !== 'cause' && gate !== 'G3' && !isOdd) continue;
      for (const key of approved) this.approved.add(`${id} ${key}`);
      for (const { key } of changes) if (!approved.includes(key)) this.waiting.add(key);
    }
  }

  /** Whether the change waits for a person because of the evidence. @param holds what this plan asks for */
  isWaiting(key: string, holds: readonly string[]): boolean {
    return this.waiting.has(key) || holds.some((hold) => !this.approved.has(`${hold} ${key}`));
  }
}

/** The record's own, else that of a hold, else its class's. One that only came to its end date has none. */
function causeOf(change: Change, { causes }: AbsenceVerdict): Cause | undefined {
  const [own, ...others] = subjectsOf(change).map((subject) => causes.get(subject));
  const isOfClass = change.kind === 'enrollment-remove' && change.target.classSourcedId !== undefined;
  return own ?? others.find((cause) => cause?.hold !== undefined) ?? (isOfClass ? others[0] : undefined);
}

/** The record first, then the class and the persons that it belongs to. */
function subjectsOf(change: Change): readonly string[] {
  const subjects = [change.subject];
  if (change.kind === 'enrollment-remove') {
    const { classSourcedId, userSourcedId } = change.target;
    subjects.push(classSubject(classSourcedId));
    if (userSourcedId !== undefined) subjects.push(userSubject(userSourcedId));
  }
  if (change.kind === 'guardian-unlink') {
    const { studentSourcedId, guardianSourcedId } = change.target;
    subjects.push(userSubject(studentSourcedId), userSubject(guardianSourcedId));
  }
  return subjects;
}
