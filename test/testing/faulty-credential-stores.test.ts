import { expect, test } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import type { Scope } from '../../src/model/index.js';
import { credentialContract } from '../../src/testing/index.js';

interface FaultyStore {
  readonly fault: string;
  readonly rule: string;
  readonly Store: typeof MemoryStore;
}

type Replacing = { readonly replaces?: string | undefined };

/** Lets others in between. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Stores as one may write them by mistake, each with a rule of the contract that it breaks. */
const faultyStores: readonly FaultyStore[] = [
  {
    fault: 'gives an empty text where nothing is kept',
    rule: 'credentials: nothing is there at first',
    Store: class extends MemoryStore {
      override async credentials(scope: Scope, name: string): Promise<string | undefined> {
        return (await super.credentials(scope, name)) ?? '';
      }
    },
  },
  {
    fault: 'trims what it keeps',
    rule: 'credentials: a text is kept exactly as it was written, and is replaced by the next',
    Store: class extends MemoryStore {
      override async saveCredentials(scope: Scope, name: string, sealed: string, options?: Replacing) {
        return super.saveCredentials(scope, name, sealed.trim(), options);
      }
    },
  },
  {
    fault: 'takes names for one that differ by case',
    rule: 'credentials: names differ by every character, and come in their order',
    Store: class extends MemoryStore {
      override async saveCredentials(scope: Scope, name: string, sealed: string, options?: Replacing) {
        return super.saveCredentials(scope, name.toLowerCase(), sealed, options);
      }
      override async credentials(scope: Scope, name: string): Promise<string | undefined> {
        return super.credentials(scope, name.toLowerCase());
      }
    },
  },
  {
    fault: 'forgets everything at once',
    rule: 'credentials: what is forgotten is gone, and nothing else is',
    Store: class extends MemoryStore {
      override async deleteCredentials(scope: Scope): Promise<void> {
        for (const name of await this.credentialNames(scope)) await super.deleteCredentials(scope, name);
      }
    },
  },
  {
    fault: 'does not look at what a text replaces',
    rule: 'credentials: a text replaces exactly the one that it names',
    Store: class extends MemoryStore {
      override async saveCredentials(scope: Scope, name: string, sealed: string) {
        return super.saveCredentials(scope, name, sealed);
      }
    },
  },
  {
    fault: 'looks first at what a text replaces, and writes then',
    rule: 'credentials: of many that replace the same at once, one does',
    Store: class extends MemoryStore {
      override async saveCredentials(scope: Scope, name: string, sealed: string, { replaces }: Replacing = {}) {
        if (replaces !== undefined && (await this.credentials(scope, name)) !== replaces) return false;
        await pause();
        return super.saveCredentials(scope, name, sealed);
      }
    },
  },
  {
    fault: 'keeps all of a tenant in one document, which it reads and writes',
    rule: 'credentials: many that write at once all do',
    Store: class extends MemoryStore {
      readonly #documents = new Map<string, Readonly<Record<string, string>>>();
      override async saveCredentials(scope: Scope, name: string, sealed: string) {
        const document = this.#documents.get(scope.tenant);
        await pause();
        this.#documents.set(scope.tenant, { ...document, [name]: sealed });
        return true;
      }
      override async credentialNames(scope: Scope): Promise<readonly string[]> {
        return Object.keys(this.#documents.get(scope.tenant) ?? {}).sort();
      }
      override async credentials(scope: Scope, name: string): Promise<string | undefined> {
        return this.#documents.get(scope.tenant)?.[name];
      }
    },
  },
  {
    fault: 'keeps them for each set of schools',
    rule: 'their tenants: they are the tenant’s, whichever its schools',
    Store: class extends MemoryStore {
      override async credentials({ tenant, schools }: Scope, name: string): Promise<string | undefined> {
        return super.credentials({ tenant: tenant + (schools ?? []).join() }, name);
      }
      override async saveCredentials({ tenant, schools }: Scope, name: string, sealed: string, options?: Replacing) {
        return super.saveCredentials({ tenant: tenant + (schools ?? []).join() }, name, sealed, options);
      }
    },
  },
  {
    fault: 'forgets a name for every tenant',
    rule: 'their tenants: two tenants with the same names never meet',
    Store: class extends MemoryStore {
      readonly #scopes: Scope[] = [];
      override async saveCredentials(scope: Scope, name: string, sealed: string, options?: Replacing) {
        this.#scopes.push(scope);
        return super.saveCredentials(scope, name, sealed, options);
      }
      override async deleteCredentials(_scope: Scope, name: string): Promise<void> {
        for (const scope of this.#scopes) await super.deleteCredentials(scope, name);
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
  const rules = credentialContract(() => ({ store: new MemoryStore() })).map(({ name }) => name);
  expect(faultyStores.map(({ rule }) => rule).sort()).toEqual([...rules].sort());
});

/** The rules that a store breaks. */
async function brokenRules(Store: typeof MemoryStore): Promise<readonly string[]> {
  const store = new Store();
  const broken: string[] = [];
  for (const { name, run } of credentialContract(() => ({ store }))) await run().catch(() => broken.push(name));
  return broken;
}
