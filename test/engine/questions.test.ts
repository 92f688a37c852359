import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/engine/context.js';
import { AskedDirectory } from '../../src/engine/passes/directory.js';
import { Memberships } from '../../src/engine/passes/memberships.js';
import { People } from '../../src/engine/passes/people.js';
import { LinkQuestions, MemberQuestions } from '../../src/engine/passes/questions.js';
import { defaultPolicy } from '../../src/model/index.js';
import type { Class, Enrollment, LocalClass, LocalEnrollment } from '../../src/model/index.js';
import { enrolled, localClass, localMember, SCOPE, section } from '../support/build.js';

const CONTEXT = {
  policy: { ...defaultPolicy, fullData: true },
  today: '2026-10-01',
  isRestricted: false,
  handlesClasses: true,
  isInScope: () => true,
  decisions: { accepted: () => [{ sourcedId: 'moved' }] },
} as unknown as Context;

/** Of whom a class's members make the planning ask. */
function asked(
  rows: readonly Enrollment[],
  members: readonly LocalEnrollment[],
  sides: { readonly section?: Class | undefined; readonly local?: LocalClass | undefined } = {
    section: section('c'),
    local: localClass('c'),
  },
): { readonly people: readonly string[]; readonly counted: readonly string[] } {
  const ids = ['a', 'b', 'd', 'e', 'x', 'y'];
  const directory = new AskedDirectory(SCOPE);
  const memberships = new Memberships();
  const people = new People(undefined as never, directory, []);
  const questions = new MemberQuestions(CONTEXT, people, memberships);
  const whole = <T>(records: readonly T[]) => ({ records, from: 0, to: records.length });
  // The next class has the members of everybody: none of them is one of this class.
  const others = ids.map((id) => localMember('next', id));
  questions.visit(sides.section, sides.local, whole(rows), { ...whole(members), records: [...members, ...others] });
  return {
    people: ids.filter((id) => directory.isKnown(id)),
    counted: ids.filter((id) => memberships.of(`user-${id}`) !== undefined),
  };
}

const ROWS = ['a', 'b', 'd', 'e'].map((id) => enrolled('c', id));
const MEMBERS = ['a', 'b', 'd', 'e'].map((id) => localMember('c', id));
const NOBODY = { people: [], counted: [] };

describe('what is asked of persons before a stream of members is decided about', () => {
  it('is nothing where both sides have the same members, in any order', () => {
    expect(asked(ROWS, MEMBERS)).toEqual(NOBODY);
    expect(asked([...ROWS].reverse(), MEMBERS)).toEqual(NOBODY);
    expect(asked(ROWS, [...MEMBERS].reverse())).toEqual(NOBODY);
  });

  it('is who is new, and who may leave', () => {
    const rows = [...ROWS.filter(({ userSourcedId }) => userSourcedId !== 'b'), enrolled('c', 'x')];
    expect(asked(rows, MEMBERS)).toEqual({ people: ['b', 'x'], counted: ['b'] });
  });

  it('is everybody of a section that goes on as another class (K12), though its twin has the same members', () => {
    const rows = ROWS.map((row) => ({ ...row, classSourcedId: 'moved' }));
    const twin = { section: section('moved'), local: localClass('moved') };
    expect(asked(rows, MEMBERS, twin)).toEqual({ people: ['a', 'b', 'd', 'e'], counted: [] });
  });

  it('is who has ended or is to be deleted, but not who has another row that counts', () => {
    const ended = ROWS.map((row) => (row.userSourcedId === 'b' ? { ...row, endDate: '2026-09-01' } : row));
    expect(asked(ended, MEMBERS)).toEqual({ people: ['b'], counted: ['b'] });
    const deleted = ROWS.map((row) => (row.userSourcedId === 'd' ? { ...row, status: 'tobedeleted' as const } : row));
    expect(asked(deleted, MEMBERS)).toEqual({ people: ['d'], counted: ['d'] });
    expect(asked([...ROWS, { ...enrolled('c', 'e'), status: 'tobedeleted' }], MEMBERS)).toEqual(NOBODY);
  });

  it('is everybody of a class that the feed lacks, and nobody of a section that cannot become a class', () => {
    const all = ['a', 'b', 'd', 'e'];
    expect(asked([], MEMBERS, { section: undefined, local: localClass('c') })).toEqual({ people: all, counted: all });
    expect(asked(ROWS, [], { section: section('c'), local: undefined })).toEqual({ people: all, counted: [] });
    expect(asked(ROWS, [], { section: undefined, local: undefined })).toEqual(NOBODY);
  });
});

describe('what is asked of persons before a stream of links is decided about', () => {
  it('is both people of a new link', () => {
    const directory = new AskedDirectory(SCOPE);
    const people = new People(undefined as never, directory, []);
    const questions = new LinkQuestions({ ...CONTEXT, policy: { ...CONTEXT.policy, steps: ['guardians'] } }, people);
    questions.onlyFeed({ guardianSourcedId: 'g', studentSourcedId: 'a' });
    expect(['a', 'b', 'g'].filter((id) => directory.isKnown(id))).toEqual(['a', 'g']);
  });
});
