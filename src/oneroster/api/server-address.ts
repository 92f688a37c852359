import { ConfigurationError } from '../../errors.js';
import { withoutTrailing } from '../../internal/trailing.js';
import { type OneRosterService, type OneRosterVersion, SERVICE_PATHS } from './endpoints.js';

/** The paths that people paste along with a server's address, and the version of each. */
const API_PATH = /\/ims\/oneroster(?:\/(?:(?:rostering|gradebook|resources)\/)?v1p([0-2]))?$/i;

/**
 * The root of the server that people typed: with or without a slash at the end, with or without the path of the
 * interface. A path before it is kept as it is, escapes and all.
 *
 * @throws ConfigurationError naming `baseUrl` where it ends in another path, or in that of another version
 */
export function serverRoot(baseUrl: string, version: OneRosterVersion): string {
  const trimmed = withoutTrailing('/', baseUrl.trim());
  const found = API_PATH.exec(trimmed);
  if (found === null) {
    if (!/\/ims\/oneroster\//i.test(trimmed)) return trimmed;
    throw new ConfigurationError(
      'baseUrl',
      `goes on behind the path of the interface (${SERVICE_PATHS[version].rostering}). Leave the rest out.`,
    );
  }
  const pasted = found[1] === undefined ? version : `1.${found[1]}`;
  if (pasted !== version) {
    throw new ConfigurationError(
      'baseUrl',
      `ends in the path of OneRoster ${pasted}, but the version is ${version}. Leave the path out, or give the version that the server has.`,
    );
  }
  return trimmed.slice(0, found.index);
}

/**
 * Where each service is below the root.
 *
 * @throws ConfigurationError naming `paths` where one of them is no path
 */
export function servicePaths(
  version: OneRosterVersion,
  given: unknown = {},
): Readonly<Record<OneRosterService, string>> {
  const standard = SERVICE_PATHS[version];
  if (typeof given !== 'object' || given === null) throw new ConfigurationError('paths', 'is an object');
  for (const [name, path] of Object.entries(given)) {
    if (!Object.hasOwn(standard, name)) {
      throw new ConfigurationError('paths', `names the services ${Object.keys(standard).join(', ')}, and no other`);
    }
    if (path === undefined) continue;
    if (typeof path !== 'string' || !/^\/[^?#\s]*$/.test(path)) {
      throw new ConfigurationError(`paths.${name}`, 'is a path such as /ims/oneroster/v1p1');
    }
  }
  const paths: Partial<Record<OneRosterService, string>> = given;
  const at = (name: OneRosterService): string => withoutTrailing('/', paths[name] ?? standard[name]);
  return { rostering: at('rostering'), gradebook: at('gradebook'), resources: at('resources') };
}
