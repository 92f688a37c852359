import { expect, test } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import type { Scope } from '../../src/model/index.js';
import type { AuditEntry, Connection } from '../../src/ports/index.js';
import { connectionContract } from '../../src/testing/index.js';

interface FaultyStore {
  readonly fault: string;
  readonly rule: string;
  readonly Store: typeof MemoryStore;
}

/** Lets others in between. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Stores as one may write them by mistake, each with a rule of the contract that it breaks. */
const faultyStores: readonly FaultyStore[] = [
  {
    fault: 'has a connection that nobody made',
    rule: 'connections: nothing is there at first',
    Store: class extends MemoryStore {
      override async connections(scope: Scope): Promise<readonly Connection[]> {
        const own = await super.connections(scope);
        return own.length > 0 ? own : await super.connections({ tenant: '' }).then(() => [{} as Connection]);
      }
    },
  },
  {
    fault: 'sorts by id',
    rule: 'connections: a connection comes back with all that it has, in the order of making',
    Store: class extends MemoryStore {
      override async connections(scope: Scope): Promise<readonly Connection[]> {
        return [...(await super.connections(scope))].sort((left, right) => (left.id < right.id ? -1 : 1));
      }
    },
  },
  {
    fault: 'looks at no version',
    rule: 'connections: a version takes the place of the one before it, and of no other',
    Store: class extends MemoryStore {
      override async saveConnection(scope: Scope, connection: Connection, decision?: AuditEntry): Promise<boolean> {
        for (let version = 1; version <= connection.version; version += 1) {
          await super.saveConnection(scope, { ...connection, version }, decision);
        }
        return true;
      }
    },
  },
  {
    fault: 'is false where the write had been made',
    rule: 'connections: the same write again is true again',
    Store: class extends MemoryStore {
      override async saveConnection(scope: Scope, connection: Connection, decision?: AuditEntry): Promise<boolean> {
        const kept = (await this.connections(scope)).find(({ id }) => id === connection.id);
        if ((kept?.version ?? 0) !== connection.version - 1) return false;
        return super.saveConnection(scope, connection, decision);
      }
    },
  },
  {
    fault: 'looks first at the version, and writes then',
    rule: 'connections: of many that write the same version at once, one does',
    Store: class extends MemoryStore {
      override async saveConnection(scope: Scope, connection: Connection, decision?: AuditEntry): Promise<boolean> {
        const kept = (await this.connections(scope)).find(({ id }) => id === connection.id);
        await pause();
        await super.saveConnection(scope, connection, decision);
        return (kept?.version ?? 0) === connection.version - 1;
      }
    },
  },
  {
    fault: 'keeps a decision whatever becomes of its connection',
    rule: 'connections: a decision is kept with its connection, or not at all',
    Store: class extends MemoryStore {
      override async saveConnection(scope: Scope, connection: Connection, decision?: AuditEntry): Promise<boolean> {
        if (decision !== undefined) await this.saveAudit(scope, decision);
        return super.saveConnection(scope, connection);
      }
    },
  },
  {
    fault: 'keeps them for each set of schools',
    rule: 'their tenants: they are the tenant’s, whichever its schools',
    Store: class extends MemoryStore {
      override async connections({ tenant, schools }: Scope): Promise<readonly Connection[]> {
        return super.connections({ tenant: tenant + (schools ?? []).join() });
      }
      override async saveConnection({ tenant, schools }: Scope, connection: Connection, decision?: AuditEntry) {
        return super.saveConnection({ tenant: tenant + (schools ?? []).join() }, connection, decision);
      }
    },
  },
  {
    fault: 'knows a connection by its id alone',
    rule: 'their tenants: two tenants with the same ids never meet',
    Store: class extends MemoryStore {
      readonly #owners = new Map<string, Scope>();
      override async saveConnection(scope: Scope, connection: Connection, decision?: AuditEntry): Promise<boolean> {
        const owner = this.#owners.get(connection.id) ?? scope;
        this.#owners.set(connection.id, owner);
        return super.saveConnection(owner, connection, decision);
      }
    },
  },
];

test('a store without a fault breaks no rule', async () => {
  expect(await brokenRules(MemoryStore)).toEqual([]);
});

test.each(faultyStores)('a store that $fault breaks the contract', async ({ rule, Store }) => {
  expect(await brokenRules(Store)).toContain(rule);
});

test('there is a fault for every rule', () => {
  const rules = connectionContract(() => ({ store: new MemoryStore() })).map(({ name }) => name);
  expect(faultyStores.map(({ rule }) => rule).sort()).toEqual([...rules].sort());
});

/** The rules that a store breaks. */
async function brokenRules(Store: typeof MemoryStore): Promise<readonly string[]> {
  const store = new Store();
  const broken: string[] = [];
  for (const { name, run } of connectionContract(() => ({ store }))) await run().catch(() => broken.push(name));
  return broken;
}
