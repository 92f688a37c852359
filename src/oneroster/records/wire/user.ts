import type { OneRosterRecord, OneRosterReference } from './common.js';

/** What a person is, in the words of 1.1 and 1.2; servers add their own, 1.2 those that begin with `ext:`. */
export type OneRosterUserRole =
  | 'administrator'
  | 'aide'
  | 'counselor'
  | 'districtAdministrator'
  | 'guardian'
  | 'parent'
  | 'principal'
  | 'proctor'
  | 'relative'
  | 'siteAdministrator'
  | 'student'
  | 'systemAdministrator'
  | 'teacher'
  | (string & {});

/** One of a user's roles, in the shape of 1.2. */
export interface OneRosterRole {
  /** As sent. */
  readonly role: OneRosterUserRole;
  /** As sent; a user has one primary role in each org. */
  readonly roleType?: 'primary' | 'secondary' | (string & {}) | undefined;
  readonly org?: OneRosterReference | undefined;
  /** The `profileId` of the user's profile that goes with the role. */
  readonly userProfile?: string | undefined;
  /** First day, `YYYY-MM-DD`. */
  readonly beginDate?: string | undefined;
  /** The first day that no longer belongs to the role, `YYYY-MM-DD`. */
  readonly endDate?: string | undefined;
}

/** An id that another system gives a user. */
export interface OneRosterUserId {
  /** Such as `StateID`; no list of words is defined, and CSV files may leave it out. */
  readonly type?: string | undefined;
  readonly identifier: string;
}

/** What a user signs in to a system with. The password, and anything else that stands beside it, is never taken over. */
export interface OneRosterCredential {
  readonly type?: string | undefined;
  readonly username?: string | undefined;
}

/** A user's account in a system (1.2). */
export interface OneRosterUserProfile {
  /** A URI; it is never asked for. */
  readonly profileId?: string | undefined;
  readonly profileType?: string | undefined;
  readonly vendorId?: string | undefined;
  readonly applicationId?: string | undefined;
  readonly description?: string | undefined;
  readonly credentials: readonly OneRosterCredential[];
}

/** A user: a student, a teacher, a parent, an administrator and so on. The password is never taken over. */
export interface OneRosterUser extends OneRosterRecord {
  readonly username?: string | undefined;
  readonly userIds: readonly OneRosterUserId[];
  /** False: the record stands, but access to systems is curtailed. */
  readonly enabledUser?: boolean | undefined;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  readonly middleName?: string | undefined;
  /** 1.2; `preferredGivenName` in files. */
  readonly preferredFirstName?: string | undefined;
  /** 1.2. */
  readonly preferredMiddleName?: string | undefined;
  /** 1.2; `preferredFamilyName` in files. */
  readonly preferredLastName?: string | undefined;
  /** 1.2. */
  readonly pronouns?: string | undefined;
  /** The one role of 1.1, as sent. */
  readonly role?: OneRosterUserRole | undefined;
  /** The roles of 1.2; a 1.1 server may send them too. */
  readonly roles: readonly OneRosterRole[];
  readonly userProfiles: readonly OneRosterUserProfile[];
  readonly identifier?: string | undefined;
  /** 1.2: the id of the person in the district's master of all ids. */
  readonly userMasterIdentifier?: string | undefined;
  readonly email?: string | undefined;
  /** The number of a mobile phone. */
  readonly sms?: string | undefined;
  readonly phone?: string | undefined;
  /** Links to other people: of a student to the guardians, of a guardian to the students; often from one side only. */
  readonly agents: readonly OneRosterReference[];
  /** The orgs of 1.1. */
  readonly orgs: readonly OneRosterReference[];
  /** 1.2. */
  readonly primaryOrg?: OneRosterReference | undefined;
  readonly grades: readonly string[];
  /** 1.2. */
  readonly resources: readonly OneRosterReference[];
}
