/**
 * Whatever goes wrong on the way, and wherever: a read ends in the whole district, in a roster that says what is missing,
 * or in an error. It never ends in a smaller district that looks whole.
 */

import { expect, it } from 'vitest';
import { CleverClient, cleverSource } from '../../src/clever/index.js';
import { RosterError } from '../../src/errors.js';
import type { Collection, Roster } from '../../src/model/index.js';
import { type District, evolve, type Fault, generateDistrict, simulateClever } from '../../src/testing/index.js';

const scope = { tenant: 'district-1' };
const district = generateDistrict({ seed: 8, schools: 2, students: 40, guardians: false });
const fewer = evolve(district, { seed: 3, withdrawals: 3, classesVanish: 1 });
const later = evolve(district, { seed: 2, arrivals: 3, withdrawals: 3, moves: 4, classesVanish: 1 });

const COLLECTIONS: readonly Collection[] = ['schools', 'terms', 'courses', 'classes', 'users', 'enrollments'];

async function connect(of: District, hasEvents: boolean) {
  const clever = await simulateClever(of, { token: 'token-1', hasEvents });
  const client = new CleverClient({
    token: 'token-1',
    baseUrl: clever.url,
    allowInsecureHosts: [clever.host],
    pageSize: 25,
    concurrency: 1,
    retries: 2,
    minRetryDelayMs: 0,
    timeoutMs: 150,
  });
  return { clever, source: cleverSource(client) };
}

type Connection = Awaited<ReturnType<typeof connect>>;

const truths = await (async () => {
  const read = async (of: District) => {
    const clever = await simulateClever(of, { token: 'token-1' });
    const client = new CleverClient({ token: 'token-1', baseUrl: clever.url, allowInsecureHosts: [clever.host] });
    const roster = await cleverSource(client).read(scope);
    await clever.close();
    return roster;
  };
  return [await read(district), await read(later), await read(fewer)];
})();

/** Courses are a list of their own, and it is said of them alone if they are missing: their titles are left aside. */
function textOf(roster: Roster, collection: Collection): string {
  return JSON.stringify(roster[collection], (key, value: unknown) => (key === 'courseTitle' ? undefined : value));
}

/** What a roster says that it has in full, and has not. */
function lies(roster: Roster): readonly string[] {
  return COLLECTIONS.filter((collection) => {
    if (roster.attestation.collections[collection].state !== 'complete') return false;
    const records = textOf(roster, collection);
    return truths.every((truth) => records !== textOf(truth, collection));
  });
}

const faults: readonly (readonly [string, (connection: Connection) => Fault])[] = [
  ['the connection is cut in the middle of the body', () => ({ truncate: true })],
  ['the connection is cut before the answer', () => ({ drop: true })],
  ['too many requests', () => ({ status: 429, resetAfterSeconds: 0 })],
  ['a bad gateway with a web page', () => ({ status: 502 })],
  ['a gateway that gives up', () => ({ status: 504 })],
  ['a web page where JSON was meant', () => ({ html: true })],
  ['an answer that drips in for ever', () => ({ slowMs: 15 })],
  ['a list that ends early', () => ({ endEarly: true })],
  ['an empty body', () => ({ body: '' })],
  ['a token that is not accepted any more', ({ clever }) => ({ onRequest: () => clever.disconnect() })],
  [
    'a token that may see less',
    ({ clever }) => ({ onRequest: () => clever.setScopes(['read:districts', 'read:schools']) }),
  ],
  [
    'a district that shares less, and no events that tell of it',
    ({ clever }) => ({ onRequest: () => clever.setDistrict({ ...fewer, updatedAt: district.updatedAt }) }),
  ],
  [
    'a district that shares other records, which changes no last_sync',
    ({ clever }) => ({ onRequest: () => clever.setDistrict({ ...later, updatedAt: district.updatedAt }) }),
  ],
  ['a district that moves on', ({ clever }) => ({ onRequest: () => clever.setDistrict(later) })],
];

for (const [name, faultOf] of faults) {
  it.each(['once', 'from then on'])(
    `${name}, %s, at whichever request: the roster is whole, or says so`,
    async (span) => {
      const endings = new Set<string>();
      // A 429 is told in whole seconds, so that each of them costs one.
      const step = (span === 'once' ? 1 : 3) * (name === 'too many requests' ? 4 : 1);
      for (let position = 0; ; position += step) {
        const connection = await connect(district, !name.includes('no events'));
        const { clever, source } = connection;
        clever.fail({ ...faultOf(connection), afterPages: position, times: span === 'once' ? 1 : 1_000 });
        try {
          const roster = await source.read(scope);
          expect(lies(roster), `at request ${String(position)}`).toEqual([]);
          const isWhole = COLLECTIONS.every((each) => roster.attestation.collections[each].state === 'complete');
          endings.add(isWhole ? 'whole' : 'partial');
        } catch (error) {
          if (!RosterError.isInstance(error)) throw error;
          endings.add('error');
        }
        const wasHit = clever.requests > position;
        await clever.close();
        if (!wasHit) break;
      }
      // The last round of all meets no fault.
      expect(endings).toContain('whole');
    },
    120_000,
  );
}
