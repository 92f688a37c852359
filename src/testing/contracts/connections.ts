import type { Scope } from '../../model/index.js';
import type { AuditEntry, AuditStore, Connection, ConnectionStore } from '../../ports/index.js';
import { contractOf } from './contract.js';
import type { ContractCase, Rules } from './contract.js';
import { expectSame } from './expecting.js';
import { withTenants } from './store/bench.js';
import type { TenantBench, TenantOptions } from './store/bench.js';
import type { SubjectOf } from './store/contracts.js';

/** A store that keeps connections, as its contract meets it. */
export interface ConnectionSubject extends TenantOptions {
  readonly store: ConnectionStore & Pick<AuditStore, 'audit'>;
}

interface ConnectionBench extends ConnectionSubject, TenantBench {}

/** How many try at once what one of them alone may do. */
const AT_ONCE = 8;

function connection(id: string, version = 1, fields: Partial<Connection> = {}): Connection {
  return {
    id,
    version,
    provider: 'clever',
    state: 'draft',
    createdAt: '2026-09-01T06:00:00.000Z',
    policy: { limits: { floor: 0 }, classes: { include: { names: 'Ä*\u2028' } } },
    ...fields,
  };
}

function decision(id: string): AuditEntry {
  return { id, at: '2026-09-01T06:00:00.000Z', by: 'admin-1', action: 'connection-create', subject: id };
}

async function decisionsOf({ store }: ConnectionBench, scope: Scope): Promise<readonly string[]> {
  return (await store.audit(scope)).map(({ id }) => id).sort();
}

const keeping: Rules<ConnectionBench> = {
  'nothing is there at first': async ({ store, newScope }) => {
    expectSame('the connections', await store.connections(await newScope()), []);
  },

  'a connection comes back with all that it has, in the order of making': async ({ store, newScope }) => {
    const scope = await newScope();
    const full = connection('b', 1, {
      label: 'North 😀',
      schools: ['s1', 's2'],
      sharesSchools: true,
      steps: ['classes'],
      schedule: { at: '02:30', timeZone: 'America/New_York', pauses: [{ from: '06-15', to: '08-10' }] },
      taken: { at: '2026-09-02T06:30:00.000Z', by: 'one', until: '2026-09-02T06:40:00.000Z', attempts: 1 },
    });
    expectSame('whether it was kept', await store.saveConnection(scope, full), true);
    await store.saveConnection(scope, connection('a'));
    expectSame('the connections', await store.connections(scope), [full, connection('a')]);
    await store.saveConnection(scope, connection('b', 2));
    expectSame('the connections afterwards', await store.connections(scope), [connection('b', 2), connection('a')]);
  },

  'a version takes the place of the one before it, and of no other': async ({ store, newScope }) => {
    const scope = await newScope();
    const save = (version: number, label: string) => store.saveConnection(scope, connection('a', version, { label }));
    expectSame('whether a second version was kept where there is no first', await save(2, 'second'), false);
    expectSame('the connections without a first', await store.connections(scope), []);
    expectSame('whether the first was kept', await save(1, 'first'), true);
    expectSame('whether another first was kept', await save(1, 'other'), false);
    expectSame('whether a third was kept', await save(3, 'third'), false);
    expectSame('whether the second was kept', await save(2, 'second'), true);
    expectSame('whether another second was kept', await save(2, 'other'), false);
    expectSame('the connections', await store.connections(scope), [connection('a', 2, { label: 'second' })]);
  },

  'the same write again is true again': async ({ store, newScope }) => {
    const scope = await newScope();
    for (const each of [connection('a'), connection('a', 2, { label: 'second' })]) {
      expectSame('whether it was kept', await store.saveConnection(scope, each), true);
      expectSame('whether it was kept again', await store.saveConnection(scope, { ...each }), true);
    }
  },

  'of many that write the same version at once, one does': async ({ store, newScope }) => {
    const scope = await newScope();
    for (const version of [1, 2]) {
      const each = Array.from({ length: AT_ONCE }, (_, index) => connection('a', version, { label: String(index) }));
      const kept = await Promise.all(each.map((one) => store.saveConnection(scope, one)));
      expectSame('how many were kept', kept.filter(Boolean).length, 1);
      expectSame('the connections', await store.connections(scope), [each[kept.indexOf(true)]]);
    }
  },

  'a decision is kept with its connection, or not at all': async (bench) => {
    const { store, newScope } = bench;
    const scope = await newScope();
    await store.saveConnection(scope, connection('a'), decision('first'));
    await store.saveConnection(scope, connection('a', 3), decision('refused'));
    await store.saveConnection(scope, connection('a', 2), decision('second'));
    expectSame('the decisions', await decisionsOf(bench, scope), ['first', 'second']);
  },
};

const isolation: Rules<ConnectionBench> = {
  'they are the tenant’s, whichever its schools': async ({ store, newScope }) => {
    const scope = await newScope();
    await store.saveConnection({ ...scope, schools: ['s1'] }, connection('a'));
    expectSame('the connections', await store.connections({ ...scope, schools: ['s2'] }), [connection('a')]);
  },

  'two tenants with the same ids never meet': async (bench) => {
    const { store, newScope } = bench;
    const [one, other] = [await newScope(), await newScope()];
    await store.saveConnection(one, connection('a', 1, { label: 'one' }), decision('of one'));
    expectSame('whether the other was kept', await store.saveConnection(other, connection('a')), true);
    await store.saveConnection(one, connection('a', 2, { label: 'one' }), decision('of one, too'));
    expectSame('the connections of the other', await store.connections(other), [connection('a')]);
    expectSame('the decisions of the other', await decisionsOf(bench, other), []);
  },
};

/**
 * What a store must do that keeps connections, as cases for any test runner.
 *
 * @example
 * ```ts
 * import { MemoryStore } from 'rosterkit/memory';
 * import { connectionContract } from 'rosterkit/testing';
 *
 * const store = new MemoryStore();
 * for (const { name, run } of connectionContract(() => ({ store }))) {
 *   await run().catch((error: unknown) => console.error(name, error));
 * }
 * ```
 */
export function connectionContract(subject: SubjectOf<ConnectionSubject>): readonly ContractCase[] {
  return contractOf<ConnectionBench>({ connections: keeping, 'their tenants': isolation }, async () =>
    withTenants(await subject()),
  );
}
