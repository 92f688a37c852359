import { StoreError } from '../../errors.js';
import type { Change, ChangeNoun } from '../../model/index.js';

/** What a change does to its row. */
type Operation = 'create' | 'update' | 'purge' | 'delete';

/** Changes that one set of statements may write: one operation on one table, and no record twice. */
export interface Step {
  readonly operation: Operation;
  readonly noun: ChangeNoun;
  readonly changes: readonly Change[];
}

/** Cuts the changes into steps without touching their order: a change may build on any that stands before it. */
export function stepsOf(changes: readonly Change[]): readonly Step[] {
  const steps: { operation: Operation; noun: ChangeNoun; changes: Change[] }[] = [];
  let taken = new Set<string>();
  for (const change of changes) {
    const operation = operationOf(change);
    const noun = nounOf(change);
    const names = namesOf(change);
    let step = steps.at(-1);
    if (step?.operation !== operation || step.noun !== noun || names.some((name) => taken.has(name))) {
      step = { operation, noun, changes: [] };
      steps.push(step);
      taken = new Set();
    }
    step.changes.push(change);
    for (const name of names) taken.add(name);
  }
  return steps;
}

/** What the change must not share with another of its step: its record, and every sourcedId it gives or takes. */
function namesOf(change: Change): string[] {
  const { target, before, after } = change as SourcedChange;
  const sourcedIds = [target.sourcedId, before?.sourcedId, after?.sourcedId].filter(
    (name) => name !== undefined && name !== null,
  );
  return [` ${change.subject}`, ...new Set(sourcedIds)];
}

interface SourcedChange {
  readonly target: { readonly sourcedId?: string };
  readonly before: { readonly sourcedId?: string | null } | null;
  readonly after: { readonly sourcedId?: string | null } | null;
}

function operationOf(change: Change): Operation {
  if (change.before === null && change.after === null) {
    throw new StoreError('apply: a change has neither a before nor an after; the plan is malformed', {
      operation: 'apply',
    });
  }
  if (change.before === null) return 'create';
  if (change.after === null) return 'delete';
  return change.kind === 'class-purge' ? 'purge' : 'update';
}

function nounOf(change: Change): ChangeNoun {
  return change.kind.slice(0, change.kind.indexOf('-')) as ChangeNoun;
}
