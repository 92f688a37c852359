import { SignInError } from 'rosterkit';
import { describe, expect, it } from 'vitest';
import { keptSession } from '../../src/http/index.js';

describe('what was kept for a sign-in', () => {
  it('is given to the answer that belongs to it', () => {
    const session = { state: 'word', nonce: 'other' };
    expect(keptSession('word', session, 'clever')).toBe(session);
  });

  it.each([
    [null],
    [undefined],
    [{}],
    [{ state: null }],
    [{ state: 7 }],
    [{ state: ['word'] }],
    [{ state: {} }],
    ['word'],
    [{ state: '' }],
  ])('is of another sign-in where it is %j', (session) => {
    const kept = session as unknown as { readonly state: string };
    for (const state of ['word', '7', '']) {
      expect(() => keptSession(state, kept, 'clever')).toThrow(SignInError);
      expect(() => keptSession(state, kept, 'clever')).toThrow(expect.objectContaining({ problem: 'state' }));
    }
  });
});
