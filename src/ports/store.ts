import type { Change, JournalEntry, Ledger, LocalRead, PersonIds, Scope } from '../model/index.js';
import type { ImageStore } from './image.js';
import type { AuditStore } from './audit.js';
import type { Invitation, InvitationStore } from './invitation.js';
import type { OutboxMessage, OutboxStore } from './outbox.js';
import type { PersonTraces } from './person.js';
import type { RunReport } from './run.js';

/** The right to write to a scope, until it is released or expires. A newer lease has a greater `fence`. */
export interface Lease {
  readonly scope: Scope;
  readonly holder: string;
  readonly fence: number;
  /** Keeps the lease for another term. Throws a StoreConflictError where it was lost. */
  renew(): Promise<void>;
  /** Gives the scope free at once. */
  release(): Promise<void>;
}

/** How to take a lease. */
export interface LeaseOptions {
  /** Who asks: the id of a run or of a process. */
  readonly holder: string;
  /** For how long, in milliseconds. */
  readonly ttlMs: number;
}

/** Who holds a scope. */
export interface Holder {
  readonly holder: string;
  /** Since when, ISO instant. */
  readonly since: string;
}

/** What is written together, or not at all. */
export interface Batch {
  readonly scope: Scope;
  readonly runId: string;
  /** The lease's fence: a store refuses a smaller one than it has seen for the scope. Absent for acts by hand. */
  readonly fence?: number;
  /** ISO instant, for the journal. */
  readonly at: string;
  readonly changes: readonly Change[];
  /** Invitations of what these changes create. Their `userId` is the change's subject; the store puts the id in. */
  readonly invitations?: readonly {
    readonly subject: string;
    readonly invitation: Invitation;
    readonly message: OutboxMessage;
  }[];
  /** Invitations of these persons (host ids) are revoked, and what is not sent yet is dropped. */
  readonly revoke?: readonly string[];
}

/** What became of a batch. */
export interface BatchResult {
  /** The keys of the changes that are applied now, or were applied by the same batch before. */
  readonly applied: readonly string[];
  /** The keys of the changes whose record is no longer as the plan saw it, or is gone. */
  readonly stale: readonly string[];
}

/** What is written together with the report of a run. */
export interface SaveRunOptions {
  readonly messages: readonly OutboxMessage[];
  /** ISO instant. */
  readonly at: string;
}

/** Since when something is kept: what is older goes. Each an ISO instant. */
export interface PruneBefore {
  /** Runs whose changes were all applied before. @default kept */
  readonly journal?: string;
  /** Reports of runs that started before. @default kept */
  readonly runs?: string;
  /** Messages that were written before, in whatever state. @default kept */
  readonly messages?: string;
  /** Invitations that expired before. @default kept */
  readonly invitations?: string;
  /** Images of scopes of which nothing was read since. @default kept */
  readonly images?: string;
  /** Decisions that were made before. @default kept */
  readonly audit?: string;
}

/**
 * The directory half of a store: the host's people and classes. A store never decides: it writes a change if the
 * record still has the version that the change names, and otherwise reports it as stale.
 */
export interface DirectoryStore {
  /** The records of the scope's tenant, and what is remembered for the scope. */
  load(scope: Scope, options?: { readonly signal?: AbortSignal }): Promise<LocalRead>;
  /** Applies a batch in one transaction: records, journal, invitations and outbox. Idempotent by (run, change key). */
  apply(batch: Batch): Promise<BatchResult>;
  /** The host's roles that a policy may name; an empty list allows any. */
  roles(scope: Scope): Promise<readonly string[]>;
  /** The host's sites that a policy may name; an empty list allows any. */
  sites(scope: Scope): Promise<readonly string[]>;
  /**
   * Deletes a person of the scope's tenant by the host's id, with their places in classes and their guardian links,
   * whatever state these are in, and as somebody with whom others share a login; all in one transaction. Does nothing
   * where there is no such person. The journal is for {@link JournalStore.eraseTraces}.
   */
  erasePerson(scope: Scope, userId: string): Promise<void>;
}

/** The journal half of a store: runs, holds, journal, decisions, invitations, outbox. */
export interface JournalStore extends OutboxStore, InvitationStore, AuditStore {
  /** Takes the scope. Throws a LockHeldError while another holder's lease lasts. */
  lease(scope: Scope, options: LeaseOptions): Promise<Lease>;
  /** Who holds the scope now; undefined where nobody does, or the lease has expired. */
  holder(scope: Scope): Promise<Holder | undefined>;
  /** What the engine must remember for the scope, as it was saved; an empty ledger where nothing was. */
  ledger(scope: Scope): Promise<Ledger>;
  /** Keeps what the engine must remember. */
  saveLedger(scope: Scope, ledger: Ledger, fence?: number): Promise<void>;
  /**
   * Keeps the report of a run; a later report of the same run replaces it. Messages are written in the same transaction,
   * as of `at` (ISO instant); of each idempotency key the first stays.
   */
  saveRun(report: RunReport, options?: SaveRunOptions): Promise<void>;
  /** The report of one run, where the scope has one of this id. */
  run(scope: Scope, runId: string): Promise<RunReport | undefined>;
  /** The newest runs first. */
  runs(scope: Scope, options?: { readonly limit?: number }): Promise<readonly RunReport[]>;
  /** What a run applied, in the order of application. */
  journal(scope: Scope, runId: string): Promise<readonly JournalEntry[]>;
  /** Everything that is kept about a person, for every scope of the tenant. */
  tracesOf(scope: Scope, person: PersonIds): Promise<PersonTraces>;
  /**
   * Erases what is kept about a person, for every scope of the tenant, in one transaction: journal, ledgers, run reports,
   * invitations, messages and images. Decisions stay, and say `erased` in their place. Later writes of whoever held a scope before are refused.
   *
   * @throws LockHeldError while anybody holds a scope of the tenant: what a run writes next would bring some of it back
   */
  eraseTraces(scope: Scope, person: PersonIds): Promise<void>;
  /**
   * Lets go of what is older than it is to be kept, for every scope of the tenant. The changes of a run go all or none. Of
   * each scope stays the newest report of a sync that applied something and ended `applied` or `held`, old as it may be:
   * without its holds, failures and `by`. Ledgers stay.
   */
  prune(scope: Scope, before: PruneBefore): Promise<void>;
}

/**
 * Where the host's data and the memory of the syncs are kept. Every call carries the tenant. Incremental syncs need the
 * methods of an {@link ImageStore}, too.
 */
export interface RosterStore extends DirectoryStore, JournalStore {
  /** As in an {@link ImageStore}. @default incremental syncs are refused */
  image?: ImageStore['image'];
  /** As in an {@link ImageStore}. */
  saveImage?: ImageStore['saveImage'];
  /** As in an {@link ImageStore}. */
  extendImage?: ImageStore['extendImage'];
}
