import { ConfigurationError, LockHeldError } from '../errors.js';
import type { RunOutcome, RunReport } from '../ports/index.js';

const EXIT_CODES: Readonly<Record<RunOutcome, number>> = {
  applied: 0,
  failed: 1,
  held: 3,
  partial: 4,
  aborted: 5,
  running: 6,
};

/** Words of sysexits.h: what schedulers know to try again, and what not. */
const BUSY = 75;
const MISCONFIGURED = 78;
const UNEXPECTED = 70;

/**
 * What a script ends with: by the report of a run, or by the error that it threw instead. The codes never change their meaning.
 *
 * | code | what came of it |
 * |---|---|
 * | 0 | `applied`: everything |
 * | 1 | `failed`: nothing, because the source or the store failed |
 * | 3 | `held`: everything but what waits for a person |
 * | 4 | `partial`: some changes could not be applied |
 * | 5 | `aborted`: it was stopped, or its process died |
 * | 6 | `running`: it has not ended |
 * | 70 | any other error |
 * | 75 | another run holds the scope (`LockHeldError`): try again later |
 * | 78 | a setting is wrong (`ConfigurationError`) |
 *
 * @example
 * ```ts
 * import { exitCodeOf, type RosterSync } from 'rosterkit';
 *
 * export async function main(sync: RosterSync): Promise<void> {
 *   process.exitCode = await sync.run().then(exitCodeOf, (error: unknown) => {
 *     console.error(error);
 *     return exitCodeOf(error);
 *   });
 * }
 * ```
 */
export function exitCodeOf(result: unknown): number {
  if (LockHeldError.isInstance(result)) return BUSY;
  if (ConfigurationError.isInstance(result)) return MISCONFIGURED;
  const outcome = (result as Partial<Pick<RunReport, 'outcome'>> | null | undefined)?.outcome;
  return outcome !== undefined && Object.hasOwn(EXIT_CODES, outcome) ? EXIT_CODES[outcome] : UNEXPECTED;
}
