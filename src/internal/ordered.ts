/** Orders two ids by UTF-16 code unit, as `<` does: the one order that every collection is in. */
export function compareIds(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The records themselves where they are in order already (one cheap pass), else a sorted copy. Never touches the input. */
export function inOrder<T>(records: readonly T[], compare: (left: T, right: T) => number): readonly T[] {
  for (let index = 1; index < records.length; index += 1) {
    if (compare(records[index - 1] as T, records[index] as T) > 0) return [...records].sort(compare);
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
