import { MailError } from '../../errors.js';
import type { Mailer, Message } from '../../ports/index.js';
import { contractOf } from './contract.js';
import type { ContractCase, Rules } from './contract.js';
import { expectRejection, expectSame, expectThat } from './expecting.js';

/** A mailer, as its contract meets it: with a transport that keeps what it is handed, and fails when it is told to. */
export interface MailerSubject {
  readonly mailer: Mailer;
  /** What was delivered so far, in order: each message to those who accepted it. */
  readonly delivered: () => readonly Message[] | Promise<readonly Message[]>;
  /** An address that refuses what is sent to it. Every other address of `example` accepts. */
  readonly refusing: string;
  /** Makes the next delivery fail: in a way that another attempt may mend, such as a lost connection, or for good. */
  readonly failNext: (isRetryable: boolean) => void | Promise<void>;
}

/** A subject, and messages of its own. */
interface MailerBench extends MailerSubject {
  /** What was delivered since the case began. */
  readonly newlyDelivered: () => Promise<readonly Message[]>;
  /** A key that nobody else has. */
  readonly newKey: () => string;
}

const message: Message = {
  to: ['first@school.example', 'second@school.example'],
  subject: 'Benvenuta, Zoë',
  text: 'Straße, 学校, 🎒\nYour code is inside.',
  html: '<p>Straße &amp; 学校</p>',
};

const rules: Rules<MailerBench> = {
  'a message goes to everyone that it names, as it is': async ({ mailer, newlyDelivered, newKey }) => {
    const receipt = await mailer.send(message, { idempotencyKey: newKey() });
    expectSame('the receipt', sorted(receipt), { accepted: message.to, refused: [] });
    expectSame('what is delivered', await contentsOf(newlyDelivered()), [message]);
  },

  'one without html is delivered without': async ({ mailer, newlyDelivered, newKey }) => {
    const { html: _html, ...plain } = message;
    await mailer.send(plain, { idempotencyKey: newKey() });
    expectSame('what is delivered', await contentsOf(newlyDelivered()), [plain]);
  },

  'a key is delivered once, whatever is sent under it again, and is answered alike': async (bench) => {
    const { mailer, newlyDelivered, newKey } = bench;
    const idempotencyKey = newKey();
    const first = await mailer.send(message, { idempotencyKey });
    const again = await mailer.send({ ...message, subject: 'Again' }, { idempotencyKey });
    expectSame('the second receipt', again, first);
    expectSame('what is delivered', await contentsOf(newlyDelivered()), [message]);
  },

  'another key is another message, though it says the same': async ({ mailer, newlyDelivered, newKey }) => {
    for (const idempotencyKey of [newKey(), newKey()]) await mailer.send(message, { idempotencyKey });
    expectSame('what is delivered', await contentsOf(newlyDelivered()), [message, message]);
  },

  'a receipt says who accepted and who refused': async ({ mailer, refusing, newlyDelivered, newKey }) => {
    const to = ['first@school.example', refusing];
    const receipt = await mailer.send({ ...message, to }, { idempotencyKey: newKey() });
    expectSame('the receipt', receipt, { accepted: ['first@school.example'], refused: [refusing] });
    expectSame('what is delivered', await contentsOf(newlyDelivered()), [{ ...message, to: ['first@school.example'] }]);
  },

  'a message that everybody refuses is answered by a receipt, and delivered to nobody': async (bench) => {
    const { mailer, refusing, newlyDelivered, newKey } = bench;
    const receipt = await mailer.send({ ...message, to: [refusing] }, { idempotencyKey: newKey() });
    expectSame('the receipt', receipt, { accepted: [], refused: [refusing] });
    expectSame('what is delivered', await newlyDelivered(), []);
  },

  'a failure that may pass is a MailError that says so, and the same key is delivered by the next attempt': async (
    bench,
  ) => {
    const { mailer, newlyDelivered, newKey } = bench;
    const idempotencyKey = newKey();
    await expectMailError(bench, idempotencyKey, true);
    expectSame('what is delivered after the failure', await newlyDelivered(), []);
    await mailer.send(message, { idempotencyKey });
    expectSame('what is delivered then', await contentsOf(newlyDelivered()), [message]);
  },

  'a failure for good is a MailError that says so, and nothing is delivered': async (bench) => {
    await expectMailError(bench, bench.newKey(), false);
    expectSame('what is delivered', await bench.newlyDelivered(), []);
  },

  'nothing is sent once the caller’s signal says stop, and the reason is passed on': async (bench) => {
    const { mailer, newlyDelivered, newKey } = bench;
    const idempotencyKey = newKey();
    const reason = new Error('stop');
    const sending = mailer.send(message, { idempotencyKey, signal: AbortSignal.abort(reason) });
    const error = await expectRejection('a message whose signal is aborted', sending);
    expectThat('the error is the signal’s reason', error === reason);
    expectSame('what is delivered', await newlyDelivered(), []);
    await mailer.send(message, { idempotencyKey });
    expectSame('what is delivered by the next attempt', await contentsOf(newlyDelivered()), [message]);
  },
};

/**
 * Everything that a mailer must do, as cases for any test runner.
 *
 * @example
 * ```ts
 * import { MailError, MemoryMailer } from 'rosterkit';
 * import { mailerContract } from 'rosterkit/testing';
 *
 * const refusing = 'nobody@invalid.example';
 * const mailer = new MemoryMailer({ refuse: (address) => address === refusing });
 * const cases = mailerContract(() => ({
 *   mailer,
 *   delivered: () => mailer.messages,
 *   refusing,
 *   failNext: (isRetryable) => mailer.failNext(new MailError('The server is down.', { isRetryable, refused: 0 })),
 * }));
 * for (const { name, run } of cases) await run().catch((error: unknown) => console.error(name, error));
 * ```
 */
export function mailerContract(subject: () => MailerSubject | Promise<MailerSubject>): readonly ContractCase[] {
  return contractOf({ mailer: rules }, async () => {
    const made = await subject();
    const before = (await made.delivered()).length;
    return {
      ...made,
      newlyDelivered: async () => (await made.delivered()).slice(before),
      newKey: () => globalThis.crypto.randomUUID(),
    };
  });
}

async function expectMailError({ mailer, failNext }: MailerBench, idempotencyKey: string, isRetryable: boolean) {
  await failNext(isRetryable);
  const error = await expectRejection('a delivery that fails', mailer.send(message, { idempotencyKey }), MailError);
  expectSame('whether the error is worth another try', (error as MailError).isRetryable, isRetryable);
  const quotes = message.to.filter((address) => String(error).includes(address));
  expectSame('the addresses that the error quotes', quotes, []);
}

async function contentsOf(delivered: Promise<readonly Message[]>): Promise<readonly Message[]> {
  return (await delivered).map(({ to, subject, text, html }) => ({
    to: [...to].sort(),
    subject,
    text,
    ...(html === undefined ? {} : { html }),
  }));
}

function sorted({ accepted, refused }: { readonly accepted: readonly string[]; readonly refused: readonly string[] }) {
  return { accepted: [...accepted].sort(), refused: [...refused].sort() };
}
