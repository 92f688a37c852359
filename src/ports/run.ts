import type { Gate, Hold, PlanCounts, Scope, Step } from '../model/index.js';

/**
 * How a run ended, or that it has not.
 *
 * - `running`: it is at work, or its process died and nobody has held the scope since.
 * - `applied`: everything that was planned.
 * - `held`: everything but what a hold keeps.
 * - `partial`: some changes could not be applied; `failures` says which.
 * - `failed`: nothing, because the source or the store failed.
 * - `aborted`: the caller's signal stopped it; or its process died (`failures` says `died`), and what it had applied by then
 *   is kept.
 */
export type RunOutcome = 'running' | 'applied' | 'held' | 'partial' | 'failed' | 'aborted';

/** Something that a run could not do. */
export interface RunFailure {
  /**
   * The error's code, `aborted` or `died` for a run that was cut short, `stale` for a change that the world had overtaken, or `NO_CHANNEL` for people who could not be invited
   * because no message reaches them.
   */
  readonly code: string;
  /** The change concerned, by its key. */
  readonly key?: string;
  /** Ids and counts only. */
  readonly message: string;
}

/** What a run did, or does. Kept by the store from the moment at which the run begins. */
export interface RunReport {
  readonly id: string;
  /** `import` and `resync` are about some people and their classes alone. */
  readonly type: 'sync' | 'import' | 'resync' | 'approval' | 'discard' | 'undo';
  readonly scope: Scope;
  readonly outcome: RunOutcome;
  /** ISO instant. */
  readonly startedAt: string;
  /** ISO instant; absent while it runs. Of a run that died: when that was found out. */
  readonly endedAt?: string;
  readonly planHash: string;
  /** The parts of the import, where the run was about a plan. */
  readonly steps?: readonly Step[];
  /** The gates that had something to say of its plan, each once. */
  readonly gates?: readonly Gate[];
  readonly counts: PlanCounts;
  /** Changes that were applied. */
  readonly applied: number;
  readonly holds: readonly Hold[];
  readonly failures: readonly RunFailure[];
  /** Messages handed over. */
  readonly sent: number;
  /** Who started, approved or undid it. */
  readonly by?: string;
  /** The run that this one undoes. */
  readonly undoes?: string;
}
