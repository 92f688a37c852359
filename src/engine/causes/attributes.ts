/**
 * What records have in common: what a sharing rule can be about.
 *
 * @module
 */

import type { EnrollmentRole, LimitKind, LocalClass, LocalGuardianLink, LocalUser } from '../../model/index.js';

type Trait = 'grade' | 'course' | 'term' | 'teacher' | 'subject' | 'role' | 'school' | 'contactType' | 'relationship';

/** A trait, or a trait within one school. */
export type Attribute = Trait | 'school+grade' | 'school+role';

/** The values of one record: distinct, none of them empty. A class may have several grades, a person several roles. */
export type Traits = Readonly<Partial<Record<Trait, readonly string[]>>>;

/** What each kind is judged by. Of two attributes that explain the same the earlier one is told. */
export const ATTRIBUTES: Readonly<Record<LimitKind, readonly Attribute[]>> = {
  classes: ['grade', 'course', 'term', 'teacher', 'subject', 'school', 'school+grade'],
  users: ['grade', 'role', 'school', 'school+grade', 'school+role'],
  enrollments: ['grade', 'course', 'term', 'teacher', 'subject', 'role', 'school', 'school+grade', 'school+role'],
  guardianLinks: ['contactType', 'relationship'],
};

const NONE: readonly string[] = [];

/** The record's values of an attribute. */
export function valuesOf(traits: Traits, attribute: Attribute): readonly string[] {
  if (attribute === 'school+grade') return within(traits.school, traits.grade);
  if (attribute === 'school+role') return within(traits.school, traits.role);
  return traits[attribute] ?? NONE;
}

/** A value in the words of the evidence: that of a trait within one school names the school apart. */
export function wordsOf(
  attribute: Attribute,
  value: string,
): { readonly attribute: string; readonly value: string; readonly school?: string } {
  if (attribute !== 'school+grade' && attribute !== 'school+role') return { attribute, value };
  const from = value.indexOf(':') + 1;
  const to = from + Number.parseInt(value, 10);
  return { attribute: attribute.slice('school+'.length), value: value.slice(to + 1), school: value.slice(from, to) };
}

/** The provider's values, as last written by a sync: a sharing rule knows no others. */
export function traitsOfClass(local: LocalClass, teachers: readonly string[]): Traits {
  const { synced } = local;
  return {
    grade: distinct(synced?.grades ?? local.grades),
    course: only(synced?.courseTitle ?? local.courseTitle),
    term: distinct(synced?.termSourcedIds ?? local.termSourcedIds),
    teacher: distinct(teachers),
    subject: only(synced?.subject ?? local.subject),
    school: only(local.schoolSourcedId),
  };
}

/** A member has the traits of the class, and a role in it. */
export function traitsOfMember(ofClass: Traits, role: EnrollmentRole): Traits {
  return { ...ofClass, role: [role] };
}

export function traitsOfUser(local: LocalUser, isInScope: (schoolSourcedId: string) => boolean): Traits {
  return {
    grade: only(local.synced?.grade ?? local.grade),
    role: distinct(local.roles),
    school: distinct(local.schoolSourcedIds).filter(isInScope),
  };
}

export function traitsOfLink(local: LocalGuardianLink): Traits {
  return {
    contactType: only(local.synced?.contactType ?? local.contactType),
    relationship: only(local.synced?.relationship ?? local.relationship),
  };
}

function only(value: string | undefined): readonly string[] {
  return value === undefined || value === '' ? NONE : [value];
}

function distinct(values: readonly string[] = NONE): readonly string[] {
  if (values.length === 0 || (values.length === 1 && values[0] !== '')) return values;
  return [...new Set(values)].filter((value) => value !== '');
}

/** The length in front of the school keeps every pair distinct. */
function within(schools: readonly string[] = NONE, values: readonly string[] = NONE): readonly string[] {
  const pairs: string[] = [];
  for (const school of schools) for (const value of values) pairs.push(`${school.length}:${school}:${value}`);
  return pairs;
}
