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

/** @throws ConfigurationError naming the part of the scope that is missing, unknown or impossible */
export function checkScope(scope: unknown): void {
  if (typeof scope !== 'object' || scope === null) {
    throw new ConfigurationError('scope', 'is an object such as { tenant: "district-1" }');
  }
  const { tenant, schools, ...rest } = scope as { readonly tenant?: unknown; readonly schools?: unknown };
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw new ConfigurationError(`scope.${unknown}`, 'is not a part of a scope');
  checkText('scope.tenant', tenant, "is your own id of the district, and can't be empty");
  if (schools === undefined) return;
  if (
    Array.isArray(schools) &&
    schools.length > 0 &&
    schools.every((each) => typeof each === 'string' && each !== '')
  ) {
    return;
  }
  throw new ConfigurationError('scope.schools', 'is a list of sourcedIds of schools; leave it out for all of them');
}
