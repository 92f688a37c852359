import type { LocalUser, User } from '../../../src/model/index.js';
import { guardian, localUser, student, teacher } from '../../support/build.js';
import { hostOf, merge, mergeHosts, people, type Given } from '../../support/rows.js';
import { C1, GUARDIANS } from '../explain-scene.js';
import { row, type RowCase } from './row-case.js';

const OLD = 'old@school.example';
const NEW = 'new@school.example';
const ANN = { givenName: 'Ann', familyName: 'Lee' };

/** One teacher: what the feed says, and what the host holds of what it said before. */
function contact(feed: Partial<User>, fields: Partial<LocalUser> = {}, before: Partial<User> = { email: OLD }): Given {
  return {
    feed: people(teacher('t', feed)),
    host: hostOf(people(teacher('t', before)), { users: { t: fields } }),
  };
}

/** Class `c1` with student `a`, and a new guardian `g` of `a`; the host has these people besides the class. */
function family(g: Partial<User>, known: readonly LocalUser[], more: readonly User[] = []): Given {
  return {
    feed: {
      ...merge(C1, people(...known.map(userOf), ...more, guardian('g', { mobile: '2025550199', ...g }))),
      guardianLinks: ['g', ...more.map(({ sourcedId }) => sourcedId)].map((guardianSourcedId) => ({
        guardianSourcedId,
        studentSourcedId: 'a',
      })),
    },
    host: mergeHosts(hostOf(C1), { users: known }),
    policy: GUARDIANS,
  };
}

/** What the roster says of somebody whom the host has. */
function userOf({ sourcedId = '', roles, givenName, familyName, email, schoolSourcedIds }: LocalUser): User {
  return { sourcedId, roles, givenName, familyName, schoolSourcedIds, ...(email === undefined ? {} : { email }) };
}

/** Rows F. */
export const contacts: readonly RowCase[] = [
  row('F1', 'the person never signed in', (isHit) => contact({ email: NEW }, { claimed: !isHit })),
  row('F2', 'the person has signed in', (isHit) => contact({ email: NEW }, { claimed: isHit })),
  row('F3', 'the setting is “all”', (isHit) => ({
    ...contact({ email: NEW }, { claimed: true }),
    policy: { contactUpdates: isHit ? 'all' : 'invitees' },
  })),
  row('F4', 'the field is empty', (isHit) => contact({ email: isHit ? '' : OLD }), { user: 't' }),
  row('F5', 'a person typed the address in', (isHit) =>
    contact({ email: NEW }, isHit ? { hostFields: ['email'] } : {}),
  ),
  row('F6', 'guardian and student have one address', (isHit) =>
    family({ email: OLD }, [localUser(student('a', { email: isHit ? OLD : NEW }))]),
  ),
  row('F7', 'both have one name, too', (isHit) =>
    family({ email: OLD, ...ANN }, [localUser(teacher('t', { email: OLD, ...(isHit ? ANN : {}) }))]),
  ),
  row('F8', 'two guardians have one number', (isHit) =>
    family({ mobile: '202 555 0101' }, [], [guardian('h', { mobile: isHit ? '+12025550101' : '+12025550102' })]),
  ),
  row('F9', 'the student has signed in with it', (isHit) => ({
    feed: merge(C1, people(student('a', { email: OLD }), teacher('u', { email: OLD }))),
    host: mergeHosts(hostOf(C1), { users: [localUser(student('a', { email: OLD }), { claimed: isHit })] }),
  })),
  row('F10', 'it cannot be an address', (isHit) => contact({ email: isHit ? 'no at sign' : NEW })),
];
