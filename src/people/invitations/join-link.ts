import { ConfigurationError } from '../../errors.js';
import { callHost } from './host-call.js';

/**
 * Where a code can be used: an address with `{code}` in it, or a function that makes one. It is https. After a `#` the code
 * stays out of the logs of servers: `https://school.example/join#{code}`.
 */
export type JoinLink = string | ((code: string) => string);

/** A code that opens nothing, to try a link with. */
const SAMPLE = '2222-2222-2222-2222';
const MEANING =
  'is an https address with {code} in it, such as https://school.example/join#{code}, or a function that makes one of a code';

/**
 * Makes the link of a code.
 *
 * @throws ConfigurationError naming `join` where it is no link
 */
export function settleJoin(join: JoinLink | undefined): ((code: string) => string) | undefined {
  if (join === undefined) return undefined;
  if (typeof join === 'string' && !join.includes('{code}')) throw new ConfigurationError('join', MEANING);
  if (typeof join !== 'string' && typeof join !== 'function') throw new ConfigurationError('join', MEANING);
  const linkOf = (code: string): string => {
    const link: unknown =
      typeof join === 'string'
        ? join.replaceAll('{code}', encodeURIComponent(code))
        : callHost('join', () => join(code));
    return checked(link);
  };
  linkOf(SAMPLE);
  return linkOf;
}

function checked(link: unknown): string {
  const url = typeof link === 'string' && URL.canParse(link) ? new URL(link) : undefined;
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') {
    throw new ConfigurationError('join', MEANING);
  }
  // As the parser writes it: nothing in it can end the line, or an attribute.
  return url.href;
}
