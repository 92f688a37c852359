import type { Hold } from './hold.js';

/** The report of a run that is older than reports are kept, and still tells that its scope was imported: its counts. */
export function agedReport<
  T extends { readonly holds: readonly Hold[]; readonly failures: readonly unknown[]; readonly by?: string },
>(report: T): Omit<T, 'by'> {
  const { by: _by, ...rest } = report;
  return { ...rest, holds: [], failures: [] };
}
