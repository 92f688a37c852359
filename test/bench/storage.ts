/** The store beside COPY of all the rows that it writes, and beside COPY of those that it loads. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Client, Pool } from 'pg';
import { PostgresStore, type SqlPool } from '../../src/adapters/postgres/index.js';
import type { Change } from '../../src/model/index.js';
import { CONNECTION } from '../support/database-server.js';
import { copy } from './copy.js';
import { ratio, Table } from './measuring.js';

const SCOPE = { tenant: 'district-1' };
const AT = '2026-09-15T12:00:00.000Z';
const CLASS_SIZE = 25;
const CLASSES_EACH = 5;
/** As many changes as a transaction has, one after the other, and both ways of writing in turn. */
const SLICES = 10;
const BATCH_SIZE = Number(process.env['BENCH_BATCH'] ?? 2_000);

/** A database with two sets of the same tables: the store writes to one, COPY to the other. */
interface Subject {
  readonly pool: SqlPool;
  /** Runs statements that answer nothing of interest. */
  run(statements: string): Promise<void>;
  /** The rows of a query, as COPY gives them. */
  copyOut(query: string): Promise<Blob | Buffer>;
  /** Writes such rows, all or none. */
  copyIn(rows: Readonly<Record<string, Blob | Buffer>>): Promise<void>;
  close(): Promise<void>;
}

const OWN = `rosterkit_bench_${String(process.pid)}`;
const COPIED = `${OWN}_copy`;

/** Prints rows per second and ratios: a million enrollments on a server, 200,000 in PGlite on disk. */
export async function benchStorage(size?: number): Promise<void> {
  const server = await openServer();
  if (server === undefined) console.log('\nNo PostgreSQL server answers: the store is measured in PGlite alone.');
  else await measureStore('PostgreSQL server', server, size ?? 1_000_000);
  await measureStore('PGlite on disk', await openPglite(), Math.min(size ?? 200_000, 200_000));
}

async function measureStore(name: string, subject: Subject, enrollments: number): Promise<void> {
  const store = new PostgresStore({ pool: subject.pool, schema: OWN });
  const classes = enrollments / CLASS_SIZE;
  const users = enrollments / CLASSES_EACH;
  const table = new Table(
    `${name}: rows per second, batches of ${String(BATCH_SIZE)}; COPY writes the same rows of records and journal`,
    ...['', 'rows', 'store', 'COPY', 'ratio of rates', 'goal'],
  );
  try {
    await store.migrate();
    await new PostgresStore({ pool: subject.pool, schema: COPIED }).migrate();
    const write = writer(subject, store);
    const line = (what: string, rows: number, times: Times, goal = ''): void => {
      const rate = (ms: number): string => ((rows / ms) * 1000).toFixed(0);
      table.add(what, String(rows), rate(times.store), rate(times.copy), ratio(times.copy, times.store), goal);
    };
    await write('classes', classes, classChange);
    line('applying people', users, await write('users', users, userChange));
    line(
      'applying enrollments',
      enrollments,
      await write('enrollments', enrollments, (index) => enrollmentChange(index, users)),
      '0.33x',
    );
    const loading = await measureLoading(subject, store, classes + users + enrollments);
    line('loading', classes + users + enrollments, loading);
    table.print();
    console.log(`Heap while it streams by: at most ${(loading.peak / 2 ** 20).toFixed(0)} MiB more`);
  } finally {
    await subject.run(`DROP SCHEMA IF EXISTS ${OWN} CASCADE; DROP SCHEMA IF EXISTS ${COPIED} CASCADE`);
    await subject.close();
  }
}

/** Milliseconds. */
interface Times {
  readonly store: number;
  readonly copy: number;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  globalThis.gc?.();
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Writes records through the store, and what it wrote by COPY, slice by slice, so that a busy machine slows both alike. */
function writer(subject: Subject, store: PostgresStore) {
  return async (table: string, count: number, changeOf: (index: number) => Change): Promise<Times> => {
    const times = { store: 0, copy: 0 };
    const runId = `run-${table}`;
    for (let slice = 0; slice < SLICES; slice += 1) {
      const first = Math.floor((count * slice) / SLICES);
      const end = Math.floor((count * (slice + 1)) / SLICES);
      const changes = Array.from({ length: end - first }, (_, index) => changeOf(first + index));
      times.store += await timed(async () => {
        for (let from = 0; from < changes.length; from += BATCH_SIZE) {
          const batch = changes.slice(from, from + BATCH_SIZE);
          const { stale } = await store.apply({ scope: SCOPE, runId, fence: 1, at: AT, changes: batch });
          if (stale.length > 0) throw new Error(`${String(stale.length)} changes of the bench are stale.`);
        }
      });
      const entries = `${OWN}.journal j WHERE j.run_id = '${runId}' AND j.sequence >= ${String(first)}`;
      const rows = {
        [table]: await subject.copyOut(
          `SELECT r.* FROM ${entries.replace(' WHERE', ` JOIN ${OWN}.${table} r ON r.tenant = j.tenant AND r.id = j.record_id WHERE`)} ORDER BY j.sequence`,
        ),
        journal: await subject.copyOut(`SELECT j.* FROM ${entries} ORDER BY j.sequence`),
      };
      times.copy += await timed(() => subject.copyIn(rows));
    }
    return times;
  };
}

/** The store's stream of records beside COPY of the same tables; the heap where it is highest. */
async function measureLoading(
  subject: Subject,
  store: PostgresStore,
  expected: number,
): Promise<Times & { readonly peak: number }> {
  let peak = 0;
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const load = await timed(async () => {
    let seen = 0;
    await store.stream(SCOPE, async ({ classes, users, enrollments }) => {
      for (const records of [classes, users, enrollments]) {
        for await (const { version } of records) {
          seen += version;
          if (seen % 50_000 !== 0) continue;
          globalThis.gc?.();
          peak = Math.max(peak, process.memoryUsage().heapUsed - before);
        }
      }
    });
    if (seen !== expected) throw new Error(`${String(seen)} records were loaded instead of ${String(expected)}.`);
  });
  const copied = await timed(async () => {
    for (const table of ['classes', 'users', 'enrollments']) await subject.copyOut(`SELECT * FROM ${OWN}.${table}`);
  });
  return { store: load, copy: copied, peak };
}

function sourcedId(kind: string, index: number): string {
  return `6a445880a8be${kind}${index.toString(16).padStart(11, '0')}`;
}

function common(kind: string, subject: string): Pick<Change, 'key' | 'subject' | 'destructive' | 'heldBy'> {
  return { key: `${kind} ${subject}`, subject, destructive: false, heldBy: [] };
}

function classChange(index: number): Change {
  const id = sourcedId('c', index);
  const fields = {
    name: `Mathematics ${String(index)}`,
    schoolSourcedId: sourcedId('a', index % 50),
    termSourcedIds: ['6a445880a8bea9de00000010'],
    grades: ['05'],
    options: { behaviorManagement: true, studentPortfolios: true, parentCommunication: true },
  };
  return {
    ...common('class-create', `class:${id}`),
    kind: 'class-create',
    target: { sourcedId: id },
    before: null,
    after: { ...fields, sourcedId: id, origin: 'roster', state: 'active', synced: fields },
    reason: { rule: 'K1', code: 'NEW_CLASS' },
    fingerprint: '2awvdffzeeb',
    schoolSourcedId: fields.schoolSourcedId,
  };
}

function userChange(index: number): Change {
  const id = sourcedId('d', index);
  const fields = {
    roles: ['student'] as const,
    givenName: `Given${String(index % 997)}`,
    familyName: `Family${String(index % 7919)}`,
    username: `user.${String(index)}`,
    email: `user.${String(index)}@students.district.example`,
    schoolSourcedIds: [sourcedId('a', index % 50)],
    grade: '05',
    birthDate: '2014-08-22',
    stateId: `62${String(index).padStart(8, '0')}`,
    sisId: String(index).padStart(8, '0'),
  };
  return {
    ...common('user-create', `user:${id}`),
    kind: 'user-create',
    target: { sourcedId: id },
    before: null,
    after: { ...fields, sourcedId: id, origin: 'roster', state: 'active', synced: fields },
    reason: { rule: 'U1', code: 'NEW_PERSON', evidence: { roles: ['student'] } },
    fingerprint: '2awvdffzeeb',
    schoolSourcedId: fields.schoolSourcedIds[0] as string,
  };
}

/** Class by class, as plans are; whoever is in a class comes from anywhere among the people. */
function enrollmentChange(index: number, users: number): Change {
  const inClass = Math.floor(index / CLASS_SIZE);
  const user = (inClass * 7_919 + (index % CLASS_SIZE) * 10_007) % users;
  const classSourcedId = sourcedId('c', inClass);
  const userSourcedId = sourcedId('d', user);
  const role = index % CLASS_SIZE === 0 ? 'teacher' : 'student';
  return {
    ...common('enrollment-add', `enrollment:24:${classSourcedId}:${userSourcedId}`),
    kind: 'enrollment-add',
    target: { classSourcedId, userSourcedId },
    before: null,
    after: { origin: 'roster', role, state: 'active', synced: { role } },
    reason: { rule: 'M1', code: 'ENROLLED', evidence: { role } },
    fingerprint: `${role}|false||`,
    schoolSourcedId: sourcedId('a', inClass % 50),
  };
}

async function openServer(): Promise<Subject | undefined> {
  const client = new Client({ connectionString: CONNECTION, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
  } catch {
    return undefined;
  }
  const pool = new Pool({ connectionString: CONNECTION });
  return {
    pool,
    run: async (statements) => {
      await client.query(statements);
    },
    copyOut: (query) => copy(client, `COPY (${query}) TO STDOUT`),
    copyIn: async (rows) => {
      await client.query('BEGIN');
      for (const [table, data] of Object.entries(rows)) {
        await copy(client, `COPY ${COPIED}.${table} FROM STDIN`, data as Buffer);
      }
      await client.query('COMMIT');
    },
    close: async () => {
      await Promise.all([client.end(), pool.end()]);
    },
  };
}

async function openPglite(): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), 'rosterkit-bench-'));
  const database = await PGlite.create(folder);
  return {
    pool: database,
    run: async (statements) => {
      await database.exec(statements);
    },
    copyOut: async (query) => {
      const { blob } = await database.query(`COPY (${query}) TO '/dev/blob'`);
      return blob ?? new Blob();
    },
    copyIn: (rows) =>
      database.transaction(async (client) => {
        for (const [table, data] of Object.entries(rows)) {
          await client.query(`COPY ${COPIED}.${table} FROM '/dev/blob'`, [], { blob: data as Blob });
        }
      }),
    close: async () => {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
