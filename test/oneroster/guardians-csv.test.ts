import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type CsvProblem, guardiansCsvSource, oneRosterCsvSource } from 'rosterkit/oneroster';
import { MemoryMailer, MemoryStore } from 'rosterkit/memory';
import { describe, expect, test } from 'vitest';
import { RosterSync } from '../../src/index.js';
import type { Roster } from '../../src/model/index.js';
import type { RosterSource } from '../../src/ports/index.js';
import { folderOf } from './support/bundle.js';
import { wholeBundle } from './support/csv-damage.js';
import { scope } from './support/roster.js';

const HEADER = 'studentSourcedId,sourcedId,givenName,familyName,email,sms,phone,relationship,contactType,status';
const csv = (header: string, ...rows: readonly string[]): string => [header, ...rows, ''].join('\n');
const bytes = (text: string): Uint8Array => Buffer.from(text);

async function read(text: string, options?: Parameters<typeof guardiansCsvSource>[1]): Promise<Roster> {
  return (await guardiansCsvSource(bytes(text), options).read(scope)) as Roster;
}

describe('the columns', () => {
  test('every one is read; sms is the mobile number, and phone the one at home', async () => {
    const roster = await read(
      csv(HEADER, 'U1,G1,Gail,One,gail@home.example,+1 202 555 0101,202 555 0100,Mother,Emergency,active'),
    );
    expect(roster.source).toBe('guardians-csv');
    expect(roster.users).toEqual([
      {
        sourcedId: 'G1',
        status: 'active',
        roles: ['guardian'],
        givenName: 'Gail',
        familyName: 'One',
        email: 'gail@home.example',
        mobile: '+1 202 555 0101',
        homePhone: '202 555 0100',
        schoolSourcedIds: [],
      },
    ]);
    expect(roster.guardianLinks).toEqual([
      { guardianSourcedId: 'G1', studentSourcedId: 'U1', relationship: 'Mother', contactType: 'Emergency' },
    ]);
  });

  test('are known by other names, in any case, and by those that the caller gives', async () => {
    const known = await read(
      csv('Student_ID,First Name,LAST NAME,Cell Phone,Home-Phone', 'U1,Gail,One,2025550101,2025550100'),
    );
    expect(known.users[0]).toMatchObject({ givenName: 'Gail', mobile: '2025550101', homePhone: '2025550100' });
    const given = await read(csv('Kind,First Name,Last Name,mobile,Texts', 'U1,Gail,One,1112223333,2025550101'), {
      columns: { studentSourcedId: 'kind', sms: 'texts' },
    });
    expect(given.users[0]).toMatchObject({ mobile: '2025550101' });
    expect(given.guardianLinks).toMatchObject([{ studentSourcedId: 'U1' }]);
  });

  test('a link ends by the word of the district alone', async () => {
    const roster = await read(csv(HEADER, 'U1,G1,,,,,,,,tobedeleted', 'U2,G1,Gail,One,,,,,,'));
    expect(roster.guardianLinks).toEqual([
      { guardianSourcedId: 'G1', studentSourcedId: 'U1', status: 'tobedeleted' },
      { guardianSourcedId: 'G1', studentSourcedId: 'U2' },
    ]);
  });

  test.each([
    ['yes', true],
    ['TRUE', true],
    ['Court order of 2026', true],
    ['', undefined],
    [' No ', undefined],
    ['0', undefined],
    ['false', undefined],
  ])('blocked: %j forbids contact or not', async (word, expected) => {
    const roster = await read(csv(`${HEADER},blocked`, `U1,G1,Gail,One,,,,,,,${word}`));
    expect(roster.guardianLinks[0]?.blocked).toBe(expected);
  });

  test('blocked goes by names that leave no doubt, and by the one that the caller gives', async () => {
    const rows = ['U1,Gail,One,yes'];
    const known = await read(csv('student_id,First Name,Last Name,No Contact', ...rows));
    expect(known.guardianLinks).toMatchObject([{ blocked: true }]);
    const custody = csv('student_id,First Name,Last Name,Custody', ...rows);
    // Who has custody and who may have no contact are opposites.
    expect((await read(custody)).guardianLinks[0]?.blocked).toBeUndefined();
    const given = await read(custody, { columns: { blocked: 'Custody' } });
    expect(given.guardianLinks).toMatchObject([{ blocked: true }]);
  });

  test('one row that forbids contact is enough, in every order, even without a name', async () => {
    const rows = ['U1,G1,Gail,One,,,,,,,', 'U1,G1,,,,,,,,,yes', 'U2,G1,Gail,One,,,,,,,'];
    for (const lines of [rows, [...rows].reverse()]) {
      const roster = await read(csv(`${HEADER},blocked`, ...lines));
      expect(roster.rejected).toEqual([]);
      expect(roster.users).toMatchObject([{ sourcedId: 'G1', givenName: 'Gail' }]);
      expect(roster.guardianLinks).toEqual([
        { guardianSourcedId: 'G1', studentSourcedId: 'U1', blocked: true },
        { guardianSourcedId: 'G1', studentSourcedId: 'U2' },
      ]);
    }
  });

  test.each([
    ['columns.surname', { columns: { surname: 'Last' } as never }],
    ['columns.sms', { columns: { sms: ' ' } }],
    ['onProblem', { onProblem: 7 as never }],
  ])('a wrong option %s is refused at once', (parameter, options) => {
    expect(() => guardiansCsvSource(bytes(''), options)).toThrow(
      expect.objectContaining({ code: 'configuration', parameter }) as Error,
    );
    expect(() => guardiansCsvSource('')).toThrow(expect.objectContaining({ parameter: 'file' }) as Error);
  });
});

describe('people without an id of their own', () => {
  const rows = [
    'U1,,Gail,One,Gail@Home.example,,,,,',
    'U2,,GAIL,one,gail@home.example,,,,,',
    'U1,,Hal,Two,,(202) 555-0101,,,,',
    'U3,,Hal,Two,,+1 202 555 0101,,,,',
    'U1,,Ivy,Three,,,202 555 0100,,,',
    'U2,,Ivy,Three,,,202 555 0100,,,',
  ];

  test('are one person by e-mail or mobile and name, and never by the number at home', async () => {
    const roster = await read(csv(HEADER, ...rows));
    expect(roster.users).toHaveLength(4);
    expect(roster.guardianLinks).toHaveLength(6);
    const names = roster.users.map(({ familyName }) => familyName.toLowerCase()).sort();
    expect(names).toEqual(['one', 'three', 'three', 'two']);
  });

  test('have the same id in every order and at every read', async () => {
    const first = await read(csv(HEADER, ...rows));
    const again = await read(csv(HEADER, ...[...rows].reverse()));
    expect(again.users).toEqual(first.users);
    expect(again.guardianLinks).toEqual(first.guardianLinks);
    expect(JSON.stringify(first.users.map(({ sourcedId }) => sourcedId))).not.toMatch(/gail|home|@/i);
  });
});

describe('what is wrong', () => {
  test('is told with line and column, and never with a value', async () => {
    const problems: CsvProblem[] = [];
    const roster = await read(
      csv(
        HEADER,
        'U1,G1,Gail,One,,,,,,',
        ',G2,Secret,Person,,,,,,',
        'U1,G3,,,,,,,,',
        'U1,G4,Secret,Person,,,,,,gone',
        'U1,G5,Secret,Per,son,,,,,,',
      ),
      { onProblem: (problem) => problems.push(problem) },
    );
    expect(roster.rejected).toEqual([
      {
        collection: 'guardianLinks',
        problem: 'missing-student',
        location: 'guardians.csv:3',
        field: 'studentSourcedId',
      },
      { collection: 'guardianLinks', problem: 'missing-name', location: 'guardians.csv:4', field: 'familyName' },
      { collection: 'guardianLinks', problem: 'unknown-status', location: 'guardians.csv:5', field: 'status' },
      { collection: 'guardianLinks', problem: 'extra-cells', location: 'guardians.csv:6' },
    ]);
    expect(problems.map(({ line }) => line)).toEqual([3, 4, 5, 6]);
    expect(JSON.stringify([roster.rejected, problems])).not.toContain('Secret');
    expect(roster.guardianLinks).toHaveLength(1);
  });

  test.each([
    ['a missing column', csv('studentSourcedId,givenName', 'U1,Gail'), 'incomplete', 'missing-column'],
    ['a header alone', csv(HEADER), 'incomplete', 'empty-file'],
    ['nothing at all', '', 'incomplete', 'missing-column'],
    ['a cut last row', `${csv(HEADER, 'U1,G1,Gail,One,,,,,,')}U2,G1,Ga`, 'incomplete', 'cut-short'],
  ])('%s proves nothing', async (_, text, state, ended) => {
    const { guardianLinks, users, enrollments } = (await read(text)).attestation.collections;
    expect(guardianLinks).toMatchObject({ state, ended });
    expect(users).toEqual(guardianLinks);
    expect(enrollments.state).toBe('not-read');
  });

  test('a missing file, and a stream that fails, prove nothing', async () => {
    const missing = await guardiansCsvSource('/nowhere/guardians.csv').read(scope);
    expect(missing.attestation.collections.guardianLinks).toMatchObject({ state: 'failed', ended: 'missing-file' });
    const failing = await guardiansCsvSource(() => Promise.reject(new Error('no route'))).read(scope);
    expect(failing.attestation.collections.guardianLinks).toMatchObject({ state: 'failed', ended: 'unreadable-file' });
  });

  test('a read can be stopped', async () => {
    const stop = new AbortController();
    const source = guardiansCsvSource(() => Readable.from([Buffer.from(csv(HEADER, 'U1,G1,Gail,One,,,,,,'))]));
    stop.abort(new Error('enough'));
    await expect(source.read(scope, { signal: stop.signal })).rejects.toThrow('enough');
  });
});

describe('in the usual program (P5, P6)', () => {
  const rows = Array.from({ length: 16 }, (_, index) => {
    const who = String(Math.floor(index / 2));
    return `U${String(index)},,Pat,Parent-${who},pat-${who}@home.example,,,Parent,,`;
  });

  const steps = ['classes', 'teachers', 'students', 'guardians'] as const;

  async function programOf(guardians: string) {
    const folder = await folderOf({ ...wholeBundle, 'guardians.csv': guardians });
    const store = new MemoryStore();
    const sync = new RosterSync({
      source: oneRosterCsvSource(folder),
      guardians: guardiansCsvSource(join(folder, 'guardians.csv')),
      store,
      mailer: new MemoryMailer(),
      scope,
      policy: { fullData: true, archive: true, deactivateUnrostered: true, limits: { guardianLinks: 1, users: 1 } },
      steps: [...steps],
    });
    const links = async (): Promise<number> =>
      (await store.load(scope)).guardianLinks.filter(({ state }) => state === 'active').length;
    const active = async (): Promise<number> =>
      (await store.load(scope)).users.filter(({ state }) => state === 'active').length;
    const replace = (text: string): Promise<void> => writeFile(join(folder, 'guardians.csv'), text);
    return { sync, links, active, replace };
  }

  test('guardians come from the file, siblings share one, and who leaves it loses the link', async () => {
    const { sync, links, active, replace } = await programOf(csv(HEADER, ...rows));
    expect((await sync.run()).outcome).toBe('applied');
    expect(await links()).toBe(16);
    expect(await active()).toBe(4 + 16 + 8);
    expect((await sync.plan()).changes).toEqual([]);
    await replace(csv(HEADER, ...rows.slice(1)));
    await sync.run();
    expect(await links()).toBe(15);
  });

  test('a file that is not there is told, as is one that proves less of its people than of its links', async () => {
    const { sync } = await programOf(csv(HEADER, ...rows));
    expect((await sync.plan()).notes.map(({ code }) => code)).not.toContain('GUARDIANS_UNREAD');
    const whole = guardiansCsvSource(bytes(csv(HEADER, ...rows)));
    const lessPeople: RosterSource = {
      ...whole,
      async read(asked) {
        const roster = (await whole.read(asked)) as Roster;
        const users = { state: 'incomplete', received: 8, ended: 'cut-short' } as const;
        const collections = { ...roster.attestation.collections, users };
        return { ...roster, attestation: { ...roster.attestation, collections } };
      },
    };
    for (const [guardians, ended] of [
      [guardiansCsvSource('/nowhere/guardians.csv'), 'missing-file'],
      [lessPeople, 'cut-short'],
    ] as const) {
      const source = oneRosterCsvSource(await folderOf(wholeBundle));
      const mailer = new MemoryMailer();
      const { notes } = await new RosterSync({
        source,
        guardians,
        store: new MemoryStore(),
        mailer,
        scope,
        steps,
      }).plan();
      const told = notes.find(({ code }) => code === 'GUARDIANS_UNREAD');
      expect(told?.evidence).toMatchObject({ ended });
    }
  });

  test.each([
    ['empty', '', 'missing-column'],
    ['without a row', csv(HEADER), 'empty-file'],
    ['cut in a row', csv(HEADER, ...rows).slice(0, -30), 'cut-short'],
    ['with a damaged row', csv(HEADER, ...rows.slice(1), 'U0,"Pat'), undefined],
    ['without a column', csv(HEADER.replace('givenName', 'x'), ...rows.slice(3)), 'missing-column'],
  ])('a file that is %s takes nobody away, and is told', async (_, text, ended) => {
    const { sync, links, active, replace } = await programOf(csv(HEADER, ...rows));
    await sync.run();
    await replace(text);
    const plan = await sync.plan();
    expect(plan.changes.filter(({ destructive }) => destructive)).toEqual([]);
    const told = plan.notes.find(({ code }) => code === 'GUARDIANS_UNREAD');
    // A row has a word of its own.
    if (ended === undefined) expect(plan.counts.notesByCode['ROWS_REJECTED']).toBeGreaterThan(0);
    else expect(told?.evidence).toMatchObject({ ended });
    await sync.run();
    expect([await links(), await active()]).toEqual([16, 28]);
  });
});

test('a file of bad rows is read no further than 100,000 of them, and proves nothing', async () => {
  const bad = Array.from({ length: 100_050 }, () => ',G1,Gail,One,,,,,,');
  const roster = await read(csv(HEADER, ['U1,G1,Gail,One,,,,,,', ...bad].join('\n')));
  expect(roster.rejected).toHaveLength(100_000);
  expect(roster.guardianLinks).toHaveLength(1);
  expect(roster.attestation.collections.guardianLinks).toEqual({
    state: 'incomplete',
    received: 100_001,
    ended: 'too-many-problems',
  });
});
