import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type District, generateDistrict } from 'rosterkit/testing';
import { onTestFinished } from 'vitest';
import { CleverOAuth, type CleverOAuthOptions } from '../../src/testing/clever/oauth.js';
import { cleverUser } from '../../src/testing/clever/records.js';
import { htmlAnswer, jsonAnswer, type ServiceAnswer, type ServiceRequest } from '../../src/testing/service.js';

export const district = generateDistrict({ seed: 11, students: 20 });
export const redirectUri = 'https://app.example/clever/callback';

/** Clever's OAuth half behind a real socket, and the one data endpoint that a person's own token reads. */
export interface OAuthServer {
  readonly baseUrl: string;
  readonly oauth: CleverOAuth;
  /** Method and path of everything that was asked, in order; the query is left out. */
  readonly asked: readonly string[];
  readonly requests: readonly ServiceRequest[];
  token: string | undefined;
  scopes: readonly string[];
  served: District;
  /** What the clock says; the system's unless set. */
  now: () => number;
}

/** Answers in place of the simulation, or not at all. */
export type Instead = (
  request: ServiceRequest & { readonly path: string },
) => ServiceAnswer | undefined | Promise<ServiceAnswer | undefined>;

/** Starts it; `instead` may answer first. */
export async function startOAuth(instead?: Instead, options: CleverOAuthOptions = {}): Promise<OAuthServer> {
  const asked: string[] = [];
  const requests: ServiceRequest[] = [];
  const server = createServer((message, response) => {
    void text(message).then(async (body) => {
      const { method = 'GET', url = '/', headers } = message;
      const request = {
        method,
        url: `http://${headers.host ?? ''}${url}`,
        headers: { authorization: headers.authorization, 'content-type': headers['content-type'] },
        ...(body === '' ? {} : { body }),
      };
      const path = new URL(request.url).pathname;
      asked.push(`${method} ${path}`);
      requests.push(request);
      const answer = (await instead?.({ ...request, path })) ?? made.oauth.answer(request) ?? userAnswer(made, request);
      response.writeHead(answer.status, answer.headers);
      response.end(answer.body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const state = {
    district: () => made.served,
    token: () => made.token,
    scopes: () => made.scopes,
    connectedAt: '2025-08-01T00:00:00.000Z',
    now: () => made.now(),
  };
  const made: OAuthServer = {
    baseUrl: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    oauth: new CleverOAuth(state, options),
    asked,
    requests,
    token: 'district-token-1',
    scopes: ['read:sections', 'read:students', 'read:user_id'],
    served: district,
    now: Date.now,
  };
  return made;
}

/** `/users/{id}` as a person's own token sees it: without links. */
function userAnswer({ oauth, served }: OAuthServer, { url, headers }: ServiceRequest): ServiceAnswer {
  const { pathname } = new URL(url);
  const user = oauth.userOf((headers['authorization'] ?? '').slice('Bearer '.length));
  const id = /^\/v3\.[01]\/users\/(\w+)$/.exec(pathname)?.[1];
  if (id === undefined) return htmlAnswer(404, `Cannot GET ${pathname}`);
  if (user?.id !== id) return jsonAnswer(404, { message: 'Resource not found' });
  return jsonAnswer(200, { data: cleverUser(served.id, user) });
}
