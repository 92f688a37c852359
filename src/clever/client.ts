import { Transport } from '../http/index.js';
import { type CleverCollection, type CleverListOptions, collection } from './collection.js';
import { authorization, checkedOptions, type CleverClientOptions } from './options.js';
import { courseSchema, districtSchema, schoolSchema, sectionSchema, termSchema, userSchema } from './schemas.js';
import type {
  CleverCourse,
  CleverDistrict,
  CleverRole,
  CleverSchool,
  CleverSection,
  CleverTerm,
  CleverUser,
} from './wire.js';

/** Which users to list. */
export interface CleverUserListOptions extends CleverListOptions {
  /** Only people with this role; a person with several is in the list of each. @default everyone, once */
  readonly role?: CleverRole | undefined;
}

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
 * console.log(school.name);
 * ```
 */
export class CleverClient {
  /** The token's district. */
  readonly districts: CleverCollection<CleverDistrict>;
  readonly schools: CleverCollection<CleverSchool>;
  /** People of every role. */
  readonly users: CleverCollection<CleverUser, CleverUserListOptions>;
  /** Classes, with the ids of their members. */
  readonly sections: CleverCollection<CleverSection>;
  readonly terms: CleverCollection<CleverTerm>;
  readonly courses: CleverCollection<CleverCourse>;

  constructor(options: CleverClientOptions) {
    const {
      token,
      version = '3.0',
      pageSize = 1000,
      baseUrl = 'https://api.clever.com',
      ...rest
    } = checkedOptions(options);
    const transport = new Transport({
      ...rest,
      source: 'clever',
      baseUrl,
      authorize: async () => authorization(token),
    });
    const shared = { transport, version, pageSize };
    const unfiltered = () => ({});
    // The list of districts takes neither a limit nor a cursor.
    this.districts = collection(
      { ...shared, pageSize: undefined, name: 'districts', schema: districtSchema },
      unfiltered,
    );
    this.schools = collection({ ...shared, name: 'schools', schema: schoolSchema }, unfiltered);
    this.users = collection({ ...shared, name: 'users', schema: userSchema }, ({ role }: CleverUserListOptions) => ({
      role,
    }));
    this.sections = collection({ ...shared, name: 'sections', schema: sectionSchema }, unfiltered);
    this.terms = collection({ ...shared, name: 'terms', schema: termSchema }, unfiltered);
    this.courses = collection({ ...shared, name: 'courses', schema: courseSchema }, unfiltered);
  }
}
