/**
 * What each field of OneRoster's records is, and under which other keys it comes. The keys and their types are those of
 * `wire.ts`; the compiler compares them.
 *
 * @module
 */

import {
  anyObject,
  details,
  type Field,
  type Fields,
  Problem,
  record,
  sourcedId,
  words,
  yesOrNo,
} from '../../http/index.js';
import {
  day,
  instant,
  number,
  objects,
  reference,
  references,
  roles,
  status,
  sureDay,
  userIds,
  userProfiles,
  wordList,
} from './decode-values.js';
import type { OneRosterCollection, OneRosterRecord, OneRosterRecords, OneRosterScoreScaleValue } from './wire.js';

/** How the rows of a collection are read. */
export interface Schema<T> {
  readonly fields: Fields<T>;
  /** Other keys that a field comes under. */
  readonly aliases: Readonly<Record<string, keyof T & string>>;
  /** What is wrong with a record whose fields are each right. */
  readonly check?: (record: T) => string | undefined;
}

/** A field without which a row cannot be used. */
function needed<T>(read: Field<T | undefined>, word: string): Field<T> {
  return (value) => read(value) ?? new Problem(word);
}

/** Files have the ids of references in flat fields, and some servers send them so in JSON. */
function flat<Name extends string>(...names: readonly Name[]): Readonly<Record<string, Name>> {
  return Object.fromEntries(names.map((name) => [`${name}SourcedId`, name]));
}

const head: Fields<OneRosterRecord> = {
  sourcedId: needed(sourcedId, 'missing-sourced-id'),
  status,
  dateLastModified: instant,
  metadata: anyObject,
};

/** A slip of the pen that was seen in files. */
const headAliases = { dataLastModified: 'dateLastModified' } as const;

const scored = {
  student: needed(reference, 'missing-student'),
  scoreScale: reference,
  scoreStatus: words,
  score: number,
  textScore: words,
  scoreDate: day,
  comment: words,
  learningObjectiveSet: objects,
  inProgress: yesOrNo,
  incomplete: yesOrNo,
  late: yesOrNo,
  missing: yesOrNo,
};

const scaleSteps = details(record<OneRosterScoreScaleValue>({ itemValueLHS: words, itemValueRHS: words }));

/** The schema of each collection. */
export const schemas: { readonly [K in OneRosterCollection]: Schema<OneRosterRecords[K]> } = {
  orgs: {
    fields: {
      ...head,
      name: needed(words, 'missing-name'),
      type: needed(words, 'missing-type'),
      identifier: words,
      parent: reference,
      children: references,
    },
    aliases: { ...headAliases, ...flat('parent') },
  },
  academicSessions: {
    fields: {
      ...head,
      title: words,
      type: words,
      startDate: day,
      endDate: day,
      schoolYear: words,
      parent: reference,
      children: references,
    },
    aliases: { ...headAliases, ...flat('parent') },
  },
  courses: {
    fields: {
      ...head,
      title: words,
      courseCode: words,
      schoolYear: reference,
      org: reference,
      grades: wordList,
      subjects: wordList,
      subjectCodes: wordList,
      resources: references,
    },
    aliases: { ...headAliases, ...flat('schoolYear', 'org'), grade: 'grades' },
  },
  classes: {
    fields: {
      ...head,
      title: words,
      classCode: words,
      classType: words,
      location: words,
      course: reference,
      school: needed(reference, 'missing-school'),
      terms: references,
      grades: wordList,
      subjects: wordList,
      subjectCodes: wordList,
      periods: wordList,
      resources: references,
    },
    aliases: {
      ...headAliases,
      ...flat('course', 'school'),
      schools: 'school',
      termSourcedIds: 'terms',
      termSourcedId: 'terms',
      grade: 'grades',
    },
  },
  users: {
    fields: {
      ...head,
      username: words,
      userIds,
      enabledUser: yesOrNo,
      givenName: words,
      familyName: words,
      middleName: words,
      preferredFirstName: words,
      preferredMiddleName: words,
      preferredLastName: words,
      pronouns: words,
      role: words,
      roles,
      userProfiles,
      identifier: words,
      userMasterIdentifier: words,
      email: words,
      sms: words,
      phone: words,
      agents: references,
      orgs: references,
      primaryOrg: reference,
      grades: wordList,
      resources: references,
    },
    aliases: {
      ...headAliases,
      ...flat('primaryOrg'),
      orgSourcedIds: 'orgs',
      orgSourcedId: 'orgs',
      agentSourcedIds: 'agents',
      agentSourceIds: 'agents',
      userId: 'userIds',
      grade: 'grades',
      preferredGivenName: 'preferredFirstName',
      preferredFamilyName: 'preferredLastName',
      prefferedGivenName: 'preferredFirstName',
      prefferedMiddleName: 'preferredMiddleName',
      prefferedFamilyName: 'preferredLastName',
    },
    check: (user) => {
      // Of someone who is to be deleted the id says enough.
      if (user.status !== 'active') return undefined;
      if (user.givenName === undefined && user.familyName === undefined) return 'missing-name';
      return user.role === undefined && user.roles.length === 0 ? 'missing-role' : undefined;
    },
  },
  enrollments: {
    fields: {
      ...head,
      sourcedId,
      class: needed(reference, 'missing-class'),
      user: needed(reference, 'missing-user'),
      school: reference,
      role: needed(words, 'missing-role'),
      primary: yesOrNo,
      beginDate: sureDay,
      endDate: sureDay,
    },
    aliases: { ...headAliases, ...flat('class', 'user', 'school') },
  },
  demographics: {
    fields: {
      ...head,
      birthDate: day,
      sex: words,
      americanIndianOrAlaskaNative: yesOrNo,
      asian: yesOrNo,
      blackOrAfricanAmerican: yesOrNo,
      nativeHawaiianOrOtherPacificIslander: yesOrNo,
      white: yesOrNo,
      demographicRaceTwoOrMoreRaces: yesOrNo,
      hispanicOrLatinoEthnicity: yesOrNo,
      countryOfBirthCode: words,
      stateOfBirthAbbreviation: words,
      cityOfBirth: words,
      publicSchoolResidenceStatus: words,
    },
    aliases: headAliases,
  },
  resources: {
    fields: {
      ...head,
      title: words,
      roles: wordList,
      importance: words,
      vendorResourceId: words,
      vendorId: words,
      applicationId: words,
    },
    aliases: headAliases,
  },
  categories: { fields: { ...head, title: words, weight: number }, aliases: headAliases },
  lineItems: {
    fields: {
      ...head,
      title: words,
      description: words,
      assignDate: instant,
      dueDate: instant,
      class: needed(reference, 'missing-class'),
      school: reference,
      category: reference,
      gradingPeriod: reference,
      academicSession: reference,
      scoreScale: reference,
      resultValueMin: number,
      resultValueMax: number,
      learningObjectiveSet: objects,
    },
    aliases: {
      ...headAliases,
      ...flat('class', 'school', 'category', 'gradingPeriod', 'academicSession', 'scoreScale'),
    },
  },
  results: {
    fields: { ...head, ...scored, lineItem: needed(reference, 'missing-line-item'), class: reference },
    aliases: { ...headAliases, ...flat('lineItem', 'student', 'class', 'scoreScale') },
  },
  scoreScales: {
    fields: {
      ...head,
      title: words,
      type: words,
      course: reference,
      class: reference,
      scoreScaleValue: (value) => scaleSteps(value) ?? [],
    },
    aliases: { ...headAliases, ...flat('course', 'class') },
  },
  assessmentLineItems: {
    fields: {
      ...head,
      title: words,
      description: words,
      class: reference,
      parentAssessmentLineItem: reference,
      scoreScale: reference,
      resultValueMin: number,
      resultValueMax: number,
      learningObjectiveSet: objects,
    },
    aliases: { ...headAliases, ...flat('class', 'parentAssessmentLineItem', 'scoreScale') },
  },
  assessmentResults: {
    fields: {
      ...head,
      ...scored,
      assessmentLineItem: needed(reference, 'missing-assessment-line-item'),
      scorePercentile: number,
    },
    aliases: { ...headAliases, ...flat('assessmentLineItem', 'student', 'scoreScale') },
  },
};
