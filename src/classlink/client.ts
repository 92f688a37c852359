import { ConfigurationError } from '../errors.js';
import { renamedOption } from '../http/index.js';
import {
  oauth1,
  type OAuth1SignatureMethod,
  type OneRosterAuth,
  OneRosterClient,
  type OneRosterClientOptions,
  type OneRosterTransportOptions,
} from '../oneroster/index.js';
import { checkHosts, checkOptionNames, checkText } from '../internal/options.js';
import { TRANSPORT_OPTION_NAMES } from '../oneroster/api/options.js';
import { checkTenantId } from './tenant.js';

/** Which district, at which server, and how patiently to ask. */
export interface ClassLinkServerOptions extends OneRosterTransportOptions {
  /** ClassLink's number of the district. A sourcedId is unique only within it. */
  readonly tenantId: string | number;
  /**
   * The district's roster server, such as `https://example-nj-v2.rosterserver.com`: with or without a slash at the end,
   * with or without the path of the interface. https only.
   */
  readonly serverUrl: string;
  /** Of OneRoster. ClassLink's servers are known to serve 1.1. @default '1.1' */
  readonly version?: OneRosterClientOptions['version'];
  /** Where the services are at other paths than the standard's. @default those of the version */
  readonly paths?: OneRosterClientOptions['paths'];
  /**
   * Further hosts that may be asked, besides ClassLink's own: exact names, or `*.` and a domain. People type the server
   * URL in, and the secret signs requests to it.
   *
   * @default none
   */
  readonly allowedHosts?: readonly string[] | undefined;
}

/** The four details by which a district shares its roster, and how patiently to ask. */
export interface ClassLinkClientOptions extends ClassLinkServerOptions {
  /** The key of the OneRoster application. */
  readonly clientId: string;
  /** The secret of the OneRoster application. */
  readonly secretKey: string;
  /** @default 'HMAC-SHA256', as ClassLink's own libraries do */
  readonly signatureMethod?: OAuth1SignatureMethod | undefined;
}

/** A roster server that wants another proof than OAuth 1.0a. */
export interface ClassLinkAuthOptions extends ClassLinkServerOptions {
  /** From `bearer` or `clientCredentials`. */
  readonly auth: OneRosterAuth;
}

/** The hosts of ClassLink's roster servers: those of before 2020 are still in use. */
const CLASSLINK_HOSTS = ['*.oneroster.com', '*.rosterserver.com'];

const COMMON_NAMES = ['tenantId', 'serverUrl', 'version', 'paths', 'allowedHosts', ...TRANSPORT_OPTION_NAMES] as const;

const CREDENTIAL_NAMES = ['clientId', 'secretKey', 'signatureMethod'];

/**
 * Reads a district's ClassLink roster server: a OneRoster client with all its resources, signed by OAuth 1.0a.
 *
 * The schools behind the details are `client.schools.list()`: show them, and link one.
 *
 * @throws ConfigurationError naming the option that is unknown, missing or impossible
 * @example
 * ```ts
 * import { ClassLinkClient } from 'rosterkit/classlink';
 *
 * export async function printTeachers(clientId: string, secretKey: string): Promise<void> {
 *   const serverUrl = 'https://example-nj-v2.rosterserver.com';
 *   const client = new ClassLinkClient({ tenantId: '2222', clientId, secretKey, serverUrl });
 *   for await (const user of client.users.list({ filter: "role='teacher'" })) console.log(user.sourcedId);
 * }
 * ```
 */
export class ClassLinkClient extends OneRosterClient {
  /** ClassLink's number of the district, as a text. */
  readonly tenantId: string;

  constructor(options: ClassLinkClientOptions | ClassLinkAuthOptions) {
    try {
      super(clientOptions(options));
    } catch (error) {
      throw renamedOption(error, 'serverUrl');
    }
    this.tenantId = String(options.tenantId);
  }
}

/** The options of the OneRoster client that a ClassLink client is, checked as far as they are ClassLink's own. */
function clientOptions(options: ClassLinkClientOptions | ClassLinkAuthOptions): OneRosterClientOptions {
  const auth = authOf(options);
  const { tenantId, serverUrl, version, paths, allowedHosts = [], allowInsecureHosts = [] } = options;
  checkTenantId(tenantId);
  checkHosts('allowedHosts', options.allowedHosts);
  checkHosts('allowInsecureHosts', options.allowInsecureHosts);
  checkText('serverUrl', serverUrl, 'is the URL of the roster server');
  checkHost(serverUrl, [...allowedHosts, ...allowInsecureHosts]);
  const transport = Object.fromEntries(
    TRANSPORT_OPTION_NAMES.map((name) => [name, options[name]]),
  ) as OneRosterTransportOptions;
  return { ...transport, baseUrl: serverUrl, auth, version, paths, source: 'classlink' };
}

function authOf(options: ClassLinkClientOptions | ClassLinkAuthOptions): OneRosterAuth {
  checkOptionNames(options, [...COMMON_NAMES, ...('auth' in Object(options) ? ['auth'] : CREDENTIAL_NAMES)]);
  if ('auth' in options) return options.auth;
  const { clientId, secretKey, signatureMethod } = options;
  checkText('clientId', clientId, 'is the key of the OneRoster application');
  checkText('secretKey', secretKey, 'is the secret of the OneRoster application');
  return oauth1({ key: clientId, secret: secretKey, signatureMethod });
}

/** What is no URL at all is left to the client, which says what is wrong with it. */
function checkHost(serverUrl: string, allowed: readonly string[]): void {
  const url = URL.canParse(serverUrl.trim()) ? new URL(serverUrl.trim()) : undefined;
  if (url === undefined || url.protocol !== 'https:') return;
  const isAllowed = [...CLASSLINK_HOSTS, ...allowed].some((pattern) =>
    pattern.startsWith('*.')
      ? url.hostname.endsWith(pattern.slice(1).toLowerCase())
      : pattern.toLowerCase() === url.hostname || pattern.toLowerCase() === url.host,
  );
  if (isAllowed) return;
  throw new ConfigurationError(
    'serverUrl',
    `is on none of ClassLink's hosts (${CLASSLINK_HOSTS.join(', ')}). If it is meant, name its host in allowedHosts.`,
  );
}
