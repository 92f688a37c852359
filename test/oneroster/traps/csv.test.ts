import { oneRosterCsvSource } from 'rosterkit/oneroster';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Roster } from '../../../src/model/index.js';
import { folderOf, zipOf } from '../support/bundle.js';
import { wholeBundle } from '../support/csv-damage.js';
import { collectionsOf, scope } from '../support/roster.js';

type Bundle = Parameters<typeof oneRosterCsvSource>[0];

const read = async (bundle: Bundle): Promise<Roster> => (await oneRosterCsvSource(bundle).read(scope)) as Roster;

const endOf = (roster: Roster, name: keyof Roster['attestation']['collections']): string =>
  `${roster.attestation.collections[name].state} ${roster.attestation.collections[name].ended ?? ''}`;

const lines = (...rows: readonly string[]): string => [...rows, ''].join('\n');

const HEADER = 'sourcedId,orgSourcedIds,role,givenName,familyName,email,sms,phone';
const users = (...rows: readonly string[]): string => lines(HEADER, ...rows);

describe('trap 25: CSV mangling', () => {
  test('the same files in a folder, a zip, a zip in memory, as text and as streams are one roster', async () => {
    const whole = collectionsOf(await read(wholeBundle));
    const streams = Object.fromEntries(
      Object.entries(wholeBundle).map(([name, text]) => {
        const pieces =
          Buffer.from(text)
            .toString('latin1')
            .match(/[^]{1,7}/g) ?? [];
        return [name.toUpperCase(), () => Readable.from(pieces.map((piece) => Buffer.from(piece, 'latin1')))] as const;
      }),
    );
    for (const bundle of [await folderOf(wholeBundle), await zipOf(wholeBundle), streams]) {
      const roster = await read(bundle);
      expect(collectionsOf(roster)).toEqual(whole);
      expect(endOf(roster, 'enrollments')).toBe('complete end-of-file');
    }
  });

  test('line ends of every kind, also mixed, and a BOM', async () => {
    const text = `\ufeff${HEADER}\r\nu1,s1,student,Ann,One,,,\nu2,s1,student,Bob,Two,,,\r\ru3,s1,student,Cy,Three,,,`;
    const roster = await read({ 'users.csv': text });
    expect(roster.users.map(({ sourcedId }) => sourcedId)).toEqual(['u1', 'u2', 'u3']);
    expect(roster.rejected).toEqual([]);
  });

  test('UTF-16 is read by its mark; bytes that are no UTF-8 cost their row and name the column', async () => {
    const text = users('u1,s1,student,Zoë,Ñandú,,,');
    const little = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    const big = Buffer.from(little).swap16();
    for (const bytes of [little, big]) {
      expect((await read({ 'users.csv': bytes })).users).toMatchObject([{ givenName: 'Zoë', familyName: 'Ñandú' }]);
    }
    const latin = await read({
      'users.csv': Buffer.from(users('u1,s1,student,Zoë,One,,,', 'u2,s1,student,Al,Two,,,'), 'latin1'),
    });
    expect(latin.users.map(({ sourcedId }) => sourcedId)).toEqual(['u2']);
    expect(latin.rejected).toEqual([
      { collection: 'users', sourcedId: 'u1', problem: 'wrong-encoding', location: 'users.csv:2', field: 'givenName' },
    ]);
  });

  test('slips of the pen in headers, and columns that only some versions have', async () => {
    const roster = await read({
      'users.csv': lines(
        'SourcedID,dataLastModified,orgSourcedIds,role,givenName,familyName,prefferedGivenName,password,metadata.house',
        'u1,2026-08-01T00:00:00.000Z,s1,student,Ann,One,Annie,topsecret,Red',
      ),
    });
    expect(roster.users[0]).toMatchObject({ sourcedId: 'u1', dateLastModified: '2026-08-01T00:00:00.000Z' });
    expect(JSON.stringify(roster)).not.toContain('topsecret');
  });

  test('short rows that spreadsheets leave are read; a lost comma is seen, and moves no number', async () => {
    const roster = await read({
      'users.csv': users(
        'u1,s1,teacher,Ann,One,ann@example.org',
        'u2,s1,teacher,Bob,Two,,2025550101,2025550100',
        'u3,s1,student,Cy,Three,2025550102,',
        'u6,s1,teacher,Flo,Six,,,',
        'u4,student,Dee,Four,,2025550103,2025550104',
        'u5,s1,teacher,Eve,Five,,,2025550105,',
      ),
    });
    expect(roster.users.map(({ sourcedId }) => sourcedId)).toEqual(['u1', 'u2', 'u6']);
    expect(roster.users[1]).toMatchObject({ mobile: '2025550101', homePhone: '2025550100' });
    expect(roster.rejected?.map(({ problem, location, sourcedId }) => [problem, location, sourcedId])).toEqual([
      ['missing-cells', 'users.csv:4', undefined],
      ['missing-cells', 'users.csv:6', undefined],
      ['extra-cells', 'users.csv:7', undefined],
    ]);
  });

  test('a comma too many at the end of row after row is no harm', async () => {
    const row = (id: string, name = 'One'): string => `${id},s1,student,Ann,${name},,,`;
    const roster = await read({ 'users.csv': users(`${row('u1')},`, `${row('u2')},`, `${row('u3')},`) });
    expect(roster.users).toHaveLength(3);
    expect(roster.rejected).toEqual([]);
    // Two neighbours whose names have a comma are alike, too.
    const moved = await read({ 'users.csv': users(row('u1'), row('u2', 'One, Jr'), row('u3', 'One, Jr'), row('u4')) });
    expect(moved.users.map(({ sourcedId }) => sourcedId)).toEqual(['u1', 'u4']);
    expect(moved.rejected).toMatchObject([{ problem: 'extra-cells' }, { problem: 'extra-cells' }]);
    // A program that never quotes makes all rows too long, and their last cell may be blank.
    const unquoted = (id: string): string => `${id},s1,student,Ann,One, Jr,${id}@x.example,2025550100,`;
    const shifted = await read({ 'users.csv': users(unquoted('u1'), unquoted('u2')) });
    expect(shifted.users).toEqual([]);
    expect(shifted.rejected).toMatchObject([{ problem: 'extra-cells' }, { problem: 'extra-cells' }]);
  });

  test('a row that only says that it is gone is nothing to mend', async () => {
    const header = 'sourcedId,status,classSourcedId,userSourcedId,role';
    const enrollments = lines(header, 'e1,active,c1,u1,student', 'e2,tobedeleted,,,', 'e3,active,,u1,student');
    const roster = await read({ 'enrollments.csv': enrollments });
    expect(roster.enrollments.map(({ sourcedId }) => sourcedId)).toEqual(['e1']);
    expect(roster.rejected?.map(({ sourcedId }) => sourcedId)).toEqual(['e3']);
  });

  test('a lost comma in row after row moves no number, and no agent', async () => {
    const header = 'sourcedId,orgSourcedIds,role,middleName,email,sms,phone,agentSourcedIds,grades,password';
    const row = (id: string, middle = ','): string =>
      `${id},s1,student${middle},${id}@x.example,,2025550100,G${id},09,`;
    const text = `${[header, row('u1'), row('u2', ''), row('u3', ''), row('u4')].join('\n')}\n`;
    const roster = await read({
      'users.csv': text.replaceAll('middleName', 'givenName,middleName').replaceAll('student', 'student,Ann'),
    });
    expect(roster.users.map(({ sourcedId }) => sourcedId)).toEqual(['u1', 'u4']);
    expect(roster.guardianLinks).toHaveLength(2);
    expect(roster.rejected).toMatchObject([{ problem: 'missing-cells' }, { problem: 'missing-cells' }]);
  });

  test('a row that ends before its agents proves nobody to be no guardian', async () => {
    const header = 'sourcedId,orgSourcedIds,role,givenName,familyName,email,agentSourcedIds';
    const text = `${[header, 'u1,s1,student,Ann,One,a@x.example,G1', 'u2,s1,student,Bob,Two,b@x.example'].join('\n')}\n`;
    const roster = await read({ 'users.csv': text });
    expect(roster.users).toHaveLength(2);
    expect(endOf(roster, 'guardianLinks')).toBe('incomplete rejected-users');
    expect(roster.rejected).toEqual([
      { collection: 'guardianLinks', problem: 'missing-cells', location: 'users.csv:3', field: 'agentSourcedIds' },
    ]);
  });

  test('a header that lost a comma, or that a row ran into, is not believed', async () => {
    const lost = await read({
      'users.csv': users('u1,s1,student,Ann,One,,2025550101,').replace('email,sms', 'emailsms'),
    });
    expect(lost.users).toEqual([]);
    expect(lost.rejected).toMatchObject([{ problem: 'extra-cells' }]);
    const joined = (wholeBundle['enrollments.csv'] ?? '').replace('\r\n', '');
    expect(endOf(await read({ ...wholeBundle, 'enrollments.csv': joined }), 'enrollments')).toBe(
      'incomplete damaged-header',
    );
  });

  test('a file that is cut in a row is incomplete; one that only lacks its last line end is not', async () => {
    const text = users('u1,s1,student,Ann,One,,,', 'u2,s1,student,Bob,Two,,,');
    expect(endOf(await read({ 'users.csv': text.slice(0, -1) }), 'users')).toBe('complete end-of-file');
    const cut = await read({ 'users.csv': text.slice(0, -8) });
    expect(endOf(cut, 'users')).toBe('incomplete cut-short');
    expect(cut.users.map(({ sourcedId }) => sourcedId)).toEqual(['u1']);
  });

  test('leading zeros that a spreadsheet took, and long numbers that it rounded', async () => {
    const zeros = { ...wholeBundle };
    zeros['users.csv'] = (zeros['users.csv'] ?? '').replaceAll(/\bU(\d)\b/g, '00$1');
    zeros['enrollments.csv'] = (zeros['enrollments.csv'] ?? '').replaceAll(/\bU(\d)\b/g, '00$1');
    expect(endOf(await read(zeros), 'enrollments')).toBe('complete end-of-file');
    zeros['enrollments.csv'] = zeros['enrollments.csv'].replaceAll(/\b00(\d)\b/g, '$1');
    expect(endOf(await read(zeros), 'enrollments')).toBe('incomplete leading-zeros-lost');
    const other = (wholeBundle['enrollments.csv'] ?? '').replaceAll(/\bU(\d)\b/g, 'X$1');
    expect(endOf(await read({ ...wholeBundle, 'enrollments.csv': other }), 'enrollments')).toBe(
      'incomplete dangling-references',
    );
    const rounded = await read({ 'users.csv': users('1.23457E+11,s1,student,Ann,One,,,') });
    expect(rounded.rejected).toMatchObject([
      { problem: 'rounded-number', field: 'sourcedId', location: 'users.csv:2' },
    ]);
  });

  test('American dates are dates', async () => {
    const text = (wholeBundle['enrollments.csv'] ?? '').replaceAll('2026-08-01', '8/1/2026');
    const roster = await read({ ...wholeBundle, 'enrollments.csv': text });
    expect(roster.enrollments[0]).toMatchObject({ beginDate: '2026-08-01' });
  });

  test('a bundle without a manifest is whole, and one whose manifest keeps silent on a file is not', async () => {
    const { 'manifest.csv': manifest = '', ...files } = wholeBundle;
    expect(endOf(await read(files), 'users')).toBe('complete end-of-file');
    const silent = { ...files, 'manifest.csv': manifest.replace('file.users,bulk\r\n', '') };
    expect(endOf(await read(silent), 'users')).toBe('incomplete unknown-mode');
    expect(endOf(await read(silent), 'classes')).toBe('complete end-of-file');
  });

  test('an entry of a zip whose checksum is wrong is incomplete', async () => {
    const zip = await zipOf(wholeBundle);
    const central = zip.indexOf(Buffer.from('PK\u0001\u0002'));
    const names = Object.keys(wholeBundle);
    let entry = central;
    for (const name of names) {
      if (name === 'users.csv') zip.writeUInt32LE((zip.readUInt32LE(entry + 16) ^ 1) >>> 0, entry + 16);
      entry = zip.indexOf(Buffer.from('PK\u0001\u0002'), entry + 4);
    }
    expect(endOf(await read(zip), 'users')).toBe('failed unreadable-file');
    expect(endOf(await read(zip), 'classes')).toBe('complete end-of-file');
  });
});
