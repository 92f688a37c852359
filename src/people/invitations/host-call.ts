import { ConfigurationError } from '../../errors.js';

/**
 * Calls a function of the host's. What it throws may quote a person's name: it is the cause, and not the message.
 *
 * @throws ConfigurationError naming the option
 */
export function callHost<T>(parameter: string, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    throw new ConfigurationError(parameter, 'threw an error: see its cause', { cause });
  }
}
