import { type GuardiansInMetadata, oneRosterCsvSource } from 'rosterkit/oneroster';
import { describe, expect, test } from 'vitest';
import { guardianId } from '../../src/oneroster/roster/guardians/entries.js';
import type { Roster } from '../../src/model/index.js';
import { scope } from './support/roster.js';

const HEADER = 'sourcedId,orgSourcedIds,role,givenName,familyName,agentSourcedIds';
const csv = (...rows: readonly string[]): string => [HEADER, ...rows, ''].join('\n');

async function read(
  files: Readonly<Record<string, string>>,
  guardiansInMetadata?: GuardiansInMetadata,
): Promise<Roster> {
  const source = oneRosterCsvSource(files, guardiansInMetadata === undefined ? {} : { guardiansInMetadata });
  return (await source.read(scope)) as Roster;
}

const linksOf = (roster: Roster) => roster.attestation.collections.guardianLinks;

describe('what a read proves of guardian links', () => {
  test('guardians without one link are no proof that there is none', async () => {
    const roster = await read({ 'users.csv': csv('U1,S1,student,Ann,One,', 'G1,S1,parent,Gail,One,') });
    expect(linksOf(roster)).toEqual({ state: 'not-shared', received: 0 });
  });

  test('a user whose row cannot be read may have had links', async () => {
    const rows = ['G1,S1,parent,Gail,One,U1', 'U1,S1,student,Ann,One,'];
    const whole = await read({ 'users.csv': csv(...rows) });
    expect(linksOf(whole)).toEqual({ state: 'complete', received: 1 });
    const damaged = await read({ 'users.csv': csv(...rows, 'G2,S1,,Gus,Two,U1') });
    expect(linksOf(damaged)).toEqual({ state: 'incomplete', received: 1, ended: 'rejected-users' });
  });
});

describe('guardians hidden in metadata', () => {
  const users = [
    'sourcedId,orgSourcedIds,role,givenName,familyName,agentSourcedIds,metadata.mother',
    'G1,S1,parent,Gail,One,,',
    'T1,S1,teacher,Tom,Three,,Nobody',
    'U1,S1,student,Ann,One,G1,Mia One',
    'U2,S1,student,Bob,One,,Mia One',
    '',
  ].join('\n');
  const demographics = [
    'sourcedId,birthDate,metadata.Guardian1FullName,metadata.Guardian1Email',
    'U1,2015-01-01,Max One,max@home.example',
    'U2,2016-01-01,Max One,Max@home.example',
    '',
  ].join('\n');

  const find: GuardiansInMetadata = ({ user, demographics: more }) => {
    const [givenName = '', familyName = ''] = textOf(more?.metadata?.['Guardian1FullName']).split(' ');
    const [mother = '', name = ''] = textOf(user.metadata?.['mother']).split(' ');
    return [
      { sourcedId: 'M1', givenName: mother, familyName: name, relationship: 'Mother' },
      ...(givenName === ''
        ? []
        : [{ givenName, familyName, email: textOf(more?.metadata?.['Guardian1Email']), relationship: 'Father' }]),
    ];
  };

  test('become people and links of their own, once for siblings, beside those of the roster', async () => {
    const roster = await read({ 'users.csv': users, 'demographics.csv': demographics }, find);
    const max = guardianId({ student: 'U1', givenName: 'Max', familyName: 'One', email: 'max@home.example' });
    expect(
      roster.users
        .filter(({ roles }) => roles.includes('guardian'))
        .map(({ sourcedId }) => sourcedId)
        .sort(),
    ).toEqual(['G1', 'M1', max].sort());
    expect(roster.guardianLinks).toEqual(
      [
        { guardianSourcedId: 'G1', studentSourcedId: 'U1', relationship: 'parent' },
        { guardianSourcedId: 'M1', studentSourcedId: 'U1', relationship: 'Mother' },
        { guardianSourcedId: 'M1', studentSourcedId: 'U2', relationship: 'Mother' },
        { guardianSourcedId: max, studentSourcedId: 'U1', relationship: 'Father' },
        { guardianSourcedId: max, studentSourcedId: 'U2', relationship: 'Father' },
      ].sort((left, right) => (left.guardianSourcedId < right.guardianSourcedId ? -1 : 1)),
    );
    expect(linksOf(roster)).toEqual({ state: 'complete', received: 5 });
    expect(roster.users.map(({ sourcedId }) => sourcedId)).toEqual(
      [...roster.users.map(({ sourcedId }) => sourcedId)].sort(),
    );
  });

  test('prove nothing where the demographics are not all there', async () => {
    const without = await read({ 'users.csv': users }, find);
    expect(linksOf(without)).toMatchObject({ state: 'incomplete', ended: 'demographics-not-read' });
    const damaged = await read({ 'users.csv': users, 'demographics.csv': `${demographics}U9,x,y,z,w\n` }, find);
    expect(linksOf(damaged)).toMatchObject({ state: 'incomplete', ended: 'demographics-incomplete' });
  });

  test('who already is a user gets the link alone, and one without a name is rejected', async () => {
    const known = await read({ 'users.csv': users, 'demographics.csv': demographics }, () => [
      { sourcedId: 'G1', givenName: 'Other', familyName: 'Name', relationship: 'Aunt' },
    ]);
    expect(known.users.find(({ sourcedId }) => sourcedId === 'G1')).toMatchObject({ givenName: 'Gail' });
    expect(known.guardianLinks).toEqual([
      { guardianSourcedId: 'G1', studentSourcedId: 'U1', relationship: 'Aunt' },
      { guardianSourcedId: 'G1', studentSourcedId: 'U2', relationship: 'Aunt' },
    ]);
    const nameless = await read({ 'users.csv': users }, () => [{ givenName: ' ', familyName: '' }]);
    expect(nameless.rejected?.map(({ collection, problem }) => [collection, problem])).toEqual([
      ['guardianLinks', 'missing-name'],
      ['guardianLinks', 'missing-name'],
      ['users', 'guardians-unread'],
    ]);
  });

  test('what forbids contact is found for one who is a user, too, and the agents’ own link does not undo it', async () => {
    const forbids: GuardiansInMetadata = ({ user }) =>
      user.metadata?.['court'] === 'yes' ? [{ sourcedId: 'G1', givenName: '', familyName: '', blocked: true }] : [];
    const rows = [
      'sourcedId,orgSourcedIds,role,givenName,familyName,agentSourcedIds,metadata.court',
      'G1,S1,parent,Gail,One,,',
      'U1,S1,student,Ann,One,G1,yes',
      'U2,S1,student,Bob,One,G1,',
      '',
    ].join('\n');
    const roster = await read({ 'users.csv': rows }, forbids);
    expect(roster.rejected).toEqual([]);
    expect(roster.users.find(({ sourcedId }) => sourcedId === 'G1')).toMatchObject({ givenName: 'Gail' });
    expect(roster.guardianLinks).toEqual([
      { guardianSourcedId: 'G1', studentSourcedId: 'U1', relationship: 'parent', blocked: true },
      { guardianSourcedId: 'G1', studentSourcedId: 'U2', relationship: 'parent' },
    ]);
  });

  test('the hook must be a function', () => {
    expect(() => oneRosterCsvSource({ 'users.csv': '' }, { guardiansInMetadata: 7 as never })).toThrow(
      expect.objectContaining({ parameter: 'guardiansInMetadata' }) as Error,
    );
  });
});

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
