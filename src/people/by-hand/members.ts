import type { Change, EnrollmentRole } from '../../model/index.js';
import { memberAct, withHostFields } from '../acts.js';
import { notFound, type RecordReference, type Records } from '../records.js';

/** A place in a class, as an act names it. */
export interface Place {
  readonly class: RecordReference;
  readonly user: RecordReference;
}

export function addedMember(records: Records, place: Place, role: EnrollmentRole, by: string): readonly Change[] {
  const section = records.class(place.class);
  const user = records.user(place.user);
  const member = records.member(section, user);
  if (member === undefined) {
    const added = { classId: section.id, userId: user.id, role, state: 'active', origin: 'local' } as const;
    return memberAct('enrollment-add', section, user, undefined, added, by);
  }
  if (member.state === 'removed') {
    const back = { state: 'active', by: undefined, removedAt: undefined, origin: 'local', role } as const;
    return memberAct('enrollment-restore', section, user, member, back, by);
  }
  if (member.role === role) return [];
  const changed = { role, hostFields: withHostFields(member, ['role']) };
  return memberAct('enrollment-update', section, user, member, changed, by);
}

export function removedMember(records: Records, place: Place, now: string, by: string): readonly Change[] {
  const section = records.class(place.class);
  const user = records.user(place.user);
  const member = records.member(section, user);
  if (member === undefined) {
    throw notFound(records.operation, `user ${user.id} is no member of class ${section.id}`);
  }
  if (member.state === 'removed' && member.by === 'user') return [];
  const after = { state: 'removed', by: 'user', removedAt: now } as const;
  return memberAct('enrollment-remove', section, user, member, after, by);
}
