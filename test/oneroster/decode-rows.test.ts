import { describe, expect, test } from 'vitest';
import { decodePart, decodeRow } from '../../src/oneroster/records/decode-rows.js';
import type { OneRosterCollection, OneRosterRecords } from 'rosterkit/oneroster';

function decoded<K extends OneRosterCollection>(collection: K, row: unknown): OneRosterRecords[K] {
  const result = decodeRow(collection, row);
  if ('problem' in result) throw new Error(result.problem);
  return result.record;
}

const user = (fields: object) =>
  decoded('users', { sourcedId: 'u', givenName: 'A', familyName: 'B', role: 'student', ...fields });
const inClass = (fields: object) => decoded('classes', { sourcedId: 'c', school: { sourcedId: 's' }, ...fields });

describe('booleans (trap 7)', () => {
  test.each([
    [true, true],
    ['true', true],
    ['TRUE', true],
    [1, true],
    ['1', true],
    [false, false],
    ['false', false],
    ['FALSE', false],
    [0, false],
    ['', undefined],
    [null, undefined],
    ['perhaps', undefined],
  ])('%j is %j', (sent, read) => {
    expect(user({ enabledUser: sent }).enabledUser).toBe(read);
  });
});

test('an empty text is absent, not a value (trap 8)', () => {
  expect(user({ sms: '', phone: ' ', password: '', middleName: '', identifier: null, email: '', agents: [] })).toEqual({
    sourcedId: 'u',
    status: 'active',
    givenName: 'A',
    familyName: 'B',
    role: 'student',
    roles: [],
    userIds: [],
    userProfiles: [],
    resources: [],
    agents: [],
    orgs: [],
    grades: [],
  });
});

test('a password is never taken over', () => {
  const secret = 'correct horse';
  const credentials = [{ type: 'basic', username: 'amy', password: secret, token: secret }];
  const read = user({ password: secret, userProfiles: [{ profileId: 'p', vendorId: 'v', credentials, key: secret }] });
  expect(JSON.stringify(read)).not.toContain(secret);
  expect(read.userProfiles).toEqual([
    { profileId: 'p', vendorId: 'v', credentials: [{ type: 'basic', username: 'amy' }] },
  ]);
});

test.each(['Password', 'PASSWORD', 'passWord'])('a password is never taken over, as %s neither', (name) => {
  expect(JSON.stringify(user({ [name]: 'correct horse' }))).not.toContain('correct horse');
});

test('a key that would change the prototype of a copy is not taken over', () => {
  const row: object = JSON.parse('{ "__proto__": { "isAdmin": true }, "other": 1 }') as object;
  const fields = { sourcedId: 'u', givenName: 'A', familyName: 'B', role: 'student' };
  const read = decoded('users', Object.defineProperties(fields, Object.getOwnPropertyDescriptors(row)));
  const copy: object = Object.assign({}, read);
  expect(copy).toHaveProperty('other', 1);
  expect('isAdmin' in copy).toBe(false);
});

describe('lists (trap 9)', () => {
  test.each([
    [
      ['05', '11'],
      ['05', '11'],
    ],
    ['05', ['05']],
    ['05,11', ['05', '11']],
    ['05, 11', ['05', '11']],
    [5, ['5']],
    [null, []],
    [undefined, []],
    ['', []],
    [['', null, 'KG'], ['KG']],
    [['Arts, Crafts'], ['Arts, Crafts']],
  ])('%j is %j', (sent, read) => {
    expect(inClass({ grades: sent }).grades).toEqual(read);
  });

  test("1.0's grade is read as grades", () => {
    expect(user({ grade: '9' }).grades).toEqual(['9']);
  });
});

describe('references (trap 10)', () => {
  test.each([
    [
      'an object',
      { school: { href: 'https://x.example.com', sourcedId: 's', type: 'org' } },
      { sourcedId: 's', type: 'org' },
    ],
    ['an object without type and href', { school: { sourcedId: 's' } }, { sourcedId: 's' }],
    ['a flat id', { schoolSourcedId: 's' }, { sourcedId: 's' }],
    ['a bare id', { school: 's' }, { sourcedId: 's' }],
    ['a list of one', { schools: [{ sourcedId: 's' }] }, { sourcedId: 's' }],
    ['a number', { school: { sourcedId: 7 } }, { sourcedId: '7' }],
    ['an empty object beside a flat id', { school: {}, schoolSourcedId: 's' }, { sourcedId: 's' }],
  ])('%s', (_name, fields, read) => {
    expect(decoded('classes', { sourcedId: 'c', ...fields }).school).toEqual(read);
  });

  test('an empty object refers to nothing', () => {
    expect(decoded('orgs', { sourcedId: 'o', name: 'N', type: 'school', parent: {} }).parent).toBeUndefined();
  });

  test.each([
    ['objects', { orgs: [{ sourcedId: 'a' }, { sourcedId: 'b' }] }],
    ['bare ids', { orgs: ['a', 'b'] }],
    ['flat ids', { orgSourcedIds: ['a', 'b'] }],
    ['a text', { orgSourcedIds: 'a, b' }],
    ['flat ids beside an empty list', { orgs: [], orgSourcedIds: ['a', 'b'] }],
  ])('lists of references as %s', (_name, fields) => {
    expect(user(fields).orgs.map(({ sourcedId }) => sourcedId)).toEqual(['a', 'b']);
  });

  test.each(['agents', 'agentSourcedIds', 'agentSourceIds'])('people are linked by %s', (name) => {
    expect(user({ [name]: ['g'] }).agents).toEqual([{ sourcedId: 'g' }]);
  });

  test('ids are kept to the letter', () => {
    expect(user({ sourcedId: ' 00Ab ', orgs: [{ sourcedId: ' S/1' }] })).toMatchObject({
      sourcedId: ' 00Ab ',
      orgs: [{ sourcedId: ' S/1' }],
    });
  });
});

describe('status', () => {
  test.each([
    [undefined, 'active'],
    ['', 'active'],
    ['Active', 'active'],
    ['tobedeleted', 'tobedeleted'],
    ['toBeDeleted', 'tobedeleted'],
    ['to_be_deleted', 'tobedeleted'],
    ['INACTIVE', 'tobedeleted'],
  ])('%j is %s', (sent, read) => {
    expect(user({ status: sent }).status).toBe(read);
  });
});

describe('days and instants (trap 23)', () => {
  const dates = (startDate: unknown) => decoded('academicSessions', { sourcedId: 't', startDate }).startDate;

  test.each([
    ['2026-08-17', '2026-08-17'],
    ['2026-08-17T00:00:00Z', '2026-08-17'],
    ['2026-08-17 07:11:54', '2026-08-17'],
    ['8/27/2018', '2018-08-27'],
    ['1/05/2023', '2023-01-05'],
    ['2026-02-30', undefined],
    ['13/13/2026', undefined],
    ['soon', undefined],
    ['', undefined],
  ])('the day %j is %j', (sent, read) => {
    expect(dates(sent)).toBe(read);
  });

  test.each([
    ['2025-11-24T19:35:01.000Z', '2025-11-24T19:35:01.000Z'],
    ['2025-11-24T19:35:01+02:00', '2025-11-24T17:35:01.000Z'],
    ['2017-09-21 07:11:54', '2017-09-21T07:11:54.000Z'],
    ['2017-09-21', '2017-09-21T00:00:00.000Z'],
    ['yesterday', undefined],
  ])('the instant %j is %j', (sent, read) => {
    expect(user({ dateLastModified: sent }).dateLastModified).toBe(read);
  });
});

describe('ids of other systems', () => {
  test.each([
    [[{ type: 'StateID', identifier: '1' }], [{ type: 'StateID', identifier: '1' }]],
    [
      '{LDAP:a b},{LTI:2}',
      [
        { type: 'LDAP', identifier: 'a b' },
        { type: 'LTI', identifier: '2' },
      ],
    ],
    ['98861739', [{ identifier: '98861739' }]],
    ['{LDAP:}', []],
    ['', []],
  ])('%j', (sent, read) => {
    expect(user({ userIds: sent }).userIds).toEqual(read);
  });
});

describe('rows that cannot be used are named by a word', () => {
  const good = { sourcedId: 'x', givenName: 'A', familyName: 'B', role: 'student' };
  const member = { sourcedId: 'e', class: 'c', user: 'u', role: 'student' };

  test.each<[string, OneRosterCollection, unknown]>([
    ['not-an-object', 'users', null],
    ['not-an-object', 'users', ['x']],
    ['missing-sourced-id', 'users', { ...good, sourcedId: '' }],
    ['missing-sourced-id', 'orgs', { name: 'N', type: 'school' }],
    ['header-row', 'users', { ...good, sourcedId: 'sourcedId', role: 'role' }],
    ['unknown-status', 'users', { ...good, status: 'gone?' }],
    ['missing-name', 'users', { ...good, givenName: '', familyName: ' ' }],
    ['missing-role', 'users', { ...good, role: '' }],
    ['missing-name', 'orgs', { sourcedId: 'o', type: 'school' }],
    ['missing-type', 'orgs', { sourcedId: 'o', name: 'N' }],
    ['missing-school', 'classes', { sourcedId: 'c', title: 'T' }],
    ['missing-class', 'enrollments', { ...member, class: {} }],
    ['missing-user', 'enrollments', { ...member, user: undefined }],
    ['missing-role', 'enrollments', { ...member, role: null }],
  ])('%s in %s', (problem, collection, row) => {
    expect(decodeRow(collection, row)).toEqual({ problem });
  });

  test('of a user who is to be deleted the id says enough', () => {
    expect(decoded('users', { sourcedId: 'u', status: 'tobedeleted' })).toMatchObject({ status: 'tobedeleted' });
  });

  test('an enrollment needs no id of its own', () => {
    expect(decoded('enrollments', { ...member, sourcedId: '' }).sourcedId).toBeUndefined();
  });
});

describe('a record of 1.2', () => {
  test('has roles, profiles, preferred names and pronouns, whichever way they are written', () => {
    const roles = [{ roleType: 'primary', role: 'ext:coach', org: { sourcedId: 's', href: 'https://x.example.com' } }];
    expect(user({ role: '', roles, preferredGivenName: 'Amy', preferredLastName: 'Lee', pronouns: 'she/her' })).toEqual(
      {
        ...user({ role: '', roles: ['x'] }),
        roles: [{ role: 'ext:coach', roleType: 'primary', org: { sourcedId: 's' } }],
        preferredFirstName: 'Amy',
        preferredLastName: 'Lee',
        pronouns: 'she/her',
      },
    );
  });

  test('keeps what the standard does not know, and metadata as it was sent', () => {
    const metadata = { 'guardian1 email': '', nested: { list: [null] } };
    expect(user({ metadata, 'x-vendor': [''] })).toMatchObject({ metadata, 'x-vendor': [''] });
    expect(user({ metadata: 'none' }).metadata).toBeUndefined();
  });

  test('never keeps where a reference points to', () => {
    const everywhere = { href: 'https://elsewhere.example.com', sourcedId: 'x', type: 'org' };
    const read = user({ orgs: [everywhere], agents: [everywhere], primaryOrg: everywhere, resources: [everywhere] });
    expect(JSON.stringify(read)).not.toContain('elsewhere');
  });
});

describe('what is not of a roster', () => {
  test('demographics', () => {
    expect(
      decoded('demographics', { sourcedId: 'u', birthDate: '8/27/2010', sex: 'ext:x', asian: 'TRUE', white: 0 }),
    ).toEqual({ sourcedId: 'u', status: 'active', birthDate: '2010-08-27', sex: 'ext:x', asian: true, white: false });
  });

  test('resources', () => {
    expect(decoded('resources', { sourcedId: 'r', roles: 'student, teacher', vendorResourceId: 7 })).toEqual({
      sourcedId: 'r',
      status: 'active',
      roles: ['student', 'teacher'],
      vendorResourceId: '7',
    });
  });

  test('a result, with a score that came as a word', () => {
    const row = {
      sourcedId: 'r',
      lineItemSourcedId: 'l',
      student: 'u',
      score: '97.5',
      scoreDate: '2026-01-31',
      late: 'true',
    };
    expect(decoded('results', row)).toEqual({
      sourcedId: 'r',
      status: 'active',
      lineItem: { sourcedId: 'l' },
      student: { sourcedId: 'u' },
      score: 97.5,
      scoreDate: '2026-01-31',
      late: true,
    });
  });

  test.each<[string, OneRosterCollection, object]>([
    ['missing-student', 'results', { sourcedId: 'r', lineItem: 'l' }],
    ['missing-line-item', 'results', { sourcedId: 'r', student: 'u' }],
    ['missing-class', 'lineItems', { sourcedId: 'l', title: 'T' }],
    ['missing-assessment-line-item', 'assessmentResults', { sourcedId: 'r', student: 'u' }],
    ['missing-sourced-id', 'demographics', { birthDate: '2010-01-01' }],
  ])('%s in %s', (problem, collection, row) => {
    expect(decodeRow(collection, row)).toEqual({ problem });
  });
});

describe('a row of which only some fields were asked for', () => {
  test('misses nothing but the id, and makes nothing up', () => {
    expect(decodePart('users', { sourcedId: 'u', email: '' })).toEqual({
      record: { sourcedId: 'u', status: 'active' },
    });
    expect(decodePart('classes', { sourcedId: 'c', school: {} })).toEqual({
      record: { sourcedId: 'c', status: 'active' },
    });
    expect(decodePart('users', { email: 'a@b.example' })).toEqual({ problem: 'missing-sourced-id' });
    expect(decodePart('users', { sourcedId: 'u', status: 'gone?' })).toEqual({ problem: 'unknown-status' });
  });
});
