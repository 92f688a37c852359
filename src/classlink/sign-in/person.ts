import { z } from 'zod';
import { ConfigurationError } from '../../errors.js';
import { optionalSourcedId, optionalText, sourcedIdList } from '../../http/index.js';
import type { UserRole } from '../../model/index.js';
import { isSameTenant } from '../tenant.js';

/** A person whom ClassLink vouches for. */
export interface ClassLinkPerson {
  /** ClassLink's number of their district. */
  readonly tenantId: string;
  /**
   * The id that the person has in the district's roster. ClassLink knows it only where the district uses its Roster
   * Server, and it is unique only within the tenant.
   *
   * @default not told: then nobody of a roster is this person
   */
  readonly sourcedId: string | undefined;
  /** ClassLink's own number of the person, the same in every application and never in a roster. */
  readonly userId: string;
  /** The name they sign in to ClassLink with. @default not told */
  readonly loginId: string | undefined;
  /** As the district gave it: never a proof of who somebody is. @default not told */
  readonly email: string | undefined;
  /** @default not told */
  readonly givenName: string | undefined;
  /** @default not told */
  readonly familyName: string | undefined;
  /** @default not told */
  readonly displayName: string | undefined;
  /** What the person is to ClassLink. Districts have been seen to call all staff teachers: the roster knows better. */
  readonly role: UserRole;
  /** ClassLink's own word, such as `Tenant Administrator`. @default not told */
  readonly roleName: string | undefined;
  /** The ids that the person's schools have in the roster; empty where ClassLink tells none. */
  readonly schoolIds: readonly string[];
}

/** A child of a person who is a guardian, as ClassLink links them. */
export interface ClassLinkStudent {
  /** ClassLink's number of the child's district. @default not told: then nobody of a roster is this child */
  readonly tenantId: string | undefined;
  /** The id that the child has in the district's roster. @default not told */
  readonly sourcedId: string | undefined;
  /** ClassLink's own number of the child. @default not told */
  readonly userId: string | undefined;
  /** @default not told */
  readonly givenName: string | undefined;
  /** @default not told */
  readonly familyName: string | undefined;
  /** @default not told */
  readonly displayName: string | undefined;
}

/**
 * The user of a roster that a person, or a guardian's child, is: by the sourcedId, and only in the roster of their own
 * tenant, because the same sourcedId is somebody else in another one. Never by an e-mail address, which may be shared,
 * missing or somebody else's. Nobody is found where ClassLink tells no sourcedId or, of a child, no tenant, where the
 * roster says that the user is gone (`tobedeleted`), or the person came to the district after the roster was read.
 *
 * @throws ConfigurationError naming `roster` where its users are no list, such as one that is still to be read
 * @example
 * ```ts
 * import { type ClassLinkClient, type ClassLinkPerson, findPerson } from 'rosterkit/classlink';
 *
 * export async function isRostered(client: ClassLinkClient, person: ClassLinkPerson): Promise<boolean> {
 *   const users = await client.users.list().toArray();
 *   return findPerson(person, { tenantId: client.tenantId, users }) !== undefined;
 * }
 * ```
 */
export function findPerson<U extends { readonly sourcedId: string; readonly status?: string | undefined }>(
  person: Pick<ClassLinkPerson, 'sourcedId'> & { readonly tenantId: string | number | undefined },
  roster: { readonly tenantId: string | number; readonly users: Iterable<U> },
): U | undefined {
  const users: unknown = (roster as Partial<typeof roster> | undefined)?.users;
  if (typeof users !== 'object' || users === null || !(Symbol.iterator in users)) {
    throw new ConfigurationError('roster', 'has a tenantId, and users that were read already, such as by toArray()');
  }
  const { tenantId, sourcedId } = person;
  if (sourcedId === undefined || sourcedId.trim() === '') return undefined;
  if (!isSameTenant(tenantId, roster.tenantId)) return undefined;
  for (const user of roster.users) if (user.sourcedId === sourcedId && user.status !== 'tobedeleted') return user;
  return undefined;
}

/** An id as it was sent. A blank one is none: it would be that of everybody who has none. */
const optionalId = optionalSourcedId.transform((id) => (id?.trim() === '' ? undefined : id));

const infoSchema = z.object({
  TenantId: optionalId,
  UserId: optionalId,
  SourcedId: optionalId,
  LoginId: optionalText,
  Email: optionalText,
  FirstName: optionalText,
  LastName: optionalText,
  DisplayName: optionalText,
  Role: optionalText,
  // Seen as an empty text, and as a list of ids.
  OrgId: z.unknown().optional().transform(sourcedIdList),
});

/** Who `/v2/my/info` says the person is; undefined where it names nobody. */
export function personOf(body: unknown): ClassLinkPerson | undefined {
  const { data } = infoSchema.safeParse(body);
  if (data?.TenantId === undefined || data.UserId === undefined) return undefined;
  return {
    tenantId: data.TenantId,
    sourcedId: data.SourcedId,
    userId: data.UserId,
    loginId: data.LoginId,
    email: data.Email,
    givenName: data.FirstName,
    familyName: data.LastName,
    displayName: data.DisplayName,
    role: roleOf(data.Role),
    roleName: data.Role,
    schoolIds: data.OrgId,
  };
}

/**
 * The children of `/v2/my/students`: a list under `response`, or bare. A child is of the tenant that its row names, and
 * of no other: the guardian's may be another one. Undefined where it is no list.
 */
export function studentsOf(body: unknown): readonly ClassLinkStudent[] | undefined {
  const list = typeof body === 'object' && body !== null && 'response' in body ? body.response : body;
  if (!Array.isArray(list)) return undefined;
  return list.map((row: unknown) => {
    const data = infoSchema.safeParse(row).data ?? infoSchema.parse({});
    return {
      tenantId: data.TenantId,
      sourcedId: data.SourcedId,
      userId: data.UserId,
      givenName: data.FirstName,
      familyName: data.LastName,
      displayName: data.DisplayName,
    };
  });
}

/** ClassLink's documentation names a student, a teacher and a tenant administrator; the others are of the same kind. */
const ROLES: ReadonlyMap<string, UserRole> = new Map([
  ['student', 'student'],
  ['teacher', 'teacher'],
  ['aide', 'aide'],
  ['administrator', 'administrator'],
  ['tenant administrator', 'administrator'],
  ['building administrator', 'administrator'],
  ['school administrator', 'administrator'],
  ['district administrator', 'administrator'],
  ['principal', 'administrator'],
  ['staff', 'staff'],
  ['parent', 'guardian'],
  ['guardian', 'guardian'],
  ['relative', 'guardian'],
]);

function roleOf(name: string | undefined): UserRole {
  return ROLES.get(name?.toLowerCase() ?? '') ?? 'other';
}
