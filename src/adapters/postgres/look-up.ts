import type { Row, Session } from './database.js';

/**
 * The tenant, `$1`, of a statement whose plan must not hang on it. The planner's statistics lag behind a first import: of a
 * tenant that they do not know yet it expects no rows at all, and then reads all there are in place of those that are named.
 * A value that it can't see it takes for a tenant like the others.
 */
export const TENANT = '(SELECT $1::text)';

/** What to look for, as SQL. */
export interface LookUp {
  /** What is named, as a table `named`: mostly an `unnest` of parameters from `$2` on. */
  readonly named: string;
  readonly table: string;
  /** The columns wanted, of the table as `r`. */
  readonly columns: string;
  /** What ties `r` to `named`, besides the tenant: all of a unique key. */
  readonly match: string;
  /** How to lock what is found. @default not at all */
  readonly lock?: 'FOR UPDATE';
}

/** Looks each name up by itself, in an index: it costs what the batch is long, however many rows the table has. */
export function lookUp(
  session: Session,
  { named, table, columns, match, lock }: LookUp,
  values: unknown[],
): Promise<readonly Row[]> {
  return session.query(
    `SELECT found.* FROM ${named} CROSS JOIN LATERAL (
       SELECT ${columns} FROM ${session.table(table)} r WHERE r.tenant = ${TENANT} AND ${match} LIMIT 1 ${lock ?? ''}
     ) found`,
    values,
  );
}
