/**
 * Which new sections become classes (row K18): the criteria of `classes.include`.
 *
 * @module
 */

import { gradeKey } from '../../model/grades.js';
import { normalName } from '../../internal/names.js';
import { classSubject } from '../../model/index.js';
import type { Class } from '../../model/index.js';
import type { ClassSelection } from '../../model/policy.js';
import { classNameOf } from './classes.js';
import type { Context } from '../context.js';
import type { Feed } from '../reading/feed.js';
import { levelsOfGrades, levelsOfSchool } from './grades.js';

/** One criterion: whether a section meets it; undefined where the section does not tell. */
interface Criterion {
  readonly name: keyof ClassSelection;
  readonly isMet: (section: Class) => boolean | undefined;
}

/** The criteria of a policy, and what they left out so far. */
export class Inclusion {
  private sections = 0;
  private unknown = 0;
  private readonly failures = new Map<keyof ClassSelection, number>();

  private constructor(
    private readonly criteria: readonly Criterion[],
    private readonly context: Context,
  ) {}

  /** Undefined where the policy includes all: then no section is looked at. */
  static of(context: Context): Inclusion | undefined {
    const { include } = context.policy.classes;
    if (include === undefined) return undefined;
    const criteria = criteriaOf(include, context.feed);
    return criteria.length === 0 ? undefined : new Inclusion(criteria, context);
  }

  /** Whether a section that the host does not have is left out; it is counted then. */
  leavesOut(section: Class): boolean {
    let isUnknown = false;
    let isLeftOut = false;
    for (const { name, isMet } of this.criteria) {
      const answer = isMet(section);
      if (answer === true) continue;
      isLeftOut = true;
      isUnknown ||= answer === undefined;
      this.failures.set(name, (this.failures.get(name) ?? 0) + 1);
    }
    if (isLeftOut) this.sections += 1;
    if (isUnknown) this.unknown += 1;
    return isLeftOut;
  }

  /** Whether a section is left out, without a word about it. */
  isLeftOut(section: Class): boolean {
    return this.criteria.some(({ isMet }) => isMet(section) !== true);
  }

  /** A class that is there already stays, whatever the criteria say of it. */
  noteKept(section: Class): void {
    if (!this.isLeftOut(section)) return;
    const { sourcedId, schoolSourcedId } = section;
    const subject = classSubject(sourcedId);
    const about = { severity: 'info', noun: 'class', subject, schoolSourcedId } as const;
    this.context.draft.noteOnce({ rule: 'K18', code: 'NOT_INCLUDED_KEPT', ...about });
  }

  /** Told once for all, because most sections of a district may be left out. */
  noteLeftOut(): void {
    if (this.sections === 0) return;
    const evidence = { sections: this.sections, unknown: this.unknown, ...Object.fromEntries(this.failures) };
    this.context.draft.note({ rule: 'K18', code: 'NOT_INCLUDED', severity: 'info', noun: 'class', evidence });
  }
}

/** Whether the criteria would make a class of a section that the host does not have. */
export function inclusionTest(include: ClassSelection | undefined, feed: FeedOfCriteria): (section: Class) => boolean {
  const criteria = include === undefined ? [] : criteriaOf(include, feed);
  return (section) => criteria.every(({ isMet }) => isMet(section) === true);
}

/** What of a feed criteria look things up in. */
type FeedOfCriteria = Pick<Feed, 'schools' | 'terms'>;

function criteriaOf(include: ClassSelection, feed: FeedOfCriteria): readonly Criterion[] {
  const { schoolLevels, subjects, notSubjects, grades, terms, names, notNames, ids } = include;
  const criteria: Criterion[] = [];
  const add = (name: Criterion['name'], isMet: Criterion['isMet']): void => {
    criteria.push({ name, isMet });
  };
  if (ids !== undefined) {
    const wanted = new Set(ids);
    add('ids', ({ sourcedId }) => wanted.has(sourcedId));
  }
  if (schoolLevels !== undefined) {
    const schools = new Map(feed.schools.map((school) => [school.sourcedId, school]));
    add('schoolLevels', (section) => {
      const own = levelsOfGrades(section.grades ?? []);
      return isAny(own.length > 0 ? own : levelsOfSchool(schools.get(section.schoolSourcedId)), (level) =>
        schoolLevels.includes(level),
      );
    });
  }
  if (grades !== undefined) {
    const wanted = new Set(grades.map(gradeKey));
    add('grades', (section) => isAny(section.grades ?? [], (grade) => wanted.has(gradeKey(grade))));
  }
  if (subjects !== undefined) {
    const wanted = new Set(subjects.map(normalName));
    add('subjects', (section) => isAny(subjectsOf(section), (subject) => wanted.has(subject)));
  }
  if (notSubjects !== undefined) {
    const unwanted = new Set(notSubjects.map(normalName));
    add('notSubjects', (section) => !subjectsOf(section).some((subject) => unwanted.has(subject)));
  }
  if (terms !== undefined) add('terms', termTest(terms, feed));
  if (names !== undefined) {
    const matches = patternTest(names);
    add('names', (section) => matches(classNameOf(section)));
  }
  if (notNames !== undefined) {
    const matches = patternTest(notNames);
    add('notNames', (section) => !matches(classNameOf(section)));
  }
  return criteria;
}

/** Undefined where there is nothing to look at. */
function isAny<T>(values: readonly T[], isWanted: (value: T) => boolean): boolean | undefined {
  return values.length === 0 ? undefined : values.some(isWanted);
}

function subjectsOf({ subject }: Class): readonly string[] {
  const word = normalName(subject ?? '');
  return word === '' ? [] : [word];
}

/** By sourcedId or by name. A term that is asked for by name and not shared is not known to be another one. */
function termTest(terms: readonly string[], feed: FeedOfCriteria): Criterion['isMet'] {
  const names = new Set(terms.map(normalName));
  const wanted = new Set(terms);
  const known = new Set<string>();
  for (const term of feed.terms) {
    known.add(term.sourcedId);
    if (names.has(normalName(term.name))) wanted.add(term.sourcedId);
  }
  return ({ termSourcedIds = [] }) => {
    if (termSourcedIds.some((id) => wanted.has(id))) return true;
    return termSourcedIds.some((id) => known.has(id)) ? false : undefined;
  };
}

/** Whether a name is as the pattern says, from its beginning to its end: `*` stands for any run of characters. */
function patternTest(pattern: string): (name: string) => boolean {
  const [first = '', ...rest] = normalName(pattern).split('*');
  const last = rest.pop();
  return (text) => {
    const name = normalName(text);
    if (last === undefined) return name === first;
    if (!name.startsWith(first)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = name.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return name.length - last.length >= at && name.endsWith(last);
  };
}
