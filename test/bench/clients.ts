/** The Clever client beside the least that reads the same pages: `fetch` and `JSON.parse`, one page after the other. */

import { CleverClient } from '../../src/clever/index.js';
import { compareReaders, type Reader, startServer } from './readers.js';

function bareReader(baseUrl: string, pageSize: number): Reader {
  interface Body {
    readonly data: readonly { readonly data: { readonly id: string } }[];
    readonly links: readonly { readonly rel: string; readonly uri: string }[];
  }
  return async () => {
    let count = 0;
    let next: string | undefined = `/v3.0/users?limit=${String(pageSize)}`;
    while (next !== undefined) {
      const response = await fetch(baseUrl + next, { headers: { authorization: 'Bearer token' } });
      const body = JSON.parse(await response.text()) as Body;
      for (const { data } of body.data) if (data.id !== '') count += 1;
      next = body.links.find(({ rel }) => rel === 'next')?.uri;
    }
    return count;
  };
}

function clientFor(baseUrl: string, pageSize: number): CleverClient {
  return new CleverClient({
    token: 'token',
    baseUrl,
    pageSize,
    allowInsecureHosts: ['127.0.0.1'],
    requestsPerMinute: 1_000_000,
  });
}

/** Prints what the client costs beside a bare reader. */
export async function benchClients(): Promise<void> {
  const server = await startServer('./clever-server.ts');
  try {
    await compareReaders('Clever client', (pageSize) => {
      const client = clientFor(server.baseUrl, pageSize);
      return {
        list: client.users.list(),
        bare: bareReader(server.baseUrl, pageSize),
        byPage: async () => {
          let count = 0;
          for await (const { items } of client.users.list().byPage())
            for (const { id } of items) if (id !== '') count += 1;
          return count;
        },
        oneByOne: async () => {
          let count = 0;
          for await (const { id } of client.users.list()) if (id !== '') count += 1;
          return count;
        },
      };
    });
  } finally {
    server.stop();
  }
}
