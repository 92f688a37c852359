import { describe, expect, test } from 'vitest';
import type { OneRosterCollection, OneRosterRecords } from 'rosterkit/oneroster';
import { decodeRow } from '../../src/oneroster/records/decode-rows.js';
import { type OneRosterRows, toRoster } from '../../src/oneroster/roster/to-roster.js';

function decoded<K extends OneRosterCollection>(collection: K, rows: readonly unknown[] = []): OneRosterRecords[K][] {
  return rows.map((row) => {
    const result = decodeRow(collection, row);
    if ('problem' in result) throw new Error(result.problem);
    return result.record;
  });
}

type RawRows = { readonly [K in OneRosterCollection]?: readonly unknown[] };

function rosterOf(rows: RawRows) {
  const wire: OneRosterRows = {
    orgs: decoded('orgs', rows.orgs),
    academicSessions: decoded('academicSessions', rows.academicSessions),
    courses: decoded('courses', rows.courses),
    classes: decoded('classes', rows.classes),
    users: decoded('users', rows.users),
    enrollments: decoded('enrollments', rows.enrollments),
  };
  return toRoster(wire, '2026-08-20T00:00:00.000Z');
}

const person = (sourcedId: string, role: string, more: object = {}) => ({
  sourcedId,
  givenName: 'A',
  familyName: 'B',
  role,
  ...more,
});

const linksOf = (users: readonly unknown[]) =>
  rosterOf({ users }).guardianLinks.map((link) =>
    [link.guardianSourcedId, link.studentSourcedId, link.relationship ?? '-'].join(' '),
  );

test('only orgs of type school are schools, in whatever case', () => {
  const org = (sourcedId: string, type: string) => ({ sourcedId, name: 'N', type });
  const { schools } = rosterOf({ orgs: [org('c', 'School'), org('b', 'district'), org('a', 'school')] });
  expect(schools.map(({ sourcedId }) => sourcedId)).toEqual(['a', 'c']);
});

describe('classes', () => {
  test('take the title of their course, the first period and subject, and the class code as section number', () => {
    const { classes } = rosterOf({
      courses: [{ sourcedId: 'k', title: 'Science' }],
      classes: [
        {
          sourcedId: 'c',
          title: 'Sci5',
          school: 's',
          course: 'k',
          terms: ['t1', 't2', 't1'],
          periods: ['3', '4'],
          subjects: ['Life', 'Earth'],
          classCode: '007',
          grades: ['05'],
        },
      ],
    });
    expect(classes).toEqual([
      {
        sourcedId: 'c',
        status: 'active',
        schoolSourcedId: 's',
        name: 'Sci5',
        courseSourcedId: 'k',
        courseTitle: 'Science',
        termSourcedIds: ['t1', 't2'],
        period: '3',
        sectionNumber: '007',
        grades: ['05'],
        subject: 'Life',
      },
    ]);
  });

  test('a course that was not sent, or has no title, gives no title; a blank name stays blank', () => {
    const { classes } = rosterOf({
      courses: [{ sourcedId: 'k', title: '' }],
      classes: [
        { sourcedId: 'a', school: 's', course: 'k' },
        { sourcedId: 'b', school: 's', course: 'gone' },
      ],
    });
    for (const one of classes) expect(one).not.toHaveProperty('courseTitle');
    expect(classes[0]?.name).toBe('');
  });

  test('of two courses with one id the newer gives its title, in whatever order they came', () => {
    const courses = [
      { sourcedId: 'k', title: 'Old', dateLastModified: '2025-01-01T00:00:00Z' },
      { sourcedId: 'k', title: 'New', dateLastModified: '2026-01-01T00:00:00Z' },
    ];
    for (const order of [courses, courses.toReversed()]) {
      const { classes } = rosterOf({ courses: order, classes: [{ sourcedId: 'a', school: 's', course: 'k' }] });
      expect(classes[0]?.courseTitle).toBe('New');
    }
  });
});

describe('users', () => {
  const userOf = (more: object, role = 'student') => rosterOf({ users: [person('u', role, more)] }).users[0];

  test.each([
    ['student', 'student'],
    ['Teacher', 'teacher'],
    ['aide', 'aide'],
    ['administrator', 'administrator'],
    ['principal', 'administrator'],
    ['siteAdministrator', 'administrator'],
    ['districtAdministrator', 'administrator'],
    ['systemAdministrator', 'administrator'],
    ['proctor', 'staff'],
    ['counselor', 'staff'],
    ['guardian', 'guardian'],
    ['parent', 'guardian'],
    ['relative', 'guardian'],
    ['ext:librarian', 'other'],
    ['district_admin', 'other'],
  ])('%s is %s (trap 20)', (word, role) => {
    expect(userOf({}, word)?.roles).toEqual([role]);
  });

  test('the one role of 1.1 and the roles of 1.2 are taken together, each once', () => {
    const roles = [
      { roleType: 'primary', role: 'teacher', org: { sourcedId: 's1' } },
      { roleType: 'secondary', role: 'principal', org: { sourcedId: 's2' } },
    ];
    const user = userOf({ roles, orgs: ['s1'], primaryOrg: { sourcedId: 's1' } }, 'administrator');
    expect(user?.roles).toEqual(['administrator', 'teacher']);
    expect(user?.schoolSourcedIds).toEqual(['s1', 's2']);
    expect(user?.primarySchoolSourcedId).toBe('s1');
  });

  test('sms is the mobile number and phone the home number, and never the other way', () => {
    expect(userOf({ sms: '1', phone: '2' })).toMatchObject({ mobile: '1', homePhone: '2' });
    expect(userOf({ sms: '', phone: '2' })).not.toHaveProperty('mobile');
    expect(userOf({ sms: '1', phone: '' })).not.toHaveProperty('homePhone');
  });

  test('the state id is found in any case, and the identifier is the id of the SIS', () => {
    const userIds = [
      { type: 'Fed', identifier: '1' },
      { type: 'STATEid', identifier: '0099' },
    ];
    expect(userOf({ userIds, identifier: '222' })).toMatchObject({ stateId: '0099', sisId: '222' });
    expect(userOf({ userIds: [userIds[0]] })).not.toHaveProperty('stateId');
  });

  test('curtailed access is told, and nothing is said where nothing was sent', () => {
    expect(userOf({ enabledUser: 'false' })?.enabled).toBe(false);
    expect(userOf({})).not.toHaveProperty('enabled');
  });
});

describe('enrollments', () => {
  const member = (more: object) => ({ sourcedId: 'e', class: 'c', user: 'u', role: 'student', ...more });

  test.each([
    ['Student', 'student'],
    ['teacher', 'teacher'],
    ['administrator', 'administrator'],
    ['proctor', 'proctor'],
    ['aide', 'aide'],
    ['parent', 'guardian'],
    ['relative', 'guardian'],
  ])('%s is %s', (word, role) => {
    expect(rosterOf({ enrollments: [member({ role: word })] }).enrollments[0]?.role).toBe(role);
  });

  test('a role that nobody knows is rejected, because rights follow from it', () => {
    const { enrollments, rejected } = rosterOf({ enrollments: [member({ role: 'mascot' })] });
    expect(enrollments).toEqual([]);
    expect(rejected).toEqual([
      { collection: 'enrollments', sourcedId: 'e', classSourcedId: 'c', problem: 'unknown-role' },
    ]);
  });

  test('primary is kept for teachers only', () => {
    const rows = [member({ primary: 'true' }), member({ user: 'v', role: 'teacher', primary: 'true' })];
    expect(rosterOf({ enrollments: rows }).enrollments.map(({ primary }) => primary)).toEqual([undefined, true]);
  });

  test('a member with one row for each term keeps them all, in an order that the feed does not decide', () => {
    const rows = [member({ sourcedId: 'spring' }), member({ sourcedId: 'fall' })];
    for (const order of [rows, rows.toReversed()]) {
      const { enrollments } = rosterOf({ enrollments: order });
      expect(enrollments.map(({ sourcedId }) => sourcedId)).toEqual(['fall', 'spring']);
    }
  });

  test('are in order of class and user', () => {
    const rows = [member({ class: 'b' }), member({ class: 'a', user: 'v' }), member({ class: 'a' })];
    const { enrollments } = rosterOf({ enrollments: rows });
    expect(enrollments.map((one) => one.classSourcedId + one.userSourcedId)).toEqual(['au', 'av', 'bu']);
  });
});

describe('guardian links', () => {
  test('are the union of both sides, each once, with the word of the guardian', () => {
    expect(
      linksOf([
        person('s1', 'student', { agents: ['g1'] }),
        person('s2', 'student'),
        person('s3', 'student', { agents: ['g1', 'g2'] }),
        person('g1', 'Parent', { agents: ['s1', 's2'] }),
        person('g2', 'relative'),
      ]),
    ).toEqual(['g1 s1 parent', 'g1 s2 parent', 'g1 s3 parent', 'g2 s3 relative']);
  });

  test('an agent who is a teacher is no guardian', () => {
    expect(linksOf([person('s', 'student', { agents: ['t'] }), person('t', 'teacher', { agents: ['s'] })])).toEqual([]);
  });

  test("a student's agent without a row stays a link, without a relationship", () => {
    expect(linksOf([person('s', 'student', { agents: ['unshared'] })])).toEqual(['unshared s -']);
  });

  test("a guardian's agent without a row, or who is no student, is no link", () => {
    expect(linksOf([person('g', 'guardian', { agents: ['gone', 't', 'g'] }), person('t', 'teacher')])).toEqual([]);
  });

  test('a guardian who is also a teacher counts, by the roles of 1.2', () => {
    const roles = [{ role: 'teacher' }, { role: 'guardian' }];
    expect(linksOf([person('g', 'teacher', { roles, agents: ['s'] }), person('s', 'student')])).toEqual([
      'g s guardian',
    ]);
  });
});

test('two rows with one id both stay, for the engine to choose', () => {
  const { users } = rosterOf({ users: [person('u', 'student'), person('a', 'student'), person('u', 'teacher')] });
  expect(users.map(({ sourcedId }) => sourcedId)).toEqual(['a', 'u', 'u']);
});

test('ids are ordered by code unit, not by language', () => {
  const { users } = rosterOf({ users: ['b', 'É', 'a', 'B', '10', '9'].map((id) => person(id, 'student')) });
  expect(users.map(({ sourcedId }) => sourcedId)).toEqual(['10', '9', 'B', 'a', 'b', 'É']);
});
