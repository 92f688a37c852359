import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CsvProblem, oneRosterCsvSource, oneRosterSource } from 'rosterkit/oneroster';
import { describe, expect, test } from 'vitest';
import type { Roster, RosterRead } from '../../src/model/index.js';
import type { PageRead } from '../../src/ports/index.js';
import { type Files, folderOf, zipOf } from './support/bundle.js';
import { csvDistrict, restDistrict } from './support/district.js';
import { clientOf, collectionsOf, scope } from './support/roster.js';
import { serve } from './support/server.js';

/** A source on files delivers arrays. */
async function readBundle(bundle: Bundle): Promise<Roster> {
  return (await oneRosterCsvSource(bundle).read(scope)) as RosterRead & Roster;
}

const readFiles = async (files: Files): Promise<Roster> => readBundle(await folderOf(files));

const stateOf = (roster: Roster, name: keyof Roster['attestation']['collections']) => {
  const { state, ended } = roster.attestation.collections[name];
  return [state, ended];
};

const file = (header: string, ...rows: readonly string[]) => [header, ...rows].join('\n');

const users = (...rows: readonly string[]) =>
  file('sourcedId,orgSourcedIds,role,givenName,familyName,agentSourcedIds', ...rows);

const idsOf = (records: readonly { readonly sourcedId: string }[]) => records.map(({ sourcedId }) => sourcedId);

describe('the small district', () => {
  test('gives the same collections over REST and as files, in a folder and in a zip', async () => {
    const server = await serve(restDistrict);
    const rest = await oneRosterSource(clientOf(server, { pageSize: 2 })).read(scope);
    const folder = await readFiles(csvDistrict);
    const zip = await readBundle(await zipOf(csvDistrict));
    expect(collectionsOf(folder)).toEqual(collectionsOf(rest));
    expect(collectionsOf(zip)).toEqual(collectionsOf(rest));
    expect(folder.users).toHaveLength(4);
  });

  test('is attested complete', async () => {
    const roster = await readFiles(csvDistrict);
    const complete = (received: number) => ({ state: 'complete', received, ended: 'end-of-file' });
    expect(roster.source).toBe('oneroster-csv');
    expect(roster.rejected).toEqual([]);
    expect(roster.attestation).toEqual({
      allSchools: true,
      collections: {
        schools: complete(3),
        terms: complete(1),
        courses: complete(1),
        classes: complete(2),
        users: complete(4),
        enrollments: complete(3),
        guardianLinks: { state: 'complete', received: 3 },
      },
    });
  });

  test('its schools can be listed, and progress is told', async () => {
    const source = oneRosterCsvSource(await folderOf(csvDistrict));
    expect(idsOf(await source.schools())).toEqual(['S1', 'S2']);
    const pages: PageRead[] = [];
    await source.read(scope, { onPage: (one) => pages.push(one) });
    expect(pages).toContainEqual({ collection: 'users', received: 4 });
  });

  test('a zip on disk may hold its files in a folder, beside what other tools leave there', async () => {
    const inFolder = Object.fromEntries(Object.entries(csvDistrict).map(([name, text]) => [`export/${name}`, text]));
    const junk = { '__MACOSX/export/._users.csv': 'x', 'export/readme.txt': 'x', 'export/old/users.csv': users() };
    const path = join(await folderOf({}), 'bundle.ZIP');
    await writeFile(path, await zipOf({ ...inFolder, ...junk }));
    expect((await readBundle(path)).users).toHaveLength(4);
  });
});

describe('files as people and programs write them (trap 25)', () => {
  test('BOM, CRLF, quotes around everything, odd case and no last line end', async () => {
    const text =
      '\ufeff"SOURCEDID","OrgSourcedIds","Role","givenname","FamilyName"\r\n"u1","s1","student","Ann","O""Neil"';
    const { users: found } = await readFiles({ 'USERS.CSV': text });
    expect(found).toEqual([
      {
        sourcedId: 'u1',
        status: 'active',
        roles: ['student'],
        givenName: 'Ann',
        familyName: 'O"Neil',
        schoolSourcedIds: ['s1'],
      },
    ]);
  });

  test('missing optional columns, extra columns, nameless columns, blank lines and short rows', async () => {
    const text = file(
      'sourcedId,extra,metadata.note,orgSourcedIds,role,givenName,familyName,email,,',
      'u1,x,y,s1,student,Ann,One,a@example.com',
      '',
      'u2,x,y,s1,teacher,Bob,Two,b@example.com,,',
    );
    const roster = await readFiles({ 'users.csv': text });
    expect(roster.users.map(({ sourcedId, email }) => [sourcedId, email])).toEqual([
      ['u1', 'a@example.com'],
      ['u2', 'b@example.com'],
    ]);
    expect(roster.rejected).toEqual([]);
    expect(stateOf(roster, 'users')).toEqual(['complete', 'end-of-file']);
  });

  test('leading zeros and the case of ids are kept', async () => {
    const roster = await readFiles({ 'users.csv': users('007aB,0042,student,Ann,One,') });
    expect(roster.users[0]).toMatchObject({ sourcedId: '007aB', schoolSourcedIds: ['0042'] });
  });

  test('the file names and columns of 1.0, without a manifest', async () => {
    const roster = await readFiles({
      'users.csv': file(
        'sourcedId,status,orgSourcedIds,role,userId,givenName,familyName,agents',
        'g1,,s1,parent,,Gail,One,',
        'u1,inactive,s1,student,{StateID:7},Ann,One,g1',
      ),
      'classes.csv': file('sourcedId,title,grade,schoolSourcedId,termSourcedId', 'c1,Art,9,s1,"t1,t2"'),
    });
    expect(roster.users[1]).toMatchObject({ sourcedId: 'u1', status: 'tobedeleted', stateId: '7' });
    expect(roster.classes[0]).toMatchObject({ grades: ['9'], termSourcedIds: ['t1', 't2'] });
    expect(roster.guardianLinks).toEqual([{ guardianSourcedId: 'g1', studentSourcedId: 'u1', relationship: 'parent' }]);
  });

  test('a file with nothing but its header is complete and empty', async () => {
    const roster = await readFiles({ 'users.csv': users() });
    expect(roster.attestation.collections.users).toEqual({ state: 'complete', received: 0, ended: 'end-of-file' });
  });
});

describe('rows that cannot be used', () => {
  test('are rejected with file and line, and never with a value', async () => {
    const roster = await readFiles({
      'users.csv': users(
        'u1,s1,student,Ann,One,',
        'u2,s1,,Secret,Person,',
        ',s1,student,Secret,Person,',
        'u4,s1,student,Secret, Person, g1,displaced',
        'sourcedId,orgSourcedIds,role,givenName,familyName,agentSourcedIds',
      ),
      'enrollments.csv': file('sourcedId,classSourcedId,userSourcedId,role', 'e1,c1,,student', 'e2,c1,u1,mascot'),
    });
    expect(idsOf(roster.users)).toEqual(['u1']);
    expect(roster.rejected).toEqual([
      { collection: 'users', sourcedId: 'u2', problem: 'missing-role', location: 'users.csv:3', field: 'role' },
      { collection: 'users', problem: 'missing-sourced-id', location: 'users.csv:4', field: 'sourcedId' },
      // Where the cells are displaced, the id may be another's.
      { collection: 'users', problem: 'extra-cells', location: 'users.csv:5' },
      { collection: 'users', sourcedId: 'sourcedId', problem: 'header-row', location: 'users.csv:6' },
      {
        collection: 'enrollments',
        sourcedId: 'e1',
        classSourcedId: 'c1',
        problem: 'missing-user',
        location: 'enrollments.csv:2',
        field: 'userSourcedId',
      },
      {
        collection: 'enrollments',
        sourcedId: 'e2',
        classSourcedId: 'c1',
        problem: 'unknown-role',
        location: 'enrollments.csv:3',
        field: 'role',
      },
    ]);
    expect(JSON.stringify(roster.rejected)).not.toContain('Secret');
    expect(roster.attestation.collections.users).toMatchObject({ state: 'complete', received: 5 });
  });

  test('a quote that is never closed costs its own row, and nothing behind it', async () => {
    const roster = await readFiles({
      'users.csv': users('u1,s1,student,Ann,One,', 'u2,s1,student,"Bob,Two,', 'u3,s1,student,Eve,Three,', ''),
    });
    expect(idsOf(roster.users)).toEqual(['u1', 'u3']);
    expect(roster.rejected).toEqual([{ collection: 'users', problem: 'unclosed-quote', location: 'users.csv:3' }]);
  });

  test('in the last row, without a line end, it means that the file is cut', async () => {
    const roster = await readFiles({ 'users.csv': users('u1,s1,student,Ann,One,', 'u2,s1,student,"Bob,Two,') });
    expect(stateOf(roster, 'users')).toEqual(['incomplete', 'cut-short']);
    expect(stateOf(roster, 'guardianLinks')[0]).toBe('not-shared');
  });

  test('a quote that is closed only megabytes later is no cell', async () => {
    const swallowed = `u2,s1,student,"Bob${'\nu3,s1,student,Eve,Three,'.repeat(30_000)}",Two,`;
    const roster = await readFiles({ 'users.csv': users('u1,s1,student,Ann,One,', swallowed, '') });
    expect(roster.users).toHaveLength(30_000);
    expect(roster.rejected?.map(({ location }) => location)).toEqual(['users.csv:3', 'users.csv:30003']);
  });

  test('a file of bad rows is read no further than 100,000 of them, and proves nothing', async () => {
    const bad = Array.from({ length: 100_050 }, (_, index) => `u${String(index)},s1,,Ann,One,`);
    const text = users(['good,s1,student,Ann,One,', ...bad, 'late,s1,student,Bea,Two,'].join('\n'));
    const roster = await readBundle({ 'users.csv': text });
    expect(roster.rejected).toHaveLength(100_000);
    expect(idsOf(roster.users)).toEqual(['good']);
    expect(roster.attestation.collections.users).toEqual({
      state: 'incomplete',
      received: 100_001,
      ended: 'too-many-problems',
    });
    expect(stateOf(roster, 'guardianLinks')[0]).not.toBe('complete');
  });

  test('a column whose name would change the object that holds it is left out', async () => {
    const seen: object[] = [];
    const header = 'sourcedId,orgSourcedIds,role,givenName,familyName,metadata.__proto__,metadata.note';
    const source = oneRosterCsvSource(
      { 'users.csv': file(header, 'u1,s1,student,Ann,One,x,y') },
      {
        guardiansInMetadata: ({ user }) => {
          seen.push(user.metadata ?? {});
          return [];
        },
      },
    );
    await source.read(scope);
    expect(seen.map((metadata) => Object.entries(metadata))).toEqual([[['note', 'y']]]);
  });

  test('a cell that says nothing readable is told, and its row stands unless rights hang on it', async () => {
    const problems: CsvProblem[] = [];
    const source = oneRosterCsvSource(
      {
        'users.csv': users('u1,s1,,Ann,One,'),
        'enrollments.csv': file(
          'sourcedId,dateLastModified,classSourcedId,userSourcedId,role,endDate',
          'e1,soon,c1,u1,student,31.12.2026',
          'e2,,c1,u1,student,31.12.26',
        ),
      },
      { onProblem: (problem) => problems.push(problem) },
    );
    const roster = (await source.read(scope)) as Roster;
    expect(roster.enrollments).toHaveLength(1);
    expect(problems).toEqual([
      { file: 'users.csv', line: 2, column: 'role', problem: 'missing-role', sourcedId: 'u1', isRejected: true },
      {
        file: 'enrollments.csv',
        line: 2,
        column: 'dateLastModified',
        problem: 'unreadable-value',
        sourcedId: 'e1',
        isRejected: false,
      },
      {
        file: 'enrollments.csv',
        line: 3,
        column: 'endDate',
        problem: 'unreadable-date',
        sourcedId: 'e2',
        isRejected: true,
      },
    ]);
  });
});

describe('what a bundle proves', () => {
  test.each([
    ['orgs', 'schools', 'sourcedId,name', 's1,Elm'],
    ['academicSessions', 'terms', 'sourcedId,title,startDate', 't1,Year,2026-08-01'],
    ['courses', 'courses', 'sourcedId', 'k1'],
    ['classes', 'classes', 'sourcedId,schoolSourcedId', 'c1,s1'],
    ['users', 'users', 'sourcedId,orgSourcedIds,givenName,familyName', 'u1,s1,Ann,One'],
    ['users', 'users', 'sourcedId,role,givenName,familyName', 'u1,student,Ann,One'],
    ['enrollments', 'enrollments', 'sourcedId,classSourcedId,userSourcedId', 'e1,c1,u1'],
  ] as const)('%s.csv without a required column is incomplete', async (name, collection, header, row) => {
    const roster = await readFiles({ [`${name}.csv`]: file(header, row) });
    expect(stateOf(roster, collection)).toEqual(['incomplete', 'missing-column']);
  });

  test('an empty file lacks its columns', async () => {
    const roster = await readFiles({ 'users.csv': '', 'orgs.csv': 'sourcedId,name,type' });
    expect(stateOf(roster, 'users')).toEqual(['incomplete', 'missing-column']);
  });

  test('a delta proves no absence, an absent file is not read, and an unknown word proves nothing', async () => {
    const manifest = file(
      'propertyName,value',
      'file.users,Delta',
      'file.classes,absent',
      'file.orgs,full',
      'file.enrollments,',
      'file.courses,bulk',
    );
    const roster = await readFiles({
      'manifest.csv': manifest,
      'users.csv': users('u1,s1,student,Ann,One,'),
      'classes.csv': file('sourcedId,title,schoolSourcedId', 'c1,Art,s1'),
      'orgs.csv': file('sourcedId,name,type', 's1,Elm,school'),
      'enrollments.csv': file('sourcedId,classSourcedId,userSourcedId,role', 'e1,c1,u1,student'),
    });
    expect(stateOf(roster, 'users')).toEqual(['incomplete', 'delta']);
    expect(roster.users).toHaveLength(1);
    expect(stateOf(roster, 'classes')).toEqual(['not-read', 'absent']);
    expect(roster.classes).toEqual([]);
    expect(stateOf(roster, 'schools')).toEqual(['incomplete', 'unknown-mode']);
    expect(stateOf(roster, 'enrollments')).toEqual(['incomplete', 'unknown-mode']);
    expect(stateOf(roster, 'courses')).toEqual(['not-read', 'absent']);
    expect(stateOf(roster, 'terms')).toEqual(['not-read', 'absent']);
  });

  test('without users nothing is known of guardians', async () => {
    const roster = await readFiles({ 'orgs.csv': file('sourcedId,name,type', 's1,Elm,school') });
    expect(roster.attestation.collections.guardianLinks).toEqual({ state: 'not-read', received: 0 });
  });
});

describe('roles.csv of 1.2', () => {
  const people = file('sourcedId,givenName,familyName,primaryOrgSourcedId', 'u1,Ann,One,s2', 'u2,Bob,Two,');
  const header = 'sourcedId,status,userSourcedId,roleType,role,orgSourcedId';

  test('gives users their roles and orgs', async () => {
    const roster = await readFiles({
      'users.csv': people,
      'roles.csv': file(
        header,
        'r1,,u1,primary,teacher,s2',
        'r2,,u1,secondary,siteAdministrator,s1',
        'r3,tobedeleted,u1,secondary,student,s3',
        'r4,active,u2,primary,student,s1',
      ),
    });
    expect(roster.users).toMatchObject([
      {
        sourcedId: 'u1',
        roles: ['administrator', 'teacher'],
        schoolSourcedIds: ['s2', 's1'],
        primarySchoolSourcedId: 's2',
      },
      { sourcedId: 'u2', roles: ['student'], schoolSourcedIds: ['s1'] },
    ]);
    expect(stateOf(roster, 'users')).toEqual(['complete', 'end-of-file']);
  });

  test('a user without a role is rejected, and so is a role without a user', async () => {
    const roster = await readFiles({
      'users.csv': people,
      'roles.csv': file(header, 'r1,,u1,primary,teacher,s2', 'r2,,,primary,student,s1', 'r3,,u2,primary,,s1'),
    });
    expect(roster.rejected).toEqual([
      { collection: 'users', problem: 'missing-user', location: 'roles.csv:3', field: 'userSourcedId' },
      { collection: 'users', sourcedId: 'u2', problem: 'missing-role', location: 'roles.csv:4', field: 'role' },
      { collection: 'users', sourcedId: 'u2', problem: 'missing-role', location: 'users.csv:3', field: 'role' },
    ]);
  });

  test('users are no more complete than their roles', async () => {
    const delta = await readFiles({
      'manifest.csv': file('propertyName,value', 'file.roles*,delta', 'file.users,bulk'),
      'users.csv': people,
      'roles.csv': file(header, 'r1,,u1,primary,teacher,s2'),
    });
    expect(stateOf(delta, 'users')).toEqual(['incomplete', 'roles-delta']);
    const without = await readFiles({ 'users.csv': people });
    expect(stateOf(without, 'users')).toEqual(['incomplete', 'missing-column']);
    expect(without.users).toEqual([]);
  });
});

type Bundle = Parameters<typeof oneRosterCsvSource>[0];

/** Whose users are somewhere else on the machine. */
async function linkedFolder(): Promise<string> {
  const folder = await folderOf({ 'orgs.csv': 'sourcedId,name,type' });
  await symlink(join(await folderOf({ 'elsewhere.csv': users() }), 'elsewhere.csv'), join(folder, 'users.csv'));
  return folder;
}

/** As base64 it shrinks to three quarters, and no further. */
const randomText = () => randomBytes(15_000).toString('base64');

describe('bundles that are refused', () => {
  const refused = expect.objectContaining({ code: 'configuration', parameter: 'bundle' }) as unknown;

  test('what is neither a path nor bytes, at once', () => {
    expect(() => oneRosterCsvSource('')).toThrow(refused);
    expect(() => oneRosterCsvSource(7 as never)).toThrow(refused);
  });

  const damaged = /no usable zip/;
  const tooLarge = /users\.csv is far larger/;

  test.each<[string, RegExp, () => Bundle | Promise<Bundle>]>([
    ['a path to nothing', /no such folder or zip/, () => '/nowhere/at/all.zip'],
    [
      'a folder without a file of OneRoster',
      /holds no file/,
      () => folderOf({ 'readme.txt': 'x', 'manifest.csv': 'propertyName,value' }),
    ],
    [
      'a file that is no zip',
      /one file and no zip/,
      async () => join(await folderOf({ 'users.csv': users() }), 'users.csv'),
    ],
    ['bytes that are no zip', damaged, () => Buffer.from('PK nothing')],
    ['a zip without a file of OneRoster', /holds no file/, () => zipOf({ 'readme.txt': 'x' })],
    ['a zip with two rosters', /in two folders/, () => zipOf({ 'a/users.csv': users(), 'b/users.csv': users() })],
    ['a zip that holds a file twice', /users\.csv twice/, () => zipOf({ 'users.csv': users(), 'USERS.csv': users() })],
    ['a zip cut short', damaged, async () => (await zipOf(csvDistrict)).subarray(0, 900)],
    [
      'a zip that grows 150 fold',
      tooLarge,
      () => zipOf({ 'users.csv': users(`${randomText()}${'a'.repeat(3_000_000)}`) }),
    ],
    ['a zip that grows 1000 fold', tooLarge, () => zipOf({ 'users.csv': users('a'.repeat(3_000_000)) })],
    [
      'a zip that names a file outside itself',
      damaged,
      async () => renamed(await zipOf({ 'aa/users.csv': users() }), '../users.csv'),
    ],
    [
      'a zip with a name of Windows that climbs out',
      damaged,
      async () => renamed(await zipOf({ 'aa/users.csv': users() }), '..\\users.csv'),
    ],
    [
      'a zip with the name of a drive',
      damaged,
      async () => renamed(await zipOf({ 'aa/users.csv': users() }), 'C:/users.csv'),
    ],
    ['files by name that hold one twice', /users\.csv twice/, () => ({ 'users.csv': '', 'Users.csv': '' })],
    ['a folder with a link', /users\.csv is a link/, linkedFolder],
    [
      'a zip with an absolute name',
      damaged,
      async () => renamed(await zipOf({ 'aa/users.csv': users() }), '//aausers.csv'),
    ],
    [
      'a zip that claims a file of 3 GiB, whatever its packed size',
      tooLarge,
      async () => claimingSize(await zipOf({ 'users.csv': users() }), 3 * 2 ** 30, 2 ** 30),
    ],
    ['a zip with an encrypted file', /encrypted/, async () => encrypted(await zipOf({ 'users.csv': users() }))],
    [
      'a zip of too many files',
      /more than 1000 files/,
      () => {
        const others = Array.from({ length: 1000 }, (_, index) => [`${String(index)}.txt`, ''] as const);
        return zipOf({ 'users.csv': users(), ...Object.fromEntries(others) });
      },
    ],
  ])('%s', async (_name, why, make) => {
    const error: unknown = await readBundle(await make()).catch((reason: unknown) => reason);
    expect(error).toEqual(refused);
    expect(String(error)).toMatch(why);
  });

  test('a zip whose file is larger than it claims is cut off there', async () => {
    const zip = claimingSize(
      await zipOf({ 'users.csv': users('u1,s1,student,Ann,One,', 'u2,s1,student,Bob,Two,') }),
      80,
    );
    expect(stateOf(await readBundle(zip), 'users')[1]).toBe('unreadable-file');
  });
});

/** The zip with another name of the same length, in both places where it stands. */
function renamed(zip: Buffer, name: string): Buffer {
  const old = Buffer.from('aa/users.csv');
  for (let at = zip.indexOf(old); at >= 0; at = zip.indexOf(old, at + 1)) zip.write(name.padEnd(old.length), at);
  return zip;
}

const directoryOf = (zip: Buffer) => zip.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));

/** The zip with other sizes of its only file in the directory at its end. */
function claimingSize(zip: Buffer, bytes: number, packedBytes?: number): Buffer {
  if (packedBytes !== undefined) zip.writeUInt32LE(packedBytes, directoryOf(zip) + 20);
  zip.writeUInt32LE(bytes, directoryOf(zip) + 24);
  return zip;
}

/** The zip whose directory says that its only file is encrypted. */
function encrypted(zip: Buffer): Buffer {
  const flags = directoryOf(zip) + 8;
  zip.writeUInt16LE(zip.readUInt16LE(flags) | 1, flags);
  return zip;
}

test('an abort stops the read', async () => {
  const reason = new Error('enough');
  const source = oneRosterCsvSource(await folderOf(csvDistrict));
  await expect(source.read(scope, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

describe('bundles found in the wild', () => {
  const fixtures = fileURLToPath(new URL('../../../shared/fixtures/oneroster-csv', import.meta.url));
  const counts = ({
    schools,
    terms,
    courses,
    classes,
    users: people,
    enrollments,
    guardianLinks,
    rejected,
  }: Roster) => ({
    schools: schools.length,
    terms: terms.length,
    courses: courses.length,
    classes: classes.length,
    users: people.length,
    enrollments: enrollments.length,
    guardianLinks: guardianLinks.length,
    rejected: rejected?.length,
  });

  test.skipIf(!existsSync(fixtures))("1.1 in ClassLink's template", async () => {
    const roster = await readBundle(join(fixtures, 'edfi-lms-toolkit-v1p1'));
    expect(counts(roster)).toEqual({
      schools: 1,
      terms: 3,
      courses: 2,
      classes: 2,
      users: 8,
      enrollments: 24,
      guardianLinks: 0,
      // Two rows have one cell more than the others.
      rejected: 2,
    });
    expect(roster.classes[0]).toMatchObject({ courseTitle: 'English I', period: '1', grades: ['09'] });
    expect(roster.classes[0]?.termSourcedIds).toHaveLength(2);
    const { users: people, guardianLinks } = roster.attestation.collections;
    expect([people.state, guardianLinks.state]).toEqual(['complete', 'not-shared']);
  });

  test.skipIf(!existsSync(fixtures))('1.0 without a manifest', async () => {
    const roster = await readBundle(join(fixtures, 'edfi-lms-toolkit-v1p0'));
    expect(counts(roster)).toEqual({
      schools: 1,
      terms: 3,
      courses: 2,
      classes: 2,
      users: 10,
      enrollments: 24,
      guardianLinks: 0,
      rejected: 0,
    });
    expect(roster.classes[0]).toMatchObject({ grades: ['9'] });
    expect(roster.attestation.collections.users.state).toBe('complete');
  });

  test.skipIf(!existsSync(fixtures))('a template with headers alone, and people generated for it', async () => {
    const template = await readBundle(join(fixtures, 'nicelion-v1p1'));
    expect(Object.values(template.attestation.collections).map(({ state }) => state)).toEqual([
      ...Array.from({ length: 6 }, () => 'complete'),
      'not-shared',
    ]);
    expect(template.users).toEqual([]);
    const generated = await readBundle(join(fixtures, 'nicelion-v1p1', 'generated'));
    expect(counts(generated)).toMatchObject({ schools: 1, users: 4, guardianLinks: 2, rejected: 0 });
    expect(generated.users.flatMap(({ roles }) => roles).sort()).toEqual([
      'administrator',
      'guardian',
      'student',
      'student',
    ]);
    expect(generated.attestation.collections.classes.state).toBe('not-read');
  });
});
