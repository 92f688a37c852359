import { describe, expect, it } from 'vitest';
import { emptyLedger } from '../../src/model/index.js';
import type { GuardianLink, LocalState, User } from '../../src/model/index.js';
import { attested, guardian, link, localLink, localUser } from '../support/build.js';
import { checkRow, classWith, hostOf, merge, mergeHosts, OPEN, people, planOf, type Row } from '../support/rows.js';

const C1 = classWith('c1', { students: ['a', 'b'] });
const FULL = { steps: ['guardians'], fullData: true } as const;
const G = guardian('g');

function feed(guardianLinks: readonly GuardianLink[], users: readonly User[] = [G], fields = {}) {
  return { ...merge(C1, people(...users)), guardianLinks, ...fields };
}
function host(parts: Partial<LocalState> = {}, users: readonly User[] = [G]): Partial<LocalState> {
  return mergeHosts(hostOf(C1), { users: users.map((user) => localUser(user)) }, parts);
}
const BLOCKED = { blocked: true, synced: { blocked: true } } as const;
const FORBIDDEN = {
  line: 'guardian-update g/a P11 CONTACT_FORBIDDEN',
  after: { blocked: true, synced: { blocked: true } },
} as const;

const blocking: readonly Row[] = [
  ...(['roster', 'local'] as const).map(
    (origin): Row => ({
      title: `P11: contact that the district forbids is blocked at once (${origin})`,
      feed: feed([link('g', 'a', { blocked: true })]),
      host: host({ guardianLinks: [localLink('g', 'a', { origin })] }),
      policy: {
        steps: ['guardians'],
        contactUpdates: 'none',
        additiveOnly: true,
        limits: { ...OPEN, guardianLinks: 0, floor: 0 },
      },
      changes: [FORBIDDEN],
    }),
  ),
  {
    title: 'P11: on a link that a person dropped, too',
    feed: feed([link('g', 'a', { blocked: true })]),
    host: host({ guardianLinks: [localLink('g', 'a', { state: 'removed', by: 'user' })] }),
    policy: FULL,
    changes: [FORBIDDEN],
    notes: ['P9 LOCAL_REMOVAL_WINS g/a'],
  },
  {
    title: 'P11: by an incomplete read, too',
    feed: feed([link('g', 'a', { blocked: true })], [G], { attestation: attested({ users: 'incomplete' }) }),
    host: host({ guardianLinks: [localLink('g', 'a')] }),
    policy: FULL,
    changes: [FORBIDDEN],
    holds: ['G2 INCOMPLETE_READ 0'],
  },
  {
    title: 'P11: and while the guardian’s own record is not shared (P12)',
    feed: feed([link('g', 'a', { blocked: true })], []),
    host: host({ guardianLinks: [localLink('g', 'a')] }),
    policy: FULL,
    changes: [FORBIDDEN],
    notes: ['P12 AGENT_NOT_SHARED g/a'],
  },
  {
    title: 'P11: with a type that is left out the link is blocked and then dropped, and both can be applied',
    feed: feed([link('g', 'a', { blocked: true, contactType: 'Emergency' })]),
    host: host({ guardianLinks: [localLink('g', 'a')] }),
    policy: { ...FULL, guardians: { contactTypes: ['Family'] }, limits: { ...OPEN, guardianLinks: 0, floor: 0 } },
    changes: [FORBIDDEN, 'guardian-unlink g/a P4 CONTACT_TYPE_EXCLUDED'],
    holds: ['G6:guardianLinks LIMIT_EXCEEDED 1'],
  },
  {
    title: 'P11: a change of the relationship goes with it',
    feed: feed([link('g', 'a', { blocked: true, relationship: 'Father' })]),
    host: host({ guardianLinks: [localLink('g', 'a')] }),
    policy: FULL,
    changes: [
      {
        ...FORBIDDEN,
        after: { blocked: true, relationship: 'Father', synced: { relationship: 'Father', blocked: true } },
      },
    ],
  },
  {
    title: 'P11: a complete read without the flag lifts it',
    feed: feed([link('g', 'a')]),
    host: host({ guardianLinks: [localLink('g', 'a', BLOCKED)] }),
    policy: FULL,
    changes: [
      {
        line: 'guardian-update g/a P11 CONTACT_ALLOWED',
        before: { blocked: true },
        after: { blocked: null, synced: {} },
      },
    ],
  },
  {
    title: 'not P11: an incomplete guardians’ collection lifts nothing',
    feed: feed([link('g', 'a')], [G], { attestation: attested({ guardianLinks: 'incomplete' }) }),
    host: host({ guardianLinks: [localLink('g', 'a', BLOCKED)] }),
    policy: FULL,
    changes: [],
    notes: ['P6 GUARDIANS_UNREAD'],
  },
  {
    title: 'not P11: nor is anything written twice',
    feed: feed([link('g', 'a', { blocked: true })]),
    host: host({ guardianLinks: [localLink('g', 'a', BLOCKED)] }),
    policy: FULL,
    changes: [],
  },
  {
    title: 'not P11: outside the guardians step nothing happens to guardians',
    feed: feed([link('g', 'a', { blocked: true })]),
    host: host({ guardianLinks: [localLink('g', 'a')] }),
    policy: { fullData: true },
    changes: [],
  },
  {
    title: 'P11: a new link comes blocked, where the guardian has an account for another student',
    feed: feed([link('g', 'a', { blocked: true }), link('g', 'b')]),
    host: hostOf(C1),
    policy: FULL,
    changes: [
      'user-create g P1 NEW_PERSON',
      { line: 'guardian-link g/a P1 NEW_GUARDIAN_LINK', after: { blocked: true, synced: { blocked: true } } },
      'guardian-link g/b P1 NEW_GUARDIAN_LINK',
    ],
  },
  {
    title: 'P11: nobody gets an account for a link that gives no access',
    feed: feed([link('g', 'a', { blocked: true })]),
    host: hostOf(C1),
    policy: FULL,
    changes: [],
    notes: ['P11 GUARDIAN_FORBIDDEN g'],
  },
  {
    title: 'P11: told of each of two guardians who come one after the other',
    feed: feed([link('g', 'a', { blocked: true }), link('h', 'a', { blocked: true })], [G, guardian('h')]),
    host: hostOf(C1),
    policy: FULL,
    changes: [],
    notes: ['P11 GUARDIAN_FORBIDDEN g', 'P11 GUARDIAN_FORBIDDEN h'],
  },
  {
    title: 'P11: a link that comes back comes back blocked',
    feed: feed([link('g', 'a', { blocked: true })]),
    host: host({ guardianLinks: [localLink('g', 'a', { state: 'removed', by: 'sync' })] }),
    policy: FULL,
    changes: [{ line: 'guardian-restore g/a P1 RETURNED', after: { state: 'active', blocked: true } }],
  },
  {
    title: 'P11: what people blocked stays blocked, and theirs, where the link comes back without the flag',
    feed: feed([link('g', 'a')]),
    host: host({ guardianLinks: [localLink('g', 'a', { blocked: true, state: 'removed', by: 'sync' })] }),
    policy: FULL,
    changes: [
      {
        line: 'guardian-restore g/a P1 RETURNED',
        after: { state: 'active', blocked: true, synced: expect.not.objectContaining({ blocked: true }) as object },
      },
    ],
  },
  {
    title: 'P11: a link that comes back without the flag comes back free',
    feed: feed([link('g', 'a')]),
    host: host({ guardianLinks: [localLink('g', 'a', { ...BLOCKED, state: 'removed', by: 'sync' })] }),
    policy: FULL,
    changes: [
      {
        line: 'guardian-restore g/a P1 RETURNED',
        before: { state: 'removed', blocked: true },
        after: { state: 'active', blocked: null },
      },
    ],
  },
  {
    title: 'P11: what the district blocked stays the district’s while a link comes back in an unread list',
    feed: feed([link('g', 'a')], [G], { attestation: attested({ guardianLinks: 'incomplete' }) }),
    host: host({ guardianLinks: [localLink('g', 'a', { ...BLOCKED, state: 'removed', by: 'sync' })] }),
    policy: FULL,
    changes: [
      {
        line: 'guardian-restore g/a P1 RETURNED',
        after: { state: 'active', blocked: true, synced: { blocked: true } },
      },
    ],
    notes: ['P6 GUARDIANS_UNREAD'],
  },
  {
    title: 'P11: a free link to a student who is not here is no reason for an account',
    feed: feed([link('g', 'a', { blocked: true }), link('g', 'nobody')]),
    host: hostOf(C1),
    policy: FULL,
    changes: [],
    notes: ['P11 GUARDIAN_FORBIDDEN g'],
  },
];

const switched = { ledger: { ...emptyLedger, guardianSource: 'another' } };
const source: readonly Row[] = [
  {
    title: 'P5: the first run with another source drops nobody, and tells it',
    feed: feed([]),
    host: { ...host({ guardianLinks: [localLink('g', 'a'), localLink('g', 'b')] }), ...switched },
    policy: FULL,
    changes: [],
    notes: ['P5 SOURCE_SWITCHED'],
  },
  {
    title: 'not P5: the same source drops them',
    feed: feed([]),
    host: { ...host({ guardianLinks: [localLink('g', 'a')] }), ledger: { ...emptyLedger, guardianSource: 'test' } },
    policy: FULL,
    changes: ['guardian-unlink g/a P3 GUARDIAN_LINK_ABSENT'],
  },
  {
    title: 'P5: a guardian goes on under the id of the other source, with their links',
    feed: feed([link('new', 'a')], [{ ...G, sourcedId: 'new' }]),
    host: { ...host({ guardianLinks: [localLink('g', 'a')] }), ...switched },
    policy: FULL,
    changes: [
      {
        line: 'user-rekey new P5 GUARDIAN_MATCHED',
        before: { sourcedId: 'g' },
        after: { sourcedId: 'new' },
        evidence: { by: 'contact' },
      },
    ],
  },
  {
    title: 'U12: a student who goes on under a new id keeps the guardian, too',
    feed: {
      ...merge(
        classWith('c1', { students: ['new', 'b'] }),
        people(G, { ...(C1.users?.[0] as User), sourcedId: 'new', stateId: '7' }),
      ),
      guardianLinks: [link('g', 'new')],
    },
    host: mergeHosts(hostOf(C1), {
      users: [localUser(G), localUser({ ...(C1.users?.[0] as User), stateId: '7' })],
      guardianLinks: [localLink('g', 'a')],
    }),
    policy: { ...FULL, steps: ['classes', 'teachers', 'students', 'guardians'] },
    changes: ['user-rekey new U12 REKEY'],
  },
  {
    title: 'U12: by the former id, which stands for nobody any more, there is no link',
    feed: {
      ...merge(
        classWith('c1', { students: ['new', 'b'] }),
        people(G, { ...(C1.users?.[0] as User), sourcedId: 'new', stateId: '7' }),
      ),
      guardianLinks: [link('g', 'a'), link('g', 'b')],
    },
    host: mergeHosts(hostOf(C1), {
      users: [localUser(G), localUser({ ...(C1.users?.[0] as User), stateId: '7' })],
      guardianLinks: [localLink('g', 'b')],
    }),
    policy: { ...FULL, steps: ['classes', 'teachers', 'students', 'guardians'] },
    changes: ['user-rekey new U12 REKEY'],
  },
];

const many: Row = {
  title: 'P10: six guardians of one student are told',
  feed: feed(
    [1, 2, 3, 4, 5, 6].map((number) => link(`g${String(number)}`, 'a')),
    [1, 2, 3, 4, 5, 6].map((number) => guardian(`g${String(number)}`)),
  ),
  host: host(
    { guardianLinks: [1, 2, 3, 4, 5, 6].map((number) => localLink(`g${String(number)}`, 'a')) },
    [1, 2, 3, 4, 5, 6].map((number) => guardian(`g${String(number)}`)),
  ),
  policy: FULL,
  changes: [],
  notes: ['P10 MANY_GUARDIANS a'],
};
const few: Row = {
  ...many,
  title: 'not P10: five of them and one of a type that is left out',
  feed: feed(
    [1, 2, 3, 4, 5, 6].map((number) =>
      link(`g${String(number)}`, 'a', { contactType: number === 6 ? 'Doctor' : 'Family' }),
    ),
    [1, 2, 3, 4, 5, 6].map((number) => guardian(`g${String(number)}`)),
  ),
  policy: { steps: ['guardians'], guardians: { contactTypes: ['Family'] }, contactUpdates: 'none' },
  changes: [1, 2, 3, 4, 5].map((number) => `guardian-update g${String(number)}/a P1 FIELDS_CHANGED`),
  notes: [],
};

describe('guardians: forbidden contact, other sources, many of them', () => {
  it.each([...blocking, ...source, many, few])('$title', checkRow);

  it('P5: the source is remembered with the plan, and the freeze outlasts an incomplete read', () => {
    const given = { feed: feed([link('g', 'a')]), host: { ...host(), ...switched }, policy: FULL };
    expect(planOf(given).ledger.guardianSource).toBe('test');
    const half = { ...given, feed: { ...given.feed, attestation: attested({ guardianLinks: 'incomplete' }) } };
    expect(planOf(half).ledger.guardianSource).toBe('another');
    expect(planOf({ ...given, policy: { fullData: true } }).ledger.guardianSource).toBe('another');
  });
});
