import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { SizeLimit } from '../../src/oneroster/csv/size-limit.js';

const file = (bytes: number): Readable => Readable.from([Buffer.alloc(bytes)]);

describe('what files really hold', () => {
  it('is counted for each file, and refused beyond the largest', async () => {
    const limit = new SizeLimit('bundle', 10, 100);
    expect((await buffer(limit.over(file(10), 'users.csv'))).length).toBe(10);
    await expect(buffer(limit.over(file(11), 'Users.csv'))).rejects.toThrow('bundle: holds a users.csv far larger');
  });

  it('is counted for all files that one read opens', async () => {
    const limit = new SizeLimit('bundle', 10, 15);
    await buffer(limit.over(file(10), 'users.csv'));
    await expect(buffer(limit.over(file(6), 'orgs.csv'))).rejects.toThrow('bundle: holds a orgs.csv');
  });
});
