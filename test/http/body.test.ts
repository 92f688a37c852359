import { gzipSync } from 'node:zlib';
import { ApiError, DecodeError, ServerError } from 'rosterkit';
import { describe, expect, it } from 'vitest';
import type { RequestRetry } from '../../src/http/index.js';
import { type Reply, rejection, startServer } from '../support/http-server.js';
import { SECRET, transportTo } from './transport-to.js';

interface Raw {
  readonly bytes: Buffer;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

async function answering({ bytes, status = 200, headers = {} }: Raw) {
  return await startServer((_, response): Reply | undefined => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(bytes);
    return undefined;
  });
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('a body that is not UTF-8', () => {
  it('is refused, because two ids in it would become one; nothing of it is told', async () => {
    const { baseUrl } = await answering({
      bytes: latin1('["Ren\xe9-1","Ren\xe8-1"]'),
      headers: { 'x-request-id': 'r-1' },
    });
    const error = await rejection(transportTo(baseUrl).getJson('/x', { query: { q: 'secret' } }));
    expect(error).toBeInstanceOf(DecodeError);
    expect(error).toMatchObject({ issues: ['body: not UTF-8'], path: '/x', requestId: 'r-1' });
    expect(String(error)).not.toMatch(/Ren|secret/);
  });

  it('is read as what it was declared to be', async () => {
    for (const declared of ['application/json; charset=ISO-8859-1', 'application/json;charset="windows-1252"']) {
      const { baseUrl } = await answering({ bytes: latin1('["Ren\xe9"]'), headers: { 'content-type': declared } });
      expect((await transportTo(baseUrl).getJson('/x')).body).toEqual(['René']);
    }
  });

  it('is refused where what was declared is unknown', async () => {
    const headers = { 'content-type': 'application/json; charset=klingon' };
    const { baseUrl } = await answering({ bytes: latin1('["Ren\xe9"]'), headers });
    expect(await rejection(transportTo(baseUrl).getJson('/x'))).toBeInstanceOf(DecodeError);
  });

  it('is what it is where UTF-8 was declared to be something else, and a mark of the byte order is no part of it', async () => {
    const headers = { 'content-type': 'application/json; charset=iso-8859-1' };
    const { baseUrl } = await answering({ bytes: Buffer.from('\uFEFF["René"]'), headers });
    expect((await transportTo(baseUrl).getJson('/x')).body).toEqual(['René']);
  });

  it('is one that broke off where it ends within a letter: it is asked for again', async () => {
    const whole = Buffer.from('["René"]');
    const server = await startServer((_, response) => {
      response.writeHead(200, { connection: 'close' });
      response.end(server.requests.length === 1 ? whole.subarray(0, 6) : whole);
      return undefined;
    });
    const retries: RequestRetry[] = [];
    const { body } = await transportTo(server.baseUrl).getJson('/x', { onRetry: (retry) => retries.push(retry) });
    expect(body).toEqual(['René']);
    expect(retries).toHaveLength(1);
  });

  it('leaves an error what its status says', async () => {
    const { baseUrl } = await answering({ bytes: latin1('d\xe9faut'), status: 500 });
    expect(await rejection(transportTo(baseUrl, { retries: 0 }).getJson('/x'))).toBeInstanceOf(ServerError);
    const missing = await answering({ bytes: latin1('<p>d\xe9faut'), status: 404 });
    expect(await rejection(transportTo(missing.baseUrl).getJson('/x'))).toMatchObject({ isWrongEndpoint: true });
  });
});

describe('a body without an end', () => {
  /** 129 MiB of white space, of which 130 KB go over the wire. */
  const member = gzipSync(' '.repeat(1024 * 1024));
  const bytes = Buffer.concat(Array.from({ length: 129 }, () => member));
  const headers = { 'content-encoding': 'gzip' };

  it('is left unread beyond 128 MiB, and is as good as a 413', async () => {
    const { baseUrl, requests } = await answering({ bytes, headers });
    const error = await rejection(transportTo(baseUrl).getJson('/x'));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 413, isRetryable: false, path: '/x' });
    expect(requests).toHaveLength(1);
  });
});

describe('the id of a request', () => {
  const idOf = async (sent: Readonly<Record<string, string>>): Promise<string | undefined> => {
    const server = await startServer(() => ({ body: 1, headers: { 'x-request-id': '', ...sent } }));
    return (await transportTo(server.baseUrl).getJson('/x', { query: { filter: "familyName='Lovelace'" } })).requestId;
  };

  it('is what the far side calls it', async () => {
    for (const id of [
      '9a95b571-f65e-9eaa-9e0d-0d981db9429a',
      'Root=1-67891233-abcdef012345678912345678',
      'a/b+c:d@e==',
    ]) {
      expect(await idOf({ 'x-request-id': id })).toBe(id);
    }
    expect(await idOf({ 'x-correlation-id': 'c-1' })).toBe('c-1');
  });

  it.each([
    ['the token', SECRET],
    ['a part of it', SECRET.slice(2, 12)],
    ['the token in other words', `seen-${SECRET}-again`],
    ['a part of the query', 'Lovelace'],
    ['a sentence', 'Ada Lovelace was here'],
    ['more than an id needs', 'x'.repeat(129)],
  ])('is none that holds %s', async (_what, id) => {
    expect(await idOf({ 'x-request-id': id })).toBeUndefined();
    expect(await idOf({ 'x-request-id': id, 'x-correlation-id': 'c-1' })).toBe('c-1');
  });
});
