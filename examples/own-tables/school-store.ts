import type { Batch, BatchResult, LocalState, RosterStore, Scope } from 'rosterkit';
import { PostgresJournal, type SqlClient, type SqlPool, type WrittenRecord } from 'rosterkit/postgres';
import { eraseAccount, recordsOf, writeOne } from './statements.js';
import { ACCOUNTS, CAMPUSES, FAMILY, GROUPS, MEMBERS, type Table } from './tables.js';

/** A store over the app's own tables: the directory half is the app's, the journal half rosterkit's. */
export class SchoolStore extends PostgresJournal implements RosterStore {
  /**
   * @param pool the app's own pool: its tables and rosterkit's are in one database
   * @param schema where rosterkit's tables go
   */
  constructor(pool: SqlPool, schema = 'rosterkit') {
    super({ pool, schema });
  }

  load(scope: Scope, options: { readonly signal?: AbortSignal } = {}): Promise<LocalState> {
    return this.snapshot(scope, async (client, ledger) => {
      const read = async <T>(table: Table): Promise<readonly T[]> => {
        options.signal?.throwIfAborted();
        return (await recordsOf(client, scope.tenant, table)) as readonly T[];
      };
      return {
        scope,
        ledger,
        schools: await read(CAMPUSES),
        classes: await read(GROUPS),
        users: await read(ACCOUNTS),
        enrollments: await read(MEMBERS),
        guardianLinks: await read(FAMILY),
      };
    });
  }

  apply(batch: Batch): Promise<BatchResult> {
    const district = batch.scope.tenant;
    return this.record(batch, {
      write: async (changes, client) => {
        // Two batches of a district that want the same rows in another order would block each other.
        await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [district]);
        const written = new Map<string, WrittenRecord>();
        for (const change of changes) {
          const record = await writeOne(client, district, change);
          if (record !== undefined) written.set(change.key, record);
        }
        return written;
      },
      people: (ids, client) => accountsOf(client, district, ids),
    });
  }

  /** The database takes the groups and the family of the account along. */
  erasePerson(scope: Scope, userId: string): Promise<void> {
    return this.transaction(scope, (client) => eraseAccount(client, scope.tenant, userId));
  }

  /** The roles that the app has for its staff. A policy that names another one is refused. */
  roles(): Promise<readonly string[]> {
    return Promise.resolve(['teacher', 'office']);
  }

  /** No list: a policy may name any site. */
  sites(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }
}

/** Those of the ids that are accounts of the district. */
async function accountsOf(client: SqlClient, district: string, ids: readonly string[]): Promise<readonly string[]> {
  const { rows } = await client.query('SELECT id FROM accounts WHERE district = $1 AND id = ANY ($2::text[])', [
    district,
    [...ids],
  ]);
  return rows.map(({ id }) => String(id));
}
