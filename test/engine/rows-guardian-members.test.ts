import { describe, expect, it } from 'vitest';
import { ABSENT, guardianFingerprint } from '../../src/engine/fingerprint.js';
import { WANTED } from '../../src/engine/rules/guardian-members.js';
import { emptyLedger } from '../../src/model/index.js';
import type { Enrollment, GuardianLink, LocalEnrollment, LocalState } from '../../src/model/index.js';
import { attested, enrolled, guardian, localLink, localMember, localUser } from '../support/build.js';
import {
  changeLines,
  checkRow,
  classWith,
  hostOf,
  merge,
  mergeHosts,
  noteLines,
  OPEN,
  people,
  planOf,
  type Row,
} from '../support/rows.js';

const C1 = classWith('c1', { students: ['a', 'b'] });
const C2 = classWith('c2', { students: ['b'], teachers: ['u'] });
const G = guardian('g', { mobile: '+15550001111' });
const ALL = ['classes', 'teachers', 'students', 'guardians'] as const;
const ON = { steps: ALL, guardians: { enroll: true } } as const;
const FULL = { ...ON, fullData: true } as const;
const TO_A: GuardianLink = { guardianSourcedId: 'g', studentSourcedId: 'a' };
const TO_B: GuardianLink = { guardianSourcedId: 'g', studentSourcedId: 'b' };

const place = (classSourcedId: string, fields: Partial<LocalEnrollment> = {}) =>
  localMember(classSourcedId, 'g', { role: 'guardian', ...fields });
const feed = (guardianLinks: readonly GuardianLink[], fields = {}) => ({
  ...merge(C1, people(G)),
  guardianLinks,
  ...fields,
});
const host = (...parts: readonly Partial<LocalState>[]): Partial<LocalState> =>
  mergeHosts(hostOf(C1), { users: [localUser(G)] }, ...parts);
const linkedTo = (...students: readonly string[]) => ({ guardianLinks: students.map((id) => localLink('g', id)) });
const inClass = (fields: Partial<LocalEnrollment> = {}) => ({ enrollments: [place('c1', fields)] });
/** The feed without this student's place in the class; the person stays. */
const without = (student: string): readonly Enrollment[] =>
  (C1.enrollments ?? []).filter(({ userSourcedId }) => userSourcedId !== student);

const ADDED = 'enrollment-add c1/g P13 GUARDIAN_ENROLLED';
const REMOVED = 'enrollment-remove c1/g P13 GUARDIAN_WITHOUT_STUDENT';
const ENDED = 'enrollment-remove c1/g P13 CONTACT_FORBIDDEN';
const BLOCKED = 'guardian-update g/a P11 CONTACT_FORBIDDEN';

const coming: readonly Row[] = [
  {
    title: 'P13: a link makes the guardian a member of the class',
    feed: feed([TO_A]),
    host: host(linkedTo('a')),
    policy: ON,
    changes: [
      {
        line: ADDED,
        target: { classSourcedId: 'c1', userSourcedId: 'g', classId: 'class-c1', userId: 'user-g' },
        before: null,
        after: { origin: 'roster', role: 'guardian', state: 'active', synced: { role: 'guardian' } },
        evidence: { student: 'a' },
      },
    ],
  },
  {
    title: 'P13: also in the second of two imports',
    feed: feed([TO_A]),
    host: host(linkedTo('a')),
    policy: { ...ON, steps: ['guardians'] },
    changes: [ADDED],
  },
  {
    title: 'P13: of every active class of the student, once for each class, with a new account and a new link',
    feed: { ...merge(C1, C2, people(G)), guardianLinks: [TO_A, TO_B] },
    host: hostOf(merge(C1, C2)),
    policy: ON,
    changes: [
      'user-create g P1 NEW_PERSON',
      ADDED,
      'enrollment-add c2/g P13 GUARDIAN_ENROLLED',
      'guardian-link g/a P1 NEW_GUARDIAN_LINK',
      'guardian-link g/b P1 NEW_GUARDIAN_LINK',
    ],
  },
  {
    title: 'P13: of a class that comes by this plan, with its students',
    feed: { ...merge(C1, C2, people(G)), guardianLinks: [TO_B] },
    host: host(linkedTo('b'), { users: [localUser(G), ...(hostOf(C2).users ?? [])] }),
    policy: ON,
    changes: [
      'class-create c2 K1 NEW_CLASS',
      'enrollment-add c2/b M1 ENROLLED',
      'enrollment-add c2/u M1 ENROLLED',
      ADDED,
      'enrollment-add c2/g P13 GUARDIAN_ENROLLED',
    ],
  },
  {
    title: 'P13: a place that a sync took away comes back as the same record',
    feed: feed([TO_A]),
    host: host(linkedTo('a'), inClass({ state: 'removed', by: 'sync' })),
    policy: ON,
    changes: [{ line: 'enrollment-restore c1/g P13 RETURNED', after: { state: 'active', role: 'guardian' } }],
  },
  {
    title: 'P13: and so it does where the link comes back by the same plan',
    feed: feed([TO_A]),
    host: host(
      { guardianLinks: [localLink('g', 'a', { state: 'removed', by: 'sync' })] },
      inClass({ state: 'removed', by: 'sync' }),
    ),
    policy: ON,
    changes: ['enrollment-restore c1/g P13 RETURNED', 'guardian-restore g/a P1 RETURNED'],
  },
  {
    title: 'P13: and where the student comes back by the same plan',
    feed: feed([TO_A]),
    host: mergeHosts(
      hostOf(C1, { members: { 'c1/a': { state: 'removed', by: 'sync' } } }),
      { users: [localUser(G)] },
      linkedTo('a'),
      inClass({ state: 'removed', by: 'sync' }),
    ),
    policy: ON,
    changes: ['enrollment-restore c1/a M5 RETURNED', 'enrollment-restore c1/g P13 RETURNED'],
  },
  {
    title: 'not P13: where the student becomes something else in the class',
    feed: feed([TO_A], { enrollments: [...without('a'), enrolled('c1', 'a', { role: 'aide' })] }),
    host: host(linkedTo('a')),
    policy: ON,
    changes: ['enrollment-update c1/a M2 ROLE_CHANGED'],
  },
  {
    title: 'not P13: nor where the return of the link was undone',
    feed: feed([TO_A]),
    host: host(
      {
        guardianLinks: [localLink('g', 'a', { state: 'removed', by: 'sync' })],
        ledger: {
          ...emptyLedger,
          suppressions: [
            {
              kind: 'guardian-restore',
              subject: 'guardian:1:g:a',
              fingerprint: guardianFingerprint(TO_A),
              cause: 'undo',
            },
          ],
        },
      },
      inClass({ state: 'removed', by: 'sync' }),
    ),
    policy: ON,
    changes: [],
    notes: ['UNDO SUPPRESSED g/a'],
  },
  {
    title: 'P13: it comes back with the role that a person gave it',
    feed: feed([TO_A]),
    host: host(
      linkedTo('a'),
      inClass({ state: 'removed', by: 'sync', role: 'aide', hostFields: ['role'], synced: { role: 'guardian' } }),
    ),
    policy: ON,
    changes: [{ line: 'enrollment-restore c1/g P13 RETURNED', after: { role: 'aide', synced: { role: 'guardian' } } }],
  },
  {
    title: 'P13: each of two guardians of one student has a place',
    feed: feed(
      [TO_A, { guardianSourcedId: 'h', studentSourcedId: 'a' }],
      people(...(C1.users ?? []), G, guardian('h')),
    ),
    host: host({
      users: [localUser(G), localUser(guardian('h'))],
      guardianLinks: [localLink('g', 'a'), localLink('h', 'a')],
    }),
    policy: ON,
    changes: [ADDED, 'enrollment-add c1/h P13 GUARDIAN_ENROLLED'],
  },
  {
    title: 'not P13: what a person removed stays removed, also where the roster wins elsewhere',
    feed: feed([TO_A]),
    host: host(linkedTo('a'), inClass({ state: 'removed', by: 'user' })),
    policy: { ...FULL, reassertMembers: true },
    changes: [],
    notes: ['P13 LOCAL_REMOVAL_WINS c1/g'],
  },
  {
    title: 'not P13: nothing is done twice',
    feed: feed([TO_A]),
    host: host(linkedTo('a'), inClass()),
    policy: FULL,
    changes: [],
  },
  {
    title: 'not P13: off by default',
    feed: feed([TO_A]),
    host: host(linkedTo('a')),
    policy: { steps: ALL, fullData: true },
    changes: [],
  },
  {
    title: 'not P13: an import without guardians leaves them as they are',
    feed: feed([]),
    host: host(inClass()),
    policy: { ...FULL, steps: ['classes', 'teachers', 'students'] },
    changes: [],
  },
  {
    title: 'not P13: a forbidden link gives no place',
    feed: feed([{ ...TO_A, blocked: true }]),
    host: host({ guardianLinks: [localLink('g', 'a', { blocked: true, synced: { blocked: true } })] }),
    policy: FULL,
    changes: [],
  },
  {
    title: 'not P13: an archived class has none',
    feed: feed([TO_A]),
    host: mergeHosts(hostOf(C1, { classes: { c1: { state: 'archived', by: 'user' } } }), {
      users: [localUser(G)],
      ...linkedTo('a'),
    }),
    policy: FULL,
    changes: [],
    notes: ['K9 LOCAL_ARCHIVE_WINS c1'],
  },
  {
    title: 'not P13: nothing new follows from an incomplete read',
    feed: feed([TO_A], { attestation: attested({ users: 'incomplete' }) }),
    host: host(linkedTo('a')),
    policy: FULL,
    changes: [],
    holds: ['G2 INCOMPLETE_READ 0'],
  },
  {
    title: 'not P13: nor from the link of a guardian who is not shared',
    feed: { ...merge(C1), guardianLinks: [TO_A] },
    host: host(linkedTo('a')),
    policy: FULL,
    changes: [],
    notes: ['P12 AGENT_NOT_SHARED g/a'],
  },
  {
    title: 'not P13: nor where the student is no member, or one by another role',
    feed: feed([TO_A], {
      enrollments: [...without('a'), enrolled('c1', 'a', { role: 'aide' })],
    }),
    host: mergeHosts(hostOf({ ...C1, enrollments: [...without('a'), enrolled('c1', 'a', { role: 'aide' })] }), {
      users: [localUser(G)],
      ...linkedTo('a'),
    }),
    policy: FULL,
    changes: [],
  },
  {
    title: 'not P13: an enrollment of the roster’s own goes by the rows M',
    feed: feed([TO_A], { enrollments: [...(C1.enrollments ?? []), enrolled('c1', 'g', { role: 'guardian' })] }),
    host: host(linkedTo('a')),
    policy: FULL,
    changes: ['enrollment-add c1/g M1 ENROLLED'],
  },
  {
    title: 'not P13: who was here as something else is for the rows M to bring back',
    feed: feed([TO_A]),
    host: host(linkedTo('a'), inClass({ role: 'aide', state: 'removed', by: 'sync' })),
    policy: ON,
    changes: [],
  },
];

const OWN = [...(C1.enrollments ?? []), enrolled('c1', 'g', { role: 'guardian' })];

/** Guardians whom the district itself enrolls: they get their account for that. */
const enrolledByRoster: readonly Row[] = [
  {
    title: 'P1: a guardian whom the roster enrolls gets one account, not another one for the link',
    feed: feed([TO_A], { enrollments: OWN }),
    host: hostOf(C1),
    policy: { steps: ALL },
    changes: [
      'user-create g U2 NEW_PERSON',
      'enrollment-add c1/g M1 ENROLLED',
      'guardian-link g/a P1 NEW_GUARDIAN_LINK',
    ],
  },
  {
    title: 'P11: and a forbidden link of theirs comes at once, because the account does',
    feed: feed([{ ...TO_A, blocked: true }], { enrollments: OWN }),
    host: hostOf(C1),
    policy: { steps: ALL },
    changes: [
      'user-create g U2 NEW_PERSON',
      'enrollment-add c1/g M1 ENROLLED',
      { line: 'guardian-link g/a P1 NEW_GUARDIAN_LINK', after: { blocked: true } },
    ],
  },
];

const going: readonly Row[] = [
  {
    title: 'P13: the place goes with the link',
    feed: feed([]),
    host: host(linkedTo('a'), inClass()),
    policy: FULL,
    changes: [
      'guardian-unlink g/a P3 GUARDIAN_LINK_ABSENT',
      { line: REMOVED, after: { state: 'removed', by: 'sync' } },
    ],
  },
  {
    title: 'P13: it goes with the student’s own place',
    feed: feed([TO_A], { enrollments: without('a') }),
    host: host(linkedTo('a'), inClass()),
    policy: FULL,
    changes: ['enrollment-remove c1/a M3 MEMBER_ABSENT', REMOVED],
    notes: ['U6 UNASSIGNED a'],
  },
  {
    title: 'not P13: it stays while a sibling is in the class',
    feed: feed([TO_B]),
    host: host(linkedTo('a', 'b'), inClass()),
    policy: FULL,
    changes: ['guardian-unlink g/a P3 GUARDIAN_LINK_ABSENT'],
  },
  {
    title: 'not P13: without Full Data nobody goes',
    feed: feed([], { enrollments: without('a') }),
    host: host(linkedTo('a'), inClass()),
    policy: ON,
    changes: [],
  },
  {
    title: 'not P13: whom people added as a guardian stays',
    feed: feed([]),
    host: host(inClass({ origin: 'local' })),
    policy: FULL,
    changes: [],
  },
  {
    title: 'P13: unless Full Data reaches everyone',
    feed: feed([]),
    host: host(inClass({ origin: 'local' })),
    policy: { ...FULL, fullDataReach: 'everyone' },
    changes: [REMOVED],
  },
  {
    title: 'not P13: nor then with a link',
    feed: feed([TO_A]),
    host: host(linkedTo('a'), inClass({ origin: 'local' })),
    policy: { ...FULL, fullDataReach: 'everyone' },
    changes: [],
  },
  {
    title: 'not P13: a protected person stays',
    feed: feed([]),
    host: host(inClass(), { users: [localUser(G, { protected: true })] }),
    policy: FULL,
    changes: [],
    notes: ['U14 PROTECTED c1/g'],
  },
  {
    title: 'P13: with the setting off again they are members whom the roster lacks',
    feed: feed([TO_A]),
    host: host(linkedTo('a'), inClass()),
    policy: { steps: ALL, fullData: true },
    changes: ['enrollment-remove c1/g M3 MEMBER_ABSENT'],
    notes: ['U6 UNASSIGNED g'],
  },
  {
    title: 'not P13: an absent class that is archived keeps them with its members',
    feed: { ...merge(people(G, ...(C1.users ?? []))), guardianLinks: [TO_A] },
    host: host(linkedTo('a'), inClass()),
    policy: { ...FULL, archive: true },
    changes: ['class-archive c1 K7 CLASS_ABSENT'],
  },
  {
    title: 'P13: an absent class that loses its members loses them, too',
    feed: { ...merge(people(G, ...(C1.users ?? []))), guardianLinks: [TO_A] },
    host: host(linkedTo('a'), inClass()),
    policy: { ...FULL, absentClassMembers: 'remove' },
    changes: [
      'enrollment-remove c1/a M3 MEMBER_ABSENT',
      'enrollment-remove c1/b M3 MEMBER_ABSENT',
      'enrollment-remove c1/t M3 MEMBER_ABSENT',
      REMOVED,
    ],
    notes: ['K7 ABSENT_CLASS_ACTIVE c1', 'U6 UNASSIGNED a', 'U6 UNASSIGNED b', 'U6 UNASSIGNED t'],
  },
];

const forbidden: readonly Row[] = [
  {
    title: 'P13: forbidden contact ends the place at once, without Full Data and whatever a limit says',
    feed: feed([{ ...TO_A, blocked: true }]),
    host: host(linkedTo('a'), inClass()),
    policy: { ...ON, additiveOnly: true, limits: { ...OPEN, enrollments: 0, floor: 0 } },
    changes: [BLOCKED, ENDED],
  },
  {
    title: 'P13: by an incomplete read, too',
    feed: feed([{ ...TO_A, blocked: true }], { attestation: attested({ users: 'incomplete' }) }),
    host: host(linkedTo('a'), inClass()),
    policy: FULL,
    changes: [BLOCKED, ENDED],
    holds: ['G2 INCOMPLETE_READ 0'],
  },
  {
    title: 'P13: in a blackout, too',
    feed: feed([{ ...TO_A, blocked: true }]),
    host: host(linkedTo('a'), inClass()),
    policy: { ...ON, windows: [{ kind: 'blackout', from: '2026-09-01', to: '2026-11-01' }] },
    changes: [BLOCKED, ENDED],
    notes: ['Z9 BLACKOUT'],
  },
  {
    title: 'P13: and in a class that was not read',
    feed: feed([{ ...TO_A, blocked: true }], { classes: [], enrollments: [] }),
    host: host(linkedTo('a'), inClass()),
    policy: ON,
    changes: [BLOCKED, ENDED],
    notes: ['K7 ABSENT_KEPT c1'],
  },
  {
    title: 'P13: and in one that is archived, which may come back',
    feed: feed([{ ...TO_A, blocked: true }]),
    host: mergeHosts(
      hostOf(C1, { classes: { c1: { state: 'archived', by: 'user' } } }),
      { users: [localUser(G)], ...linkedTo('a') },
      inClass(),
    ),
    policy: ON,
    changes: [BLOCKED, ENDED],
    notes: ['K9 LOCAL_ARCHIVE_WINS c1'],
  },
  {
    title: 'P13: also where the link was dropped by a person before',
    feed: feed([{ ...TO_A, blocked: true }]),
    host: host({ guardianLinks: [localLink('g', 'a', { state: 'removed', by: 'user' })] }, inClass()),
    policy: ON,
    changes: [BLOCKED, ENDED],
    notes: ['P9 LOCAL_REMOVAL_WINS g/a'],
  },
  {
    title: 'not P13: contact with a sibling in the class keeps it',
    feed: feed([{ ...TO_A, blocked: true }, TO_B]),
    host: host(linkedTo('a', 'b'), inClass()),
    policy: FULL,
    changes: [BLOCKED],
  },
  {
    title: 'P13: contact that is allowed again gives the place again',
    feed: feed([TO_A]),
    host: host(
      { guardianLinks: [localLink('g', 'a', { blocked: true, synced: { blocked: true } })] },
      inClass({ state: 'removed', by: 'sync' }),
    ),
    policy: FULL,
    changes: ['enrollment-restore c1/g P13 RETURNED', 'guardian-update g/a P11 CONTACT_ALLOWED'],
  },
  {
    title: 'not P13: a place that people gave stays in a class that was not read',
    feed: feed([{ ...TO_A, blocked: true }], { classes: [], enrollments: [] }),
    host: host(linkedTo('a'), inClass({ origin: 'local' })),
    policy: ON,
    changes: [BLOCKED],
    notes: ['K7 ABSENT_KEPT c1'],
  },
];

describe('P13: a guardian’s place', () => {
  it('comes in no section that becomes no class', () => {
    const twin = classWith('c2', { name: 'c1', students: ['a'] });
    const sections = merge(feed([TO_A]), twin);
    const named = (sections.classes ?? []).map((each) => ({ ...each, name: 'Math' }));
    const plan = planOf({ feed: { ...sections, classes: named }, policy: ON });
    expect(noteLines(plan)).toContain('D1 DUPLICATE_NAME c2');
    expect(changeLines(plan).filter((line) => line.includes('GUARDIAN_ENROLLED'))).toEqual([ADDED]);
  });

  it('counts among the members whom a limit is judged by', () => {
    const gone = planOf({
      feed: { ...feed([TO_A]), enrollments: without('b') },
      host: host(linkedTo('a'), inClass()),
      policy: { ...FULL, limits: { ...OPEN, enrollments: 0, floor: 0 } },
    });
    const alone = planOf({
      feed: { ...feed([TO_A]), enrollments: without('b') },
      host: host(linkedTo('a')),
      policy: { ...FULL, guardians: { enroll: false }, limits: { ...OPEN, enrollments: 0, floor: 0 } },
    });
    expect(gone.holds[0]?.baseline).toBe((alone.holds[0]?.baseline ?? NaN) + 1);
  });

  it('has no contact type among its link’s evidence where the link tells none', () => {
    const plan = planOf({ feed: feed([TO_A]), host: host(), policy: { ...ON, guardians: { enroll: false } } });
    const link = plan.changes.find(({ kind }) => kind === 'guardian-link');
    expect(link?.reason.evidence ?? {}).not.toHaveProperty('contactType');
  });
});

describe('P13: guardians in their students’ classes', () => {
  it.each(coming)('$title', (row) => {
    checkRow(row);
  });
  it.each(enrolledByRoster)('$title', (row) => {
    checkRow(row);
  });
  it.each(going)('$title', (row) => {
    checkRow(row);
  });
  it.each(forbidden)('$title', (row) => {
    checkRow(row);
  });

  it('waits with the link where a hold keeps it, and is approved with it', () => {
    const plan = planOf({
      feed: feed([]),
      host: host(linkedTo('a'), inClass()),
      policy: { ...FULL, limits: { ...OPEN, guardianLinks: 0, floor: 0 } },
    });
    expect(plan.changes.map(({ kind, heldBy }) => `${kind} ${heldBy.join()}`)).toEqual([
      'guardian-unlink G6:guardianLinks',
      'enrollment-remove G6:guardianLinks',
    ]);
  });

  describe('whose removal was undone', () => {
    const KEPT = {
      kind: 'enrollment-remove',
      subject: 'enrollment:2:c1:g',
      fingerprint: ABSENT,
      cause: 'undo',
    } as const;
    const RETURN = { ...KEPT, kind: 'enrollment-restore', fingerprint: WANTED } as const;
    const without = (students: readonly string[], policy: Row['policy'] = FULL) =>
      planOf({
        feed: feed([]),
        host: host(linkedTo(...students), inClass(), { ledger: { ...emptyLedger, suppressions: [KEPT, RETURN] } }),
        policy,
      });

    it('stay, and a hold of the link that is gone names the link alone', () => {
      const plan = without(['a'], { ...FULL, limits: { ...OPEN, guardianLinks: 0, floor: 0 } });
      expect(noteLines(plan)).toEqual(['UNDO SUPPRESSED c1/g']);
      expect(plan.holds.map(({ id, changes }) => `${id} ${changes.join()}`)).toEqual([
        'G6:guardianLinks guardian-unlink guardian:1:g:a',
      ]);
    });

    it('stay for as long as no link gives the place, and what was kept away while one did is so no more', () => {
      const plan = without(['a']);
      expect(changeLines(plan)).toEqual(['guardian-unlink g/a P3 GUARDIAN_LINK_ABSENT']);
      expect(plan.ledger.suppressions).toEqual([KEPT]);
    });
  });

  it('go by their own word alone where the host does not know the school of an absent class', () => {
    const { classes = [], ...rest } = host(linkedTo('a'), inClass());
    const plan = planOf({
      feed: feed([{ ...TO_A, blocked: true }], { classes: [], enrollments: [] }),
      host: { ...rest, classes: classes.map(({ schoolSourcedId: _none, ...each }) => each) },
      policy: ON,
    });
    expect(changeLines(plan)).toEqual([BLOCKED, ENDED]);
    expect(plan.changes[1]).toMatchObject({ schoolSourcedId: '' });
  });

  it('waits with the student’s place where a hold names that alone', () => {
    const students = Array.from({ length: 12 }, (_, index) => `s${String(index)}`);
    const parts = classWith('c1', { students });
    const plan = planOf({
      feed: {
        ...merge(parts, people(G)),
        enrollments: (parts.enrollments ?? []).filter(({ role }) => role !== 'student'),
        guardianLinks: [{ guardianSourcedId: 'g', studentSourcedId: 's0' }],
      },
      host: mergeHosts(hostOf(parts), { users: [localUser(G)], ...linkedTo('s0'), ...inClass() }),
      policy: FULL,
    });
    const held = plan.changes.filter(({ heldBy }) => heldBy.includes('K15:c1'));
    expect(held.map(({ subject }) => subject)).toContain('enrollment:2:c1:g');
    expect(held).toHaveLength(13);
  });

  it('and so it does where another link of the guardian ends as well, which no hold names', () => {
    const students = ['r', ...Array.from({ length: 12 }, (_, index) => `s${String(index)}`)];
    const parts = classWith('c1', { students });
    // One emptied class among few would stop everything.
    const others = merge(...Array.from({ length: 10 }, (_, index) => classWith(`d${String(index)}`)));
    const plan = planOf({
      feed: {
        ...merge(parts, others, people(G)),
        enrollments: [
          ...(others.enrollments ?? []),
          ...(parts.enrollments ?? []).filter(({ userSourcedId }) => !userSourcedId.startsWith('s')),
        ],
        guardianLinks: [{ guardianSourcedId: 'g', studentSourcedId: 's0' }],
      },
      host: mergeHosts(hostOf(merge(parts, others)), { users: [localUser(G)], ...linkedTo('r', 's0'), ...inClass() }),
      policy: FULL,
    });
    const heldBy = new Map(plan.changes.map((change) => [change.key, change.heldBy]));
    expect(heldBy.get('guardian-unlink guardian:1:g:r')).toEqual([]);
    expect(heldBy.get('enrollment-remove enrollment:2:c1:g')).toEqual(['K15:c1']);
  });

  it('waits with the link where a hold names that alone', () => {
    const guardians = Array.from({ length: 25 }, (_, index) => guardian(`g${String(index)}`));
    const ofType = (contactType: string) => ({ contactType, synced: { contactType } });
    const plan = planOf({
      feed: feed([{ guardianSourcedId: 'g', studentSourcedId: 'a', contactType: 'Primary' }], {
        users: [...(C1.users ?? []), G, ...guardians],
      }),
      host: host(inClass(), {
        users: guardians.map((each) => localUser(each)),
        enrollments: guardians.map(({ sourcedId }) => localMember('c1', sourcedId, { role: 'guardian' })),
        guardianLinks: [
          localLink('g', 'a', ofType('Primary')),
          ...guardians.map(({ sourcedId }) => localLink(sourcedId, 'a', ofType('Emergency'))),
        ],
      }),
      policy: FULL,
    });
    const removals = plan.changes.filter(({ kind }) => kind === 'enrollment-remove');
    expect(removals).toHaveLength(25);
    expect(new Set(removals.map(({ heldBy }) => heldBy.join()))).toEqual(
      new Set(['COHORT_GONE:guardianLinks:contactType=Emergency']),
    );
  });

  describe('with thirty guardians of one student in a class of ten', () => {
    const students = Array.from({ length: 10 }, (_, index) => `s${String(index)}`);
    const parts = classWith('c1', { students });
    const guardians = Array.from({ length: 30 }, (_, index) => guardian(`g${String(index)}`));
    const leaving = (gone: RegExp, policy: object = {}) =>
      planOf({
        feed: {
          ...merge(parts, people(...guardians)),
          enrollments: (parts.enrollments ?? []).filter(({ userSourcedId }) => !gone.test(userSourcedId)),
          guardianLinks: guardians.map(({ sourcedId }) => ({ guardianSourcedId: sourcedId, studentSourcedId: 's0' })),
        },
        host: mergeHosts(hostOf(parts), {
          users: guardians.map((each) => localUser(each)),
          enrollments: guardians.map(({ sourcedId }) => localMember('c1', sourcedId, { role: 'guardian' })),
          guardianLinks: guardians.map(({ sourcedId }) => localLink(sourcedId, 's0')),
        }),
        policy: { ...FULL, steps: ['classes', 'teachers', 'students'], ...policy },
      });

    it('these do not stand in for students where it is asked whether a class was emptied', () => {
      expect(leaving(/^s[2-9]$/u).holds.map(({ id }) => id)).toContain('K15:c1');
    });

    it('nor where a limit is a share of what the import may take away', () => {
      const limits = { ...OPEN, enrollments: 0.15, floor: 0 };
      expect(leaving(/^s[7-9]$/u, { limits }).holds.map(({ id }) => id)).toEqual(['G6:enrollments']);
      expect(leaving(/^s[79]$/u, { limits: { ...limits, enrollments: 0.16 } }).holds).toEqual([]);
    });
  });
});
