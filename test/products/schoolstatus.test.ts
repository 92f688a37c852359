import { expect, onTestFinished, test } from 'vitest';
import {
  Access,
  ClassLinkProxy,
  classlinkSource,
  Connections,
  Directory,
  guardiansCsvSource,
  Invitations,
  NotAllowedError,
  permissionSets,
  type PolicyInput,
  type RunReport,
  Scheduler,
} from 'rosterkit';
import { MemoryMailer, MemoryStore, MemoryTextSender } from 'rosterkit/memory';
import {
  type District,
  FixedClock,
  generateDistrict,
  simulateClassLink,
  withClass,
  withGuardian,
  withoutClass,
} from 'rosterkit/testing';

const scope = { tenant: 'district-1' };
const by = { by: 'admin-1' };
const policy = {
  steps: ['classes', 'teachers', 'students', 'guardians'],
  fullData: true,
  archive: true,
  limits: { classes: 1, enrollments: 1 },
} satisfies PolicyInput;

/** The product, connected with a district by two numbers. Nothing is chosen or imported yet. */
async function connected(district: District, guardiansCsv = '') {
  const server = await simulateClassLink(district, { proxy: { otherDistricts: 3, tenantId: 2222 } });
  onTestFinished(() => server.close());
  const clock = new FixedClock('2026-09-15T12:00:00.000Z');
  const store = new MemoryStore({ clock });
  const mailer = new MemoryMailer();
  const textSender = new MemoryTextSender();
  // The people of the product, before any roster: one may set up syncs.
  store.seed(scope, {
    users: [
      {
        id: 'admin-1',
        givenName: 'Ada',
        familyName: 'Min',
        roles: ['administrator'],
        permissions: ['Rostering Administrator'],
        claimed: true,
      },
    ],
  });
  const access = new Access({
    store,
    scope,
    permissionSets: { ...permissionSets, 'Own Engagement': { permissions: { 'engagement:view': 'participant' } } },
  });
  const proxy = new ClassLinkProxy({
    apiKey: 'test-partner-key',
    baseUrl: server.url,
    allowInsecureHosts: [server.host],
  });
  const connections = new Connections({
    store,
    scope,
    mailer,
    clock,
    sync: { textSender, access },
    key: { id: 'test', key: crypto.getRandomValues(new Uint8Array(32)) },
    providers: {
      classlink: async ({ tenantId, applicationId }) =>
        classlinkSource(await proxy.clientOf(String(tenantId), { applicationId: String(applicationId) })),
      guardiansCsv: () => guardiansCsvSource(new TextEncoder().encode(guardiansCsv)),
    },
  });
  const credentials = { tenantId: '2222', applicationId: String(server.application.application_id) };
  const { id } = await connections.create({ provider: 'classlink', credentials, ...by });
  const people = async () => (await store.load(scope)).users;
  const person = async (sourcedId: string) => (await people()).find((user) => user.sourcedId === sourcedId);
  const look = async () => {
    await connections.preflight(id, by);
    return await connections.preview(id, by);
  };
  return { server, clock, store, mailer, textSender, access, connections, id, people, person, look };
}

/** A small district of one school, with a guardian for each way to be reached. */
function districtOfPhones() {
  const base = generateDistrict({ seed: 61, schools: 1, students: 60, clashingNames: 0, guardians: false });
  const [first, second] = base.students;
  const students = [{ studentId: first?.id ?? '', relationship: 'Parent', contactType: 'Primary' }] as const;
  const others = [{ studentId: second?.id ?? '', relationship: 'Parent', contactType: 'Primary' }] as const;
  const ways = [
    { familyName: 'Mobile', mobile: '(303) 555-0101', students },
    { familyName: 'Home', homePhone: '(303) 555-0102', students },
    { familyName: 'Mail', email: 'mail@family.example', homePhone: '(303) 555-0103', students: others },
    { familyName: 'Both', email: 'both@family.example', mobile: '(303) 555-0104', students: others },
  ];
  let district = base;
  for (const way of ways) district = withGuardian(district, way);
  const idOf = (name: string) => district.guardians.find(({ familyName }) => familyName === name)?.id ?? '';
  return { district, idOf, studentId: first?.id ?? '', otherId: second?.id ?? '' };
}

test('everything is set up and looked at before it is enabled; mobiles open accounts, home phones do not; staff get their permissions', async () => {
  const { district, idOf, studentId, otherId } = districtOfPhones();
  const world = await connected(district);
  const { server, store, mailer, textSender, access, connections, id, people, person } = world;
  const schoolId = district.schools[0]?.id ?? '';
  expect((await connections.schools(id)).map(({ sourcedId }) => sourcedId)).toEqual([schoolId]);

  // Step by step; enabling says what is missing, and until then nothing is imported.
  await expect(connections.enable(id, by)).rejects.toMatchObject({ parameter: 'schools' });
  await connections.linkSchool(id, 'all', by);
  const permissions = {
    teacher: ['Family Access', 'Own Engagement'],
    administrator: ['Users Manager', 'Nobody Knows'],
  };
  await connections.configure(id, { policy: { ...policy, access: { permissions } } }, by);
  await expect(world.look()).rejects.toMatchObject({ parameter: 'policy.access.permissions.administrator' });
  const administrator = [
    'Permissions Admin',
    'School-Wide Communications',
    'Content Moderator',
    'Users Manager',
    'Engagement Visibility',
  ];
  const settled = { ...policy, staff: { create: true }, access: { permissions: { ...permissions, administrator } } };
  await connections.configure(id, { policy: settled }, by);
  await expect(connections.enable(id, by)).rejects.toMatchObject({ parameter: 'preview' });
  const plan = await world.look();
  expect(plan.counts.byKind).toMatchObject({ 'class-create': district.classes.length, 'guardian-link': 3 });
  expect(plan.counts.notesByCode).toMatchObject({ NO_CONTACT: 1 });
  expect(await connections.get(id)).toMatchObject({ state: 'previewed' });
  expect(await people()).toHaveLength(1);
  expect([...mailer.messages, ...textSender.messages]).toEqual([]);
  await connections.enable(id, by);
  expect(await connections.runNow(id, by)).toMatchObject({ outcome: 'applied' });

  // A mobile opens an account and gets a text. A home phone does neither: alone, it makes nobody a user.
  expect(await person(idOf('Mobile'))).toMatchObject({ mobile: '(303) 555-0101', roles: ['guardian'] });
  expect(await person(idOf('Home'))).toBeUndefined();
  expect(await person(idOf('Mail'))).toMatchObject({ homePhone: '(303) 555-0103' });
  expect(textSender.messages.flatMap(({ to }) => to)).toEqual(['(303) 555-0101']);
  const letters = mailer.messages.flatMap(({ to }) => to);
  expect(letters).toEqual(expect.arrayContaining(['mail@family.example', 'both@family.example']));
  const [code = ''] = /\b[2-9A-Z]{4}(-[2-9A-Z]{4}){5}\b/.exec(textSender.messages[0]?.text ?? '') ?? [];
  const invitations = new Invitations({ store, scope, mailer, textSender, clock: world.clock });
  const mobileUser = await person(idOf('Mobile'));
  expect(await invitations.accept(code)).toMatchObject({ outcome: 'accepted', userId: mobileUser?.id });
  expect(await person(idOf('Mobile'))).toMatchObject({ claimed: true });

  // What synced staff may do: of their own school, of their own conversations, or nothing.
  const hostId = async (sourcedId = '') => (await person(sourcedId))?.id ?? '';
  const principal = await hostId(district.staff.find(({ role }) => role === 'school-administrator')?.id);
  const section = district.classes.find(({ studentIds }) => studentIds.includes(studentId));
  const teacher = await hostId(section?.teacherIds[0]);
  const student = await hostId(studentId);
  const stranger = district.students.find(
    ({ id: one }) =>
      !district.classes.some(
        ({ teacherIds, studentIds }) => teacherIds.includes(section?.teacherIds[0] ?? '') && studentIds.includes(one),
      ),
  );
  expect(await access.can(teacher, 'families:message', { student })).toBe(true);
  expect(await access.can(teacher, 'families:message', { student: await hostId(stranger?.id) })).toBe(false);
  expect(await access.can(principal, 'announcements:send', { school: schoolId })).toBe(true);
  expect(await access.can(principal, 'users:edit', { person: teacher })).toBe(true);
  expect(await access.can(principal, 'content:remove', { school: schoolId })).toBe(true);
  expect(await access.can(principal, 'permissions:assign')).toBe(true);
  const talk = { student, participants: [teacher, mobileUser?.id ?? ''] };
  const others = { student: await hostId(otherId), participants: [principal] };
  expect(await access.can(principal, 'engagement:view', talk)).toBe(true);
  expect(await access.can(principal, 'engagement:view', others)).toBe(true);
  expect(await access.can(teacher, 'engagement:view', talk)).toBe(true);
  expect(await access.can(teacher, 'engagement:view', others)).toBe(false);
  await expect(connections.preview(id, { by: principal })).rejects.toThrow(NotAllowedError);
  await expect(connections.runNow(id, { by: principal })).rejects.toThrow(NotAllowedError);
  await new Directory({ store, scope }).editUser(principal, { permissions: ['Rostering Administrator'] }, by);
  expect(await connections.runNow(id, { by: principal })).toMatchObject({ outcome: 'applied', applied: 0 });
  expect(await access.can(principal, 'engagement:view', talk)).toBe(false);
  expect(server.received.every(({ path }) => path.startsWith('/applications') || path.includes('%2F'))).toBe(true);
});

test('classes that reappear come back, and contact details follow for all or for those who never signed in', async () => {
  const { district, idOf } = districtOfPhones();
  const { server, store, textSender, connections, id, person, look } = await connected(district);
  const directory = new Directory({ store, scope });
  await connections.linkSchool(id, 'all', by);
  await connections.configure(id, { policy }, by);
  await look();
  await connections.enable(id, by);
  expect(await connections.runNow(id, by)).toMatchObject({ outcome: 'applied' });

  // One class is gone from the data, another one was archived by a person; both are in it again.
  const [gone = '', closed = ''] = district.classes.map((section) => section.id);
  const stateOf = async (sourcedId: string) =>
    (await store.load(scope)).classes.find((section) => section.sourcedId === sourcedId)?.state;
  await directory.archiveClass({ sourcedId: closed }, by);
  server.setDistrict(withoutClass(district, gone));
  await connections.runNow(id, by);
  expect([await stateOf(gone), await stateOf(closed)]).toEqual(['archived', 'archived']);
  server.setDistrict(district);
  await connections.runNow(id, { policy: { unarchive: 'off' }, ...by });
  expect(await stateOf(gone)).toBe('archived');
  await connections.runNow(id, by);
  expect([await stateOf(gone), await stateOf(closed)]).toEqual(['active', 'archived']);
  await connections.runNow(id, { policy: { unarchive: 'always' }, ...by });
  expect(await stateOf(closed)).toBe('active');

  // One guardian signed in, the other never did: the roster has other numbers of both.
  const [active, invitee] = [idOf('Both'), idOf('Mobile')];
  await directory.claim({ sourcedId: active }, by);
  const moved = withGuardian(district, { id: active, mobile: '(303) 555-0111' });
  server.setDistrict(withGuardian(moved, { id: invitee, mobile: '(303) 555-0112' }));
  const texts = textSender.messages.length;
  await connections.runNow(id, by);
  expect(await person(active)).toMatchObject({ mobile: '(303) 555-0104' });
  expect(await person(invitee)).toMatchObject({ mobile: '(303) 555-0112' });
  expect(textSender.messages.slice(texts).flatMap(({ to }) => to)).toEqual(['(303) 555-0112']);
  await connections.runNow(id, { policy: { contactUpdates: 'all' }, ...by });
  expect(await person(active)).toMatchObject({ mobile: '(303) 555-0111' });
});

test('guardians come from guardians.csv where the roster has none, and a switch to it doubles nobody', async () => {
  const { district, idOf } = districtOfPhones();
  const [student] = district.students;
  const header = 'studentSourcedId,sourcedId,First Name,Last Name,email,SMS Number,Home Phone,relationship,contactType';
  const rows = district.guardians.map(
    ({ id, givenName, familyName, email = '', mobile = '', homePhone = '', students }) =>
      [students[0]?.studentId, id, givenName, familyName, email, mobile, homePhone, 'Parent', 'Primary'].join(','),
  );
  const more = `${student?.id ?? ''},G-9,Nia,New,,(303) 555-0199,,Parent,Primary`;
  const csv = [header, ...rows, more, ''].join('\r\n');

  // A district whose roster has none: all of them are in the file.
  const without = await connected({ ...district, guardians: [] }, csv);
  await without.connections.linkSchool(without.id, 'all', by);
  await without.connections.configure(without.id, { policy, guardians: { provider: 'guardiansCsv' } }, by);
  expect((await without.look()).counts.byKind).toMatchObject({ 'guardian-link': 4 });
  await without.connections.enable(without.id, by);
  expect(await without.connections.runNow(without.id, by)).toMatchObject({ outcome: 'applied' });
  expect(await without.person(idOf('Home'))).toBeUndefined();
  expect(await without.person(idOf('Mail'))).toMatchObject({ homePhone: '(303) 555-0103' });
  expect(await without.person('G-9')).toMatchObject({ familyName: 'New', mobile: '(303) 555-0199' });
  const texted = without.textSender.messages.flatMap(({ to }) => to);
  expect(texted.sort()).toEqual(['(303) 555-0101', '(303) 555-0199']);

  // A district whose roster has them: the switch asks for a new look, and brings who is new.
  const { connections, id, people, look, textSender } = await connected(district, csv);
  await connections.linkSchool(id, 'all', by);
  await connections.configure(id, { policy }, by);
  await look();
  await connections.enable(id, by);
  await connections.runNow(id, by);
  await connections.configure(id, { guardians: { provider: 'guardiansCsv' } }, by);
  expect(await connections.get(id)).toMatchObject({ state: 'checked' });
  const before = (await people()).length;
  const { byKind } = (await look()).counts;
  expect([byKind['user-create'], byKind['guardian-link'], byKind['guardian-unlink']]).toEqual([1, 1, undefined]);
  await connections.enable(id, by);
  // The file tells contact types, which the roster did not: a person is asked whether that is meant.
  const switched = await connections.runNow(id, by);
  expect(switched).toMatchObject({ outcome: 'held', holds: [{ gate: 'G4', changes: [] }] });
  expect((await people()).length).toBe(before + 1);
  const sync = await connections.sync(id);
  expect(textSender.messages.at(-1)?.to).not.toContain('(303) 555-0199');
  for (const hold of switched.holds) await sync.approve(hold.id, { hash: hold.hash, ...by });
  expect(textSender.messages.at(-1)?.to).toEqual(['(303) 555-0199']);
  expect(await connections.runNow(id, by)).toMatchObject({ outcome: 'applied', applied: 0, sent: 0 });
});

test('the daily sync is switched on, off and on again', async () => {
  const { district } = districtOfPhones();
  const { server, clock, connections, id, look } = await connected(district);
  await connections.linkSchool(id, 'all', by);
  await connections.configure(id, { policy, schedule: { at: '02:30', timeZone: 'America/New_York' } }, by);
  await look();
  const runAt = async (at: string) => {
    clock.set(at);
    const due = await connections.takeDue();
    return (await due?.run())?.outcome;
  };
  // Not before it is enabled, and then at half past two, once.
  expect(await runAt('2026-09-16T06:30:00.000Z')).toBeUndefined();
  await connections.enable(id, by);
  expect(await connections.status(id)).toMatchObject({ nextRunAt: '2026-09-17T06:30:00.000Z' });
  expect(await runAt('2026-09-17T06:29:59.000Z')).toBeUndefined();
  expect(await runAt('2026-09-17T06:30:00.000Z')).toBe('applied');
  expect(await runAt('2026-09-17T07:00:00.000Z')).toBeUndefined();

  // Off: by a pause, or without a schedule. Importing by hand goes on.
  await connections.pause(id, by);
  expect(await runAt('2026-09-18T06:30:00.000Z')).toBeUndefined();
  await connections.resume(id, by);
  await connections.configure(id, { schedule: null }, by);
  expect(await runAt('2026-09-19T06:30:00.000Z')).toBeUndefined();
  expect(await connections.runNow(id, by)).toMatchObject({ outcome: 'applied', applied: 0 });

  // On: a scheduler does it by itself.
  await connections.configure(id, { schedule: { at: '02:30', timeZone: 'America/New_York' } }, by);
  const [section] = district.classes;
  server.setDistrict(withClass(district, { id: section?.id ?? '', name: 'Another name' }));
  clock.set('2026-09-20T06:30:00.000Z');
  const report = await new Promise<RunReport>((resolve, reject) => {
    const scheduler = new Scheduler({ connections, pollMs: 20, onRun: resolve, onError: reject });
    onTestFinished(() => scheduler.stop());
    scheduler.start();
  });
  expect(report).toMatchObject({ outcome: 'applied', counts: { byKind: { 'class-update': 1 } } });
});
