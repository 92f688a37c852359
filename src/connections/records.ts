import { StoreConflictError, StoreError } from '../errors.js';
import { isSame } from '../internal/canonical.js';
import { checkText } from '../internal/options.js';
import type { AuditEntry, Connection } from '../ports/index.js';
import { insisting } from '../sync/persistent-store.js';
import { presently } from './next-run.js';
import type { ConnectionsContext } from './options.js';

/** A person's act, as the decisions keep it. */
export interface ConnectionAct {
  /** Such as `connection-pause`. */
  readonly action: string;
  /** Who acts, in the host's own words. */
  readonly by: string;
  readonly details?: AuditEntry['details'] | undefined;
  /** The version that the person saw. @default whichever it is */
  readonly version?: number | undefined;
}

/** Changes a connection: what it is given comes back where nothing is to be changed. */
export type ConnectionEdit = (connection: Connection, others: readonly Connection[]) => Connection;

type Context = Pick<ConnectionsContext, 'store' | 'scope' | 'clock'>;

/** Somebody else may write in between; so often in a row is worth telling. */
const ATTEMPTS = 10;

/** The tenant's connections as they are now. */
export async function readAll({ store, scope, clock }: Context): Promise<readonly Connection[]> {
  const now = clock.now();
  return (await store.connections(scope)).map((connection) => presently(connection, now));
}

/** @throws StoreError where there is no such connection */
export async function readOne(context: Context, id: string): Promise<Connection> {
  return find(await readAll(context), id);
}

/**
 * Changes a connection as it is at this moment, also where others change it meanwhile. An act of a person is kept with it; one
 * that changes nothing is not.
 *
 * @throws StoreError where there is no such connection
 * @throws StoreConflictError where it is of another version than the person saw, or others keep changing it
 */
export async function changeOne(
  context: Context,
  id: string,
  edit: ConnectionEdit,
  act?: ConnectionAct,
): Promise<Connection> {
  if (act !== undefined) checkText('by', act.by, 'says who acts, in your own words, such as a user id');
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const all = await readAll(context);
    const present = find(all, id);
    if (act?.version !== undefined && act.version !== present.version) {
      throw conflict(`connection ${id} has changed since you read it. Read it again.`);
    }
    const others = all.filter((other) => other.id !== id);
    const edited = edit(present, others);
    if (isSame(edited, present)) return present;
    const next = { ...edited, version: present.version + 1 };
    if (await context.store.saveConnection(context.scope, next, act && decisionOf(context, id, act))) return next;
  }
  throw conflict(`others keep changing connection ${id}. Try again.`);
}

/** Changes a connection as a person asks for it. */
export function act(
  context: Context,
  id: string,
  action: string,
  { by, version }: Pick<ConnectionAct, 'by' | 'version'>,
  edit: ConnectionEdit,
  details?: ConnectionAct['details'],
): Promise<Connection> {
  return changeOne(context, id, edit, { action: `connection-${action}`, by, version, details });
}

/** The same with patience, for what no person waits for. */
export function insist(context: Context, id: string, edit: ConnectionEdit): Promise<Connection> {
  return insisting(() => changeOne(context, id, edit));
}

/** A decision about a connection. */
export function decisionOf({ clock }: Context, id: string, { action, by, details }: ConnectionAct): AuditEntry {
  return {
    id: crypto.randomUUID(),
    at: clock.now().toISOString(),
    by,
    action,
    subject: id,
    ...(details === undefined ? {} : { details }),
  };
}

function find(connections: readonly Connection[], id: string): Connection {
  const found = connections.find((connection) => connection.id === id);
  if (found !== undefined) return found;
  throw new StoreError(`connection: there is no connection ${id}`, { operation: 'connection' });
}

export function conflict(what: string): StoreConflictError {
  return new StoreConflictError(`connection: ${what}`, { operation: 'connection' });
}
