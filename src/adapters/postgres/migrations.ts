/** A half of a store: its tables have versions of their own. */
export type Half = 'directory' | 'journal';

/** The statements of each version of a half's tables, in order. A version that was published is never edited. */
export const MIGRATIONS: Readonly<Record<Half, readonly ((schema: string) => readonly string[])[]>> = {
  directory: [recordTables],
  journal: [journalTables, rosterImages, invitationsAndDecisions, connectionTable],
};

/**
 * Ids compare by bytes (`COLLATE "C"`): they are opaque, and no locale may take two of them for one. The names of
 * classes are not unique: two sections of one school may well share a name.
 */
function recordTables(schema: string): readonly string[] {
  const id = 'text COLLATE "C"';
  const records = ['schools', 'classes', 'users'].map(
    (table) => `CREATE TABLE ${schema}.${table} (
      tenant ${id} NOT NULL,
      id ${id} NOT NULL,
      sourced_id ${id},
      version integer NOT NULL,
      fields jsonb NOT NULL,
      PRIMARY KEY (tenant, id),
      UNIQUE (tenant, sourced_id)
    )`,
  );
  const tables = [
    ...records,
    `CREATE TABLE ${schema}.enrollments (
      tenant ${id} NOT NULL,
      id ${id} NOT NULL,
      class_id ${id} NOT NULL,
      user_id ${id} NOT NULL,
      version integer NOT NULL,
      fields jsonb NOT NULL,
      PRIMARY KEY (tenant, id),
      UNIQUE (tenant, class_id, user_id),
      FOREIGN KEY (tenant, class_id) REFERENCES ${schema}.classes ON DELETE CASCADE,
      FOREIGN KEY (tenant, user_id) REFERENCES ${schema}.users ON DELETE CASCADE
    )`,
    `CREATE INDEX ON ${schema}.enrollments (tenant, user_id)`,
    `CREATE TABLE ${schema}.guardian_links (
      tenant ${id} NOT NULL,
      id ${id} NOT NULL,
      guardian_id ${id} NOT NULL,
      student_id ${id} NOT NULL,
      version integer NOT NULL,
      fields jsonb NOT NULL,
      PRIMARY KEY (tenant, id),
      UNIQUE (tenant, guardian_id, student_id),
      FOREIGN KEY (tenant, guardian_id) REFERENCES ${schema}.users ON DELETE CASCADE,
      FOREIGN KEY (tenant, student_id) REFERENCES ${schema}.users ON DELETE CASCADE
    )`,
    `CREATE INDEX ON ${schema}.guardian_links (tenant, student_id)`,
  ];
  return [...tables, ...RECORD_TABLES.flatMap((table) => isolation(schema, table))];
}

/** What no statement looks into is `json`: it is written with less work than `jsonb`, and comes back as it was. */
function journalTables(schema: string): readonly string[] {
  const id = 'text COLLATE "C"';
  const tables = [
    `CREATE TABLE ${schema}.scopes (
      tenant ${id} NOT NULL,
      scope_key ${id} NOT NULL,
      fence integer NOT NULL,
      holder text,
      since timestamptz,
      expires_at timestamptz,
      ledger json,
      PRIMARY KEY (tenant, scope_key)
    )`,
    `CREATE TABLE ${schema}.runs (
      tenant ${id} NOT NULL,
      id ${id} NOT NULL,
      scope_key ${id} NOT NULL,
      position bigint GENERATED ALWAYS AS IDENTITY,
      started_at ${id} NOT NULL,
      report json NOT NULL,
      PRIMARY KEY (tenant, id)
    )`,
    `CREATE INDEX ON ${schema}.runs (tenant, scope_key, started_at DESC, position DESC)`,
    `CREATE TABLE ${schema}.journal (
      tenant ${id} NOT NULL,
      run_id ${id} NOT NULL,
      sequence integer NOT NULL,
      key ${id} NOT NULL,
      record_id text NOT NULL,
      version integer,
      applied_at ${id} NOT NULL,
      change json NOT NULL,
      erased boolean NOT NULL DEFAULT false,
      PRIMARY KEY (tenant, run_id, key)
    )`,
    // Partial, so that no look for a key goes through it: until the planner knows how long a run is, one index seems to it as
    // good as the other.
    `CREATE UNIQUE INDEX ON ${schema}.journal (tenant, run_id, sequence) WHERE sequence >= 0`,
    `CREATE INDEX ON ${schema}.journal (tenant, applied_at) WHERE sequence = 0`,
    `CREATE TABLE ${schema}.invitations (
      tenant ${id} NOT NULL,
      id ${id} NOT NULL,
      position bigint GENERATED ALWAYS AS IDENTITY,
      user_id ${id} NOT NULL,
      kind text NOT NULL,
      address_digest text NOT NULL,
      code_digest text NOT NULL,
      state text NOT NULL,
      created_at text NOT NULL,
      expires_at ${id} NOT NULL,
      PRIMARY KEY (tenant, user_id, kind, address_digest)
    )`,
    `CREATE INDEX ON ${schema}.invitations (tenant, expires_at)`,
    `CREATE TABLE ${schema}.outbox (
      tenant ${id} NOT NULL,
      idempotency_key ${id} NOT NULL,
      position bigint GENERATED ALWAYS AS IDENTITY,
      scope_key ${id} NOT NULL,
      written_at ${id} NOT NULL,
      channel text NOT NULL,
      state text NOT NULL,
      attempts integer NOT NULL,
      not_before ${id},
      claimed_by text,
      claimed_until timestamptz,
      user_id ${id},
      message jsonb NOT NULL,
      PRIMARY KEY (tenant, idempotency_key)
    )`,
    `CREATE INDEX ON ${schema}.outbox (tenant, scope_key, position) WHERE state IN ('waiting', 'pending')`,
    `CREATE INDEX ON ${schema}.outbox (tenant, user_id)`,
    `CREATE INDEX ON ${schema}.outbox (tenant, written_at)`,
    `CREATE TABLE ${schema}.delivery_problems (
      tenant ${id} NOT NULL,
      user_id ${id} NOT NULL,
      address_digest text NOT NULL,
      position bigint GENERATED ALWAYS AS IDENTITY,
      channel text NOT NULL,
      reason text NOT NULL,
      status text,
      at text NOT NULL,
      PRIMARY KEY (tenant, user_id, address_digest)
    )`,
    `CREATE TABLE ${schema}.credentials (
      tenant ${id} NOT NULL,
      name ${id} NOT NULL,
      sealed text COLLATE "C" NOT NULL,
      PRIMARY KEY (tenant, name)
    )`,
  ];
  return [...tables, ...JOURNAL_TABLES.flatMap((table) => isolation(schema, table))];
}

/** What was read of a district so far, in parts; in the order of `position`. */
function rosterImages(schema: string): readonly string[] {
  return [
    `CREATE TABLE ${schema}.images (
      tenant text COLLATE "C" NOT NULL,
      scope_key text COLLATE "C" NOT NULL,
      position bigint GENERATED ALWAYS AS IDENTITY,
      read_at text COLLATE "C",
      part json NOT NULL,
      PRIMARY KEY (tenant, scope_key, position)
    )`,
    ...isolation(schema, 'images'),
  ];
}

/** What becomes of invitations, how often codes are tried, and who decided what. */
function invitationsAndDecisions(schema: string): readonly string[] {
  const id = 'text COLLATE "C"';
  return [
    `ALTER TABLE ${schema}.invitations
      ADD COLUMN used_by ${id}, ADD COLUMN reminders integer NOT NULL DEFAULT 0, ADD COLUMN reminded_at text`,
    `CREATE INDEX ON ${schema}.invitations (tenant, code_digest)`,
    `CREATE TABLE ${schema}.attempts (
      tenant ${id} NOT NULL,
      key ${id} NOT NULL,
      count integer NOT NULL,
      expires_at ${id} NOT NULL,
      PRIMARY KEY (tenant, key)
    )`,
    `CREATE INDEX ON ${schema}.attempts (tenant, expires_at)`,
    `CREATE TABLE ${schema}.audit (
      tenant ${id} NOT NULL,
      id ${id} NOT NULL,
      position bigint GENERATED ALWAYS AS IDENTITY,
      at ${id} NOT NULL,
      entry json NOT NULL,
      PRIMARY KEY (tenant, id)
    )`,
    `CREATE INDEX ON ${schema}.audit (tenant, at DESC, position DESC)`,
    ...['attempts', 'audit'].flatMap((table) => isolation(schema, table)),
  ];
}

/** What ties tenants to providers. */
function connectionTable(schema: string): readonly string[] {
  const id = 'text COLLATE "C"';
  return [
    `CREATE TABLE ${schema}.connections (
      tenant ${id} NOT NULL,
      id ${id} NOT NULL,
      position bigint GENERATED ALWAYS AS IDENTITY,
      version integer NOT NULL,
      record json NOT NULL,
      PRIMARY KEY (tenant, id)
    )`,
    ...isolation(schema, 'connections'),
  ];
}

/** The tables of the directory half; all others are of the journal's. */
export const RECORD_TABLES = ['schools', 'classes', 'users', 'enrollments', 'guardian_links'];
const JOURNAL_TABLES = ['scopes', 'runs', 'journal', 'invitations', 'outbox', 'delivery_problems', 'credentials'];

/**
 * A second lock on the door: also a statement that forgets the tenant sees the rows of its transaction's tenant only. A
 * connection that had a tenant before has the empty one after it, and the empty one has no rows. The setting is read once
 * for a statement, and the planner does not look at it (`TENANT`).
 */
function isolation(schema: string, table: string): readonly string[] {
  return [
    `ALTER TABLE ${schema}.${table} ENABLE ROW LEVEL SECURITY`,
    `ALTER TABLE ${schema}.${table} FORCE ROW LEVEL SECURITY`,
    `CREATE POLICY own_tenant ON ${schema}.${table}
      USING (tenant = (SELECT nullif(current_setting('rosterkit.tenant', true), '')))`,
  ];
}
