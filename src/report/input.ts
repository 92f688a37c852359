/**
 * What a report is made of, and how it is asked for.
 *
 * @module
 */

import { ConfigurationError } from '../errors.js';
import { checkOptionNames, checkText } from '../internal/options.js';
import {
  scopeKey,
  type Hold,
  type JournalEntry,
  type LocalState,
  type Plan,
  type PlanCounts,
  type Roster,
  type Scope,
} from '../model/index.js';

/** What a run did, as its report says. A `RunReport` is one. */
export interface ReportedRun {
  readonly id: string;
  readonly type: 'sync' | 'import' | 'resync' | 'approval' | 'discard' | 'undo';
  readonly scope: Scope;
  readonly outcome: 'running' | 'applied' | 'held' | 'partial' | 'failed' | 'aborted';
  /** ISO instant. */
  readonly startedAt: string;
  /** ISO instant; absent while it runs. */
  readonly endedAt?: string;
  readonly planHash: string;
  readonly counts: PlanCounts;
  readonly applied: number;
  readonly holds: readonly Hold[];
  readonly failures: readonly { readonly code: string; readonly key?: string; readonly message: string }[];
  readonly sent: number;
  readonly by?: string;
}

/** Where names come from, and what else is told. */
export interface ReportContext {
  /** The roster of the plan: names of people, classes and schools. @default what the changes themselves say */
  readonly roster?: Roster | undefined;
  /** The host's records before the plan: names, and how many members there were. */
  readonly local?: LocalState | undefined;
  /** Earlier runs of the tenant, for the timeline. */
  readonly runs?: readonly ReportedRun[] | undefined;
}

/** A plan: what will happen. */
export interface PlanReportInput extends ReportContext {
  readonly plan: Plan;
}

/** A run: what happened. */
export interface RunReportInput extends ReportContext {
  readonly run: ReportedRun;
  /** What the run changed, of the store's journal. Without it only numbers are told. */
  readonly journal?: readonly JournalEntry[] | undefined;
}

/** What is told: a plan, or a run. */
export type ReportInput = PlanReportInput | RunReportInput;

/** How it is told. */
export interface ReportOptions {
  /** @default "Roster plan of …" or "Roster run of …", with the tenant's id */
  readonly title?: string | undefined;
  /**
   * Whether the report has to do without names: of people, classes and schools it tells ids alone, of fields no values, and
   * not who started a run. An id that holds a name or an address is told as a digest.
   *
   * @default false
   */
  readonly masked?: boolean | undefined;
  /** The language of the report. There is English so far. @default 'en' */
  readonly language?: 'en' | undefined;
}

const OPTIONS = ['title', 'masked', 'language'];
const CONTEXT = ['roster', 'local', 'runs'];

/** @throws ConfigurationError naming the option, or the part of the input that does not fit the others */
export function checkReport(input: ReportInput, options: ReportOptions): void {
  checkOptionNames(options, OPTIONS);
  const { title, masked, language } = options as Readonly<Record<string, unknown>>;
  if (title !== undefined) checkText('title', title, 'is a text that is not blank');
  if (masked !== undefined && typeof masked !== 'boolean') throw new ConfigurationError('masked', 'is true or false');
  if (language !== undefined && language !== 'en') throw new ConfigurationError('language', "is 'en'");
  checkInput(input);
}

function checkInput(input: ReportInput): void {
  const isObject = typeof input === 'object' && (input as unknown) !== null;
  if (!isObject || 'plan' in input === 'run' in input) {
    throw new ConfigurationError('input', 'has either a plan or a run');
  }
  checkOptionNames(input, 'plan' in input ? ['plan', ...CONTEXT] : ['run', 'journal', ...CONTEXT]);
  const { roster, local, runs = [] } = input;
  const { scope } = 'plan' in input ? input.plan : input.run;
  if ('plan' in input) {
    const { plan } = input;
    if (plan.type === 'sync' && roster !== undefined && roster.readId !== plan.readId) {
      throw new ConfigurationError('roster', `is not the one of the plan: read ${plan.readId}, not ${roster.readId}`);
    }
    if (local !== undefined && scopeKey(local.scope) !== scopeKey(scope)) {
      throw new ConfigurationError('local', 'is not of the scope of the plan: load that scope');
    }
  } else if (input.journal?.some(({ runId }) => runId !== input.run.id) === true) {
    throw new ConfigurationError('journal', `is not of the run ${input.run.id} alone`);
  }
  checkTenant('roster', roster?.scope, scope);
  checkTenant('local', local?.scope, scope);
  for (const run of runs) checkTenant('runs', run.scope, scope);
}

/** A report never shows one district to another. */
function checkTenant(option: string, other: Scope | undefined, scope: Scope): void {
  if (other !== undefined && other.tenant !== scope.tenant) {
    throw new ConfigurationError(option, `is of another tenant than ${scope.tenant}`);
  }
}
