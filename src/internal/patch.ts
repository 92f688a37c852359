/** The record with the fields of `patch` written over it; a field that is undefined there is removed. */
export function patched<T extends object>(record: T, patch: { readonly [K in keyof T]?: T[K] | undefined }): T {
  const result = { ...record } as Record<string, unknown>;
  for (const [field, value] of Object.entries(patch)) {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a removed field is absent, not undefined
    if (value === undefined) delete result[field];
    else result[field] = value;
  }
  return result as T;
}
