/**
 * A small district that changes from day to day: what the property tests generate. Names are few, so that they clash;
 * indexes are taken modulo what there is.
 */

import type { Class, Enrollment, GuardianLink, Roster, User } from '../../src/model/index.js';
import { roster, school, SCOPE } from './build.js';
import type { ClassPlan, DistrictEvent, DistrictStart, GuardianPlan } from './district-events.js';

export * from './district-events.js';

const SCHOOLS = ['s1', 's2'] as const;
const NAMES = ['Math', 'math ', 'Art', 'Science'] as const;
const TERMS = ['fall', 'spring'] as const;
const CONTACT_TYPES = ['Family', 'Emergency'] as const;
const RELATIONSHIPS = ['Parent', 'Grandparent'] as const;

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
  readonly role: 'student' | 'teacher' | 'guardian';
  given: string;
  family: string;
  email: string | undefined;
  mobile: string | undefined;
  schools: readonly string[];
  stateId: string | undefined;
}

export interface DistrictLink {
  readonly guardian: string;
  readonly student: string;
  relationship: string;
  contactType: string;
  isBlocked: boolean;
}

/** The district as it is today. What left is kept aside, so that it can come back. */
export class DistrictModel {
  readonly classes = new Map<string, DistrictClass>();
  readonly people = new Map<string, DistrictPerson>();
  readonly links = new Map<string, DistrictLink>();
  readonly goneClasses = new Map<string, DistrictClass>();
  readonly gonePeople = new Map<string, DistrictPerson>();
  readonly goneLinks = new Map<string, DistrictLink>();
  /** Persons of whom nobody but a person can say who they are: their id stands for another, or they have another id. */
  readonly doubtful = new Set<string>();
  /** By the id that a person had, the one that they have instead. */
  readonly newIds = new Map<string, string>();
  private counter = 0;

  static from(start: DistrictStart): DistrictModel {
    const model = new DistrictModel();
    for (let index = 0; index < start.teachers; index += 1) model.addPerson('teacher', index);
    for (let index = 0; index < start.students; index += 1) model.addPerson('student', index);
    for (const plan of start.classes) model.addClass(plan);
    for (const plan of start.guardians ?? []) model.addGuardian(plan);
    return model;
  }

  apply(event: DistrictEvent): void {
    const section = at(this.classes, event.index);
    const person = at(this.people, event.index);
    const student = at(this.ofRole('student'), event.other);
    const teacher = at(this.ofRole('teacher'), event.other);
    const link = at(this.links, event.index);
    switch (event.kind) {
      case 'class-vanishes':
        if (section !== undefined) move(this.classes, this.goneClasses, section.id);
        return;
      case 'class-returns': {
        const gone = at(this.goneClasses, event.index);
        if (gone !== undefined) move(this.goneClasses, this.classes, gone.id);
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
      case 'person-vanishes':
        if (person !== undefined) this.leave(person, event.other);
        return;
      case 'person-returns': {
        const gone = at(this.gonePeople, event.index);
        if (gone !== undefined) this.comeBack(gone);
        return;
      }
      case 'person-appears':
        this.addPerson(event.index % 4 === 0 ? 'teacher' : 'student', event.other);
        return;
      case 'person-renamed':
        if (person !== undefined) person.family = `Family-${String(event.other)}`;
        return;
      case 'email-changes':
        if (person !== undefined) person.email = `new${String(event.other)}@${person.id}.example`;
        return;
      case 'email-taken':
        if (person !== undefined && student !== undefined) person.email = student.email ?? person.email;
        return;
      case 'mobile-changes':
        if (person !== undefined) person.mobile = event.other % 5 === 0 ? undefined : mobileOf(event.other);
        return;
      case 'school-joined':
        if (person !== undefined) person.schools = [...SCHOOLS];
        return;
      case 'school-left':
        if (person !== undefined) person.schools = [SCHOOLS[event.other % SCHOOLS.length] as string];
        return;
      case 'person-changes-id':
        if (person !== undefined) this.rekey(person, event.other);
        return;
      case 'person-replaced':
        if (person === undefined) return;
        person.given = `Other-${String(event.other)}`;
        person.family = `Other-${String(event.other)}`;
        person.email = `other${String(event.other)}@${person.id}.example`;
        this.doubtful.add(person.id);
        return;
      case 'guardian-appears':
        this.addGuardian({ students: event.students, type: event.other, reach: event.index });
        return;
      case 'guardian-vanishes': {
        const guardian = at(this.ofRole('guardian'), event.index);
        if (guardian !== undefined) this.leave(guardian, event.other);
        return;
      }
      case 'link-vanishes':
        if (link !== undefined) move(this.links, this.goneLinks, linkKey(link));
        return;
      case 'link-returns': {
        const gone = at(this.goneLinks, event.index);
        if (gone !== undefined) move(this.goneLinks, this.links, linkKey(gone));
        return;
      }
      case 'link-appears': {
        const guardian = at(this.ofRole('guardian'), event.index);
        if (guardian !== undefined && student !== undefined) this.addLink(guardian.id, student.id, event.index);
        return;
      }
      case 'link-changes':
        if (link === undefined) return;
        if (event.other % 3 === 0) link.isBlocked = !link.isBlocked;
        else if (event.other % 3 === 1) link.relationship = event.other % 2 === 0 ? 'Parent' : 'Grandparent';
        else link.contactType = CONTACT_TYPES[event.other % CONTACT_TYPES.length] as string;
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
    classes.sort(byId);
    enrollments.sort(byPair);
    return roster({
      schools: SCHOOLS.map((id) => school(id)),
      classes,
      users: [...this.people.values()].map(userOf).sort(byId),
      enrollments,
      guardianLinks: [...this.links.values()].map(guardianLinkOf).sort(byGuardian),
      scope: SCOPE,
      ...fields,
    });
  }

  /** The person who has this id, or had it once. */
  personOf(id: string): DistrictPerson | undefined {
    const newId = this.newIds.get(id);
    return newId === undefined ? this.people.get(id) : this.personOf(newId);
  }

  private ofRole(role: DistrictPerson['role']): Map<string, DistrictPerson> {
    return new Map([...this.people].filter(([, person]) => person.role === role));
  }

  private addClass(plan: ClassPlan): void {
    const students = [...this.ofRole('student').keys()];
    const teacher = at(this.ofRole('teacher'), plan.teacher);
    if (teacher === undefined) return;
    const id = this.nextId('c');
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

  private addPerson(role: 'student' | 'teacher', index: number): void {
    const id = this.nextId(role === 'teacher' ? 't' : 'u');
    this.people.set(id, {
      id,
      role,
      given: `Given-${id}`,
      family: `Family-${id}`,
      email: role === 'teacher' || index % 2 === 0 ? `${id}@school.example` : undefined,
      mobile: undefined,
      schools: index % 5 === 4 ? [...SCHOOLS] : [SCHOOLS[index % SCHOOLS.length] as string],
      stateId: `state-${id}`,
    });
  }

  /** A guardian with or without an address, a mobile number and a school, of the students named. */
  private addGuardian({ students, type, reach }: GuardianPlan): void {
    const id = this.nextId('g');
    this.people.set(id, {
      id,
      role: 'guardian',
      given: `Given-${id}`,
      family: `Family-${id}`,
      email: reach % 4 === 3 ? undefined : `${id}@home.example`,
      mobile: reach % 3 === 0 ? mobileOf(reach) : undefined,
      schools: reach % 2 === 0 ? [] : [SCHOOLS[type % SCHOOLS.length] as string],
      stateId: undefined,
    });
    for (const index of students) {
      const student = at(this.ofRole('student'), index);
      if (student !== undefined) this.addLink(id, student.id, type);
    }
  }

  private addLink(guardian: string, student: string, type: number): void {
    const link: DistrictLink = {
      guardian,
      student,
      relationship: RELATIONSHIPS[type % RELATIONSHIPS.length] as string,
      contactType: CONTACT_TYPES[(type >> 1) % CONTACT_TYPES.length] as string,
      isBlocked: false,
    };
    this.links.set(linkKey(link), link);
  }

  /** A person whom the district no longer shares: with what names them, or without. */
  private leave(person: DistrictPerson, other: number): void {
    move(this.people, this.gonePeople, person.id);
    if (other % 2 === 0) for (const each of this.classes.values()) each.students.delete(person.id);
    if (other % 4 < 2) for (const link of this.linksOf(person.id)) move(this.links, this.goneLinks, linkKey(link));
  }

  private comeBack(person: DistrictPerson): void {
    move(this.gonePeople, this.people, person.id);
    if (person.role !== 'guardian') return;
    for (const [key, link] of this.goneLinks) {
      if (link.guardian === person.id) move(this.goneLinks, this.links, key);
    }
  }

  /** The same person under another id: with the state's id, which says so, or without. */
  private rekey(person: DistrictPerson, other: number): void {
    const id = this.nextId(person.id.slice(0, 1));
    this.people.delete(person.id);
    this.people.set(id, { ...person, id, stateId: other % 2 === 0 ? person.stateId : undefined });
    this.doubtful.add(person.id).add(id);
    this.newIds.set(person.id, id);
    for (const each of [...this.classes.values(), ...this.goneClasses.values()]) {
      if (each.teacher === person.id) each.teacher = id;
      if (each.students.delete(person.id)) each.students.add(id);
    }
    for (const link of this.linksOf(person.id)) {
      this.links.delete(linkKey(link));
      const renamed = person.role === 'guardian' ? { ...link, guardian: id } : { ...link, student: id };
      this.links.set(linkKey(renamed), renamed);
    }
  }

  private linksOf(person: string): readonly DistrictLink[] {
    return [...this.links.values()].filter((link) => link.guardian === person || link.student === person);
  }

  private nextId(prefix: string): string {
    this.counter += 1;
    return `${prefix}${String(this.counter).padStart(3, '0')}`;
  }
}

function userOf(person: DistrictPerson): User {
  return {
    sourcedId: person.id,
    roles: [person.role],
    givenName: person.given,
    familyName: person.family,
    ...(person.email === undefined ? {} : { email: person.email }),
    ...(person.mobile === undefined ? {} : { mobile: person.mobile }),
    schoolSourcedIds: person.schools,
    ...(person.stateId === undefined ? {} : { stateId: person.stateId }),
  };
}

function guardianLinkOf(link: DistrictLink): GuardianLink {
  return {
    guardianSourcedId: link.guardian,
    studentSourcedId: link.student,
    relationship: link.relationship,
    contactType: link.contactType,
    ...(link.isBlocked ? { blocked: true } : {}),
  };
}

function at<T>(records: ReadonlyMap<string, T>, position: number): T | undefined {
  return [...records.values()][position % Math.max(1, records.size)];
}

function move<T>(from: Map<string, T>, to: Map<string, T>, key: string): void {
  const record = from.get(key);
  if (record === undefined) return;
  from.delete(key);
  to.set(key, record);
}

export function handName(position: number): string {
  return [...NAMES, 'Chess club', 'Own name'][position % (NAMES.length + 2)] as string;
}

function linkKey({ guardian, student }: DistrictLink): string {
  return `${guardian} ${student}`;
}

function mobileOf(position: number): string {
  return `555010${String(1000 + position)}`;
}

function byId(left: { readonly sourcedId: string }, right: { readonly sourcedId: string }): number {
  return left.sourcedId < right.sourcedId ? -1 : 1;
}

function byPair(left: Enrollment, right: Enrollment): number {
  const byClass = compare(left.classSourcedId, right.classSourcedId);
  return byClass !== 0 ? byClass : compare(left.userSourcedId, right.userSourcedId);
}

function byGuardian(left: GuardianLink, right: GuardianLink): number {
  const byOwner = compare(left.guardianSourcedId, right.guardianSourcedId);
  return byOwner !== 0 ? byOwner : compare(left.studentSourcedId, right.studentSourcedId);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function isText(value: string | undefined): value is string {
  return value !== undefined;
}
