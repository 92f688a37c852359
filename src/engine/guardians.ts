/**
 * The table of guardians (rows P): links between guardians and students, which alone give a guardian access.
 *
 * @module
 */

import { usableEmail, usablePhone } from '../internal/contact.js';
import { guardianSubject, userSubject } from '../model/index.js';
import type { GuardianLink, LocalGuardianLink, SyncedGuardianLink, User } from '../model/index.js';
import type { Context } from './context.js';
import type { Proposal } from './draft.js';
import { ABSENT, guardianFingerprint } from './fingerprint.js';
import type { LinkVisitor, NamedLink } from './link-walk.js';
import type { People } from './people.js';
import type { EmailBearers } from './users-pass.js';
import { isUserInScope, proposeUser } from './users.js';

const FIELDS = ['relationship', 'contactType'] as const;

/** Decides about the links as they come by. */
export class GuardianPass implements LinkVisitor {
  /** How many links a sync manages today: what the limit is a share of. */
  managed = 0;
  private readonly accounts = new Map<string, boolean>();

  constructor(
    private readonly context: Context,
    private readonly people: People,
    private readonly createdStudents: ReadonlySet<string>,
    private readonly bearers: EmailBearers,
  ) {}

  /** P1, P4, P7, P8, P12: a link that the host does not have. */
  onlyFeed(link: GuardianLink): void {
    const { context, people } = this;
    context.tally?.guardianLink(link, undefined);
    this.observe(link, link);
    if (!isWantedLink(link, context)) return;
    const guardian = people.standing(link.guardianSourcedId);
    if (guardian === 'missing') {
      this.noteNotShared(link);
      return;
    }
    if (guardian !== 'known' || !this.hasStudent(link.studentSourcedId)) return;
    if (!this.hasAccount(link.guardianSourcedId)) return;
    const guardianUser = people.localOf(link.guardianSourcedId);
    const student = people.localOf(link.studentSourcedId);
    context.draft.propose({
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
  }

  onlyLocal(local: NamedLink): void {
    this.context.tally?.guardianLink(undefined, local);
    this.count(local);
    this.lost(local, 'P3');
  }

  both(link: GuardianLink, local: NamedLink): void {
    const { context, people } = this;
    context.tally?.guardianLink(link, local);
    this.count(local);
    this.observe(link, link);
    if (link.status === 'tobedeleted') {
      this.lost(local, 'P3', 'E2');
      return;
    }
    if (!isWantedType(link, context)) {
      this.lost(local, 'P4');
      return;
    }
    if (local.origin !== 'roster' || context.isRestricted) return;
    if (people.isVanished(link.guardianSourcedId)) {
      this.noteNotShared(link);
      return;
    }
    if (people.isVanished(link.studentSourcedId)) return;
    const isPlain = local.state === 'active' && !isChangedLink(link, local);
    if (isPlain || !this.isInScope(link.studentSourcedId)) return;
    if (local.state === 'active') this.update(link, local);
    else if (local.by === 'sync') this.restore(link, local);
    else {
      context.draft.noteOnce({
        rule: 'P9',
        code: 'LOCAL_REMOVAL_WINS',
        severity: 'info',
        noun: 'guardian',
        subject: subjectOf(link),
      });
    }
  }

  private count(local: LocalGuardianLink): void {
    if (local.state === 'active' && local.origin === 'roster') this.managed += 1;
  }

  private update(link: GuardianLink, local: NamedLink): void {
    const before: Record<string, unknown> = {};
    const after: Record<string, unknown> = {};
    for (const field of FIELDS) {
      if (!isChangedField(field, link, local)) continue;
      before[field] = local[field];
      after[field] = link[field];
    }
    before['synced'] = local.synced;
    after['synced'] = { ...local.synced, ...syncedLink(link) };
    this.propose('guardian-update', local, before, after, { rule: 'P1', code: 'FIELDS_CHANGED' }, link);
  }

  private restore(link: GuardianLink, local: NamedLink): void {
    const before = {
      state: 'removed',
      by: local.by,
      removedAt: local.removedAt,
      relationship: local.relationship,
      contactType: local.contactType,
      synced: local.synced,
    };
    const after = {
      state: 'active',
      by: undefined,
      removedAt: undefined,
      ...syncedLink(link),
      synced: syncedLink(link),
    };
    this.propose('guardian-restore', local, before, after, { rule: 'P1', code: 'RETURNED' }, link);
  }

  /** P2, P3, P4, P8, P9: a link that the feed no longer has, or that the policy no longer wants. */
  private lost(local: NamedLink, rule: 'P3' | 'P4', level: 'E1' | 'E2' = 'E1'): void {
    const { context, people } = this;
    const student = local.studentSourcedId;
    const isProven = context.feed.provesGuardianAbsence || (rule === 'P4' && !context.isRestricted);
    if (isProven && rule === 'P3') this.observe(local, undefined);
    if (!context.policy.fullData || !isProven || local.state !== 'active' || local.origin !== 'roster') return;
    if (people.isFrozen(student) || people.isFrozen(local.guardianSourcedId)) return;
    if (people.isVanished(student) && !people.hasLeftDistrict(student)) return;
    if (!this.isInScope(student)) return;
    this.propose(
      'guardian-unlink',
      local,
      { state: 'active', by: undefined, removedAt: undefined },
      { state: 'removed', by: 'sync', removedAt: context.now },
      { rule, code: rule === 'P4' ? 'CONTACT_TYPE_EXCLUDED' : 'GUARDIAN_LINK_ABSENT', evidence: { level } },
      undefined,
    );
  }

  private propose(
    kind: 'guardian-update' | 'guardian-restore' | 'guardian-unlink',
    local: NamedLink,
    before: Record<string, unknown>,
    after: Record<string, unknown>,
    reason: Proposal['reason'],
    link: GuardianLink | undefined,
  ): void {
    const { guardianSourcedId, studentSourcedId } = local;
    this.context.draft.propose({
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

  /** Whether the guardian has an account, or gets one now (P7: never on a home phone alone). */
  private hasAccount(sourcedId: string): boolean {
    if (this.people.localOf(sourcedId) !== undefined) return true;
    const known = this.accounts.get(sourcedId);
    if (known !== undefined) return known;
    const user = this.people.arrivalOf(sourcedId);
    const isCreated = user !== undefined && this.isReachable(user) && proposeUser(user, undefined, 'P1', this.context);
    if (user !== undefined && !this.isReachable(user)) {
      this.context.draft.note({
        rule: 'P7',
        code: 'NO_CONTACT',
        severity: 'info',
        noun: 'user',
        subject: userSubject(sourcedId),
      });
    }
    this.accounts.set(sourcedId, isCreated);
    return isCreated;
  }

  private isReachable(user: User): boolean {
    if (usablePhone(user.mobile) !== undefined) return true;
    const email = usableEmail(user.email);
    return email !== undefined && this.bearers.of(email) <= 1;
  }

  private hasStudent(sourcedId: string): boolean {
    if (this.people.isVanished(sourcedId) || this.people.isTombstoned(sourcedId) || this.people.isFrozen(sourcedId)) {
      return false;
    }
    if (!this.isInScope(sourcedId)) return false;
    return this.createdStudents.has(sourcedId) || this.people.localOf(sourcedId) !== undefined;
  }

  private isInScope(student: string): boolean {
    return isUserInScope(this.people.arrivalOf(student), this.people.localOf(student), this.context);
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

function syncedLink(link: GuardianLink): SyncedGuardianLink {
  return {
    ...(link.relationship === undefined ? {} : { relationship: link.relationship }),
    ...(link.contactType === undefined ? {} : { contactType: link.contactType }),
  };
}

function evidenceOf(link: GuardianLink): Record<string, string> {
  return link.contactType === undefined ? {} : { contactType: link.contactType };
}

function subjectOf(link: GuardianLink): string {
  return guardianSubject(link.guardianSourcedId, link.studentSourcedId);
}

/** Whether a link that the host does not have may be wanted. */
export function isWantedLink(link: GuardianLink, context: Context): boolean {
  return !context.isRestricted && link.status !== 'tobedeleted' && isWantedType(link, context);
}

/** P4 */
export function isWantedType(link: GuardianLink, { policy }: Context): boolean {
  const { contactTypes } = policy.guardians;
  return contactTypes === undefined || contactTypes.includes(link.contactType ?? '');
}

/** Whether the feed says something else of a link than it said last. */
export function isChangedLink(link: GuardianLink, local: LocalGuardianLink): boolean {
  return FIELDS.some((field) => isChangedField(field, link, local));
}

function isChangedField(field: (typeof FIELDS)[number], link: GuardianLink, local: LocalGuardianLink): boolean {
  const value = link[field];
  return value !== undefined && value !== '' && value !== (local.synced ?? local)[field];
}
