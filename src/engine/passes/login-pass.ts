/**
 * Whose logins a plan has to judge (rows F6 to F9): those of people who come, whose address changes, or whose login was
 * another's so far. When all these are known, a pass of its own finds who else has their addresses.
 *
 * @module
 */

import type { LocalUser, User } from '../../model/index.js';
import { AddressQuestions, type CollisionRules } from '../rules/collisions.js';
import { contactAfter } from '../rules/contacts.js';
import type { Context } from '../context.js';
import type { PersonMatch } from '../identity/index.js';
import { settleLogins } from '../rules/logins.js';
import type { People } from './people.js';
import type { UserVisitor } from '../reading/user-walk.js';
import { isUserInScope } from '../rules/user-fields.js';

/** What the answers about addresses depend on in a plan. */
export function collisionRules(context: Context, people: People): CollisionRules {
  return {
    contactAfter: (feed, local) => contactAfter(feed, local, context),
    isUntouchable: (feed, local) =>
      context.isRestricted ||
      (local.origin === 'local' && people.firstId(local.id) === undefined) ||
      (local.sourcedId !== undefined && people.isFrozen(local.sourcedId)) ||
      !isUserInScope(feed, local, context),
  };
}

/** Whether a login of this person is another's. */
export function hasLostLogin({ takenLogins, sharesLoginWith }: LocalUser): boolean {
  return takenLogins !== undefined || sharesLoginWith !== undefined;
}

export class LoginPass implements UserVisitor {
  private readonly questions: AddressQuestions;
  /** People whom the host alone has, and whose login was another's so far. */
  private readonly alone: LocalUser[] = [];
  /** By the new sourcedId, and by the host's id: one person, whom both sides have under two ids. */
  private readonly matches = new Map<string, PersonMatch>();
  private readonly matched = new Set<string>();

  constructor(
    private readonly context: Context,
    people: People,
  ) {
    this.questions = new AddressQuestions(collisionRules(context, people));
  }

  /** A person on both sides of whom something changes, or whose login was another's. */
  askForPair(feed: User, local: LocalUser): void {
    this.questions.askFor(feed, local);
  }

  /** A person whom the host alone has, or whom the feed calls deleted. */
  askForLocal(local: LocalUser): void {
    if (hasLostLogin(local)) this.alone.push(local);
  }

  /** Everybody has been decided about. Says whether a pass over all people is needed. */
  askForRest(
    arrivals: readonly User[],
    isCreated: (sourcedId: string) => boolean,
    matches: readonly PersonMatch[],
  ): boolean {
    for (const match of matches) {
      this.matches.set(match.feed.sourcedId, match);
      this.matched.add(match.local.id);
      this.questions.askFor(match.feed, match.local);
    }
    for (const local of this.alone) if (!this.matched.has(local.id)) this.questions.askFor(undefined, local);
    for (const user of arrivals) if (isCreated(user.sourcedId)) this.questions.askFor(user, undefined);
    return !this.questions.isEmpty;
  }

  both(feed: User, local: LocalUser): void {
    if (feed.status === 'tobedeleted') this.onlyLocal(local);
    else this.questions.bearer(feed, local);
  }

  onlyFeed(feed: User): void {
    if (feed.status !== 'tobedeleted') this.questions.bearer(feed, this.matches.get(feed.sourcedId)?.local);
  }

  onlyLocal(local: LocalUser): void {
    if (!this.matched.has(local.id)) this.questions.bearer(undefined, local);
  }

  doubled(feed: User | undefined, locals: readonly LocalUser[]): void {
    for (const local of locals) this.questions.bearer(feed, local);
  }

  unnamed(local: LocalUser): void {
    this.onlyLocal(local);
  }

  /** All bearers are known. */
  settle(isCreated: (sourcedId: string) => boolean): void {
    const { draft } = this.context;
    settleLogins(this.questions.verdicts(isCreated), this.context, (...amendment) => draft.amend(...amendment));
  }
}
