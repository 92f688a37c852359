/**
 * Every list of OneRoster that can be read, where it is, and what comes: one surface for 1.1 and 1.2.
 *
 * @module
 */

import { ConfigurationError } from '../../errors.js';
import type { Transport } from '../../http/index.js';
import type { OneRosterCollection } from '../records/wire.js';
import { innerList, nestedList, resource } from './resource.js';
import type { OneRosterResources } from './resources.js';

/** The versions of OneRoster that are read over REST. */
export type OneRosterVersion = '1.1' | '1.2';

/** OneRoster's services. 1.1 has all of them at one path. */
export type OneRosterService = 'rostering' | 'gradebook' | 'resources';

/** Where each service is, below the root of the server. */
export const SERVICE_PATHS: Readonly<Record<OneRosterVersion, Readonly<Record<OneRosterService, string>>>> = {
  '1.1': {
    rostering: '/ims/oneroster/v1p1',
    gradebook: '/ims/oneroster/v1p1',
    resources: '/ims/oneroster/v1p1',
  },
  '1.2': {
    rostering: '/ims/oneroster/rostering/v1p2',
    gradebook: '/ims/oneroster/gradebook/v1p2',
    resources: '/ims/oneroster/resources/v1p2',
  },
};

/** What all resources of one client share. */
export interface ResourceContext {
  readonly transport: Transport;
  /** Who is asked, for errors. */
  readonly source: string;
  readonly pageSize: number;
  readonly version: OneRosterVersion;
  readonly paths: Readonly<Record<OneRosterService, string>>;
}

/** All resources of one client. */
export function resourcesOf({ transport, source, pageSize, version, paths }: ResourceContext): OneRosterResources {
  /** Lists of one service; `since` is the version that brought them. */
  const service = (name: OneRosterService, since: OneRosterVersion = '1.1') => {
    const at = (path: string): string => {
      if (since === '1.1' || version === '1.2') return `${paths[name]}${path}`;
      throw new ConfigurationError('version', `is '1.1', which has no ${path}: give the client version '1.2'`);
    };
    const of = <K extends OneRosterCollection>(collection: K) => ({ transport, source, pageSize, collection });
    return {
      all: <K extends OneRosterCollection>(word: string, collection: K) =>
        resource<K>({ ...of(collection), path: () => at(`/${word}`) }),
      below: <K extends OneRosterCollection>(owner: string, word: string, collection: K) =>
        nestedList<K>(of(collection), (id) => at(`/${owner}/${id}/${word}`)),
      inside: <K extends OneRosterCollection>(
        { outer, inner }: { readonly outer: string; readonly inner: string },
        word: string,
        collection: K,
      ) => innerList<K>(of(collection), (first, second) => at(`/${outer}/${first}/${inner}/${second}/${word}`)),
    };
  };
  const rostering = service('rostering');
  const learning = service('resources');
  const newLearning = service('resources', '1.2');
  const gradebook = service('gradebook');
  const newGradebook = service('gradebook', '1.2');
  const ofSchoolClass = { outer: 'schools', inner: 'classes' };
  const people = (word: string) => ({
    ...rostering.all(word, 'users'),
    classes: rostering.below(word, 'classes', 'classes'),
  });
  return {
    orgs: rostering.all('orgs', 'orgs'),
    schools: {
      ...rostering.all('schools', 'orgs'),
      classes: rostering.below('schools', 'classes', 'classes'),
      courses: rostering.below('schools', 'courses', 'courses'),
      enrollments: rostering.below('schools', 'enrollments', 'enrollments'),
      students: rostering.below('schools', 'students', 'users'),
      teachers: rostering.below('schools', 'teachers', 'users'),
      terms: rostering.below('schools', 'terms', 'academicSessions'),
      classEnrollments: rostering.inside(ofSchoolClass, 'enrollments', 'enrollments'),
      classStudents: rostering.inside(ofSchoolClass, 'students', 'users'),
      classTeachers: rostering.inside(ofSchoolClass, 'teachers', 'users'),
      scoreScales: newGradebook.below('schools', 'scoreScales', 'scoreScales'),
    },
    academicSessions: rostering.all('academicSessions', 'academicSessions'),
    terms: {
      ...rostering.all('terms', 'academicSessions'),
      classes: rostering.below('terms', 'classes', 'classes'),
      gradingPeriods: rostering.below('terms', 'gradingPeriods', 'academicSessions'),
    },
    gradingPeriods: rostering.all('gradingPeriods', 'academicSessions'),
    courses: {
      ...rostering.all('courses', 'courses'),
      classes: rostering.below('courses', 'classes', 'classes'),
      resources: learning.below('courses', 'resources', 'resources'),
    },
    classes: {
      ...rostering.all('classes', 'classes'),
      students: rostering.below('classes', 'students', 'users'),
      teachers: rostering.below('classes', 'teachers', 'users'),
      resources: learning.below('classes', 'resources', 'resources'),
      results: gradebook.below('classes', 'results', 'results'),
      lineItems: gradebook.below('classes', 'lineItems', 'lineItems'),
      lineItemResults: gradebook.inside({ outer: 'classes', inner: 'lineItems' }, 'results', 'results'),
      studentResults: gradebook.inside({ outer: 'classes', inner: 'students' }, 'results', 'results'),
      categories: newGradebook.below('classes', 'categories', 'categories'),
      scoreScales: newGradebook.below('classes', 'scoreScales', 'scoreScales'),
    },
    users: { ...people('users'), resources: newLearning.below('users', 'resources', 'resources') },
    students: people('students'),
    teachers: people('teachers'),
    enrollments: rostering.all('enrollments', 'enrollments'),
    demographics: rostering.all('demographics', 'demographics'),
    resources: learning.all('resources', 'resources'),
    categories: gradebook.all('categories', 'categories'),
    lineItems: gradebook.all('lineItems', 'lineItems'),
    results: gradebook.all('results', 'results'),
    scoreScales: newGradebook.all('scoreScales', 'scoreScales'),
    assessmentLineItems: newGradebook.all('assessmentLineItems', 'assessmentLineItems'),
    assessmentResults: newGradebook.all('assessmentResults', 'assessmentResults'),
  };
}
