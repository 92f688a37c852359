import { DecodeError } from '../errors.js';
import { withoutTrailing } from '../internal/trailing.js';

/** The query of a request; what is undefined is left out, and a list is sent as one parameter for each of its words. */
export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/**
 * Where a request goes. A path is always below the base URL, whatever it begins with; a URL must be of its origin.
 *
 * @throws DecodeError where it is not: links come from the far side's answers
 */
export function resolvedUrl(pathOrUrl: string, base: URL, source: string): URL {
  const isUrl = /^[a-z][a-z0-9+.-]*:/i.test(pathOrUrl);
  const root = withoutTrailing('/', base.href);
  const text = isUrl ? pathOrUrl : `${root}/${pathOrUrl.replace(/^\/+/, '')}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.origin !== base.origin || url.username !== '' || url.password !== '') {
    throw new DecodeError(
      `${source} links to another origin than the base URL, and the credentials are not sent there. Check the base URL.`,
      { source, path: url?.pathname ?? '', issues: ['link: another origin'] },
    );
  }
  return url;
}

/**
 * The URL with the query set in it. Spaces are written `%20`: whoever reads `+` literally, as some servers and verifiers
 * of signatures do, reads another filter than was meant.
 */
export function withQuery(target: URL, query: Query): URL {
  const url = new URL(target);
  let isSet = false;
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    url.searchParams.delete(name);
    for (const word of typeof value === 'object' ? value : [value]) url.searchParams.append(name, String(word));
    isSet = true;
  }
  // Once written anew, every `+` is a space: a true plus is `%2B`.
  if (isSet) url.search = url.search.replaceAll('+', '%20');
  return url;
}
