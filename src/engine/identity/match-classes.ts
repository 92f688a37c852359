/**
 * Which classes of the host and sections of the feed belong together: one to one, and only where there is no doubt.
 *
 * @module
 */

import type { ClassProfile, FeedClass, HostClass, Likeness, StudentMeasure } from './class-profile.js';
import { likenessOf } from './class-profile.js';

/** Two classes that are more like each other than like any other. */
interface ClassPair extends Likeness {
  readonly host: HostClass;
  readonly feed: FeedClass;
}

export interface MatchedClasses {
  readonly pairs: readonly ClassPair[];
  /** Sections without a class that are like a class without a section: which belongs to which is not clear. */
  readonly ambiguous: readonly FeedClass[];
}

/** How much more alike a pair must be than any other of its two sides. */
const MARGIN = 0.05;

/** A name or a teacher that more sections than this share tells nothing, and comparing them all would take too long. */
const MOST_ALIKE = 300;

/**
 * Pairs each class with the section that it is most like, if that one is most like it, too, and by a margin. The order
 * of neither list makes a difference.
 */
export function matchClasses(
  hosts: readonly HostClass[],
  feeds: readonly FeedClass[],
  measure: StudentMeasure,
  isExcluded: (host: HostClass, feed: FeedClass) => boolean,
): MatchedClasses {
  const index = new SectionIndex(feeds);
  const alike: ClassPair[] = [];
  const ofHost = new Map<HostClass, Ranking>();
  const ofFeed = new Map<FeedClass, Ranking>();
  for (const host of hosts) {
    for (const feed of index.candidates(host.profile)) {
      const likeness = isExcluded(host, feed) ? undefined : likenessOf(host.profile, feed.profile, measure);
      if (likeness === undefined) continue;
      const pair = { host, feed, ...likeness };
      alike.push(pair);
      rank(ofHost, host, pair);
      rank(ofFeed, feed, pair);
    }
  }
  const pairs: ClassPair[] = [];
  for (const ranking of ofFeed.values()) {
    const back = ofHost.get(ranking.best.host);
    if (back?.best === ranking.best && isClear(ranking) && isClear(back)) pairs.push(ranking.best);
  }
  const paired = new Set(pairs.flatMap(({ host, feed }): (HostClass | FeedClass)[] => [host, feed]));
  const isOpen = ({ host, feed }: ClassPair): boolean => !paired.has(host) && !paired.has(feed);
  const ambiguous = new Set(alike.filter(isOpen).map(({ feed }) => feed));
  return { pairs, ambiguous: [...ambiguous] };
}

interface Ranking {
  best: ClassPair;
  /** The likeness of the second best, 0 where there is none. */
  second: number;
}

function rank<K>(rankings: Map<K, Ranking>, key: K, pair: ClassPair): void {
  const ranking = rankings.get(key);
  if (ranking === undefined) {
    rankings.set(key, { best: pair, second: 0 });
  } else if (pair.likeness > ranking.best.likeness) {
    ranking.second = ranking.best.likeness;
    ranking.best = pair;
  } else {
    ranking.second = Math.max(ranking.second, pair.likeness);
  }
}

function isClear({ best, second }: Ranking): boolean {
  return best.likeness - second >= MARGIN;
}

/** The sections by name and by teacher: two classes that have neither in common are never compared. */
class SectionIndex {
  private readonly byName = new Map<string, FeedClass[]>();
  private readonly byNameAndSchool = new Map<string, FeedClass[]>();
  private readonly byTeacher = new Map<string, FeedClass[]>();

  constructor(feeds: readonly FeedClass[]) {
    for (const feed of feeds) {
      const { names, school, teachers } = feed.profile;
      for (const name of names) {
        pushTo(this.byName, name, feed);
        pushTo(this.byNameAndSchool, JSON.stringify([name, school]), feed);
      }
      for (const teacher of teachers) pushTo(this.byTeacher, teacher, feed);
    }
  }

  candidates({ names, school, teachers }: ClassProfile): ReadonlySet<FeedClass> {
    const candidates = new Set<FeedClass>();
    const add = (feeds: readonly FeedClass[] | undefined): void => {
      if (feeds === undefined || feeds.length > MOST_ALIKE) return;
      for (const feed of feeds) candidates.add(feed);
    };
    for (const name of names) {
      add(school === undefined ? this.byName.get(name) : this.byNameAndSchool.get(JSON.stringify([name, school])));
    }
    for (const teacher of teachers) add(this.byTeacher.get(teacher));
    return candidates;
  }
}

function pushTo<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
