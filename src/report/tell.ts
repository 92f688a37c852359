/**
 * A plan or a run, told as data.
 *
 * @module
 */

import type { Change, LocalState, Plan } from '../model/index.js';
import { gatesOf, holdIdFor, holdsOf } from './holds.js';
import {
  checkReport,
  type PlanReportInput,
  type ReportedRun,
  type ReportInput,
  type ReportOptions,
  type RunReportInput,
} from './input.js';
import { membersOf } from './members.js';
import { Names } from './names.js';
import { causesOf, notesOf } from './notes.js';
import { changed } from './phrases.js';
import type { Report, ReportCount, ReportSchool } from './report.js';
import { failuresOf, runOf, runsOf } from './runs.js';
import { schoolsOf } from './schools.js';
import { shown } from './text.js';
import { verdictOfPlan, verdictOfRun } from './verdict.js';

/**
 * What a report tells, as plain data: the verdict, what waits and why, what happens in each school and class, notes, causes of
 * absence and counts. The three ways to write it down ({@link renderHtml}, {@link renderMarkdown}, {@link renderJson}) tell just
 * this. The same input gives the same report, to the byte. Texts are cut to a line, and hold no control characters; they are not
 * escaped yet.
 *
 * @throws ConfigurationError naming an option that does not exist or is of another kind, and the part of the input that is not
 * of the plan or run: another read, scope or tenant
 * @example
 * ```ts
 * import { definePolicy, MemoryStore, reconcile } from 'rosterkit';
 * import { reportOf } from 'rosterkit/report';
 * import { districtRoster, generateDistrict } from 'rosterkit/testing';
 *
 * const roster = districtRoster(generateDistrict({ seed: 1 }), { scope: { tenant: 'district-1' } });
 * const local = await new MemoryStore().load({ tenant: 'district-1' });
 * const plan = reconcile({ roster, local, policy: definePolicy(), now: roster.readAt });
 *
 * const { verdict, schools } = reportOf({ plan, roster, local });
 * console.log(verdict.sentence, schools.length);
 * ```
 */
export function reportOf(input: ReportInput, options: ReportOptions = {}): Report {
  checkReport(input, options);
  return 'plan' in input ? reportOfPlan(input, options) : reportOfRun(input, options);
}

function reportOfPlan({ plan, roster, local, runs = [] }: PlanReportInput, options: ReportOptions): Report {
  const { masked = false, title = `Roster plan of ${plan.scope.tenant}` } = options;
  const { changes, notes, holds: held, gates: results } = plan;
  const names = new Names(changes, roster, local, masked);
  const told = { holds: held, notes, gates: results, changes, names, masked };
  const holds = holdsOf(told);
  const gates = gatesOf(told);
  return {
    formatVersion: 1,
    about: 'plan',
    title: shown(title),
    language: 'en',
    masked,
    scope: scopeOf(plan, names),
    hash: plan.hash,
    verdict: verdictOfPlan(plan, holds, gates),
    holds,
    gates,
    failures: [],
    members: membersOf(changes, local, names),
    schools: toldSchools(changes, local, names, masked),
    notes: notesOf(notes, names, masked),
    causes: causesOf(changes),
    runs: runsOf(runs, masked),
    counts: countsOf(plan.counts.byKind, changes),
  };
}

function reportOfRun(input: RunReportInput, options: ReportOptions): Report {
  const { run, journal = [], roster, local, runs = [] } = input;
  const { masked = false, title = `Roster run of ${run.scope.tenant}` } = options;
  const changes = journal.map(({ change }) => ({ ...change, heldBy: [] }));
  const names = new Names(changes, roster, local, masked);
  const holds = holdsOf({ holds: run.holds, notes: [], gates: [], changes: [], names, masked });
  const failures = failuresOf(run, masked);
  const about = runOf(run, masked);
  return {
    formatVersion: 1,
    about: 'run',
    title: shown(title),
    language: 'en',
    masked,
    scope: scopeOf(run, names),
    hash: run.planHash,
    run: about,
    verdict: verdictOfRun(run, holds, failures, about.held),
    holds,
    gates: [],
    failures,
    members: membersOf(changes, journal.length === 0 ? undefined : local, names),
    schools: toldSchools(changes, local, names, masked),
    notes: [],
    causes: causesOf(changes),
    runs: runsOf(runs, masked),
    counts: countsOf(run.counts.byKind),
  };
}

function scopeOf({ scope }: Plan | ReportedRun, names: Names): Report['scope'] {
  const { tenant, schools } = scope;
  return schools === undefined ? { tenant } : { tenant, schools: schools.map((id) => names.id(id)) };
}

function toldSchools(
  changes: readonly Change[],
  local: LocalState | undefined,
  names: Names,
  masked: boolean,
): readonly ReportSchool[] {
  const roles = new Map((local?.enrollments ?? []).map(({ id, role }) => [id, role]));
  return schoolsOf({ changes, roles, names, masked, holdId: holdIdFor(names, masked) });
}

/** Of a plan also how many of them are held. */
function countsOf(byKind: Plan['counts']['byKind'], changes?: readonly Change[]): readonly ReportCount[] {
  const held = new Map<ReportCount['kind'], number>();
  for (const { kind, heldBy } of changes ?? []) if (heldBy.length > 0) held.set(kind, (held.get(kind) ?? 0) + 1);
  return (Object.entries(byKind) as [ReportCount['kind'], number][]).map(([kind, count]) => ({
    kind,
    words: changed(kind, count),
    count,
    ...(changes === undefined ? {} : { held: held.get(kind) ?? 0 }),
  }));
}
