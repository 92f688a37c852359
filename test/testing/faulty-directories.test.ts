import { expect, test } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import type { Change, LocalState, Scope } from '../../src/model/index.js';
import type { Batch, BatchResult } from '../../src/ports/index.js';
import { directoryContract } from '../../src/testing/index.js';

type Fields = Readonly<Record<string, unknown>>;

/** A store that writes other changes than it is given. */
function rewriting(rewrite: (change: Change, state: LocalState) => Change): typeof MemoryStore {
  return class extends MemoryStore {
    override async apply(batch: Batch): Promise<BatchResult> {
      const state = await this.load(batch.scope);
      return super.apply({ ...batch, changes: batch.changes.map((change) => rewrite(change, state)) });
    }
  };
}

/** A store that writes other fields than it is given. */
function rewritingFields(kind: RegExp, rewrite: (fields: Fields) => Fields): typeof MemoryStore {
  return rewriting((change) => {
    if (!kind.test(change.kind) || change.after === null) return change;
    return { ...change, after: rewrite(change.after) };
  });
}

/** A store that gives other records back than it has. */
function misloading(misload: (state: LocalState, scope: Scope) => Partial<LocalState>): typeof MemoryStore {
  return class extends MemoryStore {
    override async load(scope: Scope, options?: { readonly signal?: AbortSignal }): Promise<LocalState> {
      const state = await super.load(scope, options);
      return { ...state, ...misload(state, scope) };
    }
  };
}

/** A store that applies batches in another way; `write` is what a sound one does. */
function applying(apply: (batch: Batch, store: MemoryStore) => Promise<BatchResult>): typeof MemoryStore {
  return class extends MemoryStore {
    readonly #sound = new MemoryStore();
    override load(...args: Parameters<MemoryStore['load']>): Promise<LocalState> {
      return this.#sound.load(...args);
    }
    override apply(batch: Batch): Promise<BatchResult> {
      return apply(batch, this.#sound);
    }
  };
}

const keysOf = ({ changes }: Batch) => [...new Set(changes.map(({ key }) => key))];

const tellsNothingStale = applying(async (batch, store) => {
  await store.apply(batch);
  return { applied: keysOf(batch), stale: [] };
});

const writesEachChangeByItself = applying(async (batch, store) => {
  const results: BatchResult[] = [];
  for (const change of batch.changes) results.push(await store.apply({ ...batch, changes: [change] }));
  return { applied: results.flatMap(({ applied }) => applied), stale: results.flatMap(({ stale }) => stale) };
});

const looksAtNoVersion = rewriting((change, { classes }) => {
  const found = classes.find(({ sourcedId }) => sourcedId === (change.target as Fields)['sourcedId']);
  return found === undefined || change.before === null ? change : { ...change, version: found.version };
});

/** Counts runs that are not known again. */
let unknownRuns = 0;
const asUnknownRun = (batch: Batch): Batch => {
  unknownRuns += 1;
  return { ...batch, runId: `${batch.runId} ${String(unknownRuns)}` };
};

/** Stores as one may write them by mistake, by the rule that each breaks. */
const faultyStores: Readonly<Record<string, typeof MemoryStore>> = {
  'creating: a record gets an id, version 1 and the fields that the change names': misloading(({ classes }) => ({
    classes: classes.map((record) => ({ ...record, version: record.version - 1 })),
  })),
  'creating: a record keeps the id that the change gives, and has the target’s sourcedId where the fields lack one':
    rewritingFields(/-create$/, ({ id: _id, ...fields }) => fields),
  'creating: a change is stale where a record with its sourcedId or its id is there already': tellsNothingStale,
  'creating: two classes of one school may share a name': applying(async (batch, store) => {
    const names = new Set<unknown>();
    const changes = batch.changes.filter(({ kind, after }) => {
      const { name } = (after ?? {}) as Fields;
      const isTwin = kind === 'class-create' && names.has(name);
      names.add(name);
      return !isTwin;
    });
    const { applied, stale } = await store.apply({ ...batch, changes });
    return { applied, stale: [...stale, ...keysOf(batch).filter((key) => !applied.includes(key))] };
  }),
  'creating: an enrollment finds its class and person by their sourcedIds, in the same batch too': misloading(
    ({ enrollments }) => ({ enrollments: enrollments.map(({ userSourcedId: _user, ...record }) => record) }),
  ),
  'creating: an enrollment finds them by the host’s ids, and has no sourcedId of a class without one': misloading(
    ({ enrollments }) => ({ enrollments: enrollments.map((record) => ({ classSourcedId: '', ...record })) }),
  ),
  'creating: an enrollment or guardian link is stale where its people or class are not there, or where it is there already':
    tellsNothingStale,
  'updating: fields that change are written, those that are undefined are removed, and the version goes up by one':
    rewritingFields(/-unarchive$/, (fields) =>
      Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
    ),
  'updating: a field that is null, as a plan has it that was written as JSON, is removed': misloading(
    ({ classes }) => ({ classes: classes.map((record) => ({ subject: null, ...record }) as never) }),
  ),
  'updating: a change is stale where the record has another version, and the others are applied': looksAtNoVersion,
  'updating: a change is stale where the record is gone, or where it names no version': rewriting((change) =>
    change.before === null || change.version !== undefined ? change : { ...change, version: 1 },
  ),
  'updating: a change sees what earlier ones of the same batch did': applying(async (batch, store) => {
    const isUpdate = ({ before }: Change) => before !== null;
    return store.apply({
      ...batch,
      changes: [...batch.changes.filter(isUpdate), ...batch.changes.filter((change) => !isUpdate(change))],
    });
  }),
  'updating: a key that occurs twice in a batch is applied once: the first counts': applying(async (batch, store) =>
    store.apply({ ...batch, changes: [...new Map(batch.changes.map((change) => [change.key, change])).values()] }),
  ),
  'updating: enrollments and guardian links are found by their two sides, and by their ids': rewriting((change) =>
    change.kind === 'enrollment-remove' ? { ...change, target: {} } : change,
  ),
  'rekeying: a record and its members move to the new sourcedId, and the old one is free': rewritingFields(
    /-rekey$/,
    () => ({}),
  ),
  'rekeying: a sourcedId may be handed on within one batch, and the change is stale where it is taken':
    tellsNothingStale,
  'rekeying: a record gets its first sourcedId, and loses it again': rewritingFields(/-rekey$/, (fields) =>
    fields['sourcedId'] === null ? { origin: fields['origin'] } : fields,
  ),
  'deleting: a class goes with what is left of its members, at its version only': looksAtNoVersion,
  'deleting: a person goes with their former ties, and the change is stale while one of them is active':
    tellsNothingStale,
  'deleting: an enrollment, a guardian link and a school go, at their version only': rewriting((change) =>
    change.kind.endsWith('-delete') ? { ...change, version: 1 } : change,
  ),
  'deleting: a purged class stays as a tombstone without members': rewriting((change) =>
    change.kind === 'class-purge' ? { ...change, kind: 'class-update' } : change,
  ),
  'erasingRecords: a person goes with their ties, active ones too, and others stay as they are': misloading(
    ({ users }) => ({
      users: users.map((user) => ({ sharesLoginWith: 'erased-child', ...user })),
    }),
  ),
  'erasingRecords: removed ties go, too, and nobody is no trouble': class extends MemoryStore {
    override async erasePerson(scope: Scope, userId: string): Promise<void> {
      const { users } = await this.load(scope);
      if (users.every(({ id }) => id !== userId)) throw new Error(`There is no user ${userId}.`);
      await super.erasePerson(scope, userId);
    }
  },
  'batches: one without changes is no trouble': applying(async (batch, store) => {
    if (batch.changes.length === 0) throw new Error('There is nothing to insert.');
    return store.apply(batch);
  }),
  'batches: one that comes again reports the same as applied and writes nothing': applying(async (batch, store) =>
    store.apply(asUnknownRun(batch)),
  ),
  'batches: one that comes again, after a later one changed the same record, writes nothing': (() => {
    let latest: string | undefined;
    let known = '';
    return applying(async (batch, store) => {
      if (batch.runId !== latest) known = asUnknownRun(batch).runId;
      latest = batch.runId;
      return store.apply({ ...batch, runId: known });
    });
  })(),
  'batches: the rest of one that was delivered in part is written': applying(async (batch, store) => {
    const known = await store.journal(batch.scope, batch.runId);
    return known.length === 0 ? store.apply(batch) : { applied: keysOf(batch), stale: [] };
  }),
  'batches: the same change of another run is another change': applying(async (batch, store) =>
    store.apply({ ...batch, runId: 'every run' }),
  ),
  'batches: one that fails anywhere on its way leaves nothing, and can be applied then': writesEachChangeByItself,
  'batches: one that many hold at once is written once, and all hear the same': applying(async (batch, store) => {
    const known = await store.journal(batch.scope, batch.runId);
    return store.apply(known.length === 0 ? asUnknownRun(batch) : batch);
  }),
  'batches: a record that many create at once is created by one of them': tellsNothingStale,
  'batches: of many updates of one version at once, one is applied and the others are stale': (() => {
    let writing: Promise<unknown> = Promise.resolve();
    return applying(async (batch, store) => {
      const looked = await store.load(batch.scope);
      const versionOf = ({ classes }: LocalState, { target }: Change) =>
        classes.find(({ sourcedId }) => sourcedId === (target as Fields)['sourcedId'])?.version;
      const write = writing.then(async () => {
        const now = await store.load(batch.scope);
        const changes = batch.changes.map((change) => {
          const version = versionOf(now, change);
          const isAsLooked =
            change.before !== null && version !== undefined && versionOf(looked, change) === change.version;
          return isAsLooked ? { ...change, version } : change;
        });
        return store.apply({ ...batch, changes });
      });
      writing = write.catch(() => undefined);
      return write;
    });
  })(),
  'batches: a reader sees all of one or nothing': writesEachChangeByItself,
  'loading: a tenant of which nothing is kept has no records and an empty ledger': misloading(({ ledger }) => ({
    ledger: { ...ledger, reported: ['from elsewhere'] },
  })),
  'loading: records come by sourcedId as the code units do, those without one first by their ids': misloading(
    ({ classes }) => ({
      classes: classes.toSorted((left, right) => (left.sourcedId ?? '').localeCompare(right.sourcedId ?? '')),
    }),
  ),
  'loading: guardian links come by guardian and then student': misloading(({ guardianLinks }) => ({
    guardianLinks: guardianLinks.toReversed(),
  })),
  'loading: all records of the tenant come, whatever schools the scope names': misloading(({ schools }, scope) => ({
    schools: schools.filter(({ sourcedId }) => scope.schools?.includes(sourcedId ?? '') ?? true),
  })),
  'loading: it stops where the caller’s signal says so, with the signal’s reason': class extends MemoryStore {
    override load(scope: Scope): Promise<LocalState> {
      return super.load(scope);
    }
  },
  'loading: roles and sites are lists': class extends MemoryStore {
    override async roles(): Promise<readonly string[]> {
      return [undefined as unknown as string];
    }
  },
};

test('a store without a fault breaks no rule', async () => {
  expect(await brokenRules(MemoryStore)).toEqual([]);
});

test.each(Object.entries(faultyStores))('there is a fault that breaks %s', async (rule, Store) => {
  expect(await brokenRules(Store)).toContain(rule);
});

test('there is no rule that no fault breaks', () => {
  const rules = directoryContract(() => ({ store: new MemoryStore() })).map(({ name }) => name);
  expect(Object.keys(faultyStores)).toEqual(rules);
});

/** The rules that a store breaks. */
async function brokenRules(Store: typeof MemoryStore): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const { name, run } of directoryContract(() => ({ store: new Store() }))) {
    await run().catch(() => broken.push(name));
  }
  return broken;
}
