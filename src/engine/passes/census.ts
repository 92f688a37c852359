/**
 * What has to be known of all classes before any is decided about: which schools have some, and in which of them a name
 * may be asked for.
 *
 * @module
 */

import type { Class, LocalClass } from '../../model/index.js';
import type { SchoolsInDoubt } from '../causes/index.js';
import type { ClassVisitor } from '../reading/class-walk.js';
import { mayBearName } from '../rules/classes.js';
import type { Context } from '../context.js';
import type { RecordWatch } from './whereabouts.js';

export class ClassCensus implements ClassVisitor {
  /** Schools that have a class in the feed. */
  readonly schools = new Set<string>();
  /** Schools of the host's classes, whoever made them. */
  readonly localSchools = new Set<string>();
  /** Schools where a sync manages an active class, in the order of those classes. */
  readonly managedSchools = new Set<string>();
  /** Schools where a section is new, moves, returns or is renamed: only there it matters which names are taken. */
  readonly contested = new Set<string>();

  /** Whether the host has any class of a roster. */
  hasTied = false;

  private lastSchool: string | undefined;
  private lastLocalSchool: string | undefined;
  private lastManagedSchool: string | undefined;

  /** @param watch looks out for single classes */
  constructor(private readonly watch: Pick<RecordWatch, 'note'>) {}

  visit(section: Class | undefined, local: LocalClass | undefined): void {
    this.watch.note(section, local);
    if (section !== undefined && section.status !== 'tobedeleted') {
      const school = section.schoolSourcedId;
      // Classes of one school often stand together.
      if (school !== this.lastSchool) this.schools.add(school);
      this.lastSchool = school;
      if (local === undefined || mayBearName(section, local)) {
        this.contested.add(school);
        if (local?.schoolSourcedId !== undefined) this.contested.add(local.schoolSourcedId);
      }
    }
    if (local === undefined) return;
    this.hasTied = true;
    this.unnamed(local);
  }

  unnamed({ schoolSourcedId, origin, state }: LocalClass): void {
    if (schoolSourcedId === undefined) return;
    if (schoolSourcedId !== this.lastLocalSchool) this.localSchools.add(schoolSourcedId);
    this.lastLocalSchool = schoolSourcedId;
    if (origin !== 'roster' || state !== 'active' || schoolSourcedId === this.lastManagedSchool) return;
    this.lastManagedSchool = schoolSourcedId;
    this.managedSchools.add(schoolSourcedId);
  }

  /**
   * Z5: schools that are missing or empty as a whole, while others are fine: unshared, or closed. A school whose row may
   * be among those that could not be used is neither (G4).
   */
  findSchoolsInDoubt(context: Context): SchoolsInDoubt {
    const { feed } = context;
    const gone = new Set<string>();
    const fine = new Set<string>();
    for (const { sourcedId, status } of feed.schools) {
      if (status !== 'tobedeleted' && this.schools.has(sourcedId)) fine.add(sourcedId);
    }
    const isDoubtful = (school: string): boolean =>
      fine.size > (fine.has(school) ? 1 : 0) && !feed.unreadable.mayBeSchool(school);
    if (!feed.provesAbsence) return { gone, isDoubtful };
    for (const school of this.managedSchools) {
      if (!fine.has(school) && context.isInScope(school) && isDoubtful(school)) gone.add(school);
    }
    return { gone, isDoubtful };
  }

  /** Z5: a scope that names a school which neither side has is most likely mistyped, and would be empty without a word. */
  noteUnknownSchools({ draft, feed, local }: Context): void {
    if (local.scope.schools === undefined || feed.incomplete.includes('schools')) return;
    const known = new Set(local.schools.map(({ sourcedId }) => sourcedId));
    for (const { sourcedId, status } of feed.schools) if (status !== 'tobedeleted') known.add(sourcedId);
    for (const school of new Set(local.scope.schools)) {
      if (known.has(school) || this.localSchools.has(school) || feed.skippedSchools.has(school)) continue;
      if (feed.unreadable.mayBeSchool(school)) continue;
      const subject = `school:${school}`;
      draft.note({ rule: 'Z5', code: 'SCOPE_SCHOOL_UNKNOWN', severity: 'warning', noun: 'school', subject });
    }
  }
}
