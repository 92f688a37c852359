import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { PostgresStore } from '../../src/adapters/postgres/index.js';
import { Connections } from '../../src/connections/index.js';
import { districtRoster, FixedClock, generateDistrict, rosterSource } from '../../src/testing/index.js';
import { CONNECTION, hasServer } from '../support/database-server.js';
import { programFolder } from '../support/programs.js';
import type { Heard, Told } from './scheduler-process.js';

const SCHEMA = `rosterkit_scheduled_${String(process.pid)}`;
const TENANT = 'district-1';
const DAYS = 3;
const by = { by: 'admin-1' };

describe.skipIf(!(await hasServer()))('two processes with one schedule', () => {
  const database = new Pool({ connectionString: CONNECTION });
  const key = crypto.getRandomValues(new Uint8Array(32));
  const processes: ChildProcess[] = [];
  const heard: Heard[] = [];
  let folder: string;
  let connections: Connections;
  let id: string;

  beforeAll(async () => {
    const store = new PostgresStore({ pool: database, schema: SCHEMA });
    await store.migrate();
    connections = new Connections({
      store,
      scope: { tenant: TENANT },
      providers: { test: () => rosterSource(districtRoster(generateDistrict({ students: 10 }))) },
      key: { id: 'test', key },
      clock: new FixedClock('2026-09-15T12:00:00.000Z'),
    });
    ({ id } = await connections.create({ provider: 'test', credentials: {}, ...by }));
    await connections.linkSchool(id, 'all', by);
    await connections.configure(id, { schedule: { at: '02:30', timeZone: 'UTC' } }, by);
    await connections.preview(id);
    await connections.enable(id, by);
    await mkdir(programFolder('scheduled'), { recursive: true });
    folder = await mkdtemp(path.join(programFolder('scheduled'), 'run-'));
    const script = path.join(folder, 'scheduler.mjs');
    await build({
      entryPoints: [fileURLToPath(new URL('./scheduler-process.ts', import.meta.url))],
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      logLevel: 'error',
    });
    for (let number = 0; number < 2; number += 1) {
      const child = fork(script, [CONNECTION, SCHEMA, TENANT, Buffer.from(key).toString('base64')]);
      processes.push(child);
      await once(child, 'message');
      child.on('message', (message: Heard) => heard.push(message));
    }
  }, 120_000);

  afterAll(async () => {
    for (const child of processes) {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    }
    await database.query(`DROP SCHEMA ${SCHEMA} CASCADE`);
    await database.end();
    await rm(folder, { recursive: true, force: true });
  });

  test('run it once at each due time', { timeout: 120_000 }, async () => {
    for (let day = 1; day <= DAYS; day += 1) {
      const told: Told = { aheadMs: Date.UTC(2026, 8, 15 + day, 2, 30) - Date.now() };
      for (const child of processes) child.send(told);
      await vi.waitFor(() => {
        if (heard.length < day) throw new Error(`No run on day ${String(day)}.`);
      }, 30_000);
      // Time enough for the other one to do it again.
      await pause(200);
      expect(heard.slice(day - 1)).toEqual([{ outcome: 'applied' }]);
      expect(await connections.runs(id)).toHaveLength(day);
      expect(await connections.get(id)).toMatchObject({ doneAt: `2026-09-${String(15 + day)}T02:30:00.000Z` });
    }
  });
});
