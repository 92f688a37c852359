import { describe, expect, it } from 'vitest';
import type { Proposal } from '../../src/engine/draft.js';
import { settleLogins } from '../../src/engine/undo-logins.js';
import type { LocalUser } from '../../src/model/index.js';
import { localUser, student } from '../support/build.js';

/** A person of the host, whose login is their address unless it is marked. */
function somebody(id: string, fields: Partial<LocalUser> = {}): LocalUser {
  return localUser(student(id), fields);
}

type Fields = { readonly [field: string]: unknown };

/** What an undo would do to a person. */
function undoing(user: LocalUser, after: Fields | null, kind: Proposal['kind'] = 'user-update'): Proposal {
  const { id, sourcedId = '' } = user;
  const before = kind === 'user-create' ? null : { ...user };
  const reason = { rule: 'UNDO', code: 'UNDONE' };
  return { kind, subject: `user:${sourcedId}`, target: { id }, before, after, reason, fingerprint: '' } as Proposal;
}

const settled = (proposals: readonly Proposal[], users: readonly LocalUser[]) => {
  const { people, first, last } = settleLogins(proposals, users);
  return { after: people.map(({ proposal }) => proposal?.after), kept: people.map(({ kept }) => kept), first, last };
};

describe('a login that is another’s by now', () => {
  const owner = somebody('b', { email: 'x@x.example', mobile: '555-555-0100' });

  it('does not come back; where nothing else is to be done the change falls away', () => {
    const loser = somebody('a', { email: 'x@x.example', takenLogins: ['email'] });
    expect(settled([undoing(loser, { takenLogins: undefined })], [loser, owner])).toMatchObject({
      after: [undefined],
      kept: [[{ field: 'email', owner: 'b' }]],
    });
  });

  it('nor the mobile number alone: the address does', () => {
    const loser = somebody('a', { email: 'a@x.example', mobile: '(555) 555-0100', takenLogins: ['email', 'mobile'] });
    const { after, kept } = settled([undoing(loser, { takenLogins: undefined })], [loser, owner]);
    expect(after).toEqual([{ takenLogins: ['mobile'] }]);
    expect(kept).toEqual([[{ field: 'mobile', owner: 'b' }]]);
  });

  it('and one that is shared stays shared (F7)', () => {
    const loser = somebody('a', { email: 'x@x.example', takenLogins: ['email'], sharesLoginWith: 'b' });
    const undo = undoing(loser, { takenLogins: undefined, sharesLoginWith: undefined, grade: '05' });
    expect(settled([undo], [loser, owner]).after).toEqual([{ grade: '05' }]);
  });

  it('is none of somebody who is made anew', () => {
    const gone = somebody('a', { email: 'x@x.example' });
    const { after } = settled([undoing(gone, { ...gone }, 'user-create')], [owner]);
    expect(after).toEqual([{ ...gone, takenLogins: ['email'] }]);
  });

  it('is nobody’s whose account people closed', () => {
    const loser = somebody('a', { email: 'x@x.example', takenLogins: ['email'] });
    const closed = { ...owner, state: 'deactivated', by: 'user' } as const;
    expect(settled([undoing(loser, { takenLogins: undefined })], [loser, closed]).kept).toEqual([[]]);
  });

  it('goes to one alone of two who would get it back', () => {
    const losers = ['a', 'c'].map((id) => somebody(id, { email: 'x@x.example', takenLogins: ['email'] }));
    const undos = losers.map((loser) => undoing(loser, { takenLogins: undefined }));
    expect(settled(undos, losers).kept).toEqual([[], [{ field: 'email', owner: 'a' }]]);
  });

  it('is told to be the first one’s where two of the host sign in with it', () => {
    const loser = somebody('a', { email: 'x@x.example', takenLogins: ['email'] });
    const second = somebody('c', { email: 'x@x.example' });
    const { kept } = settled([undoing(loser, { takenLogins: undefined })], [loser, owner, second]);
    expect(kept).toEqual([[{ field: 'email', owner: 'b' }]]);
  });

  it('is told by the host’s id where its owner is none of the roster’s', () => {
    const loser = somebody('a', { email: 'x@x.example', takenLogins: ['email'] });
    const { sourcedId: _none, ...own } = somebody('own', { email: 'x@x.example', origin: 'local' });
    const { kept } = settled([undoing(loser, { takenLogins: undefined })], [loser, own]);
    expect(kept).toEqual([[{ field: 'email', owner: 'user-own' }]]);
  });
});

describe('a login that changes hands back', () => {
  const [a, b, c] = [
    somebody('a', { email: 'x@x.example', takenLogins: ['email'] }),
    somebody('b', { email: 'x@x.example' }),
    somebody('c', { email: 'y@x.example' }),
  ] as const;
  const back = undoing(a, { takenLogins: undefined });

  it('is given up before', () => {
    const { first, last } = settled([undoing(b, { email: 'b@x.example' }), back], [a, b]);
    expect([first, [...last]]).toEqual([['user-update user:b'], []]);
  });

  it('comes back after everything else where whoever has it is deleted, and so does what depends on that', () => {
    const { first, last, kept } = settled(
      [undoing(c, null, 'user-delete'), undoing(b, { email: 'y@x.example' }), back],
      [a, b, c],
    );
    expect([first, [...last], kept]).toEqual([[], ['user-update user:b', 'user-update user:a'], [[], [], []]]);
  });

  it('is given up before by each of two who sign in with it', () => {
    const d = somebody('d', { email: 'x@x.example' });
    const givers = [undoing(b, { email: 'b@x.example' }), undoing(d, { email: 'd@x.example' })];
    const { first, kept } = settled([...givers, back], [a, b, d]);
    expect([first, kept]).toEqual([
      ['user-update user:b', 'user-update user:d'],
      [[], [], []],
    ]);
  });

  it('leaves somebody who is made anew in their place: what hangs on them comes after them', () => {
    const { last, kept } = settled(
      [
        undoing(c, null, 'user-delete'),
        undoing(somebody('e', { email: 'y@x.example' }), { ...somebody('e', { email: 'y@x.example' }) }, 'user-create'),
      ],
      [c],
    );
    expect([[...last], kept]).toEqual([[], [[], []]]);
  });

  it('leaves the order alone where it was nobody’s', () => {
    expect(settled([back, undoing(c, { grade: '05' })], [a, c])).toMatchObject({ first: [], last: new Set() });
  });
});
