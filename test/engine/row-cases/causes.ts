import { student, type RosterParts } from '../../support/build.js';
import { classWith, hostOf, merge, people } from '../../support/rows.js';
import { ARCHIVE, C1, PEOPLE } from '../explain-scene.js';
import { row, type RowCase } from './row-case.js';

const atSchool = (id: string) => classWith(id, { schoolSourcedId: 's2', students: ['b'], teachers: ['u'] });

/** So many classes of a course. */
const course = (name: string, count: number): RosterParts =>
  merge(
    ...Array.from({ length: count }, (_, index) =>
      classWith(`${name}${String(index + 10)}`, { courseTitle: name, students: ['a', 'b'], teachers: ['t'] }),
    ),
  );

/** Class `c1` is gone. */
const gone = (parts: RosterParts, fields = {}) => ({
  feed: parts,
  host: hostOf(classWith('c1', fields)),
  policy: ARCHIVE,
});

/** The causes of absence. */
export const causes: readonly RowCase[] = [
  row('TOMBSTONE', 'the district marks it as deleted', (isHit) =>
    gone(merge(PEOPLE, isHit ? { classes: classWith('c1', { status: 'tobedeleted' }).classes ?? [] } : {})),
  ),
  row('TERM_ENDED', 'its term is over', (isHit) => gone(PEOPLE, { termSourcedIds: [isHit ? 'last' : 'fall'] })),
  row('SCHOOL_GONE', 'no other class of the school is left', (isHit) => ({
    feed: merge(C1, isHit ? {} : atSchool('c3')),
    host: hostOf(merge(C1, atSchool('c2'))),
    policy: ARCHIVE,
  })),
  row('COHORT_GONE', 'they are twenty, not nineteen', (isHit) => ({
    feed: course('Art', 20),
    host: hostOf(merge(course('Art', 20), course('Math', isHit ? 20 : 19))),
    policy: ARCHIVE,
  })),
  row('PERSON_UNSHARED', 'an enrollment names the person still', (isHit) => {
    const { users = [], enrollments = [], ...rest } = C1;
    const isOther = ({ sourcedId }: { readonly sourcedId?: string }): boolean => sourcedId !== 'a';
    const rows = isHit ? enrollments : enrollments.filter(({ userSourcedId }) => userSourcedId !== 'a');
    return { feed: { ...rest, users: users.filter(isOther), enrollments: rows }, host: hostOf(C1), policy: ARCHIVE };
  }),
  row('SECTION_GONE', 'its student is still in the district', (isHit) =>
    gone({ users: (PEOPLE.users ?? []).filter(({ roles }) => isHit || !roles.includes('student')) }),
  ),
  row('WITHDRAWN', 'its student left with it', (isHit) =>
    gone({ users: (PEOPLE.users ?? []).filter(({ roles }) => !isHit || !roles.includes('student')) }),
  ),
  row('ENDED', 'the end date has come', (isHit) => ({
    feed: merge(classWith('c1', { students: [] }), people(student('a')), {
      enrollments: [
        { classSourcedId: 'c1', userSourcedId: 'a', role: 'student', endDate: isHit ? '2026-10-01' : '2026-10-02' },
      ],
    }),
    host: hostOf(C1),
    policy: ARCHIVE,
  })),
];
