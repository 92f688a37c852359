/** What a small district begins with, what happens to it, and what people of the school do by hand: generated. */

import fc from 'fast-check';
import { attested } from './build.js';

export interface ClassPlan {
  readonly school: number;
  readonly name: number;
  readonly term: number;
  readonly teacher: number;
  readonly students: readonly number[];
}

export interface GuardianPlan {
  readonly students: readonly number[];
  /** Of the contact type, the relationship and the school. */
  readonly type: number;
  /** Of the address and the mobile number: some guardians have neither. */
  readonly reach: number;
}

export interface DistrictStart {
  readonly teachers: number;
  readonly students: number;
  readonly classes: readonly ClassPlan[];
  /** @default none */
  readonly guardians?: readonly GuardianPlan[];
}

const EVENT_KINDS = [
  'class-vanishes',
  'class-returns',
  'class-appears',
  'class-renamed',
  'class-moved',
  'class-tombstoned',
  'teacher-changes',
  'student-leaves-class',
  'student-joins-class',
  'class-empties',
  'person-vanishes',
  'person-returns',
  'person-appears',
  'person-renamed',
  'email-changes',
] as const;

const PERSON_EVENT_KINDS = [
  'email-changes',
  'email-taken',
  'mobile-changes',
  'school-joined',
  'school-left',
  'person-changes-id',
  'person-replaced',
] as const;

const GUARDIAN_EVENT_KINDS = [
  'guardian-appears',
  'guardian-vanishes',
  'link-vanishes',
  'link-vanishes',
  'link-returns',
  'link-appears',
  'link-changes',
] as const;

export interface DistrictEvent {
  readonly kind:
    | (typeof EVENT_KINDS)[number]
    | (typeof PERSON_EVENT_KINDS)[number]
    | (typeof GUARDIAN_EVENT_KINDS)[number];
  readonly index: number;
  readonly other: number;
  readonly students: readonly number[];
}

const index = fc.nat({ max: 40 });
const members = fc.array(index, { minLength: 0, maxLength: 8 });

export const districtStart: fc.Arbitrary<DistrictStart> = fc.record({
  teachers: fc.integer({ min: 2, max: 4 }),
  students: fc.integer({ min: 4, max: 14 }),
  classes: fc.array(fc.record({ school: index, name: index, term: index, teacher: index, students: members }), {
    minLength: 3,
    maxLength: 9,
  }),
  guardians: fc.array(
    fc.record({ students: fc.array(index, { minLength: 0, maxLength: 3 }), type: index, reach: index }),
    { minLength: 0, maxLength: 6 },
  ),
});

const districtEvent: fc.Arbitrary<DistrictEvent> = fc.record({
  // What the promises are about happens more often than what merely happens.
  kind: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        'class-vanishes',
        'class-vanishes',
        'class-vanishes',
        'student-leaves-class',
        'class-returns',
      ),
    },
    { weight: 3, arbitrary: fc.constantFrom(...EVENT_KINDS) },
    { weight: 2, arbitrary: fc.constantFrom(...PERSON_EVENT_KINDS) },
    { weight: 3, arbitrary: fc.constantFrom(...GUARDIAN_EVENT_KINDS) },
  ),
  index,
  other: index,
  students: members,
});

export const districtEvents = fc.array(districtEvent, { minLength: 1, maxLength: 9 });

const HAND_KINDS = [
  'rename-class',
  'archive-class',
  'revive-class',
  'purge-class',
  'add-member',
  'remove-member',
  'create-class',
  'rename-user',
  'claim',
  'use-class',
  'edit-contact',
  'deactivate-user',
  'link-guardian',
  'unlink-guardian',
] as const;

/** Something that a person of the school does by hand. */
export interface HandEdit {
  readonly kind: (typeof HAND_KINDS)[number];
  readonly index: number;
  readonly other: number;
}

export const handEdits = fc.array(fc.record({ kind: fc.constantFrom(...HAND_KINDS), index, other: index }), {
  minLength: 0,
  maxLength: 6,
});

/** The complete attestation of most reads, and the incomplete one of some. */
export const incompleteAttestation = fc
  .constantFrom('classes' as const, 'users' as const, 'enrollments' as const, 'schools' as const)
  .map((collection) => attested({ [collection]: 'incomplete' }));
