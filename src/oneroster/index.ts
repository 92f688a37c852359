/**
 * The OneRoster standard, over REST and as CSV: one implementation for ClassLink and for any other server. A client
 * whose lists are lazy, the standard's own records as types, and sources that read a whole district into one roster and
 * say how far it can be believed.
 */

export { bearer, type OneRosterAuth } from './auth/auth.js';
export { OneRosterClient, type OneRosterClientOptions, type OneRosterResources } from './api/client.js';
export { oneRosterCsvSource } from './csv/source.js';
export { oauth1, type OAuth1Options, type OAuth1SignatureMethod } from './auth/oauth1.js';
export type { OneRosterTransportOptions } from './api/options.js';
export type {
  OneRosterGetOptions,
  OneRosterListOptions,
  OneRosterPage,
  OneRosterPageOptions,
  OneRosterRejectedRow,
  OneRosterResource,
} from './api/resource.js';
export { oneRosterSource } from './source/source.js';
export { type OneRosterRows, type RosterCollections, toRoster } from './roster/to-roster.js';
export type {
  OneRosterAcademicSession,
  OneRosterClass,
  OneRosterCollection,
  OneRosterCourse,
  OneRosterEnrollment,
  OneRosterOrg,
  OneRosterRecord,
  OneRosterRecords,
  OneRosterReference,
  OneRosterRole,
  OneRosterStatus,
  OneRosterUser,
  OneRosterUserId,
} from './records/wire.js';
