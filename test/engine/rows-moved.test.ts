import { describe, expect, it } from 'vitest';
import { enrolled, localUser, student, type RosterParts } from '../support/build.js';
import { Host } from '../support/host.js';
import {
  changeLines,
  classWith,
  holdLines,
  hostOf,
  merge,
  mergeHosts,
  noteLines,
  people,
  planOf,
} from '../support/rows.js';

const FIVE = ['a1', 'a2', 'a3', 'a4', 'a5'];
const BEFORE = classWith('c1', { name: 'Algebra', students: FIVE });
/** The same class by its members, its teacher and its name; one student has left it, another has come. */
const AFTER = merge(people(student('a1')), classWith('b9', { name: 'ALGEBRA', students: [...FIVE.slice(1), 'a6'] }));

describe('K12: a class under a new sourcedId', () => {
  it('is proposed, and archived and created as ever', async () => {
    const host = new Host();
    await host.run(BEFORE);
    const plan = await host.plan(AFTER);
    expect(plan.counts.byKind).toMatchObject({ 'class-create': 1, 'class-archive': 1 });
    expect(noteLines(plan)).toContain('K12 MOVED_PROPOSED c1');
    expect(plan.ledger.proposals).toMatchObject([{ kind: 'class-rekey', rule: 'K12', from: 'c1', sourcedId: 'b9' }]);
  });

  it('goes on under the new one, with its members, where a person accepted in time', async () => {
    const host = new Host();
    await host.run(BEFORE);
    await host.decide(await host.plan(AFTER), 'accepted');
    const plan = await host.run(AFTER);
    expect(changeLines(plan)).toEqual([
      'user-create a6 U1 NEW_PERSON',
      'class-rekey b9 K12 CLASS_REKEY',
      'enrollment-add b9/a6 M1 ENROLLED',
      'enrollment-remove b9/a1 M3 MEMBER_ABSENT',
    ]);
    // The section is not a second one beside the class that bears its name now.
    expect(noteLines(plan)).not.toContain('D1 DUPLICATE_NAME b9');
    const { classes, enrollments } = await host.load();
    const moved = classes.filter(({ name }) => name.toLowerCase() === 'algebra');
    expect(moved).toMatchObject([{ sourcedId: 'b9', name: 'ALGEBRA', state: 'active', origin: 'roster' }]);
    const members = enrollments.filter(({ classId, state }) => classId === moved[0]?.id && state === 'active');
    expect(members).toHaveLength(6);
    const next = await host.run(AFTER);
    expect(next.changes).toEqual([]);
    expect(next.ledger.proposals).toEqual([]);
  });

  it('is not proposed while enrollments still name the former one (M10)', async () => {
    const host = new Host();
    await host.run(BEFORE);
    const feed = merge(AFTER, { enrollments: [enrolled('c1', 'a1')] });
    const plan = await host.plan(feed);
    expect(noteLines(plan)).toContain('M10 CLASS_UNSHARED c1');
    expect(plan.ledger.proposals ?? []).toEqual([]);
  });

  it('is not proposed again where a person declined', async () => {
    const host = new Host();
    await host.run(BEFORE);
    await host.decide(await host.plan(AFTER), 'declined');
    const plan = await host.plan(AFTER);
    expect(plan.counts.byKind).toMatchObject({ 'class-create': 1, 'class-archive': 1 });
    expect(plan.counts.notesByCode).not.toHaveProperty('MOVED_PROPOSED');
  });

  it('takes the place of its unused twin where a person accepted late; all of that is undone, and redone', async () => {
    const host = new Host();
    await host.run(BEFORE);
    const first = await host.run(AFTER);
    await host.decide(first, 'accepted');
    const before = await host.load();
    const plan = await host.run(AFTER);
    expect(plan.counts.byKind).toMatchObject({ 'class-delete': 1, 'enrollment-delete': 6, 'class-rekey': 1 });
    const undone = await host.undo();
    const { classes, enrollments } = await host.load();
    const shown = (list: readonly { readonly id: string; readonly state: string }[]) =>
      list.map(({ id, state }) => `${id} ${state}`).sort();
    expect(shown(classes)).toEqual(shown(before.classes));
    expect(shown(enrollments)).toEqual(shown(before.enrollments));
    // A deletion beside that of the class is of no feed: nothing is to be kept away.
    expect(undone.ledger.suppressions.filter(({ fingerprint }) => fingerprint === '')).toEqual([]);
  });

  it('goes its normal way where the other half of an accepted pair is missing', async () => {
    const host = new Host();
    await host.run(BEFORE);
    await host.decide(await host.plan(AFTER), 'accepted');
    const gone = await host.plan(people(...(BEFORE.users ?? [])));
    expect(changeLines(gone)).toEqual(['class-archive c1 K7 CLASS_ABSENT']);
    const both = await host.plan(merge(BEFORE, AFTER));
    expect(both.counts.byKind).not.toHaveProperty('class-rekey');
    expect(noteLines(both)).toContain('D1 DUPLICATE_NAME b9');
  });

  it('not: people’s own class goes on under no other id, though it has its members and its name', () => {
    for (const [origin, proposed] of [
      ['roster', ['c1']],
      ['linked', ['c1']],
      ['local', []],
    ] as const) {
      const plan = planOf({
        feed: merge(AFTER, people(...(BEFORE.users ?? []))),
        host: hostOf(BEFORE, { classes: { c1: { origin } } }),
        policy: { fullData: true, archive: true },
      });
      expect(plan.ledger.proposals?.map(({ from }) => from) ?? []).toEqual(proposed);
    }
  });

  it('not: another name, another teacher and other students are another class', async () => {
    const host = new Host();
    await host.run(BEFORE);
    const other = classWith('b9', { name: 'Dance', students: ['b1', 'b2', 'b3', 'b4', 'b5'], teachers: ['u'] });
    const plan = await host.plan(merge(people(...(BEFORE.users ?? [])), other));
    expect(plan.counts.notesByCode).not.toHaveProperty('MOVED_PROPOSED');
    expect(plan.ledger.proposals ?? []).toEqual([]);
  });
});

/** Everything of the part under other ids. */
function renamed(part: RosterParts, kind: 'users' | 'classes'): RosterParts {
  const rename = (id: string): string => `~${id}`;
  const { users = [], classes = [], enrollments = [] } = part;
  if (kind === 'users') {
    return {
      ...part,
      users: users.map((user) => ({ ...user, sourcedId: rename(user.sourcedId) })),
      enrollments: enrollments.map((row) => ({ ...row, userSourcedId: rename(row.userSourcedId) })),
    };
  }
  return {
    ...part,
    classes: classes.map((section) => ({ ...section, sourcedId: rename(section.sourcedId) })),
    enrollments: enrollments.map((row) => ({ ...row, classSourcedId: rename(row.classSourcedId) })),
  };
}

const WITH_ADDRESSES: RosterParts = {
  ...BEFORE,
  users: (BEFORE.users ?? []).map((user) => ({ ...user, email: `${user.sourcedId}@school.example` })),
};
const DELETED = { status: 'tobedeleted' } as const;
const SIX_CLASSES = merge(
  ...[1, 2, 3, 4, 5, 6].map((at) =>
    classWith(`c${String(at)}`, { students: [`s${String(at)}`], teachers: [`t${String(at)}`] }),
  ),
);

describe('G5: all ids are new', () => {
  it('of persons: nothing happens to anybody, and all pairs are answered at once', async () => {
    const host = new Host();
    await host.run(WITH_ADDRESSES);
    const feed = renamed(WITH_ADDRESSES, 'users');
    const plan = await host.run(feed);
    expect(plan.changes).toEqual([]);
    expect(holdLines(plan)).toEqual(['G5:users ID_SPACE_RESET 0']);
    expect(plan.ledger.proposals).toHaveLength(6);
    expect(plan.ledger.proposals?.every(({ rule }) => rule === 'G5')).toBe(true);
    await host.decide(plan, 'accepted', 'G5:users');
    const answered = await host.run(feed);
    expect(answered.counts.byKind).toEqual({ 'user-rekey': 6 });
    expect(answered.counts.held).toBe(0);
    expect((await host.plan(feed)).changes).toEqual([]);
  });

  it('of persons: whose accounts are closed are none of them, though the provider still tells of each', () => {
    const former = Array.from({ length: 12 }, (_, at) => student(`f${String(at)}`));
    const plan = planOf({
      feed: merge(renamed(WITH_ADDRESSES, 'users'), people(...former.map((each) => ({ ...each, ...DELETED })))),
      host: mergeHosts(hostOf(WITH_ADDRESSES), {
        users: former.map((each) => localUser(each, { state: 'deactivated', by: 'sync' })),
      }),
      alone: true,
    });
    expect(holdLines(plan)).toEqual(['G5:users ID_SPACE_RESET 0']);
  });

  it('not: one new id is a single case (U12)', async () => {
    const host = new Host();
    await host.run(WITH_ADDRESSES);
    const feed: RosterParts = {
      ...WITH_ADDRESSES,
      users: (WITH_ADDRESSES.users ?? []).map((user) =>
        user.sourcedId === 'a1' ? { ...user, sourcedId: 'new' } : user,
      ),
      enrollments: (WITH_ADDRESSES.enrollments ?? []).map((row) =>
        row.userSourcedId === 'a1' ? { ...row, userSourcedId: 'new' } : row,
      ),
    };
    const plan = await host.plan(feed);
    expect(plan.holds).toEqual([]);
    expect(plan.ledger.proposals).toMatchObject([{ rule: 'U12', from: 'a1', sourcedId: 'new' }]);
  });

  it('of classes: creations and archiving wait, and all pairs are answered at once', async () => {
    const host = new Host();
    await host.run(SIX_CLASSES);
    const feed = renamed(SIX_CLASSES, 'classes');
    const plan = await host.run(feed);
    expect(plan.holds.map(({ id }) => id)).toContain('G5:classes');
    expect(plan.changes.filter(({ kind }) => kind.startsWith('class-')).every(({ heldBy }) => heldBy.length > 0)).toBe(
      true,
    );
    expect(plan.ledger.proposals).toHaveLength(6);
    // One hold asks for all of them: each alone is not asked about as well.
    expect(noteLines(plan).filter((line) => line.includes('MOVED_PROPOSED'))).toEqual([]);
    await host.decide(plan, 'accepted', 'G5:classes');
    const answered = await host.run(feed);
    expect(answered.counts.byKind).toEqual({ 'class-rekey': 6 });
    expect(answered.counts.held).toBe(0);
    expect((await host.plan(feed)).changes).toEqual([]);
  });

  it('not: the next school year has other terms', async () => {
    const host = new Host();
    await host.run(SIX_CLASSES);
    const next = renamed(SIX_CLASSES, 'classes');
    const classes = (next.classes ?? []).map((section) => ({ ...section, termSourcedIds: ['spring'] }));
    const plan = await host.plan({ ...next, classes });
    expect(plan.holds.map(({ id }) => id)).not.toContain('G5:classes');
  });
});
