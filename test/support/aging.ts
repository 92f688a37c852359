import type { Scope } from '../../src/model/index.js';

/** Lets the leases of a tenant, and the claims of its messages, grow older in the tables of the schema. */
export function agingIn(
  query: (text: string, values: unknown[]) => Promise<unknown>,
  schema: string,
): (scope: Scope, ms: number) => Promise<void> {
  const earlier = (column: string) =>
    `SET ${column} = ${column} - $2::integer * interval '1 millisecond' WHERE tenant = $1`;
  return async ({ tenant }, ms) => {
    await query(`UPDATE ${schema}.scopes ${earlier('expires_at')}`, [tenant, ms]);
    await query(`UPDATE ${schema}.outbox ${earlier('claimed_until')}`, [tenant, ms]);
  };
}
