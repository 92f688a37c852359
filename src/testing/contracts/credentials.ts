import type { Scope } from '../../model/index.js';
import type { CredentialStore } from '../../ports/index.js';
import { contractOf } from './contract.js';
import type { ContractCase, Rules } from './contract.js';
import { expectSame } from './expecting.js';
import { withTenants } from './store/bench.js';
import type { TenantBench, TenantOptions } from './store/bench.js';
import type { SubjectOf } from './store/contracts.js';

/** A store that keeps sealed credentials, as its contract meets it. */
export interface CredentialSubject extends TenantOptions {
  readonly store: CredentialStore;
}

interface CredentialBench extends CredentialSubject, TenantBench {}

/** Everything that is kept of a tenant. */
async function allOf({ store }: CredentialBench, scope: Scope): Promise<readonly (readonly [string, unknown])[]> {
  const names = await store.credentialNames(scope);
  return Promise.all(names.map(async (name) => [name, await store.credentials(scope, name)] as const));
}

/** How often several try at once what one of them alone may do. */
const AT_ONCE = 8;

const keeping: Rules<CredentialBench> = {
  'nothing is there at first': async (bench) => {
    const scope = await bench.newScope();
    expectSame('the names', await bench.store.credentialNames(scope), []);
    expectSame('what is kept', await bench.store.credentials(scope, 'clever'), undefined);
  },

  'a text is kept exactly as it was written, and is replaced by the next': async ({ store, newScope }) => {
    const scope = await newScope();
    for (const sealed of ['', ' a.B-c_d= ', 'é😀\u2028', 'x'.repeat(100_000), 'the last']) {
      expectSame('whether it was written', await store.saveCredentials(scope, 'clever', sealed), true);
      expectSame('what is kept', await store.credentials(scope, 'clever'), sealed);
    }
    expectSame('the names', await store.credentialNames(scope), ['clever']);
  },

  'names differ by every character, and come in their order': async (bench) => {
    const { store, newScope } = bench;
    const scope = await newScope();
    const names = ['clever', 'Clever', ' clever', 'clever ', 'e\u0301', 'é', '\uffee', '😀', 'class/link 2'];
    for (const name of names) await store.saveCredentials(scope, name, `sealed ${name}`);
    const sorted = [...names].sort((left, right) => (left < right ? -1 : 1));
    expectSame(
      'what is kept',
      await allOf(bench, scope),
      sorted.map((name) => [name, `sealed ${name}`]),
    );
  },

  'what is forgotten is gone, and nothing else is': async (bench) => {
    const { store, newScope } = bench;
    const scope = await newScope();
    await store.saveCredentials(scope, 'one', '1');
    await store.saveCredentials(scope, 'two', '2');
    await store.deleteCredentials(scope, 'one');
    await store.deleteCredentials(scope, 'one');
    await store.deleteCredentials(scope, 'three');
    expectSame('what is kept', await allOf(bench, scope), [['two', '2']]);
  },

  'a text replaces exactly the one that it names': async (bench) => {
    const { store, newScope } = bench;
    const scope = await newScope();
    const replace = (replaces: string, sealed: string) => store.saveCredentials(scope, 'one', sealed, { replaces });
    expectSame('whether it was written where nothing was', await replace('1', '2'), false);
    expectSame('what is kept where nothing was', await allOf(bench, scope), []);
    await store.saveCredentials(scope, 'one', '1');
    await store.saveCredentials(scope, 'two', '1');
    expectSame('whether it was written in place of another', await replace('0', '2'), false);
    expectSame('whether it was written', await replace('1', '2'), true);
    expectSame('whether it was written again', await replace('1', '3'), false);
    await store.deleteCredentials(scope, 'two');
    await store.saveCredentials(scope, 'one', '');
    expectSame('whether it was written in place of an empty one', await replace('', '4'), true);
    expectSame('what is kept', await allOf(bench, scope), [['one', '4']]);
  },

  'of many that replace the same at once, one does': async ({ store, newScope }) => {
    const scope = await newScope();
    await store.saveCredentials(scope, 'one', 'before');
    const texts = Array.from({ length: AT_ONCE }, (_, index) => `text ${String(index)}`);
    const written = await Promise.all(
      texts.map((sealed) => store.saveCredentials(scope, 'one', sealed, { replaces: 'before' })),
    );
    expectSame('how many were written', written.filter(Boolean).length, 1);
    expectSame('what is kept', await store.credentials(scope, 'one'), texts[written.indexOf(true)]);
  },

  'many that write at once all do': async (bench) => {
    const { store, newScope } = bench;
    const scope = await newScope();
    const names = Array.from({ length: AT_ONCE }, (_, index) => `name ${String(index)}`);
    await Promise.all([...names, ...names].map((name) => store.saveCredentials(scope, name, name)));
    expectSame(
      'what is kept',
      await allOf(bench, scope),
      names.map((name) => [name, name]),
    );
  },
};

const isolation: Rules<CredentialBench> = {
  'they are the tenant’s, whichever its schools': async ({ store, newScope }) => {
    const scope = await newScope();
    await store.saveCredentials({ ...scope, schools: ['s1'] }, 'one', '1');
    expectSame('what is kept', await store.credentials(scope, 'one'), '1');
    expectSame('the names for another school', await store.credentialNames({ ...scope, schools: ['s2'] }), ['one']);
  },

  'two tenants with the same names never meet': async (bench) => {
    const { store, newScope } = bench;
    const [one, other] = [await newScope(), await newScope()];
    for (const name of ['same', 'gone']) {
      await store.saveCredentials(one, name, 'the same text');
      await store.saveCredentials(other, name, 'the same text');
    }
    const before = await allOf(bench, other);
    await store.saveCredentials(one, 'same', 'replaced', { replaces: 'the same text' });
    await store.saveCredentials(one, 'same', 'written');
    await store.saveCredentials(one, 'own', 'written');
    await store.deleteCredentials(one, 'gone');
    expectSame('what is kept of the other tenant', await allOf(bench, other), before);
    await store.saveCredentials(other, 'own', 'its own');
    expectSame('what is kept of the first', await allOf(bench, one), [
      ['own', 'written'],
      ['same', 'written'],
    ]);
    const empty = await newScope();
    expectSame(
      'what is kept of a third',
      [await allOf(bench, empty), await store.credentials(empty, 'own')],
      [[], undefined],
    );
  },
};

/**
 * What a store must do that keeps sealed credentials, as cases for any test runner.
 *
 * @example
 * ```ts
 * import { MemoryStore } from 'rosterkit/memory';
 * import { credentialContract } from 'rosterkit/testing';
 *
 * const store = new MemoryStore();
 * for (const { name, run } of credentialContract(() => ({ store }))) {
 *   await run().catch((error: unknown) => console.error(name, error));
 * }
 * ```
 */
export function credentialContract(subject: SubjectOf<CredentialSubject>): readonly ContractCase[] {
  return contractOf<CredentialBench>({ credentials: keeping, 'their tenants': isolation }, async () =>
    withTenants(await subject()),
  );
}
