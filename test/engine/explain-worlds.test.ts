/**
 * Explanations over generated districts: every record has an answer that agrees with the plan, with and without its
 * policy, and no record is left without a rule.
 */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describedCodes, describedRules, explain, invert, reconcile } from '../../src/engine/index.js';
import type { Explanation, ExplainTarget } from '../../src/engine/index.js';
import type { Change, LocalState, Plan, Policy, Roster } from '../../src/model/index.js';
import { NOW, SCOPE } from '../support/build.js';
import { DistrictModel, incompleteAttestation } from '../support/district-model.js';
import { World } from '../support/world.js';
import { scenarios } from './promises.js';

const CASES = Number(process.env['EXPLAIN_CASES'] ?? 60);

const kinds = fc.constantFrom('all', 'restricted', 'additive', 'people', 'school');

/** Every record of either side. */
function targetsOf(roster: Roster, local: LocalState): readonly ExplainTarget[] {
  const known = (ids: readonly (string | undefined)[]) => [...new Set(ids)].filter((id) => id !== undefined);
  const classes = known([...roster.classes, ...local.classes].map((each) => each.sourcedId));
  const users = known([...roster.users, ...local.users].map((each) => each.sourcedId));
  const ofHost = new Map(local.classes.map((each) => [each.id, each.sourcedId]));
  const userOfHost = new Map(local.users.map((each) => [each.id, each.sourcedId]));
  return [
    ...known([...roster.schools, ...local.schools].map((each) => each.sourcedId)).map((school) => ({ school })),
    ...classes.map((each) => ({ class: each })),
    ...local.classes.filter((each) => each.sourcedId === undefined).map(({ id }) => ({ class: { id } })),
    ...users.map((user) => ({ user })),
    ...roster.enrollments.map((each) => ({ enrollment: { class: each.classSourcedId, user: each.userSourcedId } })),
    ...local.enrollments.map((each) => ({
      enrollment: {
        class: ofHost.get(each.classId) ?? { id: each.classId },
        user: userOfHost.get(each.userId) ?? { id: each.userId },
      },
    })),
  ];
}

interface Seen {
  readonly codes: Set<string>;
  readonly verdicts: Set<string>;
}

function check(answer: Explanation, plan: Plan, target: ExplainTarget): void {
  const told = JSON.stringify({ target, answer });
  const own = plan.changes.filter((change) => change.subject === answer.subject);
  for (const change of own) expect(answer.changes).toContain(change);
  const { changes, verdict, reasons, sentences } = answer;
  if (changes.some(({ heldBy }) => heldBy.length === 0)) expect(verdict, told).toBe('changes');
  else if (changes.length > 0) expect(verdict, told).toBe('held');
  else expect(verdict, told).not.toBe('changes');
  expect(sentences.length, told).toBeGreaterThan(0);
  for (const sentence of sentences) expect(sentence, told).toMatch(/^\p{Lu}.*(?:\.|\?|\))$/u);
  for (const { code, rule } of reasons) {
    expect(describedCodes, told).toContain(code);
    expect(describedRules, told).toContain(rule);
    expect(code, told).not.toBe('NOT_PLANNED');
  }
  if (verdict !== 'unknown') expect(reasons.length, told).toBeGreaterThan(0);
}

function explainAll(plan: Plan, roster: Roster, local: LocalState, policy: Policy, seen: Seen): void {
  const all = new Set<Change>();
  const bare = { ...plan };
  for (const target of targetsOf(roster, local)) {
    const answer = explain({ plan, roster, local, policy, now: NOW }, target);
    check(answer, plan, target);
    if (plan.type === 'sync') expect(answer.verdict, JSON.stringify({ target, answer })).not.toBe('unknown');
    for (const change of answer.changes) all.add(change);
    for (const { code } of answer.reasons) seen.codes.add(code);
    if (plan.type === 'sync') seen.verdicts.add(answer.verdict);
    const blind = explain({ plan: bare, roster, local, now: NOW }, target);
    expect(blind.verdict).toBe(answer.verdict);
    // Whether accounts are deactivated at all is the one thing that neither the plan nor its notes tell.
    if (blind.reasons.some(({ code }) => code === 'ACCOUNT_KEPT')) continue;
    expect(blind.reasons, JSON.stringify({ target, answer })).toEqual(answer.reasons);
  }
  if (plan.type === 'sync') expect(plan.changes.filter((change) => !all.has(change))).toEqual([]);
}

it('has an answer for every record of every plan, which agrees with the plan', { timeout: 300_000 }, async () => {
  const seen: Seen = { codes: new Set(), verdicts: new Set() };
  await fc.assert(
    fc.asyncProperty(scenarios, kinds, incompleteAttestation, async (scenario, kind, attestation) => {
      const model = DistrictModel.from(scenario.start);
      const scope = kind === 'school' ? { ...SCOPE, schools: ['s1'] } : SCOPE;
      const world = new World({ reconcile, invert }, scope);
      const policy: Policy = {
        ...scenario.policy,
        additiveOnly: kind === 'additive',
        ...(kind === 'people' ? { steps: ['teachers', 'students'] } : {}),
      };
      const first = model.roster();
      const before = await world.load();
      const plan = await world.plan(first, scenario.policy);
      explainAll(plan, first, before, scenario.policy, seen);
      await world.apply(plan);
      for (const edit of scenario.edits) await world.byHand(edit);
      for (const event of scenario.events) model.apply(event);
      const roster = model.roster(kind === 'restricted' ? { attestation } : {});
      const local = await world.load();
      const next = await world.plan(roster, policy);
      explainAll(next, roster, local, policy, seen);
      const run = await world.apply(next);
      const undone = await world.load();
      const undo = invert(await world.store.journal(world.scope, run), undone, { now: NOW });
      explainAll(undo, roster, undone, policy, seen);
      await world.apply(undo);
      const after = await world.load();
      explainAll(await world.plan(roster, policy), roster, after, policy, seen);
    }),
    { numRuns: CASES, seed: Number(process.env['EXPLAIN_SEED'] ?? 5) },
  );
  expect([...seen.verdicts].sort()).toEqual(['changes', 'held', 'kept', 'not-imported', 'unchanged']);
  expect(seen.codes.size).toBeGreaterThan(45);
});
