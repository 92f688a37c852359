import { ConfigurationError } from '../../errors.js';
import type { Session } from './database.js';
import { text } from './rows.js';

/**
 * What an application does to the tables: neither TRUNCATE, which no row-level security stops, nor REFERENCES, which
 * would tell it of other tenants' keys.
 */
export const PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const;

/** The longest name that PostgreSQL keeps whole, in bytes. */
const LONGEST_NAME = 63;

/** @throws ConfigurationError where it is no name of one role */
export function checkRole(parameter: string, role: unknown): asserts role is string {
  // `public` is every role there is, quoted or not.
  const isName = typeof role === 'string' && role !== '' && !role.includes('\0') && !['public', 'none'].includes(role);
  if (isName && new TextEncoder().encode(role).length <= LONGEST_NAME) return;
  throw new ConfigurationError(parameter, 'is the name of one role of the database, as it stands in pg_roles');
}

/** Lets a role work with the rows of the tables, and do nothing else with them. */
export async function grantTo(session: Session, schema: string, tables: Iterable<string>, role: string): Promise<void> {
  const [found] = await session.query(
    'SELECT quote_ident(rolname) AS role FROM pg_catalog.pg_roles WHERE rolname = $1',
    [role],
  );
  if (found === undefined) {
    throw new ConfigurationError('grantTo', 'names a role that the database does not have: create it first');
  }
  const grantee = text(found, 'role');
  await session.query(`GRANT USAGE ON SCHEMA "${schema}" TO ${grantee}`);
  for (const table of tables) {
    const privileges = table === VERSION_TABLE ? 'SELECT' : PRIVILEGES.join(', ');
    await session.query(`GRANT ${privileges} ON ${session.table(table)} TO ${grantee}`);
  }
}

/** Which version the tables have: an application reads it, and never writes it. */
export const VERSION_TABLE = 'schema_version';
