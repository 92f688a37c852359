import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Decisions,
  feedClass,
  feedIdOf,
  hostClass,
  linkClasses,
  pairClasses,
  type FeedClass,
  type HostClass,
} from '../../../src/engine/identity/index.js';
import { makeProposal } from '../../../src/engine/identity/proposals.js';
import type { Class, LocalClass } from '../../../src/model/index.js';
import { enrolled, localClass, localMember, localUser, NOW, section, student, teaching } from '../../support/build.js';

const TEN = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'].map((each) => `s${each}`);
const OTHERS = TEN.map((id) => `x${id}`);

interface Members {
  readonly students?: readonly string[];
  readonly teachers?: readonly string[];
}

/** A section named `Math` of one teacher and ten students, in period 3, unless told otherwise. */
function newSection(
  id: string,
  { students = TEN, teachers = ['t'], ...fields }: Members & Partial<Class> = {},
): FeedClass {
  const named = section(id, { name: 'Math', period: '3', ...fields });
  return feedClass(named, named.name, [
    ...students.map((user) => enrolled(id, user)),
    ...teachers.map((user) => teaching(id, user)),
  ]);
}

/** The class that a sync made of such a section. */
function oldClass(
  id: string,
  { students = TEN, teachers = ['t'], ...fields }: Members & Partial<LocalClass> = {},
): HostClass {
  const made = localClass(id, { name: 'Math', ...fields });
  const { period = '3' } = fields;
  const synced = { name: 'Math', schoolSourcedId: 's1', ...made.synced, period };
  return hostClass({ ...made, synced }, [
    ...students.map((user) => localMember(id, user)),
    ...teachers.map((user) => localMember(id, user, { role: 'teacher' })),
  ]);
}

/** A class that people made, of members whom the feed knows. */
function byHand(
  id: string,
  { students = TEN, teachers = ['t'], ...fields }: Members & Partial<LocalClass> = {},
): HostClass {
  const made: LocalClass = {
    id,
    version: 1,
    origin: 'local',
    state: 'active',
    schoolSourcedId: 's1',
    name: 'Math',
    ...fields,
  };
  return hostClass(made, [
    ...students.map((user) => localMember(id, user)),
    ...teachers.map((user) => localMember(id, user, { role: 'teacher' })),
  ]);
}

type Options = Partial<Omit<Parameters<typeof pairClasses>[0], 'hosts' | 'sections'>>;

function input(hosts: readonly HostClass[], sections: readonly FeedClass[], options: Options = {}) {
  return { hosts, sections, decisions: new Decisions(), isUndone: () => false, isReset: false, now: NOW, ...options };
}

function moves(hosts: readonly HostClass[], sections: readonly FeedClass[], options?: Options) {
  return lines(pairClasses(input(hosts, sections, options)));
}

function links(hosts: readonly HostClass[], sections: readonly FeedClass[], options?: Options) {
  return lines(linkClasses(input(hosts, sections, options)));
}

function lines({ matches, proposals, ambiguous }: ReturnType<typeof pairClasses>) {
  return {
    matches: matches.map(({ local, section: feed }) => `${local.id} ${feed.sourcedId}`),
    proposals: proposals.map(({ recordId, sourcedId }) => `${recordId} ${sourcedId}`),
    ambiguous,
  };
}

const NOTHING = { matches: [], proposals: [], ambiguous: [] };
const MOVED = { ...NOTHING, proposals: ['class-old new'] };

function decided(kind: 'class-rekey' | 'class-link', outcome: 'accepted' | 'declined', local: HostClass): Decisions {
  const parts = { rule: 'K12', sourcedId: 'new', schoolSourcedId: 's1', evidence: {}, likeness: 0.8, now: NOW };
  return new Decisions([
    { ...makeProposal({ kind, local: local.local, ...parts }), decision: { outcome, by: 'a', at: NOW } },
  ]);
}

describe('one class under a new sourcedId (K12)', () => {
  it('proposes a class with the same name, teacher, students and period, with what speaks for it', () => {
    expect(pairClasses(input([oldClass('old')], [newSection('new')])).proposals).toEqual([
      {
        id: 'class-rekey:9:class-old:new',
        kind: 'class-rekey',
        rule: 'K12',
        recordId: 'class-old',
        from: 'old',
        sourcedId: 'new',
        schoolSourcedId: 's1',
        evidence: {
          school: 'same',
          name: 'same',
          teachersInCommon: 1,
          studentsInCommon: 10,
          studentsOfHost: 10,
          studentsOfFeed: 10,
          period: 'same',
          terms: 'same',
        },
        likeness: 1,
        since: NOW,
      },
    ]);
    const reset = pairClasses(input([oldClass('old')], [newSection('new')], { isReset: true }));
    expect(reset.proposals).toMatchObject([{ rule: 'G5' }]);
  });

  it.each([
    ['the name in other letters', { name: ' MATH ' }],
    ['another name, but the teacher, the period and the students', { name: 'Algebra' }],
    ['another teacher, but the name and the students', { teachers: ['u'] }],
    ['half of the students new', { students: [...TEN.slice(0, 7), ...OTHERS.slice(0, 3)] }],
    ['another period', { period: '4' }],
    ['no students on record', { students: [] }],
    ['a few students, all of them others', { students: OTHERS.slice(0, 4) }],
    [
      'another term, with the same name and nearly all students',
      { termSourcedIds: ['spring'], students: TEN.slice(1) },
    ],
  ] satisfies [string, Members & Partial<Class>][])('proposes it with %s', (_, fields) => {
    expect(moves([oldClass('old')], [newSection('new', fields)])).toEqual(MOVED);
  });

  it.each([
    ['of another school', { schoolSourcedId: 's2' }],
    ['with neither the name nor the teacher, of the very same students', { name: 'Art', teachers: ['u'] }],
    ['of other students, be the name and the teacher the same: the next year’s', { students: OTHERS }],
    ['with a twentieth of the students', { students: [TEN[0] ?? '', ...OTHERS.slice(1)] }],
    [
      'of the next term with some of the students',
      { termSourcedIds: ['spring'], students: [...TEN.slice(0, 7), ...OTHERS.slice(0, 3)] },
    ],
    ['of the next term under another name, of the same students', { termSourcedIds: ['spring'], name: 'Algebra' }],
    ['of the next term without students', { termSourcedIds: ['spring'], students: [] }],
    ['with the teacher alone', { name: 'Art', period: '4', students: [] }],
    ['with the name alone', { teachers: ['u'], period: '4', students: [] }],
  ] satisfies [string, Members & Partial<Class>][])('proposes no section %s', (_, fields) => {
    expect(moves([oldClass('old')], [newSection('new', fields)])).toEqual(NOTHING);
  });

  it('is another class with less than a fifth of the students in common, where there are five or more', () => {
    const six = TEN.slice(0, 6);
    const withCommon = (count: number, of: readonly string[]) => [
      ...of.slice(0, count),
      ...OTHERS.slice(count, of.length),
    ];
    const old = oldClass('old', { students: six });
    expect(moves([old], [newSection('new', { students: withCommon(2, six) })])).toEqual(MOVED);
    expect(moves([old], [newSection('new', { students: withCommon(1, six) })])).toEqual(NOTHING);
    const five = oldClass('old', { students: TEN.slice(0, 5) });
    expect(moves([five], [newSection('new', { students: OTHERS.slice(0, 5) })])).toEqual(NOTHING);
    expect(moves([five], [newSection('new', { students: OTHERS.slice(0, 4) })])).toEqual(MOVED);
  });

  it('says what is the same, what is other, and what is not told', () => {
    const evidence = (host: HostClass, feed: FeedClass) => pairClasses(input([host], [feed])).proposals[0]?.evidence;
    expect(evidence(oldClass('old'), newSection('new', { name: 'Algebra' }))).toMatchObject({ name: 'other' });
    expect(evidence(oldClass('old'), newSection('new', { period: '4' }))).toMatchObject({ period: 'other' });
    expect(evidence(oldClass('old'), newSection('new', { period: '' }))).toMatchObject({ period: 'unknown' });
    expect(evidence(oldClass('old', { period: '' }), newSection('new'))).toMatchObject({ period: 'unknown' });
    const terms = { termSourcedIds: ['spring', 'fall'], students: [] };
    expect(evidence(oldClass('old'), newSection('new', terms))).toMatchObject({ terms: 'same' });
    const yearlong = oldClass('old', { termSourcedIds: ['fall', 'spring'], students: [] });
    const inYear = { ...yearlong, profile: { ...yearlong.profile, school: undefined, terms: ['fall', 'spring'] } };
    expect(evidence(inYear, newSection('new'))).toMatchObject({ terms: 'same', school: 'unknown' });
  });

  it('is enough alike with the teacher, the period and the term, where nobody is enrolled yet', () => {
    expect(moves([oldClass('old')], [newSection('new', { name: 'Art', students: [] })])).toEqual(MOVED);
    expect(moves([oldClass('old')], [newSection('new', { name: 'Art', students: [], period: '' })])).toEqual(NOTHING);
  });

  it('measures the students in common against all of both classes', () => {
    const fewer = { students: TEN.slice(0, 4), teachers: ['u'], period: '4' };
    expect(moves([oldClass('old')], [newSection('new', fewer)])).toEqual(NOTHING);
    expect(moves([oldClass('old')], [newSection('new', { ...fewer, students: TEN.slice(0, 9) })])).toEqual(MOVED);
  });

  it('goes on across terms with four of five students, and no fewer', () => {
    const spring = (count: number) => newSection('new', { termSourcedIds: ['spring'], students: TEN.slice(0, count) });
    expect(moves([oldClass('old')], [spring(8)])).toEqual(MOVED);
    expect(moves([oldClass('old')], [spring(7)])).toEqual(NOTHING);
  });

  it('knows a class that a person renamed by the name that the feed gave it', () => {
    const renamed = oldClass('old', { name: 'Our room' });
    const synced = localClass('old', { name: 'Math' }).synced;
    const both = { ...renamed.local, ...(synced === undefined ? {} : { synced }) };
    expect(moves([hostClass(both, [])], [newSection('new', { students: [], teachers: [] })])).toEqual(MOVED);
    expect(moves([renamed], [newSection('new', { name: 'Our Room', students: [] })])).toEqual(MOVED);
  });

  it('follows several decisions in the order of the sections', () => {
    const classes = [oldClass('a'), oldClass('b')];
    const parts = {
      kind: 'class-rekey',
      rule: 'K12',
      schoolSourcedId: 's1',
      evidence: {},
      likeness: 1,
      now: NOW,
    } as const;
    const decision = { outcome: 'accepted', by: 'admin', at: NOW } as const;
    const accepted = classes.map(({ local }, index) => ({
      ...makeProposal({ ...parts, local, sourcedId: `n${String(1 - index)}` }),
      decision,
    }));
    const sections = [newSection('n0'), newSection('n1')];
    expect(moves(classes, sections, { decisions: new Decisions(accepted) }).matches).toEqual([
      'class-b n0',
      'class-a n1',
    ]);
  });

  it('knows a class of which no school, period or term is told', () => {
    const bare: LocalClass = {
      id: 'class-old',
      version: 1,
      origin: 'linked',
      state: 'active',
      sourcedId: 'old',
      name: 'Math',
    };
    expect(hostClass(bare, []).profile).toEqual({
      school: undefined,
      names: new Set(['math']),
      period: undefined,
      terms: [],
      students: new Set(),
      teachers: new Set(),
    });
    const { termSourcedIds: _terms, ...plain } = section('new', { name: 'Math' });
    expect(feedClass(plain, 'Math', []).profile).toMatchObject({ period: undefined, terms: [] });
  });

  it('counts neither removed members nor deleted enrollments', () => {
    const members = TEN.map((user) => localMember('old', user, { state: 'removed', by: 'user' }));
    expect(hostClass(localClass('old'), members).profile.students.size).toBe(0);
    const rows = TEN.map((user) => enrolled('new', user, { status: 'tobedeleted' }));
    const aide = enrolled('new', 'aide', { role: 'aide' });
    expect(feedClass(section('new'), 'Math', [...rows, aide]).profile).toMatchObject({
      students: new Set(),
      teachers: new Set(),
    });
  });

  it('knows members by their new ids, be those only proposed', () => {
    const local = localUser(student('a'));
    const parts = { rule: 'U12', schoolSourcedId: 's1', evidence: {}, likeness: 1, now: NOW };
    const proposal = makeProposal({ ...parts, kind: 'user-rekey', local: localUser(student('b')), sourcedId: 'b2' });
    const other = makeProposal({ ...parts, kind: 'class-rekey', local: { id: 'user-c' }, sourcedId: 'c2' });
    const idOf = feedIdOf([{ feed: student('a2'), local, by: 'stateId', isLink: false }], [proposal, other]);
    expect(['a', 'b', 'c'].map((user) => idOf(localMember('old', user)))).toEqual(['a2', 'b2', 'c']);
    const members = ['a', 'b', 'c'].map((user) => localMember('old', user));
    expect([...hostClass(localClass('old'), members, idOf).profile.students]).toEqual(['a2', 'b2', 'c']);
  });

  it('pairs two classes of one name by their teachers and students', () => {
    const classes = [oldClass('a'), oldClass('b', { teachers: ['u'], students: OTHERS })];
    const sections = [newSection('y', { teachers: ['u'], students: OTHERS }), newSection('z')];
    expect(moves(classes, sections)).toEqual({ ...NOTHING, proposals: ['class-a z', 'class-b y'] });
  });

  it('never pairs where two are as much alike', () => {
    const twins = [newSection('new'), newSection('neo')];
    expect(moves([oldClass('old')], twins)).toEqual({ ...NOTHING, ambiguous: ['neo', 'new'] });
    expect(moves([oldClass('a'), oldClass('b')], [newSection('new')])).toEqual({ ...NOTHING, ambiguous: ['new'] });
    const names = [
      newSection('new', { students: [], teachers: [] }),
      newSection('neo', { students: [], teachers: [] }),
    ];
    expect(moves([oldClass('a'), oldClass('b')], names)).toEqual({ ...NOTHING, ambiguous: ['neo', 'new'] });
    const clearly = [newSection('new'), newSection('neo', { students: TEN.slice(2) })];
    expect(moves([oldClass('old')], clearly)).toEqual(MOVED);
    const nearly = [newSection('new'), newSection('neo', { students: TEN.slice(1) })];
    expect(moves([oldClass('old')], nearly)).toEqual({ ...NOTHING, ambiguous: ['neo', 'new'] });
  });

  it('lets the one that is clearly more alike go first, and is in no doubt about the other', () => {
    const sections = [newSection('new'), newSection('neo', { teachers: ['u'], period: '4' })];
    expect(moves([oldClass('old')], sections)).toEqual(MOVED);
  });

  it('does not look through a name that hundreds have', () => {
    const none = { students: [], teachers: [] };
    const many = Array.from({ length: 301 }, (_, index) =>
      newSection(`n${String(index)}`, { ...none, period: String(index) }),
    );
    expect(moves([oldClass('old', { ...none, period: '7' })], many)).toEqual(NOTHING);
    expect(moves([oldClass('old', { ...none, period: '7' })], many.slice(0, 300)).proposals).toHaveLength(1);
  });

  it('follows what people decided, as long as both are as they were', () => {
    const old = oldClass('old');
    const unlike = newSection('new', { name: 'Art', teachers: ['u'] });
    const accepted = { decisions: decided('class-rekey', 'accepted', old) };
    expect(moves([old], [unlike, newSection('neo')], accepted)).toEqual({ ...NOTHING, matches: ['class-old new'] });
    // The section is that class’s: no other one is asked about it.
    const alike = [oldClass('also'), newSection('new')] as const;
    expect(moves([old, alike[0]], [alike[1]], accepted)).toEqual({ ...NOTHING, matches: ['class-old new'] });
    expect(moves([], [unlike], accepted)).toEqual(NOTHING);
    expect(moves([old], [], accepted)).toEqual(NOTHING);
    const rekeyed = { ...old, local: { ...old.local, sourcedId: 'elsewhere' } };
    expect(moves([rekeyed], [unlike], accepted)).toEqual(NOTHING);
    expect(moves([old], [newSection('new')], { decisions: decided('class-rekey', 'declined', old) })).toEqual(NOTHING);
    expect(moves([old], [unlike], { ...accepted, isUndone: ({ sourcedId }) => sourcedId === 'new' })).toEqual(MOVED);
    const next = pairClasses(input([old], [newSection('new')], accepted));
    expect(next.matches).toMatchObject([{ isLink: false }]);
  });
});

describe('a section that people had made a class of (K19)', () => {
  it('proposes by name, teacher and the members that the feed knows', () => {
    expect(
      linkClasses(input([byHand('h1', { students: TEN.slice(0, 3) })], [newSection('new')])).proposals,
    ).toMatchObject([
      {
        id: 'class-link:2:h1:new',
        kind: 'class-link',
        rule: 'K19',
        evidence: { studentsInCommon: 3, studentsOfHost: 3, studentsOfFeed: 10, period: 'unknown', terms: 'unknown' },
        likeness: 1,
      },
    ]);
  });

  it.each([
    ['an empty class of that name', { students: [], teachers: [] }],
    ['a class of another name with the same teacher and students', { name: 'Ms. Lee’s maths' }],
    ['a class without a school', { schoolSourcedId: undefined }],
  ] satisfies [string, Members & { name?: string; schoolSourcedId?: undefined }][])(
    'proposes it for %s',
    (_, fields) => {
      const { schoolSourcedId: _school, ...local } = byHand('h1', fields as Members & Partial<LocalClass>).local;
      const members = byHand('h1', fields as Members & Partial<LocalClass>);
      const host =
        'schoolSourcedId' in fields ? { local, profile: { ...members.profile, school: undefined } } : members;
      expect(links([host], [newSection('new')])).toEqual({ ...NOTHING, proposals: ['h1 new'] });
    },
  );

  it.each([
    ['in another school', { schoolSourcedId: 's2' }],
    ['of other students', { students: OTHERS }],
    ['of another name and teacher', { name: 'Chess club', teachers: ['u'] }],
  ] satisfies [string, Members & Partial<LocalClass>][])('proposes nothing for a class %s', (_, fields) => {
    expect(links([byHand('h1', fields)], [newSection('new')])).toEqual(NOTHING);
  });

  it('never pairs by a name that two have, on either side', () => {
    const empty = { students: [], teachers: [] };
    expect(links([byHand('h1', empty)], [newSection('a', empty), newSection('b', empty)])).toEqual({
      ...NOTHING,
      ambiguous: ['a', 'b'],
    });
    expect(links([byHand('h1', empty), byHand('h2', empty)], [newSection('a', empty)])).toEqual({
      ...NOTHING,
      ambiguous: ['a'],
    });
  });

  it('looks for a class without a school by its name everywhere', () => {
    const empty = { students: [], teachers: [] };
    const { local, profile } = byHand('h1', empty);
    const { schoolSourcedId: _school, ...elsewhere } = local;
    const host = { local: elsewhere, profile: { ...profile, school: undefined } };
    expect(links([host], [newSection('new', { ...empty, schoolSourcedId: 's2' })]).proposals).toEqual(['h1 new']);
  });

  it('keeps apart what people decided about links and about re-keys', () => {
    const host = byHand('h1');
    const accepted = linkClasses(
      input([host], [newSection('new')], { decisions: decided('class-link', 'accepted', host) }),
    );
    expect(accepted).toMatchObject({ matches: [{ isLink: true }], proposals: [] });
    expect(
      links([host], [newSection('new')], { decisions: decided('class-rekey', 'accepted', host) }).proposals,
    ).toEqual(['h1 new']);
    expect(links([host], [newSection('new')], { decisions: decided('class-link', 'declined', host) })).toEqual(NOTHING);
  });
});

it('pairs each class once, whatever the order of both sides, and tells nobody’s name', () => {
  const one = fc.record({
    name: fc.constantFrom('Math', 'Art', 'Homeroom'),
    teachers: fc.subarray(['t', 'u', 'v']),
    students: fc.subarray(TEN),
    period: fc.option(fc.constantFrom('1', '2'), { nil: undefined }),
    school: fc.constantFrom('s1', 's2'),
    term: fc.constantFrom('fall', 'spring'),
  });
  let paired = 0;
  fc.assert(
    fc.property(
      fc.array(one, { maxLength: 6 }),
      fc.array(one, { maxLength: 6 }),
      fc.boolean(),
      (left, right, isLink) => {
        const hosts = left.map(({ name, teachers, students, school, term }, index) =>
          (isLink ? byHand : oldClass)(`h${String(index)}`, {
            name,
            teachers,
            students,
            schoolSourcedId: school,
            termSourcedIds: [term],
          }),
        );
        const sections = right.map(({ name, teachers, students, period, school, term }, index) =>
          newSection(`n${String(index)}`, {
            name,
            teachers,
            students,
            schoolSourcedId: school,
            termSourcedIds: [term],
            ...(period === undefined ? {} : { period }),
          }),
        );
        const run = isLink ? linkClasses : (each: ReturnType<typeof input>) => pairClasses(each);
        const found = run(input(hosts, sections));
        expect(run(input([...hosts].reverse(), [...sections].reverse()))).toEqual(found);
        const ends = found.proposals.flatMap(({ recordId, sourcedId }) => [recordId, sourcedId]);
        expect(new Set([...ends, ...found.ambiguous]).size).toBe(ends.length + found.ambiguous.length);
        for (const { recordId, sourcedId, likeness } of found.proposals) {
          const host = hosts.find(({ local }) => local.id === recordId);
          const feed = sections.find((each) => each.section.sourcedId === sourcedId);
          expect(host?.profile.school).toBe(feed?.profile.school);
          expect(likeness).toBeGreaterThanOrEqual(0.6);
          expect(likeness).toBeLessThanOrEqual(1);
        }
        expect(JSON.stringify(found.proposals)).not.toMatch(/Math|Art|Homeroom/u);
        paired += found.proposals.length;
      },
    ),
    { numRuns: 2_000, seed: 7 },
  );
  expect(paired).toBeGreaterThan(1_000);
});
