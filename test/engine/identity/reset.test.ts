import { describe, expect, it } from 'vitest';
import { detectClassReset, detectUserReset } from '../../../src/engine/identity/index.js';
import type { Class, LocalClass, LocalUser, Roster, User } from '../../../src/model/index.js';
import { districtRoster, generateDistrict, rollover } from '../../../src/testing/index.js';
import { Random } from '../../../src/testing/random.js';
import { localClass, localUser, section, student } from '../../support/build.js';

/** What a sync wrote of these. */
const hostUsers = (users: readonly User[]) => users.map((user) => localUser(user));
const hostClasses = (classes: readonly Class[]): LocalClass[] =>
  classes.map(({ sourcedId, name, schoolSourcedId, termSourcedIds = [] }) => {
    const options = { behaviorManagement: true, studentPortfolios: true, parentCommunication: true };
    const values = { name, schoolSourcedId, termSourcedIds };
    return localClass(sourcedId, { ...values, synced: { ...values, options } });
  });

function userReset(feed: readonly User[], hosts: readonly LocalUser[]) {
  const known = new Set(hosts.map(({ sourcedId }) => sourcedId));
  const told = new Set(feed.map(({ sourcedId }) => sourcedId));
  return detectUserReset({
    feed: feed.length,
    arrivals: feed.filter(({ sourcedId }) => !known.has(sourcedId)),
    managed: hosts.length,
    vanished: hosts.filter(({ sourcedId }) => !told.has(sourcedId ?? '')),
  });
}

function classReset(feed: readonly Class[], hosts: readonly LocalClass[]) {
  const known = new Set(hosts.map(({ sourcedId }) => sourcedId));
  const told = new Set(feed.map(({ sourcedId }) => sourcedId));
  const arrivals = feed.filter(({ sourcedId }) => !known.has(sourcedId));
  const vanished = hosts.filter(({ sourcedId }) => !told.has(sourcedId ?? ''));
  return detectClassReset({ feed: feed.length, arrivals, managed: hosts.length, vanished }, ({ name }) => name);
}

/** Ten persons with an address each; the ids of the first `renamed` differ. */
const PEOPLE = Array.from({ length: 10 }, (_, index) =>
  student(`p${String(index)}`, { email: `p${String(index)}@x.example` }),
);
const renumbered = (users: readonly User[], count: number, fields: Partial<User> = {}) =>
  users.map((user, index) => (index < count ? { ...user, sourcedId: `new-${user.sourcedId}`, ...fields } : user));

describe('a change of the id space (G5)', () => {
  it('is seen where more than half of both sides is unknown to the other, and pairs up', () => {
    expect(userReset(renumbered(PEOPLE, 6), hostUsers(PEOPLE))).toEqual({
      kind: 'users',
      feed: 10,
      unknown: 6,
      managed: 10,
      absent: 6,
      paired: 6,
    });
  });

  it('is not seen at exactly half, of either side', () => {
    expect(userReset(renumbered(PEOPLE, 5), hostUsers(PEOPLE))).toBeUndefined();
    const others = Array.from({ length: 4 }, (_, index) => student(`q${String(index)}`));
    // Six of fourteen in the feed, six of ten at the host; and the other way round.
    expect(userReset([...renumbered(PEOPLE, 6), ...others], hostUsers([...PEOPLE, ...others]))).toBeUndefined();
    expect(userReset(renumbered(PEOPLE, 6), hostUsers([...PEOPLE, ...others.slice(0, 2)]))).toBeDefined();
    const added = Array.from({ length: 10 }, (_, index) => student(`q${String(index)}`));
    // Ten of twenty in the feed, twelve of twenty-two at the host.
    const left = [student('l1'), student('l2')];
    expect(userReset([...renumbered(PEOPLE, 10), ...added], hostUsers([...PEOPLE, ...added, ...left]))).toBeUndefined();
    expect(
      userReset([...renumbered(PEOPLE, 10), ...added.slice(1)], hostUsers([...PEOPLE, ...added.slice(1), ...left])),
    ).toBeDefined();
    expect(userReset([...renumbered(PEOPLE, 5), ...added], hostUsers(PEOPLE))).toBeUndefined();
  });

  it('needs six of ten to pair up', () => {
    const feed = (paired: number) =>
      renumbered(PEOPLE, 10).map((user, index) => (index < paired ? user : { ...user, email: 'else@x.example' }));
    expect(userReset(feed(6), hostUsers(PEOPLE))).toMatchObject({ paired: 6 });
    expect(userReset(feed(5), hostUsers(PEOPLE))).toBeUndefined();
  });

  it('counts six of ten of the smaller side: who left with the old ids, and who came with the new, hide nothing', () => {
    const many = Array.from({ length: 30 }, (_, index) => student(`q${String(index)}`));
    expect(userReset([...renumbered(PEOPLE, 10), ...many], hostUsers(PEOPLE))).toMatchObject({
      unknown: 40,
      paired: 10,
    });
    expect(userReset(renumbered(PEOPLE, 10), hostUsers([...PEOPLE, ...many]))).toMatchObject({
      absent: 40,
      paired: 10,
    });
  });

  it('leaves single cases to their own rows', () => {
    expect(userReset(renumbered(PEOPLE.slice(0, 4), 4), hostUsers(PEOPLE.slice(0, 4)))).toBeUndefined();
    expect(userReset(renumbered(PEOPLE.slice(0, 5), 5), hostUsers(PEOPLE.slice(0, 5)))).toBeDefined();
    expect(userReset([], [])).toBeUndefined();
    expect(classReset([], [])).toBeUndefined();
  });

  it('pairs persons by state id, or by name and address together', () => {
    const numbered = PEOPLE.map((user, index) => ({ ...user, stateId: String(index) }));
    const other = { givenName: 'G', familyName: 'F', email: '' };
    expect(userReset(renumbered(numbered, 10, other), hostUsers(numbered))).toMatchObject({ paired: 10 });
    expect(userReset(renumbered(numbered, 10, { ...other, stateId: '' }), hostUsers(numbered))).toBeUndefined();
    expect(userReset(renumbered(PEOPLE, 10, { givenName: 'G' }), hostUsers(PEOPLE))).toBeUndefined();
    const louder = renumbered(PEOPLE, 10).map((user) => ({ ...user, familyName: ` ${user.familyName.toUpperCase()}` }));
    expect(userReset(louder, hostUsers(PEOPLE))).toMatchObject({ paired: 10 });
  });

  it('knows persons whom a sync never wrote by their records, and pairs nobody by no address', () => {
    const unsynced = hostUsers(PEOPLE).map(({ synced: _synced, ...user }) => user);
    expect(userReset(renumbered(PEOPLE, 10), unsynced)).toMatchObject({ paired: 10 });
    const unknown = PEOPLE.map(({ email: _email, ...user }) => user);
    expect(userReset(renumbered(unknown, 10), hostUsers(unknown))).toBeUndefined();
    const nameless = PEOPLE.map((user) => ({ ...user, email: ' ' }));
    expect(userReset(renumbered(nameless, 10), hostUsers(nameless))).toBeUndefined();
  });

  it('pairs each person once, and no child with the parent of the same name and address', () => {
    const same = PEOPLE.map((user) => ({ ...user, stateId: '1' }));
    expect(userReset(renumbered(same, 10, { stateId: '1' }), hostUsers(same.slice(0, 6)))).toMatchObject({ paired: 6 });
    const shared = renumbered(PEOPLE, 10).map((user) => ({ ...user, stateId: '1' }));
    const one = hostUsers(PEOPLE.map((user, index) => (index === 9 ? { ...user, stateId: '1' } : user)));
    expect(userReset(shared, one)).toMatchObject({ paired: 9 });
    expect(userReset(renumbered(PEOPLE, 10, { roles: ['guardian'] }), hostUsers(PEOPLE))).toBeUndefined();
  });

  it('pairs classes by name, school and term', () => {
    const classes = PEOPLE.map(({ sourcedId }) => section(sourcedId));
    const renamed = (fields: Partial<Class> = {}) =>
      classes.map((each) => ({ ...each, sourcedId: `new-${each.sourcedId}`, ...fields }));
    expect(classReset(renamed(), hostClasses(classes))).toMatchObject({ kind: 'classes', paired: 10 });
    expect(classReset(renamed({ name: 'Other' }), hostClasses(classes))).toBeUndefined();
    expect(classReset(renamed({ schoolSourcedId: 's2' }), hostClasses(classes))).toBeUndefined();
    expect(classReset(renamed({ termSourcedIds: ['next'] }), hostClasses(classes))).toBeUndefined();
    expect(classReset(renamed({ termSourcedIds: [] }), hostClasses(classes))).toBeUndefined();
    const termless = renamed().map(({ termSourcedIds: _terms, ...each }) => each);
    expect(classReset(termless, hostClasses(classes))).toBeUndefined();
    expect(classReset(renamed({ termSourcedIds: ['next', 'fall'] }), hostClasses(classes))).toMatchObject({
      paired: 10,
    });
  });

  it('pairs a class once, be it in two terms', () => {
    const yearlong = PEOPLE.map(({ sourcedId }) => section(sourcedId, { termSourcedIds: ['fall', 'spring'] }));
    const halves = yearlong.flatMap((each) =>
      ['fall', 'spring'].map((term) => ({ ...each, sourcedId: `${term}-${each.sourcedId}`, termSourcedIds: [term] })),
    );
    expect(classReset(halves, hostClasses(yearlong))).toMatchObject({ unknown: 20, paired: 10 });
    expect(
      classReset(
        yearlong.map((each) => ({ ...each, sourcedId: `~${each.sourcedId}` })),
        hostClasses(halves),
      ),
    ).toMatchObject({
      absent: 20,
      paired: 10,
    });
  });

  it('counts sections of one name as pairs, as many as both sides have', () => {
    const homerooms = PEOPLE.map(({ sourcedId }) => section(sourcedId, { name: 'Homeroom' }));
    const feed = homerooms.map((each) => ({ ...each, sourcedId: `new-${each.sourcedId}` }));
    expect(classReset(feed, hostClasses(homerooms.slice(0, 7)))).toMatchObject({ paired: 7 });
  });

  it('knows a class by what the feed said, not by what people made of it', () => {
    const classes = PEOPLE.map(({ sourcedId }) => section(sourcedId));
    const renamed = hostClasses(classes).map((each) => ({ ...each, name: 'Ours', schoolSourcedId: 's2' }));
    const feed = classes.map((each) => ({ ...each, sourcedId: `new-${each.sourcedId}` }));
    expect(classReset(feed, renamed)).toMatchObject({ paired: 10 });
    const unsynced = renamed.map(({ synced: _synced, ...each }) => ({
      ...each,
      name: `Class ${each.sourcedId ?? ''}`,
      schoolSourcedId: 's1',
    }));
    expect(classReset(feed, unsynced)).toMatchObject({ paired: 10 });
  });
});

describe('over generated districts', () => {
  const rosterOf = (seed: number): Roster =>
    districtRoster(generateDistrict({ seed, schools: 2, students: 60, clashingNames: 0.2 }));

  it('is seen exactly when the shares say so, and whatever the order', () => {
    let seen = 0;
    let unseen = 0;
    for (let seed = 1; seed <= 120; seed += 1) {
      const random = new Random(seed, 'reset');
      const { users } = rosterOf(seed % 6);
      const share = random.next();
      const lost = random.next();
      let renamed = 0;
      let paired = 0;
      const names = new Map<string, number>();
      const keyOf = ({ email, givenName, familyName }: User) => JSON.stringify([email, givenName, familyName]);
      for (const user of users) names.set(keyOf(user), (names.get(keyOf(user)) ?? 0) + 1);
      const feed = users.map((user): User => {
        if (!random.chance(share)) return user;
        renamed += 1;
        const stateId = user.stateId ?? '';
        const { stateId: _stateId, email: _email, ...rest } = user;
        const isForgotten = random.chance(lost);
        if (!isForgotten && (stateId !== '' || user.email !== undefined)) paired += 1;
        return isForgotten
          ? { ...rest, sourcedId: `~${user.sourcedId}` }
          : { ...user, sourcedId: `~${user.sourcedId}` };
      });
      // Nobody shares name and address with anybody, so that the oracle can count pairs by heart.
      expect([...names].filter(([key, count]) => count > 1 && !key.startsWith('[null'))).toEqual([]);
      const expected = renamed > users.length / 2 && paired >= Math.max(5, renamed * 0.6);
      const found = userReset(random.shuffled(feed), random.shuffled(hostUsers(users)));
      expect(found === undefined ? undefined : { unknown: found.unknown, paired: found.paired }).toEqual(
        expected ? { unknown: renamed, paired } : undefined,
      );
      if (expected) seen += 1;
      else unseen += 1;
    }
    expect(seen).toBeGreaterThan(15);
    expect(unseen).toBeGreaterThan(15);
  });

  it('is seen for classes, and not in a new school year', () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const district = generateDistrict({ seed, schools: 2, students: 200 });
      const { classes, users } = districtRoster(district);
      const random = new Random(seed, 'order');
      const reset = random.shuffled(classes).map((each) => ({ ...each, sourcedId: `~${each.sourcedId}` }));
      expect(classReset(reset, hostClasses(classes))).toMatchObject({ paired: classes.length });
      const next = districtRoster(rollover(district, { seed }));
      expect(next.classes.some(({ sourcedId }) => classes.some((each) => each.sourcedId === sourcedId))).toBe(false);
      expect(classReset(next.classes, hostClasses(classes))).toBeUndefined();
      expect(userReset(next.users, hostUsers(users))).toBeUndefined();
    }
  });
});
