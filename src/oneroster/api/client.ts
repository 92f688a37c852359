import { ConfigurationError } from '../../errors.js';
import { Transport } from '../../http/index.js';
import { checkOptionNames, checkText } from '../../internal/options.js';
import type { OneRosterAuth } from '../auth/auth.js';
import { type OneRosterService, type OneRosterVersion, resourcesOf, SERVICE_PATHS } from './endpoints.js';
import { oneRosterError } from './one-roster-error.js';
import { type OneRosterTransportOptions, TRANSPORT_OPTION_NAMES } from './options.js';
import type { OneRosterResource } from './resource.js';
import type {
  OneRosterClasses,
  OneRosterCourses,
  OneRosterPeople,
  OneRosterResources,
  OneRosterSchools,
  OneRosterTerms,
  OneRosterUsers,
} from './resources.js';
import { serverRoot, servicePaths } from './server-address.js';

/** Which OneRoster server to read, and with which credentials. */
export interface OneRosterClientOptions extends OneRosterTransportOptions {
  /** https only. With or without a slash at the end, with or without the path of the interface. */
  readonly baseUrl: string;
  /** From `oauth1`, `clientCredentials` or `bearer`. */
  readonly auth: OneRosterAuth;
  /** @default '1.1' */
  readonly version?: OneRosterVersion | undefined;
  /**
   * Where a server has its services at other paths than the standard's, such as 1.2 at `/ims/oneroster/v1p2`.
   *
   * @default those of the version: `/ims/oneroster/v1p1`, or `/ims/oneroster/rostering/v1p2` and its like
   */
  readonly paths?: { readonly [Service in OneRosterService]?: string | undefined } | undefined;
  /** Who is asked, for errors. @default 'oneroster' */
  readonly source?: string | undefined;
}

/** ClassLink's guide shows pages of up to 10,000 rows: the documented ceiling. */
const LARGEST_PAGE = 10_000;

/**
 * Reads any server of OneRoster 1.1 or 1.2, lazily and leniently.
 *
 * @throws ConfigurationError naming the option that is unknown, missing or impossible
 * @example
 * ```ts
 * import { OneRosterClient, oauth1 } from 'rosterkit/oneroster';
 *
 * export async function printClasses(key: string, secret: string): Promise<void> {
 *   const client = new OneRosterClient({ baseUrl: 'https://roster.example.com', auth: oauth1({ key, secret }) });
 *   for await (const item of client.classes.list()) console.log(item.sourcedId, item.title);
 *   for await (const student of client.schools.students('school-1')) console.log(student.sourcedId);
 * }
 * ```
 */
export class OneRosterClient implements OneRosterResources {
  /** Of OneRoster. */
  readonly version: OneRosterVersion;
  readonly orgs: OneRosterResource<'orgs'>;
  readonly schools: OneRosterSchools;
  readonly academicSessions: OneRosterResource<'academicSessions'>;
  readonly terms: OneRosterTerms;
  readonly gradingPeriods: OneRosterResource<'academicSessions'>;
  readonly courses: OneRosterCourses;
  readonly classes: OneRosterClasses;
  readonly users: OneRosterUsers;
  readonly students: OneRosterPeople;
  readonly teachers: OneRosterPeople;
  readonly enrollments: OneRosterResource<'enrollments'>;
  readonly demographics: OneRosterResource<'demographics'>;
  readonly resources: OneRosterResource<'resources'>;
  readonly categories: OneRosterResource<'categories'>;
  readonly lineItems: OneRosterResource<'lineItems'>;
  readonly results: OneRosterResource<'results'>;
  readonly scoreScales: OneRosterResource<'scoreScales'>;
  readonly assessmentLineItems: OneRosterResource<'assessmentLineItems'>;
  readonly assessmentResults: OneRosterResource<'assessmentResults'>;

  constructor(options: OneRosterClientOptions) {
    checkOptionNames(options, ['baseUrl', 'auth', 'version', 'paths', 'source', ...TRANSPORT_OPTION_NAMES]);
    const { auth, version = '1.1', pageSize = 1000, source = 'oneroster' } = options;
    checkText('baseUrl', options.baseUrl, 'is the URL of the server, such as https://roster.example.com');
    checkText('source', source, 'is a word for whom is asked');
    if (!Object.hasOwn(SERVICE_PATHS, version)) {
      throw new ConfigurationError('version', "is '1.1' or '1.2': the versions of OneRoster that are read over REST");
    }
    if (typeof (auth as Partial<OneRosterAuth> | undefined)?.authorize !== 'function') {
      throw new ConfigurationError('auth', 'is what oauth1, clientCredentials or bearer returns');
    }
    if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > LARGEST_PAGE) {
      throw new ConfigurationError('pageSize', `is a whole number from 1 to ${String(LARGEST_PAGE)}`);
    }
    const paths = servicePaths(version, options.paths);
    const transport = new Transport({
      source,
      baseUrl: serverRoot(options.baseUrl, version),
      allowInsecureHosts: options.allowInsecureHosts,
      authorize: (request) => auth.authorize(request),
      canReauthorize: auth.canReauthorize,
      errorOf: (answer) => oneRosterError(answer, auth),
      timeoutMs: options.timeoutMs,
      retries: options.retries,
      minRetryDelayMs: options.minRetryDelayMs,
      concurrency: options.concurrency,
      fetch: options.fetch,
    });
    const resources = resourcesOf({ transport, source, pageSize, version, paths });
    this.version = version;
    this.orgs = resources.orgs;
    this.schools = resources.schools;
    this.academicSessions = resources.academicSessions;
    this.terms = resources.terms;
    this.gradingPeriods = resources.gradingPeriods;
    this.courses = resources.courses;
    this.classes = resources.classes;
    this.users = resources.users;
    this.students = resources.students;
    this.teachers = resources.teachers;
    this.enrollments = resources.enrollments;
    this.demographics = resources.demographics;
    this.resources = resources.resources;
    this.categories = resources.categories;
    this.lineItems = resources.lineItems;
    this.results = resources.results;
    this.scoreScales = resources.scoreScales;
    this.assessmentLineItems = resources.assessmentLineItems;
    this.assessmentResults = resources.assessmentResults;
  }
}
