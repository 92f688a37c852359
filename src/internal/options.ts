/**
 * What every function that takes options checks of them, so that a slip of the pen is named and nothing is ignored.
 *
 * @module
 */

import { ConfigurationError } from '../errors.js';

/** @throws ConfigurationError naming `options` where they are no object, or an option that does not exist */
export function checkOptionNames(options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) throw new ConfigurationError('options', 'is an object');
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(unknown, `is not an option. The options are ${known.join(', ')}.`);
  }
}

/** @throws ConfigurationError naming the option where its value is no text, or blank */
export function checkText(parameter: string, value: unknown, meaning: string): void {
  if (typeof value !== 'string' || value.trim() === '') throw new ConfigurationError(parameter, meaning);
}

/** @throws ConfigurationError naming the option where it is given and no list of hosts: a text alone is none */
export function checkHosts(parameter: string, value: unknown): void {
  if (value === undefined) return;
  if (Array.isArray(value) && value.every((host) => typeof host === 'string' && host !== '')) return;
  throw new ConfigurationError(parameter, "is a list of hosts, such as ['localhost:8080']");
}

/** @throws ConfigurationError naming the option where it is given and no function */
export function checkFunction(parameter: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw new ConfigurationError(parameter, 'is a function');
}

/** @throws ConfigurationError naming the option where it has not got each of these methods */
export function checkMethods(parameter: string, value: unknown, methods: readonly string[]): void {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const missing = methods.filter((method) => typeof given[method] !== 'function');
  if (missing.length > 0) throw new ConfigurationError(parameter, `has to offer ${missing.join(', ')}`);
}
