/**
 * What an undo leaves of guardians' places in classes where contact with a student stays forbidden (rows P11 and P13): no
 * place that only another link gave outlives that link, and none comes back without one.
 *
 * @module
 */

import type { LocalClass, LocalEnrollment, LocalGuardianLink, LocalState, LocalUser } from '../model/index.js';
import type { Proposal } from './draft.js';
import { ofHostAlone } from './rules/additions.js';
import { guardianRemoval, isGuardianMember } from './rules/guardian-members.js';
import { isMember, type Tie, type UndoRecords } from './undo-records.js';

/** A tie as it is at the moment that is asked about; undefined where it is not there then. */
type At = <T extends Tie>(tie: T) => T | undefined;

const today: At = (tie) => tie;

export class ForbiddenPlaces {
  /** Whether the roster's links make members at all: the policy of the last plan tells. */
  private readonly isOn: boolean;
  private readonly afterUndo: At = (tie) => this.records.after(tie);

  constructor(
    { ledger }: LocalState,
    private readonly records: UndoRecords,
  ) {
    this.isOn = ledger.policy?.guardians.enroll === true;
  }

  /** Whether the place may not be there once the plan is applied. */
  isForbidden(place: LocalEnrollment): boolean {
    if (!this.isOn || !isGuardianMember(place)) return false;
    return this.isContactForbidden(place) && !this.isGiven(place, this.afterUndo);
  }

  /** The removals of places from which the plan takes the last link that gave them. */
  removals(removedAt: string): readonly Proposal[] {
    if (!this.isOn) return [];
    const places = new Set(this.records.writtenTies().flatMap((tie) => this.placesBy(tie)));
    return [...places].filter((place) => this.isEnded(place)).flatMap((place) => this.removal(place, removedAt));
  }

  /** The places that a link, or a student's own place, may give. */
  private placesBy(tie: Tie): readonly LocalEnrollment[] {
    if (!isMember(tie)) return this.records.placesOf(tie.guardianId);
    const guardians = this.linksTo(tie.userId).map(({ guardianId }) => guardianId);
    const places = guardians.flatMap((guardian) => this.records.placesOf(guardian));
    return places.filter(({ classId }) => classId === tie.classId);
  }

  private isEnded(place: LocalEnrollment): boolean {
    if (place.state !== 'active' || place.origin !== 'roster') return false;
    if (this.records.isWritten('enrollment', place.id)) return false;
    return this.isForbidden(place) && this.isGiven(place, today);
  }

  /** P11: whether contact is forbidden with somebody who is, or was, a student of the class. */
  private isContactForbidden({ classId, userId }: LocalEnrollment): boolean {
    return this.linksFrom(userId).some(
      (link) =>
        this.records.after(link)?.blocked === true &&
        this.records.membersOf(classId).some((each) => each.userId === link.studentId && each.role === 'student'),
    );
  }

  /** P13: whether a link to a student of the class gives the place. */
  private isGiven({ classId, userId }: LocalEnrollment, at: At): boolean {
    const members = this.records.membersOf(classId).map(at);
    return this.linksFrom(userId)
      .map(at)
      .some(
        (link) =>
          link?.state === 'active' &&
          link.blocked !== true &&
          members.some((each) => each?.userId === link.studentId && each.role === 'student' && each.state === 'active'),
      );
  }

  private linksFrom(guardian: string): readonly LocalGuardianLink[] {
    return this.records.linksOf(guardian).filter(({ guardianId }) => guardianId === guardian);
  }

  private linksTo(student: string): readonly LocalGuardianLink[] {
    return this.records.linksOf(student).filter(({ studentId }) => studentId === student);
  }

  private removal(place: LocalEnrollment, removedAt: string): readonly Proposal[] {
    const section = this.records.find('class', place.classId) as LocalClass | undefined;
    const guardian = this.records.find('user', place.userId) as LocalUser | undefined;
    if (section?.sourcedId === undefined || guardian?.sourcedId === undefined) return [];
    const removed = { state: 'removed', by: 'sync', removedAt } as const;
    return [guardianRemoval(ofHostAlone(section), guardian.sourcedId, place, true, { removed })];
  }
}
