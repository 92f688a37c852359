import { emptyLedger } from '../../../model/index.js';
import type { Ledger } from '../../../model/index.js';
import type { Rules } from '../contract.js';
import { expectSame } from '../expecting.js';
import type { JournalBench } from './bench.js';

/** What the engine must remember between two runs. */
export const remembering: Rules<JournalBench> = {
  'the ledger is empty before anything was saved, and then what was saved last': async ({ store, newScope }) => {
    const scope = await newScope();
    expectSame('the first ledger', await store.ledger(scope), emptyLedger);
    await store.saveLedger(scope, { ...emptyLedger, reported: ['first'] });
    await store.saveLedger(scope, { ...emptyLedger, reported: ['second'] });
    expectSame('what was reported', (await store.ledger(scope)).reported, ['second']);
  },

  'the ledger is what was saved for exactly this scope, whatever the order of its schools': async ({
    store,
    newScope,
  }) => {
    const scope = await newScope();
    const ledger: Ledger = {
      formatVersion: 2,
      holds: [],
      suppressions: [{ kind: 'class-create', subject: 'class:c1', fingerprint: 'f', cause: 'undo' }],
      reported: ['M6 enrollment:2:c1:u1'],
    };
    await store.saveLedger({ ...scope, schools: ['a', 'b'] }, ledger);
    expectSame('the ledger', await store.ledger({ ...scope, schools: ['b', 'a'] }), ledger);
    expectSame('what the ledger of all schools reported', (await store.ledger(scope)).reported, []);
  },

  'the ledger of a scope of many schools is kept, too': async ({ store, newScope }) => {
    const schools = Array.from({ length: 500 }, (_, index) => `${String(index * 7919)}-${'x'.repeat(20)}`);
    const scope = { ...(await newScope()), schools };
    await store.saveLedger(scope, { formatVersion: 1, holds: [], suppressions: [], reported: ['once'] });
    expectSame('what was reported', (await store.ledger(scope)).reported, ['once']);
  },
};
