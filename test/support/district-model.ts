/**
 * A small district that changes from day to day, and the people of the school who edit by hand: what the property
 * tests generate. Names are few, so that they clash; indexes are taken modulo what there is.
 */

import fc from 'fast-check';
import type { Class, Enrollment, Roster, User } from '../../src/model/index.js';
import { attested, roster, school, SCOPE } from './build.js';

const SCHOOLS = ['s1', 's2'] as const;
const NAMES = ['Math', 'math ', 'Art', 'Science'] as const;
const TERMS = ['fall', 'spring'] as const;

export interface DistrictClass {
  readonly id: string;
  school: string;
  name: string;
  term: string;
  teacher: string;
  students: Set<string>;
  isTombstoned: boolean;
}

export interface DistrictPerson {
  readonly id: string;
  readonly role: 'student' | 'teacher';
  family: string;
  email: string | undefined;
  school: string;
  stateId: string;
}

/** The district as it is today. Classes and persons that left are kept aside, so that they can come back. */
export class DistrictModel {
  readonly classes = new Map<string, DistrictClass>();
  readonly people = new Map<string, DistrictPerson>();
  readonly goneClasses = new Map<string, DistrictClass>();
  readonly gonePeople = new Map<string, DistrictPerson>();
  private counter = 0;

  static from(start: DistrictStart): DistrictModel {
    const model = new DistrictModel();
    for (let index = 0; index < start.teachers; index += 1) model.addPerson('teacher', index);
    for (let index = 0; index < start.students; index += 1) model.addPerson('student', index);
    for (const plan of start.classes) model.addClass(plan);
    return model;
  }

  apply(event: DistrictEvent): void {
    const section = at(this.classes, event.index);
    const student = at(this.ofRole('student'), event.other);
    const teacher = at(this.ofRole('teacher'), event.other);
    switch (event.kind) {
      case 'class-vanishes':
        if (section !== undefined) this.move(this.classes, this.goneClasses, section.id);
        return;
      case 'class-returns': {
        const gone = at(this.goneClasses, event.index);
        if (gone !== undefined) this.move(this.goneClasses, this.classes, gone.id);
        return;
      }
      case 'class-appears':
        this.addClass({
          school: event.index,
          name: event.other,
          term: event.index,
          teacher: event.other,
          students: event.students,
        });
        return;
      case 'class-renamed':
        if (section !== undefined) section.name = NAMES[event.other % NAMES.length] as string;
        return;
      case 'class-moved':
        if (section !== undefined) section.school = SCHOOLS[event.other % SCHOOLS.length] as string;
        return;
      case 'class-tombstoned':
        if (section !== undefined) section.isTombstoned = true;
        return;
      case 'teacher-changes':
        if (section !== undefined && teacher !== undefined) section.teacher = teacher.id;
        return;
      case 'student-leaves-class':
        if (section !== undefined && student !== undefined) section.students.delete(student.id);
        return;
      case 'student-joins-class':
        if (section !== undefined && student !== undefined) section.students.add(student.id);
        return;
      case 'class-empties':
        section?.students.clear();
        return;
      case 'person-vanishes': {
        const person = at(this.people, event.index);
        if (person === undefined) return;
        this.move(this.people, this.gonePeople, person.id);
        if (event.other % 2 === 0) for (const each of this.classes.values()) each.students.delete(person.id);
        return;
      }
      case 'person-returns': {
        const gone = at(this.gonePeople, event.index);
        if (gone !== undefined) this.move(this.gonePeople, this.people, gone.id);
        return;
      }
      case 'person-appears':
        this.addPerson(event.index % 4 === 0 ? 'teacher' : 'student', event.other);
        return;
      case 'person-renamed': {
        const person = at(this.people, event.index);
        if (person !== undefined) person.family = `Family-${String(event.other)}`;
        return;
      }
      case 'email-changes': {
        const person = at(this.people, event.index);
        if (person !== undefined) person.email = `new${String(event.other)}@${person.id}.example`;
      }
    }
  }

  roster(fields: Partial<Roster> = {}): Roster {
    const classes: Class[] = [];
    const enrollments: Enrollment[] = [];
    for (const each of this.classes.values()) {
      classes.push({
        sourcedId: each.id,
        schoolSourcedId: each.school,
        name: each.name,
        termSourcedIds: [each.term],
        ...(each.isTombstoned ? { status: 'tobedeleted' as const } : {}),
      });
      enrollments.push({ classSourcedId: each.id, userSourcedId: each.teacher, role: 'teacher', primary: true });
      for (const userSourcedId of each.students) {
        enrollments.push({ classSourcedId: each.id, userSourcedId, role: 'student' });
      }
    }
    const users = [...this.people.values()].map(
      (person): User => ({
        sourcedId: person.id,
        roles: [person.role],
        givenName: `Given-${person.id}`,
        familyName: person.family,
        ...(person.email === undefined ? {} : { email: person.email }),
        schoolSourcedIds: [person.school],
        stateId: person.stateId,
      }),
    );
    classes.sort(byId);
    users.sort(byId);
    enrollments.sort(byPair);
    return roster({ schools: SCHOOLS.map((id) => school(id)), classes, users, enrollments, scope: SCOPE, ...fields });
  }

  private ofRole(role: DistrictPerson['role']): Map<string, DistrictPerson> {
    return new Map([...this.people].filter(([, person]) => person.role === role));
  }

  private addClass(plan: ClassPlan): void {
    const students = [...this.ofRole('student').keys()];
    const teacher = at(this.ofRole('teacher'), plan.teacher);
    if (teacher === undefined) return;
    this.counter += 1;
    const id = `c${String(this.counter).padStart(3, '0')}`;
    this.classes.set(id, {
      id,
      school: SCHOOLS[plan.school % SCHOOLS.length] as string,
      name: NAMES[plan.name % NAMES.length] as string,
      term: TERMS[plan.term % TERMS.length] as string,
      teacher: teacher.id,
      students: new Set(plan.students.map((index) => students[index % Math.max(1, students.length)]).filter(isText)),
      isTombstoned: false,
    });
  }

  private addPerson(role: DistrictPerson['role'], index: number): void {
    this.counter += 1;
    const id = `${role === 'teacher' ? 't' : 'u'}${String(this.counter).padStart(3, '0')}`;
    this.people.set(id, {
      id,
      role,
      family: `Family-${id}`,
      email: role === 'teacher' || index % 2 === 0 ? `${id}@school.example` : undefined,
      school: SCHOOLS[index % SCHOOLS.length] as string,
      stateId: `state-${id}`,
    });
  }

  private move<T extends { readonly id: string }>(from: Map<string, T>, to: Map<string, T>, id: string): void {
    const record = from.get(id);
    if (record === undefined) return;
    from.delete(id);
    to.set(id, record);
  }
}

export interface ClassPlan {
  readonly school: number;
  readonly name: number;
  readonly term: number;
  readonly teacher: number;
  readonly students: readonly number[];
}

export interface DistrictStart {
  readonly teachers: number;
  readonly students: number;
  readonly classes: readonly ClassPlan[];
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

export interface DistrictEvent {
  readonly kind: (typeof EVENT_KINDS)[number];
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
  ),
  index,
  other: index,
  students: members,
});

export const districtEvents = fc.array(districtEvent, { minLength: 1, maxLength: 8 });

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
] as const;

/** Something that a person of the school does by hand. */
export interface HandEdit {
  readonly kind: (typeof HAND_KINDS)[number];
  readonly index: number;
  readonly other: number;
}

export const handEdits = fc.array(fc.record({ kind: fc.constantFrom(...HAND_KINDS), index, other: index }), {
  minLength: 0,
  maxLength: 5,
});

/** The complete attestation of most reads, and the incomplete one of some. */
export const incompleteAttestation = fc
  .constantFrom('classes' as const, 'users' as const, 'enrollments' as const, 'schools' as const)
  .map((collection) => attested({ [collection]: 'incomplete' }));

function at<T>(records: ReadonlyMap<string, T>, position: number): T | undefined {
  return [...records.values()][position % Math.max(1, records.size)];
}

export function handName(position: number): string {
  return [...NAMES, 'Chess club', 'Own name'][position % (NAMES.length + 2)] as string;
}

function byId(left: { readonly sourcedId: string }, right: { readonly sourcedId: string }): number {
  return left.sourcedId < right.sourcedId ? -1 : 1;
}

function byPair(left: Enrollment, right: Enrollment): number {
  const byClass = left.classSourcedId < right.classSourcedId ? -1 : left.classSourcedId > right.classSourcedId ? 1 : 0;
  return byClass !== 0 ? byClass : left.userSourcedId < right.userSourcedId ? -1 : 1;
}

function isText(value: string | undefined): value is string {
  return value !== undefined;
}
