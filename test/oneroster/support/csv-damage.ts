/**
 * A whole bundle, and what may happen to its files on the way. Only damage that leaves a trace: a row that is taken out
 * cleanly, or a letter that becomes another, looks like a person who left and one who came.
 */

import fc from 'fast-check';
import type { Files } from './bundle.js';

/** Each character is a byte. */
type TextFiles = Readonly<Record<string, string>>;

const table = (header: string, rows: readonly string[]): string => `${[header, ...rows].join('\r\n')}\r\n`;

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

const names = ['Ann', 'Bea', 'Chi', 'Dee'];

/** Two schools, four classes of four students, a teacher each, and guardians of siblings. */
export const wholeBundle: TextFiles = {
  'manifest.csv': table('propertyName,value', [
    'manifest.version,1.0',
    'oneroster.version,1.1',
    ...['academicSessions', 'classes', 'courses', 'enrollments', 'orgs', 'users'].map((name) => `file.${name},bulk`),
  ]),
  'orgs.csv': table('sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId', [
    'D1,,,District,district,,',
    'S1,,,"Elm, the School",school,1,D1',
    'S2,,,Oak School,school,2,D1',
  ]),
  'academicSessions.csv': table(
    'sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear',
    ['FY,,,Year,schoolYear,2026-08-01,2027-07-01,,2027'],
  ),
  'courses.csv': table(
    'sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes',
    ['K1,,,FY,Science,SCI,"05,06",D1,,'],
  ),
  'classes.csv': table(
    'sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods',
    range(4).map(
      (index) => `C${String(index)},,,Class ${String(index)},"05,06",K1,,scheduled,,S${String(1 + (index % 2))},FY,,,1`,
    ),
  ),
  'users.csv': table(
    'sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password',
    [
      ...range(4).map((index) => person(`T${String(index)}`, index, 'teacher', '')),
      ...range(16).map((index) => person(`U${String(index)}`, index, 'student', guardiansOf(index))),
      ...range(8).map((index) => person(`G${String(index)}`, index, 'parent', '')),
    ],
  ),
  'enrollments.csv': table(
    'sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate',
    [
      ...range(16).map((index) => member(`E${String(index)}`, index % 4, `U${String(index)}`, 'student')),
      ...range(4).map((index) => member(`F${String(index)}`, index, `T${String(index)}`, 'teacher')),
    ],
  ),
};

function person(id: string, index: number, role: string, agents: string): string {
  const name = names[index % names.length] ?? '';
  const school = `S${String(1 + (index % 2))}`;
  return `${id},,,true,${school},${role},${id.toLowerCase()},,${name},Family-${id},,,${id}@home.example,,,${agents},,`;
}

function guardiansOf(index: number): string {
  const first = `G${String(index % 8)}`;
  return index % 3 === 0 ? `"${first},G${String((index + 1) % 8)}"` : first;
}

function member(id: string, inClass: number, user: string, role: string): string {
  const school = `S${String(1 + (inClass % 2))}`;
  return `${id},,,C${String(inClass)},${school},${user},${role},false,2026-08-01,2027-07-01`;
}

export interface Damage {
  readonly kind: (typeof KINDS)[number];
  readonly file: number;
  readonly at: number;
  readonly with: number;
}

const KINDS = [
  'byte',
  'lost-comma',
  'lost-quote',
  'lost-line-end',
  'extra-cell',
  'lost-cell',
  'blank-id',
  'split-row',
  'header-again',
  'lost-header',
  'renamed-column',
  'lost-column-name',
  'lost-file',
  'swapped-files',
  'cut',
] as const;

/** One or two, each of another file: a second one could take away the trace of the first. */
export const damages = fc.uniqueArray(
  fc.record<Damage>({
    kind: fc.constantFrom(...KINDS),
    file: fc.nat(Object.keys(wholeBundle).length - 1),
    at: fc.nat(100_000),
    with: fc.nat(1000),
  }),
  { minLength: 1, maxLength: 2, selector: ({ file }) => file },
);

/** As bytes. */
export function filesOf(files: TextFiles): Files {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text, 'latin1')]));
}

/** The files after the damage; the same files where there is nothing for it to damage. */
export function damaged(files: TextFiles, damage: Damage): TextFiles {
  const known = Object.keys(wholeBundle);
  const name = pick(known, damage.file);
  if (damage.kind === 'lost-file') return Object.fromEntries(Object.entries(files).filter(([each]) => each !== name));
  if (damage.kind === 'swapped-files') {
    const other = pick(known, damage.at);
    return { ...files, [name]: files[other] ?? '', [other]: files[name] ?? '' };
  }
  const text = files[name] ?? '';
  return { ...files, [name]: damage.kind === 'byte' ? withByte(text, damage) : withText(text, damage) };
}

function pick<T>(from: readonly T[], index: number): T {
  return from[index % from.length] as T;
}

/** Bytes that mean something in the file, or nothing at all: put in, or in place of another that means nothing. */
function withByte(text: string, { at, with: which }: Damage): string {
  const where = at % text.length;
  const byte = pick([0x00, 0xff, 0xc3, 0x22, 0x2c, 0x0a, 0x0d], which);
  const isInQuotes = (text.slice(0, where).split('"').length - 1) % 2 === 1;
  // A comma or line end within quotes is text.
  const meant = isInQuotes && [0x2c, 0x0d].includes(byte) ? 0x22 : byte;
  return text.slice(0, where) + String.fromCharCode(meant) + text.slice(where);
}

function withText(text: string, { kind, at, with: which }: Damage): string {
  const lines = text.split('\r\n').slice(0, -1);
  const row = 1 + (at % (lines.length - 1));
  const line = lines[row] ?? '';
  const change = (changed: string, index = row): string =>
    `${lines.map((each, other) => (other === index ? changed : each)).join('\r\n')}\r\n`;
  const cells = cellsOf(line);
  const cell = which % cells.length;
  switch (kind) {
    case 'lost-comma':
      return change(cells.map((each, index) => (index === 0 || index === cell ? each : `,${each}`)).join(''));
    case 'lost-quote':
      return change(line.replace('"', which % 2 === 0 ? '' : 'x'));
    case 'lost-line-end':
      return `${lines.slice(0, row).join('\r\n')}${lines.slice(row).join('\r\n')}\r\n`;
    case 'extra-cell':
      return change([...cells.slice(0, cell), 'x', ...cells.slice(cell)].join(','));
    case 'lost-cell':
      return change(cells.filter((_, index) => index !== cell).join(','));
    case 'blank-id':
      return change(['', ...cells.slice(1)].join(','));
    case 'split-row':
      return change(`${cells.slice(0, cell + 1).join(',')}\r\n${cells.slice(cell + 1).join(',')}`);
    case 'header-again':
      return change(`${line}\r\n${lines[0] ?? ''}`);
    case 'lost-header':
      return `${lines.slice(1).join('\r\n')}\r\n`;
    case 'renamed-column':
      return change(replaced(lines[0] ?? '', which), 0);
    case 'lost-column-name': {
      const header = (lines[0] ?? '').split(',');
      return change(header.filter((_, index) => index !== which % header.length).join(','), 0);
    }
    case 'cut': {
      // Not behind the last comma of a row: from there on the row looks whole.
      const start = lines.slice(0, row).join('\r\n').length + 2;
      const length = which % Math.max(1, line.lastIndexOf(','));
      return text.slice(0, start + 1 + length);
    }
    default:
      return text;
  }
}

function replaced(header: string, which: number): string {
  const columns = header.split(',');
  return columns.map((column, index) => (index === which % columns.length ? `${column}x` : column)).join(',');
}

/** As they are written, with their quotes. */
function cellsOf(line: string): readonly string[] {
  return line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/);
}
