import { ConfigurationError } from '../../errors.js';

/** The collections of OneRoster that a simulated server has under a name of their own. */
export type SimulatedCollection =
  | 'orgs'
  | 'academicSessions'
  | 'courses'
  | 'classes'
  | 'users'
  | 'enrollments'
  | 'demographics'
  | 'resources'
  | 'categories'
  | 'lineItems'
  | 'results';

/**
 * What real OneRoster servers do differently. Every switch is off unless it is set: then the server does what the
 * standard says, in ClassLink's spelling. They may be combined as one likes.
 */
export interface OneRosterQuirks {
  /**
   * What `x-total-count` tells: the number of rows (`right`), nothing (`missing`), three more or fewer (`too-high`,
   * `too-low`), the rows of the page, the rows from the offset on (`remaining`), the rows as if there were no filter
   * (`before-filter`), or another number at every second request (`changing`).
   *
   * @default 'right'
   */
  readonly totals?:
    | 'right'
    | 'missing'
    | 'too-high'
    | 'too-low'
    | 'page'
    | 'remaining'
    | 'before-filter'
    | 'changing'
    | undefined;
  /** What `x-count` tells: the rows of the page, nothing, or one more. @default 'right' */
  readonly counts?: 'right' | 'none' | 'wrong' | undefined;
  /** The most rows of a page: who asks for more gets so many, and is not told. @default 10000 */
  readonly maxPageSize?: number | undefined;
  /** The rows of a page where no limit is asked for. @default 100 */
  readonly defaultPageSize?: number | undefined;
  /**
   * The `Link` header: right, none, a next page also behind the end (`always-next`), the number of the page where its
   * offset is meant (`page-index`), or on a host that must not be asked (`other-host`).
   *
   * @default 'right'
   */
  readonly links?: 'right' | 'none' | 'always-next' | 'page-index' | 'other-host' | undefined;
  /**
   * The order of lists: ascending by sourcedId or as `orderBy` asks (`sourcedId`), always `descending`, one of the
   * server's own whatever is asked (`natural`), its own unless `sort` is asked for (`asked`), another one at every
   * request (`unstable`), or by sourcedId without regard to case.
   *
   * @default 'sourcedId'
   */
  readonly order?: 'sourcedId' | 'descending' | 'natural' | 'asked' | 'unstable' | 'case-insensitive' | undefined;
  /** Whether `sort` knows only `sourcedId` and warns of any other field, or takes `any` field. @default 'sourcedId' */
  readonly sorts?: 'sourcedId' | 'any' | undefined;
  /** Whether every page is the first one. @default false */
  readonly ignoresOffset?: boolean | undefined;
  /** How many rows too early every page but the first begins, so that rows come again. @default 0 */
  readonly repeatsRows?: number | undefined;
  /** A page of more rows than this is answered by 502. @default none is too heavy */
  readonly failsAbove?: number | undefined;
  /** The `x-perm-rev` header: none, one word for each district that is served, or another at every request. @default 'none' */
  readonly revision?: 'none' | 'constant' | 'changing' | undefined;
  /**
   * How an error is written: as the version of the path has it, as one of the versions has it, 1.2's inside
   * `imsx_StatusInfo`, without the `imsx_` prefixes, as OAuth does, with a plain text as minor code, or as a web page.
   *
   * @default 'version'
   */
  readonly errors?:
    | 'version'
    | '1.1'
    | '1.2'
    | 'imsx_StatusInfo'
    | 'unprefixed'
    | 'oauth'
    | 'string-minor'
    | 'html'
    | undefined;
  /** Whether errors come with status 200. @default false */
  readonly failuresWithStatus200?: boolean | undefined;
  /** Whether every list has a `statusInfoSet` beside it that speaks of success and of a warning. @default false */
  readonly warnings?: boolean | undefined;
  /** `"true"`, `true`, `"TRUE"` or `"1"`. @default 'words' */
  readonly booleans?: 'words' | 'json' | 'capitals' | 'digits' | undefined;
  /** What stands for a value that is not known: `""` and `[]`, no field at all, or null. @default 'empty' */
  readonly absent?: 'empty' | 'missing' | 'null' | undefined;
  /** A list: an array, one text divided by commas, or, of one value, the value itself. @default 'array' */
  readonly lists?: 'array' | 'comma' | 'single' | undefined;
  /** Whether ids, codes and grades that are plain whole numbers are JSON numbers. @default false */
  readonly numbers?: boolean | undefined;
  /**
   * A reference: an object with `href`, `sourcedId` and `type`, the flat field `classSourcedId`, the id itself, or an
   * object with nothing but a `sourcedId` (`bare`).
   *
   * @default 'object'
   */
  readonly references?: 'object' | 'flat' | 'id' | 'bare' | undefined;
  /** Whether the parent of what has none is an empty object. @default false */
  readonly emptyParents?: boolean | undefined;
  /** The type of references: the standard's, or `school`, `term` and `student` where it says less. @default 'standard' */
  readonly referenceTypes?: 'standard' | 'own' | undefined;
  /** The key of a list: the name of its type, or of its path, such as `teachers`. @default 'standard' */
  readonly envelope?: 'standard' | 'path' | undefined;
  /**
   * Where a user's role stands: in `role` with `orgs` beside it (1.1), in `roles` (1.2), or in both; `version` is what
   * the version of the path says.
   *
   * @default 'version'
   */
  readonly roles?: 'version' | 'role' | 'roles' | 'both' | undefined;
  /** The words of roles: the standard's, with a capital, or `ext:clerk` for office workers. @default 'standard' */
  readonly roleWords?: 'standard' | 'capitalised' | 'ext' | undefined;
  /** What the field of links to other people is called. @default 'agents' */
  readonly agentsField?: 'agents' | 'agentSourcedIds' | 'agentSourceIds' | undefined;
  /** Days and instants: ISO, `8/27/2026`, or instants as SQL writes them. @default 'iso' */
  readonly dates?: 'iso' | 'american' | 'sql' | undefined;
  /** The status: `active`, nothing where it is active, or in capitals. @default 'active' */
  readonly status?: 'active' | 'missing' | 'capitals' | undefined;
  /**
   * What becomes of records that leave the district by `setDistrict`: they are gone, or they are served on with this
   * status and the instant of the change.
   *
   * @default 'gone'
   */
  readonly removals?: 'gone' | 'tobedeleted' | 'inactive' | undefined;
  /**
   * What becomes of `filter`: it works, it is ignored, it is refused by 400, or it is refused where it names a field
   * of a field.
   *
   * @default 'standard'
   */
  readonly filters?: 'standard' | 'ignored' | 'refused' | 'no-nested' | undefined;
  /** Whether `fields` works. @default 'standard' */
  readonly fields?: 'standard' | 'ignored' | undefined;
  /**
   * ClassLink's switch "Unenrolled Users". Where it is off, only members of classes are served: guardians and
   * administrators are not, though students name their guardians.
   *
   * @default true
   */
  readonly sharesUnenrolledUsers?: boolean | undefined;
  /**
   * Whether guardians are no users, but stand in the `metadata` of their students' demographics: `Guardian1FullName`,
   * `Guardian1Email`, `Guardian1Phone`, and the same with 2.
   *
   * @default false
   */
  readonly guardiansInMetadata?: boolean | undefined;
  /** The collections that the district does not share, and how they are answered. @default none */
  readonly notShared?: Readonly<Partial<Record<SimulatedCollection, 403 | 404 | 'empty'>>> | undefined;
  /** Whether there are endpoints below others, such as `/classes/{id}/students`. @default true */
  readonly nested?: boolean | undefined;
  /** Whether `/classes/{id}/students` lists the teachers of the class too. @default false */
  readonly teachersAmongStudents?: boolean | undefined;
  /** Whether an encoded slash in a path is understood, or answered by 404. @default 'right' */
  readonly encodedIds?: 'right' | 'refused' | undefined;
  /** Fields whose values are replaced by digests, as ClassLink's DataGuard does; `x-obfuscated` is true then. @default none */
  readonly obfuscated?: readonly string[] | undefined;
}

/** Every quirk, with what it is unless it is set. */
export type AllQuirks = { readonly [Name in keyof OneRosterQuirks]-?: Exclude<OneRosterQuirks[Name], undefined> };

/** A server that keeps to the standard. */
export const standardQuirks: AllQuirks = {
  totals: 'right',
  counts: 'right',
  maxPageSize: 10_000,
  defaultPageSize: 100,
  links: 'right',
  order: 'sourcedId',
  sorts: 'sourcedId',
  ignoresOffset: false,
  repeatsRows: 0,
  failsAbove: Number.MAX_SAFE_INTEGER,
  revision: 'none',
  errors: 'version',
  failuresWithStatus200: false,
  warnings: false,
  booleans: 'words',
  absent: 'empty',
  lists: 'array',
  numbers: false,
  references: 'object',
  emptyParents: false,
  referenceTypes: 'standard',
  envelope: 'standard',
  roles: 'version',
  roleWords: 'standard',
  agentsField: 'agents',
  dates: 'iso',
  status: 'active',
  removals: 'gone',
  filters: 'standard',
  fields: 'standard',
  sharesUnenrolledUsers: true,
  guardiansInMetadata: false,
  notShared: {},
  nested: true,
  teachersAmongStudents: false,
  encodedIds: 'right',
  obfuscated: [],
};

/** The words that a quirk knows. What has none is a flag, a number or a list. */
const words: Readonly<Partial<Record<keyof AllQuirks, readonly string[]>>> = {
  totals: ['right', 'missing', 'too-high', 'too-low', 'page', 'remaining', 'before-filter', 'changing'],
  counts: ['right', 'none', 'wrong'],
  links: ['right', 'none', 'always-next', 'page-index', 'other-host'],
  order: ['sourcedId', 'descending', 'natural', 'asked', 'unstable', 'case-insensitive'],
  sorts: ['sourcedId', 'any'],
  revision: ['none', 'constant', 'changing'],
  errors: ['version', '1.1', '1.2', 'imsx_StatusInfo', 'unprefixed', 'oauth', 'string-minor', 'html'],
  booleans: ['words', 'json', 'capitals', 'digits'],
  absent: ['empty', 'missing', 'null'],
  lists: ['array', 'comma', 'single'],
  references: ['object', 'flat', 'id', 'bare'],
  referenceTypes: ['standard', 'own'],
  envelope: ['standard', 'path'],
  roles: ['version', 'role', 'roles', 'both'],
  roleWords: ['standard', 'capitalised', 'ext'],
  agentsField: ['agents', 'agentSourcedIds', 'agentSourceIds'],
  dates: ['iso', 'american', 'sql'],
  status: ['active', 'missing', 'capitals'],
  removals: ['gone', 'tobedeleted', 'inactive'],
  filters: ['standard', 'ignored', 'refused', 'no-nested'],
  fields: ['standard', 'ignored'],
  encodedIds: ['right', 'refused'],
};

const shareableCollections: readonly string[] = [
  'orgs',
  'academicSessions',
  'courses',
  'classes',
  'users',
  'enrollments',
  'demographics',
  'resources',
  'categories',
  'lineItems',
  'results',
] satisfies readonly SimulatedCollection[];

/** @throws {ConfigurationError} where a quirk is unknown or impossible. */
export function checkedQuirks(quirks: OneRosterQuirks = {}): AllQuirks {
  const given = Object.entries(quirks).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (!isQuirk(name)) {
      throw new ConfigurationError(
        `quirks.${name}`,
        `is not a quirk. They are ${Object.keys(standardQuirks).join(', ')}.`,
      );
    }
    const problem = problemOf(name, value);
    if (problem !== undefined) throw new ConfigurationError(`quirks.${name}`, problem);
  }
  return { ...standardQuirks, ...(Object.fromEntries(given) as Partial<AllQuirks>) };
}

function isQuirk(name: string): name is keyof AllQuirks {
  return Object.hasOwn(standardQuirks, name);
}

function problemOf(name: keyof AllQuirks, value: unknown): string | undefined {
  const known = words[name];
  if (known !== undefined) {
    return typeof value === 'string' && known.includes(value) ? undefined : `is one of ${known.join(', ')}`;
  }
  switch (name) {
    case 'maxPageSize':
    case 'defaultPageSize':
    case 'failsAbove':
    case 'repeatsRows': {
      const least = name === 'repeatsRows' ? 0 : 1;
      return Number.isInteger(value) && Number(value) >= least
        ? undefined
        : `is a whole number from ${String(least)} up`;
    }
    case 'obfuscated':
      return Array.isArray(value) && value.every((field) => typeof field === 'string')
        ? undefined
        : 'is a list of names of fields';
    case 'notShared':
      return isNotShared(value) ? undefined : "has 403, 404 or 'empty' for names of collections";
    default:
      return typeof value === 'boolean' ? undefined : 'is true or false';
  }
}

function isNotShared(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(
    ([collection, answer]) =>
      shareableCollections.includes(collection) && [403, 404, 'empty', undefined].includes(answer as 403),
  );
}
