import { ConfigurationError, DecodeError, NotFoundError, PermissionDeniedError } from '../../errors.js';
import type { ReadOptions } from '../../ports/index.js';
import type { OneRosterResource } from '../api/resource.js';
import type { OneRosterUser } from '../records/wire.js';
import { wireRoles } from '../roster/roles.js';
import { together } from './together.js';

/** For more people than this it is cheaper to read everything. */
const MOST_LOOK_UPS = 200;

const LINKED_ROLES: ReadonlySet<string> = new Set(['student', 'parent', 'guardian', 'relative']);

/**
 * The people to whom changed students and guardians are linked, and who did not change: only their own role tells who is
 * whose guardian. Who is not shared is not there. Undefined where there are too many, or where people cannot be had one by
 * one.
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
  const found = await together<readonly (readonly OneRosterUser[] | undefined)[]>(signal, (either) =>
    [...unknown].map((id) => lookUp(id, users, either)),
  );
  const people = found.filter((one) => one !== undefined);
  return people.length < found.length ? undefined : people.flat();
}

/** The person, if there is one; undefined where the server does not give single people. */
async function lookUp(
  id: string,
  users: OneRosterResource<'users'>,
  signal: AbortSignal,
): Promise<readonly OneRosterUser[] | undefined> {
  try {
    return [await users.get(id, { signal })];
  } catch (error) {
    if (error instanceof NotFoundError) return error.isWrongEndpoint ? undefined : [];
    // What no path can hold, is refused or cannot be read is as good as not shared.
    const isNobody =
      error instanceof PermissionDeniedError || error instanceof DecodeError || error instanceof ConfigurationError;
    if (isNobody) return [];
    throw error;
  }
}
