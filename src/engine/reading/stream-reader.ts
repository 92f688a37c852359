/**
 * The reading of streams, a window at a time.
 *
 * @module
 */

import { ConfigurationError } from '../../errors.js';
import { collect } from '../../internal/ordered.js';
import type { Note, Ordered, RosterRecord } from '../../model/index.js';
import { Cursor, WholeSource, type Source } from './cursor.js';
import { theOne } from './feed.js';

/** What a reader has to know of its collection. */
export interface ReaderOptions<T> {
  /** As the input names it. */
  readonly name: string;
  /** Where records of one sourcedId are one record (D6): what they are. */
  readonly noun?: 'class' | 'user';
  readonly windowSize: number;
  /** The records in order, each once; tells of those that were not. */
  readonly inOrder: (records: readonly T[], notes: Note[]) => readonly T[];
}

/** A collection of the input, which is read several times. */
export class CollectionReader<T> implements Source<T> {
  /** Whether it was put in order in memory: then a disorder is no fault of it. */
  isInOrder = false;
  private records: readonly T[] | undefined;
  private readonly cursors = new Set<Cursor<T>>();
  private readonly notes = new Map<string | undefined, Note>();
  private mostRead = 0;

  /** @throws ConfigurationError where the collection can be read only once */
  constructor(
    private readonly collection: Ordered<T>,
    private readonly options: ReaderOptions<T>,
  ) {
    if (Array.isArray(collection)) this.records = collection as readonly T[];
    else if (isOneShot(collection)) throw this.readTwice();
  }

  get whole(): readonly T[] | undefined {
    return this.records;
  }

  open(observe?: (records: readonly T[]) => void): Cursor<T> {
    // A reading that is over is done with, and so is the window that it ended with.
    for (const earlier of this.cursors) if (earlier.isLast) this.cursors.delete(earlier);
    const cursor =
      this.records === undefined
        ? new StreamCursor(this.rows(), this.options.windowSize, observe)
        : new WholeSource(this.records).open(observe);
    this.cursors.add(cursor);
    return cursor;
  }

  /** D6: what was found to stand twice. */
  repeated(): readonly Note[] {
    return [...this.notes.values()];
  }

  isOwn(cursor: Cursor<unknown>): boolean {
    return (this.cursors as ReadonlySet<Cursor<unknown>>).has(cursor);
  }

  async putInOrder(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const notes: Note[] = [];
    this.records = this.options.inOrder(await collect(this.collection), notes);
    this.notes.clear();
    for (const note of notes) this.notes.set(note.subject, note);
    this.isInOrder = true;
  }

  /** Ends every reading that has not come to its end. */
  async close(): Promise<void> {
    const open = [...this.cursors];
    this.cursors.clear();
    for (const cursor of open) if (cursor instanceof StreamCursor) await cursor.close();
  }

  private rows(): Rows<T> {
    const rows: Rows<T> = {
      iterator: iteratorOf(this.collection),
      ended: (count) => {
        // Nothing at the second time: the first has used it up. Believed, it would empty the district.
        if (count === 0 && this.mostRead > 0) throw this.readTwice();
        this.mostRead = Math.max(this.mostRead, count);
      },
    };
    const { noun } = this.options;
    if (noun === undefined) return rows;
    return {
      ...rows,
      // Only classes and users have a noun, and both have sourcedIds.
      isSame: (left, right) => idOf(left) === idOf(right),
      oneOf: (records) => {
        const notes: Note[] = [];
        const chosen = theOne(noun, records as readonly (T & RosterRecord)[], notes);
        for (const note of notes) this.notes.set(note.subject, note);
        return chosen;
      },
    };
  }

  private readTwice(): ConfigurationError {
    return new ConfigurationError(
      this.options.name,
      'can be read only once, and has to be read several times: give an array, or an iterable that starts anew',
    );
  }
}

/** The rows of one reading. */
interface Rows<T> {
  readonly iterator: Iterator<T> | AsyncIterator<T>;
  /** Called at the end, with how many there were. */
  readonly ended: (count: number) => void;
  /** Where several rows may be one record: whether two are, and which of them counts. */
  readonly isSame?: (left: T, right: T) => boolean;
  readonly oneOf?: (rows: readonly T[]) => T;
}

/** A cursor over a stream: holds a window of it. */
export class StreamCursor<T> extends Cursor<T> {
  private readonly waiting: T[] = [];
  private count = 0;

  constructor(
    private readonly rows: Rows<T>,
    private readonly windowSize: number,
    private readonly observe: ((records: readonly T[]) => void) | undefined,
  ) {
    super([], false);
  }

  /** Reads the next window behind what has not been used of this one. */
  async refill(): Promise<void> {
    const fresh: T[] = [];
    while (fresh.length < this.windowSize && !this.isLast) {
      const answer = this.rows.iterator.next();
      // A synchronous iterator is not waited for: that would take longer than the record.
      const step = 'then' in answer ? await answer : answer;
      if (step.done === true) this.end(fresh);
      else this.add(step.value, fresh);
    }
    this.observe?.(fresh);
    this.records = this.at === this.records.length ? fresh : [...this.records.slice(this.at), ...fresh];
    this.at = 0;
  }

  /** Ends the reading early. */
  async close(): Promise<void> {
    if (this.isLast) return;
    this.isLast = true;
    await this.rows.iterator.return?.();
  }

  private add(row: T, fresh: T[]): void {
    const { isSame } = this.rows;
    this.count += 1;
    if (isSame === undefined) {
      fresh.push(row);
      return;
    }
    const [first] = this.waiting;
    if (first !== undefined && !isSame(first, row)) this.release(fresh);
    this.waiting.push(row);
  }

  private end(fresh: T[]): void {
    this.isLast = true;
    if (this.waiting.length > 0) this.release(fresh);
    this.rows.ended(this.count);
  }

  /** Lets go of the rows of one record. */
  private release(fresh: T[]): void {
    const { waiting } = this;
    fresh.push(waiting.length === 1 || this.rows.oneOf === undefined ? (waiting[0] as T) : this.rows.oneOf(waiting));
    waiting.length = 0;
  }
}

function iteratorOf<T>(collection: Ordered<T>): Iterator<T> | AsyncIterator<T> {
  return Symbol.asyncIterator in collection ? collection[Symbol.asyncIterator]() : collection[Symbol.iterator]();
}

/** An iterator, or a stream of Node or of the web: used up by one reading. */
function isOneShot(collection: object): boolean {
  return ['next', 'pipe', 'getReader'].some(
    (name) => typeof (collection as Readonly<Record<string, unknown>>)[name] === 'function',
  );
}

function idOf(record: unknown): string {
  return (record as RosterRecord).sourcedId;
}
