/**
 * A part of a plan: what it does about some persons, their classes, and the members of these, with what that needs.
 * Planned is the whole district, so that every gate and every name is judged as ever; applied is the part alone, as if
 * the run had broken off after it.
 *
 * @module
 */

import { dateIn } from '../internal/dates.js';
import { usableEmail, usablePhone, normalEmail, normalPhone } from '../internal/contact.js';
import { classSubject, userSubject } from '../model/index.js';
import type { Change, LocalState, LocalUser, Note, Plan, Policy, Roster } from '../model/index.js';
import { holdMessages } from './gates/messages.js';
import { Latches } from './gates/latches.js';
import { partLedger } from './gates/part-ledger.js';
import { classOfMember } from './gates/unjudged.js';
import { windowsAt } from './gates/windows.js';
import { completePlan } from './plan.js';
import { standingOf } from './rules/standing.js';

/** Which part of a plan is wanted. */
export interface RestrictInput {
  /** Of the whole district. */
  readonly plan: Plan;
  /** What it was made from. */
  readonly roster: Pick<Roster, 'enrollments'>;
  readonly local: LocalState;
  readonly policy: Policy;
  readonly now: Date | string;
  /** The sourcedIds of the persons. */
  readonly people: ReadonlySet<string>;
  /** Leaves out whatever takes away. @default false */
  readonly isAdding?: boolean;
}

/** The part of a plan that is about some persons: it may be applied in the plan's stead. */
export function restrict(input: RestrictInput): Plan {
  const { plan, local, policy, now } = input;
  // Nothing was decided, so there is nothing to remember either.
  if (plan.outcome === 'failed') return plan;
  const closure = new Closure(input);
  const changes = plan.changes.filter((change) => closure.has(change));
  const latches = new Latches({
    changes,
    latches: local.ledger.holds.filter(({ gate }) => gate === 'G8'),
    now: new Date(now).toISOString(),
    isUnjudged: () => true,
    isLatchUnjudged: () => true,
  });
  const messages = holdMessages(latches, {
    policy,
    isFirstSync: false,
    windows: windowsAt(policy, now),
    counted: local.ledger.messages ?? [],
    isUnjudged: () => true,
  });
  const ofMessages = latches.result();
  const keys = new Set(changes.map(({ key }) => key));
  const holds = plan.holds.filter(
    ({ gate, changes: held }) => gate === 'G2' || (gate !== 'G8' && held.some((key) => keys.has(key))),
  );
  const named = new Set(holds.map(({ id }) => id));
  return completePlan({
    type: plan.type,
    scope: plan.scope,
    steps: plan.steps,
    readId: plan.readId,
    ...(plan.basis === undefined ? {} : { basis: plan.basis }),
    changes,
    notes: plan.notes.filter((note) => closure.isTold(note)),
    holds: [...holds, ...ofMessages.holds],
    gates: [
      ...plan.gates.filter(({ gate, code, evidence }) => {
        if (gate === 'G8') return code === 'BLACKOUT';
        const hold = evidence?.['hold'];
        // Of a feed that is in doubt the messages of the part wait, too.
        return gate === 'G2' || gate === 'G4' || (typeof hold === 'string' && named.has(hold));
      }),
      ...ofMessages.gates,
      ...messages.gates,
    ],
    outcome: plan.outcome,
    ledger: partLedger(local.ledger, {
      whole: plan,
      changes,
      messages: { ...messages, latched: ofMessages.latched },
    }),
  });
}

/** The records that the part is about, and what of others these need. */
class Closure {
  /** The keys of changes of others without which the part could not stand. */
  private readonly needed = new Set<string>();
  private readonly classes = new Set<string>();
  private readonly classIds = new Set<string>();

  constructor(private readonly input: RestrictInput) {
    this.findClasses();
    const own = input.plan.changes.filter((change) => this.isOwn(change));
    this.findNeeds(own);
  }

  has(change: Change): boolean {
    if (this.input.isAdding === true && change.destructive) return false;
    return this.isOwn(change) || this.needed.has(change.key);
  }

  /** Notes about one of the records; what is told of the whole district is for a run of everybody. */
  isTold({ subject, noun }: Note): boolean {
    if (subject === undefined) return false;
    if (noun === 'class') return this.hasClass(undefined, undefined, subject);
    if (noun === 'enrollment') return this.classes.has(classOfMember(subject) ?? '');
    return this.isPerson(subject);
  }

  private isOwn(change: Change): boolean {
    const { subject, target } = change;
    if (change.kind.startsWith('user-')) return this.isPerson(subject);
    if (change.kind.startsWith('class-')) {
      return this.hasClass('sourcedId' in target ? target.sourcedId : undefined, target.id, subject);
    }
    if (!change.kind.startsWith('enrollment-')) return false;
    if (!('classId' in target || 'classSourcedId' in target)) return false;
    return this.hasClass(target.classSourcedId, target.classId, undefined);
  }

  private isPerson(subject: string): boolean {
    const prefix = userSubject('');
    return subject.startsWith(prefix) && this.input.people.has(subject.slice(prefix.length));
  }

  private hasClass(sourcedId: string | undefined, id: string | undefined, subject: string | undefined): boolean {
    if (sourcedId !== undefined && this.classes.has(sourcedId)) return true;
    if (id !== undefined && this.classIds.has(id)) return true;
    const prefix = classSubject('');
    return subject?.startsWith(prefix) === true && this.classes.has(subject.slice(prefix.length));
  }

  /** The classes that these persons are in, in the feed today or here. */
  private findClasses(): void {
    const { people, plan, roster, local, policy, now } = this.input;
    const instant = new Date(now);
    const days = {
      today: dateIn(policy.timeZone, instant),
      leadDate: dateIn(policy.timeZone, instant, policy.leadDays),
    };
    for (const row of roster.enrollments) {
      if (people.has(row.userSourcedId) && standingOf(row, days) === 'active') this.classes.add(row.classSourcedId);
    }
    const ids = new Set<string | undefined>();
    for (const user of local.users) if (people.has(user.sourcedId ?? '')) ids.add(user.id);
    for (const { kind, subject, target } of plan.changes) {
      if (kind === 'user-rekey' && this.isPerson(subject)) ids.add(target.id);
    }
    for (const { state, userId, classId, classSourcedId } of local.enrollments) {
      if (state !== 'active' || !ids.has(userId)) continue;
      this.classIds.add(classId);
      if (classSourcedId !== undefined) this.classes.add(classSourcedId);
    }
    // A class that goes on under a new id (K12) goes with the twin that it had meanwhile.
    for (const { kind, subject, target } of plan.changes) {
      const isOfClass = kind === 'class-rekey' || kind === 'class-delete';
      if (isOfClass && target.id !== undefined && this.hasClass(undefined, target.id, subject)) {
        this.classIds.add(target.id);
      }
    }
  }

  /** The accounts of members, the schools, and the logins that others give up. */
  private findNeeds(own: readonly Change[]): void {
    const users = new Set<string>();
    const schools = new Set<string>();
    const noteUser = (change: Change): void => {
      const { after } = change;
      if (!change.kind.startsWith('user-') || after === null) return;
      const { sharesLoginWith, schoolSourcedIds } = after as Partial<LocalUser>;
      if (typeof sharesLoginWith === 'string') users.add(userSubject(sharesLoginWith));
      for (const school of schoolSourcedIds ?? []) schools.add(school);
    };
    for (const change of own) {
      if (change.schoolSourcedId !== undefined) schools.add(change.schoolSourcedId);
      if ('userSourcedId' in change.target) users.add(userSubject(change.target.userSourcedId));
      noteUser(change);
    }
    const needed = this.input.plan.changes.filter(
      ({ kind, subject }) => (kind === 'user-create' || kind === 'user-rekey') && users.has(subject),
    );
    for (const change of needed) {
      this.needed.add(change.key);
      noteUser(change);
      if (change.schoolSourcedId !== undefined) schools.add(change.schoolSourcedId);
    }
    this.findLogins([...own, ...needed]);
    for (const { kind, key, target } of this.input.plan.changes) {
      if (kind === 'school-create' && 'sourcedId' in target && schools.has(target.sourcedId ?? ''))
        this.needed.add(key);
    }
  }

  /** F6: whoever gives up a login that one of these persons gets does so in the same run, and so on. */
  private findLogins(changes: readonly Change[]): void {
    const { plan, local } = this.input;
    const losers = plan.changes.filter((change) => change.kind.startsWith('user-') && lost(change).length > 0);
    if (losers.length === 0) return;
    const hosts = new Map(local.users.map((user) => [user.id, user]));
    const gained = new Set<string>();
    const note = (change: Change): void => {
      for (const login of loginsAfter(change, hosts.get(change.target.id ?? ''))) gained.add(login);
    };
    for (const change of changes) if (change.kind.startsWith('user-')) note(change);
    for (let isGrowing = true; isGrowing; ) {
      const found = losers.filter((change) => {
        const user = hosts.get(change.target.id ?? '');
        if (user === undefined || this.needed.has(change.key) || this.isOwn(change)) return false;
        return lost(change).some((field) => gained.has(loginOf(field, user[field])));
      });
      for (const change of found) {
        this.needed.add(change.key);
        note(change);
      }
      isGrowing = found.length > 0;
    }
  }
}

type LoginField = 'email' | 'mobile';

/** The logins that a change takes from a person who is here. */
function lost({ before, after, target }: Change): readonly LoginField[] {
  if (target.id === undefined || after === null || !('takenLogins' in after)) return [];
  const had = new Set<LoginField>((before as Partial<LocalUser> | null)?.takenLogins ?? []);
  return ((after as Partial<LocalUser>).takenLogins ?? []).filter((field) => !had.has(field));
}

/** The logins that a person has once the change is applied. */
function loginsAfter({ after }: Change, user: LocalUser | undefined): readonly string[] {
  const person: Partial<LocalUser> = { ...user, ...(after as Partial<LocalUser> | null) };
  const taken = new Set<LoginField>(person.takenLogins ?? []);
  return (['email', 'mobile'] as const).flatMap((field) =>
    taken.has(field) ? [] : [loginOf(field, person[field])].filter((login) => login !== ''),
  );
}

function loginOf(field: LoginField, value: string | null | undefined): string {
  if (field === 'email') {
    const address = usableEmail(value ?? undefined);
    return address === undefined ? '' : `email ${normalEmail(address)}`;
  }
  const number = usablePhone(value ?? undefined);
  return number === undefined ? '' : `mobile ${normalPhone(number)}`;
}
