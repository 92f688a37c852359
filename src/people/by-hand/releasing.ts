import type { Change } from '../../model/index.js';
import { classAct, guardianAct, memberAct, userAct, withoutHostField } from '../acts.js';
import { notFound, type RecordReference, type Records, type Wanted } from '../records.js';
import type { Pair } from './guardians.js';
import type { Place } from './members.js';

/** What a field is given back of: a class, a person, a place in a class or a guardian of a student. */
export type Released =
  | { readonly class: RecordReference; readonly user?: never }
  | { readonly user: RecordReference; readonly class?: never }
  | Place
  | (Pair & { readonly class?: never; readonly user?: never });

export function wantedOf(of: Released): Wanted {
  if ('guardian' in of) return { users: [of.guardian, of.student], link: true };
  if (of.class === undefined) return { users: [of.user] };
  if (of.user === undefined) return { classes: [of.class] };
  return { classes: [of.class], users: [of.user], member: true };
}

export function released(records: Records, of: Released, field: string, by: string): readonly Change[] {
  if ('guardian' in of) {
    const guardian = records.user(of.guardian);
    const student = records.user(of.student);
    const link = records.link(guardian, student);
    if (link === undefined) throw notFound('release', `user ${guardian.id} is no guardian of user ${student.id}`);
    return guardianAct('guardian-update', guardian, student, link, { hostFields: withoutHostField(link, field) }, by);
  }
  if (of.class === undefined) {
    const user = records.user(of.user);
    return userAct('user-update', user, { hostFields: withoutHostField(user, field) }, by);
  }
  const section = records.class(of.class);
  if (of.user === undefined) {
    return classAct('class-update', section, { hostFields: withoutHostField(section, field) }, by);
  }
  const user = records.user(of.user);
  const member = records.member(section, user);
  if (member === undefined) throw notFound('release', `user ${user.id} is no member of class ${section.id}`);
  return memberAct('enrollment-update', section, user, member, { hostFields: withoutHostField(member, field) }, by);
}
