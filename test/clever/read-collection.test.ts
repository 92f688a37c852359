import { describe, expect, it } from 'vitest';
import { readCollection } from '../../src/clever/read-collection.js';
import { DisconnectedError } from '../../src/errors.js';
import { rejection, startServer } from '../support/http-server.js';
import { clientOf } from './district.js';

const reading = { collection: 'courses', signal: new AbortController().signal, onPage: undefined } as const;

describe('a collection that is read while the district disconnects', () => {
  it.each([true, false])(
    'is no roster at all, optional (%s) or not: nothing may be concluded from half of it',
    async (isOptional) => {
      const links = [{ rel: 'next', uri: '?starting_after=course-1' }];
      const server = await startServer(() => ({ body: { data: [{ data: { id: 'course-1' } }], links } }));
      let asked = 0;
      const token = (): string => {
        asked += 1;
        if (asked === 1) return 'token-1';
        throw new DisconnectedError('clever lists no such district.', { source: 'clever', districtId: 'district-1' });
      };
      const courses = clientOf(server, { token }).courses.list();
      const error = await rejection(readCollection(courses, { ...reading, isOptional }));
      expect(error).toBeInstanceOf(DisconnectedError);
      expect(server.requests).toHaveLength(1);
    },
  );
});
