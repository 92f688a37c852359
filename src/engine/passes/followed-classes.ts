import type { Class, Enrollment, LocalClass, LocalEnrollment } from '../../model/index.js';
import type { Stretch } from '../reading/stretch.js';

/** A class that goes on under another sourcedId: its two halves come by apart. */
export interface RekeyedClass {
  readonly section: Class;
  readonly local: LocalClass;
  readonly enrollments: Stretch<Enrollment>;
  readonly members: Stretch<LocalEnrollment>;
}

/** P13: the host's classes whose members follow the feed by this plan, so that guardians may come and go there. */
export class FollowedClasses {
  /** K12, K19: kept whole, because they never come by as one. They are few: a person has named each. */
  readonly rekeyed: RekeyedClass[] = [];
  /** By the host's own ids. */
  private readonly ids = new Set<string>();

  note(
    section: Class,
    local: LocalClass,
    rows: Pick<RekeyedClass, 'enrollments' | 'members'> & { readonly isRekeyed: boolean },
  ): void {
    if (!rows.isRekeyed) {
      this.ids.add(local.id);
      return;
    }
    this.rekeyed.push({ section, local, enrollments: copied(rows.enrollments), members: copied(rows.members) });
  }

  /** An absent class that stays active and loses its members. */
  noteAbsent(local: LocalClass): void {
    this.ids.add(local.id);
  }

  has({ id }: LocalClass): boolean {
    return this.ids.has(id);
  }
}

/** The window moves on. */
function copied<T>({ records, from, to }: Stretch<T>): Stretch<T> {
  return { records: records.slice(from, to), from: 0, to: to - from };
}
