/**
 * The body of an answer: the collection under its key, or an error that came with status 200. What is neither must
 * never pass for an empty collection, because absence deletes.
 *
 * @module
 */

import { DecodeError } from '../../errors.js';
import type { JsonResponse } from '../../http/index.js';
import { isRow, type RawRow } from '../records/decode-values.js';
import type { OneRosterCollection } from '../records/wire.js';

/** The keys of each collection: the standard's first, then those of servers that name the key after the path. */
const COLLECTION_KEYS: Readonly<Record<OneRosterCollection, readonly string[]>> = {
  orgs: ['orgs', 'schools'],
  academicSessions: ['academicSessions', 'terms', 'gradingPeriods'],
  courses: ['courses'],
  classes: ['classes'],
  users: ['users', 'students', 'teachers'],
  enrollments: ['enrollments'],
};

const RECORD_KEYS: Readonly<Record<OneRosterCollection, readonly string[]>> = {
  orgs: ['org', 'school'],
  academicSessions: ['academicSession', 'term', 'gradingPeriod'],
  courses: ['course'],
  classes: ['class'],
  users: ['user', 'student', 'teacher'],
  enrollments: ['enrollment'],
};

/** The rows of a page. @throws DecodeError where the body is an error or of an unknown shape */
export function rowsOf(collection: OneRosterCollection, response: JsonResponse, source: string): readonly unknown[] {
  const body = checkedBody(response, source);
  for (const key of COLLECTION_KEYS[collection]) {
    const rows = body[key];
    if (Array.isArray(rows)) return rows as readonly unknown[];
  }
  throw unknownShape(response, source, `${collection}: no array`);
}

/** The row of a single record. @throws DecodeError where the body is an error or of an unknown shape */
export function rowOf(collection: OneRosterCollection, response: JsonResponse, source: string): RawRow {
  const body = checkedBody(response, source);
  for (const key of RECORD_KEYS[collection]) {
    const row = body[key];
    if (isRow(row)) return row;
  }
  throw unknownShape(response, source, `${RECORD_KEYS[collection][0] ?? collection}: no object`);
}

function checkedBody(response: JsonResponse, source: string): RawRow {
  const { body } = response;
  if (!isRow(body)) throw unknownShape(response, source, 'body: not an object');
  const codes = failureCodes(body);
  if (codes === undefined) return body;
  const said = codes.length === 0 ? '' : ` (${codes.join(', ')})`;
  throw new DecodeError(
    `${source} answered GET ${response.path} with an error inside a ${String(response.status)} answer${said}. Ask the district's administrator whether this collection is shared, or the server's support.`,
    { source, path: response.path, issues: codes.map((code) => `imsx: ${code}`) },
  );
}

function unknownShape(response: JsonResponse, source: string, issue: string): DecodeError {
  return new DecodeError(
    `${source} answered GET ${response.path} in a shape that is not OneRoster's. Check that the base URL is that of a OneRoster 1.1 server.`,
    { source, path: response.path, issues: [issue] },
  );
}

/** The standard's words. Any other text of an error might hold a name, and is never repeated. */
const KNOWN_CODES = new Set([
  'success',
  'processing',
  'failure',
  'unsupported',
  'status',
  'warning',
  'error',
  'fullsuccess',
  'full success',
  'invalid_sort_field',
  'invalid_filter_field',
  'invalid_selection_field',
  'invaliddata',
  'invalid_data',
  'invalid data',
  'unauthorisedrequest',
  'unauthorized',
  'forbidden',
  'server_busy',
  'unknownobject',
  'unknown object',
  'internal_server_error',
  'deletefailure',
]);

/**
 * The codes of the error that a body is, in the shape of 1.1 (`statusInfoSet`), of 1.2 (`imsx_*`), or of OAuth
 * (`error`); undefined where it is none. A success with a warning may ride along with a collection.
 */
function failureCodes(body: RawRow): readonly string[] | undefined {
  if (body['error'] !== undefined && body['error'] !== null) return ['error'];
  const found = [body['statusInfoSet'], body['imsx_StatusInfo'], body]
    .flatMap((value) => (Array.isArray(value) ? (value as readonly unknown[]) : [value]))
    .filter(isRow)
    .map((info) => ({
      major: code(info['imsx_codeMajor'] ?? info['codeMajor']),
      severity: code(info['imsx_severity'] ?? info['severity']),
      minor: minorCodes(info['imsx_CodeMinor'] ?? info['imsx_codeMinor'] ?? info['codeMinor']),
    }))
    .find(({ major, severity }) => (major !== undefined && major !== 'success') || severity === 'error');
  if (found === undefined) return undefined;
  return [found.major, found.severity, ...found.minor].filter((word) => word !== undefined);
}

function minorCodes(value: unknown): readonly (string | undefined)[] {
  if (!isRow(value)) return [code(value)];
  const fields = value['imsx_codeMinorField'];
  return (Array.isArray(fields) ? (fields as readonly unknown[]) : [fields])
    .filter(isRow)
    .map((field) => code(field['imsx_codeMinorFieldValue']));
}

function code(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const word = value.toLowerCase();
  return KNOWN_CODES.has(word) ? word : 'another code';
}
