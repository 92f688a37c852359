import type { CleverName, CleverRole, CleverRoles, CleverUser } from '../api/wire.js';

/** A person whom Clever vouches for. */
export interface CleverPerson {
  /** The id that the person has in `/users` of the Data API. */
  readonly id: string;
  /** Ids that the same person had before version 3; an application that knew them then may still hold one. */
  readonly legacyIds: readonly string[];
  /** Clever's id of their district. */
  readonly district: string;
  /** As what they signed in: one of their roles. Versions before 3 say `school_admin` where version 3 says `staff`. */
  readonly type: CleverRole | 'school_admin' | (string & {});
  /** Who lets them in: their district, or, in Clever Library, a teacher. @default not told */
  readonly authorizedBy?: 'district' | 'teacher' | (string & {}) | undefined;
  /** As the district gave it: never a proof of who somebody is. @default not shared */
  readonly email?: string | undefined;
  /** @default not shared */
  readonly name?: CleverName | undefined;
  /** All that the person is; empty where Clever does not show it to the application. */
  readonly roles: CleverRoles;
}

/**
 * The user of a roster that a person is: by the id, else by an id from before version 3. Never by an e-mail address,
 * which may be shared, missing or somebody else's. Nobody is found where the person came to the district after the
 * roster was read.
 *
 * @example
 * ```ts
 * import { type CleverClient, type CleverPerson, findPerson } from 'rosterkit/clever';
 *
 * export async function isRostered(client: CleverClient, person: CleverPerson): Promise<boolean> {
 *   return findPerson(person, await client.users.list().toArray()) !== undefined;
 * }
 * ```
 */
export function findPerson(person: CleverPerson, users: Iterable<CleverUser>): CleverUser | undefined {
  const ids = new Set([person.id, ...person.legacyIds]);
  let formerly: CleverUser | undefined;
  for (const user of users) {
    if (user.id === person.id) return user;
    if (formerly === undefined && legacyIdsOf(user).some((id) => ids.has(id))) formerly = user;
  }
  return formerly;
}

/** The ids that a user had before version 3, one for each role. */
export function legacyIdsOf({ roles }: CleverUser): readonly string[] {
  const { student, teacher, staff, district_admin, contact } = roles;
  return [student, teacher, staff, district_admin, contact]
    .map((role) => role?.legacy_id)
    .filter((id) => id !== undefined);
}
