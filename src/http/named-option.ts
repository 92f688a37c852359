import { ConfigurationError } from '../errors.js';

/**
 * What `make` makes. A mistake in its `baseUrl` is one in the option that it came from, and is named so.
 *
 * @throws ConfigurationError naming `parameter` in place of `baseUrl`
 */
export function baseUrlNamed<T>(parameter: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw renamedOption(error, parameter);
  }
}

/** The error, with `parameter` named where it names `from`; any other as it is. */
export function renamedOption(error: unknown, parameter: string, from = 'baseUrl'): unknown {
  if (!(error instanceof ConfigurationError) || error.parameter !== from) return error;
  return new ConfigurationError(parameter, error.message.slice(`${from}: `.length));
}
