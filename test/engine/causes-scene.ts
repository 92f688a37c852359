/** The host's records, which of them vanished, and what the engine makes of it: for the tests of the causes of absence. */

import { Absences, judgeAbsences, Populations, traitsOfPresentClass } from '../../src/engine/causes/index.js';
import type { AbsenceVerdict } from '../../src/engine/causes/index.js';
import type { Stretch } from '../../src/engine/reading/stretch.js';
import { enrollmentSubject } from '../../src/model/index.js';
import type {
  LatchedHold,
  LimitKind,
  LocalClass,
  LocalEnrollment,
  LocalGuardianLink,
  LocalUser,
  Term,
} from '../../src/model/index.js';
import { localClass, localLink, localMember, localUser, student } from '../support/build.js';

export interface Scene {
  readonly classes?: readonly LocalClass[];
  readonly members?: readonly LocalEnrollment[];
  readonly users?: readonly LocalUser[];
  readonly links?: readonly LocalGuardianLink[];
  /** The host's ids of the records that vanished. */
  readonly gone?: Iterable<string>;
  /** Those of them that the provider marked as deleted. */
  readonly tombstoned?: Iterable<string>;
  /** Those of them that enrollments still name. */
  readonly named?: Iterable<string>;
  readonly policy?: Partial<Pick<AbsencePolicy, keyof AbsencePolicy>>;
  readonly holds?: readonly LatchedHold[];
  readonly terms?: readonly Term[];
  readonly scope?: readonly string[];
  /** Schools that are missing or empty as a whole. */
  readonly goneSchools?: readonly string[];
  /** Schools that may be in a row that could not be used. */
  readonly unreadable?: readonly string[];
  /** Schools where the feed has persons whom the host lacks. */
  readonly newcomersAt?: readonly string[];
  /** Puts each list in another order before it is fed. */
  readonly order?: <T>(records: readonly T[]) => readonly T[];
}

interface AbsencePolicy {
  readonly fullData: boolean;
  readonly archive: boolean;
  readonly absentClassMembers: 'keep' | 'remove';
  readonly deactivateUnrostered: boolean;
}

export const OPEN_POLICY: AbsencePolicy = {
  fullData: true,
  archive: true,
  absentClassMembers: 'keep',
  deactivateUnrostered: true,
};

export interface Judged extends AbsenceVerdict {
  /** How many records of each kind were looked at before the count was over. */
  readonly looked: { classes: number; users: number; links: number };
}

export function judge(scene: Scene): Judged {
  const order = scene.order ?? (<T>(records: readonly T[]) => records);
  const gone = new Set(scene.gone);
  const tombstoned = new Set(scene.tombstoned);
  const named = new Set(scene.named);
  const seenOf = (id: string) => ({ isTombstoned: tombstoned.has(id), isNamed: named.has(id) });
  const isInScope = (school: string | undefined): boolean =>
    scene.scope === undefined || (school !== undefined && scene.scope.includes(school));
  const absences = new Absences({
    policy: { ...OPEN_POLICY, ...scene.policy },
    ledger: { holds: scene.holds ?? [] },
    terms: scene.terms ?? [],
    today: '2026-10-01',
    isInScope,
  });
  const { classes = [], users = [], links = [] } = scene;
  const membersOf = new Map(classes.map(({ id }) => [id, [] as LocalEnrollment[]]));
  for (const member of order(scene.members ?? [])) membersOf.get(member.classId)?.push(member);
  const stretch = (id: string): Stretch<LocalEnrollment> => {
    const records = membersOf.get(id) ?? [];
    return { records, from: 0, to: records.length };
  };
  for (const user of order(users)) if (gone.has(user.id)) absences.addUser(user, seenOf(user.id));
  for (const section of order(classes)) {
    const members = stretch(section.id);
    if (gone.has(section.id)) {
      absences.addClass(section, members, seenOf(section.id));
      continue;
    }
    const ofClass = { sourcedId: section.sourcedId ?? '', traits: traitsOfPresentClass(section, members) };
    for (const member of members.records) {
      if (!gone.has(member.id)) {
        absences.sawAt('enrollments', section.schoolSourcedId ?? '');
        continue;
      }
      const { userSourcedId } = member;
      const subject = enrollmentSubject(ofClass.sourcedId, userSourcedId ?? '');
      absences.addMember(subject, member, ofClass, { isTombstoned: tombstoned.has(member.id), userSourcedId });
    }
  }
  for (const link of order(links)) if (gone.has(link.id)) absences.addLink(link, seenOf(link.id));
  for (const school of scene.newcomersAt ?? []) absences.sawAt('users', school);

  const populations = new Populations(absences, countManaged(scene));
  const looked = { classes: 0, users: 0, links: 0 };
  for (const section of order(classes)) {
    if (!populations.asksForClasses) break;
    looked.classes += 1;
    populations.countClass(section, stretch(section.id));
  }
  for (const user of order(users)) {
    if (!populations.asksForUsers) break;
    looked.users += 1;
    if (user.origin === 'roster') populations.countUser(user);
  }
  for (const link of order(links)) {
    if (!populations.asksForLinks) break;
    looked.links += 1;
    populations.countLink(link);
  }
  const schools = new Set(classes.filter(({ id }) => !gone.has(id)).map((each) => each.schoolSourcedId ?? ''));
  const verdict = judgeAbsences(absences, populations, {
    gone: new Set(scene.goneSchools),
    isDoubtful: (school) =>
      scene.unreadable?.includes(school) !== true && [...schools].some((other) => other !== school),
  });
  return { ...verdict, looked };
}

function countManaged({ classes = [], members = [], users = [], links = [] }: Scene): Record<LimitKind, number> {
  const isManaged = ({ origin, state }: { origin: string; state: string }): boolean =>
    origin === 'roster' && state === 'active';
  return {
    classes: classes.filter(isManaged).length,
    enrollments: members.filter(isManaged).length,
    users: users.filter(isManaged).length,
    guardianLinks: links.filter(isManaged).length,
  };
}

/** `count` ids such as `a001`. */
export function ids(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1).padStart(3, '0')}`);
}

/** `count` students of the host. */
export function pupils(
  prefix: string,
  count: number,
  { grade, school = 's1', ...fields }: { readonly grade?: string; readonly school?: string } & Partial<LocalUser> = {},
): readonly LocalUser[] {
  const feed = grade === undefined ? {} : { grade };
  return ids(prefix, count).map((id) => localUser(student(id, { ...feed, schoolSourcedIds: [school] }), fields));
}

type ClassFields = Omit<Partial<LocalClass>, 'synced'>;

/** `count` classes of the host, as a sync wrote them. */
export function sections(prefix: string, count: number, fields: ClassFields = {}): readonly LocalClass[] {
  const { name = 'Class', schoolSourcedId = 's1', termSourcedIds = ['fall'], ...rest } = fields;
  const { courseTitle, subject, grades } = fields;
  const told = {
    ...(courseTitle === undefined ? {} : { courseTitle }),
    ...(subject === undefined ? {} : { subject }),
    ...(grades === undefined ? {} : { grades }),
  };
  return ids(prefix, count).map((id) =>
    localClass(id, {
      name,
      schoolSourcedId,
      termSourcedIds,
      ...rest,
      synced: { name, schoolSourcedId, termSourcedIds, ...told },
    }),
  );
}

/** Each of these persons in each of these classes. */
export function enroll(
  classes: readonly LocalClass[],
  users: readonly string[],
  fields: Partial<LocalEnrollment> = {},
): readonly LocalEnrollment[] {
  return classes.flatMap(({ sourcedId = '' }) => users.map((user) => localMember(sourcedId, user, fields)));
}

export function link(
  guardian: string,
  pupil: string,
  synced: { readonly contactType?: string; readonly relationship?: string } = {},
): LocalGuardianLink {
  return localLink(guardian, pupil, { ...synced, synced });
}

export function idsOf(records: readonly { readonly id: string }[], count = records.length): readonly string[] {
  return records.slice(0, count).map(({ id }) => id);
}
