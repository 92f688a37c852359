import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export const redirectUri = 'https://app.example/classlink/callback';

interface Reply {
  readonly status?: number;
  readonly body: unknown;
}

/** ClassLink's sign-in and its API of people, on the loopback. */
export interface LaunchPad {
  readonly baseUrl: string;
  /** What `/v2/my/info` says: the documented sample. */
  readonly info: Record<string, unknown>;
  /** In place of `info`. */
  instead: unknown;
  /** What `/v2/my/students` says. */
  students: unknown;
  /** In place of a token. */
  exchange: (() => Reply) | undefined;
  /** The forms by which codes were exchanged. */
  readonly exchanges: readonly URLSearchParams[];
}

/** Starts it; everybody who visits the authorize page is signed in at once. */
export async function startLaunchPad(): Promise<LaunchPad> {
  const exchanges: URLSearchParams[] = [];
  let codes = 0;
  const reply = (path: string, body: string, authorization: string | undefined): Reply => {
    if (path === '/oauth2/v2/token') {
      exchanges.push(new URLSearchParams(body));
      const token = { access_token: `access-${String(exchanges.length)}`, token_type: 'Bearer' };
      return made.exchange?.() ?? { body: token };
    }
    if (authorization !== `Bearer access-${String(exchanges.length)}`) return { status: 401, body: {} };
    if (path === '/v2/my/info') return { body: made.instead ?? made.info };
    return path === '/v2/my/students' ? { body: made.students } : { status: 404, body: {} };
  };
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://server');
      if (pathname === '/oauth2/v2/auth') {
        codes += 1;
        const target = new URL(searchParams.get('redirect_uri') ?? '');
        target.searchParams.set('code', `code-${String(codes)}`);
        target.searchParams.set('response_type', 'code');
        target.searchParams.set('state', searchParams.get('state') ?? '');
        response.writeHead(302, { location: target.href }).end();
        return;
      }
      const { status = 200, body: answer } = reply(pathname, body, request.headers.authorization);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const made: LaunchPad = {
    baseUrl: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    info: {
      UserId: 1516492,
      TenantId: 2222,
      StateId: 2,
      BuildingId: 1,
      AuthenticationType: 2,
      DisplayName: 'foo bar',
      FirstName: 'foo',
      LastName: 'bar',
      Email: 'foo.bar@example.com',
      LoginId: '4801508017',
      ImagePath: '',
      Role: 'Student',
      Role_Level: 4,
      OrgId: '',
      SourcedId: '4801508017',
    },
    instead: undefined,
    students: [],
    exchange: undefined,
    exchanges,
  };
  return made;
}
