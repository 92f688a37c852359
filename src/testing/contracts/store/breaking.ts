import type { Change } from '../../../model/index.js';
import type { Batch } from '../../../ports/index.js';
import { expectRejection, expectThat } from '../expecting.js';
import type { DirectorySubject } from './bench.js';

/** No batch of the contract takes more statements than this, one for each of its rows included. */
const MOST_STATEMENTS = 500;

/**
 * Breaks the batch off in every way that the subject allows: where one of its parts cannot be read, and after each
 * statement. `check` looks what an attempt left behind.
 */
export async function breakOff(
  { store, breakingAfter }: DirectorySubject,
  batch: Batch,
  check: () => Promise<void>,
): Promise<void> {
  for (const unreadable of unreadableBatches(batch)) {
    await expectRejection('a batch with a part that cannot be read', store.apply(unreadable));
    await check();
  }
  if (breakingAfter === undefined) return;
  let statements = 0;
  while (!(await isApplied(breakingAfter(statements), batch))) {
    await check();
    statements += 1;
    expectThat('the batch is applied by a database that breaks late enough', statements < MOST_STATEMENTS);
  }
}

async function isApplied(store: DirectorySubject['store'], batch: Batch): Promise<boolean> {
  return store.apply(batch).then(
    () => true,
    () => false,
  );
}

/** The batch with one part after the other that throws when it is read. */
function unreadableBatches(batch: Batch): readonly Batch[] {
  const { changes, invitations = [] } = batch;
  const withChanges = changes.map((_, at) => ({
    ...batch,
    changes: changes.map((change, nth) => (nth === at ? unreadable(change) : change)),
  }));
  const withInvitations = invitations.map((item, at) => ({
    ...batch,
    invitations: invitations.with(at, { ...item, message: withThrowing(item.message, 'text') }),
  }));
  return [...withChanges, ...withInvitations];
}

/** The same change, of which nothing can be read but what it is. */
function unreadable(change: Change): Change {
  return withThrowing(change, change.after === null ? 'reason' : 'after');
}

/** The same record, of which one field throws when it is read. */
export function withThrowing<T extends object>(record: T, field: keyof T): T {
  return Object.defineProperty({ ...record }, field, {
    enumerable: true,
    get() {
      throw new Error('What is written is broken off by the contract.');
    },
  });
}
