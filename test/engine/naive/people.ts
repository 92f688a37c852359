/** Section 5, as far as it decides about classes and members: who is who (U12, U13), who is gone (U7), who is protected. */

import type { LocalEnrollment, LocalUser, User, UserRole } from '../../../src/model/index.js';
import type { Grace } from './grace.js';
import type { Paper } from './paper.js';
import type { Reading } from './reading.js';
import { ABSENT, isDeleted, plain, seenUser, text, type Question } from './words.js';

export class People {
  /** Nothing happens to them: neither creation nor removal, on either side of the doubt. */
  readonly frozen = new Set<string>();
  /** U12: old sourcedIds and the new ones that they go on under. */
  private readonly renewed = new Map<string, string>();

  constructor(
    private readonly question: Question,
    private readonly reading: Reading,
    private readonly paper: Paper,
  ) {
    this.rekey();
    this.findOtherPersons();
  }

  /** The host's person whom the feed means by this sourcedId. */
  atHost(sourcedId: string): LocalUser | undefined {
    return this.question.local.users.find(
      (user) => user.sourcedId !== undefined && this.currentId(user.sourcedId) === sourcedId,
    );
  }

  currentId(sourcedId: string): string {
    return this.renewed.get(sourcedId) ?? sourcedId;
  }

  /** The sourcedId of a member today; undefined for somebody whom only the host knows. */
  idOf(member: LocalEnrollment): string | undefined {
    return member.userSourcedId === undefined ? undefined : this.currentId(member.userSourcedId);
  }

  isProtected(member: LocalEnrollment): boolean {
    return this.question.local.users.some((user) => user.id === member.userId && user.protected === true);
  }

  /** M10: the host knows them, the feed has no row of them. */
  isMissing(sourcedId: string): boolean {
    return this.atHost(sourcedId) !== undefined && !this.reading.users.has(sourcedId);
  }

  /** U7: gone tenant-wide by E1 or E2; with no enrollment naming them where the feed is only silent. */
  hasLeft(sourcedId: string): boolean {
    if (this.atHost(sourcedId) === undefined) return false;
    if (this.reading.isUserDeleted(sourcedId)) return true;
    return this.reading.provesAbsence && this.isMissing(sourcedId) && !this.isNamed(sourcedId);
  }

  /** Persons of the feed whom the host does not have. */
  arrivals(): readonly User[] {
    return [...this.reading.users.values()].filter(
      (user) => !isDeleted(user) && this.atHost(user.sourcedId) === undefined,
    );
  }

  /** Whether the steps of this import cover people of these roles. */
  isCovered(roles: readonly UserRole[]): boolean {
    const { steps } = this.question.policy;
    return roles.some((role) =>
      steps.includes(role === 'student' ? 'students' : role === 'guardian' ? 'guardians' : 'teachers'),
    );
  }

  /** U7: deactivated only where the policy asks for it, and nothing else holds the account. */
  deactivate(grace: Grace): void {
    const { local } = this.question;
    for (const user of local.users) {
      if (user.sourcedId === undefined || this.currentId(user.sourcedId) !== user.sourcedId) continue;
      if (!this.hasLeft(user.sourcedId)) continue;
      const subject = `user:${user.sourcedId}`;
      this.paper.sees(subject, ABSENT);
      if (!this.mayBeDeactivated(user)) continue;
      const level = this.reading.isUserDeleted(user.sourcedId) ? 'E2' : 'E1';
      const isOver = grace.isOver(subject, level);
      if (this.frozen.has(user.sourcedId)) continue;
      // U14
      if (user.protected === true) {
        this.paper.tell('U14', 'PROTECTED', subject);
        continue;
      }
      if (user.hostFields?.includes('state') === true) continue;
      const isMemberByHand = local.enrollments.some(
        (member) => member.userId === user.id && member.state === 'active' && member.origin !== 'roster',
      );
      if (user.otherTenants === true || isMemberByHand || !isOver) continue;
      this.paper.decide({
        kind: 'user-deactivate',
        subject,
        school: user.site,
        rule: 'U7',
        code: 'PERSON_ABSENT',
        level,
        after: { state: 'deactivated', by: 'sync' },
        seen: ABSENT,
      });
    }
  }

  /** Whether the absence of this person, once it is proven, would end the account. */
  private mayBeDeactivated(user: LocalUser): boolean {
    const { local, policy } = this.question;
    if (!policy.fullData || !policy.deactivateUnrostered || this.reading.isRestricted) return false;
    // U8: presence elsewhere is unknown in a run for some schools.
    if (local.scope.schools !== undefined || !this.isCovered(user.roles)) return false;
    return user.origin === 'roster' && user.state === 'active';
  }

  isNamed(sourcedId: string): boolean {
    return (
      this.reading.mayBeUser(sourcedId) ||
      this.reading.enrollments.some((row) => row.userSourcedId === sourcedId && row.status !== 'tobedeleted')
    );
  }

  /** U12: one person under a new sourcedId. State or SIS id: re-keyed. E-mail, name and role: proposed. */
  private rekey(): void {
    // While a proposal is open nothing happens on either side; only a read that proves absence can judge it anew.
    for (const { kind, decision, from, sourcedId } of this.question.local.ledger.proposals ?? []) {
      if (this.reading.provesAbsence || kind !== 'user-rekey' || decision !== undefined) continue;
      this.frozen.add(sourcedId);
      if (from !== undefined) this.frozen.add(from);
    }
    const taken = new Set<LocalUser | User>();
    const gone = (): readonly LocalUser[] =>
      this.question.local.users.filter((user) => {
        const { sourcedId } = user;
        if (sourcedId === undefined || user.origin !== 'roster' || taken.has(user)) return false;
        if (this.reading.isUserDeleted(sourcedId)) return true;
        return !this.reading.users.has(sourcedId) && !this.isNamed(sourcedId);
      });
    const arrivals = (): readonly User[] => this.arrivals().filter((user) => !taken.has(user));
    if (!this.reading.provesAbsence) {
      this.waitForProof(gone(), arrivals());
      return;
    }
    for (const id of ['stateId', 'sisId'] as const) {
      const pairs = onlyPairs(
        gone(),
        (user) => (user.synced ?? user)[id],
        arrivals(),
        (user) => user[id],
      );
      for (const [old, arrival] of pairs) {
        if (!old.roles.some((role) => arrival.roles.includes(role))) continue;
        taken.add(old).add(arrival);
        // Nobody of other schools, or whom the steps do not cover, gets a new id.
        if (!this.isOfRun(old, arrival) || !this.isCovered(arrival.roles)) {
          this.freeze(old, arrival);
          this.tellWaiting(old);
          continue;
        }
        this.renewed.set(old.sourcedId ?? '', arrival.sourcedId);
        this.paper.decide({
          kind: 'user-rekey',
          subject: `user:${arrival.sourcedId}`,
          school: schoolOf(arrival),
          rule: 'U12',
          code: 'REKEY',
          after: undefined,
          seen: seenUser(arrival),
        });
      }
    }
    for (const [old, arrival] of onlyPairs(gone(), (user) => likeness(user.synced ?? user), arrivals(), likeness)) {
      this.freeze(old, arrival);
      if (this.isOfRun(old, arrival)) this.paper.tell('U12', 'REKEY_PROPOSED', `user:${old.sourcedId ?? ''}`);
      else this.tellWaiting(old);
    }
  }

  /** While nobody can tell who is gone, nobody gets a second account who may be somebody of the host: G2, U12. */
  private waitForProof(missing: readonly LocalUser[], arrivals: readonly User[]): void {
    const told = new Set<User>();
    const words = [
      (user: Known) => idWord('state', user.stateId, user.roles),
      (user: Known) => idWord('sis', user.sisId, user.roles),
      likeness,
    ];
    for (const wordOf of words) {
      for (const arrival of arrivals) {
        const same = missing.filter((old) => {
          const word = wordOf(old.synced ?? old);
          return word !== undefined && word === wordOf(arrival);
        });
        for (const old of same) this.freeze(old, arrival);
        const [first] = same;
        if (first !== undefined && !told.has(arrival)) this.tellWaiting(first);
        if (first !== undefined) told.add(arrival);
      }
    }
  }

  private tellWaiting({ sourcedId = '' }: LocalUser): void {
    this.paper.tell('U12', 'REKEY_WAITS', `user:${sourcedId}`);
  }

  /** Section 0: a run of some schools asks about its own people alone. */
  private isOfRun(old: LocalUser, arrival: User): boolean {
    return this.reading.isAnyInScope([...old.schoolSourcedIds, ...arrival.schoolSourcedIds]);
  }

  private freeze(old: LocalUser, arrival: User): void {
    this.frozen.add(old.sourcedId ?? '');
    this.frozen.add(arrival.sourcedId);
  }

  /** U13: one sourcedId and a different human being. */
  private findOtherPersons(): void {
    for (const user of this.reading.users.values()) {
      const host = this.question.local.users.find((each) => each.sourcedId === user.sourcedId);
      if (isDeleted(user) || host === undefined) continue;
      this.paper.sees(`user:${user.sourcedId}`, seenUser(user));
      if (!this.reading.isAnyInScope([...user.schoolSourcedIds, ...host.schoolSourcedIds])) continue;
      if (!isAnotherPerson(user, host)) continue;
      this.frozen.add(user.sourcedId);
      // An import that leaves them be changes nothing of theirs, but takes nobody for another.
      if (!this.isCovered(user.roles)) continue;
      const isBack = host.state === 'deactivated' && host.by !== 'user' && !this.reading.isRestricted;
      const kind = isBack ? 'user-reactivate' : 'user-update';
      const subject = `user:${user.sourcedId}`;
      // What the fields become is of no matter here, but that the hold names the change.
      const code = 'RECYCLED_PERSON_ID';
      this.paper.decide({
        kind,
        subject,
        school: schoolOf(user),
        rule: 'U13',
        code,
        after: undefined,
        seen: seenUser(user),
      });
      this.paper.ask({
        id: `U13:${user.sourcedId}`,
        gate: 'U13',
        code,
        isApprovable: true,
        keys: [`${kind} ${subject}`],
      });
    }
  }
}

/** Records that have a word in common which no other record of either side has. */
function onlyPairs(
  olds: readonly LocalUser[],
  wordOfOld: (user: LocalUser) => string | undefined,
  arrivals: readonly User[],
  wordOfArrival: (user: User) => string | undefined,
): readonly (readonly [LocalUser, User])[] {
  return olds.flatMap((old) => {
    const word = wordOfOld(old);
    if (word === undefined || word === '') return [];
    const sameOlds = olds.filter((each) => wordOfOld(each) === word);
    const [arrival, ...others] = arrivals.filter((each) => wordOfArrival(each) === word);
    return sameOlds.length > 1 || arrival === undefined || others.length > 0 ? [] : [[old, arrival] as const];
  });
}

type Known = Pick<User, 'email' | 'givenName' | 'familyName' | 'roles' | 'stateId' | 'sisId'>;

/** A student is never taken for anybody else. */
function idWord(kind: string, id: string | undefined, roles: readonly UserRole[]): string | undefined {
  return id === undefined || id === '' ? undefined : text([kind, id, roles.includes('student')]);
}

function likeness(user: Known): string | undefined {
  const email = user.email?.trim().toLowerCase() ?? '';
  return email === ''
    ? undefined
    : text([email, plain(user.givenName), plain(user.familyName), [...user.roles].sort()]);
}

/** Both names differ, and the e-mail address or the birth date (else the grade); what one side lacks says nothing. */
function isAnotherPerson(user: User, { synced }: LocalUser): boolean {
  if (synced === undefined) return false;
  if (plain(user.givenName) === plain(synced.givenName)) return false;
  if (plain(user.familyName) === plain(synced.familyName)) return false;
  const isTold = (left: string | undefined, right: string | undefined): boolean =>
    (left ?? '') !== '' && (right ?? '') !== '';
  const pairs: (readonly [string | undefined, string | undefined])[] = [
    [user.email?.toLowerCase(), synced.email?.toLowerCase()],
    isTold(user.birthDate, synced.birthDate) ? [user.birthDate, synced.birthDate] : [user.grade, synced.grade],
  ];
  const told = pairs.filter(([left, right]) => isTold(left, right));
  return told.length > 0 && told.every(([left, right]) => left !== right);
}

export function schoolOf(user: User): string | undefined {
  return user.primarySchoolSourcedId ?? [...user.schoolSourcedIds].sort()[0];
}
