import type { Preflight } from '../model/index.js';
import { listsOf } from '../oneroster/preflight/lists.js';
import { type OneRosterPreflightOptions, preflightOver } from '../oneroster/preflight/preflight.js';
import type { PreflightWords } from '../oneroster/preflight/words.js';
import type { ClassLinkClient } from './client.js';

const ASK = 'ask the district’s ClassLink administrator';

const PERMISSIONS = 'the application’s permissions in Roster Server (Full, Select by Class or Custom)';

/** Whom to ask, and for which of Roster Server's switches. */
export const CLASSLINK_WORDS: PreflightWords = {
  sender: 'ClassLink',
  ask: ASK,
  share: (nouns) => `${ASK} to include ${nouns} in ${PERMISSIONS}`,
  unenrolled: `ClassLink sends only people who are enrolled in a class, until the district turns on “Unenrolled Users” in the application’s permissions in Roster Server: ${ASK} to do so`,
  again: 'try again later',
  hasDeltas: true,
  refused: `ClassLink does not accept the details: compare client id, secret key and server URL with those that Roster Server shows for the application, or the API key with that of the partner portal; set this machine’s clock, because a signature lives a few minutes; then ${ASK} whether the application is disabled.`,
  noRoster: `ClassLink accepts the details and shows no roster: the application is disabled, or nothing is shared with it. ${ASK.replace('ask', 'Ask')} to enable it and to choose ${PERMISSIONS}.`,
};

/**
 * Looks at what a district shares by ClassLink, before anything is imported: reads the six lists of a roster once, keeps
 * ids and counts, writes nothing. Refused details, and an application that is disabled, are findings; all findings say
 * which switch the district's ClassLink administrator must flip.
 *
 * @throws ConfigurationError naming `client` where it is none, or an option that is unknown or impossible
 * @throws ConnectionError, ServerError or RateLimitError where not even the orgs can be read, DecodeError where no
 * answer is one of OneRoster
 * @example
 * ```ts
 * import { type ClassLinkClient, classlinkPreflight } from 'rosterkit/classlink';
 *
 * export async function look(client: ClassLinkClient): Promise<void> {
 *   const { state, people, findings } = await classlinkPreflight(client);
 *   console.log(state, people.student, people.guardian);
 *   for (const { message, count } of findings) console.log(message, count);
 * }
 * ```
 */
export async function classlinkPreflight(
  client: ClassLinkClient,
  options: OneRosterPreflightOptions = {},
): Promise<Preflight> {
  return await preflightOver(listsOf(client), { provider: 'classlink', words: CLASSLINK_WORDS }, options);
}
