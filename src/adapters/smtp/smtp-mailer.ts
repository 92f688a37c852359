import { ConfigurationError, MailError } from '../../errors.js';
import { orAborted } from '../../internal/abort.js';
import { checkOptionNames } from '../../internal/options.js';
import type { Mailer, Message, Receipt, SendOptions } from '../../ports/index.js';
import { checkedAddress, domainOf, isUsableAddress, oneLine } from './addresses.js';
import { type Failure, failureOf } from './failure.js';
import type { MailAddress, MailTransport, OutgoingMail } from './mail-transport.js';
import { outsideKey } from './message-id.js';
import { checkTransport } from './safe-transport.js';

const NO_ADDRESS: Failure = {
  about: 'recipient',
  isPermanent: true,
  sentence: 'Nobody can be reached there: it is no address, or more than one.',
};

/** Options of an {@link SmtpMailer}. */
export interface SmtpMailerOptions {
  /** Your own: what `nodemailer.createTransport(...)` returns. The mailer never closes it. */
  readonly transport: MailTransport;
  /** Whom messages come from: an address, or one with a name. */
  readonly from: string | MailAddress;
  /**
   * Whom answers go to.
   *
   * @default `from`
   */
  readonly replyTo?: string | MailAddress;
  /**
   * Whom bounces go to. One for each tenant says whose message it was that bounced.
   *
   * @default `from`
   */
  readonly returnPath?: string;
  /**
   * Takes a transport that does not insist on TLS and on a certificate, for a mail server on this machine; or one that
   * is none of nodemailer's SMTP transports, where you know how it sends.
   *
   * @default false
   */
  readonly allowInsecureTransport?: boolean;
}

/**
 * Sends through a mail server, by a nodemailer transport of your own. Every recipient gets a copy of their own, so that
 * nobody sees another's address, under one Message-ID that is a digest of the idempotency key: a message that is sent
 * again, after a crash, is known to be the same.
 *
 * Nothing is sent in the open, and nothing without the credentials that the transport has. A recipient that the server
 * refuses for good (5xx that is about the address) is `refused` in the receipt. What may succeed later is a retryable MailError: a reply of 4xx, a broken
 * connection, and also refused credentials or a refused sender, for which no message is to blame. A message that is
 * refused as such is a MailError that is not retryable. No error holds an address or a word of the message.
 *
 * @example
 * ```ts
 * import nodemailer from 'nodemailer';
 * import { SmtpMailer, smtpOptions } from 'rosterkit/smtp';
 *
 * const transport = nodemailer.createTransport(smtpOptions({ host: 'smtp.example.com', user: 'rosters', pass: 'secret' }));
 * const mailer = new SmtpMailer({ transport, from: { name: 'Lincoln School', address: 'no-reply@school.example' } });
 * ```
 */
export class SmtpMailer implements Mailer {
  readonly #transport: MailTransport;
  readonly #from: MailAddress;
  readonly #replyTo: MailAddress | undefined;
  readonly #returnPath: string;

  /** @throws ConfigurationError naming the option, or the setting of the transport that is not safe */
  constructor(options: SmtpMailerOptions) {
    checkOptionNames(options, ['transport', 'from', 'replyTo', 'returnPath', 'allowInsecureTransport']);
    const { transport, from, replyTo, returnPath, allowInsecureTransport = false } = options;
    // A text such as 'false', from an environment, would allow what it forbids.
    if (typeof allowInsecureTransport !== 'boolean') {
      throw new ConfigurationError('allowInsecureTransport', 'is true or false');
    }
    checkTransport(transport, allowInsecureTransport);
    this.#transport = transport;
    this.#from = checkedAddress('from', from);
    this.#replyTo = replyTo === undefined ? undefined : checkedAddress('replyTo', replyTo);
    this.#returnPath = checkedAddress('returnPath', returnPath ?? this.#from.address).address;
  }

  /**
   * Sends one copy to everyone that the message names, one after the other.
   *
   * @throws MailError where nobody accepted, and it is not the recipients who were refused
   */
  async send(message: Message, options: SendOptions): Promise<Receipt> {
    const { idempotencyKey, signal } = options;
    signal?.throwIfAborted();
    const accepted: string[] = [];
    const refused: string[] = [];
    const deferred: string[] = [];
    const failures: Failure[] = [];
    for (const address of new Set(message.to)) {
      const last = failures.at(-1);
      // What is wrong with the session, the others would meet, too.
      const failure = last?.about === 'session' ? last : await this.#sendCopy(message, address, idempotencyKey, signal);
      if (failure === undefined) accepted.push(address);
      else {
        failures.push(failure);
        // To be refused is to be refused for good: a message that is not wanted is no reason. Alone it will be told.
        (failure.isPermanent && failure.about === 'recipient' ? refused : deferred).push(address);
      }
    }
    if (accepted.length === 0) {
      signal?.throwIfAborted();
      const grounds =
        failures.find(({ isPermanent }) => !isPermanent) ?? failures.find(({ about }) => about === 'message');
      if (grounds !== undefined) {
        const { sentence, isPermanent, cause } = grounds;
        const count = failures.filter((failure) => failure.isPermanent).length;
        throw new MailError(sentence, { isRetryable: !isPermanent, refused: count, cause });
      }
    }
    return { accepted, refused, ...(deferred.length === 0 ? {} : { deferred }) };
  }

  /** Hands over the copy of one recipient. */
  async #sendCopy(
    message: Message,
    address: string,
    idempotencyKey: string,
    signal: AbortSignal | undefined,
  ): Promise<Failure | undefined> {
    if (!isUsableAddress(address)) return NO_ADDRESS;
    try {
      const mail = this.#mailOf(message, address, idempotencyKey, signal);
      // Not every transport knows signals.
      const answer = await orAborted(this.#transport.sendMail(mail), signal);
      const isRefused = (answer.rejected ?? []).length > 0;
      return isRefused ? failureOf(answer.rejectedErrors?.[0]) : undefined;
    } catch (error) {
      return failureOf(error);
    }
  }

  #mailOf(message: Message, address: string, idempotencyKey: string, signal: AbortSignal | undefined): OutgoingMail {
    return {
      messageId: `<${outsideKey(idempotencyKey)}@${domainOf(this.#from.address)}>`,
      from: this.#from,
      to: { name: '', address },
      ...this.#answersTo(message),
      // Apart from the headers, so that recipients which a transport adds by default get nothing.
      envelope: { from: this.#returnPath, to: address },
      subject: oneLine(message.subject),
      text: message.text,
      ...(message.html === undefined ? {} : { html: message.html }),
      // So that no absence note answers (RFC 3834).
      headers: { 'Auto-Submitted': 'auto-generated' },
      disableFileAccess: true,
      disableUrlAccess: true,
      ...(signal === undefined ? {} : { signal }),
    };
  }
  /** The message's own wish goes first. What is no address, or more than one, would send answers to strangers. */
  #answersTo({ replyTo }: Message): { readonly replyTo?: MailAddress } {
    if (replyTo !== undefined && isUsableAddress(replyTo)) return { replyTo: { name: '', address: replyTo } };
    return this.#replyTo === undefined ? {} : { replyTo: this.#replyTo };
  }
}
