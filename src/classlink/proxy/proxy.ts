import { z } from 'zod';
import { ConfigurationError } from '../../errors.js';
import {
  optionalText,
  type Page,
  Paged,
  type PageOptions,
  rememberedToken,
  renamedOption,
  type TokenProvider,
  Transport,
} from '../../http/index.js';
import { orAborted } from '../../internal/abort.js';
import { withoutTrailing } from '../../internal/trailing.js';
import { bearer, type OneRosterAuth } from '../../oneroster/index.js';
import { ClassLinkClient } from '../client.js';
import { isSameTenant } from '../tenant.js';
import {
  type ApplicationGrant,
  type ApplicationPage,
  applicationPage,
  type ClassLinkApplication,
  type ClassLinkApplicationIds,
  unknownShape,
} from './application.js';
import {
  checkedApplication,
  checkProxyOptions,
  type ClassLinkProxyOptions,
  dataPathOf,
  idOf,
  isSameData,
} from './proxy-options.js';
import { endless, notShared, ofAnotherTenant, refusedKey, repeated } from './refusals.js';

/** Which application of a district, where it has several. */
export interface ClassLinkApplicationChoice {
  /** The `applicationId`, the same in every district. @default the only one that the district shares with */
  readonly applicationId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Hundreds of districts may share with one partner, and ClassLink sends 100 unless asked for more. */
const PAGE_SIZE = 1_000;

/** More applications than any partner has, also where pages are short: a list that goes on is none. */
const MOST_PAGES = 1_000;

const TWOFOLD = 'oneroster_application_id: listed-for-two-tenants';

const serverSchema = z.object({
  server: z.object({ client_id: optionalText, client_secret: optionalText, endpoint_url: optionalText }),
});

/**
 * ClassLink's proxy: all districts that share with a partner, by one API key.
 *
 * A district's data is read with the token that ClassLink lists for it, or with the key where it lists none. Where the
 * token is refused, the list is read again, and the request is made once more if the token has changed.
 *
 * @throws ConfigurationError naming the option that is unknown, missing or impossible
 * @example
 * ```ts
 * import { ClassLinkProxy } from 'rosterkit/classlink';
 *
 * export async function printSchools(apiKey: string): Promise<void> {
 *   const proxy = new ClassLinkProxy({ apiKey });
 *   for await (const application of proxy.applications()) {
 *     if (!application.isShared) continue;
 *     for await (const school of proxy.client(application).orgs.list()) console.log(application.tenantId, school.name);
 *   }
 * }
 * ```
 */
export class ClassLinkProxy {
  readonly #options: ClassLinkProxyOptions;
  readonly #baseUrl: string;
  readonly #transport: Transport;
  /** The tokens by application and the tenant that it is said to be of; all clients of a district share one. */
  readonly #tokens = new Map<string, TokenProvider>();
  /** What ClassLink listed last, so that a list that was read already is not read again for every district. */
  readonly #listed = new Map<string, ListedGrant>();
  #listing: Promise<ApplicationList> | undefined;

  constructor(options: ClassLinkProxyOptions) {
    checkProxyOptions(options);
    const { apiKey, baseUrl = 'https://oneroster-proxy.apis.classlink.com' } = options;
    this.#options = options;
    this.#baseUrl = withoutTrailing('/', baseUrl.trim());
    const authorization = { authorization: `Bearer ${apiKey}` };
    this.#transport = new Transport({
      source: 'classlink',
      baseUrl: this.#baseUrl,
      allowInsecureHosts: options.allowInsecureHosts,
      authorize: () => authorization,
      errorOf: refusedKey,
      timeoutMs: options.timeoutMs,
      retries: options.retries,
      minRetryDelayMs: options.minRetryDelayMs,
      concurrency: options.concurrency,
      fetch: options.fetch,
    });
    this.#checkClientOptions();
  }

  /**
   * The applications of all districts, page by page as far as they are asked for. Rows that cannot be used are left out,
   * and named in `rejected` of their page.
   *
   * Nothing is asked for, and nothing thrown, before it is iterated.
   *
   * @throws IncompleteReadError where ClassLink repeats a page or the list never ends; DecodeError where an answer is no
   *   list of applications; ApiError or ConnectionError where a request fails in the end
   * @example
   * ```ts
   * import type { ClassLinkProxy } from 'rosterkit/classlink';
   *
   * export async function printDistricts(proxy: ClassLinkProxy): Promise<void> {
   *   for await (const { tenantId, tenantName, isShared } of proxy.applications()) {
   *     console.log(tenantId, tenantName, isShared);
   *   }
   * }
   * ```
   */
  applications(): Paged<ClassLinkApplication> {
    return new Paged((options) => this.#pages(options));
  }

  /**
   * Reads the district of an application. The application may have been kept since it was listed: its token is looked up
   * when it is needed.
   *
   * A request fails with DisconnectedError where ClassLink no longer lists the application, with AuthenticationError
   * where it still lists the token that it refuses, and with DecodeError, before any data is asked for, where it lists the
   * application for another tenant.
   *
   * @throws ConfigurationError naming `application` where it holds no id that can stand in a path
   * @example
   * ```ts
   * import type { ClassLinkApplicationIds, ClassLinkProxy } from 'rosterkit/classlink';
   *
   * export async function printSchools(proxy: ClassLinkProxy, kept: ClassLinkApplicationIds): Promise<void> {
   *   for await (const school of proxy.client(kept).schools.list()) console.log(school.sourcedId, school.name);
   * }
   * ```
   */
  client(application: ClassLinkApplicationIds): ClassLinkClient {
    return this.#clientOver(checkedApplication(application), this.#authOf(application));
  }

  /**
   * {@link ClassLinkProxy.client} by ClassLink's number of the district.
   *
   * @throws DisconnectedError where the district shares with no application of the partner
   * @throws ConfigurationError naming `applicationId` where it shares with several
   * @throws DecodeError where rows of the list cannot be read: any of them may be the one that is looked for
   * @example
   * ```ts
   * import { type ClassLinkProxy, classlinkSource } from 'rosterkit/classlink';
   *
   * export const sourceOf = async (proxy: ClassLinkProxy) => classlinkSource(await proxy.clientOf(2222));
   * ```
   */
  async clientOf(
    tenantId: string | number,
    { applicationId, signal }: ClassLinkApplicationChoice = {},
  ): Promise<ClassLinkClient> {
    const list = await orAborted(this.#list(), signal);
    const tenant = String(tenantId);
    const shared = list.grants
      .map(({ application }) => application)
      .filter((application) => application.tenantId === tenant && application.isShared)
      .filter((application) => applicationId === undefined || application.applicationId === applicationId);
    const [first, second] = shared;
    if (second !== undefined) {
      const known = shared.map((application) => application.applicationId ?? 'unknown').join(', ');
      throw new ConfigurationError('applicationId', `is needed: tenant ${tenant} shares with several (${known}).`);
    }
    if (first !== undefined) return this.client(first);
    throw list.unreadable ?? notShared(tenant);
  }

  /**
   * The district's own roster server, with the credentials that ClassLink hands out for it: from then on the proxy is not
   * needed. They are as secret as the API key.
   *
   * @throws ConfigurationError naming `serverUrl` where the server is on a host that is not allowed
   * @throws DisconnectedError where ClassLink does not list the application, or it is turned off
   * @throws DecodeError where ClassLink hands out no credentials, or lists the application for another tenant
   * @example
   * ```ts
   * import { type ClassLinkApplication, type ClassLinkProxy, classlinkSource } from 'rosterkit/classlink';
   *
   * export async function sourceOf(proxy: ClassLinkProxy, application: ClassLinkApplication) {
   *   return classlinkSource(await proxy.server(application));
   * }
   * ```
   */
  async server(
    application: ClassLinkApplicationIds,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<ClassLinkClient> {
    const id = idOf(application, 'oneroster_application_id');
    await orAborted(
      this.#grantOf(application, (listed) => isSameTenant(listed.tenantId, application.tenantId)),
      options.signal,
    );
    const response = await this.#transport.getJson(`/applications/${id}/server`, options);
    const { data } = serverSchema.safeParse(response.body);
    const { client_id: clientId, client_secret: secretKey, endpoint_url: serverUrl } = data?.server ?? {};
    if (clientId === undefined || secretKey === undefined || serverUrl === undefined) {
      const missing = Object.entries({ client_id: clientId, client_secret: secretKey, endpoint_url: serverUrl })
        .filter(([, value]) => value === undefined)
        .map(([name]) => `server.${name}: missing`);
      throw unknownShape(response, missing);
    }
    const { apiKey, baseUrl, dataPath, ...rest } = this.#options;
    return new ClassLinkClient({ ...rest, tenantId: application.tenantId, clientId, secretKey, serverUrl });
  }

  #clientOver(application: ClassLinkApplicationIds, auth: OneRosterAuth): ClassLinkClient {
    const { tenantId } = application;
    const { apiKey, baseUrl, dataPath, ...options } = this.#options;
    const serverUrl = `${this.#baseUrl}${dataPathOf(application, dataPath)}`;
    const allowedHosts = [new URL(serverUrl).host];
    return new ClassLinkClient({ ...options, tenantId, serverUrl, allowedHosts, auth });
  }

  /** A client of nobody: a mistake that only districts would show is to be heard of now. */
  #checkClientOptions(): void {
    const nobody = { oneRosterApplicationId: 'id', applicationId: 'id', id: 'id', tenantId: 'tenant' };
    try {
      this.#clientOver(nobody, bearer('none'));
    } catch (error) {
      throw renamedOption(error, 'baseUrl', 'serverUrl');
    }
  }

  async *#pages({ after, signal }: PageOptions): AsyncGenerator<Page<ClassLinkApplication>> {
    for await (const { grants, rejected, offset, received, requestId } of this.#grantPages(offsetOf(after), signal)) {
      const items = grants.map(({ application }) => application);
      const cursor = received === 0 ? undefined : String(offset + received);
      yield { items, rejected, cursor, requestId };
    }
  }

  /** There is no total, and a page may be shorter than asked for: only an empty one is the end. */
  async *#grantPages(start: number, signal?: AbortSignal): AsyncGenerator<ListedPage> {
    const seen = new Set<string>();
    const tenants = new Map<string, string>();
    let offset = start;
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const response = await this.#transport.getJson('/applications', { query: { limit: PAGE_SIZE, offset }, signal });
      const page = applicationPage(response);
      if (page.received > 0 && page.keys.every((key) => seen.has(key))) throw repeated(offset, response.requestId);
      for (const key of page.keys) seen.add(key);
      const { grants, twofold } = sorted(page.grants, tenants);
      for (const grant of grants) this.#note(grant);
      for (const { application } of twofold) this.#listed.delete(application.oneRosterApplicationId);
      const rejected = [...page.rejected, ...twofold.map(({ index }) => ({ index, problem: TWOFOLD }))];
      yield { ...page, grants, rejected, twofold, offset, requestId: response.requestId };
      if (page.received === 0 || !page.isList) return;
      offset += page.received;
    }
    throw endless(MOST_PAGES, offset);
  }

  /** The whole list; whoever asks while it is read shares it. */
  async #list(): Promise<ApplicationList> {
    this.#listing ??= this.#wholeList().finally(() => {
      this.#listing = undefined;
    });
    return await this.#listing;
  }

  async #wholeList(): Promise<ApplicationList> {
    const before = [...this.#listed.keys()];
    const all: ApplicationGrant[] = [];
    const twofold = new Set<string>();
    const problems: string[] = [];
    for await (const page of this.#grantPages(0)) {
      all.push(...page.grants);
      for (const { application } of page.twofold) twofold.add(application.oneRosterApplicationId);
      problems.push(...page.rejected.map(({ index, problem }) => `applications.${page.offset + index}.${problem}`));
    }
    // The first of two may have come before the second was seen.
    const grants = all.filter(({ application }) => !twofold.has(application.oneRosterApplicationId));
    // What the whole list no longer names is forgotten.
    const named = new Set(grants.map(({ application }) => application.oneRosterApplicationId));
    for (const id of before) if (!named.has(id)) this.#listed.delete(id);
    const where = { path: '/applications', requestId: undefined };
    return { grants, unreadable: problems.length === 0 ? undefined : unknownShape(where, problems) };
  }

  /** The district's token, looked up when it is first needed and again where ClassLink refuses it. */
  #authOf(application: ClassLinkApplicationIds): OneRosterAuth {
    const { oneRosterApplicationId: id, tenantId } = application;
    const isMeant = (listed: ClassLinkApplication): boolean =>
      isSameTenant(listed.tenantId, tenantId) && isSameData(listed, application, this.#options.dataPath);
    // The id stands in a path, and so holds no space.
    const key = `${id} ${tenantId}`;
    const token =
      this.#tokens.get(key) ??
      rememberedToken(async ({ refused }) => ({ token: (await this.#grantOf(application, isMeant, refused)).token }));
    this.#tokens.set(key, token);
    return {
      ...bearer(async (request) => {
        const found = await token(request);
        // A later list may say otherwise than the one that the token was remembered from.
        const listed = this.#listed.get(id);
        if (listed !== undefined && !isMeant(listed.application)) throw ofAnotherTenant(tenantId);
        return found;
      }),
      whenRefused:
        'The district may have turned the application off in its Roster Server: ask its ClassLink administrator. Else check the API key.',
    };
  }

  /** What is listed for an application, if it is the one that is meant: two districts must never become one. */
  async #grantOf(
    { oneRosterApplicationId: id, tenantId }: ClassLinkApplicationIds,
    isMeant: (listed: ClassLinkApplication) => boolean,
    refused?: string,
  ): Promise<ListedGrant> {
    const known = this.#listed.get(id);
    if (known !== undefined && known.token !== refused && isMeant(known.application)) return known;
    const { grants, unreadable } = await this.#list();
    const listed = this.#listed.get(id);
    if (listed !== undefined && !isMeant(listed.application)) throw ofAnotherTenant(tenantId);
    if (listed !== undefined) return listed;
    // What was turned off is as certain as what is gone; what cannot be read is neither.
    const isListed = grants.some(({ application }) => application.oneRosterApplicationId === id);
    throw isListed || unreadable === undefined ? notShared(tenantId) : unreadable;
  }

  #note({ application, bearer: token }: ApplicationGrant): void {
    const { oneRosterApplicationId: id, isShared } = application;
    if (isShared) this.#listed.set(id, { application, token: token ?? this.#options.apiKey });
    else this.#listed.delete(id);
  }
}

/** An application that is shared, and the token that reads its district. */
interface ListedGrant {
  readonly application: ClassLinkApplication;
  readonly token: string;
}

/** A page, and where it began. */
interface ListedPage extends ApplicationPage {
  /** Applications whose id the list also gives another tenant; they are none of the grants. */
  readonly twofold: readonly ApplicationGrant[];
  readonly offset: number;
  readonly requestId: string | undefined;
}

/** All applications; `unreadable` where rows of the list name none: any of them may be the one that is looked for. */
interface ApplicationList {
  readonly grants: readonly ApplicationGrant[];
  readonly unreadable: Error | undefined;
}

/**
 * The applications that have not come before, and those whose id the list gives two tenants: nobody can say whose data it
 * leads to. `tenants` holds the tenants of the ids so far.
 */
function sorted(
  rows: readonly ApplicationGrant[],
  tenants: Map<string, string>,
): { readonly grants: readonly ApplicationGrant[]; readonly twofold: readonly ApplicationGrant[] } {
  const fresh = new Map<string, ApplicationGrant>();
  const twofold: ApplicationGrant[] = [];
  const spoilt = new Set<string>();
  for (const grant of rows) {
    const { oneRosterApplicationId: id, tenantId } = grant.application;
    const known = tenants.get(id);
    if (known === undefined) {
      tenants.set(id, tenantId);
      fresh.set(id, grant);
    } else if (known !== tenantId) {
      twofold.push(grant);
      spoilt.add(id);
    }
  }
  const isSpoilt = ({ application }: ApplicationGrant): boolean => spoilt.has(application.oneRosterApplicationId);
  const first = [...fresh.values()];
  return { grants: first.filter((grant) => !isSpoilt(grant)), twofold: [...first.filter(isSpoilt), ...twofold] };
}

function offsetOf(after: string | undefined): number {
  if (after === undefined) return 0;
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw new ConfigurationError('after', 'is the cursor of an earlier page of the same list');
}
