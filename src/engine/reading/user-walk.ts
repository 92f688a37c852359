import type { LocalUser, User } from '../../model/index.js';
import { Disorder, type Cursor, type Pass } from './cursor.js';
import { endOfDoubles } from './doubles.js';

/** What looks at the persons of both sides as they come by, in the order of their sourcedIds. */
export interface UserVisitor {
  /** A person on both sides; the feed may say that they are to be deleted. */
  both(feed: User, local: LocalUser): void;
  onlyFeed(feed: User): void;
  onlyLocal(local: LocalUser): void;
  /** Persons of the host with one sourcedId (D6), and the feed's. */
  doubled(feed: User | undefined, locals: readonly LocalUser[]): void;
  /** A person of the host without a sourcedId. They come first. */
  unnamed(local: LocalUser): void;
}

/**
 * The merge of both sides' persons. A merge is in order exactly when both sides are, so one comparison with the id before
 * checks the order of both.
 */
export class UserWalk implements Pass {
  private lastId: string | undefined;
  private hasNamed = false;

  constructor(
    private readonly feed: Cursor<User>,
    private readonly local: Cursor<LocalUser>,
    private readonly visitor: UserVisitor,
  ) {}

  run(): Cursor<unknown> | undefined {
    for (;;) {
      this.pairUp();
      const { feed, local } = this;
      if (feed.isBlocked) return feed;
      if (local.isBlocked) return local;
      const user = feed.records[feed.at];
      const known = local.records[local.at];
      if (user === undefined && known === undefined) return undefined;
      const blocked = this.single(user, known);
      if (blocked !== undefined) return blocked;
    }
  }

  /**
   * The hot loop: nearly all persons of nearly all plans are on both sides. Stops at the first who is not. That the next
   * pair has another id says of a pair that the host has it once: the last one is left to a closer look.
   */
  private pairUp(): void {
    const { visitor } = this;
    const users = this.feed.records;
    const locals = this.local.records;
    const start = this.feed.at;
    let feedAt = start;
    let localAt = this.local.at;
    let { lastId } = this;
    while (feedAt < users.length && localAt < locals.length) {
      const user = users[feedAt] as User;
      const known = locals[localAt] as LocalUser;
      const { sourcedId } = user;
      if (sourcedId !== known.sourcedId) break;
      if (lastId !== undefined && !(lastId < sourcedId)) throw new Disorder(this.feed);
      if (feedAt > start) visitor.both(users[feedAt - 1] as User, locals[localAt - 1] as LocalUser);
      lastId = sourcedId;
      feedAt += 1;
      localAt += 1;
    }
    if (feedAt <= start + 1) return;
    this.feed.at = feedAt - 1;
    this.local.at = localAt - 1;
    this.lastId = (users[feedAt - 2] as User).sourcedId;
    this.hasNamed = true;
  }

  /** Returns the cursor that has to be read on before this person can be looked at. */
  private single(user: User | undefined, known: LocalUser | undefined): Cursor<unknown> | undefined {
    if (known === undefined) this.onlyFeed(user as User);
    else if (known.sourcedId === undefined) this.unnamed(known);
    else if (user !== undefined && user.sourcedId < known.sourcedId) this.onlyFeed(user);
    else return this.host(user?.sourcedId === known.sourcedId ? user : undefined, known, known.sourcedId);
    return undefined;
  }

  private unnamed(known: LocalUser): void {
    if (this.hasNamed) throw new Disorder(this.local);
    this.local.at += 1;
    this.visitor.unnamed(known);
  }

  private onlyFeed(user: User): void {
    this.follow(user.sourcedId, this.feed);
    this.feed.at += 1;
    this.visitor.onlyFeed(user);
  }

  /** @param user the feed's person of the same id */
  private host(user: User | undefined, known: LocalUser, sourcedId: string): Cursor<unknown> | undefined {
    const { local, feed, visitor } = this;
    const end = endOfDoubles(local, sourcedId);
    if (end === undefined) return local;
    this.follow(sourcedId, user === undefined ? local : feed);
    this.hasNamed = true;
    const { at } = local;
    local.at = end;
    if (user !== undefined) feed.at += 1;
    if (end > at + 1) visitor.doubled(user, local.records.slice(at, end));
    else if (user === undefined) visitor.onlyLocal(known);
    else visitor.both(user, known);
    return undefined;
  }

  private follow(sourcedId: string, cursor: Cursor<unknown>): void {
    if (this.lastId !== undefined && sourcedId <= this.lastId) throw new Disorder(cursor);
    this.lastId = sourcedId;
  }
}
