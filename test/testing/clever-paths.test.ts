import { describe, expect, test } from 'vitest';
import { type District, generateDistrict, type SimulatedClever, simulateClever, withTeacher } from 'rosterkit/testing';
import { body, get, ids, refusal, rows, type SentPage } from './clever-requests.js';
import { forTest } from './support.js';

const generated = generateDistrict({ seed: 21, schools: 3, students: 120 });
const [first, second] = generated.schools.map(({ id }) => id) as [string, string];
/** One teacher of the first school helps out at the second. */
const helper = generated.teachers.find(({ schoolIds }) => schoolIds[0] === first)?.id ?? '';
const district: District = withTeacher(generated, { id: helper, schoolIds: [first, second] });
const { classes, students, teachers, guardians, staff } = district;

const start = (): Promise<SimulatedClever> => forTest(simulateClever(district));
const sorted = (list: readonly (string | undefined)[]) => [...new Set(list)].filter((id) => id !== undefined).sort();
const idsOf = (records: readonly { readonly id: string }[]) => sorted(records.map(({ id }) => id));

describe('beneath a school', () => {
  const path = `/v3.0/schools/${second}`;
  const sections = classes.filter(({ schoolId }) => schoolId === second);

  test('are its people, those of another main school too unless only the others are wanted', async () => {
    const clever = await start();
    const people = [
      ...students.filter(({ schoolId }) => schoolId === second),
      ...[...teachers, ...staff].filter(({ schoolIds }) => schoolIds.includes(second)),
    ];
    expect(await ids(clever, `${path}/users?limit=7`)).toEqual(idsOf(people));
    expect(idsOf(people)).toContain(helper);
    expect(await ids(clever, `${path}/users?primary=true`)).toEqual(idsOf(people).filter((id) => id !== helper));
    expect(await ids(clever, `${path}/users?role=teacher`)).toEqual(
      idsOf(teachers.filter(({ schoolIds }) => schoolIds.includes(second))),
    );
    expect(await refusal(get(clever, `${path}/users?role=contact`))).toMatch(/^400 /);
  });

  test('are its sections, their courses and terms, and the district', async () => {
    const clever = await start();
    expect(await ids(clever, `${path}/sections?limit=3`)).toEqual(idsOf(sections));
    expect(await ids(clever, `${path}/courses`)).toEqual(sorted(sections.map(({ courseId }) => courseId)));
    expect(await ids(clever, `${path}/terms`)).toEqual(sorted(sections.map(({ termId }) => termId)));
    expect(await body(clever, `${path}/district`)).toMatchObject({ data: { id: district.id } });
  });
});

describe('beneath a section', () => {
  const section = classes.find(({ teacherIds }) => teacherIds.length > 1) ?? classes[0];
  const path = `/v3.1/sections/${section?.id ?? ''}`;

  test('are its members, by role too', async () => {
    const clever = await start();
    const { studentIds = [], teacherIds = [] } = section ?? {};
    expect(await ids(clever, `${path}/users`)).toEqual(sorted([...studentIds, ...teacherIds]));
    expect(await ids(clever, `${path}/users?role=teacher`)).toEqual(sorted(teacherIds));
    expect(await ids(clever, `${path}/users?role=student&limit=2`)).toEqual(sorted(studentIds));
    expect(await refusal(get(clever, `${path}/users?role=staff`))).toMatch(/^400 /);
  });

  test('are its course, term, school and district, and resources in an envelope of their own', async () => {
    const clever = await start();
    expect(await body(clever, `${path}/course`)).toMatchObject({ data: { id: section?.courseId } });
    expect(await body(clever, `${path}/term`)).toMatchObject({ data: { id: section?.termId } });
    expect(await body(clever, `${path}/school`)).toMatchObject({ data: { id: section?.schoolId } });
    expect(await body(clever, `${path}/district`)).toMatchObject({ data: { id: district.id } });
    expect(await body(clever, `${path}/resources`)).toEqual({ resources: [] });
    expect(await body(clever, '/v3.0/resources')).toEqual({ resources: [] });
    expect(await refusal(get(clever, `/v3.0/resources/${district.id}`))).toBe('404 Resource not found');
  });
});

describe('beneath a person', () => {
  const teacher = classes[0]?.teacherIds[0] ?? '';
  const taught = classes.filter(({ teacherIds }) => teacherIds.includes(teacher));
  const student = students.find(({ grade }) => grade > 6)?.id ?? '';
  const attended = classes.filter(({ studentIds }) => studentIds.includes(student));

  test('are the students of a teacher, however the path is written', async () => {
    const clever = await start();
    const expected = sorted(taught.flatMap(({ studentIds }) => studentIds));
    for (const name of ['mystudents', 'myStudents']) {
      expect(await ids(clever, `/v3.0/users/${teacher}/${name}?limit=4`)).toEqual(expected);
    }
    expect(await ids(clever, `/v3.0/users/${teacher}/sections`)).toEqual(idsOf(taught));
    expect(await ids(clever, `/v3.0/users/${teacher}/myteachers`)).toEqual([]);
  });

  test('are the teachers, contacts, sections and school of a student', async () => {
    const clever = await start();
    const path = `/v3.0/users/${student}`;
    expect(await ids(clever, `${path}/sections`)).toEqual(idsOf(attended));
    const contacts = guardians.filter((one) => one.students.some(({ studentId }) => studentId === student));
    for (const [names, expected] of [
      [['myteachers', 'myTeachers'], sorted(attended.flatMap(({ teacherIds }) => teacherIds))],
      [['mycontacts', 'myContacts'], idsOf(contacts)],
    ] as const) {
      for (const name of names) expect(await ids(clever, `${path}/${name}`), name).toEqual(expected);
    }
    expect(contacts.length).toBeGreaterThan(0);
    expect(await ids(clever, `${path}/schools`)).toEqual([students.find(({ id }) => id === student)?.schoolId]);
  });

  test('are the students of a contact and the schools of someone with two', async () => {
    const clever = await start();
    const contact = guardians.find((one) => one.students.length > 1);
    expect(await ids(clever, `/v3.0/users/${contact?.id ?? ''}/mystudents`)).toEqual(
      sorted(contact?.students.map(({ studentId }) => studentId) ?? []),
    );
    expect(await ids(clever, `/v3.0/users/${helper}/schools`)).toEqual(sorted([first, second]));
    expect(await ids(clever, `/v3.0/users/${helper}/schools?primary=true`)).toEqual([first]);
  });

  test('is nothing where there is no such person', async () => {
    const clever = await start();
    expect(await refusal(get(clever, `/v3.0/users/${district.id}/sections`))).toBe('404 Resource not found');
    expect(await refusal(get(clever, `/v3.0/users/${teacher}/homework`))).toBe('404 web page');
  });
});

test('beneath a course or a term are its sections, their schools and the district', async () => {
  const clever = await start();
  for (const [collection, key] of [
    ['courses', 'courseId'],
    ['terms', 'termId'],
  ] as const) {
    const id = classes[0]?.[key] ?? '';
    const sections = classes.filter((record) => record[key] === id);
    expect(await ids(clever, `/v3.0/${collection}/${id}/sections`)).toEqual(idsOf(sections));
    expect(await ids(clever, `/v3.0/${collection}/${id}/schools`)).toEqual(
      sorted(sections.map(({ schoolId }) => schoolId)),
    );
    expect(await body(clever, `/v3.0/${collection}/${id}/district`)).toMatchObject({ data: { id: district.id } });
  }
});

test('every link of a single record leads somewhere', async () => {
  const clever = await start();
  const records = {
    schools: [first],
    terms: [classes[0]?.termId],
    courses: [classes[0]?.courseId],
    sections: [classes[0]?.id],
    users: [students[0], teachers[0], guardians[0], ...staff].map((user) => user?.id),
  };
  for (const [collection, some] of Object.entries(records)) {
    for (const id of some) {
      const { links } = (await body(clever, `/v3.0/${collection}/${id ?? ''}`)) as SentPage;
      expect(links[0]).toEqual({ rel: 'self', uri: `/v3.0/${collection}/${id ?? ''}` });
      for (const { uri } of links) expect((await get(clever, uri)).status, uri).toBe(200);
    }
  }
});

test('a count is of everything, whatever it is asked together with; any other word for it gives the list', async () => {
  const clever = await start();
  const people = [...students, ...teachers, ...staff, ...guardians].length;
  expect(await body(clever, '/v3.0/users?count=true')).toEqual({ count: people });
  expect(await body(clever, '/v3.0/users?role=student&count=true')).toEqual({ count: people });
  expect(await body(clever, '/v3.1/sections?count=true')).toEqual({ count: classes.length });
  expect(await body(clever, '/v3.0/districts?count=true')).toEqual({ count: 1 });
  for (const word of ['5', 'false', '', 'undefined']) {
    expect(await ids(clever, `/v3.0/schools?count=${word}`)).toEqual(idsOf(district.schools));
  }
});

describe('attendance', () => {
  const section = classes[0];

  test('is of a section or a school, by day and by status, in version 3.1 alone', async () => {
    const clever = await start();
    const path = `/v3.1/attendance/sections/${section?.id ?? ''}`;
    const all = await rows(clever, `${path}?limit=3`);
    expect(all).toHaveLength((section?.studentIds.length ?? 0) * 2);
    expect(all[0]).toMatchObject({
      student_id: section?.studentIds[0],
      school_id: section?.schoolId,
      section_id: section?.id,
      district_id: district.id,
      attendance_type: 'section',
    });
    const [day, next] = [...new Set(all.map((row) => String(row['attendance_date'])))];
    expect(await rows(clever, `${path}?date_range_start=${next ?? ''}`)).toHaveLength(all.length / 2);
    expect(await rows(clever, `${path}?date_range_end=${day ?? ''}`)).toHaveLength(all.length / 2);
    const ofSchool = `/v3.1/attendance/schools/${section?.schoolId ?? ''}`;
    const statuses = await Promise.all(
      ['present', 'absent', 'tardy'].map((status) => rows(clever, `${ofSchool}?attendance_status=${status}`)),
    );
    const members = classes.filter(({ schoolId }) => schoolId === section?.schoolId);
    expect(statuses.flat()).toHaveLength(2 * members.flatMap(({ studentIds }) => studentIds).length);
    expect(statuses.every((list) => list.length > 0)).toBe(true);
    expect(await refusal(get(clever, path.replace('v3.1', 'v3.0')))).toBe('404 web page');
  });

  test('comes in pages of a thousand at most', async () => {
    const clever = await start();
    const path = `/v3.1/attendance/schools/${first}?limit=`;
    expect((await get(clever, `${path}1000`)).status).toBe(200);
    expect((await get(clever, `${path}1001`)).status).toBe(413);
    expect(await refusal(get(clever, `/v3.1/attendance/schools/${district.id}`))).toBe('404 Resource not found');
  });
});

test('version 3.1 says more of people and sections than version 3.0', async () => {
  const clever = await start();
  const of = async (version: string, collection: string) =>
    Object.keys((await rows(clever, `/${version}/${collection}`))[0] ?? {});
  for (const collection of ['users', 'sections']) {
    expect(await of('v3.1', collection)).toEqual([...(await of('v3.0', collection)), 'lms_status']);
  }
});
