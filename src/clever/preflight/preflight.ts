import { RosterError } from '../../errors.js';
import type { Paged } from '../../http/index.js';
import { checkOptionNames } from '../../internal/options.js';
import { Tally } from '../../internal/tally.js';
import {
  type Collection,
  type Preflight,
  type PreflightCollection,
  preflightCollectionOf,
  type PreflightFreshness,
} from '../../model/index.js';
import type { Clock } from '../../ports/index.js';
import type { CleverClient } from '../api/client.js';
import { districtOf, scopesOf } from '../district-state.js';
import { hasEvents } from '../events/latest-event.js';
import { type CleverTier, tierOf } from '../tier.js';
import { type FindingCode, Findings, type Kind, KINDS } from './findings.js';
import { PeopleCheck } from './people.js';
import { SectionsCheck } from './sections.js';
import type { CleverDistrict } from '../api/wire.js';

/** How to look at a Clever district. */
export interface CleverPreflightOptions {
  /** Judges how old the data is. @default the system's clock */
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
}

const OPTION_NAMES = ['clock', 'signal'] as const satisfies readonly (keyof CleverPreflightOptions)[];

/** After so long without a sync of the district something is wrong: Clever's usual ones run at least daily. */
const OLD_AFTER_HOURS = 72;
const HOUR_MS = 3_600_000;

type ListName = 'schools' | 'terms' | 'courses' | 'sections' | 'users';

const KIND_NAMES: readonly Kind[] = ['SCHOOLS', 'SECTIONS', 'STUDENTS', 'TEACHERS', 'CONTACTS'];

/** The list that a kind of records is in. */
const LIST_OF = {
  SCHOOLS: 'schools',
  SECTIONS: 'sections',
  STUDENTS: 'users',
  TEACHERS: 'users',
  CONTACTS: 'users',
} as const satisfies Readonly<Record<Kind, ListName>>;

/** How the reading of a list ended. */
type Ending = 'complete' | 'refused' | 'failed';

interface Outcome {
  readonly ending: Ending;
  readonly count: number;
}

/**
 * Looks at what a district shares with the application, before anything is imported: reads every list once, keeps ids
 * and counts, writes nothing. A district that withdrew the application, or shares no roster, is a finding.
 *
 * @throws ConfigurationError naming an option that is unknown
 * @throws ConnectionError, ServerError or RateLimitError where not even the district can be read, DecodeError where the
 * answer is not that of Clever's Data API
 * @example
 * ```ts
 * import { CleverClient } from 'rosterkit';
 * import { cleverPreflight } from 'rosterkit/clever';
 *
 * const client = new CleverClient({ token: process.env['CLEVER_TOKEN'] ?? '' });
 * const { state, people, findings } = await cleverPreflight(client);
 * console.log(state, people.student, people.guardian);
 * for (const { message, count } of findings) console.log(message, count);
 * ```
 */
export async function cleverPreflight(client: CleverClient, options: CleverPreflightOptions = {}): Promise<Preflight> {
  checkOptionNames(options, OPTION_NAMES);
  const preflight = new CleverPreflight(client, options);
  await preflight.look();
  return preflight.result();
}

class CleverPreflight {
  private readonly findings = new Findings();
  private readonly now: Date;
  private readonly signal: { readonly signal?: AbortSignal };
  private readonly people = new PeopleCheck();
  private readonly rejected = new Tally();
  private readonly outcomes = new Map<ListName, Outcome>();
  private district: CleverDistrict | undefined;
  private districtId: string | undefined;
  private scopes: readonly string[] | undefined;
  private members = 0;

  constructor(
    private readonly client: CleverClient,
    private readonly options: CleverPreflightOptions,
  ) {
    this.now = options.clock?.now() ?? new Date();
    this.signal = options.signal === undefined ? {} : { signal: options.signal };
  }

  async look(): Promise<void> {
    try {
      this.district = await districtOf(this.client, this.signal);
      this.judgeDistrict(this.district);
      this.scopes = await scopesOf(this.client, this.signal);
      const withoutRoster = this.scopes === undefined ? undefined : WITHOUT_ROSTER[tierOf(this.scopes)];
      if (withoutRoster !== undefined) {
        this.findings.add(withoutRoster);
        return;
      }
      await this.readLists();
      if (this.hasNoRoster()) {
        this.findings.add('NO_ROSTER');
        return;
      }
      this.judgeSharing();
      if ((await hasEvents(this.client, this.district, this.signal)) === false) this.findings.add('EVENTS_OFF');
    } catch (error) {
      const code = refusalCode(error);
      if (code === undefined) throw error;
      this.districtId = districtIdOf(error);
      this.findings.add(code);
    }
  }

  result(): Preflight {
    const { findings, people, district } = this;
    const districtId = district?.id ?? this.districtId;
    return {
      provider: 'clever',
      ...(districtId === undefined ? {} : { districtId }),
      ...(district?.name === undefined ? {} : { districtName: district.name }),
      checkedAt: this.now.toISOString(),
      state: findings.state(),
      collections: this.collections(),
      people: people.counts,
      contactTypes: people.countsOfContactTypes(),
      contactPhoneTypes: people.countsOfPhoneTypes(),
      freshness: district === undefined ? {} : freshnessOf(district, this.now),
      findings: findings.sorted(),
    };
  }

  /** People before sections: whether a member is known can then be told of each section as it comes. */
  private async readLists(): Promise<void> {
    const { client, people, findings } = this;
    const schools = new Set<string>();
    const courseTitles = new Map<string, string>();
    await this.read('schools', client.schools.list(), ({ id }) => schools.add(id));
    await this.read('terms', client.terms.list(), () => undefined);
    await this.read('courses', client.courses.list(), ({ id, name }) => courseTitles.set(id, name ?? ''));
    await this.read('users', client.users.list(), (user) => {
      people.add(user);
    });
    const sections = new SectionsCheck({
      schools: this.isComplete('schools') ? schools : undefined,
      people: this.isComplete('users') ? people.ids : undefined,
      courseTitles,
    });
    await this.read('sections', client.sections.list(), (section) => {
      sections.add(section);
    });
    this.members = sections.members;
    sections.report(findings);
    people.report(findings);
    findings.addTally('ROWS_UNUSABLE', this.rejected);
  }

  /** Reads a list to its end, or as far as it goes. What says that the token itself is refused ends the preflight. */
  private async read<T>(name: ListName, list: Paged<T>, look: (record: T) => unknown): Promise<void> {
    let count = 0;
    let ending: Ending = 'complete';
    try {
      for await (const page of list.byPage(this.signal)) {
        for (const item of page.items) look(item);
        count += page.items.length;
        for (const { sourcedId } of page.rejected ?? []) this.rejected.add(sourcedId);
      }
    } catch (error) {
      ending = 'failed';
      this.options.signal?.throwIfAborted();
      const code = tolerableCode(error);
      if (code === undefined) throw error;
      if (count === 0 && (code === 'permission_denied' || code === 'not_found')) ending = 'refused';
    } finally {
      this.outcomes.set(name, { ending, count });
    }
  }

  private isComplete(name: ListName): boolean {
    return this.listOutcome(name).ending === 'complete';
  }

  private judgeDistrict(district: CleverDistrict): void {
    const { findings, now } = this;
    const { state, launch_date: launch, pause_start: from, pause_end: until } = district;
    const { lastSync, ageHours = 0 } = freshnessOf(district, now);
    if (state === 'paused') findings.addPaused(from, until);
    if (state === 'error') findings.add('SYNC_FAILING');
    if (state === 'pending') findings.add('SYNC_PENDING');
    if (lastSync === undefined) findings.add('LAST_SYNC_UNKNOWN');
    // Data that stands still on purpose is old for no other reason.
    else if (state !== 'paused' && ageHours > OLD_AFTER_HOURS) findings.add('DATA_OLD');
    if (launch !== undefined && Date.parse(launch) > now.getTime()) findings.addNotLaunched(launch);
  }

  private hasNoRoster(): boolean {
    return Object.values(LIST_OF).every((name) => this.listOutcome(name).ending === 'refused');
  }

  /** What is not there, and whether that is a matter of scopes, of sharing, or of the moment. */
  private judgeSharing(): void {
    const { findings } = this;
    for (const [name, { ending }] of this.outcomes) {
      if (ending === 'failed') findings.addFailed(name, name !== 'terms' && name !== 'courses');
    }
    for (const kind of KIND_NAMES) {
      const { ending, count } = this.outcomeOf(kind);
      if (count > 0 || ending === 'failed') continue;
      if (ending === 'refused') findings.addNotShared(kind);
      else findings.addNone(kind);
    }
  }

  /** What came of a kind of records; where none came and the token has not the scope for them, that is why. */
  private outcomeOf(kind: Kind): Outcome {
    const list = this.listOutcome(LIST_OF[kind]);
    const { student, teacher, guardian } = this.people.counts;
    const inList = list.count;
    const count = { SCHOOLS: inList, SECTIONS: inList, STUDENTS: student, TEACHERS: teacher, CONTACTS: guardian }[kind];
    const isOutOfScope =
      count === 0 && list.ending === 'complete' && this.scopes?.includes(KINDS[kind].scope) === false;
    return { ending: isOutOfScope ? 'refused' : list.ending, count };
  }

  /** A list that was not even asked for is out of reach. */
  private listOutcome(name: ListName): Outcome {
    return this.outcomes.get(name) ?? { ending: 'refused', count: 0 };
  }

  private collections(): Readonly<Record<Collection, PreflightCollection>> {
    const sections = this.outcomeOf('SECTIONS');
    return {
      schools: collectionOf(this.outcomeOf('SCHOOLS')),
      terms: collectionOf(this.listOutcome('terms')),
      courses: collectionOf(this.listOutcome('courses')),
      classes: collectionOf(sections),
      users: collectionOf(this.listOutcome('users')),
      enrollments: collectionOf({ ...sections, count: this.members }),
      guardianLinks: collectionOf({ ...this.outcomeOf('CONTACTS'), count: this.people.relationships }),
    };
  }
}

function collectionOf({ ending, count }: Outcome): PreflightCollection {
  return preflightCollectionOf(ending, count);
}

function freshnessOf(district: CleverDistrict, now: Date): PreflightFreshness {
  const { state, last_sync: lastSync, pause_start: from, pause_end: until } = district;
  const age = lastSync === undefined ? Number.NaN : now.getTime() - Date.parse(lastSync);
  return {
    ...(lastSync === undefined ? {} : { lastSync }),
    ...(Number.isNaN(age) ? {} : { ageHours: Math.max(0, Math.floor(age / HOUR_MS)) }),
    ...(from === undefined ? {} : { pausedFrom: from }),
    ...(until === undefined ? {} : { pausedUntil: until }),
    ...(state === undefined ? {} : { districtState: state }),
  };
}

/** What is found where the token belongs to a product without a roster. */
const WITHOUT_ROSTER = {
  sso: 'SIGN_IN_ONLY',
  library: 'LIBRARY_ONLY',
  unknown: 'NO_ROSTER',
  'secure-sync': undefined,
} as const satisfies Readonly<Record<CleverTier, FindingCode | undefined>>;

/** What the error of one request is called; undefined where it spoils the whole preflight. */
function tolerableCode(error: unknown): string | undefined {
  if (!RosterError.isInstance(error)) return undefined;
  return ['configuration', 'authentication', 'disconnected'].includes(error.code) ? undefined : error.code;
}

/** The finding that an error amounts to, where it tells about the district rather than about the moment. */
function refusalCode(error: unknown): FindingCode | undefined {
  if (!RosterError.isInstance(error)) return undefined;
  if (error.code === 'disconnected') return 'DISCONNECTED';
  if (error.code === 'authentication') return 'TOKEN_REFUSED';
  return error.code === 'permission_denied' || error.code === 'not_found' ? 'NO_ROSTER' : undefined;
}

function districtIdOf(error: unknown): string | undefined {
  return RosterError.isInstance(error) && 'districtId' in error && typeof error.districtId === 'string'
    ? error.districtId
    : undefined;
}
