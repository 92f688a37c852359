import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  ids,
  issuesOf,
  optionalText,
  Problem,
  requiredSourcedId,
  sourcedId,
  sourcedIdList,
  text,
  textList,
  triState,
} from '../../src/http/index.js';

describe('decoding', () => {
  it.each([
    ['', undefined],
    ['  ', undefined],
    [null, undefined],
    [undefined, undefined],
    [{}, undefined],
    [' Ada ', 'Ada'],
    [7, '7'],
  ])('reads %j as the text %j', (value, expected) => {
    expect(text(value)).toBe(expected);
  });

  it.each([
    [true, true],
    ['true', true],
    ['TRUE', true],
    [1, true],
    ['1', true],
    ['Y', true],
    [false, false],
    ['False', false],
    [0, false],
    ['N', false],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
    ['perhaps', undefined],
  ])('reads %j as %j', (value, expected) => {
    expect(triState(value)).toBe(expected);
  });

  it('keeps an id verbatim, white space and case included', () => {
    expect(sourcedId(' A b ')).toBe(' A b ');
    expect(sourcedId('0012')).toBe('0012');
    expect(sourcedId(12)).toBe('12');
  });

  it('refuses an id with a character that could not be read', () => {
    for (const id of ['Ren\uFFFD', 'a\uD800', '\uDC00b', 'a\0', '\uDE00\uD83D']) {
      expect(sourcedId(id)).toBeUndefined();
      expect(ids([id])).toBeInstanceOf(Problem);
      expect(ids(['good', id])).toBeInstanceOf(Problem);
    }
    expect(sourcedId('Ren\u00e9 \u{1F600}')).toBe('Ren\u00e9 \u{1F600}');
    expect(ids(['\u{1F600}'])).toEqual(['\u{1F600}']);
  });

  it('refuses an id that JSON has rounded', () => {
    expect(sourcedId(JSON.parse('12345678901234567890'))).toBeUndefined();
  });

  it('reads a single value as a list of one, and nothing as an empty list', () => {
    expect(textList('05')).toEqual(['05']);
    expect(textList(['05', ' ', '06'])).toEqual(['05', '06']);
    expect(textList(null)).toEqual([]);
    expect(sourcedIdList(['a ', '', 3])).toEqual(['a ', '3']);
  });

  it('says which field is wrong, and never its value', () => {
    const schema = z.object({ id: requiredSourcedId, name: optionalText });
    expect(schema.parse({ id: '1' })).toEqual({ id: '1' });
    for (const record of [{}, { id: '' }, { id: null }, { id: { secret: 1 } }]) {
      const parsed = schema.safeParse(record);
      expect(parsed.success).toBe(false);
      if (!parsed.success) expect(issuesOf(parsed.error)).toEqual(['id: missing-id']);
    }
    const noRecord = schema.safeParse('secret');
    if (!noRecord.success) expect(issuesOf(noRecord.error)).toEqual(['record: invalid_type']);
  });
});

it('NUL characters are dropped from text, and make an id none', () => {
  expect(text('Ann\u0000a')).toBe('Anna');
  expect(text('\u0000')).toBeUndefined();
  expect(sourcedId('12\u00003')).toBeUndefined();
});
