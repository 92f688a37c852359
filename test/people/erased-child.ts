/** A district in which a child leaves traces wherever a store keeps any. */

import type { Enrollment, GuardianLink, Roster, RosterChanges, Scope, User } from '../../src/model/index.js';
import { Directory } from '../../src/people/index.js';
import type { RosterSource, RosterStore } from '../../src/ports/index.js';
import { MemoryMailer } from '../../src/adapters/memory/index.js';
import { RosterSync, type RosterSyncOptions } from '../../src/sync/index.js';
import { attestation, TestClock } from '../sync/support.js';

/** The child as the district has it, and every word by which a store may know it. */
function childOf(tenant: string) {
  const record: User = {
    sourcedId: `sid-zeb-${tenant}`,
    roles: ['student'],
    givenName: `Zebulon${tenant}`,
    familyName: `Quackenbush${tenant}`,
    username: `zquack-${tenant}`,
    email: `zebulon-${tenant}@home.example`,
    mobile: `+15550100${tenant}`,
    birthDate: `2014-02-03`,
    stateId: `state-zeb-${tenant}`,
    schoolSourcedIds: ['north'],
  };
  const newEmail = `zebby-${tenant}@home.example`;
  const { sourcedId, givenName, familyName, username = '', email = '', mobile = '', stateId = '' } = record;
  const words = [sourcedId, givenName, familyName, username, email, mobile, stateId, newEmail, `Zebulona${tenant}`];
  return { record, newEmail, middleName: `Zebulona${tenant}`, words };
}

type Child = ReturnType<typeof childOf>;

const OTHERS = Array.from({ length: 11 }, (_, index) => `s${String(index + 1)}`);

function person(sourcedId: string, role: 'teacher' | 'student' | 'guardian'): User {
  const email = `${sourcedId}@school.example`;
  return { sourcedId, roles: [role], givenName: 'Given', familyName: sourcedId, email, schoolSourcedIds: ['north'] };
}

/** Where the child, eleven others, their teacher and two guardians are. */
export function districtWith(child: Child, scope: Scope): Roster {
  const { record } = child;
  const students = [record.sourcedId, ...OTHERS];
  const enrollments: Enrollment[] = ['c1', 'c2'].flatMap((classSourcedId): Enrollment[] => [
    { classSourcedId, userSourcedId: 't1', role: 'teacher', primary: true },
    ...students.map((userSourcedId): Enrollment => ({ classSourcedId, userSourcedId, role: 'student' })),
  ]);
  const guardianLinks: GuardianLink[] = [
    { guardianSourcedId: 'g1', studentSourcedId: record.sourcedId, relationship: 'Mother' },
    { guardianSourcedId: 'g1', studentSourcedId: 's1', relationship: 'Mother' },
    { guardianSourcedId: 'g2', studentSourcedId: 's2' },
  ];
  return {
    readId: 'read',
    source: 'test',
    readAt: '2026-09-15T11:00:00.000Z',
    scope,
    attestation: attestation(),
    schools: [{ sourcedId: 'north', name: 'North' }],
    terms: [],
    courses: [],
    classes: ['c1', 'c2'].map((sourcedId) => ({ sourcedId, schoolSourcedId: 'north', name: `Class ${sourcedId}` })),
    users: [
      person('t1', 'teacher'),
      record,
      ...OTHERS.map((sourcedId) => person(sourcedId, 'student')),
      person('g1', 'guardian'),
      person('g2', 'guardian'),
    ],
    enrollments,
    guardianLinks,
  };
}

/** The roster without the child: the district shares them no longer. */
export function unshared(roster: Roster, { record: { sourcedId } }: Child): Roster {
  return {
    ...roster,
    users: roster.users.filter((user) => user.sourcedId !== sourcedId),
    enrollments: roster.enrollments.filter((place) => place.userSourcedId !== sourcedId),
    guardianLinks: roster.guardianLinks.filter((link) => link.studentSourcedId !== sourcedId),
  };
}

/** A store with all that the child left there. */
export class ErasedChild {
  readonly clock = new TestClock();
  readonly mailer = new MemoryMailer();
  readonly scope: Scope;
  readonly child: Child;
  readonly directory: Directory;
  feed: Roster;
  private reads = 0;
  private last: Roster | undefined;

  constructor(
    readonly store: RosterStore,
    tenant: string,
  ) {
    this.scope = { tenant };
    this.child = childOf(tenant);
    this.feed = districtWith(this.child, this.scope);
    this.directory = new Directory({ store, scope: this.scope, clock: this.clock });
  }

  sync(options: Partial<RosterSyncOptions> = {}): RosterSync {
    return new RosterSync({
      source: this.source(),
      store: this.store,
      scope: this.scope,
      clock: this.clock,
      incremental: true,
      steps: ['classes', 'teachers', 'students', 'guardians'],
      policy: { fullData: true, invitations: { students: true }, contactUpdates: 'all' },
      ...options,
    });
  }

  /** The child's host id. */
  async childId(): Promise<string> {
    for await (const user of (await this.store.load(this.scope)).users) {
      if (user.sourcedId === this.child.record.sourcedId) return user.id;
    }
    throw new Error('The child is not there.');
  }

  /** Runs, edits by hand, an undo and a hold: afterwards the child is in every table. Gives the ids of the runs. */
  async leaveTraces(): Promise<{ readonly id: string; readonly runs: readonly string[] }> {
    const { child, directory } = this;
    const first = await this.sync({ mailer: this.mailer }).run();
    const id = await this.childId();
    await directory.editUser(id, { middleName: child.middleName }, { by: 'admin-1' });
    await directory.renameClass({ sourcedId: 'c2' }, 'Chess', { by: id });
    this.patch(child.record.sourcedId, { email: child.newEmail });
    const second = await this.sync().run();
    const undo = await this.sync().undo(second.id, { by: id });
    const gone = new Set([child.record.sourcedId, ...OTHERS.slice(0, 8)]);
    this.feed = { ...this.feed, enrollments: this.feed.enrollments.filter((place) => !gone.has(place.userSourcedId)) };
    const third = await this.sync().run();
    return { id, runs: [first.id, second.id, undo.id, third.id] };
  }

  patch(sourcedId: string, fields: Partial<User>): void {
    const users = this.feed.users.map((user) => (user.sourcedId === sourcedId ? { ...user, ...fields } : user));
    this.feed = { ...this.feed, users };
  }

  /** A source that can tell changes: everything that is there, and who is gone. */
  private source(): RosterSource {
    const read = (): Roster => {
      this.reads += 1;
      this.last = { ...this.feed, readId: `read-${String(this.reads)}`, cursor: `cursor-${String(this.reads)}` };
      return this.last;
    };
    return {
      provider: 'test',
      read: () => Promise.resolve(read()),
      schools: () => Promise.resolve(this.feed.schools),
      readSince: (since) => {
        const before = this.last ?? this.feed;
        const now = read();
        const isGone = ({ sourcedId }: User) => now.users.every((user) => user.sourcedId !== sourcedId);
        const none = { changed: [], deleted: [] };
        const changes: RosterChanges = {
          kind: 'changes',
          readId: now.readId,
          source: 'test',
          readAt: now.readAt,
          scope: this.scope,
          since,
          cursor: now.cursor ?? '',
          schools: none,
          terms: none,
          courses: none,
          classes: none,
          users: {
            changed: [...now.users].sort((left, right) => (left.sourcedId < right.sourcedId ? -1 : 1)),
            deleted: before.users.filter(isGone).map(({ sourcedId }) => sourcedId),
          },
          enrollments: { replacedOf: ['c1', 'c2'], changed: now.enrollments, deleted: [] },
          guardianLinks: { replacedOf: ['g1', 'g2'], changed: now.guardianLinks, deleted: [] },
          rejected: [],
          withdrawn: [],
          removals: 'told',
        };
        return Promise.resolve(changes);
      },
    };
  }
}
