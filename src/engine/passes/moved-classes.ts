/**
 * Classes under new sourcedIds (K12): which absent class a new section may be, and the two halves of those that a person
 * has said to be one. In the order of the ids the halves stand apart, so they are kept until both have come by.
 *
 * @module
 */

import { classSubject } from '../../model/index.js';
import type { Class, Enrollment, LocalClass, LocalEnrollment, Proposal } from '../../model/index.js';
import { classNameOf } from '../rules/classes.js';
import type { Context } from '../context.js';
import { classFingerprint } from '../fingerprint.js';
import {
  feedClass,
  hostClass,
  isResetOpen,
  isUnusedTwin,
  pairClasses,
  detectClassReset,
  type FeedClass,
  type HostClass,
  type IdSpaceReset,
} from '../identity/index.js';
import type { Stretch } from '../reading/stretch.js';

export type MemberIdOf = (member: LocalEnrollment) => string | undefined;

/** A new section, with its enrollments. */
interface FeedHalf {
  readonly section: Class;
  readonly enrollments: Stretch<Enrollment>;
  /** The class that a sync has made of the section meanwhile, and that nobody uses. */
  readonly twin?: { readonly local: LocalClass; readonly members: Stretch<LocalEnrollment> };
}

/** An absent class, with its members. */
export interface HostHalf {
  readonly local: LocalClass;
  readonly isTombstoned: boolean;
  /** Whether only a change says so, which may be taken back. */
  readonly isHinted: boolean;
  readonly enrollments: Stretch<Enrollment>;
  readonly members: Stretch<LocalEnrollment>;
}

/** What came by of an accepted pair: where one half is missing, the other goes its normal way. */
export interface Halves {
  feed?: FeedHalf;
  host?: HostHalf;
}

export class MovedClasses {
  private readonly hosts: HostClass[] = [];
  private readonly sections: FeedClass[] = [];
  private readonly halves = new Map<string, Halves>();
  /** What a change of all ids (G5) is judged by: ids alone, before names, settings and gates. */
  private readonly ids = { feed: 0, arrivals: [] as Class[], managed: 0, vanished: [] as LocalClass[] };
  private readonly bySection = new Map<string, Proposal>();
  private readonly byRecord = new Map<string, Proposal>();

  /** @param idOf by which sourcedId the feed most likely knows a member */
  constructor(
    private readonly context: Context,
    private readonly idOf: MemberIdOf,
  ) {
    for (const proposal of context.decisions.accepted('class-rekey')) {
      this.bySection.set(proposal.sourcedId, proposal);
      this.byRecord.set(proposal.recordId, proposal);
    }
  }

  /** Whether this plan can tell a class that is gone from one that was not read. */
  private get isJudging(): boolean {
    return this.context.feed.provesAbsence && this.context.handlesClasses;
  }

  /** A class of either side comes by. */
  note(section: Class | undefined, local: LocalClass | undefined): void {
    const { ids } = this;
    const isLive = section !== undefined && section.status !== 'tobedeleted';
    const isManaged = local?.state === 'active' && local.origin !== 'local';
    if (isLive) ids.feed += 1;
    if (isManaged) ids.managed += 1;
    if (isLive && local === undefined && !this.bySection.has(section.sourcedId)) ids.arrivals.push(section);
    if (isManaged && section === undefined && !this.byRecord.has(local.id)) ids.vanished.push(local);
  }

  /** Whether the ids of all classes seem to be new (G5). */
  detectReset(): IdSpaceReset | undefined {
    return detectClassReset(this.ids, classNameOf);
  }

  /** Keeps the section if an accepted pair names it. Says whether it did. */
  takesSection(section: Class, enrollments: Stretch<Enrollment>): boolean {
    const proposal = this.isJudging ? this.bySection.get(section.sourcedId) : undefined;
    if (proposal === undefined || this.isUndone(section)) return false;
    this.halvesOf(proposal).feed = { section, enrollments: copied(enrollments) };
    return true;
  }

  /** Keeps a section that was imported meanwhile if an accepted pair names it, and nobody uses what was made of it. */
  takesTwin(
    section: Class,
    local: LocalClass,
    enrollments: Stretch<Enrollment>,
    members: Stretch<LocalEnrollment>,
  ): boolean {
    const proposal = this.isJudging && this.bySection.size > 0 ? this.bySection.get(section.sourcedId) : undefined;
    if (proposal === undefined || proposal.recordId === local.id || this.isUndone(section)) return false;
    const twin = { local, members: copied(members) };
    if (!isUnusedTwin(local, twin.members.records)) {
      const { sourcedId, schoolSourcedId } = section;
      const subject = classSubject(sourcedId);
      const evidence = { old: proposal.from as string, new: sourcedId };
      const note = { rule: 'K12', code: 'MOVED_TOO_LATE', severity: 'warning', noun: 'class' } as const;
      this.context.draft.note({ ...note, subject, schoolSourcedId, evidence });
      return false;
    }
    this.halvesOf(proposal).feed = { section, enrollments: copied(enrollments), twin };
    return true;
  }

  /** Keeps the absent class if an accepted pair names it. Says whether it did. */
  takesHost({ local, isTombstoned, isHinted, enrollments, members }: HostHalf): boolean {
    const proposal = this.isJudging ? this.byRecord.get(local.id) : undefined;
    if (proposal === undefined || proposal.from !== local.sourcedId) return false;
    if (local.state !== 'active' && !(local.state === 'archived' && local.by === 'sync')) return false;
    const half = { local, isTombstoned, isHinted, enrollments: copied(enrollments), members: copied(members) };
    this.halvesOf(proposal).host = half;
    return true;
  }

  /** All halves that came by, pair by pair. */
  takeHalves(): readonly Halves[] {
    const halves = [...this.halves.values()];
    this.halves.clear();
    return halves;
  }

  /** A section that would be imported but for its name. */
  noteSection(section: Class, { records, from, to }: Stretch<Enrollment>): void {
    if (this.isJudging) this.sections.push(feedClass(section, classNameOf(section), records.slice(from, to)));
  }

  /** A class that is proven absent. */
  noteHost(local: LocalClass, { records, from, to }: Stretch<LocalEnrollment>): void {
    if (!this.isJudging || local.state !== 'active' || local.origin === 'local') return;
    this.hosts.push(hostClass(local, records.slice(from, to), this.idOf));
  }

  /** What may be one: archived and created as ever, and a person may say otherwise. */
  propose(isReset: boolean): readonly Proposal[] {
    if (this.hosts.length === 0 || this.sections.length === 0) return [];
    const { context } = this;
    const { proposals } = pairClasses({
      hosts: this.hosts,
      sections: this.sections,
      decisions: context.decisions,
      isUndone: (section) => this.isUndone(section),
      isReset: isReset || isResetOpen(context.local.ledger.proposals ?? [], 'class'),
      now: context.now,
    });
    for (const proposal of proposals) if (proposal.rule !== 'G5') this.noteProposed(proposal);
    return proposals;
  }

  private noteProposed({ rule, from = '', sourcedId, schoolSourcedId, evidence }: Proposal): void {
    this.context.draft.note({
      rule,
      code: 'MOVED_PROPOSED',
      severity: 'warning',
      noun: 'class',
      subject: classSubject(from),
      schoolSourcedId: schoolSourcedId as string,
      evidence: { old: from, new: sourcedId, ...evidence },
    });
  }

  private isUndone(section: Class): boolean {
    const { draft } = this.context;
    return draft.isSuppressed('class-rekey', classSubject(section.sourcedId), classFingerprint(section));
  }

  private halvesOf({ id }: Proposal): Halves {
    const known = this.halves.get(id);
    if (known !== undefined) return known;
    const halves: Halves = {};
    this.halves.set(id, halves);
    return halves;
  }
}

/** A stretch is only good for as long as its class is looked at: the window moves on. */
function copied<T>({ records, from, to }: Stretch<T>): Stretch<T> {
  return { records: records.slice(from, to), from: 0, to: to - from };
}
