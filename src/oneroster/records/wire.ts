/**
 * OneRoster's own words: the records of a 1.1 server, as its documentation names them.
 *
 * The spellings of real servers are read into one shape: booleans that came as words are booleans, `""` is absent, a
 * list is always a list, `inactive` (1.0) is `tobedeleted`. Of 1.2, what servers mix into 1.1 answers is read too.
 * Passwords and `metadata` are never taken over.
 *
 * @module
 */

/** `tobedeleted`: the record is gone. 1.0 said `inactive`; a record without a status is active. */
export type OneRosterStatus = 'active' | 'tobedeleted';

/** A reference to another record. Its `href` is not kept: it may point to a host that must not get the credentials. */
export interface OneRosterReference {
  readonly sourcedId: string;
  /** As sent, such as `org`; servers differ. */
  readonly type?: string;
}

/** What every record has. */
export interface OneRosterRecord {
  readonly sourcedId: string;
  readonly status: OneRosterStatus;
  /** ISO instant in UTC. */
  readonly dateLastModified?: string;
}

/** An org: a school, a district, a department and so on. */
export interface OneRosterOrg extends OneRosterRecord {
  readonly name: string;
  /** `school`, `district`, `department`, `local`, `state`, `national`, or a server's own word. */
  readonly type: string;
  readonly identifier?: string;
  readonly parent?: OneRosterReference;
}

/** An academicSession: a school year, a term, a semester or a grading period. */
export interface OneRosterAcademicSession extends OneRosterRecord {
  readonly title?: string;
  /** `term`, `semester`, `gradingPeriod`, `schoolYear`, or a server's own word. */
  readonly type?: string;
  /** First day, `YYYY-MM-DD`. */
  readonly startDate?: string;
  /** The first day that no longer belongs to the session, `YYYY-MM-DD`. */
  readonly endDate?: string;
  /** The year in which the school year ends. */
  readonly schoolYear?: string;
  readonly parent?: OneRosterReference;
}

/** A course. */
export interface OneRosterCourse extends OneRosterRecord {
  readonly title?: string;
  readonly courseCode?: string;
  readonly schoolYear?: OneRosterReference;
  readonly org?: OneRosterReference;
  readonly grades: readonly string[];
  readonly subjects: readonly string[];
}

/** A class. */
export interface OneRosterClass extends OneRosterRecord {
  readonly title?: string;
  readonly classCode?: string;
  /** `homeroom`, `scheduled`, or a server's own word. */
  readonly classType?: string;
  readonly location?: string;
  readonly course?: OneRosterReference;
  readonly school: OneRosterReference;
  readonly terms: readonly OneRosterReference[];
  readonly grades: readonly string[];
  readonly subjects: readonly string[];
  readonly subjectCodes: readonly string[];
  readonly periods: readonly string[];
}

/** One of a user's roles, in the shape of 1.2. */
export interface OneRosterRole {
  /** Such as `student` or `siteAdministrator`, as sent. */
  readonly role: string;
  /** `primary` or `secondary`, as sent. */
  readonly roleType?: string;
  readonly org?: OneRosterReference;
  /** First day, `YYYY-MM-DD`. */
  readonly beginDate?: string;
  /** The first day that no longer belongs to the role, `YYYY-MM-DD`. */
  readonly endDate?: string;
}

/** An id that another system gives a user. */
export interface OneRosterUserId {
  /** Such as `StateID`; no list of words is defined, and CSV files may leave it out. */
  readonly type?: string;
  readonly identifier: string;
}

/** A user: a student, a teacher, a parent, an administrator and so on. */
export interface OneRosterUser extends OneRosterRecord {
  readonly username?: string;
  readonly userIds: readonly OneRosterUserId[];
  /** False: the record stands, but access to systems is curtailed. */
  readonly enabledUser?: boolean;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly middleName?: string;
  /** The one role of 1.1, as sent. */
  readonly role?: string;
  /** The roles of 1.2; a 1.1 server may send them too. */
  readonly roles: readonly OneRosterRole[];
  readonly identifier?: string;
  readonly email?: string;
  /** The number of a mobile phone. */
  readonly sms?: string;
  readonly phone?: string;
  /** Links to other people: of a student to the guardians, of a guardian to the students; often from one side only. */
  readonly agents: readonly OneRosterReference[];
  /** The orgs of 1.1. */
  readonly orgs: readonly OneRosterReference[];
  /** 1.2. */
  readonly primaryOrg?: OneRosterReference;
  readonly grades: readonly string[];
}

/** An enrollment: a user in a class, in a role. Its own id is optional here, because nothing else refers to it. */
export interface OneRosterEnrollment extends Omit<OneRosterRecord, 'sourcedId'> {
  readonly sourcedId?: string;
  readonly class: OneRosterReference;
  readonly user: OneRosterReference;
  readonly school?: OneRosterReference;
  /** `student`, `teacher`, `administrator`, `proctor`, or a server's own word. */
  readonly role: string;
  /** Of teachers only: whether this is the class's first teacher. */
  readonly primary?: boolean;
  /** First day, `YYYY-MM-DD`. */
  readonly beginDate?: string;
  /** The first day that no longer belongs to the enrollment, `YYYY-MM-DD`. */
  readonly endDate?: string;
}

/** The six collections that a roster is made of, and their records. */
export interface OneRosterRecords {
  readonly orgs: OneRosterOrg;
  readonly academicSessions: OneRosterAcademicSession;
  readonly courses: OneRosterCourse;
  readonly classes: OneRosterClass;
  readonly users: OneRosterUser;
  readonly enrollments: OneRosterEnrollment;
}

/** The name of a collection, as it stands in the path. */
export type OneRosterCollection = keyof OneRosterRecords;

/** The collections that a roster is made of. */
export type OneRosterRosterCollection = 'orgs' | 'academicSessions' | 'courses' | 'classes' | 'users' | 'enrollments';
