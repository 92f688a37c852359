import { ConfigurationError } from '../../errors.js';
import { checkText } from '../../internal/options.js';
import type { ClassOptions, UserRole } from '../../model/index.js';

/** Who acts. */
export interface ActOptions {
  /** In the host's own words, such as a user id; kept in the journal. */
  readonly by: string;
}

/** What people tell of a class that they make. */
export interface ClassFields {
  readonly name: string;
  readonly schoolSourcedId?: string;
  readonly period?: string;
  readonly grades?: readonly string[];
  readonly subject?: string;
  readonly options?: ClassOptions;
}

/** What people may change of a class besides its name and options. */
export interface ClassDetails {
  readonly period?: string | undefined;
  readonly sectionNumber?: string | undefined;
  readonly courseTitle?: string | undefined;
  readonly grades?: readonly string[] | undefined;
  readonly subject?: string | undefined;
}

/** What people may change of a person. */
export interface PersonFields {
  readonly givenName?: string;
  readonly familyName?: string;
  readonly middleName?: string | undefined;
  readonly username?: string | undefined;
  readonly email?: string | undefined;
  readonly mobile?: string | undefined;
  readonly homePhone?: string | undefined;
  readonly grade?: string | undefined;
  readonly role?: string | undefined;
  readonly site?: string | undefined;
  /** The names of the permission sets. */
  readonly permissions?: readonly string[] | undefined;
}

/** What people tell of a person whom they make. */
export interface NewPersonFields extends PersonFields {
  readonly givenName: string;
  readonly familyName: string;
  readonly roles: readonly UserRole[];
  readonly schoolSourcedIds?: readonly string[];
}

/** What people tell of a guardian of a student. */
export interface GuardianFields {
  /** Such as `mother`. */
  readonly relationship?: string | undefined;
  /** The kind of contact, in the provider's words. */
  readonly contactType?: string | undefined;
}

const PERSON_FIELDS: Readonly<Record<keyof PersonFields, true>> = {
  givenName: true,
  familyName: true,
  middleName: true,
  username: true,
  email: true,
  mobile: true,
  homePhone: true,
  grade: true,
  role: true,
  site: true,
  permissions: true,
};

const CLASS_DETAILS: Readonly<Record<keyof ClassDetails, true>> = {
  period: true,
  sectionNumber: true,
  courseTitle: true,
  grades: true,
  subject: true,
};

const CLASS_OPTIONS: Readonly<Record<keyof ClassOptions, true>> = {
  behaviorManagement: true,
  studentPortfolios: true,
  parentCommunication: true,
};

/** @throws ConfigurationError where nobody acts: what a person did must be known as theirs */
export function checkActor(by: unknown): asserts by is string {
  checkText('by', by, 'says who acts, such as a user id');
}

/** @throws ConfigurationError naming a field that people cannot change, or cannot empty */
export function checkPersonFields(fields: PersonFields): void {
  checkNames(fields, PERSON_FIELDS);
  for (const name of ['givenName', 'familyName'] as const) {
    if (name in fields && fields[name] === undefined) {
      throw new ConfigurationError(`fields.${name}`, "can't be emptied");
    }
  }
  const { permissions, ...texts } = fields;
  checkTexts(texts);
  checkList('permissions', permissions);
}

/** @throws ConfigurationError naming a field that people cannot change */
export function checkClassDetails(fields: ClassDetails): void {
  checkNames(fields, CLASS_DETAILS);
  const { grades, ...texts } = fields;
  checkTexts(texts);
  checkList('grades', grades);
}

/** @throws ConfigurationError naming an option that a class has not, or that is neither on nor off */
export function checkClassOptions(options: Partial<ClassOptions>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(CLASS_OPTIONS, name)) {
      throw new ConfigurationError(`options.${name}`, 'is not an option of a class');
    }
    if (typeof value !== 'boolean') throw new ConfigurationError(`options.${name}`, 'is true or false');
  }
}

function checkNames(fields: object, known: object): void {
  for (const name of Object.keys(fields)) {
    if (!Object.hasOwn(known, name)) throw new ConfigurationError(`fields.${name}`, 'is not a field to edit');
  }
}

function checkTexts(fields: object): void {
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && typeof value !== 'string') throw new ConfigurationError(`fields.${name}`, 'is a text');
  }
}

function checkList(name: string, value: unknown): void {
  if (value === undefined || (Array.isArray(value) && value.every((each) => typeof each === 'string'))) return;
  throw new ConfigurationError(`fields.${name}`, 'is a list of texts');
}
