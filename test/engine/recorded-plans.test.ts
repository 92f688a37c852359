/**
 * What the engine decides about some hundred districts, told by a digest a district: every plan to its last letter, of first
 * and later imports, whole and broken off, before and after acts by hand, answers to proposals and an undo. Rows say what is
 * right; this says that nothing else has changed. Where a change is meant, `npx vitest run --project unit
 * test/engine/recorded-plans.test.ts -u` records it, and the message of the commit says why the plans are others.
 */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as engine from '../../src/engine/index.js';
import { canonicalJson } from '../../src/internal/canonical.js';
import { Sha256 } from '../../src/internal/sha256.js';
import type { Plan, Policy, Roster, Scope } from '../../src/model/index.js';
import { contents, type World } from '../support/world.js';
import { truncated, withoutSome } from './promises-feeds.js';
import { editAll, evolve, importsOf, prepare, readingOf, scenarios, type Scenario } from './promises-scenario.js';

const DISTRICTS = 400;

it(`decides about ${String(DISTRICTS)} districts as it did`, { timeout: 120_000 }, async () => {
  const lines: string[] = [];
  for (const [index, scenario] of fc.sample(scenarios, { seed: 2_026, numRuns: DISTRICTS }).entries()) {
    lines.push(`${String(index).padStart(3, '0')} ${await recorded(varied(scenario, index))}`);
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('recorded-plans.txt');
});

/** The plans of a district's story: how many, how much is in them, and a digest of all of it. */
async function recorded(scenario: Scenario): Promise<string> {
  const { world, model, first } = await prepare(engine, scenario);
  const plans: Plan[] = [...first];
  const read = async (shaped: (roster: Roster) => Roster, policy = scenario.policy): Promise<void> => {
    const roster = shaped(readingOf(model, world));
    const imports = importsOf({ ...scenario, policy });
    const ofSchool: Scope = { ...world.scope, schools: [scenario.order % 2 === 0 ? 's1' : 's2'] };
    for (const each of imports) plans.push(await world.plan(roster, each, ofSchool));
    plans.push(...(await world.syncAll(roster, imports, { acknowledge: scenario.order % 2 === 0 })));
    await answer(world, scenario.order);
    world.advance(24);
  };
  evolve(model, { events: scenario.events.slice(0, 4) });
  await read((roster) => roster);
  await editAll(world, scenario.later);
  evolve(model, { events: scenario.events.slice(4) });
  await read((roster) => (scenario.order % 3 === 0 ? truncated(roster, scenario.order) : roster));
  await read((roster) => (scenario.order % 5 === 0 ? withoutSome(roster, scenario.order) : roster));
  plans.push(await world.undo(`run-${String(1 + (scenario.order % (4 * importsOf(scenario).length)))}`));
  await read((roster) => roster, another(scenario.policy));
  const hash = new Sha256();
  for (const plan of plans) hash.update(canonicalJson(plan));
  hash.update(canonicalJson(contents(await world.load())));
  const sum = (of: (plan: Plan) => number): string => String(plans.reduce((total, plan) => total + of(plan), 0));
  const counts = [
    sum(({ changes }) => changes.length),
    sum(({ notes }) => notes.length),
    sum(({ holds }) => holds.length),
  ];
  return `${hash.digest().slice(0, 16)} ${String(plans.length)} plans: ${counts.join(' ')}`;
}

/** People answer every proposal that waits, one way or the other. */
async function answer(world: World, order: number): Promise<void> {
  let { ledger } = await world.load();
  for (const [index, { id, decision }] of (ledger.proposals ?? []).entries()) {
    if (decision !== undefined || (order + index) % 4 === 0) continue;
    const outcome = (order + index) % 4 === 1 ? 'declined' : 'accepted';
    try {
      ledger = engine.decideProposal(ledger, id, { outcome, by: 'admin-1', at: world.now });
    } catch (error) {
      // Another one that was accepted names the same record: a person is told, and leaves it.
      if (!(error instanceof Error) || error.name !== 'PlanError') throw error;
    }
  }
  await world.store.saveLedger(world.scope, ledger);
}

/** A policy that takes more away than the one before (Z10). */
function another(policy: Policy): Policy {
  return { ...policy, fullData: true, archive: true, absentClassMembers: 'remove', deactivateUnrostered: true };
}

/** The settings that the promises leave alone, each in some of the districts. */
function varied(scenario: Scenario, index: number): Scenario {
  const { policy } = scenario;
  const pick = <T>(nth: number, ...values: readonly [T, ...T[]]): T =>
    values[Math.floor(index / 3 ** nth) % values.length] ?? values[0];
  const changed: Policy = {
    ...policy,
    fullDataReach: pick(0, 'synced', 'synced', 'everyone'),
    unarchive: pick(1, policy.unarchive, policy.unarchive, 'always'),
    linkExisting: pick(2, 'off', 'propose', 'email'),
    reassertMembers: pick(3, false, false, true),
    students: { ...policy.students, create: pick(4, true, true, false) },
    staff: { ...policy.staff, create: pick(0, false, true) },
    leadDays: pick(1, 0, 30),
    additiveOnly: pick(5, false, false, true),
    limits: {
      ...policy.limits,
      policyChange: pick(2, false, true),
      ...(index % 7 === 0 ? { notices: 2 } : {}),
    },
  };
  return { ...scenario, policy: changed };
}
