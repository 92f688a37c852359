/**
 * Undo: the plan that takes back what a run did, from its journal, as far as nobody has touched it since.
 *
 * @module
 */

import { isSame } from '../internal/canonical.js';
import type {
  Change,
  ChangeKind,
  Evidence,
  JournalEntry,
  LocalClass,
  LocalEnrollment,
  LocalGuardianLink,
  LocalRecord,
  LocalSchool,
  LocalState,
  LocalUser,
  Note,
  Plan,
  Suppression,
} from '../model/index.js';
import { changeKey, Draft, type Proposal } from './draft.js';
import { isUrgent } from './gates/dependents.js';
import { afterDeletions } from './identity/index.js';
import { completePlan } from './plan.js';
import { defaultPolicy } from '../model/index.js';
import { settleLogins, withLast } from './undo-logins.js';

/** What takes a change of fields back. */
const INVERSE: Readonly<Partial<Record<ChangeKind, ChangeKind>>> = {
  'class-archive': 'class-unarchive',
  'class-unarchive': 'class-archive',
  'enrollment-remove': 'enrollment-restore',
  'enrollment-restore': 'enrollment-remove',
  'enrollment-link': 'enrollment-update',
  'guardian-unlink': 'guardian-restore',
  'guardian-restore': 'guardian-unlink',
  'user-deactivate': 'user-reactivate',
  'user-reactivate': 'user-deactivate',
};

/** What takes a creation back. */
const DELETION: Readonly<Partial<Record<ChangeKind, ChangeKind>>> = {
  'school-create': 'school-delete',
  'class-create': 'class-delete',
  'user-create': 'user-delete',
  'enrollment-add': 'enrollment-delete',
  'guardian-link': 'guardian-delete',
};

/** What takes a deletion back. */
const CREATION: Readonly<Partial<Record<ChangeKind, ChangeKind>>> = {
  'school-delete': 'school-create',
  'class-delete': 'class-create',
  'user-delete': 'user-create',
  'enrollment-delete': 'enrollment-add',
  'guardian-delete': 'guardian-link',
};

/** What is told of a login that stays with whoever has it now. */
const TAKEN = { email: 'EMAIL_TAKEN', mobile: 'MOBILE_TAKEN' } as const;

/** These describe one state and are taken back together or not at all. */
const STATE_FIELDS: readonly string[] = ['state', 'by', 'archivedAt', 'removedAt'];

/**
 * The plan that undoes a run. Each change is taken back field by field, and only where the field still holds what the
 * run wrote: a later edit stays, and a note names it. What the run created is deleted if nobody has used it since; a
 * class that was used is archived by hand instead. The plan's ledger keeps the same feed from doing it all again.
 *
 * @param journal what the run applied, in the order of application
 * @param local the host's data and memory today
 * @example
 * ```ts
 * import { invert } from 'rosterkit';
 * import { MemoryStore } from 'rosterkit/memory';
 *
 * const scope = { tenant: 'district-1' };
 * const store = new MemoryStore();
 * const plan = invert(await store.journal(scope, 'run-1'), await store.load(scope));
 * console.log(plan.counts.changes); // 0: there was no such run
 * ```
 */
export function invert(
  journal: readonly JournalEntry[],
  local: LocalState,
  options: { readonly now?: Date | string } = {},
): Plan {
  return new Undo(local, new Date(options.now ?? 0).toISOString()).of(journal);
}

type AnyRecord = LocalSchool | LocalClass | LocalUser | LocalEnrollment | LocalGuardianLink;

class Undo {
  private readonly draft: Draft;
  private readonly records = new Map<string, AnyRecord>();
  private readonly membersByClass = new Map<string, LocalEnrollment[]>();
  private readonly membersByUser = new Map<string, LocalEnrollment[]>();
  private readonly linksByUser = new Map<string, LocalGuardianLink[]>();
  /** Records of which this plan has already spoken. */
  private readonly handled = new Set<string>();
  /** Records that this plan deletes: what else hangs on a class or a person shows that they are in use. */
  private readonly deleted = new Set<string>();
  /** The changes of people, which wait until all of them are known: two of them never get one login. */
  private readonly people: { readonly entry: JournalEntry; readonly proposal: Proposal }[] = [];
  private readonly added: Suppression[] = [];
  private readonly lifted = new Set<string>();

  constructor(
    private readonly local: LocalState,
    private readonly now: string,
  ) {
    this.draft = new Draft(defaultPolicy, { ...local.ledger, suppressions: [] });
    for (const record of local.schools) this.records.set(recordKey('school', record.id), record);
    for (const record of local.classes) this.records.set(recordKey('class', record.id), record);
    for (const record of local.users) this.records.set(recordKey('user', record.id), record);
    for (const record of local.enrollments) {
      this.records.set(recordKey('enrollment', record.id), record);
      pushTo(this.membersByClass, record.classId, record);
      pushTo(this.membersByUser, record.userId, record);
    }
    for (const record of local.guardianLinks) {
      this.records.set(recordKey('guardian', record.id), record);
      pushTo(this.linksByUser, record.guardianId, record);
      pushTo(this.linksByUser, record.studentId, record);
    }
  }

  of(journal: readonly JournalEntry[]): Plan {
    // Members and links first: whether a class or a person is still in use is judged by what remains.
    const reversed = [...journal].reverse();
    for (const entry of reversed) if (isLink(entry.change.kind)) this.takeBack(entry);
    for (const entry of reversed) if (!isLink(entry.change.kind)) this.takeBack(entry);
    const last = this.settlePeople();
    const { ledger, scope } = this.local;
    const suppressions = ledger.suppressions.filter((each) => !this.lifted.has(changeKey(each.kind, each.subject)));
    return completePlan({
      type: 'undo',
      scope,
      steps: [],
      readId: '',
      changes: withLast(afterDeletions(this.draft.changes()), last),
      notes: this.draft.notes,
      holds: [],
      gates: [],
      outcome: 'planned',
      ledger: { ...ledger, suppressions: [...suppressions, ...this.added] },
    });
  }

  private takeBack(entry: JournalEntry): void {
    const { change } = entry;
    const key = recordKey(nounOf(change.kind), entry.recordId);
    const record = this.records.get(key);
    if (this.handled.has(key)) return;
    // P13: what the district forbade ends with its own word alone, as the link that it forbade (P11).
    if (isUrgent(change) && nounOf(change.kind) === 'enrollment') this.note(change, 'UNDO_KEPT');
    else if (change.after === null) this.recreate(entry, record);
    else if (record === undefined) this.note(change, 'UNDO_GONE');
    else if (change.before === null) this.remove(entry, record);
    else this.restore(entry, record);
  }

  /** A deletion, by an undo, is undone by creating the same record again. */
  private recreate(entry: JournalEntry, record: AnyRecord | undefined): void {
    const { change } = entry;
    const kind = CREATION[change.kind];
    if (record !== undefined || kind === undefined || change.before === null) {
      this.note(change, 'UNDO_CONFLICT');
      return;
    }
    this.propose(entry, kind, null, { ...change.before, id: entry.recordId }, undefined);
  }

  /** A creation: deleted if nobody has used it since. */
  private remove(entry: JournalEntry, record: AnyRecord): void {
    const { change } = entry;
    const noun = nounOf(change.kind);
    if (!this.isUsed(record, noun)) {
      for (const dependent of this.dependents(record, noun)) this.removeDependent(dependent, entry.runId);
      this.propose(entry, DELETION[change.kind] as ChangeKind, withoutVersion(record), null, record.version);
      return;
    }
    const by = { state: 'active', by: undefined };
    if (noun === 'class' && isArchivable(record as LocalClass)) {
      this.propose(
        entry,
        'class-archive',
        { ...by, archivedAt: undefined },
        { state: 'archived', by: 'user', archivedAt: this.now },
        record.version,
      );
      // Under `unarchive: 'always'` the next run would bring it back.
      this.added.push({
        kind: 'class-unarchive',
        subject: change.subject,
        fingerprint: change.fingerprint,
        cause: 'undo',
      });
    } else if (noun === 'enrollment' && record.origin === 'roster' && (record as LocalEnrollment).state === 'active') {
      this.propose(
        entry,
        'enrollment-remove',
        { ...by, removedAt: undefined },
        { state: 'removed', by: 'user', removedAt: this.now },
        record.version,
      );
    } else {
      this.note(change, 'UNDO_KEPT');
    }
  }

  /** A change of fields: taken back where the field still holds what the run wrote. */
  private restore(entry: JournalEntry, record: AnyRecord): void {
    const { change } = entry;
    const written = change.after as Readonly<Record<string, unknown>>;
    const previous = change.before as Readonly<Record<string, unknown>>;
    const present = record as unknown as Readonly<Record<string, unknown>>;
    const isStateKept = STATE_FIELDS.some(
      (field) => field in written && !isSame(present[field] ?? null, written[field] ?? null),
    );
    const before: Record<string, unknown> = {};
    const after: Record<string, unknown> = {};
    const conflicts: string[] = [];
    // P11: only the district allows what it forbade.
    const isForbidden = written['blocked'] === true && present['blocked'] === true;
    for (const field of Object.keys(written)) {
      if (isForbidden && (field === 'blocked' || field === 'synced')) continue;
      const isKept = STATE_FIELDS.includes(field)
        ? isStateKept
        : !isSame(present[field] ?? null, written[field] ?? null);
      if (isKept) {
        conflicts.push(field);
        continue;
      }
      before[field] = present[field];
      after[field] = previous[field];
    }
    if (conflicts.length > 0) this.note(change, 'UNDO_CONFLICT', { fields: conflicts });
    if (isForbidden) this.note(change, 'UNDO_KEPT', { fields: ['blocked'] });
    if (Object.keys(after).length === 0) return;
    const inverse = INVERSE[change.kind] ?? change.kind;
    const kind = isStateKept ? (`${nounOf(change.kind)}-update` as ChangeKind) : inverse;
    this.propose(entry, kind, before, after, record.version);
  }

  private isUsed(record: AnyRecord, noun: string): boolean {
    if (record.usedAt !== undefined || (record.hostFields ?? []).length > 0) return true;
    if (record.origin !== 'roster') return true;
    if (noun === 'school') return this.hasClasses((record as LocalSchool).sourcedId);
    if (noun === 'user') {
      const user = record as LocalUser;
      if (user.claimed === true || user.state !== 'active') return true;
    }
    if (noun === 'class') {
      const section = record as LocalClass;
      if (section.state !== 'active' || section.revived === true) return true;
    }
    // Whoever was removed since stays removed: deleting the row would forget that, and the next sync bring it back.
    if (noun === 'enrollment' || noun === 'guardian') {
      return (record as LocalEnrollment | LocalGuardianLink).state !== 'active';
    }
    return this.dependents(record, noun).some(isTouched);
  }

  private hasClasses(school: string | undefined): boolean {
    return this.local.classes.some(
      (each) => each.schoolSourcedId === school && !this.deleted.has(recordKey('class', each.id)),
    );
  }

  /** What hangs on a class or a person and is not deleted by this plan already. */
  private dependents(record: LocalRecord, noun: string): readonly (LocalEnrollment | LocalGuardianLink)[] {
    const members =
      noun === 'class' ? this.membersByClass.get(record.id) : noun === 'user' ? this.membersByUser.get(record.id) : [];
    const links = noun === 'user' ? this.linksByUser.get(record.id) : [];
    return [
      ...(members ?? []).filter((each) => !this.deleted.has(recordKey('enrollment', each.id))),
      ...(links ?? []).filter((each) => !this.deleted.has(recordKey('guardian', each.id))),
    ];
  }

  private removeDependent(record: LocalEnrollment | LocalGuardianLink, runId: string): void {
    const isMember = 'classId' in record;
    const noun = isMember ? 'enrollment' : 'guardian';
    this.handled.add(recordKey(noun, record.id));
    this.deleted.add(recordKey(noun, record.id));
    const target = isMember
      ? { id: record.id, classId: record.classId, userId: record.userId }
      : { id: record.id, guardianId: record.guardianId, studentId: record.studentId };
    this.draft.propose({
      kind: isMember ? 'enrollment-delete' : 'guardian-delete',
      subject: `${noun}@${record.id}`,
      target,
      before: withoutVersion(record),
      after: null,
      version: record.version,
      reason: { rule: 'UNDO', code: 'UNDONE', evidence: { run: runId } },
      fingerprint: '',
    } as Proposal);
  }

  private propose(
    entry: JournalEntry,
    kind: ChangeKind,
    before: Readonly<Record<string, unknown>> | null,
    after: Readonly<Record<string, unknown>> | null,
    version: number | undefined,
  ): void {
    const { change } = entry;
    const key = recordKey(nounOf(change.kind), entry.recordId);
    this.handled.add(key);
    if (after === null) this.deleted.add(key);
    const proposal = {
      kind,
      subject: change.subject,
      target: { ...change.target, id: entry.recordId },
      ...(change.schoolSourcedId === undefined ? {} : { schoolSourcedId: change.schoolSourcedId }),
      before,
      after,
      ...(version === undefined ? {} : { version }),
      reason: { rule: 'UNDO', code: 'UNDONE', evidence: { run: entry.runId, change: change.kind } },
      fingerprint: change.fingerprint,
    } as Proposal;
    if (nounOf(change.kind) === 'user') this.people.push({ entry, proposal });
    else this.add(entry, proposal);
  }

  /** F6 to F9. Returns the keys of the changes that come last. */
  private settlePeople(): ReadonlySet<string> {
    const proposals = this.people.map(({ proposal }) => proposal);
    const { people, first, last } = settleLogins(proposals, this.local.users);
    for (const [index, { proposal, kept }] of people.entries()) {
      const { entry } = this.people[index] as { readonly entry: JournalEntry };
      for (const { field, owner } of kept) this.note(entry.change, TAKEN[field], { field, owner });
      if (proposal !== undefined) this.add(entry, proposal);
    }
    this.draft.bringForward(first);
    return last;
  }

  /** Proposes the change, and keeps the same feed from undoing it. */
  private add({ change }: JournalEntry, proposal: Proposal): void {
    this.draft.propose(proposal);
    const { kind } = proposal;
    if (change.reason.rule === 'UNDO') {
      this.lifted.add(changeKey(kind, change.subject));
    } else if (change.reason.rule !== 'HAND' && change.fingerprint !== '') {
      this.added.push({ kind: change.kind, subject: change.subject, fingerprint: change.fingerprint, cause: 'undo' });
    }
  }

  private note(change: Change, code: string, evidence: Evidence = {}): void {
    const note: Note = {
      rule: 'UNDO',
      code,
      severity: 'warning',
      noun: nounOf(change.kind),
      subject: change.subject,
      evidence: { change: change.kind, ...evidence },
    };
    this.draft.note(note);
  }
}

/** A class that a person has just brought back stays: archiving it would overwrite what they did. */
function isArchivable(section: LocalClass): boolean {
  return section.state === 'active' && section.revived !== true;
}

/** A member or link that people made, used or removed: deleting it would lose what they did. */
function isTouched(each: LocalEnrollment | LocalGuardianLink): boolean {
  return each.origin !== 'roster' || each.usedAt !== undefined || each.by === 'user';
}

function nounOf(kind: ChangeKind): 'school' | 'class' | 'user' | 'enrollment' | 'guardian' {
  return kind.slice(0, kind.indexOf('-')) as 'school' | 'class' | 'user' | 'enrollment' | 'guardian';
}

function isLink(kind: ChangeKind): boolean {
  const noun = nounOf(kind);
  return noun === 'enrollment' || noun === 'guardian';
}

function recordKey(noun: string, id: string): string {
  return `${noun} ${id}`;
}

function withoutVersion<T extends LocalRecord>(record: T): Omit<T, 'version'> {
  const { version: _version, ...fields } = record;
  return fields;
}

function pushTo<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
