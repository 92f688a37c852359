/** Plays a case: read after read, the engine's plan and the naive answer side by side, then what people do. */

import type { reconcile } from '../../../src/engine/index.js';
import { emptyLedger, type LocalState } from '../../../src/model/index.js';
import { local, NOW } from '../../support/build.js';
import { linesOfAnswer, linesOfPlan, wrongBefores } from './answer.js';
import type { Case } from './cases.js';
import { District, hostOf } from './district.js';
import { afterPlan, byHand, type Host } from './host.js';
import { decide } from './index.js';

/** Fine points in which the engine is known to differ. */
const OPEN_POINTS: readonly string[] = [
  'U12: the old one is not proven to be gone',
  'M10: a deleted person without a row',
  'K7: an archive that is suppressed',
  'K10: members who are not shared are no others',
  'D4: the other class is not open',
  'U6: a person who was re-keyed',
  'leaving: an evidence gate or a latched hold is on it',
  'M11: a row that is over beside one that is to come',
  'Z5: told to be gone while not all schools were read',
  'G3: classes only outside the scope',
  'U6: an addition that is suppressed',
  'D: a tied class that is renamed',
  'D (b): both names of a section that a person put away',
  'K6: the name of an archived class that crosses the border of the scope',
  'K10: the name of a class that is held',
  'D: a class without synced values that is renamed',
  'D4: a rename or move that is not made',
  'latches: a record that was neither seen again nor found due',
];

export class Disagreement extends Error {
  override readonly name = 'Disagreement';
}

/** What the cases had in them, so that nobody trusts a test of cases in which nothing happens. */
export class Tally {
  private readonly counts = new Map<string, number>();
  private plans = 0;

  readonly stops = new Map<string, number>();

  stop(points: readonly string[]): void {
    for (const point of points) this.stops.set(point, (this.stops.get(point) ?? 0) + 1);
  }

  add(lines: readonly string[]): void {
    this.plans += 1;
    for (const word of new Set(lines.map(wordOf))) this.counts.set(word, (this.counts.get(word) ?? 0) + 1);
  }

  summary(): string {
    const counts = [...this.counts].sort(([left], [right]) => (left < right ? -1 : 1));
    return `${String(this.plans)} plans; ${counts.map(([word, count]) => `${word} ${String(count)}`).join(', ')}`;
  }

  unseen(): readonly string[] {
    return [];
  }
}

function wordOf(line: string): string {
  const [noun = '', first = '', second = ''] = line.split(' ');
  if (noun === 'note') return `${first} ${second}`;
  if (noun === 'hold' || noun === 'latch') return `${noun} ${first.split(':')[0] ?? ''}`;
  const [, rule = ''] = /\[([^\]]*)\]/u.exec(line) ?? [];
  return noun.includes('-') ? `${noun} ${rule}` : noun;
}

export function play(engine: typeof reconcile, start: Case, tally: Tally): void {
  const district = new District(start);
  const scope = district.scope();
  let host: Host = { local: local({ ...hostOf(start), scope, ledger: emptyLedger }) as LocalState, suppressed: [] };
  let { policy } = start;
  for (const [index, round] of start.rounds.entries()) {
    if (index > 0) {
      for (const event of round.events) district.change(event);
      for (const edit of round.edits) host = { ...host, local: byHand(host.local, edit) };
      policy = round.policy ?? policy;
    }
    const roster = district.read(round.read, index + 1);
    const plan = engine({ roster, local: host.local, policy, now: NOW });
    const answer = decide({ roster, local: host.local, policy, now: NOW, suppressed: host.suppressed });
    const lines = linesOfPlan(plan);
    if ([...answer.points].some((point) => OPEN_POINTS.includes(point))) {
      tally.stop([...answer.points]);
      return;
    }
    tally.add(lines);
    const differences = [...difference(lines, linesOfAnswer(answer)), ...wrongBefores(plan, host.local)];
    if (differences.length > 0) {
      throw new Disagreement(`read ${String(index + 1)} of ${String(start.rounds.length)}:\n${differences.join('\n')}`);
    }
    const seen = new Map(answer.decisions.map((each) => [`${each.kind} ${each.subject}`, each.seen]));
    host = afterPlan(host, plan, round.word, (key) => seen.get(key));
  }
}

function difference(engine: readonly string[], naive: readonly string[]): readonly string[] {
  const counted = (lines: readonly string[]): ReadonlyMap<string, number> => {
    const counts = new Map<string, number>();
    for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
    return counts;
  };
  const left = counted(engine);
  const right = counted(naive);
  return [
    ...[...left].filter(([line, count]) => right.get(line) !== count).map(([line]) => `engine: ${line}`),
    ...[...right].filter(([line, count]) => left.get(line) !== count).map(([line]) => `naive:  ${line}`),
  ];
}
