import type { Message } from '../../src/ports/index.js';

/** What of a queued message its reader would see. Reads what nodemailer writes, and no more. */
export function contentOf(headers: readonly string[], body: string): Omit<Message, 'to'> {
  const subject = words(headerOf(headers, 'Subject'));
  const boundary = /boundary="([^"]+)"/.exec(headerOf(headers, 'Content-Type'))?.[1];
  if (boundary === undefined) return { subject, text: bodyOf(headers, body) };
  const [text = '', html = ''] = body
    .split(`--${boundary}`)
    .slice(1, 3)
    .map((part) => {
      const split = part.indexOf('\n\n');
      return bodyOf(part.slice(0, split).trim().split('\n'), part.slice(split + 2));
    });
  return { subject, text, html };
}

function headerOf(headers: readonly string[], name: string): string {
  const line = headers.find((header) => header.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line?.slice(name.length + 1).trim() ?? '';
}

function bodyOf(headers: readonly string[], body: string): string {
  const encoding = headerOf(headers, 'Content-Transfer-Encoding').toLowerCase();
  const decoded =
    encoding === 'base64'
      ? Buffer.from(body, 'base64').toString()
      : encoding === 'quoted-printable'
        ? quotedPrintable(body.replace(/=\n/g, ''))
        : body;
  return decoded.replace(/\n$/, '');
}

/** Encoded words (RFC 2047); blanks between two of them are none. */
function words(header: string): string {
  return header
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi, (_word, encoding: string, text: string) =>
      encoding.toUpperCase() === 'B'
        ? Buffer.from(text, 'base64').toString()
        : quotedPrintable(text.replace(/_/g, ' ')),
    );
}

function quotedPrintable(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_byte, code: string) => String.fromCharCode(parseInt(code, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
