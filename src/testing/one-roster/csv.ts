import { ConfigurationError } from '../../errors.js';
import { checkOptionNames } from '../../internal/options.js';
import type { District } from '../district.js';
import { Random } from '../random.js';
import { columnsOf, type CsvFile, type OneRosterCsvVersion, namesOf10, otherFiles } from './csv-columns.js';
import { type AllCsvQuirks, checkedCsvQuirks, type OneRosterCsvQuirks } from './csv-quirks.js';
import { americanDay, roleWordOf } from './dialect.js';
import { type GuidRef, type OneRosterRecord, OneRosterWriter } from './records.js';
import { type AgentsSide, makeRows, type Rows } from './rows.js';

/** How a district is written as a bundle. */
export interface OneRosterCsvOptions {
  /** @default '1.1' */
  readonly version?: OneRosterCsvVersion | undefined;
  /** From which side guardians and students are linked. @default 'both' */
  readonly agents?: AgentsSide | undefined;
  /** What the program that writes the files does differently. @default nothing */
  readonly quirks?: OneRosterCsvQuirks | undefined;
}

const OPTION_NAMES = ['version', 'agents', 'quirks'] as const satisfies readonly (keyof OneRosterCsvOptions)[];

/**
 * The files of a OneRoster bundle by their names, as text: the data that `simulateOneRoster` serves of the district,
 * with the same sourcedIds. Put them into a folder or a zip. 1.0 has no columns for middle names, grades of people and
 * periods.
 *
 * @throws {ConfigurationError} where the version, an option or a quirk is unknown.
 * @example
 * ```ts
 * import { generateDistrict, oneRosterCsvFiles } from 'rosterkit/testing';
 *
 * const files = oneRosterCsvFiles(generateDistrict(), { version: '1.2', quirks: { bom: true, quotes: 'all' } });
 * console.log(Object.keys(files), files['orgs.csv']?.split('\n')[0]);
 * ```
 */
export function oneRosterCsvFiles(
  district: District,
  options: OneRosterCsvOptions = {},
): Readonly<Record<string, string>> {
  checkOptionNames(options, OPTION_NAMES);
  const { version = '1.1', agents = 'both' } = options;
  if (!['1.0', '1.1', '1.2'].includes(version)) throw new ConfigurationError('version', 'is 1.0, 1.1 or 1.2');
  const quirks = checkedCsvQuirks(options.quirks);
  const tables = tablesOf(district, agents, version, quirks);
  const files: Record<string, string> = {};
  const present: CsvFile[] = [];
  for (const [file, columns] of columnsOf(version)) {
    const records = quirks.shuffled ? new Random(1, file).shuffled(tables[file]) : tables[file];
    // A file without rows is not allowed: it is left out.
    if (quirks.modes[file] === 'absent' || records.length === 0) continue;
    present.push(file);
    files[`${file}.csv`] = written(columns, records, quirks);
  }
  if (quirks.manifest && version !== '1.0') files['manifest.csv'] = manifest(version, present, quirks);
  return files;
}

/** The rows of every file, as records with the fields of 1.1 and 1.2 both. */
function tablesOf(
  district: District,
  agents: AgentsSide,
  version: OneRosterCsvVersion,
  quirks: AllCsvQuirks,
): Readonly<Record<CsvFile, readonly OneRosterRecord[]>> {
  const rows = makeRows(district, { ...quirks, agents });
  const writer = new OneRosterWriter('', {
    version: version === '1.2' ? '1.2' : '1.1',
    hasRole: version !== '1.2',
    hasRoles: version === '1.2',
  });
  const all = (list: Rows): readonly OneRosterRecord[] =>
    Array.from({ length: list.length }, (_, position) => list.at(position, writer) ?? {});
  const users = all(rows.users);
  const headOf = ({ sourcedId, status, dateLastModified }: OneRosterRecord, suffix: string): OneRosterRecord => ({
    sourcedId: `${String(sourcedId)}${suffix}`,
    status,
    dateLastModified,
    user: { sourcedId },
  });
  return {
    orgs: all(rows.orgs),
    academicSessions: all(rows.academicSessions),
    courses: all(rows.courses),
    classes: all(rows.classes),
    users,
    roles: users.flatMap((user) =>
      recordsIn(user['roles']).map((role, index) => ({ ...headOf(user, `-role-${String(index + 1)}`), ...role })),
    ),
    userProfiles: users.flatMap((user) =>
      recordsIn(user['userProfiles']).map((profile) => ({
        ...headOf(user, '-profile'),
        ...profile,
        credentialType: 'username',
        username: user['username'],
      })),
    ),
    enrollments: all(rows.enrollments),
    // 1.0 names the user of the demographics.
    demographics: all(rows.demographics).map((record) => ({ ...record, user: { sourcedId: record['sourcedId'] } })),
  };
}

function recordsIn(value: unknown): readonly OneRosterRecord[] {
  return Array.isArray(value) ? (value as readonly OneRosterRecord[]) : [];
}

function written(columns: readonly string[], records: readonly OneRosterRecord[], quirks: AllCsvQuirks): string {
  const metadata = metadataColumns(records, quirks);
  const header = [...columns, ...metadata.map((name) => `metadata.${name}`)].map((name) => headerOf(name, quirks));
  const rows = records.map((record) => {
    const own = record['metadata'] as OneRosterRecord | undefined;
    return [
      ...columns.map((column) => cellOf(column, record, quirks)),
      ...metadata.map((name) => metadataCell(name, own)),
      ...(quirks.extraCells ? [''] : []),
    ];
  });
  return joined([header, ...rows], quirks);
}

/** The metadata that records have, or a column of whatever where every file is to have some. */
function metadataColumns(records: readonly OneRosterRecord[], quirks: AllCsvQuirks): readonly string[] {
  const names = new Set(records.flatMap(({ metadata }) => Object.keys((metadata ?? {}) as OneRosterRecord)));
  return names.size === 0 && quirks.metadata ? ['note'] : [...names];
}

function metadataCell(name: string, own: OneRosterRecord | undefined): string {
  const value = own?.[name];
  return typeof value === 'string' ? value : name === 'note' ? 'some note' : '';
}

function headerOf(name: string, { headers }: AllCsvQuirks): string {
  if (headers === 'right') return name;
  return headers === 'lower' ? name.toLowerCase() : name.toUpperCase();
}

const days: ReadonlySet<string> = new Set(['startDate', 'endDate', 'beginDate', 'birthDate']);

function cellOf(column: string, record: OneRosterRecord, quirks: AllCsvQuirks): string {
  const name = namesOf10[column] ?? column;
  if (quirks.status === 'blank' && (name === 'status' || name === 'dateLastModified')) return '';
  const separator = quirks.lists === 'spaced' ? ', ' : ',';
  if (name === 'userIds') {
    const ids = recordsIn(record[name]);
    return ids.map(({ type, identifier }) => `{${String(type)}:${String(identifier)}}`).join(separator);
  }
  if (name !== 'sourcedId' && /SourcedIds?$/.test(name)) return idsIn(record[fieldOf(name)]).join(separator);
  const value = record[name];
  if (Array.isArray(value)) return value.join(separator);
  const text = typeof value === 'string' ? value : '';
  if (name === 'role') return roleWordOf(text, quirks);
  if (days.has(name) && quirks.dates === 'american') return americanDay(text);
  if ((text === 'true' || text === 'false') && quirks.booleans !== 'words') {
    return quirks.booleans === 'capitals' ? text.toUpperCase() : String(Number(text === 'true'));
  }
  return text;
}

/** `orgSourcedIds` stands for `orgs`, `classSourcedId` for `class`. */
function fieldOf(column: string): string {
  return column.endsWith('Ids') ? column.replace(/SourcedIds$/, 's') : column.replace(/SourcedId$/, '');
}

function idsIn(value: unknown): readonly string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? (value as readonly GuidRef[]) : [value as GuidRef]).map(({ sourcedId }) => sourcedId);
}

function manifest(version: '1.1' | '1.2', present: readonly CsvFile[], quirks: AllCsvQuirks): string {
  const all = [...columnsOf(version).keys(), ...otherFiles[version]].sort();
  return joined(
    [
      ['propertyName', 'value'].map((name) => headerOf(name, quirks)),
      ['manifest.version', '1.0'],
      ['oneroster.version', version],
      ...all.map((file) => [
        `file.${file}`,
        present.includes(file as CsvFile) ? (quirks.modes[file] ?? 'bulk') : 'absent',
      ]),
      ['source.systemName', 'Sample SIS'],
      ['source.systemCode', 'sample'],
    ],
    quirks,
  );
}

function joined(lines: readonly (readonly string[])[], quirks: AllCsvQuirks): string {
  const end = quirks.lineEnds === 'crlf' ? '\r\n' : '\n';
  const cell = (text: string): string =>
    quirks.quotes === 'all' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const body = lines.map((line) => line.map(cell).join(',')).join(end);
  return `${quirks.bom ? '\uFEFF' : ''}${body}${quirks.finalNewline ? end : ''}`;
}
