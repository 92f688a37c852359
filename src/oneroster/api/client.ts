import { ConfigurationError } from '../../errors.js';
import { Transport } from '../../http/index.js';
import type { OneRosterAuth } from '../auth/auth.js';
import { checkOptionNames, checkText, type OneRosterTransportOptions, TRANSPORT_OPTION_NAMES } from './options.js';
import { type OneRosterResource, RestResource } from './resource.js';
import type { OneRosterCollection } from '../records/wire.js';

/** Which OneRoster server to read, and with which credentials. */
export interface OneRosterClientOptions extends OneRosterTransportOptions {
  /** https only. With or without a slash at the end, with or without `/ims/oneroster/v1p1`. */
  readonly baseUrl: string;
  /** From `oauth1` or `bearer`. */
  readonly auth: OneRosterAuth;
  /** Only 1.1 so far. @default '1.1' */
  readonly version?: '1.1' | undefined;
  /** Who is asked, for errors. @default 'oneroster' */
  readonly source?: string | undefined;
}

/** The six collections that a roster is made of. */
export type OneRosterResources = { readonly [K in OneRosterCollection]: OneRosterResource<K> };

const API_PATH = '/ims/oneroster/v1p1';

/** ClassLink's guide shows pages of up to 10,000 rows: the documented ceiling. */
const LARGEST_PAGE = 10_000;

/**
 * Reads any server of OneRoster 1.1, lazily and leniently.
 *
 * @throws ConfigurationError naming the option that is unknown, missing or impossible
 * @example
 * ```ts
 * import { OneRosterClient, oauth1 } from 'rosterkit/oneroster';
 *
 * export async function printClasses(key: string, secret: string): Promise<void> {
 *   const client = new OneRosterClient({ baseUrl: 'https://roster.example.com', auth: oauth1({ key, secret }) });
 *   for await (const item of client.classes.list()) console.log(item.sourcedId, item.title);
 * }
 * ```
 */
export class OneRosterClient implements OneRosterResources {
  readonly orgs: OneRosterResource<'orgs'>;
  readonly academicSessions: OneRosterResource<'academicSessions'>;
  readonly courses: OneRosterResource<'courses'>;
  readonly classes: OneRosterResource<'classes'>;
  readonly users: OneRosterResource<'users'>;
  readonly enrollments: OneRosterResource<'enrollments'>;

  constructor(options: OneRosterClientOptions) {
    checkOptionNames(options, ['baseUrl', 'auth', 'version', 'source', ...TRANSPORT_OPTION_NAMES]);
    const { auth, pageSize = 1000, source = 'oneroster' } = options;
    checkText('baseUrl', options.baseUrl, 'is the URL of the server, such as https://roster.example.com');
    checkText('source', source, 'is a word for whom is asked');
    checkVersion(options.version);
    if (typeof (auth as Partial<OneRosterAuth> | undefined)?.authorize !== 'function') {
      throw new ConfigurationError('auth', 'is what oauth1 or bearer returns');
    }
    if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > LARGEST_PAGE) {
      throw new ConfigurationError('pageSize', `is a whole number from 1 to ${String(LARGEST_PAGE)}`);
    }
    const transport = new Transport({
      source,
      baseUrl: apiUrl(options.baseUrl),
      allowInsecureHosts: options.allowInsecureHosts,
      authorize: (request) => auth.authorize(request),
      timeoutMs: options.timeoutMs,
      retries: options.retries,
      minRetryDelayMs: options.minRetryDelayMs,
      concurrency: options.concurrency,
      fetch: options.fetch,
    });
    const resource = <K extends OneRosterCollection>(collection: K): OneRosterResource<K> =>
      new RestResource(transport, { collection, pageSize, source });
    this.orgs = resource('orgs');
    this.academicSessions = resource('academicSessions');
    this.courses = resource('courses');
    this.classes = resource('classes');
    this.users = resource('users');
    this.enrollments = resource('enrollments');
  }
}

function checkVersion(version: unknown): void {
  if (version === undefined || version === '1.1') return;
  throw new ConfigurationError('version', 'is 1.1: the only version of OneRoster that is read over REST so far');
}

/** The URL that people typed, with the path of the interface exactly once. */
function apiUrl(baseUrl: string): string {
  const trimmed = baseUrl.trim().replace(/\/+$/, '');
  if (/\/ims\/oneroster\/(?!v1p1(?:$|[?#]))/i.test(trimmed)) {
    throw new ConfigurationError(
      'baseUrl',
      `ends in another path than ${API_PATH}. Leave the path out, or give that of OneRoster 1.1.`,
    );
  }
  return /\/ims\/oneroster\/v1p1$/i.test(trimmed) || /[?#]/.test(trimmed) ? trimmed : `${trimmed}${API_PATH}`;
}
