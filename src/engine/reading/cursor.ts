/**
 * Where a reading of a collection stands. The rules are written once, over cursors: a cursor over an array has everything
 * at once, a cursor over a stream has a window of it, and the planning asks for the next one when it needs it.
 *
 * @module
 */

/** Records in order, a window at a time. What lies before `at` is done with. */
export class Cursor<T> {
  at = 0;

  /** @param isLast whether nothing comes after these records */
  constructor(
    public records: readonly T[],
    public isLast: boolean,
  ) {}

  /** Whether the next record is not known yet, because it is not in this window. */
  get isBlocked(): boolean {
    return this.at === this.records.length && !this.isLast;
  }
}

/** A collection that can be read more than once, each time from its beginning. */
export interface Source<T> {
  /** All of it, where it is in memory. */
  readonly whole: readonly T[] | undefined;
  /** A new reading. `observe` sees every record once, before the cursor comes to it. */
  open(observe?: (records: readonly T[]) => void): Cursor<T>;
}

/** One reading of one or two sides: goes on until it is done, or returns the cursor whose next window it needs. */
export interface Pass {
  run(): Cursor<unknown> | undefined;
}

/** A computation that now and then asks for the next window of a cursor. */
export type Planning<T> = Generator<Cursor<unknown>, T, undefined>;

/** Runs a pass to its end. */
export function* through(pass: Pass): Planning<void> {
  for (let blocked = pass.run(); blocked !== undefined; blocked = pass.run()) yield blocked;
}

/** A collection in memory. */
export class WholeSource<T> implements Source<T> {
  constructor(readonly whole: readonly T[]) {}

  open(observe?: (records: readonly T[]) => void): Cursor<T> {
    observe?.(this.whole);
    return new Cursor(this.whole, true);
  }
}

/** Records out of order, or twice: they have to be put in order, and the planning starts anew. */
export class Disorder extends Error {
  constructor(readonly cursor: Cursor<unknown>) {
    super('The records are not in ascending order of their ids.');
  }
}
