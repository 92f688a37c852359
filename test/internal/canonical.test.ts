import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, isSame } from '../../src/internal/canonical.js';
import { patched } from '../../src/internal/patch.js';

const plain = fc.jsonValue({ maxDepth: 3 });

test('the order of keys does not show, and a field that is undefined counts as absent', () => {
  expect(canonicalJson({ b: 1, a: [{ d: undefined, c: 'x' }] })).toBe('{"a":[{"c":"x"}],"b":1}');
  expect(isSame({ a: 1, b: undefined }, { a: 1 })).toBe(true);
  expect(isSame({ a: 1 }, { a: 1, b: undefined })).toBe(true);
  expect(isSame({ a: 1, b: undefined }, { a: 1, b: null })).toBe(false);
});

test('canonical JSON reads back as what was written', () => {
  fc.assert(
    fc.property(plain, (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('two values are the same exactly where their canonical texts are', () => {
  const pair = fc.oneof(
    fc.tuple(plain, plain),
    plain.map((value) => [value, structuredClone(value)] as const),
  );
  fc.assert(
    fc.property(pair, ([left, right]) => {
      expect(isSame(left, right)).toBe(canonicalJson(left) === canonicalJson(right));
    }),
  );
});

test('a patch writes its fields, removes those that are undefined, and leaves the record alone', () => {
  const record: { readonly a: number; readonly b?: number; readonly c?: number } = { a: 1, b: 2 };
  expect(patched(record, { b: undefined, c: 3 })).toStrictEqual({ a: 1, c: 3 });
  expect(record).toStrictEqual({ a: 1, b: 2 });
});
