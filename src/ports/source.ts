import type { Collection, RosterDelta, RosterRead, School, Scope } from '../model/index.js';
import type { Preflight } from '../model/index.js';

/** One page of a collection was read and decoded. */
export interface PageRead {
  readonly collection: Collection;
  /** Records of this collection received so far. */
  readonly received: number;
  /** The provider's total, where it tells one. */
  readonly total?: number;
}

/** A request will be made again after a pause. */
export interface RequestRetry {
  readonly attempt: number;
  readonly delayMs: number;
  readonly status?: number;
}

/** How to read. */
export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** Told after each page. */
  readonly onPage?: (page: PageRead) => void;
  /** Told before each pause. */
  readonly onRetry?: (retry: RequestRetry) => void;
}

/**
 * Where a roster comes from. A source throws only where nothing can be believed (wrong credentials, no connection, an
 * answer that is no roster); any other trouble is an honest attestation beside what was read.
 */
export interface RosterSource {
  /** The provider, such as `clever`. */
  readonly provider: string;
  /** Reads every collection once. The scope's schools may narrow what is delivered, never what is attested. */
  read(scope: Scope, options?: ReadOptions): Promise<RosterRead>;
  /**
   * What changed since the read, or the changes, that came with the cursor; everything, where the source cannot tell that.
   * Folded into the roster of the cursor it gives what `read` would have given.
   */
  readSince?(cursor: string, scope: Scope, options?: ReadOptions): Promise<RosterDelta>;
  /** The schools behind the credentials, to choose from. */
  schools(options?: { readonly signal?: AbortSignal }): Promise<readonly School[]>;
  /**
   * What the district shares, before anything is imported. A district that shares nothing, or no longer knows the
   * application, is an answer, not an error.
   */
  preflight?(options?: { readonly signal?: AbortSignal }): Promise<Preflight>;
}
