import { ConfigurationError } from '../../errors.js';
import type { Clock } from '../../ports/index.js';
import type { District } from '../district.js';
import { OAuth1Verifier } from './oauth1.js';
import { parseFilter } from './filter.js';
import { type OneRosterRecord, OneRosterWriter } from './records.js';
import { type AgentsSide, type ListPath, makeRows, type Rows } from './rows.js';
import {
  decoded,
  htmlAnswer,
  jsonAnswer,
  oncePerValue,
  type Service,
  type ServiceAnswer,
  type ServiceRequest,
  wholeNumber,
} from '../service.js';

const basePath = '/ims/oneroster/v1p1';
const defaultLimit = 100;
const greatestLimit = 10_000;

/** How the simulated roster server is set up. */
export interface ClassLinkSimulationOptions {
  /** The consumer key of OAuth 1.0a. @default 'test-key' */
  readonly key?: string;
  /** The consumer secret of OAuth 1.0a. @default 'test-secret' */
  readonly secret?: string;
  /** A bearer token that is accepted as well, as ClassLink's proxy has them. @default none */
  readonly bearer?: string;
  /**
   * From which side guardians and students are linked by `agents`: the standard wants both, servers often give one.
   *
   * @default 'both'
   */
  readonly agents?: AgentsSide;
  /** What time it is: signatures must be of the last or next five minutes. @default the system's clock */
  readonly clock?: Clock;
}

/** The keys of the answers' envelopes: a list's and a single record's. They name the type, not the path. */
const envelopes: Readonly<Record<ListPath, readonly [list: string, single: string]>> = {
  orgs: ['orgs', 'org'],
  schools: ['orgs', 'org'],
  academicSessions: ['academicSessions', 'academicSession'],
  terms: ['academicSessions', 'academicSession'],
  courses: ['courses', 'course'],
  classes: ['classes', 'class'],
  users: ['users', 'user'],
  students: ['users', 'user'],
  teachers: ['users', 'user'],
  enrollments: ['enrollments', 'enrollment'],
};

/** What is known of a district: its rows, and the rows that each filter left, as they were asked for. */
interface Prepared {
  readonly rows: Readonly<Record<ListPath, Rows>>;
  readonly filtered: Map<string, Uint32Array>;
}

/** A OneRoster 1.1 roster server, as ClassLink runs it, without a network. */
export class OneRosterService implements Service {
  private readonly current: () => District;
  private readonly options: ClassLinkSimulationOptions;
  private readonly verifier: OAuth1Verifier;
  private readonly prepare: (district: District) => Prepared;

  constructor(current: () => District, options: ClassLinkSimulationOptions) {
    const { key = 'test-key', secret = 'test-secret', agents = 'both', clock } = options;
    if (key === '') throw new ConfigurationError('key', 'is empty');
    this.current = current;
    this.options = options;
    this.verifier = new OAuth1Verifier(key, secret, clock === undefined ? Date.now : () => clock.now().getTime());
    this.prepare = oncePerValue((district) => ({ rows: makeRows(district, agents), filtered: new Map() }));
  }

  answer(request: ServiceRequest, endEarly = false): ServiceAnswer {
    const url = new URL(request.url);
    if (!url.pathname.startsWith(`${basePath}/`)) return htmlAnswer(404, `Cannot ${request.method} ${url.pathname}`);
    if (!this.hasBearer(request)) {
      const objection = this.verifier.objection(request);
      if (objection !== undefined) return statusInfo(401, 'unauthorisedrequest', objection);
    }
    const match = /^\/([A-Za-z]+)(?:\/([^/]+))?$/.exec(url.pathname.slice(basePath.length));
    const path = match?.[1] ?? '';
    if (request.method !== 'GET' || match === null || !isListPath(path)) {
      return statusInfo(404, 'unknownobject', 'no such endpoint');
    }
    const prepared = this.prepare(this.current());
    const writer = new OneRosterWriter(url.origin + basePath);
    const fields = url.searchParams.get('fields')?.split(',');
    const id = match[2];
    if (id !== undefined) {
      const rows = prepared.rows[path];
      const record = rows.at(rows.find(decoded(id)), writer);
      if (record === undefined) return statusInfo(404, 'unknownobject', 'no record has this sourcedId');
      return jsonAnswer(200, { [envelopes[path][1]]: only(record, fields) });
    }
    return answerList(prepared, path, url, writer, fields, endEarly);
  }

  failure(request: ServiceRequest, status: number, resetAfterSeconds: number): ServiceAnswer {
    if (status === 429) {
      const answer = statusInfo(429, 'server_busy', 'too many requests');
      return { ...answer, headers: { ...answer.headers, 'retry-after': String(resetAfterSeconds) } };
    }
    if (status >= 500) return htmlAnswer(status, `${request.method}: upstream error`);
    return statusInfo(status, status === 401 ? 'unauthorisedrequest' : 'invaliddata', 'simulated error');
  }

  private hasBearer(request: ServiceRequest): boolean {
    const { bearer } = this.options;
    return bearer !== undefined && request.headers['authorization'] === `Bearer ${bearer}`;
  }
}

function answerList(
  prepared: Prepared,
  path: ListPath,
  url: URL,
  writer: OneRosterWriter,
  fields: readonly string[] | undefined,
  endEarly: boolean,
): ServiceAnswer {
  const { searchParams } = url;
  const limit = wholeNumber(searchParams.get('limit'), defaultLimit);
  const offset = wholeNumber(searchParams.get('offset'), 0);
  if (limit === undefined || limit === 0 || offset === undefined) {
    return statusInfo(400, 'invaliddata', 'limit and offset are whole numbers');
  }
  const size = Math.min(limit, greatestLimit);
  const rows = prepared.rows[path];
  const filter = searchParams.get('filter');
  const positions = filter === null ? undefined : filteredPositions(prepared, path, filter, writer);
  if (filter !== null && positions === undefined) {
    return statusInfo(400, 'invalid_filter_field', 'the filter cannot be read');
  }
  const total = positions?.length ?? rows.length;
  const isDescending = searchParams.get('orderBy') === 'desc';
  const records: OneRosterRecord[] = [];
  for (let index = offset; !endEarly && index < Math.min(offset + size, total); index += 1) {
    const place = isDescending ? total - 1 - index : index;
    const record = rows.at(positions?.[place] ?? place, writer);
    if (record !== undefined) records.push(only(record, fields));
  }
  const sort = searchParams.get('sort');
  return jsonAnswer(
    200,
    {
      [envelopes[path][0]]: records,
      ...(sort === null || sort === 'sourcedId'
        ? {}
        : { statusInfoSet: [info('success', 'warning', 'invalid_sort_field', 'sorted by sourcedId instead')] }),
    },
    {
      'x-count': String(records.length),
      'x-total-count': String(total),
      link: links(url, size, offset, total),
    },
  );
}

function filteredPositions(
  prepared: Prepared,
  path: ListPath,
  filter: string,
  writer: OneRosterWriter,
): Uint32Array | undefined {
  const key = `${path} ${filter}`;
  const known = prepared.filtered.get(key);
  if (known !== undefined) return known;
  const matches = parseFilter(filter);
  if (matches === undefined) return undefined;
  const rows = prepared.rows[path];
  const found: number[] = [];
  for (let position = 0; position < rows.length; position += 1) {
    const record = rows.at(position, writer);
    if (record !== undefined && matches(record)) found.push(position);
  }
  const positions = Uint32Array.from(found);
  prepared.filtered.set(key, positions);
  return positions;
}

/** RFC 5988. */
function links(url: URL, limit: number, offset: number, total: number): string {
  const link = (rel: string, at: number): string => {
    const query = new URLSearchParams(url.searchParams);
    query.set('limit', String(limit));
    query.set('offset', String(at));
    return `<${url.origin}${url.pathname}?${query.toString()}>; rel="${rel}"`;
  };
  const last = total === 0 ? 0 : Math.floor((total - 1) / limit) * limit;
  return [
    ...(offset + limit < total ? [link('next', offset + limit)] : []),
    link('last', last),
    link('first', 0),
    ...(offset > 0 ? [link('prev', Math.max(0, offset - limit))] : []),
  ].join(', ');
}

function only(record: OneRosterRecord, fields: readonly string[] | undefined): OneRosterRecord {
  if (fields === undefined) return record;
  return Object.fromEntries(Object.entries(record).filter(([field]) => fields.includes(field)));
}

function isListPath(path: string): path is ListPath {
  return Object.hasOwn(envelopes, path);
}

function info(codeMajor: string, severity: string, codeMinor: string, description: string): OneRosterRecord {
  return {
    imsx_codeMajor: codeMajor,
    imsx_severity: severity,
    imsx_description: description,
    imsx_codeMinor: codeMinor,
  };
}

function statusInfo(status: number, codeMinor: string, description: string): ServiceAnswer {
  return jsonAnswer(status, { statusInfoSet: [info('failure', 'error', codeMinor, description)] });
}
