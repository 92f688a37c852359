import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { PlanError } from '../../src/errors.js';
import { emptyLedger, type Ledger } from '../../src/model/index.js';
import { RosterSync } from '../../src/sync/index.js';
import { roster, scope, sourceOf } from './support.js';

function syncWith(ledger: unknown): { readonly sync: RosterSync; readonly store: MemoryStore } {
  const store = new MemoryStore();
  void store.saveLedger(scope, ledger as Ledger);
  return { sync: new RosterSync({ source: sourceOf(() => roster()), store, scope }), store };
}

describe('what another version of the package wrote', () => {
  it('is understood where it is an older ledger', async () => {
    const { sync } = syncWith({ ...emptyLedger, formatVersion: 1, reported: ['once'] });
    expect((await sync.plan()).counts.byKind['class-create']).toBe(2);
  });

  it('is refused where it is a newer ledger, and nothing is applied or decided', async () => {
    const { sync, store } = syncWith({ ...emptyLedger, formatVersion: 99 });
    await expect(sync.plan()).rejects.toBeInstanceOf(PlanError);
    await expect(sync.holds()).rejects.toThrow('version');
    await expect(sync.approve('G6:classes', { hash: '', by: 'admin' })).rejects.toBeInstanceOf(PlanError);
    expect(await sync.run()).toMatchObject({ outcome: 'failed', applied: 0 });
    expect((await store.load(scope)).classes).toEqual([]);
  });

  it('is refused where it is a newer journal, and nothing is taken back', async () => {
    const { sync, store } = syncWith(emptyLedger);
    const run = await sync.run();
    const entries = await store.journal(scope, run.id);
    store.journal = () => Promise.resolve(entries.map((entry) => ({ ...entry, formatVersion: 99 as 1 })));
    expect(await sync.undo(run.id)).toMatchObject({ outcome: 'failed', applied: 0 });
    expect((await store.load(scope)).classes).toHaveLength(2);
  });
});
