/**
 * Lenient readings of what far sides send: the same fact comes absent, null, empty, as a word or as a number.
 *
 * @module
 */

import { z } from 'zod';

/** No text for people holds NUL characters, and PostgreSQL stores none: they are dropped, and refused in ids. */
const NUL = '\u0000';
/** What stands for letters that somebody could not read: two ids that differ there look the same. */
const UNREADABLE = '\uFFFD';
/** Half of a character: it is written as {@link UNREADABLE} sooner or later. */
const HALF = /\p{Surrogate}/u;

/** Text, trimmed; what is absent, null, blank or no text is undefined. Not for ids: see {@link sourcedId}. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'string') return undefined;
  const trimmed = (value.includes(NUL) ? value.replaceAll(NUL, '') : value).trim();
  return trimmed === '' ? undefined : trimmed;
}

/** Yes, no, or not said: `true`, `"true"`, `"TRUE"`, `1`, `"1"`, `"Y"`, `"yes"` and their opposites. */
export function triState(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const word = text(value)?.toLowerCase();
  if (word === 'true' || word === '1' || word === 'y' || word === 'yes') return true;
  if (word === 'false' || word === '0' || word === 'n' || word === 'no') return false;
  return undefined;
}

/**
 * An id, verbatim: never trimmed. A number becomes its text, unless it is too large to have arrived unharmed. What is
 * absent or empty is undefined, and so is what holds a character that could not be read.
 */
export function sourcedId(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  return isId(value) ? value : undefined;
}

/** Whether a value is an id as it stands: text that is not empty, every character of which could be read. */
export function isId(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    value.indexOf(NUL) < 0 &&
    value.indexOf(UNREADABLE) < 0 &&
    !HALF.test(value)
  );
}

/** A list: an array as it is, a single value as a list of one, nothing as an empty one. */
export function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  return value === undefined || value === null || value === '' ? [] : [value];
}

/** The texts of a list, without what is blank. */
export function textList(value: unknown): readonly string[] {
  return list(value)
    .map(text)
    .filter((item) => item !== undefined);
}

/** The ids of a list, verbatim, without what is empty. */
export function sourcedIdList(value: unknown): readonly string[] {
  return list(value)
    .map(sourcedId)
    .filter((item) => item !== undefined);
}

/** {@link text} as a schema for a field that may be missing. */
export const optionalText = z.unknown().optional().transform(text);

/** {@link sourcedId} as a schema for a field that may be missing. */
export const optionalSourcedId = z.unknown().optional().transform(sourcedId);

/** {@link sourcedId} as a schema for a field without which a record cannot be used. */
export const requiredSourcedId = z.unknown().transform((value, context): string => {
  const id = sourcedId(value);
  if (id !== undefined) return id;
  context.issues.push({ code: 'custom', message: 'missing-id', input: value });
  return z.NEVER;
});

/** {@link textList} as a schema for a field that may be missing. */
export const lenientTextList = z.unknown().optional().transform(textList);

/** What is wrong with a value, as `path: word`; never the value itself. */
export function issuesOf(error: z.ZodError): readonly string[] {
  return error.issues.map((issue) => {
    const path = issue.path.map(String).join('.');
    return `${path === '' ? 'record' : path}: ${issue.code === 'custom' ? issue.message : issue.code}`;
  });
}
