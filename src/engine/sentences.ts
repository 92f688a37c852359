/**
 * What each case means, in a sentence that an administrator understands. The sentences live here and nowhere else.
 *
 * @module
 */

import type { Evidence } from '../model/index.js';

const SENTENCES = {
  // Changes: schools and classes
  NEW_SCHOOL: 'The district shares this school and it is not here yet.',
  NEW_CLASS: 'The district has this class and it is not here yet.',
  NEW_CLASS_DISTINCT_NAME: 'The district has another class of this name, so the name was made distinct.',
  NAME_CHANGED: 'The district renamed the class.',
  FIELDS_CHANGED: 'The district changed details of the record.',
  OPTIONS_CHANGED: 'The settings say something else about what classes may do.',
  SCHOOL_CHANGED: 'The class moved to another school.',
  CLASS_RETURNED: 'The class is back in the district’s data.',
  CLASS_ABSENT: 'The class is no longer in the district’s data, and absent classes are archived.',
  REVIVED_CLASS_PRESENT: 'The class that a person brought back is in the district’s data again.',
  // Changes: people
  NEW_PERSON: 'The district has this person and they have no account yet.',
  CONTACT_CHANGED: 'The district has other contact details.',
  SITE_MOVED: 'The person left the school of their site.',
  RETURNED: 'It is back in the district’s data.',
  REKEY: 'The district gave this person a new id; their state or student id says it is the same person.',
  PERSON_ABSENT: 'The person is no longer in the district’s data at all.',
  // Changes: members and guardians
  ENROLLED: 'The district lists this person as a member of the class.',
  ROLE_CHANGED: 'The district changed the member’s role.',
  PRIMARY_CHANGED: 'The district changed who the class’s first teacher is.',
  LINKED: 'A member whom people added is in the district’s data too; they stay people’s own.',
  REASSERTED: 'A person removed this member, but the settings let the district win.',
  MEMBER_ABSENT: 'The district no longer lists this person as a member, and Full Data is on.',
  NEW_GUARDIAN_LINK: 'The district names this person as the student’s guardian.',
  GUARDIAN_LINK_ABSENT: 'The district no longer names this person as the student’s guardian.',
  CONTACT_TYPE_EXCLUDED: 'Contacts of this type are not imported.',
  UNDONE: 'The run that did this is undone.',
  // Notes: classes
  DUPLICATE_NAME: 'Another class of this name is in the school already: rename that one, and this one comes next.',
  NAME_SHARED: 'Two active classes bear this name.',
  NAME_STICKY: 'A person renamed the class, so the district’s new name is not taken over.',
  DUP_ID: 'The district sent this id twice with different contents; the newer one counts.',
  EMPTY_CLASS: 'The class has no students yet, and the settings ask for some.',
  NO_TEACHER: 'The class has students and no teacher.',
  NOT_INCLUDED: 'Some sections of the district are not among those that the settings import.',
  NOT_INCLUDED_KEPT: 'The settings would no longer import this class. It is here already, so it keeps following.',
  SCHOOL_UNKNOWN: 'The class belongs to a school that the district does not share.',
  ABSENT_KEPT: 'The class is no longer in the district’s data. It stays, because Full Data is off.',
  ABSENT_CLASS_ACTIVE: 'The class is no longer in the district’s data. It stays active, because Archive is off.',
  UNREAD_ELSEWHERE: 'The class is missing, but not every school was read: it may have moved.',
  CLASS_UNSHARED:
    'The class is missing, but enrollments or a row that could not be used still name it or its school: it is not gone.',
  LOCAL_ARCHIVE_WINS: 'A person archived the class, so it stays archived.',
  LOCAL_REVIVE_WINS: 'A person brought the class back, so it stays although the district’s data lacks it.',
  STAYS_ARCHIVED: 'The class is back in the district’s data and stays archived, because the settings say so.',
  PURGED_BY_USER: 'A person deleted the class for good.',
  MOVED_FROM_OUTSIDE_SCOPE: 'The class moved here from a school that this sync may not touch.',
  MOVED_OUT_OF_SCOPE: 'The class moved to a school that this sync may not touch.',
  SCHOOL_GONE: 'The whole school is missing or empty while others are fine: is it unshared, or closed?',
  SCOPE_SCHOOL_UNKNOWN: 'The import names a school that neither the district nor this system has: is its id right?',
  SCHOOL_SKIPPED: 'The school could not be read and was left out of this run.',
  // Notes: people, members, guardians
  DANGLING_REF: 'An enrollment names a record that the district does not share.',
  PERSON_UNSHARED: 'The person is not shared any more, but enrollments still name them: nothing is removed.',
  LOCAL_REMOVAL_WINS: 'A person removed this member, so they stay removed.',
  LOCAL_DEACTIVATION_WINS: 'A person deactivated the account, so it stays deactivated.',
  OUTSIDE_DATES: 'Some enrollments have ended or have not begun yet, so they make nobody a member today.',
  MEMBERS_WITHOUT_ACCOUNT: 'Some members get no account under the present settings and were not added.',
  TEACHER_CLASS_EMPTY: 'No class of this teacher has students yet.',
  NO_EMAIL: 'The teacher has no e-mail address and cannot be invited.',
  NO_USERNAME: 'The teacher has no e-mail address, and the settings use it as the user name.',
  NO_CONTACT: 'The guardian has neither an e-mail address of their own nor a mobile number.',
  ACCESS_CURTAILED: 'The district curtails this person’s access: no login, no invitation.',
  DEFAULT_SITE: 'The person has no school, so they get the site of the settings.',
  UNASSIGNED: 'The person leaves their last class and keeps the account.',
  PROTECTED: 'The person is needed here (such as the last administrator) and is never removed.',
  REKEY_PROPOSED: 'This may be one person under an old and a new id: nothing happens until somebody decides.',
  ACTIVE_CONTACT_KEPT: 'The person has signed in, so their own contact details stay.',
  CONTACT_CONFLICT: 'A person changed this contact detail by hand, and the district has another one.',
  INVALID_EMAIL: 'This cannot be an e-mail address and counts as empty.',
  INVALID_PHONE: 'This cannot be a telephone number and counts as empty.',
  AGENT_NOT_SHARED: 'A guardian is named but not shared: in ClassLink, turn on “Unenrolled Users”.',
  // Notes: the run
  NOT_SHARED: 'The district does not share this collection; it is left as it is.',
  GUARDIANS_UNREAD:
    'The guardians were not read to their end (a file may be missing, empty or damaged): nobody loses one by it.',
  ROWS_REJECTED: 'Some rows could not be used.',
  STANDS_STILL: 'The district’s own sync with the provider is paused or fails, so its data is old.',
  ADDITIVE_ONLY: 'This import only adds; what would be removed waits.',
  SUPPRESSED: 'This was undone or discarded before and is not done again while the data stays the same.',
  UNDO_CONFLICT: 'It was changed after the run; the later change stays.',
  UNDO_GONE: 'It is not there any more.',
  UNDO_KEPT: 'It has been used since the run and is kept.',
  // Gates and holds
  UNREADABLE: 'The data cannot be believed at all, so nothing was decided.',
  INCOMPLETE_READ: 'The data was not read completely: nothing is created, archived or removed. Read again.',
  EMPTY_FEED: 'The data has none of a kind that is in use here: what that would take away waits. Read again.',
  LIMIT_EXCEEDED: 'More would be taken away than the limit allows in one run.',
  CLASS_EMPTIED: 'The class is there but has lost (nearly) all its members at once.',
  CLASSES_EMPTIED: 'Many classes have lost their members at once: the enrollments were probably not read.',
  RECYCLED_ID: 'The id of this class now seems to belong to another class.',
  RECYCLED_PERSON_ID: 'The id of this person now seems to belong to somebody else.',
  // By hand
  BY_HAND: 'A person did this.',
} as const satisfies Readonly<Record<string, string>>;

/** Every case that has a sentence. */
export const describedCodes: readonly string[] = Object.keys(SENTENCES);

/**
 * What a reason, a note, a hold or a gate means, in a sentence.
 *
 * @example
 * ```ts
 * import { describeReason } from 'rosterkit';
 *
 * describeReason({ code: 'CLASS_ABSENT' });
 * ```
 */
export function describeReason(reason: { readonly code: string; readonly evidence?: Evidence }): string {
  return (SENTENCES as Readonly<Record<string, string>>)[reason.code] ?? reason.code;
}
