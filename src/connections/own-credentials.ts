import type { Credentials } from '../credentials/index.js';
import type { ConnectionsContext } from './options.js';
import { makeSource } from './sources.js';

/**
 * Keeps credentials under a name of their own before anything points at them, and forgets them where nothing will.
 *
 * @throws ConfigurationError where there is no such provider, or what the provider's function says of them
 */
export async function withCredentials<T>(
  context: ConnectionsContext,
  id: string,
  provider: string,
  credentials: Credentials,
  work: (name: string) => Promise<T>,
): Promise<T> {
  const { vault } = context;
  const name = `${prefixOf(id)}${crypto.randomUUID()}`;
  await makeSource(context, provider, credentials);
  await vault.save(name, credentials);
  try {
    return await work(name);
  } catch (error) {
    // What went wrong first is what the caller is told.
    await vault.forget(name).catch(() => undefined);
    throw error;
  }
}

export async function forgetCredentials({ vault }: ConnectionsContext, name: string | undefined): Promise<void> {
  if (name !== undefined) await vault.forget(name);
}

/** Those of the connection, and what a process left that died while it replaced them. */
export async function forgetAllCredentials({ vault }: ConnectionsContext, id: string): Promise<void> {
  for (const name of await vault.names()) if (name.startsWith(prefixOf(id))) await vault.forget(name);
}

function prefixOf(id: string): string {
  return `connection ${id} `;
}
