/**
 * What a district shares, looked at before anything is imported: counts, ids and advice, never a person's data.
 *
 * @module
 */

import { compareIds } from '../internal/ordered.js';
import type { Collection, UserRole } from './roster.js';

/**
 * What came of a collection.
 *
 * - `shared`: there are records.
 * - `not-shared`: the provider refuses it, or the credentials do not reach it.
 * - `empty`: it may be read, and has no record.
 * - `failed`: it could not be read to its end; what came until then is counted.
 */
export interface PreflightCollection {
  readonly state: 'shared' | 'not-shared' | 'empty' | 'failed';
  readonly count: number;
}

/** How many there are of a type, in the provider's word; an empty word where the provider gives none. */
export interface PreflightCount {
  readonly type: string;
  readonly count: number;
}

/** How fresh the provider's data is. What the provider does not tell is absent. */
export interface PreflightFreshness {
  /** When the provider last took in the district's data, ISO instant. */
  readonly lastSync?: string;
  /** The newest change that the records tell of, ISO instant, where the provider does not say when it took them in. */
  readonly lastChange?: string;
  /** Whole hours since the last sync or, where that is not told, since the last change. */
  readonly ageHours?: number;
  /** The first day or instant of a pause of the district's sync, as the provider writes it. */
  readonly pausedFrom?: string;
  /** The last one. */
  readonly pausedUntil?: string;
  /** How the district's own sync with the provider is doing, in the provider's word, such as `running` or `paused`. */
  readonly districtState?: string;
}

/** Something that an administrator should know before an import. */
export interface PreflightFinding {
  /** What was found, as a word, such as `CONTACTS_NOT_SHARED`. */
  readonly code: string;
  /** `error`: an import would fail or bring nothing. `warning`: it would lack something. */
  readonly severity: 'info' | 'warning' | 'error';
  /** For an administrator: what is wrong, and what to do about it. Names no person. */
  readonly message: string;
  /** How many records it is about. */
  readonly count?: number;
  /** The provider's ids of the first of them, at most 20. */
  readonly ids?: readonly string[];
}

/** What a district shares, and what is wrong with it. Plain data: it may be written as JSON. */
export interface Preflight {
  /** Such as `clever`. */
  readonly provider: string;
  /** The provider's id of the district. */
  readonly districtId?: string;
  readonly districtName?: string;
  /** ISO instant. */
  readonly checkedAt: string;
  /** `blocked` where a finding is an error, `warning` where one is a warning, else `ready`. */
  readonly state: 'ready' | 'warning' | 'blocked';
  readonly collections: Readonly<Record<Collection, PreflightCollection>>;
  /** People by role; who has several counts for each. */
  readonly people: Readonly<Record<UserRole, number>>;
  /** The types of contacts, counted once for each of a contact's students. */
  readonly contactTypes: readonly PreflightCount[];
  /** Contacts who have a telephone number, by the type of it. */
  readonly contactPhoneTypes: readonly PreflightCount[];
  readonly freshness: PreflightFreshness;
  /** The gravest first. */
  readonly findings: readonly PreflightFinding[];
}

const GRAVITY: Readonly<Record<PreflightFinding['severity'], number>> = { error: 0, warning: 1, info: 2 };

/** The findings in the order of a {@link Preflight}. */
export function gravestFirst(findings: readonly PreflightFinding[]): readonly PreflightFinding[] {
  return findings.toSorted((left, right) => GRAVITY[left.severity] - GRAVITY[right.severity]);
}

/** What the findings amount to. */
export function preflightStateOf(findings: readonly PreflightFinding[]): Preflight['state'] {
  if (findings.some(({ severity }) => severity === 'error')) return 'blocked';
  return findings.some(({ severity }) => severity === 'warning') ? 'warning' : 'ready';
}

/** What came of a collection whose list was read to its end, was refused, or broke off. */
export function preflightCollectionOf(ending: 'complete' | 'refused' | 'failed', count: number): PreflightCollection {
  if (ending === 'failed') return { state: 'failed', count };
  if (count > 0) return { state: 'shared', count };
  return { state: ending === 'refused' ? 'not-shared' : 'empty', count };
}

/** Counts by type, in order of the types. */
export function preflightCountsOf(counts: ReadonlyMap<string, number>): readonly PreflightCount[] {
  return [...counts].map(([type, count]) => ({ type, count })).sort((left, right) => compareIds(left.type, right.type));
}
