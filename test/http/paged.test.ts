import { describe, expect, it } from 'vitest';
import { type Page, Paged, type PageOptions } from '../../src/http/index.js';

/** Pages of two from the numbers 1 to 5; notes which pages were asked for. */
function numbers(): { readonly list: Paged<number>; readonly asked: string[] } {
  const asked: string[] = [];
  const list = new Paged<number>(async function* (options: PageOptions): AsyncGenerator<Page<number>> {
    let next = Number(options.after ?? 0) + 1;
    while (next <= 5) {
      options.signal?.throwIfAborted();
      asked.push(String(next));
      const items = [next, next + 1].filter((number) => number <= 5);
      next += 2;
      yield await Promise.resolve({ items, cursor: next > 5 ? undefined : String(next - 1), requestId: undefined });
    }
  });
  return { list, asked };
}

async function take(list: AsyncIterable<number>, count = Number.POSITIVE_INFINITY): Promise<readonly number[]> {
  const taken: number[] = [];
  for await (const number of list) {
    taken.push(number);
    if (taken.length >= count) break;
  }
  return taken;
}

describe('a paged list', () => {
  it('asks for nothing before it is iterated', () => {
    const { list, asked } = numbers();
    list.byPage();
    list[Symbol.asyncIterator]();
    expect(asked).toEqual([]);
  });

  it('gives every item, and starts anew in every loop', async () => {
    const { list, asked } = numbers();
    expect(await take(list)).toEqual([1, 2, 3, 4, 5]);
    expect(await take(list)).toEqual([1, 2, 3, 4, 5]);
    expect(asked).toEqual(['1', '3', '5', '1', '3', '5']);
  });

  it('asks for no further page once the loop is left', async () => {
    const { list, asked } = numbers();
    expect(await take(list, 2)).toEqual([1, 2]);
    expect(asked).toEqual(['1']);
  });

  it('resumes behind a page by its cursor', async () => {
    const { list } = numbers();
    const cursors: (string | undefined)[] = [];
    for await (const page of list.byPage()) cursors.push(page.cursor);
    expect(cursors).toEqual(['2', '4', undefined]);
    const rest: number[] = [];
    for await (const page of list.byPage({ after: '2' })) rest.push(...page.items);
    expect(rest).toEqual([3, 4, 5]);
  });

  it('becomes an array, and reads no page beyond the limit', async () => {
    const { list, asked } = numbers();
    expect(await list.toArray({ limit: 4 })).toEqual([1, 2, 3, 4]);
    expect(asked).toEqual(['1', '3']);
    expect(await list.toArray({ limit: 0 })).toEqual([]);
    expect(asked).toEqual(['1', '3']);
    expect(await list.toArray()).toEqual([1, 2, 3, 4, 5]);
  });

  it('stops with the reason of an abort', async () => {
    const { list } = numbers();
    await expect(list.toArray({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});
