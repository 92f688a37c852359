import type { Class, Enrollment, LocalClass, LocalEnrollment } from '../../model/index.js';
import { type Cursor, Disorder, type Pass } from './cursor.js';
import { endOfDoubles } from './doubles.js';
import type { PlainMembers } from '../passes/plain-members.js';
import type { Stretch } from './stretch.js';

/** What looks at the classes of both sides and their members as they come by, in the order of their sourcedIds. */
export interface ClassVisitor {
  /**
   * A class that one side has, or both, with its members on both sides, in no order.
   *
   * @param run how many members at the beginning of both are plainly the same, where that was looked at
   */
  visit(
    section: Class | undefined,
    local: LocalClass | undefined,
    enrollments: Stretch<Enrollment>,
    members: Stretch<LocalEnrollment>,
    run: number,
  ): void;
  /** Classes of the host with one sourcedId (D6), and the feed's. Without this they come by as single ones. */
  doubled?(
    section: Class | undefined,
    locals: readonly LocalClass[],
    enrollments: Stretch<Enrollment>,
    members: Stretch<LocalEnrollment>,
  ): void;
  /** Whether it has seen enough. */
  readonly isDone?: boolean;
  /** A class of the host without a sourcedId. They come first. */
  unnamed?(local: LocalClass): void;
  /** A member of such a class. They come before those of all other classes. */
  unnamedMember?(member: LocalEnrollment): void;
  /** Enrollments of a class that neither side has (M10). */
  dangling?(classSourcedId: string, enrollments: Stretch<Enrollment>): void;
}

/** The readings that are merged; without members where a pass looks at the classes alone. */
export interface ClassCursors {
  readonly sections: Cursor<Class>;
  readonly locals: Cursor<LocalClass>;
  readonly enrollments: Cursor<Enrollment>;
  readonly members: Cursor<LocalEnrollment>;
}

/**
 * The merge of both sides' classes, each with its members: these only have to stand together, class by class in the order
 * of their classes.
 */
export class ClassWalk implements Pass {
  private lastId: string | undefined;
  private hasNamed = false;
  /** The class of the last enrollments and members that were walked past. */
  private lastEnrolled: string | undefined;
  private lastMembered: string | undefined;
  private enrollmentsEnd = 0;
  private plainRun = 0;
  private membersEnd = 0;

  constructor(
    private readonly cursors: ClassCursors,
    private readonly visitor: ClassVisitor,
    /** Looks at members of classes that both sides have, before the ends of the classes are known. */
    private readonly plain?: PlainMembers,
  ) {}

  run(): Cursor<unknown> | undefined {
    const { sections, locals } = this.cursors;
    for (;;) {
      if (this.visitor.isDone === true) return undefined;
      if (sections.isBlocked) return sections;
      if (locals.isBlocked) return locals;
      const section = sections.records[sections.at];
      const local = locals.records[locals.at];
      if (section === undefined && local === undefined) return this.finish();
      if (local !== undefined && local.sourcedId === undefined) {
        if (this.hasNamed) throw new Disorder(locals);
        locals.at += 1;
        this.visitor.unnamed?.(local);
        continue;
      }
      const order = orderOf(section, local);
      const blocked = this.visit(order <= 0 ? section : undefined, order >= 0 ? local : undefined);
      if (blocked !== undefined) return blocked;
    }
  }

  /** Returns the cursor that has to be read on before this class can be looked at. */
  private visit(section: Class | undefined, local: LocalClass | undefined): Cursor<unknown> | undefined {
    const { sections, locals, enrollments, members } = this.cursors;
    const sourcedId = (section?.sourcedId ?? local?.sourcedId) as string;
    const isPair = section !== undefined && local !== undefined;
    const localsEnd = local === undefined ? locals.at : endOfDoubles(locals, sourcedId);
    if (localsEnd === undefined) return locals;
    const doubles = localsEnd > locals.at + 1 ? locals.records.slice(locals.at, localsEnd) : undefined;
    const blocked = this.findClass(sourcedId, isPair && doubles === undefined ? this.plain : undefined);
    if (blocked !== undefined) return blocked;
    this.checkOrder(sourcedId, section);
    this.hasNamed ||= local !== undefined;
    const rows = { records: enrollments.records, from: enrollments.at, to: this.enrollmentsEnd };
    const own = { records: members.records, from: members.at, to: this.membersEnd };
    if (rows.to > rows.from) this.lastEnrolled = sourcedId;
    if (own.to > own.from) this.lastMembered = sourcedId;
    enrollments.at = rows.to;
    members.at = own.to;
    if (section !== undefined) sections.at += 1;
    locals.at = localsEnd;
    if (doubles === undefined) this.visitor.visit(section, local, rows, own, this.plainRun);
    else this.visitDoubled(section, doubles, rows, own);
    return undefined;
  }

  private visitDoubled(
    section: Class | undefined,
    locals: readonly LocalClass[],
    enrollments: Stretch<Enrollment>,
    members: Stretch<LocalEnrollment>,
  ): void {
    const { visitor } = this;
    if (visitor.doubled !== undefined) {
      visitor.doubled(section, locals, enrollments, members);
      return;
    }
    const [first, ...others] = locals;
    visitor.visit(section, first, enrollments, members, 0);
    const none = { from: 0, to: 0 };
    for (const other of others)
      visitor.visit(undefined, other, { ...enrollments, ...none }, { ...members, ...none }, 0);
  }

  /** A merge is in order exactly when both sides are. */
  private checkOrder(sourcedId: string, section: Class | undefined): void {
    const { locals, sections } = this.cursors;
    if (this.lastId !== undefined && this.lastId >= sourcedId)
      throw new Disorder(section === undefined ? locals : sections);
    this.lastId = sourcedId;
  }

  /** Finds the class's members on both sides, touching each as few times as can be: most of the time goes by that. */
  private findClass(sourcedId: string, plain: PlainMembers | undefined): Cursor<unknown> | undefined {
    const { enrollments, members } = this.cursors;
    const blocked = this.skipEnrollments(sourcedId) ?? this.skipMembers(sourcedId);
    if (blocked !== undefined) return blocked;
    const run = plain?.runOf(enrollments, members, sourcedId) ?? 0;
    this.plainRun = run;
    const end = endOfClass(enrollments, run, sourcedId);
    if (end === undefined) return enrollments;
    const membersEnd = endOfMembers(members, run, sourcedId);
    if (membersEnd === undefined) return members;
    this.enrollmentsEnd = end;
    this.membersEnd = membersEnd;
    return undefined;
  }

  /** Enrollments before those of the class are of classes that neither side has. */
  private skipEnrollments(sourcedId: string | undefined): Cursor<Enrollment> | undefined {
    const { enrollments } = this.cursors;
    for (;;) {
      if (enrollments.isBlocked) return enrollments;
      const first = enrollments.records[enrollments.at]?.classSourcedId;
      if (first === undefined || first === sourcedId || (sourcedId !== undefined && first > sourcedId))
        return undefined;
      const end = endOfClass(enrollments, 0, first);
      if (end === undefined) return enrollments;
      if (this.lastEnrolled !== undefined && first <= this.lastEnrolled) throw new Disorder(enrollments);
      this.lastEnrolled = first;
      this.visitor.dangling?.(first, { records: enrollments.records, from: enrollments.at, to: end });
      enrollments.at = end;
    }
  }

  /** Members before those of the class are of classes that nobody asks about. */
  private skipMembers(sourcedId: string | undefined): Cursor<LocalEnrollment> | undefined {
    const { members } = this.cursors;
    for (;;) {
      if (members.isBlocked) return members;
      const member = members.records[members.at];
      if (member === undefined) return undefined;
      const first = member.classSourcedId ?? '';
      if (first === sourcedId || (sourcedId !== undefined && first > sourcedId)) return undefined;
      if (this.lastMembered !== undefined && first < this.lastMembered) throw new Disorder(members);
      this.lastMembered = first;
      members.at += 1;
      if (member.classSourcedId === undefined) this.visitor.unnamedMember?.(member);
    }
  }

  private finish(): Cursor<unknown> | undefined {
    return this.skipEnrollments(undefined) ?? this.skipMembers(undefined);
  }
}

/** Where the rows of this class end; undefined where that is not in this window. */
function endOfClass({ records, at, isLast }: Cursor<Enrollment>, from: number, sourcedId: string): number | undefined {
  let end = at + from;
  while (end < records.length && (records[end] as Enrollment).classSourcedId === sourcedId) end += 1;
  return end === records.length && !isLast ? undefined : end;
}

/** The same for the host's: one function for both would know neither's shape. */
function endOfMembers(
  { records, at, isLast }: Cursor<LocalEnrollment>,
  from: number,
  sourcedId: string,
): number | undefined {
  let end = at + from;
  while (end < records.length && (records[end] as LocalEnrollment).classSourcedId === sourcedId) end += 1;
  return end === records.length && !isLast ? undefined : end;
}

function orderOf(section: Class | undefined, local: LocalClass | undefined): number {
  if (section === undefined) return 1;
  if (local === undefined) return -1;
  const sourcedId = local.sourcedId as string;
  if (section.sourcedId === sourcedId) return 0;
  return section.sourcedId < sourcedId ? -1 : 1;
}
