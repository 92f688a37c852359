import { expect, onTestFinished, test } from 'vitest';
import { Connections, Directory } from 'rosterkit';
import { MemoryMailer, MemoryStore } from 'rosterkit/memory';
import { FixedClock, generateDistrict, simulateClassLink, withClass, withoutClass } from 'rosterkit/testing';
import { classLinkProvider } from './class-link-provider.js';

const scope = { tenant: 'district-1' };
const by = { by: 'admin-1' };

test('a school is linked by four details, looked at and imported; Full Data and Archive follow the data, a class revives, and administrators are told', async () => {
  const district = generateDistrict({ seed: 31, schools: 2, students: 160, clashingNames: 0 });
  const server = await simulateClassLink(district, { key: 'client-1', secret: 'secret-1' });
  onTestFinished(() => server.close());
  const store = new MemoryStore();
  const mailer = new MemoryMailer();
  const clock = new FixedClock('2026-09-15T12:00:00.000Z');
  const connections = new Connections({
    store,
    scope,
    mailer,
    clock,
    key: { id: 'test', key: crypto.getRandomValues(new Uint8Array(32)) },
    providers: { classlink: classLinkProvider(server.host) },
  });

  // Link an account, list the schools behind it, and link one of them.
  const credentials = { tenantId: '2222', clientId: 'client-1', secretKey: 'secret-1', serverUrl: server.url };
  const { id } = await connections.create({ provider: 'classlink', credentials, ...by });
  const schools = await connections.schools(id);
  expect(schools.map(({ sourcedId }) => sourcedId).sort()).toEqual(district.schools.map((school) => school.id).sort());
  const schoolId = district.classes[0]?.schoolId ?? '';
  await connections.linkSchool(id, schoolId, by);
  const schedule = { at: '02:30', timeZone: 'America/New_York' };
  const policy = {
    fullData: true,
    archive: true,
    notify: { roles: ['administrator'] },
    staff: { create: true },
    limits: { classes: 1 },
  };
  await connections.configure(id, { policy, schedule }, by);
  await connections.preflight(id, by);
  expect((await connections.preview(id, by)).counts.changes).toBeGreaterThan(0);
  await connections.enable(id, by);

  // Import now: the linked school alone.
  expect(await connections.runNow(id, by)).toMatchObject({ outcome: 'applied' });
  const imported = (await store.load(scope)).classes;
  const ours = district.classes.filter((section) => section.schoolId === schoolId);
  expect(imported.map(({ sourcedId }) => sourcedId).sort()).toEqual(ours.map((section) => section.id).sort());

  // Administrators of the school are told: they get no other mail.
  const admins = district.staff.filter(
    ({ role, schoolIds }) => role === 'school-administrator' && schoolIds.includes(schoolId),
  );
  const told = admins.flatMap(({ email }) => mailer.messages.filter(({ to }) => to.includes(email ?? '')));
  expect(told).toHaveLength(admins.length);

  // A class is absent from the data, and a student from another one.
  const [absent, present] = ours.filter(({ studentIds }) => studentIds.length > 3);
  const leaver = present?.studentIds.find((student) => !absent?.studentIds.includes(student)) ?? '';
  const others = present?.studentIds.filter((student) => student !== leaver) ?? [];
  const changed = withClass(district, { id: present?.id ?? '', studentIds: others });
  server.setDistrict(withoutClass(changed, absent?.id ?? ''));
  const classOf = async (sourcedId = '') =>
    (await store.load(scope)).classes.find((section) => section.sourcedId === sourcedId);
  const memberOf = async (sourcedId = '', person = '') =>
    (await store.load(scope)).enrollments.find(
      (member) => member.classSourcedId === sourcedId && member.userSourcedId === person,
    );
  expect(await connections.runNow(id, { policy: { fullData: false, archive: false }, ...by })).toMatchObject({
    outcome: 'applied',
  });
  expect(await classOf(absent?.id)).toMatchObject({ state: 'active' });
  expect(await memberOf(present?.id, leaver)).toMatchObject({ state: 'active' });
  expect(await connections.runNow(id, by)).toMatchObject({ outcome: 'applied' });
  expect(await classOf(absent?.id)).toMatchObject({ state: 'archived', by: 'sync' });
  expect(await memberOf(present?.id, leaver)).toMatchObject({ state: 'removed', by: 'sync' });

  // It can be revived by hand, and revives by itself when it is back.
  await new Directory({ store, scope }).reviveClass({ sourcedId: absent?.id ?? '' }, by);
  expect(await connections.runNow(id, by)).toMatchObject({ outcome: 'applied', applied: 0 });
  expect(await classOf(absent?.id)).toMatchObject({ state: 'active' });
  server.setDistrict(district);
  expect(await connections.runNow(id, by)).toMatchObject({ outcome: 'applied' });
  expect(await memberOf(present?.id, leaver)).toMatchObject({ state: 'active' });
  expect(await connections.runNow(id, by)).toMatchObject({ outcome: 'applied', applied: 0, sent: 0 });
});
