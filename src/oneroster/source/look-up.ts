import { ConfigurationError, DecodeError, NotFoundError, PermissionDeniedError } from '../../errors.js';
import type { ReadOptions } from '../../ports/index.js';
import type { OneRosterResource } from '../api/resource.js';
import type { OneRosterUser } from '../records/wire.js';
import { wireRoles } from '../roster/roles.js';
import { together } from './together.js';

/** For more people than this it is cheaper to read everything. */
const MOST_LOOK_UPS = 200;

/** So many at a time: as many as a client asks for side by side. */
const AT_A_TIME = 4;

const LINKED_ROLES: ReadonlySet<string> = new Set(['student', 'parent', 'guardian', 'relative']);

/**
 * The people to whom changed students and guardians are linked, and who did not change: only their own role tells who is
 * whose guardian. Who is not found is not there. Undefined where there are too many, or where a person is refused or cannot
 * be read: that somebody is not shared is known of nobody then.
 */
export async function usersBehind(
  changed: readonly OneRosterUser[],
  users: OneRosterResource<'users'>,
  { signal }: Pick<ReadOptions, 'signal'>,
): Promise<readonly OneRosterUser[] | undefined> {
  const known = new Set(changed.map(({ sourcedId }) => sourcedId));
  const unknown = new Set<string>();
  for (const user of changed) {
    if (user.status === 'tobedeleted' || !wireRoles(user).some((role) => LINKED_ROLES.has(role))) continue;
    for (const { sourcedId } of user.agents) if (!known.has(sourcedId)) unknown.add(sourcedId);
  }
  if (unknown.size > MOST_LOOK_UPS) return undefined;
  const ids = [...unknown];
  const people: OneRosterUser[] = [];
  for (let at = 0; at < ids.length; at += AT_A_TIME) {
    const found = await together<readonly (readonly OneRosterUser[] | undefined)[]>(signal, (either) =>
      ids.slice(at, at + AT_A_TIME).map((id) => lookUp(id, users, either)),
    );
    for (const one of found) {
      if (one === undefined) return undefined;
      people.push(...one);
    }
  }
  return people;
}

/** The person, if there is one; undefined where the server does not give this person, or single people at all. */
async function lookUp(
  id: string,
  users: OneRosterResource<'users'>,
  signal: AbortSignal,
): Promise<readonly OneRosterUser[] | undefined> {
  try {
    return [await users.get(id, { signal })];
  } catch (error) {
    if (error instanceof NotFoundError) return error.isWrongEndpoint ? undefined : [];
    const isUntold =
      error instanceof PermissionDeniedError || error instanceof DecodeError || error instanceof ConfigurationError;
    // An id that no path can hold, a refusal and a row that cannot be read say nothing of the person.
    if (isUntold) return undefined;
    throw error;
  }
}
