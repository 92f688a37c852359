/**
 * What a read looks like, in counts and shares (G4, Z14), tallied record by record while the rules go over it: it runs
 * on every row, so it counts and keeps nothing.
 *
 * @module
 */

import { compareIds } from '../../internal/ordered.js';
import type {
  Class,
  Collection,
  Course,
  Enrollment,
  GuardianLink,
  ReadStatistics,
  RejectedRow,
  School,
  Term,
  User,
  UserRole,
} from '../../model/index.js';
import { GuardianSample } from '../gates/guardian-sample.js';
import type { Stretch } from './stretch.js';

/** What was tallied: the statistics, and what only this read's own numbers say. */
export interface Reading {
  readonly statistics: ReadStatistics;
  /** How many records (not deleted) each share of `statistics.fields` is of. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Of each collection with rejected rows: how many, of how many rows, and the commonest problem. */
  readonly rejected: ReadonlyMap<Collection, { readonly count: number; readonly of: number; readonly problem: string }>;
  /** How many students have any guardian. */
  readonly students: number;
  /** Whether the guardian links were gone over: an import without guardians leaves them unread. */
  readonly hasLinks: boolean;
  /** Whether they were read to their end: what later reads are compared with is whole. */
  readonly hasAllLinks: boolean;
}

type RecordOf<T> = readonly (keyof T & string)[];

/** The fields that a district may share or not; the rest is there or the row is none. */
const USER_FIELDS: RecordOf<User> = [
  ...(['givenName', 'familyName', 'middleName', 'username', 'email', 'mobile', 'homePhone'] as const),
  ...(['schoolSourcedIds', 'grade', 'birthDate', 'stateId', 'sisId'] as const),
];
const CLASS_FIELDS: RecordOf<Class> = [
  ...(['name', 'schoolSourcedId', 'courseSourcedId', 'courseTitle', 'termSourcedIds'] as const),
  ...(['period', 'sectionNumber', 'grades', 'subject'] as const),
];
const ENROLLMENT_FIELDS: RecordOf<Enrollment> = ['beginDate', 'endDate'];
const LINK_FIELDS: RecordOf<GuardianLink> = ['relationship', 'contactType'];

/** A collection of any size is told by this many records, and by every sixteenth of the others. */
const ALL_OF = 1000;
const ONE_IN = 16;

/** The records that one set of shares is of. */
class Group {
  /** All records, and those that are not deleted. */
  rows = 0;
  count = 0;
  private sampled = 0;
  private readonly present: number[];

  constructor(
    private readonly name: string,
    private readonly fields: readonly string[],
  ) {
    this.present = fields.map(() => 0);
  }

  add(record: { readonly status?: string }): void {
    this.rows += 1;
    if (record.status === 'tobedeleted') return;
    this.count += 1;
    if (this.count <= ALL_OF || this.count % ONE_IN === 0) this.look(record);
  }

  private look(record: object): void {
    this.sampled += 1;
    for (let index = 0; index < this.fields.length; index += 1) {
      const value = (record as Readonly<Record<string, unknown>>)[this.fields[index] as string];
      if (value === undefined || value === null || value === '') continue;
      if (Array.isArray(value) && value.length === 0) continue;
      (this.present[index] as number) += 1;
    }
  }

  /** Many records at once, of which one is looked at: the fields of a class's enrollments are alike. */
  addAlike({ records, from, to }: Stretch<{ readonly status?: string }>, plain: number): void {
    if (this.count < ALL_OF) {
      for (let at = from; at < to; at += 1) this.add(records[at] as { readonly status?: string });
      return;
    }
    let first: object | undefined = plain > 0 ? records[from] : undefined;
    this.count += plain;
    for (let at = from + plain; at < to; at += 1) {
      const record = records[at] as { readonly status?: string };
      if (record.status === 'tobedeleted') continue;
      this.count += 1;
      first ??= record;
    }
    this.rows += to - from;
    if (first !== undefined) this.look(first);
  }

  tell(shares: Record<string, number>, sizes: Map<string, number>): void {
    if (this.sampled === 0) return;
    for (const [index, field] of this.fields.entries()) {
      const name = `${this.name}.${field}`;
      shares[name] = (this.present[index] as number) / this.sampled;
      sizes.set(name, this.count);
    }
  }
}

/**
 * Tallies a read. Feed it every record once, in order of their ids: classes and users as they come, enrollments class by
 * class, guardian links by guardian.
 */
export class ReadTally {
  private readonly schools = new Group('schools', ['name', 'identifier']);
  private readonly terms = new Group('terms', ['startDate', 'endDate']);
  private readonly courses = new Group('courses', ['title']);
  private readonly classes = new Group('classes', CLASS_FIELDS);
  /** By what the person is first of all: a grade is a student's, and a teacher without an address cannot be invited. */
  private readonly teachers = new Group('users.teacher', USER_FIELDS);
  private readonly students = new Group('users.student', USER_FIELDS);
  private readonly guardians = new Group('users.guardian', USER_FIELDS);
  private readonly staff = new Group('users.staff', USER_FIELDS);
  private readonly enrolled = new Group('enrollments', ENROLLMENT_FIELDS);
  private readonly links = new Group('guardianLinks', LINK_FIELDS);
  private dangling = 0;
  private hasLinks = false;
  private hasAllLinks = false;
  private readonly contactTypes = new Set<string>();
  private readonly sample = new GuardianSample();
  private lastGuardian: string | undefined;
  private lastStudent: string | undefined;
  private named = 0;
  private resolved = 0;

  school(school: School): void {
    this.schools.add(school);
  }

  term(term: Term): void {
    this.terms.add(term);
  }

  course(course: Course): void {
    this.courses.add(course);
  }

  section(section: Class): void {
    this.classes.add(section);
  }

  user(user: User): void {
    this.groupOf(user.roles).add(user);
  }

  /**
   * The enrollments of one class, whether it is there or not.
   *
   * @param plain so many of them, from the first one on, are known not to be deleted
   */
  enrollments(stretch: Stretch<Enrollment>, plain = 0): void {
    this.enrolled.addAlike(stretch, plain);
  }

  /** So many of the enrollments (not deleted) name a class or a person of whom the read has no row at all (M10). */
  danglingEnrollments(count: number): void {
    this.dangling += count;
  }

  /** The guardian links are gone over, be there one or none. `isWhole`: they are attested complete. */
  openLinks(isWhole: boolean): void {
    this.hasLinks = true;
    this.hasAllLinks = isWhole;
  }

  /** A guardian link, in order of the guardians. `isResolved`: the read has the guardian's own row. */
  link(link: GuardianLink, isResolved: boolean): void {
    this.links.add(link);
    if (link.status === 'tobedeleted') return;
    const { guardianSourcedId, studentSourcedId, contactType } = link;
    if (contactType !== undefined && contactType !== '') this.contactTypes.add(contactType);
    const isSameGuardian = guardianSourcedId === this.lastGuardian;
    if (!isSameGuardian || studentSourcedId !== this.lastStudent) this.sample.add(studentSourcedId);
    this.lastStudent = studentSourcedId;
    if (isSameGuardian) return;
    this.lastGuardian = guardianSourcedId;
    this.named += 1;
    if (isResolved) this.resolved += 1;
  }

  reading(readId: string, rejectedRows: readonly RejectedRow[] = []): Reading {
    const fields: Record<string, number> = {};
    const sizes = new Map<string, number>();
    for (const group of this.groups()) group.tell(fields, sizes);
    const rejected = this.rejectedOf(rejectedRows);
    const { enrolled, hasLinks, hasAllLinks } = this;
    const statistics: ReadStatistics = {
      readId,
      counts: {
        schools: this.schools.count,
        terms: this.terms.count,
        courses: this.courses.count,
        classes: this.classes.count,
        users: this.people().reduce((sum, { count }) => sum + count, 0),
        enrollments: enrolled.count,
        guardianLinks: this.links.count,
      },
      closure: enrolled.count === 0 ? 1 : 1 - Math.min(this.dangling, enrolled.count) / enrolled.count,
      contactTypes: [...this.contactTypes].sort(compareIds),
      guardiansPerStudent: this.sample.median(),
      agents: { named: this.named, resolved: this.resolved },
      fields,
      ...(rejected.size === 0
        ? {}
        : { rejected: Object.fromEntries([...rejected].map(([name, { count, of }]) => [name, count / of])) }),
      crowded: this.sample.share(),
    };
    return { statistics, sizes, rejected, students: this.sample.students, hasLinks, hasAllLinks };
  }

  private groupOf(roles: readonly UserRole[]): Group {
    // Nearly everybody has one role, and this runs for everybody.
    if (roles.length === 1 && roles[0] === 'student') return this.students;
    if (roles.includes('teacher')) return this.teachers;
    if (roles.includes('student')) return this.students;
    return roles.includes('guardian') ? this.guardians : this.staff;
  }

  private groups(): readonly Group[] {
    return [this.schools, this.terms, this.courses, this.classes, ...this.people(), this.enrolled, this.links];
  }

  private rowsOf(collection: Collection): number {
    if (collection === 'users') return this.people().reduce((sum, { rows }) => sum + rows, 0);
    const { schools, terms, courses, classes, enrolled: enrollments, links: guardianLinks } = this;
    return { schools, terms, courses, classes, enrollments, guardianLinks }[collection].rows;
  }

  private people(): readonly Group[] {
    return [this.teachers, this.students, this.guardians, this.staff];
  }

  private rejectedOf(rows: readonly RejectedRow[]): Reading['rejected'] {
    const problems = new Map<Collection, Map<string, number>>();
    for (const { collection, problem } of rows) {
      const counts = problems.get(collection) ?? new Map<string, number>();
      problems.set(collection, counts.set(problem, (counts.get(problem) ?? 0) + 1));
    }
    return new Map(
      [...problems].map(([collection, counts]) => {
        const count = [...counts.values()].reduce((sum, each) => sum + each, 0);
        const [problem = ''] = [...counts.keys()].sort(
          (left, right) => (counts.get(right) as number) - (counts.get(left) as number) || compareIds(left, right),
        );
        return [collection, { count, of: this.rowsOf(collection) + count, problem }];
      }),
    );
  }
}

/** A tally with the small collections of a roster in it already. */
export function tallyOf({ schools, terms, courses }: SmallCollections): ReadTally {
  const tally = new ReadTally();
  for (const school of schools) tally.school(school);
  for (const term of terms) tally.term(term);
  for (const course of courses) tally.course(course);
  return tally;
}

/** The collections that are small enough to be in memory as a whole. */
export interface SmallCollections {
  readonly schools: readonly School[];
  readonly terms: readonly Term[];
  readonly courses: readonly Course[];
}

/**
 * The statistics of a read as the next ones are compared with: what it did not go over stays as it was, and a contact
 * type that was seen once is known.
 */
export function asHealthy({ statistics, hasAllLinks }: Reading, before: ReadStatistics | undefined): ReadStatistics {
  if (before === undefined) return hasAllLinks ? statistics : withoutLinks(statistics);
  if (hasAllLinks) {
    const known = new Set([...before.contactTypes, ...statistics.contactTypes]);
    return { ...statistics, contactTypes: [...known].sort(compareIds) };
  }
  const { crowded: _now, ...rest } = withoutLinks(statistics);
  return {
    ...rest,
    counts: { ...statistics.counts, guardianLinks: before.counts.guardianLinks },
    contactTypes: before.contactTypes,
    guardiansPerStudent: before.guardiansPerStudent,
    agents: before.agents,
    fields: { ...rest.fields, ...fieldsOf(before, true) },
    ...(before.crowded === undefined ? {} : { crowded: before.crowded }),
  };
}

/** The statistics as later reads are compared with them once a person has accepted this very read, a part of it or all. */
export function asAccepted(reading: Reading, before: ReadStatistics | undefined): ReadStatistics {
  const { statistics } = reading;
  if (!reading.hasLinks) return asHealthy(reading, before);
  const known = new Set([...(before?.contactTypes ?? []), ...statistics.contactTypes]);
  return { ...asHealthy({ ...reading, hasAllLinks: true }, before), contactTypes: [...known].sort(compareIds) };
}

/** As if there were no links: a part of them is nothing to compare with. */
function withoutLinks(statistics: ReadStatistics): ReadStatistics {
  return {
    ...statistics,
    counts: { ...statistics.counts, guardianLinks: 0 },
    contactTypes: [],
    guardiansPerStudent: 0,
    agents: { named: 0, resolved: 0 },
    fields: fieldsOf(statistics, false),
    crowded: 0,
  };
}

function fieldsOf({ fields }: ReadStatistics, areLinks: boolean): ReadStatistics['fields'] {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name.startsWith('guardianLinks.') === areLinks));
}
