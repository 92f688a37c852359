import { RosterError } from '../../errors.js';
import { checkFunction, checkOptionNames } from '../../internal/options.js';
import { type Collection, type Preflight, type PreflightCollection, preflightCollectionOf } from '../../model/index.js';
import type { Clock } from '../../ports/index.js';
import type { OneRosterClient } from '../api/client.js';
import type { OneRosterRecords, OneRosterRosterCollection } from '../records/wire.js';
import type { GuardianSearch, GuardiansInMetadata } from '../roster/guardians/in-metadata.js';
import { ClassesCheck, TermsCheck } from './classes.js';
import { type FindingCode, Findings, type Kind } from './findings.js';
import { FreshnessCheck } from './freshness.js';
import { GuardiansCheck } from './guardians.js';
import { type ListOutcome, ListReader } from './list-reader.js';
import { listsOf, type PreflightLists } from './lists.js';
import { MembersCheck } from './members.js';
import { PeopleCheck } from './people.js';
import { type PreflightWords, SERVER_WORDS } from './words.js';

/** How to look at a district behind OneRoster. */
export interface OneRosterPreflightOptions {
  /** Judges how old the data is, and which terms are over. @default the system's clock */
  readonly clock?: Clock | undefined;
  /** As of the source: guardians found there count. @default guardians are only looked for among the users */
  readonly guardiansInMetadata?: GuardiansInMetadata | undefined;
  readonly signal?: AbortSignal | undefined;
}

const OPTION_NAMES = [
  'clock',
  'guardiansInMetadata',
  'signal',
] as const satisfies readonly (keyof OneRosterPreflightOptions)[];

/**
 * Looks at what a OneRoster server shares, before anything is imported: reads the six lists of a roster once, keeps ids
 * and counts, writes nothing. Refused credentials, and a server that shares no roster, are findings.
 *
 * @throws ConfigurationError naming `client` where it is none, or an option that is unknown or impossible
 * @throws ConnectionError, ServerError or RateLimitError where not even the orgs can be read, DecodeError where no
 * answer is one of OneRoster
 * @example
 * ```ts
 * import { bearer, OneRosterClient, oneRosterPreflight } from 'rosterkit/oneroster';
 *
 * export async function look(token: string): Promise<void> {
 *   const client = new OneRosterClient({ baseUrl: 'https://roster.example.com', auth: bearer(token) });
 *   const { state, people, findings } = await oneRosterPreflight(client);
 *   console.log(state, people.student, people.guardian);
 *   for (const { message, count } of findings) console.log(message, count);
 * }
 * ```
 */
export async function oneRosterPreflight(
  client: OneRosterClient,
  options: OneRosterPreflightOptions = {},
): Promise<Preflight> {
  return await preflightOver(listsOf(client), { provider: 'oneroster', words: SERVER_WORDS }, options);
}

/** Looks through six lists, whichever way they come, and speaks of them in the words of a provider. */
export async function preflightOver(
  lists: PreflightLists,
  provider: { readonly provider: string; readonly words: PreflightWords },
  options: OneRosterPreflightOptions,
): Promise<Preflight> {
  checkOptionNames(options, OPTION_NAMES);
  checkFunction('guardiansInMetadata', options.guardiansInMetadata);
  const preflight = new ListsPreflight(lists, provider.words, options);
  await preflight.look();
  return preflight.result(provider.provider);
}

/** What each list is the list of. */
const KIND_OF = {
  orgs: 'SCHOOLS',
  academicSessions: 'TERMS',
  courses: 'COURSES',
  classes: 'CLASSES',
  users: 'USERS',
  enrollments: 'ENROLLMENTS',
} as const satisfies Readonly<Record<OneRosterRosterCollection, Kind>>;

const LISTS = Object.keys(KIND_OF) as readonly OneRosterRosterCollection[];

class ListsPreflight {
  private readonly findings: Findings;
  private readonly now: Date;
  private readonly freshness: FreshnessCheck;
  private readonly reader: ListReader;
  private readonly people: PeopleCheck;
  private guardians = new GuardiansCheck(undefined);
  private readonly schools = new Set<string>();
  private district: OneRosterRecords['orgs'] | undefined;
  private districtId: string | undefined;
  private members = 0;

  constructor(
    private readonly lists: PreflightLists,
    private readonly words: PreflightWords,
    private readonly options: OneRosterPreflightOptions,
  ) {
    this.findings = new Findings(words);
    this.now = options.clock?.now() ?? new Date();
    this.people = new PeopleCheck(this.now.toISOString());
    this.freshness = new FreshnessCheck(this.now);
    this.reader = new ListReader(lists, this.findings, this.freshness, options.signal);
  }

  async look(): Promise<void> {
    const { findings, reader } = this;
    try {
      await this.readLists();
    } catch (error) {
      const code = refusalCode(error);
      if (code === undefined) throw error;
      this.districtId = districtIdOf(error);
      findings.add(code);
      return;
    }
    if (reader.unreadable !== undefined && LISTS.every((list) => this.outcomeOf(list).ending !== 'complete')) {
      throw reader.unreadable;
    }
    if (LISTS.every((list) => this.outcomeOf(list).ending === 'refused')) findings.add('NO_ROSTER');
    else this.judge();
  }

  result(provider: string): Preflight {
    const { findings, people, district, guardians } = this;
    const districtId = district?.sourcedId ?? this.districtId;
    return {
      provider,
      ...(districtId === undefined ? {} : { districtId }),
      ...(district === undefined ? {} : { districtName: district.name }),
      checkedAt: this.now.toISOString(),
      state: findings.state(),
      collections: this.collections(),
      people: people.counts,
      contactTypes: guardians.countsOfTypes(),
      contactPhoneTypes: people.countsOfPhoneTypes(),
      freshness: this.freshness.result(),
      findings: findings.sorted(),
    };
  }

  /** What is referred to comes before what refers to it: whether it is known can then be told as each record comes. */
  private async readLists(): Promise<void> {
    const { reader, findings, people } = this;
    await reader.read('orgs', (org) => this.addOrg(org));
    const terms = new TermsCheck(this.now.toISOString().slice(0, 10));
    await reader.read('academicSessions', (session) => terms.add(session));
    const courseTitles = new Map<string, string>();
    await reader.read('courses', ({ sourcedId, title = '' }) => courseTitles.set(sourcedId, title));
    const classes = new ClassesCheck({ schools: this.ifWhole('orgs', this.schools), terms, courseTitles });
    const classIds = await reader.read('classes', (record) => classes.add(record));
    const search = await this.searchOf();
    const guardians = new GuardiansCheck(search);
    this.guardians = guardians;
    const userIds = await reader.read('users', (user) => {
      people.add(user);
      guardians.add(user);
    });
    guardians.settle(this.ifWhole('users', userIds));
    people.counts.guardian += guardians.found;
    if (search !== undefined && !isWhole(search, guardians.found)) findings.add('DEMOGRAPHICS_NOT_SHARED');
    const members = new MembersCheck({
      people: this.ifWhole('users', userIds),
      classes: this.ifWhole('classes', classIds),
    });
    await reader.read('enrollments', (enrollment) => {
      if (!members.add(enrollment)) reader.rejected.add(enrollment.sourcedId);
    });
    this.members = members.count;
    terms.report(findings);
    classes.report(findings);
    members.report(findings, this.outcomeOf('enrollments').isWhole);
    people.report(findings);
    guardians.report(findings);
    reader.report();
  }

  /** Where to look for guardians who are no users of their own; nowhere unless the district is known to hide them. */
  private async searchOf(): Promise<GuardianSearch | undefined> {
    const { guardiansInMetadata: find, signal = new AbortController().signal } = this.options;
    if (find === undefined) return undefined;
    return { find, demographics: await this.lists.demographics(signal) };
  }

  private addOrg(org: OneRosterRecords['orgs']): void {
    const type = org.type.toLowerCase();
    if (type === 'school') this.schools.add(org.sourcedId);
    if (type === 'district') this.district ??= org;
  }

  /** What is not there, and how old the rest is. */
  private judge(): void {
    const { findings, freshness } = this;
    for (const list of LISTS) {
      const { ending, isWhole } = this.outcomeOf(list);
      if (ending === 'refused') findings.addNotShared(KIND_OF[list]);
      else if (isWhole) this.judgeNone(list);
    }
    if (freshness.isOld()) findings.add('DATA_OLD');
    const hasRecords = LISTS.some((list) => this.outcomeOf(list).count > 0);
    if (this.words.hasDeltas && !freshness.isKnown() && hasRecords) findings.add('LAST_CHANGE_UNKNOWN');
  }

  /** What a list that was read to its end has none of. */
  private judgeNone(list: OneRosterRosterCollection): void {
    const { findings } = this;
    if (list === 'orgs' && this.schools.size === 0) findings.addNone('SCHOOLS');
    if (list === 'classes' && this.outcomeOf(list).count === 0) findings.addNone('CLASSES');
    if (list === 'enrollments' && this.members === 0) findings.addNone('ENROLLMENTS');
    if (list !== 'users') return;
    const { student, teacher, guardian, administrator } = this.people.counts;
    if (student === 0) findings.addNone('STUDENTS');
    if (teacher === 0) findings.addNone('TEACHERS');
    if (guardian === 0) findings.add('NO_GUARDIANS');
    if (administrator === 0) findings.add('NO_ADMINISTRATORS');
  }

  private outcomeOf(list: OneRosterRosterCollection): ListOutcome {
    return this.reader.outcomeOf(list);
  }

  private ifWhole<T>(list: OneRosterRosterCollection, found: T): T | undefined {
    return this.outcomeOf(list).isWhole ? found : undefined;
  }

  private collections(): Readonly<Record<Collection, PreflightCollection>> {
    const of = (list: OneRosterRosterCollection, count = this.outcomeOf(list).count): PreflightCollection =>
      preflightCollectionOf(this.outcomeOf(list).ending, count);
    const { links } = this.guardians;
    const isUnshared = links === 0 && this.outcomeOf('users').isWhole;
    return {
      schools: of('orgs', this.schools.size),
      terms: of('academicSessions'),
      courses: of('courses'),
      classes: of('classes'),
      users: of('users'),
      enrollments: of('enrollments', this.members),
      // As in a roster: where there is not one link, they are not shared.
      guardianLinks: isUnshared ? { state: 'not-shared', count: 0 } : of('users', links),
    };
  }
}

/** Demographics that are never shared hide nobody, where guardians are found in the users themselves. */
function isWhole({ demographics }: GuardianSearch, found: number): boolean {
  const { state } = demographics.attestation;
  return state === 'complete' || (found > 0 && (state === 'not-shared' || state === 'not-read'));
}

/** The finding that an error amounts to, where it tells about the district rather than about the moment. */
function refusalCode(error: unknown): FindingCode | undefined {
  if (!RosterError.isInstance(error)) return undefined;
  if (error.code === 'disconnected') return 'DISCONNECTED';
  return error.code === 'authentication' ? 'CREDENTIALS_REFUSED' : undefined;
}

function districtIdOf(error: unknown): string | undefined {
  return RosterError.isInstance(error) && 'districtId' in error && typeof error.districtId === 'string'
    ? error.districtId
    : undefined;
}
