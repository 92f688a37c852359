import { fileURLToPath } from 'node:url';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CleverClient, cleverSource } from '../../src/clever/index.js';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { reconcile } from '../../src/engine/index.js';
import { NotFoundError } from '../../src/errors.js';
import { defaultPolicy } from '../../src/model/index.js';
import { rejection, type Reply, startServer } from '../support/http-server.js';
import { clientOf } from './district.js';
import { lost } from './lost.js';

/** Answers that were recorded from Clever's public demo district; not part of the project. */
const FOLDER = fileURLToPath(new URL('../../../shared/fixtures/clever/recorded-v3.0', import.meta.url));
const isMissing = !existsSync(FOLDER);

interface Recording {
  readonly request: { readonly uri: string };
  readonly response: { readonly status: number; readonly headers: Record<string, string>; readonly body: unknown };
}

interface ListBody {
  readonly data: readonly { readonly data: { readonly id: string } }[];
  readonly links: readonly { readonly rel: string }[];
}

const LISTS = ['districts', 'schools', 'terms', 'courses', 'users', 'sections'] as const;
type ListName = (typeof LISTS)[number];

function recording(file: string): Recording {
  return JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Recording;
}

/** The recorded pages of a list, its first ones first. */
function recordedPages(list: ListName): readonly string[] {
  const start = `get_200_api.clever.com_v3.0_${list}`;
  return readdirSync(FOLDER).filter((file) => file === `${start}.json` || /^_[a-z_]+=/.test(file.replace(start, '')));
}

function asRecorded({ response }: Recording, body: unknown = response.body): Reply {
  const { 'content-length': _length, ...headers } = response.headers;
  return { status: response.status, headers, body };
}

function withoutNext(body: unknown): ListBody {
  const list = body as ListBody;
  return { ...list, links: list.links.filter((link) => link.rel !== 'next') };
}

/** The pages that make up a list: those of one page size, in order; the last one without its link to the next. */
const PAGES: Record<ListName, readonly string[]> = {
  districts: ['get_200_api.clever.com_v3.0_districts.json'],
  schools: ['get_200_api.clever.com_v3.0_schools.json'],
  terms: ['get_200_api.clever.com_v3.0_terms.json'],
  courses: ['get_200_api.clever.com_v3.0_courses.json'],
  users: [
    'get_200_api.clever.com_v3.0_users_limit=25.json',
    'get_200_api.clever.com_v3.0_users_starting_after=58da8c63d7dc0ca068000478.json',
  ],
  sections: ['get_200_api.clever.com_v3.0_sections_limit=25.json'],
};

/** The recorded answers that are neither lists of a whole collection nor pages of one: what was asked, and how to ask it. */
const OTHERS: readonly (readonly [string, (client: CleverClient) => Promise<unknown>])[] = [
  ['users_58da8c63d7dc0ca0680003ed', async (client) => client.users.get('58da8c63d7dc0ca0680003ed')],
  // Of a person's token, and without links.
  ['users_5faac8b7bc447500a10ae857', async (client) => client.users.get('5faac8b7bc447500a10ae857')],
  ['sections_58da8c6a894273be68000182', async (client) => client.sections.get('58da8c6a894273be68000182')],
  [
    'users_58da8c63d7dc0ca0680003ed_mycontacts',
    async (client) => client.users.contacts('58da8c63d7dc0ca0680003ed').toArray(),
  ],
  [
    'users_58da8c63d7dc0ca0680003ed_myteachers',
    async (client) => client.users.teachers('58da8c63d7dc0ca0680003ed').toArray(),
  ],
  [
    'sections_58da8c6a894273be68000182_resources',
    async (client) => client.sections.resources('58da8c6a894273be68000182').toArray(),
  ],
  ['resources', async (client) => client.resources.list().toArray()],
];

async function recordedDistrict(): Promise<CleverClient> {
  const server = await startServer(({ path, query }) => {
    const list = LISTS.find((name) => path === `/v3.0/${name}`);
    // The district had no events, and says nothing of its scopes.
    if (list === undefined) return path.endsWith('/events') ? { body: { data: [], links: [] } } : { status: 404 };
    const files = PAGES[list];
    const index = query.has('starting_after') ? files.length - 1 : 0;
    const page = recording(files[index] ?? '');
    return asRecorded(page, index === files.length - 1 ? withoutNext(page.response.body) : page.response.body);
  });
  return clientOf(server);
}

/** The recorded pages are pieces of their lists: 493 places in classes are of people on other pages, all teachers among them. */
const RECORDED_CHANGES = { 'school-create': 4, 'user-create': 41, 'class-create': 25, 'enrollment-add': 88 };
const RECORDED_NOTES = { NO_TEACHER: 25, DANGLING_REF: 493 };

describe.skipIf(isMissing)('what Clever really answered', () => {
  it.each(LISTS)('for %s decodes, page by page and row by row', async (list) => {
    const files = recordedPages(list);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const page = recording(file);
      const server = await startServer(() => asRecorded(page));
      for await (const { items, cursor, rejected, requestId } of clientOf(server)[list].list().byPage()) {
        const body = page.response.body as ListBody;
        expect(rejected).toBeUndefined();
        expect(items.map((item) => item.id)).toEqual(body.data.map((row) => row.data.id));
        const sent = body.data.map((row) => row.data);
        expect(lost(sent, items)).toEqual([]);
        // Also where Clever links to none: the end of a list of the whole district is confirmed.
        if (list !== 'districts') expect(cursor).toBe(body.data.at(-1)?.data.id);
        expect(requestId).toBe(page.response.headers['x-request-id']);
        break;
      }
    }
  });

  it.each(OTHERS)('for %s decodes, and loses nothing', async (file, ask) => {
    const page = recording(`get_200_api.clever.com_v3.0_${file}.json`);
    const server = await startServer(({ path }) =>
      file.replaceAll('_', '/') === path.slice(6) ? asRecorded(page) : { status: 500 },
    );
    const { data = [] } = page.response.body as { readonly data?: unknown };
    const sent: unknown = Array.isArray(data) ? (data as ListBody['data']).map((row) => row.data) : data;
    expect(lost(sent, await ask(clientOf(server, { retries: 0 })))).toEqual([]);
  });

  it('about a token tells its scopes', async () => {
    const page = recording('get_200_clever.com_oauth_tokeninfo.json');
    const server = await startServer(() => asRecorded(page));
    const { scopes } = page.response.body as { readonly scopes: readonly string[] };
    expect(await clientOf(server).scopes()).toEqual(scopes);
  });

  it('for a token of the wrong type is a NotFoundError that says so', async () => {
    const server = await startServer(() => asRecorded(recording('get_404_api.clever.com_v3.0_resources.json')));
    const error = await rejection(clientOf(server).users.list().toArray());
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ isWrongEndpoint: true, requestId: '9a95b571-f65e-9eaa-9e0d-0d981db9429a' });
  });

  it('for a whole district becomes a roster', async () => {
    const roster = await cleverSource(await recordedDistrict()).read({ tenant: 'demo' });
    const counts = {
      schools: roster.schools.length,
      terms: roster.terms.length,
      courses: roster.courses.length,
      classes: roster.classes.length,
      users: roster.users.length,
      enrollments: roster.enrollments.length,
      guardianLinks: roster.guardianLinks.length,
      rejected: roster.rejected?.length,
    };
    expect(counts).toEqual({
      schools: 4,
      terms: 5,
      courses: 100,
      classes: 25,
      users: 125,
      enrollments: 581,
      guardianLinks: 0,
      rejected: 0,
    });
    expect(Object.values(roster.attestation.collections).map((collection) => collection.state)).toEqual([
      ...Array.from({ length: 6 }, () => 'complete'),
      'not-shared',
    ]);
    const students = roster.users.filter((user) => user.roles.includes('student'));
    expect(students.every((user) => /^\d{4}-\d{2}-\d{2}$/.test(user.birthDate ?? ''))).toBe(true);
    expect(
      roster.classes.every((item) => roster.schools.some((school) => school.sourcedId === item.schoolSourcedId)),
    ).toBe(true);
  });

  it('for a whole district goes into a plan', async () => {
    const scope = { tenant: 'demo' };
    const roster = await cleverSource(await recordedDistrict()).read(scope);
    const local = await new MemoryStore().load(scope);
    const plan = reconcile({ roster, local, policy: defaultPolicy, now: '2023-04-13T06:00:00Z' });
    expect(plan.counts.byKind).toEqual(RECORDED_CHANGES);
    expect(plan.counts.notesByCode).toEqual(RECORDED_NOTES);
    expect(plan.holds).toEqual([]);
  });
});
