import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';

export type Rows = Readonly<Record<string, readonly unknown[]>>;

export interface Asked {
  readonly collection: string;
  /** The path and query as they came over the wire. */
  readonly url: string;
  readonly limit: number;
  readonly offset: number;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** How often this collection was asked for, this request included. */
  readonly count: number;
}

export interface Answered {
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface OneRosterServer {
  readonly url: string;
  /** To be named in allowInsecureHosts. */
  readonly host: string;
  readonly asked: readonly Asked[];
  askedFor(collection: string): readonly Asked[];
}

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const PATH = '/ims/oneroster/v1p1/';

/** A page as a well-behaved server sends it, with its total. */
export function page(rows: readonly unknown[], { collection, limit, offset }: Asked): Answered {
  return {
    body: { [collection]: rows.slice(offset, offset + limit) },
    headers: { 'x-total-count': String(rows.length) },
  };
}

/** A OneRoster server on the loopback. `answer` takes over the requests for which it returns something. */
export async function serve(rows: Rows, answer?: (asked: Asked) => Answered | undefined): Promise<OneRosterServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const raw = request.url ?? '';
    const url = new URL(raw, 'http://server');
    const collection = url.pathname.startsWith(PATH) ? url.pathname.slice(PATH.length) : '';
    const now: Asked = {
      collection,
      url: raw,
      limit: Number(url.searchParams.get('limit') ?? 100),
      offset: Number(url.searchParams.get('offset') ?? 0),
      query: url.searchParams,
      headers: request.headers,
      count: asked.filter((earlier) => earlier.collection === collection).length + 1,
    };
    asked.push(now);
    const found = rows[collection];
    const result = answer?.(now) ?? (found === undefined ? { status: 404, body: { error: 'none' } } : page(found, now));
    response.writeHead(result.status ?? 200, {
      'content-type': typeof result.body === 'string' ? 'text/html' : 'application/json',
      ...result.headers,
    });
    response.end(typeof result.body === 'string' ? result.body : JSON.stringify(result.body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    url: `http://${host}`,
    host,
    asked,
    askedFor: (collection) => asked.filter((one) => one.collection === collection),
  };
}
