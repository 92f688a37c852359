/**
 * A few addresses among millions: says at once of most others that they are not among them, without the work of making
 * two spellings of one address alike.
 *
 * @module
 */

/** What people sign in with. The number at home is none of it. */
export type LoginField = 'email' | 'mobile';

export class AddressFilter {
  private readonly bits: Uint32Array;
  private readonly mask: number;

  constructor(addresses: Iterable<string>, count: number) {
    let size = 1024;
    while (size < count * 32 && size < 1 << 26) size *= 2;
    this.mask = size - 1;
    this.bits = new Uint32Array(size / 32);
    for (const address of addresses) {
      const at = addressMark(address, address.indexOf(':') + 1, address.startsWith('email:')) & this.mask;
      this.bits[at >>> 5] = (this.bits[at >>> 5] as number) | (1 << (at & 31));
    }
  }

  /** False where this is certainly none of the addresses. */
  mayHave(field: LoginField, value: string): boolean {
    const mark = addressMark(value, 0, field === 'email');
    if (mark === 0) return true;
    const at = mark & this.mask;
    return (((this.bits[at >>> 5] as number) >>> (at & 31)) & 1) === 1;
  }
}

/** The same number for all spellings of one address. 0 for what is too unusual to tell. */
function addressMark(text: string, from: number, isEmail: boolean): number {
  let mark = 17;
  if (isEmail) {
    for (let at = from; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      // White space may be cut off, and letters of other alphabets may become Latin ones in lower case.
      if (code <= 32 || code > 126) return 0;
      mark = (Math.imul(mark, 31) + (code | 32)) | 0;
    }
  } else {
    // The country code may be missing: the last seven digits are there in any case.
    let digits = 0;
    for (let at = text.length - 1; at >= from && digits < 7; at -= 1) {
      const digit = text.charCodeAt(at) - 48;
      if (digit < 0 || digit > 9) continue;
      mark = (Math.imul(mark, 31) + digit) | 0;
      digits += 1;
    }
  }
  return mark ^ (mark >>> 15);
}
