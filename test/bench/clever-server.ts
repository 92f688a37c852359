/**
 * A Clever server in a process of its own, so that its work is not counted: 100,000 users on pages that were prepared as
 * bytes, each sent after 20 ms. Tells its port to the process that started it, and ends with it.
 */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const LATENCY_MS = 20;
const [userCount = 0, ...pageSizes] = process.argv.slice(2).map(Number);

function id(index: number): string {
  return `58da8c63d7dc0ca0${index.toString(16).padStart(8, '0')}`;
}

/** A student as Clever really sends one: most of the fields that are not known are empty texts. */
function user(index: number): object {
  const school = id(index % 40);
  const email = `student${String(index)}@school.example`;
  return {
    created: '2023-04-12T23:05:01.315Z',
    district: '58da8a43cc70ab00017a1a87',
    email,
    last_modified: '2023-04-12T23:05:01.315Z',
    name: { first: `Given${String(index % 997)}`, last: `Family${String(index % 7919)}`, middle: 'G' },
    id: id(index),
    roles: {
      student: {
        credentials: { district_username: `student${String(index)}` },
        dob: `${String((index % 12) + 1)}/${String((index % 28) + 1)}/2007`,
        enrollments: [],
        ext: { gifted_status: '' },
        gender: 'M',
        grade: String((index % 12) + 1),
        graduation_year: '',
        hispanic_ethnicity: 'Y',
        location: { address: '', city: '', state: '', zip: '10459' },
        race: 'Unknown',
        school,
        schools: [school],
        sis_id: String(100_000_000 + index),
        state_id: String(231_000_000 + index),
        student_number: String(100_000_000 + index),
        email,
      },
    },
  };
}

/** The pages of one size, by where they begin. */
function pagesOf(size: number): Map<string, Buffer> {
  const pages = new Map<string, Buffer>();
  for (let first = 0; first < userCount; first += size) {
    const end = Math.min(first + size, userCount);
    const data = Array.from({ length: end - first }, (_, offset) => ({
      data: user(first + offset),
      uri: `/v3.0/users/${id(first + offset)}`,
    }));
    const query = `limit=${String(size)}`;
    const links = [{ rel: 'self', uri: `/v3.0/users?${query}` }];
    if (end < userCount) links.push({ rel: 'next', uri: `/v3.0/users?${query}&starting_after=${id(end - 1)}` });
    pages.set(first === 0 ? '' : id(first - 1), Buffer.from(JSON.stringify({ data, links })));
  }
  return pages;
}

/** What Clever sends for a cursor with nothing behind it. */
const noPage = Buffer.from(JSON.stringify({ data: [], links: [{ rel: 'self', uri: '/v3.0/users' }] }));
const pages = new Map(pageSizes.map((size) => [String(size), pagesOf(size)]));

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const page = pages.get(searchParams.get('limit') ?? '')?.get(searchParams.get('starting_after') ?? '') ?? noPage;
  setTimeout(() => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(page);
  }, LATENCY_MS);
});

server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.on('disconnect', () => {
  process.exit();
});
