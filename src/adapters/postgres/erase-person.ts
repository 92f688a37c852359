import type { Session } from './database.js';
import { optionalText } from './rows.js';

/** Deletes a person's record, by the foreign keys with all of its ties, and as somebody with whom others share a login. */
export async function erasePerson(session: Session, tenant: string, userId: string): Promise<void> {
  const users = session.table('users');
  const [erased] = await session.query(`DELETE FROM ${users} WHERE tenant = $1 AND id = $2 RETURNING sourced_id`, [
    tenant,
    userId,
  ]);
  const sourcedId = erased === undefined ? undefined : optionalText(erased, 'sourced_id');
  if (sourcedId === undefined) return;
  await session.query(
    `UPDATE ${users} SET version = version + 1, fields = fields - 'sharesLoginWith'
     WHERE tenant = $1 AND fields ->> 'sharesLoginWith' = $2`,
    [tenant, sourcedId],
  );
}
