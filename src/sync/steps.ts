import { collect } from '../internal/ordered.js';
import type { LocalUser, Policy, Step } from '../model/index.js';
import type { RunReport } from '../ports/index.js';
import type { SyncContext } from './options.js';
import type { RunProgress } from './recording.js';

/** The reports of an import in two steps. */
export interface StepReports {
  /** Classes, teachers and students. */
  readonly first: RunReport;
  /** Guardians; `held` where the first step did not finish. */
  readonly second: RunReport;
}

/** The parts of the first step. */
export const FIRST_STEP: readonly Step[] = ['classes', 'teachers', 'students'];

/** The code of the failure of a second step whose first one did not finish. */
const UNFINISHED = 'STEP_ONE_UNFINISHED';

/** Gates that say of a read that the first step did not come to its end: nothing was believed, or not all of it. */
const UNFINISHED_GATES: readonly string[] = ['G1', 'G2', 'G5'];

/**
 * Whether an import may be made: guardians come after classes, teachers and students, because links name students. If the
 * newest import of these did not finish, the run is held, and says why.
 */
export async function mayBegin(context: SyncContext, steps: readonly Step[], progress: RunProgress): Promise<boolean> {
  if (steps.some((step) => step !== 'guardians')) return true;
  const runs = await context.store.runs(context.scope);
  const first = runs.find(({ type, steps: parts }) => type === 'sync' && parts?.some(isOfFirstStep) === true);
  if (first !== undefined && isFinished(first)) return true;
  progress.isWaiting = true;
  const message =
    first === undefined
      ? 'Guardians come after classes, teachers and students, which were not imported yet. Import these first.'
      : `Guardians come after classes, teachers and students, and run ${first.id} did not finish these. Import them again.`;
  progress.failures.push({ code: UNFINISHED, message });
  return false;
}

function isOfFirstStep(step: Step): boolean {
  return FIRST_STEP.includes(step);
}

function isFinished({ outcome, gates = [] }: RunReport): boolean {
  if (outcome === 'failed' || outcome === 'aborted') return false;
  return !gates.some((gate) => UNFINISHED_GATES.includes(gate));
}

/** The teachers who were invited and have not joined; nobody is asked for where an import is not about guardians. */
export async function awaitedTeachers(
  context: SyncContext,
  policy: Policy,
  users: readonly LocalUser[],
): Promise<readonly LocalUser[]> {
  if (!policy.steps.includes('guardians')) return [];
  const open = users.filter(
    ({ roles, state, claimed, enabled }) =>
      roles.includes('teacher') && state === 'active' && claimed !== true && enabled !== false,
  );
  if (open.length === 0) return [];
  const userIds = open.map(({ id }) => id);
  const invitations = await collect(await context.store.invitations(context.scope, { userIds }));
  const invited = new Set<string>();
  const joined = new Set<string>();
  for (const { userId, kind, state } of invitations) {
    if (kind !== 'account') continue;
    if (state === 'accepted') joined.add(userId);
    else if (state !== 'revoked') invited.add(userId);
  }
  return open.filter(({ id }) => invited.has(id) && !joined.has(id));
}
