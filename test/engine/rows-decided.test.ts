/** Rows for records of which the ledger tells something already: what people answered, undid, or are asked. */

import { describe, expect, it } from 'vitest';
import { classFingerprint, userFingerprint } from '../../src/engine/fingerprint.js';
import { emptyLedger, type Ledger, type LocalState, type Proposal, type Suppression } from '../../src/model/index.js';
import { attested, guardian, localLink, localUser, NOW, student, teacher, teaching } from '../support/build.js';
import {
  changeLines,
  checkRow,
  classWith,
  hostOf,
  merge,
  mergeHosts,
  noteLines,
  people,
  planOf,
  type Row,
} from '../support/rows.js';

const FIVE = ['a1', 'a2', 'a3', 'a4', 'a5'];
const OLD = classWith('c1', { name: 'Algebra', students: FIVE });
const NEW = classWith('b9', { name: 'Algebra', students: FIVE });
const C1 = classWith('c1');
const FULL = { fullData: true } as const;
const ARCHIVE = { fullData: true, archive: true } as const;
const ALL_STEPS = { steps: ['classes', 'teachers', 'students', 'guardians'] } as const;
const ACCEPTED = { outcome: 'accepted', by: 'admin-1', at: NOW } as const;
const DECLINED = { ...ACCEPTED, outcome: 'declined' } as const;

/** A pair of earlier plans. */
function pair(
  kind: Proposal['kind'],
  from: string | undefined,
  sourcedId: string,
  fields: Partial<Proposal> = {},
): Proposal {
  const recordId = fields.recordId ?? `${kind.startsWith('class') ? 'class' : 'user'}-${String(from)}`;
  return {
    id: `${kind} ${recordId} ${sourcedId}`,
    kind,
    rule: kind === 'class-rekey' ? 'K12' : 'U12',
    recordId,
    ...(from === undefined ? {} : { from }),
    sourcedId,
    evidence: {},
    likeness: 0.9,
    since: '2026-09-01T00:00:00.000Z',
    ...fields,
  };
}

function ledger(parts: Partial<Ledger>): { readonly ledger: Ledger } {
  return { ledger: { ...emptyLedger, ...parts } };
}

/** The class of the old id, and the section under the new one as a class that a sync made meanwhile. */
function twins(fields: Partial<LocalState['classes'][number]> = {}): Partial<LocalState> {
  return mergeHosts(
    hostOf(OLD, { classes: { c1: { state: 'purged', by: 'user' } } }),
    hostOf(NEW, { classes: { b9: fields } }),
  );
}

const classRows: readonly Row[] = [
  {
    title: 'K12: a section that is imported already goes on as it is, where the older class is purged since',
    feed: NEW,
    host: { ...twins(), ...ledger({ proposals: [pair('class-rekey', 'c1', 'b9', { decision: ACCEPTED })] }) },
    policy: ARCHIVE,
    changes: [],
  },
  {
    title: 'K12: an answer that comes too late is told',
    feed: NEW,
    host: {
      ...mergeHosts(hostOf(OLD), hostOf(NEW, { classes: { b9: { usedAt: NOW } } })),
      ...ledger({ proposals: [pair('class-rekey', 'c1', 'b9', { decision: ACCEPTED })] }),
    },
    policy: ARCHIVE,
    changes: ['class-archive c1 K7 CLASS_ABSENT'],
    notes: ['K12 MOVED_TOO_LATE b9'],
  },
  {
    title: 'K12: the section that is imported already stays, where the older class is one that the run must not touch',
    feed: NEW,
    host: {
      ...mergeHosts(
        hostOf(OLD, { classes: { c1: { state: 'archived', by: 'sync', schoolSourcedId: 's2' } } }),
        hostOf(NEW),
      ),
      ...ledger({ proposals: [pair('class-rekey', 'c1', 'b9', { decision: ACCEPTED })] }),
    },
    scope: { tenant: 'district-1', schools: ['s1'] },
    policy: ARCHIVE,
    changes: [],
    notes: ['K6 MOVED_FROM_OUTSIDE_SCOPE b9'],
    never: ['K12'],
  },
  {
    title: 'K12: but not by a read that cannot tell who is gone',
    feed: { ...NEW, attestation: attested({ classes: 'incomplete' }) },
    host: {
      ...mergeHosts(hostOf(OLD), hostOf(NEW, { classes: { b9: { usedAt: NOW } } })),
      ...ledger({ proposals: [pair('class-rekey', 'c1', 'b9', { decision: ACCEPTED })] }),
    },
    policy: ARCHIVE,
    changes: [],
    holds: ['G2 INCOMPLETE_READ 0'],
    never: ['K12'],
  },
];

const GIA = { givenName: 'Gia', familyName: 'Poe', email: 'gia@school.example' } as const;

const personRows: readonly Row[] = [
  {
    title: 'U17: whom a person has said to be a newcomer is not doubled by an incomplete read',
    feed: {
      ...merge(C1, people(teacher('n')), { enrollments: [teaching('c1', 'n', { primary: false })] }),
      attestation: attested({ users: 'incomplete' }),
    },
    host: {
      ...mergeHosts(hostOf(C1), {
        users: [
          (({ sourcedId: _id, synced: _synced, ...own }) => own)(
            localUser(teacher('n'), { id: 'own', origin: 'local' }),
          ),
        ],
      }),
      ...ledger({
        proposals: [pair('user-link', undefined, 'n', { rule: 'U17', recordId: 'own', decision: ACCEPTED })],
      }),
    },
    policy: { linkExisting: 'propose' },
    changes: [],
    holds: ['G2 INCOMPLETE_READ 0'],
  },
  {
    title: 'U12: a tied person of whom nobody knows what a sync wrote is known again by what is there, and asked about',
    feed: people(teacher('n', { sisId: '7', ...GIA })),
    host: {
      users: [
        (({ synced: _synced, ...own }) => own)(localUser(teacher('o', { sisId: '7', ...GIA }), { origin: 'linked' })),
      ],
    },
    changes: [],
    notes: ['U12 REKEY_PROPOSED o'],
  },
  {
    title: 'F6: who goes on under a new id is asked for the login that was another’s once',
    feed: people(student('n', { sisId: '7', email: 'x@home.example' })),
    host: {
      users: [
        localUser(student('o', { sisId: '7', givenName: 'Given-n', familyName: 'Family-n', email: 'x@home.example' }), {
          takenLogins: ['email'],
        }),
      ],
    },
    changes: [{ line: 'user-rekey n U12 REKEY', after: { takenLogins: null } }],
  },
];

const P5 = { steps: ['guardians'], fullData: true } as const;
const SWITCHED = { guardianSource: 'another' } as const;
const G = guardian('g');
const NEXT = { ...G, sourcedId: 'new' };
const KEPT: Suppression = {
  kind: 'user-rekey',
  subject: 'user:new',
  fingerprint: userFingerprint(NEXT),
  cause: 'undo',
};
const LINKED = mergeHosts(hostOf(C1), { users: [localUser(G)], guardianLinks: [localLink('g', 'a')] });
const GOES_ON = { ...merge(C1, people(NEXT)), guardianLinks: [{ guardianSourcedId: 'new', studentSourcedId: 'a' }] };
const NO_SCHOOL = { schoolSourcedIds: [] } as const;

const guardianRows: readonly Row[] = [
  {
    title: 'P5: who was taken back from the new source’s id stays as they are',
    feed: GOES_ON,
    host: { ...LINKED, ...ledger({ ...SWITCHED, suppressions: [KEPT] }) },
    policy: P5,
    changes: [],
  },
  {
    title: 'P5: an incomplete read takes nobody over, and makes nobody twice',
    feed: { ...GOES_ON, attestation: attested({ users: 'incomplete' }) },
    host: { ...LINKED, ...ledger(SWITCHED) },
    policy: P5,
    changes: [],
    notes: ['U12 REKEY_WAITS g'],
    holds: ['G2 INCOMPLETE_READ 0'],
  },
  ...(['new', 'old'] as const).map(
    (side): Row => ({
      title: `P5: a run of one school takes over who is of another school by the ${side} id alone: not it`,
      feed: { ...GOES_ON, users: [...(C1.users ?? []), { ...NEXT, schoolSourcedIds: side === 'new' ? ['s2'] : [] }] },
      host: {
        ...mergeHosts(hostOf(C1), {
          users: [localUser({ ...G, schoolSourcedIds: side === 'old' ? ['s2'] : [] })],
          guardianLinks: [localLink('g', 'a')],
        }),
        ...ledger(SWITCHED),
      },
      scope: { tenant: 'district-1', schools: ['s1'] },
      policy: P5,
      changes: [],
      notes: ['U12 REKEY_WAITS g'],
    }),
  ),
  {
    title: 'P5: but who is of no school at all',
    feed: { ...GOES_ON, users: [...(C1.users ?? []), { ...NEXT, ...NO_SCHOOL }] },
    host: {
      ...mergeHosts(hostOf(C1), { users: [localUser({ ...G, ...NO_SCHOOL })], guardianLinks: [localLink('g', 'a')] }),
      ...ledger(SWITCHED),
    },
    scope: { tenant: 'district-1', schools: ['s1'] },
    policy: P5,
    changes: ['user-rekey new P5 GUARDIAN_MATCHED'],
  },
  {
    title: 'P5: who was tied by hand is known again by what is there',
    feed: GOES_ON,
    host: {
      ...mergeHosts(hostOf(C1), {
        users: [(({ synced: _synced, ...own }) => own)(localUser(G))],
        guardianLinks: [localLink('g', 'a')],
      }),
      ...ledger(SWITCHED),
    },
    policy: P5,
    changes: ['user-rekey new P5 GUARDIAN_MATCHED'],
  },
  {
    title: 'U12: a link of which only one side is known goes on without the other',
    feed: merge(C1, people({ ...NEXT, sisId: '7' }), {
      guardianLinks: [{ guardianSourcedId: 'new', studentSourcedId: 'a' }],
    }),
    host: mergeHosts(hostOf(C1), {
      users: [localUser({ ...G, sisId: '7' })],
      guardianLinks: [(({ studentSourcedId: _student, ...own }) => own)(localLink('g', 'own', { origin: 'local' }))],
    }),
    policy: { ...ALL_STEPS, ...FULL },
    changes: ['user-rekey new U12 REKEY', 'guardian-link new/a P1 NEW_GUARDIAN_LINK'],
  },
];

describe('rows of records that were decided about before', () => {
  it.each(classRows)('$title', checkRow);
  it.each(personRows)('$title', checkRow);
  it.each(guardianRows)('$title', checkRow);

  it('K12: an answer whose re-key was undone is open again', () => {
    const [row] = NEW.classes ?? [];
    if (row === undefined) throw new Error('The feed has the section.');
    const undone = {
      kind: 'class-rekey',
      subject: 'class:b9',
      fingerprint: classFingerprint(row),
      cause: 'undo',
    } as const;
    const plan = planOf({
      feed: NEW,
      host: {
        ...hostOf(OLD),
        ...ledger({ proposals: [pair('class-rekey', 'c1', 'b9', { decision: ACCEPTED })], suppressions: [undone] }),
      },
      policy: ARCHIVE,
    });
    expect(changeLines(plan).filter((line) => line.startsWith('class-'))).toEqual([
      'class-create b9 K1 NEW_CLASS',
      'class-archive c1 K7 CLASS_ABSENT',
    ]);
    expect(noteLines(plan)).toContain('K12 MOVED_PROPOSED c1');
    expect(plan.ledger.proposals).toHaveLength(1);
    expect(plan.ledger.proposals?.[0]).not.toHaveProperty('decision');
  });

  it('K12: an import without classes keeps the open pairs of classes', () => {
    const proposals = [pair('class-rekey', 'c1', 'b9')];
    const given = { feed: NEW, host: { ...hostOf(OLD), ...ledger({ proposals }) } };
    expect(planOf({ ...given, policy: { steps: ['students'] } }).ledger.proposals).toEqual(proposals);
    expect(planOf({ ...given, feed: OLD }).ledger.proposals).toEqual([]);
  });

  it('U12: an answer outlives the old id only as long as the district has it no more', () => {
    const proposals = [pair('user-rekey', 'o', 'n', { decision: ACCEPTED })];
    const kept = (status: 'active' | 'tobedeleted') =>
      planOf({
        feed: people(student('o', { status })),
        host: { users: [localUser(student('o'))], ...ledger({ proposals }) },
      }).ledger.proposals;
    expect(kept('tobedeleted')).toEqual(proposals);
    expect(kept('active')).toEqual([]);
    const declined = [pair('user-rekey', 'o', 'n', { decision: DECLINED })];
    const plan = planOf({
      feed: people(student('o')),
      host: { users: [localUser(student('o'))], ...ledger({ proposals: declined }) },
    });
    expect(plan.ledger.proposals).toEqual(declined);
  });
});
