import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GuardianSample } from '../../src/engine/gates/guardian-sample.js';
import { asHealthy, ReadTally, type Reading } from '../../src/engine/reading/statistics.js';
import type { RejectedRow, Roster, User } from '../../src/model/index.js';
import { attested, enrolled, guardian, link, roster, school, section, student, teacher } from '../support/build.js';

/** Tallies a roster as the passes do. */
export function tallied(read: Roster, rejected: readonly RejectedRow[] = []): Reading {
  const tally = new ReadTally();
  for (const each of read.schools) tally.school(each);
  for (const each of read.terms) tally.term(each);
  for (const each of read.courses) tally.course(each);
  for (const each of read.users) tally.user(each);
  for (const each of read.classes) tally.section(each);
  const classes = new Set(read.classes.map(({ sourcedId }) => sourcedId));
  const users = new Set(read.users.map(({ sourcedId }) => sourcedId));
  const active = read.enrollments.filter(({ status }) => status !== 'tobedeleted');
  tally.enrollments({ records: read.enrollments, from: 0, to: read.enrollments.length });
  tally.danglingEnrollments(
    active.filter((row) => !classes.has(row.classSourcedId) || !users.has(row.userSourcedId)).length,
  );
  if (read.guardianLinks.length > 0) tally.openLinks(read.attestation.collections.guardianLinks.state === 'complete');
  for (const link of read.guardianLinks) tally.link(link, users.has(link.guardianSourcedId));
  return tally.reading(read.readId, rejected);
}

describe('the statistics of a read', () => {
  const gone = { status: 'tobedeleted' } as const;

  it('count what is not deleted, and how much of it names what is there', () => {
    const { statistics } = tallied(
      roster({
        schools: [school('s1'), school('s2', gone)],
        classes: [section('c1'), section('c2', gone)],
        users: [student('a'), student('b', gone), teacher('t')],
        enrollments: [
          enrolled('c1', 'a'),
          enrolled('c1', 'x'),
          enrolled('c9', 'a'),
          enrolled('c1', 'b', gone),
          enrolled('c1', 't'),
        ],
      }),
    );
    expect(statistics.counts).toEqual({
      schools: 1,
      terms: 2,
      courses: 0,
      classes: 1,
      users: 2,
      enrollments: 4,
      guardianLinks: 0,
    });
    expect(statistics.closure).toBe(0.5);
    expect(statistics.readId).toBe('read-1');
  });

  it('nothing at all is closed', () => {
    expect(tallied(roster({ terms: [], schools: [] })).statistics).toEqual({
      readId: 'read-1',
      counts: { schools: 0, terms: 0, courses: 0, classes: 0, users: 0, enrollments: 0, guardianLinks: 0 },
      closure: 1,
      contactTypes: [],
      guardiansPerStudent: 0,
      agents: { named: 0, resolved: 0 },
      fields: {},
      crowded: 0,
    });
  });

  it('tell how many records have a field, of people by what they are', () => {
    const { statistics, sizes } = tallied(
      roster({
        classes: [
          section('c1', { period: '1', grades: [] }),
          section('c2', { period: '' }),
          section('c3', { grades: ['05'] }),
        ],
        users: [
          student('a', { grade: '05' }),
          student('b', { email: 'b@x.example' }),
          teacher('t'),
          teacher('u', { roles: ['student', 'teacher'], grade: '' }),
          guardian('g'),
          student('p', { roles: ['administrator'], givenName: '' }),
        ],
        enrollments: [enrolled('c1', 'a', { endDate: '2027-01-01' }), enrolled('c1', 'b')],
      }),
    );
    expect(statistics.fields).toMatchObject({
      'classes.period': 1 / 3,
      'classes.grades': 1 / 3,
      'classes.schoolSourcedId': 1,
      'users.student.grade': 0.5,
      'users.student.email': 0.5,
      'users.teacher.email': 1,
      'users.teacher.grade': 0,
      'users.guardian.email': 1,
      'users.staff.givenName': 0,
      'enrollments.endDate': 0.5,
      'enrollments.beginDate': 0,
      'terms.endDate': 1,
    });
    expect(sizes.get('users.teacher.email')).toBe(2);
    expect(statistics.fields).not.toHaveProperty('guardianLinks.contactType');
  });

  it('of a large collection every sixteenth record is enough', () => {
    const users = Array.from({ length: 20_000 }, (_, index) =>
      student(String(index), index % 4 === 0 ? { grade: '05' } : {}),
    );
    const { statistics, sizes } = tallied(roster({ users }));
    expect(statistics.counts.users).toBe(20_000);
    expect(sizes.get('users.student.grade')).toBe(20_000);
    expect(statistics.fields['users.student.email']).toBe(0);
    expect(statistics.fields['users.student.familyName']).toBe(1);
  });

  it('also where only the later records have a field', () => {
    const users = Array.from({ length: 3_000 }, (_, index) =>
      student(String(index), index < 1_000 ? {} : { grade: '05' }),
    );
    const share = tallied(roster({ users })).statistics.fields['users.student.grade'];
    // One thousand without it, and each sixteenth of two thousand with it.
    expect(share).toBeCloseTo(125 / 1_125);
  });

  it('of persons of several roles count among the first of teachers, students and guardians that is theirs', () => {
    const roles = [['guardian', 'student'], ['student', 'teacher'], ['guardian', 'staff'], ['staff']] as const;
    const users = roles.map((each, at) => student(String(at), { roles: each }));
    const { sizes } = tallied(roster({ users }));
    expect(['student', 'teacher', 'guardian', 'staff'].map((role) => sizes.get(`users.${role}.familyName`))).toEqual([
      1, 1, 1, 1,
    ]);
  });

  it('of many enrollments one of each class is enough, and all are counted', () => {
    const tally = new ReadTally();
    for (let index = 0; index < 200; index += 1) {
      const fields = { endDate: '2027-01-01', ...(index % 2 === 0 ? { beginDate: '2026-08-01' } : {}) };
      const rows = Array.from({ length: 25 }, (_, at) => enrolled(String(index), String(at), at === 0 ? gone : fields));
      tally.enrollments({ records: [enrolled('x', 'x'), ...rows, enrolled('x', 'x')], from: 1, to: 26 });
    }
    tally.enrollments({ records: [enrolled('y', 'y', gone)], from: 0, to: 1 });
    const { statistics, rejected } = tally.reading('r', [{ collection: 'enrollments', problem: 'x' }]);
    expect(statistics.counts.enrollments).toBe(200 * 24);
    expect(rejected.get('enrollments')).toEqual({ count: 1, of: 200 * 25 + 2, problem: 'x' });
    expect(statistics.fields['enrollments.endDate']).toBe(1);
    expect(statistics.fields['enrollments.beginDate']).toBeCloseTo(0.5, 1);
  });

  it('look at the first enrollment of a class, whether or not it is known to be there', () => {
    const shareOf = (plain: number, first: object) => {
      const tally = new ReadTally();
      const many = Array.from({ length: 1000 }, (_, at) => enrolled('c', String(at)));
      tally.enrollments({ records: many, from: 0, to: many.length });
      tally.enrollments({ records: [enrolled('d', 'a', first), enrolled('d', 'b')], from: 0, to: 2 }, plain);
      const { counts, fields } = tally.reading('r', []).statistics;
      return [counts.enrollments, fields['enrollments.endDate']];
    };
    expect(shareOf(2, { endDate: '2027-01-01' })).toEqual([1002, 1 / 1001]);
    expect(shareOf(0, { endDate: '2027-01-01' })).toEqual([1002, 1 / 1001]);
    expect(shareOf(0, { ...gone, endDate: '2027-01-01' })).toEqual([1001, 0]);
  });

  it('name the contact types, the agents and how many guardians students have', () => {
    const links = [
      link('g1', 'a', { contactType: 'Family' }),
      link('g1', 'a', { contactType: 'Primary' }),
      link('g1', 'b', { contactType: '' }),
      link('g2', 'a', { contactType: 'Emergency', ...gone }),
      link('g3', 'a', { contactType: 'Family' }),
      link('g3', 'b'),
      link('g4', 'b'),
    ];
    const { statistics, students } = tallied(roster({ users: [guardian('g1'), guardian('g4')], guardianLinks: links }));
    expect(statistics).toMatchObject({
      contactTypes: ['Family', 'Primary'],
      // Two of one student, three of the other.
      guardiansPerStudent: 2.5,
      agents: { named: 3, resolved: 2 },
      crowded: 0,
    });
    expect(students).toBe(2);
  });

  it('know the rows that could not be used, and what is wrong with most of them', () => {
    const rejected: readonly RejectedRow[] = [
      { collection: 'users', problem: 'missing-name' },
      { collection: 'users', problem: 'missing-role' },
      { collection: 'users', problem: 'missing-name' },
      { collection: 'terms', problem: 'b' },
      { collection: 'terms', problem: 'a' },
    ];
    const reading = tallied(roster({ users: [student('a'), student('b', gone)] }), rejected);
    expect(reading.rejected.get('users')).toEqual({ count: 3, of: 5, problem: 'missing-name' });
    expect(reading.rejected.get('terms')).toEqual({ count: 2, of: 4, problem: 'a' });
    expect(reading.statistics.rejected).toEqual({ users: 0.6, terms: 0.5 });
  });

  it('as the next reads are compared with: what was not gone over stays as it was', () => {
    const before = tallied(
      roster({ users: [guardian('g')], guardianLinks: [link('g', 'a', { contactType: 'Family' })] }),
    ).statistics;
    const unread = tallied(roster({ users: [student('a')] }));
    expect(unread.hasLinks).toBe(false);
    expect(asHealthy(unread, before)).toMatchObject({
      counts: { users: 1, guardianLinks: 1 },
      contactTypes: ['Family'],
      guardiansPerStudent: 1,
      agents: { named: 1, resolved: 1 },
      fields: { 'users.student.familyName': 1, 'guardianLinks.contactType': 1 },
    });
    expect(asHealthy(unread, undefined)).toEqual(unread.statistics);
    const other = tallied(roster({ guardianLinks: [link('g', 'a', { contactType: 'Emergency' })] }));
    expect(asHealthy(other, before)).toMatchObject({
      contactTypes: ['Emergency', 'Family'],
      agents: { named: 1, resolved: 0 },
    });
  });

  it('links that were not read to their end are nothing to compare with', () => {
    const guardianLinks = [link('g', 'a', { contactType: 'Emergency' })];
    const attestation = attested({ guardianLinks: 'incomplete' });
    const part = tallied(roster({ users: [guardian('g')], guardianLinks, attestation }));
    expect(part).toMatchObject({ hasLinks: true, hasAllLinks: false, statistics: { contactTypes: ['Emergency'] } });
    const first = asHealthy(part, undefined);
    expect(first).toMatchObject({
      counts: { users: 1, guardianLinks: 0 },
      contactTypes: [],
      guardiansPerStudent: 0,
      crowded: 0,
    });
    expect(first.agents).toEqual({ named: 0, resolved: 0 });
    expect(Object.keys(first.fields).filter((name) => name.startsWith('guardianLinks'))).toEqual([]);
    const before = asHealthy(
      tallied(roster({ guardianLinks: [link('g', 'a', { contactType: 'Family' })] })),
      undefined,
    );
    const later = asHealthy(part, before);
    expect(later).toMatchObject({
      counts: { guardianLinks: 1 },
      contactTypes: ['Family'],
      agents: { named: 1, resolved: 0 },
    });
    expect(later.fields['guardianLinks.contactType']).toBe(1);
    const { crowded: _crowded, ...old } = before;
    expect(asHealthy(part, old)).not.toHaveProperty('crowded');
  });

  it('do not depend on who is where in the list, as long as all are told', () => {
    const users = fc.array(
      fc.record({ grade: fc.option(fc.constantFrom('05', ''), { nil: undefined }), isTeacher: fc.boolean() }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(users, (people) => {
        const records: User[] = people.map(({ grade, isTeacher }, index) =>
          (isTeacher ? teacher : student)(String(index), grade === undefined ? {} : { grade }),
        );
        const forth = tallied(roster({ users: records })).statistics;
        expect(tallied(roster({ users: [...records].reverse() })).statistics).toEqual(forth);
        const students = records.filter(({ roles }) => roles.includes('student'));
        const share = students.filter(({ grade }) => grade === '05').length / students.length;
        expect(forth.fields['users.student.grade']).toBe(students.length === 0 ? undefined : share);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the sample of students', () => {
  it('is whole for all but large districts', () => {
    const sample = new GuardianSample();
    for (let index = 0; index < 8192; index += 1) {
      for (let count = 0; count <= index % 3; count += 1) sample.add(`student-${String(index)}`);
    }
    expect(sample.students).toBe(8192);
    expect(sample.median()).toBe(2);
    expect(sample.share()).toBe(0);
  });

  it('stays small, and close to the truth, for a million', () => {
    const sample = new GuardianSample();
    for (let round = 0; round < 6; round += 1) {
      for (let index = 0; index < 200_000; index += 1) {
        // One in ten has six; the others one to five.
        const guardians = index % 10 === 0 ? 6 : 1 + (index % 5);
        if (round < guardians) sample.add(String(index));
      }
    }
    expect(sample.students).toBeGreaterThan(4000);
    expect(sample.students).toBeLessThanOrEqual(8192);
    expect(sample.share()).toBeGreaterThan(0.08);
    expect(sample.share()).toBeLessThan(0.12);
    expect(sample.median()).toBe(3);
  });

  it('is the same in every order', () => {
    const ids = Array.from({ length: 30_000 }, (_, index) => `s${String(index)}`);
    const [forth, back] = [new GuardianSample(), new GuardianSample()];
    for (const id of ids) forth.add(id);
    for (const id of [...ids].reverse()) back.add(id);
    for (const id of ids.slice(0, 3000)) {
      for (let more = 0; more < 5; more += 1) {
        forth.add(id);
        back.add(id);
      }
    }
    expect(back.students).toBe(forth.students);
    expect(back.share()).toBe(forth.share());
    expect(back.share()).toBeGreaterThan(0.05);
  });

  it('of nobody is nothing', () => {
    const sample = new GuardianSample();
    expect([sample.students, sample.median(), sample.share()]).toEqual([0, 0, 0]);
  });
});
