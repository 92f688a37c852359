import { describe, expect, it } from 'vitest';
import {
  decideProposal,
  Decisions,
  nounOfProposal,
  isResetOpen,
  settleProposals,
  waitingIds,
  type ProposalDecision,
  type Whereabouts,
} from '../../../src/engine/identity/index.js';
import { makeProposal } from '../../../src/engine/identity/proposals.js';
import { PlanError } from '../../../src/errors.js';
import { emptyLedger } from '../../../src/model/index.js';
import type { Ledger, Proposal, Suppression } from '../../../src/model/index.js';
import { NOW } from '../../support/build.js';

const ACCEPT: ProposalDecision = { outcome: 'accepted', by: 'admin', at: NOW };
const DECLINE: ProposalDecision = { outcome: 'declined', by: 'admin', at: NOW };

function proposal(
  kind: Proposal['kind'],
  recordId: string,
  sourcedId: string,
  fields: Partial<Proposal> = {},
): Proposal {
  const local = kind.endsWith('link') ? { id: recordId } : { id: recordId, sourcedId: `old-${recordId}` };
  const parts = { rule: 'U12', schoolSourcedId: undefined, evidence: {}, likeness: 0.9, now: NOW };
  return { ...makeProposal({ kind, local, sourcedId, ...parts }), ...fields };
}

function ledgerOf(...proposals: readonly Proposal[]): Ledger {
  return { ...emptyLedger, proposals };
}

const ANN = proposal('user-rekey', 'u1', 'new');
const MATH = proposal('class-rekey', 'c1', 'new');

describe('a proposal', () => {
  it('has the same id whenever it is made, and another one for any other pair', () => {
    expect(ANN).toEqual({
      id: 'user-rekey:2:u1:new',
      kind: 'user-rekey',
      rule: 'U12',
      recordId: 'u1',
      from: 'old-u1',
      sourcedId: 'new',
      evidence: {},
      likeness: 0.9,
      since: NOW,
    });
    const ids = [
      proposal('user-rekey', 'a', 'b:c'),
      proposal('user-rekey', 'a:b', 'c'),
      proposal('user-link', 'a', 'b:c'),
      proposal('class-rekey', 'a', 'b:c'),
    ].map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
  });

  it('of a change of the id space keeps all others unsure until it is answered', () => {
    const reset = proposal('user-rekey', 'a', 'a2', { rule: 'G5' });
    expect(isResetOpen([ANN, reset], 'user')).toBe(true);
    expect(isResetOpen([reset], 'class')).toBe(false);
    expect(isResetOpen([ANN, { ...reset, decision: DECLINE }], 'user')).toBe(false);
  });

  it('keeps both its sides waiting until it is answered', () => {
    const link = proposal('user-link', 'u2', 'linked');
    const done = { ...proposal('user-rekey', 'u3', 'done'), decision: ACCEPT };
    const all = [ANN, MATH, link, done];
    expect(waitingIds(all, ['user-rekey', 'user-link'])).toEqual(new Set(['new', 'old-u1', 'linked']));
    expect(waitingIds(all, ['class-link'])).toEqual(new Set());
  });
});

describe('an answer', () => {
  it('is kept with who gave it and when', () => {
    const ledger = ledgerOf(ANN, MATH);
    const next = decideProposal(ledger, ANN.id, { ...ACCEPT, more: 'no part of it' } as ProposalDecision);
    expect(next).toEqual({ ...ledger, proposals: [{ ...ANN, decision: ACCEPT }, MATH] });
    expect(ledger.proposals).toEqual([ANN, MATH]);
    expect(new Decisions(next.proposals).accepted('user-rekey')).toEqual([{ ...ANN, decision: ACCEPT }]);
    expect(new Decisions(next.proposals).accepted('class-rekey')).toEqual([]);
    expect(new Decisions(next.proposals).isDeclined('user-rekey', 'u1', 'new')).toBe(false);
  });

  it('may be given to several', () => {
    const bob = proposal('user-rekey', 'u2', 'neo');
    const both = decideProposal(decideProposal(ledgerOf(ANN, bob), ANN.id, ACCEPT), bob.id, ACCEPT);
    expect(new Decisions(both.proposals).accepted('user-rekey').map(({ recordId }) => recordId)).toEqual(['u1', 'u2']);
  });

  it('counts once, and can be changed until it has been followed', () => {
    const once = decideProposal(ledgerOf(ANN), ANN.id, DECLINE);
    expect(new Decisions(once.proposals).isDeclined('user-rekey', 'u1', 'new')).toBe(true);
    expect(new Decisions(once.proposals).isDeclined('user-rekey', 'u1', 'other')).toBe(false);
    expect(decideProposal(once, ANN.id, { ...DECLINE, by: 'another' })).toEqual(once);
    expect(decideProposal(once, ANN.id, ACCEPT).proposals).toEqual([{ ...ANN, decision: ACCEPT }]);
  });

  it('is refused where nothing was asked', () => {
    expect(() => decideProposal(emptyLedger, 'user-rekey:2:u1:new', ACCEPT)).toThrow(PlanError);
    expect(() => decideProposal(ledgerOf(ANN), 'G5:users', ACCEPT)).toThrow('There is no proposal G5:users');
    const decided = { ...ANN, rule: 'G5', decision: DECLINE };
    expect(() => decideProposal(ledgerOf(decided), 'G5:users', ACCEPT)).toThrow(PlanError);
  });

  it('is refused where it would make one of three', () => {
    const rivals = [proposal('user-link', 'u1', 'third'), proposal('user-link', 'u9', 'new')];
    for (const rival of rivals) {
      const ledger = decideProposal(ledgerOf(ANN, rival), rival.id, ACCEPT);
      expect(() => decideProposal(ledger, ANN.id, ACCEPT)).toThrow(/name the same record. Decline one of them first/u);
      expect(decideProposal(ledger, ANN.id, DECLINE).proposals).toHaveLength(2);
      const open = decideProposal(ledgerOf(ANN, rival), ANN.id, ACCEPT);
      expect(open.proposals?.[1]).toEqual(rival);
    }
    const declined = decideProposal(ledgerOf(ANN, ...rivals), rivals[0]?.id ?? '', DECLINE);
    expect(() => decideProposal(declined, ANN.id, ACCEPT)).not.toThrow();
    const elsewhere = proposal('class-rekey', 'u1', 'new');
    const both = decideProposal(decideProposal(ledgerOf(ANN, elsewhere), ANN.id, ACCEPT), elsewhere.id, ACCEPT);
    expect(both.proposals?.every(({ decision }) => decision?.outcome === 'accepted')).toBe(true);
  });

  it('goes before an undo of the same re-key, and no other', () => {
    const undone = (kind: Suppression['kind'], subject: string): Suppression => ({
      kind,
      subject,
      fingerprint: 'f',
      cause: 'undo',
    });
    const others = [
      undone('user-rekey', 'user:other'),
      undone('user-create', 'user:new'),
      undone('class-rekey', 'class:new'),
    ];
    const ledger = { ...ledgerOf(ANN, MATH), suppressions: [undone('user-rekey', 'user:new'), ...others] };
    expect(decideProposal(ledger, ANN.id, ACCEPT).suppressions).toEqual(others);
    expect(decideProposal(ledger, ANN.id, DECLINE).suppressions).toEqual(ledger.suppressions);
    expect(decideProposal(ledger, MATH.id, ACCEPT).suppressions).toEqual([
      undone('user-rekey', 'user:new'),
      ...others.slice(0, 2),
    ]);
  });

  it('may answer all that a change of the id space proposes', () => {
    const users = [
      proposal('user-rekey', 'a', 'a2', { rule: 'G5' }),
      proposal('user-rekey', 'b', 'b2', { rule: 'G5' }),
    ];
    const section = proposal('class-rekey', 'c', 'c2', { rule: 'G5' });
    const no = { ...proposal('user-rekey', 'd', 'd2', { rule: 'G5' }), decision: DECLINE };
    const ledger = ledgerOf(...users, section, ANN, no);
    const outcomes = (id: string) =>
      decideProposal(ledger, id, ACCEPT).proposals?.map((each) => each.decision?.outcome);
    expect(outcomes('G5:users')).toEqual(['accepted', 'accepted', undefined, undefined, 'declined']);
    expect(outcomes('G5:classes')).toEqual([undefined, undefined, 'accepted', undefined, 'declined']);
  });
});

describe('what the ledger keeps after a plan', () => {
  const ALL: Whereabouts = {
    judges: () => true,
    bearerOf: () => undefined,
    hasTwin: () => false,
    isInFeed: () => false,
  };
  const LATER = '2027-01-01T00:00:00.000Z';

  it('has the strongest first, in one order whatever came first', () => {
    const found = [
      proposal('user-rekey', 'b', 'x'),
      proposal('user-rekey', 'a', 'y'),
      proposal('class-link', 'c', 'z', { likeness: 1 }),
    ];
    const ids = settleProposals([], found, ALL).map(({ recordId }) => recordId);
    expect(ids).toEqual(['c', 'a', 'b']);
    expect(settleProposals([], [...found].reverse(), ALL).map(({ recordId }) => recordId)).toEqual(ids);
  });

  it('remembers since when a proposal waits', () => {
    expect(settleProposals([ANN], [{ ...ANN, since: LATER, likeness: 1 }], ALL)).toEqual([{ ...ANN, likeness: 1 }]);
  });

  it('forgets an open one that no longer comes up, unless this plan could not tell', () => {
    expect(settleProposals([ANN, MATH], [], ALL)).toEqual([]);
    expect(settleProposals([ANN, MATH], [], { ...ALL, judges: (of) => nounOfProposal(of) === 'class' })).toEqual([ANN]);
    expect(settleProposals([ANN, MATH], [], { ...ALL, judges: (of) => nounOfProposal(of) === 'user' })).toEqual([MATH]);
  });

  it('keeps a declined one until somebody has the sourcedId', () => {
    const declined = { ...ANN, decision: DECLINE };
    expect(settleProposals([declined], [], ALL)).toEqual([declined]);
    expect(settleProposals([declined], [ANN], ALL)).toEqual([declined]);
    const created: Whereabouts = {
      ...ALL,
      bearerOf: (noun, id) => (noun === 'user' && id === 'new' ? 'u2' : undefined),
    };
    expect(settleProposals([declined], [], created)).toEqual([]);
    expect(settleProposals([{ ...MATH, decision: DECLINE }], [], created)).toHaveLength(1);
  });

  it('keeps one about a class that was imported meanwhile while that is unused, and nobody declined it', () => {
    const twin: Whereabouts = { ...ALL, bearerOf: () => 'c9', hasTwin: (id) => id === 'new' };
    const accepted = { ...MATH, decision: ACCEPT };
    expect(settleProposals([accepted], [], twin)).toEqual([accepted]);
    expect(settleProposals([{ ...MATH, decision: DECLINE }], [], twin)).toEqual([]);
    expect(settleProposals([accepted], [], { ...twin, isInFeed: (_, id) => id === 'old-c1' })).toEqual([]);
    expect(settleProposals([accepted], [], { ...twin, hasTwin: () => false })).toEqual([]);
  });

  it('keeps an accepted one until it is done, or the old record is back', () => {
    const accepted = { ...ANN, decision: ACCEPT };
    expect(settleProposals([accepted], [], ALL)).toEqual([accepted]);
    expect(settleProposals([accepted], [], { ...ALL, bearerOf: () => 'u1' })).toEqual([]);
    expect(
      settleProposals([accepted], [], { ...ALL, isInFeed: (noun, id) => noun === 'user' && id === 'old-u1' }),
    ).toEqual([]);
    expect(settleProposals([accepted], [], { ...ALL, isInFeed: (_, id) => id === 'new' })).toEqual([accepted]);
    const link = { ...proposal('class-link', 'h', 'new'), decision: ACCEPT };
    expect(settleProposals([link], [], { ...ALL, isInFeed: () => true })).toEqual([link]);
  });

  it('asks again about an accepted one that was undone', () => {
    expect(settleProposals([{ ...ANN, decision: ACCEPT }], [{ ...ANN, since: LATER }], ALL)).toEqual([
      { ...ANN, since: LATER },
    ]);
  });
});
