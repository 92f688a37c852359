/** The records whose key no other of them has: a key that two bear tells neither of them. */
export function uniqueBy<T>(
  records: Iterable<T>,
  keyOf: (record: T) => string | undefined,
): { readonly found: ReadonlyMap<string, T>; readonly repeated: ReadonlySet<string> } {
  const found = new Map<string, T>();
  const repeated = new Set<string>();
  for (const record of records) {
    const key = keyOf(record);
    if (key === undefined || key === '') continue;
    if (found.has(key)) repeated.add(key);
    found.set(key, record);
  }
  for (const key of repeated) found.delete(key);
  return { found, repeated };
}
