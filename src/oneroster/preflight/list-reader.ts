import { RosterError } from '../../errors.js';
import { Tally } from '../../internal/tally.js';
import type { OneRosterRecords, OneRosterRosterCollection } from '../records/wire.js';
import type { Findings } from './findings.js';
import type { FreshnessCheck } from './freshness.js';
import type { PreflightListEnd, PreflightLists } from './lists.js';

/** How the reading of a list ended. */
export interface ListOutcome {
  readonly ending: 'complete' | 'refused' | 'failed';
  /** Whether what is missing from it is known not to be there. */
  readonly isWhole: boolean;
  /** Its records that are not deleted. */
  readonly count: number;
}

/** Without these there is no roster; the others only describe classes further. */
const REQUIRED: ReadonlySet<OneRosterRosterCollection> = new Set(['orgs', 'classes', 'users', 'enrollments']);

/** Reads lists as far as they go, and finds what is wrong with any list: its end, its rows, their ids. */
export class ListReader {
  /** The first answer that was none of OneRoster. */
  unreadable: RosterError | undefined;
  /** Rows that lead to no record. */
  readonly rejected = new Tally();
  private isObfuscated = false;
  private readonly duplicates = new Tally();
  private readonly deleted = new Tally();
  private readonly outcomes = new Map<OneRosterRosterCollection, ListOutcome>();

  constructor(
    private readonly lists: PreflightLists,
    private readonly findings: Findings,
    private readonly freshness: FreshnessCheck,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /**
   * Shows every active record once, and returns the ids of the list with whether each is active. What says that the
   * credentials themselves are refused is thrown, and so is a first list that cannot be reached at all.
   */
  async read<K extends OneRosterRosterCollection>(
    list: K,
    look: (record: OneRosterRecords[K]) => void,
  ): Promise<ReadonlyMap<string, boolean>> {
    const isActive = new Map<string, boolean>();
    const isFirst = this.outcomes.size === 0;
    let count = 0;
    let received = 0;
    let end: PreflightListEnd | undefined;
    let isRefused = false;
    try {
      const chunks = this.lists.read(list, { signal: this.signal });
      let step = await chunks.next();
      for (; step.done !== true; step = await chunks.next()) {
        const { records, rejected } = step.value;
        received += records.length + rejected.length;
        for (const { sourcedId } of rejected) this.rejected.add(sourcedId);
        for (const record of records) {
          if (!this.isNew(list, record, isActive)) continue;
          count += 1;
          look(record);
        }
      }
      end = step.value;
    } catch (error) {
      this.signal?.throwIfAborted();
      if (!isTolerable(error, isFirst)) throw error;
      if (error.code === 'decode') this.unreadable ??= error;
      isRefused = received === 0 && REFUSALS.has(error.code);
      if (!isRefused) this.findings.addFailed(list, REQUIRED.has(list));
    }
    if (end?.state === 'failed') this.findings.addFailed(list, REQUIRED.has(list));
    const isBroken = end === undefined || end.state === 'failed';
    const ending = isRefused || end?.state === 'absent' ? 'refused' : isBroken ? 'failed' : 'complete';
    const isWhole = ending === 'complete' && end?.state !== 'doubtful';
    this.outcomes.set(list, { ending, isWhole, count });
    if (end?.state === 'doubtful') this.findings.addDoubtful(list, end.ended);
    if (end?.isObfuscated === true) this.isObfuscated = true;
    if (end?.state === 'unproven') this.findings.addUnproven(list, end.ended);
    return isActive;
  }

  /** A list that was not even asked for is out of reach. */
  outcomeOf(list: OneRosterRosterCollection): ListOutcome {
    return this.outcomes.get(list) ?? { ending: 'refused', isWhole: false, count: 0 };
  }

  report(): void {
    if (this.isObfuscated) this.findings.add('NAMES_OBFUSCATED');
    this.findings.addTally('ROWS_UNUSABLE', this.rejected);
    this.findings.addTally('DUPLICATE_IDS', this.duplicates);
    this.findings.addTally('DELETED_RECORDS', this.deleted);
  }

  /** Whether the record is active, and the first active one with its id. */
  private isNew(
    list: OneRosterRosterCollection,
    { sourcedId, status, dateLastModified }: OneRosterRecords[OneRosterRosterCollection],
    isActive: Map<string, boolean>,
  ): boolean {
    this.freshness.add(dateLastModified);
    const active = status === 'active';
    if (!active) this.deleted.add(sourcedId);
    // Nothing refers to an enrollment, so that its id need not be one of its own, nor be remembered.
    if (list === 'enrollments' || sourcedId === undefined) return active;
    const known = isActive.get(sourcedId);
    if (known !== undefined) this.duplicates.add(sourcedId);
    isActive.set(sourcedId, active || known === true);
    return active && known !== true;
  }
}

/** Codes of errors by which a server says that a list is not for this application. */
const REFUSALS: ReadonlySet<string> = new Set(['authentication', 'permission_denied', 'not_found']);

/** Whether an error tells of one list only. The first one shows whether there is a server, and one that knows us. */
function isTolerable(error: unknown, isFirst: boolean): error is RosterError {
  if (!RosterError.isInstance(error) || error.code === 'configuration' || error.code === 'disconnected') return false;
  return !isFirst || ['permission_denied', 'not_found', 'decode', 'incomplete_read'].includes(error.code);
}
