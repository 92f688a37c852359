/**
 * The passes over the persons of both sides. The first decides about those whom both have and finds those whom only one
 * has; of streams a later one answers what other tables ask about persons.
 *
 * @module
 */

import { userSubject } from '../../model/index.js';
import type { LocalUser, User } from '../../model/index.js';
import type { AddressQuestions } from '../rules/collisions.js';
import { handlesRoles, type Context } from '../context.js';
import type { KindCensus } from '../rules/empty-kinds.js';
import { userFingerprint } from '../fingerprint.js';
import type { IdCounts, RekeyKeys } from '../identity/find-rekeys.js';
import { hasLostLogin, type LoginPass } from './login-pass.js';
import type { People } from './people.js';
import type { PersonLinks } from './person-links.js';
import type { UserVisitor } from '../reading/user-walk.js';
import { mayArriveUnplaced } from '../rules/new-users.js';
import { noteOfDoubled } from '../rules/doubled.js';
import { isUserInScope } from '../rules/user-fields.js';
import { comparePerson } from '../rules/users.js';

/** Decides about persons on both sides, and finds the others. */
export class PeoplePass implements UserVisitor {
  /** What a change of all ids (G5) is judged by. */
  readonly ids: IdCounts = { feed: 0, unknown: 0, managed: 0 };
  private readonly arrivals: User[] = [];

  constructor(
    private readonly context: Context,
    private readonly people: People,
    private readonly kinds: KindCensus,
    private readonly logins: LoginPass,
    /** Where the policy links people whom the host has already. */
    private readonly links?: PersonLinks,
  ) {}

  both(feed: User, local: LocalUser): void {
    const { context, people, kinds } = this;
    context.tally.user(feed);
    kinds.noteFeed(feed);
    kinds.noteLocal(local);
    if (local.protected === true) people.noteProtection(local);
    people.directory.answer(feed, local);
    if (local.state === 'active') this.ids.managed += 1;
    if (feed.status !== 'tobedeleted') this.ids.feed += 1;
    if (feed.status === 'tobedeleted') {
      people.tombstoned.set(feed.sourcedId, local);
      if (feed.hinted === true) people.hinted.add(feed.sourcedId);
      this.logins.askForLocal(local);
      return;
    }
    const isAsBefore = comparePerson(feed, local, context, people);
    // Whoever comes to a school shows as well as a newcomer that it is shared; those who stay are counted among its people.
    if (!isAsBefore || local.origin !== 'roster') this.showSchools(feed);
    if (!isAsBefore || hasLostLogin(local)) this.logins.askForPair(feed, local);
  }

  onlyFeed(feed: User): void {
    const { context, people } = this;
    context.tally.user(feed);
    this.kinds.noteFeed(feed);
    people.directory.answer(feed, undefined);
    if (feed.status === 'tobedeleted') return;
    this.ids.feed += 1;
    this.ids.unknown += 1;
    this.showSchools(feed);
    if (context.draft.isObserved('user', feed.sourcedId)) {
      context.draft.observe(userSubject(feed.sourcedId), userFingerprint(feed));
    }
    if (isKept(feed, context, people)) this.arrivals.push(feed);
    this.links?.onlyFeed(feed);
  }

  onlyLocal(local: LocalUser): void {
    this.alone(local);
    if (local.state === 'active') this.ids.managed += 1;
    this.people.vanished.set(local.sourcedId as string, local);
    this.people.directory.answer(undefined, local);
  }

  /** D6: nothing happens to them, nor to what they are part of. */
  doubled(feed: User | undefined, locals: readonly LocalUser[]): void {
    const { context, people, kinds, ids } = this;
    if (feed !== undefined) {
      context.tally.user(feed);
      kinds.noteFeed(feed);
      if (feed.status !== 'tobedeleted') ids.feed += 1;
    }
    for (const local of locals) {
      kinds.noteLocal(local);
      people.noteProtection(local);
      if (local.state === 'active') ids.managed += 1;
    }
    const [first] = locals as readonly [LocalUser];
    const sourcedId = first.sourcedId as string;
    const subject = userSubject(sourcedId);
    people.directory.answer(feed, first);
    people.freeze(sourcedId);
    context.unjudged.record(subject);
    if (!locals.some((local) => isUserInScope(feed, local, context))) return;
    context.draft.note(noteOfDoubled({ noun: 'user', subject }, locals));
  }

  unnamed(local: LocalUser): void {
    this.alone(local);
    this.links?.unnamed(local);
  }

  /** A school where this person is shows itself to be shared, as far as this import looks at people like them. */
  private showSchools({ roles, schoolSourcedIds }: User): void {
    const { policy, absences } = this.context;
    if (handlesRoles(policy, roles)) for (const school of schoolSourcedIds) absences.sawAt('users', school);
  }

  private alone(local: LocalUser): void {
    this.kinds.noteLocal(local);
    this.people.noteProtection(local);
    this.logins.askForLocal(local);
  }

  finish(): void {
    this.people.arrivals = this.arrivals;
  }
}

/** Answers what was asked since the first pass, and finds the arrivals that are asked for again. */
export class AnswerPass implements UserVisitor {
  private readonly arrivals: User[] = [];

  constructor(
    private readonly context: Context,
    private readonly people: People,
    private readonly keys: RekeyKeys,
    private readonly bearers: AddressQuestions,
  ) {}

  both(feed: User, local: LocalUser): void {
    this.bearers.bearer(feed, local);
    this.people.directory.answer(feed, local);
  }

  onlyFeed(feed: User): void {
    const { context, people } = this;
    this.bearers.bearer(feed, undefined);
    people.directory.answer(feed, undefined);
    if (feed.status === 'tobedeleted') return;
    if (isKept(feed, context, people) || this.keys.matches(feed)) this.arrivals.push(feed);
  }

  onlyLocal(local: LocalUser): void {
    this.bearers.bearer(undefined, local);
    this.people.directory.answer(undefined, local);
  }

  doubled(feed: User | undefined, locals: readonly LocalUser[]): void {
    for (const local of locals) this.bearers.bearer(feed, local);
    this.people.directory.answer(feed, locals[0]);
  }

  unnamed(local: LocalUser): void {
    this.bearers.bearer(undefined, local);
  }

  finish(): void {
    this.people.arrivals = this.arrivals;
  }
}

/** Whether an arrival is kept in memory. Of streams only whom another table asked for, or who gets an account anyway. */
function isKept(feed: User, context: Context, people: People): boolean {
  return people.directory.isKnown(feed.sourcedId) || mayArriveUnplaced(feed, context);
}
