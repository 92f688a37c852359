/**
 * Reads one file of a bundle into records, and says how far it can be believed.
 *
 * @module
 */

import { sourcedId, text } from '../../http/index.js';
import type { CollectionAttestation, RejectedRow } from '../../model/index.js';
import type { ReadOptions } from '../../ports/index.js';
import { decodeRow, identityOf } from '../records/decode-rows.js';
import { type RawRow, statusOf } from '../records/decode-values.js';
import { type CollectionRead, ROSTER_NAMES } from '../source/read-collections.js';
import type { OneRosterRosterCollection, OneRosterRecords } from '../records/wire.js';
import type { Bundle } from './bundle.js';
import { COLUMNS_OF_ROLES, FILE_NAMES, REQUIRED_COLUMNS } from './columns.js';
import type { FileMode } from './manifest.js';
import { readTable, type TableRow, UnreadableFileError } from './table.js';

/** How many rows go by between two words of progress. */
const ROWS_PER_PAGE = 10_000;

/** What is needed to read the files of a bundle. */
export interface FileReader {
  readonly bundle: Bundle;
  readonly modeOf: (fileName: string) => FileMode;
  readonly options: ReadOptions;
}

/** The rows of `roles.csv`, by user. */
export interface RolesRead {
  readonly byUser: ReadonlyMap<string, readonly RawRow[]>;
  readonly attestation: CollectionAttestation;
  readonly rejected: readonly RejectedRow[];
}

/** Reads the file of a collection. `roles` are those of 1.2, for users. */
export async function readFile<K extends OneRosterRosterCollection>(
  reader: FileReader,
  collection: K,
  roles?: RolesRead,
): Promise<CollectionRead<OneRosterRecords[K]>> {
  const records: OneRosterRecords[K][] = [];
  const rejected: RejectedRow[] = [...(roles?.rejected ?? [])];
  const name = ROSTER_NAMES[collection];
  const isMoved = (column: string): boolean => roles !== undefined && COLUMNS_OF_ROLES.includes(column);
  const required = REQUIRED_COLUMNS[collection].filter((column) => !isMoved(column));
  const attestation = await eachRow(reader, FILE_NAMES[collection], required, (row, received) => {
    const id = sourcedId(row.cells['sourcedId']);
    const ofUser = id === undefined ? undefined : roles?.byUser.get(id);
    const cells = ofUser === undefined ? row.cells : { ...row.cells, roles: ofUser };
    const decoded = row.problem === undefined ? decodeRow(collection, cells) : { problem: row.problem };
    if ('record' in decoded) records.push(decoded.record);
    else {
      const location = `${collection}.csv:${String(row.line)}`;
      rejected.push({
        collection: name,
        problem: decoded.problem,
        location,
        ...identityOf(collection, cells),
      });
    }
    if (received % ROWS_PER_PAGE === 0) reader.options.onPage?.({ collection: name, received });
  });
  if (attestation.received % ROWS_PER_PAGE !== 0) {
    reader.options.onPage?.({ collection: name, received: attestation.received });
  }
  return { records, rejected, attestation: roles === undefined ? attestation : asBelievableAs(roles, attestation) };
}

/** Reads `roles.csv`; undefined where the bundle has none, as in 1.0 and 1.1. */
export async function readRoles(reader: FileReader): Promise<RolesRead | undefined> {
  const byUser = new Map<string, RawRow[]>();
  const rejected: RejectedRow[] = [];
  const attestation = await eachRow(reader, 'roles.csv', REQUIRED_COLUMNS.roles, ({ cells, line, problem }) => {
    const user = sourcedId(cells['userSourcedId']);
    const found = problem ?? problemOfRole(cells, user);
    if (found !== undefined) {
      const location = `roles.csv:${String(line)}`;
      rejected.push({
        collection: 'users',
        problem: found,
        location,
        ...(user === undefined ? {} : { sourcedId: user }),
      });
    } else if (user !== undefined && statusOf(cells['status']) === 'active') {
      const ofUser = byUser.get(user);
      if (ofUser === undefined) byUser.set(user, [cells]);
      else ofUser.push(cells);
    }
  });
  return attestation.state === 'not-read' ? undefined : { byUser, attestation, rejected };
}

function problemOfRole(cells: RawRow, user: string | undefined): string | undefined {
  if (user === undefined) return 'missing-user';
  if (text(cells['role']) === undefined) return 'missing-role';
  return statusOf(cells['status']) === undefined ? 'unknown-status' : undefined;
}

/** Users whose roles are not all there may be taken for something else: their file is no better than that of the roles. */
function asBelievableAs(roles: RolesRead, users: CollectionAttestation): CollectionAttestation {
  if (roles.attestation.state === 'complete' || users.state !== 'complete') return users;
  return { ...users, state: 'incomplete', ended: `roles-${roles.attestation.ended ?? 'incomplete'}` };
}

async function eachRow(
  { bundle, modeOf, options }: FileReader,
  fileName: string,
  required: readonly string[],
  take: (row: TableRow, received: number) => void,
): Promise<CollectionAttestation> {
  const mode = modeOf(fileName);
  options.signal?.throwIfAborted();
  const file = mode === 'absent' ? undefined : await bundle.open(fileName);
  if (file === undefined) return { state: 'not-read', received: 0, ended: 'absent' };
  let received = 0;
  try {
    const table = await readTable(file);
    for await (const row of table.rows) {
      options.signal?.throwIfAborted();
      received += 1;
      take(row, received);
    }
    if (required.some((column) => !table.columns.has(column))) {
      return { state: 'incomplete', received, ended: 'missing-column' };
    }
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    return { state: received === 0 ? 'failed' : 'incomplete', received, ended: 'unreadable-file' };
  }
  if (mode === 'delta') return { state: 'incomplete', received, ended: 'delta' };
  if (mode === 'unknown') return { state: 'incomplete', received, ended: 'unknown-mode' };
  return { state: 'complete', received, ended: 'end-of-file' };
}
