import type { School } from '../../model/index.js';
import type { RosterSource } from '../../ports/index.js';
import { assembleRoster } from '../roster/assemble.js';
import type { OneRosterClient, OneRosterResources } from '../api/client.js';
import { readCollections } from './read-collections.js';
import { schoolsOf } from '../roster/to-roster.js';

/**
 * The roster behind a OneRoster server, with provider `oneroster`.
 *
 * Every read takes all schools of the credentials; terms and courses may be unshared. It throws where a server refuses
 * orgs, classes, users or enrollments, or answers in another shape; a list that breaks off later, or moves while it is
 * read, is attested `incomplete`.
 *
 * @example
 * ```ts
 * import { bearer, OneRosterClient, oneRosterSource } from 'rosterkit/oneroster';
 *
 * export const sourceOf = (token: string) =>
 *   oneRosterSource(new OneRosterClient({ baseUrl: 'https://roster.example.com', auth: bearer(token) }));
 * ```
 */
export function oneRosterSource(client: OneRosterClient): RosterSource {
  return sourceOver(client, 'oneroster');
}

/** The roster behind the six collections of any client. */
export function sourceOver(resources: OneRosterResources, provider: string): RosterSource {
  return {
    provider,
    async read(scope, options = {}) {
      const readAt = new Date().toISOString();
      return assembleRoster(await readCollections(resources, options), { source: provider, readAt, scope });
    },
    async schools(options = {}): Promise<readonly School[]> {
      return schoolsOf(await resources.orgs.list().toArray({ signal: options.signal }));
    },
  };
}
