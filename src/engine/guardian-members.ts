/**
 * Guardians as members of their students' classes (row P13), where the policy asks for it (`guardians.enroll`).
 *
 * Such a membership is made by links alone and goes with them: the feed neither has it nor takes it away. So it is worked
 * out from what this plan makes of links and members, once both are known, and not from the feed's enrollments.
 *
 * @module
 */

import { compareIds } from '../internal/ordered.js';
import { enrollmentSubject } from '../model/index.js';
import type {
  Change,
  EnrollmentTarget,
  Evidence,
  Fields,
  LocalEnrollment,
  LocalGuardianLink,
  RecordTarget,
  SyncedEnrollment,
} from '../model/index.js';
import type { ClassOfMembers } from './additions.js';
import type { Context } from './context.js';
import { changeKey, type Proposal } from './draft.js';
import { ABSENT } from './fingerprint.js';
import type { Stretch } from './stretch.js';

/** A member of the host, and whether guardian links alone made the membership. */
export type Member = LocalEnrollment & {
  readonly viaLink?: boolean;
  /** True where each link that speaks for the membership is blocked (P11): it gives no access. */
  readonly blocked?: boolean;
};

/** What stands for a feed record where there is none: the links. */
const LINKED = 'via-link';

const ROLE: SyncedEnrollment = { role: 'guardian' };

/** An active link, as this plan leaves it. */
export interface Tie {
  readonly guardian: RecordTarget;
  /** Whether contact is forbidden (P11). */
  readonly isBlocked: boolean;
  /** The key of the change by which this plan drops the link. */
  readonly unlink?: string;
}

/**
 * The active links by student, as this plan leaves them. Kept is every link of the district, so it is filled only where
 * `guardians.enroll` is on, or where members of that kind are there from when it was.
 */
export class LinksAfter {
  private readonly ties = new Map<string, Tie[]>();

  add(student: RecordTarget, tie: Tie): void {
    const key = personKey(student);
    const known = this.ties.get(key);
    if (known === undefined) this.ties.set(key, [tie]);
    else known.push(tie);
  }

  /** A link that the host has. */
  addLocal(link: LocalGuardianLink, isBlocked: boolean, unlink?: string): void {
    this.add(
      { id: link.studentId, ...named(link.studentSourcedId) },
      {
        guardian: { id: link.guardianId, ...named(link.guardianSourcedId) },
        isBlocked,
        ...(unlink === undefined ? {} : { unlink }),
      },
    );
  }

  of(student: string): readonly Tie[] {
    return this.ties.get(student) ?? [];
  }
}

/** What a plan does to the members of one class. */
interface PlannedMembers {
  readonly changes: ReadonlyMap<string, Change>;
}

/** The changes to members that a plan has so far, by class and person. */
export function plannedMembers(changes: Iterable<Change>): ReadonlyMap<string, PlannedMembers> {
  const byClass = new Map<string, { readonly changes: Map<string, Change> }>();
  for (const change of changes) {
    if (!isOfMember(change)) continue;
    const { classSourcedId, userId, userSourcedId } = change.target;
    if (classSourcedId === undefined) continue;
    let planned = byClass.get(classSourcedId);
    if (planned === undefined) byClass.set(classSourcedId, (planned = { changes: new Map() }));
    planned.changes.set(personKey({ ...hostId(userId), ...named(userSourcedId) }), change);
  }
  return byClass;
}

/** What links to the students of a class say of a guardian. */
interface Claim {
  readonly guardian: RecordTarget;
  /** Whether a link that stays names a student who stays. */
  isWanted: boolean;
  /** Whether each of the links that stay is blocked; where none does, each of all. */
  isBlocked: boolean;
  /** The removals, of students and of links, but for which the guardian would stay. */
  readonly causes: string[];
}

export class GuardianMembers {
  /**
   * For each removal of a student or of a link, the keys of the removals of guardians that follow from it: what holds the
   * one has to hold the others, or a guardian would be gone while the student stays.
   */
  readonly follows = new Map<string, string[]>();

  /**
   * @param links the links after this plan
   * @param planned what this plan does to members so far
   */
  constructor(
    private readonly context: Context,
    private readonly links: LinksAfter,
    private readonly planned: ReadonlyMap<string, PlannedMembers>,
  ) {}

  /**
   * One class that is open once this plan is applied, and the members that the host has.
   *
   * @param isFrozen whether the class's own rules leave its members as they are: then contact is forbidden there at most
   */
  compare(section: ClassOfMembers, members: Stretch<LocalEnrollment>, isFrozen: boolean): void {
    if (!this.context.isInScope(section.schoolSourcedId)) return;
    const planned = this.planned.get(section.sourcedId)?.changes;
    const rows = new Map<string, Member>();
    for (let at = members.from; at < members.to; at += 1) {
      const member = members.records[at] as Member;
      rows.set(personKey({ id: member.userId }), member);
    }
    const claims = this.claimsOn(rows, planned);
    const mayChange = !isFrozen && !this.context.isRestricted && this.context.handlesGuardians;
    for (const key of [...claims.keys()].sort(compareIds)) {
      const claim = claims.get(key) as Claim;
      if (!claim.isWanted || !mayChange) continue;
      const row = rows.get(key);
      if (row === undefined && planned?.has(key) !== true) this.join(section, claim);
      else if (row?.viaLink === true && row.state === 'removed') this.rejoin(section, row, claim);
    }
    for (const [key, row] of rows) {
      if (row.viaLink !== true || row.state !== 'active' || planned?.has(key) === true) continue;
      this.keep(section, row, claims.get(key), mayChange);
    }
  }

  /** What the links to the students of the class say, by guardian. */
  private claimsOn(
    rows: ReadonlyMap<string, Member>,
    planned: ReadonlyMap<string, Change> | undefined,
  ): Map<string, Claim> {
    const claims = new Map<string, Claim>();
    for (const { key: student, leaves } of studentsOf(rows, planned)) {
      for (const { guardian, isBlocked, unlink } of this.links.of(student)) {
        const key = personKey(guardian);
        let claim = claims.get(key);
        if (claim === undefined) claims.set(key, (claim = { guardian, isWanted: false, isBlocked: true, causes: [] }));
        // Once a link to a student stays, those that go by this plan have no say any more.
        const isStaying = leaves === undefined && unlink === undefined;
        if (isStaying === claim.isWanted) claim.isBlocked &&= isBlocked;
        else if (isStaying) Object.assign(claim, { isBlocked, isWanted: true });
        for (const cause of [leaves, unlink]) if (cause !== undefined) claim.causes.push(cause);
      }
    }
    return claims;
  }

  /** An active member by links: stays, is forbidden contact, or goes. */
  private keep(section: ClassOfMembers, row: Member, claim: Claim | undefined, mayChange: boolean): void {
    const { policy } = this.context;
    const isKept = claim?.isWanted === true && policy.guardians.enroll;
    this.observe(section, row, isKept);
    const isBlocked = claim === undefined ? row.blocked === true : claim.isBlocked;
    const isWritten = isBlocked !== (row.blocked === true) && this.block(section, row, isBlocked);
    if (isKept || !mayChange || !policy.fullData) return;
    // The block comes first and counts as a write, because a removal may be held.
    const present = isWritten ? { ...row, version: row.version + 1 } : row;
    if (!this.leave(section, present, claim?.isWanted === true)) return;
    const key = changeKey('enrollment-remove', subjectOf(section, personOf(row)));
    for (const cause of claim?.causes ?? []) {
      const known = this.follows.get(cause);
      if (known === undefined) this.follows.set(cause, [key]);
      else known.push(key);
    }
  }

  private join(section: ClassOfMembers, { guardian, isBlocked }: Claim): void {
    if (isBlocked || !this.context.policy.guardians.enroll) return;
    this.context.draft.propose({
      kind: 'enrollment-add',
      subject: subjectOf(section, guardian),
      target: targetOf(section, guardian),
      schoolSourcedId: section.schoolSourcedId,
      before: null,
      after: { origin: 'roster', role: 'guardian', state: 'active', viaLink: true, synced: ROLE } as Fields<Member>,
      reason: { rule: 'P13', code: 'GUARDIAN_JOINS', evidence: { role: 'guardian' } },
      fingerprint: LINKED,
    });
  }

  private rejoin(section: ClassOfMembers, row: Member, { isBlocked }: Claim): void {
    this.observe(section, row, true);
    const { policy, draft } = this.context;
    if (isBlocked || !policy.guardians.enroll) return;
    if (row.by === 'user' && !policy.reassertMembers) {
      draft.noteOnce({
        rule: 'M6',
        code: 'LOCAL_REMOVAL_WINS',
        severity: 'info',
        noun: 'enrollment',
        subject: subjectOf(section, personOf(row)),
        schoolSourcedId: section.schoolSourcedId,
      });
      return;
    }
    this.change(
      'enrollment-restore',
      section,
      row,
      { state: 'removed', by: row.by, removedAt: row.removedAt, blocked: row.blocked },
      { state: 'active', by: undefined, removedAt: undefined, blocked: undefined },
      row.by === 'user' ? 'REASSERTED' : 'RETURNED',
    );
  }

  private leave(section: ClassOfMembers, row: Member, isWanted: boolean): boolean {
    return this.change(
      'enrollment-remove',
      section,
      row,
      { state: 'active', by: undefined, removedAt: undefined },
      { state: 'removed', by: 'sync', removedAt: this.context.now },
      isWanted ? 'GUARDIANS_NOT_ENROLLED' : 'GUARDIAN_LEAVES',
    );
  }

  /** P11: at once, in every class. */
  private block(section: ClassOfMembers, row: Member, isBlocked: boolean): boolean {
    return this.change(
      'enrollment-update',
      section,
      row,
      { blocked: row.blocked },
      { blocked: isBlocked ? true : undefined },
      isBlocked ? 'CONTACT_FORBIDDEN' : 'CONTACT_ALLOWED',
    );
  }

  private change(
    kind: 'enrollment-update' | 'enrollment-restore' | 'enrollment-remove',
    section: ClassOfMembers,
    row: Member,
    before: Fields<Member>,
    after: Fields<Member>,
    code: string,
  ): boolean {
    const person = personOf(row);
    const evidence: Evidence = { role: row.role };
    const proposal: Proposal = {
      kind,
      subject: subjectOf(section, person),
      target: { ...targetOf(section, person), id: row.id, classId: row.classId },
      schoolSourcedId: section.schoolSourcedId,
      before,
      after,
      version: row.version,
      reason: { rule: kind === 'enrollment-update' ? 'P11' : 'P13', code, evidence },
      fingerprint: kind === 'enrollment-remove' ? ABSENT : LINKED,
    };
    return this.context.draft.propose(proposal);
  }

  /** An undone change stays undone while the links say the same. */
  private observe(section: ClassOfMembers, row: Member, isWanted: boolean): void {
    const { draft } = this.context;
    if (draft.isObserving) draft.observe(subjectOf(section, personOf(row)), isWanted ? LINKED : ABSENT);
  }
}

/** The students of a class today or after this plan, each with the key of the removal by which they leave it. */
function* studentsOf(
  rows: ReadonlyMap<string, Member>,
  planned: ReadonlyMap<string, Change> | undefined,
): Generator<{ readonly key: string; readonly leaves: string | undefined }> {
  for (const [key, row] of rows) {
    const change = planned?.get(key);
    const after: Fields<LocalEnrollment> = (change !== undefined && isOfMember(change) ? change.after : null) ?? {};
    const isStudent = (after.state ?? row.state) === 'active' && (after.role ?? row.role) === 'student';
    if (isStudent) yield { key, leaves: undefined };
    else if (row.state === 'active' && row.role === 'student') yield { key, leaves: change?.key };
  }
  for (const [key, change] of planned ?? []) {
    if (change.kind === 'enrollment-add' && change.after?.role === 'student') yield { key, leaves: undefined };
  }
}

function isOfMember(change: Change): change is Extract<Change, { readonly kind: `enrollment-${string}` }> {
  return change.kind.startsWith('enrollment-');
}

function personOf(row: LocalEnrollment): RecordTarget {
  return { id: row.userId, ...named(row.userSourcedId) };
}

function subjectOf(section: ClassOfMembers, { id, sourcedId }: RecordTarget): string {
  return enrollmentSubject(section.sourcedId, sourcedId ?? `@${id ?? ''}`);
}

function targetOf(section: ClassOfMembers, { id, sourcedId }: RecordTarget): EnrollmentTarget {
  return {
    ...(section.localId === undefined ? {} : { classId: section.localId }),
    ...(id === undefined ? {} : { userId: id }),
    classSourcedId: section.sourcedId,
    ...(sourcedId === undefined ? {} : { userSourcedId: sourcedId }),
  };
}

/** A person by the host's id; one who is created by this plan by the sourcedId. */
function personKey({ id, sourcedId }: RecordTarget): string {
  return id === undefined ? `#${sourcedId ?? ''}` : `@${id}`;
}

function named(sourcedId: string | undefined): { readonly sourcedId?: string } {
  return sourcedId === undefined ? {} : { sourcedId };
}

function hostId(id: string | undefined): { readonly id?: string } {
  return id === undefined ? {} : { id };
}
