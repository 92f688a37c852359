/** The engine over streams, each size in a process of its own: what matters is the highest heap. */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { defaultPolicy, reconcileStreams } from '../../src/engine/index.js';
import type { Ordered } from '../../src/model/index.js';
import { NOW } from '../support/build.js';
import { streamedDistrict } from '../support/streamed-district.js';
import { Table } from './measuring.js';

interface Streamed {
  readonly changes: number;
  readonly seconds: number;
  readonly peak: number;
}

/** The largest district of the United States has some 2.7 million users and 8 million enrollments. */
const LARGEST = 2_700_000;

export function benchStreams(): void {
  const isLarge = process.env['BENCH_LARGE'] === '1';
  const sizes = isLarge ? [30_000, 300_000, LARGEST] : [30_000, 300_000];
  if (!isLarge) console.log(`\n${String(LARGEST)} users as streams are left out: BENCH_LARGE=1 npm run bench`);
  const table = new Table(
    'Engine over streams of both sides, 1% changes: the heap at its highest',
    ...['users', 'enrollments', 'changes', 'seconds', 'peak heap MB', 'goal'],
  );
  for (const users of sizes) {
    const { changes, seconds, peak } = inOwnProcess(users);
    const { enrollments } = streamedDistrict(users, enrollmentsEach(users));
    table.add(
      ...[String(users), String(enrollments), String(changes), seconds.toFixed(1), (peak / 2 ** 20).toFixed(0), '512'],
    );
  }
  table.print();
}

function enrollmentsEach(users: number): number {
  return users === LARGEST ? 8 / 2.7 : 5.5;
}

function inOwnProcess(users: number): Streamed {
  const script = fileURLToPath(new URL('./index.ts', import.meta.url));
  const args = ['--import', 'tsx', '--expose-gc', '--max-old-space-size=512', script, 'streams', String(users)];
  const output = execFileSync(process.execPath, args, { encoding: 'utf8' });
  return JSON.parse(output.slice(output.indexOf('{'))) as Streamed;
}

/** What the process of its own does. */
export async function measureStreams(users: number): Promise<void> {
  let peak = 0;
  let seen = 0;
  // Garbage is no need: it is collected before the heap is looked at.
  const look = (): void => {
    globalThis.gc?.();
    peak = Math.max(peak, process.memoryUsage().heapUsed);
  };
  const watched = <T>(records: Ordered<T>): Ordered<T> => ({
    *[Symbol.iterator]() {
      for (const record of records as Iterable<T>) {
        seen += 1;
        if (seen % 500_000 === 0) look();
        yield record;
      }
    },
  });
  const { roster, local } = streamedDistrict(users, enrollmentsEach(users));
  const start = performance.now();
  const plan = await reconcileStreams({
    roster: { ...roster, users: watched(roster.users), enrollments: watched(roster.enrollments) },
    local: { ...local, users: watched(local.users), enrollments: watched(local.enrollments) },
    policy: { ...defaultPolicy, fullData: true, archive: true },
    now: NOW,
  });
  const seconds = (performance.now() - start) / 1000;
  look();
  const streamed: Streamed = { changes: plan.changes.length, seconds, peak };
  console.log(JSON.stringify(streamed));
}
