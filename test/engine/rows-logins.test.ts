import { describe, expect, it } from 'vitest';
import { userFingerprint } from '../../src/engine/fingerprint.js';
import { emptyLedger, type LocalUser, type User } from '../../src/model/index.js';
import { attested, guardian, localUser, student, teacher } from '../support/build.js';
import { checkRow, classWith, hostOf, merge, mergeHosts, people, planOf, type Row } from '../support/rows.js';

const X = 'x@home.example';
const NAME = { givenName: 'Ann', familyName: 'Lee' };
const C1 = classWith('c1');
const STEP = { steps: ['guardians'] } as const;

/** A class with student `a`, and guardian `g` of `a`; the host has the class alone. */
function family(
  a: Partial<User>,
  g: Partial<User>,
  host: Partial<LocalUser> = {},
): Pick<Row, 'feed' | 'host' | 'policy'> {
  return {
    feed: {
      ...merge(C1, people(student('a', a), guardian('g', g))),
      guardianLinks: [{ guardianSourcedId: 'g', studentSourcedId: 'a' }],
    },
    host: mergeHosts(hostOf(C1), { users: [localUser(student('a', a), host)] }),
    policy: STEP,
  };
}

/** Ann was tied, and the host no longer knows to whom; she signs in together with another record of hers. */
const {
  sourcedId: _sourcedId,
  synced: _synced,
  ...ANN
} = localUser(guardian('ann', { email: X }), {
  origin: 'linked',
  sharesLoginWith: 'p',
});
/** A guardian whom people made, and whom no roster names. */
const { sourcedId: _none, synced: _unsynced, ...OWN } = localUser(guardian('own', { email: X }), { origin: 'local' });
const OWNER = merge(C1, people(student('a', { email: X }), teacher('t', { email: X })));
const FORMER = merge(C1, people(student('a', { email: X }), teacher('t', { email: 'old@x.example' })));

const JOINS = ['user-create g P1 NEW_PERSON', 'guardian-link g/a P1 NEW_GUARDIAN_LINK'];

const rows: readonly Row[] = [
  {
    title:
      'F6: a tied person without a sourcedId who shared a login loses it to the teacher who comes, by the host’s own id',
    feed: people(teacher('t', { email: X })),
    host: { users: [ANN] },
    changes: [
      {
        line: 'user-update user@user-ann F6 EMAIL_TAKEN',
        target: { id: 'user-ann' },
        before: { takenLogins: null, sharesLoginWith: 'p' },
        after: { takenLogins: ['email'], sharesLoginWith: null },
      },
      'user-create t U2 NEW_PERSON',
    ],
    notes: ['F6 EMAIL_TAKEN user@user-ann'],
  },
  {
    title: 'F6: who was given the login back by an undo keeps it until the district says something else',
    feed: OWNER,
    host: {
      ...hostOf(FORMER),
      ledger: {
        ...emptyLedger,
        suppressions: [
          {
            kind: 'user-update',
            subject: 'user:a',
            fingerprint: userFingerprint(student('a', { email: X })),
            cause: 'undo',
          },
        ],
      },
    },
    changes: [{ line: 'user-update t F1 CONTACT_CHANGED', after: { email: X } }],
    notes: ['F6 EMAIL_TAKEN a', 'UNDO SUPPRESSED a'],
  },
  {
    title: 'F6: a guardian takes the login of an address from a student who never signed in; both keep the address',
    ...family({ email: X }, { email: X, mobile: '2025550101' }),
    changes: [
      {
        line: 'user-update a F6 EMAIL_TAKEN',
        before: { takenLogins: null },
        after: { takenLogins: ['email'] },
        evidence: { field: 'email', owner: 'g' },
      },
      { line: JOINS[0] ?? '', after: { email: X, mobile: '2025550101' } },
      JOINS[1] ?? '',
    ],
    notes: ['F6 EMAIL_TAKEN a'],
  },
  {
    title: 'F6, F8: one person may lose both at once, each to another',
    feed: {
      ...merge(
        C1,
        people(
          teacher('t', { email: X }),
          guardian('g', { mobile: '2025550101' }),
          guardian('h', { email: X, mobile: '2025550101' }),
        ),
      ),
      guardianLinks: ['g', 'h'].map((guardianSourcedId) => ({ guardianSourcedId, studentSourcedId: 'a' })),
    },
    host: mergeHosts(hostOf(C1), {
      users: [localUser(teacher('t', { email: X })), localUser(guardian('g', { mobile: '2025550101' }))],
    }),
    policy: STEP,
    changes: [
      { line: 'user-create h P1 NEW_PERSON', after: { takenLogins: ['email', 'mobile'] } },
      JOINS[1] ?? '',
      'guardian-link h/a P1 NEW_GUARDIAN_LINK',
    ],
    notes: ['F6 EMAIL_TAKEN h', 'F8 MOBILE_TAKEN h'],
  },
  {
    title: 'not F8: who gets no account is no reason to judge the others',
    feed: merge(
      C1,
      people(
        guardian('g', { mobile: '2025550101' }),
        guardian('h', { mobile: '2025550101' }),
        student('n', { mobile: '2025550101' }),
      ),
    ),
    host: mergeHosts(hostOf(C1), {
      users: ['g', 'h'].map((id) => localUser(guardian(id, { mobile: '2025550101' }))),
    }),
    changes: [],
    never: ['F8'],
  },
  {
    title: 'F6: told once, and nothing more happens while both are there',
    ...family({ email: X }, { email: X }, { takenLogins: ['email'] }),
    host: mergeHosts(hostOf(C1), {
      users: [
        localUser(student('a', { email: X }), { takenLogins: ['email'] }),
        localUser(guardian('g', { email: X })),
      ],
    }),
    changes: [JOINS[1] ?? ''],
    notes: ['F6 EMAIL_TAKEN a'],
  },
  {
    title: 'F6: the login comes free when the other one has another address',
    feed: merge(C1, people(student('a', { email: X }), teacher('t', { email: 'new@school.example' }))),
    host: mergeHosts(hostOf(C1), {
      users: [localUser(student('a', { email: X }), { takenLogins: ['email'] }), localUser(teacher('t', { email: X }))],
    }),
    changes: [
      { line: 'user-update t F1 CONTACT_CHANGED', after: { email: 'new@school.example' } },
      { line: 'user-update a F6 LOGIN_FREED', before: { takenLogins: ['email'] }, after: { takenLogins: null } },
    ],
  },
  {
    title: 'F6: an address that changes to another’s is taken over without the login',
    feed: merge(C1, people(student('a', { email: X }), teacher('t', { email: X }))),
    host: mergeHosts(hostOf(C1), {
      users: [localUser(student('a', { email: 'old@school.example' })), localUser(teacher('t', { email: X }))],
    }),
    changes: [{ line: 'user-update a F1 CONTACT_CHANGED', after: { email: X, takenLogins: ['email'] } }],
    notes: ['F6 EMAIL_TAKEN a'],
  },
  {
    title: 'F6: whoever loses a login comes before its new owner, and those before theirs',
    feed: merge(
      C1,
      people(
        student('a', { email: X }),
        guardian('b', { email: X, mobile: '2025550101' }),
        teacher('c', { email: 'c@school.example', mobile: '2025550101' }),
      ),
    ),
    host: mergeHosts(hostOf(C1), {
      users: [
        localUser(student('a', { email: X })),
        localUser(guardian('b', { email: 'old@home.example', mobile: '2025550101' })),
        localUser(teacher('c', { email: 'c@school.example' })),
      ],
    }),
    policy: { steps: ['classes', 'teachers', 'students', 'guardians'] },
    changes: [
      { line: 'user-update a F6 EMAIL_TAKEN', after: { takenLogins: ['email'] }, evidence: { owner: 'b' } },
      { line: 'user-update b F1 CONTACT_CHANGED', after: { email: X, takenLogins: ['mobile'] } },
      { line: 'user-update c F1 CONTACT_CHANGED', after: { mobile: '2025550101' } },
    ],
    notes: ['F6 EMAIL_TAKEN a', 'F8 MOBILE_TAKEN b'],
  },
  {
    title: 'F6: whatever the order of their ids',
    feed: merge(
      C1,
      people(
        student('z', { email: X }),
        guardian('b', { email: X, mobile: '2025550101' }),
        teacher('c', { email: 'c@school.example', mobile: '2025550101' }),
      ),
    ),
    host: mergeHosts(hostOf(C1), {
      users: [
        localUser(student('z', { email: X })),
        localUser(guardian('b', { email: 'old@home.example', mobile: '2025550101' })),
        localUser(teacher('c', { email: 'c@school.example' })),
      ],
    }),
    policy: { steps: ['classes', 'teachers', 'students', 'guardians'] },
    changes: [
      'user-update z F6 EMAIL_TAKEN',
      'user-update b F1 CONTACT_CHANGED',
      { line: 'user-update c F1 CONTACT_CHANGED', after: { mobile: '2025550101' } },
    ],
    notes: ['F6 EMAIL_TAKEN z', 'F8 MOBILE_TAKEN b'],
  },
  {
    title: 'F6: whom the feed lacks gets back the login that nobody else has any more, though nobody else changes',
    feed: C1,
    host: mergeHosts(hostOf(C1), { users: [localUser(student('b', { email: X }), { takenLogins: ['email'] })] }),
    changes: [{ line: 'user-update b F6 LOGIN_FREED', after: { takenLogins: null } }],
  },
  {
    title: 'F6: so do the new ids of people, whatever their order else',
    feed: merge(
      C1,
      people(student('y', { email: X, stateId: '1' }), teacher('x', { email: X, stateId: '2', ...NAME })),
    ),
    host: mergeHosts(hostOf(C1), {
      users: [
        localUser(student('a1', { email: X, stateId: '1' })),
        localUser(teacher('a2', { email: 'old@school.example', stateId: '2', ...NAME })),
      ],
    }),
    changes: [
      { line: 'user-rekey y U12 REKEY', after: { takenLogins: ['email'] } },
      { line: 'user-rekey x U12 REKEY', after: { email: X } },
    ],
    notes: ['F6 EMAIL_TAKEN y'],
  },
  {
    title: 'F6, U7: whoever leaves and loses a login in one plan is written twice, one after the other',
    feed: merge(C1, people(student('a'), teacher('u', { email: X }))),
    host: mergeHosts(hostOf(C1), { users: [localUser(student('b', { email: X }), { version: 3 })] }),
    policy: { fullData: true, deactivateUnrostered: true },
    changes: [
      { line: 'user-update b F6 EMAIL_TAKEN', version: 3 },
      'user-create u U2 NEW_PERSON',
      { line: 'user-deactivate b U7 PERSON_ABSENT', version: 4 },
    ],
    notes: ['F6 EMAIL_TAKEN b'],
  },
  {
    title: 'F6: a login does not change hands because its bearer’s account was closed by a sync',
    feed: merge(C1, people(student('a', { email: X }))),
    host: mergeHosts(hostOf(C1), {
      users: [
        localUser(student('a', { email: X }), { takenLogins: ['email'] }),
        localUser(guardian('g', { email: X }), { state: 'deactivated', by: 'sync' }),
      ],
    }),
    changes: [],
    notes: ['F6 EMAIL_TAKEN a'],
  },
  {
    title: 'F6: closed by people, it leaves the login to the other one',
    feed: merge(C1, people(student('a', { email: X }))),
    host: mergeHosts(hostOf(C1), {
      users: [
        localUser(student('a', { email: X }), { takenLogins: ['email'] }),
        localUser(guardian('g', { email: X }), { state: 'deactivated', by: 'user' }),
      ],
    }),
    changes: [{ line: 'user-update a F6 LOGIN_FREED', after: { takenLogins: null } }],
  },
  {
    title: 'F6: an incomplete read takes no login from anybody',
    feed: {
      ...merge(C1, people(student('a', { email: X }), teacher('t', { email: X }))),
      attestation: attested({ users: 'incomplete' }),
    },
    host: mergeHosts(hostOf(classWith('c1', { teachers: [] })), { users: [localUser(student('a', { email: X }))] }),
    changes: [
      { line: 'user-create t U2 NEW_PERSON', after: { takenLogins: ['email'] } },
      'enrollment-add c1/t M1 ENROLLED',
    ],
    notes: ['F6 EMAIL_TAKEN t'],
    holds: ['G2 INCOMPLETE_READ 0'],
  },
  {
    title: 'not F6: nobody who was here before is judged',
    feed: merge(C1, people(student('a', { email: X }), teacher('t', { email: X }))),
    host: mergeHosts(hostOf(C1), {
      users: [localUser(student('a', { email: X })), localUser(teacher('t', { email: X }))],
    }),
    changes: [],
    never: ['F6'],
  },
  {
    title: 'F7: a teacher who is a guardian under the same name has one login in two roles',
    feed: {
      ...merge(C1, people(teacher('t', { email: X, ...NAME }), guardian('g', { email: X, ...NAME }))),
      guardianLinks: [{ guardianSourcedId: 'g', studentSourcedId: 'a' }],
    },
    host: mergeHosts(hostOf(C1), { users: [localUser(teacher('t', { email: X, ...NAME }))] }),
    policy: STEP,
    changes: [{ line: JOINS[0] ?? '', after: { takenLogins: ['email'], sharesLoginWith: 't' } }, JOINS[1] ?? ''],
    notes: ['F7 LOGIN_SHARED g'],
  },
  {
    title: 'not F7: under another name they are two people, and the guardian without a number waits (P7)',
    feed: {
      ...merge(C1, people(teacher('t', { email: X, ...NAME }), guardian('g', { email: X }))),
      guardianLinks: [{ guardianSourcedId: 'g', studentSourcedId: 'a' }],
    },
    host: mergeHosts(hostOf(C1), { users: [localUser(teacher('t', { email: X, ...NAME }))] }),
    policy: STEP,
    changes: [],
    notes: ['P7 NO_CONTACT g'],
  },
  {
    title: 'F8: of two guardians with one mobile number the one who signed in has the login; both keep the number',
    feed: {
      ...merge(C1, people(guardian('g', { mobile: '202 555 0101' }), guardian('h', { mobile: '+12025550101' }))),
      guardianLinks: ['g', 'h'].map((guardianSourcedId) => ({ guardianSourcedId, studentSourcedId: 'a' })),
    },
    host: mergeHosts(hostOf(C1), { users: [localUser(guardian('h', { mobile: '+12025550101' }), { claimed: true })] }),
    policy: STEP,
    changes: [
      { line: JOINS[0] ?? '', after: { mobile: '202 555 0101', takenLogins: ['mobile'] } },
      JOINS[1] ?? '',
      'guardian-link h/a P1 NEW_GUARDIAN_LINK',
    ],
    notes: ['F9 MOBILE_TAKEN g'],
  },
  {
    title: 'F9: who signed in with an address keeps it against staff',
    feed: merge(C1, people(student('a', { email: X }), teacher('u', { email: X }))),
    host: mergeHosts(hostOf(C1), { users: [localUser(student('a', { email: X }), { claimed: true })] }),
    changes: [{ line: 'user-create u U2 NEW_PERSON', after: { email: X, takenLogins: ['email'] } }],
    notes: ['F9 EMAIL_TAKEN u'],
  },
  {
    title: 'F9: and so does somebody whom people made',
    feed: merge(C1, people(teacher('u', { email: X }))),
    host: mergeHosts(hostOf(C1), {
      users: [{ ...localUser(guardian('x', { email: X })), id: 'own', origin: 'local', sourcedId: undefined } as never],
    }),
    changes: [{ line: 'user-create u U2 NEW_PERSON', after: { takenLogins: ['email'] } }],
    notes: ['F9 EMAIL_TAKEN u'],
  },
  {
    title: 'not F6: of an account that people made no login is freed either',
    feed: C1,
    host: mergeHosts(hostOf(C1), { users: [{ ...OWN, takenLogins: ['email'] }] }),
    changes: [],
  },
  {
    title: 'not F6: nor of somebody who may be here under another id, while that is open',
    feed: merge(C1, people(student('new', { email: X, ...NAME }))),
    host: mergeHosts(hostOf(C1), {
      users: [localUser(student('old', { email: X, ...NAME }), { takenLogins: ['email'] })],
    }),
    changes: [],
    notes: ['U12 REKEY_PROPOSED old'],
  },
];

describe('one address, several people', () => {
  it.each(rows)('$title', checkRow);

  it('F6: is told by the first plan that finds it alone', () => {
    const { feed, host, policy } = family({ email: X }, { email: X, mobile: '2025550101' });
    const given = { feed, policy: policy ?? STEP };
    const told = planOf({ ...given, host: host ?? {} });
    expect(told.notes.map(({ code }) => code)).toContain('EMAIL_TAKEN');
    const again = planOf({ ...given, host: { ...host, ledger: told.ledger } });
    expect(again.notes.map(({ code }) => code)).not.toContain('EMAIL_TAKEN');
    expect(again.ledger.reported).toEqual(told.ledger.reported);
  });
});
