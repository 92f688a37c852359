import type { LocalRead, LocalUser, Scope } from '../../model/index.js';
import type { DirectoryStore } from '../../ports/index.js';

/** What a person who has joined gets to. Ids of the host, sorted; schools by their sourcedIds. */
export interface Opened {
  /** The host's id of the person. */
  readonly userId: string;
  /** The sourcedIds of the person's schools; of a guardian those of their students. */
  readonly schools: readonly string[];
  /** Active classes in which the person has an active place; of a guardian those in which their students have one. */
  readonly classIds: readonly string[];
  /** The students of a guardian: links that are active and not blocked. */
  readonly studentIds: readonly string[];
}

/** A person, with everything that decides what they get to. */
export interface Standing {
  readonly user: LocalUser;
  readonly opened: Opened;
}

/** Whether a person has access at all. */
export function isOpen({ state, enabled }: Pick<LocalUser, 'state' | 'enabled'>): boolean {
  return state === 'active' && enabled !== false;
}

/** What a person gets to now; undefined where there is no such person. Who has no access gets to nothing. */
export async function standingOf(
  store: Pick<DirectoryStore, 'load'>,
  scope: Scope,
  userId: string,
): Promise<Standing | undefined> {
  const local = await store.load(scope);
  const linked = new Set<string>();
  for await (const link of local.guardianLinks) {
    if (link.guardianId === userId && link.state === 'active' && link.blocked !== true) linked.add(link.studentId);
  }
  let user: LocalUser | undefined;
  const students: LocalUser[] = [];
  for await (const each of local.users) {
    if (each.id === userId) user = each;
    else if (linked.has(each.id) && each.state === 'active') students.push(each);
  }
  if (user === undefined) return undefined;
  return { user, opened: isOpen(user) ? await openedBy(user, students, local) : nothing(userId) };
}

function nothing(userId: string): Opened {
  return { userId, schools: [], classIds: [], studentIds: [] };
}

async function openedBy(user: LocalUser, students: readonly LocalUser[], local: LocalRead): Promise<Opened> {
  const studentIds = new Set(students.map(({ id }) => id));
  const places = new Set<string>();
  for await (const { state, role, classId, userId } of local.enrollments) {
    if (state !== 'active') continue;
    // A guardian's own places follow the links (P13), and a place that stayed behind opens nothing.
    if (userId === user.id ? role !== 'guardian' : studentIds.has(userId) && role === 'student') places.add(classId);
  }
  const classIds: string[] = [];
  const schools = new Set(students.flatMap(({ schoolSourcedIds }) => schoolSourcedIds));
  const isMoreThanGuardian = user.roles.some((role) => role !== 'guardian');
  if (isMoreThanGuardian) for (const school of user.schoolSourcedIds) schools.add(school);
  for await (const { id, state, schoolSourcedId } of local.classes) {
    if (state !== 'active' || !places.has(id)) continue;
    classIds.push(id);
    if (schoolSourcedId !== undefined) schools.add(schoolSourcedId);
  }
  return {
    userId: user.id,
    schools: [...schools].sort(),
    classIds: classIds.sort(),
    studentIds: [...studentIds].sort(),
  };
}
