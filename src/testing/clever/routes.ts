import { attendanceOf, greatestAttendanceLimit } from './attendance.js';
import type { CleverEventLog } from './events.js';
import { answerList, answerSingle, type ListRequest, notFound, outOfScope } from './lists.js';
import { linkedRelations, relatedTo, relationNames, withRole } from './relations.js';
import {
  type CleverCollection,
  type CleverVersion,
  type CleverView,
  isRecord,
  type Listing,
  roleWords,
} from './view.js';
import type { DistrictUser } from '../district.js';
import { schoolsOf } from '../roster.js';
import { decoded, htmlAnswer, jsonAnswer, type ServiceAnswer } from '../service.js';

/** A path of the Data API, read. */
export interface CleverRoute {
  readonly version: CleverVersion;
  readonly collection: CleverCollection | 'resources' | 'events' | 'attendance';
  /** For attendance, `schools` or `sections`. */
  readonly id: string | undefined;
  /** What is asked for beneath the record; for attendance, the id of the school or section. */
  readonly relation: string | undefined;
}

/** What a token asks of the Data API. */
export interface CleverQuestion {
  readonly view: CleverView;
  readonly events: CleverEventLog;
  readonly url: URL;
  /** Ends a list here, though there is more. */
  readonly endEarly: boolean;
}

/** Undefined where Clever has no such path. */
export function routeOf({ pathname }: URL): CleverRoute | undefined {
  const match = /^\/(v3\.[01])\/([a-z]+)(?:\/([^/]+)(?:\/([^/]+))?)?$/.exec(pathname);
  const [, versionText, name = '', id, relation] = match ?? [];
  const version = versionText === 'v3.0' || versionText === 'v3.1' ? versionText : undefined;
  if (version === undefined) return undefined;
  const rest = { id: id === undefined ? undefined : decoded(id), relation };
  if (name === 'attendance') {
    const isThere = version === 'v3.1' && (id === 'schools' || id === 'sections') && relation !== undefined;
    return isThere ? { version, collection: name, ...rest } : undefined;
  }
  if (!isCollection(name)) return undefined;
  const isThere = relation === undefined || relationNames[name].includes(relation);
  return isThere ? { version, collection: name, ...rest } : undefined;
}

function isCollection(name: string): name is keyof typeof relationNames {
  return Object.hasOwn(relationNames, name);
}

/** The answer to a district token. */
export function answerDistrict(route: CleverRoute, question: CleverQuestion): ServiceAnswer {
  const { view, events, url } = question;
  const { version, collection, id, relation } = route;
  // What a token of the wrong type asks for does not exist for it: a web page, as for any unknown path.
  if (view.isSignInOnly && collection !== 'districts') return htmlAnswer(404, `Cannot GET ${url.pathname}`);
  switch (collection) {
    case 'attendance':
      return answerAttendance(route, question);
    case 'events': {
      const { searchParams } = url;
      if (id !== undefined) return answerEvent(events, version, id);
      const filter = { school: searchParams.get('school'), recordTypes: searchParams.getAll('record_type') };
      // The question mark is Clever's own, also where nothing follows.
      const self = `${url.pathname}?${url.search.slice(1)}`;
      return answerList(events.list(filter), { ...listRequest(route, question, '/events'), self });
    }
    case 'resources':
      if (!view.mayList(collection)) return outOfScope();
      return id === undefined ? noResources() : notFound();
    default:
      if (!view.mayList(collection)) return outOfScope();
      if (id === undefined) return answerCollection(collection, route, question);
      if (relation !== undefined) return answerRelated(collection, id, relation, route, question);
      return single(view.list(collection), collection, id, version);
  }
}

/** The answer to the token of a person: themselves, their schools and their district. No lists, no links. */
export function answerPerson(
  { version, collection, id, relation }: CleverRoute,
  { view, url }: CleverQuestion,
  user: DistrictUser,
): ServiceAnswer {
  const isKnown = collection === 'users' || collection === 'schools' || collection === 'districts';
  if (!isKnown || id === undefined || relation !== undefined) return htmlAnswer(404, `Cannot GET ${url.pathname}`);
  if (collection === 'districts') return answerSingle(view.list(collection), id, version);
  if (collection === 'users') return answerSingle(view.list(collection, [user]), id, version);
  const own = schoolsOf(user);
  const schools = view.district.schools.filter((school) => own.includes(school.id));
  return answerSingle(view.list(collection, schools), id, version);
}

function answerCollection(collection: CleverCollection, route: CleverRoute, question: CleverQuestion): ServiceAnswer {
  const { view, url } = question;
  const { searchParams } = url;
  // A count is of everything, whatever else is asked for.
  if (searchParams.get('count') === 'true') {
    return jsonAnswer(200, { count: view.list(collection).records.length });
  }
  const request = listRequest(route, question, `/${collection}`);
  if (collection !== 'users') return answerList(view.list(collection), request);
  const words = Object.values(roleWords).map(({ word }) => word);
  const users = withRole(view.users, searchParams.get('role'), words);
  return users === undefined ? wrongRole() : answerList(view.list(collection, users), request);
}

function answerRelated(
  collection: CleverCollection,
  id: string,
  relation: string,
  route: CleverRoute,
  question: CleverQuestion,
): ServiceAnswer {
  const { view, url } = question;
  const related = relatedTo(view, collection, id, relation, url.searchParams);
  if (related === undefined) return notFound();
  if (related === 'wrong role') return wrongRole();
  if (!view.mayList(related.collection)) return outOfScope();
  if ('listing' in related) {
    return answerList(related.listing, listRequest(route, question, `/${related.collection}`));
  }
  if (related.collection === 'resources') return noResources();
  return single(view.list(related.collection), related.collection, related.id ?? '', route.version);
}

function answerAttendance(route: CleverRoute, question: CleverQuestion): ServiceAnswer {
  const { view, url } = question;
  const of = route.id === 'schools' ? 'schools' : 'sections';
  if (!view.mayList('sections') || !view.mayList(of)) return outOfScope();
  const listing = attendanceOf(view, of, decoded(route.relation ?? ''), url.searchParams);
  if (listing === undefined) return notFound();
  const request = listRequest(route, question, '/attendance');
  return answerList(listing, { ...request, greatestLimit: greatestAttendanceLimit });
}

function answerEvent(events: CleverEventLog, version: CleverVersion, id: string): ServiceAnswer {
  return answerSingle(events.list({ school: null, recordTypes: [] }), id, version, () => [
    { rel: 'self', uri: `/${version}/events/${id}` },
  ]);
}

function single(listing: Listing, collection: CleverCollection, id: string, version: CleverVersion): ServiceAnswer {
  const uri = `/${version}/${collection}/${id}`;
  return answerSingle(listing, id, version, ({ roles }) => [
    { rel: 'self', uri },
    ...linkedRelations(collection, isRecord(roles) ? Object.keys(roles) : []).map((rel) => ({
      rel,
      uri: `${uri}/${rel}`,
    })),
  ]);
}

function listRequest({ version }: CleverRoute, { url, endEarly }: CleverQuestion, path: string): ListRequest {
  return { url, version, path: `/${version}${path}`, self: url.pathname + url.search, endEarly };
}

/** Another envelope than every other list's, as Clever sends it where there are none. */
function noResources(): ServiceAnswer {
  return jsonAnswer(200, { resources: [] });
}

function wrongRole(): ServiceAnswer {
  return jsonAnswer(400, { message: 'role is not one of the roles' });
}
