/** Row P13 over several runs: what a hold, an undo and a person's word make of guardians' places in classes. */

import { describe, expect, it } from 'vitest';
import type { GuardianLink, Plan } from '../../src/model/index.js';
import { guardian, SCOPE } from '../support/build.js';
import { Host } from '../support/host.js';
import { changeLines, classWith, holdLines, merge, OPEN, people, type ClassWith } from '../support/rows.js';

const ALL = ['classes', 'teachers', 'students', 'guardians'] as const;
const G = guardian('g', { mobile: '+15550001111' });
const TO_A: GuardianLink = { guardianSourcedId: 'g', studentSourcedId: 'a' };
const FORBIDDEN: GuardianLink = { ...TO_A, blocked: true };
const ON = { steps: ALL, fullData: true, archive: true, guardians: { enroll: true } } as const;

const feed = (guardianLinks: readonly GuardianLink[], fields: ClassWith = {}) => ({
  ...merge(classWith('c1', { students: ['a', 'b'], ...fields }), people(G)),
  guardianLinks,
});
const dueIn = (plan: Plan) => plan.changes.filter(({ heldBy }) => heldBy.length === 0);

async function placeOf(host: Host): Promise<string | undefined> {
  const { enrollments } = await host.load();
  return enrollments.find(({ role }) => role === 'guardian')?.state;
}

describe('P13 over several runs', () => {
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
