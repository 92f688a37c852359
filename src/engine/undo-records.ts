/**
 * The host's records, as they are today and as an undo leaves them.
 *
 * @module
 */

import type {
  LocalClass,
  LocalEnrollment,
  LocalGuardianLink,
  LocalRecord,
  LocalSchool,
  LocalState,
  LocalUser,
} from '../model/index.js';

export type AnyRecord = LocalSchool | LocalClass | LocalUser | LocalEnrollment | LocalGuardianLink;
export type Noun = 'school' | 'class' | 'user' | 'enrollment' | 'guardian';

/** A membership or a guardian link: what hangs on classes and persons. */
export type Tie = LocalEnrollment | LocalGuardianLink;

export class UndoRecords {
  private readonly byKey = new Map<string, AnyRecord>();
  private readonly classes: readonly LocalClass[];
  private readonly membersByClass = new Map<string, LocalEnrollment[]>();
  private readonly membersByUser = new Map<string, LocalEnrollment[]>();
  private readonly linksByUser = new Map<string, LocalGuardianLink[]>();
  /** What the plan writes, by record; null where it deletes the record. */
  private readonly written = new Map<string, object | null>();

  constructor(local: LocalState) {
    this.classes = local.classes;
    for (const record of local.schools) this.byKey.set(recordKey('school', record.id), record);
    for (const record of local.classes) this.byKey.set(recordKey('class', record.id), record);
    for (const record of local.users) this.byKey.set(recordKey('user', record.id), record);
    for (const record of local.enrollments) this.add(record);
    for (const record of local.guardianLinks) this.add(record);
  }

  find(noun: Noun, id: string): AnyRecord | undefined {
    return this.byKey.get(recordKey(noun, id));
  }

  /** Keeps what the plan writes of a record, or that it deletes it. */
  write(noun: Noun, id: string, after: object | null): void {
    this.written.set(recordKey(noun, id), after);
  }

  /** A membership or link that the plan makes again. */
  recreate(tie: Tie): void {
    this.add(tie);
  }

  isWritten(noun: Noun, id: string): boolean {
    return this.written.has(recordKey(noun, id));
  }

  isDeleted(noun: Noun, id: string): boolean {
    return this.written.get(recordKey(noun, id)) === null;
  }

  /** The tie once the plan is applied; undefined where it is deleted. */
  after<T extends Tie>(tie: T): T | undefined {
    const fields = this.written.get(recordKey(nounOfTie(tie), tie.id));
    return fields === null ? undefined : { ...tie, ...fields };
  }

  /** The memberships and links that the plan writes. */
  writtenTies(): readonly Tie[] {
    const records = [...this.written.keys()].map((key) => this.byKey.get(key));
    return records.filter((record) => record !== undefined && isTie(record));
  }

  hasClasses(school: string | undefined): boolean {
    return this.classes.some((each) => each.schoolSourcedId === school && !this.isDeleted('class', each.id));
  }

  membersOf(classId: string): readonly LocalEnrollment[] {
    return this.membersByClass.get(classId) ?? [];
  }

  placesOf(userId: string): readonly LocalEnrollment[] {
    return this.membersByUser.get(userId) ?? [];
  }

  linksOf(userId: string): readonly LocalGuardianLink[] {
    return this.linksByUser.get(userId) ?? [];
  }

  /** What hangs on a class or a person and is not deleted by the plan already. */
  dependents({ id }: LocalRecord, noun: Noun): readonly Tie[] {
    const members = noun === 'class' ? this.membersOf(id) : noun === 'user' ? this.placesOf(id) : [];
    const links = noun === 'user' ? this.linksOf(id) : [];
    return [...members, ...links].filter((each) => !this.isDeleted(nounOfTie(each), each.id));
  }

  private add(tie: Tie): void {
    this.byKey.set(recordKey(nounOfTie(tie), tie.id), tie);
    if (isMember(tie)) {
      pushTo(this.membersByClass, tie.classId, tie);
      pushTo(this.membersByUser, tie.userId, tie);
    } else {
      pushTo(this.linksByUser, tie.guardianId, tie);
      pushTo(this.linksByUser, tie.studentId, tie);
    }
  }
}

export function recordKey(noun: Noun, id: string): string {
  return `${noun} ${id}`;
}

export function isMember(record: AnyRecord): record is LocalEnrollment {
  return 'classId' in record;
}

function isTie(record: AnyRecord): record is Tie {
  return 'classId' in record || 'guardianId' in record;
}

function nounOfTie(tie: Tie): 'enrollment' | 'guardian' {
  return isMember(tie) ? 'enrollment' : 'guardian';
}

function pushTo<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
