/**
 * Records of Clever, made at random: as Clever's specification says, and as it forbids but the wire sends (null, empty
 * text, numbers for texts, missing keys, wrong types, keys that nobody knows, any Unicode, absurd lengths).
 *
 * @module
 */

import fc from 'fast-check';

type Json = fc.Arbitrary<unknown>;
type Fields = Readonly<Record<string, Json>>;

/** How a record is made of its fields. */
interface Style {
  readonly record: (fields: Fields) => Json;
  readonly id: Json;
}

const hexadecimal = fc.array(fc.nat(15), { minLength: 24, maxLength: 24 });
const objectId = hexadecimal.map((digits) => digits.map((digit) => digit.toString(16)).join(''));

/** Text as it should be: not blank at its ends, and without NUL. */
const text = fc
  .string({ unit: 'grapheme', maxLength: 20 })
  .map((value) => value.replaceAll('\u0000', '').trim())
  .filter((value) => value !== '');
const instant = fc
  .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
  .map((date) => date.toISOString());
const day = instant.map((value) => value.slice(0, 10));
const yesNo = fc.constantFrom('Y', 'N', '');
const grade = fc.constantFrom('Kindergarten', '1', '12', '13', 'TransitionalKindergarten', 'Ungraded', '');
const nothing = fc.constantFrom(undefined, null, '');
const idList = fc.array(objectId, { maxLength: 4 });

/** Without these no record of their kind can be used. */
const NEEDED = new Set(['id', 'roles', 'school', 'student_id']);

const specified: Style = {
  record: (fields) => {
    const needed: Record<string, Json> = {};
    const others: Record<string, Json> = {};
    for (const [name, value] of Object.entries(fields)) (NEEDED.has(name) ? needed : others)[name] = value;
    return fc
      .tuple(fc.record(needed), fc.record(others, { requiredKeys: [] }))
      .map(([required, optional]) => ({ ...optional, ...required }));
  },
  id: objectId,
};

const wrong: Json = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constantFrom<unknown>([], {}, [[]], [null], ' ', '\u0000', 'a\u0000b', '\ud800', 'x'.repeat(5000), 2 ** 60, 7.5),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.array(fc.oneof(fc.string(), nothing, fc.integer()), { maxLength: 3 }),
  fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }),
);

/** Keys that nobody knows, some with names that a careless reader trips over. */
const extraKeys = fc.dictionary(fc.constantFrom('x-new', 'constructor', '__proto__', 'raw', '', 'toString'), wrong, {
  maxKeys: 2,
});

const spoiled: Style = {
  record: (fields) => {
    const spoiledFields = Object.entries(fields).map(
      ([name, value]) =>
        [
          name,
          fc.oneof(
            { weight: 12, arbitrary: value },
            { weight: 2, arbitrary: nothing },
            { weight: 1, arbitrary: wrong },
          ),
        ] as const,
    );
    return fc
      .tuple(fc.record(Object.fromEntries(spoiledFields), { requiredKeys: [] }), extraKeys)
      .map(([known, extra]) => ({ ...extra, ...known }));
  },
  id: fc.oneof({ weight: 6, arbitrary: objectId }, { weight: 1, arbitrary: fc.nat() }),
};

const location = { address: text, city: text, state: text, zip: text, lat: text, lon: text };
const name = { first: text, middle: text, last: text };
const credentials = { district_username: text };
const ext = fc.dictionary(fc.constantFrom('gifted', 'room'), fc.constantFrom('Y', 'N', ''));
const times = { created: instant, last_modified: instant };

/** The records of every list, in one style. */
function recordsIn({ record, id }: Style) {
  const student = record({
    school: objectId,
    schools: idList,
    sis_id: text,
    state_id: text,
    student_number: text,
    grade,
    graduation_year: fc.constantFrom('2030', ''),
    gender: fc.constantFrom('M', 'F', 'X', ''),
    dob: fc.constantFrom('1/16/1998', '12/1/2010', ''),
    race: fc.constantFrom('Asian', 'Two or More Races', 'Unknown', ''),
    hispanic_ethnicity: yesNo,
    ell_status: yesNo,
    frl_status: fc.constantFrom('Free', 'Other', ''),
    iep_status: text,
    gifted_status: yesNo,
    section_504_status: yesNo,
    home_language: text,
    home_language_code: fc.constantFrom('spa', 'other'),
    preferred_name: record(name),
    disability: record({ disability_status: yesNo, disability_type: text, disability_code: text }),
    location: record(location),
    credentials: record(credentials),
    email: text,
    enrollments: fc.array(record({ school: objectId, start_date: day, end_date: instant }), { maxLength: 2 }),
    ext,
    legacy_id: objectId,
    ...times,
  });
  const teacher = record({
    school: objectId,
    schools: idList,
    sis_id: text,
    state_id: text,
    teacher_number: text,
    title: text,
    credentials: record(credentials),
    ext,
    legacy_id: objectId,
  });
  const staff = record({
    schools: idList,
    staff_id: text,
    title: text,
    department: text,
    roles: fc.array(fc.constantFrom('PortalOnly', 'SchoolTechLead'), { maxLength: 2 }),
    credentials: record(credentials),
    ext,
    legacy_id: objectId,
  });
  const relationship = record({
    student: objectId,
    relationship: fc.constantFrom('Parent', 'Aunt/Uncle', 'Other', ''),
    type: fc.constantFrom('Parent/Guardian', 'Family', ''),
  });
  const contact = record({
    phone: text,
    phone_type: fc.constantFrom('Cell', 'Home', ''),
    sis_id: text,
    student_relationships: fc.array(relationship, { maxLength: 3 }),
    legacy_id: objectId,
  });
  const lms_status = record({ synced_in_lms: fc.boolean() });
  const roles = record({
    student,
    teacher,
    staff,
    district_admin: record({ title: text, legacy_id: objectId }),
    contact,
  });
  const district_contact = record({ id: objectId, district: objectId, email: text, name: record(name), title: text });
  return {
    users: record({ id, district: objectId, email: text, name: record(name), roles, lms_status, ...times }),
    sections: record({
      id,
      district: objectId,
      school: objectId,
      course: objectId,
      term_id: objectId,
      name: text,
      sis_id: text,
      section_number: text,
      period: text,
      subject: fc.constantFrom('math', 'homeroom/advisory', ''),
      grade,
      students: idList,
      teacher: objectId,
      teachers: idList,
      ext,
      lms_status,
      ...times,
    }),
    schools: record({
      id,
      district: objectId,
      name: text,
      sis_id: text,
      school_number: text,
      state_id: text,
      nces_id: text,
      mdr_number: text,
      low_grade: grade,
      high_grade: grade,
      phone: text,
      location: record(location),
      principal: record({ name: text, email: text }),
      ext,
      ...times,
    }),
    districts: record({
      id,
      name: text,
      sis_type: text,
      state: fc.constantFrom('running', 'paused', ''),
      last_sync: instant,
      last_attendance_sync: instant,
      pause_start: instant,
      pause_end: instant,
      launch_date: day,
      error: text,
      portal_url: text,
      login_methods: fc.array(fc.constantFrom('SAML', 'Clever Badges'), { maxLength: 2 }),
      district_contact,
      mdr_number: text,
      nces_id: text,
      lms_type: fc.constantFrom('canvas', ''),
      lms_state: fc.constantFrom('success', ''),
    }),
    courses: record({ id, district: objectId, name: text, number: text }),
    terms: record({ id, district: objectId, name: text, start_date: day, end_date: day }),
    resources: record({
      id,
      resource_id: text,
      district: objectId,
      title: text,
      roles: fc.array(fc.constantFrom('teacher', 'student'), { maxLength: 2 }),
      created: instant,
      updated: instant,
    }),
    attendance: record({
      sis_id: text,
      student_id: objectId,
      school_id: objectId,
      section_id: objectId,
      district_id: objectId,
      attendance_date: day,
      attendance_type: fc.constantFrom('daily', 'section'),
      attendance_status: fc.constantFrom('present', 'absent', 'tardy'),
      excuse_code: text,
      ...times,
    }),
  };
}

/** Which records there are. */
export type RecordKind = keyof ReturnType<typeof recordsIn>;

/** Records as the specification says: all ids are there, and values are of their types. */
export const specifiedRecords = recordsIn(specified);

/** Records as no specification allows. */
export const spoiledRecords = recordsIn(spoiled);
