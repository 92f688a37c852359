import ky from 'ky';
import pLimit, { type LimitFunction } from 'p-limit';
import pRetry from 'p-retry';
import { ConfigurationError, ConnectionTimeoutError, DecodeError, RosterError } from '../errors.js';
import { checkedBaseUrl } from './base-url.js';
import { type Answer, apiError, connectionError, parsedBody } from './failure.js';
import { orAborted, pause, retryAfterMs } from './pause.js';

/** Where requests go, what authorizes them, and how patient they are. One transport serves one credential. */
export interface TransportOptions {
  /** Who is asked, for errors: `clever`, `classlink` or `oneroster`. */
  readonly source: string;
  /** https only, and no private or loopback host, unless `allowInsecureHosts` names the host. */
  readonly baseUrl: string;
  /** Hosts, with or without a port, for which http and private addresses are allowed. @default none */
  readonly allowInsecureHosts?: readonly string[] | undefined;
  /** The headers that authorize this very request; asked for anew at every attempt. */
  readonly authorize: (request: {
    readonly method: string;
    readonly url: URL;
  }) => Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>;
  /** For how long to wait for a whole answer. @default 120000 */
  readonly timeoutMs?: number | undefined;
  /** How often a request is tried again. @default 4 */
  readonly retries?: number | undefined;
  /** The first pause; each further one doubles, with jitter. @default 500 */
  readonly minRetryDelayMs?: number | undefined;
  /** How many requests may be under way at once. @default 4 */
  readonly concurrency?: number | undefined;
  /** @default the global fetch */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** A request will be made again after a pause. */
export interface RequestRetry {
  readonly attempt: number;
  readonly delayMs: number;
  readonly status?: number;
}

/** The query of a request; what is undefined is left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

/** How to make one request. */
export interface GetJsonOptions {
  readonly query?: Query | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onRetry?: ((retry: RequestRetry) => void) | undefined;
  /** The query of the next attempt, where a failure asks for another one, such as for a smaller page. @default the same */
  readonly queryAfter?: ((error: RosterError, query: Query) => Query) | undefined;
}

/** A good answer. */
export interface JsonResponse {
  readonly body: unknown;
  readonly headers: Headers;
  readonly requestId: string | undefined;
  readonly status: number;
  /** Without the query string. */
  readonly path: string;
  /** The query of the attempt that was answered. */
  readonly query: Query;
}

/** Twice the window of the strictest known rate limit (Clever: one minute); who asks for more is told to the caller. */
const LONGEST_PAUSE_MS = 120_000;

/**
 * Makes requests politely: a few at a time, again after failures that may pass, later when asked to, and never to
 * another origin than its own.
 */
export class Transport {
  readonly #options: TransportOptions;
  readonly #base: URL;
  readonly #limit: LimitFunction;
  readonly #timeoutMs: number;
  readonly #retries: number;
  readonly #minRetryDelayMs: number;
  /** Until when the far side asked all requests of this credential to wait. */
  #quietUntil = 0;

  /** @throws ConfigurationError naming the option that is impossible */
  constructor(options: TransportOptions) {
    this.#options = options;
    this.#base = checkedBaseUrl(options.baseUrl, options.allowInsecureHosts);
    this.#timeoutMs = atLeast(1, 'timeoutMs', options.timeoutMs ?? 120_000);
    this.#retries = atLeast(0, 'retries', options.retries ?? 4);
    this.#minRetryDelayMs = atLeast(0, 'minRetryDelayMs', options.minRetryDelayMs ?? 500);
    this.#limit = pLimit(atLeast(1, 'concurrency', options.concurrency ?? 4));
  }

  /**
   * The JSON at a path below the base URL, or at a URL of the same origin.
   *
   * @throws ApiError and its classes, ConnectionError, DecodeError; where the caller aborts, the signal's own reason
   */
  async getJson(pathOrUrl: string, options: GetJsonOptions = {}): Promise<JsonResponse> {
    const { signal } = options;
    signal?.throwIfAborted();
    const target = this.#resolve(pathOrUrl);
    // The queue knows no signal: a request that waits for its turn must end at once all the same.
    return await orAborted(
      this.#limit(() => this.#getWithRetries(target, options)),
      signal,
    );
  }

  async #getWithRetries(target: URL, options: GetJsonOptions): Promise<JsonResponse> {
    let query = options.query ?? {};
    let askedPauseMs: number | undefined;
    return await pRetry(
      async () => {
        askedPauseMs = undefined;
        await pause(this.#quietUntil - Date.now(), options.signal);
        const answer = await this.#attempt(withQuery(target, query), options.signal);
        askedPauseMs = answer.retryAfterMs;
        if (answer.status < 200 || answer.status >= 300) throw apiError(answer);
        const { headers, requestId, status, path } = answer;
        return { body: parsedBody(answer), headers, requestId, status, path, query };
      },
      {
        retries: this.#retries,
        // Pauses are made below, where the far side's wishes are known.
        minTimeout: 0,
        shouldRetry: ({ error }) => isWorthRetrying(error, askedPauseMs),
        onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
          if (retriesLeft === 0 || !RosterError.isInstance(error) || !isWorthRetrying(error, askedPauseMs)) return;
          if (options.signal?.aborted === true) return;
          const delayMs = this.#delay(attemptNumber, askedPauseMs);
          if (askedPauseMs !== undefined) this.#quietUntil = Math.max(this.#quietUntil, Date.now() + delayMs);
          query = options.queryAfter?.(error, query) ?? query;
          const status = 'status' in error && typeof error.status === 'number' ? { status: error.status } : {};
          options.onRetry?.({ attempt: attemptNumber, delayMs, ...status });
          await pause(delayMs, options.signal);
        },
      },
    );
  }

  async #attempt(url: URL, signal: AbortSignal | undefined): Promise<Answer> {
    const { source } = this.#options;
    const path = url.pathname;
    const method = 'GET';
    const authorization = await this.#options.authorize({ method, url });
    signal?.throwIfAborted();
    const stop = new AbortController();
    const stopForCaller = (): void => {
      stop.abort(signal?.reason);
    };
    signal?.addEventListener('abort', stopForCaller, { once: true });
    // ky's own timeout ends with the headers, and its error carries the request with the credentials.
    const timer = setTimeout(() => {
      stop.abort();
    }, this.#timeoutMs);
    try {
      const response = await ky.get(url, {
        headers: { accept: 'application/json', ...authorization },
        retry: 0,
        timeout: false,
        throwHttpErrors: false,
        redirect: 'manual',
        signal: stop.signal,
        ...(this.#options.fetch === undefined ? {} : { fetch: this.#options.fetch }),
      });
      const { status, headers } = response;
      const text = await response.text();
      return {
        source,
        method,
        path,
        status,
        headers,
        text,
        requestId: requestIdOf(headers),
        retryAfterMs: retryAfterMs(status, headers),
      };
    } catch (error) {
      signal?.throwIfAborted();
      if (stop.signal.aborted) {
        throw new ConnectionTimeoutError(
          `${source} did not answer ${method} ${path} within ${String(this.#timeoutMs)} ms. Try again later, with smaller pages or a longer timeoutMs.`,
          { source, path, timeoutMs: this.#timeoutMs },
        );
      }
      throw connectionError(error, { source, path });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stopForCaller);
    }
  }

  /** A path is always below the base URL, whatever it begins with; a URL must be of its origin. */
  #resolve(pathOrUrl: string): URL {
    const isUrl = /^[a-z][a-z0-9+.-]*:/i.test(pathOrUrl);
    const base = this.#base.href.replace(/\/+$/, '');
    const text = isUrl ? pathOrUrl : `${base}/${pathOrUrl.replace(/^\/+/, '')}`;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.origin !== this.#base.origin || url.username !== '' || url.password !== '') {
      throw new DecodeError(
        `${this.#options.source} links to another origin than the base URL, and the credentials are not sent there. Check the base URL.`,
        { source: this.#options.source, path: url?.pathname ?? '', issues: ['link: another origin'] },
      );
    }
    return url;
  }

  /** What was asked for, or a doubling pause; both with jitter, so that requests that failed together do not return together. */
  #delay(attempt: number, askedPauseMs: number | undefined): number {
    if (askedPauseMs !== undefined) return Math.round(askedPauseMs + Math.random() * this.#minRetryDelayMs);
    const backoffMs = this.#minRetryDelayMs * 2 ** (attempt - 1) * (1 + Math.random());
    return Math.round(Math.min(backoffMs, LONGEST_PAUSE_MS));
  }
}

/** A pause longer than a run can bear is not cut short, which would be impolite, but left to the caller. */
function isWorthRetrying(error: unknown, askedPauseMs: number | undefined): boolean {
  return RosterError.isInstance(error) && error.isRetryable && (askedPauseMs ?? 0) <= LONGEST_PAUSE_MS;
}

function withQuery(target: URL, query: Query): URL {
  const url = new URL(target);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
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

function atLeast(least: number, parameter: string, value: number): number {
  if (!Number.isInteger(value) || value < least) {
    throw new ConfigurationError(parameter, `is a whole number from ${String(least)} up`);
  }
  return value;
}
