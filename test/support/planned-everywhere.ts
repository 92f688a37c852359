/**
 * Plans of made-up districts over some years, as one text: where it is the same, the engine answers the same.
 * Uses nothing but the language, so that it runs in a browser page as it does in Node.
 */

import { MemoryStore } from '../../src/adapters/memory/index.js';
import { reconcile } from '../../src/engine/index.js';
import { defaultPolicy, type Policy } from '../../src/model/index.js';
import { generateDistrict } from '../../src/testing/generate.js';
import { evolve } from '../../src/testing/evolve.js';
import { districtRoster } from '../../src/testing/roster.js';
import { rollover } from '../../src/testing/rollover.js';

const scope = { tenant: 'district-1' };

const POLICIES: readonly Policy[] = [
  { ...defaultPolicy, steps: ['classes', 'teachers', 'students', 'guardians'] },
  {
    ...defaultPolicy,
    steps: ['classes', 'teachers', 'students', 'guardians'],
    fullData: true,
    archive: true,
    deactivateUnrostered: true,
    contactUpdates: 'all',
    timeZone: 'America/New_York',
    classes: { ...defaultPolicy.classes, duplicateNames: 'disambiguate' },
  },
];

/** Every plan as JSON, one a line. */
export async function plannedEverywhere(): Promise<string> {
  const plans: string[] = [];
  for (let seed = 1; seed <= 6; seed += 1) {
    for (const [index, policy] of POLICIES.entries()) {
      const store = new MemoryStore({ clock: { now: () => new Date('2026-09-01T00:00:00.000Z') } });
      let district = generateDistrict({ seed, schools: 2, students: 150, clashingNames: 0.2, name: 'Größe Éire 日本' });
      for (let year = 0; year < 3; year += 1) {
        const roster = { ...districtRoster(district, { scope }), readId: `read-${String(year)}` };
        const now = `202${String(6 + year)}-09-02T03:00:00.000Z`;
        const plan = reconcile({ roster, local: await store.load(scope), policy, now });
        plans.push(JSON.stringify(plan));
        const changes = plan.changes.filter(({ heldBy }) => heldBy.length === 0);
        await store.apply({ scope, runId: `run-${String(seed)}-${String(index)}-${String(year)}`, at: now, changes });
        await store.saveLedger(scope, plan.ledger);
        const options = { seed: seed + year, moves: 3, arrivals: 2, withdrawals: 2, classRenames: 1, classesVanish: 1 };
        district = year === 1 ? rollover(district) : evolve(district, { ...options, contactChanges: 3 });
      }
    }
  }
  return plans.join('\n');
}
