import { ConfigurationError } from '../errors.js';
import type { OneRosterResource, OneRosterResources, OneRosterTransportOptions } from '../oneroster/index.js';
import { OneRosterClient, oauth1 } from '../oneroster/index.js';
import { checkOptionNames, checkText, TRANSPORT_OPTION_NAMES } from '../oneroster/api/options.js';

/** The four details by which a district shares its roster, and how patiently to ask. */
export interface ClassLinkClientOptions extends OneRosterTransportOptions {
  /** ClassLink's number of the district. A sourcedId is unique only within it. */
  readonly tenantId: string;
  /** The key of the OneRoster application. */
  readonly clientId: string;
  /** The secret of the OneRoster application. */
  readonly secretKey: string;
  /** The district's roster server, such as `https://example-nj-v2.rosterserver.com`. https only. */
  readonly serverUrl: string;
  /**
   * Further hosts that may be asked, besides ClassLink's own: exact names, or `*.` and a domain. People type the server
   * URL in, and the secret signs requests to it.
   *
   * @default none
   */
  readonly allowedHosts?: readonly string[] | undefined;
}

/** The hosts of ClassLink's roster servers: those of before 2020 are still in use. */
const CLASSLINK_HOSTS = ['*.oneroster.com', '*.rosterserver.com'];

/**
 * Reads a district's ClassLink roster server by OneRoster 1.1, signed by OAuth 1.0a with HMAC-SHA256 as ClassLink's own
 * libraries do.
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
export class ClassLinkClient implements OneRosterResources {
  /** ClassLink's number of the district, as given. */
  readonly tenantId: string;
  readonly orgs: OneRosterResource<'orgs'>;
  readonly academicSessions: OneRosterResource<'academicSessions'>;
  readonly courses: OneRosterResource<'courses'>;
  readonly classes: OneRosterResource<'classes'>;
  readonly users: OneRosterResource<'users'>;
  readonly enrollments: OneRosterResource<'enrollments'>;

  constructor(options: ClassLinkClientOptions) {
    checkOptionNames(options, [
      'tenantId',
      'clientId',
      'secretKey',
      'serverUrl',
      'allowedHosts',
      ...TRANSPORT_OPTION_NAMES,
    ]);
    const { tenantId, clientId, secretKey, serverUrl, allowedHosts = [], ...transport } = options;
    checkText('tenantId', tenantId, "is ClassLink's number of the district, as a text");
    checkText('clientId', clientId, 'is the key of the OneRoster application');
    checkText('secretKey', secretKey, 'is the secret of the OneRoster application');
    checkText('serverUrl', serverUrl, 'is the URL of the roster server');
    const client = namingServerUrl(() => {
      const made = new OneRosterClient({
        ...transport,
        baseUrl: serverUrl,
        auth: oauth1({ key: clientId, secret: secretKey, signatureMethod: 'HMAC-SHA256' }),
        source: 'classlink',
      });
      checkHost(new URL(serverUrl.trim()), [...allowedHosts, ...(transport.allowInsecureHosts ?? [])]);
      return made;
    });
    this.tenantId = tenantId;
    this.orgs = client.orgs;
    this.academicSessions = client.academicSessions;
    this.courses = client.courses;
    this.classes = client.classes;
    this.users = client.users;
    this.enrollments = client.enrollments;
  }
}

/** What is wrong with the client's base URL is wrong with the option that it came from. */
function namingServerUrl<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ConfigurationError) || error.parameter !== 'baseUrl') throw error;
    throw new ConfigurationError('serverUrl', error.message.slice('baseUrl: '.length), { cause: error });
  }
}

function checkHost(url: URL, allowed: readonly string[]): void {
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
