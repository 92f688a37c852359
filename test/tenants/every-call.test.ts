import { inspect } from 'node:util';
import type { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as rosterkit from 'rosterkit';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { PostgresJournal, PostgresStore } from '../../src/adapters/postgres/index.js';
import * as postgres from '../../src/adapters/postgres/index.js';
import { scopeColumn } from '../../src/adapters/postgres/scopes.js';
import { Connections } from '../../src/connections/index.js';
import { CredentialVault } from '../../src/credentials/index.js';
import { Access, Deliveries, Directory, Invitations } from '../../src/people/index.js';
import type { OutboxMessage } from '../../src/ports/index.js';
import { RosterSync } from '../../src/sync/index.js';
import { pendingOf, stateOf } from '../../src/testing/contracts/store/changes.js';
import { placesFor } from '../adapters/postgres-places.js';
import type { Place } from '../adapters/postgres-places.js';
import { copyTenant, dumpOf } from '../adapters/row-security.js';
import { withPGlite } from '../support/pglite.js';
import {
  connectionsCalls,
  deliveriesCalls,
  directoryCalls,
  halfCalls,
  storeCalls,
  syncCalls,
  vaultCalls,
} from './calls.js';
import type { Call } from './calls.js';
import { accessCalls, invitationsCalls } from './joining-calls.js';
import { claim, newSide, saveCredentials, settled } from './side.js';
import type { Known, Side, Store } from './side.js';

const calls: readonly (readonly [name: string, Call])[] = Object.entries({
  store: storeCalls,
  directory: directoryCalls,
  invitations: invitationsCalls,
  access: accessCalls,
  deliveries: deliveriesCalls,
  sync: syncCalls,
  vault: vaultCalls,
  connections: connectionsCalls,
  half: halfCalls,
}).flatMap(([of, each]) => Object.entries(each).map(([name, call]) => [`${of}.${name}`, call] as const));

/** The methods of a class, with those of the classes above it. */
function methodsOf(aClass: { readonly prototype: object }): readonly string[] {
  const names: string[] = [];
  for (let each = aClass.prototype; each !== Object.prototype; each = Object.getPrototypeOf(each) as object) {
    names.push(...Object.getOwnPropertyNames(each).filter((name) => name !== 'constructor'));
  }
  return [...new Set(names)].sort();
}

describe('every call is tried', () => {
  const known = (each: Readonly<Record<string, Call>>, ...others: readonly string[]) =>
    [...Object.keys(each), ...others].sort();

  test('of every class that has to do with tenants', () => {
    expect(methodsOf(MemoryStore)).toEqual(known(storeCalls));
    const { seed: _seed, ...calledOfPostgres } = { ...storeCalls, ...halfCalls };
    // These two are about the tables, and none of their rows.
    expect(methodsOf(PostgresStore)).toEqual(known(calledOfPostgres, 'migrate', 'preflight'));
    // Half of the same methods.
    expect(methodsOf(PostgresStore)).toEqual(expect.arrayContaining([...methodsOf(PostgresJournal)]));
    expect(methodsOf(Directory)).toEqual(known(directoryCalls));
    expect(methodsOf(Invitations)).toEqual(known(invitationsCalls));
    expect(methodsOf(Access)).toEqual(known(accessCalls));
    expect(methodsOf(Deliveries)).toEqual(known(deliveriesCalls));
    expect(methodsOf(RosterSync)).toEqual(known(syncCalls));
    expect(methodsOf(CredentialVault)).toEqual(known(vaultCalls));
    expect(methodsOf(Connections)).toEqual(known(connectionsCalls));
  });

  test('and there is no other such class', () => {
    const classes = Object.entries({ ...rosterkit, ...postgres })
      .filter(([, value]) => typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value)))
      .map(([name]) => name)
      .filter((name) => !name.endsWith('Error'));
    expect(classes.sort()).toEqual(
      [
        // Clients of a provider and people at its door: they have no store.
        ...['ClassLinkClient', 'ClassLinkProxy', 'ClassLinkSignIn', 'CleverApp', 'CleverClient', 'CleverSignIn'],
        ...['OneRosterClient', 'MemoryMailer', 'MemoryTextSender'],
        // Works with the connections that it is handed.
        'Scheduler',
        ...[
          'Access',
          'Connections',
          'CredentialVault',
          'Deliveries',
          'Directory',
          'Invitations',
          'MemoryStore',
          'RosterSync',
        ],
        ...['PostgresJournal', 'PostgresStore'],
      ].sort(),
    );
  });
});

/** Everything that the store tells of a tenant. */
async function readAll({ store, scope }: Side, { runId, batchRunId, waitingKey, pendingKey }: Known): Promise<unknown> {
  return {
    state: await stateOf(store, scope),
    runs: await store.runs(scope),
    journals: [await store.journal(scope, runId), await store.journal(scope, batchRunId)],
    invitations: await store.invitations(scope),
    messages: [await store.message(scope, waitingKey), await store.message(scope, pendingKey)],
    // None of them claimed by anybody since.
    pending: await pendingOf(store, scope),
    problems: await store.problems(scope),
    audit: await store.audit(scope),
    connections: await store.connections(scope),
    image: await store.image(scope),
    credentials: await Promise.all(
      (await store.credentialNames(scope)).map(async (name) => [name, await store.credentials(scope, name)]),
    ),
  };
}

/** What comes of the call, whatever that is, as a text. */
async function outcomeOf({ call }: Call, own: Side, of: Known): Promise<string> {
  const outcome = await call(own, of).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  return inspect(outcome, { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity });
}

/** What the victim's tenant holds, read in the most thorough way that there is. */
type Dump = (victim: Known) => Promise<unknown>;

/** Copies all of a tenant to another, faster than the same would happen to it. */
type Copy = (from: Side, to: Side) => Promise<void>;

function tried(openStore: () => Store, dump: Dump, copy: Copy): void {
  let victim: Known;
  let filled: Side;
  let pendingAtFirst: readonly OutboxMessage[];

  beforeAll(async () => {
    const store = openStore();
    victim = await settled(newSide(store, 'bravo'));
    filled = newSide(store, 'alpha');
    await settled(filled);
    pendingAtFirst = await pendingOf(store, victim.side.scope);
    expect(pendingAtFirst).not.toEqual([]);
    // From here on nobody acts for it, and its scope is held.
    await store.lease(victim.side.scope, { holder: 'a run of bravo', ttlMs: 3_600_000 });
  }, 60_000);

  test.each(calls)('%s, by a tenant that has nothing', async (_, call) => {
    const before = await dump(victim);
    const stranger = newSide(victim.side.store, 'alpha');
    expect(await outcomeOf(call, stranger, victim)).not.toContain('bravo');
    expect(await dump(victim)).toEqual(before);
  });

  test.each(calls)('%s, by a tenant that has the same of everything', async (_, call) => {
    const twin = newSide(victim.side.store, 'alpha');
    await copy(filled, twin);
    expect(await twin.sync.holds()).toHaveLength(1);
    const before = await dump(victim);
    expect(await outcomeOf(call, twin, victim)).not.toContain('bravo');
    expect(await dump(victim)).toEqual(before);
  });

  test('and what waited still waits for its own tenant, whose lease is the next', async () => {
    const { store, scope } = victim.side;
    expect(await claim(store, scope, 'reader')).toEqual(pendingAtFirst);
    await store.releaseWaiting(scope);
    const released = await claim(store, scope, 'reader');
    expect(released.map(({ idempotencyKey }) => idempotencyKey)).toEqual([victim.waitingKey]);
  });

  test('and its scope is still held, and its tries are counted', async () => {
    const { store, scope } = victim.side;
    expect(await store.holder(scope)).toMatchObject({ holder: 'a run of bravo' });
    expect(await store.countAttempt(scope, victim.attempt)).toBe(victim.tries + 1);
  });
}

describe('nothing of another tenant is read or changed, in memory', () => {
  tried(
    () => new MemoryStore(),
    (victim) => readAll(victim.side, victim),
    async (_from, to) => {
      await settled(to);
    },
  );
});

describe.each(await placesFor('tenants'))('nothing of another tenant is read or changed, on %s', (name, open) => {
  let place: Place;

  beforeAll(async () => {
    place = await open();
    await new PostgresStore({ pool: place.owner, schema: place.schema }).migrate({ grantTo: place.appRole });
  }, 60_000);

  afterAll(async () => {
    await place.close();
  });

  tried(
    // Once by the statements alone, as a superuser, and once with row-level security, as a host should.
    () => new PostgresStore({ pool: name === 'PGlite' ? place.superuser : place.app, schema: place.schema }),
    (victim) => dumpOf(place, victim.side.scope.tenant),
    async (from, to) => {
      await copyTenant(place, from.scope.tenant, [
        [from.scope.tenant, to.scope.tenant],
        [scopeColumn(from.scope), scopeColumn(to.scope)],
      ]);
      to.feed = { ...from.feed, scope: to.scope };
      // What was sealed for one tenant does not open for another.
      await saveCredentials(to);
    },
  );
});

describe('each call, made by the tenant itself, reads or changes something', () => {
  let database: PGlite;
  let tables: PostgresStore;

  withPGlite(async (made) => {
    database = made;
    tables = new PostgresStore({ pool: database });
    await tables.migrate();
  });

  test.each(calls.filter(([, { noneOfTenant }]) => noneOfTenant === undefined))('%s', async (name, call) => {
    const store = name.startsWith('half.') ? tables : new MemoryStore();
    const own = newSide(store, 'bravo');
    const known = await settled(own);
    const before = await readAll(own, known);
    const outcome = await outcomeOf(call, own, known);
    if (outcome.includes('bravo')) return;
    expect(await readAll(own, known)).not.toEqual(before);
  });
});
