import { type DeliveredMessage, MemoryMailer, MemoryStore } from '../../src/adapters/memory/index.js';
import type { Attestation, Enrollment, ReadState, Roster, User } from '../../src/model/index.js';
import type { RosterSource } from '../../src/ports/index.js';
import { RosterSync, type RosterSyncEvent, type RosterSyncOptions } from '../../src/sync/index.js';

export const scope = { tenant: 'district-1' };

/** A clock that tests move. */
export class TestClock {
  constructor(private instant = '2026-09-15T12:00:00.000Z') {}

  now(): Date {
    return new Date(this.instant);
  }

  set(instant: string): void {
    this.instant = instant;
  }
}

export function attestation(state: ReadState = 'complete', allSchools = true): Attestation {
  const collection = { state, received: 0 };
  return {
    allSchools,
    collections: {
      schools: collection,
      terms: collection,
      courses: collection,
      classes: collection,
      users: collection,
      enrollments: collection,
      guardianLinks: collection,
    },
  };
}

let reads = 0;

/** One school with classes `c1`, `c2`, ..., each with its own teacher (`t1`, ...) and students (`s1-1`, ...). */
export function roster(classes = 2, students = 4): Roster {
  const users: User[] = [];
  const enrollments: Enrollment[] = [];
  for (let number = 1; number <= classes; number += 1) {
    const section = `c${String(number)}`;
    const teacher = `t${String(number)}`;
    users.push(person(teacher, 'teacher'));
    enrollments.push({ classSourcedId: section, userSourcedId: teacher, role: 'teacher', primary: true });
    for (let child = 1; child <= students; child += 1) {
      const student = `s${String(number)}-${String(child)}`;
      users.push(person(student, 'student'));
      enrollments.push({ classSourcedId: section, userSourcedId: student, role: 'student' });
    }
  }
  reads += 1;
  return {
    readId: `read-${String(reads)}`,
    source: 'test',
    readAt: '2026-09-15T11:00:00.000Z',
    scope,
    attestation: attestation(),
    schools: [{ sourcedId: 'north', name: 'North' }],
    terms: [],
    courses: [],
    classes: Array.from({ length: classes }, (_, index) => ({
      sourcedId: `c${String(index + 1)}`,
      schoolSourcedId: 'north',
      name: `Class ${String(index + 1)}`,
    })),
    users,
    enrollments,
    guardianLinks: [],
  };
}

export function person(sourcedId: string, role: 'teacher' | 'student' | 'guardian'): User {
  return {
    sourcedId,
    roles: [role],
    givenName: 'Given',
    familyName: sourcedId,
    email: `${sourcedId}@school.example`,
    schoolSourcedIds: ['north'],
  };
}

/** The roster in which some people left their classes, but not the district. */
export function unenrolled(whole: Roster, ...gone: readonly string[]): Roster {
  return { ...whole, enrollments: whole.enrollments.filter((enrollment) => !gone.includes(enrollment.userSourcedId)) };
}

/** The roster in which a person's row differs. */
export function withPerson(whole: Roster, sourcedId: string, fields: Partial<User>): Roster {
  return { ...whole, users: whole.users.map((user) => (user.sourcedId === sourcedId ? { ...user, ...fields } : user)) };
}

/** A source of the roster that is current at each read. */
export function sourceOf(current: () => Roster): RosterSource {
  return {
    provider: 'test',
    read: async (_scope, options = {}) => {
      await Promise.resolve();
      const read = current();
      options.onPage?.({ collection: 'users', received: read.users.length });
      options.onRetry?.({ attempt: 1, delayMs: 10, status: 503 });
      return read;
    },
    schools: () => Promise.resolve(current().schools),
  };
}

/** A sync over memory, and everything around it. */
export class World {
  feed: Roster;
  readonly clock = new TestClock();
  readonly store: MemoryStore;
  readonly mailer = new MemoryMailer();
  readonly sync: RosterSync;

  constructor(feed: Roster = roster(), options: Partial<RosterSyncOptions> = {}, store?: MemoryStore) {
    this.feed = feed;
    this.store = store ?? new MemoryStore({ clock: this.clock });
    this.sync = this.another(options);
  }

  /** Another sync over the same store. */
  another(options: Partial<RosterSyncOptions> = {}): RosterSync {
    return new RosterSync({
      source: sourceOf(() => this.feed),
      store: this.store,
      mailer: this.mailer,
      scope,
      clock: this.clock,
      ...options,
    });
  }

  sentTo(address: string): readonly DeliveredMessage[] {
    return this.mailer.messages.filter((message) => message.to.includes(address));
  }

  async activeMembers(): Promise<number> {
    const { enrollments } = await this.store.load(scope);
    return enrollments.filter((member) => member.state === 'active').length;
  }
}

/** The store of a host in which two people never sign in with one address: it refuses the batch that would make it so. */
export function withUniqueLogins(store: MemoryStore): MemoryStore {
  const apply = store.apply.bind(store);
  store.apply = async (batch) => {
    const result = await apply(batch);
    const logins = await loginsIn(store);
    if (new Set(logins).size < logins.length) throw new Error('Two people have one login.');
    return result;
  };
  return store;
}

/** The addresses with which people sign in, sorted. */
export async function loginsIn(store: MemoryStore): Promise<readonly string[]> {
  const { users } = await store.load(scope);
  const own = users.filter(({ takenLogins }) => takenLogins?.includes('email') !== true);
  return own.flatMap(({ verifiedEmail, email }) => verifiedEmail ?? email ?? []).sort();
}

const EVENTS: readonly RosterSyncEvent[] = [
  'run-start',
  'page-read',
  'request-retry',
  'plan-ready',
  'operation-applied',
  'message-sent',
  'run-end',
];

/** Every event of a sync, in order. */
export function recordEvents(sync: RosterSync): { readonly name: string; readonly payload: object }[] {
  const heard: { readonly name: string; readonly payload: object }[] = [];
  for (const name of EVENTS) sync.on(name, (payload: object) => heard.push({ name, payload }));
  return heard;
}
