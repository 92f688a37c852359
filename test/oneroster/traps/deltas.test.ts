import { definePolicy, foldDelta, MemoryMailer, MemoryStore, type Plan, type Roster, RosterSync } from 'rosterkit';
import { type OneRosterSource, oneRosterSource } from 'rosterkit/oneroster';
import { describe, expect, test } from 'vitest';
import { LivingDistrict } from '../support/living-district.js';
import { clientOf, scope } from '../support/roster.js';
import { type Answered, type Asked, serve } from '../support/server.js';

const DAY_MS = 86_400_000;

interface Connected {
  readonly district: LivingDistrict;
  readonly source: OneRosterSource;
}

/** A district where U1 and U2 are in C1, with P1 as their teacher, and U1 has a guardian, `G`. */
async function connect(answer?: (asked: Asked) => Answered | undefined): Promise<Connected> {
  const district = new LivingDistrict(true);
  district.now -= 2 * DAY_MS;
  district.enroll('C1', 'P1', 'teacher');
  district.put('users', 'A1', { givenName: 'Aide', familyName: 'Example', role: 'aide', agents: [] });
  district.put('users', 'G', {
    givenName: 'Guardian',
    familyName: 'Example',
    role: 'guardian',
    email: 'g@example.org',
    agents: [],
  });
  district.put('users', 'U1', { agents: [{ sourcedId: 'G' }] });
  district.now += 2 * DAY_MS;
  const server = await serve({}, (asked) => answer?.(asked) ?? district.answer(asked));
  const source = oneRosterSource(clientOf(server, { pageSize: 300, retries: 0 }), {
    clock: district.clock,
    wholeReadEveryDays: 1000,
  });
  return { district, source };
}

/** The roster of two days later, by what changed since. */
async function later({ district, source }: Connected, before: Roster, happen: () => void): Promise<Roster> {
  district.now += 2 * DAY_MS;
  happen();
  district.now += 3_600_000;
  const delta = await source.readSince(before.cursor ?? '', scope);
  expect(delta.kind).toBe('changes');
  return foldDelta(before, delta);
}

/** Imports all rosters but the last with full data, and plans that one. */
async function planAfter(...rosters: readonly Roster[]): Promise<Plan> {
  let at = 0;
  const sync = new RosterSync({
    source: {
      provider: 'oneroster',
      read: () => Promise.resolve(rosters[at] as Roster),
      schools: () => Promise.resolve([]),
    },
    store: new MemoryStore(),
    mailer: new MemoryMailer(),
    scope,
    policy: definePolicy({ fullData: true, archive: true }),
    steps: ['classes', 'teachers', 'students', 'guardians'],
  });
  for (; at < rosters.length - 1; at += 1) expect((await sync.run()).outcome).toBe('applied');
  return await sync.plan();
}

const removalsIn = (plan: Plan) =>
  plan.changes
    .map(({ kind, subject }) => `${kind} ${subject}`)
    .filter((change) => /remove|unlink|archive /.test(change));

const linksIn = ({ guardianLinks }: Roster) =>
  guardianLinks.map(({ guardianSourcedId, studentSourcedId }) => [guardianSourcedId, studentSourcedId]);

const membersOf = ({ enrollments }: Roster, section: string) =>
  enrollments.filter((row) => row.classSourcedId === section).map(({ userSourcedId }) => userSourcedId);

const statesOf = ({ attestation: { collections } }: Roster) => [
  collections.enrollments.state,
  collections.guardianLinks.state,
];

describe('a delta: what is gone in one and back in the next', () => {
  test('a class is archived, and comes back with its members', async () => {
    const connected = await connect();
    const { district, source } = connected;
    const first = await source.read(scope);
    const gone = await later(connected, first, () => {
      district.put('classes', 'C1', { status: 'tobedeleted' });
    });
    expect((await planAfter(first, gone)).changes.map(({ kind, subject }) => `${kind} ${subject}`)).toContain(
      'class-archive class:C1',
    );
    const back = await later(connected, gone, () => {
      district.put('classes', 'C1', { status: 'active' });
    });
    expect([membersOf(back, 'C1'), statesOf(back)]).toEqual([membersOf(first, 'C1'), ['complete', 'complete']]);
    const plan = await planAfter(first, gone, back);
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['class-unarchive']);
  });

  test('a guardian comes back with the children whom only their own rows name', async () => {
    const connected = await connect();
    const { district, source } = connected;
    const first = await source.read(scope);
    const gone = await later(connected, first, () => {
      district.put('users', 'G', { status: 'tobedeleted' });
    });
    const back = await later(connected, gone, () => {
      district.put('users', 'G', { status: 'active' });
    });
    expect(linksIn(back)).toEqual(linksIn(first));
    expect(removalsIn(await planAfter(first, back))).toEqual([]);
  });

  test('a member whose row cannot be read is not forgotten with the class', async () => {
    const connected = await connect();
    const { district, source } = connected;
    const first = await source.read(scope);
    district.rows.enrollments.push({
      sourcedId: 'E-odd',
      status: 'odd',
      dateLastModified: '2026-09-01T06:00:00.000Z',
      class: { sourcedId: 'C1' },
      user: { sourcedId: 'U3' },
      role: 'student',
    });
    const whole = await source.read(scope);
    expect(whole.rejected).toMatchObject([{ collection: 'enrollments', classSourcedId: 'C1' }]);
    const gone = await later(connected, whole, () => {
      district.put('classes', 'C1', { status: 'tobedeleted' });
    });
    const back = await later(connected, gone, () => {
      district.put('classes', 'C1', { status: 'active' });
    });
    expect(back.rejected).toEqual(whole.rejected);
    expect(removalsIn(await planAfter(first, back))).toEqual([]);
  });
});

describe('a delta: enrollments whose ids are not their own', () => {
  /** Every enrollment has the id of its user. */
  const byUser = (district: LivingDistrict) => {
    district.rows.enrollments = district.rows.enrollments.map((row) => ({
      ...row,
      dateLastModified: '2026-09-01T06:00:00.000Z',
      sourcedId: (row['user'] as { readonly sourcedId: string }).sourcedId,
    }));
  };
  const row = (district: LivingDistrict, id: string, section: string, user: string) => ({
    sourcedId: id,
    status: 'active',
    dateLastModified: new Date(district.now).toISOString(),
    class: { sourcedId: section },
    user: { sourcedId: user },
    role: 'student',
  });

  test('the one that is touched ends no other of its id', async () => {
    const connected = await connect();
    const { district, source } = connected;
    for (const user of ['U1', 'U2']) district.enroll('C2', user);
    byUser(district);
    const first = await source.read(scope);
    const now = await later(connected, first, () => {
      const at = district.rows.enrollments.findIndex(({ sourcedId }) => sourcedId === 'U1');
      const touched = district.rows.enrollments[at];
      if (touched !== undefined) {
        district.rows.enrollments[at] = { ...touched, dateLastModified: new Date(district.now).toISOString() };
      }
    });
    expect([membersOf(now, 'C1'), membersOf(now, 'C2')]).toEqual([
      ['P1', 'U1', 'U2'],
      ['P1', 'U1', 'U2'],
    ]);
    expect(removalsIn(await planAfter(first, now))).toEqual([]);
  });

  test('two of one id among the changes tell nothing: everything is read', async () => {
    const { district, source } = await connect();
    const first = await source.read(scope);
    district.now += 2 * DAY_MS;
    for (const section of ['C1', 'C2']) district.rows.enrollments.push(row(district, 'N1', section, 'U3'));
    const delta = await source.readSince(first.cursor ?? '', scope);
    expect(delta.kind === 'whole' && delta.reason).toBe('CHANGES_UNCLEAR');
    expect(membersOf(foldDelta(first, delta), 'C2')).toEqual(['P1', 'U3']);
  });

  test.each([
    ['the id of the user, which none shares as yet', 'U1', 'U1'],
    ['an id that two others share', 'N1', 'N2'],
  ])('%s is no move to the class that is new', async (_why, id, other) => {
    const connected = await connect();
    const { district, source } = connected;
    district.rows.enrollments = [row(district, id, 'C1', 'U1')];
    if (id !== other) {
      for (const user of ['U2', 'U3']) district.rows.enrollments.push(row(district, other, 'C1', user));
    }
    for (const one of district.rows.enrollments) Object.assign(one, { dateLastModified: '2026-09-01T06:00:00.000Z' });
    const first = await source.read(scope);
    const now = await later(connected, first, () => {
      district.rows.enrollments.push(row(district, id, 'C2', 'U1'));
    });
    expect([membersOf(now, 'C1'), membersOf(now, 'C2')]).toEqual([membersOf(first, 'C1'), ['U1']]);
    expect(removalsIn(await planAfter(first, now))).toEqual([]);
  });
});

describe('a delta: links that it cannot tell', () => {
  test('few of them, where none were shared, do not prove that the others are gone', async () => {
    const connected = await connect();
    const { district, source } = connected;
    const first = await source.read(scope);
    expect(statesOf(first)).toEqual(['complete', 'complete']);
    for (const user of district.rows.users) Object.assign(user, { agents: [] });
    const without = await source.read(scope);
    expect(statesOf(without)).toEqual(['complete', 'not-shared']);
    const now = await later(connected, without, () => {
      district.put('users', 'U2', { agents: [{ sourcedId: 'G' }] });
    });
    expect([linksIn(now), statesOf(now)]).toEqual([[['G', 'U2']], ['complete', 'incomplete']]);
    expect(removalsIn(await planAfter(first, without, now))).toEqual([]);
  });

  test.each([403, 404])('an aide whom the server does not give (%i) becomes nobody’s guardian', async (status) => {
    const connected = await connect(({ collection }) =>
      collection.startsWith('users/') ? { status, body: {} } : undefined,
    );
    const { district, source } = connected;
    const first = await source.read(scope);
    district.now += 2 * DAY_MS;
    district.put('users', 'U1', { agents: [{ sourcedId: 'G' }, { sourcedId: 'A1' }] });
    const delta = await source.readSince(first.cursor ?? '', scope);
    expect(delta.kind).toBe(status === 403 ? 'whole' : 'changes');
    const now = foldDelta(first, delta);
    expect(linksIn(now)).toEqual(linksIn(first));
    expect((await planAfter(first, now)).changes).toEqual([]);
  });

  test('many people are looked up without a warning of the platform', async () => {
    const connected = await connect();
    const { district, source } = connected;
    const agents = Array.from({ length: 40 }, (_, index) => ({ sourcedId: `G${String(index)}` }));
    const first = await source.read(scope);
    const warnings: string[] = [];
    const hear = ({ name }: Error): void => void warnings.push(name);
    process.on('warning', hear);
    await later(connected, first, () => {
      district.put('users', 'U2', { agents });
    });
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', hear);
    expect(warnings).toEqual([]);
  });
});

describe('a delta: rows that cannot be read', () => {
  test('are told once, however many deltas tell them', async () => {
    const connected = await connect();
    const { district, source } = connected;
    let image = await source.read(scope);
    district.now += 2 * DAY_MS;
    district.put('users', 'U3', { status: 'odd' });
    const stamp = new Date(district.now).toISOString();
    district.rows.users.push({ status: 'odd', dateLastModified: stamp } as (typeof district.rows.users)[number]);
    for (let count = 0; count < 3; count += 1) {
      district.now += 60_000;
      image = foldDelta(image, await source.readSince(image.cursor ?? '', scope));
    }
    expect(image.rejected?.map(({ sourcedId }) => sourcedId)).toEqual(['U3', undefined]);
  });
});
