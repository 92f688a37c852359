/**
 * The simulated providers as request handlers of msw (version 2), for tests that run where no port can be opened or
 * that already use msw. They give the same answers as `simulateClever`,
 * `simulateClassLink` and `simulateOneRoster`, byte for byte.
 *
 * @module
 */

import { HttpResponse, http, type RequestHandler } from 'msw';
import { checkOptionNames } from '../internal/options.js';
import { CLASS_LINK_OPTION_NAMES, ClassLinkService, type ClassLinkSimulationOptions } from './class-link/service.js';
import { CLEVER_OPTION_NAMES, CleverService, type CleverSimulationOptions } from './clever/service.js';
import type { District } from './district.js';
import { ONE_ROSTER_OPTION_NAMES, OneRosterService, type OneRosterSimulationOptions } from './one-roster/service.js';
import type { Service } from './service.js';

export type { ClassLinkSimulationOptions } from './class-link/service.js';
export type { CleverSimulationOptions } from './clever/service.js';
export type { OneRosterSimulationOptions } from './one-roster/service.js';

/** Where the handlers answer. */
export interface HandlerOptions {
  /** The origin whose requests are answered, such as `https://api.clever.com`. */
  readonly baseUrl?: string;
}

/**
 * Clever: the Data API, the Events API and the OAuth half. A function in place of the district is asked at every
 * request, and what differs from the district before becomes events.
 *
 * @param options `baseUrl` is both of Clever's hosts, `https://api.clever.com` and `https://clever.com`, unless given.
 * @throws {ConfigurationError} naming an option that is unknown.
 * @example
 * ```ts
 * import { setupServer } from 'msw/node';
 * import { generateDistrict } from 'rosterkit/testing';
 * import { cleverHandlers } from 'rosterkit/testing/msw';
 *
 * const server = setupServer(...cleverHandlers(generateDistrict(), { token: 'secret' }));
 * server.listen({ onUnhandledRequest: 'error' });
 * ```
 */
export function cleverHandlers(
  district: District | (() => District),
  options: CleverSimulationOptions & HandlerOptions = {},
): RequestHandler[] {
  checkOptionNames(options, [...CLEVER_OPTION_NAMES, 'baseUrl']);
  const service = new CleverService(district, options);
  const hosts = options.baseUrl === undefined ? ['https://api.clever.com', 'https://clever.com'] : [options.baseUrl];
  return hosts.flatMap((host) => handlersOf(service, host));
}

/**
 * ClassLink: a district's roster server, the proxy, and sign-in. A function in place of the district is asked at every
 * request.
 *
 * @param options `baseUrl` is all of ClassLink's hosts, `https://sample-vn-v2.rosterserver.com`,
 * `https://oneroster-proxy.apis.classlink.com`, `https://launchpad.classlink.com` and
 * `https://nodeapi.classlink.com`, unless given.
 * @throws {ConfigurationError} where the key is empty, or an option or a quirk is unknown or impossible.
 * @example
 * ```ts
 * import { setupServer } from 'msw/node';
 * import { generateDistrict } from 'rosterkit/testing';
 * import { classLinkHandlers } from 'rosterkit/testing/msw';
 *
 * const server = setupServer(...classLinkHandlers(generateDistrict(), { key: 'k', secret: 's' }));
 * server.listen({ onUnhandledRequest: 'error' });
 * ```
 */
export function classLinkHandlers(
  district: District | (() => District),
  options: ClassLinkSimulationOptions & HandlerOptions = {},
): RequestHandler[] {
  checkOptionNames(options, [...CLASS_LINK_OPTION_NAMES, 'baseUrl']);
  const service = new ClassLinkService(currentOf(district), options);
  const hosts = options.baseUrl === undefined ? classLinkHosts : [options.baseUrl];
  return hosts.flatMap((host) => handlersOf(service, host));
}

const classLinkHosts = [
  'https://sample-vn-v2.rosterserver.com',
  'https://oneroster-proxy.apis.classlink.com',
  'https://launchpad.classlink.com',
  'https://nodeapi.classlink.com',
];

/**
 * A OneRoster server. A function in place of the district is asked at every request.
 *
 * @param options `baseUrl` is `https://oneroster.example` unless given.
 * @throws {ConfigurationError} where the key is empty, or an option or a quirk is unknown or impossible.
 * @example
 * ```ts
 * import { setupServer } from 'msw/node';
 * import { generateDistrict } from 'rosterkit/testing';
 * import { oneRosterHandlers } from 'rosterkit/testing/msw';
 *
 * const server = setupServer(...oneRosterHandlers(generateDistrict(), { version: '1.2', bearer: 'b' }));
 * server.listen({ onUnhandledRequest: 'error' });
 * ```
 */
export function oneRosterHandlers(
  district: District | (() => District),
  options: OneRosterSimulationOptions & HandlerOptions = {},
): RequestHandler[] {
  checkOptionNames(options, [...ONE_ROSTER_OPTION_NAMES, 'baseUrl']);
  const { baseUrl = 'https://oneroster.example' } = options;
  return handlersOf(new OneRosterService(currentOf(district), options), baseUrl);
}

function currentOf(district: District | (() => District)): () => District {
  return typeof district === 'function' ? district : () => district;
}

function handlersOf(service: Service, baseUrl: string): RequestHandler[] {
  return [
    http.all(`${baseUrl.replace(/\/+$/, '')}/*`, async ({ request }) => {
      const { method, url, headers } = request;
      const body = await request.text();
      const answer = service.answer({
        method,
        url,
        headers: {
          authorization: headers.get('authorization') ?? undefined,
          'content-type': headers.get('content-type') ?? undefined,
        },
        ...(body === '' ? {} : { body }),
      });
      // An empty text would get a content type that the server does not send.
      return new HttpResponse(answer.body === '' ? null : answer.body, {
        status: answer.status,
        headers: answer.headers,
      });
    }),
  ];
}
