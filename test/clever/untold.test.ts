/** A field that is not sent says nothing: nobody leaves a class because its members were withheld. */

import { expect, it, onTestFinished } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { cleverSource } from '../../src/clever/index.js';
import { foldDelta, reconcile } from '../../src/engine/index.js';
import { defaultPolicy } from '../../src/model/index.js';
import { RosterSync } from '../../src/sync/index.js';
import { evolve, generateDistrict, simulateClever } from '../../src/testing/index.js';
import { clientOf, smallDistrict, startDistrict } from './district.js';

const scope = { tenant: 'district-1' };
const policy = { fullData: true, archive: true } as const;
const [section] = smallDistrict.sections ?? [];

/** The plan for the small district, imported before, when its only section is sent like this. */
async function planWith(changed: Readonly<Record<string, unknown>>, users = smallDistrict.users) {
  let sections = smallDistrict.sections;
  let people = smallDistrict.users;
  const server = await startDistrict({}, ({ path }) => {
    const records = { ...smallDistrict, sections, users: people };
    const list = records[path.replace('/v3.0/', '') as keyof typeof records];
    if (list === undefined) return { status: 404, body: { message: 'Resource not found' } };
    return { body: { data: list.map((data) => ({ data })), links: [] } };
  });
  const store = new MemoryStore();
  const source = cleverSource(clientOf(server));
  const steps = ['classes', 'teachers', 'students', 'guardians'] as const;
  const sync = new RosterSync({ source, store, scope, policy, steps: [...steps] });
  await sync.run();
  sections = [{ ...section, ...changed }];
  people = users;
  return await sync.plan();
}

/** The people of the small district, and one more contact; the first one is sent like this. */
function withContacts(contact: Readonly<Record<string, unknown>>) {
  const people = (smallDistrict.users ?? []).map((user) =>
    user['id'] === 'user-6' ? { ...user, roles: { contact } } : user,
  );
  const student_relationships = [{ student: 'user-1', relationship: 'Parent' }];
  return [
    ...people,
    { id: 'user-7', roles: { contact: { phone: '5550101', phone_type: 'Cell', student_relationships } } },
  ];
}

it.each([
  ['students are absent', { students: undefined }],
  ['students are null', { students: null }],
  ['students are an empty text', { students: '' }],
  ['teachers are absent', { teachers: undefined }],
  ['neither teacher nor teachers are there', { teacher: undefined, teachers: undefined }],
])('where %s, nobody leaves the class', async (_, changed) => {
  const plan = await planWith(changed);
  expect(plan.counts.destructive).toBe(0);
  expect(plan.counts.notesByCode['ROWS_REJECTED']).toBe(1);
});

it('a section that says that it has one student less has one student less', async () => {
  const plan = await planWith({ students: ['user-1'] });
  expect(plan.counts.byKind['enrollment-remove']).toBe(1);
});

it('a section whose teacher is in an unknown shape is not used, and its class stays', async () => {
  const plan = await planWith({ teacher: { id: 'user-3' }, teachers: ['user-4'] });
  expect(plan.counts.destructive).toBe(0);
  // It was the only one, so that the list as a whole is worth nothing.
  expect(plan.outcome).toBe('failed');
});

it('a contact whose students are not told keeps them, and one who has none is unlinked', async () => {
  const untold = await planWith({}, withContacts({ phone: '555-0100', phone_type: 'Cell' }));
  expect(untold.counts.byKind['guardian-unlink']).toBeUndefined();
  const told = await planWith({}, withContacts({ phone: '555-0100', phone_type: 'Cell', student_relationships: [] }));
  expect(told.counts.byKind['guardian-unlink']).toBe(2);
});

it('members that were withheld are kept too where only the changes are read, until they are told again', async () => {
  const district = generateDistrict({ seed: 5, schools: 2, students: 40 });
  const clever = await simulateClever(district, { token: 'token-1' });
  onTestFinished(() => clever.close());
  const source = cleverSource(clientOf({ baseUrl: clever.url }), {
    clock: { now: () => new Date('2026-09-01T12:00:00Z') },
    settleMs: 0,
  });
  const store = new MemoryStore();
  await new RosterSync({ source, store, scope, policy }).run();
  const before = await source.read(scope);

  clever.withhold(['sections.students', 'sections.teachers']);
  const delta = await source.readSince(before.cursor ?? '', scope);
  expect(delta.kind === 'changes' && delta.withdrawn).toContain('sections.students');
  const withheld = foldDelta(before, delta);
  const local = await store.load(scope);
  const now = '2026-09-01T12:00:00Z';
  const plan = reconcile({ roster: withheld, local, policy: { ...defaultPolicy, ...policy }, now });
  expect(plan.counts.destructive).toBe(0);

  clever.withhold([]);
  clever.setDistrict(evolve(district, { moves: 2 }));
  const again = foldDelta(withheld, await source.readSince(withheld.cursor ?? '', scope));
  expect(again.rejected).toEqual([]);
  expect(again.enrollments).toEqual((await source.read(scope)).enrollments);
});
