/** What a host holds before the first read of a case: more or less what a sync of the district left there. */

import type { LocalClass, LocalEnrollment, LocalUser, SyncedClass } from '../../../src/model/index.js';
import { NOW } from '../../support/build.js';
import type { Case, ClassCase, MemberCase, UserCase } from './cases.js';
import { fedUser, fieldsOf, TERMS } from './district.js';

const OPTIONS = { behaviorManagement: true, studentPortfolios: true, parentCommunication: true };

/** What the host holds before the first read. */
export function hostOf(start: Case): {
  readonly classes: readonly LocalClass[];
  readonly users: readonly LocalUser[];
  readonly enrollments: readonly LocalEnrollment[];
} {
  const users = start.users.map(hostUser);
  const classes = start.classes.map(hostClass);
  const enrollments = start.classes.flatMap((each, index) => {
    const section = classes[index];
    return section === undefined ? [] : hostMembers(each, section, users);
  });
  // A class that people made, of a name that sections have, too.
  const own: LocalClass = {
    id: 'class-own',
    version: 1,
    origin: 'local',
    state: 'active',
    schoolSourcedId: 's1',
    name: 'Math',
  };
  return { classes: [...classes.filter(isThere), own], users: users.filter(isThere), enrollments };
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}

function hostUser(each: UserCase, index: number): LocalUser | undefined {
  const { id, role, fields } = fedUser({ ...each, anew: 'no' }, index);
  if (each.host === 'none') return undefined;
  const ids = { stateId: `state-${id}`, sisId: `sis-${id}` };
  const synced = { ...fields, ...ids, roles: [role], site: fields.schoolSourcedIds[0] ?? 's1' };
  const isLocal = each.host === 'local';
  return {
    id: `user-${id}`,
    version: 3,
    origin: isLocal ? 'local' : 'roster',
    ...(isLocal ? {} : { sourcedId: id, synced }),
    ...synced,
    state: each.host.startsWith('deactivated') ? 'deactivated' : 'active',
    ...(each.host === 'deactivated' ? { by: 'sync' } : each.host === 'deactivated-by-user' ? { by: 'user' } : {}),
    ...(each.host === 'protected' ? { protected: true } : {}),
    ...(each.host === 'elsewhere' ? { otherTenants: true } : {}),
  };
}

function hostClass(each: ClassCase, index: number): LocalClass | undefined {
  if (each.host === 'none') return undefined;
  const id = `c${String(index + 1)}`;
  const fed = fieldsOf(each);
  const feedName = fed.name.trim() === '' ? (fed.courseTitle ?? id) : fed.name;
  const elsewhere = fed.schoolSourcedId === 's1' ? 's2' : 's1';
  const { drift } = each;
  const isRenamed = drift === 'renamed' || drift === 'both-renamed' || drift === 'moved-and-renamed';
  const isMoved = drift === 'moved' || drift === 'moved-and-renamed';
  const options = { ...OPTIONS, ...(drift === 'options' ? { parentCommunication: false } : {}) };
  const synced: SyncedClass = {
    ...fed,
    name: isRenamed ? (index % 2 === 0 ? 'Math' : 'Former') : feedName,
    schoolSourcedId: isMoved ? elsewhere : fed.schoolSourcedId,
    termSourcedIds: [TERMS[each.hostTerm]?.sourcedId ?? 'fall'],
    ...(drift === 'fields' || drift === 'field-by-hand' ? { period: 'former' } : {}),
    options: { ...options, ...(drift === 'option-by-hand' ? { behaviorManagement: false } : {}) },
  };
  const own: Partial<LocalClass> = {
    ...(drift === 'renamed-by-hand' || drift === 'both-renamed'
      ? { name: index % 3 === 0 ? 'Science' : 'By hand', hostFields: ['name'] }
      : {}),
    ...(drift === 'other-name' ? { name: `${feedName} (short)` } : {}),
    ...(drift === 'field-by-hand' ? { period: 'mine', hostFields: ['period'] } : {}),
    ...(drift === 'option-by-hand'
      ? { options: { ...OPTIONS, studentPortfolios: false }, hostFields: ['options.studentPortfolios'] }
      : {}),
  };
  const isLinked = each.host.startsWith('linked');
  const isArchived = each.host === 'by-sync' || each.host === 'by-user' || each.host === 'linked-archived';
  return {
    id: `class-${id}`,
    version: 2,
    ...synced,
    sourcedId: id,
    origin: isLinked ? 'linked' : 'roster',
    state: each.host === 'purged' ? 'purged' : isArchived ? 'archived' : 'active',
    ...(isArchived || each.host === 'purged' ? { by: each.host === 'by-sync' ? 'sync' : 'user' } : {}),
    ...(isArchived ? { archivedAt: NOW } : {}),
    ...(each.host === 'revived' ? { revived: true } : {}),
    ...(drift === 'never-synced' ? {} : { synced }),
    ...own,
  };
}

function hostMembers(
  each: ClassCase,
  section: LocalClass,
  users: readonly (LocalUser | undefined)[],
): readonly LocalEnrollment[] {
  const member = (index: number, fields: Partial<LocalEnrollment>): readonly LocalEnrollment[] => {
    const user = users[index];
    if (user === undefined) return [];
    const role = fields.role ?? 'student';
    return [
      {
        id: `member-${section.id}-${user.id}`,
        version: 1,
        origin: user.origin === 'local' ? 'local' : 'roster',
        classId: section.id,
        userId: user.id,
        ...(section.sourcedId === undefined ? {} : { classSourcedId: section.sourcedId }),
        ...(user.sourcedId === undefined ? {} : { userSourcedId: user.sourcedId }),
        role,
        state: 'active',
        synced: { role },
        ...fields,
      },
    ];
  };
  const { before } = each.teacher;
  const index = before === 'other' ? (each.teacher.user + 1) % 4 : each.teacher.user;
  const role = { role: 'teacher', primary: true, synced: { role: 'teacher', primary: true } } as const;
  return [
    ...(before === 'none' ? [] : member(index, role)),
    ...each.students.flatMap((student) => {
      const host = each.tide === 'all-synced' || each.tide === 'none-in-feed' ? 'roster' : student.host;
      if (host === 'none' || each.tide === 'none-at-host' || each.tide === 'all-new') return [];
      return member(student.user + 4, { ...standing(host), ...drifted(student) });
    }),
  ];
}

function standing(host: MemberCase['host']): Partial<LocalEnrollment> {
  switch (host) {
    case 'removed-by-sync':
      return { state: 'removed', by: 'sync', removedAt: NOW };
    case 'removed-by-user':
      return { state: 'removed', by: 'user', removedAt: NOW };
    case 'by-hand':
      return { origin: 'local' };
    case 'linked':
      return { origin: 'local', linked: true };
    case 'by-hand-removed':
      return { origin: 'local', state: 'removed', by: 'user', removedAt: NOW };
    case 'roster':
    case 'none':
      return {};
  }
}

function drifted({ drift }: MemberCase): Partial<LocalEnrollment> {
  switch (drift) {
    case 'role-changed':
      return { role: 'aide', synced: { role: 'aide' } };
    case 'role-by-hand':
      return { role: 'aide', hostFields: ['role'], synced: { role: 'proctor' } };
    case 'primary-by-hand':
      return { primary: true, hostFields: ['primary'], synced: { role: 'student', primary: true } };
    case 'other-role':
      return { role: 'teacher' };
    case 'never-synced':
      return { synced: { role: 'student', primary: true }, primary: true };
    case 'none':
      return {};
  }
}
