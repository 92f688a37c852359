import { ConfigurationError } from '../../errors.js';

/** What the programs that write bundles do differently. Every switch is off unless it is set. */
export interface OneRosterCsvQuirks {
  /** Whether files begin with a byte order mark. @default false */
  readonly bom?: boolean | undefined;
  /** What ends a line: RFC 4180 wants CRLF, most programs write LF. @default 'lf' */
  readonly lineEnds?: 'lf' | 'crlf' | undefined;
  /** Whether the last line ends as the others do. @default true */
  readonly finalNewline?: boolean | undefined;
  /** Which cells are quoted: those that must be, or all. @default 'needed' */
  readonly quotes?: 'needed' | 'all' | undefined;
  /** How the names of columns are written. @default 'right' */
  readonly headers?: 'right' | 'lower' | 'upper' | undefined;
  /** Whether `status` and `dateLastModified` are blank, as the standard has it for bulk files, or filled. @default 'blank' */
  readonly status?: 'blank' | 'filled' | undefined;
  /** Whether files have `metadata.*` columns at their right. @default false */
  readonly metadata?: boolean | undefined;
  /** Whether every row has an empty cell more than the header, as spreadsheets leave it. @default false */
  readonly extraCells?: boolean | undefined;
  /** Days: `2026-08-27` or `8/27/2026`. @default 'iso' */
  readonly dates?: 'iso' | 'american' | undefined;
  /** `true`, `TRUE` or `1`. @default 'words' */
  readonly booleans?: 'words' | 'capitals' | 'digits' | undefined;
  /** Whether the parts of a list are divided by a comma, or by a comma and a space. @default 'tight' */
  readonly lists?: 'tight' | 'spaced' | undefined;
  /** The words of roles: the standard's, with a capital, or `ext:clerk` for office workers. @default 'standard' */
  readonly roleWords?: 'standard' | 'capitalised' | 'ext' | undefined;
  /** Whether the rows of each file are in an order of their own. @default false */
  readonly shuffled?: boolean | undefined;
  /** Whether there is a manifest. 1.0 never has one. @default true */
  readonly manifest?: boolean | undefined;
  /** Files that the manifest calls `delta` though they hold everything, or `absent`, and that are left out then. @default none */
  readonly modes?: Readonly<Record<string, 'bulk' | 'delta' | 'absent'>> | undefined;
  /** Whether users are there who are in no class: see the quirk of the server. @default true */
  readonly sharesUnenrolledUsers?: boolean | undefined;
  /** Whether guardians are no users but metadata of demographics: see the quirk of the server. @default false */
  readonly guardiansInMetadata?: boolean | undefined;
}

/** Every quirk of files, with what it is unless it is set. */
export type AllCsvQuirks = {
  readonly [Name in keyof OneRosterCsvQuirks]-?: Exclude<OneRosterCsvQuirks[Name], undefined>;
};

const standard: AllCsvQuirks = {
  bom: false,
  lineEnds: 'lf',
  finalNewline: true,
  quotes: 'needed',
  headers: 'right',
  status: 'blank',
  metadata: false,
  extraCells: false,
  dates: 'iso',
  booleans: 'words',
  lists: 'tight',
  roleWords: 'standard',
  shuffled: false,
  manifest: true,
  modes: {},
  sharesUnenrolledUsers: true,
  guardiansInMetadata: false,
};

const words: Readonly<Partial<Record<keyof AllCsvQuirks, readonly unknown[]>>> = {
  lineEnds: ['lf', 'crlf'],
  quotes: ['needed', 'all'],
  headers: ['right', 'lower', 'upper'],
  status: ['blank', 'filled'],
  dates: ['iso', 'american'],
  booleans: ['words', 'capitals', 'digits'],
  lists: ['tight', 'spaced'],
  roleWords: ['standard', 'capitalised', 'ext'],
};

/** @throws {ConfigurationError} where a quirk is unknown or impossible. */
export function checkedCsvQuirks(quirks: OneRosterCsvQuirks = {}): AllCsvQuirks {
  const given = Object.entries(quirks).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (!Object.hasOwn(standard, name)) {
      const names = Object.keys(standard).join(', ');
      throw new ConfigurationError(`quirks.${name}`, `is not a quirk of files. They are ${names}.`);
    }
    const quirk = name as keyof AllCsvQuirks;
    const known = words[quirk] ?? (quirk === 'modes' ? undefined : [true, false]);
    if (known?.includes(value) === false) {
      throw new ConfigurationError(`quirks.${name}`, `is one of ${known.map(String).join(', ')}`);
    }
    if (quirk === 'modes' && !isModes(value)) {
      throw new ConfigurationError('quirks.modes', 'has bulk, delta or absent for names of files');
    }
  }
  return { ...standard, ...(Object.fromEntries(given) as Partial<AllCsvQuirks>) };
}

function isModes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).every((mode) => ['bulk', 'delta', 'absent'].includes(mode as string));
}
