import ky from 'ky';
import { ConfigurationError, ConnectionTimeoutError, RosterError } from '../errors.js';
import { exactText, markedText, readBody } from './body.js';
import { type Answer, connectionError, quoted, tooLargeBody, unreadableBody } from './failure.js';
import { retryAfterMs } from './rate-headers.js';

/** One request, as it goes over the wire. */
export interface Exchange {
  /** Who is asked, for errors. */
  readonly source: string;
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** For how long to wait for the whole answer, its body included. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly fetch: typeof globalThis.fetch | undefined;
}

/**
 * Makes one request, once, and reads the answer to its end, whatever its status.
 *
 * @throws ConnectionError and ConnectionTimeoutError; of a good answer, ApiError where its body is too large and
 *   DecodeError where it is no text; ConfigurationError naming a header that cannot be sent; where the
 *   caller aborts, the signal's own reason
 */
export async function exchange(request: Exchange): Promise<Answer> {
  const { source, method, url, body, timeoutMs, signal, fetch } = request;
  const path = url.pathname;
  signal?.throwIfAborted();
  checkHeaders(request.headers);
  const stop = new AbortController();
  const stopForCaller = (): void => {
    stop.abort(signal?.reason);
  };
  signal?.addEventListener('abort', stopForCaller, { once: true });
  // ky's own timeout ends with the headers, and its error carries the request with the credentials.
  const timer = setTimeout(() => {
    stop.abort();
  }, timeoutMs);
  let requestId: string | undefined;
  let hasBegun = false;
  try {
    const response = await ky(url, {
      method,
      headers: { accept: 'application/json', ...request.headers },
      retry: 0,
      timeout: false,
      throwHttpErrors: false,
      redirect: 'manual',
      signal: stop.signal,
      ...(body === undefined ? {} : { body }),
      ...(fetch === undefined ? {} : { fetch }),
    });
    const { status, headers } = response;
    requestId = requestIdOf(headers, request);
    hasBegun = true;
    const { bytes, isWhole } = await readBody(response);
    const answered = { source, method, path, status, headers, requestId, retryAfterMs: retryAfterMs(status, headers) };
    // An error is one whatever its body is: its status says what to do.
    if (!response.ok) return { ...answered, text: markedText(bytes) };
    if (!isWhole) throw tooLargeBody(answered);
    const text = exactText(bytes, headers.get('content-type'));
    if (text === undefined) throw unreadableBody(answered);
    return { ...answered, text };
  } catch (error) {
    signal?.throwIfAborted();
    if (RosterError.isInstance(error)) throw error;
    if (stop.signal.aborted) {
      throw new ConnectionTimeoutError(
        `${source} did not answer ${method} ${path} within ${String(timeoutMs)} ms${quoted(requestId)}. Try again later, with smaller pages or a longer timeoutMs.`,
        { source, path, timeoutMs, requestId },
      );
    }
    throw connectionError(error, { source, path, requestId, hasBegun });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stopForCaller);
  }
}

/** What no header can carry is refused here, because fetch would quote it, and with it the token. */
function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      new Headers([[name, value]]);
    } catch {
      throw new ConfigurationError(
        name,
        'holds characters that no header can carry, such as a line break. Check the credentials.',
      );
    }
  }
}

/** So long are tokens and keys at least; shorter words, such as an instant, may be in an id by chance. */
const SHORTEST_SECRET = 12;
const REQUEST_ID_HEADERS = ['x-request-id', 'clever-request-id', 'x-correlation-id', 'x-amzn-requestid'];

/**
 * The far side's own id of the request. Errors and logs repeat it, so it must look like an id, and hold nothing of what
 * was sent: whoever echoes requests would otherwise write the token there.
 */
function requestIdOf(answered: Headers, { headers, body = '', url }: Exchange): string | undefined {
  const sent = [...Object.values(headers), body, url.search];
  const secrets = Object.values(headers).flatMap((value) =>
    value.split(/[\s",]+/).filter((word) => word.length >= SHORTEST_SECRET),
  );
  for (const name of REQUEST_ID_HEADERS) {
    const id = answered.get(name) ?? '';
    if (!/^[\w.:=+/@-]{1,128}$/.test(id)) continue;
    if (!sent.some((value) => value.includes(id)) && !secrets.some((word) => id.includes(word))) return id;
  }
  return undefined;
}
