/** The district of a case: what it says in each read. */

import type { Class, Collection, Enrollment, Roster, Scope, Term, User, UserRole } from '../../../src/model/index.js';
import { attested, roster, school, type RosterParts } from '../../support/build.js';
import type { Case, ClassCase, EventCase, MemberCase, ReadCase, UserCase } from './cases.js';

const SCHOOLS = ['s1', 's2', 's3'] as const;
const NAMES = ['Math', 'math  ', 'Art', 'Science', ' ', 'Math (Family-t1)'] as const;
export const TERMS: readonly Term[] = [
  { sourcedId: 'fall', name: 'Fall', startDate: '2026-08-15', endDate: '2026-12-20' },
  { sourcedId: 'spring', name: 'Spring', startDate: '2027-01-05', endDate: '2027-06-15' },
  { sourcedId: 'last', name: 'Last year', startDate: '2025-08-15', endDate: '2026-06-15' },
];

type MemberFeed = MemberCase['feed'];

interface FedClass {
  readonly id: string;
  feed: ClassCase['feed'];
  fields: Omit<Class, 'sourcedId'>;
  teacher: string | undefined;
  readonly members: Map<string, MemberFeed>;
}

interface FedUser {
  readonly id: string;
  /** By which the feed knows them; another one where they came anew. */
  readonly sourcedId: string;
  readonly role: UserRole;
  feed: UserCase['feed'];
  readonly fields: Omit<User, 'sourcedId' | 'roles'>;
}

export class District {
  private readonly classes: readonly FedClass[];
  private readonly users: readonly FedUser[];

  constructor(private readonly start: Case) {
    this.users = start.users.map(fedUser);
    this.classes = start.classes.map((each, index) => this.fedClass(each, index));
  }

  scope(): Scope {
    const schools = { district: undefined, s1: ['s1'], 's1-s2': ['s1', 's2'], 's1-unknown': ['s1', 's9'] }[
      this.start.scope
    ];
    return { tenant: 'district-1', schools };
  }

  change({ what, index, other }: EventCase): void {
    const section = this.classes[index % this.classes.length];
    const user = this.users[index % this.users.length];
    if (section === undefined || user === undefined) return;
    const members = [...section.members.keys()];
    const member = members[other % Math.max(1, members.length)];
    switch (what) {
      case 'class-feed':
        section.feed = (['absent', 'present', 'deleted'] as const)[other % 3] ?? 'present';
        return;
      case 'class-name':
        section.fields = { ...section.fields, name: NAMES[other % NAMES.length] ?? '' };
        return;
      case 'class-school':
        section.fields = { ...section.fields, schoolSourcedId: SCHOOLS[other % SCHOOLS.length] ?? 's1' };
        return;
      case 'class-term':
        section.fields = { ...section.fields, termSourcedIds: [TERMS[other % TERMS.length]?.sourcedId ?? ''] };
        return;
      case 'class-teacher':
        section.teacher = this.users[other % 4]?.id;
        return;
      case 'member-feed':
        if (member !== undefined) {
          section.members.set(
            member,
            (['none', 'active', 'deleted', 'future', 'two-terms'] as const)[index % 5] ?? 'none',
          );
        }
        return;
      case 'class-tide':
        for (const each of members) section.members.set(each, other % 2 === 0 ? 'none' : 'active');
        return;
      case 'user-feed':
        user.feed = (['absent', 'present', 'deleted'] as const)[other % 3] ?? 'present';
        return;
      case 'back':
        section.feed = 'present';
        for (const each of members) section.members.set(each, 'active');
    }
  }

  read(read: ReadCase, number: number): Roster {
    const target = read.collection === 'schools' || read.collection === 'classes' ? 's1' : 's2';
    const skipped = read.attestation === 'skipped' ? target : undefined;
    const users = this.users
      .filter((user) => !isLeftOut(user.role, read))
      .flatMap((user) => userRows(user, read))
      .filter(() => read.without !== 'everything');
    const isGone = (section: Class): boolean =>
      read.without === 'classes' ||
      read.without === 'everything' ||
      (read.schools === 'emptied' && section.schoolSourcedId === target) ||
      (read.schools === 'alone' && section.schoolSourcedId !== target) ||
      (section.schoolSourcedId === skipped && section.sourcedId !== 'c1');
    const isToldGone = (section: Class): boolean =>
      read.schools === 'emptied-deleted' && section.schoolSourcedId === target;
    const classes = this.classes
      .flatMap(classRows)
      .filter((section) => !isGone(section))
      .map((section): Class => (isToldGone(section) ? { ...section, status: 'tobedeleted' } : section));
    const isListed = new Set(classes.filter((each) => each.status !== 'tobedeleted').map((each) => each.sourcedId));
    const enrollments = this.classes.flatMap((section) =>
      read.without === 'enrollments' ||
      read.without === 'everything' ||
      (!isListed.has(section.id) && section.id !== 'c8')
        ? []
        : this.enrollmentRows(section),
    );
    const schools = SCHOOLS.flatMap((id) => {
      const row = school(
        id,
        id === 's1' ? { lowGrade: 'PK', highGrade: '5' } : id === 's2' ? { lowGrade: '06', highGrade: '12' } : {},
      );
      if (id !== target) return [row];
      if (read.schools === 'missing') return [];
      return [read.schools === 'deleted' ? { ...row, status: 'tobedeleted' as const } : row];
    });
    const inOrder = <T>(rows: readonly T[]): readonly T[] => (read.isReversed ? rows.toReversed() : rows);
    const rejected = read.hasRejected ? read.rejected.map((row) => this.rejectedRow(row)) : [];
    const parts = {
      readId: `read-${String(read.isAgain ? number - 1 : number)}`,
      scope: this.scope(),
      attestation: attestationOf(read, skipped),
      schools: inOrder(schools),
      terms: TERMS,
      classes: inOrder(classes),
      users: inOrder(users),
      enrollments: inOrder(enrollments),
      ...(rejected.length === 0 ? {} : { rejected }),
    };
    return roster(parts satisfies RosterParts);
  }

  private rejectedRow({ collection, names, index }: ReadCase['rejected'][number]) {
    const id = {
      schools: SCHOOLS[index % 3],
      classes: `c${(index % 8) + 1}`,
      users: this.users[index]?.sourcedId,
    };
    const about =
      collection === 'enrollments' ? { classSourcedId: id.classes } : { sourcedId: id[collection] ?? 'nobody' };
    return { collection: collection as Collection, problem: 'unreadable', ...(names ? about : {}) };
  }

  private fedClass(each: ClassCase, index: number): FedClass {
    const members = new Map<string, MemberFeed>();
    for (const { user, feed } of each.students) {
      const id = this.users[user + 4]?.id ?? '';
      if (each.tide === 'none-in-feed') members.set(id, 'none');
      else members.set(id, each.tide === 'all-new' || each.tide === 'all-synced' ? 'active' : feed);
    }
    // Now and then an aide, and somebody whom nobody knows.
    if ((each.details & 3) === 3) members.set('a1', 'active');
    if (each.details === 31) members.set('nobody', 'active');
    return {
      id: `c${String(index + 1)}`,
      feed: each.feed,
      fields: fieldsOf(each),
      teacher: each.teacher.feed ? this.users[each.teacher.user]?.id : undefined,
      members,
    };
  }

  private enrollmentRows({ id, teacher, members }: FedClass): readonly Enrollment[] {
    const fedId = (user: string): string => this.users.find((each) => each.id === user)?.sourcedId ?? user;
    const rows: Enrollment[] = [];
    if (teacher !== undefined) {
      rows.push({ classSourcedId: id, userSourcedId: fedId(teacher), role: 'teacher', primary: true });
    }
    for (const [user, feed] of members) {
      const row: Enrollment = {
        classSourcedId: id,
        userSourcedId: fedId(user),
        role: user === 'a1' ? 'aide' : user.startsWith('t') ? 'teacher' : 'student',
      };
      if (feed === 'active') rows.push(row);
      if (feed === 'deleted') rows.push({ ...row, status: 'tobedeleted' });
      if (feed === 'ended') rows.push({ ...row, endDate: '2026-10-01' });
      if (feed === 'future') rows.push({ ...row, beginDate: '2026-12-01' });
      if (feed === 'soon') rows.push({ ...row, beginDate: '2026-10-05', endDate: '2026-10-20' });
      if (feed === 'two-terms') {
        rows.push({ ...row, beginDate: '2026-08-15', endDate: '2026-09-30' });
        rows.push({ ...row, beginDate: id === 'c2' ? '2026-10-20' : '2026-09-30' });
      }
      if (feed === 'teacher-too') rows.push(row, { ...row, role: 'teacher' });
    }
    return rows;
  }
}

function attestationOf(read: ReadCase, skipped: string | undefined) {
  switch (read.attestation) {
    case 'incomplete':
      return attested({ [read.collection]: 'incomplete' });
    case 'failed':
      return attested({ [read.collection]: read.isReversed ? 'failed' : 'not-shared' });
    case 'some-schools':
      return attested({}, { allSchools: false });
    case 'skipped':
      return attested({}, { skippedSchools: [skipped ?? ''] });
    case 'complete':
      return attested();
  }
}

function isLeftOut(role: UserRole, { without }: ReadCase): boolean {
  return (
    (without === 'students' && role === 'student') ||
    (without === 'teachers' && role === 'teacher') ||
    (without === 'aides' && role === 'aide')
  );
}

/** What the feed says of a class at first. */
export function fieldsOf({ school: at, name, details, term }: ClassCase): Omit<Class, 'sourcedId'> {
  return {
    schoolSourcedId: SCHOOLS[at] ?? 's1',
    name: NAMES[name] ?? 'Math',
    termSourcedIds: [TERMS[term]?.sourcedId ?? 'fall'],
    ...((details & 1) === 0 ? {} : { period: '3' }),
    ...((details & 2) === 0 ? {} : { grades: (details & 1) === 0 ? ['KG'] : ['05', '06'] }),
    ...((details & 4) === 0 ? {} : { subject: 'Math ' }),
    ...((details & 8) === 0 ? {} : { courseTitle: 'Art' }),
    ...((details & 16) === 0 ? {} : { sectionNumber: '2' }),
  };
}

function classRows({ id, feed, fields }: FedClass): readonly Class[] {
  const row: Class = { sourcedId: id, ...fields };
  switch (feed) {
    case 'present':
      return [row];
    case 'absent':
      return [];
    case 'deleted':
      return [{ ...row, status: 'tobedeleted' }];
    case 'twice':
      return [row, { ...row }, { ...row, name: 'Newer', dateLastModified: '2026-09-01T00:00:00Z' }];
    case 'twice-deleted':
      return [{ ...row, status: 'tobedeleted' }, row];
  }
}

/** A person of the feed, by index. */
export function fedUser({ feed, anew, school: at, hasEmail }: UserCase, index: number): FedUser {
  const role: UserRole = index < 4 ? 'teacher' : index < 16 ? 'student' : index === 16 ? 'aide' : 'administrator';
  const id = index < 4 ? `t${String(index + 1)}` : index < 16 ? `u${String(index - 3)}` : index === 16 ? 'a1' : 'x1';
  const isAnew = anew === 'stateId' || anew === 'sisId' || anew === 'email';
  const isOther = anew === 'other-person';
  return {
    id,
    sourcedId: isAnew ? `${id}n` : id,
    role,
    feed,
    fields: {
      givenName: isOther ? 'Somebody' : `Given-${id}`,
      familyName: isOther ? 'Else' : `Family-${id}`,
      schoolSourcedIds: [SCHOOLS[at] ?? 's1'],
      ...(hasEmail || isAnew ? { email: isOther ? 'else@school.example' : `${id}@school.example` } : {}),
      ...(anew === 'stateId' ? { stateId: `state-${id}` } : {}),
      ...(anew === 'sisId' ? { sisId: `sis-${id}` } : {}),
    },
  };
}

function userRows({ sourcedId, role, feed, fields }: FedUser, { isReversed }: ReadCase): readonly User[] {
  const row: User = { sourcedId, roles: [role], ...fields };
  switch (feed) {
    case 'present':
      return [row];
    case 'absent':
      return [];
    case 'deleted':
      return [{ ...row, status: 'tobedeleted' }];
    case 'twice':
      return [row, isReversed ? { ...row } : { ...row, status: 'tobedeleted' }];
  }
}
