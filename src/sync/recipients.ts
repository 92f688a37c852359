import { normalEmail, usableEmail } from '../internal/contact.js';
import type { LocalUser, UserRole } from '../model/index.js';
import type { SyncContext } from './options.js';
import type { Touched } from './touched.js';

/** Who gets a notice: enough to choose a language by. */
export interface NoticeRecipient {
  /** The host's id. */
  readonly userId: string;
  /** The host's role. */
  readonly role?: string;
  /** What the person is in the roster. */
  readonly roles: readonly UserRole[];
}

/** What a person can be told of for in the roster, where the host has given them no role. */
export const NOTIFIED_ROLES: readonly UserRole[] = ['administrator', 'staff', 'teacher', 'aide'];

type Recipient = NoticeRecipient & { readonly email: string };

/**
 * The people of these roles in the schools concerned, and those of no school; one for each address. The host's people are
 * read once, and only those who may be told are kept.
 *
 * @param touched which schools; all of the scope where it is not given
 */
export async function recipientsOf(
  { store, scope }: SyncContext,
  roles: readonly string[],
  touched: Touched | undefined,
): Promise<readonly Recipient[]> {
  const local = await store.load(scope);
  const schools = new Set<string>();
  for await (const { sourcedId } of local.schools) if (sourcedId !== undefined) schools.add(sourcedId);
  const named = touched?.schools ?? scope.schools;
  const concerned = named === undefined ? undefined : new Set(named);
  const candidates: { readonly recipient: Recipient; readonly schools: readonly string[] }[] = [];
  for await (const user of local.users) {
    if (touched?.people.has(user.id) === true) for (const school of user.schoolSourcedIds) concerned?.add(school);
    const email = usableEmail(user.email ?? user.verifiedEmail);
    if (email === undefined || user.state !== 'active' || user.enabled === false || !hasRole(user, roles)) continue;
    const { id: userId, role } = user;
    const recipient = { userId, ...(role === undefined ? {} : { role }), roles: user.roles, email };
    candidates.push({ recipient, schools: schoolsOf(user, schools) });
  }
  const taken = new Set<string>();
  return candidates.flatMap(({ recipient, schools: own }) => {
    const address = normalEmail(recipient.email);
    const isConcerned = concerned === undefined || own.length === 0 || own.some((school) => concerned.has(school));
    if (taken.has(address) || !isConcerned) return [];
    taken.add(address);
    return [recipient];
  });
}

/** By the host's role; who has none, by the roster. A child is told of no run, whatever roles are named. */
function hasRole({ role, roles: own }: LocalUser, roles: readonly string[]): boolean {
  if (role !== undefined) return roles.includes(role);
  return own.some((each) => NOTIFIED_ROLES.includes(each) && roles.includes(each));
}

/** A site that is no school is the district's. */
function schoolsOf({ schoolSourcedIds, site }: LocalUser, known: ReadonlySet<string>): readonly string[] {
  return site !== undefined && known.has(site) ? [...schoolSourcedIds, site] : schoolSourcedIds;
}
