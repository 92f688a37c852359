/** A scheduler in a process of its own. It is told what time it is, and tells of every run; it ends with who started it. */

import { Pool } from 'pg';
import { PostgresStore } from '../../src/adapters/postgres/index.js';
import { Connections, Scheduler } from '../../src/connections/index.js';
import { districtRoster, generateDistrict, rosterSource } from '../../src/testing/index.js';

/** How far the clock is ahead of the system's, in milliseconds. */
export interface Told {
  readonly aheadMs: number;
}

/** What the scheduler heard. */
export type Heard = { readonly ready: true } | { readonly outcome: string } | { readonly error: string };

const [connectionString, schema, tenant = '', key = ''] = process.argv.slice(2);
const tell = (heard: Heard): void => void process.send?.(heard);

let aheadMs = -10 * 365 * 24 * 3_600_000;
const source = rosterSource(districtRoster(generateDistrict({ students: 10 })));
const connections = new Connections({
  store: new PostgresStore({ pool: new Pool({ connectionString, max: 3 }), schema: schema ?? '' }),
  scope: { tenant },
  providers: { test: () => source },
  key: { id: 'test', key },
  clock: { now: () => new Date(Date.now() + aheadMs) },
});
const scheduler = new Scheduler({
  connections,
  pollMs: 10,
  onRun: ({ outcome }) => tell({ outcome }),
  onError: (error) => tell({ error: String(error) }),
});

process.on('message', (told: Told) => {
  aheadMs = told.aheadMs;
});
process.on('disconnect', () => process.exit());
scheduler.start();
tell({ ready: true });
