/**
 * How many memberships a few people have: those who lose one, and those who may lose their account. Counted in one look at
 * the host's members, because these are in the order of their classes and not of their people.
 *
 * @module
 */

import { markOf, Sieve } from '../../internal/sieve.js';
import type { LocalEnrollment } from '../../model/index.js';

export class Memberships {
  /** Active memberships, by the host's id of the person. */
  private readonly active = new Map<string, number>();
  private readonly sourcedIds: string[] = [];
  /** People in question who are active in a class by somebody's hand. */
  private readonly byHand = new Set<string>();
  private sieve: Sieve | undefined;

  /** From now on this person's memberships are counted. */
  ask(userId: string, sourcedId: string): void {
    if (this.active.has(userId)) return;
    this.active.set(userId, 0);
    this.sourcedIds.push(sourcedId);
  }

  /** @param marks the marks of the members' sourcedIds, where they are known; 0 where one is not */
  count(members: readonly LocalEnrollment[], marks?: Int32Array): void {
    if (this.active.size === 0) return;
    this.sieve ??= new Sieve(this.sourcedIds, this.sourcedIds.length);
    const { sieve } = this;
    for (let at = 0; at < members.length; at += 1) {
      // The marks are small and in a row: most members need not be touched again.
      const mark = marks?.[at] ?? 0;
      if (mark !== 0 && !sieve.mayHave(mark)) continue;
      const member = members[at] as LocalEnrollment;
      const { userSourcedId } = member;
      if (mark === 0 && userSourcedId !== undefined && !sieve.mayHave(markOf(userSourcedId))) continue;
      if (member.state === 'active') this.add(member);
    }
  }

  /** How many active memberships the person has today; undefined where they were not counted. */
  of(userId: string): number | undefined {
    return this.active.get(userId);
  }

  /** Whether people have put the person into a class of theirs. */
  hasOther(userId: string): boolean {
    return this.byHand.has(userId);
  }

  private add({ userId, origin }: LocalEnrollment): void {
    const known = this.active.get(userId);
    if (known === undefined) return;
    this.active.set(userId, known + 1);
    if (origin !== 'roster') this.byHand.add(userId);
  }
}
