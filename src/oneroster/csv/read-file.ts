/**
 * Reads one file of a bundle into records, and says how far it can be believed.
 *
 * @module
 */

import { sourcedId, text } from '../../http/index.js';
import { compareIds } from '../../internal/ordered.js';
import type { CollectionAttestation, RejectedRow } from '../../model/index.js';
import type { ReadOptions } from '../../ports/index.js';
import { BARE_TOMBSTONE, decodeRow, identityOf } from '../records/decode-rows.js';
import { type RawRow, statusOf } from '../records/decode-values.js';
import type { OneRosterDemographics, OneRosterRecords, OneRosterRosterCollection } from '../records/wire.js';
import { type DemographicsRead, demographicsOf } from '../roster/guardians/in-metadata.js';
import { enrollmentRoleOf } from '../roster/roles.js';
import { type CollectionRead, ROSTER_NAMES } from '../source/read-collections.js';
import type { Bundle } from './bundle-files.js';
import { COLUMNS_OF_ROLES, FILE_NAMES, REQUIRED_COLUMNS, type TableName } from './columns.js';
import type { FileMode } from './manifest.js';
import { type CsvProblemListener, ProblemLog, TOO_MANY_PROBLEMS } from './problems.js';
import { readTable, type TableRow, UnreadableFileError } from './table.js';

/** How many rows go by between two words of progress. */
const ROWS_PER_PAGE = 10_000;

/** What is needed to read the files of a bundle. */
export interface FileReader {
  readonly bundle: Bundle;
  readonly modeOf: (fileName: string) => FileMode;
  readonly options: ReadOptions;
  readonly onProblem: CsvProblemListener | undefined;
}

/** Rows that belong to users, by user. */
export interface UserRows {
  readonly byUser: ReadonlyMap<string, readonly RawRow[]>;
  readonly attestation: CollectionAttestation;
  readonly rejected: readonly RejectedRow[];
}

/** What else is known of users: the roles and profiles of 1.2. */
export interface UserDetails {
  readonly roles: UserRows | undefined;
  readonly profiles: UserRows | undefined;
}

/** The column that a problem of a record is about. */
const COLUMN_OF_PROBLEM: Readonly<Record<string, string>> = {
  'missing-sourced-id': 'sourcedId',
  'unknown-status': 'status',
  'missing-name': 'name',
  'missing-type': 'type',
  'missing-school': 'schoolSourcedId',
  'missing-role': 'role',
  'missing-class': 'classSourcedId',
  'missing-user': 'userSourcedId',
  'unknown-role': 'role',
};

/** Reads the file of a collection. */
export async function readFile<K extends OneRosterRosterCollection>(
  reader: FileReader,
  collection: K,
  { roles, profiles }: UserDetails = { roles: undefined, profiles: undefined },
): Promise<CollectionRead<OneRosterRecords[K]>> {
  const records: OneRosterRecords[K][] = [];
  let firstWithoutAgents: number | undefined;
  const name = ROSTER_NAMES[collection];
  const log = new ProblemLog(name, `${collection}.csv`, reader.onProblem);
  const isMoved = (column: string): boolean => roles !== undefined && COLUMNS_OF_ROLES.includes(column);
  const required = REQUIRED_COLUMNS[collection].filter((column) => !isMoved(column));
  const detailsOf = (id: string | undefined): RawRow | undefined =>
    roles === undefined && profiles === undefined
      ? undefined
      : { roles: roles?.byUser.get(id ?? ''), userProfiles: profiles?.byUser.get(id ?? '') };
  const take = (row: RawRow): string | undefined => {
    const decoded = decodeRow(collection, row);
    if ('problem' in decoded) return decoded.problem;
    if (collection === 'enrollments' && !hasKnownRole(decoded.record)) return 'unknown-role';
    records.push(decoded.record);
    return undefined;
  };
  const attestation = await eachRow(reader, collection, required, log, (tableRow, received) => {
    const { line, unread, missing } = tableRow;
    const more = detailsOf(sourcedId(tableRow.row['sourcedId']));
    const row = more === undefined ? tableRow.row : { ...tableRow.row, ...more };
    const problem = tableRow.problem ?? take(row);
    if (problem !== undefined && problem !== BARE_TOMBSTONE) {
      // In a row that lacks cells any cell may be another's, and so may the id.
      const identity = missing === undefined ? identityOf(collection, row) : {};
      const column = problem === 'unreadable-date' ? unread?.find((each) => each !== 'dateLastModified') : undefined;
      log.reject(line, problem, tableRow.column ?? column ?? columnOf(problem, collection), identity);
    } else if (problem === undefined) {
      for (const column of unread ?? []) log.unread(line, column, sourcedId(row['sourcedId']));
      if (missing?.includes('agentSourcedIds') === true) firstWithoutAgents ??= line;
    }
    if (received % ROWS_PER_PAGE === 0) reader.options.onPage?.({ collection: name, received });
  });
  if (attestation.received % ROWS_PER_PAGE !== 0) {
    reader.options.onPage?.({ collection: name, received: attestation.received });
  }
  return {
    records,
    rejected: [...(roles?.rejected ?? []), ...log.rejected, ...withoutAgents(firstWithoutAgents)],
    attestation: roles === undefined ? attestation : asBelievableAs(roles, attestation),
  };
}

/** Rows that end before the agents do not say whether there were some. The first stands for all of them. */
function withoutAgents(line: number | undefined): readonly RejectedRow[] {
  if (line === undefined) return [];
  const location = `users.csv:${String(line)}`;
  return [{ collection: 'guardianLinks', problem: 'missing-cells', location, field: 'agentSourcedIds' }];
}

function hasKnownRole(record: object): boolean {
  return 'role' in record && typeof record.role === 'string' && enrollmentRoleOf(record.role) !== undefined;
}

function columnOf(problem: string, collection: OneRosterRosterCollection): string | undefined {
  return problem === 'missing-name' && collection === 'users' ? 'familyName' : COLUMN_OF_PROBLEM[problem];
}

/** Reads `roles.csv`; undefined where the bundle has none, as in 1.0 and 1.1. */
export async function readRoles(reader: FileReader): Promise<UserRows | undefined> {
  return await readUserRows(reader, 'roles', (row) => (text(row['role']) === undefined ? 'missing-role' : undefined));
}

/** Reads `userProfiles.csv` of 1.2. Nothing hangs on it: what is wrong there is told, and takes nothing from a user. */
export async function readProfiles(reader: FileReader): Promise<UserRows | undefined> {
  const found = await readUserRows(reader, 'userProfiles', () => undefined);
  if (found === undefined) return undefined;
  const byUser = new Map([...found.byUser].map(([user, rows]) => [user, rows.map(profileOf)] as const));
  return { ...found, byUser };
}

function profileOf({ sourcedId: profileId, credentialType, username, ...row }: RawRow): RawRow {
  return { ...row, profileId, credentials: [{ type: credentialType, username }] };
}

async function readUserRows(
  reader: FileReader,
  table: 'roles' | 'userProfiles',
  problemOf: (row: RawRow) => string | undefined,
): Promise<UserRows | undefined> {
  const byUser = new Map<string, RawRow[]>();
  const log = new ProblemLog('users', `${table}.csv`, reader.onProblem);
  const attestation = await eachRow(
    reader,
    table,
    REQUIRED_COLUMNS[table],
    log,
    ({ row, line, column, problem, missing }) => {
      const user = sourcedId(row['user']);
      const status = statusOf(row['status']);
      const found =
        problem ??
        (user === undefined ? 'missing-user' : problemOf(row)) ??
        (status === undefined ? 'unknown-status' : undefined);
      if (found !== undefined) {
        const identity = user === undefined || missing !== undefined ? {} : { sourcedId: user };
        log.reject(line, found, column ?? COLUMN_OF_PROBLEM[found], identity);
      } else if (user !== undefined && status === 'active') {
        const ofUser = byUser.get(user);
        if (ofUser === undefined) byUser.set(user, [row]);
        else ofUser.push(row);
      }
    },
  );
  // The order of rows in a file means nothing, and must not become the order of a user's schools.
  for (const rows of byUser.values()) {
    if (rows.length > 1) rows.sort((left, right) => compareIds(idIn(left), idIn(right)));
  }
  return attestation.state === 'not-read' ? undefined : { byUser, attestation, rejected: log.rejected };
}

function idIn(row: RawRow): string {
  return sourcedId(row['sourcedId']) ?? '';
}

/** Reads `demographics.csv`. A row that cannot be read is told, and makes the file incomplete. */
export async function readDemographics(reader: FileReader): Promise<DemographicsRead> {
  const records: OneRosterDemographics[] = [];
  const log = new ProblemLog(ROSTER_NAMES.demographics, 'demographics.csv', reader.onProblem);
  const attestation = await eachRow(reader, 'demographics', REQUIRED_COLUMNS.demographics, log, (tableRow) => {
    const { row, line, column, problem } = tableRow;
    const decoded = problem === undefined ? decodeRow('demographics', row) : { problem };
    if ('problem' in decoded) log.reject(line, decoded.problem, column ?? COLUMN_OF_PROBLEM[decoded.problem]);
    else records.push(decoded.record);
  });
  return demographicsOf({ records, attestation, rejected: log.rejected });
}

/** Users whose roles are not all there may be taken for something else: their file is no better than that of the roles. */
function asBelievableAs(roles: UserRows, users: CollectionAttestation): CollectionAttestation {
  if (roles.attestation.state === 'complete' || users.state !== 'complete') return users;
  return { ...users, state: 'incomplete', ended: `roles-${roles.attestation.ended ?? 'incomplete'}` };
}

async function eachRow(
  { bundle, modeOf, options }: FileReader,
  table: TableName,
  required: readonly string[],
  log: ProblemLog,
  take: (row: TableRow, received: number) => void,
): Promise<CollectionAttestation> {
  const fileName = table in FILE_NAMES ? FILE_NAMES[table as OneRosterRosterCollection] : `${table.toLowerCase()}.csv`;
  const mode = modeOf(fileName);
  options.signal?.throwIfAborted();
  const file = mode === 'absent' ? undefined : await bundle.open(fileName);
  if (file === undefined) return { state: 'not-read', received: 0, ended: 'absent' };
  let received = 0;
  try {
    const { columns, batches, hasDamagedHeader } = await readTable(file, table);
    for await (const rows of batches) {
      options.signal?.throwIfAborted();
      for (const row of rows) {
        received += 1;
        take(row, received);
        if (log.isFull) return { state: 'incomplete', received, ended: TOO_MANY_PROBLEMS };
      }
    }
    if (required.some((column) => !columns.has(column))) {
      return { state: 'incomplete', received, ended: 'missing-column' };
    }
    if (hasDamagedHeader()) return { state: 'incomplete', received, ended: 'damaged-header' };
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    return { state: received === 0 ? 'failed' : 'incomplete', received, ended: error.word };
  }
  if (mode === 'delta') return { state: 'incomplete', received, ended: 'delta' };
  if (mode === 'unknown') return { state: 'incomplete', received, ended: 'unknown-mode' };
  return { state: 'complete', received, ended: 'end-of-file' };
}
