/** The record with the fields of `patch` written over it; a field that is null or undefined there is removed. */
export function patched<T extends object>(record: T, patch: { readonly [K in keyof T]?: T[K] | null | undefined }): T {
  const fields = { ...record, ...patch };
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(kept) as T;
}

/** The same fields with null for undefined: JSON keeps the one and forgets the other. */
export function withNulls<T extends object>(fields: T): T {
  const result: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(fields)) result[field] = value ?? null;
  return result as T;
}
