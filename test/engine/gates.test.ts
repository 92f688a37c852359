import { describe, expect, it } from 'vitest';
import { emptyLedger } from '../../src/model/index.js';
import type { Collection, Ledger, LocalClass, LocalState, Plan } from '../../src/model/index.js';
import type { PolicyInput } from '../../src/policy/index.js';
import { attested, enrolled, localMember, localUser, school, section, student, teacher } from '../support/build.js';
import type { RosterParts } from '../support/build.js';
import {
  changeLines,
  checkRow,
  classWith,
  holdLines,
  hostOf,
  merge,
  mergeHosts,
  noteLines,
  OPEN,
  people,
  planOf,
  type Row,
} from '../support/rows.js';

const FULL = { fullData: true } as const;
const ARCHIVE = { fullData: true, archive: true } as const;
const C1 = classWith('c1');
const PEOPLE = people(student('a'), teacher('t'));

/** `count` ids such as `p01`. */
function ids(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1).padStart(2, '0')}`);
}

/** Ten classes `k01` to `k10` of four students each: forty members whom a sync manages. */
const CLASSES = ids('k', 10);
const studentsOf = (id: string) => ids(`${id}-`, 4);
const DISTRICT = merge(...CLASSES.map((id) => classWith(id, { students: studentsOf(id), teachers: [] })));
const HOST = hostOf(DISTRICT);

/** The district without the first student of the first `count` classes; they stay in the district. */
function without(count: number, from: RosterParts = DISTRICT): RosterParts {
  const gone = new Set(CLASSES.slice(0, count).map((id) => `${id}-01`));
  return { ...from, enrollments: (from.enrollments ?? []).filter(({ userSourcedId }) => !gone.has(userSourcedId)) };
}

const LIMITS = { limits: { ...OPEN, enrollments: 0.15, floor: 5 } } as const;

function gated(
  feed: RosterParts,
  ledger: Ledger = emptyLedger,
  host: Partial<LocalState> = HOST,
  policy: PolicyInput = {},
): Plan {
  return planOf({ feed, host: { ...host, ledger }, policy: { ...FULL, ...LIMITS, ...policy } });
}

const ofHold = (plan: Plan, id: string) => plan.holds.find((hold) => hold.id === id);
const held = (plan: Plan) => plan.changes.filter(({ heldBy }) => heldBy.length > 0).length;

describe('what nothing would come of without a word', () => {
  const GUARDIANS = { steps: ['guardians'] } as const;
  const unread = { guardianLinks: { state: 'failed', received: 0, ended: 'missing-file' } } as const;
  const attestation = { ...attested(), collections: { ...attested().collections, ...unread } };

  it('P6: guardians that were not read to their end are told, and how they ended', () => {
    const { notes } = planOf({ feed: { ...C1, attestation }, policy: GUARDIANS });
    const evidence = { state: 'failed', ended: 'missing-file' };
    expect(notes).toEqual([{ rule: 'P6', code: 'GUARDIANS_UNREAD', severity: 'warning', evidence }]);
  });

  it('not P6: in an import that is not about guardians, or with all of them', () => {
    expect(noteLines(planOf({ feed: { ...C1, attestation } }))).toEqual([]);
    expect(noteLines(planOf({ feed: C1, policy: GUARDIANS }))).toEqual([]);
  });

  const scope = { tenant: 'district-1', schools: ['s1', 's9', 's9'] };
  const UNKNOWN = 'Z5 SCOPE_SCHOOL_UNKNOWN s9';

  it('Z5: a school of the scope that neither side has is told once', () => {
    expect(noteLines(planOf({ feed: C1, scope }))).toEqual([UNKNOWN]);
  });

  it.each<[string, RosterParts, Partial<LocalState>]>([
    ['the roster has it', { schools: [school('s1'), school('s9')] }, {}],
    ['the host has a class there', {}, hostOf(classWith('c9', { schoolSourcedId: 's9' }))],
    ['the host has it', {}, { schools: [{ id: 'x', version: 1, sourcedId: 's9', name: 'X', origin: 'roster' }] }],
    ['the schools were not read to their end', { attestation: attested({ schools: 'incomplete' }) }, {}],
    ['it was skipped', { attestation: attested({}, { skippedSchools: ['s9'] }) }, {}],
    [
      'its row may be one that could not be used',
      { rejected: [{ collection: 'schools', problem: 'x' }] } as object,
      {},
    ],
  ])('not Z5: %s', (_title, feed, host) => {
    expect(noteLines(planOf({ feed: merge(C1, feed), host, scope }))).not.toContain(UNKNOWN);
  });
});

describe('G1: what cannot be believed at all', () => {
  it.each([
    ['schools', 'failed'],
    ['classes', 'failed'],
    ['users', 'not-shared'],
    ['enrollments', 'failed'],
  ] as const)(
    'a required collection that failed (%s: %s) fails the plan, with no change and nothing forgotten',
    (collection, state) => {
      const ledger = { ...emptyLedger, reported: ['LOCAL_REMOVAL_WINS x'] };
      const feed = { ...DISTRICT, attestation: attested({ [collection]: state }) };
      const plan = gated(feed, ledger, {}, ARCHIVE);
      expect(plan).toMatchObject({ outcome: 'failed', changes: [], notes: [], holds: [], ledger });
      expect(plan.gates).toEqual([{ gate: 'G1', code: 'UNREADABLE', evidence: { collections: [collection] } }]);
    },
  );

  it.each(['terms', 'courses'] as const satisfies readonly Collection[])(
    'an optional collection that the provider refuses (%s) is a note, and the rest proceeds',
    (collection) => {
      const plan = planOf({ feed: { ...C1, attestation: attested({ [collection]: 'not-shared' }) } });
      expect(plan.outcome).toBe('planned');
      expect(noteLines(plan)).toEqual(['G1 NOT_SHARED']);
      expect(plan.notes[0]?.evidence).toEqual({ collection });
      expect(plan.counts.changes).toBeGreaterThan(0);
    },
  );

  it('data that stands still is a note, and the rest proceeds', () => {
    const staleSince = '2026-06-05T04:00:00.000Z';
    const plan = planOf({ feed: { ...C1, staleSince } as RosterParts });
    expect(plan.notes).toMatchObject([{ rule: 'Z9', code: 'STANDS_STILL', evidence: { since: staleSince } }]);
    expect(plan.counts.changes).toBeGreaterThan(0);
  });

  it('a row that could not be used is counted, and holds nothing by itself', () => {
    const rejected = [{ collection: 'users' as const, problem: 'missing-name', location: '1' }];
    const plan = planOf({ feed: { ...C1, rejected } as RosterParts });
    expect(plan.notes).toMatchObject([
      { rule: 'G4', code: 'ROWS_REJECTED', evidence: { collection: 'users', problem: 'missing-name', count: 1 } },
    ]);
    expect(plan.holds).toEqual([]);
  });
});

const INCOMPLETE = { attestation: attested({ users: 'incomplete' }) };

const restricted: readonly Row[] = [
  {
    title: 'G2: fields, additions to classes that are there, and accounts for them; nothing else',
    feed: {
      ...merge(
        classWith('c1', { name: 'Algebra', students: ['b', 'n'] }),
        classWith('c2', { students: ['m'], teachers: ['v'] }),
        people(teacher('w'), student('n', { email: 'n@school.example' })),
      ),
      schools: [school('s1'), school('s2'), school('s3')],
      ...INCOMPLETE,
    },
    host: mergeHosts(
      hostOf(classWith('c1', { students: ['a', 'b'] }), { members: { 'c1/b': { state: 'removed', by: 'sync' } } }),
    ),
    policy: { ...ARCHIVE, deactivateUnrostered: true, staff: { create: true } },
    changes: [
      'user-create n U1 NEW_PERSON',
      'class-update c1 K5 NAME_CHANGED',
      'enrollment-restore c1/b M5 RETURNED',
      'enrollment-add c1/n M1 ENROLLED',
    ],
    holds: ['G2 INCOMPLETE_READ 0'],
    never: ['K1', 'M3', 'U7', 'S1'],
  },
  {
    title: 'G2: no class returns or leaves, not even by a tombstone',
    feed: {
      ...merge(C1, {
        classes: [section('c2', { status: 'tobedeleted' })],
        enrollments: [enrolled('c3', 'a', { status: 'tobedeleted' })],
      }),
      ...INCOMPLETE,
    },
    host: hostOf(merge(C1, classWith('c2'), classWith('c3')), { classes: { c1: { state: 'archived', by: 'sync' } } }),
    policy: ARCHIVE,
    changes: [],
    holds: ['G2 INCOMPLETE_READ 0'],
    never: ['K7', 'K8', 'M3'],
  },
  {
    title: 'G2: an incomplete read tells no class from another (K10), and freezes one that might be',
    feed: {
      ...classWith('c1', { name: 'Dance', students: ['x'], teachers: ['u'], termSourcedIds: ['spring'] }),
      ...INCOMPLETE,
    },
    host: hostOf(C1),
    policy: FULL,
    changes: [],
    holds: ['G2 INCOMPLETE_READ 0'],
    never: ['K10'],
  },
  {
    title: 'not G2: an optional collection that is incomplete restricts nothing but itself',
    feed: { ...PEOPLE, attestation: attested({ guardianLinks: 'incomplete', terms: 'incomplete' }) },
    host: hostOf(C1),
    policy: ARCHIVE,
    changes: ['class-archive c1 K7 CLASS_ABSENT'],
    never: ['G2'],
  },
];

describe('G2: what is not complete', () => {
  it.each(restricted)('$title', checkRow);

  it('its hold cannot be approved, and the next complete read ends it', () => {
    const incomplete = gated({ ...DISTRICT, ...INCOMPLETE });
    expect(ofHold(incomplete, 'G2')).toMatchObject({ approvable: false, changes: [] });
    expect(incomplete.gates).toMatchObject([{ gate: 'G2', evidence: { collections: ['users'] } }]);
    expect(gated(DISTRICT, incomplete.ledger).holds).toEqual([]);
  });

  it('what was told once stays told', () => {
    const ledger = { ...emptyLedger, reported: ['LOCAL_REMOVAL_WINS enrollment:2:c1:a'] };
    expect(gated({ ...DISTRICT, ...INCOMPLETE }, ledger).ledger.reported).toEqual(ledger.reported);
    expect(gated(DISTRICT, ledger).ledger.reported).toEqual([]);
  });
});

describe('G3: what is empty', () => {
  const nobody = { users: [], enrollments: [], classes: [] };
  const EVERYONE = mergeHosts(HOST, { users: [localUser(teacher('t'))] });
  const exactly = (feed: RosterParts, ledger: Ledger = emptyLedger): Plan =>
    planOf({ feed, host: { ...EVERYONE, ledger }, policy: { ...ARCHIVE, limits: OPEN }, alone: true });

  it('a feed without classes, students and teachers holds everything destructive, and cannot be approved', () => {
    const plan = exactly(nobody);
    expect(plan.holds.map(({ id, code }) => `${id} ${code}`)).toEqual([
      'G3:classes EMPTY_FEED',
      'G3:students EMPTY_FEED',
      'G3:teachers EMPTY_FEED',
    ]);
    for (const hold of plan.holds) expect(hold.approvable).toBe(false);
    expect(plan.counts).toMatchObject({ byKind: { 'class-archive': 10 }, held: 10, ready: 0 });
  });

  it('one kind is enough', () => {
    const plan = exactly({ ...DISTRICT, users: [teacher('t')], enrollments: [] });
    expect(plan.holds.map(({ id }) => id)).toContain('G3:students');
    expect(held(plan)).toBe(plan.counts.destructive);
    expect(plan.counts.destructive).toBeGreaterThan(0);
  });

  it('a first run against an empty host is no such case', () => {
    const plan = planOf({ feed: {}, policy: ARCHIVE });
    expect(plan.holds).toEqual([]);
    expect(plan.changes).toEqual([]);
  });

  it('in a run for one school, its own students count', () => {
    const scope = { tenant: 'district-1', schools: ['s2'] };
    const mine = classWith('c1', { schoolSourcedId: 's2' });
    const feed = classWith('c1', { schoolSourcedId: 's2', students: [] });
    const plan = planOf({ feed, host: hostOf(mine), scope, policy: { ...FULL, limits: OPEN } });
    expect(changeLines(plan)).toEqual(['enrollment-remove c1/a U7 MEMBER_ABSENT']);
    expect(holdLines(plan)).toEqual(['G3:students EMPTY_FEED 1']);
  });

  it('and its own classes: those of a school that is not listed make no feed', () => {
    const scope = { tenant: 'district-1', schools: ['s1'] };
    const elsewhere = classWith('n1', { schoolSourcedId: 's2' });
    const gone = { ...classWith('c1'), classes: [] };
    const row = { host: hostOf(classWith('c1')), scope, policy: { ...ARCHIVE, limits: OPEN }, alone: true } as const;
    const unlisted = planOf({ ...row, feed: { ...merge(elsewhere, gone), enrollments: [], schools: [school('s1')] } });
    expect(holdLines(unlisted)).toEqual(['G3:classes EMPTY_FEED 1']);
    // Near miss: where the other school is fine, one emptied school is a cause (Z5), not an empty feed.
    const fine = planOf({ ...row, feed: { ...merge(elsewhere, gone), enrollments: [] } });
    expect(holdLines(fine)).toEqual(['SCHOOL_GONE:s1 SCHOOL_GONE 1']);
  });

  it('it stays until what it held is seen again', () => {
    const empty = exactly(nobody);
    const feed = merge(DISTRICT, people(teacher('t')));
    const one = exactly(
      { ...feed, classes: (feed.classes ?? []).slice(1), enrollments: (feed.enrollments ?? []).slice(4) },
      empty.ledger,
    );
    expect(one.changes.map(({ kind, heldBy }) => [kind, heldBy])).toEqual([
      ['class-archive', ['G3:classes', 'G3:students', 'G3:teachers']],
    ]);
    const all = exactly(feed, one.ledger);
    expect(all.holds).toEqual([]);
    expect(all.ledger.holds).toEqual([]);
  });
});

describe('G3: staff or administrators who are not shared any more', () => {
  const policy = { ...ARCHIVE, deactivateUnrostered: true, staff: { create: true }, limits: OPEN } as const;
  const aide = student('e1', { roles: ['aide'] });
  const office = student('e2', { roles: ['staff'] });
  const principal = student('p1', { roles: ['administrator'] });
  const CLASS = classWith('c1', { students: ['a', 'b'] });
  const SHARED = merge(CLASS, people(aide, office, principal), {
    enrollments: [enrolled('c1', 'e1', { role: 'aide' })],
  });
  const STAFF = hostOf(SHARED);
  const later = (feed: RosterParts, ledger: Ledger = emptyLedger): Plan =>
    planOf({ feed, host: { ...STAFF, ledger }, policy });
  const lines = (plan: Plan): readonly string[] =>
    plan.changes.map(({ kind, target, heldBy }) =>
      [
        kind,
        'userSourcedId' in target ? target.userSourcedId : 'sourcedId' in target ? target.sourcedId : '',
        ...heldBy,
      ]
        .join(' ')
        .trim(),
    );

  it('holds what is taken away from them, and nothing else', () => {
    const plan = later({ ...CLASS, enrollments: (CLASS.enrollments ?? []).filter((row) => row.userSourcedId !== 'b') });
    expect(lines(plan)).toEqual([
      'enrollment-remove b',
      'enrollment-remove e1 G3:staff',
      'user-deactivate e1 G3:staff',
      'user-deactivate e2 G3:staff',
      'user-deactivate p1 G3:administrators',
    ]);
    expect(ofHold(plan, 'G3:staff')).toMatchObject({
      code: 'EMPTY_FEED',
      kind: 'staff',
      // The only one may have left: a person decides.
      approvable: true,
      baseline: 2,
      count: 0,
    });
    expect(ofHold(plan, 'G3:administrators')).toMatchObject({ kind: 'administrators', approvable: true, baseline: 1 });
  });

  it('also where the provider says of each of them that they are deleted', () => {
    const gone = people({ ...principal, status: 'tobedeleted' });
    expect(lines(later(merge(CLASS, people(aide, office), gone, { enrollments: SHARED.enrollments ?? [] })))).toEqual([
      'user-deactivate p1 G3:administrators',
    ]);
  });

  it('not where one of the kind is left', () => {
    const plan = later(merge(CLASS, people(office, principal)));
    expect(lines(plan)).toEqual(['enrollment-remove e1', 'user-deactivate e1']);
    expect(plan.holds).toEqual([]);
  });

  it('not where the only one has another role now', () => {
    const plan = later(merge(SHARED, people({ ...principal, roles: ['teacher'] })));
    expect(changeLines(plan)).toEqual(['user-update p1 U16 FIELDS_CHANGED']);
    expect(plan.holds).toEqual([]);
  });

  it('not in a first run', () => {
    expect(planOf({ feed: CLASS, policy }).holds).toEqual([]);
  });

  it('stays through an incomplete read; when one of the kind is back a person may decide on the others', () => {
    const empty = later(CLASS);
    const broken = later({ ...CLASS, ...INCOMPLETE }, empty.ledger);
    expect(broken.ledger.holds.map(({ id }) => id)).toEqual(['G3:administrators', 'G3:staff']);
    const some = later(merge(CLASS, people(office, principal)), broken.ledger);
    expect(holdLines(some)).toEqual(['G3:staff EMPTY_FEED 2']);
    expect(ofHold(some, 'G3:staff')).toMatchObject({ approvable: true, baseline: 2 });
    const all = later(SHARED, some.ledger);
    expect(all.holds).toEqual([]);
    expect(all.ledger.holds).toEqual([]);
  });
});

describe('G6: too much at once', () => {
  it('more than the limit holds every destructive change of the run, and nothing constructive', () => {
    const plan = gated(merge(without(8), classWith('new', { students: ['n'], teachers: [] })));
    expect(ofHold(plan, 'G6:enrollments')).toMatchObject({
      gate: 'G6',
      code: 'LIMIT_EXCEEDED',
      kind: 'enrollments',
      approvable: true,
      baseline: 42,
      count: 8,
      limit: 0.15,
      since: '2026-10-01T06:00:00.000Z',
    });
    expect(held(plan)).toBe(8);
    expect(plan.counts).toMatchObject({ destructive: 8, held: 8, ready: 3 });
  });

  it('the limit itself does not hold, strictly more does', () => {
    // 42 members are managed: 6 of them are 14.3 %.
    expect(gated(without(6)).holds).toEqual([]);
    expect(gated(without(6), emptyLedger, HOST, { limits: { ...LIMITS.limits, enrollments: 6 / 42 } }).holds).toEqual(
      [],
    );
    expect(gated(without(7)).holds).toHaveLength(1);
  });

  it('up to five of twenty or more never hold, and neither does a single one of fewer', () => {
    const tight = { limits: { ...OPEN, enrollments: 0.01 } };
    expect(gated(without(5), emptyLedger, HOST, tight).holds).toEqual([]);
    expect(gated(without(6), emptyLedger, HOST, tight).holds).toHaveLength(1);
    const small = classWith('c1', { students: ['a', 'b', 'c'] });
    const fewer = (count: number) => ({ ...small, enrollments: (small.enrollments ?? []).slice(count) });
    expect(gated(fewer(1), emptyLedger, hostOf(small), tight).holds).toEqual([]);
    expect(gated(fewer(2), emptyLedger, hostOf(small), tight).holds).toHaveLength(1);
  });

  it('with nothing managed of a kind, any destructive change of it holds', () => {
    const own = classWith('c1', { students: [], teachers: [] });
    const plan = planOf({
      feed: merge(own, people(student('a'))),
      host: mergeHosts(hostOf(own), {
        users: [localUser(student('a'))],
        enrollments: [localMember('c1', 'a', { origin: 'local' })],
      }),
      policy: { ...FULL, fullDataReach: 'everyone' },
      alone: true,
    });
    expect(changeLines(plan)).toEqual(['enrollment-remove c1/a M3 MEMBER_ABSENT']);
    expect(ofHold(plan, 'G6:enrollments')).toMatchObject({ baseline: 0, count: 1 });
  });

  it('one kind over its limit holds the other kinds, too', () => {
    const plan = gated(
      {
        ...without(8),
        classes: (DISTRICT.classes ?? []).slice(0, 9),
        enrollments: (without(8).enrollments ?? []).filter(({ classSourcedId }) => classSourcedId !== 'k10'),
      },
      emptyLedger,
      HOST,
      ARCHIVE,
    );
    expect(plan.changes.find(({ kind }) => kind === 'class-archive')?.heldBy).toEqual(['G6:enrollments']);
  });

  it('what a person approved is free; what joined since is not', () => {
    const first = gated(without(8));
    const holds = first.ledger.holds.map((hold) => ({ ...hold, approved: hold.changes.map(({ key }) => key) }));
    const approved = { ...first.ledger, holds };
    const same = gated(without(8), approved);
    expect(held(same)).toBe(0);
    expect(same.counts.destructive).toBe(8);
    const ten = without(10);
    const more = gated(
      { ...ten, enrollments: (ten.enrollments ?? []).filter(({ userSourcedId }) => !/-02$/.test(userSourcedId)) },
      approved,
    );
    expect(more.counts.destructive).toBe(20);
    expect(held(more)).toBe(12);
  });

  it('a hold’s hash is over its set: the same set, the same hash; it remembers the hashes it had', () => {
    const first = gated(without(8));
    const again = gated(without(8), first.ledger);
    expect(ofHold(again, 'G6:enrollments')?.hash).toBe(ofHold(first, 'G6:enrollments')?.hash);
    const more = gated(without(9), again.ledger);
    expect(ofHold(more, 'G6:enrollments')?.hash).not.toBe(ofHold(first, 'G6:enrollments')?.hash);
    expect(more.ledger.holds[0]?.versions.map(({ hash }) => hash)).toEqual([ofHold(first, 'G6:enrollments')?.hash]);
    const most = gated(without(10), more.ledger);
    expect(most.ledger.holds[0]?.versions.map(({ hash }) => hash)).toEqual(
      [first, more].map((plan) => ofHold(plan, 'G6:enrollments')?.hash),
    );
  });
});

describe('a hold is latched', () => {
  const first = gated(without(8));
  const crowd = ids('n', 100);
  const BIG = merge(DISTRICT, classWith('big', { students: crowd, teachers: [] }));
  const BIG_HOST = hostOf(BIG);

  it('it stays when additions enlarge what the limit is a share of, with its first baseline', () => {
    expect(gated(without(8, BIG), emptyLedger, BIG_HOST).holds).toEqual([]);
    const later = gated(without(8, BIG), first.ledger, BIG_HOST);
    expect(holdLines(later)).toEqual(['G6:enrollments LIMIT_EXCEEDED 8']);
    expect(ofHold(later, 'G6:enrollments')).toMatchObject({ baseline: 42 });
  });

  it('when a later read is over the limit, too, the first baseline and the first day are kept', () => {
    const later = planOf({
      feed: merge(without(10), classWith('more', { students: ids('m', 4), teachers: [] })),
      host: {
        ...hostOf(merge(DISTRICT, classWith('more', { students: ids('m', 4), teachers: [] }))),
        ledger: first.ledger,
      },
      policy: { ...FULL, ...LIMITS },
      now: '2026-10-02T06:00:00Z',
    });
    expect(ofHold(later, 'G6:enrollments')).toMatchObject({
      baseline: 42,
      count: 10,
      since: '2026-10-01T06:00:00.000Z',
    });
  });

  it('it stays when a later read’s share is lower, and since when', () => {
    const later = gated(without(2), first.ledger);
    expect(gated(without(2)).holds).toEqual([]);
    expect(holdLines(later)).toEqual(['G6:enrollments LIMIT_EXCEEDED 2']);
    expect(ofHold(later, 'G6:enrollments')?.since).toBe(ofHold(first, 'G6:enrollments')?.since);
  });

  it('while it stays, it holds whatever else would be taken away', () => {
    const later = gated(
      merge({ ...without(8), classes: (DISTRICT.classes ?? []).slice(0, 9) }),
      first.ledger,
      HOST,
      ARCHIVE,
    );
    expect(held(later)).toBe(later.counts.destructive);
  });

  it('it ends when its records are seen again', () => {
    const later = gated(DISTRICT, first.ledger);
    expect(later.holds).toEqual([]);
    expect(later.ledger.holds).toEqual([]);
    expect(gated(without(2), later.ledger).holds).toEqual([]);
  });

  it.each([
    ['an incomplete read', { ...without(8), ...INCOMPLETE }, {}],
    ['a failed read', { attestation: attested({ users: 'failed' }) }, {}],
    ['an import that only adds', without(8), { additiveOnly: true }],
    ['the guardians step', without(8), { steps: ['guardians'] }],
  ] as const)('%s in between does not end it, because its records were not seen again', (_title, feed, policy) => {
    const between = gated(feed, first.ledger, HOST, policy);
    expect(between.counts.destructive).toBe(0);
    const later = gated(without(8, BIG), between.ledger, BIG_HOST);
    expect(holdLines(later)).toEqual(['G6:enrollments LIMIT_EXCEEDED 8']);
    expect(ofHold(later, 'G6:enrollments')).toMatchObject({ baseline: 42 });
  });
});

describe('a hold is latched, also where an import judges only a part of it', () => {
  const LESS = {
    ...DISTRICT,
    classes: (DISTRICT.classes ?? []).slice(3),
    enrollments: (DISTRICT.enrollments ?? []).slice(12),
  };
  const policy = { ...ARCHIVE, limits: { ...OPEN, classes: 0.2, floor: 0 } } as const;
  const MANY = ids('m', 40);
  const MORE = merge(...MANY.map((id) => classWith(id, { students: [], teachers: [] })));
  const first = planOf({ feed: LESS, host: HOST, policy });
  const then = (feed: RosterParts, ledger: Ledger, rest: PolicyInput = {}, host = HOST) =>
    planOf({ feed, host: { ...host, ledger }, policy: { ...policy, ...rest } });

  it.each<[string, RosterParts, PolicyInput]>([
    ['a school was skipped (Z4)', { attestation: attested({}, { skippedSchools: ['s2'] }) }, {}],
    ['not all schools were read', { attestation: attested({}, { allSchools: false }) }, {}],
    ['an import of people', {}, { steps: ['teachers', 'students'] }],
  ])('%s: what it could not judge is no freer for it', (_title, parts, rest) => {
    expect(holdLines(first)).toEqual(['G6:classes LIMIT_EXCEEDED 3']);
    // A member leaves meanwhile: the plan has something to judge, and nothing of what was held.
    const rows = LESS.enrollments.slice(1);
    const between = then({ ...LESS, enrollments: rows, ...parts }, first.ledger, rest);
    expect(between.counts.byKind['class-archive']).toBeUndefined();
    // By now three classes of fifty are few, and the hold stays.
    const later = then(merge(LESS, MORE), between.ledger, {}, mergeHosts(HOST, hostOf(MORE)));
    expect(ofHold(later, 'G6:classes')).toMatchObject({ baseline: 11, code: 'LIMIT_EXCEEDED' });
    expect(later.changes.filter(({ kind, heldBy }) => kind === 'class-archive' && heldBy.length > 0)).toHaveLength(3);
    expect(then(merge(LESS, MORE), emptyLedger, {}, mergeHosts(HOST, hostOf(MORE))).holds).toEqual([]);
  });
});

describe('what a crashed run had taken away', () => {
  it('counts for the limit of the next plan, with the baseline that it began with', () => {
    const begun = gated(without(6));
    expect(begun.holds).toEqual([]);
    const removals = begun.changes.filter(({ destructive }) => destructive).map(({ key }) => key);
    expect(removals).toHaveLength(6);
    const unfinished = { baselines: { enrollments: 42, classes: 11, users: 44, guardianLinks: 0 }, removals };
    const gone = new Set(begun.changes.flatMap(({ target }) => target.id ?? []));
    const left = {
      ...HOST,
      enrollments: (HOST.enrollments ?? []).map((row) =>
        gone.has(row.id) ? { ...row, state: 'removed' as const, by: 'sync' as const } : row,
      ),
    };
    const seventh = gated(without(7), { ...begun.ledger, unfinished }, left);
    expect(holdLines(seventh)).toEqual(['G6:enrollments LIMIT_EXCEEDED 1']);
    expect(ofHold(seventh, 'G6:enrollments')).toMatchObject({ baseline: 42, count: 7 });
    expect(gated(without(7), emptyLedger, left).holds).toEqual([]);
  });
});

describe('K15: a class that is emptied', () => {
  const FIVE = classWith('c1', { students: ids('e', 5), teachers: [] });
  const FOUR = classWith('c1', { students: ids('e', 4), teachers: [] });
  const TEN = classWith('c1', { students: ids('e', 10), teachers: [] });
  /** The class with its first `gone` members missing, among ten other classes. */
  const plan = (parts: RosterParts, gone: number, tombstoned = false, others = DISTRICT): Plan => {
    const rows = parts.enrollments ?? [];
    const left = tombstoned ? rows.slice(0, gone).map((row) => ({ ...row, status: 'tobedeleted' as const })) : [];
    const feed = merge(others, { ...parts, enrollments: [...left, ...rows.slice(gone)] });
    return planOf({ feed, host: hostOf(merge(others, parts)), policy: { ...FULL, limits: OPEN } });
  };

  it.each([
    ['five members, none left', plan(FIVE, 5), ['K15:c1 CLASS_EMPTIED 5']],
    ['ten members, more than half gone', plan(TEN, 6), ['K15:c1 CLASS_EMPTIED 6']],
    ['not: ten members, half gone', plan(TEN, 5), []],
    ['not: four members, none left', plan(FOUR, 4), []],
    ['not: five members, one left', plan(FIVE, 4), []],
    ['not: the feed says of each that they left', plan(FIVE, 5, true), []],
  ] as const)('%s', (_title, { holds }, expected) => {
    expect(holds.map(({ id, code, changes }) => `${id} ${code} ${String(changes.length)}`)).toEqual(expected);
  });

  it('it holds that class’s removals alone', () => {
    const others = without(1);
    const feed = merge(others, { ...FIVE, enrollments: [] });
    const result = planOf({ feed, host: hostOf(merge(DISTRICT, FIVE)), policy: { ...FULL, limits: OPEN } });
    expect(result.changes.find(({ subject }) => subject.includes('k01'))?.heldBy).toEqual([]);
    expect(held(result)).toBe(5);
    expect(ofHold(result, 'K15:c1')).toMatchObject({ gate: 'K15', baseline: 5, count: 5, approvable: true });
  });

  it('when more than a tenth of the classes are emptied, everything destructive is held', () => {
    const two = merge(FIVE, classWith('c2', { students: ids('f', 5), teachers: [] }));
    const feed = merge(without(1), { ...two, enrollments: [] });
    const result = planOf({ feed, host: hostOf(merge(DISTRICT, two)), policy: { ...FULL, limits: OPEN } });
    expect(holdLines(result)).toEqual(['K15 CLASSES_EMPTIED 11', 'K15:c1 CLASS_EMPTIED 5', 'K15:c2 CLASS_EMPTIED 5']);
    expect(held(result)).toBe(11);
  });

  it('whose enrollment begins later is none who is left', () => {
    const parts = classWith('c1', { students: ['e0', ...ids('e', 5)], teachers: [] });
    const feed = merge(DISTRICT, { ...parts, enrollments: [enrolled('c1', 'e0', { beginDate: '2027-01-01' })] });
    const later = planOf({ feed, host: hostOf(merge(DISTRICT, parts)), policy: { ...FULL, limits: OPEN } });
    expect(holdLines(later)).toEqual(['K15:c1 CLASS_EMPTIED 5']);
  });

  it('a tenth of the classes is not more than a tenth', () => {
    const nine = merge(...ids('k', 9).map((id) => classWith(id, { students: [`s${id}`], teachers: [] })));
    const feed = merge(nine, { ...FIVE, enrollments: [] });
    const policy = { ...FULL, limits: OPEN };
    const tenth = planOf({ feed, host: hostOf(merge(nine, FIVE)), policy, alone: true });
    expect(holdLines(tenth)).toEqual(['K15:c1 CLASS_EMPTIED 5']);
  });

  it('not: a class that people made, or that is put away', () => {
    const emptied = (fields: Partial<LocalClass>): Plan => {
      const host = hostOf(merge(DISTRICT, FIVE), { classes: { c1: fields } });
      const feed = merge(DISTRICT, { ...FIVE, enrollments: [] });
      return planOf({ feed, host, policy: { ...FULL, fullDataReach: 'everyone', limits: OPEN } });
    };
    expect(holdLines(emptied({}))).toEqual(['K15:c1 CLASS_EMPTIED 5']);
    expect(emptied({ origin: 'linked' })).toMatchObject({ holds: [], counts: { byKind: { 'enrollment-remove': 5 } } });
    expect(emptied({ state: 'archived', by: 'user' }).holds).toEqual([]);
  });

  it('it stays when a later read lacks fewer of them, and ends when all are there', () => {
    const host = hostOf(merge(DISTRICT, FIVE));
    const emptied = plan(FIVE, 5);
    const policy = { ...FULL, limits: OPEN };
    const some = planOf({
      feed: merge(DISTRICT, { ...FIVE, enrollments: (FIVE.enrollments ?? []).slice(1) }),
      host: { ...host, ledger: emptied.ledger },
      policy,
    });
    expect(holdLines(some)).toEqual(['K15:c1 CLASS_EMPTIED 1']);
    const all = planOf({ feed: merge(DISTRICT, FIVE), host: { ...host, ledger: some.ledger }, policy });
    expect(all.ledger.holds).toEqual([]);
  });
});

describe('Z5: a school that is gone', () => {
  const OTHER = classWith('c2', { schoolSourcedId: 's2', students: ['x'], teachers: ['y'] });
  const BOTH = hostOf(merge(classWith('c1', { students: ['a', 'b'] }), OTHER));
  const C1_LESS = merge(C1, people(student('b')));
  const policy = { ...ARCHIVE, deactivateUnrostered: true, limits: OPEN };

  it.each([
    ['missing from the list of schools, with its classes', { schools: [school('s1')] }],
    ['still listed, but without classes', {}],
    [
      'its classes marked as deleted',
      { classes: [section('c2', { schoolSourcedId: 's2', status: 'tobedeleted' as const })] },
    ],
  ])('%s: only what concerns it is held', (_title, parts) => {
    const plan = planOf({ feed: merge(C1_LESS, parts), host: BOTH, policy });
    expect(plan.changes.map(({ kind, heldBy }) => `${kind} ${heldBy.join()}`)).toEqual([
      'enrollment-remove ',
      'class-archive SCHOOL_GONE:s2',
      'user-deactivate SCHOOL_GONE:s2',
      'user-deactivate SCHOOL_GONE:s2',
    ]);
    expect(noteLines(plan)).toContain('Z5 SCHOOL_GONE s2');
    expect(ofHold(plan, 'SCHOOL_GONE:s2')).toMatchObject({ gate: 'cause', approvable: true, subject: 'school:s2' });
  });

  it('in a run for that school alone, too', () => {
    const scope = { tenant: 'district-1', schools: ['s2'] };
    const plan = planOf({ feed: C1, host: BOTH, policy, scope });
    expect(holdLines(plan)).toEqual(['SCHOOL_GONE:s2 SCHOOL_GONE 1']);
  });

  it('not: one class of two is gone', () => {
    const second = classWith('c3', { schoolSourcedId: 's2', students: [], teachers: [] });
    const plan = planOf({
      feed: merge(C1_LESS, second),
      host: mergeHosts(BOTH, hostOf(second)),
      policy: { ...ARCHIVE, limits: OPEN },
    });
    expect(changeLines(plan)).toContain('class-archive c2 K7 CLASS_ABSENT');
    expect(plan.holds).toEqual([]);
    expect(noteLines(plan)).not.toContain('Z5 SCHOOL_GONE s2');
  });

  it('not: all classes that the host had of it are put away', () => {
    const closed = hostOf(OTHER, { classes: { c2: { state: 'archived', by: 'user' } } });
    const host = mergeHosts(hostOf(classWith('c1', { students: ['a', 'b'] })), closed);
    const plan = planOf({ feed: C1_LESS, host, policy: { ...ARCHIVE, limits: OPEN } });
    expect(plan.holds).toEqual([]);
    expect(noteLines(plan)).not.toContain('Z5 SCHOOL_GONE s2');
  });

  it('it ends when the school is there again', () => {
    const gone = planOf({ feed: C1_LESS, host: BOTH, policy });
    const back = planOf({ feed: merge(C1_LESS, OTHER), host: { ...BOTH, ledger: gone.ledger }, policy });
    expect(back.holds).toEqual([]);
    expect(back.ledger.holds).toEqual([]);
  });
});

const skipped: readonly Row[] = [
  {
    title: 'Z4: a school whose pages failed leaves the run; elsewhere members still leave present classes',
    feed: {
      ...merge(people(student('a'), student('x', { schoolSourcedIds: ['s2'] })), classWith('c1', { students: [] })),
      attestation: attested({}, { skippedSchools: ['s2'] }),
    },
    host: hostOf(merge(C1, classWith('c2', { schoolSourcedId: 's2', students: ['x'], teachers: [] }))),
    policy: ARCHIVE,
    changes: ['enrollment-remove c1/a M3 MEMBER_ABSENT'],
    notes: ['Z4 SCHOOL_SKIPPED s2', 'U6 UNASSIGNED a'],
  },
  {
    title: 'Z4: no class is archived and nobody leaves the district until all schools are read',
    feed: { attestation: attested({}, { skippedSchools: ['s2'] }) },
    host: hostOf(merge(C1, classWith('c2', { schoolSourcedId: 's2', students: ['x'], teachers: [] }))),
    policy: { ...ARCHIVE, deactivateUnrostered: true },
    changes: [],
    notes: ['Z4 SCHOOL_SKIPPED s2', 'K7 UNREAD_ELSEWHERE c1'],
    never: ['U7'],
  },
  {
    title: 'Z4: what was read of the skipped school is not acted on',
    feed: {
      ...classWith('c2', { schoolSourcedId: 's2', name: 'New name', students: [], teachers: [] }),
      attestation: attested({}, { skippedSchools: ['s2'] }),
    },
    host: hostOf(classWith('c2', { schoolSourcedId: 's2', students: [], teachers: [] })),
    changes: [],
    notes: ['Z4 SCHOOL_SKIPPED s2'],
    never: ['K5'],
  },
  {
    title: 'not Z4: with all schools read the class is archived',
    feed: PEOPLE,
    host: hostOf(C1),
    policy: ARCHIVE,
    changes: ['class-archive c1 K7 CLASS_ABSENT'],
    never: ['Z4'],
  },
  {
    title: 'Z6: tombstones are explicit absence, and still need Full Data',
    feed: merge(people(student('a'), teacher('t')), {
      classes: [section('c1', { status: 'tobedeleted' })],
      users: [student('a', { status: 'tobedeleted' }), teacher('t')],
    }),
    host: hostOf(C1),
    policy: { deactivateUnrostered: true },
    changes: [],
    notes: ['K7 ABSENT_KEPT c1'],
    never: ['U7', 'M3'],
  },
  {
    title: 'Z6: and count for the limits',
    feed: merge(people(student('a'), teacher('t')), {
      classes: ['c1', 'c2'].map((id) => section(id, { status: 'tobedeleted' })),
    }),
    host: hostOf(merge(C1, classWith('c2'))),
    policy: { ...ARCHIVE, limits: { classes: 0.2 } },
    changes: ['class-archive c1 K7 CLASS_ABSENT', 'class-archive c2 K7 CLASS_ABSENT'],
    holds: ['G6:classes LIMIT_EXCEEDED 2'],
  },
];

describe('schools that were not read, and records marked as deleted', () => {
  it.each(skipped)('$title', checkRow);
});
