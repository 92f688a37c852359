import { createHash } from 'node:crypto';
import type { AllQuirks } from './quirks.js';
import type { GuidRef, OneRosterRecord } from './records.js';

type Kind =
  | 'boolean'
  | 'list'
  | 'reference'
  | 'references'
  | 'day'
  | 'instant'
  | 'code'
  | 'role'
  | 'roles'
  | 'status'
  | 'ids';

/** What stands in the fields of the records. Whatever is not here is a text, or is never written otherwise. */
const kinds: Readonly<Record<string, Kind>> = {
  sourcedId: 'code',
  identifier: 'code',
  courseCode: 'code',
  classCode: 'code',
  schoolYear: 'code',
  status: 'status',
  dateLastModified: 'instant',
  enabledUser: 'boolean',
  primary: 'boolean',
  americanIndianOrAlaskaNative: 'boolean',
  asian: 'boolean',
  blackOrAfricanAmerican: 'boolean',
  nativeHawaiianOrOtherPacificIslander: 'boolean',
  white: 'boolean',
  demographicRaceTwoOrMoreRaces: 'boolean',
  hispanicOrLatinoEthnicity: 'boolean',
  startDate: 'day',
  endDate: 'day',
  beginDate: 'day',
  birthDate: 'day',
  assignDate: 'day',
  dueDate: 'day',
  scoreDate: 'day',
  grades: 'list',
  subjects: 'list',
  subjectCodes: 'list',
  periods: 'list',
  parent: 'reference',
  course: 'reference',
  school: 'reference',
  org: 'reference',
  user: 'reference',
  class: 'reference',
  primaryOrg: 'reference',
  category: 'reference',
  gradingPeriod: 'reference',
  lineItem: 'reference',
  student: 'reference',
  children: 'references',
  terms: 'references',
  orgs: 'references',
  agents: 'references',
  resources: 'references',
  userIds: 'ids',
  role: 'role',
  roles: 'roles',
};

/** The type of a reference where a server says more than the standard. */
const ownTypes: Readonly<Record<string, string>> = { org: 'school', academicSession: 'term', user: 'student' };

/** The quirks that change how a record is written. */
const writtenOtherwise = [
  'booleans',
  'absent',
  'lists',
  'numbers',
  'references',
  'emptyParents',
  'referenceTypes',
  'roleWords',
  'agentsField',
  'dates',
  'status',
  'obfuscated',
] as const satisfies readonly (keyof AllQuirks)[];

/** Writes records as the quirks have it; undefined where they leave records as they are. */
export function dialectOf(
  quirks: AllQuirks,
  standard: AllQuirks,
): ((record: OneRosterRecord) => OneRosterRecord) | undefined {
  const isStandard = writtenOtherwise.every((name) =>
    name === 'obfuscated' ? quirks.obfuscated.length === 0 : quirks[name] === standard[name],
  );
  return isStandard ? undefined : (record) => rewritten(record, quirks);
}

function rewritten(record: OneRosterRecord, quirks: AllQuirks): OneRosterRecord {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(record)) {
    const field = name === 'agents' ? quirks.agentsField : name;
    const written = quirks.obfuscated.includes(name) ? digestOf(value) : valueOf(name, value, quirks);
    if (written === undefined) continue;
    if (isEmpty(written) && quirks.absent !== 'empty') {
      if (quirks.absent === 'null') result[field] = null;
      continue;
    }
    result[isFlat(name, quirks) ? flatName(field) : field] = written;
  }
  // Orgs and sessions alone have children, and may have a parent.
  if (quirks.emptyParents && 'children' in record && !('parent' in record)) result['parent'] = {};
  return result;
}

/** The value in the dialect; undefined where the field is left out. */
function valueOf(name: string, value: unknown, quirks: AllQuirks): unknown {
  switch (kinds[name]) {
    case 'boolean':
      return booleanOf(value, quirks);
    case 'list':
      return listOf(
        (value as readonly unknown[]).map((item) => codeOf(item, quirks)),
        quirks,
      );
    case 'reference':
      return referenceOf(value as GuidRef, quirks);
    case 'references':
      return listOf(
        (value as readonly GuidRef[]).map((item) => referenceOf(item, quirks)),
        quirks,
      );
    case 'day':
      return quirks.dates === 'american' ? americanDay(value as string) : value;
    case 'instant':
      return instantOf(value as string, quirks);
    case 'code':
      return codeOf(value, quirks);
    case 'ids':
      return (value as readonly OneRosterRecord[]).map((id) => ({
        ...id,
        identifier: codeOf(id['identifier'], quirks),
      }));
    case 'role':
      return roleWordOf(value as string, quirks);
    case 'roles':
      // A resource's roles are words, a user's are records.
      return (value as readonly (string | OneRosterRecord)[]).map((role) =>
        typeof role === 'string' ? role : rewritten(role, quirks),
      );
    case 'status':
      if (quirks.status === 'missing' && value === 'active') return undefined;
      return quirks.status === 'capitals' ? String(value).toUpperCase() : value;
    default:
      return value;
  }
}

function isEmpty(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.length === 0);
}

function booleanOf(value: unknown, { booleans }: AllQuirks): unknown {
  switch (booleans) {
    case 'json':
      return value === 'true';
    case 'capitals':
      return String(value).toUpperCase();
    case 'digits':
      return value === 'true' ? '1' : '0';
    default:
      return value;
  }
}

function listOf(items: readonly unknown[], { lists }: AllQuirks): unknown {
  if (lists === 'single' && items.length === 1) return items[0];
  // Objects cannot stand in a text.
  const isPlain = items.every((item) => typeof item !== 'object');
  return lists === 'comma' && isPlain ? items.join(',') : items;
}

function referenceOf(reference: GuidRef, quirks: AllQuirks): unknown {
  const sourcedId = codeOf(reference.sourcedId, quirks);
  const type = quirks.referenceTypes === 'own' ? (ownTypes[reference.type] ?? reference.type) : reference.type;
  switch (quirks.references) {
    case 'flat':
    case 'id':
      return sourcedId;
    case 'bare':
      return { sourcedId };
    default:
      return { href: reference.href, sourcedId, type };
  }
}

function isFlat(name: string, { references }: AllQuirks): boolean {
  return references === 'flat' && (kinds[name] === 'reference' || kinds[name] === 'references');
}

/** `class` is `classSourcedId`, `orgs` is `orgSourcedIds`; what is called so already stays. */
function flatName(name: string): string {
  if (/Source[d]?Ids$/.test(name)) return name;
  if (name === 'children') return 'childSourcedIds';
  return kinds[name] === 'references' ? `${name.slice(0, -1)}SourcedIds` : `${name}SourcedId`;
}

/** A plain whole number as a number: what has leading zeros would lose them. */
function codeOf(value: unknown, { numbers }: AllQuirks): unknown {
  return numbers && typeof value === 'string' && /^(?:0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
}

/** The word for a role in the dialect. */
export function roleWordOf(word: string, { roleWords }: Pick<AllQuirks, 'roleWords'>): string {
  if (roleWords === 'capitalised') return word.charAt(0).toUpperCase() + word.slice(1);
  return roleWords === 'ext' && word === 'aide' ? 'ext:clerk' : word;
}

/** `2026-08-27` as `8/27/2026`. */
export function americanDay(day: string): string {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})/.exec(day) ?? [];
  return year === undefined ? day : `${String(Number(month))}/${String(Number(date))}/${year}`;
}

function instantOf(instant: string, { dates }: AllQuirks): string {
  if (dates === 'iso') return instant;
  const time = instant.slice(11).replace(/(?:\.000)?Z$/, '');
  return `${dates === 'american' ? americanDay(instant) : instant.slice(0, 10)} ${time}`;
}

/** A word that is always the same for the same value; nothing stays nothing. */
function digestOf(value: unknown): unknown {
  return typeof value === 'string' && value !== ''
    ? createHash('sha256').update(value).digest('hex').slice(0, 12)
    : value;
}
