import { expect } from 'vitest';
import { changesSince, endOf } from './looks.js';
import type { Post } from './post.js';
import type { Month } from './scenes.js';
import type { SchemaTables, Tables } from './tables.js';
import type { Job, JobDone } from './worker-process.js';

/** An import that nobody disturbed: where it began, what it did, and where it ended. */
export interface Undisturbed extends JobDone {
  readonly from: string | undefined;
  readonly before: Tables;
  readonly changes: readonly string[];
  readonly end: unknown;
  readonly addressees: readonly string[];
  readonly milliseconds: number;
}

/** Imports a month into a tenant of its name, after that of the tenant `from`. */
export async function importUndisturbed(
  {
    tables,
    post,
    act,
  }: { readonly tables: SchemaTables; readonly post: Post; readonly act: (job: Job) => Promise<unknown> },
  month: Month,
  from?: string,
): Promise<Undisturbed> {
  if (from !== undefined) await tables.copy(from, month);
  const before = await tables.read(month);
  const start = performance.now();
  const done = await act({ tenant: month, month, mail: post.placeOf(month) });
  expect(done).toMatchObject({ outcome: 'applied', left: 0 });
  const milliseconds = performance.now() - start;
  const now = await tables.read(month);
  const addressees = await post.addressees(month, now, before);
  const changes = changesSince(now, before);
  return { from, before, changes, end: endOf(now), addressees, milliseconds, ...(done as JobDone) };
}
