import { describe, expect, it } from 'vitest';
import type { CleverClient } from '../../src/clever/index.js';
import { ApiError, NotFoundError, PermissionDeniedError } from '../../src/errors.js';
import { type Reply, rejection, startServer } from '../support/http-server.js';
import { clientOf } from './district.js';

const webPage: Reply = { status: 404, body: '<!DOCTYPE html><pre>Cannot GET /v3.0/users</pre>' };
const notInScopes: Reply = { status: 404, body: { message: "Resource not in token's scopes" } };

async function errorOf(reply: Reply, ask: (client: CleverClient) => Promise<unknown>): Promise<Error> {
  const server = await startServer(() => reply);
  return (await rejection(ask(clientOf(server, { version: '3.1', retries: 1 })))) as Error;
}

describe('a web page in place of a list', () => {
  it('says which token is missing, and that nothing was deleted', async () => {
    const error = await errorOf(webPage, (client) => client.users.list().toArray());
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ isWrongEndpoint: true, requestId: 'request-1', path: '/v3.1/users' });
    expect(error.message).toMatch(/token of a district.*Secure Sync.*version and the base URL.*Nothing was deleted/);
    expect(error.message).not.toMatch(/was deleted\. Check the id/);
  });

  it('says for attendance that its version is needed', async () => {
    const error = await errorOf(webPage, (client) => client.attendance.ofSchool('a').toArray());
    expect(error.message).toContain('version 3.1');
  });
});

describe('a collection that is not in the token’s scopes', () => {
  it.each([
    ['read:sections', (client: CleverClient) => client.sections.list().toArray()],
    ['read:sections', (client: CleverClient) => client.terms.list().toArray()],
    ['read:schools', (client: CleverClient) => client.schools.get('a')],
    ['read:student_contacts', (client: CleverClient) => client.users.contacts('a').toArray()],
    ['read:teachers', (client: CleverClient) => client.schools.users('a').toArray()],
    ['read:resources', (client: CleverClient) => client.users.resources('a').toArray()],
  ])('is a PermissionDeniedError that names %s', async (scope, ask) => {
    const error = await errorOf(notInScopes, ask);
    expect(error).toBeInstanceOf(PermissionDeniedError);
    expect(error).toMatchObject({ status: 404, requestId: 'request-1' });
    expect(error.message).toContain(scope);
  });

  it('is known by its words, however they are written', async () => {
    const reply = { status: 404, body: { message: "resource NOT in token's SCOPES." } };
    expect(await errorOf(reply, (client) => client.users.get('a'))).toBeInstanceOf(PermissionDeniedError);
  });

  it.each([{ message: 'Resource not found' }, {}, [], { message: 7 }])(
    'is not any other 404, such as %j',
    async (body) => {
      const error = await errorOf({ status: 404, body }, (client) => client.users.get('a'));
      expect(error).toBeInstanceOf(NotFoundError);
      expect(error).toMatchObject({ isWrongEndpoint: false });
    },
  );
});

describe('other refusals of Clever', () => {
  it('too many records at once are an ApiError that says how many are allowed', async () => {
    const error = await errorOf({ status: 413 }, (client) => client.districts.list().toArray());
    expect(error).toBeInstanceOf(ApiError);
    expect(error.message).toMatch(/10000.*pageSize/);
  });

  it('what Clever does not offer is not asked for again', async () => {
    const server = await startServer(() => ({ status: 501 }));
    const error = await rejection(clientOf(server).users.list().toArray());
    expect(error).toMatchObject({ name: 'ApiError', status: 501, isRetryable: false });
    expect(server.requests).toHaveLength(1);
  });
});
