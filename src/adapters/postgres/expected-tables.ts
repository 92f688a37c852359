import type { Catalog } from './catalog.js';
import { VERSION_TABLE } from './grants.js';
import { RECORD_TABLES } from './migrations.js';
import type { Half } from './migrations.js';

/**
 * What the catalog says of the tables after all migrations. A test writes it down:
 * `npx vitest run --project unit test/adapters/postgres-drift.test.ts -u`.
 */
const EXPECTED = `
attempts
  column tenant text COLLATE "C" NOT NULL
  column key text COLLATE "C" NOT NULL
  column count integer NOT NULL
  column expires_at text COLLATE "C" NOT NULL
  PRIMARY KEY (tenant, key)
  row level security enabled
  row level security forced
  policy own_tenant permissive for all to public using (tenant = ( SELECT NULLIF(current_setting('rosterkit.tenant'::text, true), ''::text) AS "nullif"))

audit
  column tenant text COLLATE "C" NOT NULL
  column id text COLLATE "C" NOT NULL
  column "position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY
  column at text COLLATE "C" NOT NULL
  column entry json NOT NULL
  PRIMARY KEY (tenant, id)
  row level security enabled
  row level security forced
  policy own_tenant permissive for all to public using (tenant = ( SELECT NULLIF(current_setting('rosterkit.tenant'::text, true), ''::text) AS "nullif"))

classes
  column tenant text COLLATE "C" NOT NULL
  column id text COLLATE "C" NOT NULL
  column sourced_id text COLLATE "C"
  column version integer NOT NULL
  column fields jsonb NOT NULL
  PRIMARY KEY (tenant, id)
  UNIQUE (tenant, sourced_id)
  row level security enabled
  row level security forced
  policy own_tenant permissive for all to public using (tenant = ( SELECT NULLIF(current_setting('rosterkit.tenant'::text, true), ''::text) AS "nullif"))

connections
  column tenant text COLLATE "C" NOT NULL
  column id text COLLATE "C" NOT NULL
  column "position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY
  column version integer NOT NULL
  column record json NOT NULL
  PRIMARY KEY (tenant, id)
  row level security enabled
  row level security forced
  policy own_tenant permissive for all to public using (tenant = ( SELECT NULLIF(current_setting('rosterkit.tenant'::text, true), ''::text) AS "nullif"))

credentials
  column tenant text COLLATE "C" NOT NULL
  column name text COLLATE "C" NOT NULL
  column sealed text COLLATE "C" NOT NULL
  PRIMARY KEY (tenant, name)
  row level security enabled
  row level security forced
  policy own_tenant permissive for all to public using (tenant = ( SELECT NULLIF(current_setting('rosterkit.tenant'::text, true), ''::text) AS "nullif"))

delivery_problems
  column tenant text COLLATE "C" NOT NULL
  column user_id text COLLATE "C" NOT NULL
  column address_digest text NOT NULL
  column "position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY
  column channel text NOT NULL
  column reason text NOT NULL
  column status text
  column at text NOT NULL
  PRIMARY KEY (tenant, user_id, address_digest)
  row level security enabled
  row level security forced
  policy own_tenant permissive for all to public using (tenant = ( SELECT NULLIF(current_setting('rosterkit.tenant'::text, true), ''::text) AS "nullif"))

enrollments
  column tenant text COLLATE "C" NOT NULL
  column id text COLLATE "C" NOT NULL
  column class_id text COLLATE "C" NOT NULL
  column user_id text COLLATE "C" NOT NULL
  column version integer NOT NULL
  column fields jsonb NOT NULL
  PRIMARY KEY (tenant, id)
  UNIQUE (tenant, class_id, user_id)
  FOREIGN KEY (tenant, class_id) REFERENCES classes(tenant, id) ON DELETE CASCADE
  FOREIGN KEY (tenant, user_id) REFERENCES users(tenant, id) ON DELETE CASCADE
  row level security enabled
  row level security forced
  policy own_tenant permissive for all to public using (tenant = ( SELECT NULLIF(current_setting('rosterkit.tenant'::text, true), ''::text) AS "nullif"))

guardian_links
  column tenant text COLLATE "C" NOT NULL
  column id text COLLATE "C" NOT NULL
  column guardian_id text COLLATE "C" NOT NULL
  column student_id text COLLATE "C" NOT NULL
  column version integer NOT NULL
  column fields jsonb NOT NULL
  PRIMARY KEY (tenant, id)
  UNIQUE (tenant, guardian_id, student_id)
  FOREIGN KEY (tenant, guardian_id) REFERENCES users(tenant, id) ON DELETE CASCADE
  FOREIGN KEY (tenant, student_id) REFERENCES users(tenant, id) ON DELETE CASCADE
  row level security enabled
  row level security forced
  policy own_tenant permissive for all to public using (tenant = ( SELECT NULLIF(current_setting('rosterkit.tenant'::text, true), ''::text) AS "nullif"))

images
  column tenant text COLLATE "C" NOT NULL
  column scope_key text COLLATE "C" NOT NULL
  column "position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY
  column read_at text COLLATE "C"
  column part json NOT NULL
  PRIMARY KEY (tenant, scope_key, "position")
  row level security enabled
  row level security forced
  policy own_tenant permissive for all to public using (tenant = ( SELECT NULLIF(current_setting('rosterkit.tenant'::text, true), ''::text) AS "nullif"))

invitations
  column tenant text COLLATE "C" NOT NULL
  column id text COLLATE "C" NOT NULL
  column "position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY
  column user_id text COLLATE "C" NOT NULL
  column kind text NOT NULL
  column address_digest text NOT NULL
  column code_digest text NOT NULL
  column state text NOT NULL
  column created_at text NOT NULL
  column expires_at text COLLATE "C" NOT NULL
  column used_by text COLLATE "C"
  column reminders integer NOT NULL DEFAULT 0
  column reminded_at text
  PRIMARY KEY (tenant, user_id, kind, address_digest)
  row level security enabled
  row level security forced
  policy own_tenant permissive for all to public using (tenant = ( SELECT NULLIF(current_setting('rosterkit.tenant'::text, true), ''::text) AS "nullif"))

journal
  column tenant text COLLATE "C" NOT NULL
  column run_id text COLLATE "C" NOT NULL
  column sequence integer NOT NULL
  column key text COLLATE "C" NOT NULL
  column record_id text NOT NULL
  column version integer
  column applied_at text COLLATE "C" NOT NULL
  column change json NOT NULL
  column erased boolean NOT NULL DEFAULT false
  PRIMARY KEY (tenant, run_id, key)
  row level security enabled
  row level security forced
  policy own_tenant permissive for all to public using (tenant = ( SELECT NULLIF(current_setting('rosterkit.tenant'::text, true), ''::text) AS "nullif"))

outbox
  column tenant text COLLATE "C" NOT NULL
  column idempotency_key text COLLATE "C" NOT NULL
  column "position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY
  column scope_key text COLLATE "C" NOT NULL
  column written_at text COLLATE "C" NOT NULL
  column channel text NOT NULL
  column state text NOT NULL
  column attempts integer NOT NULL
  column not_before text COLLATE "C"
  column claimed_by text
  column claimed_until timestamp with time zone
  column user_id text COLLATE "C"
  column message jsonb NOT NULL
  PRIMARY KEY (tenant, idempotency_key)
  row level security enabled
  row level security forced
  policy own_tenant permissive for all to public using (tenant = ( SELECT NULLIF(current_setting('rosterkit.tenant'::text, true), ''::text) AS "nullif"))

runs
  column tenant text COLLATE "C" NOT NULL
  column id text COLLATE "C" NOT NULL
  column scope_key text COLLATE "C" NOT NULL
  column "position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY
  column started_at text COLLATE "C" NOT NULL
  column report json NOT NULL
  PRIMARY KEY (tenant, id)
  row level security enabled
  row level security forced
  policy own_tenant permissive for all to public using (tenant = ( SELECT NULLIF(current_setting('rosterkit.tenant'::text, true), ''::text) AS "nullif"))

schema_version
  column half text NOT NULL
  column version integer NOT NULL

schools
  column tenant text COLLATE "C" NOT NULL
  column id text COLLATE "C" NOT NULL
  column sourced_id text COLLATE "C"
  column version integer NOT NULL
  column fields jsonb NOT NULL
  PRIMARY KEY (tenant, id)
  UNIQUE (tenant, sourced_id)
  row level security enabled
  row level security forced
  policy own_tenant permissive for all to public using (tenant = ( SELECT NULLIF(current_setting('rosterkit.tenant'::text, true), ''::text) AS "nullif"))

scopes
  column tenant text COLLATE "C" NOT NULL
  column scope_key text COLLATE "C" NOT NULL
  column fence integer NOT NULL
  column holder text
  column since timestamp with time zone
  column expires_at timestamp with time zone
  column ledger json
  PRIMARY KEY (tenant, scope_key)
  row level security enabled
  row level security forced
  policy own_tenant permissive for all to public using (tenant = ( SELECT NULLIF(current_setting('rosterkit.tenant'::text, true), ''::text) AS "nullif"))

users
  column tenant text COLLATE "C" NOT NULL
  column id text COLLATE "C" NOT NULL
  column sourced_id text COLLATE "C"
  column version integer NOT NULL
  column fields jsonb NOT NULL
  PRIMARY KEY (tenant, id)
  UNIQUE (tenant, sourced_id)
  row level security enabled
  row level security forced
  policy own_tenant permissive for all to public using (tenant = ( SELECT NULLIF(current_setting('rosterkit.tenant'::text, true), ''::text) AS "nullif"))
`;

const EXPECTED_TABLES: Catalog = /* @__PURE__ */ parse(EXPECTED);

/** What this version expects of each table of these halves, and of that of the versions. */
export function expectedTables(halves: readonly Half[]): Catalog {
  const isOf = (table: string): boolean =>
    table === VERSION_TABLE || halves.includes(RECORD_TABLES.includes(table) ? 'directory' : 'journal');
  return new Map([...EXPECTED_TABLES].filter(([table]) => isOf(table)));
}

function parse(written: string): Catalog {
  const tables = new Map<string, readonly string[]>();
  for (const paragraph of written.trim().split('\n\n')) {
    const [table = '', ...lines] = paragraph.split('\n');
    tables.set(
      table,
      lines.map((line) => line.trim()),
    );
  }
  return tables;
}
