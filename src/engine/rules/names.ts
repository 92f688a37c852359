/**
 * Duplicate names (rows D): which of several new sections of one name in one school are imported, and as what.
 *
 * @module
 */

import { compareIds } from '../../internal/ordered.js';
import { normalName } from '../../internal/names.js';
import { classSubject } from '../../model/index.js';
import type { Class } from '../../model/index.js';
import type { Context } from '../context.js';

/** A section of the feed that the host does not have, and that nothing else speaks against. */
export interface Candidate {
  readonly section: Class;
  /** The name as it would be imported. */
  readonly name: string;
  /** An undone creation: it is not created again, and keeps its name taken. */
  readonly isSuppressed: boolean;
  /** The family name of the class's first teacher, to tell sections apart. */
  readonly teacherName: string | undefined;
  readonly teachers: readonly string[];
}

/** A section that is imported, and the name that it gets. */
export interface Admission {
  readonly candidate: Candidate;
  readonly name: string;
}

/**
 * Decides about all candidates at once, in the order of their sourcedIds; the order of the feed is never read.
 *
 * @param waiting the sourcedIds of sections that may be classes which people made: left out, and their names taken (K19)
 */
export function admit(
  candidates: readonly Candidate[],
  names: TakenNames,
  context: Context,
  waiting: ReadonlySet<string> = NOBODY,
): readonly Admission[] {
  const { duplicateNames } = context.policy.classes;
  const admissions: Admission[] = [];
  const losers: Candidate[] = [];
  for (const candidate of candidates) {
    const { schoolSourcedId } = candidate.section;
    const holder = names.holder(schoolSourcedId, candidate.name);
    if (waiting.has(candidate.section.sourcedId)) {
      names.take(schoolSourcedId, candidate.name, candidate.section.sourcedId, false);
    } else if (candidate.isSuppressed) {
      noteSuppressed(candidate, context);
      names.take(schoolSourcedId, candidate.name, candidate.section.sourcedId, false);
    } else if (holder === undefined) {
      names.take(schoolSourcedId, candidate.name, candidate.section.sourcedId, true);
      admissions.push({ candidate, name: candidate.name });
    } else if (duplicateNames === 'all') {
      const sharer = names.sharer(schoolSourcedId, candidate.name, candidate.section.sourcedId);
      if (sharer !== undefined) noteShared(candidate.section, sharer, context);
      names.take(schoolSourcedId, candidate.name, candidate.section.sourcedId, true);
      admissions.push({ candidate, name: candidate.name });
    } else if (duplicateNames === 'disambiguate') {
      losers.push(candidate);
    } else {
      noteDuplicate(candidate, holder, context);
    }
  }
  for (const candidate of losers) {
    const { section } = candidate;
    const name =
      distinctNames(candidate).find((each) => names.holder(section.schoolSourcedId, each) === undefined) ??
      `${candidate.name} (${section.sourcedId})`;
    names.take(section.schoolSourcedId, name, section.sourcedId, true);
    admissions.push({ candidate, name });
  }
  return admissions.sort((left, right) =>
    compareIds(left.candidate.section.sourcedId, right.candidate.section.sourcedId),
  );
}

const NOBODY: ReadonlySet<string> = new Set();

/** D4: two active classes may share a name after a rename, a move or a return; a person should know. */
export function noteShared(section: Class, other: string, context: Context): void {
  context.draft.note({
    rule: 'D4',
    code: 'NAME_SHARED',
    severity: 'info',
    noun: 'class',
    subject: classSubject(section.sourcedId),
    schoolSourcedId: section.schoolSourcedId,
    evidence: { other },
  });
}

/** D1 and D2: the first one wins, and the others are reported with all that a person needs to tell them apart. */
function noteDuplicate(candidate: Candidate, holder: string, context: Context): void {
  context.draft.note({
    rule: 'D1',
    code: 'DUPLICATE_NAME',
    severity: 'warning',
    noun: 'class',
    subject: classSubject(candidate.section.sourcedId),
    schoolSourcedId: candidate.section.schoolSourcedId,
    evidence: {
      name: candidate.name,
      sourcedId: candidate.section.sourcedId,
      takenBy: holder,
      teachers: candidate.teachers,
    },
  });
}

/** An undone creation is not made again, and its name is not given to another section either. */
function noteSuppressed(candidate: Candidate, context: Context): void {
  context.draft.note({
    rule: 'UNDO',
    code: 'SUPPRESSED',
    severity: 'info',
    noun: 'class',
    subject: classSubject(candidate.section.sourcedId),
    evidence: { change: 'class-create' },
  });
}

/** D5: the name with the teacher's family name, then also the period, the grade and the section number. */
function distinctNames(candidate: Candidate): readonly string[] {
  const { section } = candidate;
  const parts = [candidate.teacherName, section.period, section.grades?.[0], section.sectionNumber].filter(
    (part): part is string => part !== undefined && part.trim() !== '',
  );
  return parts.map((_, index) => `${candidate.name} (${parts.slice(0, index + 1).join(', ')})`);
}

/** Who holds a name in a school. */
interface Holders {
  /** Who took it first: new sections wait for that one. */
  readonly first: string;
  /** Open classes that bear it, two at most: of these a third always finds one to share it with. */
  readonly open: string[];
}

/** The names that are taken in the schools where a name may be asked for. */
export class TakenNames {
  private readonly schools = new Map<string, Map<string, Holders>>();

  holder(schoolSourcedId: string, name: string): string | undefined {
    return this.holdersOf(schoolSourcedId, name)?.first;
  }

  /** Which open class besides this one bears the name. */
  sharer(schoolSourcedId: string, name: string, sourcedId: string): string | undefined {
    return this.holdersOf(schoolSourcedId, name)?.open.find((other) => other !== sourcedId);
  }

  /** @param isOpen whether the class is open once this plan is applied */
  take(schoolSourcedId: string, name: string, holder: string, isOpen: boolean): void {
    const known = this.holdersOf(schoolSourcedId, name);
    const open = known?.open ?? [];
    if (isOpen && open.length < 2 && !open.includes(holder)) open.push(holder);
    if (known === undefined) this.namesOf(schoolSourcedId).set(normalName(name), { first: holder, open });
  }

  private holdersOf(schoolSourcedId: string, name: string): Holders | undefined {
    return this.schools.get(schoolSourcedId)?.get(normalName(name));
  }

  private namesOf(schoolSourcedId: string): Map<string, Holders> {
    let names = this.schools.get(schoolSourcedId);
    if (names === undefined) {
      names = new Map();
      this.schools.set(schoolSourcedId, names);
    }
    return names;
  }
}
