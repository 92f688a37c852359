import type { Credentials } from '../credentials/index.js';
import { ConfigurationError, PlanError } from '../errors.js';
import { checkOptionNames, checkText } from '../internal/options.js';
import type { Plan, Preflight, School } from '../model/index.js';
import type { Connection, RunReport } from '../ports/index.js';
import type { RosterSync } from '../sync/index.js';
import type {
  ConnectionActOptions,
  ConnectionConfiguration,
  LookOptions,
  NewConnection,
  RunNowOptions,
} from './acts.js';
import { configure } from './configuring.js';
import { type DueRun, takeDue } from './due.js';
import { requireFree, requireReady } from './enabling.js';
import { type ConnectionsContext, type ConnectionsOptions, settleConnectionsOptions } from './options.js';
import { forgetAllCredentials, forgetCredentials, withCredentials } from './own-credentials.js';
import { act, changeOne, conflict, type ConnectionEdit, decisionOf, readAll, readOne } from './records.js';
import { type ConnectionStatus, runConnection, statusOf } from './running.js';
import { afterChange, plansAlike, settleLabel, setUp } from './settings.js';
import { scopeOf, sourceOf, syncOf } from './sources.js';

/**
 * The connections of a tenant with its providers. Each is set up and looked at before it syncs: made with credentials (a
 * draft), its schools chosen, checked by a preflight, previewed, and then enabled; it can be paused and resumed, and ends
 * disconnected. Its credentials are sealed in the store and are in no record, error or event.
 *
 * A change of what a plan depends on (credentials, schools, policy, steps, guardians) stops a connection that syncs, and asks for
 * a new preview. Every act is kept with who did it (`store.audit`).
 *
 * Every method throws a StoreError where there is no such connection or the store fails, and a StoreConflictError where
 * others keep changing it.
 *
 * @example
 * ```ts
 * import { CleverClient, cleverSource, Connections } from 'rosterkit';
 * import { PostgresStore, type SqlPool } from 'rosterkit/postgres';
 *
 * export function connectionsOf(pool: SqlPool, tenant: string, key: string): Connections {
 *   return new Connections({
 *     store: new PostgresStore({ pool }),
 *     scope: { tenant },
 *     providers: { clever: ({ token }) => cleverSource(new CleverClient({ token: String(token) })) },
 *     key: { id: '2026-09', key },
 *   });
 * }
 *
 * export async function connect(connections: Connections, token: string, by: string): Promise<string> {
 *   const { id } = await connections.create({ provider: 'clever', credentials: { token }, by });
 *   await connections.linkSchool(id, 'all', { by });
 *   await connections.configure(id, { schedule: { at: '02:30', timeZone: 'America/New_York' } }, { by });
 *   const { state } = await connections.preflight(id);
 *   const plan = await connections.preview(id);
 *   console.log(state, plan.counts);
 *   await connections.enable(id, { by });
 *   return id;
 * }
 * ```
 */
export class Connections {
  readonly #context: ConnectionsContext;

  /** @throws ConfigurationError naming the option that is unknown, missing or impossible */
  constructor(options: ConnectionsOptions) {
    this.#context = settleConnectionsOptions(options);
  }

  /** The tenant whose connections these are. */
  get tenant(): string {
    return this.#context.scope.tenant;
  }

  /** The connections in the order in which they were made, disconnected ones too. */
  async list(): Promise<readonly Connection[]> {
    return readAll(this.#context);
  }

  /** One connection. */
  async get(id: string): Promise<Connection> {
    return readOne(this.#context, id);
  }

  /**
   * Makes a draft: it has credentials, and syncs nothing.
   *
   * @throws ConfigurationError where there is no such provider, or what the provider's function says of the credentials
   */
  async create(connection: NewConnection): Promise<Connection> {
    checkOptionNames(connection, ['provider', 'credentials', 'label', 'by']);
    const { provider, credentials, label, by } = connection;
    checkText('by', by, 'says who acts, in your own words, such as a user id');
    const { store, scope, clock } = this.#context;
    const id = crypto.randomUUID();
    const settledLabel = label === undefined ? {} : { label: settleLabel(label) };
    return withCredentials(this.#context, id, provider, credentials, async (name) => {
      const made: Connection = {
        id,
        version: 1,
        provider,
        ...settledLabel,
        state: 'draft',
        createdAt: clock.now().toISOString(),
        credentials: name,
        policy: {},
      };
      const decision = decisionOf(this.#context, id, { action: 'connection-create', by, details: { provider } });
      if (!(await store.saveConnection(scope, made, decision))) {
        throw conflict(`there is another connection ${id}`);
      }
      return made;
    });
  }

  /**
   * Puts other credentials in the place of those that are kept. The connection has to be checked, previewed and enabled
   * again, also one that was disconnected.
   *
   * @throws ConfigurationError what the provider's function says of the credentials
   */
  async replaceCredentials(id: string, credentials: Credentials, options: ConnectionActOptions): Promise<Connection> {
    const { provider, credentials: before } = await this.get(id);
    const changed = await withCredentials(this.#context, id, provider, credentials, (name) =>
      act(this.#context, id, 'replace-credentials', options, (connection) => {
        const { needsAttention: _attention, ...rest } = connection;
        return afterChange(connection, { ...rest, credentials: name });
      }),
    );
    await forgetCredentials(this.#context, before);
    return changed;
  }

  /**
   * The schools behind the credentials, to choose from.
   *
   * @throws RosterError where the provider cannot be read
   */
  async schools(id: string, options: { readonly signal?: AbortSignal } = {}): Promise<readonly School[]> {
    const source = await sourceOf(this.#context, await this.get(id));
    return source.schools(options);
  }

  /**
   * Chooses the schools that the connection syncs, by their sourcedIds, or `'all'` of them. No other connection of the tenant may have one of
   * them, unless it is `shared`.
   *
   * @throws ConfigurationError naming `schools` where the credentials reach no such school, or another connection has it
   * @throws RosterError where the provider cannot be read
   */
  async linkSchool(
    id: string,
    schools: string | readonly string[],
    options: ConnectionActOptions & { readonly shared?: boolean; readonly signal?: AbortSignal },
  ): Promise<Connection> {
    const { shared = false, signal } = options;
    const chosen = schools === 'all' ? schools : settleSchools(schools);
    const known = new Set((await this.schools(id, signal && { signal })).map(({ sourcedId }) => sourcedId));
    const isUnknown = chosen !== 'all' && chosen.some((school) => !known.has(school));
    if (isUnknown || known.size === 0) throw new ConfigurationError('schools', 'are not all behind the credentials');
    const details = { schools: chosen === 'all' ? 'all' : chosen.length, shared };
    const link: ConnectionEdit = (connection, others) => {
      const { sharesSchools: _shares, ...rest } = connection;
      const linked: Connection = { ...rest, schools: chosen, ...(shared ? { sharesSchools: true } : {}) };
      requireFree(linked, others);
      return afterChange(connection, linked);
    };
    return act(this.#context, id, 'link-school', options, link, details);
  }

  /**
   * Sets the policy, the steps, the schedule, the source of guardians or the label.
   *
   * @throws ConfigurationError naming the setting that is unknown or impossible
   */
  async configure(
    id: string,
    configuration: ConnectionConfiguration,
    options: ConnectionActOptions,
  ): Promise<Connection> {
    return configure(this.#context, id, configuration, options);
  }

  /**
   * Looks at what the district shares, and keeps whether it blocks an import.
   *
   * @throws ConfigurationError naming `source` where the provider does not tell beforehand: then none is asked for
   * @throws RosterError where the provider cannot be reached at all
   */
  async preflight(id: string, options: LookOptions = {}): Promise<Preflight> {
    const { by, signal } = options;
    const before = await this.get(id);
    const source = await sourceOf(this.#context, before);
    if (source.preflight === undefined) {
      throw new ConfigurationError('source', `has no preflight: ${source.provider} does not tell beforehand. Preview.`);
    }
    const preflight = await source.preflight(signal && { signal });
    const check = { at: this.#context.clock.now().toISOString(), state: preflight.state };
    await this.#look(id, 'preflight', by, (connection) => {
      if (connection.credentials !== before.credentials) throw conflict('its credentials were replaced meanwhile.');
      return whereSetUp({ ...connection, check });
    });
    return preflight;
  }

  /**
   * Makes the plan that a run would make now, and keeps that somebody looked at it. Changes nobody and nothing else. A plan
   * whose feed cannot be believed (`outcome: 'failed'`) does not count.
   *
   * @throws ConfigurationError naming `schools` where none are chosen, or the setting that is impossible
   * @throws NotAllowedError where the sync has an `access`, and `by` may not make plans
   * @throws StoreConflictError where the settings were changed while the plan was made
   * @throws RosterError where the provider cannot be read at all
   */
  async preview(id: string, options: LookOptions = {}): Promise<Plan> {
    const { by, signal } = options;
    const before = await this.get(id);
    if (before.schools === undefined) {
      throw new ConfigurationError('schools', 'are chosen first: linkSchool(id, schools)');
    }
    const plan = await (await syncOf(this.#context, before)).plan({ by, signal });
    if (plan.outcome === 'failed') return plan;
    const preview = { at: this.#context.clock.now().toISOString(), planHash: plan.hash, counts: plan.counts };
    await this.#look(id, 'preview', by, (connection) => {
      if (!plansAlike(connection, before)) throw conflict('its settings were changed meanwhile. Preview again.');
      return whereSetUp({ ...connection, preview });
    });
    return plan;
  }

  /**
   * Lets the connection sync: by its schedule from now on, and whenever somebody asks for it.
   *
   * @throws ConfigurationError naming what is still to be done: `schools`, `preflight`, `preview` or `credentials`
   */
  async enable(id: string, options: ConnectionActOptions & { readonly withoutPreview?: boolean }): Promise<Connection> {
    const { withoutPreview = false } = options;
    const before = await this.get(id);
    const source = before.credentials === undefined ? undefined : await sourceOf(this.#context, before);
    const rules = { hasPreflight: source?.preflight !== undefined, needsPreview: !withoutPreview };
    const enable: ConnectionEdit = (connection, others) => {
      if (connection.state === 'enabled') return connection;
      requireReady(connection, others, rules);
      return this.#enabled(connection);
    };
    return act(this.#context, id, 'enable', options, enable, withoutPreview ? { withoutPreview } : undefined);
  }

  /**
   * Stops the syncs of an enabled connection, until an instant or until it is resumed. What is missed meanwhile is not caught
   * up. A run at work ends by itself.
   *
   * @throws ConfigurationError naming `until` where it is no instant of the future
   * @throws PlanError where the connection is not enabled
   */
  async pause(id: string, options: ConnectionActOptions & { readonly until?: string }): Promise<Connection> {
    const { until } = options;
    const pausedUntil = until === undefined ? undefined : new Date(until);
    if (pausedUntil !== undefined && !(pausedUntil.getTime() > this.#context.clock.now().getTime())) {
      throw new ConfigurationError('until', 'is an instant of the future such as "2027-01-04T00:00:00Z"');
    }
    const pause: ConnectionEdit = (connection) => {
      requireEnabled(connection);
      const { pausedUntil: _until, taken: _taken, ...rest } = connection;
      return {
        ...rest,
        state: 'paused',
        ...(pausedUntil === undefined ? {} : { pausedUntil: pausedUntil.toISOString() }),
      };
    };
    return act(this.#context, id, 'pause', options, pause);
  }

  /**
   * Ends a pause.
   *
   * @throws PlanError where the connection is neither paused nor enabled
   */
  async resume(id: string, options: ConnectionActOptions): Promise<Connection> {
    return act(this.#context, id, 'resume', options, (connection) => {
      requireEnabled(connection);
      return connection.state === 'enabled' ? connection : this.#enabled(connection);
    });
  }

  /** Ends the connection: its credentials are forgotten. The people stay as they are, and so do the runs. */
  async disconnect(id: string, options: ConnectionActOptions): Promise<Connection> {
    const disconnected = await act(this.#context, id, 'disconnect', options, (connection) => {
      if (connection.state === 'disconnected') return connection;
      const { credentials: _credentials, needsAttention: _attention, guardians, ...rest } = setUp(connection);
      const { check: _check, preview: _preview, ...kept } = rest;
      const own = guardians === undefined ? {} : { guardians: { provider: guardians.provider } };
      return { ...kept, ...own, state: 'disconnected' };
    });
    await forgetAllCredentials(this.#context, id);
    return disconnected;
  }

  /**
   * The sync of the connection, for everything that a sync can: holds, proposals, undo, events. A connection that is being set
   * up has none yet: look at it by {@link Connections.preview}. That of a disconnected one reads nothing.
   *
   * @throws PlanError where the connection was never enabled under its present settings
   */
  async sync(id: string): Promise<RosterSync> {
    const connection = await this.get(id);
    if (connection.state !== 'disconnected') requireEnabled(connection);
    return syncOf(this.#context, connection);
  }

  /**
   * Imports now, beside the schedule, also while the connection is paused.
   *
   * @throws PlanError where the connection is not enabled
   * @throws LockHeldError while another run is at work
   */
  async runNow(id: string, options: RunNowOptions): Promise<RunReport> {
    checkText('by', options.by, 'says who acts, in your own words, such as a user id');
    const connection = await this.get(id);
    requireEnabled(connection);
    const report = await runConnection(this.#context, connection, options);
    const decision = decisionOf(this.#context, id, { action: 'connection-run', by: options.by });
    await this.#context.store.saveAudit(this.#context.scope, { ...decision, runId: report.id });
    return report;
  }

  /** The runs of the connection's schools, the newest first; also when it is disconnected. */
  async runs(id: string, options: { readonly limit?: number } = {}): Promise<readonly RunReport[]> {
    return this.#context.store.runs(scopeOf(this.#context, await this.get(id)), options);
  }

  /** How a connection is doing. */
  async status(id: string): Promise<ConnectionStatus> {
    return statusOf(this.#context, await this.get(id));
  }

  /**
   * Takes a run that is due, so that no other process does; undefined where none is. A {@link Scheduler} does this all
   * the time; a host with timers or queues of its own does it until nothing is due any more.
   *
   * @example
   * ```ts
   * import type { Connections } from 'rosterkit';
   *
   * export async function runWhatIsDue(connections: Connections, signal: AbortSignal): Promise<void> {
   *   for (let due = await connections.takeDue(); due !== undefined; due = await connections.takeDue()) {
   *     const report = await due.run({ signal });
   *     console.log(due.connectionId, due.dueAt, report?.outcome ?? 'somebody else did it');
   *   }
   * }
   * ```
   */
  async takeDue(): Promise<DueRun | undefined> {
    return takeDue(this.#context);
  }

  #enabled(connection: Connection): Connection {
    const { pausedUntil: _until, taken: _taken, ...rest } = connection;
    return { ...rest, state: 'enabled', scheduledSince: this.#context.clock.now().toISOString() };
  }

  async #look(id: string, action: string, by: string | undefined, edit: ConnectionEdit): Promise<void> {
    await (by === undefined ? changeOne(this.#context, id, edit) : act(this.#context, id, action, { by }, edit));
  }
}

function requireEnabled({ id, state }: Connection): void {
  if (state === 'enabled' || state === 'paused') return;
  throw new PlanError(`Connection ${id} is not enabled: it is ${state}. Set it up and enable it.`);
}

/** A look tells how far one has come that is being set up; one that syncs goes on. */
function whereSetUp(connection: Connection): Connection {
  return ['draft', 'checked', 'previewed'].includes(connection.state) ? setUp(connection) : connection;
}

function settleSchools(schools: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(schools) ? schools : [schools];
  if (list.length > 0 && list.every((school) => typeof school === 'string' && school !== '')) {
    return [...new Set(list as readonly string[])].sort();
  }
  throw new ConfigurationError('schools', 'are sourcedIds of schools, or "all"');
}
