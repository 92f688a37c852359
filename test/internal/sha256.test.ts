import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sha256, sha256 } from '../../src/internal/sha256.js';

const reference = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');
const text = fc.string({ unit: 'binary', maxLength: 300 });

test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
])('the digest of %j is the one that the standard publishes', (input, digest) => {
  expect(sha256(input)).toBe(digest);
});

test('every length around the end of a block has the digest that Node computes', () => {
  for (let length = 0; length <= 200; length += 1)
    expect(sha256('a'.repeat(length))).toBe(reference('a'.repeat(length)));
});

test('any text has the digest that Node computes', () => {
  fc.assert(fc.property(text, (input) => sha256(input) === reference(input)));
});

test('a text in pieces has the digest of the whole', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), (pieces) => {
      const hash = new Sha256();
      for (const piece of pieces) hash.update(piece);
      // A pair of surrogates that two pieces share is no text in either of them.
      return (
        hash.digest() ===
        createHash('sha256')
          .update(Buffer.concat(pieces.map((piece) => Buffer.from(piece))))
          .digest('hex')
      );
    }),
  );
});
