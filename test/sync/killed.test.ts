import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PostgresStore } from '../../src/adapters/postgres/index.js';
import { codeDigest } from '../../src/people/invitation-code.js';
import { Random } from '../../src/testing/random.js';
import { programFolder } from '../support/programs.js';
import { CONNECTION, hasServer } from '../support/database-server.js';
import { changesSince, endOf, expectWholeBatches, fenceOf } from './killed/looks.js';
import type { Month } from './killed/scenes.js';
import { SchemaTables, type Tables } from './killed/tables.js';
import type { JobDone } from './killed/worker-process.js';
import { type Answer, type Order, Workers } from './killed/workers.js';

/** How many processes are killed, and at which moments: the same seed kills at the same statements. */
const RUNS = Number(process.env['KILL_RUNS'] ?? 20);
const SEED = Number(process.env['KILL_SEED'] ?? 1);

const SCHEMA = `rosterkit_killed_${String(process.pid)}`;

const database = new Pool({ connectionString: CONNECTION, connectionTimeoutMillis: 5_000 });

/** An import that nobody disturbed: where it began, what it did, and where it ended. */
interface Undisturbed extends JobDone {
  readonly from: string | undefined;
  readonly before: Tables;
  readonly changes: readonly string[];
  readonly end: unknown;
  readonly addressees: readonly string[];
  readonly milliseconds: number;
}

describe.skipIf(!(await hasServer()))('a process that is killed in the middle of a run', () => {
  let folder: string;
  let workers: Workers;
  let tables: SchemaTables;
  const undisturbed = new Map<Month, Undisturbed>();

  beforeAll(async () => {
    await mkdir(programFolder('killed'), { recursive: true });
    folder = await mkdtemp(path.join(programFolder('killed'), 'run-'));
    await new PostgresStore({ pool: database, schema: SCHEMA }).migrate();
    tables = await SchemaTables.of(database, SCHEMA);
    workers = await Workers.build(folder, CONNECTION, SCHEMA);
    undisturbed.set('august', await importUndisturbed('august', undefined));
    undisturbed.set('september', await importUndisturbed('september', 'august'));
  }, 120_000);

  afterAll(async () => {
    await workers.stop();
    await database.query(`DROP SCHEMA ${SCHEMA} CASCADE`);
    await database.end();
    await rm(folder, { recursive: true, force: true });
  });

  async function importUndisturbed(month: Month, from: string | undefined): Promise<Undisturbed> {
    if (from !== undefined) await tables.copy(from, month);
    const before = await tables.read(month);
    const mail = path.join(folder, month);
    const start = performance.now();
    const done = await workers.do({ tenant: month, month, mail });
    if ('killed' in done) throw new Error('nobody was to kill it');
    expect(done).toMatchObject({ outcome: 'applied', left: 0 });
    const now = await tables.read(month);
    return {
      from,
      before,
      changes: changesSince(now, before),
      end: endOf(now),
      addressees: await addresseesIn(mail, now),
      milliseconds: performance.now() - start,
      ...done,
    };
  }

  /** Kills one process after the other in the middle of one import, and lets the next one end it. Says how many died. */
  async function importWithKills(round: number, most: number): Promise<number> {
    const random = new Random(SEED, `round ${String(round)}`);
    const month: Month = random.chance(0.5) ? 'august' : 'september';
    const whole = undisturbed.get(month) as Undisturbed;
    const tenant = `t${String(round)}`;
    const mail = path.join(folder, tenant);
    if (whole.from !== undefined) await tables.copy(whole.from, tenant);
    let fence = fenceOf(await tables.read(tenant));
    let answer: Answer | undefined;
    let deaths = 0;
    // Mostly one process dies; sometimes its successor, too.
    const kills = Math.min(most, random.chance(0.7) ? 1 : 2 + random.below(2));
    const lookAround = async (): Promise<void> => {
      const now = await tables.read(tenant);
      expectWholeBatches(now, whole.before, whole.changes.length);
      expect(fenceOf(now), 'the fence never falls').toBeGreaterThanOrEqual(fence);
      fence = fenceOf(now);
    };
    while (answer === undefined || 'killed' in answer) {
      const order: Order = { tenant, month, mail };
      answer = await workers.do(deaths < kills ? { ...order, ...momentOf(random, whole) } : order);
      // At once, while the server may still carry out the last words of the dead.
      await lookAround();
      if (!('killed' in answer)) break;
      deaths += 1;
      await tables.forgotten(answer.killed);
      await lookAround();
      await tables.expireLeases(tenant);
    }
    const now = await tables.read(tenant);
    expect(answer, 'the successor ends the import, and nothing is left to do').toMatchObject({
      outcome: 'applied',
      left: 0,
    });
    expect(changesSince(now, whole.before), 'every change is made once').toEqual(whole.changes);
    expect(endOf(now), 'it ends where an undisturbed import does').toEqual(whole.end);
    expect(await addresseesIn(mail, now), 'everybody is written to once').toEqual(whole.addressees);
    return deaths;
  }

  test(
    `leaves no half batch, and its successor ends where an undisturbed run does (${String(RUNS)} kills, KILL_SEED=${String(SEED)})`,
    async () => {
      for (let round = 1, deaths = 0; deaths < RUNS; round += 1) {
        deaths += await importWithKills(round, RUNS - deaths).catch((error: unknown) => {
          throw new Error(`round ${String(round)} of KILL_SEED=${String(SEED)}`, { cause: error });
        });
      }
    },
    60_000 + RUNS * 5_000,
  );
});

/**
 * At a statement mostly, of those that apply rather than of those about letters; else at a letter, or at an instant,
 * whatever it is that the process then does.
 */
function momentOf(random: Random, { applying, statements, letters, milliseconds }: Undisturbed): Partial<Order> {
  const moment = random.pick(['before', 'during', 'after'] as const);
  const kind = random.next();
  if (kind < 0.15) return { killAfterMs: random.below(milliseconds) };
  if (kind < 0.3) return { kill: { at: 'letter', number: 1 + random.below(letters), moment } };
  const number = 1 + random.below(kind < 0.8 ? applying : statements);
  return { kill: { at: 'statement', number, moment } };
}

/** Whom the letters in the folder are for, once for each letter. Each must hold the code of an invitation. */
async function addresseesIn(mail: string, now: Tables): Promise<readonly string[]> {
  const digests = new Set((now['invitations'] ?? []).map((row) => row['code_digest']));
  const people: string[] = [];
  for (const file of await readdir(mail)) {
    const letter = await readFile(path.join(mail, file), 'utf8');
    const code = /Your invitation code: (\S+)/.exec(letter)?.[1] ?? '';
    expect(digests.has(codeDigest(code)), 'the code of a letter is that of an invitation').toBe(true);
    people.push(/^To: (.*)$/m.exec(letter)?.[1] ?? '');
  }
  return people.sort();
}
