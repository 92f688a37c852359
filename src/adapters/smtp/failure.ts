import { isAddressToBlame } from '../../internal/delivery-status.js';

/** Why a message was not handed over. It holds codes and commands, never what was said: replies quote addresses. */
export interface Failure {
  /**
   * What the server would not have: this recipient, this message, or nobody's at this time, because of the connection,
   * the credentials or the sender.
   */
  readonly about: 'recipient' | 'message' | 'session';
  /** Whether the same again would be refused again. What is about the session never is: the message is not to blame. */
  readonly isPermanent: boolean;
  /** What was not done, and what to do next. */
  readonly sentence: string;
  /** The error beneath, where it can't hold a word of the server's. */
  readonly cause?: unknown;
}

/** What nodemailer tells of a failure, as far as it is looked at. */
interface TransportFailure {
  readonly code?: unknown;
  /** The code of the system's or TLS's error beneath. */
  readonly originalCode?: unknown;
  readonly responseCode?: unknown;
  /** What the server said. Nothing but its status is ever read of it. */
  readonly response?: unknown;
  /** The command that was answered, such as `RCPT TO`. */
  readonly command?: unknown;
}

/** Codes of failures in which no server has answered. */
const CONNECTION_CODES: ReadonlySet<unknown> = new Set([
  'ECONNECTION',
  'ETIMEDOUT',
  'ESOCKET',
  'EDNS',
  'ETLS',
  'EPROXY',
]);

/**
 * Replies of 5xx that are about the session: 503 says that it was in another state than the command needs, 530 that it
 * has to log in or to be secured first (RFC 4954, RFC 3207).
 */
const SESSION_REPLIES: ReadonlySet<number> = new Set([503, 530]);

/** What an error of the transport means for the recipient, the message and the rest of the session. */
export function failureOf(error: unknown): Failure {
  const failure: TransportFailure = typeof error === 'object' && error !== null ? error : {};
  const { responseCode } = failure;
  const reply = typeof responseCode === 'number' ? responseCode : undefined;
  return reply === undefined ? unanswered(failure, error) : answered(failure, reply);
}

function answered(failure: TransportFailure, reply: number): Failure {
  const words = wordsOf([String(reply)], failure.command);
  if (failure.code === 'EAUTH') {
    return session(`The mail server did not accept the credentials (${words}): check them, and that it offers AUTH.`);
  }
  if (failure.code === 'ETLS') return withoutTls(words);
  // Service not available, closing the connection (RFC 5321).
  if (reply === 421) return session(`The mail server ended the connection (${words}): try later.`);
  if (reply >= 500 && reply < 600 && !SESSION_REPLIES.has(reply)) return refused(failure, reply, words);
  const later = `The mail server asks to come back later (${words}).`;
  return isOfRecipient(failure.command) ? { about: 'recipient', isPermanent: false, sentence: later } : session(later);
}

function refused({ command, response }: TransportFailure, reply: number, words: string): Failure {
  if (command === 'RCPT TO') return refusedRecipient(statusOf(response), reply, words);
  // A recipient's copy is a message of its own: what is said about it, said to DATA, is about the message.
  if (command === 'DATA' || (command === 'MAIL FROM' && reply === 552)) {
    const sentence = `The mail server refused the message (${words}): ask whoever runs it what it objects to.`;
    return { about: 'message', isPermanent: true, sentence };
  }
  if (command === 'MAIL FROM') {
    return session(`The mail server refused the sender (${words}): check \`from\`, and what the account may send.`);
  }
  return session(`The mail server serves nobody (${words}): check its name and port.`);
}

/** What is said to RCPT TO may yet be about a full mailbox, which may be emptied, or about somebody's rules. */
function refusedRecipient(status: string | undefined, reply: number, words: string): Failure {
  if (status === '5.2.2' || (status === undefined && reply === 552)) {
    return { about: 'recipient', isPermanent: false, sentence: `The mailbox of the recipient is full (${words}).` };
  }
  // Without a status of its own, no reply to RCPT TO but 552 is about anything else than the recipient.
  if (isAddressToBlame(status ?? '550') === true) {
    return { about: 'recipient', isPermanent: true, sentence: `The mail server refused the recipient (${words}).` };
  }
  const sentence = `The mail server takes no such message for the recipient (${words}): ask whoever runs it why.`;
  return { about: 'message', isPermanent: true, sentence };
}

/** The status of RFC 3463 with which a reply begins, such as `5.7.1` of `550 5.7.1 ...`. */
function statusOf(response: unknown): string | undefined {
  return typeof response === 'string' ? /^\d{3}[ -](5\.\d{1,3}\.\d{1,3})(?!\S)/.exec(response)?.[1] : undefined;
}

/** Greylisting answers RCPT TO or DATA, and another recipient may be known already. */
function isOfRecipient(command: unknown): boolean {
  return command === 'RCPT TO' || command === 'DATA';
}

function unanswered({ code, originalCode }: TransportFailure, error: unknown): Failure {
  const words = wordsOf([code, originalCode]);
  if (code === 'EMESSAGE') {
    const sentence = `The mail transport refused the message (${words}): it is larger than the server takes.`;
    return { about: 'message', isPermanent: true, sentence };
  }
  if (!CONNECTION_CODES.has(code)) return session(`The mail transport failed (${words}): try later.`);
  const isOfTls = code === 'ETLS' || (typeof originalCode === 'string' && /CERT|VERIFY|TLS|SSL/.test(originalCode));
  const unreached = `The mail server was not reached, or the connection broke (${words}): check its name and port, or try later.`;
  return { ...(isOfTls ? withoutTls(words) : session(unreached)), cause: error };
}

function withoutTls(words: string): Failure {
  return session(
    `No secure connection to the mail server came about (${words}): check that it offers TLS, and its certificate.`,
  );
}

function session(sentence: string): Failure {
  return { about: 'session', isPermanent: false, sentence };
}

/** Codes and the command, where they look like such: a transport may put anything there. */
function wordsOf(codes: readonly unknown[], command?: unknown): string {
  const known = codes.filter((code) => typeof code === 'string' && /^[A-Z0-9_]{1,48}$/.test(code));
  const named = typeof command === 'string' && /^[A-Z][A-Z0-9 -]{0,24}$/.test(command) ? ` to ${command}` : '';
  return known.length === 0 ? 'no code' : `${known.join(', ')}${named}`;
}
