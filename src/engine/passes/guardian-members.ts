/**
 * Guardians as members of their students' classes (row P13): a last look at the classes, when it is known which links live
 * on and which students are members once the plan is applied.
 *
 * @module
 */

import { classSubject, enrollmentSubject, guardianSubject } from '../../model/index.js';
import type { ChangeKind, Class, Enrollment, LocalClass, LocalEnrollment } from '../../model/index.js';
import { ofHostAlone, ofMembers, type ClassOfMembers } from '../rules/additions.js';
import type { Context } from '../context.js';
import { changeKey, type Proposal } from '../draft.js';
import { ABSENT } from '../fingerprint.js';
import type { Followers } from '../gates/dependents.js';
import type { FollowedClasses } from './followed-classes.js';
import {
  guardianAddition,
  guardianRemoval,
  guardianReturn,
  isGuardianMember,
  isOfLinks,
  WANTED,
} from '../rules/guardian-members.js';
import type { LinkAfter, LinksAfter } from '../rules/links-after.js';
import type { People } from './people.js';
import type { ClassVisitor } from '../reading/class-walk.js';
import { inUserOrder, type Stretch } from '../reading/stretch.js';

/** How a guardian comes to a class: by which student, and what of this plan has to happen for that. */
interface Path {
  readonly link: LinkAfter;
  readonly studentSourcedId: string;
  readonly changes: readonly string[];
  /** Whether nothing new follows from it: it is left as it is (P8), or an undo or a discard alone keeps it. */
  readonly doubt: 'frozen' | 'kept' | undefined;
}

/** What the links say about one class. */
interface Findings {
  /** Who has a place here, by the best of the ways to it. */
  readonly wanted: Map<string, Path>;
  /** Whom contact with a student of the class is forbidden. */
  readonly forbidden: Set<string>;
  /** The changes that end a guardian's ways to the class. */
  readonly causes: Map<string, string[]>;
}

interface ClassRows {
  readonly section: ClassOfMembers;
  /** The host's members, by the ids by which the feed knows them. */
  readonly members: ReadonlyMap<string, LocalEnrollment>;
  /** Who stands here twice (D6): nothing tells which of the records is meant. */
  readonly doubled: ReadonlySet<string>;
  /** Whom the feed's own enrollments name: the rows M speak of them. */
  readonly fed: ReadonlySet<string>;
}

export class GuardianMembers implements ClassVisitor {
  /** Proposed at the end: until then the draft is asked for what it has. */
  private readonly proposals: { readonly proposal: Proposal; readonly causes: readonly string[] }[] = [];

  constructor(
    private readonly context: Context,
    private readonly people: People,
    private readonly links: LinksAfter,
    private readonly followed: FollowedClasses,
  ) {}

  visit(
    section: Class | undefined,
    local: LocalClass | undefined,
    enrollments: Stretch<Enrollment>,
    members: Stretch<LocalEnrollment>,
  ): void {
    const { context, followed } = this;
    const live = section?.status === 'tobedeleted' ? undefined : section;
    if (local === undefined) {
      if (live === undefined || !context.draft.has('class-create', classSubject(live.sourcedId))) return;
      this.judge(this.rowsOf(ofMembers(live, undefined), enrollments, members));
      return;
    }
    const ofClass = live === undefined ? ofHostAlone(local) : ofMembers(live, local);
    const rows = this.rowsOf(ofClass, live === undefined ? NO_ROWS : enrollments, members);
    if (followed.has(local) && !context.isRestricted) this.judge(rows);
    else if (local.state !== 'purged' && context.isInScope(local.schoolSourcedId)) this.endForbidden(rows);
  }

  /** All classes came by. Returns what waits with the students' places and the links that it follows from. */
  finish(): Followers {
    for (const { section, local, enrollments, members } of this.followed.rekeyed) {
      this.judge(this.rowsOf(ofMembers(section, local), enrollments, members));
    }
    const followers = new Map<string, string[]>();
    for (const { proposal, causes } of this.proposals) {
      if (!this.context.draft.propose(proposal)) continue;
      const key = changeKey(proposal.kind, proposal.subject);
      for (const cause of causes) pushTo(followers, cause, key);
    }
    return followers;
  }

  private judge(rows: ClassRows): void {
    const findings = this.find(rows);
    const { members, fed, doubled } = rows;
    for (const [guardian, path] of findings.wanted) {
      if (!fed.has(guardian) && !doubled.has(guardian)) this.want(rows, guardian, path);
    }
    for (const [guardian, local] of members) {
      if (fed.has(guardian) || findings.wanted.has(guardian) || !this.isOurs(rows, local)) continue;
      if (findings.forbidden.has(guardian)) this.end(rows, guardian, local, true, []);
      else if (!doubled.has(guardian)) this.lose(rows, guardian, local, findings.causes.get(guardian) ?? []);
    }
  }

  /** P11: in a class that this plan leaves as it is the district's word counts all the same. */
  private endForbidden(rows: ClassRows): void {
    const { wanted, forbidden } = this.find(rows);
    for (const guardian of forbidden) {
      const local = rows.members.get(guardian);
      if (local === undefined || wanted.has(guardian) || rows.fed.has(guardian)) continue;
      if (this.isOurs(rows, local)) this.end(rows, guardian, local, true, []);
    }
  }

  private isOurs({ section }: ClassRows, local: LocalEnrollment): boolean {
    return local.state === 'active' && isOfLinks(local, section, this.context);
  }

  /** The ways to the class that its students' links make, before and after this plan. */
  private find({ section, members, fed }: ClassRows): Findings {
    const findings: Findings = { wanted: new Map(), forbidden: new Set(), causes: new Map() };
    for (const [id, local] of members) this.look(findings, section, id, local);
    for (const id of fed) if (!members.has(id)) this.look(findings, section, id, undefined);
    return findings;
  }

  private look(
    { wanted, forbidden, causes }: Findings,
    section: ClassOfMembers,
    studentSourcedId: string,
    local: LocalEnrollment | undefined,
  ): void {
    const links = this.links.of(studentSourcedId);
    if (links.length === 0) return;
    const isBefore = local?.state === 'active' && local.role === 'student';
    const after = this.placeAfter(section, studentSourcedId, local);
    for (const link of links) {
      const { guardianSourcedId, standing, change } = link;
      // Also of a student who has left: an undo of that must not bring back a place that was theirs alone.
      if (standing === 'forbidden' && (local?.role === 'student' || after.isStudent)) forbidden.add(guardianSourcedId);
      const changes = [change, after.change].filter((key) => key !== undefined);
      if (standing === 'living' && after.isStudent) {
        const known = wanted.get(guardianSourcedId);
        const doubt = this.doubtOf(section, link, studentSourcedId);
        const path = { link, studentSourcedId, changes, doubt };
        if (known === undefined || rank(path) < rank(known)) wanted.set(guardianSourcedId, path);
      } else if (isBefore && standing !== 'forbidden') {
        for (const key of changes) pushTo(causes, guardianSourcedId, key);
      }
    }
  }

  /** Whether somebody is a student of the class once the plan is applied, and by which change. */
  private placeAfter(
    { sourcedId }: ClassOfMembers,
    userSourcedId: string,
    local: LocalEnrollment | undefined,
  ): { readonly isStudent: boolean; readonly change: string | undefined } {
    const { draft } = this.context;
    const subject = enrollmentSubject(sourcedId, userSourcedId);
    const kinds: readonly ChangeKind[] =
      local?.state === 'active'
        ? ['enrollment-remove', 'enrollment-update']
        : local === undefined
          ? ['enrollment-add']
          : ['enrollment-restore'];
    for (const kind of kinds) {
      const change = draft.find(kind, subject);
      if (change === undefined) continue;
      const after = change.after as { readonly role?: unknown } | null;
      const role = after !== null && 'role' in after ? after.role : local?.role;
      return { isStudent: kind !== 'enrollment-remove' && role === 'student', change: change.key };
    }
    return { isStudent: local?.state === 'active' && local.role === 'student', change: undefined };
  }

  private want(rows: ClassRows, guardian: string, { link, studentSourcedId, changes, doubt }: Path): void {
    const { draft } = this.context;
    const { section, members } = rows;
    const local = members.get(guardian);
    const subject = enrollmentSubject(section.sourcedId, guardian);
    if (draft.isAnyObserved('enrollment', section.sourcedId)) draft.observe(subject, WANTED);
    if (local?.state === 'active') return;
    if (local?.by === 'user') {
      draft.noteOnce({ rule: 'P13', code: 'LOCAL_REMOVAL_WINS', severity: 'info', noun: 'enrollment', subject });
      return;
    }
    // Who was here as something else is for the rows M to bring back.
    if (local !== undefined && !isGuardianMember(local)) return;
    if (doubt === 'frozen' || this.people.standing(guardian) !== 'known') return;
    if (doubt === 'kept') {
      const change = local === undefined ? 'enrollment-add' : 'enrollment-restore';
      draft.note({ rule: 'UNDO', code: 'SUPPRESSED', severity: 'info', subject, evidence: { change } });
      return;
    }
    const proposal =
      local === undefined
        ? guardianAddition(section, { sourcedId: guardian, id: link.guardianId }, studentSourcedId)
        : guardianReturn(section, guardian, local, studentSourcedId);
    this.proposals.push({ proposal, causes: changes });
  }

  private doubtOf({ sourcedId }: ClassOfMembers, { guardianSourcedId }: LinkAfter, student: string): Path['doubt'] {
    const { people } = this;
    if (people.isFrozen(student) || people.isVanished(student) || people.isTombstoned(student)) return 'frozen';
    const { draft } = this.context;
    const isKept =
      draft.isWithheld('enrollment-remove', enrollmentSubject(sourcedId, student)) ||
      draft.isWithheld('guardian-unlink', guardianSubject(guardianSourcedId, student));
    return isKept ? 'kept' : undefined;
  }

  private lose(rows: ClassRows, guardian: string, local: LocalEnrollment, causes: readonly string[]): void {
    const { draft, policy, feed, unjudged } = this.context;
    const { sourcedId } = rows.section;
    const subject = enrollmentSubject(sourcedId, guardian);
    // A row that could not be used may name this very guardian.
    const isProven = !feed.unreadable.mayBeMemberOf(sourcedId);
    if (isProven && draft.isAnyObserved('enrollment', sourcedId)) draft.observe(subject, ABSENT);
    if (!isProven || !policy.fullData || this.people.isFrozen(guardian)) {
      unjudged.record(subject);
      return;
    }
    if (this.people.isProtected(local)) {
      draft.note({ rule: 'U14', code: 'PROTECTED', severity: 'info', noun: 'enrollment', subject });
      return;
    }
    this.end(rows, guardian, local, false, causes);
  }

  private end(
    { section }: ClassRows,
    guardian: string,
    local: LocalEnrollment,
    isForbidden: boolean,
    causes: readonly string[],
  ): void {
    const proposal = guardianRemoval(section, guardian, local, isForbidden, this.context);
    this.proposals.push({ proposal, causes });
  }

  /** In the order of the ids: of ways that are as good as one another the first one counts. */
  private rowsOf(
    section: ClassOfMembers,
    enrollments: Stretch<Enrollment>,
    members: Stretch<LocalEnrollment>,
  ): ClassRows {
    const fed = new Set<string>();
    const rows = inUserOrder(enrollments);
    for (let at = rows.from; at < rows.to; at += 1) fed.add((rows.records[at] as Enrollment).userSourcedId);
    const own = new Map<string, LocalEnrollment>();
    const doubled = new Set<string>();
    const locals = this.people.inFeedOrder(members);
    for (let at = locals.from; at < locals.to; at += 1) {
      const local = locals.records[at] as LocalEnrollment;
      const id = this.people.memberId(local);
      if (own.has(id)) doubled.add(id);
      if (id !== '' && own.get(id)?.state !== 'active') own.set(id, local);
    }
    return { section, members: own, fed, doubled };
  }
}

const NO_ROWS: Stretch<Enrollment> = { records: [], from: 0, to: 0 };

/** Ways that need no change go before those that do, and doubtful ones come last. */
function rank({ changes, doubt }: Path): number {
  return changes.length + (doubt === undefined ? 0 : 10);
}

function pushTo(map: Map<string, string[]>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else if (!known.includes(value)) known.push(value);
}
