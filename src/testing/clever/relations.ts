import { compareIds } from '../../internal/ordered.js';
import { type CleverCollection, type CleverView, type Listing, roleWords } from './view.js';
import type { DistrictClass, DistrictUser } from '../district.js';
import { positionOf } from '../lookup.js';
import { schoolsOf } from '../roster.js';

/** What a link beneath a record leads to: a list, the one record of an id, or resources, of which there are none. */
export type Related =
  | { readonly collection: CleverCollection; readonly listing: Listing }
  | { readonly collection: CleverCollection; readonly id: string | undefined }
  | { readonly collection: 'resources' };

/** The links beneath the records of each collection. Clever writes some with a capital letter and answers to both. */
export const relationNames: Readonly<Record<CleverCollection | 'resources' | 'events', readonly string[]>> = {
  districts: [],
  schools: ['district', 'users', 'sections', 'courses', 'terms'],
  terms: ['district', 'schools', 'sections'],
  courses: ['district', 'schools', 'sections', 'resources'],
  sections: ['district', 'school', 'term', 'course', 'users', 'resources'],
  users: [
    'district',
    'sections',
    'schools',
    'resources',
    ...['mycontacts', 'myContacts', 'mystudents', 'myStudents', 'myteachers', 'myTeachers'],
  ],
  resources: ['courses', 'sections', 'users'],
  events: [],
};

/** The links that Clever names in a single record. */
export function linkedRelations(collection: CleverCollection, roles: readonly string[]): readonly string[] {
  if (collection !== 'users') return relationNames[collection].filter((name) => name !== 'resources');
  const [role = ''] = roles;
  return userLinks[role] ?? ['district'];
}

const userLinks: Readonly<Record<string, readonly string[]>> = {
  student: ['district', 'sections', 'myContacts', 'myTeachers', 'schools'],
  teacher: ['district', 'sections', 'myStudents', 'schools'],
  staff: ['district', 'schools'],
  contact: ['district', 'myStudents'],
};

/** People who have one of the roles asked for; everyone where none is. Undefined where the word is no such role. */
export function withRole(
  users: readonly DistrictUser[],
  word: string | null,
  words: readonly string[],
): readonly DistrictUser[] | undefined {
  if (word === null) return users;
  return words.includes(word) ? users.filter(({ role }) => roleWords[role].word === word) : undefined;
}

/** Undefined where the token sees no such record; `wrong role` where a role is asked for that the list does not know. */
export function relatedTo(
  view: CleverView,
  collection: CleverCollection,
  id: string,
  relation: string,
  query: URLSearchParams,
): Related | 'wrong role' | undefined {
  const name = relation.toLowerCase();
  const isThere = positionOf(view.list(collection).records, id) >= 0;
  if (!isThere) return undefined;
  if (name === 'resources') return { collection: 'resources' };
  if (name === 'district') return { collection: 'districts', id: view.district.id };
  switch (collection) {
    case 'schools':
      return ofSchool(view, id, name, query);
    case 'sections':
      return ofSection(view, find(view.sections, id), name, query);
    case 'users':
      return ofUser(view, find(view.users, id), name, query);
    default:
      return ofCourseOrTerm(view, collection === 'courses' ? 'courseId' : 'termId', id, name);
  }
}

function ofSchool(view: CleverView, id: string, name: string, query: URLSearchParams): Related | 'wrong role' {
  const sections = view.sections.filter(({ schoolId }) => schoolId === id);
  if (name === 'sections') return { collection: name, listing: view.list(name, sections) };
  if (name === 'courses' || name === 'terms') return usedBy(view, sections, name);
  const isPrimaryOnly = query.get('primary') === 'true';
  const people = view.users.filter((user) => {
    const schools = schoolsOf(user);
    return isPrimaryOnly ? schools[0] === id : schools.includes(id);
  });
  return peopleOf(view, people, query, ['staff', 'student', 'teacher']);
}

function ofSection(
  view: CleverView,
  section: DistrictClass | undefined,
  name: string,
  query: URLSearchParams,
): Related | 'wrong role' | undefined {
  if (section === undefined) return undefined;
  if (name === 'school') return { collection: 'schools', id: section.schoolId };
  if (name === 'course') return { collection: 'courses', id: section.courseId };
  if (name === 'term') return { collection: 'terms', id: section.termId };
  const members = withIds(view.users, [...section.teacherIds, ...section.studentIds]);
  return peopleOf(view, members, query, ['student', 'teacher']);
}

function ofUser(
  view: CleverView,
  user: DistrictUser | undefined,
  name: string,
  query: URLSearchParams,
): Related | undefined {
  if (user === undefined) return undefined;
  const { id, role } = user;
  if (name === 'schools') {
    const ids = query.get('primary') === 'true' ? schoolsOf(user).slice(0, 1) : schoolsOf(user);
    return { collection: name, listing: view.list(name, withIds(view.schools, ids)) };
  }
  const sections = view.sections.filter(({ teacherIds, studentIds }) =>
    role === 'teacher' ? teacherIds.includes(id) : studentIds.includes(id),
  );
  if (name === 'sections') return { collection: name, listing: view.list(name, sections) };
  return { collection: 'users', listing: view.list('users', peopleAround(view, user, name, sections)) };
}

/** Someone's students, teachers or contacts. A link that is not for their role leads to an empty list. */
function peopleAround(
  view: CleverView,
  user: DistrictUser,
  name: string,
  sections: readonly DistrictClass[],
): readonly DistrictUser[] {
  if (name === 'mycontacts') {
    return view.users.filter(
      (other) => other.role === 'guardian' && other.students.some(({ studentId }) => studentId === user.id),
    );
  }
  if (name === 'mystudents' && user.role === 'guardian') {
    return withIds(
      view.users,
      user.students.map(({ studentId }) => studentId),
    );
  }
  const [from, ids] =
    name === 'mystudents'
      ? (['teacher', sections.flatMap(({ studentIds }) => studentIds)] as const)
      : (['student', sections.flatMap(({ teacherIds }) => teacherIds)] as const);
  return user.role === from ? withIds(view.users, ids) : [];
}

function ofCourseOrTerm(view: CleverView, key: 'courseId' | 'termId', id: string, name: string): Related {
  const sections = view.sections.filter((section) => section[key] === id);
  if (name === 'sections') return { collection: name, listing: view.list(name, sections) };
  const schools = withIds(
    view.schools,
    sections.map(({ schoolId }) => schoolId),
  );
  return { collection: 'schools', listing: view.list('schools', schools) };
}

function usedBy(view: CleverView, sections: readonly DistrictClass[], name: 'courses' | 'terms'): Related {
  if (name === 'courses') {
    const ids = sections.flatMap(({ courseId }) => courseId ?? []);
    return { collection: name, listing: view.list(name, withIds(view.courses, ids)) };
  }
  const ids = sections.flatMap(({ termId }) => termId ?? []);
  return { collection: name, listing: view.list(name, withIds(view.terms, ids)) };
}

function peopleOf(
  view: CleverView,
  people: readonly DistrictUser[],
  query: URLSearchParams,
  words: readonly string[],
): Related | 'wrong role' {
  const chosen = withRole(people, query.get('role'), words);
  return chosen === undefined ? 'wrong role' : { collection: 'users', listing: view.list('users', chosen) };
}

/** The records with these ids, each once and in order of the ids. */
function withIds<T extends { readonly id: string }>(records: readonly T[], ids: readonly string[]): readonly T[] {
  return [...new Set(ids)].sort(compareIds).flatMap((id) => records[positionOf(records, id)] ?? []);
}

function find<T extends { readonly id: string }>(records: readonly T[], id: string): T | undefined {
  return records[positionOf(records, id)];
}
