import { describe, expect, it } from 'vitest';
import type { MemorySeed } from '../../src/adapters/memory/index.js';
import type { LocalUser, Plan, User } from '../../src/model/index.js';
import { definePolicy, type PolicyInput } from '../../src/policy/index.js';
import { reconcile } from '../../src/engine/index.js';
import {
  attested,
  enrolled,
  guardian,
  NOW,
  roster,
  SCOPE,
  school,
  section,
  student,
  teacher,
  teaching,
  type RosterParts,
} from '../support/build.js';
import { Host } from '../support/host.js';
import { changeLines, noteLines, people } from '../support/rows.js';

/** A host where people had made classes and persons before the roster came. */
function hostWith(seed: MemorySeed, settings: PolicyInput = {}): Host {
  const host = new Host({ linkExisting: 'propose', fullData: true, archive: true, ...settings });
  host.store.seed(SCOPE, { schools: [{ sourcedId: 's1', name: 'School s1', origin: 'roster' }], ...seed });
  return host;
}

/** A person as somebody entered them by hand. */
function byHand(id: string, feed: User, fields: Partial<LocalUser> = {}): NonNullable<MemorySeed['users']>[number] {
  const { sourcedId: _sourcedId, status: _status, ...values } = feed;
  return { id, ...values, ...fields };
}

/** What a plan says about the record, whatever else it does for the first time. */
function linesAbout(plan: Plan, ...ids: readonly string[]): readonly string[] {
  return changeLines(plan).filter((line) => ids.some((id) => (line.split(' ')[1] ?? '').split('/').includes(id)));
}

function linkNotes(plan: Plan): readonly string[] {
  return noteLines(plan).filter((line) => line.includes('LINK_'));
}

const TINA = teacher('t', { givenName: 'Tina', familyName: 'Lee', email: 'tina@school.example' });
/** The class with Tina as its teacher. */
const CLASS = {
  classes: [section('c1', { name: 'Chess' })],
  users: [student('a'), student('b'), TINA],
  enrollments: [enrolled('c1', 'a'), enrolled('c1', 'b'), teaching('c1', 't')],
};

describe('U17: an address that others bear, too', () => {
  it('of several who are there already each is looked at by name', async () => {
    const shared = 'office@school.example';
    const staff = ['p', 'q'].map((id) => teacher(id, { email: shared }));
    const host = hostWith({ users: [byHand('tina', { ...TINA, email: shared })] }, { linkExisting: 'off' });
    await host.run({ ...CLASS, users: [student('a'), student('b'), ...staff], enrollments: [enrolled('c1', 'a')] });
    const feed = { ...CLASS, users: [student('a'), student('b'), ...staff, { ...TINA, email: shared }] };
    const other = { ...feed, users: [...feed.users.slice(0, 4), teacher('t', { email: shared })] };
    expect(linkNotes(await host.plan(feed, { linkExisting: 'propose' }))).toEqual(['U17 LINK_PROPOSED t']);
    expect(linkNotes(await host.plan(other, { linkExisting: 'propose' }))).toEqual(['U17 LINK_AMBIGUOUS t']);
  });
});

describe('U17: a person whom people had entered before', () => {
  const seed: MemorySeed = { users: [byHand('tina', TINA)] };

  it('is not doubled, and is no member, until somebody decides', async () => {
    const host = hostWith(seed);
    const plan = await host.run(CLASS);
    expect(linesAbout(plan, 't')).toEqual([]);
    expect(linkNotes(plan)).toEqual(['U17 LINK_PROPOSED t']);
    expect(plan.notes.find(({ code }) => code === 'LINK_PROPOSED')).toMatchObject({
      evidence: { record: 'tina', by: 'email', name: 'same' },
    });
    expect(plan.ledger.proposals).toMatchObject([{ kind: 'user-link', recordId: 'tina', sourcedId: 't' }]);
    const next = await host.run(CLASS);
    expect(next.changes).toEqual([]);
    expect(next.ledger.proposals).toEqual(plan.ledger.proposals);
  });

  it('is doubled where nobody asked for links', async () => {
    const plan = await hostWith(seed, { linkExisting: 'off' }).plan(CLASS);
    expect(linesAbout(plan, 't')).toEqual(['user-create t U2 NEW_PERSON', 'enrollment-add c1/t M1 ENROLLED']);
    expect(plan.ledger).not.toHaveProperty('proposals');
  });

  it('goes on as one record where a person accepts, and what people made stays theirs', async () => {
    const host = hostWith(seed);
    await host.decide(await host.run(CLASS), 'accepted');
    const plan = await host.run(CLASS);
    expect(changeLines(plan)).toEqual(['user-rekey t U17 LINKED_PERSON', 'enrollment-add c1/t M1 ENROLLED']);
    const { users, enrollments } = await host.load();
    expect(users.filter(({ familyName }) => familyName === 'Lee')).toMatchObject([
      { id: 'tina', sourcedId: 't', origin: 'linked', state: 'active' },
    ]);
    expect(enrollments.filter(({ userId }) => userId === 'tina')).toHaveLength(1);
    const next = await host.run(CLASS);
    expect(next.changes).toEqual([]);
    expect(next.ledger.proposals).toEqual([]);
  });

  it('is a person beside the new one where a person declines', async () => {
    const host = hostWith(seed);
    await host.decide(await host.run(CLASS), 'declined');
    const plan = await host.run(CLASS);
    expect(changeLines(plan)).toEqual(['user-create t U2 NEW_PERSON', 'enrollment-add c1/t M1 ENROLLED']);
    expect(linkNotes(plan)).toEqual([]);
    const next = await host.run(CLASS);
    expect(next.changes).toEqual([]);
    expect(next.ledger.proposals).toEqual([]);
  });

  it('is asked about again where the link was undone', async () => {
    const host = hostWith(seed);
    await host.decide(await host.run(CLASS), 'accepted');
    await host.run(CLASS);
    await host.undo();
    expect((await host.load()).users.find(({ id }) => id === 'tina')).toMatchObject({ origin: 'local' });
    const plan = await host.run(CLASS);
    expect(linesAbout(plan, 't')).toEqual([]);
    expect(plan.ledger.proposals).toMatchObject([{ recordId: 'tina', sourcedId: 't' }]);
    expect(plan.ledger.proposals?.[0]).not.toHaveProperty('decision');
    await host.decide(plan, 'accepted');
    expect(linesAbout(await host.run(CLASS), 't')).toContain('user-rekey t U17 LINKED_PERSON');
  });

  it('keeps a place that people gave them, in a class of the roster too', async () => {
    const host = hostWith({
      users: [byHand('tina', TINA)],
      classes: [{ id: 'c', sourcedId: 'c1', name: 'Chess', schoolSourcedId: 's1', origin: 'roster' }],
      enrollments: [{ classId: 'c', userId: 'tina', role: 'teacher' }],
    });
    await host.decide(await host.run(CLASS), 'accepted');
    const plan = await host.run(CLASS);
    expect(changeLines(plan)).toEqual(['user-rekey t U17 LINKED_PERSON', 'enrollment-link c1/t M7 LINKED']);
    expect((await host.load()).enrollments.filter(({ userId }) => userId === 'tina')).toHaveLength(1);
    expect((await host.run(CLASS)).changes).toEqual([]);
  });

  it('keeps the guardians whom people gave them', async () => {
    const feed: RosterParts = {
      ...CLASS,
      users: [student('a', { stateId: '1' }), student('b'), TINA, guardian('g', { email: 'gil@home.example' })],
      guardianLinks: [{ guardianSourcedId: 'g', studentSourcedId: 'a', relationship: 'parent' }],
    };
    const host = hostWith(
      {
        users: [
          byHand('ann', student('a', { stateId: '1' })),
          byHand('gil', guardian('g', { email: 'gil@home.example' })),
        ],
        guardianLinks: [{ guardianId: 'gil', studentId: 'ann' }],
      },
      { steps: ['classes', 'teachers', 'students', 'guardians'] },
    );
    const first = await host.run(feed);
    expect(linkNotes(first)).toEqual(['U17 LINK_PROPOSED a', 'U17 LINK_PROPOSED g']);
    expect(linesAbout(first, 'a', 'g')).toEqual([]);
    for (const { id } of first.ledger.proposals ?? []) {
      await host.decide({ ...first, ledger: (await host.load()).ledger }, 'accepted', id);
    }
    const plan = await host.run(feed);
    expect(linesAbout(plan, 'a', 'g')).toEqual([
      'user-rekey a U17 LINKED_PERSON',
      'user-rekey g U17 LINKED_PERSON',
      'enrollment-add c1/a M1 ENROLLED',
    ]);
    expect((await host.load()).guardianLinks).toHaveLength(1);
    expect((await host.run(feed)).changes).toEqual([]);
  });

  it('loses nothing that people gave them: roles, schools and the user name', async () => {
    const host = hostWith({
      users: [
        byHand('tina', TINA, {
          roles: ['administrator', 'teacher'],
          schoolSourcedIds: ['s1', 's9'],
          username: 'tlee',
          givenName: 'T.',
        }),
      ],
    });
    const feed = { ...CLASS, users: [student('a'), student('b'), { ...TINA, username: 'tina.lee' }] };
    await host.decide(await host.run(feed), 'accepted');
    await host.run(feed);
    const tina = (await host.load()).users.find(({ id }) => id === 'tina');
    expect(tina).toMatchObject({
      roles: ['administrator', 'teacher'],
      schoolSourcedIds: ['s1', 's9'],
      username: 'tlee',
      givenName: 'Tina',
      synced: { roles: ['teacher'], schoolSourcedIds: ['s1'], username: 'tina.lee', familyName: 'Lee' },
    });
    expect((await host.run(feed)).changes).toEqual([]);
    const moved = { ...feed, users: feed.users.map((each) => ({ ...each, schoolSourcedIds: ['s2'] })) };
    await host.run(moved);
    expect((await host.load()).users.find(({ id }) => id === 'tina')).toMatchObject({ schoolSourcedIds: ['s2', 's9'] });
  });

  it('waits where several could be it, and is told', async () => {
    const host = hostWith({ users: [byHand('tina', TINA), byHand('twin', TINA)] });
    const plan = await host.run(CLASS);
    expect(linesAbout(plan, 't')).toEqual([]);
    expect(linkNotes(plan)).toEqual(['U17 LINK_AMBIGUOUS t']);
    expect(plan.ledger.proposals ?? []).toEqual([]);
    expect((await host.run(CLASS)).changes).toEqual([]);
  });

  it('waits likewise where one of them had been tied, and nobody knows to whom', async () => {
    const tied = { ...byHand('twin', TINA), origin: 'linked' } as const;
    const host = hostWith({ users: [byHand('tina', TINA), tied] });
    expect(linkNotes(await host.plan(CLASS))).toEqual(['U17 LINK_AMBIGUOUS t']);
  });

  it('waits likewise where somebody of the roster who is gone had the address, and the names tell nothing', async () => {
    const gone = { ...byHand('x', TINA), givenName: 'Xenia', sourcedId: 'x', origin: 'roster' } as const;
    const host = hostWith({ users: [byHand('tina', { ...TINA, givenName: 'T.' }), gone] });
    expect(linkNotes(await host.plan(CLASS))).toEqual(['U17 LINK_AMBIGUOUS t']);
    const alone = hostWith({ users: [byHand('tina', { ...TINA, givenName: 'T.' })] });
    expect(linkNotes(await alone.plan(CLASS))).toEqual(['U17 LINK_PROPOSED t']);
  });

  it('is told from others of the family by name, and is never a relative of another role', async () => {
    const home = { email: 'home@x.example', familyName: 'Fox' };
    const [ann, bob] = [student('a', { ...home, givenName: 'Ann' }), student('b', { ...home, givenName: 'Bob' })];
    const host = hostWith({ users: [byHand('ann', ann), byHand('pat', guardian('g', { ...home, givenName: 'Pat' }))] });
    const plan = await host.run({ ...CLASS, users: [ann, bob, TINA] });
    expect(linkNotes(plan)).toEqual(['U17 LINK_PROPOSED a']);
    expect(linesAbout(plan, 'b')).toContain('user-create b U1 NEW_PERSON');
    const parents = hostWith({ users: [byHand('pat', guardian('g', { ...home, givenName: 'Pat' }))] });
    expect(linkNotes(await parents.plan({ ...CLASS, users: [ann, bob, TINA] }))).toEqual([]);
  });

  it('is looked for in the scope alone', async () => {
    const host = hostWith({ users: [byHand('tina', TINA, { schoolSourcedIds: ['s2'] })] });
    const scope = { ...SCOPE, schools: ['s1'] };
    const local = await host.store.load(scope);
    const policy = definePolicy({ linkExisting: 'propose' });
    const plan = reconcile({ roster: roster({ ...CLASS, scope }), local, policy, now: NOW });
    expect(linkNotes(plan)).toEqual([]);
    expect(linesAbout(plan, 't')).toContain('user-create t U2 NEW_PERSON');
  });

  it('goes on waiting through an incomplete read and an import of other steps', async () => {
    const host = hostWith(seed);
    const { ledger } = await host.run(CLASS);
    const broken = { ...CLASS, attestation: attested({ users: 'incomplete' }) };
    const plan = await host.run(broken);
    expect(linesAbout(plan, 't')).toEqual([]);
    expect(linkNotes(plan)).toEqual([]);
    expect(plan.ledger.proposals).toEqual(ledger.proposals);
    const guardians = await host.run(CLASS, { steps: ['guardians'] });
    expect(linesAbout(guardians, 't')).toEqual([]);
    expect(guardians.ledger.proposals).toEqual(ledger.proposals);
    const off = await host.run(CLASS, { linkExisting: 'off', steps: ['classes'] });
    expect(off.ledger.proposals).toEqual([]);
  });
});

describe('U17 and K19: what a person untied', () => {
  it('is not proposed again', async () => {
    const untied = { hostFields: ['sourcedId'] };
    const host = hostWith({
      users: [byHand('tina', TINA, untied)],
      classes: [{ id: 'chess', name: 'Chess', schoolSourcedId: 's1', ...untied }],
    });
    const plan = await host.run(CLASS);
    expect(linkNotes(plan)).toEqual([]);
    expect(linesAbout(plan, 't')).toContain('user-create t U2 NEW_PERSON');
    expect(linesAbout(plan, 'c1')).toContain('class-create c1 K1 NEW_CLASS');
  });
});

describe('U17 and what was read', () => {
  const seed: MemorySeed = { users: [byHand('tina', TINA, { claimed: true })] };
  const someSchools = { attestation: attested({}, { allSchools: false }) };

  it('an answer is over once it is followed, whatever was read since', async () => {
    const host = hostWith(seed);
    await host.decide(await host.run(CLASS), 'accepted');
    await host.run(CLASS);
    expect((await host.load()).users.find(({ id }) => id === 'tina')).toMatchObject({ synced: { familyName: 'Lee' } });
    const broken = { ...CLASS, attestation: attested({ enrollments: 'incomplete' }) };
    expect((await host.run(broken)).ledger.proposals).toEqual([]);
  });

  it('a proposal ends with what spoke for it, since absence plays no part in it', async () => {
    const host = hostWith(seed);
    await host.run(CLASS);
    const users = [student('a'), student('b'), { ...TINA, email: 'other@school.example' }];
    const plan = await host.run({ ...CLASS, users, ...someSchools });
    expect(linesAbout(plan, 't')).toContain('user-create t U2 NEW_PERSON');
    expect(plan.ledger.proposals).toEqual([]);
  });

  it('a place by hand that the roster lacks goes by the new id where the policy reaches everyone', async () => {
    const host = hostWith(
      {
        users: [byHand('tina', TINA)],
        classes: [{ id: 'c', sourcedId: 'c1', name: 'Chess', schoolSourcedId: 's1', origin: 'roster' }],
        enrollments: [{ classId: 'c', userId: 'tina', role: 'teacher' }],
      },
      { fullDataReach: 'everyone', fullData: false, archive: false },
    );
    const feed = { ...CLASS, enrollments: CLASS.enrollments.slice(0, 2) };
    await host.decide(await host.run(feed), 'accepted');
    const plan = await host.run(feed, { fullData: true });
    expect(linesAbout(plan, 't')).toEqual([
      'user-rekey t U17 LINKED_PERSON',
      'enrollment-remove c1/t M3 MEMBER_ABSENT',
    ]);
  });
});

describe("U17 with linkExisting: 'email'", () => {
  const verified = byHand('tina', TINA, { verifiedEmail: 'Tina@school.example' });

  it('links by itself on the first import', async () => {
    const host = hostWith({ users: [verified] }, { linkExisting: 'email' });
    const plan = await host.run(CLASS);
    expect(linesAbout(plan, 't')).toEqual(['user-rekey t U17 LINKED_PERSON', 'enrollment-add c1/t M1 ENROLLED']);
    expect(plan.changes.find(({ kind }) => kind === 'user-rekey')?.reason.evidence).toMatchObject({ by: 'email' });
    expect((await host.run(CLASS)).changes).toEqual([]);
  });

  it('by the address that was verified, whatever the host calls theirs', async () => {
    const typed = byHand('tina', { ...TINA, email: 'typed@home.example' }, { verifiedEmail: 'tina@school.example' });
    const plan = await hostWith({ users: [typed] }, { linkExisting: 'email' }).run(CLASS);
    expect(linesAbout(plan, 't')).toContain('user-rekey t U17 LINKED_PERSON');
  });

  const inDoubt: readonly (readonly [string, MemorySeed, RosterParts])[] = [
    ['the address is not verified', { users: [byHand('tina', TINA)] }, {}],
    [
      'the host has people of a roster',
      { users: [verified, { sourcedId: 'x', roles: ['student'], givenName: 'X', familyName: 'X', origin: 'roster' }] },
      {},
    ],
    [
      'the host has classes of a roster',
      { users: [verified], classes: [{ sourcedId: 'x', name: 'X', origin: 'roster' }] },
      {},
    ],
    [
      'somebody of another role whom people had made has the address',
      { users: [verified, byHand('pat', guardian('g', { email: 'tina@school.example' }))] },
      {},
    ],
    [
      'somebody of another role has the address',
      { users: [verified] },
      { users: [guardian('g', { email: 'tina@school.example' })] },
    ],
    ['the account is closed', { users: [{ ...verified, state: 'deactivated', by: 'user' }] }, {}],
    ['only some schools were read', { users: [verified] }, { attestation: attested({}, { allSchools: false }) }],
  ];

  it.each(inDoubt)('only proposes where %s', async (_, seed, feed) => {
    const host = hostWith(seed, { linkExisting: 'email' });
    const plan = await host.plan({ ...CLASS, ...feed, users: [...CLASS.users, ...(feed.users ?? [])] });
    expect(linesAbout(plan, 't')).toEqual([]);
    expect(linkNotes(plan)).toEqual(['U17 LINK_PROPOSED t']);
  });
});

describe('K19: a class that people had made before', () => {
  /** Chess by hand, in which Tina teaches Ann, and Zoe whom the roster does not know. */
  const seed: MemorySeed = {
    users: [byHand('tina', TINA), byHand('ann', student('a', { stateId: '1' })), byHand('zoe', student('z'))],
    classes: [{ id: 'chess', name: 'chess ', schoolSourcedId: 's1' }],
    enrollments: [
      { classId: 'chess', userId: 'tina', role: 'teacher' },
      { classId: 'chess', userId: 'ann', role: 'student' },
      { classId: 'chess', userId: 'zoe', role: 'student' },
    ],
  };
  const FEED = { ...CLASS, users: [student('a', { stateId: '1' }), student('b'), TINA] };

  async function acceptAll(host: Host, plan: Plan): Promise<void> {
    for (const { id } of plan.ledger.proposals ?? []) {
      await host.decide({ ...plan, ledger: (await host.load()).ledger }, 'accepted', id);
    }
  }

  it('is not doubled, and brings nobody, until somebody decides', async () => {
    const host = hostWith(seed);
    const plan = await host.run(FEED);
    expect(linesAbout(plan, 'c1', 'a', 'b', 't')).toEqual([]);
    expect(linkNotes(plan)).toEqual(['K19 LINK_PROPOSED c1', 'U17 LINK_PROPOSED a', 'U17 LINK_PROPOSED t']);
    expect(plan.ledger.proposals?.find(({ kind }) => kind === 'class-link')).toMatchObject({
      recordId: 'chess',
      sourcedId: 'c1',
      evidence: { name: 'same', teachersInCommon: 1, studentsInCommon: 1, studentsOfHost: 1 },
    });
    expect((await host.run(FEED)).changes).toEqual([]);
  });

  it('follows the section where a person accepts, and stays people’s own', async () => {
    const host = hostWith(seed);
    await acceptAll(host, await host.run(FEED));
    const plan = await host.run(FEED);
    expect(changeLines(plan)).toEqual([
      'user-rekey a U17 LINKED_PERSON',
      'user-rekey t U17 LINKED_PERSON',
      'user-create b U1 NEW_PERSON',
      'class-rekey c1 K19 LINKED_CLASS',
      'enrollment-link c1/a M7 LINKED',
      'enrollment-link c1/t M7 LINKED',
      'enrollment-add c1/b M1 ENROLLED',
    ]);
    const { classes, enrollments } = await host.load();
    expect(classes.filter(({ sourcedId }) => sourcedId === 'c1')).toMatchObject([
      { id: 'chess', name: 'Chess', origin: 'linked', state: 'active', synced: { name: 'Chess' } },
    ]);
    expect(enrollments.filter(({ classId, state }) => classId === 'chess' && state === 'active')).toHaveLength(4);
    const next = await host.run(FEED);
    expect(next.changes).toEqual([]);
    expect(next.ledger.proposals).toEqual([]);
    const gone = await host.plan({ users: FEED.users });
    expect(linesAbout(gone, 'c1')).toEqual([]);
  });

  it('is a class beside the new one where a person declines', async () => {
    const host = hostWith(seed);
    const first = await host.run(FEED);
    const link = first.ledger.proposals?.find(({ kind }) => kind === 'class-link');
    await host.decide(first, 'declined', link?.id);
    const plan = await host.run(FEED);
    expect(linesAbout(plan, 'c1')).toEqual(['class-create c1 K1 NEW_CLASS', 'enrollment-add c1/b M1 ENROLLED']);
    expect((await host.run(FEED)).changes).toEqual([]);
  });

  it('and so it is where a school is left out', async () => {
    const host = hostWith(seed);
    const first = await host.run(FEED);
    const link = first.ledger.proposals?.find(({ kind }) => kind === 'class-link');
    await host.decide(first, 'declined', link?.id);
    const attestation = attested({}, { skippedSchools: ['s2'] });
    const plan = await host.run({ ...FEED, schools: [school('s1'), school('s2')], attestation });
    expect(linesAbout(plan, 'c1')).toEqual(['class-create c1 K1 NEW_CLASS', 'enrollment-add c1/b M1 ENROLLED']);
  });

  it('is asked about again where the link was undone', async () => {
    const host = hostWith(seed);
    await acceptAll(host, await host.run(FEED));
    await host.run(FEED);
    await host.undo();
    const { classes, enrollments } = await host.load();
    expect(classes.find(({ id }) => id === 'chess')).toMatchObject({ name: 'chess ', origin: 'local' });
    expect(enrollments.filter(({ classId }) => classId === 'chess')).toHaveLength(3);
    const plan = await host.run(FEED);
    expect(linesAbout(plan, 'c1', 'a', 't')).toEqual([]);
    expect(linkNotes(plan)).toEqual(['K19 LINK_PROPOSED c1', 'U17 LINK_PROPOSED a', 'U17 LINK_PROPOSED t']);
  });

  it('keeps the name of the section taken while it waits', async () => {
    const host = hostWith(seed);
    const twice = {
      classes: [...FEED.classes, section('c2', { name: 'Chess' })],
      users: [...FEED.users, student('x')],
      enrollments: [...FEED.enrollments, enrolled('c2', 'x')],
    };
    const plan = await host.run(twice);
    expect(linesAbout(plan, 'c1', 'c2')).toEqual([]);
    expect(noteLines(plan)).toContain('D1 DUPLICATE_NAME c2');
    await acceptAll(host, plan);
    expect(linesAbout(await host.run(twice), 'c2')).toEqual([]);
    const renamed = {
      ...twice,
      classes: twice.classes.map((each) => (each.sourcedId === 'c1' ? { ...each, name: 'Go' } : each)),
    };
    const next = await host.run(renamed);
    expect(linesAbout(next, 'c1', 'c2')).toContain('class-update c1 K5 NAME_CHANGED');
    expect(linesAbout(next, 'c2')).toContain('class-create c2 K1 NEW_CLASS');
    expect((await host.run(renamed)).changes).toEqual([]);
  });

  it('takes the name that it gets in the plan that ties it', async () => {
    const host = hostWith({ ...seed, classes: [{ id: 'chess', name: 'Mornings', schoolSourcedId: 's1' }] });
    const twice = {
      classes: [...FEED.classes, section('c2', { name: 'Chess' })],
      users: FEED.users,
      enrollments: [enrolled('c1', 'a'), teaching('c1', 't'), enrolled('c2', 'b')],
    };
    await acceptAll(host, await host.run(twice));
    expect(linesAbout(await host.run(twice), 'c1')).toContain('class-rekey c1 K19 LINKED_CLASS');
    expect((await host.load()).classes.find(({ id }) => id === 'chess')).toMatchObject({ name: 'Chess' });
    const next = await host.run(twice);
    expect(next.changes).toEqual([]);
    expect(noteLines(next)).toContain('D1 DUPLICATE_NAME c2');
  });

  it('goes on waiting while a school is left out, even where nothing speaks for it in the rest', async () => {
    const host = hostWith(seed);
    const { ledger } = await host.run(FEED);
    const plan = await host.run({
      ...FEED,
      classes: [section('c1', { name: 'Other' })],
      enrollments: [],
      attestation: attested({}, { skippedSchools: ['s2'] }),
    });
    expect(linesAbout(plan, 'c1')).toEqual([]);
    expect(plan.ledger.proposals).toEqual(ledger.proposals);
  });

  it('waits where several sections are alike, and is told', async () => {
    const host = hostWith({ ...seed, enrollments: [{ classId: 'chess', userId: 'tina', role: 'teacher' }] });
    const twice = {
      ...FEED,
      classes: [...FEED.classes, section('c2', { name: 'Chess' })],
      enrollments: [...FEED.enrollments, teaching('c2', 't')],
    };
    const plan = await host.run(twice, { classes: { duplicateNames: 'all' } });
    expect(linkNotes(plan)).toContain('K19 LINK_AMBIGUOUS c1');
    expect(linkNotes(plan)).toContain('K19 LINK_AMBIGUOUS c2');
    expect(linesAbout(plan, 'c1', 'c2')).toEqual([]);
  });

  it('goes on waiting through reads that cannot tell', async () => {
    const host = hostWith(seed);
    const { ledger } = await host.run(FEED);
    for (const attestation of [attested({ classes: 'incomplete' }), attested({}, { skippedSchools: ['s2'] })]) {
      const plan = await host.run({ ...people(...FEED.users), schools: [school('s1'), school('s2')], attestation });
      expect(linesAbout(plan, 'c1')).toEqual([]);
      expect(plan.ledger.proposals).toEqual(ledger.proposals);
    }
  });

  it('not: archived, another school, or another name and teacher', async () => {
    for (const [own] of [
      [{ id: 'chess', name: 'Chess', schoolSourcedId: 's1', state: 'archived', by: 'user' }],
      [{ id: 'chess', name: 'Chess', schoolSourcedId: 's2' }],
      [{ id: 'chess', name: 'Dance', schoolSourcedId: 's1' }],
    ] as const) {
      const host = hostWith({ classes: [own] });
      const plan = await host.plan(CLASS);
      expect(linkNotes(plan)).toEqual([]);
      expect(linesAbout(plan, 'c1')).toContain('class-create c1 K1 NEW_CLASS');
    }
  });
});
