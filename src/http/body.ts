/**
 * The body of an answer, as bytes and as text. Both may harm: one without an end fills the memory, and where letters that
 * cannot be read all become the same mark, two ids become one.
 *
 * @module
 */

/**
 * How large a body may be once it is unpacked, in bytes: 128 MiB. The largest page that may be asked for is some 10,000
 * rows of a few kilobytes.
 */
const LARGEST_BODY = 128 * 1024 * 1024;

/** What came of a body. */
interface Body {
  /** All of it, or its beginning. */
  readonly bytes: Uint8Array;
  /** False where it is larger than it may be: the rest was left unread. */
  readonly isWhole: boolean;
}

/** Reads a body up to the largest that is allowed; what comes behind is not received any more. */
export async function readBody({ body }: Response): Promise<Body> {
  if (body === null) return { bytes: new Uint8Array(), isWhole: true };
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.byteLength;
    if (size > LARGEST_BODY) return { bytes: pieces[0] ?? new Uint8Array(), isWhole: false };
    pieces.push(piece);
  }
  return { bytes: joined(pieces), isWhole: true };
}

/** The text of a body, for errors: what cannot be read is marked. */
export function markedText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/**
 * The text of a body, every letter of it; undefined where it cannot be read. JSON is UTF-8 (RFC 8259, section 8.1),
 * whatever some servers declare; only what is none is read as what was declared.
 */
export function exactText(bytes: Uint8Array, contentType: string | null): string | undefined {
  const utf8 = decoded(bytes, 'utf-8');
  if (utf8 !== undefined) return utf8;
  const charset = /;\s*charset\s*=\s*"?([\w.:+-]{1,40})/i.exec(contentType ?? '')?.[1]?.toLowerCase() ?? 'utf-8';
  const declared = decoded(bytes, charset);
  if (declared !== undefined) return declared;
  // A body that breaks off within a letter is no unreadable one: its JSON breaks off too, and it is asked for again.
  return isCutWithinLetter(bytes) ? markedText(bytes) : undefined;
}

function decoded(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function isCutWithinLetter(bytes: Uint8Array): boolean {
  try {
    // What may go on is no error yet.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces;
  return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
}
