import { ConfigurationError } from '../../errors.js';
import type { OneRosterClientOptions, OneRosterTransportOptions } from '../../oneroster/index.js';
import { checkHosts, checkOptionNames, checkText } from '../../internal/options.js';
import { TRANSPORT_OPTION_NAMES } from '../../oneroster/api/options.js';
import { type ClassLinkApplicationIds, isPathSegment } from './application.js';

/** With which key, at which host, and how patiently to ask. */
export interface ClassLinkProxyOptions extends OneRosterTransportOptions {
  /** The API key of ClassLink's Partner Portal. It does not expire, and lists every district that shares. */
  readonly apiKey: string;
  /**
   * Where the proxy is; older documentation names `https://oneroster-proxy.classlink.io`.
   *
   * @default 'https://oneroster-proxy.apis.classlink.com'
   */
  readonly baseUrl?: string | undefined;
  /**
   * Where a district's data is below the host, with the id that leads there: `{oneroster_application_id}`,
   * `{application_id}` or `{id}`, each once at most. `/proxy/v1p0/{oneroster_application_id}` is seen too.
   *
   * @default '/{oneroster_application_id}'
   */
  readonly dataPath?: string | undefined;
  /** Of OneRoster. ClassLink's servers are known to serve 1.1. @default '1.1' */
  readonly version?: OneRosterClientOptions['version'];
  /** Where the services are below a district's data, at other paths than the standard's. @default those of the version */
  readonly paths?: OneRosterClientOptions['paths'];
  /** Hosts besides ClassLink's own to which `server` may lead. @default none */
  readonly allowedHosts?: readonly string[] | undefined;
}

const DEFAULT_DATA_PATH = '/{oneroster_application_id}';

const PLACEHOLDER = /\{(oneroster_application_id|application_id|id)\}/g;

/** @throws ConfigurationError naming the option that is unknown, missing or impossible */
export function checkProxyOptions(options: ClassLinkProxyOptions): void {
  checkOptionNames(options, [
    'apiKey',
    'baseUrl',
    'dataPath',
    'version',
    'paths',
    'allowedHosts',
    ...TRANSPORT_OPTION_NAMES,
  ]);
  const { apiKey, baseUrl, dataPath = DEFAULT_DATA_PATH } = options;
  checkHosts('allowedHosts', options.allowedHosts);
  if (typeof apiKey !== 'string' || !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new ConfigurationError('apiKey', "is the API key of ClassLink's Partner Portal, a text without spaces");
  }
  if (baseUrl !== undefined) checkText('baseUrl', baseUrl, 'is the URL of the proxy');
  const segments = typeof dataPath === 'string' ? dataPath.replace(PLACEHOLDER, 'id').split('/') : [];
  const isPath = segments.length > 1 && segments[0] === '' && segments.slice(1).every(isPathSegment);
  if (!isPath || !PLACEHOLDER.test(dataPath)) {
    throw new ConfigurationError(
      'dataPath',
      'is a path such as /proxy/v1p0/{oneroster_application_id}: it begins with a slash and names one of the ids',
    );
  }
}

/** The path to a district's data. The id is used verbatim: encoded once more it leads nowhere. */
export function dataPathOf(application: ClassLinkApplicationIds, dataPath = DEFAULT_DATA_PATH): string {
  return dataPath.replace(PLACEHOLDER, (_, name: string) => idOf(application, name));
}

/** Whether both lead to the same data, by the id that the path names. */
export function isSameData(
  left: ClassLinkApplicationIds,
  right: ClassLinkApplicationIds,
  dataPath = DEFAULT_DATA_PATH,
): boolean {
  const pathOf = (application: ClassLinkApplicationIds): string =>
    dataPath.replace(PLACEHOLDER, (_, name: string) => namedId(application, name) ?? '');
  return pathOf(left) === pathOf(right);
}

/** An application may be given from anywhere, such as a database: an id that leaves the path must lead nowhere. */
export function idOf(application: ClassLinkApplicationIds, name: string): string {
  const found = namedId(checkedApplication(application), name);
  if (typeof found === 'string' && isPathSegment(found)) return found;
  throw new ConfigurationError(
    'application',
    `holds no ${name} that can stand in a path. Take it from applications().`,
  );
}

/** @throws ConfigurationError naming `application` where it is none at all */
export function checkedApplication(application: ClassLinkApplicationIds): ClassLinkApplicationIds {
  if (typeof application === 'object' && (application as unknown) !== null) return application;
  throw new ConfigurationError('application', 'is an application. Take it from applications().');
}

function namedId(application: ClassLinkApplicationIds, name: string): string | undefined {
  const { oneRosterApplicationId, applicationId, id } = application;
  return name === 'id' ? id : name === 'application_id' ? applicationId : oneRosterApplicationId;
}
