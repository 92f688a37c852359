/**
 * What the benches of clients share: a server in a process of its own, readers beside one another, and how a line of the
 * result looks. Wall time holds 20 ms of waiting for each page, CPU time does not.
 */

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How many users there are to read. */
const USERS = 100_000;
const PAGE_SIZES = [1000, 10_000];
const REPETITIONS = 5;

interface Times {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Reads every user, keeps none, and says how many there were. */
export type Reader = () => Promise<number>;

/** A client that reads all users lazily. */
interface LazyList {
  byPage(): AsyncIterable<{ readonly items: readonly unknown[] }>;
}

/** Starts the server of a script in this folder, with the users and the page sizes. */
export async function startServer(script: string): Promise<{ readonly baseUrl: string; readonly stop: () => void }> {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), [USERS, ...PAGE_SIZES].map(String));
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

export function median(values: readonly number[]): number {
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
async function peakMemory(list: LazyList): Promise<readonly [rss: number, heap: number]> {
  globalThis.gc?.();
  let rss = 0;
  let heap = 0;
  for await (const page of list.byPage()) {
    if (page.items.length === 0) continue;
    const memory = process.memoryUsage();
    rss = Math.max(rss, memory.rss);
    heap = Math.max(heap, memory.heapUsed);
  }
  return [rss / 2 ** 20, heap / 2 ** 20];
}

/** What is to be compared at one page size. */
interface Comparison {
  readonly list: LazyList;
  readonly bare: Reader;
  readonly byPage: Reader;
  readonly oneByOne: Reader;
}

/** Prints what a client costs beside a bare reader, at every page size. */
export async function compareReaders(title: string, at: (pageSize: number) => Comparison): Promise<void> {
  console.log(`\n${title} against bare fetch + JSON.parse, ${String(USERS)} users, 20 ms a page`);
  console.log('page size  reader         records/s    wall ratio    CPU ratio   peak rss MB   peak heap MB');
  for (const pageSize of PAGE_SIZES) {
    const { list, ...readers } = at(pageSize);
    const memory = await peakMemory(list);
    const [bare, byPage, oneByOne] = await medians([readers.bare, readers.byPage, readers.oneByOne]);
    if (bare === undefined || byPage === undefined || oneByOne === undefined) return;
    line(pageSize, 'bare', bare, bare);
    line(pageSize, 'by page', byPage, bare, memory);
    line(pageSize, 'one by one', oneByOne, bare);
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
