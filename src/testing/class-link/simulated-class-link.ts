import { checkOptionNames } from '../../internal/options.js';
import type { District } from '../district.js';
import {
  RunningService,
  SERVER_OPTION_NAMES,
  type SimulatedService,
  type SimulationServerOptions,
} from '../simulated-service.js';
import type { SimulatedApplication } from './proxy.js';
import {
  CLASS_LINK_OPTION_NAMES,
  type ClassLinkControls,
  ClassLinkService,
  type ClassLinkSimulationOptions,
} from './service.js';
import type { SimulatedPersonOptions } from './sign-in.js';

/** A simulated ClassLink, and what a district and ClassLink do to its data and to the application. */
export interface SimulatedClassLink extends ClassLinkControls, SimulatedService {}

/**
 * Runs ClassLink on a port of this machine, in the shapes that ClassLink really sends:
 *
 * - a district's roster server, OneRoster 1.1 at `/ims/oneroster/v1p1`: every list, single record and nested list.
 *   Requests are signed with OAuth 1.0a, HMAC-SHA256; a signature that is wrong, late or used before is refused.
 *   `quirks` has what other servers do differently;
 * - the proxy: `/applications`, their `/server`, and their data below their id, or below `/proxy/v1p0` and their id;
 * - sign-in, which ClassLink has on other hosts: `/oauth2/v2/auth`, `/oauth2/v2/token`, `/v2/my/info` and
 *   `/v2/my/students`, as the person of `signInAs`.
 *
 * @throws {ConfigurationError} where the key is empty, or an option or a quirk is unknown or impossible.
 * @example
 * ```ts
 * import { generateDistrict, simulateClassLink } from 'rosterkit/testing';
 *
 * const classLink = await simulateClassLink(generateDistrict(), { key: 'k', secret: 's', bearer: 'b' });
 * const answer = await fetch(`${classLink.url}/ims/oneroster/v1p1/classes?limit=10&sort=sourcedId`, {
 *   headers: { authorization: 'Bearer b' },
 * });
 * console.log(answer.headers.get('x-total-count'));
 * await classLink.close();
 * ```
 */
export async function simulateClassLink(
  district: District,
  options: ClassLinkSimulationOptions & SimulationServerOptions = {},
): Promise<SimulatedClassLink> {
  checkOptionNames(options, [...CLASS_LINK_OPTION_NAMES, ...SERVER_OPTION_NAMES]);
  const classLink = new RunningClassLink(district, options, (current) => new ClassLinkService(current, options));
  await classLink.listen();
  return classLink;
}

class RunningClassLink extends RunningService<ClassLinkService> implements SimulatedClassLink {
  get application(): SimulatedApplication {
    return this.service.application;
  }

  rotateBearer(): string {
    return this.service.rotateBearer();
  }

  disable(): void {
    this.service.disable();
  }

  enable(): void {
    this.service.enable();
  }

  expireTokens(): void {
    this.service.expireTokens();
  }

  signInAs(personId: string, options?: SimulatedPersonOptions): void {
    this.service.signInAs(personId, options);
  }
}
