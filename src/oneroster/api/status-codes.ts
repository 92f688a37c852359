/**
 * The codes of an error in OneRoster's words, wherever they stand: servers wrap, name and nest them in many ways.
 *
 * @module
 */

import { isRow, type RawRow } from '../records/decode-values.js';

/** The standard's words and OAuth's. Any other text of an error might hold a name, and is never repeated. */
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
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'invalid_scope',
  'invalid_token',
  'insufficient_scope',
  'unauthorized_client',
  'unsupported_grant_type',
]);

/**
 * The codes of the error that a body is, in the shape of 1.1 (`statusInfoSet`), of 1.2 (`imsx_*`), or of OAuth
 * (`error`); undefined where it is none. A success with a warning may ride along with a collection.
 */
export function failureCodes(body: RawRow): readonly string[] | undefined {
  const oauth = body['error'];
  // Beside a collection, `false`, 0 and an empty text say that there is no error.
  if (oauth !== undefined && oauth !== null && oauth !== false && oauth !== 0 && oauth !== '') {
    return ['error', ...knownOnly(oauth)];
  }
  const found = [body['statusInfoSet'], body['imsx_StatusInfo'], body['statusInfo'], body]
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

/** {@link failureCodes} of an answer that may be anything. */
export function failureCodesIn(text: string): readonly string[] {
  try {
    const body: unknown = JSON.parse(text);
    return isRow(body) ? (failureCodes(body) ?? []) : [];
  } catch {
    return [];
  }
}

function minorCodes(value: unknown): readonly (string | undefined)[] {
  if (!isRow(value)) return [code(value)];
  const fields = value['imsx_codeMinorField'] ?? value['codeMinorField'];
  return (Array.isArray(fields) ? (fields as readonly unknown[]) : [fields])
    .filter(isRow)
    .map((field) => code(field['imsx_codeMinorFieldValue'] ?? field['codeMinorFieldValue']));
}

function code(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const word = value.toLowerCase();
  return KNOWN_CODES.has(word) ? word : 'another code';
}

function knownOnly(value: unknown): readonly string[] {
  const word = code(value);
  return word === undefined || word === 'another code' || word === 'error' ? [] : [word];
}
