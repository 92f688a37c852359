import { sortedById, type IdOrder } from './sorted.js';

/** Orders two ids by UTF-16 code unit, as `<` does: the one order that every collection is in. */
export function compareIds(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The order of an id, then of what tells records of one id apart. */
export function idOrder<T>(idOf: (record: T) => string, then: (left: T, right: T) => number = () => 0): IdOrder<T> {
  const compare = (left: T, right: T): number => compareIds(idOf(left), idOf(right)) || then(left, right);
  return Object.assign(compare, { idOf });
}

/** The records themselves where they are in order already (one cheap pass), else a sorted copy. Never touches the input. */
export function inOrder<T>(records: readonly T[], compare: ((left: T, right: T) => number) | IdOrder<T>): readonly T[] {
  for (let index = 1; index < records.length; index += 1) {
    if (compare(records[index - 1] as T, records[index] as T) <= 0) continue;
    return 'idOf' in compare ? sortedById(records, compare) : [...records].sort(compare);
  }
  return records;
}

/** A collection in memory; an array is returned as it is. */
export async function collect<T>(records: Iterable<T> | AsyncIterable<T>): Promise<readonly T[]> {
  if (Array.isArray(records)) return records as readonly T[];
  const collected: T[] = [];
  for await (const record of records) collected.push(record);
  return collected;
}
