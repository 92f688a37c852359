/** Random cases: a district and its host, some reads of it, and what people do in between. The quiet choice comes first. */

import fc from 'fast-check';
import type { ClassSelection, Policy } from '../../../src/model/index.js';
import { defaultPolicy } from '../../../src/model/index.js';

/** A choice among words, each so often as it says; smaller cases are those of earlier words. */
function oneOf<T>(...choices: readonly (readonly [weight: number, value: T])[]): fc.Arbitrary<T> {
  return fc.oneof(
    { withCrossShrink: true },
    ...choices.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })),
  );
}

const MEMBER = fc.record({
  user: fc.nat({ max: 11 }),
  feed: oneOf<'active' | 'none' | 'deleted' | 'ended' | 'future' | 'soon' | 'two-terms' | 'teacher-too'>(
    [18, 'active'],
    [6, 'none'],
    [1, 'deleted'],
    [1, 'ended'],
    [1, 'future'],
    [1, 'soon'],
    [1, 'two-terms'],
    [1, 'teacher-too'],
  ),
  host: oneOf<'roster' | 'none' | 'removed-by-sync' | 'removed-by-user' | 'by-hand' | 'linked' | 'by-hand-removed'>(
    [16, 'roster'],
    [5, 'none'],
    [2, 'removed-by-sync'],
    [2, 'removed-by-user'],
    [2, 'by-hand'],
    [1, 'linked'],
    [1, 'by-hand-removed'],
  ),
  drift: oneOf<'none' | 'role-changed' | 'role-by-hand' | 'primary-by-hand' | 'other-role' | 'never-synced'>(
    [14, 'none'],
    [1, 'role-changed'],
    [1, 'role-by-hand'],
    [1, 'primary-by-hand'],
    [1, 'other-role'],
    [1, 'never-synced'],
  ),
});

const CLASS = fc.record({
  feed: oneOf<'present' | 'absent' | 'deleted' | 'twice' | 'twice-deleted'>(
    [24, 'present'],
    [6, 'absent'],
    [2, 'deleted'],
    [1, 'twice'],
    [1, 'twice-deleted'],
  ),
  host: oneOf<'roster' | 'none' | 'by-sync' | 'by-user' | 'purged' | 'linked' | 'linked-archived' | 'revived'>(
    [16, 'roster'],
    [8, 'none'],
    [3, 'by-sync'],
    [3, 'by-user'],
    [1, 'purged'],
    [1, 'linked'],
    [1, 'linked-archived'],
    [1, 'revived'],
  ),
  drift: oneOf<
    | 'none'
    | 'renamed'
    | 'renamed-by-hand'
    | 'both-renamed'
    | 'other-name'
    | 'moved'
    | 'moved-and-renamed'
    | 'fields'
    | 'field-by-hand'
    | 'options'
    | 'option-by-hand'
    | 'never-synced'
  >(
    [18, 'none'],
    [2, 'renamed'],
    [2, 'renamed-by-hand'],
    [1, 'both-renamed'],
    [2, 'other-name'],
    [2, 'moved'],
    [1, 'moved-and-renamed'],
    [1, 'fields'],
    [1, 'field-by-hand'],
    [1, 'options'],
    [1, 'option-by-hand'],
    [1, 'never-synced'],
  ),
  school: oneOf([6, 0], [4, 1], [1, 2]),
  name: fc.nat({ max: 5 }),
  details: fc.nat({ max: 31 }),
  term: oneOf([3, 0], [1, 1], [1, 2]),
  hostTerm: oneOf([5, 0], [1, 1]),
  teacher: fc.record({
    user: fc.nat({ max: 3 }),
    before: oneOf<'same' | 'other' | 'none'>([6, 'same'], [2, 'other'], [1, 'none']),
    feed: oneOf([8, true], [1, false]),
  }),
  students: fc.uniqueArray(MEMBER, { selector: ({ user }) => user, maxLength: 12 }),
  /** All of its students at once. */
  tide: oneOf<'none' | 'none-in-feed' | 'none-at-host' | 'all-new' | 'all-synced'>(
    [14, 'none'],
    [2, 'none-in-feed'],
    [2, 'none-at-host'],
    [1, 'all-new'],
    [3, 'all-synced'],
  ),
});

const USER = fc.record({
  feed: oneOf<'present' | 'absent' | 'deleted' | 'twice'>([60, 'present'], [5, 'absent'], [2, 'deleted'], [1, 'twice']),
  host: oneOf<'roster' | 'none' | 'local' | 'deactivated' | 'deactivated-by-user' | 'protected' | 'elsewhere'>(
    [24, 'roster'],
    [8, 'none'],
    [1, 'local'],
    [1, 'deactivated'],
    [1, 'deactivated-by-user'],
    [1, 'protected'],
    [1, 'elsewhere'],
  ),
  anew: oneOf<'no' | 'stateId' | 'sisId' | 'email' | 'other-person'>(
    [80, 'no'],
    [1, 'stateId'],
    [1, 'sisId'],
    [1, 'email'],
    [1, 'other-person'],
  ),
  school: oneOf([6, 0], [4, 1], [1, 2]),
  hasEmail: oneOf([5, true], [1, false]),
});

const COLLECTION = fc.constantFrom('schools' as const, 'classes' as const, 'users' as const, 'enrollments' as const);

/** How a read went. */
const READ = fc.record({
  attestation: oneOf<'complete' | 'incomplete' | 'failed' | 'some-schools' | 'skipped'>(
    [24, 'complete'],
    [3, 'incomplete'],
    [1, 'failed'],
    [2, 'some-schools'],
    [2, 'skipped'],
  ),
  collection: COLLECTION,
  rejected: fc.array(
    fc.record({ collection: COLLECTION, names: oneOf([3, true], [1, false]), index: fc.nat({ max: 11 }) }),
    {
      maxLength: 1,
    },
  ),
  hasRejected: oneOf([9, false], [1, true]),
  /** Schools: all there, or some that are missing or deleted; or emptied of classes. */
  schools: oneOf<'all' | 'missing' | 'deleted' | 'emptied' | 'emptied-deleted' | 'alone'>(
    [20, 'all'],
    [2, 'missing'],
    [1, 'deleted'],
    [2, 'emptied'],
    [1, 'emptied-deleted'],
    [2, 'alone'],
  ),
  without: oneOf<'nothing' | 'classes' | 'students' | 'teachers' | 'aides' | 'enrollments' | 'everything'>(
    [24, 'nothing'],
    [1, 'classes'],
    [1, 'students'],
    [1, 'teachers'],
    [1, 'aides'],
    [1, 'enrollments'],
    [1, 'everything'],
  ),
  isReversed: oneOf([3, false], [1, true]),
  /** The very read of last time. */
  isAgain: oneOf([12, false], [1, true]),
});

/** What the district changes before a later read. */
const EVENT = fc.record({
  what: oneOf<
    | 'class-feed'
    | 'class-name'
    | 'class-school'
    | 'class-term'
    | 'class-teacher'
    | 'member-feed'
    | 'class-tide'
    | 'user-feed'
    | 'back'
  >(
    [4, 'class-feed'],
    [1, 'class-name'],
    [1, 'class-school'],
    [1, 'class-term'],
    [1, 'class-teacher'],
    [4, 'member-feed'],
    [1, 'class-tide'],
    [2, 'user-feed'],
    [2, 'back'],
  ),
  index: fc.nat({ max: 30 }),
  other: fc.nat({ max: 30 }),
});

/** What people do between two reads. */
const EDIT = fc.record({
  act: fc.constantFrom(
    'archive-class' as const,
    'revive-class' as const,
    'rename-class' as const,
    'purge-class' as const,
    'remove-member' as const,
    'add-member' as const,
    'add-again' as const,
  ),
  index: fc.nat({ max: 30 }),
  other: fc.nat({ max: 30 }),
});

/** What a person decides about the plan: of each hold, and which of the ready changes are taken back at once. */
const WORD = fc.record({
  holds: fc.array(
    oneOf<'wait' | 'approve' | 'discard' | 'approve-some'>(
      [4, 'wait'],
      [2, 'approve'],
      [1, 'discard'],
      [1, 'approve-some'],
    ),
    { minLength: 6, maxLength: 6 },
  ),
  undone: fc.array(fc.nat({ max: 30 }), { maxLength: 3 }),
  /** The run breaks off when so many changes are applied. */
  breaksOff: fc.option(fc.nat({ max: 12 }), { freq: 10, nil: undefined }),
});

const INCLUDES: readonly ClassSelection[] = [
  { names: '*a*' },
  { terms: ['Fall'] },
  { terms: ['fall'], notNames: 'mat*' },
  { grades: ['5', 'Kindergarten'] },
  { subjects: ['MATH'] },
  { notSubjects: ['math'] },
  { schoolLevels: ['elementary'] },
  { schoolLevels: ['middle', 'high'] },
  { ids: ['c1', 'c2', 'c3', 'c4'] },
  {},
];

const WINDOWS: readonly Policy['windows'][] = [
  [{ kind: 'blackout', from: '2026-10-02', to: '2026-10-03' }],
  [{ kind: 'additive-only', from: '22:00', to: '07:00' }],
  [
    { kind: 'blackout', from: '05:00', to: '06:00' },
    { kind: 'additive-only', from: '2026-10-01', to: '2026-10-02' },
  ],
];

const OPTIONS = { behaviorManagement: true, studentPortfolios: true, parentCommunication: true };

const POLICY: fc.Arbitrary<Policy> = fc
  .record({
    fullData: oneOf([8, true], [2, false]),
    archive: oneOf([6, true], [2, false]),
    fullDataReach: oneOf<Policy['fullDataReach']>([4, 'synced'], [1, 'everyone']),
    unarchive: oneOf<Policy['unarchive']>([4, 'archived-by-sync'], [1, 'off'], [2, 'always']),
    absentClassMembers: oneOf<Policy['absentClassMembers']>([1, 'keep'], [1, 'remove']),
    reassertMembers: oneOf([4, false], [1, true]),
    duplicateNames: oneOf<Policy['classes']['duplicateNames']>([4, 'first'], [2, 'disambiguate'], [1, 'all']),
    requireStudents: oneOf([4, false], [1, true]),
    requireTeacher: oneOf([4, false], [1, true]),
    include: oneOf<ClassSelection | undefined>([12, undefined], ...INCLUDES.map((each) => [1, each] as const)),
    portfolios: oneOf([8, true], [1, false]),
    students: oneOf([8, true], [1, false]),
    teachers: oneOf<Policy['teachers']['create']>([6, 'always'], [2, 'populated'], [1, 'never']),
    username: oneOf<Policy['teachers']['username']>([5, 'roster'], [1, 'email']),
    staff: oneOf([3, false], [1, true]),
    deactivateUnrostered: oneOf([1, false], [1, true]),
    additiveOnly: oneOf([12, false], [1, true]),
    windows: oneOf<Policy['windows']>([16, []], ...WINDOWS.map((each) => [1, each] as const)),
    graceSnapshots: oneOf([5, 1], [3, 2], [1, 3]),
    leadDays: oneOf([3, 0], [1, 10]),
    timeZone: oneOf([3, 'UTC'], [1, 'America/Los_Angeles'], [1, 'Pacific/Auckland']),
    limit: oneOf([4, 1], [4, 0.2], [2, 0.05]),
    floor: oneOf([3, 5], [1, 0], [1, 2]),
    rolling: oneOf([3, 1.5], [1, 1], [1, 4]),
    steps: oneOf<Policy['steps']>(
      [16, ['classes', 'teachers', 'students']],
      [1, ['teachers', 'students']],
      [1, ['classes', 'teachers']],
      [1, ['classes', 'students']],
      [1, ['classes']],
    ),
  })
  .map((each) => {
    const { limit, floor, rolling, portfolios, requireStudents, requireTeacher, duplicateNames, include, ...rest } =
      each;
    const { students, teachers, username, staff, ...settings } = rest;
    return {
      ...defaultPolicy,
      ...settings,
      archive: settings.archive && settings.fullData,
      classes: {
        duplicateNames,
        requireStudents,
        requireTeacher,
        options: { ...OPTIONS, studentPortfolios: portfolios },
        ...(include === undefined ? {} : { include }),
      },
      students: { create: students },
      teachers: { create: teachers, username },
      staff: { create: staff },
      limits: { ...defaultPolicy.limits, enrollments: limit, classes: limit, users: limit, floor, rolling },
    };
  });

const ROUND = fc.record({
  read: READ,
  events: fc.array(EVENT, { maxLength: 6 }),
  edits: fc.array(EDIT, { maxLength: 3 }),
  word: WORD,
  /** So many hours after the one before. */
  hours: oneOf([4, 24], [1, 2], [1, 80], [1, 200]),
  /** Another policy from now on. */
  policy: fc.option(POLICY, { freq: 6, nil: undefined }),
});

const PARTS = fc.record({
  classes: fc.array(CLASS, { minLength: 1, maxLength: 8 }),
  users: fc.array(USER, { minLength: 18, maxLength: 18 }),
  scope: oneOf<'district' | 's1' | 's1-s2' | 's1-unknown'>([8, 'district'], [3, 's1'], [1, 's1-s2'], [1, 's1-unknown']),
  policy: POLICY,
  rounds: fc.array(ROUND, { minLength: 1, maxLength: 4 }),
  /** Many sections of one name in one school, and most of them new: what the rows D are about. */
  alike: oneOf<'no' | 'name' | 'teacher' | 'all'>([12, 'no'], [1, 'name'], [1, 'teacher'], [1, 'all']),
});

export const CASE = PARTS.map(({ alike, ...parts }) => ({
  ...parts,
  classes: parts.classes.map((each, index) => {
    if (alike === 'no') return each;
    const host: typeof each.host = index % 3 === 2 ? each.host : 'none';
    const likeness = alike === 'name' ? {} : { teacher: { ...each.teacher, user: 0, feed: true } };
    return { ...each, host, school: 0, name: 0, ...likeness, ...(alike === 'all' ? { details: 0 } : {}) };
  }),
}));

type Of<T> = T extends fc.Arbitrary<infer V> ? V : never;
export type Case = Of<typeof CASE>;
export type ClassCase = Of<typeof CLASS>;
export type MemberCase = Of<typeof MEMBER>;
export type UserCase = Of<typeof USER>;
export type ReadCase = Of<typeof READ>;
export type EventCase = Of<typeof EVENT>;
export type EditCase = Of<typeof EDIT>;
export type WordCase = Of<typeof WORD>;
