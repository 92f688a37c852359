import { ConfigurationError } from '../../errors.js';
import type { District } from '../district.js';
import { decoded, htmlAnswer, jsonAnswer, type Service, type ServiceAnswer, type ServiceRequest } from '../service.js';
import { Access, type SimulatedAccessOptions } from './access.js';
import { dialectOf } from './dialect.js';
import { answerList, only } from './lists.js';
import { type Problem, problemAnswer } from './problems.js';
import {
  type AllQuirks,
  checkedQuirks,
  type OneRosterQuirks,
  type SimulatedCollection,
  standardQuirks,
} from './quirks.js';
import { type OneRosterRecord, OneRosterWriter, type RecordStyle } from './records.js';
import { type AgentsSide, envelopes, type ListPath } from './rows.js';
import { DistrictView } from './view.js';

/** The versions of OneRoster that a simulated server may speak. */
export type SimulatedVersion = '1.1' | '1.2' | 'both';

/** How a simulated OneRoster server is set up. */
export interface OneRosterSimulationOptions extends SimulatedAccessOptions {
  /**
   * 1.1 is at `/ims/oneroster/v1p1`, 1.2 at `/ims/oneroster/rostering/v1p2`, and beside it `gradebook` and `resources`.
   *
   * @default '1.1'
   */
  readonly version?: SimulatedVersion | undefined;
  /**
   * From which side guardians and students are linked by `agents`: the standard wants both, servers often give one.
   *
   * @default 'both'
   */
  readonly agents?: AgentsSide | undefined;
  /** What the server does differently from the standard. @default nothing */
  readonly quirks?: OneRosterQuirks | undefined;
}

/** The names of {@link OneRosterSimulationOptions}. */
export const ONE_ROSTER_OPTION_NAMES = [
  'key',
  'secret',
  'signatureMethods',
  'bearer',
  'clientCredentials',
  'clock',
  'version',
  'agents',
  'quirks',
] as const satisfies readonly (keyof OneRosterSimulationOptions)[];

/** Where a request leads. */
export interface OneRosterRoute {
  readonly version: '1.1' | '1.2';
  /** The path of the interface, such as `/ims/oneroster/v1p1`. */
  readonly base: string;
  /** 1.1 has one service, 1.2 three. */
  readonly service: 'all' | 'rostering' | 'gradebook' | 'resources';
  /** The rest of the path, as it was sent, with a slash at its beginning. */
  readonly rest: string;
}

/** The collection that a list belongs to, where the district may share it or not. */
const collectionOf: Readonly<Record<ListPath, SimulatedCollection>> = {
  orgs: 'orgs',
  schools: 'orgs',
  academicSessions: 'academicSessions',
  terms: 'academicSessions',
  gradingPeriods: 'academicSessions',
  courses: 'courses',
  classes: 'classes',
  users: 'users',
  students: 'users',
  teachers: 'users',
  enrollments: 'enrollments',
  demographics: 'demographics',
  resources: 'resources',
  categories: 'categories',
  lineItems: 'lineItems',
  results: 'results',
  scoreScales: 'lineItems',
};

const services: Readonly<Partial<Record<ListPath, OneRosterRoute['service']>>> = {
  resources: 'resources',
  categories: 'gradebook',
  lineItems: 'gradebook',
  results: 'gradebook',
  scoreScales: 'gradebook',
};

/** A OneRoster server, 1.1, 1.2 or both, without a network. */
export class OneRosterService implements Service {
  readonly quirks: AllQuirks;
  private readonly current: () => District;
  private readonly version: SimulatedVersion;
  private readonly agents: AgentsSide;
  private readonly access: Access;
  private readonly dialect: ((record: OneRosterRecord) => OneRosterRecord) | undefined;
  private view: DistrictView | undefined;
  private views = 0;
  private lists = 0;

  /** @throws {ConfigurationError} where the key is empty, or an option or a quirk is impossible. */
  constructor(current: () => District, options: OneRosterSimulationOptions) {
    const { version = '1.1', agents = 'both' } = options;
    if (!['1.1', '1.2', 'both'].includes(version)) throw new ConfigurationError('version', 'is 1.1, 1.2 or both');
    this.quirks = checkedQuirks(options.quirks);
    this.current = current;
    this.version = version;
    this.agents = agents;
    this.access = new Access(options);
    this.dialect = dialectOf(this.quirks, standardQuirks);
  }

  /** From now on no token that was given out is good. */
  expireTokens(): void {
    this.access.expireTokens();
  }

  answer(request: ServiceRequest, endEarly = false): ServiceAnswer {
    const token = this.access.answer(request);
    if (token !== undefined) return token;
    const url = new URL(request.url);
    const route = this.routeOf(url.pathname);
    if (route === undefined) return htmlAnswer(404, `Cannot ${request.method} ${url.pathname}`);
    const objection = this.access.objection(request);
    if (objection !== undefined) {
      return this.problem({ status: 401, code: 'unauthorisedrequest', description: objection }, route.version);
    }
    return this.answerData(request, route, endEarly);
  }

  /** The answer to whoever may read: their credentials are judged already. */
  answerData(request: ServiceRequest, route: OneRosterRoute, endEarly: boolean): ServiceAnswer {
    const found = request.method === 'GET' ? this.find(route, new URL(request.url), endEarly) : noEndpoint;
    return 'code' in found ? this.problem(found, route.version) : found;
  }

  failure(request: ServiceRequest, status: number, resetAfterSeconds: number): ServiceAnswer {
    const version = this.routeOf(new URL(request.url).pathname)?.version ?? '1.1';
    if (status === 429) {
      const answer = this.problem({ status, code: 'server_busy', description: 'too many requests' }, version);
      return { ...answer, headers: { ...answer.headers, 'retry-after': String(resetAfterSeconds) } };
    }
    if (status >= 500) return htmlAnswer(status, `${request.method}: upstream error`);
    const code = status === 401 ? 'unauthorisedrequest' : 'invaliddata';
    return this.problem({ status, code, description: 'simulated error' }, version);
  }

  /** The part of the server that a path names; undefined where it names none of the versions that are spoken. */
  routeOf(pathname: string): OneRosterRoute | undefined {
    const [, base = '', of11, of12, rest = ''] =
      /^(\/ims\/oneroster\/(?:(v1p1)|(rostering|gradebook|resources)\/v1p2))(\/.*)$/.exec(pathname) ?? [];
    if (of11 !== undefined && this.version !== '1.2') return { version: '1.1', base, service: 'all', rest };
    if (of12 === undefined || this.version === '1.1') return undefined;
    return { version: '1.2', base, service: of12 as OneRosterRoute['service'], rest };
  }

  private find(route: OneRosterRoute, url: URL, endEarly: boolean): ServiceAnswer | Problem {
    const { quirks } = this;
    if (quirks.encodedIds === 'refused' && /%2f/i.test(route.rest)) return unknownObject;
    const segments = route.rest.slice(1).split('/').map(decoded);
    const [first = '', id] = segments;
    const view = this.viewNow();
    const place =
      segments.length > 2 && quirks.nested
        ? view.nested(segments, quirks.teachersAmongStudents)
        : segments.length <= 2 && isListPath(first)
          ? { path: first, positions: undefined }
          : undefined;
    if (place === undefined) return noEndpoint;
    if (place === 'unknown') return unknownObject;
    const { path, positions } = place;
    const service = route.service === 'all' ? 'all' : (services[path] ?? 'rostering');
    if (service !== route.service || (path === 'scoreScales' && route.version === '1.1')) return noEndpoint;
    const answer = quirks.notShared[collectionOf[path]];
    if (answer === 403) return { status: 403, code: 'forbidden', description: 'this collection is not shared' };
    if (answer === 404 || (answer === 'empty' && id !== undefined && segments.length === 2)) return unknownObject;
    const style = this.styleOf(route.version);
    const writer = new OneRosterWriter(url.origin + route.base, style);
    if (positions === undefined && id !== undefined) return this.single(view, path, id, writer, url);
    const none = answer === 'empty' ? { name: 'nothing', positions: new Uint32Array() } : undefined;
    const nested = positions === undefined ? undefined : { name: segments.join('/'), positions };
    this.lists += 1;
    return answerList({
      view,
      quirks,
      path,
      nested: none ?? nested,
      query: url.searchParams,
      address: url.origin + route.base + route.rest,
      writer,
      style: route.version,
      dialect: this.dialect,
      requestNumber: this.lists,
      revision: `rev-${String(this.views)}`,
      endEarly,
    });
  }

  private single(
    view: DistrictView,
    path: ListPath,
    id: string,
    writer: OneRosterWriter,
    { searchParams }: URL,
  ): ServiceAnswer | Problem {
    const rows = view.rows[path];
    const record = rows.at(rows.find(id), writer);
    if (record === undefined) return unknownObject;
    const fields = this.quirks.fields === 'ignored' ? undefined : searchParams.get('fields')?.split(',');
    const chosen = only(record, fields);
    return jsonAnswer(200, { [envelopes[path][1]]: this.dialect?.(chosen) ?? chosen });
  }

  private styleOf(version: '1.1' | '1.2'): RecordStyle {
    const { roles } = this.quirks;
    return {
      version,
      hasRole: roles === 'version' ? version === '1.1' : roles !== 'roles',
      hasRoles: roles === 'version' ? version === '1.2' : roles !== 'role',
    };
  }

  private viewNow(): DistrictView {
    const district = this.current();
    if (this.view?.district !== district) {
      this.view = new DistrictView(district, this.agents, this.quirks, this.view);
      this.views += 1;
    }
    return this.view;
  }

  private problem(problem: Problem, version: '1.1' | '1.2'): ServiceAnswer {
    // What stands before the server answers for it then.
    if (problem.status >= 500) return htmlAnswer(problem.status, problem.description);
    return problemAnswer(problem, version, this.quirks);
  }
}

const noEndpoint: Problem = { status: 404, code: 'unknownobject', description: 'no such endpoint' };
const unknownObject: Problem = { status: 404, code: 'unknownobject', description: 'no record has this sourcedId' };

function isListPath(path: string): path is ListPath {
  return Object.hasOwn(envelopes, path);
}
