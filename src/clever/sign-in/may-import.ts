import { z } from 'zod';
import { NotAllowedError } from '../../errors.js';
import { checked } from '../checked.js';
import type { CleverPerson } from './person.js';

/** Who may import. */
export interface MayImportOptions {
  /** @default both */
  readonly roles?: readonly ('district_admin' | 'school_admin')[] | undefined;
  /**
   * The roles among those of a person of the staff that make a school administrator. `PortalOnly`, Clever's other one,
   * only lets people into the portal.
   *
   * @default ['SchoolTechLead']
   */
  readonly schoolAdminRoles?: readonly string[] | undefined;
  /**
   * Clever's id of the district whose roster is to be imported. Without it an administrator of *any* district passes,
   * and anybody can be one of a sandbox: then import nothing but the district of the right. An `undefined` that is
   * written out is refused, so that a district that was not found is not taken for any.
   *
   * @default any district
   */
  readonly district?: string;
}

/** What a person may import. */
export interface ImportRight {
  readonly as: 'district_admin' | 'school_admin';
  /** Clever's id of the district whose roster they may import, and no other. */
  readonly district: string;
  /** The ids of the schools; a school administrator has their own only. */
  readonly schools: 'all' | readonly string[];
}

const NO_DISTRICT = "is no id: give Clever's id of the district, or leave the option out";

const optionsSchema: z.ZodType<MayImportOptions> = z.strictObject({
  roles: z
    .array(z.enum(['district_admin', 'school_admin'], "holds 'district_admin', 'school_admin' or both"))
    .min(1, 'is empty: then nobody may import')
    .readonly()
    .optional(),
  schoolAdminRoles: z.array(z.string('holds names of roles')).readonly().optional(),
  district: z.string(NO_DISTRICT).regex(/^\S+$/, NO_DISTRICT).exactOptional(),
});

/**
 * Makes sure that a person may import a roster: an administrator of the district, or one of a school, who imports their
 * own schools only. Who is both gets the wider right that `roles` allows.
 *
 * The right is for the person's own district. Name the one whose roster is to be imported as `district`: without it an
 * administrator of any district passes, and a sandbox, which anybody can have, is one too.
 *
 * Version 3 of Clever's API calls a school administrator `staff`, with a role of its own beneath; other staff may not
 * import, nor may teachers, students, contacts, or people whom a teacher let in by Clever Library. Whether staff are
 * administrators is judged by their record alone, whatever the type is that they signed in as.
 *
 * @throws NotAllowedError whose message is meant for the person: it says whom to ask
 * @throws ConfigurationError naming the option that is unknown or impossible
 * @example
 * ```ts
 * import { assertMayImport, type CleverPerson } from 'rosterkit/clever';
 *
 * export function schoolsToImport(person: CleverPerson, district: string): 'all' | readonly string[] {
 *   return assertMayImport(person, { district }).schools;
 * }
 * ```
 */
export function assertMayImport(person: CleverPerson, options: MayImportOptions = {}): ImportRight {
  const known = checked(optionsSchema, options, { of: 'assertMayImport', like: '{ district }' });
  const right = rightOf(person, known);
  if (known.district !== undefined && known.district !== right.district) throw ofAnotherDistrict();
  return right;
}

function rightOf(
  person: CleverPerson,
  { roles = ['district_admin', 'school_admin'], schoolAdminRoles = ['SchoolTechLead'] }: MayImportOptions,
): ImportRight {
  const { district } = person;
  // A teacher's own sharing says nothing about what the district allows.
  if (person.authorizedBy === 'teacher') throw refused(roles);
  if (roles.includes('district_admin') && isDistrictAdmin(person))
    return { as: 'district_admin', district, schools: 'all' };
  if (!roles.includes('school_admin') || !isSchoolAdmin(person, schoolAdminRoles)) throw refused(roles);
  const schools = person.roles.staff?.schools ?? [];
  if (schools.length === 0) throw withoutSchools();
  return { as: 'school_admin', district, schools };
}

function isDistrictAdmin({ type, roles }: CleverPerson): boolean {
  return type === 'district_admin' || roles.district_admin !== undefined;
}

function isSchoolAdmin({ roles }: CleverPerson, schoolAdminRoles: readonly string[]): boolean {
  return (roles.staff?.roles ?? []).some((role) => schoolAdminRoles.includes(role));
}

const WORDS = { district_admin: 'an administrator of the district', school_admin: 'a school administrator' } as const;

function refused(roles: readonly ImportRight['as'][]): NotAllowedError {
  const who = [...new Set(roles)].map((role) => WORDS[role]).join(' or ');
  return new NotAllowedError(
    `Only ${who} may import classes from Clever. Please ask the district's Clever administrator to import them, or to make you one in Clever.`,
    { action: 'import' },
  );
}

function withoutSchools(): NotAllowedError {
  return new NotAllowedError(
    "Clever names no school that you administer, so there is none whose classes you may import. Please ask the district's Clever administrator to assign your schools to you in Clever.",
    { action: 'import' },
  );
}

function ofAnotherDistrict(): NotAllowedError {
  return new NotAllowedError(
    "In Clever you are an administrator of another district than the one whose classes are to be imported. Please sign in as one of that district's administrators, or ask its Clever administrator to import them.",
    { action: 'import' },
  );
}
