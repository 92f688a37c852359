/** How patiently and how fast to ask, the same for every client of OneRoster. */
export interface OneRosterTransportOptions {
  /** How many rows to ask for at once, 1 to 10000; halved when the server cannot bear it. @default 1000 */
  readonly pageSize?: number | undefined;
  /** Hosts, with or without a port, for which http and private addresses are allowed. @default none */
  readonly allowInsecureHosts?: readonly string[] | undefined;
  /** For how long to wait for a whole answer. @default 120000 */
  readonly timeoutMs?: number | undefined;
  /** How often a request is tried again. @default 4 */
  readonly retries?: number | undefined;
  /** The first pause before a request is tried again; each further one doubles, with jitter. @default 500 */
  readonly minRetryDelayMs?: number | undefined;
  /** How many requests may be under way at once. @default 4 */
  readonly concurrency?: number | undefined;
  /** @default the global fetch */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** The names of {@link OneRosterTransportOptions}. */
export const TRANSPORT_OPTION_NAMES = [
  'pageSize',
  'allowInsecureHosts',
  'timeoutMs',
  'retries',
  'minRetryDelayMs',
  'concurrency',
  'fetch',
] as const satisfies readonly (keyof OneRosterTransportOptions)[];
