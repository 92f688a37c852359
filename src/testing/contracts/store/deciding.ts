import type { AuditEntry, AuditOptions } from '../../../ports/index.js';
import type { Scope } from '../../../model/index.js';
import type { Rules } from '../contract.js';
import { expectSame } from '../expecting.js';
import type { JournalBench } from './bench.js';

const MONDAY = '2026-08-31T06:00:00.000Z';
const TUESDAY = '2026-09-01T06:00:00.000Z';
const WEDNESDAY = '2026-09-02T06:00:00.000Z';

/** Somebody's decision of that day. */
export function decisionOf(id: string, at: string, rest: Partial<AuditEntry> = {}): AuditEntry {
  return { id, at, by: 'an administrator', action: 'hold-approve', ...rest };
}

/** Decisions of three days, two of them of one moment, in another order than they were made in. */
const decisions = [
  decisionOf('d2', TUESDAY, {
    subject: 'G6:users',
    runId: 'run-1',
    details: { changes: 2, isForced: true, gate: 'G6' },
  }),
  decisionOf('d3', WEDNESDAY),
  decisionOf('d4', WEDNESDAY),
  decisionOf('d1', MONDAY),
];

/** How decisions are kept. */
export const deciding: Rules<JournalBench> = {
  'they come back as they were saved, the newest first, of one moment the one written last': async (bench) => {
    const scope = await decided(bench);
    const [second, third, fourth, first] = decisions;
    expectSame('the decisions', await bench.store.audit(scope), [fourth, third, second, first]);
  },

  'no more come than are asked for, and those before an instant alone': async (bench) => {
    const scope = await decided(bench);
    const idsOf = async (options: AuditOptions) => (await bench.store.audit(scope, options)).map(({ id }) => id);
    expectSame('the newest', await idsOf({ limit: 1 }), ['d4']);
    expectSame('those before Wednesday', await idsOf({ before: WEDNESDAY }), ['d2', 'd1']);
    expectSame('the newest before Wednesday', await idsOf({ before: WEDNESDAY, limit: 1 }), ['d2']);
    expectSame('those before all', await idsOf({ before: MONDAY }), []);
  },

  'one is written once: a later one of its id changes nothing': async (bench) => {
    const { store } = bench;
    const scope = await decided(bench);
    const before = await store.audit(scope);
    await store.saveAudit(scope, decisionOf('d1', WEDNESDAY, { by: 'somebody else' }));
    expectSame('the decisions', await store.audit(scope), before);
  },

  'they are their tenant’s, whatever schools the scope names': async (bench) => {
    const { store, newScope } = bench;
    const [scope, elsewhere] = [await decided(bench), await newScope()];
    expectSame('those of another tenant', await store.audit(elsewhere), []);
    const own = decisionOf('d1', TUESDAY, { by: 'somebody else' });
    await store.saveAudit(elsewhere, own);
    expectSame('those of another tenant then', await store.audit(elsewhere), [own]);
    expectSame('how many one school has', (await store.audit({ ...scope, schools: ['s1'] })).length, 4);
  },
};

async function decided({ store, newScope }: JournalBench): Promise<Scope> {
  const scope = await newScope();
  for (const decision of decisions) await store.saveAudit(scope, decision);
  return scope;
}
