import { ConfigurationError } from '../errors.js';
import type { Policy, Scope, Step } from '../model/index.js';
import { definePolicy, type PolicyInput } from '../policy/index.js';
import type { Clock, Mailer, RosterSource, RosterStore, TextSender } from '../ports/index.js';
import type { SyncAccess } from './access.js';
import { SyncEvents } from './events.js';
import { persistent } from './persistent-store.js';
import { checkLogger, type SyncLogger, writeLog } from './logging.js';
import { type NoticeOptions, type Notices, settleNotices } from './notices.js';
import { incrementalParts } from './reading.js';
import { type Retention, type RetentionOptions, settleRetention } from './retention.js';

/** What a {@link RosterSync} works with. */
export interface RosterSyncOptions {
  /** Where the roster comes from. */
  readonly source: RosterSource;
  /** Where the host's data and the memory of the syncs are kept. */
  readonly store: RosterStore;
  /** Who sends invitations. Without one they wait in the store's outbox. @default none */
  readonly mailer?: Mailer | undefined;
  /**
   * Who sends texts: invitations of guardians who have a mobile number and no e-mail address. @default none, and these
   * guardians are told as `NO_CHANNEL`
   */
  readonly textSender?: TextSender | undefined;
  /** What the sync may touch. */
  readonly scope: Scope;
  /** The settings that differ from their defaults. @default every setting at its default */
  readonly policy?: PolicyInput | undefined;
  /** The parts of an import; stands above `policy.steps`. @default ['classes', 'teachers', 'students'] */
  readonly steps?: readonly Step[] | undefined;
  /** Guardians come from here instead of the source, in the guardians step; nothing else of it is used. @default none */
  readonly guardians?: RosterSource | undefined;
  /**
   * Asks the source only what changed since the last read, and folds it into the roster that the store keeps. Needs a
   * source with `readSince` and a store with the methods of an `ImageStore`. The plans are those of whole reads.
   *
   * @default false
   */
  readonly incremental?: boolean | undefined;
  /** @default the system's clock */
  readonly clock?: Clock | undefined;
  /** How many changes are written in one transaction. @default 500 */
  readonly batchSize?: number | undefined;
  /** For how long a run that died keeps others out, in milliseconds. A run at work renews it. @default 60000 */
  readonly leaseTtlMs?: number | undefined;
  /** For how long the store keeps what the syncs leave behind. @default 90 days for undo; see {@link RetentionOptions} */
  readonly retention?: RetentionOptions | undefined;
  /**
   * Who may do what with the sync: each call that names a person (`by`) is refused with a NotAllowedError where they may
   * not. Calls without one are a schedule's, and are let through. @default everybody may
   */
  readonly access?: SyncAccess | undefined;
  /** Where every step is written, in ids and counts. @default nowhere */
  readonly logger?: SyncLogger | undefined;
  /** How the notices of runs are written, which `policy.notify` asks for. @default in English, without a link */
  readonly notices?: NoticeOptions | undefined;
  /** Told when a listener of an event, the logger or a function of `notices` throws. @default such errors are dropped */
  readonly onListenerError?: ((error: unknown) => void) | undefined;
}

/** The options, validated and complete. */
export interface SyncContext {
  readonly source: RosterSource;
  readonly guardians: RosterSource | undefined;
  readonly store: RosterStore;
  readonly mailer: Mailer | undefined;
  readonly textSender: TextSender | undefined;
  readonly scope: Scope;
  readonly policy: Policy;
  readonly incremental: boolean;
  readonly clock: Clock;
  readonly batchSize: number;
  readonly leaseTtlMs: number;
  readonly retention: Retention;
  readonly access: SyncAccess | undefined;
  readonly notices: Notices;
  readonly events: SyncEvents;
}

const NAMES: Readonly<Record<keyof RosterSyncOptions, true>> = {
  source: true,
  store: true,
  mailer: true,
  textSender: true,
  scope: true,
  policy: true,
  steps: true,
  guardians: true,
  incremental: true,
  clock: true,
  batchSize: true,
  leaseTtlMs: true,
  retention: true,
  access: true,
  notices: true,
  logger: true,
  onListenerError: true,
};

const SOURCE_METHODS = ['read'] as const;
const STORE_METHODS = [
  ...['load', 'apply', 'roles', 'sites', 'lease', 'saveLedger', 'saveRun', 'run', 'runs', 'journal'],
  ...['releaseWaiting', 'claimMessages', 'saveMessage', 'message', 'invitations', 'prune'],
  ...['saveProblem', 'problems', 'forgetProblems', 'holder', 'saveAudit', 'audit'],
] as const;

/** Validates the options of a {@link RosterSync}: a mistake is named here, not in the middle of a run. */
export function settleOptions(options: RosterSyncOptions): SyncContext {
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw new ConfigurationError('options', 'is an object with source, store and scope');
  }
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(NAMES, name)) throw new ConfigurationError(name, 'is not an option of RosterSync');
  }
  requireMethods('source', options.source, SOURCE_METHODS);
  requireMethods('store', options.store, STORE_METHODS);
  if (options.mailer !== undefined) requireMethods('mailer', options.mailer, ['send']);
  if (options.textSender !== undefined) requireMethods('textSender', options.textSender, ['send']);
  if (options.guardians !== undefined) requireMethods('guardians', options.guardians, SOURCE_METHODS);
  if (options.access !== undefined) requireMethods('access', options.access, ['can']);
  if (options.clock !== undefined) requireMethods('clock', options.clock, ['now']);
  if (options.logger !== undefined) checkLogger(options.logger);
  if (options.onListenerError !== undefined && typeof options.onListenerError !== 'function') {
    throw new ConfigurationError('onListenerError', 'is a function');
  }
  if (options.incremental !== undefined && typeof options.incremental !== 'boolean') {
    throw new ConfigurationError('incremental', 'is true or false');
  }
  if (options.incremental === true) incrementalParts(options);
  const events = new SyncEvents(options.onListenerError ?? (() => undefined));
  const scope = settleScope(options.scope);
  if (options.logger !== undefined) writeLog(events, scope.tenant, options.logger);
  return {
    source: options.source,
    guardians: options.guardians,
    store: persistent(options.store),
    mailer: options.mailer,
    textSender: options.textSender,
    scope,
    policy: settlePolicy(definePolicy(options.policy), { steps: options.steps }),
    incremental: options.incremental ?? false,
    clock: options.clock ?? { now: () => new Date() },
    batchSize: positiveInteger('batchSize', options.batchSize, 500),
    leaseTtlMs: positiveInteger('leaseTtlMs', options.leaseTtlMs, 60_000),
    retention: settleRetention(options.retention),
    access: options.access,
    notices: settleNotices(options.notices),
    events,
  };
}

/** What may differ for one import. */
export interface ImportOptions {
  /** Settings for this import alone, on top of those of the sync. @default none */
  readonly policy?: PolicyInput | undefined;
  /** The parts of this import; stands above `policy.steps`. @default those of the sync */
  readonly steps?: readonly Step[] | undefined;
}

/** The policy of one import: its own settings over those of the sync. */
export function settlePolicy(base: Policy, { policy, steps }: ImportOptions): Policy {
  const merged = policy === undefined ? base : definePolicy(policy, base);
  return steps === undefined ? merged : definePolicy({ steps }, merged);
}

function settleScope(scope: unknown): Scope {
  if (typeof scope !== 'object' || scope === null) {
    throw new ConfigurationError('scope', 'is an object such as { tenant: "district-1" }');
  }
  const { tenant, schools } = scope as { readonly tenant?: unknown; readonly schools?: unknown };
  for (const name of Object.keys(scope)) {
    if (name !== 'tenant' && name !== 'schools')
      throw new ConfigurationError(`scope.${name}`, 'is not a part of a scope');
  }
  if (typeof tenant !== 'string' || tenant === '') {
    throw new ConfigurationError('scope.tenant', "is your own id of the district, and can't be empty");
  }
  if (schools === undefined) return { tenant };
  if (!Array.isArray(schools) || !schools.every((school) => typeof school === 'string' && school !== '')) {
    throw new ConfigurationError('scope.schools', 'is a list of sourcedIds of schools');
  }
  if (schools.length === 0) {
    throw new ConfigurationError(
      'scope.schools',
      'names at least one school; leave it out for all schools of the tenant',
    );
  }
  return { tenant, schools: schools as string[] };
}

function requireMethods(parameter: string, value: unknown, methods: readonly string[]): void {
  const missing = methods.filter(
    (method) =>
      typeof value !== 'object' || value === null || typeof (value as Record<string, unknown>)[method] !== 'function',
  );
  if (missing.length > 0) throw new ConfigurationError(parameter, `has to offer ${missing.join(', ')}`);
}

function positiveInteger(parameter: string, value: number | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  if (!Number.isSafeInteger(value) || value < 1) throw new ConfigurationError(parameter, 'is a whole number from 1');
  return value;
}
