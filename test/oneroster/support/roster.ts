import { bearer, OneRosterClient, type OneRosterClientOptions } from 'rosterkit/oneroster';
import type { RosterRead } from '../../../src/model/index.js';
import type { OneRosterServer } from './server.js';

export const scope = { tenant: 'district-1' };

/** A client of a server on the loopback, which makes no pauses. */
export function clientOf(server: OneRosterServer, options: Partial<OneRosterClientOptions> = {}): OneRosterClient {
  return new OneRosterClient({
    baseUrl: server.url,
    auth: bearer('a-token'),
    allowInsecureHosts: [server.host],
    minRetryDelayMs: 0,
    ...options,
  });
}

/** Only the collections of a roster: what two ways of reading must agree on. */
export function collectionsOf(roster: RosterRead): unknown {
  const { schools, terms, courses, classes, users, enrollments, guardianLinks } = roster;
  return { schools, terms, courses, classes, users, enrollments, guardianLinks };
}
