/** Row P13 over several runs: what a hold, an undo and a person's word make of guardians' places in classes. */

import { describe, expect, it } from 'vitest';
import type { GuardianLink, Plan } from '../../src/model/index.js';
import { Directory } from '../../src/people/index.js';
import { enrolled, guardian, SCOPE, student } from '../support/build.js';
import { Host } from '../support/host.js';
import { changeLines, classWith, holdLines, merge, noteLines, OPEN, people, type ClassWith } from '../support/rows.js';

const ALL = ['classes', 'teachers', 'students', 'guardians'] as const;
const G = guardian('g', { mobile: '+15550001111' });
const TO_A: GuardianLink = { guardianSourcedId: 'g', studentSourcedId: 'a' };
const TO_B: GuardianLink = { guardianSourcedId: 'g', studentSourcedId: 'b' };
/** A student of the host's other class. */
const TO_ZS: GuardianLink = { guardianSourcedId: 'g', studentSourcedId: 'zs' };
const FORBIDDEN: GuardianLink = { ...TO_A, blocked: true };
const ON = { steps: ALL, fullData: true, archive: true, guardians: { enroll: true } } as const;

const feed = (guardianLinks: readonly GuardianLink[], fields: ClassWith = {}) => ({
  ...merge(classWith('c1', { students: ['a', 'b'], ...fields }), people(G)),
  guardianLinks,
});
const dueIn = (plan: Plan) => plan.changes.filter(({ heldBy }) => heldBy.length === 0);

function idOf(list: readonly { readonly id: string; readonly sourcedId?: string }[], sourcedId: string): string {
  return list.find((each) => each.sourcedId === sourcedId)?.id ?? '';
}

async function placeOf(host: Host): Promise<string | undefined> {
  const { enrollments } = await host.load();
  return enrollments.find(({ role }) => role === 'guardian')?.state;
}

describe('P13 over several runs', () => {
  it('an undo of the first import takes each place back for itself, before its class goes', async () => {
    const host = new Host(ON);
    await host.run(feed([TO_A]));
    const undone = await host.undo();
    const places = undone.changes.filter(({ kind }) => kind === 'enrollment-delete');
    expect(places.map(({ reason }) => reason.evidence?.['change'])).toEqual(places.map(() => 'enrollment-add'));
    expect((await host.load()).enrollments).toEqual([]);
  });

  it('an undo takes a place back with its link, and both stay away', async () => {
    const host = new Host(ON);
    await host.run(feed([]));
    await host.run(feed([TO_A]));
    expect(await placeOf(host)).toBe('active');
    await host.undo();
    expect(await placeOf(host)).toBeUndefined();
    expect((await host.run(feed([TO_A]))).changes).toEqual([]);
  });

  it('an undo brings back neither contact that the district forbade nor the place that ended with it', async () => {
    const host = new Host(ON);
    await host.run(feed([TO_A]));
    await host.run(feed([FORBIDDEN]));
    expect(await placeOf(host)).toBe('removed');
    const undone = await host.undo();
    expect(undone.notes.map(({ code, noun }) => `${code} ${noun ?? ''}`).sort()).toEqual([
      'UNDO_KEPT enrollment',
      'UNDO_KEPT guardian',
    ]);
    expect(await placeOf(host)).toBe('removed');
    expect((await host.run(feed([FORBIDDEN]))).changes).toEqual([]);
    await host.run(feed([TO_A]));
    expect(await placeOf(host)).toBe('active');
  });

  it('contact forbidden after the removal of a place was undone ends it all the same', async () => {
    const host = new Host(ON);
    await host.run(feed([TO_A]));
    await host.run(feed([]));
    expect(await placeOf(host)).toBe('removed');
    await host.undo();
    expect(await placeOf(host)).toBe('active');
    await host.run(feed([FORBIDDEN]));
    expect(await placeOf(host)).toBe('removed');
  });

  it('a place that ended with forbidden contact comes back by another link when the roster has that link again', async () => {
    const host = new Host(ON);
    await host.run(feed([TO_A, TO_B]));
    await host.run(feed([FORBIDDEN]));
    expect(await placeOf(host)).toBe('removed');
    await host.undo();
    expect((await host.load()).guardianLinks.map(({ state }) => state)).toEqual(['active', 'active']);
    const same = await host.run(feed([FORBIDDEN]));
    expect(changeLines(same)).toEqual([]);
    expect(noteLines(same)).toEqual(['UNDO SUPPRESSED c1/g', 'UNDO SUPPRESSED g/b']);
    expect(changeLines(await host.run(feed([FORBIDDEN, TO_B])))).toEqual(['enrollment-restore c1/g P13 RETURNED']);
  });

  it('an undo ends a place whose last link it takes where contact with another student is forbidden', async () => {
    const host = new Host(ON);
    await host.run(feed([TO_A]));
    await host.run(feed([FORBIDDEN, TO_B]));
    expect(await placeOf(host)).toBe('active');
    expect(changeLines(await host.undo())).toEqual([
      'guardian-delete g/b UNDO UNDONE',
      'enrollment-remove c1/g P13 CONTACT_FORBIDDEN',
    ]);
    expect((await host.run(feed([FORBIDDEN, TO_B]))).changes).toEqual([]);
  });

  it('and so does one that takes the student’s place by which the link gave it', async () => {
    const host = new Host(ON);
    const joined = { students: ['a', 'b', 'zs'] };
    await host.run(feed([TO_A, TO_ZS]));
    expect(changeLines(await host.run(feed([TO_A, TO_ZS], joined)))).toEqual(['enrollment-add c1/zs M1 ENROLLED']);
    const run = host.lastRun;
    await host.run(feed([FORBIDDEN, TO_ZS], joined));
    expect(changeLines(await host.undo(run))).toEqual([
      'enrollment-delete c1/zs UNDO UNDONE',
      'enrollment-remove c1/g P13 CONTACT_FORBIDDEN',
    ]);
    expect((await host.run(feed([FORBIDDEN, TO_ZS], joined))).changes).toEqual([]);
  });

  it('but not in a class that a person has untied from the roster since: it is people’s own', async () => {
    const host = new Host({ ...ON, linkExisting: 'propose' });
    host.store.seed(SCOPE, { classes: [{ id: 'own', name: 'Class c1', schoolSourcedId: 's1' }] });
    const proposed = await host.run(feed([TO_A], { name: 'Class c1' }));
    await host.decide(proposed, 'accepted');
    await host.run(feed([TO_A], { name: 'Class c1' }));
    await host.run(feed([FORBIDDEN, TO_B], { name: 'Class c1' }));
    const directory = new Directory({ store: host.store, scope: SCOPE });
    await directory.unlink('own', { by: 'admin-1' });
    expect(changeLines(await host.undo())).toEqual(['guardian-delete g/b UNDO UNDONE']);
    expect(await placeOf(host)).toBe('active');
  });

  it('nor of a guardian whom a person has untied since', async () => {
    const host = new Host({ ...ON, linkExisting: 'propose' });
    host.store.seed(SCOPE, {
      users: [
        { id: 'own', roles: ['guardian'], givenName: G.givenName, familyName: G.familyName, email: 'g@home.example' },
      ],
    });
    await host.decide(await host.run(feed([TO_A])), 'accepted');
    await host.run(feed([TO_A]));
    await host.run(feed([FORBIDDEN, TO_B]));
    const directory = new Directory({ store: host.store, scope: SCOPE });
    await directory.unlinkUser('own', { by: 'admin-1' });
    const undone = await host.undo();
    expect(undone.changes.map(({ kind }) => kind)).toEqual(['guardian-delete']);
    expect(await placeOf(host)).toBe('active');
  });

  it('the undo of such an undo leaves the place to the roster', async () => {
    const host = new Host(ON);
    await host.run(feed([TO_A]));
    await host.run(feed([FORBIDDEN, TO_B]));
    await host.undo();
    await host.undo();
    expect(await placeOf(host)).toBe('removed');
    expect(changeLines(await host.run(feed([FORBIDDEN, TO_B])))).toEqual(['enrollment-restore c1/g P13 RETURNED']);
  });

  it('an undo brings back no place where contact has been forbidden since', async () => {
    const host = new Host(ON);
    await host.run(feed([TO_A]));
    await host.run(feed([]));
    const dropped = host.lastRun;
    await host.run(feed([FORBIDDEN]));
    const undone = await host.undo(dropped);
    expect(noteLines(undone)).toContain('UNDO UNDO_KEPT c1/g');
    expect(await placeOf(host)).toBe('removed');
  });

  it('the undo of an undo brings a place back with the link that gives it', async () => {
    const host = new Host(ON);
    await host.run(feed([TO_A]));
    await host.run(feed([FORBIDDEN]));
    await host.run(feed([FORBIDDEN, TO_B]));
    expect(changeLines(await host.undo())).toEqual([
      'guardian-delete g/b UNDO UNDONE',
      'enrollment-remove c1/g UNDO UNDONE',
    ]);
    expect(await placeOf(host)).toBe('removed');
    await host.undo();
    expect(await placeOf(host)).toBe('active');
  });

  it('where nothing is forbidden, an undo takes no more than what the run gave', async () => {
    const host = new Host(ON);
    await host.run(feed([TO_A]));
    await host.run(feed([TO_A, TO_B]));
    const run = host.lastRun;
    await host.run(feed([TO_B]));
    expect(changeLines(await host.undo(run))).toEqual(['guardian-delete g/b UNDO UNDONE']);
    expect(changeLines(await host.run(feed([TO_B])))).toEqual(['enrollment-remove c1/g P13 GUARDIAN_WITHOUT_STUDENT']);
  });

  it.each(['add', 'remove'] as const)(
    'what people %s of a guardian’s place stands, whatever an undo takes',
    async (act) => {
      const host = new Host(ON);
      await host.run(feed([TO_ZS, FORBIDDEN]));
      const { classes, users } = await host.load();
      const directory = new Directory({ store: host.store, scope: SCOPE });
      const [c1, g] = [idOf(classes, 'c1'), idOf(users, 'g')];
      if (act === 'add') await directory.addMember(c1, g, { role: 'guardian', by: 'teacher-1' });
      await host.run(feed([TO_ZS, TO_B, FORBIDDEN]));
      if (act === 'remove') await directory.removeMember(c1, g, { by: 'teacher-1' });
      const before = (await host.load()).enrollments.find(({ classId, userId }) => classId === c1 && userId === g);
      await host.undo();
      const after = (await host.load()).enrollments.find(({ id }) => id === before?.id);
      expect([after?.state, after?.by]).toEqual([before?.state, before?.by]);
    },
  );

  it('nor does an undo end the place of a teacher who is also a guardian', async () => {
    const host = new Host(ON);
    const toA: GuardianLink = { guardianSourcedId: 't', studentSourcedId: 'a', blocked: true };
    await host.run(feed([toA]));
    await host.run(feed([toA, { ...TO_B, guardianSourcedId: 't' }]));
    expect(changeLines(await host.undo())).toEqual(['guardian-delete t/b UNDO UNDONE']);
  });

  it.each([true, false])('an undo leaves a guardian whom the district itself enrolled (enroll: %s)', async (enroll) => {
    const host = new Host({ ...ON, guardians: { enroll } });
    const other: GuardianLink = { guardianSourcedId: 'g', studentSourcedId: enroll ? 'zs' : 'b' };
    const own = (links: readonly GuardianLink[]) => {
      const roster = feed(links);
      return { ...roster, enrollments: [...(roster.enrollments ?? []), enrolled('c1', 'g', { role: 'guardian' })] };
    };
    await host.run(own([FORBIDDEN]));
    await host.run(own([FORBIDDEN, other]));
    expect(changeLines(await host.undo())).toContain(`guardian-delete g/${other.studentSourcedId} UNDO UNDONE`);
    const { enrollments } = await host.load();
    expect(enrollments.filter(({ role }) => role === 'guardian').map(({ state }) => state)).toEqual(['active']);
  });

  it('nothing new follows from a student whom an undo keeps in the class', async () => {
    const host = new Host(ON);
    const withoutA = (links: readonly GuardianLink[]) => ({
      ...merge(feed(links, { students: ['b'] }), people(student('a'))),
      guardianLinks: links,
    });
    await host.run(feed([]));
    await host.run(withoutA([]));
    await host.undo();
    const kept = await host.run(withoutA([TO_A]));
    expect(changeLines(kept)).toEqual(['user-create g P1 NEW_PERSON', 'guardian-link g/a P1 NEW_GUARDIAN_LINK']);
    expect(changeLines(await host.run(feed([TO_A])))).toEqual(['enrollment-add c1/g P13 GUARDIAN_ENROLLED']);
  });

  it('what waits for a person goes on waiting in an import without guardians, and is let go by one of guardians', async () => {
    const host = new Host({ ...ON, limits: { ...OPEN, guardianLinks: 0, floor: 0 } });
    await host.run(feed([TO_A]));
    expect(holdLines(await host.run(feed([])))).toEqual(['G6:guardianLinks LIMIT_EXCEEDED 2']);
    await host.run(feed([]), { steps: ['classes', 'teachers', 'students'] });
    const waiting = (await host.load()).ledger.holds.flatMap(({ changes }) => changes);
    expect(waiting.map(({ kind }) => kind).sort()).toEqual(['enrollment-remove', 'guardian-unlink']);
    await host.run(feed([TO_A]), { steps: ['guardians'] });
    expect((await host.load()).ledger.holds).toEqual([]);
    expect(await placeOf(host)).toBe('active');
  });

  it('in two imports a place goes in the second, after the student’s', async () => {
    const host = new Host(ON);
    await host.run(feed([TO_A]));
    const first = await host.run(feed([TO_A], { students: ['b'] }), { steps: ['classes', 'teachers', 'students'] });
    expect(changeLines(first)).toEqual(['enrollment-remove c1/a U7 MEMBER_ABSENT']);
    expect(changeLines(await host.run(feed([TO_A], { students: ['b'] }), { steps: ['guardians'] }))).toEqual([
      'enrollment-remove c1/g P13 GUARDIAN_WITHOUT_STUDENT',
    ]);
  });

  it('a class that a person has said to be the district’s has its guardians with its first plan', async () => {
    const host = new Host({ ...ON, linkExisting: 'propose' });
    host.store.seed(SCOPE, {
      classes: [{ id: 'own', name: 'Class c1', schoolSourcedId: 's1' }],
    });
    const own = feed([TO_A], { name: 'Class c1' });
    const proposed = await host.run(own);
    await host.decide(proposed, 'accepted');
    const plan = await host.run(own);
    expect(changeLines(plan)).toEqual(
      expect.arrayContaining(['class-rekey c1 K19 LINKED_CLASS', 'enrollment-add c1/g P13 GUARDIAN_ENROLLED']),
    );
    expect(dueIn(await host.run(own))).toEqual([]);
  });
});
