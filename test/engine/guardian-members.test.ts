import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/engine/context.js';
import { Draft, type Proposal } from '../../src/engine/draft.js';
import {
  GuardianMembers,
  LinksAfter,
  plannedMembers,
  type Member,
  type Tie,
} from '../../src/engine/guardian-members.js';
import { defaultPolicy, emptyLedger, type Ledger, type Policy } from '../../src/model/index.js';
import { localMember, NOW } from '../support/build.js';

const SECTION = { sourcedId: 'c1', schoolSourcedId: 's1', localId: 'class-c1', isManaged: true };
const viaLink = (guardian: string, fields: Partial<Member> = {}): Member => ({
  ...localMember('c1', guardian, { role: 'guardian', synced: { role: 'guardian' } }),
  viaLink: true,
  ...fields,
});

interface Case {
  readonly members: readonly Member[];
  /** `guardian/student`, with what is different. */
  readonly links: Readonly<Record<string, Partial<Tie>>>;
  readonly planned?: readonly Proposal[];
  readonly policy?: Partial<Policy>;
  readonly isOff?: true;
  readonly isFrozen?: true;
  readonly isRestricted?: true;
  readonly ledger?: Ledger;
}

function run({ members, links, planned = [], policy = {}, ...rest }: Case): {
  readonly draft: Draft;
  readonly lines: readonly string[];
  readonly follows: ReadonlyMap<string, readonly string[]>;
} {
  const guardians = { enroll: rest.isOff !== true };
  const full: Policy = { ...defaultPolicy, steps: ['guardians'], fullData: true, guardians, ...policy };
  const draft = new Draft(full, rest.ledger ?? emptyLedger);
  const before = new Draft(full, emptyLedger);
  for (const proposal of planned) before.propose(proposal);
  const after = new LinksAfter();
  for (const [pair, fields] of Object.entries(links)) {
    const [guardian = '', student = ''] = pair.split('/');
    after.add(person(student), { guardian: person(guardian), isBlocked: false, ...fields });
  }
  const context = {
    policy: full,
    draft,
    now: NOW,
    isRestricted: rest.isRestricted === true,
    handlesGuardians: true,
    isInScope: (school: string | undefined) => school === 's1',
  } as unknown as Context;
  const guardiansOf = new GuardianMembers(context, after, plannedMembers(before.changes()));
  guardiansOf.compare(SECTION, { records: members, from: 0, to: members.length }, rest.isFrozen === true);
  const lines = draft.changes().map(({ kind, target, reason, version }) => {
    const user = 'userSourcedId' in target ? target.userSourcedId : undefined;
    return `${kind} ${user ?? ''} ${reason.rule} ${reason.code}${version === undefined ? '' : ` v${String(version)}`}`;
  });
  return { draft, lines, follows: guardiansOf.follows };
}

/** People whose sourcedId begins with `new` are created by this plan. */
function person(sourcedId: string): { readonly id?: string; readonly sourcedId: string } {
  return sourcedId.startsWith('new') ? { sourcedId } : { id: `user-${sourcedId}`, sourcedId };
}

function added(student: string): Proposal {
  return {
    kind: 'enrollment-add',
    subject: `enrollment:2:c1:${student}`,
    target: {
      classSourcedId: 'c1',
      userSourcedId: student,
      ...(student.startsWith('new') ? {} : { userId: `user-${student}` }),
    },
    before: null,
    after: { role: 'student', state: 'active' },
    reason: { rule: 'M1', code: 'ENROLLED' },
    fingerprint: '',
  };
}

function removed(student: string): Proposal {
  return {
    kind: 'enrollment-remove',
    subject: `enrollment:2:c1:${student}`,
    target: { classSourcedId: 'c1', userSourcedId: student, userId: `user-${student}` },
    before: { state: 'active' },
    after: { state: 'removed', by: 'sync' },
    version: 1,
    reason: { rule: 'M3', code: 'MEMBER_ABSENT' },
    fingerprint: 'absent',
  };
}

const A = localMember('c1', 'a');
const B = localMember('c1', 'b');

describe('P13: guardians join', () => {
  it('the class of their student, as members of links alone', () => {
    const { draft } = run({ members: [A], links: { 'g/a': {}, 'h/b': {} } });
    expect(draft.changes()).toMatchObject([
      {
        kind: 'enrollment-add',
        key: 'enrollment-add enrollment:2:c1:g',
        target: { classId: 'class-c1', userId: 'user-g', classSourcedId: 'c1', userSourcedId: 'g' },
        schoolSourcedId: 's1',
        after: { origin: 'roster', role: 'guardian', state: 'active', viaLink: true, synced: { role: 'guardian' } },
        reason: { rule: 'P13', code: 'GUARDIAN_JOINS' },
      },
    ]);
  });

  it('once, however many of the students they look after', () => {
    expect(run({ members: [A, B], links: { 'g/a': {}, 'g/b': {} } }).lines).toEqual([
      'enrollment-add g P13 GUARDIAN_JOINS',
    ]);
  });

  it('with a student who joins by this plan, and where both are created by it', () => {
    expect(run({ members: [], planned: [added('b')], links: { 'g/b': {} } }).lines).toEqual([
      'enrollment-add g P13 GUARDIAN_JOINS',
    ]);
    expect(run({ members: [], planned: [added('new-s')], links: { 'new-g/new-s': {} } }).lines).toEqual([
      'enrollment-add new-g P13 GUARDIAN_JOINS',
    ]);
  });

  it('with a student whom people added', () => {
    expect(run({ members: [localMember('c1', 'a', { origin: 'local' })], links: { 'g/a': {} } }).lines).toHaveLength(1);
  });

  it.each<[string, Case]>([
    ['the setting is off', { members: [A], links: { 'g/a': {} }, isOff: true }],
    ['the link is blocked', { members: [A], links: { 'g/a': { isBlocked: true } } }],
    ['the link is dropped by this plan', { members: [A], links: { 'g/a': { unlink: 'x' } } }],
    ['the student leaves by this plan', { members: [A], planned: [removed('a')], links: { 'g/a': {} } }],
    [
      'the student has left',
      { members: [localMember('c1', 'a', { state: 'removed', by: 'sync' })], links: { 'g/a': {} } },
    ],
    ['it is a teacher’s link', { members: [localMember('c1', 'a', { role: 'teacher' })], links: { 'g/a': {} } }],
    ['they are a member already', { members: [A, localMember('c1', 'g', { role: 'teacher' })], links: { 'g/a': {} } }],
    ['the feed makes them one', { members: [A], planned: [added('g')], links: { 'g/a': {} } }],
    ['the class is frozen', { members: [A], links: { 'g/a': {} }, isFrozen: true }],
    ['the read is incomplete', { members: [A], links: { 'g/a': {} }, isRestricted: true }],
    ['they are one by links', { members: [A, viaLink('g')], links: { 'g/a': {} } }],
  ])('not where %s', (_, given) => {
    expect(run(given).lines).toEqual([]);
  });

  it('again as the same record', () => {
    const gone = viaLink('g', { state: 'removed', by: 'sync', removedAt: NOW });
    expect(run({ members: [A, gone], links: { 'g/a': {} } }).lines).toEqual(['enrollment-restore g P13 RETURNED v1']);
  });

  it('not where a person removed them, and that is told once', () => {
    const given = { members: [A, viaLink('g', { state: 'removed', by: 'user' })], links: { 'g/a': {} } } as const;
    const { draft, lines } = run(given);
    expect(lines).toEqual([]);
    expect(draft.notes).toMatchObject([{ code: 'LOCAL_REMOVAL_WINS' }]);
    expect(run({ ...given, policy: { reassertMembers: true } }).lines).toEqual([
      'enrollment-restore g P13 REASSERTED v1',
    ]);
  });
});

describe('P13: guardians leave', () => {
  const leaves = ['enrollment-remove g P13 GUARDIAN_LEAVES v1'];

  it('with the last of their students, and what holds the one holds the other', () => {
    const { lines, follows } = run({ members: [A, viaLink('g')], planned: [removed('a')], links: { 'g/a': {} } });
    expect(lines).toEqual(leaves);
    expect([...follows]).toEqual([['enrollment-remove enrollment:2:c1:a', ['enrollment-remove enrollment:2:c1:g']]]);
  });

  it('with the link, likewise', () => {
    const { lines, follows } = run({ members: [A, viaLink('g')], links: { 'g/a': { unlink: 'guardian-unlink x' } } });
    expect(lines).toEqual(leaves);
    expect([...follows]).toEqual([['guardian-unlink x', ['enrollment-remove enrollment:2:c1:g']]]);
  });

  it('where no link is left to tell why', () => {
    expect(run({ members: [A, viaLink('g')], links: {} }).lines).toEqual(leaves);
  });

  it('where the setting was turned off', () => {
    const { lines, follows } = run({ members: [A, viaLink('g')], links: { 'g/a': {} }, isOff: true });
    expect(lines).toEqual(['enrollment-remove g P13 GUARDIANS_NOT_ENROLLED v1']);
    expect(follows.size).toBe(0);
  });

  it.each<[string, Case]>([
    [
      'another of their students stays',
      { members: [A, B, viaLink('g')], planned: [removed('a')], links: { 'g/a': {}, 'g/b': {} } },
    ],
    ['Full Data is off', { members: [A, viaLink('g')], links: {}, policy: { fullData: false } }],
    [
      'Full Data is off and so is the setting',
      { members: [A, viaLink('g')], links: { 'g/a': {} }, isOff: true, policy: { fullData: false } },
    ],
    ['the class is frozen', { members: [A, viaLink('g')], links: {}, isFrozen: true }],
    ['the read is incomplete', { members: [A, viaLink('g')], links: {}, isRestricted: true }],
    [
      'people or the feed made them a member',
      { members: [A, localMember('c1', 'g', { role: 'guardian' })], links: {} },
    ],
    ['the feed makes them one by this plan', { members: [A, viaLink('g')], planned: [added('g')], links: {} }],
    ['they left already', { members: [A, viaLink('g', { state: 'removed', by: 'sync' })], links: {} }],
  ])('not where %s', (_, given) => {
    expect(run(given).lines).toEqual([]);
  });

  it('not while the removal was undone and the links still say nothing', () => {
    const subject = 'enrollment:2:c1:g';
    const suppression = { kind: 'enrollment-remove', subject, fingerprint: 'absent', cause: 'undo' } as const;
    const ledger = { ...emptyLedger, suppressions: [suppression] };
    const kept = run({ members: [A, viaLink('g')], links: {}, ledger });
    expect(kept.lines).toEqual([]);
    expect(kept.draft.remainingSuppressions()).toHaveLength(1);
    expect(run({ members: [A, viaLink('g')], links: { 'g/a': {} }, ledger }).draft.remainingSuppressions()).toEqual([]);
  });
});

describe('P11: a member of links that are blocked', () => {
  const forbidden = 'enrollment-update g P11 CONTACT_FORBIDDEN v1';

  it.each<[string, Partial<Case>]>([
    ['at once', {}],
    ['in a frozen class', { isFrozen: true }],
    ['in an incomplete read', { isRestricted: true }],
    ['without Full Data', { policy: { fullData: false } }],
    ['with only additions', { policy: { additiveOnly: true } }],
  ])('is blocked %s', (_, fields) => {
    const { draft, lines } = run({ members: [A, viaLink('g')], links: { 'g/a': { isBlocked: true } }, ...fields });
    expect(lines).toEqual([forbidden]);
    expect(draft.changes()[0]).toMatchObject({ destructive: false, after: { blocked: true } });
  });

  it('is blocked before it is removed, because a removal may be held', () => {
    const links = { 'g/a': { isBlocked: true, unlink: 'guardian-unlink x' } };
    expect(run({ members: [A, viaLink('g')], links }).lines).toEqual([
      forbidden,
      'enrollment-remove g P13 GUARDIAN_LEAVES v2',
    ]);
  });

  it('not while a link to another student of the class allows contact', () => {
    expect(run({ members: [A, B, viaLink('g')], links: { 'g/a': { isBlocked: true }, 'g/b': {} } }).lines).toEqual([]);
  });

  it('not in whatever order the students come', () => {
    expect(run({ members: [A, B, viaLink('g')], links: { 'g/a': {}, 'g/b': { isBlocked: true } } }).lines).toEqual([]);
  });

  it('where the only student leaves whose link allows contact', () => {
    for (const links of [
      { 'g/a': {}, 'g/b': { isBlocked: true } },
      { 'g/b': { isBlocked: true }, 'g/a': {} },
    ]) {
      expect(run({ members: [A, B, viaLink('g')], planned: [removed('a')], links }).lines).toEqual([forbidden]);
      expect(run({ members: [B, A, viaLink('g')], planned: [removed('a')], links }).lines).toEqual([forbidden]);
    }
  });

  it('does not come back while they are', () => {
    const gone = viaLink('g', { state: 'removed', by: 'sync' });
    expect(run({ members: [A, gone], links: { 'g/a': { isBlocked: true } } }).lines).toEqual([]);
  });

  it('is open again with the link, and not before', () => {
    const blocked = viaLink('g', { blocked: true });
    expect(run({ members: [A, blocked], links: { 'g/a': {} } }).lines).toEqual([
      'enrollment-update g P11 CONTACT_ALLOWED v1',
    ]);
    expect(run({ members: [A, blocked], links: { 'g/a': { isBlocked: true } } }).lines).toEqual([]);
  });
});

it('P13: nothing happens at a school outside the scope', () => {
  const draft = new Draft(defaultPolicy, emptyLedger);
  const links = new LinksAfter();
  links.add(person('a'), { guardian: person('g'), isBlocked: true });
  const policy: Policy = { ...defaultPolicy, fullData: true, guardians: { enroll: true } };
  const context = { policy, draft, now: NOW, isRestricted: false, handlesGuardians: true, isInScope: () => false };
  const members = new GuardianMembers(context as unknown as Context, links, new Map());
  members.compare(SECTION, { records: [A, viaLink('g')], from: 0, to: 2 }, false);
  expect(draft.changes()).toEqual([]);
});
