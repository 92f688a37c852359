import { describe, expect, it } from 'vitest';
import {
  isGuardianSourceSwitched,
  matchGuardians,
  nextGuardianSource,
} from '../../src/engine/rules/guardian-source.js';
import { emptyLedger } from '../../src/model/index.js';
import type { LocalUser, User } from '../../src/model/index.js';
import { guardian, localUser, teacher } from '../support/build.js';

const FROM_CLEVER = { ...emptyLedger, guardianSource: 'clever' };
const ANN = { givenName: 'Ann', familyName: 'Lee', email: 'ann@home.example' };

/** `old -> new` of each pair. */
function pairs(gone: readonly LocalUser[], arrivals: readonly User[]): readonly string[] {
  const forwards = matchGuardians(gone, arrivals).map(
    ({ local, feed }) => `${local.sourcedId ?? ''} -> ${feed.sourcedId}`,
  );
  const backwards = matchGuardians([...gone].reverse(), [...arrivals].reverse());
  expect(backwards.map(({ local, feed }) => `${local.sourcedId ?? ''} -> ${feed.sourcedId}`)).toEqual(forwards);
  return forwards;
}

const gone = (id: string, fields: Partial<User>, local: Partial<LocalUser> = {}): LocalUser =>
  localUser({ ...bare(id), ...fields }, local);
const arrives = (id: string, fields: Partial<User>): User => ({ ...bare(id), ...fields });
function bare(id: string): User {
  const { email: _none, ...user } = guardian(id);
  return user;
}

describe('P5: another source of guardians', () => {
  it('is one that is not the last one', () => {
    expect(isGuardianSourceSwitched('guardians-csv', FROM_CLEVER)).toBe(true);
    expect(isGuardianSourceSwitched('clever', FROM_CLEVER)).toBe(false);
  });

  it('is none where none is remembered: the first import switches nothing', () => {
    expect(isGuardianSourceSwitched('guardians-csv', emptyLedger)).toBe(false);
  });

  it('is remembered once all of it was read: till then the freeze lasts', () => {
    expect(nextGuardianSource('guardians-csv', FROM_CLEVER, true)).toBe('guardians-csv');
    expect(nextGuardianSource('guardians-csv', FROM_CLEVER, false)).toBe('clever');
    expect(nextGuardianSource('guardians-csv', emptyLedger, false)).toBeUndefined();
  });
});

describe('P5: guardians under the ids of another source', () => {
  it('are the same by e-mail and name, however they are written', () => {
    const arrival = arrives('new', { email: ' ANN@home.example', givenName: '', familyName: 'ann  LEE' });
    expect(pairs([gone('old', ANN)], [arrival])).toEqual(['old -> new']);
  });

  it('or by mobile number and name', () => {
    const name = { givenName: 'Bo', familyName: 'Ray' };
    expect(
      pairs(
        [gone('old', { ...name, mobile: '(202) 555-0101' })],
        [arrives('new', { ...name, mobile: '+12025550101' })],
      ),
    ).toEqual(['old -> new']);
  });

  it('by what the roster said last, not by what the person has made of it', () => {
    const own = { email: 'own@home.example', claimed: true, hostFields: ['email'] };
    expect(pairs([gone('old', ANN, own)], [arrives('new', ANN)])).toEqual(['old -> new']);
  });

  it('by e-mail first: the same number does not outweigh it', () => {
    const shared = { mobile: '2025550101' };
    expect(
      pairs(
        [gone('o1', { ...ANN, ...shared }), gone('o2', { ...ANN, email: 'ann2@home.example' })],
        [arrives('n1', { ...ANN, email: 'ann2@home.example', ...shared }), arrives('n2', ANN)],
      ),
    ).toEqual(['o1 -> n2', 'o2 -> n1']);
  });

  it.each<[string, LocalUser, User]>([
    ['another name', gone('old', ANN), arrives('new', { ...ANN, givenName: 'Anna' })],
    ['another address', gone('old', ANN), arrives('new', { ...ANN, email: 'lee@home.example' })],
    [
      'no name at all',
      gone('old', { ...ANN, givenName: '', familyName: '' }),
      arrives('new', { ...ANN, givenName: '', familyName: ' ' }),
    ],
    ['a number at home alone', gone('old', { homePhone: '2025550101' }), arrives('new', { homePhone: '2025550101' })],
    ['an address that is none', gone('old', { ...ANN, email: 'none' }), arrives('new', { ...ANN, email: 'none' })],
    ['a teacher', gone('old', ANN), teacher('new', ANN)],
    ['somebody whom people made', gone('old', ANN, { origin: 'local' }), arrives('new', ANN)],
  ])('are not: %s', (_, local, feed) => {
    expect(pairs([local], [feed])).toEqual([]);
  });

  it('are not where two could be meant, on either side', () => {
    expect(pairs([gone('o1', ANN), gone('o2', ANN)], [arrives('new', ANN)])).toEqual([]);
    expect(pairs([gone('old', ANN)], [arrives('n1', ANN), arrives('n2', ANN)])).toEqual([]);
  });
});
