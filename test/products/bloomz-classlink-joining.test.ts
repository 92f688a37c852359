import { expect, test } from 'vitest';
import { Invitations } from 'rosterkit';
import { type District, type DistrictGuardian, type DistrictTeacher, withTeacher } from 'rosterkit/testing';
import { codeIn, letterTo } from './letters.js';
import { by, linkedSchool, scope } from './linked-school.js';

const DAY_MS = 24 * 60 * 60 * 1000;

function teacherOf(district: District, schoolId: string, position = 0): DistrictTeacher {
  const teachers = district.teachers.filter(
    ({ id, email, schoolIds }) =>
      email !== undefined &&
      schoolIds.length === 1 &&
      schoolIds[0] === schoolId &&
      district.classes.some(({ teacherIds }) => teacherIds.includes(id)),
  );
  const teacher = teachers[position];
  if (teacher === undefined) throw new Error('The district has no such teacher.');
  return teacher;
}

/** A parent of at least one child of the school, who has an e-mail address; with siblings, where there are any. */
function parentOf({ guardians, students }: District, schoolId: string): DistrictGuardian {
  const childrenHere = ({ students: links }: DistrictGuardian): number =>
    links.filter(({ studentId }) => students.find(({ id }) => id === studentId)?.schoolId === schoolId).length;
  const reachable = guardians.filter(({ email }) => email !== undefined);
  const [parent] = reachable.sort((left, right) => childrenHere(right) - childrenHere(left));
  if (parent === undefined) throw new Error('The district has no such parent.');
  return parent;
}

test('teachers and parents are invited from the principal, and the codes of their letters open what is theirs', async () => {
  const { district, schoolId, mailer, connections, id, invitations, idsOf, idOf } = await linkedSchool();
  expect(await connections.runNow(id, by)).toMatchObject({ outcome: 'applied' });

  // The teacher's letter says who invites, answers go there, and the code opens exactly their classes and school.
  const teacher = teacherOf(district, schoolId);
  const letter = letterTo(mailer, teacher.email);
  expect(letter).toMatchObject({ replyTo: 'pat.lee@school.example' });
  const schoolName = district.schools.find((school) => school.id === schoolId)?.name ?? '';
  expect(letter.text).toContain(`\nPat Lee, ${schoolName}\n`);
  const code = codeIn(letter);
  const taught = district.classes.filter(({ teacherIds }) => teacherIds.includes(teacher.id));
  expect(taught.length).toBeGreaterThan(0);
  expect(await invitations.accept(code, { caller: '192.0.2.1' })).toEqual({
    outcome: 'accepted',
    userId: await idOf(teacher.id),
    schools: [schoolId],
    classIds: await idsOf(
      'classes',
      taught.map((section) => section.id),
    ),
    studentIds: [],
  });
  expect(await invitations.accept(code, { caller: '192.0.2.1' })).toEqual({ outcome: 'invalid' });

  // Parents come in the second step. Theirs reaches the classes of their own children alone.
  expect(await connections.runNow(id, { steps: ['guardians'], ...by })).toMatchObject({ outcome: 'applied' });
  const parent = parentOf(district, schoolId);
  const children = parent.students.flatMap(({ studentId }) => {
    const child = district.students.find((student) => student.id === studentId);
    return child?.schoolId === schoolId ? [child.id] : [];
  });
  const attended = district.classes.filter(({ studentIds }) => children.some((child) => studentIds.includes(child)));
  expect(attended.length).toBeLessThan(district.classes.filter((section) => section.schoolId === schoolId).length);
  const joined = await invitations.accept(codeIn(letterTo(mailer, parent.email)).toLowerCase().replaceAll('-', ' '));
  expect(joined).toEqual({
    outcome: 'accepted',
    userId: await idOf(parent.id),
    schools: [schoolId],
    classIds: await idsOf(
      'classes',
      attended.map((section) => section.id),
    ),
    studentIds: await idsOf('users', children),
  });

  // Both have joined: nobody writes to them again.
  const sent = mailer.messages.length;
  expect(await connections.runNow(id, by)).toMatchObject({ outcome: 'applied', applied: 0, sent: 0 });
  expect(await invitations.resend(await idOf(teacher.id), by)).toEqual({ outcome: 'joined' });
  expect(mailer.messages).toHaveLength(sent);
});

test('a wrong, a used and an expired code open nothing, and who guesses waits, alone', async () => {
  const { district, schoolId, mailer, clock, connections, id, invitations, store, idOf } = await linkedSchool();
  await connections.runNow(id, by);
  const [one, two] = [teacherOf(district, schoolId), teacherOf(district, schoolId, 1)];
  const codes = [codeIn(letterTo(mailer, one.email)), codeIn(letterTo(mailer, two.email))] as const;

  // Codes of another key, and of no key, are as unknown as what was made up.
  for (const codeKey of [undefined, crypto.getRandomValues(new Uint8Array(32))]) {
    const others = new Invitations({ store, scope, clock, codeKey });
    expect(await others.accept(codes[0])).toEqual({ outcome: 'invalid' });
  }
  const guesser = { caller: '192.0.2.66' };
  for (let guess = 0; guess < 10; guess += 1) {
    expect(await invitations.accept('2222-2222-2222-2222', guesser)).toEqual({ outcome: 'invalid' });
  }
  expect(await invitations.accept(codes[0], guesser)).toMatchObject({ outcome: 'throttled' });
  expect(await invitations.accept(codes[0], { caller: '192.0.2.1' })).toMatchObject({ outcome: 'accepted' });

  clock.advance(31 * DAY_MS);
  expect(await invitations.accept(codes[1])).toEqual({ outcome: 'invalid' });
  expect(await invitations.lookUp(codes[1])).toMatchObject({ state: 'expired' });
  const { users } = await store.load(scope);
  const claimed = users.filter(({ claimed: hasJoined }) => hasJoined === true);
  expect(claimed.map((user) => user.id)).toEqual([await idOf(one.id)]);
});

test('a lost letter is sent once more, and a changed address gets a letter of its own; the earlier codes are dead', async () => {
  const { district, server, schoolId, mailer, lost, connections, id, invitations, idOf } = await linkedSchool();
  const [unlucky, moving] = [teacherOf(district, schoolId), teacherOf(district, schoolId, 1)];
  await connections.runNow(id, by);

  // Lost on the way: another code.
  const first = codeIn(letterTo(mailer, unlucky.email));
  expect(await invitations.resend(await idOf(unlucky.id), by)).toMatchObject({ outcome: 'invited' });
  const second = codeIn(letterTo(mailer, unlucky.email));
  expect(second).not.toBe(first);
  expect(await invitations.accept(first)).toEqual({ outcome: 'invalid' });
  expect(await invitations.accept(second)).toMatchObject({ outcome: 'accepted' });

  // Another address, before they joined. The first new one takes no mail, and the school sees that.
  const before = codeIn(letterTo(mailer, moving.email));
  const [wrong, right] = ['mistyped@school.example', 'new.address@school.example'];
  lost.add(wrong);
  server.setDistrict(withTeacher(district, { id: moving.id, email: wrong }));
  await connections.runNow(id, by);
  expect(await invitations.accept(before)).toEqual({ outcome: 'invalid' });
  const unreached = (await invitations.pending()).filter(({ problem }) => problem !== undefined);
  expect(unreached).toMatchObject([{ userId: await idOf(moving.id), problem: { reason: 'refused' } }]);
  server.setDistrict(withTeacher(district, { id: moving.id, email: right }));
  expect(await connections.runNow(id, by)).toMatchObject({ outcome: 'applied', sent: 1 });
  expect(letterTo(mailer, right)).toMatchObject({ replyTo: 'pat.lee@school.example' });
  expect(await invitations.accept(codeIn(letterTo(mailer, right)))).toMatchObject({
    outcome: 'accepted',
    userId: await idOf(moving.id),
  });
  expect(await invitations.pending()).not.toContainEqual(expect.objectContaining({ userId: await idOf(moving.id) }));
});
