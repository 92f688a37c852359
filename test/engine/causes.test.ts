import { describe, expect, it } from 'vitest';
import { Absences, Populations, traitsOfPresentClass, type Cohort } from '../../src/engine/causes/index.js';
import type { Change, LatchedHold, LocalEnrollment, LocalGuardianLink } from '../../src/model/index.js';
import { enroll, ids, idsOf, judge, link, OPEN_POLICY, pupils, sections } from './causes-scene.js';
import type { Judged, Scene } from './causes-scene.js';

const GRADE5 = pupils('five', 40, { grade: '05' });
const GRADE6 = pupils('six', 100, { grade: '06' });
/** A present class in each of two schools, so that another school is always fine. */
const FINE = [...sections('fine', 1), ...sections('other', 1, { schoolSourcedId: 's2' })];

const SCHOOL: Scene = { classes: FINE, users: [...GRADE5, ...GRADE6] };

const holds = ({ cohorts }: Judged): readonly string[] => cohorts.map(({ id }) => id);
const codes = ({ causes }: Judged): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { code } of causes.values()) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
};

function cohort(judged: Judged, id: string): Cohort | undefined {
  return judged.cohorts.find((each) => each.id === id);
}

describe('COHORT_GONE of persons', () => {
  it('all of a grade vanished and nobody else', () => {
    const judged = judge({ ...SCHOOL, gone: idsOf(GRADE5) });
    expect(judged.cohorts).toEqual([
      {
        id: 'COHORT_GONE:users:grade=05',
        kind: 'users',
        attribute: 'grade',
        value: '05',
        vanished: 40,
        total: 40,
        restVanished: 0,
        rest: 100,
        tombstoned: 0,
        alongside: [],
        isTermOver: false,
        subjects: ids('five', 40).map((id) => `user:${id}`),
      },
    ]);
    expect(judged.causes.get('user:five001')).toEqual({
      code: 'COHORT_GONE',
      evidence: { kind: 'users', attribute: 'grade', value: '05', count: 40, of: 40, restCount: 0, rest: 100 },
      hold: 'COHORT_GONE:users:grade=05',
    });
    expect(codes(judged)).toEqual({ COHORT_GONE: 40 });
  });

  it.each([
    ['20 of 20 records', 20, 20, true],
    ['not: 19 of 19', 19, 19, false],
    ['90%: 36 of 40', 36, 40, true],
    ['not: 35 of 40, fewer than 90%', 35, 40, false],
  ])('%s', (_title, vanished, total, isCohort) => {
    const own = pupils('five', total, { grade: '05' });
    const judged = judge({ classes: FINE, users: [...own, ...GRADE6], gone: idsOf(own, vanished) });
    expect(holds(judged)).toEqual(isCohort ? ['COHORT_GONE:users:grade=05'] : []);
    expect(codes(judged)).toEqual(isCohort ? { COHORT_GONE: vanished } : { WITHDRAWN: vanished });
  });

  it('the rest changed by less than 5%: the others of it are judged by themselves', () => {
    const judged = judge({ ...SCHOOL, gone: [...idsOf(GRADE5), ...idsOf(GRADE6, 4)] });
    expect(cohort(judged, 'COHORT_GONE:users:grade=05')).toMatchObject({ restVanished: 4, rest: 100 });
    expect(codes(judged)).toEqual({ COHORT_GONE: 40, WITHDRAWN: 4 });
  });

  it('not: the rest changed by 5%', () => {
    const judged = judge({ ...SCHOOL, gone: [...idsOf(GRADE5), ...idsOf(GRADE6, 5)] });
    expect(judged.cohorts).toEqual([]);
    expect(codes(judged)).toEqual({ WITHDRAWN: 45 });
  });

  it('not: there is nobody else, so that nothing tells the grade from all', () => {
    const judged = judge({ classes: FINE, users: GRADE5, gone: idsOf(GRADE5, 39) });
    expect(judged.cohorts).toEqual([]);
  });

  it('is judged over silent and deleted records alike', () => {
    const judged = judge({ ...SCHOOL, gone: idsOf(GRADE5), tombstoned: idsOf(GRADE5, 15) });
    expect(cohort(judged, 'COHORT_GONE:users:grade=05')).toMatchObject({ vanished: 40, tombstoned: 15 });
    expect(codes(judged)).toEqual({ COHORT_GONE: 40 });
    expect(judged.causes.get('user:five001')?.evidence).toMatchObject({ tombstoned: 15 });
  });

  it('also over persons whom enrollments still name, but these do not stir up the rest', () => {
    const unshared = judge({ ...SCHOOL, gone: idsOf(GRADE5), named: idsOf(GRADE5, 20) });
    expect(codes(unshared)).toEqual({ COHORT_GONE: 40 });
    const gone = [...idsOf(GRADE5), ...idsOf(GRADE6, 10)];
    expect(codes(judge({ ...SCHOOL, gone, named: idsOf(GRADE6, 10) }))).toEqual({
      COHORT_GONE: 40,
      PERSON_UNSHARED: 10,
    });
    expect(codes(judge({ ...SCHOOL, gone, named: idsOf(GRADE6, 5) }))).toEqual({ WITHDRAWN: 45, PERSON_UNSHARED: 5 });
  });

  it('nor do those of the grade itself, where others vanished: there the rest is as restless as it is', () => {
    const gone = [...idsOf(GRADE5), ...idsOf(GRADE6, 5)];
    expect(codes(judge({ ...SCHOOL, gone, named: idsOf(GRADE5, 10) }))).toEqual({ WITHDRAWN: 35, PERSON_UNSHARED: 10 });
  });

  it('the same in one school alone', () => {
    const users = [
      ...pupils('a', 30, { grade: '05' }),
      ...pupils('b', 60, { grade: '06' }),
      ...pupils('c', 60, { grade: '05', school: 's2' }),
    ];
    const judged = judge({ classes: FINE, users, gone: idsOf(users, 30) });
    expect(judged.cohorts).toMatchObject([
      { id: 'COHORT_GONE:users:school+grade=2:s1:05', attribute: 'grade', value: '05', school: 's1', vanished: 30 },
    ]);
    expect(judged.causes.get('user:a001')?.evidence).toMatchObject({ attribute: 'grade', value: '05', school: 's1' });
  });

  it('the same role in one school alone', () => {
    const users = [
      ...pupils('a', 30).map((user) => ({ ...user, roles: ['guardian'] as const })),
      ...GRADE6,
      ...pupils('c', 60, { school: 's2' }).map((user) => ({ ...user, roles: ['guardian'] as const })),
    ];
    expect(judge({ classes: FINE, users, gone: idsOf(users, 30) }).cohorts).toMatchObject([
      { id: 'COHORT_GONE:users:school+role=2:s1:guardian', attribute: 'role', school: 's1', vanished: 30 },
    ]);
  });

  it.each([
    ['the role', { roles: ['student', 'guardian'] as const }, 'COHORT_GONE:users:role=guardian'],
    ['the school', { schoolSourcedIds: ['s1', 's3'] }, 'COHORT_GONE:users:school=s3'],
  ])('a person may have several of %s', (_title, fields, id) => {
    const own = pupils('x', 30, fields).map((user) => ({ ...user, ...fields }));
    const judged = judge({ classes: FINE, users: [...own, ...GRADE6], gone: idsOf(own, 29) });
    expect(holds(judged)).toEqual([id]);
  });

  it('not by an empty value, nor by one that nobody has', () => {
    const users = pupils('x', 30, { grade: '' });
    expect(judge({ classes: FINE, users: [...users, ...GRADE6], gone: idsOf(users) }).cohorts).toEqual([]);
  });

  it('not by a value that a record has twice', () => {
    const users = pupils('x', 12).map((user) => ({ ...user, roles: ['guardian', 'guardian'] as const }));
    expect(judge({ classes: FINE, users: [...users, ...GRADE6], gone: idsOf(users) }).cohorts).toEqual([]);
  });

  it('only by schools in scope', () => {
    const users = pupils('x', 25, { schoolSourcedIds: ['s1', 's9'] }).map((user) => ({
      ...user,
      schoolSourcedIds: ['s1', 's9'],
    }));
    const scene = { classes: FINE, users: [...users, ...GRADE6], gone: idsOf(users, 24) };
    expect(holds(judge(scene))).toEqual(['COHORT_GONE:users:school=s9']);
    expect(holds(judge({ ...scene, scope: ['s1', 's2'] }))).toEqual([]);
  });
});

describe('several cohorts', () => {
  const users = ids('', 6).flatMap((_, index) => pupils(`g${index}-`, 40, { grade: `0${index}` }));
  const teachers = pupils('t', 60, { roles: ['teacher'] });
  const ofGrades = (...grades: readonly number[]) =>
    grades.flatMap((grade) => idsOf(users.slice(grade * 40, grade * 40 + 40)));

  it('two grades at once are two cohorts, because the others stay', () => {
    const judged = judge({ classes: FINE, users, gone: ofGrades(1, 2) });
    expect(judged.cohorts).toMatchObject([
      { id: 'COHORT_GONE:users:grade=01', alongside: ['02'], restVanished: 0, rest: 160, vanished: 40 },
      { id: 'COHORT_GONE:users:grade=02', alongside: ['01'], restVanished: 0, rest: 160, vanished: 40 },
    ]);
    expect(judged.causes.get('user:g1-001')?.evidence).toMatchObject({ alongside: ['02'] });
  });

  it('as many as vanished, in order, whatever the order of the records', () => {
    const order = <T>(records: readonly T[]) => [...records].reverse();
    const { cohorts } = judge({ classes: FINE, users, gone: ofGrades(1, 2, 4), order });
    expect(cohorts.map(({ value, alongside }) => [value, alongside])).toEqual([
      ['01', ['02', '04']],
      ['02', ['01', '04']],
      ['04', ['01', '02']],
    ]);
  });

  it('not: a third that only half vanished stirs up the rest', () => {
    const judged = judge({ classes: FINE, users, gone: [...ofGrades(1, 2), ...ofGrades(3).slice(0, 20)] });
    expect(judged.cohorts).toEqual([]);
  });

  it('all grades at once are one cohort: the students', () => {
    const judged = judge({ classes: FINE, users: [...users, ...teachers], gone: idsOf(users) });
    expect(judged.cohorts).toMatchObject([
      { id: 'COHORT_GONE:users:role=student', vanished: 240, total: 240, rest: 60, alongside: [] },
    ]);
  });

  it('all grades at once are no cohort where only those without a grade are left', () => {
    const others = pupils('t', 60);
    const judged = judge({ classes: FINE, users: [...users, ...others], gone: idsOf(users) });
    expect(judged.cohorts).toEqual([]);
  });

  it('nor where all that had another grade vanished, too, although they were few', () => {
    const few = pupils('few', 3, { grade: '12' });
    const others = pupils('t', 100);
    const all = [...users, ...few];
    expect(judge({ classes: FINE, users: [...all, ...others], gone: idsOf(all) }).cohorts).toEqual([]);
    const one = [...users, ...few.slice(1)];
    expect(judge({ classes: FINE, users: [...all, ...others], gone: idsOf(one) }).cohorts).toHaveLength(6);
  });

  it('persons whom enrollments still name do not stir up the rest of two either', () => {
    const named = ofGrades(3).slice(0, 20);
    const judged = judge({ classes: FINE, users, gone: [...ofGrades(1, 2), ...named], named });
    expect(judged.cohorts.map(({ value, restVanished }) => [value, restVanished])).toEqual([
      ['01', 0],
      ['02', 0],
    ]);
  });

  it('of two that explain the same the more complete one is told', () => {
    // All 30 of the grade, and 30 of the 32 who also are of a role of their own.
    const own = pupils('x', 32, { roles: ['student', 'other'] }).map((user, index) => ({
      ...user,
      synced: { ...user, grade: index < 30 ? '05' : '06' },
    }));
    const judged = judge({ classes: FINE, users: [...own, ...GRADE6], gone: idsOf(own, 30) });
    expect(holds(judged)).toEqual(['COHORT_GONE:users:grade=05']);
  });

  it('of two that are alike the plainer attribute is told', () => {
    const own = pupils('x', 30, { grade: '05', roles: ['other'] });
    expect(holds(judge({ classes: FINE, users: [...own, ...GRADE6], gone: idsOf(own) }))).toEqual([
      'COHORT_GONE:users:grade=05',
    ]);
  });

  it('one that reaches further is told for what is left', () => {
    // All of a role, and all of grade 5: most of the one are in the other.
    const own = pupils('x', 40, { grade: '05' }).map((user, index) => ({
      ...user,
      roles: index < 38 ? (['student', 'other'] as const) : user.roles,
    }));
    const others = pupils('y', 3, { grade: '06', roles: ['student', 'other'] });
    const gone = [...idsOf(own), ...idsOf(others)];
    const judged = judge({ classes: FINE, users: [...own, ...others, ...GRADE6], gone });
    expect(judged.cohorts.map(({ id, vanished, subjects }) => [id, vanished, subjects.length])).toEqual([
      ['COHORT_GONE:users:role=other', 41, 41],
      ['COHORT_GONE:users:grade=05', 40, 2],
    ]);
  });

  it('who has two roles of which one is not gone counts with the other alone', () => {
    const both = pupils('x', 30, { roles: ['student', 'guardian'] });
    const staff = pupils('y', 25, { roles: ['teacher'] });
    const judged = judge({
      classes: FINE,
      users: [...both, ...staff, ...GRADE6],
      gone: idsOf([...both, ...staff]),
    });
    expect(judged.cohorts.map(({ value, alongside, rest, vanished }) => [value, alongside, rest, vanished])).toEqual([
      ['guardian', ['teacher'], 100, 30],
      ['teacher', ['guardian'], 100, 25],
    ]);
  });

  it('classes of two grades count once among those of either', () => {
    const both = sections('b', 30, { grades: ['04', '05'] });
    const four = sections('c', 10, { grades: ['04'] });
    const five = sections('d', 10, { grades: ['05'] });
    const six = sections('e', 40, { grades: ['06'] });
    const gone = idsOf([...both, ...four, ...five]);
    const judged = judge({ classes: [...FINE, ...both, ...four, ...five, ...six], gone });
    // Alone, the other's ten would be a fifth of the rest.
    expect(judged.cohorts).toMatchObject([
      { value: '04', vanished: 40, rest: 42, restVanished: 0, alongside: ['05'] },
      { value: '05', vanished: 40, rest: 42, restVanished: 0, alongside: ['04'] },
    ]);
    expect(judged.cohorts.map(({ subjects }) => subjects.length)).toEqual([40, 10]);
  });
});

describe('COHORT_GONE of classes', () => {
  const rest = sections('r', 60, { courseTitle: 'Art', grades: ['06'], subject: 'art', termSourcedIds: ['year'] });

  it.each([
    ['grade', { grades: ['05'] }, 'grade=05'],
    ['course', { courseTitle: 'Math 5' }, 'course=Math 5'],
    ['term', { termSourcedIds: ['spring'] }, 'term=spring'],
    ['subject', { subject: 'math' }, 'subject=math'],
    ['school', { schoolSourcedId: 's7' }, 'school=s7'],
  ])('by %s', (_title, fields, id) => {
    const plain = { courseTitle: 'Art', grades: ['06'], subject: 'art', termSourcedIds: ['year'] };
    const own = sections('x', 25, { ...plain, ...fields });
    const judged = judge({ classes: [...FINE, ...rest, ...own], gone: idsOf(own) });
    expect(holds(judged)).toContain(`COHORT_GONE:classes:${id}`);
    expect(codes(judged)).toEqual({ COHORT_GONE: 25 });
  });

  it('by their teacher', () => {
    const own = sections('x', 25);
    const others = sections('y', 60);
    const members = [...enroll(own, ['t1'], { role: 'teacher' }), ...enroll(others, ['t2'], { role: 'teacher' })];
    const judged = judge({ classes: [...FINE, ...own, ...others], members, gone: idsOf(own) });
    expect(holds(judged)).toEqual(['COHORT_GONE:classes:teacher=t1']);
  });

  it('by their teacher, whatever classes that person learns in', () => {
    const own = sections('x', 25);
    const others = sections('y', 60);
    const members = [...enroll(own, ['t1'], { role: 'teacher' }), ...enroll(others.slice(0, 10), ['t1'])];
    const judged = judge({ classes: [...FINE, ...own, ...others], members, gone: idsOf(own) });
    expect(holds(judged)).toEqual(['COHORT_GONE:classes:teacher=t1']);
  });

  it('a term that is over is one, too, and says so', () => {
    const own = sections('x', 25, { termSourcedIds: ['last'] });
    const terms = [{ sourcedId: 'last', name: 'Last', endDate: '2026-10-01' }];
    const judged = judge({ classes: [...FINE, ...own, ...rest], gone: idsOf(own), terms });
    expect(judged.cohorts).toMatchObject([{ id: 'COHORT_GONE:classes:term=last', isTermOver: true }]);
    expect(judged.causes.get('class:x001')?.evidence).toMatchObject({ isTermOver: true });
    const open = judge({
      classes: [...FINE, ...own, ...rest],
      gone: idsOf(own),
      terms: [{ sourcedId: 'last', name: 'Last' }],
    });
    expect(open.cohorts).toMatchObject([{ id: 'COHORT_GONE:classes:term=last', isTermOver: false }]);
  });

  it('a class whose students vanished as a cohort waits with them', () => {
    const own = sections('x', 2);
    const members = [
      ...enroll(own.slice(0, 1), [...ids('five', 21), ...ids('six', 20)]),
      ...enroll(own.slice(1), [...ids('five', 20), ...ids('six', 20)]),
    ];
    const gone = [...idsOf(own), ...idsOf(GRADE5)];
    const judged = judge({ ...SCHOOL, classes: [...FINE, ...own], members, gone });
    expect(judged.causes.get('class:x001')).toMatchObject({ code: 'COHORT_GONE', hold: 'COHORT_GONE:users:grade=05' });
    expect(judged.causes.get('class:x002')).toEqual({
      code: 'SECTION_GONE',
      evidence: { students: 40, elsewhere: 20 },
    });
  });
});

describe('COHORT_GONE of members', () => {
  const own = sections('x', 2, { courseTitle: 'Math' });
  const others = sections('y', 5, { courseTitle: 'Art' });
  const members = [...enroll(own, ids('a', 12)), ...enroll(others, ids('b', 20))];
  const scene: Scene = { classes: [...FINE, ...own, ...others], members };

  it('by what their classes share', () => {
    const judged = judge({ ...scene, gone: idsOf(members, 24) });
    expect(judged.cohorts).toMatchObject([
      { id: 'COHORT_GONE:enrollments:course=Math', kind: 'enrollments', vanished: 24, rest: 100 },
    ]);
    expect(judged.causes.get('enrollment:4:x001:a001')?.code).toBe('COHORT_GONE');
  });

  it('not: all of one class', () => {
    const one = sections('x', 1, { courseTitle: 'Math' });
    const crowd = [...enroll(one, ids('a', 24)), ...enroll(others, ids('b', 20))];
    const judged = judge({ classes: [...FINE, ...one, ...others], members: crowd, gone: idsOf(crowd, 24) });
    expect(judged.cohorts).toEqual([]);
    expect(codes(judged)).toEqual({ WITHDRAWN: 24 });
  });

  it('by their role, in classes of no school, too', () => {
    const free = [...own, ...others].map(({ schoolSourcedId: _school, ...each }) => each);
    const teachers = enroll(free, ids('t', 3), { role: 'teacher' });
    const judged = judge({ classes: free, members: [...members, ...teachers], gone: idsOf(teachers) });
    expect(holds(judged)).toEqual(['COHORT_GONE:enrollments:role=teacher']);
  });

  it('by their role', () => {
    const teachers = enroll([...own, ...others], ids('t', 3), { role: 'teacher' });
    const judged = judge({ ...scene, members: [...members, ...teachers], gone: idsOf(teachers) });
    expect(holds(judged)).toEqual(['COHORT_GONE:enrollments:role=teacher']);
  });

  it('members of a class that vanished do not count', () => {
    const gone = [...idsOf(members, 24), ...idsOf(own.slice(0, 1))];
    expect(judge({ ...scene, gone }).cohorts).toEqual([]);
    // Twenty that stay in a class that vanished are no rest either: five of a hundred are 5%.
    const extra = sections('z', 1);
    const more = [...members, ...enroll(extra, ids('c', 20))];
    const five = idsOf(members.slice(24), 5);
    const all = { ...scene, classes: [...FINE, ...own, ...others, ...extra], members: more };
    expect(holds(judge({ ...all, gone: [...idsOf(members, 24), ...five] }))).toHaveLength(1);
    expect(holds(judge({ ...all, gone: [...idsOf(members, 24), ...five, ...idsOf(extra)] }))).toEqual([]);
  });

  it('a member who was removed, or whom people added, is none of them', () => {
    const removed = enroll(own.slice(0, 1), ids('r', 40), { state: 'removed' });
    const byHand = enroll(own.slice(0, 1), ids('h', 40), { origin: 'local' });
    const judged = judge({ ...scene, members: [...members, ...removed, ...byHand], gone: idsOf(members, 24) });
    expect(cohort(judged, 'COHORT_GONE:enrollments:course=Math')).toMatchObject({ vanished: 24, total: 24 });
  });

  it('but whom people added leaves with the cohort, under `everyone`', () => {
    const byHand = enroll(own, ids('h', 1), { origin: 'local' });
    const judged = judge({
      ...scene,
      members: [...members, ...byHand],
      gone: [...idsOf(members, 24), ...idsOf(byHand)],
    });
    expect(cohort(judged, 'COHORT_GONE:enrollments:course=Math')).toMatchObject({ vanished: 24, total: 24 });
    expect(judged.causes.get('enrollment:4:x001:h001')?.hold).toBe('COHORT_GONE:enrollments:course=Math');
  });
});

describe('COHORT_GONE of guardian links', () => {
  const links = [
    ...ids('e', 25).map((id) => link(`g-${id}`, id, { contactType: 'Emergency' })),
    ...ids('f', 60).map((id) => link(`g-${id}`, id, { contactType: 'Primary', relationship: 'Mother' })),
  ];

  it('by contact type or relationship', () => {
    expect(holds(judge({ links, gone: idsOf(links, 25) }))).toEqual([
      'COHORT_GONE:guardianLinks:contactType=Emergency',
    ]);
    const mothers = links.map((each, at) => (at < 25 ? link(`g-${at}`, 'x', { relationship: 'Uncle' }) : each));
    const distinct = mothers.map((each, at) => ({ ...each, id: `l${at}` }));
    expect(holds(judge({ links: distinct, gone: idsOf(distinct, 25) }))).toEqual([
      'COHORT_GONE:guardianLinks:relationship=Uncle',
    ]);
  });

  it('by the relationship that a sync wrote last, else by the one that the host has', () => {
    const uncles = (fields: Partial<LocalGuardianLink>) =>
      links.map((each, at) => (at < 25 ? { ...link(`g-${at}`, 'x'), ...fields, id: `l${at}` } : each));
    for (const fields of [
      { relationship: 'Uncle' },
      { relationship: 'Mother', synced: { relationship: 'Uncle' } },
    ] as const) {
      const own = uncles(fields);
      expect(holds(judge({ links: own, gone: idsOf(own, 25) }))).toEqual([
        'COHORT_GONE:guardianLinks:relationship=Uncle',
      ]);
    }
  });

  it('not: nineteen', () => {
    const few = links.slice(6);
    expect(judge({ links: few, gone: idsOf(few, 19) }).cohorts).toEqual([]);
  });
});

describe('SCHOOL_GONE', () => {
  const south = pupils('s', 3, { school: 's2' });

  it('what vanished at a school that is gone as a whole', () => {
    const classes = [...FINE, ...sections('x', 1, { schoolSourcedId: 's2' })];
    const judged = judge({
      classes,
      users: [...GRADE6, ...south],
      gone: ['class-x001', 'user-s001', 'user-six001'],
      goneSchools: ['s2'],
    });
    expect(judged.schools).toEqual([
      {
        id: 'SCHOOL_GONE:s2',
        school: 's2',
        isWhole: true,
        vanished: { classes: 1, users: 1, enrollments: 0, guardianLinks: 0 },
      },
    ]);
    expect(judged.causes.get('class:x001')).toEqual({
      code: 'SCHOOL_GONE',
      evidence: { school: 's2' },
      hold: 'SCHOOL_GONE:s2',
    });
    expect(judged.causes.get('user:s001')?.code).toBe('SCHOOL_GONE');
    expect(judged.causes.get('user:six001')?.code).toBe('WITHDRAWN');
  });

  it('goes before a cohort, and hides none', () => {
    const grade5 = [...GRADE5, ...pupils('s', 30, { grade: '05', school: 's2' })];
    const gone = [...idsOf(grade5), ...idsOf(pupils('n', 20, { school: 's2' }))];
    const users = [...grade5, ...pupils('n', 20, { school: 's2' }), ...GRADE6];
    const judged = judge({ classes: FINE, users, gone, goneSchools: ['s2'] });
    expect(judged.causes.get('user:s001')?.code).toBe('SCHOOL_GONE');
    expect(judged.causes.get('user:five001')?.code).toBe('COHORT_GONE');
    expect(codes(judged)).toEqual({ SCHOOL_GONE: 50, COHORT_GONE: 40 });
    // Without the twenty of the school the rest is quiet.
    expect(cohort(judged, 'COHORT_GONE:users:grade=05')).toMatchObject({ vanished: 40, restVanished: 0, rest: 100 });
    expect(
      codes(judge({ classes: FINE, users: users.map((user) => ({ ...user, schoolSourcedIds: ['s1'] })), gone })),
    ).toEqual({ WITHDRAWN: 90 });
  });

  it('several schools are told in the order of their ids', () => {
    const users = [...pupils('t', 9, { school: 's3' }), ...pupils('s', 5, { school: 's2' }), ...GRADE6];
    const gone = idsOf(users.slice(0, 14));
    const judged = judge({ classes: FINE, users, gone, goneSchools: ['s3', 's2'] });
    expect(judged.schools.map(({ school, vanished }) => [school, vanished.users])).toEqual([
      ['s2', 5],
      ['s3', 9],
    ]);
  });

  it('a cohort that stands with the school and without it is told once', () => {
    const users = [...GRADE5, ...pupils('six', 200, { grade: '06' }), ...pupils('s', 5, { grade: '07', school: 's2' })];
    const gone = idsOf([...GRADE5, ...users.slice(-5)]);
    const judged = judge({ classes: FINE, users, gone, goneSchools: ['s2'] });
    expect(holds(judged)).toEqual(['COHORT_GONE:users:grade=05']);
    expect(cohort(judged, 'COHORT_GONE:users:grade=05')).toMatchObject({ vanished: 40, restVanished: 5 });
  });

  it('a cohort that only the school makes large enough is one', () => {
    const users = [...pupils('a', 12, { grade: '05' }), ...pupils('s', 12, { grade: '05', school: 's2' }), ...GRADE6];
    const judged = judge({ classes: FINE, users, gone: idsOf(users, 24), goneSchools: ['s2'] });
    expect(codes(judged)).toEqual({ SCHOOL_GONE: 12, COHORT_GONE: 12 });
    expect(cohort(judged, 'COHORT_GONE:users:grade=05')).toMatchObject({ vanished: 24, total: 24 });
  });

  it.each<[string, Partial<Scene>, boolean]>([
    ['every person of a school', {}, true],
    ['not: one of them is there', { gone: idsOf(south, 2) }, false],
    ['not: others came there', { newcomersAt: ['s2'] }, false],
    ['not: no other school is fine', { classes: sections('other', 1, { schoolSourcedId: 's2' }) }, false],
    ['not: it may be in a row that could not be used', { unreadable: ['s2'] }, false],
    ['not: the school is not in scope', { scope: ['s1'] }, false],
  ])('%s', (_title, fields, isGone) => {
    const judged = judge({ classes: FINE, users: [...GRADE6, ...south], gone: idsOf(south), ...fields });
    expect(judged.schools.map(({ school, isWhole }) => [school, isWhole])).toEqual(isGone ? [['s2', false]] : []);
    expect(judged.causes.get('user:s001')?.code).toBe(isGone ? 'SCHOOL_GONE' : 'WITHDRAWN');
  });

  it('every member of a school, and not: one of them is there', () => {
    const classes = [...FINE, ...sections('x', 2, { schoolSourcedId: 's2' })];
    const members = [...enroll(FINE.slice(0, 1), ['a']), ...enroll(classes.slice(2), ['b', 'c'])];
    const gone = idsOf(members.slice(1));
    const judged = judge({ classes, members, gone });
    expect(judged.schools).toMatchObject([{ school: 's2', isWhole: false, vanished: { enrollments: 4 } }]);
    expect(codes(judged)).toEqual({ SCHOOL_GONE: 4 });
    expect(judge({ classes, members, gone: gone.slice(1) }).schools).toEqual([]);
  });

  it('what follows from a person of it elsewhere waits with the person', () => {
    const members = enroll(FINE.slice(0, 1), ['s001', 'six001', 'x']);
    const links = [link('g', 's002'), link('s001', 'six002'), link('g', 'six001')];
    const judged = judge({
      classes: FINE,
      users: [...GRADE6, ...south],
      members,
      links,
      gone: idsOf([...south, ...members, ...links]).filter((id) => !id.endsWith('-x')),
    });
    expect(judged.causes.get('enrollment:7:fine001:s001')?.code).toBe('SCHOOL_GONE');
    expect(judged.causes.get('enrollment:7:fine001:six001')?.code).toBe('WITHDRAWN');
    expect(
      [...judged.causes].filter(([subject]) => subject.startsWith('guardian')).map(([, { code }]) => code),
    ).toEqual(['SCHOOL_GONE', 'SCHOOL_GONE', 'WITHDRAWN']);
  });
});

describe('the causes of single records', () => {
  const terms = [
    { sourcedId: 'last', name: 'Last', endDate: '2026-10-01' },
    { sourcedId: 'now', name: 'Now', endDate: '2026-10-02' },
    { sourcedId: 'open', name: 'Open' },
  ];

  it.each([
    ['its term is over', ['last'], {}, 'TERM_ENDED', { terms: ['last'] }],
    ['and a term that the feed does not tell', ['last', 'x'], {}, 'TERM_ENDED', { terms: ['last'] }],
    ['not: one of its terms goes on', ['last', 'now'], {}, 'SECTION_GONE', {}],
    ['not: one of its terms has no end', ['last', 'open'], {}, 'SECTION_GONE', {}],
    ['not: a term that the feed does not tell', ['x'], {}, 'SECTION_GONE', {}],
    ['not: no term', [], {}, 'SECTION_GONE', {}],
    ['the provider said so, whatever the term', ['last'], { tombstoned: ['class-x001'] }, 'TOMBSTONE', {}],
  ])('a class: %s', (_title, termSourcedIds, fields, code, evidence) => {
    const own = sections('x', 1, { termSourcedIds });
    const judged = judge({ classes: [...FINE, ...own], gone: ['class-x001'], terms, ...fields });
    expect(judged.causes.get('class:x001')).toMatchObject({ code, evidence });
    expect(judged.causes.get('class:x001')?.hold).toBeUndefined();
  });

  it.each([
    ['SECTION_GONE', 2],
    ['WITHDRAWN', 3],
  ])('a class: %s when %i of its four students left, too', (code, count) => {
    const own = sections('x', 1);
    const users = pupils('p', 4);
    const judged = judge({
      classes: [...FINE, ...own],
      users: [...GRADE6, ...users],
      members: [...enroll(own, ids('p', 4)), ...enroll(own, ['t'], { role: 'teacher' })],
      gone: ['class-x001', ...idsOf(users, count)],
    });
    expect(judged.causes.get('class:x001')).toEqual({ code, evidence: { students: 4, elsewhere: 4 - count } });
  });

  it('a class: its students are elsewhere where enrollments still name them', () => {
    const own = sections('x', 1);
    const users = pupils('p', 2);
    const judged = judge({
      classes: [...FINE, ...own],
      users: [...GRADE6, ...users],
      members: enroll(own, ids('p', 2)),
      gone: ['class-x001', ...idsOf(users)],
      named: idsOf(users),
    });
    expect(judged.causes.get('class:x001')).toEqual({ code: 'SECTION_GONE', evidence: { students: 2, elsewhere: 2 } });
  });

  it.each([
    ['WITHDRAWN', {}],
    ['TOMBSTONE', { tombstoned: ['user-six001'] }],
    ['PERSON_UNSHARED', { named: ['user-six001'] }],
    ['TOMBSTONE', { tombstoned: ['user-six001'], named: ['user-six001'] }],
  ])('a person: %s', (code, fields) => {
    const judged = judge({ ...SCHOOL, gone: ['user-six001'], ...fields });
    expect(judged.causes.get('user:six001')).toEqual({ code, evidence: {} });
  });

  it.each([
    ['WITHDRAWN', {}],
    ['TOMBSTONE', { tombstoned: ['member-x001-a'] }],
    ['TERM_ENDED', { classes: [...FINE, ...sections('x', 1, { termSourcedIds: ['last'] })] }],
  ])('a member: %s', (code, fields) => {
    const classes = [...FINE, ...sections('x', 1)];
    const members = enroll(classes.slice(2), ['a', 'b']);
    const judged = judge({ classes, members, gone: ['member-x001-a'], terms, ...fields });
    expect(judged.causes.get('enrollment:4:x001:a')).toMatchObject({ code });
  });

  it('a member whose person vanished, too, but alone: its own', () => {
    const members = enroll(FINE.slice(0, 1), ['six001', 'six002', 'six003']);
    const gone = [...idsOf(members, 2), ...idsOf(GRADE6, 2)];
    const judged = judge({ ...SCHOOL, members, gone, tombstoned: ['member-fine001-six001', 'user-six002'] });
    expect(judged.causes.get('enrollment:7:fine001:six001')?.code).toBe('TOMBSTONE');
    expect(judged.causes.get('enrollment:7:fine001:six002')?.code).toBe('WITHDRAWN');
  });

  it.each([
    ['WITHDRAWN', {}],
    ['TOMBSTONE', { tombstoned: ['link-g-s'] }],
  ])('a guardian link: %s', (code, fields) => {
    expect(judge({ links: [link('g', 's')], gone: ['link-g-s'], ...fields }).causes.get('guardian:1:g:s')).toEqual({
      code,
      evidence: {},
    });
  });
});

describe('who counts', () => {
  const policy = { deactivateUnrostered: false };
  const [home] = FINE;

  it('not those who left earlier, of whom only the account is left: they neither are a cohort nor hide one', () => {
    expect(holds(judge({ ...SCHOOL, gone: idsOf(GRADE5) }))).toHaveLength(1);
    expect(holds(judge({ ...SCHOOL, policy, gone: idsOf(GRADE5) }))).toEqual([]);
    const earlier = pupils('old', 50, { grade: '12' });
    const members = enroll(home === undefined ? [] : [home], ids('five', 40));
    const gone = [...idsOf(GRADE5), ...idsOf(earlier), ...idsOf(members)];
    const judged = judge({ classes: FINE, users: [...GRADE5, ...GRADE6, ...earlier], members, gone, policy });
    expect(cohort(judged, 'COHORT_GONE:users:grade=05')).toMatchObject({ vanished: 40, rest: 100, restVanished: 0 });
    expect(judged.causes.get('user:old001')?.code).toBe('WITHDRAWN');
  });

  it.each<[string, Partial<Scene>, number]>([
    ['whoever is in a class that is to be archived', {}, 1],
    ['not: in one that stays', { policy: { ...policy, archive: false } }, 0],
    ['in one that is to be emptied', { policy: { ...policy, archive: false, absentClassMembers: 'remove' } }, 1],
    ['not: without Full Data', { policy: { ...policy, fullData: false } }, 0],
    ['not even where accounts would be closed with it', { policy: { fullData: false, deactivateUnrostered: true } }, 0],
  ])('%s', (_title, fields, count) => {
    const own = sections('x', 1);
    const members = enroll(own, ids('five', 40));
    const gone = [...idsOf(GRADE5), ...idsOf(own)];
    const judged = judge({ ...SCHOOL, classes: [...FINE, ...own], members, gone, policy, ...fields });
    expect(judged.cohorts).toHaveLength(count);
  });

  it('its teachers, too, but not who had left it before', () => {
    const own = sections('x', 1);
    const gone = [...idsOf(GRADE5), ...idsOf(own)];
    const teaching = enroll(own, ids('five', 40), { role: 'teacher' });
    expect(judge({ ...SCHOOL, classes: [...FINE, ...own], members: teaching, gone, policy }).cohorts).toHaveLength(1);
    const left = enroll(own, ids('five', 40), { state: 'removed' });
    expect(judge({ ...SCHOOL, classes: [...FINE, ...own], members: left, gone, policy }).cohorts).toEqual([]);
  });

  it('those whom enrollments still name, whatever the settings', () => {
    const judged = judge({ ...SCHOOL, gone: idsOf(GRADE5), named: idsOf(GRADE5), policy });
    expect(holds(judged)).toEqual(['COHORT_GONE:users:grade=05']);
  });

  it('whoever has a guardian link to lose, on either side', () => {
    const links = ids('five', 20).flatMap((id, at) => [
      link(`g${at}`, id),
      link(`five${String(at + 21).padStart(3, '0')}`, 'x'),
    ]);
    const judged = judge({ ...SCHOOL, links, gone: [...idsOf(GRADE5), ...idsOf(links)], policy });
    expect(judged.cohorts).toMatchObject([{ id: 'COHORT_GONE:users:grade=05', vanished: 40 }]);
  });

  it('not what a limit holds already: it was judged when it vanished', () => {
    const own = sections('x', 25, { termSourcedIds: ['spring'] });
    const rest = sections('y', 60, { termSourcedIds: ['year'] });
    const changes = own.map(({ sourcedId = '' }) => ({
      key: `class-archive class:${sourcedId}`,
    })) as unknown as readonly Change[];
    const latch = (gate: LatchedHold['gate'], of = changes) =>
      ({ id: gate, gate, changes: of }) as unknown as LatchedHold;
    const scene = { classes: [...FINE, ...own, ...rest], gone: idsOf(own) };
    expect(holds(judge(scene))).toHaveLength(1);
    expect(holds(judge({ ...scene, holds: [latch('G6')] }))).toEqual([]);
    expect(holds(judge({ ...scene, holds: [latch('G7')] }))).toEqual([]);
    expect(holds(judge({ ...scene, holds: [latch('G6'), latch('cause')] }))).toHaveLength(1);
    expect(holds(judge({ ...scene, holds: [latch('G3')] }))).toHaveLength(1);
    // Nor does it show that other values of an attribute are there.
    const grades = [...GRADE5, ...pupils('six', 40, { grade: '06' })];
    const last = pupils('last', 1, { grade: '12' });
    const all = { classes: FINE, users: [...grades, ...last, ...pupils('t', 60)], gone: idsOf([...grades, ...last]) };
    const ofLast = [{ key: 'user-deactivate user:last001' }] as unknown as readonly Change[];
    expect(holds(judge({ ...all, gone: idsOf(grades) }))).toHaveLength(2);
    expect(holds(judge({ ...all, holds: [latch('G6', ofLast)] }))).toEqual([]);
    // Five of them are no cohort any more, and no part of the rest.
    const judged = judge({ ...scene, holds: [latch('G6', changes.slice(0, 5))] });
    expect(judged.cohorts).toMatchObject([{ vanished: 20, total: 20, rest: 62, restVanished: 0 }]);
    expect(judged.cohorts[0]?.subjects).toHaveLength(25);
  });
});

describe('how much is looked at', () => {
  it('nothing, where too few vanished to be a cohort and their school is there', () => {
    const judged = judge({
      links: ids('a', 1000).map((id) => link('g', id, { contactType: 'Primary' })),
      gone: ['link-g-a001'],
    });
    expect(judged.looked.links).toBe(0);
  });

  it('only until nothing can be gone any more', () => {
    const users = pupils('p', 5000, { grade: '05' });
    const judged = judge({ classes: FINE, users, gone: idsOf(users, 50) });
    expect(judged.cohorts).toEqual([]);
    expect(judged.looked.users).toBeLessThan(100);
  });

  it('all, where something is', () => {
    const judged = judge({ ...SCHOOL, gone: idsOf(GRADE5) });
    expect(judged.looked.users).toBe(140);
  });
});

describe('how fast it counts', () => {
  it('a million members that are there, class by class', () => {
    const [model] = sections('x', 1, { grades: ['05'], courseTitle: 'Math' });
    if (model === undefined) throw new Error('there is a class');
    const members = enroll([model], ids('p', 25));
    const rows = { records: members, from: 0, to: members.length };
    const input = { policy: OPEN_POLICY, ledger: { holds: [] }, terms: [], today: '2026-10-01', isInScope: () => true };
    const absences = new Absences(input);
    // Enough of them that every attribute is counted to the end.
    for (let at = 0; at < 30_000; at += 1) {
      const ofClass = { sourcedId: `c${at % 2}`, traits: traitsOfPresentClass(model, rows) };
      absences.addMember(`m${at}`, members[0] as LocalEnrollment, ofClass, {
        isTombstoned: false,
        userSourcedId: undefined,
      });
    }
    const populations = new Populations(absences, { classes: 0, enrollments: 0, users: 0, guardianLinks: 0 });
    const present = sections('y', 1, { grades: ['06'], courseTitle: 'Art', termSourcedIds: ['year'] })[0] ?? model;
    const before = process.cpuUsage();
    for (let at = 0; at < 40_000; at += 1) populations.countClass(present, rows);
    const { user, system } = process.cpuUsage(before);
    expect(populations.asksForClasses).toBe(true);
    // About 70 ms on a quiet machine.
    expect((user + system) / 1000).toBeLessThan(1000);
  });
});
