/** The client with the four details of a district, on one of ClassLink's own hosts, answered by msw. */

import { setupServer } from 'msw/node';
import { AuthenticationError } from 'rosterkit';
import { ClassLinkClient, classlinkSource } from 'rosterkit/classlink';
import { generateDistrict } from 'rosterkit/testing';
import { classLinkHandlers } from 'rosterkit/testing/msw';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const district = generateDistrict({ seed: 6, students: 60 });
const server = setupServer();
const details = { tenantId: '2222', clientId: 'k', secretKey: 's' };

beforeAll(() => {
  server.listen({ onUnhandledRequest: 'error' });
});
afterEach(() => {
  server.resetHandlers();
});
afterAll(() => {
  server.close();
});

describe('a ClassLink client with the four details of a district', () => {
  it.each([
    'https://sample-vn-v2.rosterserver.com',
    'https://sample-vn-v2.rosterserver.com/',
    'https://sample-vn-v2.rosterserver.com/ims/oneroster/v1p1/',
  ])('reads %s', async (serverUrl) => {
    server.use(...classLinkHandlers(district, { key: 'k', secret: 's' }));
    const client = new ClassLinkClient({ ...details, serverUrl, pageSize: 25 });
    const students = await client.users.list({ filter: "role='student'" }).toArray();
    expect(students.map((user) => user.sourcedId)).toEqual(district.students.map((student) => student.id).sort());
  });

  it('gives the whole district as a roster, guardians included', async () => {
    server.use(...classLinkHandlers(district, { key: 'k', secret: 's' }));
    const client = new ClassLinkClient({ ...details, serverUrl: 'https://sample-vn-v2.rosterserver.com' });
    const roster = await classlinkSource(client).read({ tenant: 'district-1' });
    expect(Object.values(roster.attestation.collections).every(({ state }) => state === 'complete')).toBe(true);
    const students = new Set<string>();
    for (const link of roster.guardianLinks) students.add(link.studentSourcedId);
    expect(students.size).toBeGreaterThan(0);
  });

  it('is told when the secret is wrong', async () => {
    server.use(...classLinkHandlers(district, { key: 'k', secret: 'another' }));
    const serverUrl = 'https://sample-vn-v2.rosterserver.com';
    const read = new ClassLinkClient({ ...details, serverUrl, retries: 0 }).orgs.list().toArray();
    await expect(read).rejects.toThrow(AuthenticationError);
  });
});
