import type { Scope } from '../model/index.js';

/** A decision of a person: who decided what, and when. */
export interface AuditEntry {
  /** A random one, or a digest: it names nobody, and stays when a person is erased. */
  readonly id: string;
  /** ISO instant. */
  readonly at: string;
  /**
   * Who, in the host's own words, such as a user id; empty where the caller named nobody, and `erased` where that person was
   * erased since.
   */
  readonly by: string;
  /** What was done, such as `hold-approve` or `invitation-revoke`. */
  readonly action: string;
  /** What it was done to: the id of a hold, a proposal, an invitation, a connection or a person. */
  readonly subject?: string;
  /** The run that did it. */
  readonly runId?: string;
  /** Ids, counts and words of a closed set only. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/** Which decisions to read. */
export interface AuditOptions {
  /** @default all */
  readonly limit?: number;
  /** Those before this ISO instant alone. @default now */
  readonly before?: string;
}

/** The decisions of a tenant. They are written once; nothing but an erasure changes them. */
export interface AuditStore {
  /** Keeps a decision; one of the same id stays as it is. */
  saveAudit(scope: Scope, entry: AuditEntry): Promise<void>;
  /** The decisions of the scope's tenant, the newest first; of those of one instant, the one written last. */
  audit(scope: Scope, options?: AuditOptions): Promise<readonly AuditEntry[]>;
}
