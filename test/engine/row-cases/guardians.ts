import { emptyLedger } from '../../../src/model/index.js';
import type { GuardianLink, LocalState, User } from '../../../src/model/index.js';
import { attested, guardian, localLink, localUser, student, teacher, type RosterParts } from '../../support/build.js';
import { classWith, hostOf, merge, mergeHosts, people, planOf, type Given } from '../../support/rows.js';
import { caseOf, row, type RowCase } from './row-case.js';

const C1 = classWith('c1', { students: ['a', 'b'] });
const FULL = { steps: ['guardians'], fullData: true } as const;
const G = guardian('g');
const TO_A: GuardianLink = { guardianSourcedId: 'g', studentSourcedId: 'a' };
const TO_B: GuardianLink = { guardianSourcedId: 'g', studentSourcedId: 'b' };
const LINK = { guardian: { guardian: 'g', student: 'a' } };
const A_AND_B = { guardianLinks: [localLink('g', 'a'), localLink('g', 'b')] };

function feed(guardianLinks: readonly GuardianLink[], users: readonly User[] = [G], fields = {}) {
  return { ...merge(C1, people(...users)), guardianLinks, ...fields };
}

function host(parts: Partial<LocalState> = {}, users: readonly User[] = [G]): Partial<LocalState> {
  return mergeHosts(hostOf(C1), { users: users.map((user) => localUser(user)) }, parts);
}

const linked = (fields = {}) => host({ guardianLinks: [localLink('g', 'a', fields)] });

/** So many guardians of one student, on both sides. */
function crowd(count: number) {
  const ids = Array.from({ length: count }, (_, index) => `g${String(index)}`);
  const users = ids.map((id) => guardian(id));
  return {
    feed: feed(
      ids.map((id) => ({ ...TO_A, guardianSourcedId: id })),
      users,
    ),
    host: host({ guardianLinks: ids.map((id) => localLink(id, 'a')) }, users),
    policy: FULL,
  };
}

/** Rows P. */
export const guardians: readonly RowCase[] = [
  row('P1', 'the roster names a guardian', (isHit) => ({
    feed: feed(isHit ? [TO_A] : []),
    host: host(),
    policy: FULL,
  })),
  row(
    'P2',
    'the link to a sibling stays',
    (isHit) => ({ feed: feed(isHit ? [TO_B] : []), host: host(A_AND_B), policy: FULL }),
    { user: 'g' },
  ),
  row('P3', 'Full Data is on', (isHit) => ({
    feed: feed([]),
    host: linked(),
    policy: { ...FULL, fullData: isHit },
  })),
  row('P4', 'the type is one of those left out', (isHit) => ({
    feed: feed([{ ...TO_A, contactType: isHit ? 'Emergency' : 'Family' }]),
    host: linked(),
    policy: { ...FULL, guardians: { contactTypes: ['Family'] } },
  })),
  row('P5', 'the last import had another source', (isHit) => ({
    feed: feed([]),
    host: { ...linked(), ledger: { ...emptyLedger, guardianSource: isHit ? 'another' : 'test' } },
    policy: FULL,
  })),
  row('P6', 'the guardians were not read to their end', (isHit) => ({
    feed: feed([], [G], { attestation: attested({ guardianLinks: isHit ? 'incomplete' : 'complete' }) }),
    host: linked(),
    policy: FULL,
  })),
  row('P7', 'there is a home phone, and no mobile number', (isHit) => {
    const { email: _email, ...unreachable } = G;
    const phone = isHit ? { homePhone: '555 010 3000' } : { mobile: '555 010 3000' };
    return { feed: feed([TO_A], [{ ...unreachable, ...phone }]), host: hostOf(C1), policy: FULL };
  }),
  row(
    'P8',
    'the student is not shared',
    (isHit) => ({
      feed: { ...feed([]), users: [G, student('b'), teacher('t'), ...(isHit ? [] : [student('a')])] },
      host: linked(),
      policy: FULL,
    }),
    LINK,
  ),
  row('P9', 'a person dropped the link', (isHit) => ({
    feed: feed([TO_A]),
    host: linked({ state: 'removed', by: isHit ? 'user' : 'sync' }),
    policy: FULL,
  })),
  row('P10', 'they are six, not five', (isHit) => crowd(isHit ? 6 : 5)),
  row('P11', 'the district forbids contact', (isHit) => ({
    feed: feed([isHit ? { ...TO_A, blocked: true } : TO_A]),
    host: linked(),
    policy: FULL,
  })),
  row('P12', 'the guardian is not shared', (isHit) => ({
    feed: feed([TO_A], isHit ? [] : [G]),
    host: linked(),
    policy: FULL,
  })),
  row('P13', 'the settings ask for it', (isHit) => ({
    feed: feed([TO_A]),
    host: linked(),
    policy: { ...FULL, guardians: { enroll: isHit } },
  })),
  row('P14', 'a teacher of a school in scope has not joined', (isHit) => ({
    feed: feed([TO_A]),
    host: linked(),
    policy: FULL,
    scope: { tenant: 'district-1', schools: ['s1'] },
    awaiting: [{ schoolSourcedIds: [isHit ? 's1' : 's2'] }],
  })),
];

/** Ten students with a guardian each, of whom only the first so many are shared, after a read of all. */
function shared(count: number): Given {
  const ids = Array.from({ length: 10 }, (_, index) => String(index));
  const families = classWith('c1', { students: ids });
  const guardianLinks = ids.map((id) => ({ guardianSourcedId: `g${id}`, studentSourcedId: id }));
  const read = (guardiansOf: readonly string[]): RosterParts => ({
    ...merge(families, people(...guardiansOf.map((id) => guardian(`g${id}`)))),
    guardianLinks,
  });
  const { ledger } = planOf({ feed: read(ids), host: hostOf(families), policy: FULL });
  return { feed: read(ids.slice(0, count)), host: { ...hostOf(families), ledger }, policy: FULL };
}

/** Rows P of which the shape of a read tells, too (G4). */
export const oddGuardians: readonly RowCase[] = [
  caseOf('P10', 'GUARDIANS_CROWDED', 'one of two students has six', (isHit) => {
    const { feed: of, policy } = crowd(isHit ? 6 : 5);
    return { feed: { ...of, guardianLinks: [...of.guardianLinks, { ...TO_B, guardianSourcedId: 'g0' }] }, policy };
  }),
  caseOf('P12', 'AGENTS_UNSHARED', 'six of ten are not shared any more, not five', (isHit) => shared(isHit ? 4 : 5)),
];
