/** Rows that are decided where plans are made and applied, and told by the run: its events, failures and errors. */

import { MemoryStore } from '../../../src/adapters/memory/index.js';
import { CleverClient, cleverSource } from '../../../src/clever/index.js';
import { RosterError } from '../../../src/errors.js';
import type { Batch } from '../../../src/ports/index.js';
import { oneRosterCsvSource } from '../../../src/oneroster/index.js';
import { Directory } from '../../../src/people/index.js';
import { RosterSync } from '../../../src/sync/index.js';
import { evolve, FixedClock, generateDistrict, simulateClever } from '../../../src/testing/index.js';
import { folderOf } from '../../oneroster/support/bundle.js';
import { csvDistrict } from '../../oneroster/support/district.js';
import { scope, World } from '../../sync/support.js';
import { wordsOf, wordsOfChanges, type RowCase, type Words } from './row-case.js';

/** How a sync read the district the second time, some hours after the first. */
async function secondRead(incremental: boolean, hours: number): Promise<Words> {
  const clock = new FixedClock('2026-09-01T12:00:00.000Z');
  const district = generateDistrict({ seed: 1, schools: 1, students: 20 });
  const clever = await simulateClever(district, { token: 'token-1' });
  try {
    const client = new CleverClient({
      token: () => clever.token,
      baseUrl: clever.url,
      allowInsecureHosts: [clever.host],
    });
    const source = cleverSource(client, { clock, settleMs: 0 });
    const sync = new RosterSync({ source, store: new MemoryStore({ clock }), scope, clock, incremental });
    await sync.run();
    const words = new Set<string>();
    sync.on('roster-read', ({ kind, reason }) => {
      words.add(kind).add(reason ?? '');
    });
    clock.advance(hours * 3_600_000);
    clever.setDistrict(evolve(district, { seed: 2, arrivals: 1 }));
    await sync.run();
    return words;
  } finally {
    await clever.close();
  }
}

/** A store in memory that shows what is written. */
class ShowingStore extends MemoryStore {
  readonly batches: Batch[] = [];

  override async apply(batch: Batch): ReturnType<MemoryStore['apply']> {
    this.batches.push(batch);
    return super.apply(batch);
  }
}

/** The cases of the rows that runs tell, and the project's own of undo and acts by hand. */
export const runs: readonly RowCase[] = [
  { id: 'Z7', word: 'changes', fact: 'the sync asks what changed', told: (isHit) => secondRead(isHit, 1) },
  {
    id: 'Z8',
    word: 'CURSOR_EXPIRED',
    fact: 'the cursor is older than the provider keeps events',
    told: (isHit) => secondRead(true, isHit ? 31 * 24 : 1),
  },
  {
    id: 'Z11',
    word: 'LockHeldError',
    fact: 'another run holds the scope still',
    told: async (isHit) => {
      const world = new World();
      const lease = await world.store.lease(scope, { holder: 'another', ttlMs: 60_000 });
      if (!isHit) await lease.release();
      const thrown: unknown = await world.sync.run().then(
        () => undefined,
        (error: unknown) => error,
      );
      return new Set(RosterError.isInstance(thrown) ? [thrown.name] : []);
    },
  },
  {
    id: 'Z12',
    word: 'stale',
    fact: 'the host changed since the plan was made',
    told: async (isHit) => {
      const world = new World();
      const plan = await world.sync.plan();
      if (isHit) await world.another().run();
      const { failures } = await world.sync.apply(plan);
      return new Set(failures.map(({ code }) => code));
    },
  },
  {
    id: 'Z13',
    word: 'absent',
    fact: 'the manifest says that the file is absent',
    told: async (isHit) => {
      const manifest = csvDistrict['manifest.csv'] ?? '';
      const word = isHit ? 'file.courses,absent' : 'file.courses,bulk';
      const files = { ...csvDistrict, 'manifest.csv': manifest.replace('file.courses,bulk', word) };
      const { attestation } = await oneRosterCsvSource(await folderOf(files)).read(scope);
      return new Set(Object.values(attestation.collections).map(({ ended }) => ended ?? ''));
    },
  },
  {
    id: 'UNDO',
    fact: 'the import was undone',
    told: async (isHit) => {
      const world = new World();
      const { id } = await world.sync.run();
      if (isHit) await world.sync.undo(id);
      return wordsOf(await world.sync.plan());
    },
  },
  {
    id: 'HAND',
    fact: 'a person did it',
    told: async (isHit) => {
      const store = new ShowingStore();
      const world = new World(undefined, {}, store);
      await world.sync.run();
      store.batches.length = 0;
      if (isHit) await new Directory({ store, scope }).renameClass({ sourcedId: 'c1' }, 'Ours', { by: 'teacher-1' });
      else world.feed = { ...world.feed, classes: world.feed.classes.map((each) => ({ ...each, name: 'Ours' })) };
      await world.sync.run();
      return new Set(wordsOfChanges(store.batches.flatMap(({ changes }) => changes)));
    },
  },
];
