import ky from 'ky';
import { ConfigurationError, ConnectionTimeoutError } from '../errors.js';
import { type Answer, connectionError, quoted } from './failure.js';
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
 * @throws ConnectionError and ConnectionTimeoutError; ConfigurationError naming a header that cannot be sent; where the
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
    requestId = requestIdOf(headers);
    hasBegun = true;
    const text = await response.text();
    return { source, method, path, status, headers, text, requestId, retryAfterMs: retryAfterMs(status, headers) };
  } catch (error) {
    signal?.throwIfAborted();
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

function requestIdOf(headers: Headers): string | undefined {
  return (
    headers.get('x-request-id') ??
    headers.get('clever-request-id') ??
    headers.get('x-correlation-id') ??
    headers.get('x-amzn-requestid') ??
    undefined
  );
}
