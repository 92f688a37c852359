import { expect, onTestFinished, test } from 'vitest';
import { type ClassLinkPerson, ClassLinkSignIn, Connections, Directory, type PolicyInput } from 'rosterkit';
import { findPerson } from 'rosterkit/classlink';
import { MemoryMailer, MemoryStore } from 'rosterkit/memory';
import {
  type District,
  FixedClock,
  generateDistrict,
  type SimulatedClassLink,
  simulateClassLink,
  withClass,
  withTeacher,
} from 'rosterkit/testing';
import { classLinkProvider } from './class-link-provider.js';

const scope = { tenant: 'district-1' };
const by = { by: 'admin-1' };
const redirectUri = 'https://app.example/classlink/callback';

/** The product, with a school of a district linked and enabled. */
async function linked(district: District, policy: PolicyInput) {
  const server = await simulateClassLink(district, { key: 'client-1', secret: 'secret-1' });
  onTestFinished(() => server.close());
  const store = new MemoryStore({ roles: ['Teacher', 'Console Manager'], sites: ['Main Campus'] });
  const mailer = new MemoryMailer();
  const connections = new Connections({
    store,
    scope,
    mailer,
    clock: new FixedClock('2026-09-15T12:00:00.000Z'),
    key: { id: 'test', key: crypto.getRandomValues(new Uint8Array(32)) },
    providers: { classlink: classLinkProvider(server.host) },
  });
  const credentials = { tenantId: '2222', clientId: 'client-1', secretKey: 'secret-1', serverUrl: server.url };
  const { id } = await connections.create({ provider: 'classlink', credentials, ...by });
  await connections.linkSchool(id, schoolOf(district), by);
  await connections.configure(id, { policy }, by);
  await connections.preflight(id, by);
  await connections.preview(id, by);
  await connections.enable(id, by);
  return { server, store, mailer, connections, id };
}

function schoolOf(district: District): string {
  return district.classes[0]?.schoolId ?? '';
}

/** The classes of the linked school. */
function sectionsOf(district: District) {
  return district.classes.filter(({ schoolId }) => schoolId === schoolOf(district));
}

/** Teachers who alone have a class of the linked school with students. */
function loneTeachers(district: District): readonly string[] {
  const shared = new Set(sectionsOf(district).flatMap(({ teacherIds }) => (teacherIds.length > 1 ? teacherIds : [])));
  return [...new Set(sectionsOf(district).flatMap(({ teacherIds }) => teacherIds))].filter((id) => !shared.has(id));
}

/** Signs somebody in with ClassLink, there and back. */
async function signIn(server: SimulatedClassLink, sourcedId: string): Promise<ClassLinkPerson> {
  server.signInAs(sourcedId);
  const classlink = new ClassLinkSignIn({
    clientId: 'client-1',
    clientSecret: 'secret-1',
    redirectUri,
    baseUrl: server.url,
    allowInsecureHosts: [server.host],
  });
  const start = classlink.begin({ tenantId: '2222' });
  const answer = await fetch(start.url, { redirect: 'manual' });
  const back = await classlink.callback(new URL(answer.headers.get('location') ?? ''), start);
  if (back.outcome !== 'signed-in') throw new Error('ClassLink sent them back.');
  return back.person;
}

test('users are created automatically: teachers alone, who have a class with students, by their e-mail address', async () => {
  const base = generateDistrict({ seed: 41, schools: 2, students: 120, clashingNames: 0 });
  const [nameless = '', emptied = ''] = loneTeachers(base);
  let district = withTeacher(base, { id: nameless, email: undefined });
  for (const { id, teacherIds } of sectionsOf(base)) {
    if (teacherIds.includes(emptied)) district = withClass(district, { id, studentIds: [] });
  }
  const { server, store, connections, id } = await linked(district, {
    students: { create: false },
    teachers: { create: 'populated', username: 'email' },
    access: { defaultRole: 'Teacher' },
  });
  const run = await connections.runNow(id, by);
  expect(run).toMatchObject({ outcome: 'applied' });

  const teaching = new Set(
    sectionsOf(district).flatMap(({ teacherIds, studentIds }) => (studentIds.length > 0 ? teacherIds : [])),
  );
  const expected = district.teachers.filter((teacher) => teaching.has(teacher.id) && teacher.id !== nameless);
  const { users } = await store.load(scope);
  expect(users.map(({ sourcedId }) => sourcedId).sort()).toEqual(expected.map((teacher) => teacher.id).sort());
  const emails = new Map(expected.map((teacher) => [teacher.id, teacher.email]));
  for (const user of users) {
    expect(user).toMatchObject({ roles: ['teacher'], role: 'Teacher', username: emails.get(user.sourcedId ?? '') });
  }
  // Who is left out is told.
  expect(run.counts.notesByCode).toMatchObject({ TEACHER_CLASS_EMPTY: expect.any(Number) as number });

  // A class with students makes one more of them a user by itself; nobody had to be imported.
  server.setDistrict(base);
  expect(await connections.runNow(id, by)).toMatchObject({
    outcome: 'applied',
    counts: { byKind: { 'user-create': 2 } },
  });
  const joined = (await store.load(scope)).users.map(({ sourcedId }) => sourcedId);
  expect(joined).toEqual(expect.arrayContaining([nameless, emptied]));
});

test('teachers are imported by hand, one and all; their groups sync by themselves, and on demand; they sign in', async () => {
  const base = generateDistrict({ seed: 43, schools: 2, students: 120, clashingNames: 0 });
  const [ann = '', ben = '', nameless = ''] = loneTeachers(base);
  const district = withTeacher(base, { id: nameless, email: undefined });
  const { server, store, connections, id } = await linked(district, {
    fullData: true,
    archive: true,
    teachers: { create: 'never', username: 'email' },
    classes: { include: { teachers: 'imported' } },
  });
  const sync = await connections.sync(id);
  const emailOf = (sourcedId: string) => district.teachers.find((teacher) => teacher.id === sourcedId)?.email ?? '';
  const groupsOf = async (sourcedId: string) => {
    const { classes, enrollments } = await store.load(scope);
    const active = new Set(classes.flatMap((each) => (each.state === 'active' ? [each.sourcedId] : [])));
    const members = enrollments.filter((each) => each.state === 'active' && active.has(each.classSourcedId));
    const theirs = members.filter((each) => each.userSourcedId === sourcedId).map((each) => each.classSourcedId);
    const pupilsOf = (group = '') =>
      members.flatMap(({ classSourcedId, role, userSourcedId = '' }) =>
        classSourcedId === group && role === 'student' ? [userSourcedId] : [],
      );
    return Object.fromEntries(theirs.map((group = '') => [group, pupilsOf(group).sort()]));
  };
  const shared = (from: District, sourcedId: string) =>
    Object.fromEntries(
      from.classes
        .filter(({ teacherIds, studentIds }) => teacherIds.includes(sourcedId) && studentIds.length > 0)
        .map((section) => [section.id, [...section.studentIds].sort()]),
    );

  // Nobody comes by themselves: the school alone.
  expect((await sync.run(by)).counts.byKind).toEqual({ 'school-create': 1 });

  // The list of whom to import, of the linked school alone, and who cannot be.
  const candidates = await sync.candidates(by);
  const staff = district.teachers.filter(({ schoolIds }) => schoolIds.includes(schoolOf(district)));
  expect(candidates.map(({ sourcedId }) => sourcedId).sort()).toEqual(staff.map((teacher) => teacher.id).sort());
  const problems = new Map(candidates.map(({ sourcedId, problem }) => [sourcedId, problem]));
  expect(problems.get(ann)).toBeUndefined();
  expect(problems.get(nameless)).toBe('NO_USERNAME');
  const idle = candidates.filter(({ problem }) => problem === 'TEACHER_CLASS_EMPTY');
  expect(idle.length).toBeGreaterThan(0);

  // One, with a role and a site; what is wrong with a teacher, a role or a site is told, and imports nobody.
  await expect(sync.importUsers([ann], { role: 'Boss', ...by })).rejects.toMatchObject({ parameter: 'role' });
  await expect(sync.importUsers([ann], { site: 'Moon', ...by })).rejects.toMatchObject({ parameter: 'site' });
  const refused = await sync.importUsers([nameless], { role: 'Teacher', site: 'Main Campus', ...by });
  expect(refused.people).toEqual([{ sourcedId: nameless, outcome: 'not-valid', code: 'NO_USERNAME' }]);
  expect((await store.load(scope)).users).toEqual([]);
  const one = await sync.importUsers([ann], { role: 'Console Manager', site: 'Main Campus', ...by });
  expect(one).toMatchObject({
    people: [{ sourcedId: ann, outcome: 'imported' }],
    run: { type: 'import', by: 'admin-1' },
  });
  const { users } = await store.load(scope);
  expect(users.filter(({ roles }) => roles.includes('teacher'))).toMatchObject([
    { sourcedId: ann, username: emailOf(ann), role: 'Console Manager', site: 'Main Campus' },
  ]);
  expect(await groupsOf(ann)).toEqual(shared(district, ann));

  // All the others, with an overview of every import and every failure.
  const all = await sync.importUsers('all', { role: 'Teacher', ...by });
  const invalid = idle.length + 1;
  expect(all.counts).toEqual({
    imported: candidates.length - invalid - 1,
    'already-there': 1,
    'not-valid': invalid,
    held: 0,
    failed: 0,
  });
  expect(all.people.find(({ sourcedId }) => sourcedId === nameless)).toMatchObject({ code: 'NO_USERNAME' });
  expect(await groupsOf(ben)).toEqual(shared(district, ben));

  // The groups of both change: on demand those of one user alone, and with the next run by themselves.
  let changed = district;
  for (const teacher of [ann, ben]) {
    const section = sectionsOf(district).find(({ teacherIds }) => teacherIds.includes(teacher));
    changed = withClass(changed, { id: section?.id ?? '', studentIds: section?.studentIds.slice(1) ?? [] });
  }
  server.setDistrict(changed);
  expect(await sync.resyncUser(emailOf(ann), by)).toMatchObject({ type: 'resync', outcome: 'applied' });
  expect(await groupsOf(ann)).toEqual(shared(changed, ann));
  expect(await groupsOf(ben)).toEqual(shared(district, ben));
  expect(await connections.runNow(id, by)).toMatchObject({ outcome: 'applied' });
  expect(await groupsOf(ben)).toEqual(shared(changed, ben));
  const pupils = sectionsOf(changed)[0]?.studentIds ?? [];
  const added = withClass(changed, {
    schoolId: schoolOf(changed),
    name: 'Club',
    teacherIds: [ben],
    studentIds: pupils,
  });
  server.setDistrict(added);
  expect(await connections.runNow(id, by)).toMatchObject({ counts: { byKind: { 'class-create': 1 } } });
  expect(await groupsOf(ben)).toEqual(shared(added, ben));

  // Single sign-on: by tenant and sourcedId, and only who was imported.
  const known = async (person: ClassLinkPerson) => {
    const active = (await store.load(scope)).users.flatMap(({ state, sourcedId }) =>
      state === 'active' && sourcedId !== undefined ? [{ sourcedId }] : [],
    );
    return findPerson(person, { tenantId: '2222', users: active });
  };
  expect(await known(await signIn(server, nameless))).toBeUndefined();
  expect(await known(await signIn(server, ann))).toEqual({ sourcedId: ann });
  await new Directory({ store, scope }).claim({ sourcedId: ann }, by);

  const statistics = await sync.statistics(by);
  const teachers = candidates.length - invalid;
  const { classes } = await store.load(scope);
  expect(statistics).toMatchObject({
    classes: { active: classes.length, archived: 0 },
    people: { byRole: { teacher: { people: teachers, joined: 1 } }, deactivated: 0 },
    members: { removed: 2 },
    bySchool: { [schoolOf(district)]: { activeClasses: classes.length } },
  });
  expect((await sync.runs()).filter(({ type }) => type === 'import')).toHaveLength(3);
});
