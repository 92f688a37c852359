/**
 * What is kept about one person, picked out: what a store hands over for an export.
 *
 * @module
 */

import type { Change } from '../change.js';
import type { Hold } from '../hold.js';
import type { AbsenceCount, Ledger } from '../ledger.js';
import type { Proposal } from '../proposal.js';
import type { Enrollment, GuardianLink, User } from '../roster.js';
import type { Suppression } from '../suppression.js';
import { isIdOf } from './mentions.js';
import { isChangeOf, isKeyOf, isSourcedId, isSubjectOf, type PersonIds } from './person-ids.js';

/** A change about a person that waits. */
export interface HeldTrace {
  /** The hold's id. */
  readonly hold: string;
  /** When the hold began, ISO instant. */
  readonly since: string;
  readonly change: Change;
}

/** What the memory of one scope has about a person. */
export interface LedgerTraces {
  readonly held: readonly HeldTrace[];
  readonly suppressions: readonly Suppression[];
  readonly absences: readonly AbsenceCount[];
  readonly proposals: readonly Proposal[];
  /** The keys of changes about the person, and of notes told once, that are remembered for any other reason. */
  readonly keys: readonly string[];
}

/** What the report of one run has about a person. */
export interface RunTraces {
  readonly runId: string;
  /** ISO instant. */
  readonly startedAt: string;
  /** The keys of the changes about the person that it held or could not apply. */
  readonly keys: readonly string[];
  /** Whether the person started, approved or undid it. */
  readonly isBy: boolean;
}

/** What the kept readings of the district have about a person. */
export interface RosterTraces {
  readonly users: readonly User[];
  readonly enrollments: readonly Enrollment[];
  readonly guardianLinks: readonly GuardianLink[];
}

/** What a ledger has about the person; undefined where it has nothing. */
export function ledgerTracesOf(ledger: Ledger, person: PersonIds): LedgerTraces | undefined {
  const isOfPerson = ({ subject }: { readonly subject: string }): boolean => isSubjectOf(subject, person);
  const held = ledger.holds.flatMap(({ id, since, changes }) =>
    changes.filter((change) => isChangeOf(change, person)).map((change) => ({ hold: id, since, change })),
  );
  const keys = [
    ...ledger.reported,
    ...(ledger.unjudged ?? []),
    ...(ledger.messages ?? []),
    ...(ledger.unfinished?.removals ?? []),
    ...(ledger.removals ?? []).flatMap(({ unconfirmed = [] }) => unconfirmed),
    ...ledger.holds.flatMap(({ approved, versions }) => [...approved, ...versions.flatMap((version) => version.keys)]),
  ].filter((key) => isKeyOf(key, person));
  const traces = {
    held,
    suppressions: ledger.suppressions.filter(isOfPerson),
    absences: (ledger.absences ?? []).filter(isOfPerson),
    proposals: (ledger.proposals ?? []).filter(
      ({ kind, recordId, from, sourcedId }) =>
        kind.startsWith('user-') &&
        (person.ids.includes(recordId) || isSourcedId(from, person) || isSourcedId(sourcedId, person)),
    ),
    keys: [...new Set(keys)],
  };
  return Object.values(traces).some((list) => list.length > 0) ? traces : undefined;
}

interface Report {
  readonly id: string;
  readonly startedAt: string;
  readonly holds: readonly Hold[];
  readonly failures: readonly { readonly key?: string }[];
  readonly by?: string;
}

/** What a run's report has about the person; undefined where it has nothing. */
export function runTracesOf({ id, startedAt, holds, failures, by }: Report, person: PersonIds): RunTraces | undefined {
  const named = [...holds.flatMap(({ changes }) => changes), ...failures.flatMap(({ key }) => key ?? [])];
  const keys = [...new Set(named.filter((key) => isKeyOf(key, person)))];
  const isBy = isIdOf(by, person);
  return keys.length > 0 || isBy ? { runId: id, startedAt, keys, isBy } : undefined;
}

/** The rows about the person in rosters, and in what changed of them: those of the first one first. */
export function rosterTracesOf(rosters: readonly Partial<RosterTraces>[], person: PersonIds): RosterTraces {
  const isSide = (sourcedId: string): boolean => isSourcedId(sourcedId, person);
  return {
    users: rosters.flatMap(({ users = [] }) => users.filter(({ sourcedId }) => isSide(sourcedId))),
    enrollments: rosters.flatMap(({ enrollments = [] }) =>
      enrollments.filter(({ userSourcedId }) => isSide(userSourcedId)),
    ),
    guardianLinks: rosters.flatMap(({ guardianLinks = [] }) =>
      guardianLinks.filter(
        ({ guardianSourcedId, studentSourcedId }) => isSide(guardianSourcedId) || isSide(studentSourcedId),
      ),
    ),
  };
}
