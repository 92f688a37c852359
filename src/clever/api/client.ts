import { Transport } from '../../http/index.js';
import { cleverError } from './clever-error.js';
import type { CleverRequestOptions } from './collection.js';
import { dataResources } from './endpoints.js';
import { type CleverEvents, events } from '../events/events.js';
import { authorization, checkedOptions, type CleverClientOptions, oauthTransport } from './options.js';
import type {
  CleverAttendances,
  CleverCourses,
  CleverDataResources,
  CleverDistricts,
  CleverResources,
  CleverSchools,
  CleverSections,
  CleverTerms,
  CleverUsers,
} from './resources.js';
import { readScopes } from './token-info.js';

/**
 * Clever's Data API, typed. Lists are lazy; requests are limited, timed and repeated where that may help.
 *
 * @throws ConfigurationError naming the option that is unknown, missing or impossible
 * @example
 * ```ts
 * import { CleverClient } from 'rosterkit';
 *
 * const client = new CleverClient({ token: async () => process.env['CLEVER_TOKEN'] ?? '' });
 * for await (const student of client.users.list({ role: 'student' })) console.log(student.id);
 * const school = await client.schools.get('58da8c58155b940248000007');
 * console.log(school.name, await client.schools.users(school.id, { role: 'teacher' }).toArray());
 * ```
 */
export class CleverClient implements CleverDataResources {
  /** Of the Data API: `3.1` adds fields and attendance to `3.0`. */
  readonly version: '3.0' | '3.1';
  /** The token's district. */
  readonly districts: CleverDistricts;
  readonly schools: CleverSchools;
  /** People of every role. */
  readonly users: CleverUsers;
  /** Classes, with the ids of their members. */
  readonly sections: CleverSections;
  readonly terms: CleverTerms;
  readonly courses: CleverCourses;
  /** The application's own resources, as the district assigned them. */
  readonly resources: CleverResources;
  /** Version 3.1 only. */
  readonly attendance: CleverAttendances;
  /** What happened in the district in the last 30 days. */
  readonly events: CleverEvents;
  readonly #oauth: Transport;

  constructor(options: CleverClientOptions) {
    const {
      token,
      version = '3.0',
      pageSize = 1000,
      requestsPerMinute = 1200,
      baseUrl = 'https://api.clever.com',
      oauthBaseUrl = options.baseUrl ?? 'https://clever.com',
      ...rest
    } = checkedOptions(options);
    const shared = {
      ...rest,
      source: 'clever',
      authorize: authorization(token),
      canReauthorize: typeof token === 'function',
      errorOf: cleverError,
    };
    const transport = new Transport({
      ...shared,
      baseUrl,
      rateLimit: { requests: requestsPerMinute, windowMs: 60_000 },
    });
    this.version = version;
    this.#oauth = oauthTransport({ ...shared, baseUrl: oauthBaseUrl });
    const resources = dataResources({ transport, version, pageSize });
    this.districts = resources.districts;
    this.schools = resources.schools;
    this.users = resources.users;
    this.sections = resources.sections;
    this.terms = resources.terms;
    this.courses = resources.courses;
    this.resources = resources.resources;
    this.attendance = resources.attendance;
    this.events = events({ transport, version, pageSize });
  }

  /**
   * What the token may see, in Clever's words, such as `read:sections`. A token whose scopes end in `_basic` belongs to a
   * district without Secure Sync, and sees no roster. A cheap way to learn whether a token is accepted at all.
   *
   * @throws AuthenticationError where the token is not accepted
   * @throws DecodeError where the answer holds no scopes
   */
  async scopes({ signal, onRetry }: CleverRequestOptions = {}): Promise<readonly string[]> {
    return readScopes(await this.#oauth.getJson('/oauth/tokeninfo', { signal, onRetry }));
  }
}
