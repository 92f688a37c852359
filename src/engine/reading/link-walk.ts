import { canonicalJson } from '../../internal/canonical.js';
import { compareIds } from '../../internal/ordered.js';
import type { GuardianLink, GuardianPair, LocalGuardianLink } from '../../model/index.js';
import { Disorder, type Cursor, type Pass } from './cursor.js';

/** A link of the host that has both sourcedIds. Those without are people's own (P9): nobody looks at them. */
export type NamedLink = LocalGuardianLink & { readonly guardianSourcedId: string; readonly studentSourcedId: string };

/** What looks at the guardian links of both sides as they come by, in the order of (guardian, student). */
export interface LinkVisitor {
  both(link: GuardianLink, local: NamedLink): void;
  onlyFeed(link: GuardianLink): void;
  onlyLocal(local: NamedLink): void;
  /** Links of the host of one pair (D6), and the feed's. */
  doubled(link: GuardianLink | undefined, locals: readonly NamedLink[]): void;
}

/** The merge of both sides' guardian links, of the feed's rows of one pair the one that counts. */
export class LinkWalk implements Pass {
  private movedAt = 0;
  private last: GuardianPair | undefined;
  /** The host's links of the next pair: nearly always one. */
  private readonly own: NamedLink[] = [];

  /**
   * @param isWanted whether a link of this type may count: it goes before one that does not
   * @param moved the host's links of people who have a new sourcedId: they come by under it
   */
  constructor(
    private readonly feed: Cursor<GuardianLink>,
    private readonly local: Cursor<LocalGuardianLink>,
    private readonly visitor: LinkVisitor,
    private readonly isWanted: (link: GuardianLink) => boolean,
    private readonly moved?: MovedLinks,
  ) {}

  run(): Cursor<unknown> | undefined {
    const { feed, visitor } = this;
    for (;;) {
      if (feed.isBlocked) return feed;
      const blocked = this.gather();
      if (blocked !== undefined) return blocked;
      const first = feed.records[feed.at];
      const known = this.own[0];
      if (first === undefined && known === undefined) return undefined;
      const end = first === undefined ? feed.at : endOfPair(feed, first);
      if (end === undefined) return feed;
      const order = first === undefined ? 1 : known === undefined ? -1 : comparePairs(first, known);
      const link = first === undefined || order > 0 ? undefined : this.oneOf(feed.records, feed.at, end);
      if (link !== undefined) {
        this.follow(link, feed);
        feed.at = end;
      }
      if (order < 0 || known === undefined) {
        visitor.onlyFeed(link as GuardianLink);
        continue;
      }
      if (link === undefined) this.follow(known, this.local);
      if (this.own.length > 1) {
        visitor.doubled(link, this.own.splice(0));
        continue;
      }
      this.own.pop();
      if (link === undefined) visitor.onlyLocal(known);
      else visitor.both(link, known);
    }
  }

  /** Takes up the host's links of the next pair. Those of one pair are in the order of their own ids. */
  private gather(): Cursor<unknown> | undefined {
    const { local, own } = this;
    for (;;) {
      if (local.isBlocked) return local;
      const next = local.records[local.at];
      if (next !== undefined && (!isNamed(next) || this.moved?.has(next) === true)) {
        local.at += 1;
        continue;
      }
      const moved = this.nextMoved(next);
      const known = moved ?? next;
      const before = own[own.length - 1];
      if (known === undefined || (before !== undefined && !isSamePair(before, known))) return undefined;
      if (before !== undefined && compareIds(before.id, known.id) > 0) throw new Disorder(local);
      own.push(known);
      if (moved === undefined) local.at += 1;
      else this.movedAt += 1;
    }
  }

  /** The next link under new ids, where it comes before the next of the others. */
  private nextMoved(own: NamedLink | undefined): NamedLink | undefined {
    const moved = this.moved?.links[this.movedAt];
    if (moved === undefined || own === undefined) return moved;
    return (comparePairs(moved, own) || compareIds(moved.id, own.id)) < 0 ? moved : undefined;
  }

  /** What counts goes before what does not; else the smallest as text, so that the order of the feed is never read. */
  private oneOf(records: readonly GuardianLink[], from: number, to: number): GuardianLink {
    if (to === from + 1) return records[from] as GuardianLink;
    const rank = (link: GuardianLink): number => (link.status === 'tobedeleted' ? 2 : this.isWanted(link) ? 0 : 1);
    return records.slice(from, to).reduce((chosen, link) => {
      const order = rank(link) - rank(chosen) || compareIds(canonicalJson(link), canonicalJson(chosen));
      return order < 0 ? link : chosen;
    });
  }

  private follow(pair: GuardianPair, cursor: Cursor<unknown>): void {
    if (this.last !== undefined && comparePairs(this.last, pair) >= 0) throw new Disorder(cursor);
    this.last = pair;
  }
}

/** Finds the host's links of people who have a new sourcedId (U12, U17): the others are in order, and so are these. */
export class MovedLinks implements Pass {
  readonly links: NamedLink[] = [];
  private readonly ids = new Set<string>();

  constructor(
    private readonly local: Cursor<LocalGuardianLink>,
    private readonly newPair: (link: LocalGuardianLink) => GuardianPair | undefined,
  ) {}

  run(): Cursor<unknown> | undefined {
    const { local, links, ids } = this;
    for (; local.at < local.records.length; local.at += 1) {
      const link = local.records[local.at] as LocalGuardianLink;
      const pair = this.newPair(link);
      if (pair === undefined) continue;
      links.push({ ...link, ...pair });
      ids.add(link.id);
    }
    if (local.isBlocked) return local;
    links.sort((left, right) => comparePairs(left, right) || compareIds(left.id, right.id));
    return undefined;
  }

  has({ id }: LocalGuardianLink): boolean {
    return this.ids.has(id);
  }
}

function comparePairs(left: GuardianPair, right: GuardianPair): number {
  if (left.guardianSourcedId !== right.guardianSourcedId) {
    return left.guardianSourcedId < right.guardianSourcedId ? -1 : 1;
  }
  return compareIds(left.studentSourcedId, right.studentSourcedId);
}

function isSamePair(left: GuardianPair, right: GuardianPair): boolean {
  return left.guardianSourcedId === right.guardianSourcedId && left.studentSourcedId === right.studentSourcedId;
}

/** Where the rows of one pair end; undefined where that is not in this window. */
function endOfPair({ records, at, isLast }: Cursor<GuardianLink>, first: GuardianLink): number | undefined {
  let end = at + 1;
  while (end < records.length && comparePairs(records[end] as GuardianLink, first) === 0) end += 1;
  return end === records.length && !isLast ? undefined : end;
}

function isNamed(local: LocalGuardianLink): local is NamedLink {
  return local.guardianSourcedId !== undefined && local.studentSourcedId !== undefined;
}
