import { createDecipheriv } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { credentialSealer } from '../../src/credentials/index.js';
import type { SealingKey } from '../../src/credentials/index.js';
import { ConfigurationError, StoreError } from '../../src/errors.js';

const newKey = (id: string): SealingKey => ({ id, key: crypto.getRandomValues(new Uint8Array(32)) });
const oldKey = newKey('2025-09');
const key = newKey('2026-09');
const sealer = credentialSealer({ keys: [key, oldKey] });
const to = { tenant: 'district-1', purpose: 'credentials clever' };
const SECRET = 'a very secret token';

/** What an attempt rejects with. */
const failureOf = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a sealed text', () => {
  test('opens as it was, whatever it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 1 }), async (text, word) => {
        const tenant = `x${word}`;
        const sealed = await sealer.seal(text, { ...to, tenant });
        expect(await sealer.open(sealed, { ...to, tenant })).toBe(text);
      }),
    );
    for (const text of ['', '\ufeffwith a mark', '\0', 'é😀', 'x'.repeat(200_000)]) {
      expect(await sealer.open(await sealer.seal(text, to), to)).toBe(text);
    }
  });

  test('says its format, its key and its nonce, and nothing of the text; no two are alike', async () => {
    const sealed = await Promise.all(Array.from({ length: 200 }, () => sealer.seal(SECRET, to)));
    expect(new Set(sealed.map((text) => text.split('.')[2])).size).toBe(200);
    expect(new Set(sealed.map((text) => text.split('.')[3])).size).toBe(200);
    for (const text of sealed) expect(text).toMatch(/^rosterkit-sealed-1\.2026-09\.[\w-]{16}\.[\w-]{47}$/);
    expect(sealer.keyIdOf(sealed[0] ?? '')).toBe('2026-09');
  });

  test('is AES-256-GCM as others make it, with the words that it is bound to', async () => {
    const [, , nonce = '', bytes = ''] = (await sealer.seal(SECRET, to)).split('.');
    const sealed = Buffer.from(bytes, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', key.key, Buffer.from(nonce, 'base64url'));
    decipher.setAAD(Buffer.from('["rosterkit-sealed-1","2026-09","district-1","credentials clever"]'));
    decipher.setAuthTag(sealed.subarray(-16));
    expect(decipher.update(sealed.subarray(0, -16), undefined, 'utf8') + decipher.final('utf8')).toBe(SECRET);
  });

  test('opens for no other tenant and no other purpose', async () => {
    const sealed = await sealer.seal(SECRET, to);
    for (const other of [
      { ...to, tenant: 'district-2' },
      { ...to, purpose: 'credentials classlink' },
      { tenant: 'credentials clever', purpose: 'district-1' },
      { tenant: 'district-1","credentials clever', purpose: 'x' },
    ]) {
      expect(await failureOf(sealer.open(sealed, other))).toBeInstanceOf(StoreError);
    }
  });

  test('opens in no other form than its own', async () => {
    const sealed = await sealer.seal(SECRET, to);
    const [format = '', id = '', nonce = '', bytes = ''] = sealed.split('.');
    const last = bytes.at(-2) === 'A' ? 'B' : 'A';
    for (const changed of [
      '',
      SECRET,
      sealed.toUpperCase(),
      `${sealed}.`,
      [format, '2025-09', nonce, bytes].join('.'),
      ['rosterkit-sealed-2', id, nonce, bytes].join('.'),
      [format, id, `${nonce.slice(0, -1)}${nonce.endsWith('A') ? 'B' : 'A'}`, bytes].join('.'),
      [format, id, nonce.slice(4), bytes].join('.'),
      [format, id, nonce, bytes.slice(4)].join('.'),
      [format, id, nonce, bytes.slice(0, 8)].join('.'),
      [format, id, nonce, ''].join('.'),
      [format, id, nonce, `${bytes.slice(0, -2)}${last}${bytes.slice(-1)}`].join('.'),
      [format, id, nonce, `${bytes}!`].join('.'),
    ]) {
      const failure = await failureOf(sealer.open(changed, to));
      expect(failure, changed).toBeInstanceOf(StoreError);
      expect(failure).toMatchObject({ operation: 'open', isRetryable: false });
      // The error as a log may show it, with all that it holds.
      expect(inspect(failure)).not.toMatch(new RegExp(`${SECRET}|${bytes.slice(4, 20)}|${nonce.slice(4)}`));
    }
  });

  test('opens in none of its forms with a character of it changed', async () => {
    const sealed = await sealer.seal('secret', to);
    for (let at = 0; at < sealed.length; at += 1) {
      const other = sealed.charAt(at) === 'x' ? 'y' : 'x';
      const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
      await expect(sealer.open(changed, to), `character ${String(at)}`).rejects.toThrow();
    }
  });

  test('names the key that is missing', async () => {
    const sealed = await credentialSealer({ keys: [oldKey] }).seal(SECRET, to);
    const failure = await failureOf(credentialSealer({ keys: [key] }).open(sealed, to));
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(String(failure)).toContain('keys: have no key 2025-09');
  });

  test('opens by no other key of the same id', async () => {
    const sealed = await credentialSealer({ keys: [newKey('same')] }).seal(SECRET, to);
    expect(await failureOf(credentialSealer({ keys: [newKey('same')] }).open(sealed, to))).toBeInstanceOf(StoreError);
  });

  test('is of whole characters, for a tenant and a purpose', async () => {
    for (const text of ['\ud800', 7 as unknown as string, undefined as unknown as string]) {
      expect(await failureOf(sealer.seal(text, to))).toMatchObject({ parameter: 'text' });
    }
    expect(await failureOf(sealer.seal('', { ...to, tenant: '' }))).toMatchObject({ parameter: 'tenant' });
    expect(await failureOf(sealer.seal('', { ...to, purpose: ' ' }))).toMatchObject({ parameter: 'purpose' });
  });
});

describe('keys', () => {
  test('seal with the first and open with each', async () => {
    const older = credentialSealer({ keys: [oldKey] });
    expect(await sealer.open(await older.seal(SECRET, to), to)).toBe(SECRET);
    expect([sealer.keyId, older.keyId]).toEqual(['2026-09', '2025-09']);
    expect(older.keyIdOf('no sealed text')).toBeUndefined();
  });

  test('are bytes or base64 of either alphabet, padded or not', async () => {
    const bytes = Uint8Array.from({ length: 32 }, (_, index) => 255 - index);
    const sealed = await credentialSealer({ keys: [{ id: 'k', key: bytes }] }).seal(SECRET, to);
    const text = Buffer.from(bytes);
    for (const key of [
      text,
      text.toString('base64'),
      text.toString('base64url'),
      text.toString('base64').slice(0, 43),
    ]) {
      expect(await credentialSealer({ keys: [{ id: 'k', key }] }).open(sealed, to)).toBe(SECRET);
    }
  });

  test('are copied: what becomes of the bytes later does not matter', async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    const early = credentialSealer({ keys: [{ id: 'k', key: bytes }] });
    const same = credentialSealer({ keys: [{ id: 'k', key: Uint8Array.from(bytes) }] });
    bytes.fill(0);
    expect(await same.open(await early.seal(SECRET, to), to)).toBe(SECRET);
  });

  const HIDDEN = 'hidden+hidden/hidden=';
  test.each<[parameter: string, keys: unknown]>([
    ['keys', undefined],
    ['keys', []],
    ['keys', HIDDEN],
    ['keys[0]', [HIDDEN]],
    ['keys[0].id', [{ key: HIDDEN }]],
    ['keys[0].id', [{ id: '', key: key.key }]],
    ['keys[0].id', [{ id: 'a.b', key: key.key }]],
    ['keys[0].id', [{ id: 'x'.repeat(65), key: key.key }]],
    ['keys[0].key', [{ id: 'k' }]],
    ['keys[0].key', [{ id: 'k', key: HIDDEN }]],
    ['keys[0].key', [{ id: 'k', key: 'not base64, hidden'.repeat(3) }]],
    ['keys[0].key', [{ id: 'k', key: new Uint8Array(31).fill(7, 3) }]],
    ['keys[0].key', [{ id: 'k', key: new Uint8Array(33).fill(7, 3) }]],
    ['keys[0].key', [{ id: 'k', key: new Uint8Array(32) }]],
    ['keys[0].key', [{ id: 'k', key: 'A'.repeat(44) }]],
    ['keys[0].key', [{ id: 'k', key: Array.from({ length: 32 }, (_, index) => index) }]],
    ['keys[1].key', [key, { id: 'k', key: HIDDEN }]],
    ['keys', [key, key]],
  ])('that are none are refused by the name %s, and not quoted', (parameter, keys) => {
    let failure: unknown;
    try {
      credentialSealer({ keys } as never);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(failure).toMatchObject({ parameter });
    expect(inspect(failure)).not.toContain('hidden');
  });

  test('are shown by nothing', () => {
    const text = 'c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U=';
    const shown = credentialSealer({ keys: [{ id: 'k', key: text }] });
    expect(inspect(shown, { depth: Infinity, showHidden: true }) + JSON.stringify(shown)).not.toContain('c2VjcmV0');
  });

  test('come with no other option', () => {
    expect(() => credentialSealer({ keys: [key], key: 'x' } as never)).toThrow(/^key: is not an option/);
  });
});
