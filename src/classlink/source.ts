import { type OneRosterSource, type OneRosterSourceOptions, sourceOver } from '../oneroster/source/source.js';
import type { ClassLinkClient } from './client.js';
import { CLASSLINK_WORDS } from './preflight.js';

/**
 * The roster behind a ClassLink roster server, with provider `classlink`.
 *
 * ClassLink leaves guardians and administrators out unless the district turns on "Unenrolled Users"; students may
 * still name guardians who have no row then, and these links are kept. All else is as of `oneRosterSource`.
 *
 * @throws ConfigurationError naming `client` where it is none, or an option that is unknown or impossible
 * @example
 * ```ts
 * import { ClassLinkClient, type ClassLinkClientOptions, classlinkSource } from 'rosterkit/classlink';
 *
 * export const sourceOf = (options: ClassLinkClientOptions) => classlinkSource(new ClassLinkClient(options));
 * ```
 */
export function classlinkSource(client: ClassLinkClient, options: OneRosterSourceOptions = {}): OneRosterSource {
  return sourceOver(client, 'classlink', options, CLASSLINK_WORDS);
}
