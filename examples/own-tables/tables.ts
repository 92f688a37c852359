/** The tables of a school app that was there before any roster: its own names, and a few columns for the syncs. */

import type { ChangeNoun } from 'rosterkit';

/** A table of the app, as the store sees it. */
export interface Table {
  readonly name: string;
  /** Which column holds a field of rosterkit's record. What has none stands in the column `sync`, as JSON. */
  readonly columns: Readonly<Record<string, string>>;
}

/** A table that ties two records together. */
export interface PairTable extends Table {
  readonly left: Side;
  readonly right: Side;
}

interface Side {
  /** What rosterkit calls it: `class` for `classId` and `classSourcedId`. */
  readonly field: 'class' | 'user' | 'guardian' | 'student';
  readonly column: string;
  readonly table: Table;
}

export const CAMPUSES: Table = { name: 'campuses', columns: { sourcedId: 'roster_id', name: 'title' } };

export const GROUPS: Table = {
  name: 'groups',
  columns: { sourcedId: 'roster_id', schoolSourcedId: 'campus_roster_id', name: 'title', state: 'status' },
};

/** Teachers, pupils and parents alike. */
export const ACCOUNTS: Table = {
  name: 'accounts',
  columns: {
    sourcedId: 'roster_id',
    roles: 'roles',
    givenName: 'first_name',
    familyName: 'last_name',
    email: 'login',
    state: 'status',
  },
};

export const MEMBERS: PairTable = {
  name: 'group_members',
  columns: { role: 'role', state: 'status' },
  left: { field: 'class', column: 'group_id', table: GROUPS },
  right: { field: 'user', column: 'account_id', table: ACCOUNTS },
};

export const FAMILY: PairTable = {
  name: 'family',
  columns: { relationship: 'relation', state: 'status' },
  left: { field: 'guardian', column: 'adult_id', table: ACCOUNTS },
  right: { field: 'student', column: 'child_id', table: ACCOUNTS },
};

export const TABLE_OF: Readonly<Record<ChangeNoun, Table | PairTable>> = {
  school: CAMPUSES,
  class: GROUPS,
  user: ACCOUNTS,
  enrollment: MEMBERS,
  guardian: FAMILY,
};

/**
 * Every table has `edition`, which counts its writes, and `sync`. A trigger counts: no code of the app can forget it, and a
 * sync never writes over what somebody wrote after the plan was made.
 */
export const SCHEMA = `
  CREATE FUNCTION count_edition() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN NEW.edition := OLD.edition + 1; RETURN NEW; END';

  CREATE TABLE campuses (
    district text, id text, title text NOT NULL,
    roster_id text, edition integer NOT NULL DEFAULT 1, sync jsonb NOT NULL DEFAULT '{"origin": "local"}',
    PRIMARY KEY (district, id), UNIQUE (district, roster_id)
  );
  CREATE TABLE groups (
    district text, id text, campus_roster_id text, title text NOT NULL, status text NOT NULL DEFAULT 'active',
    roster_id text, edition integer NOT NULL DEFAULT 1, sync jsonb NOT NULL DEFAULT '{"origin": "local"}',
    PRIMARY KEY (district, id), UNIQUE (district, roster_id)
  );
  CREATE TABLE accounts (
    district text, id text, roles text[] NOT NULL, first_name text NOT NULL, last_name text NOT NULL, login text,
    status text NOT NULL DEFAULT 'active',
    roster_id text, edition integer NOT NULL DEFAULT 1,
    sync jsonb NOT NULL DEFAULT '{"origin": "local", "schoolSourcedIds": []}',
    PRIMARY KEY (district, id), UNIQUE (district, roster_id)
  );
  CREATE TABLE group_members (
    district text, id text, group_id text, account_id text, role text NOT NULL, status text NOT NULL DEFAULT 'active',
    edition integer NOT NULL DEFAULT 1, sync jsonb NOT NULL DEFAULT '{"origin": "local"}',
    PRIMARY KEY (district, id), UNIQUE (district, group_id, account_id),
    FOREIGN KEY (district, group_id) REFERENCES groups ON DELETE CASCADE,
    FOREIGN KEY (district, account_id) REFERENCES accounts ON DELETE CASCADE
  );
  CREATE TABLE family (
    district text, id text, adult_id text, child_id text, relation text, status text NOT NULL DEFAULT 'active',
    edition integer NOT NULL DEFAULT 1, sync jsonb NOT NULL DEFAULT '{"origin": "local"}',
    PRIMARY KEY (district, id), UNIQUE (district, adult_id, child_id),
    FOREIGN KEY (district, adult_id) REFERENCES accounts ON DELETE CASCADE,
    FOREIGN KEY (district, child_id) REFERENCES accounts ON DELETE CASCADE
  );
  CREATE VIEW active_ties AS
    SELECT district, account_id FROM group_members WHERE status = 'active'
    UNION ALL SELECT district, adult_id FROM family WHERE status = 'active'
    UNION ALL SELECT district, child_id FROM family WHERE status = 'active';

  ${Object.values(TABLE_OF)
    .map(({ name }) => `CREATE TRIGGER edited BEFORE UPDATE ON ${name} FOR EACH ROW EXECUTE FUNCTION count_edition();`)
    .join('\n  ')}
`;
