import { gravestFirst, preflightStateOf } from '../../model/index.js';
import type { Preflight, PreflightFinding } from '../../model/index.js';
import { readCatalog } from './catalog.js';
import type { Catalog } from './catalog.js';
import type { Session } from './database.js';
import { driftOf } from './drift.js';
import { expectedTables } from './expected-tables.js';
import { PRIVILEGES, VERSION_TABLE } from './grants.js';
import { LATEST_VERSIONS, presentVersions } from './migrate.js';
import type { Half } from './migrations.js';
import { number, text } from './rows.js';

/** How a {@link PostgresStore}, or a {@link PostgresJournal}, finds its database: the role of the pool, and the tables. */
export interface PostgresPreflight {
  /** The role that the pool's statements run as. */
  readonly role: string;
  /**
   * Whether row-level security keeps the tenants apart a second time, for this role. Without it they are kept apart by the
   * statements of the store alone.
   */
  readonly isIsolated: boolean;
  /** `blocked` where a finding is an error, `warning` where one is a warning, else `ready`. */
  readonly state: Preflight['state'];
  /** The gravest first. */
  readonly findings: readonly PreflightFinding[];
}

const OLDEST_SERVER = 150_000;

/** Looks at the role and the tables. Writes nothing. */
export async function preflight(session: Session, schema: string, halves: readonly Half[]): Promise<PostgresPreflight> {
  await session.query('SET TRANSACTION READ ONLY');
  const role = await readRole(session, schema, expectedTables(halves));
  const catalog = await readCatalog(session, schema);
  const tables = await tableFindings(session, schema, { halves, role, catalog });
  const findings = gravestFirst([...serverFindings(role), ...tables, ...roleFindings(role)]);
  const isWhole = !tables.some(({ severity }) => severity === 'error');
  return {
    role: role.name,
    isIsolated: isWhole && !role.isSuperuser && !role.bypasses,
    state: preflightStateOf(findings),
    findings,
  };
}

interface Role {
  readonly name: string;
  readonly server: number;
  readonly isSuperuser: boolean;
  readonly bypasses: boolean;
  readonly maySeeSchema: boolean;
  /** How many tables it owns, by itself or as a member of the role that does. */
  readonly owned: number;
  /** How many it may empty, which no policy stops. */
  readonly truncated: number;
  /** The tables that it may not work with. */
  readonly refused: readonly string[];
}

async function readRole(session: Session, schema: string, expected: Catalog): Promise<Role> {
  const [row] = await session.query(
    `SELECT rolname AS name, current_setting('server_version_num') AS server, rolsuper::text AS super,
       rolbypassrls::text AS bypass,
       coalesce((SELECT has_schema_privilege(oid, 'USAGE') FROM pg_catalog.pg_namespace WHERE nspname = $1), true)::text
         AS usage
     FROM pg_catalog.pg_roles WHERE rolname = current_user`,
    [schema],
  );
  const tables = await session.query(
    `SELECT c.relname AS name, pg_has_role(c.relowner, 'USAGE')::text AS owned,
       has_table_privilege(c.oid, 'TRUNCATE')::text AS truncated,
       (SELECT bool_and(has_table_privilege(c.oid, needed))
        FROM unnest(CASE WHEN c.relname = $3 THEN ARRAY['SELECT'] ELSE $2::text[] END) AS privileges (needed))::text AS allowed
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') ORDER BY c.relname`,
    [schema, [...PRIVILEGES], VERSION_TABLE],
  );
  const ours = tables.filter((table) => expected.has(text(table, 'name')));
  return {
    name: row === undefined ? '' : text(row, 'name'),
    server: row === undefined ? 0 : number(row, 'server'),
    isSuperuser: row?.['super'] === 'true',
    bypasses: row?.['bypass'] === 'true',
    maySeeSchema: row?.['usage'] === 'true',
    owned: ours.filter((table) => table['owned'] === 'true').length,
    truncated: ours.filter((table) => table['truncated'] === 'true').length,
    refused: ours.filter((table) => table['allowed'] !== 'true').map((table) => text(table, 'name')),
  };
}

function serverFindings({ server }: Role): readonly PreflightFinding[] {
  if (server >= OLDEST_SERVER) return [];
  return [error('SERVER_TOO_OLD', 'The server is older than PostgreSQL 15. Take a newer one.')];
}

async function tableFindings(
  session: Session,
  schema: string,
  { halves, role, catalog }: { readonly halves: readonly Half[]; readonly role: Role; readonly catalog: Catalog },
): Promise<readonly PreflightFinding[]> {
  const missing = 'The schema has no such tables yet. Call migrate(), as the role that shall own them.';
  if (!catalog.has(VERSION_TABLE)) return [error('TABLES_MISSING', missing)];
  if (!role.maySeeSchema || role.refused.length > 0) {
    const what = role.maySeeSchema ? role.refused.join(', ') : 'the schema';
    const message = `The pool's role may not work with ${what}. Have the owner call migrate({ grantTo: '…' }) with its name.`;
    return [error('PRIVILEGES_MISSING', message, role.refused.length)];
  }
  const present = await presentVersions(session, schema);
  for (const half of halves) {
    const [is, works] = [present[half], LATEST_VERSIONS[half]];
    if (is === 0) return [error('TABLES_MISSING', missing)];
    const versions = `The tables of the ${half} have version ${String(is)}, and this package works with ${String(works)}.`;
    if (is < works) return [error('TABLES_TOO_OLD', `${versions} Call migrate() as the role that owns them.`)];
    if (is > works) return [error('TABLES_TOO_NEW', `${versions} Use the newer package that made them.`)];
  }
  const differences = driftOf(expectedTables(halves), catalog);
  if (differences.length === 0) return [];
  const message = `The tables are not as this version made them: ${differences.join('; ')}.`;
  return [error('TABLES_CHANGED', message, differences.length)];
}

function roleFindings(role: Role): readonly PreflightFinding[] {
  const remedy = 'Connect the application as a role of its own (docs/stores.md has the statements).';
  if (role.isSuperuser) {
    const message =
      "The pool's role is a superuser: row-level security does not apply to it, and the statements of the store alone " +
      `keep the tenants apart. ${remedy}`;
    return [warning('ROLE_IS_SUPERUSER', message)];
  }
  const findings: PreflightFinding[] = [];
  if (role.bypasses) {
    const message =
      "The pool's role has BYPASSRLS: row-level security does not apply to it, and the statements of the store alone " +
      `keep the tenants apart. ${remedy}`;
    findings.push(warning('ROLE_BYPASSES_SECURITY', message));
  }
  if (role.owned > 0) {
    const message =
      "The pool's role owns the tables: row-level security applies to it, but it could switch it off, or drop them. " +
      remedy;
    findings.push(warning('ROLE_OWNS_TABLES', message, role.owned));
  } else if (role.truncated > 0) {
    const message =
      "The pool's role may TRUNCATE tables, which empties them for every tenant at once. Revoke that: the store never does it.";
    findings.push(warning('ROLE_MAY_TRUNCATE', message, role.truncated));
  }
  return findings;
}

function error(code: string, message: string, count?: number): PreflightFinding {
  return { code, severity: 'error', message, ...(count === undefined ? {} : { count }) };
}

function warning(code: string, message: string, count?: number): PreflightFinding {
  return { code, severity: 'warning', message, ...(count === undefined ? {} : { count }) };
}
