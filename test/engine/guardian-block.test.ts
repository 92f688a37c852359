import { describe, expect, it } from 'vitest';
import { compareBlock, isBlockedAfter } from '../../src/engine/rules/guardian-block.js';
import type { GuardianLink, LocalGuardianLink } from '../../src/model/index.js';
import { localLink } from '../support/build.js';

const FORBIDS: GuardianLink = { guardianSourcedId: 'g', studentSourcedId: 'a', blocked: true };
const { blocked: _none, ...ALLOWS } = FORBIDS;
const OPEN = localLink('g', 'a', { synced: { relationship: 'Father' } });
const BLOCKED = localLink('g', 'a', { blocked: true, synced: { relationship: 'Father', blocked: true } });

describe('P11: contact that the district forbids', () => {
  it.each<[string, LocalGuardianLink]>([
    ['a link of a sync', OPEN],
    ['a link that people made', { ...OPEN, origin: 'local' }],
    ['a link that a person dropped', { ...OPEN, state: 'removed', by: 'user' }],
    ['a link that a person allowed by hand', { ...BLOCKED, blocked: false, hostFields: ['blocked'] }],
  ])('blocks %s, be the read complete or not', (_, local) => {
    for (const isComplete of [true, false]) {
      expect(compareBlock(FORBIDS, local, isComplete)).toEqual({
        before: { blocked: local.blocked, synced: local.synced },
        after: { blocked: true, synced: { relationship: 'Father', blocked: true } },
        code: 'CONTACT_FORBIDDEN',
      });
    }
  });

  it('counts on a link that is to be deleted, too', () => {
    expect(compareBlock({ ...FORBIDS, status: 'tobedeleted' }, OPEN, true)?.code).toBe('CONTACT_FORBIDDEN');
  });

  it('is lifted by a complete read without the flag', () => {
    expect(compareBlock(ALLOWS, BLOCKED, true)).toEqual({
      before: { blocked: true, synced: BLOCKED.synced },
      after: { blocked: undefined, synced: { relationship: 'Father' } },
      code: 'CONTACT_ALLOWED',
    });
  });

  it('is lifted where nothing but the flag was ever written', () => {
    const bare = localLink('g', 'a', { blocked: true, synced: { blocked: true } });
    expect(compareBlock(ALLOWS, bare, true)?.after).toEqual({ blocked: undefined, synced: {} });
  });

  it.each<[string, GuardianLink, LocalGuardianLink, boolean]>([
    ['an incomplete read', ALLOWS, BLOCKED, false],
    ['a link that is gone', { ...ALLOWS, status: 'tobedeleted' }, BLOCKED, true],
    ['a read without the flag, where people forbade it, too', ALLOWS, { ...BLOCKED, hostFields: ['blocked'] }, true],
    ['a read without the flag, where people had forbidden it', ALLOWS, { ...OPEN, blocked: true }, true],
  ])('is not lifted by %s', (_, link, local, isComplete) => {
    expect(compareBlock(link, local, isComplete)).toBeUndefined();
    expect(isBlockedAfter(link, local, isComplete)).toBe(true);
  });

  it('is written once, and nothing is written where nobody forbids anything', () => {
    expect(compareBlock(FORBIDS, BLOCKED, true)).toBeUndefined();
    expect(compareBlock(ALLOWS, OPEN, true)).toBeUndefined();
    expect(compareBlock({ ...ALLOWS, blocked: false }, { ...OPEN, blocked: false }, true)).toBeUndefined();
  });

  it('stands where the link is missing', () => {
    expect(isBlockedAfter(undefined, BLOCKED, true)).toBe(true);
    expect(isBlockedAfter(undefined, OPEN, true)).toBe(false);
    expect(isBlockedAfter(FORBIDS, undefined, false)).toBe(true);
  });
});
