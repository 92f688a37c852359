/**
 * The passes over the persons of both sides. The first decides about those whom both have and finds those whom only one
 * has; of streams a later one answers what other tables ask about persons.
 *
 * @module
 */

import { normalEmail, usableEmail } from '../internal/contact.js';
import { userSubject } from '../model/index.js';
import type { LocalUser, User } from '../model/index.js';
import type { Context } from './context.js';
import type { KindCensus } from './empty-kinds.js';
import { userFingerprint } from './fingerprint.js';
import type { RekeyKeys } from './identity.js';
import type { People } from './people.js';
import type { UserVisitor } from './user-walk.js';
import { comparePerson, mayArriveUnplaced } from './users.js';

/** Decides about persons on both sides, and finds the others. */
export class PeoplePass implements UserVisitor {
  private readonly arrivals: User[] = [];

  constructor(
    private readonly context: Context,
    private readonly people: People,
    private readonly kinds: KindCensus,
  ) {}

  both(feed: User, local: LocalUser): void {
    const { context, people, kinds } = this;
    context.tally?.user(feed, local);
    kinds.noteFeed(feed);
    kinds.noteLocal(local);
    if (local.protected === true) people.noteProtection(local);
    people.directory.answer(feed, local);
    if (feed.status === 'tobedeleted') people.tombstoned.set(feed.sourcedId, local);
    else comparePerson(feed, local, context, people);
  }

  onlyFeed(feed: User): void {
    const { context, people } = this;
    context.tally?.user(feed, undefined);
    this.kinds.noteFeed(feed);
    people.directory.answer(feed, undefined);
    if (feed.status === 'tobedeleted') return;
    if (context.draft.isObserved('user', feed.sourcedId)) {
      context.draft.observe(userSubject(feed.sourcedId), userFingerprint(feed));
    }
    if (isKept(feed, context, people)) this.arrivals.push(feed);
  }

  onlyLocal(local: LocalUser): void {
    this.unnamed(local);
    this.people.vanished.set(local.sourcedId as string, local);
    this.people.directory.answer(undefined, local);
  }

  unnamed(local: LocalUser): void {
    this.context.tally?.user(undefined, local);
    this.kinds.noteLocal(local);
    this.people.noteProtection(local);
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
    private readonly bearers: EmailBearers,
  ) {}

  both(feed: User, local: LocalUser): void {
    this.bearers.note(feed);
    this.people.directory.answer(feed, local);
  }

  onlyFeed(feed: User): void {
    const { context, people } = this;
    this.bearers.note(feed);
    people.directory.answer(feed, undefined);
    if (feed.status === 'tobedeleted') return;
    if (isKept(feed, context, people) || this.keys.matches(feed)) this.arrivals.push(feed);
  }

  onlyLocal(local: LocalUser): void {
    this.bearers.note(local);
    this.people.directory.answer(undefined, local);
  }

  unnamed(local: LocalUser): void {
    this.bearers.note(local);
  }

  finish(): void {
    this.people.arrivals = this.arrivals;
  }
}

/** Whether an arrival is kept in memory. Of streams only whom another table asked for, or who gets an account anyway. */
function isKept(feed: User, context: Context, people: People): boolean {
  return people.directory.isKnown(feed.sourcedId) || mayArriveUnplaced(feed, context);
}

/** How many people have an address (P7), for the addresses that are asked for. One person on both sides counts once. */
export class EmailBearers {
  private readonly counts = new Map<string, number>();

  get hasQuestions(): boolean {
    return this.counts.size > 0;
  }

  ask(email: string): void {
    this.counts.set(normalEmail(email), 0);
  }

  note(user: { readonly email?: string; readonly status?: User['status'] }): void {
    if (this.counts.size === 0 || user.status === 'tobedeleted') return;
    const email = usableEmail(user.email);
    if (email === undefined) return;
    const key = normalEmail(email);
    const count = this.counts.get(key);
    if (count !== undefined) this.counts.set(key, count + 1);
  }

  of(email: string): number {
    return this.counts.get(normalEmail(email)) ?? 0;
  }
}
