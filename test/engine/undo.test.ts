import { describe, expect, it } from 'vitest';
import { invert, reconcile } from '../../src/engine/index.js';
import type { GuardianLink, Plan } from '../../src/model/index.js';
import { definePolicy, type PolicyInput } from '../../src/policy/index.js';
import {
  enrolled,
  guardian,
  local,
  NOW,
  roster,
  school,
  SCOPE,
  section,
  student,
  teacher,
  teaching,
  type RosterParts,
} from '../support/build.js';
import { changeLines, classWith, merge, noteLines, OPEN, people } from '../support/rows.js';
import { contents, World } from '../support/world.js';

const C1 = classWith('c1', { students: ['a', 'b'], teachers: ['t'] });
const ZZ = classWith('zz', { students: ['z'], teachers: ['y'] });
const START = merge(C1, ZZ);
const WITHOUT_A = {
  ...START,
  enrollments: (START.enrollments ?? []).filter(({ userSourcedId }) => userSourcedId !== 'a'),
};
const WITHOUT_C1 = merge({ users: C1.users ?? [] }, ZZ);
const BY = { by: 'admin' };

/** The feed of the start, but for the role of student `a` in class `c1`. */
function withRole(role: 'aide'): RosterParts {
  const rows = START.enrollments ?? [];
  return { enrollments: rows.map((row) => (row.userSourcedId === 'a' ? { ...row, role } : row)) };
}

/** A host and its runs, by name. */
class Host extends World {
  constructor(private readonly settings: PolicyInput = { fullData: true, archive: true }) {
    super({ reconcile, invert });
  }

  next(feed: RosterParts, settings: PolicyInput = {}): Promise<Plan> {
    return this.plan(roster(feed), definePolicy({ limits: OPEN, ...this.settings, ...settings }));
  }

  async run(feed: RosterParts): Promise<string> {
    return this.apply(await this.next(feed));
  }

  async contents(): Promise<unknown> {
    return contents(await this.load());
  }

  async classOf(sourcedId: string) {
    return (await this.load()).classes.find((each) => each.sourcedId === sourcedId);
  }

  async userOf(sourcedId: string) {
    return (await this.load()).users.find((each) => each.sourcedId === sourcedId);
  }
}

async function hostWith(feed: RosterParts, settings?: PolicyInput): Promise<Host> {
  const host = new Host(settings);
  await host.run(feed);
  return host;
}

const TAKEN: readonly (readonly [title: string, feed: RosterParts, undone: string])[] = [
  ['a removal', WITHOUT_A, 'enrollment-restore c1/a UNDO UNDONE'],
  ['an archiving', WITHOUT_C1, 'class-unarchive c1 UNDO UNDONE'],
];

describe('undo takes back what a run did', () => {
  it.each(TAKEN)('%s: exactly, and the same feed does not do it again', async (_title, feed, undone) => {
    const host = await hostWith(START);
    const before = await host.contents();
    const run = await host.run(feed);
    expect(await host.contents()).not.toEqual(before);
    const plan = await host.undo(run);
    expect(changeLines(plan)).toEqual([undone]);
    expect(await host.contents()).toEqual(before);
    const again = await host.next(feed);
    expect(changeLines(again)).toEqual([]);
    expect((await host.load()).ledger.suppressions).toHaveLength(1);
  });

  it('a first import: everything that nobody has used is gone, and stays gone', async () => {
    const host = new Host();
    const run = await host.run(START);
    const plan = await host.undo(run);
    expect(plan.counts.byKind).toEqual({
      'school-delete': 2,
      'class-delete': 2,
      'user-delete': 5,
      'enrollment-delete': 5,
    });
    expect(await host.contents()).toEqual({ schools: [], classes: [], users: [], enrollments: [], guardianLinks: [] });
    expect(changeLines(await host.next(START))).toEqual([]);
  });

  it('a rename and a change of a person: field by field', async () => {
    const host = await hostWith(START);
    const before = await host.contents();
    const feed = {
      ...merge(START, people(student('a', { familyName: 'Jones' }))),
      classes: [section('c1', { name: 'Algebra', period: '3' }), section('zz')],
    };
    const plan = await host.undo(await host.run(feed));
    expect(changeLines(plan)).toEqual(['class-update c1 UNDO UNDONE', 'user-update a UNDO UNDONE']);
    expect(await host.contents()).toEqual(before);
    const again = await host.next(feed);
    expect(changeLines(again)).toEqual([]);
    expect(noteLines(again)).toEqual(['UNDO SUPPRESSED a', 'UNDO SUPPRESSED c1']);
  });

  it('guardian links', async () => {
    const feed = {
      ...merge(START, people(guardian('g'))),
      guardianLinks: [{ guardianSourcedId: 'g', studentSourcedId: 'a' }],
    };
    const host = await hostWith(START, { fullData: true, steps: ['classes', 'teachers', 'students', 'guardians'] });
    const before = await host.contents();
    const run = await host.run(feed);
    const plan = await host.undo(run);
    expect(changeLines(plan)).toEqual(['guardian-delete g/a UNDO UNDONE', 'user-delete g UNDO UNDONE']);
    expect(await host.contents()).toEqual(before);
    expect(changeLines(await host.next(feed))).toEqual([]);
  });

  it('a link of a type that the policy leaves out: for as long as the district says the same of it', async () => {
    const link = { guardianSourcedId: 'g', studentSourcedId: 'a', contactType: 'Doctor' };
    const feed = { ...merge(START, people(guardian('g'))), guardianLinks: [link] };
    const host = await hostWith(feed, { fullData: true, steps: ['classes', 'teachers', 'students', 'guardians'] });
    const family: PolicyInput = { guardians: { contactTypes: ['Family'] } };
    const unlink = ['guardian-unlink g/a P4 CONTACT_TYPE_EXCLUDED'];
    const first = await host.next(feed, family);
    expect(changeLines(first)).toEqual(unlink);
    await host.undo(await host.apply(first));
    for (let run = 0; run < 2; run += 1) {
      const again = await host.next(feed, family);
      expect([changeLines(again), noteLines(again)]).toEqual([[], ['UNDO SUPPRESSED g/a']]);
      await host.apply(again);
    }
    const other = { ...feed, guardianLinks: [{ ...link, contactType: 'Coach' }] };
    expect(changeLines(await host.next(other, family))).toEqual(unlink);
  });

  it('what a run wrote of a link; but only the district allows contact that it forbade (P11)', async () => {
    const told = (fields: Partial<GuardianLink>) => ({
      ...merge(START, people(guardian('g'))),
      guardianLinks: [{ guardianSourcedId: 'g', studentSourcedId: 'a', ...fields }],
    });
    const host = await hostWith(told({ relationship: 'Mother' }), {
      steps: ['classes', 'teachers', 'students', 'guardians'],
    });
    const plan = await host.undo(await host.run(told({ relationship: 'Aunt', blocked: true })));
    expect(changeLines(plan)).toEqual(['guardian-update g/a UNDO UNDONE']);
    expect(noteLines(plan)).toEqual(['UNDO UNDO_KEPT g/a']);
    expect((await host.load()).guardianLinks).toMatchObject([{ relationship: 'Mother', blocked: true }]);
  });

  it('an unarchiving and the restored members', async () => {
    const host = await hostWith(START);
    await host.run(WITHOUT_C1);
    const before = await host.contents();
    const plan = await host.undo(await host.run(START));
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['class-archive']);
    expect(await host.contents()).toEqual(before);
    expect(changeLines(await host.next(START))).toEqual([]);
  });

  it('both changes of a person whose login another one got and who left, and of a link told to be free and dropped', async () => {
    const EVERYTHING = ['classes', 'teachers', 'students', 'guardians'] as const;
    const settings: PolicyInput = { fullData: true, deactivateUnrostered: true, steps: [...EVERYTHING] };
    const ann = { email: 'ann@x.example' };
    const link = { guardianSourcedId: 'g', studentSourcedId: 'b', contactType: 'Family', relationship: 'Uncle' };
    const first = merge(C1, people(student('z', ann), guardian('g')), {
      enrollments: [enrolled('c1', 'z')],
      guardianLinks: [
        { ...link, blocked: true },
        { ...link, studentSourcedId: 'a' },
      ],
    });
    const host = await hostWith(first, settings);
    const before = await host.contents();
    const then = merge(C1, people(teacher('u', ann), guardian('g')), {
      guardianLinks: [link, { ...link, studentSourcedId: 'a' }],
    });
    const plan = await host.next(then, { guardians: { contactTypes: ['Parent'] } });
    expect(changeLines(plan).filter((line) => / (z|g\/b) /.test(line))).toEqual([
      'user-update z F6 EMAIL_TAKEN',
      'guardian-update g/b P11 CONTACT_ALLOWED',
      'guardian-unlink g/b P4 CONTACT_TYPE_EXCLUDED',
      'user-deactivate z U7 PERSON_ABSENT',
    ]);
    const run = await host.apply(plan);
    const after = contents(await host.load());
    expect(changeLines(await host.undo(run))).toEqual([
      'enrollment-restore c1/z UNDO UNDONE',
      'guardian-restore g/b UNDO UNDONE',
      'guardian-restore g/a UNDO UNDONE',
      'user-delete u UNDO UNDONE',
      'user-reactivate z UNDO UNDONE',
    ]);
    expect(await host.contents()).toEqual(before);
    await host.undo('run-3');
    const again = await host.load();
    expect(contents(again)['users']).toEqual(after['users']);
    expect(again.guardianLinks[1]).toMatchObject({ studentSourcedId: 'b', state: 'removed', blocked: true });
    expect(again.ledger.suppressions).toEqual([]);
  });

  it('a run that is not known is undone by nothing', () => {
    const plan = invert([], local());
    expect(plan).toMatchObject({ type: 'undo', changes: [], notes: [], holds: [] });
  });
});

describe('undo compares before it sets', () => {
  it('a later edit stays, and a note names it', async () => {
    const host = await hostWith(START);
    const feed = { ...START, classes: [section('c1', { name: 'Algebra', period: '3' }), section('zz')] };
    const run = await host.run(feed);
    await host.directory.renameClass((await host.classOf('c1'))?.id ?? '', 'Ours', BY);
    const plan = await host.undo(run);
    expect(changeLines(plan)).toEqual(['class-update c1 UNDO UNDONE']);
    expect(plan.changes[0]?.after).not.toHaveProperty('name');
    expect(plan.notes).toMatchObject([{ rule: 'UNDO', code: 'UNDO_CONFLICT', evidence: { fields: ['name'] } }]);
    expect(await host.classOf('c1')).toMatchObject({ name: 'Ours' });
    expect(await host.classOf('c1')).not.toHaveProperty('period');
  });

  it('what a person brought back since is not taken back twice', async () => {
    const host = await hostWith(START);
    const run = await host.run(WITHOUT_C1);
    await host.directory.reviveClass((await host.classOf('c1'))?.id ?? '', BY);
    const plan = await host.undo(run);
    expect(changeLines(plan)).toEqual([]);
    expect(noteLines(plan)).toEqual(['UNDO UNDO_CONFLICT c1']);
    expect(await host.classOf('c1')).toMatchObject({ state: 'active' });
  });

  it('a class that was used is archived by hand, and stays so even with unarchive always', async () => {
    const host = new Host();
    const run = await host.run(START);
    await host.directory.use((await host.classOf('c1'))?.id ?? '', BY);
    await host.undo(run);
    expect(await host.classOf('c1')).toMatchObject({ state: 'archived', by: 'user' });
    expect(await host.classOf('zz')).toBeUndefined();
    for (const unarchive of ['archived-by-sync', 'always'] as const) {
      const kinds = (await host.next(START, { unarchive })).changes.map(({ kind, subject }) => `${kind} ${subject}`);
      expect(kinds).not.toContain('class-unarchive class:c1');
      expect(kinds).not.toContain('class-create class:c1');
    }
  });

  it('a class that a person archived since stays as it is', async () => {
    const host = new Host();
    const run = await host.run(START);
    await host.directory.archiveClass((await host.classOf('c1'))?.id ?? '', BY);
    const before = await host.classOf('c1');
    const plan = await host.undo(run);
    expect(noteLines(plan)).toContain('UNDO UNDO_KEPT c1');
    expect(await host.classOf('c1')).toEqual(before);
    expect(await host.classOf('zz')).toBeUndefined();
  });

  it('a person whose account somebody closed since is kept, closed', async () => {
    const host = new Host();
    const journal = await host.store.journal(SCOPE, await host.run(START));
    const state = await host.load();
    const users = state.users.map((each) =>
      each.sourcedId === 'a' ? { ...each, state: 'deactivated' as const, by: 'user' as const } : each,
    );
    const plan = invert(journal, { ...state, users }, { now: NOW });
    expect(noteLines(plan)).toContain('UNDO UNDO_KEPT a');
    expect(changeLines(plan)).not.toContain('user-delete a UNDO UNDONE');
    expect(changeLines(plan)).toContain('user-delete b UNDO UNDONE');
  });

  it('a member who was used, and removed by somebody since, is not removed again', async () => {
    const host = await hostWith(ZZ);
    const journal = await host.store.journal(SCOPE, await host.run(merge(ZZ, C1)));
    const state = await host.load();
    const enrollments = state.enrollments.map((each) =>
      each.userSourcedId === 'a' ? { ...each, usedAt: NOW, state: 'removed' as const, by: 'user' as const } : each,
    );
    const plan = invert(journal, { ...state, enrollments }, { now: NOW });
    expect(noteLines(plan)).toContain('UNDO UNDO_KEPT c1/a');
    expect(changeLines(plan).filter((line) => line.includes('c1/a'))).toEqual([]);
  });

  it('a school that nobody uses is gone, though others have classes; one that has a class is kept', async () => {
    const host = await hostWith(ZZ);
    const schools = [school('s1'), school('s2'), school('s3'), school('s4')];
    const run = await host.run({ ...ZZ, schools });
    await host.run({ ...merge(ZZ, { classes: [section('c4', { schoolSourcedId: 's4' })] }), schools });
    const plan = await host.undo(run);
    expect(changeLines(plan)).toEqual(['school-delete s3 UNDO UNDONE']);
    expect(noteLines(plan)).toEqual(['UNDO UNDO_KEPT s4']);
  });

  it('a person who has signed in is kept', async () => {
    const host = new Host();
    const run = await host.run(START);
    await host.directory.claim((await host.userOf('t'))?.id ?? '', BY);
    const plan = await host.undo(run);
    expect(noteLines(plan)).toContain('UNDO UNDO_KEPT t');
    expect(await host.userOf('t')).toMatchObject({ state: 'active', claimed: true });
    expect(await host.userOf('a')).toBeUndefined();
  });

  it('a guardian link that a person has removed since stays removed, and so do both people', async () => {
    const feed = {
      ...merge(START, people(guardian('g'))),
      guardianLinks: [{ guardianSourcedId: 'g', studentSourcedId: 'a' }],
    };
    const host = await hostWith(START, { fullData: true, steps: ['classes', 'teachers', 'students', 'guardians'] });
    const run = await host.run(feed);
    await host.byHand({ kind: 'unlink-guardian', index: 0, other: 0 });
    const before = await host.contents();
    const plan = await host.undo(run);
    expect(changeLines(plan)).toEqual([]);
    expect(noteLines(plan)).toEqual(['UNDO UNDO_KEPT g', 'UNDO UNDO_KEPT g/a']);
    expect(await host.contents()).toEqual(before);
    expect(changeLines(await host.next(feed))).toEqual([]);
  });

  it('what later runs put into a class that is deleted goes with it', async () => {
    const host = await hostWith(ZZ);
    const run = await host.run(merge(ZZ, classWith('c1', { students: [], teachers: [] }), people(student('a'))));
    await host.run(merge(ZZ, classWith('c1', { students: ['z'], teachers: [] }), people(student('a'))));
    const plan = await host.undo(run);
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['enrollment-delete', 'class-delete']);
    expect(plan.changes[0]).toMatchObject({ target: { classId: expect.any(String) as string }, after: null });
    expect(await host.classOf('c1')).toBeUndefined();
    expect((await host.load()).enrollments.filter(({ classSourcedId }) => classSourcedId === 'c1')).toEqual([]);
  });

  it('and so do the links of a person who is deleted', async () => {
    const host = await hostWith(ZZ, { fullData: true, steps: ['classes', 'teachers', 'students', 'guardians'] });
    const family = { guardianLinks: [{ guardianSourcedId: 'g', studentSourcedId: 'z' }] };
    const run = await host.run({ ...merge(ZZ, people(guardian('g'))), ...family });
    const both = [...family.guardianLinks, { guardianSourcedId: 'g', studentSourcedId: 'y2' }];
    await host.run({ ...merge(ZZ, classWith('z2', { students: ['y2'] }), people(guardian('g'))), guardianLinks: both });
    const plan = await host.undo(run);
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['guardian-delete', 'guardian-delete', 'user-delete']);
    expect((await host.load()).guardianLinks).toEqual([]);
  });

  it('so do the memberships of a person who is deleted, in classes that stay', async () => {
    const host = await hostWith(ZZ);
    const run = await host.run(merge(ZZ, { users: [guardian('x', { roles: ['teacher'] })] }));
    await host.run(merge(ZZ, { users: [guardian('x', { roles: ['teacher'] })], enrollments: [teaching('zz', 'x')] }));
    const plan = await host.undo(run);
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['enrollment-delete', 'user-delete']);
    const { enrollments } = await host.load();
    expect(enrollments.map(({ userSourcedId }) => userSourcedId).sort()).toEqual(['y', 'z']);
  });

  it('a member who was used since is removed by hand instead, and what is back already is not made twice', async () => {
    const host = await hostWith(ZZ);
    const run = await host.run(merge(ZZ, C1));
    const journal = await host.store.journal(SCOPE, run);
    const state = await host.load();
    const enrollments = state.enrollments.map((each) => (each.userSourcedId === 'a' ? { ...each, usedAt: NOW } : each));
    const plan = invert(journal, { ...state, enrollments }, { now: NOW });
    expect(plan.changes.find(({ kind }) => kind === 'enrollment-remove')).toMatchObject({
      after: { state: 'removed', by: 'user', removedAt: NOW },
      reason: { rule: 'UNDO' },
    });
    const undone = await host.undo(run);
    const again = await host.store.journal(SCOPE, 'run-3');
    expect(again).toHaveLength(undone.changes.length);
    const back = invert(again, state, { now: NOW });
    expect(back.changes).toEqual([]);
    expect(new Set(back.notes.map(({ code }) => code))).toEqual(new Set(['UNDO_CONFLICT']));
  });

  it('the fields of a record whose state has changed since are taken back without its state', async () => {
    const host = await hostWith(START);
    await host.run(WITHOUT_A);
    const journal = await host.store.journal(SCOPE, await host.run({ ...START, ...withRole('aide') }));
    const state = await host.load();
    const enrollments = state.enrollments.map((each) =>
      each.userSourcedId === 'a' ? { ...each, state: 'removed' as const, by: 'user' as const, removedAt: NOW } : each,
    );
    const plan = invert(journal, { ...state, enrollments }, { now: NOW });
    expect(changeLines(plan)).toEqual(['enrollment-update c1/a UNDO UNDONE']);
    expect(plan.changes[0]?.after).not.toHaveProperty('state');
    expect(noteLines(plan)).toEqual(['UNDO UNDO_CONFLICT c1/a']);
  });

  it('what was made and written again by one run is kept, as it was made', async () => {
    const host = await hostWith(ZZ);
    const made = await host.store.journal(SCOPE, await host.run(merge(ZZ, C1)));
    const renamed = { ...merge(ZZ, C1), classes: [section('zz'), section('c1', { name: 'Algebra' })] };
    const written = await host.store.journal(SCOPE, await host.run(renamed));
    const plan = invert([...made, ...written], await host.load(), { now: NOW });
    expect(plan.changes.filter(({ kind }) => kind.startsWith('class-'))).toMatchObject([
      { kind: 'class-update', after: { name: 'Class c1' } },
    ]);
    expect(noteLines(plan)).toEqual(['UNDO UNDO_KEPT c1']);
  });

  it('what was brought back and written again by one run goes back as one change, to what it was', async () => {
    const host = await hostWith(START);
    await host.run(WITHOUT_A);
    const before = await host.contents();
    const restored = await host.store.journal(SCOPE, await host.run(START));
    const written = await host.store.journal(SCOPE, await host.run({ ...START, ...withRole('aide') }));
    const plan = invert([...restored, ...written], await host.load(), { now: NOW });
    expect(changeLines(plan)).toEqual(['enrollment-remove c1/a UNDO UNDONE']);
    await host.apply(plan);
    expect(await host.contents()).toEqual(before);
  });

  it('what a journal tells twice of a creation is deleted once, and nothing else is said of it', async () => {
    const host = await hostWith(ZZ);
    const journal = await host.store.journal(SCOPE, await host.run(merge(ZZ, C1)));
    const state = await host.load();
    const plan = invert([...journal, ...journal], state, { now: NOW });
    expect(plan).toEqual(invert(journal, state, { now: NOW }));
    expect(plan.notes).toEqual([]);
  });

  it('what is gone already is a note', async () => {
    const host = await hostWith(START);
    const run = await host.run(WITHOUT_A);
    const journal = await host.store.journal(SCOPE, run);
    const state = await host.load();
    const enrollments = state.enrollments.filter(({ userSourcedId }) => userSourcedId !== 'a');
    const plan = invert(journal, { ...state, enrollments });
    expect(changeLines(plan)).toEqual([]);
    expect(noteLines(plan)).toEqual(['UNDO UNDO_GONE c1/a']);
  });

  it('it changes neither the journal nor the state that it is given', async () => {
    const host = await hostWith(START);
    const run = await host.run(WITHOUT_A);
    const journal = structuredClone(await host.store.journal(SCOPE, run));
    const state = await host.load();
    const plan = invert(journal, state, { now: NOW });
    expect(invert(deepFreeze(journal), deepFreeze(structuredClone(state)), { now: NOW })).toEqual(plan);
    expect(plan.changes).toHaveLength(1);
  });
});

describe('what was undone stays undone until the feed says something else', () => {
  it('another absence after a return counts again', async () => {
    const host = await hostWith(START);
    await host.undo(await host.run(WITHOUT_C1));
    expect(changeLines(await host.next(WITHOUT_C1))).toEqual([]);
    await host.run(START);
    expect((await host.load()).ledger.suppressions).toEqual([]);
    expect(changeLines(await host.next(WITHOUT_C1))).toEqual(['class-archive c1 K7 CLASS_ABSENT']);
  });

  it('and an undo forgets none of an earlier one', async () => {
    const host = await hostWith(START);
    await host.undo(await host.run(WITHOUT_A));
    await host.undo(await host.run(WITHOUT_C1));
    const { suppressions } = (await host.load()).ledger;
    expect(suppressions.map(({ kind }) => kind).sort()).toEqual(['class-archive', 'enrollment-remove']);
  });

  it('each for itself: one that came back does not free another', async () => {
    const gone = {
      ...WITHOUT_C1,
      enrollments: (WITHOUT_C1.enrollments ?? []).filter(({ userSourcedId }) => userSourcedId !== 'z'),
    };
    const host = await hostWith(START);
    await host.undo(await host.run(gone));
    expect((await host.load()).ledger.suppressions).toHaveLength(2);
    await host.run({
      ...START,
      enrollments: (START.enrollments ?? []).filter(({ userSourcedId }) => userSourcedId !== 'z'),
    });
    expect((await host.load()).ledger.suppressions).toMatchObject([{ kind: 'enrollment-remove' }]);
    expect(changeLines(await host.next(gone))).toEqual(['class-archive c1 K7 CLASS_ABSENT']);
  });

  it('another name is another rename', async () => {
    const renamed = (name: string) => ({ ...START, classes: [section('c1', { name }), section('zz')] });
    const host = await hostWith(START);
    await host.undo(await host.run(renamed('Algebra')));
    expect(changeLines(await host.next(renamed('Algebra')))).toEqual([]);
    expect(changeLines(await host.next(renamed('Geometry')))).toEqual(['class-update c1 K5 NAME_CHANGED']);
  });

  it('a time of modification says nothing', async () => {
    const renamed = (dateLastModified: string) => ({
      ...START,
      classes: [section('c1', { name: 'Algebra', dateLastModified }), section('zz')],
    });
    const host = await hostWith(START);
    await host.undo(await host.run(renamed('2026-09-01')));
    expect(changeLines(await host.next(renamed('2026-10-01')))).toEqual([]);
  });

  it('an undone creation keeps its name taken: no twin comes in its stead', async () => {
    const twin = merge(START, { classes: [section('c2', { name: 'Class c1' })] });
    const host = await hostWith(ZZ);
    await host.undo(await host.run(START));
    const plan = await host.next(twin);
    expect(plan.changes.filter(({ kind }) => kind === 'class-create')).toEqual([]);
    expect(noteLines(plan)).toContain('D1 DUPLICATE_NAME c2');
  });

  it('an undone archiving is not leaving: its name stays taken', async () => {
    const twin = merge(WITHOUT_C1, { classes: [section('c2', { name: 'Class c1' })] });
    const host = await hostWith(START);
    await host.undo(await host.run(WITHOUT_C1));
    const notes = ['D1 DUPLICATE_NAME c2', 'K12 MOVED_PROPOSED c1', 'UNDO SUPPRESSED c1'];
    expect(noteLines(await host.next(twin))).toEqual(notes);
  });

  it('an undo can be undone: then all is as after the run, and the feed has its way', async () => {
    const host = await hostWith(START);
    const run = await host.run(WITHOUT_A);
    const after = await host.contents();
    await host.undo(run);
    const plan = await host.undo('run-3');
    expect(changeLines(plan)).toEqual(['enrollment-remove c1/a UNDO UNDONE']);
    expect(await host.contents()).toEqual(after);
    expect((await host.load()).ledger.suppressions).toEqual([]);
    expect(changeLines(await host.next(START))).toEqual(['enrollment-restore c1/a M5 RETURNED']);
  });

  it('the undo of an undone creation creates the same records again', async () => {
    const host = await hostWith(ZZ);
    const run = await host.run(START);
    const after = await host.contents();
    await host.undo(run);
    const plan = await host.undo('run-3');
    expect(plan.counts.byKind).toEqual({ 'user-create': 3, 'class-create': 1, 'enrollment-add': 3 });
    expect(await host.contents()).toEqual(after);
    expect(changeLines(await host.next(START))).toEqual([]);
  });

  it('a discarded change is kept away likewise, by its record and what the feed says of it', async () => {
    const host = await hostWith(START);
    const held = await host.next(WITHOUT_A);
    const suppressions = held.changes.map(({ kind, subject, fingerprint }) => ({
      kind,
      subject,
      fingerprint,
      cause: 'discard' as const,
    }));
    await host.store.saveLedger(SCOPE, { ...(await host.load()).ledger, suppressions });
    expect(changeLines(await host.next(WITHOUT_A))).toEqual([]);
    await host.run(START);
    expect(changeLines(await host.next(WITHOUT_A))).toEqual(['enrollment-remove c1/a M3 MEMBER_ABSENT']);
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
