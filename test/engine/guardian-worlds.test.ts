import { describe, expect, it } from 'vitest';
import { invert, reconcile } from '../../src/engine/index.js';
import { planStreams } from '../../src/engine/streams.js';
import { usableEmail, usablePhone, normalEmail, normalPhone } from '../../src/internal/contact.js';
import { defaultPolicy } from '../../src/model/index.js';
import type { GuardianLink, LocalState, LocalUser, Policy, Roster, User } from '../../src/model/index.js';
import { Random } from '../../src/testing/random.js';
import { attested, enrolled, guardian, NOW, roster, section, student, teacher, teaching } from '../support/build.js';
import { World } from '../support/world.js';

const OPEN = { ...defaultPolicy.limits, enrollments: 1, classes: 1, users: 1, guardianLinks: 1 };
const ADDRESSES = ['p@x.example', 'q@x.example', 'r@x.example', 'none', undefined];
const NUMBERS = ['2025550101', '+1 202 555 0102', undefined, undefined];

/** Two names for all, each person's the same for ever: nobody becomes somebody else. */
function contact(random: Random, id: string): Partial<User> {
  const email = random.pick(ADDRESSES);
  const mobile = random.pick(NUMBERS);
  const name = 'tgac'.includes(id) ? { givenName: 'Ann', familyName: 'Lee' } : { givenName: 'Bo', familyName: 'Ray' };
  return { ...name, ...(email === undefined ? {} : { email }), ...(mobile === undefined ? {} : { mobile }) };
}

/** A small district: few addresses, so that many share one. */
function district(random: Random): Roster {
  const there = (share: number): boolean => random.chance(share);
  const students = ['a', 'b', 'c', 'd'].filter(() => there(0.9)).map((id) => student(id, contact(random, id)));
  const teachers = ['t', 'u'].map((id) => teacher(id, contact(random, id)));
  const guardians = ['g', 'h', 'i', 'j'].filter(() => there(0.9)).map((id) => guardian(id, contact(random, id)));
  const classes = ['c1', 'c2'].filter(() => there(0.95)).map((id) => section(id));
  const guardianLinks = guardians.flatMap(({ sourcedId }) =>
    students
      .filter(() => there(0.5))
      .map(
        (each): GuardianLink => ({
          guardianSourcedId: sourcedId,
          studentSourcedId: each.sourcedId,
          contactType: random.pick(['Family', 'Emergency']),
          ...(there(0.25) ? { blocked: true } : {}),
          ...(there(0.1) ? { status: 'tobedeleted' as const } : {}),
        }),
      ),
  );
  return roster({
    classes,
    users: [...students, ...teachers, ...guardians],
    enrollments: classes.flatMap(({ sourcedId }) => [
      ...students.filter(() => there(0.7)).map((each) => enrolled(sourcedId, each.sourcedId)),
      teaching(sourcedId, random.pick(['t', 'u'])),
    ]),
    guardianLinks,
    attestation: there(0.1) ? attested({ [random.pick(['users', 'guardianLinks'])]: 'incomplete' }) : attested(),
  });
}

function policyOf(random: Random): Policy {
  const contactTypes = random.chance(0.3) ? { contactTypes: ['Family'] } : {};
  return {
    ...defaultPolicy,
    steps: random.chance(0.2) ? ['guardians'] : ['classes', 'teachers', 'students', 'guardians'],
    fullData: random.chance(0.8),
    contactUpdates: random.pick(['invitees', 'all', 'none'] as const),
    guardians: { ...defaultPolicy.guardians, ...contactTypes },
    limits: random.chance(0.2) ? { ...OPEN, guardianLinks: 0, enrollments: 0, floor: 0 } : OPEN,
  };
}

/** Some people sign in between two runs. */
async function signIn(world: World, random: Random): Promise<void> {
  const { users } = await world.load();
  for (const { id, claimed } of users) {
    if (claimed !== true && random.chance(0.2)) await world.directory.claim(id, { by: 'themselves' });
  }
}

/** The large collections as streams. */
function streams<T extends Pick<Roster | LocalState, 'classes' | 'users' | 'enrollments' | 'guardianLinks'>>(of: T) {
  return {
    classes: stream<T['classes'][number]>(of.classes),
    users: stream<T['users'][number]>(of.users),
    enrollments: stream<T['enrollments'][number]>(of.enrollments),
    guardianLinks: stream<T['guardianLinks'][number]>(of.guardianLinks),
  };
}

function stream<T>(records: readonly T[]): Iterable<T> {
  return { [Symbol.iterator]: () => records[Symbol.iterator]() };
}

/** In the order of ids, so that no collection is put in order in memory. */
function inIdOrder(feed: Roster): Roster {
  const by = <T>(records: readonly T[], keyOf: (record: T) => string): readonly T[] =>
    [...records].sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : keyOf(left) > keyOf(right) ? 1 : 0));
  return {
    ...feed,
    users: by(feed.users, ({ sourcedId }) => sourcedId),
    enrollments: by(feed.enrollments, (each) => `${each.classSourcedId} ${each.userSourcedId}`),
    guardianLinks: by(feed.guardianLinks, (each) => `${each.guardianSourcedId} ${each.studentSourcedId}`),
  };
}

const isComplete = ({ attestation }: Roster): boolean =>
  Object.values(attestation.collections).every(({ state }) => state === 'complete');

/** P11: whatever the policy says. */
function checkBlocks(district: Roster, { guardianLinks }: LocalState): void {
  const found = new Map(
    guardianLinks.map((each) => [`${each.guardianSourcedId ?? ''}/${each.studentSourcedId ?? ''}`, each]),
  );
  for (const { guardianSourcedId, studentSourcedId, blocked } of district.guardianLinks) {
    const local = found.get(`${guardianSourcedId}/${studentSourcedId}`);
    if (local === undefined) continue;
    if (blocked === true) expect(local.blocked).toBe(true);
    else if (isComplete(district) && local.state === 'active' && local.blocked === true) {
      // Only a link whose row says that it is gone, or whose people are not there, stays blocked.
      const isGone = district.guardianLinks.some(
        (each) =>
          each.guardianSourcedId === guardianSourcedId &&
          each.studentSourcedId === studentSourcedId &&
          each.status === 'tobedeleted',
      );
      expect(isGone).toBe(true);
    }
  }
}

/** F6 to F9: of those who bear an address, no more than one signs in with it, but for those who did already. */
function checkLogins({ users }: LocalState): number {
  const owners = new Map<string, LocalUser[]>();
  let taken = 0;
  for (const user of users) {
    taken += user.takenLogins?.length ?? 0;
    const email = usableEmail(user.verifiedEmail ?? user.email);
    const mobile = usablePhone(user.mobile);
    const own = [
      ...(email === undefined || user.takenLogins?.includes('email') === true ? [] : [normalEmail(email)]),
      ...(mobile === undefined || user.takenLogins?.includes('mobile') === true ? [] : [normalPhone(mobile)]),
    ];
    for (const address of own) owners.set(address, [...(owners.get(address) ?? []), user]);
  }
  for (const people of owners.values()) expect(people).toHaveLength(1);
  return taken;
}

describe('random families', () => {
  it('keep the promises about logins and forbidden contact, run after run', async () => {
    const seen = { taken: 0, held: 0 };
    for (let seed = 1; seed <= 80; seed += 1) {
      const random = new Random(seed, 'families');
      const world = new World({ reconcile, invert });
      for (let step = 0; step < 4; step += 1) {
        const feed = district(random);
        const policy = policyOf(random);
        const label = `seed ${String(seed)}, step ${String(step)}`;
        const plan = await world.sync(feed, policy);
        const again = await world.plan({ ...feed, readId: 'again' }, policy);
        const due = again.changes.filter(({ heldBy }) => heldBy.length === 0);
        expect(due, label).toEqual([]);
        const local = await world.load();
        checkBlocks(feed, local);
        seen.taken += checkLogins(local);
        const isHeld = plan.holds.some(({ changes }) => changes.length > 0);
        if (isHeld) seen.held += 1;
        await signIn(world, random);
      }
    }
    expect(seen.taken).toBeGreaterThan(100);
    expect(seen.held).toBeGreaterThan(10);
  }, 60_000);

  it('are the same, whatever the order of the feed', async () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = new Random(seed, 'order');
      const [first, second] = [new World({ reconcile, invert }), new World({ reconcile, invert })];
      for (let step = 0; step < 3; step += 1) {
        const feed = district(random);
        const policy = policyOf(random);
        const turned = { ...feed, users: [...feed.users].reverse(), guardianLinks: [...feed.guardianLinks].reverse() };
        const [left, right] = [await first.sync(feed, policy), await second.sync(turned, policy)];
        expect(right.hash, `seed ${String(seed)}`).toBe(left.hash);
      }
    }
  }, 60_000);

  it('are the same as streams, window by window', async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = new Random(seed, 'streams');
      const world = new World({ reconcile, invert });
      await world.sync(district(random), policyOf(random));
      await signIn(world, random);
      const feed = { ...inIdOrder(district(random)), source: random.pick(['test', 'another']) };
      const input = { policy: policyOf(random), now: NOW };
      const host = await world.load();
      const read = { ...feed, ...streams(feed) };
      const streamed = await planStreams(
        { ...input, roster: read, local: { ...host, ...streams(host) } },
        1 + (seed % 4),
      );
      const plan = reconcile({ ...input, roster: feed, local: host });
      expect(streamed, `seed ${String(seed)}`).toEqual(plan);
    }
  }, 60_000);

  it('P11: an undo allows nothing that the district forbids', async () => {
    let blocked = 0;
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = new Random(seed, 'undo');
      const world = new World({ reconcile, invert });
      await world.sync(district(random), policyOf(random));
      const before = new Set(
        (await world.load()).guardianLinks.filter((each) => each.blocked === true).map(({ id }) => id),
      );
      const plan = await world.plan(district(random), policyOf(random));
      const run = await world.apply(plan);
      const forbidden = (await world.load()).guardianLinks.filter(
        (each) => each.blocked === true && !before.has(each.id),
      );
      await world.undo(run);
      const after = new Map((await world.load()).guardianLinks.map((each) => [each.id, each]));
      for (const { id } of forbidden) {
        const link = after.get(id);
        if (link === undefined || link.state === 'removed') continue;
        expect(link.blocked, `seed ${String(seed)}`).toBe(true);
        expect(link.synced?.blocked).toBe(true);
        blocked += 1;
      }
    }
    expect(blocked).toBeGreaterThan(4);
  }, 60_000);
});
