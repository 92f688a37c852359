/**
 * `rosterkit/smtp`: messages through a mail server, by a nodemailer transport of your own; and two mailers for
 * development, which send nothing. No mail library comes along.
 *
 * @module
 */

export { ConsoleMailer } from './console-mailer.js';
export type { ConsoleMailerOptions } from './console-mailer.js';
export { FileMailer } from './file-mailer.js';
export type { FileMailerOptions } from './file-mailer.js';
export type { MailAddress, MailTransport, MailTransportAnswer, OutgoingMail } from './mail-transport.js';
export { SmtpMailer } from './smtp-mailer.js';
export type { SmtpMailerOptions } from './smtp-mailer.js';
export { smtpOptions } from './smtp-options.js';
export type { SmtpOptions, SmtpTransportOptions } from './smtp-options.js';
