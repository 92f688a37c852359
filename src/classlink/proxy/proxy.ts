import { z } from 'zod';
import { AuthenticationError, ConfigurationError, DisconnectedError, IncompleteReadError } from '../../errors.js';
import {
  type Answer,
  optionalText,
  type Page,
  Paged,
  type PageOptions,
  rememberedToken,
  type TokenProvider,
  Transport,
} from '../../http/index.js';
import { bearer, type OneRosterAuth } from '../../oneroster/index.js';
import { ClassLinkClient } from '../client.js';
import {
  type ApplicationGrant,
  type ApplicationPage,
  applicationPage,
  type ClassLinkApplication,
  type ClassLinkApplicationIds,
  unknownShape,
} from './application.js';
import { checkProxyOptions, type ClassLinkProxyOptions, dataPathOf, idOf } from './proxy-options.js';

/** Which application of a district, where it has several. */
export interface ClassLinkApplicationChoice {
  /** The `applicationId`, the same in every district. @default the only one that the district shares with */
  readonly applicationId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Hundreds of districts may share with one partner, and ClassLink sends 100 unless asked for more. */
const PAGE_SIZE = 1_000;

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
  /** The tokens of the districts, by the id that leads to the data; all clients of a district share one. */
  readonly #tokens = new Map<string, TokenProvider>();
  /** What ClassLink listed last, so that a list that was read already is not read again for every district. */
  readonly #listed = new Map<string, string>();
  #listing: Promise<ApplicationList> | undefined;

  constructor(options: ClassLinkProxyOptions) {
    checkProxyOptions(options);
    const { apiKey, baseUrl = 'https://oneroster-proxy.apis.classlink.com' } = options;
    this.#options = options;
    this.#baseUrl = baseUrl.trim().replace(/\/+$/, '');
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
  }

  /**
   * The applications of all districts, page by page as far as they are asked for. Rows that cannot be used are left out,
   * and named in `rejected` of their page.
   *
   * Iterating throws IncompleteReadError where ClassLink repeats a page, DecodeError where an answer is no list of
   * applications, and ApiError or ConnectionError where a request fails in the end.
   */
  applications(): Paged<ClassLinkApplication> {
    return new Paged((options) => this.#pages(options));
  }

  /**
   * Reads the district of an application. The application may have been kept since it was listed: its token is looked up
   * when it is needed.
   *
   * A request fails with DisconnectedError where ClassLink no longer lists the application, and with AuthenticationError
   * where it still lists the token that it refuses.
   *
   * @throws ConfigurationError naming `application` where it holds no id that can stand in a path
   */
  client(application: ClassLinkApplicationIds): ClassLinkClient {
    const { tenantId } = application;
    const { apiKey, baseUrl, dataPath, ...options } = this.#options;
    const serverUrl = `${this.#baseUrl}${dataPathOf(application, dataPath)}`;
    const allowedHosts = [new URL(serverUrl).host];
    return new ClassLinkClient({ ...options, tenantId, serverUrl, allowedHosts, auth: this.#authOf(application) });
  }

  /**
   * {@link ClassLinkProxy.client} by ClassLink's number of the district.
   *
   * @throws DisconnectedError where the district shares with no application of the partner
   * @throws ConfigurationError naming `applicationId` where it shares with several
   * @throws DecodeError where rows of the list cannot be read: any of them may be the one that is looked for
   */
  async clientOf(
    tenantId: string | number,
    { applicationId, signal }: ClassLinkApplicationChoice = {},
  ): Promise<ClassLinkClient> {
    signal?.throwIfAborted();
    const list = await this.#list();
    signal?.throwIfAborted();
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
   * @throws DecodeError where ClassLink hands out no credentials
   */
  async server(
    application: ClassLinkApplicationIds,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<ClassLinkClient> {
    const id = idOf(application, 'oneroster_application_id');
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
    let offset = start;
    for (;;) {
      const response = await this.#transport.getJson('/applications', { query: { limit: PAGE_SIZE, offset }, signal });
      const page = applicationPage(response);
      const grants = page.grants.filter(({ application }) => !seen.has(application.oneRosterApplicationId));
      if (page.grants.length > 0 && grants.length === 0) throw repeated(offset, response.requestId);
      for (const grant of grants) {
        seen.add(grant.application.oneRosterApplicationId);
        this.#note(grant);
      }
      yield { ...page, grants, offset, requestId: response.requestId };
      if (page.received === 0 || !page.isList) return;
      offset += page.received;
    }
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
    const grants: ApplicationGrant[] = [];
    const problems: string[] = [];
    for await (const page of this.#grantPages(0)) {
      grants.push(...page.grants);
      problems.push(...page.rejected.map(({ index, problem }) => `applications.${page.offset + index}.${problem}`));
    }
    // What the whole list no longer names is forgotten.
    const named = new Set(grants.map(({ application }) => application.oneRosterApplicationId));
    for (const id of before) if (!named.has(id)) this.#listed.delete(id);
    const where = { path: '/applications', requestId: undefined };
    return { grants, unreadable: problems.length === 0 ? undefined : unknownShape(where, problems) };
  }

  /** The district's token, looked up when it is first needed and again where ClassLink refuses it. */
  #authOf(application: ClassLinkApplicationIds): OneRosterAuth {
    const id = application.oneRosterApplicationId;
    const token =
      this.#tokens.get(id) ??
      rememberedToken(async ({ refused }) => ({ token: await this.#bearerOf(application, refused) }));
    this.#tokens.set(id, token);
    return {
      ...bearer(token),
      whenRefused:
        'The district may have turned the application off in its Roster Server: ask its ClassLink administrator. Else check the API key.',
    };
  }

  async #bearerOf(
    { oneRosterApplicationId: id, tenantId }: ClassLinkApplicationIds,
    refused?: string,
  ): Promise<string> {
    const known = this.#listed.get(id);
    if (known !== undefined && known !== refused) return known;
    const { grants, unreadable } = await this.#list();
    const listed = this.#listed.get(id);
    if (listed !== undefined) return listed;
    // What was turned off is as certain as what is gone; what cannot be read is neither.
    const isListed = grants.some(({ application }) => application.oneRosterApplicationId === id);
    throw isListed || unreadable === undefined ? notShared(tenantId) : unreadable;
  }

  #note({ application, bearer: token }: ApplicationGrant): void {
    const { oneRosterApplicationId: id, isShared } = application;
    if (isShared) this.#listed.set(id, token ?? this.#options.apiKey);
    else this.#listed.delete(id);
  }
}

/** A page, and where it began. */
interface ListedPage extends ApplicationPage {
  readonly offset: number;
  readonly requestId: string | undefined;
}

/** All applications; `unreadable` where rows of the list name none: any of them may be the one that is looked for. */
interface ApplicationList {
  readonly grants: readonly ApplicationGrant[];
  readonly unreadable: Error | undefined;
}

function offsetOf(after: string | undefined): number {
  if (after === undefined) return 0;
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw new ConfigurationError('after', 'is the cursor of an earlier page of the same list');
}

function repeated(offset: number, requestId: string | undefined): IncompleteReadError {
  return new IncompleteReadError(
    `classlink sent the same applications again at offset ${offset}: it does not heed the offset, and the list may go on. Check baseUrl.`,
    { collection: 'applications', received: offset, requestId },
  );
}

function notShared(tenantId: string): DisconnectedError {
  return new DisconnectedError(
    `classlink lists no application that is turned on for tenant ${tenantId}: the district has turned it off, or never added it. Nothing was removed: what was imported stays as it is. Ask the district's ClassLink administrator to turn it on in the Roster Server.`,
    { source: 'classlink', districtId: tenantId },
  );
}

function refusedKey({ source, status, method, path, requestId }: Answer): AuthenticationError | undefined {
  if (status !== 401) return undefined;
  const request = requestId === undefined ? '' : ` (request ${requestId})`;
  return new AuthenticationError(
    `${source} answered ${method} ${path} with 401${request}: the API key is not accepted. Check apiKey against the Partner Portal: it is neither the client id nor the secret of a sign-in.`,
    { source, status, method, path, requestId },
  );
}
