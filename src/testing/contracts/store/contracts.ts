import { contractOf } from '../contract.js';
import type { ContractCase } from '../contract.js';
import { answering } from './answering.js';
import { attempts } from './attempts.js';
import { batches } from './batches.js';
import { directoryBench, storeBench, withTenants } from './bench.js';
import type { DirectorySubject, ImageSubject, JournalSubject, StoreSubject } from './bench.js';
import { crashing } from './crashing.js';
import { creating } from './creating.js';
import { deciding } from './deciding.js';
import { deleting } from './deleting.js';
import { erasing, erasingRecords } from './erasing.js';
import { imaging } from './imaging.js';
import { inviting } from './inviting.js';
import { isolation } from './isolation.js';
import { fencing, journaling, ledgers } from './journaling.js';
import { leases } from './leases.js';
import { loading } from './loading.js';
import { problems } from './problems.js';
import { pruning } from './pruning.js';
import { remembering } from './remembering.js';
import { runs } from './runs.js';
import { sending } from './sending.js';
import { rekeying, updating } from './updating.js';

/** What a contract is asked of: made anew for each case, or the same each time. */
export type SubjectOf<Subject> = () => Subject | Promise<Subject>;

const directoryRules = { creating, updating, rekeying, deleting, erasingRecords, batches, loading };
const journalRules = { leases, remembering, runs, answering, attempts, deciding, problems };
const wholeRules = { journaling, ledgers, fencing, inviting, sending, erasing, pruning, isolation, crashing };

/**
 * What the directory half of a store must do: for a host whose people and classes are in tables of its own.
 */
export function directoryContract(subject: SubjectOf<DirectorySubject>): readonly ContractCase[] {
  return contractOf(directoryRules, async () => directoryBench(await subject()));
}

/**
 * What the journal half of a store must do by itself. What it does together with the directory half is for
 * {@link storeContract} to prove.
 */
export function journalContract(subject: SubjectOf<JournalSubject>): readonly ContractCase[] {
  return contractOf(journalRules, async () => withTenants(await subject()));
}

/**
 * Everything that a store must do, as cases for any test runner: both halves, and what they must do together.
 *
 * @example
 * ```ts
 * import { FixedClock, storeContract } from 'rosterkit/testing';
 * import { MemoryStore } from 'rosterkit/memory';
 *
 * const clock = new FixedClock('2026-09-01T06:00:00Z');
 * const store = new MemoryStore({ clock });
 * const cases = storeContract(() => ({ store, age: async (_scope, ms) => clock.advance(ms) }));
 * for (const { name, run } of cases) await run().catch((error: unknown) => console.error(name, error));
 * ```
 */
export function storeContract(subject: SubjectOf<StoreSubject>): readonly ContractCase[] {
  const rules = { ...directoryRules, ...journalRules, ...wholeRules };
  return contractOf(rules, async () => storeBench(await subject()));
}

/** What a store must do that keeps what was read, for incremental syncs. */
export function imageContract(subject: SubjectOf<ImageSubject>): readonly ContractCase[] {
  return contractOf({ image: imaging }, async () => withTenants(await subject()));
}
