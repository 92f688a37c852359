import type { Receipt, SendOptions } from '../../ports/index.js';

/** Options of a {@link MemorySender}. */
export interface MemorySenderOptions {
  /** Says who refuses what is sent to them. @default nobody refuses */
  readonly refuse?: (recipient: string) => boolean;
}

/** What was delivered: `to` holds those who accepted it. */
export type Delivered<M> = M & { readonly idempotencyKey: string };

/** Keeps what it is handed, and delivers each idempotency key once. */
export class MemorySender<M extends { readonly to: readonly string[] }> {
  readonly #refuse: (address: string) => boolean;
  readonly #receipts = new Map<string, Receipt>();
  readonly #messages: Delivered<M>[] = [];
  readonly #failures: Error[] = [];

  constructor(options: MemorySenderOptions = {}) {
    this.#refuse = options.refuse ?? (() => false);
  }

  /** What was delivered, in order. */
  get messages(): readonly Delivered<M>[] {
    return this.#messages;
  }

  /** Makes the next call of `send` fail with this error, before anything is delivered. */
  failNext(error: Error): void {
    this.#failures.push(error);
  }

  /** Delivers the message, or answers as it did the first time where the key is known. */
  send(message: M, options: SendOptions): Promise<Receipt> {
    return new Promise((resolve) => {
      options.signal?.throwIfAborted();
      const failure = this.#failures.shift();
      if (failure !== undefined) throw failure;
      resolve(this.#receipts.get(options.idempotencyKey) ?? this.#deliver(message, options.idempotencyKey));
    });
  }

  #deliver(message: M, idempotencyKey: string): Receipt {
    const receipt = {
      accepted: message.to.filter((address) => !this.#refuse(address)),
      refused: message.to.filter((address) => this.#refuse(address)),
    };
    this.#receipts.set(idempotencyKey, receipt);
    if (receipt.accepted.length > 0) this.#messages.push({ ...message, to: receipt.accepted, idempotencyKey });
    return receipt;
  }
}
