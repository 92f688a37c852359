import { ConfigurationError } from '../../errors.js';
import { usableEmail } from '../../internal/contact.js';
import type { LocalUser, Scope, UserRole } from '../../model/index.js';
import type { DirectoryStore } from '../../ports/index.js';

/** On whose behalf people are invited: one person of the host, by id, or one for each school by its sourcedId. */
export type InviteFrom = string | Readonly<Record<string, string>>;

/** What the letter of a sender says, and where answers go. */
export interface Signature {
  readonly replyTo: string;
  readonly name: string;
  readonly schoolName?: string | undefined;
}

/** On whose behalf to invite, and who may be that. */
export interface SendersInput {
  readonly from?: InviteFrom | undefined;
  /** Roles of the host whose people may stand in for an administrator. */
  readonly fromRoles?: readonly string[] | undefined;
  /** The setting, as errors name it. */
  readonly parameter: string;
}

/** Tells on whose behalf a person of these schools is invited. */
export type Senders = (schoolSourcedIds: readonly string[]) => Signature | undefined;

/** Clever calls the administrators of a school staff. */
const ADMINISTRATORS: readonly UserRole[] = ['administrator', 'staff'];

/**
 * Who invites whom. Without a sender nobody is named, and answers go to the mailer's own address.
 *
 * @throws ConfigurationError naming the setting where it names nobody, or somebody who is no active administrator of the
 *   school, or has no e-mail address
 */
export async function settleSenders(
  store: Pick<DirectoryStore, 'load'>,
  scope: Scope,
  { from, fromRoles = [], parameter }: SendersInput,
  schoolNames: ReadonlyMap<string, string> = new Map(),
): Promise<Senders> {
  if (from === undefined) return () => undefined;
  const ids = new Set(typeof from === 'string' ? [from] : Object.values(from));
  const local = await store.load(scope);
  const people = new Map<string, LocalUser>();
  for await (const user of local.users) if (ids.has(user.id)) people.set(user.id, user);
  const names = new Map<string, string>();
  for await (const { sourcedId, name } of local.schools) if (sourcedId !== undefined) names.set(sourcedId, name);
  for (const [sourcedId, name] of schoolNames) names.set(sourcedId, name);

  function senderOf(id: string, where: string): LocalUser {
    const person = people.get(id);
    if (person === undefined) throw new ConfigurationError(where, `names a person whom the host does not have: ${id}`);
    if (person.state !== 'active' || person.enabled === false) {
      throw new ConfigurationError(where, `names a person who is not active: ${id}`);
    }
    if (!isAdministrator(person, fromRoles)) {
      throw new ConfigurationError(where, `names a person who is no administrator: ${id}`);
    }
    if (emailOf(person) === undefined) {
      throw new ConfigurationError(where, `names a person without an e-mail address, to which answers could go: ${id}`);
    }
    return person;
  }

  function signatureOf(person: LocalUser, school: string | undefined): Signature {
    const schoolName = school === undefined ? undefined : names.get(school);
    const name = `${person.givenName} ${person.familyName}`;
    return { replyTo: emailOf(person) ?? '', name, ...(schoolName === undefined ? {} : { schoolName }) };
  }

  if (typeof from === 'string') {
    const person = senderOf(from, parameter);
    return (schools) => {
      const school = schools.find((each) => isOfSchool(person, each));
      if (school === undefined && schools.length > 0) {
        const message = `names a person who is no administrator of school ${schools[0] ?? ''}, for which they would invite. Name one for each school.`;
        throw new ConfigurationError(parameter, message);
      }
      return signatureOf(person, school);
    };
  }
  const bySchool = new Map<string, LocalUser>();
  for (const [school, id] of Object.entries(from)) {
    const where = `${parameter}.${school}`;
    const person = senderOf(id, where);
    if (!isOfSchool(person, school)) {
      throw new ConfigurationError(where, `names a person who is no administrator of this school: ${id}`);
    }
    bySchool.set(school, person);
  }
  return (schools) => {
    const school = schools.find((each) => bySchool.has(each));
    const person = school === undefined ? undefined : bySchool.get(school);
    return person === undefined ? undefined : signatureOf(person, school);
  };
}

function isAdministrator({ roles, role }: LocalUser, fromRoles: readonly string[]): boolean {
  return roles.some((each) => ADMINISTRATORS.includes(each)) || (role !== undefined && fromRoles.includes(role));
}

/** An administrator of no school in particular is one of the whole district. */
function isOfSchool({ schoolSourcedIds, roles, site }: LocalUser, school: string): boolean {
  if (schoolSourcedIds.includes(school) || site === school) return true;
  return schoolSourcedIds.length === 0 && site === undefined && roles.includes('administrator');
}

function emailOf({ verifiedEmail, email }: LocalUser): string | undefined {
  return usableEmail(verifiedEmail ?? email);
}
