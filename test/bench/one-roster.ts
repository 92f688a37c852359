/** The OneRoster client beside the least that reads the same pages: `fetch` and `JSON.parse`, one page after the other. */

import { bearer, OneRosterClient } from '../../src/oneroster/index.js';
import { compareReaders, type Reader, startServer } from './readers.js';

/** Reads until a page is empty, as a careful reader must. */
function bareReader(baseUrl: string, pageSize: number): Reader {
  interface Body {
    readonly users: readonly { readonly sourcedId: string }[];
  }
  return async () => {
    let count = 0;
    for (;;) {
      const path = `/ims/oneroster/v1p1/users?limit=${String(pageSize)}&offset=${String(count)}`;
      const response = await fetch(baseUrl + path, { headers: { authorization: 'Bearer token' } });
      const { users } = JSON.parse(await response.text()) as Body;
      for (const { sourcedId } of users) if (sourcedId !== '') count += 1;
      if (users.length === 0) return count;
    }
  };
}

/** Prints what the client costs beside a bare reader. */
export async function benchOneRoster(): Promise<void> {
  const server = await startServer('./one-roster-server.ts');
  try {
    await compareReaders('OneRoster client', (pageSize) => {
      const { baseUrl } = server;
      const client = new OneRosterClient({
        baseUrl,
        pageSize,
        auth: bearer('token'),
        allowInsecureHosts: ['127.0.0.1'],
      });
      return {
        list: client.users.list(),
        bare: bareReader(baseUrl, pageSize),
        byPage: async () => {
          let count = 0;
          for await (const { items } of client.users.list().byPage())
            for (const { sourcedId } of items) if (sourcedId !== '') count += 1;
          return count;
        },
        oneByOne: async () => {
          let count = 0;
          for await (const { sourcedId } of client.users.list()) if (sourcedId !== '') count += 1;
          return count;
        },
      };
    });
  } finally {
    server.stop();
  }
}
