/**
 * The sorting of many records by their ids. The ids of one district are alike: written with a few different characters,
 * and the same at their beginning. What tells them apart fits into numbers, which are sorted much faster than texts.
 *
 * @module
 */

/** An order of records, and the id that it begins with. */
export interface IdOrder<T> {
  (left: T, right: T): number;
  readonly idOf: (record: T) => string;
}

/** So few records are sorted as fast by comparing them. */
const FEW = 64;

/** Whole numbers are exact up to here. */
const LARGEST = Number.MAX_SAFE_INTEGER;

/** A sorted copy: by the ids' code units, records with one id by `compare`. */
export function sortedById<T>(records: readonly T[], compare: IdOrder<T>): T[] {
  const sorter = new Sorter(records, compare);
  sorter.sort(0, records.length);
  return sorter.records;
}

class Sorter<T> {
  readonly records: T[];
  private readonly ids: string[];
  /** The places of the characters in use, from 1 on; 0 is the end of an id. */
  private readonly ranks = new Uint16Array(1 << 16);

  constructor(
    records: readonly T[],
    private readonly compare: IdOrder<T>,
  ) {
    this.records = [...records];
    this.ids = records.map(compare.idOf);
  }

  /** Sorts a range by what comes after the beginning that all its ids share, then each run of ids still alike. */
  sort(from: number, to: number): void {
    const shared = to - from > FEW ? this.sharedLength(from, to) : 0;
    if (to - from <= FEW || this.isOneId(from, to, shared)) {
      const few = this.records.slice(from, to).sort(this.compare);
      for (let at = 0; at < few.length; at += 1) this.records[from + at] = few[at] as T;
      return;
    }
    const count = to - from;
    const keys = this.keys(from, to, shared).sort();
    const records = this.records.slice(from, to);
    const ids = this.ids.slice(from, to);
    let runFrom = 0;
    for (let at = 0; at < count; at += 1) {
      const key = keys[at] as number;
      const place = key % count;
      this.records[from + at] = records[place] as T;
      this.ids[from + at] = ids[place] as string;
      keys[at] = (key - place) / count;
    }
    for (let at = 1; at <= count; at += 1) {
      if (at < count && keys[at] === keys[runFrom]) continue;
      if (at - runFrom > 1) this.sort(from + runFrom, from + at);
      runFrom = at;
    }
  }

  /** Of each id, as many characters as fit, and its place: numbers in the order of the ids. */
  private keys(from: number, to: number, shared: number): Float64Array {
    const count = to - from;
    const base = this.rankCharacters(from, to, shared);
    const length = Math.max(1, Math.floor(Math.log(LARGEST / count) / Math.log(base)));
    const keys = new Float64Array(count);
    for (let at = 0; at < count; at += 1) {
      const id = this.ids[from + at] as string;
      let key = 0;
      for (let next = shared; next < shared + length; next += 1) {
        key = key * base + (next < id.length ? (this.ranks[id.charCodeAt(next)] as number) : 0);
      }
      keys[at] = key * count + at;
    }
    return keys;
  }

  /** Numbers the characters in use behind the shared beginning; returns how many there are, with the end of an id. */
  private rankCharacters(from: number, to: number, shared: number): number {
    const { ranks } = this;
    ranks.fill(0);
    let highest = 0;
    for (let at = from; at < to; at += 1) {
      const id = this.ids[at] as string;
      for (let next = shared; next < id.length; next += 1) {
        const code = id.charCodeAt(next);
        ranks[code] = 1;
        if (code > highest) highest = code;
      }
    }
    let rank = 0;
    for (let code = 0; code <= highest; code += 1) {
      if (ranks[code] === 0) continue;
      rank += 1;
      ranks[code] = rank;
    }
    return rank + 1;
  }

  private sharedLength(from: number, to: number): number {
    const first = this.ids[from] as string;
    let shared = first.length;
    for (let at = from + 1; at < to && shared > 0; at += 1) {
      const id = this.ids[at] as string;
      let length = 0;
      while (length < shared && length < id.length && id.charCodeAt(length) === first.charCodeAt(length)) length += 1;
      shared = length;
    }
    return shared;
  }

  /** Whether all these ids are no longer than what they share. */
  private isOneId(from: number, to: number, shared: number): boolean {
    for (let at = from; at < to; at += 1) if ((this.ids[at] as string).length !== shared) return false;
    return true;
  }
}
