/**
 * All that matters of a plan or a run, in one sentence.
 *
 * @module
 */

import type { Change, Plan } from '../model/index.js';
import type { ReportedRun } from './input.js';
import { counted, kindsInWords } from './phrases.js';
import type { ReportFailure, ReportGate, ReportHold, ReportVerdict } from './report.js';

export function verdictOfPlan(plan: Plan, holds: readonly ReportHold[], gates: readonly ReportGate[]): ReportVerdict {
  const { outcome, type, counts, changes } = plan;
  const isUndo = type === 'undo';
  const reasons = gates.map(({ reason }) => reason);
  if (outcome === 'failed') {
    return {
      tone: 'stopped',
      sentence: 'Nothing will happen: the district’s data cannot be believed.',
      details: reasons,
    };
  }
  const waiting = holdsInWords(holds, counts.held);
  if (counts.changes === 0 && holds.length === 0) {
    const sentence = isUndo
      ? 'There is nothing to take back.'
      : gates.length === 0
        ? 'Nothing to do: everything here is as the district says.'
        : 'Nothing will happen.';
    return { tone: gates.length === 0 ? 'calm' : 'stopped', sentence, details: reasons };
  }
  const details = [...reasons, ...takenAway(changes)];
  const what = isUndo ? 'will be taken back' : 'will be made';
  if (holds.length === 0) {
    const sentence = `${counted(counts.ready, 'change', 'changes')} ${what}. Nothing waits for a decision.`;
    return { tone: 'calm', sentence, details };
  }
  if (counts.ready === 0) {
    return { tone: 'attention', sentence: `Nothing will be made without you: ${waiting}.`, details };
  }
  const sentence = `${counted(counts.ready, 'change', 'changes')} ${what}, and ${waiting}.`;
  return { tone: 'attention', sentence, details };
}

/** What goes, of what nothing holds: the part that a person reads twice. */
function takenAway(changes: readonly Change[]): readonly string[] {
  const gone = changes.filter(({ destructive, heldBy }) => destructive && heldBy.length === 0);
  if (gone.length > 0) return [`Of these, ${kindsInWords(gone.map(({ kind }) => kind))}: they take something away.`];
  const isAnyReady = changes.some(({ heldBy }) => heldBy.length === 0);
  return isAnyReady ? ['What will be made takes nothing away.'] : [];
}

/** `310 changes wait for your decision, in 2 holds`. A change may be in several. */
function holdsInWords(holds: readonly ReportHold[], count: number): string {
  const sets = counted(holds.length, 'hold', 'holds');
  const isOne = (count === 0 ? holds.length : count) === 1;
  const verb = isOne ? 'waits' : 'wait';
  const isDecidable = holds.some(({ approvable }) => approvable);
  const forWhat = isDecidable ? 'for your decision' : 'for sound data';
  return count === 0
    ? `${sets} ${verb} ${forWhat}`
    : `${counted(count, 'change', 'changes')} ${verb} ${forWhat}, in ${sets}`;
}

const SUBJECTS: Readonly<Record<ReportedRun['type'], string>> = {
  sync: 'The import',
  import: 'The import of people',
  resync: 'The update of one person',
  approval: 'The approved set',
  discard: 'The discarded set',
  undo: 'The undo',
};

export function verdictOfRun(
  run: ReportedRun,
  holds: readonly ReportHold[],
  failures: readonly ReportFailure[],
  waiting: number,
): ReportVerdict {
  const { type, outcome, applied, sent } = run;
  const subject = SUBJECTS[type];
  const made = applied === 0 ? 'changed nothing' : `made ${counted(applied, 'change', 'changes')}`;
  const details = [
    ...failures.map(({ sentence }) => sentence),
    ...(sent > 0 ? [`${counted(sent, 'message was', 'messages were')} handed over.`] : []),
  ];
  switch (outcome) {
    case 'running':
      return { tone: 'attention', sentence: `${subject} is at work, and has ${made} so far.`, details };
    case 'applied':
      return { tone: 'calm', sentence: `${subject} ${made}. Nothing waits for a decision.`, details };
    case 'held':
      return { tone: 'attention', sentence: `${subject} ${made}, and ${holdsInWords(holds, waiting)}.`, details };
    case 'partial':
      return { tone: 'stopped', sentence: `${subject} ${made}, and some could not be made.`, details };
    case 'failed':
      return { tone: 'stopped', sentence: `${subject} failed, and ${made}.`, details };
    case 'aborted':
      return { tone: 'stopped', sentence: `${subject} was stopped, after it ${made}.`, details };
  }
}
