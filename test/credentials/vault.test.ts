import { inspect } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { PostgresStore } from '../../src/adapters/postgres/index.js';
import { credentialSealer, CredentialVault } from '../../src/credentials/index.js';
import type { SealingKey } from '../../src/credentials/index.js';
import { ConfigurationError, StoreError } from '../../src/errors.js';
import type { CredentialStore } from '../../src/ports/index.js';

const newKey = (id: string): SealingKey => ({ id, key: crypto.getRandomValues(new Uint8Array(32)) });
const [oldest, older, newest] = [newKey('oldest'), newKey('older'), newKey('newest')] as const;

let tenants = 0;
const newScope = () => {
  tenants += 1;
  return { tenant: `tenant-${String(tenants)}` };
};

const database = await PGlite.create();
const tables = new PostgresStore({ pool: database });

beforeAll(async () => {
  await tables.migrate();
}, 60_000);

afterAll(async () => {
  await database.close();
});

/** The store, of which a call breaks when so many were carried out. */
function breakingAfter(store: CredentialStore, calls: number): CredentialStore {
  let left = calls;
  const broken =
    <A extends unknown[], T>(call: (...given: A) => Promise<T>) =>
    async (...given: A): Promise<T> => {
      if (left === 0) throw new StoreError('the store is gone', { operation: 'test' });
      left -= 1;
      return call(...given);
    };
  return {
    credentials: broken(store.credentials.bind(store)),
    credentialNames: broken(store.credentialNames.bind(store)),
    saveCredentials: broken(store.saveCredentials.bind(store)),
    deleteCredentials: broken(store.deleteCredentials.bind(store)),
  };
}

describe.each<[string, CredentialStore]>([
  ['memory', new MemoryStore()],
  ['PostgreSQL', tables],
])('a vault over %s', (_, store) => {
  const vaultOf = (scope: { readonly tenant: string }, ...keys: readonly SealingKey[]) =>
    new CredentialVault({ store, scope, sealer: credentialSealer({ keys }) });

  test('keeps credentials sealed, and gives them back', async () => {
    const scope = newScope();
    const vault = vaultOf(scope, newest);
    const credentials = { clientId: 'id', secretKey: 'hush', hosts: ['a', 'b'], of: { n: 1, yes: true, none: null } };
    expect(await vault.open('classlink')).toBeUndefined();
    await vault.save('classlink', credentials);
    await vault.save('clever', { token: 'hush' });
    await vault.save('clever', { token: 'hush again' });
    expect(await vault.open('classlink')).toEqual(credentials);
    expect(await vault.open('clever')).toEqual({ token: 'hush again' });
    expect(await vault.names()).toEqual(['classlink', 'clever']);
    expect(await store.credentials(scope, 'clever')).toMatch(/^rosterkit-sealed-1\.newest\./);
    await vault.forget('clever');
    expect([await vault.open('clever'), await vault.names()]).toEqual([undefined, ['classlink']]);
  });

  test('opens nothing that was moved to another tenant, or to another name', async () => {
    const [one, other] = [newScope(), newScope()];
    await vaultOf(one, newest).save('clever', { token: 'hush' });
    const sealed = (await store.credentials(one, 'clever')) ?? '';
    await store.saveCredentials(other, 'clever', sealed);
    await store.saveCredentials(one, 'classlink', sealed);
    await expect(vaultOf(other, newest).open('clever')).rejects.toThrow(StoreError);
    await expect(vaultOf(one, newest).open('classlink')).rejects.toThrow(StoreError);
    expect(await vaultOf(one, newest).open('clever')).toEqual({ token: 'hush' });
  });

  test('shows nothing of what was sealed as something else', async () => {
    const scope = newScope();
    const sealer = credentialSealer({ keys: [newest] });
    for (const text of ['hush, no JSON', '"hush"', 'null']) {
      await store.saveCredentials(scope, 'x', await sealer.seal(text, { ...scope, purpose: 'credentials x' }));
      const failure: unknown = await vaultOf(scope, newest)
        .open('x')
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(StoreError);
      expect(inspect(failure)).not.toContain('hush');
    }
  });

  test('reseals by the newest key what another sealed, and tells of what no key opens', async () => {
    const scope = newScope();
    await vaultOf(scope, oldest).save('a', { n: 1 });
    await vaultOf(scope, older).save('b', { n: 2 });
    await vaultOf(scope, newest).save('c', { n: 3 });
    await vaultOf(scope, newKey('gone')).save('d', { n: 4 });
    await vaultOf(scope, newKey('newest')).save('e', { n: 5 });
    await store.saveCredentials(scope, 'f', 'no sealed text');
    const kept = await Promise.all(['c', 'd', 'e', 'f'].map((name) => store.credentials(scope, name)));
    const vault = vaultOf(scope, newest, older, oldest);
    expect(await vault.reseal()).toEqual({ resealed: 2, current: 1, unopened: ['d', 'e', 'f'] });
    expect(await vault.reseal()).toEqual({ resealed: 0, current: 3, unopened: ['d', 'e', 'f'] });
    // The older keys are of no more use.
    const later = vaultOf(scope, newest);
    expect([await later.open('a'), await later.open('b'), await later.open('c')]).toEqual([
      { n: 1 },
      { n: 2 },
      { n: 3 },
    ]);
    expect(await Promise.all(['c', 'd', 'e', 'f'].map((name) => store.credentials(scope, name)))).toEqual(kept);
  });

  test('may be broken off anywhere while it reseals, and goes on where it was', async () => {
    const scope = newScope();
    const names = ['a', 'b', 'c', 'd'];
    for (const name of names) await vaultOf(scope, older).save(name, { of: name });
    const sealer = credentialSealer({ keys: [newest, older] });
    let calls = 0;
    for (; calls < 50; calls += 1) {
      const vault = new CredentialVault({ store: breakingAfter(store, calls), scope, sealer });
      const outcome: unknown = await vault.reseal().catch((error: unknown) => error);
      for (const name of names) expect(await vaultOf(scope, newest, older).open(name)).toEqual({ of: name });
      if (outcome instanceof Error) continue;
      expect(outcome).toMatchObject({ unopened: [] });
      break;
    }
    expect(calls).toBeGreaterThan(4);
    for (const name of names) expect(await vaultOf(scope, newest).open(name)).toEqual({ of: name });
  });

  test('stops resealing where the signal says so', async () => {
    const scope = newScope();
    await vaultOf(scope, older).save('a', { n: 1 });
    const reason = new Error('enough');
    await expect(vaultOf(scope, newest, older).reseal({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await vaultOf(scope, older).open('a')).toEqual({ n: 1 });
  });

  test('overwrites nothing that is saved, and brings nothing back that is forgotten, while it reseals', async () => {
    const scope = newScope();
    const people = vaultOf(scope, older);
    for (const name of ['a', 'b']) await people.save(name, { n: 'before' });
    let isFirst = true;
    const meanwhile: CredentialStore = {
      ...breakingAfter(store, Infinity),
      credentials: async (of, name) => {
        const sealed = await store.credentials(of, name);
        if (name === 'a' && isFirst) {
          isFirst = false;
          await people.save('a', { n: 'saved meanwhile' });
        }
        if (name === 'b') await people.forget('b');
        return sealed;
      },
    };
    const vault = new CredentialVault({ store: meanwhile, scope, sealer: credentialSealer({ keys: [newest, older] }) });
    expect(await vault.reseal()).toEqual({ resealed: 1, current: 0, unopened: [] });
    expect([await vault.open('a'), await vault.names()]).toEqual([{ n: 'saved meanwhile' }, ['a']]);
  });

  test('reseals once where several do it at once', async () => {
    const scope = newScope();
    for (const name of ['a', 'b', 'c']) await vaultOf(scope, older).save(name, { n: name });
    const reports = await Promise.all([1, 2, 3].map(() => vaultOf(scope, newest, older).reseal()));
    expect(reports.reduce((sum, { resealed }) => sum + resealed, 0)).toBe(3);
    expect(await vaultOf(scope, newest).reseal()).toEqual({ resealed: 0, current: 3, unopened: [] });
  });
});

describe('what a vault is given', () => {
  const sealer = credentialSealer({ keys: [newest] });
  const vault = new CredentialVault({ store: new MemoryStore(), scope: { tenant: 't' }, sealer });

  test.each<[string, unknown]>([
    ['options', undefined],
    ['keys', { store: new MemoryStore(), scope: { tenant: 't' }, sealer, keys: [] }],
    ['store', { scope: { tenant: 't' }, sealer }],
    ['store', { store: { credentials: () => undefined }, scope: { tenant: 't' }, sealer }],
    ['sealer', { store: new MemoryStore(), scope: { tenant: 't' }, sealer: {} }],
    ['scope.tenant', { store: new MemoryStore(), sealer }],
    ['scope.tenant', { store: new MemoryStore(), scope: { tenant: '' }, sealer }],
  ])('is refused by the name %s where it cannot work', (parameter, options) => {
    expect(() => new CredentialVault(options as never)).toThrow(expect.objectContaining({ parameter }));
  });

  test.each(['', ' ', 'a\nb', 'a\0', 'x'.repeat(201), 7, undefined])('is no name: %j', async (name) => {
    for (const attempt of [vault.open(name as string), vault.save(name as string, {}), vault.forget(name as string)]) {
      await expect(attempt).rejects.toMatchObject({ parameter: 'name' });
    }
  });

  test('are plain data, and are not quoted where they are none', async () => {
    const circle: Record<string, unknown> = {};
    circle['hush'] = circle;
    for (const credentials of [
      undefined,
      null,
      'hush',
      ['hush'],
      { at: new Date() },
      { bytes: new Uint8Array(2) },
      { map: new Map() },
      { n: Number.NaN },
      { n: 7n },
      { call: () => 'hush' },
      { list: [undefined] },
      circle,
    ]) {
      const failure: unknown = await vault.save('x', credentials as never).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ConfigurationError);
      expect(failure).toMatchObject({ parameter: 'credentials' });
      expect(inspect(failure)).not.toContain('hush');
    }
    await vault.save('x', { none: undefined, null: null, empty: {} });
    expect(await vault.open('x')).toEqual({ null: null, empty: {} });
  });
});

test('a copy of the database holds nothing of what was sealed', async () => {
  const scope = newScope();
  const sealer = credentialSealer({ keys: [newest] });
  await new CredentialVault({ store: tables, scope, sealer }).save('clever', { token: 'hush-hush-hush' });
  const { rows } = await database.query<{ all: string }>(
    'SELECT row_to_json(c)::text AS all FROM rosterkit.credentials c WHERE tenant = $1',
    [scope.tenant],
  );
  expect(rows).toHaveLength(1);
  for (const word of ['hush', btoa('hush-hush-hush').slice(2, 10), 'token']) expect(rows[0]?.all).not.toContain(word);
});
