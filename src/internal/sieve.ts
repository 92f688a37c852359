/**
 * A few ids among millions: says at once that most others are not among them, without hashing whole strings or touching
 * a large table. What passes the sieve has to be looked up.
 */
export class Sieve {
  private readonly bits: Uint32Array;
  private readonly mask: number;

  constructor(ids: Iterable<string>, count: number) {
    let size = 1024;
    while (size < count * 32 && size < 1 << 22) size *= 2;
    this.mask = size - 1;
    this.bits = new Uint32Array(size / 32);
    for (const id of ids) this.add(id);
  }

  add(id: string): void {
    const at = markOf(id) & this.mask;
    this.bits[at >>> 5] = (this.bits[at >>> 5] as number) | (1 << (at & 31));
  }

  /** False where an id with this mark is certainly none of them. */
  mayHave(mark: number): boolean {
    const at = mark & this.mask;
    return (((this.bits[at >>> 5] as number) >>> (at & 31)) & 1) === 1;
  }
}

/** A number for an id, from its end, where ids differ. Never 0. */
export function markOf(id: string): number {
  const { length } = id;
  let mark = length;
  for (let at = length > 6 ? length - 6 : 0; at < length; at += 1) mark = (Math.imul(mark, 31) + id.charCodeAt(at)) | 0;
  return mark ^ (mark >>> 15) || 1;
}
