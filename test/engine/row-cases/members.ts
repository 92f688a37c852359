import { enrolled, localMember, localUser, student, teacher, type RosterParts } from '../../support/build.js';
import { classWith, hostOf, merge, mergeHosts, people } from '../../support/rows.js';
import { BY_SYNC, C1, FULL, PEOPLE } from '../explain-scene.js';
import { row, type RowCase } from './row-case.js';

const MEMBER = { enrollment: { class: 'c1', user: 'a' } };
/** The class without student `a`, who is still in the district. */
const WITHOUT_A = merge(people(student('a')), classWith('c1', { students: [] }));
const REMOVED = { state: 'removed', removedAt: '2026-09-01T00:00:00.000Z' } as const;
const { synced: _synced, ...BY_HAND } = localMember('c1', 'a', { origin: 'local' });

const withMember = (fields: object) => {
  const host = hostOf(C1);
  return { ...host, enrollments: [{ ...BY_HAND, ...fields }, ...(host.enrollments ?? []).slice(1)] };
};
const hostWith = (fields: object) => hostOf(C1, { members: { 'c1/a': fields } });
const feedOf = (isThere: boolean): RosterParts => (isThere ? C1 : WITHOUT_A);

/** Rows M. */
export const members: readonly RowCase[] = [
  row('M1', 'the roster has one more member', (isHit) => ({
    feed: merge(C1, people(student('b')), { enrollments: isHit ? [enrolled('c1', 'b')] : [] }),
    host: mergeHosts(hostOf(C1), { users: [localUser(student('b'))] }),
  })),
  row('M2', 'the role is another one', (isHit) => ({
    feed: merge(C1, people(teacher('b')), { enrollments: [enrolled('c1', 'b', { role: isHit ? 'aide' : 'student' })] }),
    host: mergeHosts(hostOf(C1), { users: [localUser(teacher('b'))], enrollments: [localMember('c1', 'b')] }),
  })),
  row('M3', 'Full Data is on', (isHit) => ({ feed: WITHOUT_A, host: hostOf(C1), policy: { fullData: isHit } })),
  row(
    'M4',
    'Full Data is off',
    (isHit) => ({ feed: WITHOUT_A, host: hostOf(C1), policy: { fullData: !isHit } }),
    MEMBER,
  ),
  row('M5', 'a sync removed them', (isHit) => ({
    feed: C1,
    host: hostWith({ ...REMOVED, by: isHit ? 'sync' : 'user' }),
  })),
  row('M6', 'a person removed them', (isHit) => ({
    feed: C1,
    host: hostWith({ ...REMOVED, by: isHit ? 'user' : 'sync' }),
  })),
  row('M7', 'the roster has who was added by hand', (isHit) => ({
    feed: feedOf(isHit),
    host: withMember({}),
    policy: FULL,
  })),
  row(
    'M8',
    'a person added them',
    (isHit) => ({ feed: WITHOUT_A, host: isHit ? withMember({}) : hostOf(C1), policy: FULL }),
    MEMBER,
  ),
  row('M9', 'the class is absent', (isHit) => ({ feed: isHit ? PEOPLE : C1, host: hostOf(C1), policy: FULL }), MEMBER),
  row('M10', 'the roster lacks the person', (isHit) => ({
    feed: merge(C1, isHit ? {} : people(student('b')), { enrollments: [enrolled('c1', 'b')] }),
    host: mergeHosts(hostOf(C1), isHit ? {} : { users: [localUser(student('b'))] }),
  })),
  row('M11', 'the enrollment begins tomorrow, not today', (isHit) => ({
    feed: merge(WITHOUT_A, { enrollments: [enrolled('c1', 'a', { beginDate: isHit ? '2026-10-02' : '2026-10-01' })] }),
    host: mergeHosts(hostOf(classWith('c1', { students: [] })), { users: [localUser(student('a'))] }),
  })),
  row(
    'M12',
    'the class comes back',
    (isHit) => ({
      feed: C1,
      host: hostOf(C1, {
        classes: isHit ? { c1: BY_SYNC } : {},
        members: { 'c1/a': { ...REMOVED, by: 'user' } },
      }),
    }),
    MEMBER,
  ),
  row(
    'M13',
    'a sync had added them before',
    (isHit) => ({ feed: WITHOUT_A, host: isHit ? hostWith({ origin: 'local' }) : withMember({}), policy: FULL }),
    MEMBER,
  ),
  row('M14', 'people had added them', (isHit) => ({
    feed: C1,
    host: isHit ? withMember({ ...REMOVED, by: 'user' }) : hostWith({ ...REMOVED, by: 'user' }),
  })),
  row(
    'M15',
    'a person changed the role',
    (isHit) => ({
      feed: C1,
      host: hostWith(isHit ? { role: 'aide', synced: { role: 'student' }, hostFields: ['role'] } : {}),
    }),
    MEMBER,
  ),
];
