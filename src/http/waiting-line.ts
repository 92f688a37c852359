/** What came of waiting: a turn, or the news that it would take longer than the waiter can bear. */
export type Turn =
  | { readonly isTaken: true; readonly hasWaited: boolean }
  | { readonly isTaken: false; readonly waitMs: number };

/** Somebody who wants a turn. */
export interface TurnRequest {
  /** Takes a turn, and gives 0; or takes none, and gives the milliseconds after which to ask again. */
  readonly take: () => number;
  /** Who would have to wait for longer is told so at once. */
  readonly longestWaitMs: number;
  readonly signal: AbortSignal | undefined;
}

interface Waiter extends TurnRequest {
  readonly settle: (turn: Turn) => void;
}

/** Processes that wait for the same moment come back over so long, rather than all at once. */
const LONGEST_JITTER_MS = 500;

/** Turns are given to those who wait for one in the order in which they came, and to nobody who came later. */
export class WaitingLine {
  readonly #waiters = new Set<Waiter>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  get isEmpty(): boolean {
    return this.#waiters.size === 0;
  }

  /**
   * A turn, at once where nobody waits and one is free. Where the caller aborts, none is taken; a turn that was taken
   * before the abort is given all the same, because it has to be given back.
   *
   * @throws the signal's own reason
   */
  async turn(request: TurnRequest): Promise<Turn> {
    const { signal } = request;
    signal?.throwIfAborted();
    if (this.isEmpty && request.take() <= 0) return { isTaken: true, hasWaited: false };
    const turn = await new Promise<Turn>((resolve) => {
      const settle = (outcome: Turn): void => {
        this.#waiters.delete(waiter);
        signal?.removeEventListener('abort', leave);
        resolve(outcome);
      };
      const leave = (): void => {
        settle({ isTaken: false, waitMs: 0 });
        this.serve();
      };
      const waiter = { ...request, settle };
      this.#waiters.add(waiter);
      signal?.addEventListener('abort', leave, { once: true });
      this.serve();
    });
    if (!turn.isTaken) signal?.throwIfAborted();
    return turn;
  }

  /** Gives the turns that are free now; to be called when it may have changed when the next one is. */
  serve(): void {
    clearTimeout(this.#timer);
    for (const waiter of this.#waiters) {
      const waitMs = waiter.take();
      if (waitMs > 0 && waitMs <= waiter.longestWaitMs) {
        this.#serveIn(waitMs + Math.random() * Math.min(waitMs / 10, LONGEST_JITTER_MS));
        return;
      }
      waiter.settle(waitMs > 0 ? { isTaken: false, waitMs } : { isTaken: true, hasWaited: true });
    }
  }

  #serveIn(delayMs: number): void {
    this.#timer = setTimeout(() => {
      this.serve();
    }, delayMs);
  }
}
