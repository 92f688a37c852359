/**
 * Rows of OneRoster, made at random: every field in every dialect that servers are known to use, and rows as no
 * specification allows.
 *
 * @module
 */

import fc from 'fast-check';
import type { OneRosterCollection } from 'rosterkit/oneroster';

type Json = fc.Arbitrary<unknown>;

/** The kind of each field; `!` marks what a row cannot do without, `+` what it always has all the same. */
const SHAPES = {
  orgs: { name: 'text!', type: 'text!', identifier: 'text', parent: 'ref', children: 'refs' },
  academicSessions: {
    title: 'text',
    startDate: 'day',
    endDate: 'day',
    type: 'text',
    schoolYear: 'text',
    parent: 'ref',
  },
  courses: { title: 'text', courseCode: 'text', schoolYear: 'ref', grades: 'texts', subjects: 'texts', org: 'ref' },
  classes: { title: 'text', course: 'ref+', school: 'ref!', terms: 'refs', grades: 'texts', periods: 'texts' },
  users: {
    username: 'text',
    enabledUser: 'flag',
    givenName: 'text!',
    familyName: 'text!',
    role: 'text!',
    roles: 'roles',
    orgs: 'refs',
    agents: 'refs',
    primaryOrg: 'ref',
    email: 'text',
    sms: 'text',
    grades: 'texts',
    userIds: 'userIds',
    userProfiles: 'profiles',
    password: 'text',
  },
  enrollments: { user: 'ref!', class: 'ref!', school: 'ref', role: 'text!', primary: 'flag', beginDate: 'day' },
  demographics: { birthDate: 'day', sex: 'text', asian: 'flag', white: 'flag', cityOfBirth: 'text' },
  resources: { title: 'text', roles: 'texts', vendorResourceId: 'text' },
  categories: { title: 'text', weight: 'number' },
  lineItems: { title: 'text', class: 'ref!', category: 'ref', dueDate: 'instant', resultValueMax: 'number' },
  results: { lineItem: 'ref!', student: 'ref!', score: 'number', scoreDate: 'day', late: 'flag' },
  scoreScales: { title: 'text', type: 'text', class: 'ref', scoreScaleValue: 'steps' },
  assessmentLineItems: { title: 'text', class: 'ref', resultValueMin: 'number' },
  assessmentResults: { assessmentLineItem: 'ref!', student: 'ref!', score: 'number', textScore: 'text' },
} as const satisfies Record<OneRosterCollection, Readonly<Record<string, string>>>;

export const COLLECTIONS = Object.keys(SHAPES) as OneRosterCollection[];

/** The references that a row of a collection cannot do without, or those that it always has. */
export function references(collection: OneRosterCollection, which: 'needed' | 'always'): readonly string[] {
  const kinds = which === 'needed' ? ['ref!'] : ['ref!', 'ref+'];
  return Object.entries<string>(SHAPES[collection]).flatMap(([name, kind]) => (kinds.includes(kind) ? [name] : []));
}

/** Ids as they are seen: with slashes, dots, bars and spaces. Commas would divide a flat list. */
const id = fc
  .string({ unit: fc.constantFrom(...'abcXYZ0189/@._-| é'.split('')), minLength: 1, maxLength: 12 })
  .filter((word) => word !== 'sourcedId' && word.trim() === word);
const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .map((word) => word.replaceAll('\u0000', '').trim())
  .filter((word) => word !== '');
const nothing = fc.constantFrom<unknown>('', null, undefined);
const instant = fc
  .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
  .map((date) => date.toISOString());
const day = fc.oneof(
  instant.map((value) => value.slice(0, 10)),
  instant,
  instant.map((value) => value.replace('T', ' ').slice(0, 19)),
  instant.map((value) => `${String(Number(value.slice(5, 7)))}/${value.slice(8, 10)}/${value.slice(0, 4)}`),
);
const flag = fc.constantFrom<unknown>('true', 'false', true, false, 'TRUE', 'FALSE', 0, 1, '0', '1', 'yes');
const referenceObject = fc.record(
  { sourcedId: id, href: fc.constant('https://elsewhere.example.com/x'), type: fc.constantFrom('org', 'term') },
  { requiredKeys: ['sourcedId'] },
);
const reference: Json = fc.oneof(referenceObject, id, fc.nat());
const role = fc.record(
  { role: fc.constantFrom('student', 'ext:coach'), roleType: text, org: reference, beginDate: day },
  { requiredKeys: ['role'] },
);

/** A field under its name, in one of its dialects. */
function field(name: string, kind: string): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const isNeeded = /[!+]$/.test(kind);
  const under = (values: Json): fc.Arbitrary<Readonly<Record<string, unknown>>> =>
    (isNeeded ? values : fc.oneof({ weight: 5, arbitrary: values }, { weight: 1, arbitrary: nothing })).map(
      (value) => ({
        [name]: value,
      }),
    );
  switch (isNeeded ? kind.slice(0, -1) : kind) {
    case 'ref':
      return fc.oneof(
        under(reference),
        fc.tuple(fc.constantFrom<unknown>({}, undefined, null, ''), id).map(([empty, flat]) => ({
          [name]: empty,
          [`${name}SourcedId`]: flat,
        })),
      );
    case 'refs':
      return under(fc.oneof(fc.array(reference, { maxLength: 3 }), reference));
    case 'texts':
      return under(fc.oneof(fc.array(fc.oneof(text, nothing, fc.nat(12)), { maxLength: 3 }), text, fc.nat(12)));
    case 'flag':
      return under(flag);
    case 'day':
      return under(day);
    case 'instant':
      return under(instant);
    case 'number':
      return under(fc.oneof(fc.nat(), fc.nat().map(String)));
    case 'roles':
      return under(fc.oneof(fc.array(role, { maxLength: 3 }), role));
    case 'userIds':
      return under(fc.oneof(fc.array(fc.record({ type: text, identifier: text }), { maxLength: 2 }), text));
    case 'profiles':
      return under(fc.array(fc.record({ profileId: text, credentials: fc.array(fc.record({ password: text })) })));
    case 'steps':
      return under(fc.array(fc.record({ itemValueLHS: text, itemValueRHS: text }), { maxLength: 3 }));
    default:
      return under(text);
  }
}

/** A row that a reader has to understand. */
export function dialectRow(collection: OneRosterCollection): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const fields = Object.entries<string>(SHAPES[collection]).map(([name, kind]) => field(name, kind));
  const head = fc.record(
    {
      sourcedId: fc.oneof(id, fc.nat()),
      status: fc.constantFrom('active', 'Active', 'tobedeleted', 'toBeDeleted', 'inactive', ''),
      dateLastModified: day,
      metadata: fc.dictionary(text, fc.anything({ maxDepth: 1 }), { maxKeys: 2 }),
      'x-vendor': text,
    },
    { requiredKeys: ['sourcedId'] },
  );
  return fc.tuple(head, ...fields).map((parts) => Object.assign({}, ...parts) as Readonly<Record<string, unknown>>);
}

const wrong: Json = fc.oneof(
  fc.anything({ maxDepth: 2 }),
  fc.constantFrom<unknown>([], {}, [[]], [null], ' ', '\u0000', '\ud800', 2 ** 60, 7.5, [{}], { sourcedId: {} }),
);

/** A row as no specification allows. */
export function spoiledRow(collection: OneRosterCollection): fc.Arbitrary<unknown> {
  const names = [
    'sourcedId',
    'status',
    'dateLastModified',
    ...Object.keys(SHAPES[collection]),
    '__proto__',
    'constructor',
  ];
  const spoil = fc
    .tuple(dialectRow(collection), fc.dictionary(fc.constantFrom(...names), wrong, { maxKeys: 4 }))
    .map(([row, spoiled]): unknown => ({ ...row, ...spoiled }));
  return fc.oneof({ weight: 9, arbitrary: spoil }, { weight: 1, arbitrary: wrong });
}
