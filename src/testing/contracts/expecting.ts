/**
 * What the cases of a contract are asserted with: no test runner's own, so that they run under any.
 *
 * @module
 */

import { ContractError } from '../../errors.js';
import { canonicalJson, isSame } from '../../internal/canonical.js';

/** Longer values are cut in a message; the error has them whole. */
const LONGEST = 600;

/** Both are the same plain data; a field that is undefined counts as absent. */
export function expectSame(what: string, actual: unknown, expected: unknown): void {
  if (!isSame(actual, expected)) throw new ContractError(unlike(what, actual, expected), { actual, expected });
}

/** The record has these fields, whatever else it has. */
export function expectFields(what: string, record: object | undefined, expected: object): void {
  const fields = (record ?? {}) as Readonly<Record<string, unknown>>;
  const actual = Object.fromEntries(Object.keys(expected).map((name) => [name, fields[name]]));
  expectSame(what, actual, expected);
}

/** The record has no such field, not even one that is empty. */
export function expectNoField(what: string, record: object | undefined, field: string): void {
  if (record !== undefined && !(field in record)) return;
  throw new ContractError(`${what}: expected a record without the field ${field}`, {
    actual: record,
    expected: undefined,
  });
}

/** It is so. */
export function expectThat(what: string, isSo: boolean): void {
  if (!isSo) throw new ContractError(`${what}: it is not so`, { actual: isSo, expected: true });
}

/** The work rejects, with an error of the kind that is asked for; returns the error. */
export async function expectRejection(
  what: string,
  work: Promise<unknown>,
  kind?: { readonly kind: string; isInstance(error: unknown): boolean },
): Promise<unknown> {
  const outcome = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  const expected = kind?.kind ?? 'an error';
  if ('value' in outcome) {
    const message = `${what}: expected a rejection with ${expected}, and it was fulfilled`;
    throw new ContractError(message, { actual: outcome.value, expected });
  }
  const { error } = outcome;
  if (kind === undefined || kind.isInstance(error)) return error;
  const message = `${what}: expected a rejection with ${expected}, and it was ${nameOf(error)}`;
  throw new ContractError(message, { actual: nameOf(error), expected, cause: error });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

function unlike(what: string, actual: unknown, expected: unknown): string {
  return `${what}: expected ${textOf(expected)}, and it was ${textOf(actual)}`;
}

function textOf(value: unknown): string {
  const text = value === undefined ? 'undefined' : canonicalJson(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
