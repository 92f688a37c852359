/**
 * The table of guardians (rows P): links between guardians and students, which alone give a guardian access.
 *
 * @module
 */

import { normalEmail, usableEmail, usablePhone } from '../internal/contact.js';
import { compareIds, inOrder } from '../internal/ordered.js';
import { guardianSubject, userSubject } from '../model/index.js';
import type { GuardianLink, LocalGuardianLink, SyncedGuardianLink, User } from '../model/index.js';
import type { Context } from './context.js';
import type { Proposal } from './draft.js';
import { ABSENT, guardianFingerprint } from './fingerprint.js';
import type { People } from './people.js';
import { isUserInScope, proposeUser } from './users.js';

/** How many links a sync manages today: what the limit is a share of. */
export function compareGuardians(context: Context, people: People, createdStudents: ReadonlySet<string>): number {
  const pass = new GuardianPass(context, people, createdStudents);
  pass.merge();
  return pass.managed;
}

class GuardianPass {
  managed = 0;
  private readonly accounts = new Map<string, boolean>();
  private emails: Map<string, number> | undefined;

  constructor(
    private readonly context: Context,
    private readonly people: People,
    private readonly createdStudents: ReadonlySet<string>,
  ) {}

  merge(): void {
    const links = this.context.feed.guardianLinks;
    const locals = inOrder(this.context.local.guardianLinks, byGuardianAndStudent);
    let linkAt = 0;
    let localAt = 0;
    // Links of people without a sourcedId are people's own (P9) and come first.
    while (localAt < locals.length && !hasSourcedIds(locals[localAt] as LocalGuardianLink)) localAt += 1;
    while (linkAt < links.length || localAt < locals.length) {
      const link = links[linkAt];
      const local = locals[localAt];
      if (local !== undefined && !hasSourcedIds(local)) {
        localAt += 1;
        continue;
      }
      const order = link === undefined ? 1 : local === undefined ? -1 : compareIdentity(link, local);
      if (order <= 0) {
        linkAt += 1;
        while (links[linkAt] !== undefined && link !== undefined && isSamePair(link, links[linkAt] as GuardianLink)) {
          linkAt += 1;
        }
      }
      if (order >= 0) localAt += 1;
      if (order >= 0 && local?.state === 'active' && local.origin === 'roster') this.managed += 1;
      if (order < 0) this.onlyFeed(link as GuardianLink);
      else if (order > 0) this.lost(local as LocalGuardianLink, 'P3');
      else this.both(link as GuardianLink, local as LocalGuardianLink);
    }
  }

  /** P1, P4, P7, P8, P12: a link that the host does not have. */
  private onlyFeed(link: GuardianLink): void {
    const { context, people } = this;
    this.observe(link, link);
    if (context.isRestricted || !this.isWanted(link)) return;
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

  private both(link: GuardianLink, local: LocalGuardianLink): void {
    const { context, people } = this;
    this.observe(link, link);
    if (link.status === 'tobedeleted') {
      this.lost(local, 'P3', 'E2');
      return;
    }
    if (!this.isWantedType(link)) {
      this.lost(local, 'P4');
      return;
    }
    if (local.origin !== 'roster' || context.isRestricted) return;
    if (people.isVanished(link.guardianSourcedId)) {
      this.noteNotShared(link);
      return;
    }
    if (people.isVanished(link.studentSourcedId) || !this.isInScope(link.studentSourcedId)) return;
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

  private update(link: GuardianLink, local: LocalGuardianLink): void {
    const before: Record<string, unknown> = {};
    const after: Record<string, unknown> = {};
    for (const field of ['relationship', 'contactType'] as const) {
      const value = link[field];
      if (value === undefined || value === '' || value === (local.synced ?? local)[field]) continue;
      before[field] = local[field];
      after[field] = value;
    }
    if (Object.keys(after).length === 0) return;
    before['synced'] = local.synced;
    after['synced'] = { ...local.synced, ...syncedLink(link) };
    this.propose('guardian-update', local, before, after, { rule: 'P1', code: 'FIELDS_CHANGED' }, link);
  }

  private restore(link: GuardianLink, local: LocalGuardianLink): void {
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
  private lost(local: LocalGuardianLink, rule: 'P3' | 'P4', level: 'E1' | 'E2' = 'E1'): void {
    const { context, people } = this;
    const student = local.studentSourcedId as string;
    const isProven = context.feed.provesGuardianAbsence || (rule === 'P4' && !context.isRestricted);
    if (isProven && rule === 'P3')
      this.observe(local as { guardianSourcedId: string; studentSourcedId: string }, undefined);
    if (!context.policy.fullData || !isProven || local.state !== 'active' || local.origin !== 'roster') return;
    if (people.isFrozen(student) || people.isFrozen(local.guardianSourcedId as string)) return;
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
    local: LocalGuardianLink,
    before: Record<string, unknown>,
    after: Record<string, unknown>,
    reason: Proposal['reason'],
    link: GuardianLink | undefined,
  ): void {
    const guardianSourcedId = local.guardianSourcedId as string;
    const studentSourcedId = local.studentSourcedId as string;
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
    const user = this.people.arrivals.get(sourcedId);
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
    return email !== undefined && this.bearers(normalEmail(email)) <= 1;
  }

  /** How many people have this address, on either side; one person on both sides counts once. */
  private bearers(email: string): number {
    if (this.emails === undefined) {
      this.emails = new Map();
      for (const user of this.context.feed.users) if (user.status !== 'tobedeleted') this.countEmail(user.email);
      for (const user of this.people.localUsers) {
        if (user.sourcedId === undefined || this.people.isVanished(user.sourcedId)) this.countEmail(user.email);
      }
    }
    return this.emails.get(email) ?? 0;
  }

  private countEmail(email: string | undefined): void {
    const usable = usableEmail(email);
    if (usable === undefined || this.emails === undefined) return;
    const key = normalEmail(usable);
    this.emails.set(key, (this.emails.get(key) ?? 0) + 1);
  }

  private hasStudent(sourcedId: string): boolean {
    if (this.people.isVanished(sourcedId) || this.people.isTombstoned(sourcedId) || this.people.isFrozen(sourcedId)) {
      return false;
    }
    if (!this.isInScope(sourcedId)) return false;
    return this.createdStudents.has(sourcedId) || this.people.localOf(sourcedId) !== undefined;
  }

  private isInScope(student: string): boolean {
    return isUserInScope(this.people.arrivals.get(student), this.people.localOf(student), this.context);
  }

  /** A link counts for its student's school. */
  private schoolOf(student: string): { readonly schoolSourcedId?: string } {
    const user = this.people.localOf(student) ?? this.people.arrivals.get(student);
    const school = user?.schoolSourcedIds[0];
    return school === undefined ? {} : { schoolSourcedId: school };
  }

  private isWanted(link: GuardianLink): boolean {
    return link.status !== 'tobedeleted' && this.isWantedType(link);
  }

  private isWantedType(link: GuardianLink): boolean {
    const { contactTypes } = this.context.policy.guardians;
    return contactTypes === undefined || contactTypes.includes(link.contactType ?? '');
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
    if (!this.context.draft.isObserving) return;
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

function hasSourcedIds(local: LocalGuardianLink): boolean {
  return local.guardianSourcedId !== undefined && local.studentSourcedId !== undefined;
}

function isSamePair(left: GuardianLink, right: GuardianLink): boolean {
  return left.guardianSourcedId === right.guardianSourcedId && left.studentSourcedId === right.studentSourcedId;
}

function compareIdentity(link: GuardianLink, local: LocalGuardianLink): number {
  return (
    compareIds(link.guardianSourcedId, local.guardianSourcedId ?? '') ||
    compareIds(link.studentSourcedId, local.studentSourcedId ?? '')
  );
}

function byGuardianAndStudent(left: LocalGuardianLink, right: LocalGuardianLink): number {
  return (
    compareIds(left.guardianSourcedId ?? '', right.guardianSourcedId ?? '') ||
    compareIds(left.studentSourcedId ?? '', right.studentSourcedId ?? '') ||
    compareIds(left.id, right.id)
  );
}
