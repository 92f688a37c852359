import type { Change, LocalState, Scope } from '../../../model/index.js';
import type {
  Batch,
  BatchResult,
  DirectoryStore,
  ImageStore,
  JournalStore,
  OutboxMessage,
  RosterStore,
} from '../../../ports/index.js';
import { batchOf, pendingOf, stateOf } from './changes.js';

/** What every contract of a store, or of a half of one, needs to know. */
export interface TenantOptions {
  /**
   * Makes a tenant of which nothing is kept, where the host has to know its tenants beforehand.
   *
   * @default a name that nobody else has
   */
  readonly newTenant?: () => string | Promise<string>;
}

/** A store's directory half, as its contract meets it. */
export interface DirectorySubject extends TenantOptions {
  readonly store: DirectoryStore;
  /**
   * The same store over a database that breaks when it has carried out so many statements, so that batches are broken off
   * at each of them.
   *
   * @default batches are broken off by changes that cannot be read alone
   */
  readonly breakingAfter?: (statements: number) => DirectoryStore;
}

/** A store's journal half, as its contract meets it. */
export interface JournalSubject extends TenantOptions {
  readonly store: JournalStore;
  /** Makes the leases of the scope's tenant, and the claims of its messages, so much older. */
  readonly age: (scope: Scope, ms: number) => Promise<void>;
}

/** A whole store, as its contract meets it. */
export interface StoreSubject extends DirectorySubject, JournalSubject {
  readonly store: RosterStore;
}

/** A store that keeps what was read, as its contract meets it. */
export interface ImageSubject extends JournalSubject {
  readonly store: ImageStore & JournalStore;
}

/** What every case works with: tenants of its own. */
export interface TenantBench {
  /** A scope of all schools, of a tenant of its own. */
  readonly newScope: () => Promise<Scope>;
}

/** What the cases of the directory half work with. */
export interface DirectoryBench extends DirectorySubject, TenantBench {
  /** Applies the changes as a batch of a run of its own, unless the rest says otherwise. */
  readonly apply: (scope: Scope, changes: readonly Change[], rest?: Partial<Batch>) => Promise<BatchResult>;
  readonly state: (scope: Scope) => Promise<LocalState>;
}

/** What the cases of the journal half work with. */
export interface JournalBench extends JournalSubject, TenantBench {}

/** What the cases of a whole store work with. */
export interface StoreBench extends StoreSubject, DirectoryBench, JournalBench {
  readonly store: RosterStore;
  /** All messages that are to be sent, and that nobody has claimed. */
  readonly pending: (scope: Scope) => Promise<readonly OutboxMessage[]>;
}

/** What the cases of the image work with. */
export interface ImageBench extends ImageSubject, TenantBench {
  readonly store: ImageStore & JournalStore;
}

/** The subject, and tenants of its own. */
export function withTenants<Subject extends TenantOptions>(subject: Subject): Subject & TenantBench {
  const newTenant = subject.newTenant ?? (() => `contract-${globalThis.crypto.randomUUID()}`);
  return { ...subject, newScope: async () => ({ tenant: await newTenant() }) };
}

/** The directory half at work. */
export function directoryBench<Subject extends DirectorySubject>(subject: Subject): Subject & DirectoryBench {
  const { store } = subject;
  return {
    ...withTenants(subject),
    apply: (scope, changes, rest) => store.apply(batchOf(scope, changes, rest)),
    state: (scope) => stateOf(store, scope),
  };
}

/** The whole store at work. */
export function storeBench(subject: StoreSubject): StoreBench {
  return {
    ...directoryBench(subject),
    pending: (scope) => pendingOf(subject.store, scope),
  };
}
