import { checkOptionNames } from '../../internal/options.js';
import { CLEVER_OPTION_NAMES, type CleverControls, CleverService, type CleverSimulationOptions } from './service.js';
import type { District } from '../district.js';
import type { Fault } from '../faults.js';
import {
  type ReceivedRequest,
  SERVER_OPTION_NAMES,
  ServiceServer,
  type SimulatedService,
  type SimulationServerOptions,
} from '../simulated-service.js';

/** A simulated Clever, and everything that a district and Clever do to its data and to the application. */
export interface SimulatedClever extends CleverControls, SimulatedService {}

/**
 * Runs Clever on a port of this machine, in the shapes that Clever really sends:
 *
 * - the Data API, versions 3.0 and 3.1: every list, single record and link of districts, schools, terms, courses,
 *   sections and users, counts, attendance (3.1), and resources, of which there are none. Sections without students are
 *   not shown;
 * - the Events API: what `setDistrict`, `setScopes` and `withhold` change of what the token sees;
 * - the OAuth half, which Clever has on another host: district tokens, signing in as the person of `signInAs`, id
 *   tokens, `/me` and `/userinfo`.
 *
 * @throws {ConfigurationError} naming an option that is unknown.
 * @example
 * ```ts
 * import { evolve, generateDistrict, simulateClever } from 'rosterkit/testing';
 *
 * const district = generateDistrict({ seed: 7 });
 * const clever = await simulateClever(district, { token: 'secret' });
 * clever.setDistrict(evolve(district, { moves: 2 }));
 * const answer = await fetch(`${clever.url}/v3.0/events?record_type=sections`, {
 *   headers: { authorization: `Bearer ${clever.token}` },
 * });
 * console.log(answer.status, clever.requests); // 200 1
 * clever.rotateToken();
 * await clever.close();
 * ```
 */
export async function simulateClever(
  district: District,
  options: CleverSimulationOptions & SimulationServerOptions = {},
): Promise<SimulatedClever> {
  checkOptionNames(options, [...CLEVER_OPTION_NAMES, ...SERVER_OPTION_NAMES]);
  const clever = new RunningClever(district, options);
  await clever.listen();
  return clever;
}

class RunningClever extends CleverService implements SimulatedClever {
  private readonly server: ServiceServer;

  constructor(district: District, options: CleverSimulationOptions & SimulationServerOptions) {
    super(district, options);
    this.server = new ServiceServer(this, options);
  }

  get url(): string {
    return this.server.url;
  }

  get host(): string {
    return this.server.host;
  }

  get received(): readonly ReceivedRequest[] {
    return this.server.received;
  }

  get requests(): number {
    return this.server.received.length;
  }

  listen(): Promise<void> {
    return this.server.listen();
  }

  fail(fault: Fault): void {
    this.server.fail(fault);
  }

  close(): Promise<void> {
    return this.server.close();
  }
}
