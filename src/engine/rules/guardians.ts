/**
 * The table of guardians (rows P): links between guardians and students, which alone give a guardian access.
 *
 * @module
 */

import { guardianSubject } from '../../model/index.js';
import type { GuardianLink, GuardianPair, LocalGuardianLink } from '../../model/index.js';
import type { AddressQuestions } from './collisions.js';
import type { Context } from '../context.js';
import type { Proposal } from '../draft.js';
import { noteOfDoubled } from './doubled.js';
import { ABSENT, guardianFingerprint } from '../fingerprint.js';
import { GuardianAccounts } from './guardian-accounts.js';
import { compareBlock, isBlockedAfter, type BlockChange } from './guardian-block.js';
import type { GuardianCounts } from './guardian-counts.js';
import { LinksAfter } from './links-after.js';
import type { LinkVisitor, NamedLink } from '../reading/link-walk.js';
import type { People } from '../passes/people.js';
import { isUserInScope } from './user-fields.js';
import {
  followedFields,
  isBlockDifferent,
  isChangedField,
  isChangedLink,
  isNamedGuardian,
  isWantedLink,
  LINK_FIELDS,
  syncedLink,
} from './wanted-links.js';

/** Decides about the links as they come by. */
export class GuardianPass implements LinkVisitor {
  /** How many links a sync manages today: what the limit is a share of. */
  managed = 0;
  /** The links as this plan leaves them, where guardians' places in classes follow them (P13). */
  readonly links: LinksAfter | undefined;
  private readonly accounts: GuardianAccounts;
  private frozenLinks = 0;

  constructor(
    private readonly context: Context,
    private readonly people: People,
    /** Who gets an account for a place in a class: students, and guardians whom the district itself enrolls. */
    private readonly created: ReadonlySet<string>,
    bearers: AddressQuestions,
    private readonly counts: GuardianCounts,
  ) {
    this.accounts = new GuardianAccounts(context, people, created, bearers);
    this.links = context.enrollsGuardians ? new LinksAfter() : undefined;
  }

  /** P1, P4, P7, P8, P12: a link that the host does not have. */
  onlyFeed(link: GuardianLink): void {
    const { context, people } = this;
    context.tally.link(link, !isWantedLink(link, context) || people.standing(link.guardianSourcedId) !== 'missing');
    if (isNamedGuardian(link, context)) this.counts.count(link.studentSourcedId);
    this.observe(link, link);
    if (!isWantedLink(link, context)) return;
    const guardian = people.standing(link.guardianSourcedId);
    if (guardian === 'missing') {
      this.noteNotShared(link);
      return;
    }
    if (guardian !== 'known' || !this.hasStudent(link.studentSourcedId)) return;
    if (link.blocked === true && !this.accounts.isThere(link.guardianSourcedId)) {
      this.accounts.wait(link);
      return;
    }
    if (!this.accounts.open(link.guardianSourcedId)) return;
    for (const waiting of this.accounts.takeWaiting(link.guardianSourcedId)) this.create(waiting);
    this.create(link);
  }

  /** Whether this plan makes an account for the guardian. */
  isCreated(sourcedId: string): boolean {
    return this.accounts.isCreated(sourcedId);
  }

  /** All links came by. */
  finish(): void {
    this.accounts.forgetWaiting();
    const many = this.counts.note();
    if (many !== undefined) this.context.draft.note(many);
    if (this.frozenLinks === 0) return;
    const evidence = { links: this.frozenLinks };
    this.context.draft.note({ rule: 'P5', code: 'SOURCE_SWITCHED', severity: 'warning', evidence });
  }

  private create(link: GuardianLink): void {
    const { context, people } = this;
    const guardianUser = people.localOf(link.guardianSourcedId);
    const student = people.localOf(link.studentSourcedId);
    const isProposed = context.draft.propose({
      kind: 'guardian-link',
      subject: subjectOf(link),
      target: {
        ...(guardianUser === undefined ? {} : { guardianId: guardianUser.id }),
        ...(student === undefined ? {} : { studentId: student.id }),
        guardianSourcedId: link.guardianSourcedId,
        studentSourcedId: link.studentSourcedId,
      },
      ...this.schoolOf(link.studentSourcedId),
      before: null,
      after: { origin: 'roster', state: 'active', ...syncedLink(link), synced: syncedLink(link) },
      reason: { rule: 'P1', code: 'NEW_GUARDIAN_LINK', evidence: evidenceOf(link) },
      fingerprint: guardianFingerprint(link),
    });
    if (isProposed) this.remain(link, guardianUser?.id, link.blocked === true, 'guardian-link');
  }

  onlyLocal(local: NamedLink): void {
    this.count(local);
    this.lost(local, 'P3');
  }

  both(link: GuardianLink, local: NamedLink): void {
    const { context, people } = this;
    context.tally.link(link, !isWantedLink(link, context) || !people.isVanished(link.guardianSourcedId));
    this.count(local);
    this.observe(link, link);
    const isWanted = isNamedGuardian(link, context);
    if (isWanted) this.counts.count(link.studentSourcedId);
    const isManaged = local.origin === 'roster' && !context.isRestricted;
    if (isWanted && local.state === 'active' && !isChangedLink(link, local)) {
      if (isManaged && people.isVanished(link.guardianSourcedId)) this.noteNotShared(link);
      this.remain(link, local.guardianId, local.blocked === true);
      return;
    }
    const block = this.blockOf(link, local);
    const isFollowed = isWanted && isManaged && this.isFollowed(link);
    if (isFollowed && local.state === 'active') {
      const isWritten = this.update(link, local, block);
      this.remain(link, local.guardianId, isBlockedWith(local, isWritten ? block : undefined));
      return;
    }
    if (isFollowed && local.by === 'sync') {
      this.restore(link, local);
      return;
    }
    const present = this.writeBlock(link, local, block);
    if (link.status === 'tobedeleted') this.lost(present, 'P3', 'E2');
    else if (!isWanted) this.lost(present, 'P4', 'E1', link);
    else this.stay(this.isBlockedElsewhere(link) ? { ...present, blocked: true } : present);
    if (!isWanted) return;
    if (isManaged && people.isVanished(link.guardianSourcedId)) this.noteNotShared(link);
    else if (isFollowed) {
      context.draft.noteOnce({
        rule: 'P9',
        code: 'LOCAL_REMOVAL_WINS',
        severity: 'info',
        noun: 'guardian',
        subject: subjectOf(link),
      });
    }
  }

  /** D6: links of one pair. Contact that is forbidden ends by one of them in each plan, because a pair changes once in it. */
  doubled(link: GuardianLink | undefined, locals: readonly NamedLink[]): void {
    const { context, people } = this;
    const [first] = locals as readonly [NamedLink];
    if (link !== undefined) {
      context.tally.link(link, !isWantedLink(link, context) || !people.isVanished(link.guardianSourcedId));
      if (isNamedGuardian(link, context)) this.counts.count(link.studentSourcedId);
    }
    const open = link?.blocked === true ? locals.find(({ blocked }) => blocked !== true) : undefined;
    for (const local of locals) {
      this.count(local);
      const isBlocking = link !== undefined && local === open;
      this.stay(isBlocking ? this.writeBlock(link, local, this.blockOf(link, local)) : local);
    }
    const subject = guardianSubject(first.guardianSourcedId, first.studentSourcedId);
    context.unjudged.record(subject);
    if (!this.isInScope(first.studentSourcedId)) return;
    context.draft.note(noteOfDoubled({ noun: 'guardian', subject }, locals));
  }

  /** P8: whether both people are there, so that the link may change. */
  private isFollowed(link: GuardianLink): boolean {
    const { people } = this;
    if (this.isFrozen(link)) return false;
    if (people.isVanished(link.guardianSourcedId) || people.isVanished(link.studentSourcedId)) return false;
    return this.isInScope(link.studentSourcedId);
  }

  private isFrozen(link: GuardianLink): boolean {
    return this.people.isFrozen(link.studentSourcedId) || this.people.isFrozen(link.guardianSourcedId);
  }

  /** P11: what the flag changes, whoever made the link and whatever else is decided about it. */
  private blockOf(link: GuardianLink, local: NamedLink): BlockChange | undefined {
    if (!isBlockDifferent(link, local) || !this.isInScope(link.studentSourcedId)) return undefined;
    return compareBlock(link, local, this.context.feed.provesGuardianAbsence && !this.isFrozen(link));
  }

  /** P11: contact that the run of another school writes as forbidden gives no place here either (P13). */
  private isBlockedElsewhere({ blocked, studentSourcedId }: GuardianLink): boolean {
    return blocked === true && !this.isInScope(studentSourcedId);
  }

  /** P11: a change of its own, because all else about the link may be held. Returns the link with one write more. */
  private writeBlock(link: GuardianLink, local: NamedLink, block: BlockChange | undefined): NamedLink {
    if (block === undefined) return local;
    const reason = { rule: 'P11', code: block.code };
    const isWritten = this.propose('guardian-update', local, block.before, block.after, reason, link);
    if (!isWritten) return local;
    const { blocked: _blocked, ...rest } = local;
    return { ...rest, ...(isBlockedWith(local, block) ? { blocked: true } : {}), version: local.version + 1 };
  }

  private count(local: LocalGuardianLink): void {
    if (local.state === 'active' && local.origin === 'roster') this.managed += 1;
  }

  private update(link: GuardianLink, local: NamedLink, block: BlockChange | undefined): boolean {
    const before: Record<string, unknown> = { ...block?.before };
    const after: Record<string, unknown> = { ...block?.after };
    for (const field of LINK_FIELDS) {
      if (!isChangedField(field, link, local)) continue;
      before[field] = local[field];
      after[field] = link[field];
    }
    if (Object.keys(after).length === 0) return false;
    const { blocked: _blocked, ...rest } = { ...local.synced };
    before['synced'] = local.synced;
    after['synced'] = { ...(block === undefined ? local.synced : rest), ...syncedLink(link) };
    const reason = block === undefined ? { rule: 'P1', code: 'FIELDS_CHANGED' } : { rule: 'P11', code: block.code };
    return this.propose('guardian-update', local, before, after, reason, link);
  }

  /** P13: a link that is as it was. Contact is forbidden whatever became of the link. */
  private stay({ guardianSourcedId, studentSourcedId, guardianId, state, blocked }: NamedLink): void {
    const isBlocked = blocked === true;
    if (state === 'active' || isBlocked) this.remain({ guardianSourcedId, studentSourcedId }, guardianId, isBlocked);
  }

  /** P13: a link that lives once the plan is applied. */
  private remain(
    pair: GuardianPair,
    guardianId: string | undefined,
    isBlocked: boolean,
    kind?: 'guardian-link' | 'guardian-restore',
  ): void {
    this.links?.add(pair, guardianId, isBlocked ? 'forbidden' : 'living', kind);
  }

  private restore(link: GuardianLink, local: NamedLink): void {
    const isBlocked = isBlockedAfter(link, local, this.context.feed.provesGuardianAbsence);
    const isBlockTold = isBlocked || local.blocked === true;
    const before = {
      state: 'removed',
      by: local.by,
      removedAt: local.removedAt,
      relationship: local.relationship,
      contactType: local.contactType,
      ...(isBlockTold ? { blocked: local.blocked } : {}),
      synced: local.synced,
    };
    const after = {
      state: 'active',
      by: undefined,
      removedAt: undefined,
      ...followedFields(link, local),
      ...(isBlockTold ? { blocked: isBlocked ? true : undefined } : {}),
      // While the district's block stands, it stays the district's: only what they wrote can they lift.
      synced: { ...syncedLink(link), ...(isBlocked && local.synced?.blocked === true ? { blocked: true } : {}) },
    };
    const reason = { rule: 'P1', code: 'RETURNED' };
    const isProposed = this.propose('guardian-restore', local, before, after, reason, link);
    if (isProposed) this.remain(link, local.guardianId, isBlocked, 'guardian-restore');
  }

  /**
   * P2, P3, P4, P8, P9: a link that the feed no longer has, or that the policy no longer wants.
   *
   * @param unwanted as the feed has it, where the policy wants none of its type
   */
  private lost(local: NamedLink, rule: 'P3' | 'P4', level: 'E1' | 'E2' = 'E1', unwanted?: GuardianLink): void {
    const isDropped = this.drop(local, rule, level, unwanted);
    if (!isDropped || local.blocked === true) this.stay(local);
    else this.links?.add(local, local.guardianId, 'ending', 'guardian-unlink');
  }

  /** Says whether the link is dropped. */
  private drop(local: NamedLink, rule: 'P3' | 'P4', level: 'E1' | 'E2', unwanted: GuardianLink | undefined): boolean {
    const { context } = this;
    const student = local.studentSourcedId;
    const isProven = context.feed.provesGuardianAbsence || (rule === 'P4' && !context.isRestricted);
    if (isProven && rule === 'P3') this.observe(local, undefined);
    if (local.state !== 'active' || local.origin !== 'roster') return false;
    const subject = guardianSubject(local.guardianSourcedId, student);
    const isJudged = isProven && this.isLossJudged(local);
    if (!isJudged || context.isGuardianSourceSwitched) {
      if (isJudged) this.frozenLinks += 1;
      context.unjudged.record(subject);
      return false;
    }
    if (context.grace.counts(subject, level) === 'wait') {
      context.unjudged.record(subject);
      return false;
    }
    if (rule === 'P3') context.absences.addLink(local, { isTombstoned: level === 'E2' });
    return this.propose(
      'guardian-unlink',
      local,
      { state: 'active', by: undefined, removedAt: undefined },
      { state: 'removed', by: 'sync', removedAt: context.now },
      { rule, code: rule === 'P4' ? 'CONTACT_TYPE_EXCLUDED' : 'GUARDIAN_LINK_ABSENT', evidence: { level } },
      unwanted,
    );
  }

  /** P8: whether this plan may say of a link that the feed no longer has that it is gone. */
  private isLossJudged({ guardianSourcedId, studentSourcedId: student }: NamedLink): boolean {
    const { context, people } = this;
    if (!context.policy.fullData || people.isFrozen(student) || people.isFrozen(guardianSourcedId)) return false;
    if (people.isVanished(student) && !people.hasLeftDistrict(student)) return false;
    return this.isInScope(student);
  }

  private propose(
    kind: 'guardian-update' | 'guardian-restore' | 'guardian-unlink',
    local: NamedLink,
    before: Record<string, unknown>,
    after: Record<string, unknown>,
    reason: Proposal['reason'],
    link: GuardianLink | undefined,
  ): boolean {
    const { guardianSourcedId, studentSourcedId } = local;
    return this.context.draft.propose({
      kind,
      subject: guardianSubject(guardianSourcedId, studentSourcedId),
      ...this.schoolOf(studentSourcedId),
      target: {
        id: local.id,
        guardianId: local.guardianId,
        studentId: local.studentId,
        guardianSourcedId,
        studentSourcedId,
      },
      before: before,
      after: after,
      version: local.version,
      reason,
      fingerprint: link === undefined ? ABSENT : guardianFingerprint(link),
    });
  }

  private hasStudent(sourcedId: string): boolean {
    if (this.people.isVanished(sourcedId) || this.people.isTombstoned(sourcedId) || this.people.isFrozen(sourcedId)) {
      return false;
    }
    if (!this.isInScope(sourcedId)) return false;
    return this.created.has(sourcedId) || this.people.localOf(sourcedId) !== undefined;
  }

  private isInScope(student: string): boolean {
    if (this.context.local.scope.schools === undefined) return true;
    return isUserInScope(this.people.directory.feedOf(student), this.people.localOf(student), this.context);
  }

  /** A link counts for its student's school. */
  private schoolOf(student: string): { readonly schoolSourcedId?: string } {
    const user = this.people.localOf(student) ?? this.people.arrivalOf(student);
    const school = user?.schoolSourcedIds[0];
    return school === undefined ? {} : { schoolSourcedId: school };
  }

  private noteNotShared(link: GuardianLink): void {
    this.context.draft.note({
      rule: 'P12',
      code: 'AGENT_NOT_SHARED',
      severity: 'warning',
      noun: 'guardian',
      subject: subjectOf(link),
    });
  }

  private observe(
    of: { readonly guardianSourcedId: string; readonly studentSourcedId: string },
    link: GuardianLink | undefined,
  ): void {
    if (!this.context.draft.isAnyObserved('guardian', of.guardianSourcedId)) return;
    const isThere = link !== undefined && link.status !== 'tobedeleted';
    this.context.draft.observe(
      guardianSubject(of.guardianSourcedId, of.studentSourcedId),
      isThere ? guardianFingerprint(link) : ABSENT,
    );
  }
}

/** Whether a link of the host is blocked once this is written. */
function isBlockedWith(local: LocalGuardianLink, block: BlockChange | undefined): boolean {
  return (block === undefined ? local.blocked : block.after['blocked']) === true;
}

function evidenceOf(link: GuardianLink): Record<string, string> {
  return link.contactType === undefined ? {} : { contactType: link.contactType };
}

function subjectOf(link: GuardianLink): string {
  return guardianSubject(link.guardianSourcedId, link.studentSourcedId);
}
