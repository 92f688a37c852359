/**
 * A short word for what the feed says of a record. It is the same while the feed says the same, so that an undone
 * change stays undone; it holds no personal data, because the ledger keeps it. Times of modification are left out:
 * providers stamp whole imports at once.
 *
 * @module
 */

import type { Class, Enrollment, GuardianLink, School, User } from '../model/index.js';

/** The feed has no such record. */
export const ABSENT = 'absent';

export function schoolFingerprint(school: School): string {
  return digest([school.name, school.identifier]);
}

export function classFingerprint(section: Class): string {
  return digest([
    section.name,
    section.schoolSourcedId,
    section.courseTitle,
    section.termSourcedIds,
    section.period,
    section.sectionNumber,
    section.grades,
    section.subject,
  ]);
}

export function userFingerprint(user: User): string {
  return digest([
    user.roles,
    user.givenName,
    user.familyName,
    user.middleName,
    user.username,
    user.email,
    user.mobile,
    user.homePhone,
    user.enabled,
    user.schoolSourcedIds,
    user.grade,
    user.birthDate,
    user.stateId,
    user.sisId,
  ]);
}

export function enrollmentFingerprint(enrollment: Enrollment): string {
  const { role, primary, beginDate = '', endDate = '' } = enrollment;
  return `${role}|${primary === true ? 'true' : 'false'}|${beginDate}|${endDate}`;
}

export function guardianFingerprint(link: GuardianLink): string {
  return digest([link.relationship, link.contactType, link.blocked === true ? true : undefined]);
}

/** 53 bits are plenty: a chance agreement would only keep one undone change undone for longer. */
function digest(values: readonly unknown[]): string {
  const text = JSON.stringify(values);
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 0x9e3779b1);
    low = Math.imul(low ^ code, 0x5f356495);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return ((low >>> 11) * 2 ** 32 + (high >>> 0)).toString(36);
}
