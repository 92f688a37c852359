/**
 * Why nothing happens to a class (rows K, D), in the order in which the engine decides.
 *
 * @module
 */

import { classSubject } from '../../model/index.js';
import type { Class, LocalClass, Reason } from '../../model/index.js';
import { isSame } from '../../internal/canonical.js';
import { normalName } from '../../internal/names.js';
import { classNameOf } from '../rules/classes.js';
import {
  additiveOnly,
  because,
  doubled,
  incompleteRead,
  kept,
  notImported,
  OUT_OF_SCOPE,
  SCHOOL_SKIPPED,
  stepNotCovered,
  unchanged,
  UNKNOWN,
  waiting,
  type Finding,
} from './finding.js';
import { linkBecause, openLinkOf } from './links.js';
import { standingOf } from './rows.js';
import type { View } from './view.js';

/** What is found out about a class, and whether its members follow the district today (M9). */
export interface ClassFinding extends Finding {
  readonly isFollowed: boolean;
}

const TRACKED = ['termSourcedIds', 'courseTitle', 'period', 'sectionNumber', 'grades', 'subject'] as const;

export function findClass(view: View, feed: Class | undefined, local: LocalClass | undefined): ClassFinding {
  const section = feed?.status === 'tobedeleted' ? undefined : feed;
  if (local === undefined) {
    if (section !== undefined) return newClass(view, section);
    return frozen(feed === undefined ? UNKNOWN : notImported(because('Z6', 'NEVER_IMPORTED')));
  }
  if (local.sourcedId === undefined) {
    return frozen(kept(because('K13', 'LOCAL_CLASS'), ...openLinkOf(view, 'class', local.id)));
  }
  const twice = doubled(view, classSubject(local.sourcedId));
  if (twice !== undefined) return frozen(kept(twice));
  return section === undefined
    ? frozen(absentClass(view, local, local.sourcedId, feed !== undefined))
    : presentClass(view, section, local);
}

function frozen(finding: Finding): ClassFinding {
  return { ...finding, isFollowed: false };
}

function followed(finding: Finding): ClassFinding {
  return { ...finding, isFollowed: true };
}

/** K1 to K3, K18, K20, D1, D2: a class that is not here. */
function newClass(view: View, section: Class): ClassFinding {
  const subject = classSubject(section.sourcedId);
  const why = whyNotCreated(view, section, subject);
  const finding = notImported(why, ...(isTakenByIncumbent(view, why) ? [because('D2', 'INCUMBENT_STAYS')] : []));
  return view.changesOf(subject).some(({ kind }) => kind === 'class-create') ? followed(finding) : frozen(finding);
}

function whyNotCreated(view: View, section: Class, subject: string): Reason {
  if (view.isSkipped(section.schoolSourcedId)) return SCHOOL_SKIPPED;
  if (!view.isInScope(section.schoolSourcedId)) return OUT_OF_SCOPE;
  if (view.isRestricted) return incompleteRead(view);
  if (!view.covers('classes')) return stepNotCovered(view);
  const link = linkBecause(view, 'class', section.sourcedId);
  if (link !== undefined) return link;
  const told = view.told(subject, 'SUPPRESSED', 'DUPLICATE_NAME', 'SCHOOL_UNKNOWN', 'EMPTY_CLASS', 'NO_TEACHER');
  if (told !== undefined) return told;
  // All that are left out are counted in one note, which names none of them.
  if (view.tells('TEACHER_NOT_IMPORTED') && !hasUserAsTeacher(view, section)) {
    return because('K20', 'TEACHER_NOT_IMPORTED', { class: section.sourcedId });
  }
  if (view.tells('NOT_INCLUDED')) return because('K18', 'NOT_INCLUDED', { class: section.sourcedId });
  return because('K1', 'NOT_PLANNED');
}

/** K20: whether a teacher of the section is a user here, or becomes one by this plan. */
function hasUserAsTeacher(view: View, { sourcedId }: Class): boolean {
  return view.rowsOfClass(sourcedId).some((row) => {
    if (row.role !== 'teacher' || standingOf(view, row) !== 'active') return false;
    const { local, subject } = view.person(row.userSourcedId);
    if (local !== undefined) return local.state === 'active' || local.by === 'sync';
    return view.changesOf(subject).some(({ kind }) => kind === 'user-create');
  });
}

/** D2: whether the name is taken by a class that is here already, rather than by another new one (D1). */
function isTakenByIncumbent(view: View, { code, evidence }: Reason): boolean {
  const holder = evidence?.['takenBy'];
  return code === 'DUPLICATE_NAME' && typeof holder === 'string' && view.class(holder).local !== undefined;
}

function presentClass(view: View, section: Class, local: LocalClass): ClassFinding {
  const subject = classSubject(section.sourcedId);
  if (view.isSkipped(section.schoolSourcedId) || view.isSkipped(local.schoolSourcedId))
    return frozen(kept(SCHOOL_SKIPPED));
  if (!view.isInScope(section.schoolSourcedId) && !view.isInScope(local.schoolSourcedId))
    return frozen(kept(OUT_OF_SCOPE));
  const moved = view.told(subject, 'MOVED_OUT_OF_SCOPE', 'MOVED_FROM_OUTSIDE_SCOPE');
  if (moved !== undefined) return frozen(kept(moved));
  if (local.state === 'purged') return frozen(kept(because('K14', 'PURGED_BY_USER')));
  const recycled = view.sides.plan.holds.find((hold) => hold.gate === 'K10' && hold.subject === subject);
  if (recycled !== undefined) return frozen(kept(because('K10', recycled.code, { hold: recycled.id })));
  const unsplit = view.told(subject, 'RECYCLED_ID_KEPT');
  if (unsplit !== undefined) return frozen(kept(unsplit));
  return local.state === 'archived'
    ? archivedClass(view, section, local, subject)
    : followed(activeClass(view, section, local, subject));
}

/** K8, K9: a class that is archived here and that the district has. */
function archivedClass(view: View, section: Class, local: LocalClass, subject: string): ClassFinding {
  if (view.changesOf(subject).some(({ kind }) => kind === 'class-unarchive')) {
    return followed(activeClass(view, section, local, subject));
  }
  const told = view.told(subject, 'LOCAL_ARCHIVE_WINS', 'STAYS_ARCHIVED', 'SUPPRESSED');
  if (told !== undefined) return frozen(kept(told));
  if (!view.covers('classes')) return frozen(kept(stepNotCovered(view)));
  if (view.isRestricted) return frozen(kept(incompleteRead(view)));
  return frozen(kept(because('K8', 'NOT_PLANNED')));
}

/** K4, K5, K11, K13, K18: both sides have it, and it is open. */
function activeClass(view: View, section: Class, local: LocalClass, subject: string): Finding {
  const reasons: Reason[] = [];
  if (!view.covers('classes')) reasons.push(stepNotCovered(view));
  const told = view.told(subject, 'SUPPRESSED', 'NAME_STICKY');
  if (told !== undefined) reasons.push(told);
  if (view.isRestricted && section.schoolSourcedId !== local.schoolSourcedId) reasons.push(incompleteRead(view));
  const isKept = reasons.length > 0;
  if (!isKept) reasons.push(because('K4', 'UNCHANGED'));
  const owned = ownedFields(section, local);
  if (owned.length > 0) reasons.push(because('K5', 'FIELDS_OWNED', { fields: owned }));
  if (view.wasTold(subject, 'NOT_INCLUDED_KEPT')) reasons.push(because('K18', 'NOT_INCLUDED_KEPT'));
  if (isTermOver(view, section)) reasons.push(because('K11', 'TERM_OVER'));
  if (local.origin === 'linked') reasons.push(because('K13', 'TIED_CLASS'));
  return isKept ? kept(...reasons) : unchanged(...reasons);
}

function ownedFields(section: Class, local: LocalClass): readonly string[] {
  const isOwned = (field: string): boolean => local.hostFields?.includes(field) === true;
  const fields: string[] = isOwned('name') && classNameOf(section) !== local.name ? ['name'] : [];
  for (const field of TRACKED) {
    if (isOwned(field) && section[field] !== undefined && !isSame(section[field], local[field])) fields.push(field);
  }
  return fields;
}

function isTermOver(view: View, section: Class): boolean {
  const ids = section.termSourcedIds ?? [];
  const terms = view.sides.roster.terms.filter((term) => ids.includes(term.sourcedId));
  return terms.length > 0 && terms.every(({ endDate }) => endDate !== undefined && endDate <= view.today);
}

/** K7, K13, K16, D3: a class that is here and that the district lacks, or marks as deleted. */
function absentClass(view: View, local: LocalClass, sourcedId: string, isTombstoned: boolean): Finding {
  const subject = classSubject(sourcedId);
  if (view.isSkipped(local.schoolSourcedId)) return kept(SCHOOL_SKIPPED);
  if (!view.isInScope(local.schoolSourcedId)) return kept(OUT_OF_SCOPE);
  if (local.state === 'purged') return unchanged(because('K14', 'PURGED_BY_USER'));
  if (local.state === 'archived') return unchanged(because('K7', 'ALREADY_ARCHIVED'));
  if (local.origin !== 'roster') return kept(because('K13', 'TIED_CLASS'));
  if (view.isRestricted) return kept(incompleteRead(view));
  const reasons = [whyNotArchived(view, subject)];
  const heir = heirOf(view, local);
  if (heir !== undefined) reasons.push(because('D3', 'NAME_PASSED_ON', { class: heir }));
  if (isTombstoned) reasons.push(because('Z6', 'DELETED_KEPT'));
  return kept(...reasons);
}

/** D3: the new class that gets the name of one that is gone, whatever the settings then let become of that one. */
function heirOf(view: View, { name, schoolSourcedId }: LocalClass): string | undefined {
  const passed = normalName(name);
  for (const change of view.sides.plan.changes) {
    if (change.kind !== 'class-create' || change.schoolSourcedId !== schoolSourcedId) continue;
    if (normalName(change.after?.name as string) === passed) return change.target.sourcedId;
  }
  return undefined;
}

function whyNotArchived(view: View, subject: string): Reason {
  const unproven = view.told(subject, 'CLASS_UNSHARED', 'UNREAD_ELSEWHERE', 'LOCAL_REVIVE_WINS');
  if (unproven !== undefined) return unproven;
  if (view.isKept('class-archive', subject)) return because('UNDO', 'SUPPRESSED', { change: 'class-archive' });
  const told = view.told(subject, 'ABSENT_KEPT', 'ABSENT_CLASS_ACTIVE');
  if (told !== undefined) return told;
  if (!view.covers('classes')) return stepNotCovered(view);
  return waiting(view, subject) ?? additiveOnly(view) ?? because('K7', 'NOT_PLANNED');
}
