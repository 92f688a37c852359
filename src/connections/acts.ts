import type { Credentials } from '../credentials/index.js';
import type { RunOptions } from '../sync/index.js';
import type { ConnectionSettings } from './settings.js';

/** Who acts on a connection. */
export interface ConnectionActOptions {
  /** In the host's own words, such as a user id; kept with the decision. */
  readonly by: string;
  /** The version that the person saw: of another one nothing is changed. @default whichever it is */
  readonly version?: number | undefined;
}

/** A connection to be made. */
export interface NewConnection {
  /** One of the providers. */
  readonly provider: string;
  /** What the provider asks for; sealed before it is kept. */
  readonly credentials: Credentials;
  /** The host's own words for it. @default none */
  readonly label?: string;
  /** Who makes it, in the host's own words. */
  readonly by: string;
}

/** What `configure` sets. What is left out stays as it is. */
export interface ConnectionConfiguration extends ConnectionSettings {
  /** Guardians from another of the providers instead of the roster; null for those of the roster. */
  readonly guardians?: { readonly provider: string; readonly credentials?: Credentials } | null | undefined;
}

/** How to look at what a connection would do. */
export interface LookOptions {
  /** Who looks, in the host's own words. @default it is not kept as a decision */
  readonly by?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How to import now. */
export interface RunNowOptions extends RunOptions {
  /** Who asks for it, in the host's own words. */
  readonly by: string;
}
