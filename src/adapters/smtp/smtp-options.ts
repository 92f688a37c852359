import { ConfigurationError } from '../../errors.js';
import { checkOptionNames, checkText } from '../../internal/options.js';

/** Where the mail server is, and how to use it. */
export interface SmtpOptions {
  /** The server's name, as its certificate has it. */
  readonly host: string;
  /** @default 587 */
  readonly port?: number;
  /**
   * True where the port speaks TLS from the start, as 465 does; else a connection turns to TLS (STARTTLS) before anything is
   * said, or ends.
   *
   * @default true for port 465
   */
  readonly secure?: boolean;
  /** @default sends without credentials */
  readonly user?: string;
  /** @default sends without credentials */
  readonly pass?: string;
  /**
   * Certificates, in PEM, of the authority that vouches for the server: a school's own, for example.
   *
   * @default those that Node.js trusts
   */
  readonly ca?: string;
  /**
   * Connections at the same time. One is enough for a run, which sends message by message.
   *
   * @default 1
   */
  readonly maxConnections?: number;
  /**
   * Messages in a second. It needs `maxConnections: 1`: a pool of several takes turns, and oversteps the number.
   *
   * @default as many as the server takes
   */
  readonly messagesPerSecond?: number;
}

/** Settings for `nodemailer.createTransport`, as {@link smtpOptions} makes them. */
export interface SmtpTransportOptions {
  pool: true;
  host: string;
  port: number;
  secure: boolean;
  requireTLS: boolean;
  auth?: { user: string; pass: string };
  forceAuth: boolean;
  tls: { minVersion: 'TLSv1.2'; ca?: string };
  maxConnections: number;
  rateLimit?: number;
  rateDelta?: number;
  connectionTimeout: number;
  greetingTimeout: number;
  socketTimeout: number;
  disableFileAccess: true;
  disableUrlAccess: true;
}

/** Submission with TLS from the start (RFC 8314). */
const SECURE_PORT = 465;
const CONNECTION_TIMEOUT_MS = 30_000;
/** Servers that slow senders down on purpose greet late; RFC 5321 asks a client to wait five minutes. */
const GREETING_TIMEOUT_MS = 60_000;
/** The answer to a whole message takes longest: RFC 5321 asks for ten minutes, and a run can't wait so long for each. */
const SOCKET_TIMEOUT_MS = 120_000;

/**
 * Settings for nodemailer that keep messages and credentials secret: TLS always and checked, credentials sent or nothing
 * sent, a pool of connections, time limits, and no files or URLs read for a message. Change a copy for anything else,
 * such as `{ ...smtpOptions({ host }), auth: { type: 'OAuth2', ... }, forceAuth: true }`.
 *
 * @throws ConfigurationError naming the option that is missing, unknown or impossible
 *
 * @example
 * ```ts
 * import nodemailer from 'nodemailer';
 * import { smtpOptions } from 'rosterkit/smtp';
 *
 * const transport = nodemailer.createTransport(smtpOptions({ host: 'smtp.example.com', user: 'rosters', pass: 'secret' }));
 * await transport.verify(); // connects and logs in, and sends nothing
 * ```
 */
export function smtpOptions(options: SmtpOptions): SmtpTransportOptions {
  checkOptionNames(options, ['host', 'port', 'secure', 'user', 'pass', 'ca', 'maxConnections', 'messagesPerSecond']);
  const {
    host,
    port = 587,
    secure = port === SECURE_PORT,
    user,
    pass,
    ca,
    maxConnections = 1,
    messagesPerSecond,
  } = options;
  checkText('host', host, 'is the name of the mail server');
  checkWhole('port', port);
  if (typeof secure !== 'boolean') throw new ConfigurationError('secure', 'is true or false');
  checkWhole('maxConnections', maxConnections);
  if (messagesPerSecond !== undefined) {
    checkWhole('messagesPerSecond', messagesPerSecond);
    if (maxConnections > 1) throw new ConfigurationError('messagesPerSecond', 'needs `maxConnections: 1`');
  }
  if (ca !== undefined) checkText('ca', ca, 'is a certificate in PEM');
  const auth = credentials(user, pass);
  return {
    pool: true,
    host,
    port,
    secure,
    requireTLS: !secure,
    ...(auth === undefined ? {} : { auth }),
    forceAuth: auth !== undefined,
    tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
    maxConnections,
    ...(messagesPerSecond === undefined ? {} : { rateLimit: messagesPerSecond, rateDelta: 1000 }),
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    greetingTimeout: GREETING_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** Both or neither: half of them is a variable that is not set. */
function credentials(user: unknown, pass: unknown): { user: string; pass: string } | undefined {
  if (user === undefined && pass === undefined) return undefined;
  if (typeof user !== 'string' || user === '') throw new ConfigurationError('user', 'is a text, and goes with `pass`');
  if (typeof pass !== 'string' || pass === '') throw new ConfigurationError('pass', 'is a text, and goes with `user`');
  return { user, pass };
}

function checkWhole(parameter: string, value: unknown): void {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return;
  throw new ConfigurationError(parameter, 'is a whole number above 0');
}
