import { AuthenticationError } from '../../errors.js';
import type { Answer } from '../../http/index.js';
import type { OneRosterAuth } from './auth.js';

/** RFC 5849 and servers differ in how far clocks may be apart; five minutes is the usual bound. */
const TOLERATED_SKEW_SECONDS = 60;

/**
 * What a 401 means to whoever chose the credentials: what to check, and how far this machine's clock is from the
 * server's, where that may be the reason. Any other answer is none of its business.
 */
export function refusal(answer: Answer, auth: OneRosterAuth): AuthenticationError | undefined {
  if (answer.status !== 401) return undefined;
  const { source, status, method, path, requestId } = answer;
  const request = requestId === undefined ? '' : ` (request ${requestId})`;
  const advice = auth.whenRefused ?? 'Check the credentials, or obtain new ones.';
  return new AuthenticationError(
    `${source} answered ${method} ${path} with 401${request}: the credentials are not accepted. ${advice}${skewOf(answer)}`,
    { source, status, method, path, requestId },
  );
}

/** A signature is good for a few minutes: a wrong clock makes every one of them stale. */
function skewOf({ headers }: Answer): string {
  const theirs = Date.parse(headers.get('date') ?? '');
  const seconds = Math.round((theirs - Date.now()) / 1000);
  if (Number.isNaN(seconds) || Math.abs(seconds) <= TOLERATED_SKEW_SECONDS) return '';
  return ` This machine's clock is ${Math.abs(seconds)} seconds ${seconds > 0 ? 'behind' : 'ahead of'} the server's.`;
}
