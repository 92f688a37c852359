import { checkOptionNames } from '../internal/options.js';
import type { Connection, ConnectionGuardians } from '../ports/index.js';
import type { ConnectionActOptions, ConnectionConfiguration } from './acts.js';
import type { ConnectionsContext } from './options.js';
import { forgetCredentials, withCredentials } from './own-credentials.js';
import { act, type ConnectionEdit, readOne } from './records.js';
import { afterChange, withSettings } from './settings.js';
import { makeSource } from './sources.js';

const SETTINGS = ['policy', 'steps', 'schedule', 'guardians', 'label'];

/** Sets what is given of a connection's settings, in one write. */
export async function configure(
  context: ConnectionsContext,
  id: string,
  configuration: ConnectionConfiguration,
  options: ConnectionActOptions,
): Promise<Connection> {
  checkOptionNames(configuration, SETTINGS);
  const { guardians, ...settings } = configuration;
  const details = { settings: Object.keys(configuration).sort().join(' ') };
  const set = (change: (connection: Connection) => Connection): Promise<Connection> => {
    const edit: ConnectionEdit = (connection) => {
      const changed = change(connection);
      const from = changed === connection ? connection : afterChange(connection, changed);
      return withSettings(from, settings, context.clock.now());
    };
    return act(context, id, 'configure', options, edit, details);
  };
  if (guardians === undefined) return set((connection) => connection);
  const { guardians: before } = await readOne(context, id);
  let changed: Connection;
  if (guardians === null) {
    changed = await set((connection) => withGuardians(connection, undefined));
  } else if (guardians.credentials !== undefined) {
    const { provider, credentials } = guardians;
    changed = await withCredentials(context, id, provider, credentials, (name) =>
      set((connection) => withGuardians(connection, { provider, credentials: name })),
    );
  } else {
    const { provider } = guardians;
    // Its credentials stay as they are.
    if (provider === before?.provider) return set((connection) => connection);
    await makeSource(context, provider, {});
    changed = await set((connection) => withGuardians(connection, { provider }));
  }
  await forgetCredentials(context, before?.credentials);
  return changed;
}

function withGuardians(connection: Connection, guardians: ConnectionGuardians | undefined): Connection {
  if (guardians === undefined && connection.guardians === undefined) return connection;
  const { guardians: _guardians, ...rest } = connection;
  return guardians === undefined ? rest : { ...rest, guardians };
}
