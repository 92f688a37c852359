/**
 * What a nodemailer transport looks like from here. Written out, so that the package depends on no mail library.
 *
 * @module
 */

/** Somebody's address, with the name that is shown beside it. */
export interface MailAddress {
  readonly name: string;
  readonly address: string;
}

/** One copy of a message, for one recipient, in nodemailer's words. */
export interface OutgoingMail {
  messageId: string;
  from: MailAddress;
  to: MailAddress;
  replyTo?: MailAddress;
  /** Who gets it, whatever the headers say. */
  envelope: { from: string; to: string };
  subject: string;
  text: string;
  html?: string;
  headers: Record<string, string>;
  disableFileAccess: true;
  disableUrlAccess: true;
  signal?: AbortSignal;
}

/** What a transport answers where the message was taken; nodemailer's answer has more. */
export interface MailTransportAnswer {
  /** Recipients that were refused nevertheless, as LMTP servers do after the message. */
  readonly rejected?: readonly unknown[] | undefined;
  /** Why, for each of them. */
  readonly rejectedErrors?: readonly unknown[] | undefined;
}

/** What `nodemailer.createTransport(...)` returns. The transport stays yours: the mailer never closes it. */
export interface MailTransport {
  /** Hands one copy over; rejects where nobody took it. */
  sendMail(mail: OutgoingMail): Promise<MailTransportAnswer>;
  /** What the transport was made of. Nodemailer's SMTP transports keep the settings that count in its `options`. */
  readonly transporter?: object;
}
