import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldDelta } from '../../src/engine/index.js';
import type {
  Enrollment,
  PairsDelta,
  RecordsDelta,
  Roster,
  RosterChanges,
  RosterRecord,
} from '../../src/model/index.js';
import { districtRoster, evolve, generateDistrict, rollover } from '../../src/testing/index.js';

const small = { schools: 2, students: 60 };

function recordsDelta<T extends RosterRecord>(before: readonly T[], after: readonly T[]): RecordsDelta<T> {
  const former = new Map(before.map((record) => [record.sourcedId, JSON.stringify(record)]));
  const now = new Set(after.map(({ sourcedId }) => sourcedId));
  return {
    changed: after.filter((record) => former.get(record.sourcedId) !== JSON.stringify(record)),
    deleted: before.map(({ sourcedId }) => sourcedId).filter((id) => !now.has(id)),
  };
}

/** All pairs of the owners that changed, as Clever tells them; or each pair alone, as OneRoster does. */
function pairsDelta<Pair extends object, T extends Pair>(
  before: readonly T[],
  after: readonly T[],
  ownerOf: (pair: Pair) => string,
  isByOwner: boolean,
): PairsDelta<T, Pair> {
  const keyOf = (row: T) => JSON.stringify(row);
  const former = new Set(before.map(keyOf));
  const now = new Set(after.map(keyOf));
  const changed = after.filter((row) => !former.has(keyOf(row)));
  const gone = before.filter((row) => !now.has(keyOf(row)));
  if (!isByOwner) return { replacedOf: [], changed, deleted: gone };
  const owners = new Set([...changed, ...gone].map(ownerOf));
  return { replacedOf: [...owners], changed: after.filter((row) => owners.has(ownerOf(row))), deleted: [] };
}

function changesBetween(before: Roster, after: Roster, isByOwner: boolean): RosterChanges {
  return {
    kind: 'changes',
    readId: after.readId,
    source: after.source,
    readAt: after.readAt,
    scope: after.scope,
    since: 'cursor-1',
    cursor: 'cursor-2',
    schools: recordsDelta(before.schools, after.schools),
    terms: recordsDelta(before.terms, after.terms),
    courses: recordsDelta(before.courses, after.courses),
    classes: recordsDelta(before.classes, after.classes),
    users: recordsDelta(before.users, after.users),
    enrollments: pairsDelta(before.enrollments, after.enrollments, (row) => row.classSourcedId, isByOwner),
    guardianLinks: pairsDelta(before.guardianLinks, after.guardianLinks, (row) => row.guardianSourcedId, isByOwner),
    rejected: [],
    withdrawn: [],
    removals: 'told',
  };
}

function recordsOf({ schools, terms, courses, classes, users, enrollments, guardianLinks }: Roster) {
  return { schools, terms, courses, classes, users, enrollments, guardianLinks };
}

describe('folding changes into a roster', () => {
  it('gives the roster of now, whether pairs are told by owner or one by one, and as often as they are told', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.boolean(),
        fc.constantFrom('day', 'month', 'year', 'contacts'),
        (seed, isByOwner, span) => {
          const district = generateDistrict({ seed, ...small });
          const before = districtRoster(district);
          const later =
            span === 'year'
              ? rollover(district)
              : evolve(district, span === 'contacts' ? { seed, contactChanges: 5, withdrawals: 3 } : span);
          const after = districtRoster(later);
          const delta = changesBetween(before, after, isByOwner);
          const folded = foldDelta(before, delta);
          expect(recordsOf(folded)).toEqual(recordsOf(after));
          expect(recordsOf(foldDelta(folded, delta))).toEqual(recordsOf(after));
          expect(folded.cursor).toBe('cursor-2');
          expect(folded.attestation.collections.users).toEqual({
            state: 'complete',
            received: after.users.length,
            ended: 'changes',
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  const before = districtRoster(generateDistrict({ seed: 3, ...small }));
  const nothing = changesBetween(before, before, true);

  it('takes everything anew where everything was read anew', () => {
    const roster = { ...before, readId: 'another' };
    expect(foldDelta(before, { ...nothing, kind: 'whole', reason: 'READ_DUE', roster })).toBe(roster);
  });

  it('titles a class anew when its course changes or goes, or when the class comes without a title', () => {
    const course = before.courses.find(({ sourcedId }) =>
      before.classes.some((one) => one.courseSourcedId === sourcedId),
    );
    if (course === undefined) throw new Error('The district has a course with classes.');
    const titlesOf = (roster: Roster) =>
      new Set(roster.classes.filter((one) => one.courseSourcedId === course.sourcedId).map((one) => one.courseTitle));
    const renamed = { ...nothing, courses: { changed: [{ ...course, title: 'Another' }], deleted: [] } };
    expect(titlesOf(foldDelta(before, renamed))).toEqual(new Set(['Another']));
    const gone = { ...nothing, courses: { changed: [], deleted: [course.sourcedId] } };
    expect(titlesOf(foldDelta(before, gone))).toEqual(new Set([undefined]));
    const [section] = before.classes.filter((one) => one.courseSourcedId === course.sourcedId);
    if (section === undefined) throw new Error('The course has a class.');
    const { courseTitle: _title, ...untitled } = section;
    const told = { ...nothing, classes: { changed: [untitled], deleted: [] } };
    expect(titlesOf(foldDelta(before, told))).toEqual(new Set([course.title]));
  });

  it('leaves a class of no course as it comes', () => {
    const [section] = before.classes;
    if (section === undefined) throw new Error('The district has a class.');
    const { courseSourcedId: _course, ...free } = { ...section, courseTitle: 'Its own' };
    const told = { ...nothing, classes: { changed: [free], deleted: [] } };
    expect(foldDelta(before, told).classes.find(({ sourcedId }) => sourcedId === free.sourcedId)).toEqual(free);
  });

  it('keeps what an incomplete read proves: nothing more', () => {
    const { users } = before.attestation.collections;
    const collections = { ...before.attestation.collections, users: { ...users, state: 'incomplete' as const } };
    const folded = foldDelta({ ...before, attestation: { ...before.attestation, collections } }, nothing);
    expect(folded.attestation.collections.users.state).toBe('incomplete');
  });

  it('takes it for withdrawn, not for evidence, when every guardian is deleted', () => {
    const guardians = new Set(before.guardianLinks.map((link) => link.guardianSourcedId));
    const withdrawn = { ...nothing, users: { changed: [], deleted: [...guardians] } };
    const folded = foldDelta(before, withdrawn);
    expect(folded.guardianLinks).toEqual([]);
    expect(folded.attestation.collections.guardianLinks.state).toBe('not-shared');
    const links = { replacedOf: [], changed: before.guardianLinks, deleted: [] };
    const back = foldDelta(folded, { ...nothing, guardianLinks: links });
    expect(back.attestation.collections.guardianLinks.state).toBe('complete');
  });

  it('keeps what a hint says to be gone as a tombstone, with its pairs, until it is back', () => {
    const [section] = before.classes;
    const [link] = before.guardianLinks;
    const guardian = before.users.find(({ sourcedId }) => sourcedId === link?.guardianSourcedId);
    if (section === undefined || guardian === undefined) throw new Error('The district has a class and a guardian.');
    const hint = { ...nothing, removals: 'hint' as const };
    const gone = foldDelta(before, {
      ...hint,
      classes: { changed: [], deleted: [section.sourcedId, 'never-seen'] },
      users: { changed: [], deleted: [guardian.sourcedId] },
    });
    expect(gone.classes.filter(({ status }) => status === 'tobedeleted')).toEqual([
      { ...section, status: 'tobedeleted', hinted: true },
    ]);
    const back = foldDelta(gone, {
      ...hint,
      classes: { changed: [section], deleted: [] },
      users: { changed: [guardian], deleted: [] },
    });
    expect(recordsOf(back)).toEqual(recordsOf(before));
  });

  it('of enrollments of one id, class and user keeps those that are not told again, however often the one is told', () => {
    const term = { sourcedId: 'u1', classSourcedId: 'c1', userSourcedId: 'u1', role: 'student' as const };
    const enrollments = [
      { ...term, endDate: '2026-01-01' },
      { ...term, endDate: '2027-01-01' },
    ];
    const told = (rows: readonly Enrollment[]) => ({
      ...nothing,
      removals: 'hint' as const,
      enrollments: { replacedOf: [], changed: rows, deleted: [] },
    });
    const again = told([{ ...term, endDate: '2026-01-01', dateLastModified: '2026-09-01T00:00:00Z' }]);
    const once = foldDelta({ ...before, enrollments }, again).enrollments;
    expect(once.map(({ endDate }) => endDate).sort()).toEqual(['2026-01-01', '2027-01-01']);
    expect(foldDelta({ ...before, enrollments: once }, again).enrollments).toHaveLength(2);
    const goneOne = { replacedOf: [], changed: [], deleted: [term] };
    expect(foldDelta({ ...before, enrollments }, { ...nothing, enrollments: goneOne }).enrollments).toEqual(
      enrollments,
    );
  });

  it('likewise of those that differ in the day on which they begin', () => {
    const term = { sourcedId: 'u1', classSourcedId: 'c1', userSourcedId: 'u1', role: 'student' as const };
    const enrollments = ['2026-01-01', '2026-08-01'].map((beginDate) => ({ ...term, beginDate }));
    const changed = [{ ...term, beginDate: '2026-01-01', dateLastModified: '2026-09-01T00:00:00Z' }];
    const told = { ...nothing, removals: 'hint' as const, enrollments: { replacedOf: [], changed, deleted: [] } };
    const kept = foldDelta({ ...before, enrollments }, told).enrollments;
    expect(kept.map(({ beginDate }) => beginDate).sort()).toEqual(['2026-01-01', '2026-08-01']);
  });

  it('likewise of those that differ in their role', () => {
    const own = { sourcedId: 'u1', classSourcedId: 'c1', userSourcedId: 'u1' };
    const enrollments = (['student', 'aide'] as const).map((role) => ({ ...own, role }));
    const changed = [{ ...own, role: 'aide' as const, dateLastModified: '2026-09-01T00:00:00Z' }];
    const told = { ...nothing, removals: 'hint' as const, enrollments: { replacedOf: [], changed, deleted: [] } };
    const kept = foldDelta({ ...before, enrollments }, told).enrollments;
    expect(kept.map(({ role }) => role).sort()).toEqual(['aide', 'student']);
  });

  it('forgets that a row was unreadable once it is told anew, and keeps the others', () => {
    const [user, other] = before.users;
    const [section] = before.classes;
    const row = (collection: 'users' | 'classes', sourcedId?: string) => ({
      collection,
      problem: 'missing-id',
      ...(sourcedId === undefined ? {} : { sourcedId }),
    });
    const roster = {
      ...before,
      rejected: [row('users', user?.sourcedId), row('users', other?.sourcedId), row('users'), row('classes', 'gone')],
    };
    const delta = {
      ...nothing,
      users: { changed: user === undefined ? [] : [user], deleted: [] },
      classes: { changed: [], deleted: ['gone'] },
      rejected: [row('classes', section?.sourcedId)],
    };
    expect(foldDelta(roster, delta).rejected).toEqual([
      row('users', other?.sourcedId),
      row('users'),
      row('classes', section?.sourcedId),
    ]);
  });

  it('of a member with an enrollment for each term, changes the one that is told, and gives the roster of now', () => {
    const member = fc.record({
      sourcedId: fc.constantFrom('e1', 'e2', 'e3', 'e4', 'e5'),
      classSourcedId: fc.constantFrom('c1', 'c2'),
      userSourcedId: fc.constantFrom('u1', 'u2'),
      endDate: fc.constantFrom('2026-12-20', '2027-06-01'),
    });
    const members = fc
      .uniqueArray(member, { selector: ({ sourcedId }) => sourcedId })
      .map((rows) => rows.map((row) => ({ ...row, role: 'student' as const })));
    const inOrder = (rows: readonly Enrollment[]) => {
      const key = (row: Enrollment) => [row.classSourcedId, row.userSourcedId, row.sourcedId].join(' ');
      return [...rows].sort((left, right) => (key(left) < key(right) ? -1 : 1));
    };
    fc.assert(
      fc.property(members, members, (former, now) => {
        const changed = now.filter((row) => !former.some((one) => JSON.stringify(one) === JSON.stringify(row)));
        const deleted = former.filter(({ sourcedId }) => !now.some((row) => row.sourcedId === sourcedId));
        const roster = { ...before, enrollments: inOrder(former) };
        const delta = { ...nothing, enrollments: { replacedOf: [], changed, deleted } };
        expect(foldDelta(roster, delta).enrollments).toEqual(inOrder(now));
      }),
    );
  });

  it('takes an enrollment without an id of its own for all of its class and user', () => {
    const pair = { classSourcedId: 'c1', userSourcedId: 'u1', role: 'student' as const };
    const roster = {
      ...before,
      enrollments: [pair, { ...pair, endDate: '2026-12-20' }, { ...pair, userSourcedId: 'u2' }],
    };
    const delta = { ...nothing, enrollments: { replacedOf: [], changed: [], deleted: [pair] } };
    expect(foldDelta(roster, delta).enrollments).toEqual([{ ...pair, userSourcedId: 'u2' }]);
  });

  it('refuses changes of another source, or of another tenant', () => {
    const message = /^delta: is of another source or tenant/u;
    expect(() => foldDelta(before, { ...nothing, source: 'another' })).toThrow(message);
    expect(() => foldDelta(before, { ...nothing, scope: { ...nothing.scope, tenant: 'another' } })).toThrow(message);
    expect(foldDelta(before, nothing).source).toBe(before.source);
  });

  it('tells since when changes may be missing, until a delta is whole again', () => {
    const stale = foldDelta(before, { ...nothing, staleSince: '2026-09-01T00:00:00Z' });
    expect(stale.staleSince).toBe('2026-09-01T00:00:00Z');
    expect(foldDelta(stale, nothing)).not.toHaveProperty('staleSince');
  });

  it('forgets an unreadable pair once all pairs of its owner are told anew', () => {
    const enrollment = (classSourcedId?: string) => ({
      collection: 'enrollments' as const,
      problem: 'missing-user',
      ...(classSourcedId === undefined ? {} : { classSourcedId }),
    });
    const link = (sourcedId: string) => ({
      collection: 'guardianLinks' as const,
      problem: 'missing-student',
      sourcedId,
    });
    const rejected = [...['c1', 'c2', 'c3', undefined].map(enrollment), ...['g1', 'g2', 'g3'].map(link)];
    const delta = {
      ...nothing,
      classes: { changed: [], deleted: ['c2'] },
      users: { changed: [], deleted: ['g2'] },
      enrollments: { ...nothing.enrollments, replacedOf: ['c1'] },
      guardianLinks: { ...nothing.guardianLinks, replacedOf: ['g1'] },
    };
    expect(foldDelta({ ...before, rejected }, delta).rejected).toEqual([enrollment('c3'), enrollment(), link('g3')]);
  });

  it('keeps a guardian link that is told twice, as a whole read would', () => {
    const link = { guardianSourcedId: 'g1', studentSourcedId: 'a' };
    const twice = { replacedOf: ['g1'], changed: [link, { ...link, relationship: 'Aunt' }], deleted: [] };
    const folded = foldDelta({ ...before, guardianLinks: [link] }, { ...nothing, guardianLinks: twice });
    expect(folded.guardianLinks).toEqual(twice.changed);
  });

  it('moves an enrollment by its id only where the ids of all are their own', () => {
    const row = (sourcedId: string | undefined, userSourcedId: string): Enrollment => ({
      classSourcedId: 'c1',
      userSourcedId,
      role: 'student',
      ...(sourcedId === undefined ? {} : { sourcedId }),
    });
    const usersAfter = (former: readonly Enrollment[]) =>
      foldDelta(
        { ...before, enrollments: former },
        { ...nothing, enrollments: { replacedOf: [], changed: [row('e1', 'z')], deleted: [] } },
      ).enrollments.map(({ userSourcedId }) => userSourcedId);
    expect(usersAfter([row('e1', 'a'), row(undefined, 'b'), row('e2', 'c')])).toEqual(['b', 'c', 'z']);
    expect(usersAfter([row('e1', 'a'), row('e2', 'b'), row('e2', 'c')])).toEqual(['a', 'b', 'c', 'z']);
  });

  it('puts enrollments of one class and user in the order of their ids, those without one first', () => {
    const pair = { classSourcedId: 'c1', userSourcedId: 'u1', role: 'student' as const };
    const [bare, one, two] = [pair, { ...pair, sourcedId: 'e1' }, { ...pair, sourcedId: 'e2' }];
    const delta = { ...nothing, enrollments: { replacedOf: ['c1'], changed: [two, bare, one], deleted: [] } };
    expect(foldDelta({ ...before, enrollments: [] }, delta).enrollments).toEqual([bare, one, two]);
  });
});
