import { ConfigurationError } from '../../errors.js';
import { checkFunction, checkOptionNames } from '../../internal/options.js';
import type { Preflight, Roster, RosterDelta, School, Scope } from '../../model/index.js';
import type { Clock, ReadOptions, RosterSource } from '../../ports/index.js';
import type { OneRosterClient } from '../api/client.js';
import type { OneRosterResource } from '../api/resource.js';
import { checkClient, listsOf } from '../preflight/lists.js';
import { preflightOver } from '../preflight/preflight.js';
import { type PreflightWords, SERVER_WORDS } from '../preflight/words.js';
import { assembleRoster } from '../roster/assemble.js';
import type { GuardiansInMetadata } from '../roster/guardians/in-metadata.js';
import { schoolsOf } from '../roster/to-roster.js';
import { writeCursor } from './cursor.js';
import { searchGuardians } from './hidden-guardians.js';
import { type ListReads, readCollections, type RosterResources } from './read-collections.js';
import { earliest } from './read-changed.js';
import { readSince } from './read-since.js';

/** How a OneRoster source works. */
export interface OneRosterSourceOptions {
  /**
   * Finds the guardians whom a district hides in the `metadata` of its students or of their demographics, which are read
   * too then. Such a source has no cursors: what hides in metadata bears no date.
   *
   * @default guardians are only looked for among the users
   */
  readonly guardiansInMetadata?: GuardiansInMetadata | undefined;
  /**
   * After how many days `readSince` reads everything again. Many servers never tell what was removed, so that what left
   * without a word is seen by a whole read alone: hence the one day.
   *
   * @default 1
   */
  readonly wholeReadEveryDays?: number | undefined;
  /** Stamps the read. @default the system's clock */
  readonly clock?: Clock | undefined;
}

const OPTION_NAMES = [
  'guardiansInMetadata',
  'wholeReadEveryDays',
  'clock',
] as const satisfies readonly (keyof OneRosterSourceOptions)[];

/** A OneRoster server as a source of rosters. */
export interface OneRosterSource extends RosterSource {
  /** A complete read has a `cursor`, unless guardians are looked for in metadata. */
  read(scope: Scope, options?: ReadOptions): Promise<Roster>;
  /**
   * What changed since the cursor of a read or of an earlier delta, by `dateLastModified` and with an overlap of a day;
   * `foldDelta` makes of it the roster of now. A hint (`removals`): not every server tells what is gone, and a link to a
   * guardian that is gone is never told. Where the server cannot tell at all, everything is read instead, and `reason` says
   * why: it refuses the filter, what it sends contradicts itself, or no whole read was made for a day.
   *
   * Give the same cursor again after a failure: nothing is lost, and what is told twice does no harm.
   *
   * @throws what `read` throws; changes that break off are an error too, never half of them
   */
  readSince(cursor: string, scope: Scope, options?: ReadOptions): Promise<RosterDelta>;
  preflight(options?: { readonly signal?: AbortSignal }): Promise<Preflight>;
}

/**
 * The roster behind a OneRoster server, with provider `oneroster`.
 *
 * Every read takes all schools of the credentials. A list whose end proves nothing (no total, no revision, rows on two
 * pages) is read again, once: if it has the same rows, it is attested `complete` (`read-twice`), else `incomplete`. Where
 * the server's revision moves, everything is read again, once. Terms and courses may be unshared.
 *
 * `read` throws an AuthenticationError, PermissionDeniedError, NotFoundError or DecodeError where a server refuses orgs,
 * classes, users or enrollments, or answers in another shape, and whatever kept the first page of one of them away; a list
 * that breaks off later is attested `incomplete`.
 *
 * @throws ConfigurationError naming `client` where it is none, or an option that is unknown or impossible
 * @example
 * ```ts
 * import { bearer, OneRosterClient, oneRosterSource } from 'rosterkit/oneroster';
 *
 * export const sourceOf = (token: string) =>
 *   oneRosterSource(new OneRosterClient({ baseUrl: 'https://roster.example.com', auth: bearer(token) }));
 * ```
 */
export function oneRosterSource(client: OneRosterClient, options: OneRosterSourceOptions = {}): OneRosterSource {
  return sourceOver(client, 'oneroster', options);
}

/** What a source reads: the six collections of any client, and demographics where guardians are looked for in them. */
export interface SourceResources extends RosterResources {
  readonly demographics: OneRosterResource<'demographics'>;
  /** The version of OneRoster that is spoken. @default '1.1' */
  readonly version?: string | undefined;
}

const DAY_MS = 86_400_000;

/** The roster behind the collections of any client; the preflight speaks of them in the words given. */
export function sourceOver<Provider extends string>(
  resources: SourceResources,
  provider: Provider,
  options: OneRosterSourceOptions = {},
  words: PreflightWords = SERVER_WORDS,
): OneRosterSource & { readonly provider: Provider } {
  checkClient(resources);
  checkOptionNames(options, OPTION_NAMES);
  checkFunction('guardiansInMetadata', options.guardiansInMetadata);
  const { clock = { now: () => new Date() }, guardiansInMetadata: find, wholeReadEveryDays = 1 } = options;
  if (!Number.isFinite(wholeReadEveryDays) || wholeReadEveryDays < 0) {
    throw new ConfigurationError('wholeReadEveryDays', 'is a number from 0 up');
  }
  const version = resources.version ?? '1.1';
  const read = async (scope: Scope, readOptions: ReadOptions = {}): Promise<Roster> => {
    const readAt = clock.now().toISOString();
    const head = { source: provider, readAt, scope };
    const reads = await readCollections(resources, readOptions);
    if (find !== undefined) {
      const search = await searchGuardians(find, reads, resources.demographics, readOptions);
      return assembleRoster(reads, head, search);
    }
    const roster = assembleRoster(reads, head);
    if (!isWhole(reads)) return roster;
    const at = earliest(
      readAt,
      Object.values(reads).map(({ end }) => end),
    );
    return { ...roster, cursor: writeCursor({ provider, tenant: scope.tenant, version, at, readAt }) };
  };
  const since = { resources, provider, version, clock, wholeReadEveryMs: wholeReadEveryDays * DAY_MS, readWhole: read };
  return {
    provider,
    read,
    readSince: async (cursor, scope, readOptions = {}) => await readSince(since, cursor, scope, readOptions),
    preflight: async ({ signal } = {}) =>
      await preflightOver(listsOf(resources), { provider, words }, { clock, signal, guardiansInMetadata: find }),
    async schools({ signal } = {}): Promise<readonly School[]> {
      return schoolsOf(await resources.orgs.list().toArray({ signal }));
    },
  };
}

/** Changes can only be folded into a roster that has everything; what is not shared has nothing to be missed. */
function isWhole(reads: ListReads): boolean {
  return Object.values(reads).every(({ attestation: { state } }) => state === 'complete' || state === 'not-shared');
}
