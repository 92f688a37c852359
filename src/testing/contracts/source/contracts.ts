import { contractOf } from '../contract.js';
import type { ContractCase } from '../contract.js';
import { sourceBench } from './bench.js';
import type { ChangesSubject, SourceSubject } from './bench.js';
import { changing } from './changing.js';
import { reading } from './reading.js';

/**
 * Everything that a source must do, as cases for any test runner. Messages name ids and counts only, so that it may be
 * asked of a district of real people, too.
 *
 * @example
 * ```ts
 * import { districtRoster, generateDistrict, rosterSource, sourceContract } from 'rosterkit/testing';
 *
 * const source = rosterSource(districtRoster(generateDistrict()));
 * for (const { name, run } of sourceContract(() => ({ source }))) {
 *   await run().catch((error: unknown) => console.error(name, error));
 * }
 * ```
 */
export function sourceContract(subject: () => SourceSubject | Promise<SourceSubject>): readonly ContractCase[] {
  return contractOf({ source: reading }, async () => sourceBench(await subject()));
}

/** What a source must do that tells what changed: folded into what was read before, it is what a read gives. */
export function changesContract(subject: () => ChangesSubject | Promise<ChangesSubject>): readonly ContractCase[] {
  return contractOf({ changes: changing }, async () => sourceBench(await subject()));
}
