import { expect, onTestFinished, test } from 'vitest';
import {
  assertMayImport,
  CleverClient,
  type CleverPerson,
  CleverSignIn,
  cleverSource,
  Connections,
  Directory,
  Invitations,
  NotAllowedError,
  type PolicyInput,
} from 'rosterkit';
import { MemoryMailer, MemoryStore } from 'rosterkit/memory';
import {
  type District,
  FixedClock,
  generateDistrict,
  type SimulatedClever,
  simulateClever,
  withClass,
} from 'rosterkit/testing';

const scope = { tenant: 'district-1' };
const by = { by: 'principal-1' };
const redirectUri = 'https://app.example/clever/callback';

/** A district in which one school has a name three times, and another one twice. */
function districtWithTwins(): District {
  let district = generateDistrict({ seed: 23, schools: 2, students: 160, clashingNames: 0 });
  const schoolId = district.classes[0]?.schoolId;
  const [first, second, third, fourth, fifth] = district.classes.filter((section) => section.schoolId === schoolId);
  for (const twin of [second, third]) district = withClass(district, { id: twin?.id ?? '', name: first?.name ?? '' });
  return withClass(district, { id: fifth?.id ?? '', name: fourth?.name ?? '' });
}

/** Signs somebody in with Clever, there and back. */
async function signIn(clever: SimulatedClever, userId: string): Promise<CleverPerson> {
  clever.signInAs(userId);
  const cleverSignIn = new CleverSignIn({
    clientId: 'client-1',
    clientSecret: 'secret-1',
    redirectUri,
    baseUrl: clever.url,
    allowInsecureHosts: [clever.host],
  });
  const start = cleverSignIn.begin();
  const answer = await fetch(start.url, { redirect: 'manual' });
  const back = await cleverSignIn.callback(new URL(answer.headers.get('location') ?? ''), start);
  if (back.outcome !== 'signed-in') throw new Error('Clever sent them back.');
  return back.person;
}

test('a school administrator signs in, looks, imports in two steps, and renames until every section is in', async () => {
  const district = districtWithTwins();
  const clever = await simulateClever(district, { token: 'district-token', redirectUris: [redirectUri] });
  onTestFinished(() => clever.close());
  const store = new MemoryStore();
  const mailer = new MemoryMailer();
  const clock = new FixedClock();
  const connections = new Connections({
    store,
    scope,
    mailer,
    clock,
    key: { id: 'test', key: crypto.getRandomValues(new Uint8Array(32)) },
    providers: {
      clever: ({ token }) =>
        cleverSource(
          new CleverClient({ token: String(token), baseUrl: clever.url, allowInsecureHosts: [clever.host] }),
        ),
    },
  });

  // Only administrators may import, and one of a school imports their own schools.
  const teacher = await signIn(clever, district.teachers[0]?.id ?? '');
  expect(() => assertMayImport(teacher, { district: district.id })).toThrow(NotAllowedError);
  const schoolId = district.classes[0]?.schoolId ?? '';
  const admin = district.staff.find(
    ({ role, schoolIds }) => role === 'school-administrator' && schoolIds.includes(schoolId),
  );
  const right = assertMayImport(await signIn(clever, admin?.id ?? ''), { district: district.id });
  expect(right).toMatchObject({ as: 'school_admin', schools: [schoolId] });

  // The account is linked and looked at before anything is imported.
  const { id } = await connections.create({ provider: 'clever', credentials: { token: 'district-token' }, ...by });
  expect((await connections.schools(id)).map(({ sourcedId }) => sourcedId)).toContain(schoolId);
  await connections.linkSchool(id, right.schools, by);
  const policy: PolicyInput = {
    classes: { options: { behaviorManagement: true, studentPortfolios: true, parentCommunication: true } },
    guardians: { contactTypes: ['Primary', 'Secondary'] },
  };
  await connections.configure(id, { policy, steps: ['classes', 'teachers', 'students'] }, by);
  expect(await connections.preflight(id, by)).toMatchObject({
    state: expect.stringMatching('ready|warning') as string,
  });
  const preview = await connections.preview(id, by);
  const twins = preview.notes.filter(({ code }) => code === 'DUPLICATE_NAME');
  expect(twins.length).toBeGreaterThanOrEqual(2);
  expect((await store.load(scope)).classes).toEqual([]);
  await connections.enable(id, by);

  // Classes, teachers and students: the first section of each name.
  const sections = district.classes.filter((section) => section.schoolId === schoolId && section.studentIds.length > 0);
  const first = await connections.runNow(id, by);
  expect(first).toMatchObject({ outcome: 'applied', by: 'principal-1' });
  const names = new Set(sections.map(({ name }) => name));
  expect(first.counts.byKind['class-create']).toBe(names.size);
  const imported = (await store.load(scope)).classes;
  for (const { options } of imported) {
    expect(options).toEqual({ behaviorManagement: true, studentPortfolios: true, parentCommunication: true });
  }

  // Renaming the imported one and importing again brings in the next, until all are in.
  const directory = new Directory({ store, scope });
  let renames = 0;
  for (let plan = await connections.preview(id); ; plan = await connections.preview(id)) {
    const clashes = plan.notes.filter(({ code }) => code === 'DUPLICATE_NAME');
    if (clashes.length === 0) break;
    for (const sourcedId of new Set(clashes.map(({ evidence }) => String(evidence?.['takenBy'])))) {
      renames += 1;
      await directory.renameClass({ sourcedId }, `Ours ${String(renames)}`, by);
    }
    expect(await connections.runNow(id, by)).toMatchObject({ outcome: 'applied' });
  }
  expect(renames).toBe(3);
  const all = (await store.load(scope)).classes;
  expect(all.map(({ sourcedId }) => sourcedId).sort()).toEqual(sections.map(({ id: section }) => section).sort());
  expect(all.filter(({ name }) => name.startsWith('Ours'))).toHaveLength(renames);

  // Parents, in a step of their own: the chosen contact types alone, each invited once with a code.
  const beforeParents = mailer.messages.length;
  const parents = await connections.runNow(id, { steps: ['guardians'], ...by });
  expect(parents).toMatchObject({ outcome: 'applied' });
  const { users, guardianLinks } = await store.load(scope);
  expect(guardianLinks.length).toBeGreaterThan(0);
  expect(new Set(guardianLinks.map(({ contactType }) => contactType))).not.toContain('Emergency');
  const guardians = users.filter(({ roles }) => roles.includes('guardian'));
  const reachable = guardians.flatMap(({ email }) => email ?? []);
  const letters = mailer.messages.slice(beforeParents);
  expect(letters.flatMap(({ to }) => to).sort()).toEqual(reachable.sort());
  for (const { text } of letters) expect(text).toMatch(/\b[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}\b/);
  const pending = await new Invitations({ store, scope, clock }).pending();
  expect(pending.length).toBeGreaterThan(reachable.length);

  // Importing once more finds nothing to do, and writes to nobody.
  const again = await connections.runNow(id, { steps: ['classes', 'teachers', 'students', 'guardians'], ...by });
  expect(again).toMatchObject({ outcome: 'applied', applied: 0, sent: 0 });
});
