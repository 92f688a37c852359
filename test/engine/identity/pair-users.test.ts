import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decisions, isAnotherPerson, pairUsers, type PairUsersInput } from '../../../src/engine/identity/index.js';
import { proposalId } from '../../../src/engine/identity/proposals.js';
import type { LocalUser, Proposal, User } from '../../../src/model/index.js';
import { guardian, localUser, NOW, student, teacher } from '../../support/build.js';

const NOBODY: readonly never[] = [];

function pair(gone: readonly LocalUser[], arrivals: readonly User[], options: Partial<PairUsersInput> = {}) {
  return pairUsers({
    gone,
    arrivals,
    decisions: new Decisions(),
    isUndone: () => false,
    isReset: false,
    now: NOW,
    ...options,
  });
}

function lines(pairs: ReturnType<typeof pair>) {
  return {
    rekeys: pairs.rekeys.map(({ feed, local, by }) => `${String(local.sourcedId)} ${feed.sourcedId} ${by}`),
    proposals: pairs.proposals.map(
      ({ from, sourcedId, evidence }) =>
        `${String(from)} ${sourcedId} ${String(evidence['by'])}${'doubt' in evidence ? ` ${String(evidence['doubt'])}` : ''}`,
    ),
  };
}

const OLD = student('old', { givenName: 'Ann', familyName: 'Lee', email: 'ann@school.example', grade: '03' });
const NEW = { ...OLD, sourcedId: 'new' };

function decided(outcome: 'accepted' | 'declined', fields: Partial<Proposal> = {}): Decisions {
  return new Decisions([
    {
      id: proposalId('user-rekey', 'user-old', 'new'),
      kind: 'user-rekey',
      rule: 'U12',
      recordId: 'user-old',
      from: 'old',
      sourcedId: 'new',
      evidence: { by: 'email, name and role' },
      likeness: 0.9,
      since: NOW,
      decision: { outcome, by: 'admin', at: NOW },
      ...fields,
    },
  ]);
}

describe('one person under a new sourcedId (U12)', () => {
  it('is one by a state id, or by a SIS id', () => {
    const gone = [localUser({ ...OLD, stateId: '1' }), localUser(student('other', { sisId: '2' }))];
    const arrivals = [student('neo', { sisId: '2' }), { ...NEW, stateId: '1', email: 'x@y.example' }];
    expect(lines(pair(gone, arrivals))).toEqual({ rekeys: ['other neo sisId', 'old new stateId'], proposals: [] });
  });

  it('judges by what a sync wrote last, not by what people typed', () => {
    const edited = localUser({ ...OLD, stateId: '1' }, { stateId: '9' });
    expect(lines(pair([edited], [student('new', { stateId: '1' })])).rekeys).toEqual(['old new stateId']);
    expect(lines(pair([edited], [student('new', { stateId: '9' })]))).toEqual({ rekeys: [], proposals: [] });
  });

  it('goes by the record itself where a sync never wrote it', () => {
    const { synced: _synced, ...unsynced } = localUser({ ...OLD, stateId: '1' });
    expect(lines(pair([unsynced], [{ ...NEW, stateId: '1' }])).rekeys).toEqual(['old new stateId']);
    expect(lines(pair([unsynced], [NEW])).proposals).toEqual(['old new email, name and role']);
  });

  it('is nobody by an id that two persons bear, on either side, or that is blank', () => {
    const twice = [student('new', { stateId: '1' }), student('neo', { stateId: '1' })];
    expect(lines(pair([localUser(student('old', { stateId: '1' }))], twice))).toEqual({ rekeys: [], proposals: [] });
    const gone = [localUser(student('a', { stateId: '1' })), localUser(student('b', { stateId: '1' }))];
    expect(lines(pair(gone, [student('new', { stateId: '1' })]))).toEqual({ rekeys: [], proposals: [] });
    const blank = pair(
      [localUser(student('old', { stateId: '', sisId: '' }))],
      [student('new', { stateId: '', sisId: '' })],
    );
    expect(lines(blank)).toEqual({ rekeys: [], proposals: [] });
  });

  it('is only proposed where the id has gone to another human being', () => {
    const reused = student('new', {
      sisId: '7',
      givenName: 'Bob',
      familyName: 'Ray',
      email: 'b@x.example',
      grade: 'KG',
    });
    expect(lines(pair([localUser({ ...OLD, sisId: '7' })], [reused]))).toEqual({
      rekeys: [],
      proposals: ['old new sisId name'],
    });
    expect(pair([localUser({ ...OLD, sisId: '7' })], [reused]).proposals).toMatchObject([{ likeness: 0.5 }]);
    const nearMiss = { ...reused, familyName: 'LEE' };
    expect(lines(pair([localUser({ ...OLD, sisId: '7' })], [nearMiss])).rekeys).toEqual(['old new sisId']);
  });

  it('is only proposed where the two ids name different people', () => {
    const gone = [localUser(student('a', { stateId: '1', sisId: 'x' })), localUser(student('b', { sisId: '7' }))];
    expect(lines(pair(gone, [student('new', { stateId: '1', sisId: '7' })]))).toEqual({
      rekeys: [],
      proposals: ['a new stateId sisId'],
    });
    expect(pair(gone, [student('new', { stateId: '1', sisId: '7' })]).proposals).toMatchObject([{ likeness: 0.95 }]);
    const both = [student('new', { stateId: '1' }), student('neo', { sisId: 'x' })];
    expect(lines(pair(gone.slice(0, 1), both))).toEqual({ rekeys: [], proposals: ['a new stateId sisId'] });
    // Another number in a new system is no other person.
    expect(lines(pair(gone, [student('new', { stateId: '1', sisId: 'y' })])).rekeys).toEqual(['a new stateId']);
  });

  it('is only proposed where people made the tie', () => {
    const linked = localUser({ ...OLD, stateId: '1' }, { origin: 'linked' });
    expect(lines(pair([linked], [student('new', { stateId: '1' })]))).toEqual({
      rekeys: [],
      proposals: ['old new stateId linked'],
    });
  });

  it('is proposed by e-mail, name and roles together', () => {
    const feed = { ...NEW, email: ' ANN@school.example', familyName: 'lee ' };
    expect(pair([localUser(OLD)], [feed])).toEqual({
      rekeys: [],
      proposals: [
        {
          id: 'user-rekey:8:user-old:new',
          kind: 'user-rekey',
          rule: 'U12',
          recordId: 'user-old',
          from: 'old',
          sourcedId: 'new',
          schoolSourcedId: 's1',
          evidence: { by: 'email, name and role' },
          likeness: 0.9,
          since: NOW,
        },
      ],
    });
  });

  it.each([
    ['another given name', { givenName: 'Anna' }],
    ['another family name', { familyName: 'Li' }],
    ['another address', { email: 'ann2@school.example' }],
    ['no address', { email: ' ' }],
    ['another role', { roles: ['teacher'] }],
    ['a further role', { roles: ['student', 'guardian'] }],
  ] satisfies [string, Partial<User>][])('is not proposed with %s', (_, fields) => {
    expect(pair([localUser(OLD)], [{ ...NEW, ...fields }])).toEqual({ rekeys: [], proposals: [] });
  });

  it('is not proposed where two bear the same address and name', () => {
    expect(pair([localUser(OLD)], [NEW, { ...NEW, sourcedId: 'neo' }]).proposals).toEqual([]);
    expect(pair([localUser(OLD), localUser({ ...OLD, sourcedId: 'older' })], [NEW]).proposals).toEqual([]);
  });

  it('never takes a student for a guardian, whatever they have in common', () => {
    const same = { givenName: 'Ann', familyName: 'Lee', email: 'home@x.example', stateId: '1', sisId: '2' };
    expect(pair([localUser(guardian('old', same))], [student('new', same)])).toEqual({ rekeys: [], proposals: [] });
    expect(pair([localUser(student('old', same))], [guardian('new', same)])).toEqual({ rekeys: [], proposals: [] });
    const both = student('new', { ...same, roles: ['student', 'guardian'] });
    expect(pair([localUser(guardian('old', same))], [both])).toEqual({ rekeys: [], proposals: [] });
    expect(
      pair([localUser(teacher('old', same))], [teacher('new', { ...same, roles: ['aide', 'teacher'] })]).rekeys,
    ).toHaveLength(1);
  });

  it('proposes each pair, even a certain one, after a change of the whole id space', () => {
    const pairs = pair([localUser({ ...OLD, stateId: '1' })], [{ ...NEW, stateId: '1' }], { isReset: true });
    expect(lines(pairs)).toEqual({ rekeys: [], proposals: ['old new stateId'] });
    expect(pairs.proposals[0]).toMatchObject({ rule: 'G5', likeness: 1 });
  });

  describe('and what people decided', () => {
    it('re-keys an accepted pair, however little they have in common by now', () => {
      const feed = student('new', { email: 'else@x.example' });
      const pairs = pair([localUser(OLD)], [feed], { decisions: decided('accepted') });
      expect(lines(pairs)).toEqual({ rekeys: ['old new decision'], proposals: [] });
    });

    it('does not once the old record is back, the new one is there, or the record has another id', () => {
      const decisions = decided('accepted');
      expect(pair(NOBODY, [NEW], { decisions })).toEqual({ rekeys: [], proposals: [] });
      expect(pair([localUser(OLD)], NOBODY, { decisions })).toEqual({ rekeys: [], proposals: [] });
      const elsewhere = { ...localUser(student('third')), id: 'user-old' };
      expect(pair([elsewhere], [NEW], { decisions })).toEqual({ rekeys: [], proposals: [] });
    });

    it('leaves a declined pair alone, a certain one too', () => {
      const decisions = decided('declined');
      expect(pair([localUser(OLD)], [NEW], { decisions })).toEqual({ rekeys: [], proposals: [] });
      const certain = pair([localUser({ ...OLD, stateId: '1' })], [{ ...NEW, stateId: '1' }], { decisions });
      expect(certain).toEqual({ rekeys: [], proposals: [] });
      const other = pair([localUser({ ...OLD, stateId: '1' })], [{ ...NEW, sourcedId: 'neo', stateId: '1' }], {
        decisions,
      });
      expect(other.rekeys).toHaveLength(1);
    });

    it('asks again after an undo, whether an id or a decision had said it', () => {
      const gone = [localUser({ ...OLD, stateId: '1' })];
      const byId = pair(gone, [{ ...NEW, stateId: '1' }], { isUndone: ({ sourcedId }) => sourcedId === 'new' });
      expect(lines(byId)).toEqual({ rekeys: [], proposals: ['old new stateId undone'] });
      const byWord = pair(gone, [student('new')], { decisions: decided('accepted'), isUndone: () => true });
      expect(lines(byWord)).toEqual({ rekeys: [], proposals: ['old new email, name and role'] });
      expect(byWord.proposals[0]).not.toHaveProperty('decision');
    });
  });

  it('pairs each person once, whatever the order of both sides', () => {
    const id = fc.option(fc.constantFrom('1', '2', '3'), { nil: undefined });
    const person = fc.record({
      name: fc.constantFrom('Ann', 'Bob'),
      role: fc.constantFrom('student', 'guardian', 'teacher'),
      stateId: id,
      sisId: id,
    });
    const user = (
      {
        name,
        role,
        stateId,
        sisId,
      }: {
        name: string;
        role: 'student' | 'guardian' | 'teacher';
        stateId: string | undefined;
        sisId: string | undefined;
      },
      word: string,
    ) =>
      student(word, {
        roles: [role],
        givenName: name,
        familyName: name,
        email: `${name}@x.example`,
        ...(stateId === undefined ? {} : { stateId }),
        ...(sisId === undefined ? {} : { sisId }),
      });
    let paired = 0;
    fc.assert(
      fc.property(
        fc.array(person, { maxLength: 6 }),
        fc.array(person, { maxLength: 6 }),
        fc.boolean(),
        (left, right, isReset) => {
          const gone = left.map((each, index) => localUser(user(each, `old${String(index)}`)));
          const arrivals = right.map((each, index) => user(each, `new${String(index)}`));
          const pairs = pair(gone, arrivals, { isReset });
          expect(pair([...gone].reverse(), [...arrivals].reverse(), { isReset })).toEqual(pairs);
          const ends = [
            ...pairs.rekeys.flatMap(({ feed, local }) => [local.id, feed.sourcedId]),
            ...pairs.proposals.flatMap(({ recordId, sourcedId }) => [recordId, sourcedId]),
          ];
          expect(new Set(ends).size).toBe(ends.length);
          paired += ends.length;
          if (isReset) expect(pairs.rekeys).toEqual([]);
          for (const [recordId, sourcedId] of [
            ...pairs.rekeys.map(({ feed, local }) => [local.id, feed.sourcedId] as const),
            ...pairs.proposals.map((each) => [each.recordId, each.sourcedId] as const),
          ]) {
            const roles = [
              gone.find(({ id: each }) => each === recordId)?.roles[0],
              arrivals.find((each) => each.sourcedId === sourcedId)?.roles[0],
            ];
            expect(roles[0]).toBe(roles[1]);
          }
          expect(JSON.stringify(pairs.proposals)).not.toMatch(/Ann|Bob|example/u);
        },
      ),
      { numRuns: 2_000, seed: 5 },
    );
    expect(paired).toBeGreaterThan(2_000);
  });
});

describe('another human being (U13)', () => {
  const ANN = { givenName: 'Ann', familyName: 'Lee', email: 'ann@x.example', birthDate: '2015-01-02', grade: '03' };
  const BOB = { givenName: 'Bob', familyName: 'Ray', email: 'bob@x.example', birthDate: '2016-01-02', grade: '02' };

  it.each([
    ['everything', BOB],
    ['name and address, where no age is told', { ...BOB, birthDate: '', grade: '' }],
    ['name and birth date, where no address is told', { ...BOB, email: '' }],
    ['name and grade, where no birth date is told', { ...BOB, email: '', birthDate: '' }],
  ])('differs in %s', (_, feed) => {
    expect(isAnotherPerson(feed, ANN)).toBe(true);
  });

  it.each([
    ['of the same family name', { ...BOB, familyName: ' lee' }],
    ['of the same given name', { ...BOB, givenName: 'ANN' }],
    ['of the same address', { ...BOB, email: 'ANN@x.example ' }],
    ['of the same birth date, in another grade', { ...BOB, birthDate: '2015-01-02' }],
    ['of the same grade, where no birth date is told', { ...BOB, birthDate: '', grade: '03' }],
    ['of whom nothing is told but a name', { givenName: 'Bob', familyName: 'Ray' }],
  ])('is not somebody %s', (_, feed) => {
    expect(isAnotherPerson(feed, ANN)).toBe(false);
  });

  it('is not somebody of whom the host knows nothing but a name', () => {
    expect(isAnotherPerson(BOB, { ...ANN, email: '', birthDate: '', grade: '' })).toBe(false);
  });
});
