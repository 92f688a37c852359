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
}

/** What a person may import. */
export interface ImportRight {
  readonly as: 'district_admin' | 'school_admin';
  /** The ids of the schools; a school administrator has their own only. */
  readonly schools: 'all' | readonly string[];
}

const optionsSchema: z.ZodType<MayImportOptions> = z.strictObject({
  roles: z
    .array(z.enum(['district_admin', 'school_admin'], "holds 'district_admin', 'school_admin' or both"))
    .min(1, 'is empty: then nobody may import')
    .readonly()
    .optional(),
  schoolAdminRoles: z.array(z.string('holds names of roles')).readonly().optional(),
});

/**
 * Makes sure that a person may import the district's roster: an administrator of the district, or one of a school, who
 * imports their own schools only. Who is both gets the wider right that `roles` allows.
 *
 * Version 3 of Clever's API calls a school administrator `staff`, with a role of its own beneath; other staff may not
 * import, nor may teachers, students, contacts, or people whom a teacher let in by Clever Library.
 *
 * @throws NotAllowedError whose message is meant for the person: it says whom to ask
 * @throws ConfigurationError naming the option that is unknown or impossible
 * @example
 * ```ts
 * import { assertMayImport, type CleverPerson } from 'rosterkit/clever';
 *
 * export function schoolsToImport(person: CleverPerson): 'all' | readonly string[] {
 *   return assertMayImport(person, { roles: ['district_admin', 'school_admin'] }).schools;
 * }
 * ```
 */
export function assertMayImport(person: CleverPerson, options: MayImportOptions = {}): ImportRight {
  const { roles = ['district_admin', 'school_admin'], schoolAdminRoles = ['SchoolTechLead'] } = checked(
    optionsSchema,
    options,
    { of: 'assertMayImport', like: '{ roles, schoolAdminRoles }' },
  );
  // A teacher's own sharing says nothing about what the district allows.
  if (person.authorizedBy === 'teacher') throw refused(roles);
  if (roles.includes('district_admin') && isDistrictAdmin(person)) return { as: 'district_admin', schools: 'all' };
  if (!roles.includes('school_admin') || !isSchoolAdmin(person, schoolAdminRoles)) throw refused(roles);
  const schools = person.roles.staff?.schools ?? [];
  if (schools.length === 0) throw withoutSchools();
  return { as: 'school_admin', schools };
}

function isDistrictAdmin({ type, roles }: CleverPerson): boolean {
  return type === 'district_admin' || roles.district_admin !== undefined;
}

/** Versions before 3 say it by the type. */
function isSchoolAdmin({ type, roles }: CleverPerson, schoolAdminRoles: readonly string[]): boolean {
  return type === 'school_admin' || (roles.staff?.roles ?? []).some((role) => schoolAdminRoles.includes(role));
}

const WORDS = { district_admin: 'an administrator of the district', school_admin: 'a school administrator' } as const;

function refused(roles: readonly (keyof typeof WORDS)[]): NotAllowedError {
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
