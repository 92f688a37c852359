import type { Roster, RosterChanges, Scope } from '../model/index.js';

/** What was read of a district so far: a roster, and what changed since. */
export interface RosterImage {
  /** As it was read whole last. */
  readonly roster: Roster;
  /** What changed since, oldest first: each continues the one before. */
  readonly changes: readonly RosterChanges[];
}

/**
 * Keeps what was read of a district, so that the next run need only ask what changed. A store has these methods where it
 * supports incremental syncs; it holds names and addresses like the directory itself, and is forgotten with the scope.
 */
export interface ImageStore {
  /** What was read of the scope so far; undefined where nothing is kept. */
  image(scope: Scope): Promise<RosterImage | undefined>;
  /** Keeps a roster that was read whole, in place of all before. */
  saveImage(scope: Scope, roster: Roster, fence?: number): Promise<void>;
  /** Adds what changed since. Does nothing where it does not continue what is kept, because it was added before. */
  extendImage(scope: Scope, changes: RosterChanges, fence?: number): Promise<void>;
}
