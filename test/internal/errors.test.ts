import { describe, expect, it } from 'vitest';
import * as errors from '../../src/errors.js';

const { ApiError, ConfigurationError, ConnectionError, NotFoundError, RosterError } = errors;

describe('isInstance', () => {
  const details = { source: 'clever', status: 404, method: 'GET', path: '/x' };
  const notFound = new NotFoundError('gone', details);

  it('is asked of a class, and knows it and those below it', () => {
    const classes = [RosterError, ApiError, NotFoundError, ConfigurationError, ConnectionError];
    expect(classes.map((each) => each.isInstance(notFound))).toEqual([true, true, true, false, false]);
    expect(ConnectionError.isInstance(new errors.ConnectionTimeoutError('late', { ...details, timeoutMs: 1 }))).toBe(
      true,
    );
    expect(NotFoundError.isInstance(new ApiError('else', details))).toBe(false);
    const narrowed: unknown = notFound;
    expect(NotFoundError.isInstance(narrowed) && narrowed.isWrongEndpoint).toBe(false);
    expect(notFound.toJSON()).toMatchObject({ name: 'NotFoundError', code: 'not_found' });
  });

  it.each([undefined, null, 'text', 7, new Error('another'), { code: 'not_found' }])('is false of %j', (value) => {
    expect(RosterError.isInstance(value)).toBe(false);
  });

  it('has a word for each class, so that no two are taken for each other', () => {
    const classes = Object.values(errors) as readonly { readonly kind: string; readonly name: string }[];
    expect(classes.map(({ kind }) => kind)).toEqual(classes.map(({ name }) => name));
  });
});
