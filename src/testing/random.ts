/** Numbers that look random and are the same for the same seed: sfc32, seeded with a digest of the seed and a purpose. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d = 1;

  /** Two purposes of one seed have nothing to do with each other. */
  constructor(seed: number, purpose: string) {
    const text = `${String(seed)}:${purpose}`;
    this.a = digest(text, 0x811c9dc5);
    this.b = digest(text, 0x9e3779b9);
    this.c = digest(text, 0x85ebca6b);
    for (let warmUp = 0; warmUp < 12; warmUp += 1) this.next();
  }

  /** At least 0 and below 1. */
  next(): number {
    const sum = (((this.a + this.b) | 0) + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    return (sum >>> 0) / 4294967296;
  }

  /** A whole number, at least 0 and below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** A copy in another order. */
  shuffled<T>(list: readonly T[]): T[] {
    const copy = [...list];
    for (let index = copy.length - 1; index > 0; index -= 1) {
      const other = this.below(index + 1);
      const moved = copy[index] as T;
      copy[index] = copy[other] as T;
      copy[other] = moved;
    }
    return copy;
  }

  /** `count` elements of the list, each at most once; all of them where there are no more. */
  sample<T>(list: readonly T[], count: number): T[] {
    if (count * 2 >= list.length) return this.shuffled(list).slice(0, count);
    const chosen = new Set<number>();
    while (chosen.size < count) chosen.add(this.below(list.length));
    return Array.from(chosen, (index) => list[index] as T);
  }
}

/** FNV-1a. */
function digest(text: string, start: number): number {
  let value = start;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value ^ (value >>> 15);
}
