/**
 * What each case means, in a sentence that an administrator understands. The sentences of cases live here and nowhere else;
 * those of rules stand in `rule-sentences.ts`.
 *
 * @module
 */

/**
 * The plain wording first. Of those after it the first is taken whose words in braces the evidence all has. No sentence
 * tells a person's name or address.
 */
export type Sentence = readonly [plain: string, ...detailed: string[]];

const SENTENCES = {
  // Changes: schools and classes
  NEW_SCHOOL: ['The district shares this school and it is not here yet.'],
  NEW_CLASS: ['The district has this class and it is not here yet.'],
  NEW_CLASS_DISTINCT_NAME: ['The district has another class of this name, so the name was made distinct.'],
  NAME_CHANGED: ['The district renamed the class.'],
  FIELDS_CHANGED: [
    'The district changed details of the record.',
    'The district changed details of the record: {fields}.',
  ],
  OPTIONS_CHANGED: ['The settings say something else about what classes may do.'],
  SCHOOL_CHANGED: ['The class moved to another school.'],
  CLASS_RETURNED: ['The class is back in the district’s data.'],
  CLASS_ABSENT: ['The class is no longer in the district’s data, and absent classes are archived.'],
  REVIVED_CLASS_PRESENT: ['The class that a person brought back is in the district’s data again.'],
  // Changes: people
  NEW_PERSON: ['The district has this person and they have no account yet.'],
  CONTACT_CHANGED: ['The district has other contact details.', 'The district has other contact details: {fields}.'],
  SITE_MOVED: ['The person left the school of their site.'],
  RETURNED: ['It is back in the district’s data.'],
  REKEY: ['The district gave this person a new id; their state or student id says it is the same person.'],
  PERSON_ABSENT: ['The person is no longer in the district’s data at all.'],
  // Changes: members and guardians
  GUARDIAN_ENROLLED: ['A guardian of a student of the class is a member of it, too.'],
  ENROLLED: ['The district lists this person as a member of the class.'],
  ROLE_CHANGED: ['The district changed the member’s role.', 'The district changed the member’s role to {role}.'],
  PRIMARY_CHANGED: ['The district changed who the class’s first teacher is.'],
  LINKED: ['A member whom people added is in the district’s data too; they stay people’s own.'],
  REASSERTED: ['A person removed this member, but the settings let the district win.'],
  GUARDIAN_WITHOUT_STUDENT: ['No student of the class has this guardian any more, and Full Data is on.'],
  MEMBER_ABSENT: ['The district no longer lists this person as a member, and Full Data is on.'],
  NEW_GUARDIAN_LINK: ['The district names this person as the student’s guardian.'],
  GUARDIAN_LINK_ABSENT: ['The district no longer names this person as the student’s guardian.'],
  CONTACT_TYPE_EXCLUDED: [
    'Contacts of this type are not imported.',
    'Contacts of the type “{contactType}” are not imported.',
  ],
  CONTACT_FORBIDDEN: ['The district forbids this guardian contact with the student: the link gives no access.'],
  CONTACT_ALLOWED: ['The district no longer forbids this guardian contact with the student.'],
  // Changes: who is who
  LINKED_CLASS: ['A person said that this class and the district’s are one.'],
  LINKED_PERSON: ['This account and the district’s person are one.'],
  CLASS_REKEY: ['A person said that this is the same class under a new id.'],
  ID_GIVEN_UP: ['A person said that the id stands for another class now, so this one gives it up.'],
  TWIN_REMOVED: ['It was made a second time for a class that turned out to be here already.'],
  LOGIN_FREED: ['Nobody else signs in with this address or number any more.'],
  EMAIL_TAKEN: [
    'Another person signs in with this e-mail address; this one is reached by it all the same.',
    'Person {owner} signs in with this e-mail address; this one is reached by it all the same.',
  ],
  MOBILE_TAKEN: [
    'Another person signs in with this mobile number; this one is reached by it all the same.',
    'Person {owner} signs in with this mobile number; this one is reached by it all the same.',
  ],
  LOGIN_SHARED: [
    'This seems to be one human being with two records, who signs in once for both.',
    'This seems to be one human being with two records (the other is {owner}), who signs in once for both.',
  ],
  UNDONE: ['The run that did this is undone.'],
  // Why something is missing
  TOMBSTONE: ['The district marks it as deleted.'],
  ENDED: ['The enrollment’s last day is over.'],
  TERM_ENDED: ['The terms of the class are over.', 'The terms of the class are over ({terms}).'],
  SECTION_GONE: [
    'The class is missing by itself, from data that was read to its end.',
    'The class is missing by itself: {elsewhere} of its {students} students are still in the district’s data.',
  ],
  WITHDRAWN: ['It is missing by itself, from data that was read to its end.'],
  COHORT_GONE: [
    'Nearly all records with something in common vanished, and hardly any others: this looks like a sharing rule.',
    '{all} {kind} of {attribute} {value} vanished, {others}; {over}: this is the end of the term, or a sharing rule.',
    '{all} {kind} of {attribute} {value} at school {school} vanished, {others}: this looks like a sharing rule.',
    '{all} {kind} of {attribute} {value} vanished, {others}: this looks like a sharing rule.',
    '{count} of {baseline} {kind} with something in common vanished: this looks like a sharing rule.',
  ],
  // Notes: classes
  DUPLICATE_NAME: [
    'Another class of this name is in the school already: rename that one, and this one comes next.',
    'Class {takenBy} of this school has the name “{name}” already: rename that one, and this one comes next.',
  ],
  NAME_SHARED: ['Two active classes bear this name.', 'Class {other} bears this name, too.'],
  NAME_STICKY: ['A person renamed the class, so the district’s new name is not taken over.'],
  LOCAL_DUPLICATE: [
    'This stands here more than once, so it is left as it is.',
    'This stands here more than once, as {records}, so all of them are left as they are.',
  ],
  DUP_ID: ['The district sent this id twice with different contents; the newer one counts.'],
  EMPTY_CLASS: ['The class has no students yet, and the settings ask for some.'],
  NO_TEACHER: ['The class has students and no teacher.'],
  NOT_INCLUDED: [
    'Some sections of the district are not among those that the settings import.',
    '{sections} sections of the district are not among those that the settings import.',
    'Class {class} is not among those that the settings import.',
  ],
  NOT_INCLUDED_KEPT: ['The settings would no longer import this class. It is here already, so it keeps following.'],
  TEACHER_NOT_IMPORTED: [
    'The settings import only sections whose teacher is a user here.',
    '{sections} sections of the district have no teacher who is a user here, and the settings import only those that do.',
    'Class {class} has no teacher who is a user here, and the settings import only classes that do.',
  ],
  SCHOOL_UNKNOWN: ['The class belongs to a school that the district does not share.'],
  ABSENT_KEPT: ['The class is no longer in the district’s data. It stays, because Full Data is off.'],
  ABSENT_CLASS_ACTIVE: ['The class is no longer in the district’s data. It stays active, because Archive is off.'],
  UNREAD_ELSEWHERE: ['It is missing, but not every school was read: it may have moved.'],
  CLASS_UNSHARED: [
    'The class is missing, but enrollments or a row that could not be used still name it or its school: it is not gone.',
  ],
  LOCAL_ARCHIVE_WINS: ['A person archived the class, so it stays archived.'],
  LOCAL_REVIVE_WINS: ['A person brought the class back, so it stays although the district’s data lacks it.'],
  STAYS_ARCHIVED: ['The class is back in the district’s data and stays archived, because the settings say so.'],
  PURGED_BY_USER: ['A person deleted the class for good.'],
  MOVED_FROM_OUTSIDE_SCOPE: ['The class moved here from a school that this sync may not touch.'],
  MOVED_OUT_OF_SCOPE: ['The class moved to a school that this sync may not touch.'],
  SCHOOL_GONE: [
    'The whole school is missing or empty while others are fine: is it unshared, or closed?',
    'The whole school {school} is missing or empty while others are fine: is it unshared, or closed?',
  ],
  SCOPE_SCHOOL_UNKNOWN: ['The import names a school that neither the district nor this system has: is its id right?'],
  SCHOOL_SKIPPED: ['The school could not be read and was left out of this run.'],
  // Notes: people, members, guardians
  DANGLING_REF: [
    'An enrollment names a record that the district does not share.',
    '{enrollments} enrollments name class {class}, which the district does not share.',
    'An enrollment in class {class} names person {user}, whom the district does not share.',
  ],
  PERSON_UNSHARED: ['The person is not shared any more, but something still names them: nothing is removed.'],
  LOCAL_REMOVAL_WINS: ['A person removed this one by hand, so it stays removed.'],
  LOCAL_REACTIVATION_WINS: ['A person opened the account again, so it stays open.'],
  LOCAL_DEACTIVATION_WINS: ['A person deactivated the account, so it stays deactivated.'],
  OUTSIDE_DATES: [
    'Some enrollments have ended or have not begun yet, so they make nobody a member today.',
    '{enrollments} enrollments have ended or have not begun yet, so they make nobody a member today.',
  ],
  MEMBERS_WITHOUT_ACCOUNT: [
    'Some members get no account under the present settings and were not added.',
    '{enrollments} members get no account under the present settings and were not added.',
    'Person {user} has no account here and gets none now, so there is nobody to add.',
  ],
  TEACHER_CLASS_EMPTY: ['No class of this teacher has students yet.'],
  NO_EMAIL: ['The teacher has no e-mail address and cannot be invited.'],
  NO_USERNAME: ['The teacher has no e-mail address, and the settings use it as the user name.'],
  NO_CONTACT: ['The guardian has neither an e-mail address of their own nor a mobile number.'],
  ACCESS_CURTAILED: ['The district curtails this person’s access: no login, no invitation.'],
  DEFAULT_SITE: ['The person has no school, so they get the site of the settings.'],
  UNASSIGNED: ['The person has no class any more and keeps the account.'],
  PROTECTED: ['The person is needed here (such as the last administrator) and is never removed.'],
  MOVED_PROPOSED: [
    'This may be one class under an old and a new id: it is archived and created again, unless somebody says so.',
    'Class {old} and class {new} may be one under an old and a new id: they stay two unless somebody says so.',
  ],
  RECYCLED_ID_KEPT: [
    'The id of this class now seems to belong to another class. This one keeps it and stays as it is.',
  ],
  LINK_PROPOSED: [
    'It may be one that people had made here before: it is left out until somebody decides.',
    'It may be {record}, which people had made here before: it is left out until somebody decides.',
  ],
  LINK_AMBIGUOUS: [
    'It may be one of several that people had made here before, or these several of it: it is left out until somebody ties one of them to it by hand.',
  ],
  REKEY_PROPOSED: [
    'This may be one person under an old and a new id: nothing happens until somebody decides.',
    'Person {old} and person {new} may be one under an old and a new id: nothing happens until somebody decides.',
  ],
  REKEY_WAITS: [
    'This may be one person under an old and a new id: nothing happens until a sync covers them and reads everything.',
    'Person {old} and person {new} may be one under an old and a new id: nothing happens until a sync covers them and reads everything.',
  ],
  ACTIVE_CONTACT_KEPT: [
    'The person has signed in, so their own contact details stay.',
    'The person has signed in, so their own contact detail stays ({field}).',
  ],
  CONTACT_CONFLICT: [
    'A person changed this contact detail by hand, and the district has another one.',
    'A person changed this contact detail by hand, and the district has another one ({field}).',
  ],
  INVALID_EMAIL: ['This cannot be an e-mail address and counts as empty.'],
  INVALID_PHONE: [
    'This cannot be a telephone number and counts as empty.',
    'This cannot be a telephone number and counts as empty ({field}).',
  ],
  TEACHERS_NOT_JOINED: [
    'Invited teachers have not joined yet.',
    'Invited teachers who have not joined yet: {teachers}.',
    'Invited teachers of school {school} who have not joined yet: {teachers}.',
  ],
  AGENT_NOT_SHARED: ['A guardian is named but not shared: in ClassLink, turn on “Unenrolled Users”.'],
  GUARDIAN_FORBIDDEN: ['The district forbids this guardian contact with every student here, so no account is made.'],
  SOURCE_SWITCHED: ['The guardians come from another source since this run: no link is dropped in it.'],
  GUARDIAN_MATCHED: ['The new source of guardians has this person under another id: address and name are the same.'],
  MANY_GUARDIANS: [
    'A student has very many guardians: are these really all guardians?',
    '{students} students have very many guardians, up to {most}: are these really all guardians?',
  ],
  // Notes: the run
  NOTHING_SHARED: ['The district shares no class, no student and no teacher yet.'],
  STILL_EMPTY: [
    'The data has had none of a kind that is in use here for days: what that would take away still waits.',
    'The data has had no {kind} at all for {days} days, and {managed} are in use here: what that would take away still waits.',
  ],
  NOT_SHARED: [
    'The district does not share this collection; it is left as it is.',
    'The district does not share its {collection}, and they are left as they are.',
  ],
  GUARDIANS_UNREAD: [
    'The guardians were not read to their end (a file may be missing, empty or damaged): nobody loses one by it.',
    'The guardians were not read to their end ({ended}): nobody loses one by it.',
  ],
  ROWS_REJECTED: [
    'Some rows could not be used, and what they stood for is not taken for absent.',
    '{count} rows of the {collection} could not be used ({problem}).',
  ],
  STANDS_STILL: ['The district’s own sync with the provider is paused or fails, so its data is old.'],
  ADDITIVE_ONLY: ['This import only adds; what would be removed waits.'],
  MOVED_TOO_LATE: ['A person said that this is an older class under a new id, but people use it by now, so both stay.'],
  BLACKOUT: ['The settings let nothing change at this time.'],
  WINDOW_ADDITIVE: ['At this time the settings only let imports add; what would be removed waits.'],
  GRACE: [
    'What is missing has to be missing from more reads before it counts as gone.',
    'It was missing from {count} of the {reads} reads in a row that have to lack it before it counts as gone.',
  ],
  SUPPRESSED: ['This was undone or discarded before and is not done again while the data stays the same.'],
  UNDO_CONFLICT: ['It was changed after the run; the later change stays.'],
  UNDO_GONE: ['It is not there any more.'],
  UNDO_ERASED: ['The person whom it was about was erased: nobody can tell any more what to take back.'],
  UNDO_KEPT: ['It has been used since the run and is kept.'],
  // Gates and holds
  UNREADABLE: [
    'The data cannot be believed at all, so nothing was decided.',
    'The {collections} of the district cannot be believed at all, so nothing was decided.',
  ],
  INCOMPLETE_READ: [
    'The data was not read completely: nothing is created, archived or removed. Read again.',
    'The data was not read completely ({collections}): nothing is created, archived or removed. Read again.',
  ],
  EMPTY_FEED: [
    'The data has none of a kind that is in use here: what that would take away waits. Read again.',
    'The data has no {kind} at all, and {baseline} are in use here: what that would take away waits. Read again.',
  ],
  LIMIT_EXCEEDED: [
    'More would be taken away than the limit allows in one run.',
    '{count} of {baseline} {kind} would go, and the limit of one run is {share}.',
  ],
  ROLLING_LIMIT: [
    'More would be taken away than the limit allows in seven days.',
    '{count} of {baseline} {kind} would go within seven days, and the limit is {share}.',
  ],
  POLICY_CHANGED: [
    'The settings are other than at the last import, so a person looks at what they take away.',
    'The settings are other than at the last import: {settings}.',
  ],
  NOTICES_HELD: ['The messages of this run wait.', '{count} messages would go out, and the limit is {limit}.'],
  QUIET_HOURS: ['Messages wait until the quiet hours are over.'],
  ID_SPACE_RESET: [
    'The district seems to have given all its ids anew: the same records come under others.',
    'The district seems to have given all its ids anew: {count} of {baseline} {kind} come under others.',
  ],
  SHAPE_HOLD: [
    'The data looks very different from the last that was sound, so what it would take away waits.',
    'The data looks very different from the last that was sound ({reasons}), so what it would take away waits.',
  ],
  FIELD_UNSHARED: [
    'A field that nearly all records had is gone: no value is blanked.',
    'The field {field} of the {collection} that nearly all had is gone: no value is blanked.',
  ],
  REQUIRED_FIELD_MISSING: [
    'A field without which nothing works is missing everywhere.',
    'The field {field} is missing from all {collection}.',
  ],
  MANY_ROWS_REJECTED: [
    'Very many rows could not be used.',
    '{count} rows of the {collection} could not be used ({problem}), which is very many.',
  ],
  REFERENCES_BROKEN: ['Very many enrollments name classes or people who are not in the data.'],
  GUARDIANS_CROWDED: ['Students have so many guardians that these can hardly all be guardians.'],
  CONTACT_TYPE_NEW: ['A type of contact came that was never there before.', 'New types of contacts came: {types}.'],
  AGENTS_UNSHARED: [
    'Most guardians who are named are not shared any more.',
    '{resolved} of the {named} guardians who are named are shared, and {before} were before.',
  ],
  CLASS_EMPTIED: [
    'The class is there but has lost (nearly) all its members at once.',
    'The class is there but has lost {count} of its {baseline} members at once.',
  ],
  CLASSES_EMPTIED: [
    'Many classes have lost their members at once: the enrollments were probably not read.',
    '{count} of {baseline} classes have lost their members at once: the enrollments were probably not read.',
  ],
  RECYCLED_ID: ['The id of this class now seems to belong to another class.'],
  RECYCLED_PERSON_ID: ['The id of this person now seems to belong to somebody else.'],
  // Why nothing happens: what `explain` says besides
  UNCHANGED: ['The district’s data has it unchanged since the last sync.'],
  OUT_OF_SCOPE: ['It belongs to a school that this sync may not touch.'],
  STEP_NOT_COVERED: ['This import is not about it.', 'This import is about {steps} alone.'],
  NOT_UNDONE: ['The run that is undone did not touch it.'],
  NOT_PLANNED: ['No rule asks for a change of it in this plan.'],
  LOCAL_CLASS: ['People made this class, so no sync touches it.'],
  TIED_CLASS: ['A person tied this class to the district’s. It stays people’s own and is never archived.'],
  ALREADY_ARCHIVED: ['The class is archived already, and the district’s data lacks it.'],
  INCUMBENT_STAYS: ['A class that is here already never loses its name to a new one.'],
  NAME_PASSED_ON: [
    'Its name goes to the next class of that name.',
    'Its name goes to class {class}, which comes in its stead.',
  ],
  TERM_OVER: ['Its terms are over. That alone archives nothing: the district still has the class.'],
  NEVER_IMPORTED: ['The district marks it as deleted, and it was never here.'],
  DELETED_KEPT: [
    'The district marks it as deleted. That alone takes nothing away: it still needs the settings’ consent.',
  ],
  FIELDS_OWNED: [
    'A person changed details by hand, so they stay.',
    'A person changed details by hand, so they stay: {fields}.',
  ],
  EMPTY_IS_UNKNOWN: [
    'What the district leaves empty says nothing: no value is blanked.',
    'What the district leaves empty says nothing, so it is not blanked: {fields}.',
  ],
  CONTACT_UPDATES_OFF: ['The district has other contact details, and the settings take none over.'],
  CLASS_NOT_IMPORTED: [
    'The class is not imported, and so none of its members.',
    'Class {class} is not imported, and so none of its members.',
  ],
  MEMBERS_FROZEN: [
    'The class does not follow the district now, so its members stay as they are.',
    'Class {class} does not follow the district now, so its members stay as they are.',
  ],
  MEMBER_KEPT: ['The district no longer lists this member. They stay, because Full Data is off.'],
  REMOVED_BEFORE: ['The class comes back, and whom a person had removed before does not come back with it.'],
  LOCAL_MEMBER: ['People added this member by hand, so no sync removes them.'],
  ALREADY_REMOVED: ['It was removed before, and the district does not have it either.'],
  ENROLLMENT_ENDED: ['The enrollment’s last day is over.', 'The enrollment ended on {date}.'],
  ENROLLMENT_AHEAD: ['The enrollment has not begun yet.', 'The enrollment begins on {date} only.'],
  ROLE_KEPT: ['A person changed the member’s role by hand, so it stays.'],
  OTHER_CLASS_STAYS: ['The person leaves a class and stays in another, so nothing else about them changes.'],
  OTHER_LINK_STAYS: ['A link to one student goes. The guardian keeps access through another.'],
  PERSON_DELETED: ['The district marks the person as deleted.'],
  LOCAL_PERSON: ['People made this account, so no sync takes it away.'],
  NO_IMPORTED_CLASS: [
    'No class of this person is imported here.',
    'None of the classes that the district lists this person in is imported here: {classes}.',
  ],
  ACCOUNTS_OFF: [
    'The settings make no account for this person.',
    'The settings make no account for this person (`{setting}`).',
  ],
  ACCOUNT_KEPT: ['The person is gone from the district’s data. Accounts stay, unless the settings say otherwise.'],
  BELONGS_ELSEWHERE: ['The person is in a class by hand or belongs to another district, too, so the account stays.'],
  ALREADY_DEACTIVATED: ['The account is deactivated already, and the district’s data lacks the person.'],
  SOME_SCHOOLS_ONLY: ['A sync for some schools deactivates nobody: the person may be at another one.'],
  NO_GUARDIAN_LINK: ['The district names this person as the guardian of no student who is here.'],
  STUDENT_NOT_HERE: ['The student is not shared or not here, so the student’s guardians stay as they are.'],
  LINK_KEPT: ['The district no longer names this guardian. The link stays, because Full Data is off.'],
  LOCAL_LINK: ['People made this link, so no sync drops it.'],
  SCHOOL_KEPT: ['The district no longer has this school. No sync ever takes a school away.'],
  // By hand
  BY_HAND: ['A person did this.'],
} as const satisfies Readonly<Record<string, Sentence>>;

/** By the case. */
export const caseSentences: ReadonlyMap<string, Sentence> = new Map(Object.entries(SENTENCES));
