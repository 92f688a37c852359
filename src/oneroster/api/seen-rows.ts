/**
 * Which rows of a list were seen, in eight bytes each. Only the first row out of order costs more: from then on every row
 * is looked up.
 *
 * @module
 */

import { sourcedIdOf } from '../records/decode-rows.js';

/** What a page brought: new rows only, some that an earlier page had, or nothing but such rows. */
export type PageNews = 'new' | 'some-repeated' | 'all-repeated';

/** The rows of a list so far, by their ids. */
export class SeenRows {
  /** How many rows came. */
  count = 0;
  /** Whether each id comes behind the one before, or is the same: upwards or downwards, all the way. */
  isInOrder = true;
  /** Whether a page began with the id that ended the page before, in a list that is in order. */
  hasTwins = false;
  #direction = 0;
  #last: string | undefined;
  /** The keys of the pages while the list is in order: what comes behind everything needs no looking up. */
  #inOrder: Uint32Array[] = [];
  #table: KeyTable | undefined;
  readonly #digest = new Uint32Array(4);

  /** Takes the rows of a page. That a row is there twice on one page is the district's own mistake, and no repetition. */
  add(rows: readonly unknown[]): PageNews {
    if (rows.length === 0) return 'new';
    const endOfPageBefore = this.#last;
    const keys = new Uint32Array(rows.length * 2);
    let twins = 0;
    let at = 0;
    for (const row of rows) {
      const id = rowId(row);
      if (id === endOfPageBefore) twins += 1;
      this.#follow(id);
      writeKey(id, keys, at);
      at += 2;
    }
    this.count += rows.length;
    this.#addToDigest(keys);
    const repeated = this.isInOrder ? twins : this.#lookUp(keys);
    if (this.isInOrder && twins > 0) this.hasTwins = true;
    this.#remember(keys);
    if (repeated === 0) return 'new';
    if (repeated === rows.length) return 'all-repeated';
    return this.isInOrder ? 'new' : 'some-repeated';
  }

  /** The same for the same rows, in whatever order and pages they came. */
  digest(): string {
    return [this.count, ...this.#digest].map((part) => part.toString(16)).join('-');
  }

  #follow(id: string): void {
    const last = this.#last;
    this.#last = id;
    if (!this.isInOrder || last === undefined || id === last) return;
    const direction = id > last ? 1 : -1;
    if (this.#direction === 0) this.#direction = direction;
    else if (direction !== this.#direction) this.isInOrder = false;
  }

  #lookUp(keys: Uint32Array): number {
    const table = this.#tableOfAll();
    let found = 0;
    for (let at = 0; at < keys.length; at += 2) if (table.has(keys, at)) found += 1;
    return found;
  }

  #tableOfAll(): KeyTable {
    if (this.#table === undefined) {
      this.#table = new KeyTable();
      for (const page of this.#inOrder) this.#table.addAll(page);
      this.#inOrder = [];
    }
    return this.#table;
  }

  #remember(keys: Uint32Array): void {
    if (this.#table === undefined) this.#inOrder.push(keys);
    else this.#table.addAll(keys);
  }

  /** Sums and parities: neither depends on the order. Whoever shifts one by chance hardly shifts the other alike. */
  #addToDigest(keys: Uint32Array): void {
    const digest = this.#digest;
    let [sum = 0, sumHigh = 0, parity = 0, parityHigh = 0] = digest;
    for (let at = 0; at < keys.length; at += 2) {
      const low = keys[at] ?? 0;
      const high = keys[at + 1] ?? 0;
      sum = (sum + low) | 0;
      sumHigh = (sumHigh + high) | 0;
      parity ^= low;
      parityHigh ^= high;
    }
    digest.set([sum, sumHigh, parity, parityHigh]);
  }
}

/** Keys of 64 bits by open addressing; no key is 0. Among eight million rows two share a key once in 500,000 reads. */
class KeyTable {
  #slots = new Uint32Array(2 * 1024);
  #used = 0;

  has(keys: Uint32Array, at: number): boolean {
    return this.#slots[this.#slotOf(keys, at) + 1] !== 0;
  }

  addAll(keys: Uint32Array): void {
    for (let at = 0; at < keys.length; at += 2) {
      // At most half of the slots are used: a free one is always near.
      if (this.#used * 4 >= this.#slots.length) this.#grow();
      this.#put(keys, at);
    }
  }

  #put(keys: Uint32Array, at: number): void {
    const slots = this.#slots;
    const slot = this.#slotOf(keys, at);
    if (slots[slot + 1] === 0) this.#used += 1;
    slots[slot] = keys[at] ?? 0;
    slots[slot + 1] = keys[at + 1] ?? 0;
  }

  /** Where the key is, or would be. */
  #slotOf(keys: Uint32Array, at: number): number {
    const slots = this.#slots;
    const low = keys[at] ?? 0;
    const high = keys[at + 1] ?? 0;
    const mask = slots.length - 1;
    let slot = (low << 1) & mask;
    while (slots[slot + 1] !== 0 && (slots[slot] !== low || slots[slot + 1] !== high)) slot = (slot + 2) & mask;
    return slot;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(before.length * 2);
    this.#used = 0;
    for (let at = 0; at < before.length; at += 2) if (before[at + 1] !== 0) this.#put(before, at);
  }
}

/**
 * What tells a row from the others: its id, because other fields may be stamped anew with every answer. Enrollments may
 * have none: then everything else that they say, but for the stamp, and of references the id. No deeper: a row may hold
 * more levels than a stack has room for.
 */
function rowId(row: unknown): string {
  const id = sourcedIdOf(row);
  if (id !== undefined) return id;
  if (!isComposed(row)) return JSON.stringify([row]);
  const said: unknown[] = [];
  for (const [name, value] of Object.entries(row)) {
    if (name === 'dateLastModified' || name === 'metadata') continue;
    said.push(name, isComposed(value) ? scalarsOf(value) : value);
  }
  return JSON.stringify(said);
}

/** The scalars of a reference or a list, and the ids of the references that a list holds. */
function scalarsOf(value: object): readonly unknown[] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    if (name === 'href') return [];
    return [name, isComposed(inner) ? (sourcedIdOf(inner) ?? null) : inner];
  });
}

function isComposed(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A hash of 64 bits (cyrb53 before its last step), never with an upper half of 0: that is the mark of a free slot. */
function writeKey(text: string, keys: Uint32Array, at: number): void {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 2654435761);
    high = Math.imul(high ^ unit, 1597334677);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  keys[at] = low;
  keys[at + 1] = high === 0 ? 1 : high;
}
