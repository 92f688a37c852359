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
import { isGuardianMember } from './rules/guardian-members.js';
import { CREATION, DELETION, INVERSE } from './undo-kinds.js';
import { settleLogins, withLast } from './undo-logins.js';
import { ForbiddenPlaces } from './undo-places.js';
import { isMember, recordKey, UndoRecords, type AnyRecord, type Noun, type Tie } from './undo-records.js';

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

/** What takes back the changes of a run of one record, the last of them first. */
interface Undoing {
  readonly undone: readonly Change[];
  readonly proposal: Proposal;
}

class Undo {
  private readonly draft: Draft;
  private readonly records: UndoRecords;
  private readonly places: ForbiddenPlaces;
  /** What is taken back so far, by record: a run may have written a record twice, and its undo writes it once. */
  private readonly pending = new Map<string, Undoing>();
  private readonly added: Suppression[] = [];
  private readonly lifted = new Set<string>();

  constructor(
    private readonly local: LocalState,
    private readonly now: string,
  ) {
    this.draft = new Draft(defaultPolicy, { ...local.ledger, suppressions: [] });
    this.records = new UndoRecords(local);
    this.places = new ForbiddenPlaces(local, this.records);
  }

  of(journal: readonly JournalEntry[]): Plan {
    for (const { erased, change } of journal) if (erased === true) this.noteErased(change);
    // Members and links first: whether a class or a person is still in use is judged by what remains.
    const reversed = journal.filter(({ erased }) => erased !== true).reverse();
    // P13: of guardians' places after those of students and the links, from which they follow.
    const places = new Set(reversed.filter((entry) => this.isGuardianPlace(entry)));
    for (const entry of reversed) if (isLink(entry.change.kind) && !places.has(entry)) this.takeBack(entry);
    for (const entry of places) this.takeBack(entry);
    for (const entry of reversed) if (!isLink(entry.change.kind)) this.takeBack(entry);
    for (const undoing of this.pending.values()) if (!isOfPerson(undoing)) this.add(undoing);
    const last = this.settlePeople();
    for (const removal of this.places.removals(this.now)) this.draft.propose(removal);
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
    const noun = nounOf(change.kind);
    const record = this.records.find(noun, entry.recordId);
    if (this.records.isDeleted(noun, entry.recordId)) return;
    // P13: what the district forbade ends with its own word alone, as the link that it forbade (P11).
    if (noun === 'enrollment' && (isUrgent(change) || this.isForbiddenPlace(entry))) this.note(change, 'UNDO_KEPT');
    else if (change.after === null) this.recreate(entry, record);
    else if (record === undefined) this.note(change, 'UNDO_GONE');
    else if (change.before !== null) this.restore(entry, record);
    else if (this.records.isWritten(noun, entry.recordId)) this.note(change, 'UNDO_KEPT');
    else this.remove(entry, record);
  }

  private isGuardianPlace({ change, recordId }: JournalEntry): boolean {
    if (nounOf(change.kind) !== 'enrollment') return false;
    const place = this.records.find('enrollment', recordId) ?? change.before;
    return place !== null && isGuardianMember(place as LocalEnrollment);
  }

  /** Whether a guardian's place would come back though contact with a student of the class stays forbidden. */
  private isForbiddenPlace({ change, recordId }: JournalEntry): boolean {
    if (change.kind !== 'enrollment-remove' && change.kind !== 'enrollment-delete') return false;
    const place = this.records.find('enrollment', recordId) ?? change.before;
    return place !== null && this.places.isForbidden(place as LocalEnrollment);
  }

  /** A deletion, by an undo, is undone by creating the same record again. */
  private recreate(entry: JournalEntry, record: AnyRecord | undefined): void {
    const { change } = entry;
    const kind = CREATION[change.kind];
    if (record !== undefined || kind === undefined || change.before === null) {
      this.note(change, 'UNDO_CONFLICT');
      return;
    }
    const recreated = { ...change.before, id: entry.recordId };
    if (isLink(kind)) this.records.recreate(recreated as Tie);
    this.propose(entry, kind, null, recreated, undefined);
  }

  /** A creation: deleted if nobody has used it since. */
  private remove(entry: JournalEntry, record: AnyRecord): void {
    const { change } = entry;
    const noun = nounOf(change.kind);
    if (!this.isUsed(record, noun)) {
      for (const dependent of this.records.dependents(record, noun)) this.removeDependent(dependent, entry.runId);
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
    const later = this.pending.get(recordKey(nounOf(change.kind), entry.recordId))?.proposal;
    const present = { ...record, ...later?.after } as Readonly<Record<string, unknown>>;
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

  private isUsed(record: AnyRecord, noun: Noun): boolean {
    if (record.usedAt !== undefined || (record.hostFields ?? []).length > 0) return true;
    if (record.origin !== 'roster') return true;
    if (noun === 'school') return this.records.hasClasses((record as LocalSchool).sourcedId);
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
    return this.records.dependents(record, noun).some(isTouched);
  }

  private removeDependent(record: Tie, runId: string): void {
    const noun = isMember(record) ? 'enrollment' : 'guardian';
    this.records.write(noun, record.id, null);
    const target = isMember(record)
      ? { id: record.id, classId: record.classId, userId: record.userId }
      : { id: record.id, guardianId: record.guardianId, studentId: record.studentId };
    this.draft.propose({
      kind: isMember(record) ? 'enrollment-delete' : 'guardian-delete',
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
    const noun = nounOf(change.kind);
    const key = recordKey(noun, entry.recordId);
    const later = this.pending.get(key);
    if (later !== undefined) {
      const both = together(later, { change, kind, before, after });
      this.records.write(noun, entry.recordId, both.proposal.after);
      this.pending.set(key, both);
      return;
    }
    this.records.write(noun, entry.recordId, after);
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
    this.pending.set(key, { undone: [change], proposal });
  }

  /** F6 to F9. Returns the keys of the changes that come last. */
  private settlePeople(): ReadonlySet<string> {
    const undoings = [...this.pending.values()].filter(isOfPerson);
    const { people, first, last } = settleLogins(
      undoings.map(({ proposal }) => proposal),
      this.local.users,
    );
    for (const [index, { proposal, kept }] of people.entries()) {
      const { undone } = undoings[index] as Undoing;
      for (const { field, owner } of kept) this.note(undone[0] as Change, TAKEN[field], { field, owner });
      if (proposal !== undefined) this.add({ undone, proposal });
    }
    this.draft.bringForward(first);
    return last;
  }

  /** Proposes the change, and keeps the same feed from undoing it. */
  private add({ undone, proposal }: Undoing): void {
    this.draft.propose(proposal);
    for (const { kind, subject, reason, fingerprint } of undone) {
      if (reason.rule === 'UNDO') {
        for (const lifted of [proposal.kind, reason.evidence?.['also']])
          this.lifted.add(`${String(lifted)} ${subject}`);
      } else if (reason.rule !== 'HAND' && fingerprint !== '') {
        this.added.push({ kind, subject, fingerprint, cause: 'undo' });
      }
    }
  }

  /** Nothing is known any more of what there is to take back, nor of whom. */
  private noteErased({ kind }: Change): void {
    this.draft.note({
      rule: 'UNDO',
      code: 'UNDO_ERASED',
      severity: 'warning',
      noun: nounOf(kind),
      evidence: { change: kind },
    });
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

/** A run wrote the record twice: what it wrote last is taken back first, and both in one change. */
function together(
  { undone, proposal: later }: Undoing,
  earlier: Pick<Proposal, 'kind' | 'before' | 'after'> & { readonly change: Change },
): Undoing {
  const { change, kind, before, after } = earlier;
  const { reason } = later;
  const proposal = {
    ...later,
    kind: kind.endsWith('-update') ? later.kind : kind,
    before: { ...before, ...later.before },
    after: { ...later.after, ...after },
    reason: { ...reason, evidence: { ...reason.evidence, also: change.kind } },
  } as Proposal;
  return { undone: [...undone, change], proposal };
}

function isOfPerson({ proposal }: Undoing): boolean {
  return nounOf(proposal.kind) === 'user';
}

/** A class that a person has just brought back stays: archiving it would overwrite what they did. */
function isArchivable(section: LocalClass): boolean {
  return section.state === 'active' && section.revived !== true;
}

/** A member or link that people made, used or removed: deleting it would lose what they did. */
function isTouched(each: Tie): boolean {
  return each.origin !== 'roster' || each.usedAt !== undefined || each.by === 'user';
}

function nounOf(kind: ChangeKind): Noun {
  return kind.slice(0, kind.indexOf('-')) as Noun;
}

function isLink(kind: ChangeKind): boolean {
  const noun = nounOf(kind);
  return noun === 'enrollment' || noun === 'guardian';
}

function withoutVersion<T extends LocalRecord>(record: T): Omit<T, 'version'> {
  const { version: _version, ...fields } = record;
  return fields;
}
