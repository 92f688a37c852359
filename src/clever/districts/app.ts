import { z } from 'zod';
import { type DecodeError, DisconnectedError, IncompleteReadError } from '../../errors.js';
import { type JsonResponse, rememberedToken, Transport } from '../../http/index.js';
import { compareIds } from '../../internal/ordered.js';
import { applicationOptions, basicAuthorization, checkedDistrictId } from './application.js';
import type { CleverRequestOptions } from '../api/collection.js';
import { checked } from '../checked.js';
import {
  type CleverConnection,
  connectionOf,
  type DistrictGrant,
  grantPage,
  newestGrants,
  unknownTokens,
} from './connection.js';
import type { CleverDistrictToken } from './district-token.js';

/** How an application reaches Clever. */
export interface CleverAppOptions {
  /** From Clever's dashboard, with the secret. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** @default 'https://clever.com' */
  readonly baseUrl?: string | undefined;
  /** Hosts, with or without a port, for which http and private addresses are allowed. @default none */
  readonly allowInsecureHosts?: readonly string[] | undefined;
  /** For how long to wait for an answer, in milliseconds. @default 120000 */
  readonly timeoutMs?: number | undefined;
  /** How often a request that failed is made again. @default 4 */
  readonly retries?: number | undefined;
  /** The first pause before a request is made again, in milliseconds; each further one doubles. @default 500 */
  readonly minRetryDelayMs?: number | undefined;
  /** Makes the requests, such as through a proxy. @default the global fetch */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** The districts that have the application. */
export interface CleverConnections {
  /**
   * All of them, each once, in ascending order of their ids.
   *
   * @throws DecodeError where a row of Clever's list cannot be read: it may be of any district, and a list without it
   *   would call that district disconnected
   */
  list(options?: CleverRequestOptions): Promise<readonly CleverConnection[]>;
  /** One district; one that Clever does not list is `disconnected`, which is no error. */
  get(districtId: string, options?: CleverRequestOptions): Promise<CleverConnection>;
}

const TOKENS = '/oauth/tokens';

const optionsSchema: z.ZodType<CleverAppOptions> = z.strictObject({
  ...applicationOptions,
  retries: z.int('is a whole number').min(0, 'is at least 0').optional(),
  minRetryDelayMs: z.int('is a whole number of milliseconds').min(0, 'is at least 0').optional(),
});

/**
 * The application itself, as Clever's dashboard knows it: which districts have it, and their tokens.
 *
 * Store the ids of the districts, not their tokens: a token changes when a district authorizes the application anew.
 *
 * @throws ConfigurationError naming the option that is unknown, missing or impossible
 * @example
 * ```ts
 * import { CleverApp, CleverClient } from 'rosterkit/clever';
 *
 * const app = new CleverApp({
 *   clientId: process.env['CLEVER_CLIENT_ID'] ?? '',
 *   clientSecret: process.env['CLEVER_CLIENT_SECRET'] ?? '',
 * });
 * for (const { district, tier } of await app.districts.list()) {
 *   if (tier !== 'secure-sync') continue;
 *   const client = new CleverClient({ token: app.districtToken(district) });
 *   console.log(district, (await client.schools.list().toArray()).length);
 * }
 * ```
 */
export class CleverApp {
  /** The districts that have the application. */
  readonly districts: CleverConnections;
  readonly #transport: Transport;
  readonly #tokens = new Map<string, CleverDistrictToken>();

  constructor(options: CleverAppOptions) {
    const { clientId, clientSecret, ...rest } = checked(optionsSchema, options, {
      of: 'CleverApp',
      like: '{ clientId, clientSecret }',
    });
    const authorization = basicAuthorization(clientId, clientSecret);
    this.#transport = new Transport({
      ...rest,
      source: 'clever',
      baseUrl: rest.baseUrl ?? 'https://clever.com',
      authorize: () => authorization,
    });
    this.districts = {
      list: async (listOptions) => await this.#list(listOptions),
      get: async (districtId, getOptions) => {
        const grant = await this.#grantOf(checkedDistrictId(districtId), getOptions);
        if (grant !== undefined) return connectionOf(grant);
        return { district: districtId, state: 'disconnected', tier: 'unknown', scopes: [] };
      },
    };
  }

  /**
   * What {@link CleverClient} takes as its `token`: gives the district's token, and fetches it again, once, where Clever
   * has refused it. It is remembered here, so that all clients of a district share one request.
   *
   * The function throws a DisconnectedError where the district has withdrawn the application, or never added it.
   *
   * @throws ConfigurationError where the id is none
   * @example
   * ```ts
   * import { CleverClient, type CleverApp } from 'rosterkit/clever';
   *
   * export function clientOf(app: CleverApp, districtId: string): CleverClient {
   *   return new CleverClient({ token: app.districtToken(districtId) });
   * }
   * ```
   */
  districtToken(districtId: string): CleverDistrictToken {
    const known = this.#tokens.get(checkedDistrictId(districtId));
    if (known !== undefined) return known;
    const made = rememberedToken(async () => ({ token: await this.#fetchToken(districtId) }));
    this.#tokens.set(districtId, made);
    return made;
  }

  async #list(options: CleverRequestOptions = {}): Promise<readonly CleverConnection[]> {
    const { grants, unreadable } = await this.#read({}, options);
    if (unreadable !== undefined) throw unreadable;
    const newest = [...newestGrants(grants).values()];
    return newest.sort((left, right) => compareIds(left.district, right.district)).map(connectionOf);
  }

  /** The district's newest grant. A list with rows that could not be read is no proof that there is none. */
  async #grantOf(district: string, options: CleverRequestOptions = {}): Promise<DistrictGrant | undefined> {
    const { grants, unreadable } = await this.#read({ district }, options);
    const grant = newestGrants(grants).get(district);
    if (grant === undefined && unreadable !== undefined) throw unreadable;
    return grant;
  }

  async #fetchToken(districtId: string): Promise<string> {
    const grant = await this.#grantOf(districtId);
    if (grant === undefined) {
      throw new DisconnectedError(
        `clever lists no token for district ${districtId}: it has withdrawn the application, or never added it. Nothing was removed: what was imported stays as it is. Ask the district to add the application again in Clever.`,
        { source: 'clever', districtId },
      );
    }
    if (grant.token === undefined) throw unknownTokens({ path: TOKENS }, ['access_token: missing']);
    return grant.token;
  }

  /** The whole list, or that of one district. Clever has been seen to send it in one piece; a next page is followed. */
  async #read(query: { readonly district?: string }, options: CleverRequestOptions) {
    const grants: DistrictGrant[] = [];
    let unreadable: DecodeError | undefined;
    const seen = new Set<string>();
    let response = await this.#transport.getJson(TOKENS, { ...options, query: { owner_type: 'district', ...query } });
    for (;;) {
      const page = grantPage(response);
      grants.push(...page.grants);
      unreadable ??= page.unreadable;
      if (page.next === undefined) return { grants, unreadable };
      if (seen.has(page.next)) throw repeated(response, grants.length);
      seen.add(page.next);
      response = await this.#transport.getJson(page.next, options);
    }
  }
}

function repeated({ requestId }: JsonResponse, received: number): IncompleteReadError {
  return new IncompleteReadError(
    `clever sent the same next page of tokens twice, after ${String(received)} of them. Read the list again.`,
    { collection: 'tokens', received, requestId },
  );
}
