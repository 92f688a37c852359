import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { ConfigurationError } from '../../errors.js';
import { sourcedId, text } from '../../http/index.js';
import { checkFunction, checkOptionNames } from '../../internal/options.js';
import type { CollectionAttestation, Roster } from '../../model/index.js';
import type { ReadOptions, RosterSource } from '../../ports/index.js';
import { type RawRow, statusOf } from '../records/decode-values.js';
import { type GuardianEntry, guardianRecords } from '../roster/guardians/entries.js';
import { type OpenCsvFile, piecesOf } from './bundle.js';
import { type GuardiansCsvColumn, guardianColumns, REQUIRED_GUARDIAN_COLUMNS } from './guardians-columns.js';
import { type CsvProblemListener, ProblemLog, TOO_MANY_PROBLEMS } from './problems.js';
import { SizeLimit } from './size-limit.js';
import { type ColumnFinder, readRows, UnreadableFileError } from './table.js';

/** How to read a `guardians.csv`. */
export interface GuardiansCsvSourceOptions {
  /**
   * The headers of the file for columns that it calls otherwise. A column that is named here is found by no other name.
   *
   * @default the names of the columns and their common synonyms
   */
  readonly columns?: Readonly<Partial<Record<GuardiansCsvColumn, string>>>;
  /** Told of each row that is left out. What it throws ends the read. @default nobody is told */
  readonly onProblem?: CsvProblemListener;
}

const OPTION_NAMES = ['columns', 'onProblem'] as const satisfies readonly (keyof GuardiansCsvSourceOptions)[];

/** What the reports call the file, whatever its path. */
const FILE_NAME = 'guardians.csv';

/**
 * The guardians in a `guardians.csv`, with provider `guardians-csv`: one row for each guardian of each student. For
 * `RosterSync({ guardians })`, where they take the place of the roster's own.
 *
 * The columns, in any order and case: `studentSourcedId`, `givenName` and `familyName`, which must be there; `sourcedId`
 * (the guardian's own id), `email`, `sms` (the mobile number: login, texts and calls), `phone` (the home number: neither),
 * `relationship`, `contactType`, `blocked` (the guardian may have no contact with the student: any word but `false`, `no`,
 * `n` and `0`), and `status` (`tobedeleted` ends a link). Common synonyms are known, such as `student_id`, `First Name`,
 * `mobile` and `home phone`. Rows without a `sourcedId` are one person where the e-mail, or without one the mobile number,
 * and the full name are the same.
 *
 * A row that cannot be used is rejected with its line and column. A file that is missing, empty, damaged or cut, or lacks a
 * column, proves nobody's absence.
 *
 * @param file a path, the bytes, or a function that opens a new stream at each call
 * @throws ConfigurationError naming `file`, `columns`, `onProblem` or an unknown option; reading throws it, naming `file`,
 * where the file is absurdly large
 * @example
 * ```ts
 * import { guardiansCsvSource, oneRosterCsvSource } from 'rosterkit/oneroster';
 *
 * const source = oneRosterCsvSource('exports/today.zip');
 * const guardians = guardiansCsvSource('exports/guardians.csv', { columns: { sms: 'Text Number' } });
 * console.log(source.provider, guardians.provider);
 * ```
 */
export function guardiansCsvSource(
  file: string | Uint8Array | OpenCsvFile,
  options: GuardiansCsvSourceOptions = {},
): RosterSource {
  const isFile = typeof file === 'function' || (file as unknown) instanceof Uint8Array;
  if (!isFile && (typeof file !== 'string' || file === '')) {
    throw new ConfigurationError('file', 'is a path, the bytes of a file, or a function that opens a stream');
  }
  checkOptionNames(options, OPTION_NAMES);
  const { onProblem } = options;
  checkFunction('onProblem', onProblem);
  const find = guardianColumns(options.columns ?? {});
  return {
    provider: 'guardians-csv',
    async read(scope, readOptions = {}): Promise<Roster> {
      const readAt = new Date().toISOString();
      const log = new ProblemLog('guardianLinks', FILE_NAME, onProblem);
      const entries: GuardianEntry[] = [];
      const attestation = await readEntries(file, find, log, readOptions, entries);
      const { users, links } = guardianRecords(entries);
      const notRead: CollectionAttestation = { state: 'not-read', received: 0 };
      return {
        readId: randomUUID(),
        source: 'guardians-csv',
        readAt,
        scope,
        rejected: log.rejected,
        attestation: {
          allSchools: true,
          collections: {
            schools: notRead,
            terms: notRead,
            courses: notRead,
            classes: notRead,
            users: attestation,
            enrollments: notRead,
            guardianLinks: attestation,
          },
        },
        schools: [],
        terms: [],
        courses: [],
        classes: [],
        users,
        enrollments: [],
        guardianLinks: links,
      };
    },
    async schools({ signal } = {}) {
      signal?.throwIfAborted();
      return [];
    },
  };
}

async function readEntries(
  file: string | Uint8Array | OpenCsvFile,
  find: ColumnFinder,
  log: ProblemLog,
  { signal, onPage }: ReadOptions,
  entries: GuardianEntry[],
): Promise<CollectionAttestation> {
  signal?.throwIfAborted();
  const stream = await streamOf(file);
  if (stream === undefined) return { state: 'failed', received: 0, ended: 'missing-file' };
  let received = 0;
  try {
    const { columns, batches, hasDamagedHeader } = await readRows(new SizeLimit('file').over(stream, FILE_NAME), find);
    for await (const rows of batches) {
      signal?.throwIfAborted();
      for (const { row, line, problem, column } of rows) {
        received += 1;
        const entry = problem === undefined ? entryOf(row) : { problem, column };
        if ('problem' in entry) log.reject(line, entry.problem, entry.column);
        else entries.push(entry);
        if (log.isFull) return { state: 'incomplete', received, ended: TOO_MANY_PROBLEMS };
      }
      onPage?.({ collection: 'guardianLinks', received });
    }
    if (REQUIRED_GUARDIAN_COLUMNS.some((name) => !columns.has(name))) {
      return { state: 'incomplete', received, ended: 'missing-column' };
    }
    if (hasDamagedHeader()) return { state: 'incomplete', received, ended: 'damaged-header' };
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    return { state: received === 0 ? 'failed' : 'incomplete', received, ended: error.word };
  }
  // No district has no guardians: the export went wrong.
  if (received === 0) return { state: 'incomplete', received, ended: 'empty-file' };
  return { state: 'complete', received, ended: 'end-of-file' };
}

async function streamOf(file: string | Uint8Array | OpenCsvFile): Promise<Readable | undefined> {
  if (typeof file === 'function') return Readable.from(piecesOf(file));
  if (typeof file !== 'string') return Readable.from([file]);
  const isThere = await stat(file).then(
    () => true,
    () => false,
  );
  return isThere ? createReadStream(file) : undefined;
}

function entryOf(row: RawRow): GuardianEntry | { readonly problem: string; readonly column: string | undefined } {
  const student = sourcedId(row['studentSourcedId']);
  const status = statusOf(row['status']);
  const givenName = text(row['givenName']) ?? '';
  const familyName = text(row['familyName']) ?? '';
  const blocked = isForbidden(text(row['blocked']));
  if (student === undefined) return { problem: 'missing-student', column: 'studentSourcedId' };
  // Of a link that is gone or forbidden the two ids say enough.
  const isNamed = givenName !== '' || familyName !== '';
  const isEnough = sourcedId(row['sourcedId']) !== undefined && (status === 'tobedeleted' || blocked);
  if (!isNamed && !isEnough) return { problem: 'missing-name', column: 'familyName' };
  if (status === undefined) return { problem: 'unknown-status', column: 'status' };
  return {
    student,
    sourcedId: sourcedId(row['sourcedId']),
    givenName,
    familyName,
    email: text(row['email']),
    mobile: text(row['sms']),
    homePhone: text(row['phone']),
    relationship: text(row['relationship']),
    contactType: text(row['contactType']),
    blocked,
    status,
  };
}

const WORDS_FOR_NO: ReadonlySet<string> = new Set(['', 'false', 'no', 'n', '0']);

/** Where contact may be forbidden, a word that nobody here knows must not give access. */
function isForbidden(cell: string | undefined): boolean {
  return cell !== undefined && !WORDS_FOR_NO.has(cell.trim().toLowerCase());
}
