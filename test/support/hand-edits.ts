/** What people of a school do by hand, in a host of the property tests. */

import type { Change, LocalState } from '../../src/model/index.js';
import type { Directory } from '../../src/people/index.js';
import type { MemoryStore } from '../../src/adapters/memory/index.js';
import { SCOPE } from './build.js';
import { handName, type HandEdit } from './district-model.js';

/** What a person touched by hand. Enrollments are named by class and user, guardian links by guardian and student. */
export interface Touched {
  readonly noun: 'class' | 'user' | 'enrollment' | 'guardian';
  readonly id: string;
  readonly act: HandEdit['kind'];
}

/** Where people act. */
interface Host {
  readonly store: MemoryStore;
  readonly directory: Directory;
  readonly now: string;
  load(): Promise<LocalState>;
}

/** Does what a person would; says which record it touched, or nothing where there was nothing to do it to. */
export async function actByHand(host: Host, edit: HandEdit): Promise<Touched | undefined> {
  const { directory } = host;
  const { classes, users, enrollments, guardianLinks } = await host.load();
  const by = { by: 'admin' };
  const ofRoster = classes.filter((each) => each.sourcedId !== undefined && each.state !== 'purged');
  const section = ofRoster[edit.index % Math.max(1, ofRoster.length)];
  const user = users[edit.other % Math.max(1, users.length)];
  const members = enrollments.filter((each) => each.state === 'active');
  const member = members[edit.index % Math.max(1, members.length)];
  switch (edit.kind) {
    case 'rename-class':
      if (section === undefined) return undefined;
      await directory.renameClass(section.id, `${handName(edit.other)} by hand ${String(edit.other)}`, by);
      return { noun: 'class', id: section.id, act: edit.kind };
    case 'archive-class':
      if (section?.state !== 'active') return undefined;
      await directory.archiveClass(section.id, by);
      return { noun: 'class', id: section.id, act: edit.kind };
    case 'revive-class':
      if (section?.state !== 'archived') return undefined;
      await directory.reviveClass(section.id, by);
      return { noun: 'class', id: section.id, act: edit.kind };
    case 'purge-class':
      if (section === undefined || edit.other % 3 !== 0) return undefined;
      await directory.purgeClass(section.id, by);
      return { noun: 'class', id: section.id, act: edit.kind };
    case 'add-member': {
      if (section?.state !== 'active' || user === undefined) return undefined;
      const present = enrollments.find((each) => each.classId === section.id && each.userId === user.id);
      if (present?.state === 'active') return undefined;
      await directory.addMember(section.id, user.id, { role: 'student', ...by });
      return { noun: 'enrollment', id: `${section.id} ${user.id}`, act: edit.kind };
    }
    case 'remove-member':
      if (member === undefined) return undefined;
      await directory.removeMember(member.classId, member.userId, by);
      return { noun: 'enrollment', id: `${member.classId} ${member.userId}`, act: edit.kind };
    case 'create-class': {
      const name = handName(edit.index);
      const { id } = await directory.createClass({ name, schoolSourcedId: 's1' }, by);
      return { noun: 'class', id, act: edit.kind };
    }
    case 'rename-user':
      if (user === undefined) return undefined;
      await directory.editUser(user.id, { familyName: `By hand ${String(edit.other)}` }, by);
      return { noun: 'user', id: user.id, act: edit.kind };
    case 'edit-contact': {
      if (user === undefined) return undefined;
      const fields =
        edit.index % 2 === 0 ? { email: `hand${String(edit.index)}@own.example` } : { mobile: '5550199999' };
      await directory.editUser(user.id, fields, by);
      return { noun: 'user', id: user.id, act: edit.kind };
    }
    case 'claim':
      if (user === undefined || user.claimed === true) return undefined;
      await directory.claim(user.id, by);
      return { noun: 'user', id: user.id, act: edit.kind };
    case 'deactivate-user':
      if (user?.state !== 'active' || edit.index % 2 !== 0) return undefined;
      await write(host, {
        kind: 'user-deactivate',
        target: { id: user.id },
        before: { state: 'active', by: null },
        after: { state: 'deactivated', by: 'user' },
        version: user.version,
      });
      return { noun: 'user', id: user.id, act: edit.kind };
    case 'use-class':
      if (section?.state !== 'active') return undefined;
      await directory.use(section.id, by);
      return { noun: 'class', id: section.id, act: edit.kind };
    case 'link-guardian': {
      const guardians = users.filter((each) => !each.roles.includes('student'));
      const students = users.filter((each) => each.roles.includes('student'));
      const guardian = guardians[edit.index % Math.max(1, guardians.length)];
      const student = students[edit.other % Math.max(1, students.length)];
      if (guardian === undefined || student === undefined) return undefined;
      const target = { guardianId: guardian.id, studentId: student.id };
      const present = guardianLinks.find((each) => each.guardianId === guardian.id && each.studentId === student.id);
      if (present?.state === 'active') return undefined;
      if (present === undefined) {
        const after = { origin: 'local', state: 'active', relationship: 'By hand' } as const;
        await write(host, { kind: 'guardian-link', target, before: null, after });
      } else {
        const before = { state: present.state, by: present.by, removedAt: present.removedAt, origin: present.origin };
        const after = { state: 'active', by: null, removedAt: null, origin: 'local' } as const;
        const { id, version } = present;
        await write(host, { kind: 'guardian-restore', target: { id, ...target }, before, after, version });
      }
      return { noun: 'guardian', id: `${guardian.id} ${student.id}`, act: edit.kind };
    }
    case 'unlink-guardian': {
      const active = guardianLinks.filter((each) => each.state === 'active');
      const link = active[edit.index % Math.max(1, active.length)];
      if (link === undefined) return undefined;
      await write(host, {
        kind: 'guardian-unlink',
        target: { id: link.id, guardianId: link.guardianId, studentId: link.studentId },
        before: { state: 'active', by: null, removedAt: null },
        after: { state: 'removed', by: 'user', removedAt: host.now },
        version: link.version,
      });
      return { noun: 'guardian', id: `${link.guardianId} ${link.studentId}`, act: edit.kind };
    }
  }
}

type Written = Change extends infer C
  ? C extends Change
    ? Pick<C, 'kind' | 'target' | 'before' | 'after' | 'version'>
    : never
  : never;

let acts = 0;

/** An act for which there is no method yet, or which nobody did who would tell: written as the store gets it. */
export async function write({ store, now }: Host, change: Written): Promise<void> {
  acts += 1;
  const runId = `hand-${String(acts)}`;
  const common = { key: runId, subject: runId, destructive: false, fingerprint: 'hand', heldBy: [] };
  const reason = { rule: 'HAND', code: 'BY_HAND' };
  const { stale } = await store.apply({
    scope: SCOPE,
    runId,
    at: now,
    changes: [{ ...change, ...common, reason }],
  });
  if (stale.length > 0) throw new Error(`by hand: ${change.kind} was stale`);
}
