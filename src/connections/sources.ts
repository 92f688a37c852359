import type { Credentials } from '../credentials/index.js';
import { ConfigurationError } from '../errors.js';
import { checkMethods } from '../internal/options.js';
import type { Scope } from '../model/index.js';
import type { Connection, RosterSource } from '../ports/index.js';
import { RosterSync } from '../sync/index.js';
import { watched } from './attention.js';
import type { ConnectionsContext } from './options.js';
import { policyOf } from './settings.js';

/** The source that the connection's credentials open. */
export async function sourceOf(context: ConnectionsContext, connection: Connection): Promise<RosterSource> {
  const { id, provider, credentials } = connection;
  const opened = credentials === undefined ? undefined : await context.vault.open(credentials);
  if (opened === undefined) {
    throw new ConfigurationError('credentials', `of connection ${id} are not kept any more. Replace them.`);
  }
  return watched(context, id, await makeSource(context, provider, opened));
}

/** @throws ConfigurationError where there is no such provider, or what it makes is no source */
export async function makeSource(
  { providers }: ConnectionsContext,
  provider: string,
  credentials: Credentials,
): Promise<RosterSource> {
  const factory = Object.hasOwn(providers, provider) ? providers[provider] : undefined;
  if (factory === undefined) {
    const known = Object.keys(providers).join(', ');
    throw new ConfigurationError('provider', `is none of the providers, which are ${known}`);
  }
  const source: unknown = await factory(credentials);
  checkMethods(`providers.${provider}`, source, ['read', 'schools']);
  return source as RosterSource;
}

/** What a sync of the connection may touch. */
export function scopeOf({ scope }: ConnectionsContext, { schools }: Connection): Scope {
  return schools === undefined || schools === 'all' ? scope : { ...scope, schools };
}

/** A sync that is set up for the connection. */
export async function syncOf(context: ConnectionsContext, connection: Connection): Promise<RosterSync> {
  const { store, mailer, clock } = context;
  const isOver = connection.state === 'disconnected';
  const sync = new RosterSync({
    ...context.sync,
    source: isOver ? closedSource(connection) : await sourceOf(context, connection),
    guardians: isOver ? undefined : await guardiansOf(context, connection),
    store,
    mailer,
    clock,
    scope: scopeOf(context, connection),
    policy: policyOf(connection),
    steps: connection.steps,
  });
  context.onSync(sync, connection);
  return sync;
}

async function guardiansOf(
  context: ConnectionsContext,
  { id, guardians }: Connection,
): Promise<RosterSource | undefined> {
  if (guardians === undefined) return undefined;
  const { provider, credentials } = guardians;
  const opened = credentials === undefined ? {} : await context.vault.open(credentials);
  if (opened === undefined) {
    throw new ConfigurationError('guardians.credentials', `of connection ${id} are not kept any more. Set them again.`);
  }
  return makeSource(context, provider, opened);
}

/** Stands for the provider of a connection that is over: its holds and runs are still there, and can be undone. */
function closedSource({ id, provider }: Connection): RosterSource {
  const refuse = (): Promise<never> => {
    const problem = `${id} is disconnected. Give it credentials again (replaceCredentials), and enable it.`;
    return Promise.reject(new ConfigurationError('connection', problem));
  };
  return { provider, read: refuse, readSince: refuse, schools: refuse };
}
