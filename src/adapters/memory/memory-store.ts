import { LockHeldError, StoreConflictError } from '../../errors.js';
import { compareIds } from '../../internal/ordered.js';
import { emptyLedger, scopeKey } from '../../model/index.js';
import type { JournalEntry, Ledger, LocalState, PersonIds, Roster, RosterChanges, Scope } from '../../model/index.js';
import type {
  Attempt,
  AuditEntry,
  AuditOptions,
  Batch,
  BatchResult,
  ClaimOptions,
  Clock,
  Connection,
  ConnectionStore,
  CredentialStore,
  DeliveryProblem,
  Holder,
  ImageStore,
  Invitation,
  InvitationWrite,
  Lease,
  LeaseOptions,
  MessageOutcome,
  OutboxMessage,
  PersonTraces,
  PruneBefore,
  RosterImage,
  RosterStore,
  RunReport,
  SaveRunOptions,
} from '../../ports/index.js';
import { applyBatch } from './apply-batch.js';
import { saveConnection } from './connections.js';
import { countAttempt, saveInvitation } from './invitations.js';
import { loadRecords } from './load-state.js';
import { claimMessages, releaseWaiting, saveMessage, writeMessages } from './outbox.js';
import { erasePerson, eraseTraces, tracesOf } from './person.js';
import { prune } from './prune.js';
import { putSeed } from './seed.js';
import type { MemorySeed } from './seed.js';
import { settled } from './settled.js';
import { Tenant } from './tenant.js';
import type { ScopeState } from './tenant.js';

/** Options of a {@link MemoryStore}. */
export interface MemoryStoreOptions {
  /**
   * By which leases and claims expire.
   *
   * @default the system's clock
   */
  readonly clock?: Clock;
  /**
   * The host's roles that a policy may name.
   *
   * @default [], which allows any
   */
  readonly roles?: readonly string[];
  /**
   * The host's sites that a policy may name.
   *
   * @default [], which allows any
   */
  readonly sites?: readonly string[];
}

/**
 * A store in memory that keeps the whole contract of a store, transactions and leases included: for tests,
 * demonstrations and dry runs. Its ids are the same in every process that does the same: `class-1`, `user-1`, ...
 *
 * @example
 * ```ts
 * import { MemoryStore } from 'rosterkit/memory';
 *
 * const store = new MemoryStore();
 * const scope = { tenant: 'district-1' };
 * store.seed(scope, { classes: [{ name: 'Chess club' }] });
 * const { classes } = await store.load(scope);
 * ```
 */
export class MemoryStore implements RosterStore, ImageStore, CredentialStore, ConnectionStore {
  readonly #tenants = new Map<string, Tenant>();
  readonly #clock: Clock;
  readonly #roles: readonly string[];
  readonly #sites: readonly string[];

  constructor(options: MemoryStoreOptions = {}) {
    this.#clock = options.clock ?? { now: () => new Date() };
    this.#roles = options.roles ?? [];
    this.#sites = options.sites ?? [];
  }

  /**
   * Puts data of the host in, as if people had made it: past the journal and without a check.
   *
   * @throws ConfigurationError where an enrollment or a guardian link names a record that is not there
   */
  seed(scope: Scope, records: MemorySeed): void {
    putSeed(this.#tenant(scope), records);
  }

  /** The records of the scope's tenant as arrays, in the order of {@link LocalState}. */
  load(scope: Scope, options: { readonly signal?: AbortSignal } = {}): Promise<LocalState> {
    return settled(() => {
      options.signal?.throwIfAborted();
      const tenant = this.#tenant(scope);
      const ledger = tenant.scopes.get(scopeKey(scope))?.ledger ?? emptyLedger;
      return { scope, ledger, ...loadRecords(tenant) };
    });
  }

  apply(batch: Batch): Promise<BatchResult> {
    return settled(() => {
      this.#guard(batch.scope, batch.fence, 'apply');
      return applyBatch(this.#tenant(batch.scope), batch);
    });
  }

  roles(): Promise<readonly string[]> {
    return Promise.resolve(this.#roles);
  }

  sites(): Promise<readonly string[]> {
    return Promise.resolve(this.#sites);
  }

  erasePerson(scope: Scope, userId: string): Promise<void> {
    return settled(() => {
      erasePerson(this.#tenant(scope), userId);
    });
  }

  lease(scope: Scope, options: LeaseOptions): Promise<Lease> {
    return settled(() => {
      const state = this.#tenant(scope).scope(scopeKey(scope));
      const now = this.#clock.now();
      const held = state.lease;
      if (held !== undefined && held.holder !== options.holder && held.expiresAtMs > now.getTime()) {
        throw new LockHeldError('lease: another run holds the scope; try again when it has ended', {
          holder: held.holder,
          since: held.since,
        });
      }
      const fence = state.fence + 1;
      state.fence = fence;
      state.lease = {
        holder: options.holder,
        fence,
        since: now.toISOString(),
        expiresAtMs: now.getTime() + options.ttlMs,
      };
      return this.#leaseOf(scope, state, fence, options);
    });
  }

  holder(scope: Scope): Promise<Holder | undefined> {
    return settled(() => {
      const lease = this.#tenant(scope).scopes.get(scopeKey(scope))?.lease;
      if (lease === undefined || lease.expiresAtMs <= this.#clock.now().getTime()) return undefined;
      return { holder: lease.holder, since: lease.since };
    });
  }

  ledger(scope: Scope): Promise<Ledger> {
    return settled(() => this.#tenant(scope).scopes.get(scopeKey(scope))?.ledger ?? emptyLedger);
  }

  saveLedger(scope: Scope, ledger: Ledger, fence?: number): Promise<void> {
    return settled(() => {
      this.#guard(scope, fence, 'saveLedger').ledger = ledger;
    });
  }

  saveRun(report: RunReport, options?: SaveRunOptions): Promise<void> {
    return settled(() => {
      const tenant = this.#tenant(report.scope);
      // Read before anything is written: what cannot be read leaves nothing behind.
      const messages = options?.messages.map((message) => ({ ...message })) ?? [];
      tenant.runs.set(report.id, report);
      writeMessages(tenant, scopeKey(report.scope), messages, options?.at ?? report.startedAt);
    });
  }

  run(scope: Scope, runId: string): Promise<RunReport | undefined> {
    return settled(() => this.#tenant(scope).runs.get(runId));
  }

  /** The runs of exactly this scope, the newest first. */
  runs(scope: Scope, options: { readonly limit?: number } = {}): Promise<readonly RunReport[]> {
    return settled(() => {
      const key = scopeKey(scope);
      const reports = [...this.#tenant(scope).runs.values()].filter((report) => scopeKey(report.scope) === key);
      reports.reverse().sort((left, right) => compareIds(right.startedAt, left.startedAt));
      return reports.slice(0, options.limit);
    });
  }

  journal(scope: Scope, runId: string): Promise<readonly JournalEntry[]> {
    return settled(() => [...(this.#tenant(scope).journals.get(runId)?.values() ?? [])]);
  }

  releaseWaiting(scope: Scope): Promise<void> {
    return settled(() => {
      releaseWaiting(this.#tenant(scope), scopeKey(scope));
    });
  }

  claimMessages(scope: Scope, options: ClaimOptions): Promise<readonly OutboxMessage[]> {
    return settled(() => claimMessages(this.#tenant(scope), scopeKey(scope), options, this.#clock.now().getTime()));
  }

  saveMessage(scope: Scope, idempotencyKey: string, outcome: MessageOutcome): Promise<boolean> {
    return settled(() => saveMessage(this.#tenant(scope), idempotencyKey, outcome));
  }

  message(scope: Scope, idempotencyKey: string): Promise<OutboxMessage | undefined> {
    return settled(() => this.#tenant(scope).outbox.get(idempotencyKey)?.message);
  }

  saveProblem(scope: Scope, problem: DeliveryProblem): Promise<void> {
    return settled(() => {
      const key = JSON.stringify([problem.userId, problem.addressDigest]);
      this.#tenant(scope).problems.set(key, problem);
    });
  }

  problems(scope: Scope, options: { readonly userIds?: readonly string[] } = {}): Promise<readonly DeliveryProblem[]> {
    return settled(() => {
      const problems = [...this.#tenant(scope).problems.values()];
      if (options.userIds === undefined) return problems;
      const named = new Set(options.userIds);
      return problems.filter(({ userId }) => named.has(userId));
    });
  }

  forgetProblems(scope: Scope, userIds: readonly string[]): Promise<void> {
    return settled(() => {
      const { problems } = this.#tenant(scope);
      const named = new Set(userIds);
      for (const [key, { userId }] of problems) if (named.has(userId)) problems.delete(key);
    });
  }

  invitations(scope: Scope, options: { readonly userIds?: readonly string[] } = {}): Promise<readonly Invitation[]> {
    return settled(() => {
      const invitations = [...this.#tenant(scope).invitations.values()];
      if (options.userIds === undefined) return invitations;
      const named = new Set(options.userIds);
      return invitations.filter(({ userId }) => named.has(userId));
    });
  }

  invitationByCode(scope: Scope, codeDigest: string): Promise<Invitation | undefined> {
    return settled(() =>
      [...this.#tenant(scope).invitations.values()].find((invitation) => invitation.codeDigest === codeDigest),
    );
  }

  saveInvitation(scope: Scope, write: InvitationWrite): Promise<boolean> {
    return settled(() => saveInvitation(this.#tenant(scope), scopeKey(scope), write));
  }

  countAttempt(scope: Scope, attempt: Attempt): Promise<number> {
    return settled(() => countAttempt(this.#tenant(scope), attempt));
  }

  saveAudit(scope: Scope, entry: AuditEntry): Promise<void> {
    return settled(() => {
      const { audit } = this.#tenant(scope);
      if (!audit.has(entry.id)) audit.set(entry.id, entry);
    });
  }

  audit(scope: Scope, { limit, before }: AuditOptions = {}): Promise<readonly AuditEntry[]> {
    return settled(() => {
      const entries = [...this.#tenant(scope).audit.values()].filter(({ at }) => before === undefined || at < before);
      entries.reverse().sort((left, right) => compareIds(right.at, left.at));
      return entries.slice(0, limit);
    });
  }

  tracesOf(scope: Scope, person: PersonIds): Promise<PersonTraces> {
    return settled(() => tracesOf(this.#tenant(scope), person));
  }

  eraseTraces(scope: Scope, person: PersonIds): Promise<void> {
    return settled(() => {
      const tenant = this.#tenant(scope);
      tenant.scope(scopeKey(scope));
      eraseTraces(tenant, person, this.#clock.now().getTime());
    });
  }

  prune(scope: Scope, before: PruneBefore): Promise<void> {
    return settled(() => {
      prune(this.#tenant(scope), before);
    });
  }

  image(scope: Scope): Promise<RosterImage | undefined> {
    return settled(() => this.#tenant(scope).scopes.get(scopeKey(scope))?.image);
  }

  saveImage(scope: Scope, roster: Roster, fence?: number): Promise<void> {
    return settled(() => {
      this.#guard(scope, fence, 'saveImage').image = { roster, changes: [] };
    });
  }

  extendImage(scope: Scope, changes: RosterChanges, fence?: number): Promise<void> {
    return settled(() => {
      const state = this.#guard(scope, fence, 'extendImage');
      const { image } = state;
      if (image === undefined) return;
      const last = image.changes.at(-1) ?? image.roster;
      if (last.cursor === changes.since) state.image = { ...image, changes: [...image.changes, changes] };
    });
  }

  credentials(scope: Scope, name: string): Promise<string | undefined> {
    return settled(() => this.#tenant(scope).credentials.get(name));
  }

  credentialNames(scope: Scope): Promise<readonly string[]> {
    return settled(() => [...this.#tenant(scope).credentials.keys()].sort(compareIds));
  }

  saveCredentials(
    scope: Scope,
    name: string,
    sealed: string,
    options: { readonly replaces?: string | undefined } = {},
  ): Promise<boolean> {
    return settled(() => {
      const { credentials } = this.#tenant(scope);
      if (options.replaces !== undefined && credentials.get(name) !== options.replaces) return false;
      credentials.set(name, sealed);
      return true;
    });
  }

  deleteCredentials(scope: Scope, name: string): Promise<void> {
    return settled(() => {
      this.#tenant(scope).credentials.delete(name);
    });
  }

  connections(scope: Scope): Promise<readonly Connection[]> {
    return settled(() => [...this.#tenant(scope).connections.values()]);
  }

  saveConnection(scope: Scope, connection: Connection, decision?: AuditEntry): Promise<boolean> {
    return settled(() => saveConnection(this.#tenant(scope), connection, decision));
  }

  #tenant(scope: Scope): Tenant {
    let tenant = this.#tenants.get(scope.tenant);
    if (tenant === undefined) {
      tenant = new Tenant();
      this.#tenants.set(scope.tenant, tenant);
    }
    return tenant;
  }

  /** The scope's state, its fence raised to the writer's; throws where a newer lease has been seen. */
  #guard(scope: Scope, fence: number | undefined, operation: string): ScopeState {
    const state = this.#tenant(scope).scope(scopeKey(scope));
    if (fence === undefined) return state;
    if (fence < state.fence) {
      throw new StoreConflictError(`${operation}: a newer lease has been given for the scope; stop this run`, {
        operation,
      });
    }
    state.fence = fence;
    return state;
  }

  #leaseOf(scope: Scope, state: ScopeState, fence: number, { holder, ttlMs }: LeaseOptions): Lease {
    return {
      scope,
      holder,
      fence,
      renew: () =>
        settled(() => {
          if (state.lease?.fence !== fence) {
            throw new StoreConflictError('renew: the lease was lost or released; stop this run', {
              operation: 'renew',
            });
          }
          state.lease = { ...state.lease, expiresAtMs: this.#clock.now().getTime() + ttlMs };
        }),
      release: () =>
        settled(() => {
          if (state.lease?.fence === fence) delete state.lease;
        }),
    };
  }
}
