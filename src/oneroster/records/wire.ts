/**
 * OneRoster's own words: the records of 1.1 and 1.2, as the standard names them.
 *
 * The spellings of real servers are read into one shape: booleans that came as words are booleans, `""` is absent, a
 * list is always a list, `inactive` (1.0) is `tobedeleted`. Both versions are read into the same records, because
 * servers mix them. Fields that the standard does not know stay as they were sent; passwords are never taken over.
 *
 * @module
 */

import type { OneRosterAcademicSession } from './wire/academic-session.js';
import type { OneRosterClass, OneRosterCourse } from './wire/class.js';
import type { OneRosterDemographics } from './wire/demographics.js';
import type { OneRosterEnrollment } from './wire/enrollment.js';
import type {
  OneRosterAssessmentLineItem,
  OneRosterAssessmentResult,
  OneRosterCategory,
  OneRosterLineItem,
  OneRosterResult,
  OneRosterScoreScale,
} from './wire/gradebook.js';
import type { OneRosterOrg } from './wire/org.js';
import type { OneRosterLearningResource } from './wire/resource.js';
import type { OneRosterUser } from './wire/user.js';

export type { OneRosterAcademicSession, OneRosterSessionType } from './wire/academic-session.js';
export type { OneRosterClass, OneRosterCourse } from './wire/class.js';
export type { OneRosterMetadata, OneRosterRecord, OneRosterReference, OneRosterStatus } from './wire/common.js';
export type { OneRosterDemographics } from './wire/demographics.js';
export type { OneRosterEnrollment } from './wire/enrollment.js';
export type {
  OneRosterAssessmentLineItem,
  OneRosterAssessmentResult,
  OneRosterCategory,
  OneRosterLearningObjectives,
  OneRosterLineItem,
  OneRosterResult,
  OneRosterScoreScale,
  OneRosterScoreScaleValue,
  OneRosterScoreStatus,
} from './wire/gradebook.js';
export type { OneRosterOrg, OneRosterOrgType } from './wire/org.js';
export type { OneRosterLearningResource } from './wire/resource.js';
export type {
  OneRosterCredential,
  OneRosterRole,
  OneRosterUser,
  OneRosterUserId,
  OneRosterUserProfile,
  OneRosterUserRole,
} from './wire/user.js';

/** The kinds of records, by the name of their collection. The last three are of 1.2 alone. */
export interface OneRosterRecords {
  readonly orgs: OneRosterOrg;
  readonly academicSessions: OneRosterAcademicSession;
  readonly courses: OneRosterCourse;
  readonly classes: OneRosterClass;
  readonly users: OneRosterUser;
  readonly enrollments: OneRosterEnrollment;
  readonly demographics: OneRosterDemographics;
  readonly resources: OneRosterLearningResource;
  readonly categories: OneRosterCategory;
  readonly lineItems: OneRosterLineItem;
  readonly results: OneRosterResult;
  readonly scoreScales: OneRosterScoreScale;
  readonly assessmentLineItems: OneRosterAssessmentLineItem;
  readonly assessmentResults: OneRosterAssessmentResult;
}

/** The name of a collection, as the standard's envelope names it. */
export type OneRosterCollection = keyof OneRosterRecords;

/** The collections that a roster is made of. */
export type OneRosterRosterCollection = 'orgs' | 'academicSessions' | 'courses' | 'classes' | 'users' | 'enrollments';
