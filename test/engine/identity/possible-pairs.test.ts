import { describe, expect, it } from 'vitest';
import { Decisions, possiblePairs } from '../../../src/engine/identity/index.js';
import { proposalId } from '../../../src/engine/identity/proposals.js';
import type { Proposal } from '../../../src/model/index.js';
import { guardian, localUser, NOW, student, teacher } from '../../support/build.js';

const OLD = student('old', { givenName: 'Ann', familyName: 'Lee', email: 'ann@school.example' });

function decided(outcome: 'accepted' | 'declined', recordId: string, sourcedId: string): Decisions {
  const proposal: Proposal = {
    id: proposalId('user-rekey', recordId, sourcedId),
    kind: 'user-rekey',
    rule: 'U12',
    recordId,
    sourcedId,
    evidence: {},
    likeness: 0.9,
    since: NOW,
    decision: { outcome, by: 'admin', at: NOW },
  };
  return new Decisions([proposal]);
}

function lines({ pairs, locals }: ReturnType<typeof possiblePairs>) {
  return {
    pairs: pairs.map(({ feed, local }) => `${feed.sourcedId} ${String(local.sourcedId)}`),
    locals: [...locals].map(({ sourcedId }) => sourcedId),
  };
}

const NONE = { pairs: [], locals: [] };

describe('who may be one person while nobody can tell who is gone (U12)', () => {
  it('is whoever a state id, a SIS id, or address with name and roles may tell', () => {
    const missing = [
      localUser(OLD),
      localUser(student('b', { stateId: '1' })),
      localUser(teacher('c', { sisId: '2', email: 'c@school.example' })),
      localUser(student('d', { stateId: '3' })),
    ];
    const arrivals = [
      { ...OLD, sourcedId: 'n1', email: 'ANN@school.example' },
      student('n2', { stateId: '1' }),
      teacher('n3', { sisId: '2' }),
      student('n4', { stateId: '4' }),
    ];
    expect(lines(possiblePairs(missing, arrivals, new Decisions()))).toEqual({
      pairs: ['n1 old', 'n2 b', 'n3 c'],
      locals: ['b', 'c', 'old'],
    });
  });

  it('is not a student and somebody else, and nobody by an empty id', () => {
    const missing = [localUser(guardian('g', { stateId: '1', sisId: '' }))];
    const arrivals = [student('n1', { stateId: '1' }), guardian('n2', { sisId: '' })];
    expect(lines(possiblePairs(missing, arrivals, new Decisions()))).toEqual(NONE);
  });

  it('may be any of several with the same id: all of them wait', () => {
    const missing = ['a', 'b', 'c'].map((id) => localUser(student(id, { stateId: '1' })));
    const arrivals = ['n1', 'n2'].map((id) => student(id, { stateId: '1' }));
    expect(lines(possiblePairs(missing, arrivals, new Decisions()))).toEqual({
      pairs: ['n1 a', 'n2 a'],
      locals: ['a', 'b', 'c'],
    });
  });

  it('looks at each record once, however many bear the same id', () => {
    const missing = Array.from({ length: 20_000 }, (_, at) =>
      localUser(student(`old${String(at)}`, { stateId: 'N/A' })),
    );
    const arrivals = Array.from({ length: 20_000 }, (_, at) => student(`new${String(at)}`, { stateId: 'N/A' }));
    const { pairs, locals } = possiblePairs(missing, arrivals, new Decisions());
    expect([pairs.length, locals.size]).toEqual([20_000, 20_000]);
  });

  it('is told by what the host says itself, where no sync has written anything', () => {
    const { synced: _synced, ...tied } = localUser(student('b', { stateId: '1' }), { origin: 'linked' });
    expect(lines(possiblePairs([tied], [student('n2', { stateId: '1' })], new Decisions()))).toEqual({
      pairs: ['n2 b'],
      locals: ['b'],
    });
  });

  it('follows no word about records that are not there any more', () => {
    expect(lines(possiblePairs([], [student('n2')], decided('accepted', 'user-old', 'n2')))).toEqual(NONE);
    expect(lines(possiblePairs([localUser(OLD)], [], decided('accepted', 'user-old', 'n2')))).toEqual(NONE);
  });

  it('follows what a person said: declined they are two, accepted they are one whatever they have in common', () => {
    const missing = [localUser(OLD)];
    const arrivals = [{ ...OLD, sourcedId: 'n1' }, student('n2')];
    expect(lines(possiblePairs(missing, arrivals, decided('declined', 'user-old', 'n1')))).toEqual(NONE);
    expect(lines(possiblePairs(missing, arrivals.slice(1), decided('accepted', 'user-old', 'n2')))).toEqual({
      pairs: ['n2 old'],
      locals: ['old'],
    });
  });
});
