import { CleverClient, type CleverClientOptions } from '../../src/clever/index.js';
import { type Handler, type Reply, startServer, type TestServer } from '../support/http-server.js';

/** A Clever list name. */
type ListName = 'districts' | 'schools' | 'terms' | 'courses' | 'users' | 'sections';

/** Records by list, as Clever would send them. */
export type Records = Partial<Record<ListName, readonly Readonly<Record<string, unknown>>[]>>;

export const DISTRICT = '58da8a43cc70ab00017a1a87';

/** A small district: one school, a class of two students and two teachers, an office worker and a contact. */
export const smallDistrict: Records = {
  districts: [{ id: DISTRICT, name: 'Example ISD', state: 'running', last_sync: '2026-01-05T06:00:00.000Z' }],
  schools: [
    { id: 'school-1', district: DISTRICT, name: 'Elm School', school_number: '042', sis_id: '9', state_id: '' },
  ],
  terms: [{ id: 'term-1', district: DISTRICT, name: 'Fall', start_date: '2025-08-18', end_date: '2025-12-31' }],
  courses: [{ id: 'course-1', district: DISTRICT, name: 'Algebra', number: 'ALG1' }],
  users: [
    {
      id: 'user-1',
      district: DISTRICT,
      email: 'first.student@example.org',
      name: { first: 'First', middle: '', last: 'Student' },
      roles: {
        student: {
          school: 'school-1',
          schools: ['school-9', 'school-1'],
          sis_id: '0001',
          state_id: 'S-1',
          grade: 'Kindergarten',
          dob: '1/6/2019',
          graduation_year: '',
          credentials: { district_username: 'first1' },
          enrollments: [],
        },
      },
      last_modified: '2025-09-01T00:00:00.000Z',
    },
    {
      id: 'user-2',
      district: DISTRICT,
      email: null,
      name: { first: 'Second', last: 'Student' },
      roles: { student: { school: 'school-1', schools: ['school-1'], sis_id: '0002', dob: '', credentials: '' } },
    },
    {
      id: 'user-3',
      email: 'lead@example.org',
      name: { first: 'Lead', last: 'Teacher' },
      roles: {
        district_admin: { title: '' },
        teacher: { school: 'school-1', schools: ['school-1'], sis_id: 'T1', state_id: '', legacy_id: 'old-3' },
      },
    },
    {
      id: 'user-4',
      email: 'second@example.org',
      name: { first: 'Second', last: 'Teacher' },
      roles: { teacher: { school: 'school-1', schools: ['school-1'], sis_id: 'T2' } },
    },
    {
      id: 'user-5',
      email: 'office@example.org',
      name: { first: 'Office', last: 'Worker' },
      roles: { staff: { schools: ['school-1'], staff_id: 'W1', roles: ['PortalOnly'] } },
    },
    {
      id: 'user-6',
      email: '',
      name: { last: 'Whole Name Of Contact' },
      roles: {
        contact: {
          phone: '555-0100',
          phone_type: 'Cell',
          sis_id: '',
          student_relationships: [
            { student: 'user-2', relationship: 'Grandparent', type: 'Emergency' },
            { student: 'user-1', relationship: '', type: 'Family' },
          ],
        },
      },
    },
  ],
  sections: [
    {
      id: 'section-1',
      district: DISTRICT,
      school: 'school-1',
      course: 'course-1',
      term_id: 'term-1',
      name: 'Algebra - Teacher - 1(A)',
      period: '1(A)',
      section_number: '',
      grade: 'Kindergarten',
      subject: 'math',
      students: ['user-2', 'user-1'],
      teacher: 'user-3',
      teachers: ['user-3', 'user-4'],
    },
  ],
};

/** Answers a list request as Clever does: by `limit` and `starting_after`, with relative links that hold the version. */
function cleverReply(records: Records, path: string, query: URLSearchParams): Reply {
  const name = path.replace('/v3.0/', '') as ListName;
  const all = records[name];
  if (all === undefined) return { status: 404, body: { message: 'Resource not found' } };
  const after = query.get('starting_after');
  const first = after === null ? 0 : all.findIndex((record) => record['id'] === after) + 1;
  const limit = Number(query.get('limit') ?? 100);
  const page = all.slice(first, first + limit);
  const last = page.at(-1)?.['id'];
  const links = [{ rel: 'self', uri: `${path}?limit=${String(limit)}` }];
  if (first + limit < all.length && typeof last === 'string') {
    links.push({ rel: 'next', uri: `${path}?limit=${String(limit)}&starting_after=${last}` });
  }
  return { body: { data: page.map((data) => ({ data, uri: `${path}/${String(data['id'])}` })), links } };
}

/** A server that answers as Clever does, except where `instead` answers, or has begun to. */
export async function startDistrict(records: Records, instead?: Handler): Promise<TestServer> {
  return startServer((request, response) => {
    const reply = instead?.(request, response);
    if (reply !== undefined || response.headersSent) return reply;
    return cleverReply(records, request.path, request.query);
  });
}

/** A client of a local server that does not pause between attempts. */
export function clientOf(
  server: { readonly baseUrl: string },
  options: Partial<CleverClientOptions> = {},
): CleverClient {
  return new CleverClient({
    token: 'token-1',
    baseUrl: server.baseUrl,
    allowInsecureHosts: ['127.0.0.1'],
    minRetryDelayMs: 0,
    ...options,
  });
}
