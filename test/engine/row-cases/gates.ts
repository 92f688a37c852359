import { emptyLedger, type RejectedRow } from '../../../src/model/index.js';
import { definePolicy } from '../../../src/policy/index.js';
import { attested, student, teacher, type RosterParts } from '../../support/build.js';
import { classWith, hostOf, merge, OPEN, people, planOf, type Given } from '../../support/rows.js';
import { ARCHIVE, C1, FULL, PEOPLE } from '../explain-scene.js';
import { caseOf, row, type RowCase } from './row-case.js';

/** Ten students whom the district knows by these ids. */
const TEN = Array.from({ length: 10 }, (_, index) => `p${String(index)}`);
const withIds = (prefix: string, count: number): RosterParts => {
  const part = classWith('c1', { students: [], teachers: [] });
  const users = TEN.map((id, index) =>
    student(index < count ? `${prefix}${id}` : id, { givenName: id, familyName: id, email: `${id}@x.example` }),
  );
  return {
    ...part,
    users,
    enrollments: users.map(({ sourcedId }) => ({ classSourcedId: 'c1', userSourcedId: sourcedId, role: 'student' })),
  };
};

/** A class of ten, or without the first so many; all of them stay in the district. */
const ten = (gone: number): RosterParts =>
  merge(classWith('c1', { students: TEN.slice(gone) }), { users: TEN.map((id) => student(id)) });

/** Rows G. */
export const gates: readonly RowCase[] = [
  row('G1', 'the users failed', (isHit) => ({
    feed: { ...C1, attestation: attested({ users: isHit ? 'failed' : 'incomplete' }) },
  })),
  row('G2', 'the users are not complete', (isHit) => ({
    feed: { ...C1, attestation: attested({ users: isHit ? 'incomplete' : 'complete' }) },
  })),
  row('G3', 'no student is in the roster', (isHit) => ({
    feed: classWith('c1', { students: isHit ? [] : ['b'] }),
    host: hostOf(C1),
    policy: FULL,
    alone: true,
  })),
  row('G4', 'a row could not be used', (isHit) => {
    const rejected: readonly RejectedRow[] = isHit ? [{ collection: 'users', problem: 'missing-name' }] : [];
    return { feed: { ...C1, rejected } as RosterParts };
  }),
  row('G5', 'more than half of the ids are new, not half', (isHit) => ({
    feed: withIds('new-', isHit ? 6 : 5),
    host: hostOf(withIds('', 0)),
    alone: true,
  })),
  row('G6', 'four of ten would go, not three', (isHit) => ({
    feed: ten(isHit ? 4 : 3),
    host: hostOf(ten(0)),
    policy: { ...FULL, limits: { ...OPEN, enrollments: 0.3, floor: 0 } },
  })),
  row('G7', 'four went six days ago, not seven', (isHit) => {
    const day = isHit ? '2026-09-25' : '2026-09-24';
    const removals = [{ day, kind: 'enrollments', removed: 4, baseline: 10 }] as const;
    return {
      feed: ten(1),
      host: { ...hostOf(ten(0)), ledger: { ...emptyLedger, removals } },
      policy: { ...FULL, limits: { ...OPEN, enrollments: 0.3, floor: 0, rolling: 1.5 } },
    };
  }),
  row('G8', 'two messages would go out, not one', (isHit) => ({
    feed: people(teacher('t'), ...(isHit ? [teacher('u')] : [])),
    policy: { limits: { ...OPEN, notices: 1 } },
  })),
];

/** Rows of one collection that could not be used. */
const rejectedUsers = (count: number): RosterParts => {
  const rejected = Array.from({ length: count }, () => ({ collection: 'users', problem: 'missing-name' }) as const);
  return { rejected } as RosterParts;
};

/** Times in which a sync does less, on days or at hours. */
const windowed = (kind: 'blackout' | 'additive-only' | 'quiet', from: string, to: string) => ({
  ...ARCHIVE,
  windows: [{ kind, from, to }],
});

/** Twenty-five students of whom so many have an address, after a read in which all of them had. */
function addressed(count: number): Given {
  const read = (have: number): RosterParts => {
    const ids = Array.from({ length: 25 }, (_, index) => `p${String(index + 10)}`);
    const users = ids.map((id, index) => student(id, index < have ? { email: `${id}@x.example` } : {}));
    return merge(classWith('c1', { students: ids }), { users });
  };
  const { ledger } = planOf({ feed: read(25), alone: true });
  return { feed: read(count), host: { ...hostOf(read(25)), ledger }, alone: true };
}

/** Cases of gates and of rows Z by which more than one thing is told. */
export const moreGates: readonly RowCase[] = [
  caseOf('G4', 'SHAPE_HOLD', 'two rows of six could not be used, not one of five', (isHit) => ({
    feed: { ...C1, ...rejectedUsers(isHit ? 2 : 1) },
  })),
  caseOf('G8', 'QUIET_HOURS', 'it is quiet until seven, not six', (isHit) => ({
    feed: people(teacher('t')),
    policy: windowed('quiet', '05:00', isHit ? '07:00' : '06:00'),
  })),
  caseOf('Z6', 'GRACE', 'two reads have to lack it, not one', (isHit) => ({
    feed: PEOPLE,
    host: hostOf(C1),
    policy: { ...ARCHIVE, graceSnapshots: isHit ? 2 : 1 },
  })),
  caseOf('Z9', 'BLACKOUT', 'nothing may change until today, not yesterday', (isHit) => ({
    feed: C1,
    policy: windowed('blackout', '2026-09-01', isHit ? '2026-10-01' : '2026-09-30'),
  })),
  caseOf('Z9', 'WINDOW_ADDITIVE', 'imports only add until today, not yesterday', (isHit) => ({
    feed: PEOPLE,
    host: hostOf(C1),
    policy: windowed('additive-only', '2026-09-01', isHit ? '2026-10-01' : '2026-09-30'),
  })),
  row('Z14', 'two of twenty-five have the field still, not three', (isHit) => addressed(isHit ? 2 : 3)),
];

const SUSPICIOUS = { fullData: true, limits: { ...OPEN, policyChange: true } } as const;

/** Rows Z that a plan, or its explanation, tells. */
export const feeds: readonly RowCase[] = [
  row('Z1', 'the roster has no student', (isHit) => ({ feed: people(...(isHit ? [] : [student('a')])), alone: true })),
  row('Z2', 'it has been empty for three days, not two', (isHit) => {
    const given = { feed: classWith('c1', { students: [] }), policy: FULL, alone: true } as const;
    const { ledger } = planOf({ ...given, host: hostOf(C1), now: `2026-09-${isHit ? '28' : '29'}T06:00:00.000Z` });
    return { ...given, host: { ...hostOf(C1), ledger } };
  }),
  caseOf('Z3', 'INCOMPLETE_READ', 'a later page of the users failed', (isHit) => {
    const { collections, ...rest } = attested();
    const users = { state: isHit ? 'incomplete' : 'complete', received: 2, ended: 'page-failed' } as const;
    return { feed: { ...C1, attestation: { ...rest, collections: { ...collections, users } } } };
  }),
  row('Z4', 'the pages of a school failed', (isHit) => ({
    feed: { ...C1, attestation: attested({}, { skippedSchools: isHit ? ['s2'] : [] }) },
  })),
  row('Z5', 'no other class of the school is left', (isHit) => {
    const atSchool = (id: string) => classWith(id, { schoolSourcedId: 's2', students: ['b'], teachers: ['u'] });
    const feed = merge(C1, isHit ? {} : atSchool('c3'));
    return { feed, host: hostOf(merge(C1, atSchool('c2'))), policy: ARCHIVE };
  }),
  row(
    'Z6',
    'the district marks the class as deleted',
    (isHit) => ({ feed: merge(PEOPLE, isHit ? classWith('c1', { status: 'tobedeleted' }) : {}), host: hostOf(C1) }),
    { class: 'c1' },
  ),
  row('Z10', 'the last plan had other settings', (isHit) => ({
    feed: PEOPLE,
    host: { ...hostOf(C1), ledger: { ...emptyLedger, policy: definePolicy({ ...SUSPICIOUS, archive: !isHit }) } },
    policy: { ...SUSPICIOUS, archive: true },
  })),
  row('Z9', 'the import only adds', (isHit) => ({
    feed: PEOPLE,
    host: hostOf(C1),
    policy: { ...ARCHIVE, additiveOnly: isHit },
  })),
];
