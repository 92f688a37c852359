import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MailError } from '../../errors.js';
import { checkOptionNames, checkText } from '../../internal/options.js';
import type { Mailer, Message, Receipt, SendOptions } from '../../ports/index.js';
import { oneLine } from './addresses.js';
import { outsideKey } from './message-id.js';

/** Options of a {@link FileMailer}. */
export interface FileMailerOptions {
  /** Where the files go; made where it is missing. */
  readonly folder: string;
}

/**
 * For development: writes each message into a folder, as a file that mail programs open (`.eml`), and sends nothing.
 * The files hold addresses and invitation codes, and are readable by their owner alone. One idempotency key is one file.
 *
 * @example
 * ```ts
 * import { FileMailer } from 'rosterkit/smtp';
 *
 * const mailer = new FileMailer({ folder: '.mail' });
 * ```
 */
export class FileMailer implements Mailer {
  readonly #folder: string;

  /** @throws ConfigurationError naming the option that is unknown, missing or impossible */
  constructor(options: FileMailerOptions) {
    checkOptionNames(options, ['folder']);
    checkText('folder', options.folder, 'is the path of a folder');
    this.#folder = options.folder;
  }

  /**
   * Writes the message, over what the same key wrote before; everybody accepts.
   *
   * @throws MailError where the file can't be written
   */
  async send(message: Message, options: SendOptions): Promise<Receipt> {
    options.signal?.throwIfAborted();
    const digest = outsideKey(options.idempotencyKey);
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeFile(path.join(this.#folder, `${digest}.eml`), emlOf(message, digest), { mode: 0o600 });
    } catch (cause) {
      throw new MailError('The message could not be written: check the folder.', {
        isRetryable: true,
        refused: 0,
        cause,
      });
    }
    return { accepted: message.to, refused: [] };
  }
}

/** The message with its headers in UTF-8 (RFC 6532), which mail programs read and a person, too. */
function emlOf({ to, subject, text, html, replyTo }: Message, digest: string): string {
  const head = [
    'X-Rosterkit: for development; nothing was sent',
    `Message-ID: <${digest}@rosterkit.invalid>`,
    `To: ${oneLine(to.join(', '))}`,
    ...(replyTo === undefined ? [] : [`Reply-To: ${oneLine(replyTo)}`]),
    `Subject: ${oneLine(subject)}`,
    'MIME-Version: 1.0',
  ];
  const plain = partOf('text/plain', text);
  if (html === undefined) return [...head, plain].join('\n');
  const boundary = `rosterkit-${digest}`;
  const parts = [plain, partOf('text/html', html)].map((part) => `--${boundary}\n${part}\n`);
  return [
    ...head,
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    '',
    ...parts,
    `--${boundary}--\n`,
  ].join('\n');
}

function partOf(type: string, content: string): string {
  return `Content-Type: ${type}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n${content}`;
}
