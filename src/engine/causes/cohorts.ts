/**
 * Cohorts: at least 20 records and 90% of those that share one value vanished while the rest changed by less than 5%. That
 * is what a sharing rule looks like, not what children or classes do that leave one by one.
 *
 * @module
 */

import { compareIds } from '../../internal/ordered.js';
import type { LimitKind } from '../../model/index.js';
import type { Absent } from './absences.js';
import { ATTRIBUTES, valuesOf, wordsOf, type Attribute } from './attributes.js';
import { COHORT_NEEDS, isMostOf, type Population, type Suspect, type Suspects } from './population.js';

/** Records that vanished together. */
export interface Cohort {
  /** The id of the hold on it: the same in every run that finds it. */
  readonly id: string;
  readonly kind: LimitKind;
  /** What they share, such as `grade`; within one school where there is a `school`. */
  readonly attribute: string;
  readonly value: string;
  readonly school?: string;
  /** How many vanished, of how many that share it. */
  readonly vanished: number;
  readonly total: number;
  /** How many others vanished, of how many others. */
  readonly restVanished: number;
  readonly rest: number;
  /** How many of the vanished the provider itself marked as deleted. */
  readonly tombstoned: number;
  /** Other values of the attribute that vanished at once, in order, where only together they leave the rest quiet. */
  readonly alongside: readonly string[];
  /** Whether it is a term, and one that is over. */
  readonly isTermOver: boolean;
  /** The records that it names, in order. One that several cohorts have is named by the first of them. */
  readonly subjects: readonly string[];
}

type Candidate = Omit<Cohort, 'id' | 'kind' | 'attribute' | 'subjects' | 'tombstoned' | 'isTermOver' | 'school'> & {
  readonly attribute: Attribute;
};

/** What shares one value among some of the vanished records. */
interface Share {
  vanished: number;
  /** Those that nothing names any more. */
  evident: number;
  holder: string | undefined;
  isSpread: boolean;
}

/**
 * The cohorts of one kind. Of several that explain the same records the largest is told, then the one that vanished more
 * completely, then the plainer attribute: all students at once are one cohort, not one for each grade.
 *
 * Judged twice: over all records, and without those of schools that are gone, because a school must not hide a grade.
 */
export function findCohorts(
  kind: LimitKind,
  population: Population,
  absent: readonly Absent[],
  isAtGoneSchool: (absent: Absent) => boolean,
  isTermOver: (term: string) => boolean,
): readonly Cohort[] {
  if (!population.isOpen) return [];
  const elsewhere = population.counted.filter((each) => !isAtGoneSchool(each));
  const views = elsewhere.length === population.counted.length ? [population.counted] : [population.counted, elsewhere];
  const candidates = ATTRIBUTES[kind].flatMap((attribute) => {
    const suspects = population.suspects.get(attribute);
    if (suspects === undefined || suspects.byValue.size === 0) return [];
    const found = new Map<string, Candidate>();
    for (const view of views) {
      for (const candidate of new View(attribute, view, population, suspects).candidates(kind)) {
        if (!found.has(candidate.value)) found.set(candidate.value, candidate);
      }
    }
    return [...found.values()];
  });
  const order = ATTRIBUTES[kind];
  candidates.sort(
    (left, right) =>
      right.vanished - left.vanished ||
      right.vanished * left.total - left.vanished * right.total ||
      order.indexOf(left.attribute) - order.indexOf(right.attribute) ||
      compareIds(left.value, right.value),
  );
  return name(
    kind,
    candidates,
    absent.filter((each) => !isAtGoneSchool(each)),
    isTermOver,
  );
}

/** Some of the vanished records, by the values of one attribute. */
class View {
  private readonly shares: ReadonlyMap<string, Share>;
  /** Vanished records that are left out, by value. */
  private readonly omitted: ReadonlyMap<string, Share>;
  private readonly left: readonly Absent[];
  private readonly evident: number;

  constructor(
    private readonly attribute: Attribute,
    private readonly records: readonly Absent[],
    private readonly population: Population,
    private readonly suspects: Suspects,
  ) {
    const own = new Set(records);
    this.left = records === population.counted ? [] : population.counted.filter((each) => !own.has(each));
    this.shares = sharesOf(attribute, records);
    this.omitted = sharesOf(attribute, this.left);
    this.evident = records.reduce((sum, { isNamed }) => sum + (isNamed ? 0 : 1), 0);
  }

  candidates(kind: LimitKind): readonly Candidate[] {
    const gone = [...this.suspects.byValue.keys()].filter((value) => this.isGone(value, kind));
    const together = gone.length > 1 && this.suspects.hasOthers ? this.restOf(new Set(gone)) : undefined;
    return gone.flatMap((value) => {
      const about = { attribute: this.attribute, value, vanished: this.vanishedOf(value), total: this.totalOf(value) };
      const alone = this.restWithout(value);
      if (isQuiet(alone)) return [{ ...about, ...alone, alongside: [] }];
      if (together === undefined || !isQuiet(together)) return [];
      return [{ ...about, ...together, alongside: gone.filter((other) => other !== value).sort(compareIds) }];
    });
  }

  private isGone(value: string, kind: LimitKind): boolean {
    const vanished = this.vanishedOf(value);
    if (vanished < COHORT_NEEDS || !isMostOf(vanished, this.totalOf(value))) return false;
    return kind !== 'enrollments' || this.shares.get(value)?.isSpread === true;
  }

  private vanishedOf(value: string): number {
    return this.shares.get(value)?.vanished ?? 0;
  }

  private totalOf(value: string): number {
    return (this.suspects.byValue.get(value) as Suspect).total - (this.omitted.get(value)?.vanished ?? 0);
  }

  private restWithout(value: string): Rest {
    const total = this.population.total - this.left.length;
    const { evident } = this.shares.get(value) as Share;
    return { rest: total - this.totalOf(value), restVanished: this.evident - evident };
  }

  private restOf(values: ReadonlySet<string>): Rest {
    const isOther = ({ traits }: Absent): boolean =>
      !valuesOf(traits, this.attribute).some((value) => values.has(value));
    const rest = this.population.total - this.suspects.totalOf(values) - this.left.filter(isOther).length;
    return { rest, restVanished: this.records.filter((each) => !each.isNamed && isOther(each)).length };
  }
}

interface Rest {
  readonly rest: number;
  readonly restVanished: number;
}

/** Less than 5%. Where there is no rest nothing tells a cohort from the whole kind. */
function isQuiet({ rest, restVanished }: Rest): boolean {
  return restVanished * 20 < rest;
}

function sharesOf(attribute: Attribute, records: readonly Absent[]): ReadonlyMap<string, Share> {
  const shares = new Map<string, Share>();
  for (const { traits, isNamed, holder } of records) {
    for (const value of valuesOf(traits, attribute)) {
      let share = shares.get(value);
      if (share === undefined) {
        share = { vanished: 0, evident: 0, holder, isSpread: false };
        shares.set(value, share);
      }
      share.vanished += 1;
      if (!isNamed) share.evident += 1;
      if (holder !== share.holder) share.isSpread = true;
    }
  }
  return shares;
}

/** Gives each record to the first cohort that explains it; a cohort that explains nothing more is not told. */
function name(
  kind: LimitKind,
  candidates: readonly Candidate[],
  absent: readonly Absent[],
  isTermOver: (term: string) => boolean,
): readonly Cohort[] {
  const byValue = new Map<Attribute, ReadonlyMap<string, readonly Absent[]>>();
  const named = new Set<Absent>();
  return candidates.flatMap((candidate) => {
    const { attribute, value, ...counts } = candidate;
    const groups = byValue.get(attribute) ?? groupsOf(attribute, absent);
    byValue.set(attribute, groups);
    const all = groups.get(value) as readonly Absent[];
    const own = all.filter((each) => !named.has(each));
    if (own.length === 0) return [];
    for (const each of own) named.add(each);
    return [
      {
        id: `COHORT_GONE:${kind}:${attribute}=${value}`,
        kind,
        ...wordsOf(attribute, value),
        ...counts,
        tombstoned: all.filter(({ isTombstoned }) => isTombstoned).length,
        isTermOver: attribute === 'term' && isTermOver(value),
        subjects: own.map(({ subject }) => subject).sort(compareIds),
      },
    ];
  });
}

function groupsOf(attribute: Attribute, absent: readonly Absent[]): ReadonlyMap<string, readonly Absent[]> {
  const groups = new Map<string, Absent[]>();
  for (const each of absent) {
    for (const value of valuesOf(each.traits, attribute)) {
      const group = groups.get(value);
      if (group === undefined) groups.set(value, [each]);
      else group.push(each);
    }
  }
  return groups;
}
