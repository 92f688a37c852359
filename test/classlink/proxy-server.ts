import { startServer, type TestServer } from '../support/http-server.js';

/** A district as the proxy lists it, in the shape that was captured. */
export function row(number: number, changes: object = {}): Record<string, unknown> {
  return {
    id: 10_000 + number,
    application_id: 67_890,
    tenant_id: number,
    bearer: `bearer-${String(number)}`,
    tenant_name: `District ${String(number)}`,
    enabled: 'true',
    tenant_status: 'Active',
    oneroster_application_id: `%2FgVa${String(number)}Gs%3D`,
    name: 'Example',
    version: '',
    ...changes,
  };
}

/** The partner's API key. */
export const apiKey = 'partner-key';

export interface ProxyWorld extends TestServer {
  /** What is listed; a function may answer with any body. */
  rows: readonly Record<string, unknown>[];
  /** The answer to a list request in place of a page. */
  list: ((offset: number, limit: number) => unknown) | undefined;
  /** Which header the data half accepts for a path id. */
  accepts: (id: string, authorization: string | undefined) => boolean;
  /** What `/applications/{id}/server` answers. */
  server: unknown;
  /** Every data path that was asked for, verbatim. */
  readonly data: readonly string[];
  /** How often the list was asked for. */
  readonly lists: () => number;
}

/** A proxy on the loopback: the list of applications, a server's details, and one school a district. */
export async function startProxy(rows: readonly Record<string, unknown>[]): Promise<ProxyWorld> {
  const data: string[] = [];
  const server = await startServer(({ path, query, headers }) => {
    const { authorization } = headers;
    if (path === '/applications') {
      if (authorization !== `Bearer ${apiKey}`) return { status: 401, body: {} };
      const offset = Number(query.get('offset') ?? 0);
      const limit = Number(query.get('limit') ?? 100);
      const applications = made.rows.slice(offset, offset + limit);
      return { body: made.list?.(offset, limit) ?? { status: 1, applications } };
    }
    if (path.endsWith('/server')) {
      data.push(path);
      return authorization === `Bearer ${apiKey}` ? { body: made.server } : { status: 401, body: {} };
    }
    data.push(path);
    const [, id = ''] = /^\/(.+)\/ims\/oneroster\/v1p1\//.exec(path) ?? [];
    if (!made.accepts(id, authorization)) return { status: 401, body: {} };
    const isFirst = (query.get('offset') ?? '0') === '0';
    return { body: { orgs: isFirst ? [{ sourcedId: 'S1', name: 'Elm', type: 'school', status: 'active' }] : [] } };
  });
  const made: ProxyWorld = {
    ...server,
    rows,
    list: undefined,
    accepts: (id, authorization) => {
      const listed = made.rows.find((one) => one['oneroster_application_id'] === id)?.['bearer'];
      const token = typeof listed === 'string' && listed !== '' ? listed : apiKey;
      return authorization === `Bearer ${token}`;
    },
    server: undefined,
    data,
    lists: () => server.requests.filter(({ path }) => path === '/applications').length,
  };
  return made;
}
