/**
 * A OneRoster server in a process of its own, so that its work is not counted: 100,000 users on pages that were prepared as
 * bytes, each sent after 20 ms. Tells its port to the process that started it, and ends with it.
 */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const LATENCY_MS = 20;
const [userCount = 0, ...pageSizes] = process.argv.slice(2).map(Number);
const HOST = 'https://example-nj-v2.rosterserver.com/ims/oneroster/v1p1';

function reference(type: string, sourcedId: string): object {
  return { href: `${HOST}/${type}s/${sourcedId}`, sourcedId, type };
}

/** A student as ClassLink really sends one: what is not known is an empty text. */
function user(index: number): object {
  const name = `student${String(index)}`;
  return {
    sourcedId: `STU_${String(index).padStart(8, '0')}`,
    status: 'active',
    dateLastModified: '2025-11-24T19:35:01.000Z',
    username: name,
    userIds: [
      { type: 'Fed', identifier: String(100_000 + index) },
      { type: 'StateID', identifier: String(12_494_640_776 + index) },
    ],
    enabledUser: 'true',
    givenName: `Given${String(index % 997)}`,
    familyName: `Family${String(index % 7919)}`,
    middleName: '',
    role: 'student',
    identifier: String(200_000 + index),
    email: `${name}@school.example`,
    sms: '',
    phone: '',
    agents: [reference('user', `G${String(300_000 + index)}`)],
    orgs: [reference('org', String(index % 40))],
    grades: [String((index % 12) + 1).padStart(2, '0')],
    password: '',
  };
}

/** The pages of one size, by their offset. */
function pagesOf(size: number): Map<string, Buffer> {
  const pages = new Map<string, Buffer>();
  for (let first = 0; first < userCount; first += size) {
    const length = Math.min(size, userCount - first);
    const users = Array.from({ length }, (_, offset) => user(first + offset));
    pages.set(String(first), Buffer.from(JSON.stringify({ users })));
  }
  return pages;
}

const noPage = Buffer.from(JSON.stringify({ users: [] }));
const pages = new Map(pageSizes.map((size) => [String(size), pagesOf(size)]));

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const page = pages.get(searchParams.get('limit') ?? '')?.get(searchParams.get('offset') ?? '') ?? noPage;
  setTimeout(() => {
    response.writeHead(200, { 'content-type': 'application/json', 'x-total-count': String(userCount) });
    response.end(page);
  }, LATENCY_MS);
});

server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.on('disconnect', () => {
  process.exit();
});
