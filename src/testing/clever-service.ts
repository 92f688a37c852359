import type { Clock } from '../ports/index.js';
import {
  type CleverRecord,
  cleverCourse,
  cleverDistrict,
  cleverSchool,
  cleverSection,
  cleverTerm,
  cleverUser,
} from './clever-records.js';
import type { District, DistrictUser } from './district.js';
import { lowerBound, positionOf, upperBound } from './lookup.js';
import { byId, districtUsers } from './roster.js';
import {
  decoded,
  htmlAnswer,
  jsonAnswer,
  oncePerValue,
  type Service,
  type ServiceAnswer,
  type ServiceRequest,
  wholeNumber,
} from './service.js';

const defaultLimit = 100;
const greatestLimit = 10_000;
const usualRateLimit = 1200;
const rateWindowMs = 60_000;

/** How the simulated Clever is set up. */
export interface CleverSimulationOptions {
  /** The bearer token that is accepted. @default 'test-token' */
  readonly token?: string;
  /**
   * Requests a minute after which the answer is 429 until the minute is over. Clever allows 1200.
   *
   * @default none are refused, and the headers speak of 1200
   */
  readonly rateLimit?: number;
  /** What time it is: the rate limit's minute is judged by it. @default the system's clock */
  readonly clock?: Clock;
}

/** A list that is served in pages: records in order of their ids, written when they are asked for. */
interface Listing {
  readonly ids: readonly { readonly id: string }[];
  readonly at: (position: number) => CleverRecord | undefined;
}

type Collection = 'districts' | 'schools' | 'terms' | 'courses' | 'sections' | 'users';

/** The relations of a single record that Clever links to. */
const relations: Readonly<Record<Collection, readonly string[]>> = {
  districts: [],
  schools: ['district', 'users', 'sections', 'courses', 'terms'],
  terms: ['district', 'schools', 'sections'],
  courses: ['district', 'schools', 'sections'],
  sections: ['district', 'school', 'term', 'course', 'users'],
  users: ['district', 'sections', 'schools'],
};

const roleWords: Readonly<Record<DistrictUser['role'], string>> = {
  student: 'student',
  teacher: 'teacher',
  staff: 'staff',
  'school-administrator': 'staff',
  'district-administrator': 'district_admin',
  guardian: 'contact',
};

/** Clever's Data API, versions 3.0 and 3.1, without a network. */
export class CleverService implements Service {
  private readonly current: () => District;
  private readonly token: string;
  private readonly rateLimit: number | undefined;
  private readonly now: () => number;
  private readonly listings = oncePerValue(makeListings);
  private requests = 0;
  private usedInWindow = 0;
  private windowEnd = 0;

  constructor(current: () => District, options: CleverSimulationOptions) {
    this.current = current;
    this.token = options.token ?? 'test-token';
    this.rateLimit = options.rateLimit;
    const { clock } = options;
    this.now = clock === undefined ? Date.now : () => clock.now().getTime();
  }

  answer(request: ServiceRequest, endEarly = false): ServiceAnswer {
    this.count();
    if (this.rateLimit !== undefined && this.usedInWindow > this.rateLimit) return this.withHeaders(tooManyRequests);
    return this.withHeaders(this.route(request, endEarly));
  }

  failure(request: ServiceRequest, status: number, resetAfterSeconds: number): ServiceAnswer {
    this.count();
    if (status === 429) {
      const reset = String(Math.ceil(this.now() / 1000) + resetAfterSeconds);
      const answer = this.withHeaders(tooManyRequests);
      return { ...answer, headers: { ...answer.headers, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset } };
    }
    if (status >= 500) return this.withHeaders(htmlAnswer(status, `${request.method}: upstream error`));
    return this.withHeaders(jsonAnswer(status, { message: `Simulated error ${String(status)}` }));
  }

  private count(): void {
    this.requests += 1;
    if (this.now() >= this.windowEnd) {
      this.windowEnd = this.now() + rateWindowMs;
      this.usedInWindow = 0;
    }
    this.usedInWindow += 1;
  }

  private withHeaders(answer: ServiceAnswer): ServiceAnswer {
    const limit = this.rateLimit ?? usualRateLimit;
    return {
      ...answer,
      headers: {
        ...answer.headers,
        'cache-control': 'no-store',
        'x-ratelimit-bucket': 'bearer',
        'x-ratelimit-limit': String(limit),
        'x-ratelimit-remaining': String(Math.max(0, limit - this.usedInWindow)),
        'x-ratelimit-reset': String(Math.ceil(this.windowEnd / 1000)),
        'x-request-id': `00000000-0000-4000-8000-${this.requests.toString(16).padStart(12, '0')}`,
      },
    };
  }

  private route(request: ServiceRequest, endEarly: boolean): ServiceAnswer {
    const url = new URL(request.url);
    const match = /^\/(v3\.[01])\/(districts|schools|terms|courses|sections|users)(?:\/([^/]+))?$/.exec(url.pathname);
    if (request.method !== 'GET' || match === null) return htmlAnswer(404, `Cannot ${request.method} ${url.pathname}`);
    if (request.headers['authorization'] !== `Bearer ${this.token}`) {
      return jsonAnswer(401, { message: 'Unauthorized' });
    }
    const version = match[1] ?? '';
    const collection = match[2] as Collection;
    const id = match[3];
    const path = `/${version}/${collection}`;
    const district = this.current();
    if (collection === 'districts') return answerDistrict(district, url, path, id);
    const listings = this.listings(district);
    if (id !== undefined) return answerSingle(listings.all[collection], collection, path, decoded(id));
    const role = collection === 'users' ? url.searchParams.get('role') : null;
    const listing = role === null ? listings.all[collection] : listings.usersByRole.get(role);
    if (listing === undefined) return jsonAnswer(400, { message: 'role is not one of the roles' });
    return answerList(listing, url, path, endEarly);
  }
}

const tooManyRequests: ServiceAnswer = { status: 429, headers: {}, body: '' };

function makeListings(district: District) {
  const listing = <T extends { readonly id: string }>(
    records: readonly T[],
    write: (districtId: string, record: T) => CleverRecord,
  ): Listing => {
    const ids = byId(records);
    return {
      ids,
      at: (position) => {
        const record = ids[position];
        return record === undefined ? undefined : write(district.id, record);
      },
    };
  };
  const users = districtUsers(district);
  const usersByRole = new Map<string, Listing>();
  for (const role of new Set(Object.values(roleWords))) {
    usersByRole.set(
      role,
      listing(
        users.filter((user) => roleWords[user.role] === role),
        cleverUser,
      ),
    );
  }
  return {
    all: {
      schools: listing(district.schools, cleverSchool),
      terms: listing(district.terms, cleverTerm),
      courses: listing(district.courses, cleverCourse),
      // A section without students is not shown at all ("Sections must have at least one student").
      sections: listing(
        district.classes.filter(({ studentIds }) => studentIds.length > 0),
        cleverSection,
      ),
      users: listing(users, cleverUser),
    },
    usersByRole,
  };
}

function answerDistrict(district: District, url: URL, path: string, id: string | undefined): ServiceAnswer {
  const data = cleverDistrict(district);
  const uri = `${path}/${district.id}`;
  if (id === undefined) {
    return jsonAnswer(200, { data: [{ data, uri }], links: [{ rel: 'self', uri: url.pathname + url.search }] });
  }
  return id === district.id ? jsonAnswer(200, { data, links: [{ rel: 'self', uri }] }) : notFound();
}

function answerSingle(listing: Listing, collection: Collection, path: string, id: string): ServiceAnswer {
  const data = listing.at(positionOf(listing.ids, id));
  if (data === undefined) return notFound();
  const uri = `${path}/${id}`;
  return jsonAnswer(200, {
    data,
    links: [{ rel: 'self', uri }, ...relations[collection].map((rel) => ({ rel, uri: `${uri}/${rel}` }))],
  });
}

function answerList(listing: Listing, url: URL, path: string, endEarly: boolean): ServiceAnswer {
  const { searchParams } = url;
  const limit = wholeNumber(searchParams.get('limit'), defaultLimit);
  if (limit === undefined || limit === 0) return jsonAnswer(400, { message: 'limit is not a positive number' });
  if (limit > greatestLimit) return jsonAnswer(413, { message: `limit is greater than ${String(greatestLimit)}` });
  const after = searchParams.get('starting_after');
  const before = searchParams.get('ending_before');
  if (after !== null && before !== null) {
    return jsonAnswer(400, { message: 'starting_after and ending_before exclude each other' });
  }

  const { ids } = listing;
  const end = before === null || before === 'last' ? ids.length : lowerBound(ids, before);
  const start = after !== null ? upperBound(ids, after) : before === null ? 0 : Math.max(0, end - limit);
  const stop = endEarly ? start : Math.min(start + limit, end);
  const data: { readonly data: CleverRecord; readonly uri: string }[] = [];
  for (let position = start; position < stop; position += 1) {
    const record = listing.at(position);
    if (record !== undefined) data.push({ data: record, uri: `${path}/${String(record['id'])}` });
  }

  const links = [{ rel: 'self', uri: url.pathname + url.search }];
  const first = ids[start];
  const last = ids[stop - 1];
  if (data.length > 0 && first !== undefined && (after !== null || (before !== null && start > 0))) {
    links.push({ rel: 'prev', uri: pageUri(url, 'ending_before', first.id) });
  }
  if (data.length > 0 && last !== undefined && stop < ids.length) {
    links.push({ rel: 'next', uri: pageUri(url, 'starting_after', last.id) });
  }
  return jsonAnswer(200, { data, links });
}

/** The same list at another place. A limit that was sent is kept, one that was not is left out. */
function pageUri(url: URL, cursor: 'starting_after' | 'ending_before', id: string): string {
  const query = new URLSearchParams(url.searchParams);
  query.delete('starting_after');
  query.delete('ending_before');
  query.set(cursor, id);
  return `${url.pathname}?${query.toString()}`;
}

function notFound(): ServiceAnswer {
  return jsonAnswer(404, { message: 'Resource not found' });
}
