/**
 * The persons who are not plainly on both sides: who is new, who is gone, who is frozen.
 *
 * @module
 */

import { findById } from '../../internal/search.js';
import { markOf, Sieve } from '../../internal/sieve.js';
import type {
  Enrollment,
  GuardianPair,
  LocalEnrollment,
  LocalGuardianLink,
  LocalUser,
  RecordStatus,
  User,
} from '../../model/index.js';
import type { HostPerson, PersonDirectory } from './directory.js';
import type { Feed } from '../reading/feed.js';
import type { EvidenceLevel } from '../gates/grace.js';
import type { PersonMatch } from '../identity/index.js';
import { inMemberOrder, type Stretch } from '../reading/stretch.js';

export class People {
  /** Persons of the feed whom the host does not have, in order: those of whom something may have to be said. */
  arrivals: readonly User[] = [];
  /** The host's roster and linked persons whom the feed does not have. */
  readonly vanished = new Map<string, LocalUser>();
  /** The host's persons whom the feed says are to be deleted. */
  readonly tombstoned = new Map<string, LocalUser>();
  /** Those of them whom only a change says to be deleted: that may be taken back. */
  readonly hinted = new Set<string>();
  private readonly frozen = new Set<string>();
  private readonly newIdOf = new Map<string, string>();
  /** The sourcedIds of people who had none, by the host's id. */
  private readonly firstIdOf = new Map<string, string>();
  private readonly rekeyed = new Map<string, LocalUser>();
  private readonly protectedIds = new Set<string>();
  private readonly named = new Set<string>();
  private readonly unsettled: { readonly sourcedId: string; readonly reason: { rule: string } }[] = [];
  private vanishedSieve: Sieve | undefined;

  /** @param enrollments the feed's, where they are in memory; else a pass over them tells whom they name */
  constructor(
    private readonly feed: Feed,
    readonly directory: PersonDirectory,
    private enrollments: readonly Enrollment[] | undefined,
  ) {}

  /** What the feed says of a person whom an enrollment names and the host's class does not have. */
  standing(sourcedId: string): 'known' | 'frozen' | 'tombstoned' | 'missing' {
    // Where one reading of a stream differs from the one before, nothing is decided about whom only the later one has.
    if (!this.directory.isKnown(sourcedId)) return 'frozen';
    if (this.arrivalOf(sourcedId) === undefined) {
      const row = this.rowOf(sourcedId);
      if (row === undefined) return 'missing';
      if (row.status === 'tobedeleted') return 'tombstoned';
    }
    return this.isFrozen(sourcedId) ? 'frozen' : 'known';
  }

  /** The host's person with this sourcedId; after a re-key, by the new one alone. */
  localOf(sourcedId: string): HostPerson | undefined {
    const rekeyed = this.rekeyed.get(sourcedId);
    if (rekeyed !== undefined || this.newIdOf.has(sourcedId)) return rekeyed;
    return this.directory.hostOf(sourcedId);
  }

  /** The feed's person with this sourcedId, where the host does not have them. */
  arrivalOf(sourcedId: string): User | undefined {
    return this.rekeyed.has(sourcedId) ? undefined : findById(this.arrivals, sourcedId, idOfUser);
  }

  /** Whether this is somebody's new sourcedId. */
  isRekeyed(sourcedId: string): boolean {
    return this.rekeyed.size > 0 && this.rekeyed.has(sourcedId);
  }

  /** Whether the feed has this person of the host, by the sourcedId of today. */
  isInFeed(sourcedId: string, userId: string): boolean {
    if (this.rekeyed.get(sourcedId)?.id === userId) return true;
    if (this.directory.hostOf(sourcedId)?.id !== userId) return false;
    const row = this.directory.feedOf(sourcedId);
    return row !== undefined && row.status !== 'tobedeleted';
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

  /** How sure it is that a person who is gone is gone. */
  evidenceFor(sourcedId: string): EvidenceLevel {
    return this.isTombstoned(sourcedId) && !this.hinted.has(sourcedId) ? 'E2' : 'E1';
  }

  /** U7: gone from the whole district, unless an enrollment names them. */
  mayHaveLeft(sourcedId: string): boolean {
    return this.isTombstoned(sourcedId) || (this.feed.provesAbsence && this.isVanished(sourcedId));
  }

  /** A removal because its person has left: whether an enrollment names them after all is known when all were seen. */
  settleLater(sourcedId: string, reason: { rule: string }): void {
    if (!this.isTombstoned(sourcedId)) this.unsettled.push({ sourcedId, reason });
  }

  /** All enrollments were seen, so it is known who is named. */
  settle(): void {
    this.enrollments = undefined;
    for (const { sourcedId, reason } of this.unsettled) if (this.isNamed(sourcedId)) reason.rule = 'M3';
  }

  /** U7: gone from the whole district, and no enrollment names them. */
  hasLeftDistrict(sourcedId: string): boolean {
    if (this.isTombstoned(sourcedId)) return true;
    return this.feed.provesAbsence && this.isVanished(sourcedId) && !this.isNamed(sourcedId);
  }

  /** Whether an enrollment, or a row that could not be used, still names this vanished person: they are not gone. */
  isNamed(sourcedId: string): boolean {
    if (this.feed.unreadable.mayBeUser(sourcedId)) return true;
    if (this.enrollments !== undefined) {
      this.noteNamed({ records: this.enrollments, from: 0, to: this.enrollments.length });
      this.enrollments = undefined;
    }
    return this.named.has(sourcedId);
  }

  /** Notes which vanished persons these enrollments name, from one on. */
  noteNamed({ records, from, to }: Stretch<Enrollment>, skipped = 0): void {
    if (this.vanished.size === 0) return;
    this.vanishedSieve ??= new Sieve(this.vanished.keys(), this.vanished.size);
    const sieve = this.vanishedSieve;
    for (let at = from + skipped; at < to; at += 1) {
      const { userSourcedId, status } = records[at] as Enrollment;
      if (!sieve.mayHave(markOf(userSourcedId)) || status === 'tobedeleted') continue;
      if (this.vanished.has(userSourcedId)) this.named.add(userSourcedId);
    }
  }

  isProtected(member: LocalEnrollment): boolean {
    return this.protectedIds.size > 0 && this.protectedIds.has(member.userId);
  }

  noteProtection(user: LocalUser): void {
    if (user.protected === true) this.protectedIds.add(user.id);
  }

  /** Nothing happens to a frozen person: neither creation nor removal, on either side of the doubt. */
  freeze(sourcedId: string): void {
    this.frozen.add(sourcedId);
  }

  /** From now on the old sourcedId stands for the new one. */
  rekey({ feed, local }: PersonMatch): void {
    this.rekeyed.set(feed.sourcedId, local);
    const { sourcedId: oldId } = local;
    if (oldId === undefined) {
      this.firstIdOf.set(local.id, feed.sourcedId);
      return;
    }
    this.newIdOf.set(oldId, feed.sourcedId);
    this.vanished.delete(oldId);
    this.tombstoned.delete(oldId);
  }

  /** The sourcedId by which the feed knows this member today. */
  memberId(member: LocalEnrollment): string {
    const { userSourcedId } = member;
    if (userSourcedId === undefined) return this.firstId(member.userId) ?? '';
    return this.newIdOf.size === 0 ? userSourcedId : (this.newIdOf.get(userSourcedId) ?? userSourcedId);
  }

  /** The sourcedId that a person of the host gets by this plan who had none. */
  firstId(userId: string): string | undefined {
    return this.firstIdOf.size === 0 ? undefined : this.firstIdOf.get(userId);
  }

  /** Whether the feed knows anybody of the host by another sourcedId than the host does. */
  get hasNewIds(): boolean {
    return this.newIdOf.size + this.firstIdOf.size > 0;
  }

  /** The ids by which the feed knows both people of a guardian link, where one of them is another than the host's. */
  newPair(link: LocalGuardianLink): GuardianPair | undefined {
    const guardian = this.newIdOf.get(link.guardianSourcedId ?? '') ?? this.firstId(link.guardianId);
    const student = this.newIdOf.get(link.studentSourcedId ?? '') ?? this.firstId(link.studentId);
    if (guardian === undefined && student === undefined) return undefined;
    const guardianSourcedId = guardian ?? link.guardianSourcedId;
    const studentSourcedId = student ?? link.studentSourcedId;
    if (guardianSourcedId === undefined || studentSourcedId === undefined) return undefined;
    return { guardianSourcedId, studentSourcedId };
  }

  /** A class's members in the order of the ids by which the feed knows them. */
  inFeedOrder(members: Stretch<LocalEnrollment>): Stretch<LocalEnrollment> {
    return inMemberOrder(members, this.hasNewIds ? (member) => this.memberId(member) : idOfMember);
  }

  /** What tells, in the classes' hot loop, most members from those about whom more has to be known. */
  exceptions(): Sieve | undefined {
    const count = this.vanished.size + this.tombstoned.size + this.frozen.size + this.newIdOf.size + this.rekeyed.size;
    if (count === 0) return undefined;
    const sieve = new Sieve(this.vanished.keys(), count);
    for (const ids of [this.tombstoned.keys(), this.frozen, this.newIdOf.keys(), this.rekeyed.keys()]) {
      for (const id of ids) sieve.add(id);
    }
    return sieve;
  }

  /** The feed's row of a person. Whom the host has, and neither is gone nor re-keyed, the feed has too: one search less. */
  private rowOf(sourcedId: string): { readonly status?: RecordStatus } | undefined {
    const isPair =
      this.newIdOf.size === 0 &&
      !this.isVanished(sourcedId) &&
      !this.isTombstoned(sourcedId) &&
      this.directory.hostOf(sourcedId) !== undefined;
    return isPair ? LIVE : this.directory.feedOf(sourcedId);
  }
}

const LIVE = {};

function idOfMember({ userSourcedId = '' }: LocalEnrollment): string {
  return userSourcedId;
}

function idOfUser(user: User): string {
  return user.sourcedId;
}
