import { expect, onTestFinished, test } from 'vitest';
import { CleverClient, cleverSource, Connections, Invitations } from 'rosterkit';
import { MemoryMailer, MemoryStore } from 'rosterkit/memory';
import {
  type CleverSimulationOptions,
  type District,
  type DistrictOptions,
  FixedClock,
  generateDistrict,
  simulateClever,
} from 'rosterkit/testing';
import { codeIn, join, letterTo } from './letters.js';

const scope = { tenant: 'district-1' };
const by = { by: 'principal-1' };
/** What a district shares that keeps contacts to itself. */
const withoutContacts = ['read:district_admins', 'read:districts', 'read:school_admins', 'read:schools'].concat(
  ...['read:sections', 'read:students', 'read:teachers', 'read:user_id'],
);

/** All schools of a district that is connected by Clever and enabled; nothing is imported yet. */
async function connected(shape: DistrictOptions, sharing: CleverSimulationOptions = {}) {
  const district = generateDistrict({ schools: 2, students: 120, clashingNames: 0, ...shape });
  const clever = await simulateClever(district, { token: 'district-token', ...sharing });
  onTestFinished(() => clever.close());
  const clock = new FixedClock();
  const store = new MemoryStore({ clock });
  const mailer = new MemoryMailer();
  const writing = { codeKey: crypto.getRandomValues(new Uint8Array(32)), join };
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
    sync: writing,
  });
  const invitations = new Invitations({ store, scope, mailer, clock, ...writing });
  const { id } = await connections.create({ provider: 'clever', credentials: { token: 'district-token' }, ...by });
  await connections.linkSchool(id, 'all', by);
  await connections.preflight(id, by);
  await connections.preview(id, by);
  await connections.enable(id, by);

  /** The host's ids of these records of the district, sorted. */
  async function idsOf(collection: 'classes' | 'users', sourcedIds: readonly string[]): Promise<readonly string[]> {
    const { classes, users } = await store.load(scope);
    const found = (collection === 'classes' ? classes : users).filter(({ sourcedId }) =>
      sourcedIds.includes(sourcedId ?? ''),
    );
    expect(found).toHaveLength(sourcedIds.length);
    return found.map((record) => record.id).sort();
  }
  return { district, clever, clock, store, mailer, writing, connections, invitations, id, idsOf };
}

/** The classes of these students, by the district's own ids. */
function classesOf({ classes }: District, ...students: readonly string[]): readonly string[] {
  return classes.flatMap(({ id, studentIds }) => (students.some((each) => studentIds.includes(each)) ? [id] : []));
}

test('where no contacts are shared, parents sign up with family codes, and reach their own children’s classes', async () => {
  const { district, store, mailer, connections, invitations, clock, id, idsOf } = await connected(
    { seed: 51, guardians: false },
    { scopes: withoutContacts },
  );
  const sync = await connections.sync(id);
  const { first, second } = await sync.runInSteps(by);
  expect([first.outcome, second.outcome]).toEqual(['applied', 'applied']);
  expect((await store.load(scope)).guardianLinks).toEqual([]);

  // Two codes go home with a child, one of a sibling of another school.
  const here = district.students[0];
  const elsewhere = district.students.find(({ schoolId }) => schoolId !== here?.schoolId);
  const [child, sibling] = [here?.id ?? '', elsewhere?.id ?? ''];
  const [childId = ''] = await idsOf('users', [child]);
  const [siblingId = ''] = await idsOf('users', [sibling]);
  const mothers = await invitations.familyCode(childId, by);
  const fathers = await invitations.familyCode(childId, by);
  const siblings = await invitations.familyCode(siblingId, by);

  // A new parent reaches the classes of that child alone; the code is good once, and is no invitation.
  const caller = { caller: '192.0.2.1' };
  const mother = { givenName: 'Ana', familyName: 'Diaz', email: 'ana@home.example', relationship: 'Mother' };
  expect(await invitations.accept(mothers.code, caller)).toEqual({ outcome: 'invalid' });
  const joined = await invitations.redeemFamilyCode(mothers.code, mother, caller);
  expect(joined).toEqual({
    outcome: 'accepted',
    userId: expect.any(String) as string,
    schools: [here?.schoolId],
    classIds: await idsOf('classes', classesOf(district, child)),
    studentIds: [childId],
  });
  const stranger = { givenName: 'Eve', familyName: 'Moe' };
  expect(await invitations.redeemFamilyCode(mothers.code, stranger, caller)).toEqual({ outcome: 'invalid' });

  // Signed in, she adds the sibling. An expired code adds nobody.
  const motherId = 'userId' in joined ? joined.userId : '';
  expect(await invitations.redeemFamilyCode(siblings.code, { userId: motherId }, caller)).toEqual({
    outcome: 'accepted',
    userId: motherId,
    schools: [here?.schoolId, elsewhere?.schoolId].sort(),
    classIds: await idsOf('classes', classesOf(district, child, sibling)),
    studentIds: [childId, siblingId].sort(),
  });
  clock.advance(31 * 24 * 60 * 60 * 1000);
  expect(await invitations.redeemFamilyCode(fathers.code, stranger, caller)).toEqual({ outcome: 'invalid' });

  // No sync takes her away, not even with Full Data, and none writes to her.
  const sent = mailer.messages.length;
  const policy = { fullData: true, archive: true };
  for (const steps of [undefined, ['guardians'] as const]) {
    expect(await sync.run({ policy, steps, ...by })).toMatchObject({ outcome: 'applied', applied: 0 });
  }
  const links = (await store.load(scope)).guardianLinks.filter(({ state }) => state === 'active');
  expect(links.map(({ guardianId }) => guardianId)).toEqual([motherId, motherId]);
  expect(mailer.messages).toHaveLength(sent);
});

test('where the school is asked, a family code opens nothing until somebody of the school agrees', async () => {
  const { district, store, clock, writing, connections, id, idsOf } = await connected(
    { seed: 52, guardians: false },
    { scopes: withoutContacts },
  );
  await connections.runNow(id, by);
  const invitations = new Invitations({ store, scope, clock, approval: true, ...writing });
  const child = district.students[0]?.id ?? '';
  const [childId = ''] = await idsOf('users', [child]);
  const openLinks = async () => (await store.load(scope)).guardianLinks.filter(({ state }) => state === 'active');

  const [first, second] = [await invitations.familyCode(childId, by), await invitations.familyCode(childId, by)];
  const asked = await invitations.redeemFamilyCode(first.code, { givenName: 'Ana', familyName: 'Diaz' });
  const refused = await invitations.redeemFamilyCode(second.code, { givenName: 'Eve', familyName: 'Moe' });
  expect([asked.outcome, refused.outcome]).toEqual(['requested', 'requested']);
  expect(await openLinks()).toEqual([]);
  const requests = await invitations.familyRequests();
  expect(requests).toHaveLength(2);
  const requestOf = (result: typeof asked): string =>
    requests.find(({ userId }) => 'userId' in result && userId === result.userId)?.id ?? '';
  await invitations.approveFamily(requestOf(asked), by);
  await invitations.declineFamily(requestOf(refused), by);
  const motherId = 'userId' in asked ? asked.userId : '';
  expect(await openLinks()).toMatchObject([{ guardianId: motherId, studentId: childId }]);
  expect(await invitations.familyRequests()).toEqual([]);

  // Who was refused does not come in with the same code; who was let in has used theirs.
  for (const { code } of [first, second]) {
    const again = await invitations.redeemFamilyCode(code, { givenName: 'Eve', familyName: 'Moe' });
    expect(again).toEqual({ outcome: 'invalid' });
  }
});

test('parents come only after their children: the second step waits for a first one that finished', async () => {
  const { district, clever, store, mailer, connections, invitations, id, idsOf } = await connected({ seed: 53 });
  const unfinished = { outcome: 'held', applied: 0, failures: [{ code: 'STEP_ONE_UNFINISHED' }] };
  expect(await connections.runNow(id, { steps: ['guardians'], ...by })).toMatchObject(unfinished);

  // The list of sections breaks off, twice: nothing is believed, and no parent is let in.
  const sync = await connections.sync(id);
  clever.fail({ path: '/sections', endEarly: true, times: 2 });
  const broken = await sync.runInSteps(by);
  expect(broken.first).toMatchObject({ outcome: 'failed', applied: 0 });
  expect(broken.second).toMatchObject(unfinished);
  expect((await store.load(scope)).guardianLinks).toEqual([]);

  const whole = await sync.runInSteps(by);
  expect(whole.first).toMatchObject({ outcome: 'applied', steps: ['classes', 'teachers', 'students'] });
  expect(whole.second).toMatchObject({ outcome: 'applied', steps: ['guardians'] });

  // A parent joins with the code of the letter.
  const parent = district.guardians.find(({ email, students }) => email !== undefined && students.length > 1);
  const children = parent?.students.map(({ studentId }) => studentId) ?? [];
  expect(await invitations.accept(codeIn(letterTo(mailer, parent?.email)))).toMatchObject({
    outcome: 'accepted',
    classIds: await idsOf('classes', classesOf(district, ...children)),
    studentIds: await idsOf('users', children),
  });
});
