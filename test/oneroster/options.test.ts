import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  clientCredentials,
  guardiansCsvSource,
  OneRosterClient,
  oauth1,
  oneRosterCsvSource,
  oneRosterPreflight,
  oneRosterSource,
  where,
} from 'rosterkit/oneroster';
import { describe, expect, onTestFinished, test } from 'vitest';
import { restDistrict } from './support/district.js';
import { clientOf, scope } from './support/roster.js';
import { serve } from './support/server.js';

const naming = (parameter: string) => expect.objectContaining({ code: 'configuration', parameter }) as Error;

const auth = oauth1({ key: 'k', secret: 's' });
const client = new OneRosterClient({ baseUrl: 'https://roster.example.com', auth });
const files = { 'users.csv': 'sourcedId,role,givenName,familyName\nU1,student,Ann,One\n' };

describe('an option that does not exist is named', () => {
  test.each<[string, string, (options: never) => unknown]>([
    ['oauth1', 'signature', oauth1],
    ['oneRosterSource', 'guardianInMetadata', (options) => oneRosterSource(client, options)],
    ['oneRosterCsvSource', 'onProblems', (options) => oneRosterCsvSource(files, options)],
    ['guardiansCsvSource', 'column', (options) => guardiansCsvSource('guardians.csv', options)],
  ])('by %s', (_, name, make) => {
    expect(() => make({ [name]: 1 } as never)).toThrow(naming(name));
    expect(() => make(null as never)).toThrow(naming('options'));
  });

  test('by oneRosterPreflight', async () => {
    await expect(oneRosterPreflight(client, { now: 1 } as never)).rejects.toEqual(naming('now'));
  });
});

describe('what is of another kind is named, and is no TypeError', () => {
  test('nothing at all for oauth1', () => {
    expect(() => oauth1(undefined as never)).toThrow(naming('options'));
  });

  test.each([undefined, null, {}, 'https://x', oneRosterSource(client)])('%j for a client', async (none) => {
    expect(() => oneRosterSource(none as never)).toThrow(naming('client'));
    await expect(oneRosterPreflight(none as never)).rejects.toEqual(naming('client'));
  });

  test.each(['localhost', [1], null])('%j for a list of hosts', (hosts) => {
    const allowInsecureHosts = hosts as never;
    expect(() => new OneRosterClient({ baseUrl: 'http://localhost', auth, allowInsecureHosts })).toThrow(
      naming('allowInsecureHosts'),
    );
    expect(() => clientCredentials({ clientId: 'c', clientSecret: 's', allowInsecureHosts })).toThrow(
      naming('allowInsecureHosts'),
    );
  });

  test('a text for the function that finds guardians', async () => {
    const guardiansInMetadata = 'metadata.guardian' as never;
    expect(() => oneRosterSource(client, { guardiansInMetadata })).toThrow(naming('guardiansInMetadata'));
    expect(() => oneRosterCsvSource(files, { guardiansInMetadata })).toThrow(naming('guardiansInMetadata'));
    await expect(oneRosterPreflight(client, { guardiansInMetadata })).rejects.toEqual(naming('guardiansInMetadata'));
  });

  test.each<[string, unknown]>([
    ['a promise', Promise.resolve([])],
    ['nothing', undefined],
    ['a text', 'Mia One'],
    ['an object that is empty', [{}]],
    ['nothing in a list', [null]],
    ['a name alone', [{ givenName: 'Mia' }]],
    ['a word for whether contact is forbidden', [{ givenName: 'Mia', familyName: 'One', blocked: 'yes' }]],
    ['a number for a mobile number', [{ givenName: 'Mia', familyName: 'One', mobile: 5_551_234 }]],
  ])('%s for the guardians of a student', async (_, answer) => {
    const guardiansInMetadata = () => answer as never;
    const server = await serve({ ...restDistrict, demographics: [] });
    for (const source of [
      oneRosterSource(clientOf(server), { guardiansInMetadata }),
      oneRosterCsvSource(files, { guardiansInMetadata }),
    ]) {
      for (const attempt of [source.read(scope), source.preflight?.()]) {
        const error: unknown = await attempt?.then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error).toEqual(naming('guardiansInMetadata'));
        expect(String(error)).not.toMatch(/Mia|555/);
      }
    }
  });

  test('true for the text that a filter compares with', () => {
    expect(() => where('enabledUser', '=', true as never)).toThrow(/a text, such as 'true'/);
  });
});

describe('one file is no bundle', () => {
  test.each([
    ['users.csv', files['users.csv'], /one file and no zip.*folder/],
    ['empty.zip', '', /one file and no zip/],
    ['cut.zip', 'PK\u0003\u0004', /damaged/],
  ])('%s is told so', async (name, text, message) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'one-file-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    const file = path.join(folder, name);
    writeFileSync(file, text);
    for (const bundle of [file, Buffer.from(text)]) {
      const reading = oneRosterCsvSource(bundle).read(scope);
      await expect(reading).rejects.toEqual(naming('bundle'));
      await expect(reading).rejects.toThrow(message);
    }
  });
});

describe('a path that leads nowhere', () => {
  test.each([
    ['a web page', '<html>Not found</html>'],
    ['a word of no OneRoster', { message: 'Not found' }],
  ])('(%s) is spoken of in the words of OneRoster', async (_, body) => {
    const server = await serve({}, () => ({ status: 404, body }));
    const reading = clientOf(server).orgs.list().toArray();
    await expect(reading).rejects.toThrow(/base URL, version \('1\.1' or '1\.2'\), and paths/);
    await expect(reading).rejects.not.toThrow(/product|type of the token/);
  });
});
