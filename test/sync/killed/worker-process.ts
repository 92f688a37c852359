/**
 * A sync in a process of its own, which does one job after the other for the process that started it. Where a job says so,
 * it is killed at one statement of the job, or falls asleep there; it ends with the process that started it.
 */

import nodemailer from 'nodemailer';
import { Pool } from 'pg';
import { PostgresStore, type SqlConnection, type SqlPool } from '../../../src/adapters/postgres/index.js';
import { FileMailer, SmtpMailer } from '../../../src/adapters/smtp/index.js';
import { LockHeldError } from '../../../src/errors.js';
import type { Mailer } from '../../../src/ports/index.js';
import { RosterSync } from '../../../src/sync/index.js';
import { FixedClock, rosterSource } from '../../../src/testing/index.js';
import { hostName } from './host-name.js';
import { BATCH_SIZE, policy, rosterOf, type Month } from './scenes.js';

/** When, at a statement or a letter: it was not sent, it is on its way, or it has arrived and nobody knows. */
export type Moment = 'before' | 'during' | 'after';

/** One import. */
export interface Job {
  readonly tenant: string;
  readonly month: Month;
  /** The port of the mail server, or a folder that stands for it. */
  readonly mail: number | string;
  /** For how long the process keeps others out once it does not say that it lives. @default the default of a sync */
  readonly leaseTtlMs?: number;
  /** Which statement or which letter of the job, from 1, is the last; where it only sleeps, the last until it is woken. */
  readonly kill?: {
    /** @default 'SIGKILL' */
    readonly signal?: 'SIGKILL' | 'SIGSTOP';
    readonly at: 'statement' | 'letter';
    readonly number: number;
    readonly moment: Moment;
    /** How long `during` lasts, in milliseconds. @default no longer than the call */
    readonly afterMs?: number;
  };
}

/** What became of a job that was not killed. */
export interface JobDone {
  readonly runId: string;
  readonly outcome: string;
  /** The codes of the failures. */
  readonly failures: readonly string[];
  readonly statements: number;
  /** How many of them came before the first letter. */
  readonly applying: number;
  readonly letters: number;
  /** How many changes another plan of the same roster has. */
  readonly left: number;
}

/** What is said of a job that could not begin, because another process holds the scope. */
export interface JobRefused {
  readonly holder: string;
  readonly since: string;
}

const [connectionString, schema] = process.argv.slice(2);
if (connectionString === undefined || schema === undefined) throw new Error('names a database and a schema');

const name = `${schema}-${String(process.pid)}`;
const database = new Pool({ connectionString, application_name: name, max: 2 });
database.on('error', () => undefined);
const done = { statement: 0, letter: 0 };
let applying = 0;
let kill: Job['kill'];
let death: NodeJS.Timeout | undefined;

/** Dies or sleeps; whoever sleeps says so before. */
async function end(): Promise<void> {
  const { signal = 'SIGKILL' } = kill ?? {};
  kill = undefined;
  if (signal === 'SIGSTOP') await new Promise<void>((told) => process.send?.('asleep', () => told()));
  process.kill(process.pid, signal);
}

/** Does something that counts, and ends there where it is its turn. */
async function counted<T>(what: 'statement' | 'letter', act: () => Promise<T>): Promise<T> {
  done[what] += 1;
  const { moment, afterMs } = kill?.at === what && kill.number === done[what] ? kill : {};
  if (moment === 'before') await end();
  const acting = act();
  if (moment === 'during' && afterMs !== undefined) death = setTimeout(() => void end(), afterMs);
  else if (moment === 'during') setImmediate(() => void end());
  await acting;
  if (moment === 'after') await end();
  return acting;
}

const pool: SqlPool = {
  connect: async (): Promise<SqlConnection> => {
    const client = await database.connect();
    return {
      query: (text, values) => counted('statement', () => client.query<Record<string, unknown>>(text, values)),
      release: (destroy) => client.release(destroy),
      on: (event, listener) => client.on(event, listener),
      off: (event, listener) => client.off(event, listener),
    };
  },
};

/** The log of a mail server tells the processes apart by their names. */
function mailerTo(mail: Job['mail']): { readonly mailer: Mailer; readonly close: () => void } {
  if (typeof mail === 'string') return { mailer: new FileMailer({ folder: mail }), close: () => undefined };
  const server = { pool: true, host: '127.0.0.1', port: mail, maxConnections: 1 } as const;
  const transport = nodemailer.createTransport({ ...server, name: hostName(name) });
  const from = 'no-reply@school.example';
  return { mailer: new SmtpMailer({ transport, from, allowInsecureTransport: true }), close: () => transport.close() };
}

async function doJob(job: Job): Promise<JobDone> {
  const { mailer, close } = mailerTo(job.mail);
  const sync = new RosterSync({
    source: rosterSource(rosterOf(job.month)),
    store: new PostgresStore({ pool, schema: schema as string }),
    mailer: {
      send: (message, options) => {
        if (done.letter === 0) applying = done.statement;
        return counted('letter', () => mailer.send(message, options));
      },
    },
    scope: { tenant: job.tenant },
    policy,
    batchSize: BATCH_SIZE,
    ...(job.leaseTtlMs === undefined ? {} : { leaseTtlMs: job.leaseTtlMs }),
    clock: new FixedClock(job.month === 'august' ? '2026-09-01T12:00:00.000Z' : '2026-10-01T12:00:00.000Z'),
  });
  Object.assign(done, { statement: 0, letter: 0 });
  kill = job.kill;
  const { id: runId, outcome, failures } = await sync.run().finally(close);
  clearTimeout(death);
  kill = undefined;
  const { statement: statements, letter: letters } = done;
  const left = (await sync.plan()).changes.length;
  return { runId, outcome, failures: failures.map(({ code }) => code), statements, applying, letters, left };
}

process.on('message', (job: Job) => {
  doJob(job).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      if (!LockHeldError.isInstance(error)) return process.send?.({ error: String(error) });
      const { holder, since } = error;
      return process.send?.({ holder, since } satisfies JobRefused);
    },
  );
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
