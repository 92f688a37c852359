/**
 * Why nothing happens to a guardian of a student (rows P), in the order in which the engine decides.
 *
 * @module
 */

import type { GuardianLink, LocalGuardianLink, Reason } from '../../model/index.js';
import { isGuardianSourceSwitched } from '../rules/guardian-source.js';
import { isChangedLink, LINK_FIELDS } from '../rules/wanted-links.js';
import {
  additiveOnly,
  because,
  doubled,
  incompleteRead,
  kept,
  notImported,
  stepNotCovered,
  teachersAwaited,
  unchanged,
  UNKNOWN,
  waiting,
  type Finding,
} from './finding.js';
import { findPerson, frozenBecause, hasAccount, isPersonInScope, whyNotGone } from './users.js';
import type { Person, View } from './view.js';

/** A guardian of a student, with both people, on both sides. */
export interface Guardianship {
  readonly subject: string;
  readonly guardian: Person;
  readonly student: Person;
  readonly link: GuardianLink | undefined;
  readonly local: LocalGuardianLink | undefined;
}

export function findGuardian(view: View, guardianship: Guardianship): Finding {
  const { link, local } = guardianship;
  if (link === undefined && local === undefined) return UNKNOWN;
  if (local !== undefined && (local.guardianSourcedId === undefined || local.studentSourcedId === undefined)) {
    return kept(because('P9', 'LOCAL_LINK'));
  }
  if (!view.covers('guardians')) {
    return local === undefined ? notImported(stepNotCovered(view)) : kept(stepNotCovered(view));
  }
  const twice = doubled(view, guardianship.subject);
  if (twice !== undefined) return kept(twice);
  if (link === undefined) return lostLink(view, guardianship, local as LocalGuardianLink);
  return local === undefined
    ? notImported(...whyNotLinked(view, guardianship, link))
    : sharedLink(view, guardianship, link, local);
}

/** P1, P4, P7, P8, P12: the district names a guardian who is not linked here. */
function whyNotLinked(view: View, guardianship: Guardianship, link: GuardianLink): readonly Reason[] {
  const { subject, guardian, student } = guardianship;
  if (view.isRestricted) return [incompleteRead(view)];
  if (link.status === 'tobedeleted') return [because('Z6', 'NEVER_IMPORTED')];
  if (isTypeExcluded(view, link)) return [typeExcluded(link)];
  const told = view.told(subject, 'AGENT_NOT_SHARED', 'SUPPRESSED');
  if (told !== undefined) return [told];
  const frozen = frozenBecause(view, guardian.sourcedId);
  if (frozen !== undefined) return [frozen];
  if (guardian.feed?.status === 'tobedeleted') return [because('Z6', 'PERSON_DELETED')];
  if (!hasStudent(view, student)) return [because('P8', 'STUDENT_NOT_HERE')];
  const awaited = teachersAwaited(view);
  if (awaited !== undefined) return [awaited];
  if (!hasAccount(view, guardian)) {
    const { reasons } = findPerson(view, guardian);
    // Who has a link that is wanted and still no account lacks one by a rule; else the type was left out.
    if (view.sides.policy !== undefined || reasons.some(({ code }) => code !== 'NO_GUARDIAN_LINK')) return reasons;
  }
  return [view.sides.policy === undefined ? typeExcluded(link) : because('P1', 'NOT_PLANNED')];
}

/** P1, P4, P8, P9, P12: both sides have the link. */
function sharedLink(view: View, guardianship: Guardianship, link: GuardianLink, local: LocalGuardianLink): Finding {
  const { subject, student } = guardianship;
  if (link.status === 'tobedeleted') {
    const { reasons, ...finding } = lostLink(view, guardianship, local);
    return { ...finding, reasons: [...reasons, because('Z6', 'TOMBSTONE')] };
  }
  if (isTypeExcluded(view, link)) {
    const { reasons, ...finding } = lostLink(view, guardianship, local);
    return { ...finding, reasons: [...reasons, typeExcluded(link)] };
  }
  if (local.origin !== 'roster') return kept(because('P9', 'LOCAL_LINK'));
  if (view.isRestricted) return kept(incompleteRead(view));
  const told = view.told(subject, 'AGENT_NOT_SHARED', 'SUPPRESSED');
  if (told !== undefined) return kept(told);
  if (student.feed === undefined || !isPersonInScope(view, student.feed, student.local)) {
    return kept(because('P8', 'STUDENT_NOT_HERE'));
  }
  const awaited = teachersAwaited(view);
  if (awaited !== undefined && local.by !== 'user' && (local.state === 'removed' || isChangedLink(link, local))) {
    return kept(awaited);
  }
  if (local.state === 'active') {
    const blocked = local.blocked === true ? [because('P11', 'CONTACT_FORBIDDEN')] : [];
    const owned = LINK_FIELDS.filter(
      (field) =>
        local.hostFields?.includes(field) === true && (link[field] ?? '') !== '' && link[field] !== local[field],
    );
    if (owned.length > 0) return kept(because('P9', 'FIELDS_OWNED', { fields: owned }), ...blocked);
    return unchanged(because('P1', 'UNCHANGED'), ...blocked);
  }
  return kept(because('P9', local.by === 'user' ? 'LOCAL_REMOVAL_WINS' : 'NOT_PLANNED'));
}

/** P3, P6, P8, P9: a link here that the district no longer has. */
function lostLink(view: View, { subject, guardian, student }: Guardianship, local: LocalGuardianLink): Finding {
  if (local.state === 'removed') return unchanged(because('P3', 'ALREADY_REMOVED'));
  if (local.origin !== 'roster') return kept(because('P9', 'LOCAL_LINK'));
  if (view.isRestricted) return kept(incompleteRead(view));
  const unread = whyNotRead(view);
  if (unread !== undefined) return kept(unread);
  if (view.isFullData === false) return kept(because('P3', 'LINK_KEPT'));
  const { roster, local: host } = view.sides;
  if (isGuardianSourceSwitched(roster.guardianSource ?? roster.source, host.ledger)) {
    return kept(because('P5', 'SOURCE_SWITCHED'));
  }
  const frozen = frozenBecause(view, student.sourcedId) ?? frozenBecause(view, guardian.sourcedId);
  if (frozen !== undefined) return kept(frozen);
  const isUnshared =
    student.feed === undefined && student.sourcedId !== undefined && whyNotGone(view, student.sourcedId) !== undefined;
  if (isUnshared || !isPersonInScope(view, student.feed, student.local)) return kept(because('P8', 'STUDENT_NOT_HERE'));
  const told =
    view.told(subject, 'SUPPRESSED') ?? waiting(view, subject) ?? teachersAwaited(view) ?? additiveOnly(view);
  if (told !== undefined) return kept(told);
  return kept(because('P3', view.isFullData === true ? 'NOT_PLANNED' : 'LINK_KEPT'));
}

/** P6: why the absence of a link proves nothing. */
function whyNotRead(view: View): Reason | undefined {
  const { state, ended } = view.sides.roster.attestation.collections.guardianLinks;
  if (state === 'not-shared') return because('P6', 'NOT_SHARED', { collection: 'guardianLinks' });
  if (state !== 'complete') return because('P6', 'GUARDIANS_UNREAD', ended === undefined ? {} : { ended });
  if (view.unreadable.mayBeGuardianLink()) return because('G4', 'ROWS_REJECTED');
  return view.provesAbsence ? undefined : because('U8', 'UNREAD_ELSEWHERE');
}

function hasStudent(view: View, student: Person): boolean {
  const { feed, local, sourcedId } = student;
  if (feed === undefined || feed.status === 'tobedeleted' || frozenBecause(view, sourcedId) !== undefined) return false;
  return isPersonInScope(view, feed, local) && hasAccount(view, student);
}

function isTypeExcluded(view: View, link: GuardianLink): boolean {
  const types = view.sides.policy?.guardians.contactTypes;
  return types !== undefined && !types.includes(link.contactType ?? '');
}

function typeExcluded({ contactType }: GuardianLink): Reason {
  return because('P4', 'CONTACT_TYPE_EXCLUDED', contactType === undefined ? {} : { contactType });
}
