/**
 * Sections that may be classes which people had made before the roster has them (K19, `linkExisting`). Classes without a
 * sourcedId and their members come by before all others, so they are known when the first section is looked at.
 *
 * @module
 */

import { classSubject } from '../../model/index.js';
import type { Class, Enrollment, LocalClass, LocalEnrollment, Proposal } from '../../model/index.js';
import { classNameOf } from '../rules/classes.js';
import type { Context } from '../context.js';
import { classFingerprint } from '../fingerprint.js';
import { feedClass, hostClass, isUntied, linkClasses, type FeedClass } from '../identity/index.js';
import type { MemberIdOf } from './moved-classes.js';
import type { Stretch } from '../reading/stretch.js';
import { judgesLinks } from './whereabouts.js';

/** A class that people made, with its members. */
export interface OwnClass {
  readonly local: LocalClass;
  readonly members: LocalEnrollment[];
}

export class ClassLinks {
  /** The sourcedIds of sections that wait for a person: they are left out until then, and keep their names taken. */
  readonly waiting = new Set<string>();
  /** By the host's id. */
  private readonly own = new Map<string, OwnClass>();
  private readonly sections = new Map<string, FeedClass>();
  private readonly accepted = new Map<string, Proposal>();

  private constructor(
    private readonly context: Context,
    private readonly idOf: MemberIdOf,
  ) {
    for (const proposal of context.decisions.accepted('class-link')) this.accepted.set(proposal.sourcedId, proposal);
  }

  /**
   * Nothing at all where the policy links nothing, or this import is not about classes.
   *
   * @param idOf by which sourcedId the feed most likely knows a member
   */
  static of(context: Context, idOf: MemberIdOf): ClassLinks | undefined {
    return context.policy.linkExisting === 'off' || !context.handlesClasses ? undefined : new ClassLinks(context, idOf);
  }

  /** A class without a sourcedId. */
  unnamed(local: LocalClass): void {
    if (local.origin !== 'local' || local.state !== 'active' || isUntied(local)) return;
    if (this.context.isInScope(local.schoolSourcedId)) this.own.set(local.id, { local, members: [] });
  }

  /** A member of such a class. */
  unnamedMember(member: LocalEnrollment): void {
    this.own.get(member.classId)?.members.push(member);
  }

  /** The class that a person has said the section is. It is compared with nothing else any more. */
  take(section: Class): OwnClass | undefined {
    const proposal = this.context.isRestricted ? undefined : this.accepted.get(section.sourcedId);
    if (proposal === undefined || this.isUndone(section)) return undefined;
    const own = this.own.get(proposal.recordId);
    this.own.delete(proposal.recordId);
    return own;
  }

  /** A section that would be imported but for its name. */
  noteSection(section: Class, { records, from, to }: Stretch<Enrollment>): void {
    if (this.own.size === 0) return;
    this.sections.set(section.sourcedId, feedClass(section, classNameOf(section), records.slice(from, to)));
  }

  /** All sections came by. */
  propose(): readonly Proposal[] {
    const { context } = this;
    if (!judgesLinks(context)) this.keepWaiting();
    if (this.own.size === 0 || this.sections.size === 0) return [];
    const { proposals, ambiguous } = linkClasses({
      hosts: [...this.own.values()].map(({ local, members }) => hostClass(local, members, this.idOf)),
      sections: [...this.sections.values()],
      decisions: context.decisions,
      isUndone: (section) => this.isUndone(section),
      now: context.now,
    });
    for (const proposal of proposals) this.wait('LINK_PROPOSED', proposal.sourcedId, proposal);
    for (const sourcedId of ambiguous) this.wait('LINK_AMBIGUOUS', sourcedId);
    return proposals;
  }

  private wait(code: 'LINK_PROPOSED' | 'LINK_AMBIGUOUS', sourcedId: string, proposal?: Proposal): void {
    this.waiting.add(sourcedId);
    const { section } = this.sections.get(sourcedId) as FeedClass;
    this.context.draft.note({
      rule: 'K19',
      code,
      severity: 'warning',
      noun: 'class',
      subject: classSubject(sourcedId),
      schoolSourcedId: section.schoolSourcedId,
      ...(proposal === undefined ? {} : { evidence: { record: proposal.recordId, ...proposal.evidence } }),
    });
  }

  /** Whether the pairs of earlier plans still stand cannot be told, so they go on waiting. */
  private keepWaiting(): void {
    for (const { kind, decision, sourcedId } of this.context.local.ledger.proposals ?? []) {
      if (kind === 'class-link' && decision === undefined) this.waiting.add(sourcedId);
    }
  }

  private isUndone(section: Class): boolean {
    const { draft } = this.context;
    return draft.isSuppressed('class-rekey', classSubject(section.sourcedId), classFingerprint(section));
  }
}
