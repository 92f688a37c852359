import { EventEmitter } from 'eventemitter3';
import type { ChangeKind, Hold, PlanCounts, Scope, WholeReadReason } from '../model/index.js';
import type { OutboxMessage, PageRead, RequestRetry, RunOutcome, RunReport } from '../ports/index.js';

/** What every event says: the run, or the plan made alone, that it belongs to. */
export interface SyncEvent {
  readonly runId: string;
}

/** What a sync tells while it works, for watching only. Payloads are frozen; they hold ids and counts, never names. */
export interface RosterSyncEvents {
  /** A run began: it holds the scope. Exactly one `run-end` follows. */
  readonly 'run-start': (event: SyncEvent & { readonly scope: Scope; readonly type: RunReport['type'] }) => void;
  /** One page of a collection was read and decoded. */
  readonly 'page-read': (event: SyncEvent & PageRead) => void;
  /** A request to the provider will be made again after a pause. */
  readonly 'request-retry': (event: SyncEvent & RequestRetry) => void;
  /** The district is read: everything, or what changed since; `reason` says why an incremental sync read everything. */
  readonly 'roster-read': (
    event: SyncEvent & {
      readonly readId: string;
      readonly kind: 'whole' | 'changes';
      readonly reason?: WholeReadReason;
    },
  ) => void;
  /** The plan is made; nothing of it is applied yet. */
  readonly 'plan-ready': (
    event: SyncEvent & { readonly hash: string; readonly counts: PlanCounts; readonly holds: readonly Hold[] },
  ) => void;
  /** One change was committed: number `index`, from 1, of `total`. */
  readonly 'operation-applied': (
    event: SyncEvent & {
      readonly operation: ChangeKind;
      readonly subject: string;
      readonly index: number;
      readonly total: number;
    },
  ) => void;
  /** A batch was committed: `applied` of `total` changes are, so far. `stale` records had changed since the plan. */
  readonly 'batch-applied': (
    event: SyncEvent & {
      readonly size: number;
      readonly applied: number;
      readonly stale: number;
      readonly total: number;
    },
  ) => void;
  /** A person decided about a hold of so many changes. */
  readonly 'hold-decided': (
    event: SyncEvent &
      Pick<Hold, 'gate' | 'code'> & {
        readonly holdId: string;
        readonly decision: 'approved' | 'discarded';
        readonly changes: number;
      },
  ) => void;
  /** A person answered a proposal. It belongs to no run: `runId` is its own. */
  readonly 'proposal-decided': (
    event: SyncEvent & { readonly proposalId: string; readonly decision: 'accepted' | 'declined' },
  ) => void;
  /** The notice of the run is written, for so many people. */
  readonly 'notice-queued': (event: SyncEvent & { readonly recipients: number }) => void;
  /** A message was handed over. */
  readonly 'message-sent': (event: SyncEvent & Pick<OutboxMessage, 'kind' | 'channel' | 'userId'>) => void;
  /** A run ended, whatever the outcome: with the numbers of its report, and the codes of its failures, each once. */
  readonly 'run-end': (
    event: SyncEvent & {
      readonly outcome: RunOutcome;
      readonly durationMs: number;
      readonly applied: number;
      readonly sent: number;
      readonly holds: number;
      readonly failures: readonly string[];
    },
  ) => void;
}

/** The name of an event. */
export type RosterSyncEvent = keyof RosterSyncEvents;

type Payload<E extends RosterSyncEvent> = Parameters<RosterSyncEvents[E]>[0];
type AnyListener = (event: unknown) => unknown;

/** Hands events to listeners, none of which can break a run or keep another from hearing. */
export class SyncEvents {
  readonly #emitter = new EventEmitter();
  readonly #guarded = new WeakMap<object, (event: unknown) => void>();
  readonly #onListenerError: (error: unknown) => void;

  constructor(onListenerError: (error: unknown) => void) {
    this.#onListenerError = onListenerError;
  }

  on<E extends RosterSyncEvent>(event: E, listener: RosterSyncEvents[E]): () => void {
    this.#emitter.on(event, this.#guard(listener));
    return () => {
      this.off(event, listener);
    };
  }

  once<E extends RosterSyncEvent>(event: E, listener: RosterSyncEvents[E]): () => void {
    this.#emitter.once(event, this.#guard(listener));
    return () => {
      this.off(event, listener);
    };
  }

  off<E extends RosterSyncEvent>(event: E, listener: RosterSyncEvents[E]): void {
    const guarded = this.#guarded.get(listener);
    if (guarded !== undefined) this.#emitter.off(event, guarded);
  }

  emit<E extends RosterSyncEvent>(event: E, payload: Payload<E>): void {
    if (this.#emitter.listenerCount(event) > 0) this.#emitter.emit(event, Object.freeze({ ...payload }));
  }

  #guard(listener: object): (event: unknown) => void {
    const known = this.#guarded.get(listener);
    if (known !== undefined) return known;
    const guarded = (event: unknown): void => {
      try {
        const result = (listener as AnyListener)(event);
        if (result instanceof Promise) result.catch(this.report);
      } catch (error) {
        this.report(error);
      }
    };
    this.#guarded.set(listener, guarded);
    return guarded;
  }

  /** Tells of an error that is no business of the run. */
  readonly report = (error: unknown): void => {
    try {
      this.#onListenerError(error);
    } catch {
      // Whoever is told of the error fails as well: there is nobody left to tell, and the run goes on.
    }
  };
}
