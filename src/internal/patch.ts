/** The record with the fields of `patch` written over it; a field that is null or undefined there is removed. */
export function patched<T extends object>(record: T, patch: { readonly [K in keyof T]?: T[K] | null | undefined }): T {
  const fields = { ...record, ...patch };
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(kept) as T;
}

/** The same fields with null for undefined: JSON keeps the one and forgets the other. */
export function withNulls<T extends object>(fields: T): T {
  const values = fields as Record<string, unknown>;
  for (const field in values) if (values[field] === undefined) return nulled(values) as T;
  return fields;
}

function nulled(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const field of Object.keys(fields)) result[field] = fields[field] ?? null;
  return result;
}
