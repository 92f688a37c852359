import type { OneRosterInnerList, OneRosterNestedList, OneRosterResource } from './resource.js';

/** Schools, and what hangs on one of them. Servers may lack any list below a record; the lists of all records are safer. */
export interface OneRosterSchools extends OneRosterResource<'orgs'> {
  readonly classes: OneRosterNestedList<'classes'>;
  readonly courses: OneRosterNestedList<'courses'>;
  readonly enrollments: OneRosterNestedList<'enrollments'>;
  readonly students: OneRosterNestedList<'users'>;
  readonly teachers: OneRosterNestedList<'users'>;
  readonly terms: OneRosterNestedList<'academicSessions'>;
  /** The enrollments of one class of the school: first the school's sourcedId, then that of the class. */
  readonly classEnrollments: OneRosterInnerList<'enrollments'>;
  /** The students of one class of the school: first the school's sourcedId, then that of the class. */
  readonly classStudents: OneRosterInnerList<'users'>;
  /** The teachers of one class of the school: first the school's sourcedId, then that of the class. */
  readonly classTeachers: OneRosterInnerList<'users'>;
  /** Of the gradebook; 1.2 only. */
  readonly scoreScales: OneRosterNestedList<'scoreScales'>;
}

/** Terms, and what hangs on one of them. */
export interface OneRosterTerms extends OneRosterResource<'academicSessions'> {
  readonly classes: OneRosterNestedList<'classes'>;
  readonly gradingPeriods: OneRosterNestedList<'academicSessions'>;
}

/** Courses, and what hangs on one of them. */
export interface OneRosterCourses extends OneRosterResource<'courses'> {
  readonly classes: OneRosterNestedList<'classes'>;
  readonly resources: OneRosterNestedList<'resources'>;
}

/** Classes, and what hangs on one of them. */
export interface OneRosterClasses extends OneRosterResource<'classes'> {
  /** ClassLink may send teachers among them: look at each one's role. */
  readonly students: OneRosterNestedList<'users'>;
  /** Who of them is the first teacher, only the enrollments say. */
  readonly teachers: OneRosterNestedList<'users'>;
  readonly resources: OneRosterNestedList<'resources'>;
  readonly results: OneRosterNestedList<'results'>;
  /** Of the gradebook. */
  readonly lineItems: OneRosterNestedList<'lineItems'>;
  /** The results of one lineItem of the class: first the sourcedId of the class, then that of the lineItem. */
  readonly lineItemResults: OneRosterInnerList<'results'>;
  /** The results of one student in the class: first the sourcedId of the class, then that of the student. */
  readonly studentResults: OneRosterInnerList<'results'>;
  /** Of the gradebook; 1.2 only. */
  readonly categories: OneRosterNestedList<'categories'>;
  /** Of the gradebook; 1.2 only. */
  readonly scoreScales: OneRosterNestedList<'scoreScales'>;
}

/** People, and what hangs on one of them. */
export interface OneRosterPeople extends OneRosterResource<'users'> {
  /** ClassLink tells only the classes of the current term. */
  readonly classes: OneRosterNestedList<'classes'>;
}

/** People of every role, and what hangs on one of them. */
export interface OneRosterUsers extends OneRosterPeople {
  /** Of the gradebook; 1.2 only. */
  readonly resources: OneRosterNestedList<'resources'>;
}

/**
 * Everything that a OneRoster server can be asked for. What the version of the client lacks throws a ConfigurationError
 * naming `version` when it is called.
 */
export interface OneRosterResources {
  /** Schools, districts and all other orgs. */
  readonly orgs: OneRosterResource<'orgs'>;
  /** The orgs that are schools. */
  readonly schools: OneRosterSchools;
  /** School years, terms, semesters and grading periods. */
  readonly academicSessions: OneRosterResource<'academicSessions'>;
  /** The academicSessions that are terms. */
  readonly terms: OneRosterTerms;
  /** The academicSessions that are grading periods. */
  readonly gradingPeriods: OneRosterResource<'academicSessions'>;
  readonly courses: OneRosterCourses;
  readonly classes: OneRosterClasses;
  /** People of every role. There is no list of administrators or guardians alone: filter by `role`. */
  readonly users: OneRosterUsers;
  readonly students: OneRosterPeople;
  readonly teachers: OneRosterPeople;
  readonly enrollments: OneRosterResource<'enrollments'>;
  /** Each has the sourcedId of its user. */
  readonly demographics: OneRosterResource<'demographics'>;
  /** Learning content that goes with courses and classes. */
  readonly resources: OneRosterResource<'resources'>;
  /** Of the gradebook. */
  readonly categories: OneRosterResource<'categories'>;
  readonly lineItems: OneRosterResource<'lineItems'>;
  /** Of the gradebook. */
  readonly results: OneRosterResource<'results'>;
  /** Of the gradebook; 1.2 only. */
  readonly scoreScales: OneRosterResource<'scoreScales'>;
  /** Of the gradebook; 1.2 only. */
  readonly assessmentLineItems: OneRosterResource<'assessmentLineItems'>;
  /** Of the gradebook; 1.2 only. */
  readonly assessmentResults: OneRosterResource<'assessmentResults'>;
}
