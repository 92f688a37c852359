/**
 * A seeded roster and the host's copy of it with 1% changes: renames, moves, removals, additions. Both as they are received:
 * read from JSON, so that no text of the one side is the very text of the other.
 */

import type {
  Enrollment,
  LocalClass,
  LocalEnrollment,
  LocalState,
  LocalUser,
  Roster,
  User,
} from '../../src/model/index.js';
import { emptyLedger } from '../../src/model/index.js';
import { attested, NOW, SCOPE } from '../support/build.js';

export interface Records {
  readonly roster: Roster;
  readonly local: LocalState;
}

const CLASS_SIZE = 25;
const CLASSES_EACH = 5.5;

/** So many users with 5.5 enrollments each, both sides in order of their ids. */
export function makeRecords(userCount: number, changes: 'some' | 'none' = 'some'): Records {
  /** What happens to a record, 0 to 1; beyond all that can happen where nothing shall. */
  const fateOf = (): number => (changes === 'some' ? chance() : 1);
  let state = 12_345;
  const chance = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const pick = (count: number): number => Math.floor(chance() * count);
  const users: User[] = [];
  const localUsers: LocalUser[] = [];
  for (let index = 0; index < userCount; index += 1) {
    const feed = makeUser(index, index % CLASS_SIZE === 0);
    const fate = fateOf();
    // 0.3% renamed, 0.3% new in the feed, 0.3% gone from it.
    if (fate >= 0.003) users.push(fate < 0.006 ? { ...feed, familyName: `${feed.familyName}-Smith` } : feed);
    if (fate >= 0.006 && fate < 0.009) continue;
    localUsers.push(makeLocalUser(feed));
  }
  const known = new Map(localUsers.map((user) => [user.sourcedId, user]));
  const present = new Set(users.map((user) => user.sourcedId));
  const classCount = Math.max(1, Math.round((userCount * CLASSES_EACH) / CLASS_SIZE));
  const classes: Roster['classes'][number][] = [];
  const localClasses: LocalClass[] = [];
  const enrollments: Enrollment[] = [];
  const members: LocalEnrollment[] = [];
  for (let index = 0; index < classCount; index += 1) {
    const sourcedId = id('c', index);
    const synced = { name: `Class ${String(index)}`, schoolSourcedId: 's1' };
    classes.push({ sourcedId, ...synced });
    localClasses.push({
      id: `class-${String(index)}`,
      version: 1,
      origin: 'roster',
      state: 'active',
      sourcedId,
      ...synced,
      options: OPTIONS,
      synced: { ...synced, options: OPTIONS },
    });
    const ids = new Set<number>();
    while (ids.size < CLASS_SIZE) ids.add(pick(userCount));
    for (const user of [...ids].sort((left, right) => left - right)) {
      const userSourcedId = id('u', user);
      const fate = fateOf();
      const role = user % CLASS_SIZE === 0 ? 'teacher' : 'student';
      if (fate >= 0.005 && present.has(userSourcedId))
        enrollments.push({ classSourcedId: sourcedId, userSourcedId, role });
      const localUser = known.get(userSourcedId);
      if ((fate >= 0.005 && fate < 0.01) || localUser === undefined) continue;
      members.push({
        id: `member-${String(members.length)}`,
        version: 1,
        origin: 'roster',
        state: 'active',
        classId: `class-${String(index)}`,
        userId: localUser.id,
        classSourcedId: sourcedId,
        userSourcedId,
        role,
        synced: { role },
      });
    }
  }
  const roster: Roster = {
    readId: 'bench',
    source: 'bench',
    readAt: NOW,
    scope: SCOPE,
    attestation: attested(),
    schools: [{ sourcedId: 's1', name: 'School' }],
    terms: [],
    courses: [],
    classes: received(classes),
    users: received(users),
    enrollments: received(enrollments),
    guardianLinks: [],
  };
  const local: LocalState = {
    scope: SCOPE,
    ledger: emptyLedger,
    schools: [
      { id: 'school-1', version: 1, origin: 'roster', sourcedId: 's1', name: 'School', synced: { name: 'School' } },
    ],
    classes: received(localClasses),
    users: received(localUsers),
    enrollments: received(members),
    guardianLinks: [],
  };
  return { roster, local };
}

const OPTIONS = { behaviorManagement: true, studentPortfolios: true, parentCommunication: true };

/** Page by page, as a client reads it. */
function received<T>(records: readonly T[]): readonly T[] {
  const copies: T[] = [];
  for (let from = 0; from < records.length; from += 1_000) {
    const page = JSON.parse(JSON.stringify(records.slice(from, from + 1_000))) as T[];
    for (const record of page) copies.push(record);
  }
  return copies;
}

/** As long as Clever's ids, and alike in their beginnings. */
function id(prefix: string, index: number): string {
  return `64206e4431f1${prefix === 'u' ? 'a' : 'c'}f05${index.toString(16).padStart(8, '0')}`;
}

function makeUser(index: number, isTeacher: boolean): User {
  return {
    sourcedId: id('u', index),
    roles: [isTeacher ? 'teacher' : 'student'],
    givenName: `Given${String(index % 997)}`,
    familyName: `Family${String(index % 7919)}`,
    username: `user${String(index)}`,
    email: `user${String(index)}@school.example`,
    schoolSourcedIds: ['s1'],
    grade: String(index % 12),
    sisId: String(100_000 + index),
  };
}

function makeLocalUser(feed: User): LocalUser {
  const { sourcedId, ...values } = feed;
  return {
    id: `local-${sourcedId}`,
    version: 1,
    origin: 'roster',
    state: 'active',
    ...values,
    sourcedId,
    synced: values,
  };
}
