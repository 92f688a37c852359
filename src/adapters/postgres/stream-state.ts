import { StoreError } from '../../errors.js';
import { emptyLedger } from '../../model/index.js';
import type { LocalRead, Scope } from '../../model/index.js';
import { CLASSES, ENROLLMENTS, GUARDIAN_LINKS, orderKey, SCHOOLS, USERS } from './collections.js';
import type { Collection } from './collections.js';
import { READ_AT_ONE_MOMENT } from './database.js';
import type { Connected, Database, Row } from './database.js';
import { readLedger } from './scopes.js';

/** Rows that are in memory at a time, of each reading. */
const ROWS_PER_FETCH = 5_000;

let results = 0;

/**
 * Runs the work with the records as streams. Their results are made in one transaction and outlast it (`WITH HOLD`) until
 * the work ends: all are of one moment, no transaction stays open while the work thinks, and where a database has a single
 * connection others get their turn.
 */
export async function streamState<T>(
  database: Database,
  scope: Scope,
  work: (local: LocalRead) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  signal?.throwIfAborted();
  return database.connected('stream', async (connected) => {
    const held: HeldResult[] = [];
    const local = await connected.transaction(scope.tenant, READ_AT_ONE_MOMENT, async (session) => {
      const key = await orderKey(session, scope.tenant);
      const hold = async <R>({ select, recordOf }: Collection<R>): Promise<AsyncIterable<R>> => {
        results += 1;
        const name = `rosterkit_${String(results)}`;
        await session.query(`DECLARE ${name} SCROLL CURSOR WITH HOLD FOR ${select(session, key)}`, [scope.tenant]);
        const result = new HeldResult(connected, name, signal);
        held.push(result);
        return { [Symbol.asyncIterator]: () => result.read(recordOf) };
      };
      return {
        scope,
        ledger: (await readLedger(session, scope)) ?? emptyLedger,
        schools: await hold(SCHOOLS),
        classes: await hold(CLASSES),
        users: await hold(USERS),
        enrollments: await hold(ENROLLMENTS),
        guardianLinks: await hold(GUARDIAN_LINKS),
      };
    });
    try {
      signal?.throwIfAborted();
      return await work(local);
    } finally {
      for (const result of held) await result.close();
    }
  });
}

/** A result that the database keeps. It may be read several times, and by several readers at once. */
class HeldResult {
  /** How many rows the cursor has gone past; unknown where it went past the last. */
  private position: number | undefined = 0;
  private turn: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  constructor(
    private readonly connected: Connected,
    private readonly name: string,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async *read<T>(recordOf: (row: Row) => T): AsyncGenerator<T, void, undefined> {
    for (let at = 0; ; ) {
      this.signal?.throwIfAborted();
      const rows = await this.rowsFrom(at);
      for (const row of rows) yield recordOf(row);
      if (rows.length < ROWS_PER_FETCH) return;
      at += rows.length;
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    // Where that fails, the connection is closed, and the result with it.
    await this.inTurn(() => this.connected.query(`CLOSE ${this.name}`)).catch(() => undefined);
  }

  private rowsFrom(at: number): Promise<readonly Row[]> {
    return this.inTurn(async () => {
      if (this.isClosed) {
        throw new StoreError('stream: the records can be read until the work ends, and it has ended', {
          operation: 'stream',
        });
      }
      if (this.position !== at) await this.connected.query(`MOVE ABSOLUTE ${String(at)} IN ${this.name}`);
      this.position = undefined;
      const rows = await this.connected.query(`FETCH ${String(ROWS_PER_FETCH)} FROM ${this.name}`);
      if (rows.length === ROWS_PER_FETCH) this.position = at + rows.length;
      return rows;
    });
  }

  /** A reader moves the cursor and fetches before the next one does. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }
}
