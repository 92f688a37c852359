import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/errors.js';
import { Codes } from '../../../src/people/index.js';
import { by, KEY, schoolOf, scope } from './school.js';

const ALPHABET = '2346789FHKMPRWXY';
const bare = (code: string): string => code.replaceAll('-', '');

describe('a code', () => {
  it('has 64 bits with a key, and 96 without one: every character is as likely as any other, at every place', () => {
    for (const [codes, length] of [
      [new Codes('d', KEY), 16],
      [new Codes('d', undefined), 24],
    ] as const) {
      const samples = Array.from({ length: 4_000 }, () => bare(codes.create().code));
      expect(new Set(samples).size).toBe(samples.length);
      expect(Math.log2(ALPHABET.length) * length).toBe(length === 16 ? 64 : 96);
      for (let place = 0; place < length; place += 1) {
        const counts = new Map(Array.from(ALPHABET, (character) => [character, 0]));
        for (const sample of samples) counts.set(sample.charAt(place), (counts.get(sample.charAt(place)) ?? 0) + 1);
        expect([...counts.keys()].sort().join('')).toBe(ALPHABET);
        // Chi-squared with 15 degrees of freedom: beyond 60 by chance once in three million times.
        const expected = samples.length / ALPHABET.length;
        const deviation = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
        expect(deviation).toBeLessThan(60);
      }
      expect(samples.every((sample) => sample.length === length)).toBe(true);
    }
  });

  it('is found however it is typed, and nothing else is', () => {
    const codes = new Codes('d', KEY);
    const { code, digest } = codes.create();
    const fullWidth = bare(code).replace(/./gu, (character) => String.fromCodePoint(character.charCodeAt(0) + 0xfee0));
    for (const typed of [
      code,
      code.toLowerCase(),
      bare(code),
      ` ${code.replaceAll('-', ' ')}\n`,
      code.replaceAll('-', '–'),
      fullWidth,
    ]) {
      expect(codes.digestsOf(typed)).toEqual([digest]);
    }
    for (const typed of [
      '',
      '-',
      `${code}2`,
      code.slice(1),
      bare(code).replace(/.$/u, '0'),
      '💥'.repeat(16),
      'A'.repeat(1e6),
    ]) {
      expect(codes.digestsOf(typed)).not.toContain(digest);
    }
  });

  it('is kept as HMAC-SHA-256 of a key and a tenant: another of either knows it not', () => {
    const { code, digest } = new Codes('d', KEY).create();
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(new Codes('e', KEY).digestsOf(code)).not.toContain(digest);
    expect(new Codes('d', Buffer.alloc(32, 'another')).digestsOf(code)).not.toContain(digest);
    expect(new Codes('d', undefined).digestsOf(code)).toEqual([]);
  });

  it('stays good while the key changes: the first key writes, all are read', async () => {
    const { invited, another, store } = schoolOf({ codeKey: undefined });
    const unkeyed = await invited('t1');
    const OLD = Buffer.alloc(32, 'old').toString('base64');
    const old = await another({ codeKey: OLD }).issue('s1', { by, byHand: true });
    const rotating = another({ codeKey: [KEY, OLD] });
    const fresh = await rotating.issue('s2', { by, byHand: true });
    expect(bare(unkeyed)).toHaveLength(24);
    expect(bare(fresh.code ?? '')).toHaveLength(16);
    expect((await another({ codeKey: KEY }).lookUp(old.code ?? '')).state).toBe('unknown');
    expect((await another({ codeKey: KEY }).lookUp(fresh.code ?? '')).state).toBe('open');
    for (const code of [unkeyed, old.code ?? '', fresh.code ?? '']) {
      expect((await rotating.accept(code, { caller: 'x' })).outcome).toBe('accepted');
    }
    const kept = JSON.stringify([await store.invitations(scope), await store.audit(scope)]);
    for (const code of [unkeyed, old.code ?? '', fresh.code ?? '']) {
      expect(kept).not.toContain(code);
      expect(kept).not.toContain(bare(code));
    }
  });

  it.each([['short'], [''], [Buffer.alloc(16, 'ab')], [Buffer.alloc(32)], [[]], [[KEY, 'short']], [7 as never]])(
    'needs a key that is one: %j',
    (codeKey) => {
      const made = () => new Codes('d', codeKey);
      expect(made).toThrow(ConfigurationError);
      expect(made).toThrow(/^codeKey: /);
      expect(made).not.toThrow(/short/);
    },
  );
});

describe('guesses', () => {
  const wrong = '2222-2222-2222-2222';

  it('are counted by caller: after ten wrong ones nothing is looked at, and only this caller waits', async () => {
    const { invited, tried, invitations, clock } = schoolOf();
    const code = await invited('t1');
    const other = await invited('g1');
    for (let guess = 1; guess <= 10; guess += 1) expect(await tried(wrong, 'guesser')).toBe('invalid');
    expect(await tried(wrong, 'guesser')).toBe('throttled');
    expect(await invitations.accept(code, { caller: 'guesser' })).toEqual({
      outcome: 'throttled',
      until: '2026-09-15T13:00:00.000Z',
    });
    expect(await tried(code, 'elsewhere')).toBe('accepted');
    clock.pass(1);
    expect(await tried(other, 'guesser')).toBe('accepted');
  });

  it('do not count where they are right, so that a whole school joins from one address', async () => {
    const { invitations, another, tried } = schoolOf();
    const codes: string[] = [];
    for (let child = 0; child < 40; child += 1) codes.push((await invitations.familyCode('s1', { by })).code);
    for (const [at, code] of codes.entries()) {
      const who = { givenName: 'G', familyName: String(at) };
      const { outcome } = await another().redeemFamilyCode(code, who, { caller: 'school hall' });
      expect(outcome).toBe('accepted');
      if (at % 5 === 0) expect(await tried(wrong, 'school hall')).toBe('invalid');
    }
    expect(await tried(wrong, 'school hall')).toBe('invalid');
    expect(await tried(wrong, 'school hall')).toBe('invalid');
    expect(await tried(wrong, 'school hall')).toBe('throttled');
  });

  it('are no fewer for who has a code and shows it again and again', async () => {
    const { invited, tried } = schoolOf();
    const code = await invited('t1');
    for (let time = 0; time < 30; time += 1) await tried(code, 'guesser');
    for (let guess = 1; guess <= 10; guess += 1) expect(await tried(wrong, 'guesser')).toBe('invalid');
    expect(await tried(wrong, 'guesser')).toBe('throttled');
    expect(await tried(code, 'guesser')).toBe('throttled');
  });

  it('count together for codes of both kinds, and at once as one after the other', async () => {
    const { invitations, tried, invited } = schoolOf();
    const code = await invited('t1');
    const who = { givenName: 'G', familyName: 'H' };
    const guesses = Array.from({ length: 20 }, (_, at) =>
      at % 2 === 0 ? tried(wrong, 'x') : invitations.redeemFamilyCode(wrong, who, { caller: 'x' }),
    );
    await Promise.all(guesses);
    expect(await tried(code, 'x')).toBe('throttled');
  });

  it('are kept without the caller', async () => {
    const { store, tried } = schoolOf();
    const keys: string[] = [];
    const count = store.countAttempt.bind(store);
    store.countAttempt = (of, attempt) => {
      keys.push(attempt.key);
      return count(of, attempt);
    };
    await tried(wrong, '203.0.113.7');
    expect(keys).toHaveLength(2);
    expect(keys.join()).not.toContain('203.0.113.7');
  });

  it('of nobody in particular are not counted, and count against nobody', async () => {
    const { invitations } = schoolOf();
    for (let number = 0; number < 12; number += 1)
      expect(await invitations.accept(wrong)).toEqual({ outcome: 'invalid' });
    expect(await invitations.accept(wrong, { caller: 'x' })).toEqual({ outcome: 'invalid' });
    await expect(invitations.accept(wrong, { caller: ' ' })).rejects.toThrow(/^caller: /);
    await expect(invitations.accept(undefined as never, { caller: 'x' })).rejects.toThrow(/^code: /);
  });
});
