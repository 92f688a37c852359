import { inspect } from 'node:util';
import { bearer } from 'rosterkit/oneroster';
import { describe, expect, test } from 'vitest';
import { rejection } from '../support/http-server.js';
import { clientOf } from './support/roster.js';
import { type OneRosterServer, serve } from './support/server.js';

/** A server that takes one token at a time. */
async function serverFor(accepted: () => string): Promise<OneRosterServer> {
  return await serve({ orgs: [] }, ({ headers }) =>
    headers.authorization === `Bearer ${accepted()}` ? undefined : { status: 401, body: {} },
  );
}

describe('a function that gives tokens', () => {
  test('is told which token was refused, and asked once more', async () => {
    const server = await serverFor(() => 'new');
    const refusals: unknown[] = [];
    const auth = bearer(async ({ refused } = {}) => {
      refusals.push(refused);
      return refused === undefined ? 'old' : 'new';
    });
    await clientOf(server, { auth }).orgs.list().toArray();
    expect(refusals.slice(0, 2)).toEqual([undefined, 'old']);
  });

  test('that has no other one is not asked again, and the request fails', async () => {
    const server = await serverFor(() => 'new');
    const error = await rejection(
      clientOf(server, { auth: bearer(() => 'old') })
        .orgs.list()
        .toArray(),
    );
    expect(error).toMatchObject({ code: 'authentication' });
    expect(String(error)).toContain('Check the bearer token');
    expect(server.asked).toHaveLength(1);
  });

  test.each(['line\nbreak', 'two words', '', 'é'])(
    'that gives what no header can carry names the option: %j',
    async (token) => {
      const server = await serverFor(() => token);
      const error = await rejection(
        clientOf(server, { auth: bearer(() => token) })
          .orgs.list()
          .toArray(),
      );
      expect(error).toMatchObject({ code: 'configuration', parameter: 'token' });
      if (token !== '') expect(inspect(error)).not.toContain(token);
      expect(server.asked).toHaveLength(0);
    },
  );
});

test.each(['', ' ', 'line\nbreak', 'token ', undefined, 7])('the token %j is refused by name', (token) => {
  expect(() => bearer(token as string)).toThrow(expect.objectContaining({ code: 'configuration', parameter: 'token' }));
});

test('a token is not shown', () => {
  const auth = bearer('a-secret-token');
  expect(JSON.stringify(auth) + inspect(auth, { depth: 9 })).not.toContain('a-secret-token');
});
