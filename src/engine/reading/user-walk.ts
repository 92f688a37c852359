import { compareIds } from '../../internal/ordered.js';
import type { LocalUser, User } from '../../model/index.js';
import { Disorder, type Cursor, type Pass } from './cursor.js';

/** What looks at the persons of both sides as they come by, in the order of their sourcedIds. */
export interface UserVisitor {
  /** A person on both sides; the feed may say that they are to be deleted. */
  both(feed: User, local: LocalUser): void;
  onlyFeed(feed: User): void;
  onlyLocal(local: LocalUser): void;
  /** A person of the host without a sourcedId. They come first. */
  unnamed(local: LocalUser): void;
}

/**
 * The merge of both sides' persons. A merge is in order exactly when both sides are, so one comparison with the id before
 * checks the order of both.
 */
export class UserWalk implements Pass {
  private lastId: string | undefined;
  private lastLocal: LocalUser | undefined;

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
      this.single(user, known);
    }
  }

  /** The hot loop: nearly all persons of nearly all plans are on both sides. Stops at the first who is not. */
  private pairUp(): void {
    const { visitor } = this;
    const users = this.feed.records;
    const locals = this.local.records;
    let feedAt = this.feed.at;
    let localAt = this.local.at;
    let { lastId } = this;
    while (feedAt < users.length && localAt < locals.length) {
      const user = users[feedAt] as User;
      const known = locals[localAt] as LocalUser;
      const { sourcedId } = user;
      if (sourcedId !== known.sourcedId) break;
      if (lastId !== undefined && !(lastId < sourcedId)) throw new Disorder(this.feed);
      lastId = sourcedId;
      visitor.both(user, known);
      feedAt += 1;
      localAt += 1;
    }
    if (localAt > this.local.at) this.lastLocal = locals[localAt - 1];
    this.lastId = lastId;
    this.feed.at = feedAt;
    this.local.at = localAt;
  }

  private single(user: User | undefined, known: LocalUser | undefined): void {
    if (known !== undefined && known.sourcedId === undefined) {
      if (this.lastLocal?.sourcedId !== undefined) throw new Disorder(this.local);
      this.local.at += 1;
      this.visitor.unnamed(known);
    } else if (user !== undefined && (known === undefined || user.sourcedId < (known.sourcedId as string))) {
      if (this.lastId !== undefined && user.sourcedId <= this.lastId) throw new Disorder(this.feed);
      this.lastId = user.sourcedId;
      this.feed.at += 1;
      this.visitor.onlyFeed(user);
    } else {
      const own = known as LocalUser;
      this.checkLocal(own);
      this.lastId = own.sourcedId;
      this.lastLocal = own;
      this.local.at += 1;
      this.visitor.onlyLocal(own);
    }
  }

  /** The host may have two records of one sourcedId; then their own ids are in order. */
  private checkLocal(known: LocalUser): void {
    const { lastId, lastLocal } = this;
    const sourcedId = known.sourcedId as string;
    if (lastId === undefined || lastId < sourcedId) return;
    const isTwin = lastLocal?.sourcedId === sourcedId && compareIds(lastLocal.id, known.id) <= 0;
    if (!isTwin) throw new Disorder(this.local);
  }
}
