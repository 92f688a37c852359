import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CleverClient, Page, Paged } from '../../src/clever/index.js';
import { rejection, startServer } from '../support/http-server.js';
import { type RecordKind, specifiedRecords, spoiledRecords } from './arbitraries.js';
import { clientOf } from './district.js';
import { lost } from './lost.js';

const LISTS: Record<RecordKind, (client: CleverClient) => Paged<object>> = {
  users: (client) => client.users.list(),
  sections: (client) => client.sections.list(),
  schools: (client) => client.schools.list(),
  districts: (client) => client.districts.list(),
  courses: (client) => client.courses.list(),
  terms: (client) => client.terms.list(),
  resources: (client) => client.resources.list(),
  attendance: (client) => client.attendance.ofSchool('school'),
};
const KINDS = Object.keys(LISTS) as RecordKind[];

/** Asks for a list once for each answer, over one server. */
async function lister(kind: RecordKind): Promise<(rows: readonly unknown[]) => Promise<Page<object>>> {
  let data: readonly unknown[] = [];
  const server = await startServer(() => ({ body: { data, links: [] } }));
  const client = clientOf(server, { version: '3.1', requestsPerMinute: 1_000_000 });
  return async (rows) => {
    data = rows.map((row) => ({ data: row, uri: '/somewhere' }));
    for await (const page of LISTS[kind](client).byPage()) return page;
    throw new Error('There was no page.');
  };
}

/** The id of a row as a reader has to understand it. */
function idOf(row: unknown): string | undefined {
  const { id } = row as { readonly id?: unknown };
  if (typeof id === 'number') return Number.isSafeInteger(id) ? String(id) : undefined;
  return typeof id === 'string' && id !== '' && !/[\0\uFFFD\p{Surrogate}]/u.test(id) ? id : undefined;
}

describe('records as Clever specifies them', () => {
  it.each(KINDS)('in a list of %s lose nothing', async (kind) => {
    const list = await lister(kind);
    await fc.assert(
      fc.asyncProperty(fc.array(specifiedRecords[kind], { maxLength: 4 }), async (rows) => {
        const page = await list(rows);
        expect(page.rejected).toBeUndefined();
        expect(lost(rows, page.items)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('records as no specification allows', () => {
  it.each(KINDS)('in a list of %s are read or named, every one', async (kind) => {
    const list = await lister(kind);
    await fc.assert(
      fc.asyncProperty(fc.array(spoiledRecords[kind], { maxLength: 4 }), async (rows) => {
        // As the server sends them: what JSON cannot say is not there.
        const sent = JSON.parse(JSON.stringify(rows)) as readonly unknown[];
        const { items, rejected = [] } = await list(rows);
        expect(items.length + rejected.length).toBe(rows.length);
        const isRejected = new Set(rejected.map(({ index }) => index));
        const read = sent.filter((_, index) => !isRejected.has(index));
        for (const { index, sourcedId } of rejected) expect(sourcedId).toBe(idOf(sent[index]));
        if (kind === 'attendance') return;
        expect(items.map(idOf)).toEqual(read.map(idOf));
        expect(items.map(idOf)).not.toContain(undefined);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a row that cannot be used', () => {
  it.each([
    ['users', { id: '' }, 'id: missing-id'],
    ['users', { id: 'u' }, 'roles: invalid_type'],
    ['users', { id: 'u', roles: [] }, 'roles: invalid_type'],
    ['users', { id: 'u', roles: { student: 'yes' } }, 'roles.student: invalid_type'],
    ['users', { id: 'u', name: 'Whole Name', roles: {} }, 'name: invalid_type'],
    ['users', { id: 'u', roles: { teacher: { schools: ['s', {}] } } }, 'roles.teacher.schools.1: invalid_type'],
    [
      'users',
      { id: 'u', roles: { contact: { student_relationships: 's' } } },
      'roles.contact.student_relationships: invalid_type',
    ],
    [
      'users',
      { id: 'u', roles: { contact: { student_relationships: [1] } } },
      'roles.contact.student_relationships.0: invalid_type',
    ],
    ['sections', { id: 's', school: 'x', students: {} }, 'students: invalid_type'],
    ['sections', { id: 's', school: 'x', students: ['a', { id: 'b' }] }, 'students.1: invalid_type'],
    ['sections', { id: 's', school: null }, 'school: missing-id'],
  ] as const)('of %s, %j, is named by its path, and never by its value', async (kind, row, problem) => {
    const page = await (await lister(kind))([row]);
    expect(page.items).toEqual([]);
    expect(page.rejected).toEqual([{ index: 0, problem, ...(row.id === '' ? {} : { sourcedId: row.id }) }]);
  });

  it('is a DecodeError where it was the only one asked for', async () => {
    const server = await startServer(() => ({ body: { data: { id: 'u', name: 'Secret Name', roles: {} } } }));
    const error = await rejection(clientOf(server).users.get('u'));
    expect(error).toMatchObject({ code: 'decode', issues: ['name: invalid_type'], requestId: 'request-1' });
    expect((error as Error).message).not.toContain('Secret');
  });
});

describe('a record', () => {
  it('keeps keys and words that nobody knows, at any depth', async () => {
    const roles = {
      student: { schools: [], email: 'a@b.example', 'x-new': 1, ext: { any: [''] } },
      driver: { bus: 7 },
    };
    const row = { id: 'u', roles, 'x-new': null, lms_status: { synced_in_lms: true, since: '' } };
    const page = await (await lister('users'))([row]);
    expect(page.items).toEqual([row]);
  });

  it('reads empty, null and blank as absent, numbers as text, and a part that nothing hangs on as absent if it is wrong', async () => {
    const row = {
      id: 5,
      name: ' ',
      sis_id: 9,
      phone: null,
      location: [],
      principal: 'Head',
      ext: '',
      low_grade: ' K ',
    };
    const page = await (await lister('schools'))([row]);
    expect(page.items).toEqual([{ id: '5', sis_id: '9', low_grade: 'K' }]);
  });

  it('has its lists of members even where they were left out', async () => {
    const page = await (await lister('sections'))([{ id: 's', school: 1, students: null, teachers: 'only' }]);
    expect(page.items).toEqual([{ id: 's', school: '1', students: [], teachers: ['only'] }]);
  });
});
