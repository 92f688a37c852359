/**
 * How many guardians students have, from a sample: the links come by guardian, so that a student's are scattered over
 * all of them, and a district has too many students to count each.
 *
 * @module
 */

/** Shares of half as many students are as good as shares of all. */
const MOST = 8192;

/** So many guardians of one student are no family but a list of contacts (P10). */
const CROWD = 6;

/**
 * Counts the guardians of the students whose id has a small hash. When there are too many of them, smaller hashes alone
 * count: the sample is the same in every order of the links, and whole for all but large districts.
 */
export class GuardianSample {
  private readonly counts = new Map<string, number>();
  private ceiling = 0xffffffff;

  add(studentSourcedId: string): void {
    if (this.ceiling < 0xffffffff && hashOf(studentSourcedId) > this.ceiling) return;
    const count = this.counts.get(studentSourcedId) ?? 0;
    this.counts.set(studentSourcedId, count + 1);
    if (count === 0 && this.counts.size > MOST) this.thin();
  }

  /** How many students the answers are of. */
  get students(): number {
    return this.counts.size;
  }

  /** The number of guardians that half of the students (who have any) reach; 0 where nobody has one. */
  median(): number {
    const counts = [...this.counts.values()].sort((left, right) => left - right);
    const middle = counts.length >> 1;
    const upper = counts[middle] ?? 0;
    return counts.length % 2 === 1 ? upper : ((counts[middle - 1] ?? 0) + upper) / 2;
  }

  /** The share of the students (who have any) with six guardians or more. */
  share(): number {
    let crowded = 0;
    for (const count of this.counts.values()) if (count >= CROWD) crowded += 1;
    return this.counts.size === 0 ? 0 : crowded / this.counts.size;
  }

  private thin(): void {
    // Halved and no more than is needed: so the last ceiling is the same, whichever student came first.
    while (this.counts.size > MOST && this.ceiling > 0) {
      this.ceiling >>>= 1;
      for (const id of this.counts.keys()) if (hashOf(id) > this.ceiling) this.counts.delete(id);
    }
  }
}

/** FNV-1a, with its bits mixed at the end: ids that only differ in their last digit must not fall together. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
