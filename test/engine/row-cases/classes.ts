import { localClass, school, section } from '../../support/build.js';
import { classWith, hostOf, merge, type ClassWith } from '../../support/rows.js';
import { ARCHIVE, BY_SYNC, BY_USER, C1, FULL, PEOPLE, SCHOOL_1 } from '../explain-scene.js';
import { row, type RowCase } from './row-case.js';

const CLASS = { class: 'c1' };
const bare = (fields: ClassWith = {}) => classWith('c1', { students: [], teachers: [], ...fields });
const STUDENTS = ['a1', 'a2', 'a3', 'a4', 'a5'];
const OTHERS = ['b1', 'b2', 'b3', 'b4', 'b5'];

/** Rows S and K. */
export const schoolsAndClasses: readonly RowCase[] = [
  row('S1', 'the host lacks the school', (isHit) => ({
    feed: { schools: [school('s1'), school('s2'), ...(isHit ? [school('s3')] : [])] },
  })),
  row('S2', 'the district renamed the school', (isHit) => ({
    feed: { schools: [school('s1', isHit ? { name: 'Lincoln' } : {}), school('s2')] },
  })),
  row('K1', 'the host lacks the section', (isHit) => ({ feed: C1, host: isHit ? {} : hostOf(C1) })),
  row('K2', 'no student is in it', (isHit) => ({
    feed: classWith('c1', { students: isHit ? [] : ['a'] }),
    policy: { classes: { requireStudents: true } },
  })),
  row('K3', 'no teacher is in it', (isHit) => ({ feed: classWith('c1', { teachers: isHit ? [] : ['t'] }) })),
  row(
    'K4',
    'both sides are alike',
    (isHit) => ({ feed: classWith('c1', isHit ? {} : { name: 'Algebra' }), host: hostOf(C1) }),
    CLASS,
  ),
  row('K5', 'the district renamed the class', (isHit) => ({
    feed: classWith('c1', isHit ? { name: 'Algebra' } : {}),
    host: hostOf(C1),
  })),
  row('K6', 'the class is at another school', (isHit) => ({
    feed: bare(isHit ? { schoolSourcedId: 's2' } : {}),
    host: hostOf(bare()),
  })),
  row('K7', 'the roster lacks the class', (isHit) => ({
    feed: isHit ? PEOPLE : C1,
    host: hostOf(C1),
    policy: ARCHIVE,
  })),
  row('K8', 'a sync archived it', (isHit) => ({
    feed: C1,
    host: hostOf(C1, { classes: { c1: isHit ? BY_SYNC : BY_USER } }),
  })),
  row('K9', 'a person archived it', (isHit) => ({
    feed: C1,
    host: hostOf(C1, { classes: { c1: isHit ? BY_USER : BY_SYNC } }),
  })),
  row('K10', 'the term is another one', (isHit) => ({
    feed: classWith('c1', { students: OTHERS, teachers: ['u'], termSourcedIds: [isHit ? 'spring' : 'fall'] }),
    host: hostOf(classWith('c1', { students: STUDENTS })),
  })),
  row(
    'K11',
    'its term is over',
    (isHit) => {
      const feed = classWith('c1', { termSourcedIds: [isHit ? 'last' : 'fall'] });
      return { feed, host: hostOf(feed), policy: ARCHIVE };
    },
    CLASS,
  ),
  row('K12', 'the old class is gone', (isHit) => {
    const moved = classWith('c2', { name: 'Class c1' });
    return { feed: isHit ? moved : merge(moved, C1), host: hostOf(C1), policy: ARCHIVE };
  }),
  row(
    'K13',
    'a person tied it to the section',
    (isHit) => ({ feed: C1, host: hostOf(C1, isHit ? { classes: { c1: { origin: 'linked' } } } : {}) }),
    CLASS,
  ),
  row('K14', 'a person deleted it for good', (isHit) => ({
    feed: C1,
    host: hostOf(C1, { classes: { c1: isHit ? { state: 'purged', by: 'user' } : BY_USER } }),
  })),
  row('K15', 'five members of five vanish, and not four of four', (isHit) => ({
    feed: { classes: [section('c1')], users: classWith('c1', { students: STUDENTS }).users ?? [] },
    host: hostOf(classWith('c1', { students: isHit ? STUDENTS : STUDENTS.slice(1), teachers: [] })),
    policy: FULL,
  })),
  row('K16', 'a person opened it again', (isHit) => ({
    feed: PEOPLE,
    host: hostOf(C1, isHit ? { classes: { c1: { revived: true } } } : {}),
    policy: ARCHIVE,
  })),
  row('K17', 'the policy has other options', (isHit) => ({
    feed: C1,
    host: hostOf(C1),
    policy: { classes: { options: { parentCommunication: !isHit } } },
  })),
  row('K18', 'the criteria leave it out', (isHit) => ({
    feed: C1,
    policy: { classes: { include: { names: isHit ? 'Homeroom*' : 'Class*' } } },
  })),
  row('K19', 'people made the class at the same school', (isHit) => {
    const { sourcedId: _id, synced: _synced, ...own } = localClass('c1', { schoolSourcedId: isHit ? 's1' : 's2' });
    const { users = [], enrollments = [] } = hostOf(C1);
    const byHand = enrollments.map(({ classSourcedId: _class, ...member }) => ({
      ...member,
      origin: 'local' as const,
    }));
    return {
      feed: C1,
      host: { classes: [{ ...own, origin: 'local' }], users, enrollments: byHand },
      policy: { linkExisting: 'propose' },
    };
  }),
  row('K20', 'no teacher is a user of the host', (isHit) => ({
    feed: C1,
    host: isHit ? {} : hostOf({ users: C1.users ?? [] }),
    policy: { teachers: { create: 'never' }, classes: { include: { teachers: 'imported' } } },
  })),
];

/** The same rows by another fact. */
export const classesElsewhere: readonly RowCase[] = [
  row('K6', 'only one of its schools is in scope', (isHit) => ({
    feed: bare({ schoolSourcedId: 's2' }),
    host: hostOf(bare(isHit ? {} : { schoolSourcedId: 's2' })),
    scope: SCHOOL_1,
  })),
  row(
    'K13',
    'people made it, and the roster has one of its name',
    (isHit) => ({
      feed: C1,
      host: isHit
        ? { classes: [localClass(undefined, { id: 'own' })] }
        : hostOf(C1, { classes: { c1: { id: 'own' } } }),
    }),
    { class: { id: 'own' } },
  ),
];
