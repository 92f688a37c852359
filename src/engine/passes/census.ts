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

  /** Those of them with a class that the feed does not say to be deleted. */
  private readonly untold = new Set<string>();

  /** Whether the feed has a class in scope, or lacks none but those of schools that are gone as a whole (G3, Z5). */
  hasClasses = true;
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
    const isTold = section?.status === 'tobedeleted';
    if (!isTold && isManaged(local) && local.schoolSourcedId !== undefined) this.untold.add(local.schoolSourcedId);
  }

  unnamed(local: LocalClass): void {
    const { schoolSourcedId } = local;
    if (schoolSourcedId === undefined) return;
    if (schoolSourcedId !== this.lastLocalSchool) this.localSchools.add(schoolSourcedId);
    this.lastLocalSchool = schoolSourcedId;
    if (!isManaged(local) || schoolSourcedId === this.lastManagedSchool) return;
    this.lastManagedSchool = schoolSourcedId;
    this.managedSchools.add(schoolSourcedId);
  }

  /**
   * Z5: schools that are missing or empty as a whole, while others are fine: unshared, or closed. A school whose row may
   * be among those that could not be used is neither (G4). Where not all schools were read, only the provider's own word
   * says so, of each of its classes.
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
    const managed = [...this.managedSchools].filter(context.isInScope);
    for (const school of context.isRestricted ? [] : managed) {
      if (!feed.provesAbsence && (this.untold.has(school) || feed.skippedSchools.has(school))) continue;
      if (!fine.has(school) && isDoubtful(school)) gone.add(school);
    }
    const areAllGone = managed.length > 0 && managed.every((school) => gone.has(school));
    this.hasClasses = areAllGone || [...this.schools].some(context.isInScope);
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

function isManaged({ origin, state }: LocalClass): boolean {
  return origin === 'roster' && state === 'active';
}
