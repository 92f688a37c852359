/** The index of the first record whose id is not smaller than `id`, in records that are in order of their ids. */
function lowerBound<T>(records: readonly T[], id: string, idOf: (record: T) => string): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (idOf(records[middle] as T) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The record with this id, in records that are in order of their ids. */
export function findById<T>(records: readonly T[], id: string, idOf: (record: T) => string): T | undefined {
  const record = records[lowerBound(records, id, idOf)];
  return record !== undefined && idOf(record) === id ? record : undefined;
}
