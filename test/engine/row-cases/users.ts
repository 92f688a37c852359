import type { LocalUser, User } from '../../../src/model/index.js';
import { enrolled, localUser, student, teacher } from '../../support/build.js';
import { classWith, hostOf, merge, people } from '../../support/rows.js';
import { C1, FULL, SCHOOL_1 } from '../explain-scene.js';
import { row, type RowCase } from './row-case.js';

const STUDENT = { user: 'a' };
const EMPTY_C1 = classWith('c1', { students: [], teachers: [] });
const WITHOUT_A = classWith('c1', { students: [] });
const LEFT_C1 = merge(WITHOUT_A, people(student('a')));
const GONE = { fullData: true, deactivateUnrostered: true };
const OFFICE = student('p', { roles: ['administrator'] });

const inClass = (users: readonly User[], fields: Readonly<Record<string, Partial<LocalUser>>> = {}) =>
  hostOf(merge(EMPTY_C1, people(...users), { enrollments: users.map(({ sourcedId }) => enrolled('c1', sourcedId)) }), {
    users: fields,
  });

const BOTH = student('a', { schoolSourcedIds: ['s1', 's2'] });
const AT_S2 = merge(EMPTY_C1, classWith('c2', { schoolSourcedId: 's2', teachers: [], students: ['b'] }), {
  users: [student('a', { schoolSourcedIds: ['s2'] })],
  enrollments: [enrolled('c2', 'a')],
});

/** Rows U. */
export const users: readonly RowCase[] = [
  row('U1', 'the student is in an imported class', (isHit) => ({
    feed: merge(EMPTY_C1, people(student('a')), { enrollments: isHit ? [enrolled('c1', 'a')] : [] }),
    host: hostOf(EMPTY_C1),
  })),
  row('U2', 'the roster has one more teacher', (isHit) => ({
    feed: merge(EMPTY_C1, isHit ? people(teacher('t')) : {}),
    host: hostOf(EMPTY_C1),
  })),
  row('U3', 'the setting asks for staff', (isHit) => ({ feed: people(OFFICE), policy: { staff: { create: isHit } } })),
  row('U4', 'nobody chose the site', (isHit) => ({
    feed: AT_S2,
    host: hostOf(merge(AT_S2, people(BOTH)), { users: { a: isHit ? {} : { hostFields: ['site'] } } }),
  })),
  row(
    'U5',
    'another class is left to them',
    (isHit) => ({
      feed: merge(WITHOUT_A, classWith('c2', { students: isHit ? ['a'] : [] }), people(student('a'))),
      host: hostOf(merge(C1, classWith('c2', { students: isHit ? ['a'] : [] }), people(student('a')))),
      policy: FULL,
    }),
    STUDENT,
  ),
  row('U6', 'no other class is left to them', (isHit) => ({
    feed: merge(WITHOUT_A, classWith('c2', { students: isHit ? [] : ['a'] }), people(student('a'))),
    host: hostOf(merge(C1, classWith('c2', { students: isHit ? [] : ['a'] }), people(student('a')))),
    policy: FULL,
  })),
  row('U7', 'the roster lacks the person', (isHit) => ({
    feed: isHit ? WITHOUT_A : LEFT_C1,
    host: hostOf(C1),
    policy: GONE,
  })),
  row(
    'U8',
    'the sync is for one school',
    (isHit) => ({ feed: WITHOUT_A, host: hostOf(C1), policy: FULL, ...(isHit ? { scope: SCHOOL_1 } : {}) }),
    STUDENT,
  ),
  row(
    'U9',
    'the person has signed in',
    (isHit) => ({
      feed: merge(C1, people(student('a', { email: 'new@x.example' }))),
      host: hostOf(C1, { users: { a: { claimed: isHit } } }),
      policy: { contactUpdates: 'none' },
    }),
    STUDENT,
  ),
  row('U10', 'a person deactivated them', (isHit) => ({
    feed: C1,
    host: hostOf(C1, { users: { a: { state: 'deactivated', by: isHit ? 'user' : 'sync' } } }),
  })),
  row(
    'U11',
    'the account is people’s own, whatever it has in common',
    (isHit) => {
      const { sourcedId: _id, synced: _synced, ...own } = localUser(student('a'));
      const known = localUser(student('a'));
      const host = hostOf(EMPTY_C1);
      return { feed: people(student('a')), host: { ...host, users: [isHit ? { ...own, origin: 'local' } : known] } };
    },
    { user: { id: 'user-a' } },
  ),
  row('U12', 'the state id is the same', (isHit) => ({
    feed: merge(EMPTY_C1, people(student('new', { stateId: isHit ? '007' : '008' })), {
      enrollments: [enrolled('c1', 'new')],
    }),
    host: inClass([student('old', { stateId: '007' })]),
  })),
  row('U13', 'the address is another one, too', (isHit) => ({
    feed: merge(
      EMPTY_C1,
      people(
        student('a', {
          givenName: 'Bob',
          familyName: 'Ray',
          email: isHit ? 'b@x.example' : 'a@x.example',
          grade: '01',
        }),
      ),
    ),
    host: inClass([student('a', { email: 'a@x.example', grade: '09' })]),
  })),
  row('U14', 'the person is protected', (isHit) => ({
    feed: EMPTY_C1,
    host: inClass([teacher('t')], { t: { protected: isHit } }),
    policy: GONE,
  })),
  row('U15', 'the district curtailed their access', (isHit) => ({
    feed: merge(C1, people(student('a', { enabled: !isHit }))),
    host: hostOf(C1),
  })),
  row('U16', 'the family name is another one', (isHit) => ({
    feed: merge(C1, people(student('a', isHit ? { familyName: 'Jones' } : {}))),
    host: hostOf(C1),
  })),
  row('U17', 'an account that people made has the state id', (isHit) => {
    const {
      sourcedId: _id,
      synced: _synced,
      ...own
    } = localUser(student('by-hand', { stateId: isHit ? '007' : '008' }));
    return {
      feed: merge(C1, people(student('a', { stateId: '007' }))),
      host: { users: [{ ...own, origin: 'local' }] },
      policy: { linkExisting: 'propose' },
    };
  }),
];
