import { MemoryMailer, MemoryStore, RosterSync } from 'rosterkit';
import { type GuardiansInMetadata, guardiansCsvSource, oneRosterCsvSource, oneRosterSource } from 'rosterkit/oneroster';
import { generateDistrict, oneRosterCsvFiles } from 'rosterkit/testing';
import { describe, expect, test } from 'vitest';
import type { Roster } from '../../../src/model/index.js';
import type { RosterSource } from '../../../src/ports/index.js';
import { clientOf, scope } from '../support/roster.js';
import { type Rows, serve } from '../support/server.js';

const STUDENTS = Array.from({ length: 22 }, (_, index) => `U${String(index).padStart(2, '0')}`);

const user = (sourcedId: string, role: string, more: object = {}): object => ({
  sourcedId,
  role,
  givenName: 'G',
  familyName: sourcedId,
  email: `${sourcedId}@x.example`,
  orgs: [{ sourcedId: 'S1' }],
  ...more,
});

const enrollment = (id: string, role: string, more: object = {}): object => ({
  sourcedId: `E${id}`,
  class: { sourcedId: 'C1' },
  user: { sourcedId: id },
  role,
  ...more,
});

/** A district whose students are as `more` says. */
function district(more: (id: string) => object, others: readonly object[] = [], lists: Rows = {}): Rows {
  return {
    orgs: [{ sourcedId: 'S1', name: 'Elm', type: 'school' }],
    academicSessions: [],
    courses: [],
    classes: [{ sourcedId: 'C1', title: 'Art', school: { sourcedId: 'S1' } }],
    users: [user('T', 'teacher'), ...STUDENTS.map((id) => user(id, 'student', more(id))), ...others],
    enrollments: [enrollment('T', 'teacher'), ...STUDENTS.map((id) => enrollment(id, 'student'))],
    ...lists,
  };
}

async function read(rows: Rows, find?: GuardiansInMetadata): Promise<Roster> {
  const options = find === undefined ? {} : { guardiansInMetadata: find };
  return await oneRosterSource(clientOf(await serve(rows)), options).read(scope);
}

/** What a sync that has imported the first roster removes for the second one. */
async function removals(first: Roster, second: Roster, guardians?: RosterSource): Promise<readonly string[]> {
  let current = first;
  const sync = new RosterSync({
    source: { provider: first.source, read: () => Promise.resolve(current), schools: () => Promise.resolve([]) },
    ...(guardians === undefined ? {} : { guardians }),
    store: new MemoryStore(),
    mailer: new MemoryMailer(),
    scope,
    steps: ['classes', 'teachers', 'students', 'guardians'],
    policy: { fullData: true, archive: true, deactivateUnrostered: true },
  });
  expect((await sync.run()).outcome).toBe('applied');
  current = second;
  return (await sync.plan()).changes.filter(({ destructive }) => destructive).map(({ key }) => key);
}

const find: GuardiansInMetadata = ({ user: student, demographics }) => {
  const name = demographics?.metadata?.['parent'];
  return typeof name === 'string'
    ? [{ givenName: name, familyName: student.sourcedId, email: `${name}@home.example` }]
    : [];
};

describe('guardians hidden in demographics that were not seen whole', () => {
  const demographics = STUDENTS.map((sourcedId) => ({ sourcedId, metadata: { parent: `p${sourcedId}` } }));
  const whole = district(() => ({}), [], { demographics });
  const changed = (fields: object): readonly object[] =>
    demographics.map((row, index) => (index === 3 ? { ...row, ...fields } : row));

  test('a row that cannot be read takes no guardian away', async () => {
    const damaged = await read({ ...whole, demographics: changed({ status: 'archived?' }) }, find);
    expect(damaged.attestation.collections).toMatchObject({
      users: { state: 'incomplete' },
      guardianLinks: { state: 'incomplete' },
    });
    expect(damaged.rejected).toMatchObject([{ collection: 'guardianLinks', problem: 'unknown-status' }]);
    expect(await removals(await read(whole, find), damaged)).toEqual([]);
  });

  test('a deleted row hides nobody', async () => {
    const roster = await read({ ...whole, demographics: changed({ status: 'tobedeleted' }) }, find);
    expect(roster.guardianLinks).toHaveLength(STUDENTS.length - 1);
  });

  test('a student who cannot be read takes no guardian away', async () => {
    const users =
      whole['users']?.map((row, index) => (index === 4 ? { ...(row as object), status: 'odd' } : row)) ?? [];
    const damaged = await read({ ...whole, users }, find);
    expect(damaged.rejected).toContainEqual(
      expect.objectContaining({ collection: 'users', problem: 'guardians-unread' }),
    );
    expect(await removals(await read(whole, find), damaged)).toEqual([]);
  });

  test('nor do files without demographics', async () => {
    const files = {
      'orgs.csv': 'sourcedId,name,type\nS1,Elm,school\n',
      'academicSessions.csv': 'sourcedId,title,startDate,endDate\n',
      'courses.csv': 'sourcedId,title\n',
      'classes.csv': 'sourcedId,title,schoolSourcedId\nC1,Art,S1\n',
      'users.csv': `sourcedId,givenName,familyName,role,orgSourcedIds\nT,T,T,teacher,S1\n${STUDENTS.map((id) => `${id},A,B,student,S1\n`).join('')}`,
      'enrollments.csv': `classSourcedId,userSourcedId,role\nC1,T,teacher\n${STUDENTS.map((id) => `C1,${id},student\n`).join('')}`,
    };
    const told = {
      'demographics.csv': `sourcedId,metadata.parent\n${STUDENTS.map((id) => `${id},p${id}\n`).join('')}`,
    };
    const readFiles = async (bundle: Record<string, string>): Promise<Roster> =>
      (await oneRosterCsvSource(bundle, { guardiansInMetadata: find }).read(scope)) as Roster;
    const without = await readFiles(files);
    expect(without.attestation.collections.users).toMatchObject({ ended: 'demographics-not-read' });
    expect(await removals(await readFiles({ ...files, ...told }), without)).toEqual([]);
  });
});

describe('agents whose id cannot be used', () => {
  const guardians = STUDENTS.map((id) => user(`G${id}`, 'guardian'));
  const agents = (id: string): object => ({ agents: [{ sourcedId: `G${id}`, type: 'user' }] });

  test.each([[{ href: 'https://x.example/users/1', type: 'user' }], [{ id: 'GU00' }], [{ sourcedId: 2 ** 60 }]])(
    '%j ends no link',
    async (agent) => {
      const damaged = await read(district((id) => (id === 'U00' ? { agents: [agent] } : agents(id)), guardians));
      expect(damaged.attestation.collections.guardianLinks.state).toBe('incomplete');
      expect(damaged.rejected).toEqual([
        { collection: 'guardianLinks', sourcedId: 'U00', problem: 'unreadable-agent', field: 'agents' },
      ]);
      expect(await removals(await read(district(agents, guardians)), damaged)).toEqual([]);
    },
  );

  test.each([[''], [null], [{}], [{ sourcedId: null, type: 'user' }]])('%j is nobody', async (agent) => {
    const roster = await read(district((id) => (id === 'U00' ? { agents: [agent] } : agents(id)), guardians));
    expect(roster.attestation.collections.guardianLinks.state).toBe('complete');
    expect(roster.rejected).toEqual([]);
  });

  test('those of a deleted row count no more beside one that is not deleted', async () => {
    const former = user('U00', 'student', {
      status: 'tobedeleted',
      dateLastModified: '2020-01-01T00:00:00.000Z',
      agents: [{ sourcedId: 'GU07' }],
    });
    const roster = await read(district(agents, [...guardians, former]));
    expect(roster.guardianLinks.filter(({ studentSourcedId }) => studentSourcedId === 'U00')).toMatchObject([
      { guardianSourcedId: 'GU00' },
    ]);
  });
});

describe('days on which rights hang', () => {
  test('a role that has ended or not begun is none; who has no other is still there', async () => {
    const role = (word: string, org: string, days: object): object => ({
      role: word,
      org: { sourcedId: org },
      ...days,
    });
    const ended = { beginDate: '2015-08-01', endDate: '2020-06-30' };
    const roles = [role('siteAdministrator', 'S2', ended), role('teacher', 'S3', { beginDate: '2999-01-01' })];
    const roster = await read(
      district(
        () => ({}),
        [
          user('A', 'x', { role: undefined, roles: [...roles, role('parent', 'S1', {})] }),
          user('B', 'x', { role: undefined, orgs: [], roles }),
        ],
      ),
    );
    const people = new Map(roster.users.map((one) => [one.sourcedId, one]));
    expect(people.get('A')).toMatchObject({ roles: ['guardian'], schoolSourcedIds: ['S1'] });
    expect(people.get('B')).toMatchObject({ roles: ['other'], schoolSourcedIds: ['S2', 'S3'] });
  });

  test.each([['30/06/2025'], ['20250630'], ['30.06.2025'], ['6/30/2025']])('%s is read', async (endDate) => {
    const enrollments = [enrollment('U00', 'student', { endDate })];
    const roster = await read(district(() => ({}), [], { enrollments }));
    expect(roster.enrollments).toMatchObject([{ endDate: '2025-06-30' }]);
  });

  test('an end that cannot be read rejects the row: nobody comes back by it', async () => {
    const enrollments = [enrollment('U00', 'student', { endDate: 'last June' }), enrollment('U01', 'student')];
    const roster = await read(district(() => ({}), [], { enrollments }));
    expect(roster.enrollments.map(({ userSourcedId }) => userSourcedId)).toEqual(['U01']);
    expect(roster.rejected).toMatchObject([
      { collection: 'enrollments', classSourcedId: 'C1', problem: 'unreadable-date' },
    ]);
  });
});

describe('a guardians.csv of other students', () => {
  test('ends no link', async () => {
    const roster = (await oneRosterCsvSource(oneRosterCsvFiles(generateDistrict({ students: 30 }))).read(
      scope,
    )) as Roster;
    const ids = roster.users.filter(({ roles }) => roles.includes('student')).map(({ sourcedId }) => sourcedId);
    let reads = 0;
    const source: RosterSource = {
      ...guardiansCsvSource('unused'),
      read: (...args) => {
        reads += 1;
        const rows = ids.map((id, index) => `${reads > 1 && index < 4 ? `${id}x` : id},P,X,p${id}@home.example\n`);
        const text = `studentSourcedId,givenName,familyName,email\n${rows.join('')}`;
        return guardiansCsvSource(Buffer.from(text)).read(...args);
      },
    };
    expect(await removals(roster, roster, source)).toEqual([]);
    expect(reads).toBe(2);
  });
});
