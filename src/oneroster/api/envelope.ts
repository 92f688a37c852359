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
import { failureCodes } from './status-codes.js';

/** The keys of a collection and of one of its records: the standard's first, then those of servers that name them after the path. */
interface Keys {
  readonly list: readonly string[];
  readonly one: readonly string[];
}

const KEYS: Readonly<Record<OneRosterCollection, Keys>> = {
  orgs: { list: ['orgs', 'schools'], one: ['org', 'school'] },
  academicSessions: {
    list: ['academicSessions', 'terms', 'gradingPeriods'],
    one: ['academicSession', 'term', 'gradingPeriod'],
  },
  courses: { list: ['courses'], one: ['course'] },
  classes: { list: ['classes'], one: ['class'] },
  users: { list: ['users', 'students', 'teachers'], one: ['user', 'student', 'teacher'] },
  enrollments: { list: ['enrollments'], one: ['enrollment'] },
  demographics: { list: ['demographics'], one: ['demographics', 'demographic'] },
  resources: { list: ['resources'], one: ['resource'] },
  categories: { list: ['categories'], one: ['category'] },
  lineItems: { list: ['lineItems'], one: ['lineItem'] },
  results: { list: ['results'], one: ['result'] },
  scoreScales: { list: ['scoreScales'], one: ['scoreScale'] },
  assessmentLineItems: { list: ['assessmentLineItems'], one: ['assessmentLineItem'] },
  assessmentResults: { list: ['assessmentResults'], one: ['assessmentResult'] },
};

/** The rows of a page. @throws DecodeError where the body is an error or of an unknown shape */
export function rowsOf(collection: OneRosterCollection, response: JsonResponse, source: string): readonly unknown[] {
  const body = checkedBody(response, source);
  for (const key of KEYS[collection].list) {
    const rows = body[key];
    if (Array.isArray(rows)) return rows as readonly unknown[];
  }
  throw unknownShape(response, source, `${collection}: no array`);
}

/** The row of a single record: alone, or the only one of a list. @throws DecodeError as {@link rowsOf} does */
export function rowOf(collection: OneRosterCollection, response: JsonResponse, source: string): RawRow {
  const body = checkedBody(response, source);
  const { list, one } = KEYS[collection];
  for (const key of [...one, ...list]) {
    const value = body[key];
    const row: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
    if (isRow(row)) return row;
  }
  throw unknownShape(response, source, `${one[0] ?? collection}: no object`);
}

function checkedBody(response: JsonResponse, source: string): RawRow {
  const { body, path, requestId } = response;
  if (!isRow(body)) throw unknownShape(response, source, 'body: not an object');
  const codes = failureCodes(body);
  if (codes === undefined) return body;
  const said = codes.length === 0 ? '' : ` (${codes.join(', ')})`;
  throw new DecodeError(
    `${source} answered GET ${path} with an error inside a ${String(response.status)} answer${said}. Ask the district's administrator whether this collection is shared, or the server's support.`,
    { source, path, requestId, issues: codes.map((code) => `imsx: ${code}`) },
  );
}

function unknownShape(response: JsonResponse, source: string, issue: string): DecodeError {
  const { path, requestId } = response;
  return new DecodeError(
    `${source} answered GET ${path} in a shape that is not OneRoster's. Check the base URL and the version.`,
    { source, path, requestId, issues: [issue] },
  );
}
