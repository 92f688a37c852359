/** The client with nothing but a token: its own default host, answered by msw. */

import { setupServer } from 'msw/node';
import { AuthenticationError } from 'rosterkit';
import { CleverClient, cleverSource } from 'rosterkit/clever';
import { generateDistrict } from 'rosterkit/testing';
import { cleverHandlers } from 'rosterkit/testing/msw';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const district = generateDistrict({ seed: 5, students: 80 });
const server = setupServer();

beforeAll(() => {
  server.listen({ onUnhandledRequest: 'error' });
});
afterEach(() => {
  server.resetHandlers();
});
afterAll(() => {
  server.close();
});

describe('a Clever client with nothing but a token', () => {
  it('reads api.clever.com, page by page', async () => {
    server.use(...cleverHandlers(district, { token: 'secret' }));
    const client = new CleverClient({ token: 'secret', pageSize: 30 });
    const students = await client.users.list({ role: 'student' }).toArray();
    expect(students.map((user) => user.id)).toEqual(district.students.map((student) => student.id).sort());
    const pages: number[] = [];
    for await (const page of client.users.list({ role: 'student' }).byPage()) pages.push(page.items.length);
    expect(pages).toEqual([30, 30, 20]);
  });

  it('stops asking when the reader stops', async () => {
    let asked = 0;
    server.use(...cleverHandlers(district, { token: 'secret' }));
    server.events.on('request:start', () => {
      asked += 1;
    });
    for await (const user of new CleverClient({ token: 'secret', pageSize: 10 }).users.list()) {
      expect(user.id).toBeDefined();
      break;
    }
    server.events.removeAllListeners();
    expect(asked).toBe(1);
  });

  it('gives the whole district as a roster', async () => {
    server.use(...cleverHandlers(district, { token: 'secret' }));
    const roster = await cleverSource(new CleverClient({ token: 'secret' })).read({ tenant: 'district-1' });
    expect(roster.schools.map((school) => school.name).sort()).toEqual(district.schools.map(({ name }) => name).sort());
    expect(Object.values(roster.attestation.collections).every(({ state }) => state === 'complete')).toBe(true);
  });

  it('refuses to believe an answer to another token', async () => {
    server.use(...cleverHandlers(district, { token: 'another' }));
    const read = new CleverClient({ token: 'secret', retries: 0 }).schools.list().toArray();
    await expect(read).rejects.toThrow(AuthenticationError);
  });
});
