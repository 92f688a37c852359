import { MailError } from '../../errors.js';
import type { Receipt, SendOptions } from '../../ports/index.js';
import type { Rules } from './contract.js';
import { expectRejection, expectSame, expectThat } from './expecting.js';

/** What a mailer and a sender of texts are alike in. */
interface Sender<M> {
  send(message: M, options: SendOptions): Promise<Receipt>;
}

/** A sender with a transport that keeps what it is handed, and fails when it is told to. */
export interface SenderSubject<M> {
  readonly sender: Sender<M>;
  /** What was delivered so far, in order: each message to those who accepted it. */
  readonly delivered: () => readonly M[] | Promise<readonly M[]>;
  /** Who refuses what is sent to them. */
  readonly refusing: string;
  /** Makes the next delivery fail: in a way that another attempt may mend, or for good. */
  readonly failNext: (isRetryable: boolean) => void | Promise<void>;
}

/** A subject, and messages of its own. */
export interface SenderBench<M> extends SenderSubject<M> {
  /** What was delivered since the case began, as `contentOf` has it. */
  readonly newlyDelivered: () => Promise<readonly M[]>;
  /** A key that nobody else has. */
  readonly newKey: () => string;
}

/** What is sent in the cases, and what counts of it. */
export interface Sample<M> {
  /** A message to two. */
  readonly message: M;
  /** The same with other words. */
  readonly changed: M;
  /** What of a message was handed over, without what a transport adds. */
  readonly contentOf: (message: M) => M;
}

/** The name of the rule that needs a memory of keys. */
export const ONCE = 'a key is delivered once, whatever is sent under it again, and is answered alike';

/** What everyone must do who hands messages over. */
export function sendingRules<M extends { readonly to: readonly string[] }>({
  message,
  changed,
}: Sample<M>): Rules<SenderBench<M>> {
  const [first = ''] = message.to;
  return {
    'a message goes to everyone that it names, as it is': async ({ sender, newlyDelivered, newKey }) => {
      const receipt = await sender.send(message, { idempotencyKey: newKey() });
      expectSame('the receipt', sorted(receipt), { accepted: message.to, refused: [] });
      expectSame('what is delivered', await newlyDelivered(), [message]);
    },

    [ONCE]: async (bench) => {
      const { sender, newlyDelivered, newKey } = bench;
      const idempotencyKey = newKey();
      const first = await sender.send(message, { idempotencyKey });
      const again = await sender.send(changed, { idempotencyKey });
      expectSame('the second receipt', again, first);
      expectSame('what is delivered', await newlyDelivered(), [message]);
    },

    'another key is another message, though it says the same': async ({ sender, newlyDelivered, newKey }) => {
      for (const idempotencyKey of [newKey(), newKey()]) await sender.send(message, { idempotencyKey });
      expectSame('what is delivered', await newlyDelivered(), [message, message]);
    },

    'a receipt says who accepted and who refused': async ({ sender, refusing, newlyDelivered, newKey }) => {
      const to = [first, refusing];
      const receipt = await sender.send({ ...message, to }, { idempotencyKey: newKey() });
      expectSame('the receipt', receipt, { accepted: [first], refused: [refusing] });
      expectSame('what is delivered', await newlyDelivered(), [{ ...message, to: [first] }]);
    },

    'a message that everybody refuses is answered by a receipt, and delivered to nobody': async (bench) => {
      const { sender, refusing, newlyDelivered, newKey } = bench;
      const receipt = await sender.send({ ...message, to: [refusing] }, { idempotencyKey: newKey() });
      expectSame('the receipt', receipt, { accepted: [], refused: [refusing] });
      expectSame('what is delivered', await newlyDelivered(), []);
    },

    'a failure that may pass is a MailError that says so, and the same key is delivered by the next attempt': async (
      bench,
    ) => {
      const { sender, newlyDelivered, newKey } = bench;
      const idempotencyKey = newKey();
      await expectMailError(bench, message, idempotencyKey, true);
      expectSame('what is delivered after the failure', await newlyDelivered(), []);
      await sender.send(message, { idempotencyKey });
      expectSame('what is delivered then', await newlyDelivered(), [message]);
    },

    'a failure for good is a MailError that says so, and nothing is delivered': async (bench) => {
      await expectMailError(bench, message, bench.newKey(), false);
      expectSame('what is delivered', await bench.newlyDelivered(), []);
    },

    'nothing is sent once the caller’s signal says stop, and the reason is passed on': async (bench) => {
      const { sender, newlyDelivered, newKey } = bench;
      const idempotencyKey = newKey();
      const reason = new Error('stop');
      const sending = sender.send(message, { idempotencyKey, signal: AbortSignal.abort(reason) });
      const error = await expectRejection('a message whose signal is aborted', sending);
      expectThat('the error is the signal’s reason', error === reason);
      expectSame('what is delivered', await newlyDelivered(), []);
      await sender.send(message, { idempotencyKey });
      expectSame('what is delivered by the next attempt', await newlyDelivered(), [message]);
    },
  };
}

/** The subject with what the cases need; everything that was delivered before does not concern them. */
export async function senderBench<M extends { readonly to: readonly string[] }>(
  made: SenderSubject<M>,
  { contentOf }: Sample<M>,
): Promise<SenderBench<M>> {
  const before = (await made.delivered()).length;
  return {
    ...made,
    newlyDelivered: async () => {
      const delivered = (await made.delivered()).slice(before);
      return delivered.map((message) => ({ ...contentOf(message), to: [...message.to].sort() }));
    },
    newKey: () => globalThis.crypto.randomUUID(),
  };
}

async function expectMailError<M extends { readonly to: readonly string[] }>(
  { sender, failNext }: SenderBench<M>,
  message: M,
  idempotencyKey: string,
  isRetryable: boolean,
) {
  await failNext(isRetryable);
  const error = await expectRejection('a delivery that fails', sender.send(message, { idempotencyKey }), MailError);
  expectSame('whether the error is worth another try', (error as MailError).isRetryable, isRetryable);
  const quotes = message.to.filter((address) => String(error).includes(address));
  expectSame('the addresses that the error quotes', quotes, []);
}

function sorted({ accepted, refused }: Receipt) {
  return { accepted: [...accepted].sort(), refused: [...refused].sort() };
}
