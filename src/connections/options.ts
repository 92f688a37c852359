import { CredentialVault, credentialSealer, type Credentials, type SealingKey } from '../credentials/index.js';
import { ConfigurationError } from '../errors.js';
import { checkFunction, checkMethods, checkOptionNames, checkText } from '../internal/options.js';
import type { Scope } from '../model/index.js';
import type {
  Clock,
  Connection,
  ConnectionStore,
  CredentialStore,
  Mailer,
  RosterSource,
  RosterStore,
} from '../ports/index.js';
import { settleOptions } from '../sync/options.js';
import type { RosterSync, RosterSyncOptions } from '../sync/index.js';

/** Makes a source of what a provider asks for. It may refuse credentials that lack something; it reads nothing yet. */
export type SourceFactory = (credentials: Credentials) => RosterSource | Promise<RosterSource>;

/** What a {@link Connections} works with. */
export interface ConnectionsOptions {
  readonly store: RosterStore & CredentialStore & ConnectionStore;
  /** The tenant whose connections these are; the schools are chosen for each of them. */
  readonly scope: Scope;
  /** By the host's own names, such as `clever`. */
  readonly providers: Readonly<Record<string, SourceFactory>>;
  /** Seals the credentials: a key of the host's, or several, of which the first seals. */
  readonly key: SealingKey | readonly SealingKey[];
  /** Who sends invitations. @default none: they wait in the store's outbox */
  readonly mailer?: Mailer | undefined;
  /** @default the system's clock */
  readonly clock?: Clock | undefined;
  /** Options of every sync, such as `textSender` or `retention`. @default those of a RosterSync */
  readonly sync?: SharedSyncOptions | undefined;
  /** Handed every sync before it is used, so that its events can be listened to. @default nobody listens */
  readonly onSync?: ((sync: RosterSync, connection: Connection) => void) | undefined;
}

/** Options of a RosterSync that all connections share. */
export type SharedSyncOptions = Omit<
  RosterSyncOptions,
  'source' | 'store' | 'scope' | 'policy' | 'steps' | 'guardians' | 'mailer' | 'clock'
>;

/** The options, validated and complete. */
export interface ConnectionsContext {
  readonly store: ConnectionsOptions['store'];
  readonly scope: Scope;
  readonly providers: ConnectionsOptions['providers'];
  readonly vault: CredentialVault;
  readonly mailer: Mailer | undefined;
  readonly clock: Clock;
  readonly sync: SharedSyncOptions;
  readonly onSync: NonNullable<ConnectionsOptions['onSync']>;
}

const NAMES = ['store', 'scope', 'providers', 'key', 'mailer', 'clock', 'sync', 'onSync'];
/** What each connection has of its own, or all of them beside `sync`. */
const NOT_SHARED = ['source', 'store', 'scope', 'policy', 'steps', 'guardians', 'mailer', 'clock'];

/** @throws ConfigurationError naming the option that is unknown, missing or impossible */
export function settleConnectionsOptions(options: ConnectionsOptions): ConnectionsContext {
  checkOptionNames(options, NAMES);
  const { store, providers, mailer, clock = { now: () => new Date() }, onSync } = options;
  checkMethods('store', store, ['connections', 'saveConnection', 'holder']);
  checkProviders(providers);
  checkFunction('onSync', onSync);
  const scope = settleTenant(options.scope);
  const sync = settleShared(options.sync);
  // What is wrong with these is told now, not when the first connection syncs.
  settleOptions({ ...sync, source: NO_SOURCE, store, scope, mailer, clock });
  return {
    store,
    scope,
    providers,
    vault: new CredentialVault({ store, scope, sealer: sealerOf(options.key) }),
    mailer,
    clock,
    sync,
    onSync: onSync ?? (() => undefined),
  };
}

function checkProviders(providers: unknown): void {
  const meaning = 'is an object of functions, such as { clever: ({ token }) => cleverSource(...) }';
  if (typeof providers !== 'object' || providers === null || Object.keys(providers).length === 0) {
    throw new ConfigurationError('providers', meaning);
  }
  for (const [name, factory] of Object.entries(providers)) {
    if (typeof factory !== 'function') throw new ConfigurationError(`providers.${name}`, 'is a function');
  }
}

function settleTenant(scope: unknown): Scope {
  const { tenant, schools } = (scope ?? {}) as { readonly tenant?: unknown; readonly schools?: unknown };
  checkText('scope.tenant', tenant, "is your own id of the district, and can't be empty");
  if (schools !== undefined) {
    throw new ConfigurationError('scope.schools', 'are chosen for each connection: linkSchool(id, schools)');
  }
  return { tenant: String(tenant) };
}

function settleShared(sync: unknown): SharedSyncOptions {
  if (sync === undefined) return {};
  if (typeof sync !== 'object' || sync === null) throw new ConfigurationError('sync', 'is an object of options');
  const own = Object.keys(sync).find((name) => NOT_SHARED.includes(name));
  if (own !== undefined) {
    throw new ConfigurationError(`sync.${own}`, 'is not shared: each connection has its own, or Connections takes it');
  }
  return sync;
}

function sealerOf(key: ConnectionsOptions['key']) {
  const isList = Array.isArray(key);
  try {
    return credentialSealer({ keys: isList ? (key as readonly SealingKey[]) : [key as SealingKey] });
  } catch (error) {
    if (!ConfigurationError.isInstance(error)) throw error;
    const { parameter, message } = error;
    const name = isList ? parameter.replace('keys', 'key') : parameter.replace(/^keys(\[0\])?/, 'key');
    throw new ConfigurationError(name, message.slice(parameter.length + 2));
  }
}

/** Stands for any source while the options are validated. */
const NO_SOURCE: RosterSource = {
  provider: 'none',
  read: () => Promise.reject(new ConfigurationError('source', 'is none')),
  readSince: () => Promise.reject(new ConfigurationError('source', 'is none')),
  schools: () => Promise.resolve([]),
};
