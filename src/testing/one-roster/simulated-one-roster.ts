import { checkOptionNames } from '../../internal/options.js';
import type { District } from '../district.js';
import {
  RunningService,
  SERVER_OPTION_NAMES,
  type SimulatedService,
  type SimulationServerOptions,
} from '../simulated-service.js';
import { ONE_ROSTER_OPTION_NAMES, OneRosterService, type OneRosterSimulationOptions } from './service.js';

/** A simulated OneRoster server, and what is done to its tokens. */
export interface SimulatedOneRoster extends SimulatedService {
  /** From now on no token that was given out is good: also in the middle of a read. See `clientCredentials`. */
  expireTokens(): void;
}

/**
 * Runs a OneRoster server on a port of this machine, of version 1.1, 1.2 or both: every list, single record and nested
 * list of rostering, demographics, resources and the gradebook. It keeps to the standard but for its `quirks`.
 *
 * Requests are signed with OAuth 1.0a, or have the bearer token, or one that `POST /token` gave out.
 *
 * @throws {ConfigurationError} where the key is empty, or an option or a quirk is unknown or impossible.
 * @example
 * ```ts
 * import { generateDistrict, simulateOneRoster } from 'rosterkit/testing';
 *
 * const server = await simulateOneRoster(generateDistrict(), {
 *   version: '1.2',
 *   bearer: 'b',
 *   quirks: { totals: 'missing', maxPageSize: 50, booleans: 'json' },
 * });
 * const answer = await fetch(`${server.url}/ims/oneroster/rostering/v1p2/users?limit=1000`, {
 *   headers: { authorization: 'Bearer b' },
 * });
 * console.log(answer.headers.get('x-count')); // 50
 * await server.close();
 * ```
 */
export async function simulateOneRoster(
  district: District,
  options: OneRosterSimulationOptions & SimulationServerOptions = {},
): Promise<SimulatedOneRoster> {
  checkOptionNames(options, [...ONE_ROSTER_OPTION_NAMES, ...SERVER_OPTION_NAMES]);
  const server = new RunningOneRoster(district, options, (current) => new OneRosterService(current, options));
  await server.listen();
  return server;
}

class RunningOneRoster extends RunningService<OneRosterService> implements SimulatedOneRoster {
  expireTokens(): void {
    this.service.expireTokens();
  }
}
