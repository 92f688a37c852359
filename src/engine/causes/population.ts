/**
 * How many records share what the vanished ones share: counted only for values that may be gone, and only until it is
 * clear that they are not. Most plans look at a few records; only a value that is really gone is counted to the end.
 *
 * @module
 */

import type {
  EnrollmentRole,
  LimitKind,
  LocalClass,
  LocalEnrollment,
  LocalGuardianLink,
  LocalUser,
} from '../../model/index.js';
import type { Stretch } from '../reading/stretch.js';
import type { Absences, Absent } from './absences.js';
import {
  ATTRIBUTES,
  traitsOfClass,
  traitsOfLink,
  traitsOfMember,
  valuesOf,
  type Attribute,
  type Traits,
} from './attributes.js';

/** Fewer vanished records are no cohort. */
export const COHORT_NEEDS = 20;

/** The attributes by which the members of one class differ. */
const OF_ROLE = ['role', 'school+role'] as const;

/** Whether at least 90% of the records have vanished. */
export function isMostOf(vanished: number, total: number): boolean {
  return vanished * 10 >= total * 9;
}

/** A value that so many vanished records share that all of them may be gone. */
export interface Suspect {
  readonly vanished: number;
  /** All that share it, vanished or not. */
  total: number;
}

/** The suspects of one attribute. */
export class Suspects {
  readonly byValue = new Map<string, Suspect>();
  /** Records with another value of the attribute that are there. */
  private others = 0;
  /** Records that share several suspects: they must not count twice among those that share any of them. */
  private readonly overlaps = new Map<string, { readonly values: readonly string[]; count: number }>();

  /** Counts records with these values; less than none for those that the count will come across and must leave out. */
  add(values: readonly string[], count: number): void {
    let shared = 0;
    let isOther = false;
    for (const value of values) {
      const suspect = this.byValue.get(value);
      if (suspect !== undefined) {
        suspect.total += count;
        if (isMostOf(suspect.vanished, suspect.total)) {
          shared += 1;
          continue;
        }
        this.byValue.delete(value);
      }
      isOther = true;
    }
    if (isOther) this.others += count;
    if (shared > 1) this.overlap(values, count);
  }

  /** Leaves out a vanished record that the count will come across: if it has another value, that is not there. */
  omit(values: readonly string[]): void {
    if (values.some((value) => !this.byValue.has(value))) this.others -= 1;
  }

  /** Whether records with another value of the attribute are there. */
  get hasOthers(): boolean {
    return this.others > 0;
  }

  /** How many records have any of these values. */
  totalOf(values: ReadonlySet<string>): number {
    let total = 0;
    for (const value of values) total += (this.byValue.get(value) as Suspect).total;
    for (const { values: shared, count } of this.overlaps.values()) {
      const own = shared.filter((value) => values.has(value)).length;
      if (own > 1) total -= (own - 1) * count;
    }
    return total;
  }

  private overlap(values: readonly string[], count: number): void {
    const key = JSON.stringify(values);
    const known = this.overlaps.get(key);
    if (known === undefined) this.overlaps.set(key, { values, count });
    else known.count += count;
  }
}

/** The records of one kind. */
export class Population {
  /** Vanished records that take part in the shares. */
  readonly counted: readonly Absent[];
  /** All records that do, vanished or not. */
  readonly total: number;
  readonly suspects = new Map<Attribute, Suspects>();

  constructor(kind: LimitKind, absences: Absences, managed: number) {
    const absent = absences.of(kind);
    this.counted = absent.filter((each) => absences.isCounted(kind, each));
    const counted = new Set(this.counted);
    const uncounted = absent.filter((each) => each.isManaged && !counted.has(each));
    this.total = managed - uncounted.length;
    const isSchoolJudged = kind === 'users' || kind === 'enrollments';
    for (const attribute of ATTRIBUTES[kind]) {
      this.suspect(attribute, attribute === 'school' && isSchoolJudged ? 1 : COHORT_NEEDS, uncounted);
    }
  }

  /** Whether anything may still be gone. */
  get isOpen(): boolean {
    for (const { byValue } of this.suspects.values()) if (byValue.size > 0) return true;
    return false;
  }

  add(traits: Traits, count = 1): void {
    for (const [attribute, suspects] of this.suspects) {
      if (suspects.byValue.size > 0) suspects.add(valuesOf(traits, attribute), count);
    }
  }

  /** So many records of one role: what `add` cannot tell of many at once. */
  addRole(traits: Traits, role: EnrollmentRole, count: number): void {
    for (const attribute of OF_ROLE) {
      const suspects = this.suspects.get(attribute);
      if (suspects === undefined || suspects.byValue.size === 0) continue;
      suspects.add(valuesOf(traitsOfMember(traits, role), attribute), count);
    }
  }

  private suspect(attribute: Attribute, needed: number, uncounted: readonly Absent[]): void {
    const counts = new Map<string, number>();
    for (const { traits } of this.counted) {
      for (const value of valuesOf(traits, attribute)) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const suspects = new Suspects();
    for (const [value, vanished] of counts) if (vanished >= needed) suspects.byValue.set(value, { vanished, total: 0 });
    if (suspects.byValue.size === 0) return;
    for (const { traits } of this.counted) suspects.omit(valuesOf(traits, attribute));
    // The host still has these, too.
    for (const { traits } of uncounted) suspects.add(valuesOf(traits, attribute), -1);
    this.suspects.set(attribute, suspects);
  }
}

/** The records of all kinds. */
export class Populations {
  private readonly kinds: Readonly<Record<LimitKind, Population>>;

  /** `managed`: how many records of each kind the host has that a sync manages, in scope. */
  constructor(
    private readonly absences: Absences,
    managed: Readonly<Record<LimitKind, number>>,
  ) {
    // Members of a class that vanished do not count.
    let enrollments = managed.enrollments;
    for (const { managedMembers } of absences.classes) enrollments -= managedMembers;
    this.kinds = {
      classes: new Population('classes', absences, managed.classes),
      enrollments: new Population('enrollments', absences, enrollments),
      users: new Population('users', absences, managed.users),
      guardianLinks: new Population('guardianLinks', absences, managed.guardianLinks),
    };
  }

  of(kind: LimitKind): Population {
    return this.kinds[kind];
  }

  /** Whether the host's classes with their members are still to be counted. */
  get asksForClasses(): boolean {
    return this.kinds.classes.isOpen || this.kinds.enrollments.isOpen;
  }

  get asksForUsers(): boolean {
    return this.kinds.users.isOpen;
  }

  get asksForLinks(): boolean {
    return this.kinds.guardianLinks.isOpen;
  }

  /** A class that a sync manages, in scope, vanished or not, with its members: as many at once as have one role. */
  countClass(local: LocalClass, members: Stretch<LocalEnrollment>): void {
    const { classes, enrollments } = this.kinds;
    const teachers: string[] = [];
    const roles: EnrollmentRole[] = [];
    const counts: number[] = [];
    let total = 0;
    for (let at = members.from; at < members.to; at += 1) {
      const member = members.records[at] as LocalEnrollment;
      if (member.state !== 'active') continue;
      if (member.role === 'teacher' && member.userSourcedId !== undefined) teachers.push(member.userSourcedId);
      if (member.origin !== 'roster') continue;
      total += 1;
      let index = roles.indexOf(member.role);
      if (index < 0) index = roles.push(member.role) - 1;
      counts[index] = (counts[index] ?? 0) + 1;
    }
    const traits = traitsOfClass(local, teachers);
    classes.add(traits);
    if (total === 0 || this.absences.hasClass(local.sourcedId)) return;
    enrollments.add(traits, total);
    for (const [index, role] of roles.entries()) enrollments.addRole(traits, role, counts[index] as number);
  }

  /** A person whom a sync manages, in scope, vanished or not. */
  countUser(local: LocalUser): void {
    this.kinds.users.add(this.absences.traitsOfUser(local));
  }

  /** A guardian link that a sync manages, in scope, vanished or not. */
  countLink(local: LocalGuardianLink): void {
    this.kinds.guardianLinks.add(traitsOfLink(local));
  }
}
