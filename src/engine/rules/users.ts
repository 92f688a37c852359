/**
 * The table of users (rows U): what of an account follows the roster, and who keeps it.
 *
 * @module
 */

import { isSame } from '../../internal/canonical.js';
import { compareIds } from '../../internal/ordered.js';
import { userSubject } from '../../model/index.js';
import type { LocalUser, SyncedUser, User } from '../../model/index.js';
import { compareContacts, type FieldChanges } from './contacts.js';
import { handlesRoles, type Context } from '../context.js';
import { ABSENT, userFingerprint } from '../fingerprint.js';
import { isAnotherPerson, userRekey, type PersonMatch, type RekeyPatch } from '../identity/index.js';
import type { Memberships } from '../passes/memberships.js';
import { withOwn } from './own-fields.js';
import type { People } from '../passes/people.js';
import { isUserInScope, schoolOf, siteOf, usernameOf } from './user-fields.js';

/** The fields that follow the roster as long as no person has changed them, besides the contact details. */
const TRACKED = [
  'roles',
  'givenName',
  'familyName',
  'middleName',
  'username',
  'enabled',
  'schoolSourcedIds',
  'grade',
  'birthDate',
  'stateId',
  'sisId',
] as const satisfies readonly (keyof SyncedUser)[];

/** A person on both sides: fields, contact details, state. Says whether all of it is plainly as it was. */
export function comparePerson(feed: User, local: LocalUser, context: Context, people: People): boolean {
  if (context.draft.isObserved('user', feed.sourcedId)) {
    context.draft.observe(userSubject(feed.sourcedId), userFingerprint(feed));
  }
  if (isUnchanged(feed, local, context)) return true;
  if (!isUserInScope(feed, local, context)) return false;
  const isOther = local.synced !== undefined && isAnotherPerson(feed, local.synced);
  // U13, P8: also an import that leaves such people be must not take the one for the other.
  if (isOther) people.freeze(feed.sourcedId);
  if (!handlesRoles(context.policy, feed.roles)) return false;
  const key = compareUser(feed, local, context, undefined);
  if (isOther && key !== undefined) holdRecycled(feed, key, context);
  return false;
}

/** U12: a person with a new sourcedId. */
export function compareRekeyed(match: PersonMatch, context: Context): void {
  compareUser(match.feed, match.local, context, userRekey(match));
}

/**
 * Whether every field is plainly as it was last applied, so that no row has anything to say: nearly all persons of
 * nearly all plans. Anything less plain takes the long way.
 */
function isUnchanged(feed: User, local: LocalUser, context: Context): boolean {
  const { synced } = local;
  if (synced === undefined || local.state !== 'active') return false;
  if (feed.enabled === false || synced.enabled === false || local.rosterEmail !== undefined) return false;
  const { policy } = context;
  const contact = local.claimed === true || policy.contactUpdates === 'all' ? local : synced;
  const username = policy.teachers.username === 'roster' ? feed.username : usernameOf(feed, context);
  return (
    feed.givenName === synced.givenName &&
    feed.familyName === synced.familyName &&
    feed.middleName === synced.middleName &&
    username === synced.username &&
    feed.email === contact.email &&
    feed.mobile === contact.mobile &&
    feed.homePhone === contact.homePhone &&
    feed.grade === synced.grade &&
    feed.birthDate === synced.birthDate &&
    feed.stateId === synced.stateId &&
    feed.sisId === synced.sisId &&
    isSameList(feed.roles, synced.roles) &&
    isSameList(feed.schoolSourcedIds, synced.schoolSourcedIds)
  );
}

function isSameList(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) if (left[index] !== right[index]) return false;
  return true;
}

/** U13: what the feed says is proposed, and held until a person says that it is the same human being after all. */
function holdRecycled({ sourcedId }: User, key: string, context: Context): void {
  context.draft.hold({
    id: `U13:${sourcedId}`,
    gate: 'U13',
    code: 'RECYCLED_PERSON_ID',
    subject: userSubject(sourcedId),
    approvable: true,
    changes: new Set([key]),
  });
}

/** Returns the key of the change, where there is one. */
function compareUser(
  feed: User,
  local: LocalUser,
  context: Context,
  rekey: RekeyPatch | undefined,
): string | undefined {
  const { draft } = context;
  const subject = userSubject(feed.sourcedId);
  const changes: FieldChanges = { before: {}, after: {}, synced: {} };
  compareFields(feed, local, context, changes);
  compareContacts(feed, local, context, changes);
  compareSite(feed, local, context, changes);
  if (feed.enabled === false) {
    draft.note({ rule: 'U15', code: 'ACCESS_CURTAILED', severity: 'info', noun: 'user', subject });
  }
  let kind: 'user-update' | 'user-reactivate' | 'user-rekey' = 'user-update';
  let reason: { rule: string; code: string } | undefined = changes.reason;
  if (local.state === 'deactivated' && local.by === 'user') {
    draft.noteOnce({ rule: 'U10', code: 'LOCAL_DEACTIVATION_WINS', severity: 'info', noun: 'user', subject });
  } else if (local.state === 'deactivated' && !context.isRestricted) {
    kind = 'user-reactivate';
    reason = { rule: 'U7', code: 'RETURNED' };
    Object.assign(changes.before, { state: local.state, by: local.by });
    Object.assign(changes.after, { state: 'active', by: undefined });
  }
  if (rekey !== undefined) {
    kind = 'user-rekey';
    ({ reason } = rekey);
    Object.assign(changes.before, rekey.before);
    Object.assign(changes.after, rekey.after);
  }
  const isFirst = local.synced === undefined && rekey !== undefined;
  if (isFirst || Object.keys(changes.synced).length > 0) {
    changes.before['synced'] = local.synced;
    changes.after['synced'] = { ...(local.synced ?? trackedOf(feed, context)), ...changes.synced };
  }
  if (reason === undefined && Object.keys(changes.after).length === 0) return undefined;
  const isProposed = draft.propose({
    kind,
    subject,
    target: { id: local.id, sourcedId: rekey === undefined ? feed.sourcedId : (local.sourcedId ?? feed.sourcedId) },
    ...schoolOf(feed),
    before: changes.before,
    after: changes.after,
    version: local.version,
    reason: {
      ...(reason ?? { rule: 'U16', code: 'FIELDS_CHANGED' }),
      evidence: {
        fields: Object.keys(changes.after).filter((field) => field !== 'synced'),
        ...(rekey === undefined ? {} : { by: rekey.by }),
      },
    },
    fingerprint: userFingerprint(feed),
  });
  return isProposed ? `${kind} ${subject}` : undefined;
}

/** U16 and F4: a field follows the feed when the feed's value differs from the one last applied; empty says nothing. */
function compareFields(feed: User, local: LocalUser, context: Context, changes: FieldChanges): void {
  const synced = local.synced;
  for (const field of TRACKED) {
    const value = feedValue(feed, field, context);
    if (isEmpty(value)) continue;
    if (isSame(value, synced === undefined ? local[field] : synced[field])) continue;
    if (field === 'enabled' && value === true && synced?.enabled === undefined) continue;
    changes.synced[field] = value;
    if (local.hostFields?.includes(field) === true) continue;
    const next = withOwn(field, value, local);
    if (isSame(next, local[field])) continue;
    changes.before[field] = local[field];
    changes.after[field] = next;
    changes.reason ??= { rule: 'U16', code: 'FIELDS_CHANGED' };
  }
}

/** What a sync writes first of a person whom people had made: all of it, or the rest would seem to change later. */
function trackedOf(feed: User, context: Context): Record<string, unknown> {
  const tracked: Record<string, unknown> = {};
  for (const field of TRACKED) {
    const value = feedValue(feed, field, context);
    if (value !== undefined && !(field === 'enabled' && value === true)) tracked[field] = value;
  }
  return tracked;
}

/** U4: the site follows when the person was at its school and has left it, unless the host owns the site. */
function compareSite(feed: User, local: LocalUser, context: Context, changes: FieldChanges): void {
  const schools = feed.schoolSourcedIds;
  if (schools.length === 0 || local.hostFields?.includes('site') === true) return;
  const { site: present, synced } = local;
  if (present === undefined || present !== synced?.site) return;
  if (schools.includes(present) || !synced.schoolSourcedIds.includes(present)) return;
  const site = siteOf(feed, undefined, context);
  if (site === undefined || site === present) return;
  // The schools change whenever the site does: where nothing else changed, the move is the reason rather than U16.
  const isMoveAlone = Object.keys(changes.after).every((field) => field === 'schoolSourcedIds');
  changes.before['site'] = present;
  changes.after['site'] = site;
  changes.synced['site'] = site;
  if (isMoveAlone) changes.reason = { rule: 'U4', code: 'SITE_MOVED' };
}

function feedValue(feed: User, field: (typeof TRACKED)[number], context: Context): unknown {
  if (field === 'username') return usernameOf(feed, context);
  if (field === 'roles') return [...feed.roles].sort(compareIds);
  if (field === 'schoolSourcedIds') return [...feed.schoolSourcedIds].sort(compareIds);
  return feed[field];
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

/** U7: persons who left the district altogether. By default nothing happens to the account. */
export function deactivatePeople(context: Context, people: People, memberships: Memberships): void {
  for (const user of [...people.vanished.values(), ...people.tombstoned.values()]) {
    const sourcedId = user.sourcedId as string;
    const isObserved = context.draft.isObserved('user', sourcedId);
    const isInQuestion = mayBeDeactivated(user, context);
    // Whoever is missing was not seen again, whatever follows from it.
    if (user.state === 'active') context.unjudged.record(userSubject(sourcedId));
    else if (user.by === 'sync') context.unjudged.recordClosed(userSubject(sourcedId));
    if ((!isObserved && !isInQuestion) || !people.hasLeftDistrict(sourcedId)) continue;
    const subject = userSubject(sourcedId);
    if (isObserved) context.draft.observe(subject, ABSENT);
    if (!isInQuestion || people.isFrozen(sourcedId)) continue;
    if (user.protected === true) {
      context.draft.note({ rule: 'U14', code: 'PROTECTED', severity: 'info', noun: 'user', subject });
      continue;
    }
    if (user.hostFields?.includes('state') === true) {
      context.draft.noteOnce({ rule: 'U7', code: 'LOCAL_REACTIVATION_WINS', severity: 'info', noun: 'user', subject });
      continue;
    }
    if (user.otherTenants === true || memberships.hasOther(user.id)) continue;
    if (context.grace.counts(subject, people.evidenceFor(sourcedId)) === 'wait') continue;
    context.draft.propose({
      kind: 'user-deactivate',
      subject,
      target: { id: user.id, sourcedId },
      ...(user.site === undefined ? {} : { schoolSourcedId: user.site }),
      before: { state: 'active', by: undefined },
      after: { state: 'deactivated', by: 'sync' },
      // Whoever loses a login in this plan (F6 to F9) is written before.
      version: context.draft.has('user-update', subject) ? user.version + 1 : user.version,
      reason: {
        rule: 'U7',
        code: 'PERSON_ABSENT',
        evidence: { level: people.isTombstoned(sourcedId) ? 'E2' : 'E1' },
      },
      fingerprint: ABSENT,
    });
  }
}

/** Whether this person's absence, once it is proven, would end the account. */
export function mayBeDeactivated(user: LocalUser, context: Context): boolean {
  const { policy } = context;
  if (!policy.fullData || !policy.deactivateUnrostered || context.isRestricted) return false;
  if (context.local.scope.schools !== undefined || user.origin !== 'roster' || user.state !== 'active') return false;
  return handlesRoles(policy, user.roles);
}
