import { ConfigurationError } from '../../errors.js';
import type { MailTransport } from './mail-transport.js';

/** The settings of nodemailer's SMTP transports that decide whether a message travels in the open. */
interface TransportSettings {
  readonly port?: unknown;
  readonly secure?: unknown;
  readonly requireTLS?: unknown;
  readonly ignoreTLS?: unknown;
  readonly opportunisticTLS?: unknown;
  readonly tls?: unknown;
  readonly auth?: unknown;
  readonly forceAuth?: unknown;
}

const ALLOW = 'or say `allowInsecureTransport: true`, for a mail server on this machine';

/**
 * Refuses a transport that would send in the open, believe any certificate, or leave out the credentials that it was
 * given. Credentials that are left out are never what was meant, so no option allows that.
 *
 * @throws ConfigurationError naming the transport's setting
 */
export function checkTransport(transport: MailTransport, allowInsecureTransport: boolean): void {
  if (typeof (transport as Partial<MailTransport> | undefined)?.sendMail !== 'function') {
    throw new ConfigurationError('transport', 'is what `nodemailer.createTransport(...)` returns');
  }
  const settings = settingsOf(transport);
  if (settings === undefined) {
    if (allowInsecureTransport) return;
    throw new ConfigurationError(
      'transport',
      "is none of nodemailer's SMTP transports, so nothing tells that it keeps messages secret: " +
        'use one, or say `allowInsecureTransport: true` where you know that it does',
    );
  }
  checkCredentials(settings);
  if (!allowInsecureTransport) checkSecrecy(settings);
}

/** What an SMTP transport of nodemailer goes by: its URL and its well-known service are in it already. */
function settingsOf(transport: MailTransport): TransportSettings | undefined {
  const { name, options } = (transport.transporter ?? {}) as { readonly name?: unknown; readonly options?: unknown };
  const isSmtp = typeof name === 'string' && /^SMTP\b/.test(name);
  return isSmtp && typeof options === 'object' && options !== null ? options : undefined;
}

function checkSecrecy(settings: TransportSettings): void {
  const { secure, port, requireTLS, tls } = settings;
  // Nodemailer takes port 465 for secure where nothing else is said.
  const isSecureFromTheStart = secure === undefined ? Number(port) === 465 : Boolean(secure);
  if (!isSecureFromTheStart) {
    if (requireTLS !== true) {
      throw new ConfigurationError(
        'transport.requireTLS',
        `must be true, or \`secure\`: else a server, or whoever sits before it, decides that nothing is encrypted; ${ALLOW}`,
      );
    }
    // Nodemailer before 10.0.12 lets these two win over requireTLS.
    for (const name of ['ignoreTLS', 'opportunisticTLS'] as const) {
      if (Boolean(settings[name]))
        throw new ConfigurationError(`transport.${name}`, `contradicts requireTLS; leave it out, ${ALLOW}`);
    }
  }
  if ((tls as { readonly rejectUnauthorized?: unknown } | undefined)?.rejectUnauthorized === false) {
    throw new ConfigurationError(
      'transport.tls.rejectUnauthorized',
      `must not be false: anybody could answer as the mail server. Name the server's own authority in \`tls.ca\`, ${ALLOW}`,
    );
  }
}

function checkCredentials({ auth, forceAuth }: TransportSettings): void {
  if (auth === undefined || auth === null || auth === false) return;
  const { type, user, pass } = auth as { readonly type?: unknown; readonly user?: unknown; readonly pass?: unknown };
  const isByToken = typeof type === 'string' && type.toLowerCase() === 'oauth2';
  // Nodemailer's pool sends without credentials where both are empty, as variables of an environment often are.
  if (!isByToken && !(isText(user) && isText(pass))) {
    throw new ConfigurationError(
      'transport.auth',
      'needs a user and a pass that are not empty; leave it out to send without',
    );
  }
  if (forceAuth !== true) {
    throw new ConfigurationError(
      'transport.forceAuth',
      'must be true where `auth` is given: else nodemailer sends without credentials when the server offers no AUTH',
    );
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
