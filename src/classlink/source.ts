import { sourceOver } from '../oneroster/source/source.js';
import type { RosterSource } from '../ports/index.js';
import type { ClassLinkClient } from './client.js';

/**
 * The roster behind a ClassLink roster server, with provider `classlink`.
 *
 * ClassLink leaves guardians and administrators out unless the district turns on "Unenrolled Users"; students may
 * still name guardians who have no row then, and these links are kept.
 *
 * @example
 * ```ts
 * import { ClassLinkClient, type ClassLinkClientOptions, classlinkSource } from 'rosterkit/classlink';
 *
 * export const sourceOf = (options: ClassLinkClientOptions) => classlinkSource(new ClassLinkClient(options));
 * ```
 */
export function classlinkSource(client: ClassLinkClient): RosterSource {
  return sourceOver(client, 'classlink');
}
