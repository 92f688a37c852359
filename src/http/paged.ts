/** A row of a page that could not be used. Names the row and what is wrong, never a value. */
export interface RejectedItem {
  /** The row's own id, where it has a usable one. */
  readonly sourcedId?: string;
  /** Which row of the page, from 0. */
  readonly index: number;
  /** What is wrong: the path of a field and a word. */
  readonly problem: string;
}

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Give it as `after` to resume behind this page; undefined where the far side says that nothing comes behind it. */
  readonly cursor: string | undefined;
  /** How many items the whole list has, where the far side says so. */
  readonly total?: number;
  /** The far side's own id of the request: quote it to their support. */
  readonly requestId: string | undefined;
  /** The rows that could not be used. @default none */
  readonly rejected?: readonly RejectedItem[];
}

/** Where to begin, and how to stop. */
export interface PageOptions {
  /** The cursor of an earlier page. @default the beginning */
  readonly after?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How much of a list to take. */
export interface ToArrayOptions {
  /** At most so many items; no page is read beyond them. @default all */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A list that is read page by page, as far as it is asked for: nothing is requested before the first iteration, every
 * iteration starts anew, and leaving the loop stops the requests.
 *
 * @example
 * ```ts
 * import type { CleverClient } from 'rosterkit';
 *
 * export async function printSchools(client: CleverClient): Promise<void> {
 *   for await (const school of client.schools.list()) console.log(school.id);
 *   for await (const page of client.schools.list().byPage()) console.log(page.items.length, page.cursor);
 *   const firstTen = await client.schools.list().toArray({ limit: 10 });
 *   console.log(firstTen.length);
 * }
 * ```
 */
export class Paged<T> implements AsyncIterable<T> {
  readonly #pages: (options: PageOptions) => AsyncGenerator<Page<T>>;

  constructor(pages: (options: PageOptions) => AsyncGenerator<Page<T>>) {
    this.#pages = pages;
  }

  /** The pages themselves, each with the cursor that resumes behind it. */
  byPage(options: PageOptions = {}): AsyncIterable<Page<T>> {
    return { [Symbol.asyncIterator]: () => this.#pages(options) };
  }

  /** All items, or the first `limit` of them. */
  async toArray(options: ToArrayOptions = {}): Promise<readonly T[]> {
    const limit = options.limit ?? Number.POSITIVE_INFINITY;
    const items: T[] = [];
    if (limit <= 0) return items;
    for await (const page of this.byPage({ signal: options.signal })) {
      for (const item of page.items) {
        items.push(item);
        if (items.length >= limit) return items;
      }
    }
    return items;
  }

  /** The items one by one; a page is fetched when its first item is needed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for await (const page of this.byPage()) {
      // Not `yield*`, which makes a promise more for every item.
      for (const item of page.items) yield item;
    }
  }
}
