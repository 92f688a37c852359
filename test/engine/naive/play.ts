/** Plays a case: read after read, the engine's plan and the naive answer side by side, then what people do. */

import type { reconcile } from '../../../src/engine/index.js';
import { emptyLedger, type Plan } from '../../../src/model/index.js';
import { local, NOW } from '../../support/build.js';
import { linesOfAnswer, linesOfPlan, wrongBefores } from './answer.js';
import { hostOf } from './before.js';
import type { Case } from './cases.js';
import { District } from './district.js';
import { afterPlan, byHand, type Host } from './host.js';
import { decide, type Answer } from './index.js';
import { dayIn } from './reading.js';
import type { Tally } from './tally.js';
import { isDestructive } from './words.js';

export class Disagreement extends Error {
  override readonly name = 'Disagreement';
}

/** Throws where engine and naive rules disagree. A case that turns on an open point ends there. */
export function play(engine: typeof reconcile, start: Case, tally: Tally, open: readonly string[]): void {
  const district = new District(start);
  const state = local({ ...hostOf(start), scope: district.scope(), ledger: emptyLedger });
  let host: Host = { local: state, suppressed: [] };
  let { policy } = start;
  let instant = Date.parse(NOW);
  for (const [index, round] of start.rounds.entries()) {
    if (index > 0) {
      for (const event of round.events) district.change(event);
      for (const edit of round.edits) host = { ...host, local: byHand(host.local, edit) };
      policy = round.policy ?? policy;
      instant += round.hours * 3_600_000;
    }
    const now = new Date(instant).toISOString();
    const roster = { ...district.read(round.read, index + 1), readAt: now };
    const plan = engine({ roster, local: host.local, policy, now });
    const answer = decide({ roster, local: host.local, policy, now, suppressed: host.suppressed });
    if ([...answer.points].some((point) => open.includes(point))) {
      tally.stop('open');
      return;
    }
    if (isCohort(plan, answer)) {
      tally.stop('beyond');
      return;
    }
    const lines = linesOfPlan(plan);
    tally.add(lines);
    const differences = [...difference(lines, linesOfAnswer(answer)), ...wrongBefores(plan, host.local)];
    if (differences.length > 0) {
      throw new Disagreement(`read ${index + 1} of ${start.rounds.length}:\n${differences.join('\n')}`);
    }
    const seen = new Map(answer.decisions.map((each) => [`${each.kind} ${each.subject}`, each.seen]));
    host = afterPlan(host, withoutShape(plan), round.word, {
      seenOf: (key) => seen.get(key),
      day: dayIn(policy.timeZone, instant),
    });
  }
}

/** The naive rules know nothing of the shape of reads (G4), which is judged against the last healthy one. */
function withoutShape(plan: Plan): Plan {
  const { healthy: _healthy, doubted: _doubted, ...ledger } = plan.ledger;
  return { ...plan, ledger };
}

/** The naive rules know nothing of cohorts, which are of 20 records at least. */
function isCohort(plan: Plan, answer: Answer): boolean {
  const destructive = answer.decisions.filter(({ kind }) => isDestructive(kind));
  return destructive.length >= 20 && plan.holds.some(({ code }) => code === 'COHORT_GONE');
}

function difference(engine: readonly string[], naive: readonly string[]): readonly string[] {
  const left = counted(engine);
  const right = counted(naive);
  return [
    ...[...left].filter(([line, count]) => right.get(line) !== count).map(([line]) => `engine: ${line}`),
    ...[...right].filter(([line, count]) => left.get(line) !== count).map(([line]) => `naive:  ${line}`),
  ];
}

function counted(lines: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}
