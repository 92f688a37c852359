import { describe, expect, test } from 'vitest';
import { districtRoster, FixedClock, generateDistrict, rosterSource, withDanglingEnrollment } from 'rosterkit/testing';

const district = generateDistrict({ seed: 4, schools: 3, students: 300 });
const roster = districtRoster(district);

describe('the roster of a district', () => {
  test('has everything, in order of ids, and says that it is complete', () => {
    const { students, teachers, staff, guardians, classes } = district;
    expect(roster.users).toHaveLength(students.length + teachers.length + staff.length + guardians.length);
    expect(roster.enrollments).toHaveLength(
      classes.flatMap((record) => [...record.teacherIds, ...record.studentIds]).length,
    );
    expect(roster.guardianLinks).toHaveLength(guardians.flatMap((guardian) => guardian.students).length);
    const pairs = {
      schools: roster.schools.map(({ sourcedId }) => sourcedId),
      classes: roster.classes.map(({ sourcedId }) => sourcedId),
      users: roster.users.map(({ sourcedId }) => sourcedId),
      enrollments: roster.enrollments.map((row) => `${row.classSourcedId} ${row.userSourcedId}`),
      guardianLinks: roster.guardianLinks.map((row) => `${row.guardianSourcedId} ${row.studentSourcedId}`),
    };
    for (const [collection, ids] of Object.entries(pairs)) {
      expect(ids, collection).toEqual([...ids].sort());
      expect(new Set(ids).size).toBe(ids.length);
    }
    expect(roster.attestation.allSchools).toBe(true);
    for (const [collection, attested] of Object.entries(roster.attestation.collections)) {
      const received = roster[collection as keyof typeof pairs].length;
      expect(attested).toMatchObject({ state: 'complete', received, expected: received });
    }
  });

  test('has one primary teacher for each class', () => {
    const primary = roster.enrollments.filter((row) => row.primary === true).map((row) => row.classSourcedId);
    expect(primary.sort()).toEqual(district.classes.map(({ id }) => id).sort());
  });

  test('words people and classes neutrally', () => {
    const [student] = district.students;
    expect(roster.users.find(({ sourcedId }) => sourcedId === student?.id)).toMatchObject({
      roles: ['student'],
      schoolSourcedIds: [student?.schoolId],
      grade: student?.grade === 0 ? 'KG' : String(student?.grade).padStart(2, '0'),
      birthDate: student?.birthDate,
    });
    const [guardian] = district.guardians;
    const found = roster.users.find(({ sourcedId }) => sourcedId === guardian?.id);
    expect([found?.mobile, found?.homePhone, found?.email]).toEqual([
      guardian?.mobile,
      guardian?.homePhone,
      guardian?.email,
    ]);
    expect(new Set(roster.users.flatMap(({ roles }) => roles))).toEqual(
      new Set(['student', 'teacher', 'administrator', 'staff', 'guardian']),
    );
    expect(roster.classes[0]).toMatchObject({
      name: district.classes[0]?.name,
      courseTitle: district.courses.find(({ id }) => id === district.classes[0]?.courseId)?.name,
      termSourcedIds: [district.terms[0]?.id],
    });
  });

  test('has no undefined field and keeps bad data as it is', () => {
    expect(JSON.parse(JSON.stringify(roster))).toStrictEqual(roster);
    const users = new Set(roster.users.map(({ sourcedId }) => sourcedId));
    const dangling = districtRoster(withDanglingEnrollment(district)).enrollments;
    expect(dangling.filter(({ userSourcedId }) => !users.has(userSourcedId))).toHaveLength(1);
  });

  test('takes source, scope and read from its options', () => {
    const options = { source: 'clever', scope: { tenant: 't' }, readId: 'r1', readAt: '2026-09-01T00:00:00.000Z' };
    expect(districtRoster(district, options)).toMatchObject(options);
    expect(roster).toMatchObject({ source: 'memory', scope: { tenant: 'test' }, readAt: district.updatedAt });
  });
});

describe('a source in memory', () => {
  test('gives every read an id of its own, the scope asked for, and tells of every collection', async () => {
    const source = rosterSource(roster);
    const pages: string[] = [];
    const first = await source.read({ tenant: 'a' }, { onPage: ({ collection }) => pages.push(collection) });
    const second = await source.read({ tenant: 'a' });
    expect(first.scope).toEqual({ tenant: 'a' });
    expect(first.readId).not.toBe(second.readId);
    expect(pages).toHaveLength(7);
    expect(source).toMatchObject({ provider: 'memory', reads: 2 });
    expect(await source.schools()).toBe(roster.schools);
  });

  test('asks a function at every read', async () => {
    let current = roster;
    const source = rosterSource(() => current);
    current = { ...roster, classes: [] };
    expect((await source.read({ tenant: 'a' })).classes).toEqual([]);
  });

  test('rejects with the reason of the signal', async () => {
    const reason = new Error('enough');
    const source = rosterSource(roster);
    await expect(source.read({ tenant: 'a' }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(source.schools({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

test('a fixed clock stands still until it is moved', () => {
  const clock = new FixedClock('2026-09-15T12:00:00.000Z');
  expect(clock.now()).toEqual(clock.now());
  clock.advance(1_500);
  expect(clock.now().toISOString()).toBe('2026-09-15T12:00:01.500Z');
  clock.set('2027-01-01T00:00:00.000Z');
  expect(clock.now().toISOString()).toBe('2027-01-01T00:00:00.000Z');
});
