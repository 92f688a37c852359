import { describe, expect, it } from 'vitest';
import type { ClassSelection } from '../../src/model/policy.js';
import { definePolicy, type PolicyInput } from '../../src/policy/index.js';
import { attested, localClass, school, section } from '../support/build.js';
import {
  changeLines,
  checkRow,
  classWith,
  hostOf,
  merge,
  noteLines,
  planOf,
  type ClassWith,
  type Given,
  type Row,
} from '../support/rows.js';

const LEFT_OUT = 'K18 NOT_INCLUDED';
const created = (sourcedId: string) => `class-create ${sourcedId} K1 NEW_CLASS`;

/** A section without people. */
function bare(sourcedId: string, fields: ClassWith = {}) {
  return classWith(sourcedId, { students: [], teachers: [], ...fields });
}

const including = (include: ClassSelection) => ({ classes: { include } });

/** The sections of which classes are made; without the quiet district, whose section would count, too. */
function imported(include: ClassSelection, ...sections: readonly ClassWith[]): readonly string[] {
  const feed = merge(...sections.map(({ sourcedId = 'c', ...fields }) => bare(sourcedId, fields)));
  return planOf({ feed, policy: including(include), alone: true })
    .changes.filter(({ kind }) => kind === 'class-create')
    .map(({ subject }) => subject.replace('class:', ''));
}

function evidence(given: Given): unknown {
  return planOf(given).notes.find(({ code }) => code === 'NOT_INCLUDED')?.evidence;
}

describe('which new sections are imported: one criterion', () => {
  it('the level of a school that the roster does not have is not known', () => {
    const feed = bare('c', { schoolSourcedId: 'nowhere' });
    const plan = planOf({ feed, policy: including({ schoolLevels: ['high'] }), alone: true });
    expect(plan.counts.byKind).not.toHaveProperty('class-create');
  });

  const grades = (...words: string[]) => ({ grades: words });

  it('by school level: elementary up to grade 5, middle 6 to 8, high from 9, in the words of either provider', () => {
    const sections = [
      'InfantToddler',
      'PreKindergarten',
      'Kindergarten',
      'KG',
      'PK',
      '5',
      '05',
      '6',
      '08',
      '9',
      '12',
      '13',
      'PostGraduate',
      '99',
      'Ungraded',
    ].map((grade) => ({ sourcedId: grade, ...grades(grade) }));
    expect([...imported({ schoolLevels: ['elementary'] }, ...sections)].sort()).toEqual(
      ['05', '5', 'InfantToddler', 'KG', 'Kindergarten', 'PK', 'PreKindergarten'].sort(),
    );
    expect(imported({ schoolLevels: ['middle'] }, ...sections)).toEqual(['08', '6']);
    expect(imported({ schoolLevels: ['high'] }, ...sections)).toEqual(['12', '13', '9', 'PostGraduate']);
  });

  it('by school level: of the school where the section has no grade that says it', () => {
    const given = (lowGrade: string, highGrade: string, fields: ClassWith): Given => ({
      feed: {
        ...bare('c', fields),
        schools: [school('s1', { ...(lowGrade === '' ? {} : { lowGrade }), highGrade }), school('s2')],
      },
      policy: including({ schoolLevels: ['middle'] }),
      alone: true,
    });
    const isImported = (row: Given) => changeLines(planOf(row)).includes(created('c'));
    expect(isImported(given('6', '8', {}))).toBe(true);
    expect(isImported(given('Kindergarten', '8', {}))).toBe(true);
    expect(isImported(given('5', '9', {}))).toBe(true);
    expect(isImported(given('6', '8', { grades: ['Ungraded'] }))).toBe(true);
    expect(isImported(given('6', '8', { grades: ['9'] }))).toBe(false);
    expect(isImported(given('9', '12', {}))).toBe(false);
    expect(isImported(given('', '8', {}))).toBe(false);
    expect(isImported(given('9', '6', {}))).toBe(false);
    expect(evidence(given('', '8', {}))).toEqual({ sections: 1, unknown: 1, schoolLevels: 1 });
    expect(evidence(given('9', '12', {}))).toEqual({ sections: 1, unknown: 0, schoolLevels: 1 });
  });

  it('by grade, whichever of a section’s grades it is', () => {
    const sections = [
      { sourcedId: 'a', ...grades('04', '05') },
      { sourcedId: 'b', ...grades('4') },
      { sourcedId: 'c', ...grades('KG') },
      { sourcedId: 'd', ...grades('Ungraded') },
      { sourcedId: 'e' },
    ];
    expect(imported({ grades: ['5', 'Kindergarten'] }, ...sections)).toEqual(['a', 'c']);
    expect(imported({ grades: ['ungraded'] }, ...sections)).toEqual(['d']);
    expect(imported({ grades: ['UG'] }, ...sections)).toEqual(['d']);
  });

  it('by subject, whatever its letters; where it has none it is not known to be one of them', () => {
    const sections = [
      { sourcedId: 'a', subject: 'Homeroom/Advisory' },
      { sourcedId: 'b', subject: 'PE and health' },
      { sourcedId: 'c' },
    ];
    expect(imported({ subjects: ['homeroom/advisory'] }, ...sections)).toEqual(['a']);
    expect(imported({ notSubjects: ['pe AND health'] }, ...sections)).toEqual(['a', 'c']);
  });

  it('by term, named by its sourcedId or its name', () => {
    const sections = [
      { sourcedId: 'a', termSourcedIds: ['fall'] },
      { sourcedId: 'b', termSourcedIds: ['last'] },
      { sourcedId: 'c', termSourcedIds: ['nowhere'] },
      { sourcedId: 'd', termSourcedIds: [] },
    ];
    expect(imported({ terms: ['last'] }, ...sections)).toEqual(['b']);
    expect(imported({ terms: ['last YEAR'] }, ...sections)).toEqual(['b']);
    expect(imported({ terms: ['nowhere', 'Fall'] }, ...sections)).toEqual(['a', 'c']);
    const feed = merge(...sections.map(({ sourcedId, ...fields }) => bare(sourcedId, fields)));
    expect(evidence({ feed, policy: including({ terms: ['Fall'] }), alone: true })).toEqual({
      sections: 3,
      unknown: 2,
      terms: 3,
    });
  });

  it.each<[string, string, boolean]>([
    ['Homeroom*', 'HOMEROOM  3', true],
    ['Homeroom*', 'My homeroom', false],
    ['*advisory', 'Grade 6 Advisory', true],
    ['*advisory', 'Advisory 6', false],
    ['*art*', 'Martial arts', true],
    ['math*grade*5', 'Math, grade 4 and grade 5', true],
    ['math*grade*5', 'Math, grade 6', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['a**b', 'a to b', true],
    ['a*b*b', 'ab', false],
    ['ab*b*c', 'ab c', false],
    ['a*x*b', 'a b', false],
    ['a*x*b', 'a x b', true],
    ['Math', 'math', true],
    ['Math', 'Math 1', false],
    ['Math (1+)', 'math (1+)', true],
    ['caf\u00e9', 'Cafe\u0301', true],
  ])('by name: %s and %s', (pattern, name, isMatch) => {
    expect(imported({ names: pattern }, { name })).toEqual(isMatch ? ['c'] : []);
    expect(imported({ notNames: pattern }, { name })).toEqual(isMatch ? [] : ['c']);
  });

  it('by name: a blank name is read as the course title', () => {
    expect(imported({ names: 'algebra' }, { name: ' ', courseTitle: 'Algebra' })).toEqual(['c']);
  });

  it('by sourcedId, as it is', () => {
    const sections = [{ sourcedId: '007' }, { sourcedId: '7' }];
    expect(imported({ ids: ['7'] }, ...sections)).toEqual(['7']);
  });

  it('all, where nothing is asked for', () => {
    expect(imported({}, { sourcedId: 'a' }, { sourcedId: 'b' })).toEqual(['a', 'b']);
  });
});

describe('which new sections are imported: several criteria', () => {
  it('asks for all of them, and tells how many sections failed which', () => {
    const feed = merge(
      bare('a', { subject: 'math', grades: ['5'] }),
      bare('b', { subject: 'math', grades: ['6'] }),
      bare('c', { subject: 'science', grades: ['6'] }),
      bare('d', { grades: ['5'] }),
    );
    const given = { feed, policy: including({ subjects: ['math'], grades: ['5'] }), alone: true } as const;
    expect(changeLines(planOf(given))).toEqual([created('a')]);
    expect(evidence(given)).toEqual({ sections: 3, unknown: 1, subjects: 2, grades: 2 });
  });
});

const NOT_ART: Row['policy'] = including({ notSubjects: ['art'] });

const rows: readonly Row[] = [
  {
    title: 'K18: a section that is left out brings neither its students nor, where they need a class, its teachers',
    feed: merge(classWith('c1', { subject: 'art' }), classWith('c2', { students: ['b'], teachers: ['u'] })),
    policy: { ...NOT_ART, teachers: { create: 'populated' } },
    changes: [
      'user-create b U1 NEW_PERSON',
      'user-create u U2 NEW_PERSON',
      created('c2'),
      'enrollment-add c2/b M1 ENROLLED',
      'enrollment-add c2/u M1 ENROLLED',
    ],
    notes: [LEFT_OUT, 'U2 TEACHER_CLASS_EMPTY t'],
  },
  {
    title: 'K18: a section that is left out takes no name',
    feed: merge(bare('c1', { name: 'Room', subject: 'art' }), bare('c2', { name: 'Room' })),
    policy: NOT_ART,
    changes: [created('c2')],
    notes: [LEFT_OUT],
    never: ['DUPLICATE_NAME'],
  },
  {
    title: 'K18: of a section that is left out nothing else is told',
    feed: merge(
      { ...classWith('c1', { subject: 'art', teachers: [] }), users: [] },
      bare('c2', { subject: 'art', schoolSourcedId: 'unshared' }),
    ),
    policy: NOT_ART,
    changes: [],
    notes: [LEFT_OUT],
  },
  {
    title: 'K18: a class that is there already keeps following, whatever the criteria say; it is told',
    feed: classWith('c1', { subject: 'art', name: 'New name', students: ['a', 'b'] }),
    host: hostOf(classWith('c1', { subject: 'art', name: 'Old name' })),
    policy: { ...NOT_ART, fullData: true, archive: true },
    changes: ['user-create b U1 NEW_PERSON', 'class-update c1 K5 NAME_CHANGED', 'enrollment-add c1/b M1 ENROLLED'],
    notes: ['K18 NOT_INCLUDED_KEPT c1'],
  },
  {
    title: 'K18: it was told before',
    feed: classWith('c1', { subject: 'art' }),
    host: {
      ...hostOf(classWith('c1', { subject: 'art' })),
      ledger: { formatVersion: 1, holds: [], suppressions: [], reported: ['NOT_INCLUDED_KEPT class:c1'] },
    },
    policy: NOT_ART,
    changes: [],
  },
  {
    title: 'K18: a class that a sync archived comes back: its first import is over',
    feed: bare('c1', { subject: 'art' }),
    host: hostOf(bare('c1', { subject: 'art' }), { classes: { c1: { state: 'archived', by: 'sync' } } }),
    policy: NOT_ART,
    changes: ['class-unarchive c1 K8 CLASS_RETURNED'],
    notes: ['K18 NOT_INCLUDED_KEPT c1'],
  },
  {
    title: 'not K18: a class that a person tied to a section is no import',
    feed: bare('c1', { subject: 'art' }),
    host: hostOf(bare('c1', { subject: 'art' }), { classes: { c1: { origin: 'linked' } } }),
    policy: NOT_ART,
    changes: [],
    never: ['K18'],
  },
  {
    title: 'not K18: a section out of scope is not counted',
    feed: bare('c1', { subject: 'art', schoolSourcedId: 's2' }),
    policy: NOT_ART,
    scope: { tenant: 'district-1', schools: ['s1'] },
    changes: [],
    never: ['K18'],
  },
  {
    title: 'not K18: an incomplete read imports no section, so none is left out',
    feed: { ...bare('c1', { subject: 'art' }), attestation: attested({ users: 'incomplete' }) },
    policy: NOT_ART,
    changes: [],
    holds: ['G2 INCOMPLETE_READ 0'],
    never: ['K18'],
  },
];

describe('which new sections are imported: what follows', () => {
  it.each(rows)('$title', checkRow);

  it('K18: absence is judged on every section that was read, left out or not', () => {
    const host = hostOf(classWith('c1', { subject: 'art' }));
    const feed = merge(classWith('c1', { subject: 'art' }), { users: [] });
    const plan = planOf({ feed, host, policy: { ...NOT_ART, fullData: true, archive: true } });
    expect(plan.counts.destructive).toBe(0);
    expect(noteLines(plan)).not.toContain('K7 ABSENT_KEPT c1');
  });

  it('K18: a feed of nothing but sections that are left out is no empty feed', () => {
    const host = { classes: [localClass('gone')] };
    const feed = { classes: [section('c1', { subject: 'art' })] };
    const plan = planOf({ feed, host, policy: { ...NOT_ART, fullData: true, archive: true }, alone: true });
    expect(plan.holds.map(({ code }) => code)).not.toContain('EMPTY_FEED');
  });
});

describe('the setting itself', () => {
  it.each<[string, unknown, string]>([
    ['a list of nothing', { subjects: [] }, 'policy.classes.include.subjects'],
    ['no level', { schoolLevels: [] }, 'policy.classes.include.schoolLevels'],
    ['a level that does not exist', { schoolLevels: ['primary'] }, 'policy.classes.include.schoolLevels.0'],
    ['a blank word in a list', { grades: ['5', ' '] }, 'policy.classes.include.grades.1'],
    ['a grade that does not exist', { grades: ['KG', '5th'] }, 'policy.classes.include.grades.1'],
    ['a grade beyond the last', { grades: ['14'] }, 'policy.classes.include.grades.0'],
    ['an empty pattern', { names: '' }, 'policy.classes.include.names'],
    ['a pattern that leaves everything out', { notNames: ' * ' }, 'policy.classes.include.notNames'],
    ['a criterion that does not exist', { teachers: ['t'] }, 'policy.classes.include.teachers'],
  ])('refuses %s', (_, include, parameter) => {
    const input = { classes: { include } } as PolicyInput;
    expect(() => definePolicy(input)).toThrow(expect.objectContaining({ code: 'configuration', parameter }));
  });

  it('shows how a grade is written', () => {
    expect(() => definePolicy(including({ grades: ['fifth'] }))).toThrow(/"05" or "Kindergarten"/u);
  });

  it('knows every grade of Clever and OneRoster, in any case of letters', () => {
    const clever = ['InfantToddler', 'Preschool', 'PreKindergarten', 'TransitionalKindergarten', 'Kindergarten'];
    const oneRoster = ['IT', 'PR', 'PK', 'TK', 'KG', '01', '09', '13', 'PS', 'UG', 'other'];
    const grades = [...clever, '1', '12', '13', 'PostGraduate', 'Ungraded', 'Other', ...oneRoster];
    expect(definePolicy(including({ grades })).classes.include).toEqual({ grades });
  });

  it.each<[string, unknown]>([
    ['no object', 'math'],
    ['a list', ['math']],
    ['no list of levels', { schoolLevels: 'high' }],
    ['a level that does not exist', { schoolLevels: ['primary'] }],
    ['no list of subjects', { subjects: 'math' }],
    ['a subject that is no word', { subjects: [5] }],
    ['a grade that is no word', { grades: [5] }],
    ['no list of grades', { grades: '5' }],
    ['a name that is no pattern', { names: ['Math'] }],
    ['an id that is no word', { ids: [undefined] }],
  ])('says in its own words what it is: %s', (_, include) => {
    const input = { classes: { include } } as PolicyInput;
    expect(() => definePolicy(input)).toThrow(
      expect.objectContaining({
        name: 'ConfigurationError',
        message: expect.not.stringMatching(/invalid|expected|received|option/iu) as string,
      }),
    );
  });

  it('of one import takes the place of the sync’s own as a whole', () => {
    const base = definePolicy({ classes: { include: { subjects: ['math'] }, requireStudents: true } });
    const include = (input: PolicyInput) => definePolicy(input, base).classes.include;
    expect(include({ classes: { include: { grades: ['5'] } } })).toEqual({ grades: ['5'] });
    expect(include({ classes: { include: {} } })).toEqual({});
    expect(include({ classes: { include: undefined } })).toEqual({ subjects: ['math'] });
    expect(include({ classes: { requireStudents: false } })).toEqual({ subjects: ['math'] });
  });
});
