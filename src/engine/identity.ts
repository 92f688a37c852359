/**
 * Who is who (U12, U13): a person with a new sourcedId, and a sourcedId with a new person.
 *
 * @module
 */

import { normalEmail } from '../internal/contact.js';
import { normalName } from '../internal/names.js';
import { userSubject } from '../model/index.js';
import type { LocalUser, User, UserRole } from '../model/index.js';
import type { Context } from './context.js';
import { userFingerprint } from './fingerprint.js';
import type { People, PersonPair, Rekey } from './people.js';

type Identified = Pick<User, 'stateId' | 'sisId' | 'email'>;

/** What some people may be known by again: of all others, only those with one of these matter. */
export class RekeyKeys {
  private readonly stateIds = new Set<string | undefined>();
  private readonly sisIds = new Set<string | undefined>();
  private readonly emails = new Set<string>();

  constructor(people: readonly Identified[]) {
    for (const { stateId, sisId, email } of people) {
      if (stateId !== undefined && stateId !== '') this.stateIds.add(stateId);
      if (sisId !== undefined && sisId !== '') this.sisIds.add(sisId);
      if (email !== undefined && email.trim() !== '') this.emails.add(normalEmail(email));
    }
  }

  get isEmpty(): boolean {
    return this.stateIds.size + this.sisIds.size + this.emails.size === 0;
  }

  matches({ stateId, sisId, email }: Identified): boolean {
    if (this.stateIds.has(stateId) || this.sisIds.has(sisId)) return true;
    return email !== undefined && this.emails.has(normalEmail(email));
  }
}

/** Persons of the host who may have come back by another sourcedId, as far as persons alone can tell. */
export function goneOf(context: Context, people: People): readonly LocalUser[] {
  if (!context.feed.provesAbsence) return [];
  return [...people.vanished.values(), ...people.tombstoned.values()].filter(({ origin }) => origin === 'roster');
}

/** Pairs persons who vanished with persons who appeared. Only a state or SIS id is enough to say that they are one. */
export function findRekeys(context: Context, people: People, keys: RekeyKeys): readonly Rekey[] {
  const rekeys: Rekey[] = [];
  if (keys.isEmpty) return rekeys;
  const arrivals = people.arrivals.filter((user) => keys.matches(user));
  if (arrivals.length === 0) return rekeys;
  // Whoever an enrollment still names is not gone; asked for those alone who could be somebody who appeared.
  const likely = new RekeyKeys(arrivals);
  const gone = goneOf(context, people).filter(
    (user) => likely.matches(user.synced ?? user) && !people.isNamed(user.sourcedId as string),
  );
  for (const by of ['stateId', 'sisId'] as const) {
    const left = unique(
      gone.filter((user) => !isTaken(user, people)),
      (user) => (user.synced ?? user)[by],
    );
    const right = unique(
      arrivals.filter(({ sourcedId }) => !people.isRekeyed(sourcedId)),
      (user) => user[by],
    );
    for (const [id, local] of left) {
      const feed = right.get(id);
      if (feed === undefined || !haveSameRole(feed.roles, local.roles)) continue;
      if (context.draft.isSuppressed('user-rekey', userSubject(feed.sourcedId), userFingerprint(feed))) {
        people.freeze(feed.sourcedId);
        people.freeze(local.sourcedId as string);
        continue;
      }
      const rekey = { feed, local, by };
      rekeys.push(rekey);
      people.rekey(local.sourcedId as string, rekey);
    }
  }
  proposeRekeys(
    context,
    people,
    gone.filter((user) => !isTaken(user, people)),
    arrivals.filter(({ sourcedId }) => !people.isRekeyed(sourcedId)),
  );
  return rekeys;
}

/** One e-mail address, name and role: a proposal. Until a person decides, neither record is created or taken away. */
function proposeRekeys(
  context: Context,
  people: People,
  gone: readonly LocalUser[],
  arrivals: readonly User[],
): void {
  const left = unique(gone, (user) => likeness(user.synced ?? user));
  const right = unique(arrivals, likeness);
  for (const [key, local] of left) {
    const feed = right.get(key);
    if (feed === undefined || local.sourcedId === undefined) continue;
    people.freeze(local.sourcedId);
    people.freeze(feed.sourcedId);
    context.draft.note({
      rule: 'U12',
      code: 'REKEY_PROPOSED',
      severity: 'warning',
      noun: 'user',
      subject: `user:${local.sourcedId}`,
      evidence: { old: local.sourcedId, new: feed.sourcedId, by: 'email, name and role' },
    });
  }
}

function isTaken(user: LocalUser, people: People): boolean {
  const { sourcedId } = user;
  return sourcedId === undefined || !(people.vanished.has(sourcedId) || people.tombstoned.has(sourcedId));
}

function likeness(user: Pick<User, 'email' | 'givenName' | 'familyName' | 'roles'>): string | undefined {
  if (user.email === undefined || user.email.trim() === '') return undefined;
  const roles = [...user.roles].sort().join(',');
  return JSON.stringify([
    normalEmail(user.email),
    normalName(user.givenName),
    normalName(user.familyName),
    roles,
  ]);
}

/** The records whose key no other of them has. */
function unique<T>(records: readonly T[], keyOf: (record: T) => string | undefined): Map<string, T> {
  const found = new Map<string, T>();
  const repeated = new Set<string>();
  for (const record of records) {
    const key = keyOf(record);
    if (key === undefined || key === '') continue;
    if (found.has(key)) repeated.add(key);
    found.set(key, record);
  }
  for (const key of repeated) found.delete(key);
  return found;
}

function haveSameRole(left: readonly UserRole[], right: readonly UserRole[]): boolean {
  return left.some((role) => right.includes(role));
}

/**
 * U13: the same sourcedId, and another human being. Name, e-mail address and birth date or grade all differ; what one
 * side lacks says nothing, but the name and one thing more must differ.
 */
export function isAnotherPerson({ feed, local }: PersonPair): boolean {
  const before = local.synced;
  if (before === undefined) return false;
  const hasOtherName =
    normalName(feed.givenName) !== normalName(before.givenName) &&
    normalName(feed.familyName) !== normalName(before.familyName);
  if (!hasOtherName) return false;
  const email = compared(feed.email?.toLowerCase(), before.email?.toLowerCase());
  const birth = compared(feed.birthDate, before.birthDate);
  const grade = compared(feed.grade, before.grade);
  const age = birth === 'unknown' ? grade : birth;
  if (email === 'same' || age === 'same') return false;
  return email === 'other' || age === 'other';
}

function compared(left: string | undefined, right: string | undefined): 'same' | 'other' | 'unknown' {
  if (left === undefined || left === '' || right === undefined || right === '') return 'unknown';
  return left === right ? 'same' : 'other';
}
