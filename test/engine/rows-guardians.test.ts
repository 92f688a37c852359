import { describe, expect, it } from 'vitest';
import { guardianFingerprint } from '../../src/engine/fingerprint.js';
import { emptyLedger } from '../../src/model/index.js';
import type { GuardianLink, LocalState, User } from '../../src/model/index.js';
import { attested, guardian, link, localLink, localUser, student, teacher } from '../support/build.js';
import { checkRow, classWith, hostOf, merge, mergeHosts, OPEN, people, planOf, type Row } from '../support/rows.js';

const C1 = classWith('c1', { students: ['a', 'b'], teachers: ['t'] });
const HOST = hostOf(C1);
const STEP = { steps: ['guardians'] } as const;
const FULL = { ...STEP, fullData: true } as const;

/** Class `c1`, these guardians, and their links. */
function feed(guardians: readonly User[], guardianLinks: readonly GuardianLink[], fields = {}) {
  return { ...merge(C1, people(...guardians)), guardianLinks, ...fields };
}

/** The host has these guardians already. */
function host(guardians: readonly User[], parts: Partial<LocalState> = {}): Partial<LocalState> {
  return mergeHosts(HOST, { users: guardians.map((each) => localUser(each)) }, parts);
}

const G = guardian('g');
const H = guardian('h');
const NO_CONTACT: User = {
  sourcedId: 'g',
  roles: ['guardian'],
  givenName: 'G',
  familyName: 'G',
  schoolSourcedIds: ['s1'],
};
const TWO = { guardianLinks: [localLink('g', 'a'), localLink('g', 'b')] };

const SIX = ['g1', 'g2', 'g3', 'g4', 'g5', 'g6'];

const rows: readonly Row[] = [
  {
    title: 'P1: one guardian of two students: one account, one link for each, with its own relationship',
    feed: feed(
      [G],
      [link('g', 'a', { relationship: 'Mother', contactType: 'Family' }), link('g', 'b', { relationship: 'Aunt' })],
    ),
    host: HOST,
    policy: STEP,
    changes: [
      { line: 'user-create g P1 NEW_PERSON', after: { roles: ['guardian'], email: 'g@home.example' } },
      {
        line: 'guardian-link g/a P1 NEW_GUARDIAN_LINK',
        target: { guardianSourcedId: 'g', studentSourcedId: 'a', studentId: 'user-a' },
        evidence: { contactType: 'Family' },
        before: null,
        after: {
          origin: 'roster',
          state: 'active',
          relationship: 'Mother',
          contactType: 'Family',
          synced: { relationship: 'Mother', contactType: 'Family' },
        },
      },
      { line: 'guardian-link g/b P1 NEW_GUARDIAN_LINK', after: { relationship: 'Aunt' } },
    ],
  },
  {
    title: 'P10: who gets as many guardians at once as belong to several families is told of',
    feed: feed(
      SIX.map((id) => guardian(id, { email: `${id}@home.example`, givenName: id })),
      SIX.map((id) => link(id, 'a')),
    ),
    host: HOST,
    policy: STEP,
    changes: [
      ...SIX.map((id) => `user-create ${id} P1 NEW_PERSON`),
      ...SIX.map((id) => `guardian-link ${id}/a P1 NEW_GUARDIAN_LINK`),
    ],
    notes: ['P10 MANY_GUARDIANS a'],
  },
  {
    title: 'P9: what a person changed of a link stays, also where it comes back; the rest follows',
    feed: feed(
      [G],
      [
        link('g', 'a', { relationship: 'Aunt', contactType: 'Family' }),
        link('g', 'b', { relationship: 'Aunt', contactType: 'Family' }),
      ],
    ),
    host: host([G], {
      guardianLinks: [
        localLink('g', 'a', {
          relationship: 'Stepmother',
          hostFields: ['relationship'],
          synced: { relationship: 'Mother' },
        }),
        localLink('g', 'b', {
          relationship: 'Stepmother',
          hostFields: ['relationship'],
          state: 'removed',
          by: 'sync',
          removedAt: '2026-01-01T00:00:00.000Z',
        }),
      ],
    }),
    policy: STEP,
    changes: [
      {
        line: 'guardian-update g/a P1 FIELDS_CHANGED',
        after: { contactType: 'Family', synced: { relationship: 'Aunt', contactType: 'Family' } },
      },
      {
        line: 'guardian-restore g/b P1 RETURNED',
        after: { state: 'active', contactType: 'Family', synced: { relationship: 'Aunt', contactType: 'Family' } },
      },
    ],
  },
  {
    title: 'not P1: nothing but what a person changed is otherwise in the feed',
    feed: feed([G], [link('g', 'a', { relationship: 'Aunt' })]),
    host: host([G], {
      guardianLinks: [localLink('g', 'a', { relationship: 'Stepmother', hostFields: ['relationship'] })],
    }),
    policy: STEP,
    changes: [],
  },
  {
    title: 'P1: the same link from both sides is one link',
    feed: feed([G], [link('g', 'a'), link('g', 'a')]),
    host: host([G]),
    policy: STEP,
    changes: ['guardian-link g/a P1 NEW_GUARDIAN_LINK'],
  },
  {
    title: 'P1: a relationship follows the feed',
    feed: feed([G], [link('g', 'a', { relationship: 'Guardian' })]),
    host: host([G], {
      guardianLinks: [localLink('g', 'a', { relationship: 'Mother', synced: { relationship: 'Mother' } })],
    }),
    policy: STEP,
    changes: [
      {
        line: 'guardian-update g/a P1 FIELDS_CHANGED',
        before: { relationship: 'Mother' },
        after: { relationship: 'Guardian' },
      },
    ],
  },
  {
    title: 'P1: a link that the sync dropped comes back as the same record',
    feed: feed([G], [link('g', 'a')]),
    host: host([G], { guardianLinks: [localLink('g', 'a', { state: 'removed', by: 'sync' })] }),
    policy: STEP,
    changes: [
      { line: 'guardian-restore g/a P1 RETURNED', before: { by: 'sync' }, after: { state: 'active', by: null } },
    ],
  },
  {
    title: 'not P1: outside the guardians step nothing happens to guardians',
    feed: feed([G], [link('g', 'a')]),
    host: host([H], { guardianLinks: [localLink('h', 'a')] }),
    policy: { fullData: true },
    changes: [],
    never: ['P1', 'P3'],
  },
  {
    title: 'not P1: a student whom the host does not have gets no guardian, and the guardian no account',
    feed: feed([G, student('c')], [link('g', 'c')]),
    host: HOST,
    policy: STEP,
    changes: [],
    never: ['P1'],
  },
  {
    title: 'P2: one sibling leaves, and only that link is dropped',
    feed: feed([G], [link('g', 'b')]),
    host: host([G], TWO),
    policy: FULL,
    changes: [
      {
        line: 'guardian-unlink g/a P3 GUARDIAN_LINK_ABSENT',
        before: { state: 'active' },
        after: { state: 'removed', by: 'sync', removedAt: '2026-10-01T06:00:00.000Z' },
      },
    ],
  },
  {
    title: 'P3: the last link goes and the account stays',
    feed: feed([G], []),
    host: host([G], { guardianLinks: [localLink('g', 'a')] }),
    policy: { ...FULL, deactivateUnrostered: true },
    changes: [{ line: 'guardian-unlink g/a P3 GUARDIAN_LINK_ABSENT', evidence: { level: 'E1' } }],
    never: ['user-deactivate'],
  },
  {
    title: 'P3: a tombstoned link is explicit evidence',
    feed: feed([G], [link('g', 'a', { status: 'tobedeleted' })]),
    host: host([G], { guardianLinks: [localLink('g', 'a')] }),
    policy: FULL,
    changes: [{ line: 'guardian-unlink g/a P3 GUARDIAN_LINK_ABSENT', evidence: { level: 'E2' } }],
  },
  {
    title: 'not P3: without Full Data links stay',
    feed: feed([G], [link('g', 'b', { status: 'tobedeleted' })]),
    host: host([G], TWO),
    policy: STEP,
    changes: [],
    never: ['P3'],
  },
  ...(['incomplete', 'not-shared', 'not-read', 'failed'] as const).map(
    (state): Row => ({
      title: `not P3 (and P6): a guardians’ collection that is ${state} removes nothing`,
      feed: feed([G], [], { attestation: attested({ guardianLinks: state }) }),
      host: host([G], TWO),
      policy: FULL,
      changes: [],
      notes: [state === 'not-shared' ? 'G1 NOT_SHARED' : 'P6 GUARDIANS_UNREAD'],
      never: ['P3'],
    }),
  ),
  {
    title: 'P4: a contact type that the policy leaves out is not imported',
    feed: feed([G, H], [link('g', 'a', { contactType: 'Emergency' }), link('h', 'a', { contactType: 'Family' })]),
    host: HOST,
    policy: { ...STEP, guardians: { contactTypes: ['Family'] } },
    changes: ['user-create h P1 NEW_PERSON', 'guardian-link h/a P1 NEW_GUARDIAN_LINK'],
  },
  {
    title: 'P4: a link of a type that the policy left out since counts as absent, and counts for the limit',
    feed: feed([G], [link('g', 'a', { contactType: 'Emergency' }), link('g', 'b', { contactType: 'Emergency' })]),
    host: host([G], TWO),
    policy: { ...FULL, guardians: { contactTypes: ['Family'] }, limits: { ...OPEN, guardianLinks: 0.1 } },
    changes: ['guardian-unlink g/a P4 CONTACT_TYPE_EXCLUDED', 'guardian-unlink g/b P4 CONTACT_TYPE_EXCLUDED'],
    holds: ['G6:guardianLinks LIMIT_EXCEEDED 2'],
  },
  {
    title: 'P4: what the feed has and the policy does not want is no absence that a whole list would have to prove',
    feed: {
      ...feed([G], [link('g', 'a', { contactType: 'Emergency' })]),
      attestation: { ...attested(), skippedSchools: ['s2'] },
    },
    host: host([G], TWO),
    policy: { ...FULL, guardians: { contactTypes: ['Family'] } },
    changes: ['guardian-unlink g/a P4 CONTACT_TYPE_EXCLUDED'],
    notes: ['Z4 SCHOOL_SKIPPED s2'],
    never: ['P3'],
  },
  {
    title: 'not P4: nothing is removed by it without Full Data',
    feed: feed([G], [link('g', 'a', { contactType: 'Emergency' })]),
    host: host([G], { guardianLinks: [localLink('g', 'a')] }),
    policy: { ...STEP, guardians: { contactTypes: ['Family'] } },
    changes: [],
    never: ['P4'],
  },
  {
    title: 'P7: without an address and a mobile number no account is made, and a person is told',
    feed: feed([{ ...NO_CONTACT, homePhone: '555 010 3000' }], [link('g', 'a'), link('g', 'b')]),
    host: HOST,
    policy: STEP,
    changes: [],
    notes: ['P7 NO_CONTACT g'],
  },
  {
    title: 'P7: nor with an address that others have, too',
    feed: feed(
      [{ ...NO_CONTACT, email: 'Shared@home.example' }, guardian('h', { email: 'shared@home.example' })],
      [link('g', 'a')],
    ),
    host: HOST,
    policy: STEP,
    changes: [],
    notes: ['P7 NO_CONTACT g'],
  },
  {
    title: 'not P7: a mobile number is enough',
    feed: feed([{ ...NO_CONTACT, mobile: '555 010 2000' }], [link('g', 'a')]),
    host: HOST,
    policy: STEP,
    changes: ['user-create g P1 NEW_PERSON', 'guardian-link g/a P1 NEW_GUARDIAN_LINK'],
    never: ['P7'],
  },
  {
    title: 'not P7: who has an account already needs none',
    feed: feed([NO_CONTACT], [link('g', 'a')]),
    host: host([NO_CONTACT]),
    policy: STEP,
    changes: ['guardian-link g/a P1 NEW_GUARDIAN_LINK'],
    never: ['P7'],
  },
  {
    title: 'P8: the links of a student who is unshared are frozen',
    feed: { ...feed([G], []), users: [G, student('b'), teacher('t')] },
    host: host([G], TWO),
    policy: FULL,
    changes: ['guardian-unlink g/b P3 GUARDIAN_LINK_ABSENT'],
    notes: ['M10 PERSON_UNSHARED a'],
    never: ['g/a'],
  },
  {
    title: 'P8: so are those of a student under whose id another human being may have come (U13)',
    feed: feed(
      [G, student('a', { givenName: 'Bob', familyName: 'Ray', email: 'bob@x.example', grade: '01' })],
      [link('g', 'b')],
    ),
    host: host([G, student('a', { email: 'ann@x.example', grade: '09' })], TWO),
    policy: FULL,
    changes: [],
  },
  {
    title: 'not P8: of one who only has another name they go',
    feed: feed([G, student('a', { givenName: 'Bob', familyName: 'Ray', grade: '09' })], [link('g', 'b')]),
    host: host([G, student('a', { grade: '09' })], TWO),
    policy: FULL,
    changes: ['guardian-unlink g/a P3 GUARDIAN_LINK_ABSENT'],
  },
  {
    title: 'not P8: the links of a student who left the district go',
    feed: {
      ...merge(classWith('c1', { students: ['b'] }), people(G)),
      guardianLinks: [link('g', 'b')],
    },
    host: host([G], TWO),
    policy: FULL,
    changes: ['guardian-unlink g/a P3 GUARDIAN_LINK_ABSENT'],
  },
  {
    title: 'P9: a guardian whom a teacher invited is never removed',
    feed: feed([G], []),
    host: host([G], { guardianLinks: [localLink('g', 'a', { origin: 'local' })] }),
    policy: FULL,
    changes: [],
    never: ['P3'],
  },
  {
    title: 'P9: and stays people’s own when the feed names the link',
    feed: feed([G], [link('g', 'a', { relationship: 'Mother' })]),
    host: host([G], { guardianLinks: [localLink('g', 'a', { origin: 'local' })] }),
    policy: FULL,
    changes: [],
  },
  {
    title: 'P9: a link that a person dropped stays dropped, and that is told',
    feed: feed([G], [link('g', 'a')]),
    host: host([G], { guardianLinks: [localLink('g', 'a', { state: 'removed', by: 'user' })] }),
    policy: FULL,
    changes: [],
    notes: ['P9 LOCAL_REMOVAL_WINS g/a'],
  },
  {
    title: 'P12: a link to a guardian who is not shared is neither made nor dropped',
    feed: feed([], [link('g', 'a'), link('x', 'b')]),
    host: host([G], { guardianLinks: [localLink('g', 'a')] }),
    policy: { ...FULL, deactivateUnrostered: false },
    changes: [],
    notes: ['P12 AGENT_NOT_SHARED g/a', 'P12 AGENT_NOT_SHARED x/b'],
  },
  {
    title: 'not P12: a guardian who is there is no case of it',
    feed: feed([G], [link('g', 'a')]),
    host: host([G], { guardianLinks: [localLink('g', 'a')] }),
    policy: FULL,
    changes: [],
    never: ['P12'],
  },
  {
    title: 'G2: an incomplete read makes and drops no link',
    feed: feed([G], [link('g', 'a')], { attestation: attested({ users: 'incomplete' }) }),
    host: host([G], { guardianLinks: [localLink('g', 'b')] }),
    policy: FULL,
    changes: [],
    holds: ['G2 INCOMPLETE_READ 0'],
  },
];

describe('guardians', () => {
  it.each(rows)('$title', checkRow);

  it('P3: what was undone of a link is forgotten once the feed lacks the link', () => {
    const suppression = {
      kind: 'guardian-restore',
      subject: 'guardian:1:g:a',
      fingerprint: guardianFingerprint(link('g', 'a')),
      cause: 'undo',
    } as const;
    const ledger = { ...emptyLedger, suppressions: [suppression] };
    const left = (links: readonly GuardianLink[]) =>
      planOf({
        feed: feed([G], links),
        host: { ...host([G], { guardianLinks: [localLink('g', 'a', { state: 'removed', by: 'sync' })] }), ledger },
        policy: FULL,
      }).ledger.suppressions;
    expect(left([link('g', 'a')])).toEqual([suppression]);
    expect(left([link('g', 'b')])).toEqual([]);
  });
});
