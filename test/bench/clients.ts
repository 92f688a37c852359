/**
 * The Clever client beside the least that reads the same pages: `fetch` and `JSON.parse`, one page after the other. Wall
 * time holds 20 ms of waiting for each page, CPU time does not.
 */

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CleverClient } from '../../src/clever/index.js';

const USERS = 100_000;
const PAGE_SIZES = [1000, 10_000];
const REPETITIONS = 5;

interface Times {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Reads every user, keeps none, and says how many there were. */
type Reader = () => Promise<number>;

async function startServer(): Promise<{ readonly baseUrl: string; readonly stop: () => void }> {
  const script = fileURLToPath(new URL('./clever-server.ts', import.meta.url));
  const child = fork(script, [USERS, ...PAGE_SIZES].map(String));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => {
      resolve(Number(message));
    });
    child.once('exit', () => {
      reject(new Error('The server of the bench ended before it began.'));
    });
  });
  return { baseUrl: `http://127.0.0.1:${String(port)}`, stop: () => child.disconnect() };
}

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

function pageReader(client: CleverClient): Reader {
  return async () => {
    let count = 0;
    for await (const { items } of client.users.list().byPage()) for (const { id } of items) if (id !== '') count += 1;
    return count;
  };
}

function userReader(client: CleverClient): Reader {
  return async () => {
    let count = 0;
    for await (const { id } of client.users.list()) if (id !== '') count += 1;
    return count;
  };
}

async function timed(read: Reader): Promise<Times> {
  globalThis.gc?.();
  const cpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  const count = await read();
  const wallMs = Number(process.hrtime.bigint() - start) / 1e6;
  const { user, system } = process.cpuUsage(cpu);
  if (count !== USERS) throw new Error(`${String(count)} users were read instead of ${String(USERS)}.`);
  return { wallMs, cpuMs: (user + system) / 1000 };
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] as number;
}

/** Medians of several rounds in turn, so that a busy machine slows all alike. The first round warms up. */
async function medians(readers: readonly Reader[]): Promise<readonly Times[]> {
  const times: Times[][] = readers.map(() => []);
  for (let round = 0; round <= REPETITIONS; round += 1) {
    for (const [index, read] of readers.entries()) {
      const time = await timed(read);
      if (round > 0) times[index]?.push(time);
    }
  }
  return times.map((rounds) => ({
    wallMs: median(rounds.map(({ wallMs }) => wallMs)),
    cpuMs: median(rounds.map(({ cpuMs }) => cpuMs)),
  }));
}

/** The most memory that was in use after any page, for a caller that keeps nothing. */
async function peakMemory(client: CleverClient): Promise<{ readonly rss: number; readonly heap: number }> {
  globalThis.gc?.();
  let rss = 0;
  let heap = 0;
  for await (const page of client.users.list().byPage()) {
    if (page.items.length === 0) continue;
    const memory = process.memoryUsage();
    rss = Math.max(rss, memory.rss);
    heap = Math.max(heap, memory.heapUsed);
  }
  return { rss: rss / 2 ** 20, heap: heap / 2 ** 20 };
}

/** Prints what the client costs beside a bare reader. */
export async function benchClients(): Promise<void> {
  const server = await startServer();
  try {
    console.log(`\nClever client against bare fetch + JSON.parse, ${String(USERS)} users, 20 ms a page`);
    console.log('page size  reader         records/s    wall ratio    CPU ratio   peak rss MB   peak heap MB');
    for (const pageSize of PAGE_SIZES) {
      const client = clientFor(server.baseUrl, pageSize);
      const { rss, heap } = await peakMemory(client);
      const readers = [bareReader(server.baseUrl, pageSize), pageReader(client), userReader(client)];
      const [bare, byPage, oneByOne] = await medians(readers);
      if (bare === undefined || byPage === undefined || oneByOne === undefined) return;
      line(pageSize, 'bare', bare, bare);
      line(pageSize, 'by page', byPage, bare, [rss, heap]);
      line(pageSize, 'one by one', oneByOne, bare);
    }
  } finally {
    server.stop();
  }
}

function line(pageSize: number, reader: string, times: Times, bare: Times, memory: readonly number[] = []): void {
  const cells = [
    String(pageSize).padEnd(10),
    reader.padEnd(12),
    (USERS / (times.wallMs / 1000)).toFixed(0).padStart(11),
    `${(times.wallMs / bare.wallMs).toFixed(2)}x`.padStart(13),
    `${(times.cpuMs / bare.cpuMs).toFixed(2)}x`.padStart(12),
    ...memory.map((value) => value.toFixed(0).padStart(13)),
  ];
  console.log(cells.join(' '));
}
