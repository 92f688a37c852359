import type { Class, Enrollment, User } from '../../model/index.js';
import type { Context } from '../context.js';
import type { People } from './people.js';
import type { Stretch } from '../reading/stretch.js';

/**
 * The school of the primary enrollment of everybody who may get an account (U1): of all classes of the feed, whichever of
 * them this run covers or imports, so that runs of single schools give a person the same site as the district's run. Of
 * several primary enrollments the first class counts.
 */
export class PrimarySchools {
  private readonly schools = new Map<string, string>();
  /** The school of somebody's first class, for whom no enrollment is the primary one. */
  private readonly others = new Map<string, string>();
  private readonly known: ReadonlySet<string | undefined>;

  constructor(
    private readonly context: Context,
    private readonly people: People,
  ) {
    const { feed, local } = context;
    // A list of schools that broke off does not make a school unknown that the host has.
    const own = local.schools.map(({ sourcedId }) => sourcedId);
    const named = feed.schools.filter(({ status }) => status !== 'tobedeleted').map(({ sourcedId }) => sourcedId);
    this.known = new Set([...own, ...named]);
  }

  /**
   * Classes come by in the order of their ids.
   *
   * @param skipped how many enrollments are those of members, who need no account
   */
  note({ schoolSourcedId, status }: Class, { records, from, to }: Stretch<Enrollment>, skipped: number): void {
    if (status === 'tobedeleted' || !this.known.has(schoolSourcedId)) return;
    for (let at = from + skipped; at < to; at += 1) {
      const row = records[at] as Enrollment;
      const schools = row.primary === true ? this.schools : this.others;
      if (!this.counts(row) || schools.has(row.userSourcedId)) continue;
      if (this.people.arrivalOf(row.userSourcedId) !== undefined) schools.set(row.userSourcedId, schoolSourcedId);
    }
  }

  /** A person's orgs may be none of the district's schools, such as the district itself: then the class's school counts. */
  of({ sourcedId, schoolSourcedIds }: User): string | undefined {
    const primary = this.schools.get(sourcedId);
    if (primary !== undefined || schoolSourcedIds.some((school) => this.known.has(school))) return primary;
    return this.others.get(sourcedId);
  }

  private counts({ status, beginDate, endDate }: Enrollment): boolean {
    const { today, leadDate } = this.context;
    if (status === 'tobedeleted' || (endDate !== undefined && endDate <= today)) return false;
    return beginDate === undefined || beginDate <= leadDate;
  }
}
