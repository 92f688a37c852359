import { describe, expect, test } from 'vitest';
import { ClassLinkClient, classlinkSource } from 'rosterkit/classlink';
import { CleverClient, cleverSource } from 'rosterkit/clever';
import {
  type District,
  districtRoster,
  evolve,
  generateDistrict,
  simulateClassLink,
  simulateClever,
} from 'rosterkit/testing';
import type { RosterRead } from '../../src/model/index.js';
import { forTest } from './support.js';

const district = evolve(generateDistrict({ seed: 21, schools: 3, students: 150 }), 'month');

/** The pairs and ids that a roster is made of. */
async function identities(roster: RosterRead): Promise<Readonly<Record<string, readonly string[]>>> {
  const from = async <T>(rows: Iterable<T> | AsyncIterable<T>, name: (row: T) => string): Promise<string[]> => {
    const names: string[] = [];
    for await (const row of rows) names.push(name(row));
    return names.sort();
  };
  return {
    schools: await from(roster.schools, ({ sourcedId, name }) => `${sourcedId} ${name}`),
    terms: await from(roster.terms, ({ sourcedId, startDate, endDate }) => [sourcedId, startDate, endDate].join(' ')),
    courses: await from(roster.courses, ({ sourcedId, title }) => `${sourcedId} ${title}`),
    classes: await from(roster.classes, ({ sourcedId, name, schoolSourcedId }) =>
      [sourcedId, name, schoolSourcedId].join(' '),
    ),
    users: await from(roster.users, ({ sourcedId, email, mobile, homePhone }) =>
      [sourcedId, email, mobile, homePhone].join(' '),
    ),
    enrollments: await from(roster.enrollments, ({ classSourcedId, userSourcedId, role, primary }) =>
      [classSourcedId, userSourcedId, role, primary ?? false].join(' '),
    ),
    guardianLinks: await from(roster.guardianLinks, ({ guardianSourcedId, studentSourcedId }) =>
      [guardianSourcedId, studentSourcedId].join(' '),
    ),
  };
}

async function readClever(served: District): Promise<RosterRead> {
  const service = await forTest(simulateClever(served));
  const client = new CleverClient({ token: 'test-token', baseUrl: service.url, allowInsecureHosts: [service.host] });
  return cleverSource(client).read({ tenant: 'test' });
}

async function readClassLink(served: District): Promise<RosterRead> {
  const service = await forTest(simulateClassLink(served, { key: 'k', secret: 's' }));
  const client = new ClassLinkClient({
    tenantId: '1',
    clientId: 'k',
    secretKey: 's',
    serverUrl: service.url,
    allowedHosts: [service.host],
    allowInsecureHosts: [service.host],
  });
  return classlinkSource(client).read({ tenant: 'test' });
}

describe.each([
  ['Clever', readClever],
  ['ClassLink', readClassLink],
])('rosterkit’s own client of %s', (_, read) => {
  test('reads from the simulated service the roster that a faultless source would', async () => {
    const roster = await read(district);
    expect(await identities(roster)).toEqual(await identities(districtRoster(district)));
    expect(Object.values(roster.attestation.collections).map(({ state }) => state)).toEqual(Array(7).fill('complete'));
  });
});
