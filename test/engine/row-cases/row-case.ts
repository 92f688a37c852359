/** A row of the tables as two scenes, which differ in one fact: one that the row is about, and a near miss. */

import type { Change, Plan, Reason } from '../../../src/model/index.js';
import type { ExplainTarget } from '../../../src/engine/index.js';
import { planOf, type Given } from '../../support/rows.js';
import { answerTo } from '../explain-scene.js';

/** The ids and cases that a run tells: rules, gates, codes, and causes of absence. */
export type Words = ReadonlySet<string>;

export interface RowCase {
  readonly id: string;
  /** The one fact, as it is where the row applies. */
  readonly fact: string;
  /** The word that tells it, where the id alone would not, or where it is no rule of a plan but the word of a run. */
  readonly word?: string;
  /** What is told where the fact holds, and where it does not. */
  readonly told: (isHit: boolean) => Words | Promise<Words>;
}

/** A row of which the plan tells; or, where nothing happens by it, the explanation of the record that is asked about. */
export function row(id: string, fact: string, scene: (isHit: boolean) => Given, target?: ExplainTarget): RowCase {
  return { id, fact, told: (isHit) => tellsOf(scene(isHit), target) };
}

/** One case of a row that has several. */
export function caseOf(id: string, word: string, fact: string, scene: (isHit: boolean) => Given): RowCase {
  return { ...row(id, fact, scene), word };
}

function tellsOf(given: Given, target: ExplainTarget | undefined): Words {
  return new Set([...wordsOf(planOf(given)), ...(target === undefined ? [] : wordsAbout(given, target))]);
}

function wordsAbout(given: Given, target: ExplainTarget): readonly string[] {
  return answerTo({ ...given, target }).reasons.flatMap(wordsOfReason);
}

export function wordsOf({ changes, notes, holds, gates }: Plan): Words {
  return new Set([
    ...wordsOfChanges(changes),
    ...notes.flatMap(wordsOfReason),
    ...holds.flatMap(({ gate, code }) => [gate, code]),
    ...gates.flatMap(({ gate, code }) => [gate, code]),
  ]);
}

export function wordsOfChanges(changes: readonly Change[]): readonly string[] {
  return changes.flatMap(({ reason }) => wordsOfReason(reason));
}

function wordsOfReason({ rule, code, evidence }: Reason): readonly string[] {
  const cause = evidence?.['cause'];
  return [rule, code, ...(typeof cause === 'string' ? [cause] : [])];
}
