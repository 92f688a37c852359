/**
 * The persons of the feed against those of the host: who is new, who is gone, who is frozen.
 *
 * @module
 */

import { compareIds, inOrder } from '../internal/ordered.js';
import { findById } from '../internal/search.js';
import type { LocalEnrollment, LocalUser, User } from '../model/index.js';
import type { Stretch } from './stretch.js';
import type { Feed } from './feed.js';

/** One person on both sides. */
export interface PersonPair {
  readonly feed: User;
  readonly local: LocalUser;
}

/** A person with a new sourcedId (U12): the old record, the new one, and what they have in common. */
export interface Rekey extends PersonPair {
  readonly by: 'stateId' | 'sisId';
}

export class People {
  /** Persons of the feed whom the host does not have. */
  readonly arrivals = new Map<string, User>();
  /** Persons on both sides, in order. */
  readonly pairs: PersonPair[] = [];
  /** The host's roster and linked persons whom the feed does not have. */
  readonly vanished = new Map<string, LocalUser>();
  /** The host's persons whom the feed says are to be deleted. */
  readonly tombstoned = new Map<string, LocalUser>();
  /** Vanished persons whom an enrollment, or a row that could not be used, still names: they are not gone. */
  readonly named = new Set<string>();
  readonly localUsers: readonly LocalUser[];
  private readonly frozen = new Set<string>();
  private readonly newIdOf = new Map<string, string>();
  private readonly rekeyed = new Map<string, LocalUser>();
  private readonly protectedIds = new Set<string>();

  constructor(
    private readonly feed: Feed,
    localUsers: readonly LocalUser[],
  ) {
    this.localUsers = inOrder(localUsers, bySourcedIdThenId);
    this.match();
    this.findNamed();
  }

  /** What the feed says of a person whom an enrollment names and the host's class does not have. */
  standing(sourcedId: string): 'known' | 'frozen' | 'tombstoned' | 'missing' {
    if (this.frozen.has(sourcedId)) return 'frozen';
    if (this.arrivals.has(sourcedId)) return 'known';
    const row = findById(this.feed.users, sourcedId, idOfUser);
    if (row === undefined) return 'missing';
    return row.status === 'tobedeleted' ? 'tombstoned' : 'known';
  }

  /** The host's person with this sourcedId; after a re-key, by the new one. */
  localOf(sourcedId: string): LocalUser | undefined {
    return this.rekeyed.get(sourcedId) ?? findById(this.localUsers, sourcedId, idOfLocalUser);
  }

  isFrozen(sourcedId: string): boolean {
    return this.frozen.size > 0 && this.frozen.has(sourcedId);
  }

  isVanished(sourcedId: string): boolean {
    return this.vanished.size > 0 && this.vanished.has(sourcedId);
  }

  isTombstoned(sourcedId: string): boolean {
    return this.tombstoned.size > 0 && this.tombstoned.has(sourcedId);
  }

  /** U7: gone from the whole district, and no enrollment names them. */
  hasLeftDistrict(sourcedId: string): boolean {
    if (this.isTombstoned(sourcedId)) return true;
    return this.feed.provesAbsence && this.isVanished(sourcedId) && !this.named.has(sourcedId);
  }

  isProtected(member: LocalEnrollment): boolean {
    return this.protectedIds.size > 0 && this.protectedIds.has(member.userId);
  }

  /** Nothing happens to a frozen person: neither creation nor removal, on either side of the doubt. */
  freeze(sourcedId: string): void {
    this.frozen.add(sourcedId);
  }

  /** From now on the old sourcedId stands for the new one. */
  rekey(oldId: string, rekey: Rekey): void {
    this.newIdOf.set(oldId, rekey.feed.sourcedId);
    this.rekeyed.set(rekey.feed.sourcedId, rekey.local);
    this.vanished.delete(oldId);
    this.tombstoned.delete(oldId);
    this.arrivals.delete(rekey.feed.sourcedId);
  }

  /** The sourcedId by which the feed knows this member today. */
  memberId(member: LocalEnrollment): string {
    const { userSourcedId } = member;
    if (userSourcedId === undefined) return '';
    return this.newIdOf.size === 0 ? userSourcedId : (this.newIdOf.get(userSourcedId) ?? userSourcedId);
  }

  /** A class's members in the order of the ids by which the feed knows them. */
  inFeedOrder(members: Stretch<LocalEnrollment>): Stretch<LocalEnrollment> {
    if (this.newIdOf.size === 0) return members;
    const own = members.records.slice(members.from, members.to);
    const records = inOrder(own, (left, right) => compareIds(this.memberId(left), this.memberId(right)));
    return { records, from: 0, to: records.length };
  }

  private match(): void {
    const { users } = this.feed;
    const locals = this.localUsers;
    let feedAt = 0;
    let localAt = 0;
    for (; locals[localAt] !== undefined && locals[localAt]?.sourcedId === undefined; localAt += 1) {
      this.noteProtection(locals[localAt] as LocalUser);
    }
    while (feedAt < users.length || localAt < locals.length) {
      const feed = users[feedAt];
      const local = locals[localAt];
      const order =
        feed === undefined ? 1 : local === undefined ? -1 : compareIds(feed.sourcedId, local.sourcedId as string);
      if (order <= 0) feedAt += 1;
      if (order >= 0) {
        localAt += 1;
        this.noteProtection(local as LocalUser);
      }
      if (order < 0 && feed !== undefined) {
        if (feed.status !== 'tobedeleted') this.arrivals.set(feed.sourcedId, feed);
      } else if (order > 0 && local !== undefined) {
        this.vanished.set(local.sourcedId as string, local);
      } else if (feed !== undefined && local !== undefined) {
        if (feed.status === 'tobedeleted') this.tombstoned.set(feed.sourcedId, local);
        else this.pairs.push({ feed, local });
      }
    }
  }

  private noteProtection(user: LocalUser): void {
    if (user.protected === true) this.protectedIds.add(user.id);
  }

  private findNamed(): void {
    if (this.vanished.size === 0) return;
    for (const sourcedId of this.vanished.keys()) {
      if (this.feed.unreadable.mayBeUser(sourcedId)) this.named.add(sourcedId);
    }
    for (const enrollment of this.feed.enrollments) {
      if (enrollment.status !== 'tobedeleted' && this.vanished.has(enrollment.userSourcedId)) {
        this.named.add(enrollment.userSourcedId);
      }
    }
  }
}

function idOfUser(user: User): string {
  return user.sourcedId;
}

function idOfLocalUser(user: LocalUser): string {
  return user.sourcedId ?? '';
}

function bySourcedIdThenId(left: LocalUser, right: LocalUser): number {
  return compareIds(left.sourcedId ?? '', right.sourcedId ?? '') || compareIds(left.id, right.id);
}
