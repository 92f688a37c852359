import type { Evidence, Reason, Step } from '../../model/index.js';
import type { View } from './view.js';

/**
 * What becomes of a record.
 *
 * - `changes`: the plan changes it.
 * - `held`: the plan would change it, or leaves it alone, until a person has decided.
 * - `unchanged`: both sides agree, so there is nothing to do.
 * - `kept`: the district says something else of it, and a rule keeps it as it is.
 * - `not-imported`: the district has it, the host has not, and a rule leaves it out.
 * - `unknown`: neither side has it.
 */
export type Verdict = 'changes' | 'held' | 'unchanged' | 'kept' | 'not-imported' | 'unknown';

/** What becomes of a record that the plan has no change for, and why. */
export interface Finding {
  readonly verdict: Exclude<Verdict, 'changes' | 'held'>;
  /** The one that decides comes first. */
  readonly reasons: readonly Reason[];
}

/** A rule of the explanation: a case that may be the reason. */
export function because(rule: string, code: string, evidence?: Evidence): Reason {
  return { rule, code, ...(evidence === undefined ? {} : { evidence }) };
}

export function kept(...reasons: readonly Reason[]): Finding {
  return { verdict: 'kept', reasons };
}

export function unchanged(...reasons: readonly Reason[]): Finding {
  return { verdict: 'unchanged', reasons };
}

export function notImported(...reasons: readonly Reason[]): Finding {
  return { verdict: 'not-imported', reasons };
}

export const UNKNOWN: Finding = { verdict: 'unknown', reasons: [] };

export const OUT_OF_SCOPE = because('SCOPE', 'OUT_OF_SCOPE');

export const SCHOOL_SKIPPED = because('Z4', 'SCHOOL_SKIPPED');

/** What this import is about, and the record is not. */
export function stepNotCovered(view: View): Reason {
  const steps: readonly Step[] = view.sides.plan.steps;
  return because('STEPS', 'STEP_NOT_COVERED', { steps });
}

/** D6: the host has the record more than once. */
export function doubled(view: View, subject: string): Reason | undefined {
  return view.told(subject, 'LOCAL_DUPLICATE');
}

/** G2, with the collections that broke off. */
export function incompleteRead(view: View): Reason {
  const gate = view.sides.plan.gates.find((each) => each.gate === 'G2');
  return because('G2', 'INCOMPLETE_READ', gate?.evidence);
}

/** The grace: how often the record was missing so far, and how often it has to be. */
export function waiting(view: View, subject: string): Reason | undefined {
  const { ledger, notes } = view.sides.plan;
  const reads = notes.find(({ code }) => code === 'GRACE')?.evidence?.['reads'];
  const absence = ledger.absences?.find((each) => each.subject === subject);
  if (absence === undefined || typeof reads !== 'number' || absence.count >= reads) return undefined;
  return because('Z6', 'GRACE', { count: absence.count, reads });
}

/** P14: what guardians wait for, where they do. */
export function teachersAwaited(view: View): Reason | undefined {
  const waits = view.sides.plan.notes.some(
    ({ code, evidence }) => code === 'TEACHERS_NOT_JOINED' && evidence?.['waits'] === true,
  );
  return waits ? because('P14', 'TEACHERS_NOT_JOINED') : undefined;
}

/** The last thing that may keep a removal away, besides Full Data: an import, or a time, that only adds. */
export function additiveOnly(view: View): Reason | undefined {
  const code = ['ADDITIVE_ONLY', 'WINDOW_ADDITIVE'].find((each) => view.tells(each));
  return code === undefined ? undefined : because('Z9', code);
}
