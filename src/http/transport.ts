import pLimit, { type LimitFunction } from 'p-limit';
import pRetry from 'p-retry';
import { ConfigurationError, ConnectionTimeoutError, RateLimitError, RosterError } from '../errors.js';
import { orAborted } from '../internal/abort.js';
import { checkedBaseUrl } from './base-url.js';
import { exchange } from './exchange.js';
import { type Answer, apiError, parsedBody } from './failure.js';
import { pause } from './pause.js';
import { type RateLimit, RateWindow, sharedRateWindow } from './rate-window.js';
import { type Query, resolvedUrl, withQuery } from './request-url.js';

/** Headers that authorize a request. */
type Authorization = Readonly<Record<string, string>>;

/** What is to be authorized. */
interface AuthorizationRequest {
  readonly method: string;
  readonly url: URL;
  /** The headers of the attempt that was just answered with 401: others are asked for, if there are any. */
  readonly refused?: Authorization;
}

/** Where requests go, what authorizes them, and how patient they are. One transport serves one credential. */
export interface TransportOptions {
  /** Who is asked, for errors: `clever`, `classlink` or `oneroster`. */
  readonly source: string;
  /** https only, and no private or loopback host, unless `allowInsecureHosts` names the host. */
  readonly baseUrl: string;
  /** Hosts, with or without a port, for which http and private addresses are allowed. @default none */
  readonly allowInsecureHosts?: readonly string[] | undefined;
  /**
   * The headers that authorize this very request; asked for anew at every attempt, and after every wait for a turn. Not
   * waited for longer than `timeoutMs`, nor after the caller has aborted.
   */
  readonly authorize: (request: AuthorizationRequest) => Promise<Authorization> | Authorization;
  /**
   * Whether a 401 is worth asking `authorize` once more: then the request is made again, once, if the new headers
   * differ from the refused ones.
   *
   * @default false
   */
  readonly canReauthorize?: boolean | undefined;
  /**
   * So many requests of one credential in one window; shared by all transports of this process that use the same
   * credential at the same origin. Headers of the answers may lower it, never raise it.
   *
   * @default no limit
   */
  readonly rateLimit?: RateLimit | undefined;
  /** What an answer that is no 2xx means at this provider, where that differs from the common rule. */
  readonly errorOf?: ((answer: Answer) => RosterError | undefined) | undefined;
  /** For how long to wait for a whole answer, and for what authorizes a request, in milliseconds. @default 120000 */
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

/** How to make one request. */
interface GetJsonOptions {
  readonly query?: Query | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onRetry?: ((retry: RequestRetry) => void) | undefined;
  /**
   * The query of the next attempt, where a failure asks for another one, such as for a smaller page. Another query is
   * worth another attempt, whatever the failure was. @default the same
   */
  readonly queryAfter?: ((error: RosterError, query: Query) => Query) | undefined;
}

/** What to send: a form or JSON, not both. */
interface PostOptions {
  readonly form?: Readonly<Record<string, string>> | undefined;
  readonly json?: unknown;
  /** Beside those that authorize the request. @default none */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
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

/** What one attempt sends. */
interface Outgoing {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** An answer, and what it was given for. */
interface Answered {
  readonly answer: Answer;
  readonly authorization: Authorization;
  readonly window: RateWindow;
}

/** Twice the window of the strictest known rate limit (Clever: one minute); who asks for more is told to the caller. */
const LONGEST_PAUSE_MS = 120_000;

/**
 * Makes requests politely: a few at a time, no more than are allowed in a window, again after failures that may pass,
 * later when asked to, and never to another origin than its own.
 */
export class Transport {
  readonly #options: TransportOptions;
  readonly #base: URL;
  readonly #limit: LimitFunction;
  readonly #timeoutMs: number;
  readonly #retries: number;
  readonly #minRetryDelayMs: number;
  /** Without a rate limit there is nothing to count: it only knows for how long the far side wants to be left alone. */
  readonly #ownWindow = new RateWindow(0);

  /** @throws ConfigurationError naming the option that is impossible */
  constructor(options: TransportOptions) {
    this.#options = options;
    this.#base = checkedBaseUrl(options.baseUrl, options.allowInsecureHosts);
    this.#timeoutMs = atLeast(1, 'timeoutMs', options.timeoutMs ?? 120_000);
    this.#retries = atLeast(0, 'retries', options.retries ?? 4);
    this.#minRetryDelayMs = atLeast(0, 'minRetryDelayMs', options.minRetryDelayMs ?? 500);
    this.#limit = pLimit(atLeast(1, 'concurrency', options.concurrency ?? 4));
    atLeast(1, 'rateLimit.requests', options.rateLimit?.requests ?? 1);
    atLeast(1, 'rateLimit.windowMs', options.rateLimit?.windowMs ?? 1);
  }

  /**
   * The JSON at a path below the base URL, or at a URL of the same origin.
   *
   * @throws ApiError and its classes, ConnectionError, DecodeError; where the caller aborts, the signal's own reason
   */
  async getJson(pathOrUrl: string, options: GetJsonOptions = {}): Promise<JsonResponse> {
    const target = resolvedUrl(pathOrUrl, this.#base, this.#options.source);
    return await this.#queued(() => this.#getWithRetries(target, options), options.signal);
  }

  /**
   * The JSON that a form or a JSON document is answered with. Made once and never again by itself: what is sent may be
   * good for a single use, as a sign-in code is.
   *
   * @throws ApiError and its classes, ConnectionError, DecodeError; where the caller aborts, the signal's own reason
   */
  async post(pathOrUrl: string, options: PostOptions = {}): Promise<JsonResponse> {
    const { signal, headers } = options;
    const url = resolvedUrl(pathOrUrl, this.#base, this.#options.source);
    const { contentType, body } = bodyOf(options);
    const outgoing: Outgoing = { method: 'POST', url, body, headers: { ...contentType, ...headers }, signal };
    return await this.#queued(async () => {
      const authorization = await this.#authorization({ method: 'POST', url }, signal);
      const { answer } = await this.#send(outgoing, authorization);
      return this.#responseOf(answer, {});
    }, signal);
  }

  async #queued<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted();
    // The queue knows no signal: a request that waits in it must end at once all the same.
    return await orAborted(this.#limit(work), signal);
  }

  /**
   * What authorizes a request. Not asked for where the caller aborted while the request waited in the queue. Whoever
   * gives it may hang, but must not hold up the queue for ever.
   */
  async #authorization(request: AuthorizationRequest, signal: AbortSignal | undefined): Promise<Authorization> {
    signal?.throwIfAborted();
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort(this.#lateAuthorization(request));
    }, this.#timeoutMs);
    try {
      const given = Promise.resolve(this.#options.authorize(request));
      return await orAborted(orAborted(given, late.signal), signal);
    } finally {
      clearTimeout(timer);
    }
  }

  #lateAuthorization({ method, url }: AuthorizationRequest): ConnectionTimeoutError {
    const { source } = this.#options;
    const timeoutMs = this.#timeoutMs;
    const path = url.pathname;
    return new ConnectionTimeoutError(
      `The credentials for ${method} ${path} of ${source} were not given within ${String(timeoutMs)} ms, so that it was not made. Check what obtains them, or set a longer timeoutMs.`,
      { source, path, timeoutMs },
    );
  }

  async #getWithRetries(target: URL, options: GetJsonOptions): Promise<JsonResponse> {
    const { signal } = options;
    let query = options.query ?? {};
    let answered: Answered | undefined;
    let isWorthwhile = false;
    return await pRetry(
      async () => {
        answered = undefined;
        answered = await this.#get(withQuery(target, query), signal);
        return this.#responseOf(answered.answer, query);
      },
      {
        retries: this.#retries,
        // Pauses are made below, where the far side's wishes are known.
        minTimeout: 0,
        shouldRetry: () => isWorthwhile,
        onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
          isWorthwhile = false;
          if (retriesLeft === 0 || !RosterError.isInstance(error) || signal?.aborted === true) return;
          const askedMs =
            answered?.answer.retryAfterMs ?? (error instanceof RateLimitError ? error.retryAfterMs : undefined);
          // A pause longer than a run can bear is not cut short, which would be impolite, but left to the caller.
          if (askedMs !== undefined && askedMs > LONGEST_PAUSE_MS) return;
          const nextQuery = options.queryAfter?.(error, query) ?? query;
          isWorthwhile = error.isRetryable || withQuery(target, nextQuery).search !== withQuery(target, query).search;
          if (!isWorthwhile) return;
          query = nextQuery;
          const delayMs = this.#delay(attemptNumber, askedMs, answered);
          const status = 'status' in error && typeof error.status === 'number' ? { status: error.status } : {};
          options.onRetry?.({ attempt: attemptNumber, delayMs, ...status });
          await pause(delayMs, signal);
        },
      },
    );
  }

  /** One attempt; a 401 may be worth a second authorization. */
  async #get(url: URL, signal: AbortSignal | undefined): Promise<Answered> {
    const request = { method: 'GET', url } as const;
    const answered = await this.#send({ ...request, signal }, await this.#authorization(request, signal));
    if (answered.answer.status !== 401 || this.#options.canReauthorize !== true) return answered;
    const refused = answered.authorization;
    const renewed = await this.#authorization({ ...request, refused }, signal);
    return isSame(renewed, refused) ? answered : await this.#send({ ...request, signal }, renewed);
  }

  async #send(outgoing: Outgoing, proposed: Authorization): Promise<Answered> {
    const { authorization, window } = await this.#turn(outgoing, proposed);
    let answer: Answer | undefined;
    try {
      answer = await exchange({
        ...outgoing,
        source: this.#options.source,
        headers: { ...authorization, ...outgoing.headers },
        timeoutMs: this.#timeoutMs,
        fetch: this.#options.fetch,
      });
      const { status, retryAfterMs } = answer;
      // Only of too many requests it is certain that the others of this credential are unwelcome for all that time too.
      if (retryAfterMs !== undefined && (status === 429 || retryAfterMs <= LONGEST_PAUSE_MS))
        window.close(retryAfterMs);
      return { answer, authorization, window };
    } finally {
      // Last, because those who wait may go at once.
      window.ended(answer?.headers);
    }
  }

  /** Waits until the credential may be used; the wait may be long enough for another credential to be in place. */
  async #turn(outgoing: Outgoing, proposed: Authorization): Promise<Pick<Answered, 'authorization' | 'window'>> {
    const { method, url, signal } = outgoing;
    const requests = this.#options.rateLimit?.requests ?? Number.POSITIVE_INFINITY;
    let authorization = proposed;
    for (;;) {
      const window = this.#windowOf(outgoing, authorization);
      const turn = await window.turn(requests, { longestWaitMs: LONGEST_PAUSE_MS, signal });
      if (!turn.isTaken) throw this.#tooLongAWait(outgoing, turn.waitMs);
      if (!turn.hasWaited) return { authorization, window };
      try {
        authorization = await this.#authorization({ method, url }, signal);
      } catch (error) {
        window.giveBack();
        throw error;
      }
      if (this.#windowOf(outgoing, authorization) === window) return { authorization, window };
      window.giveBack();
    }
  }

  #windowOf({ method, url }: Outgoing, authorization: Authorization): RateWindow {
    const { rateLimit } = this.#options;
    if (rateLimit !== undefined) return sharedRateWindow(url.origin, authorization, rateLimit.windowMs);
    // What is posted stands alone, as a sign-in code does: the refusal of one must not stop all others.
    return method === 'POST' ? new RateWindow(0) : this.#ownWindow;
  }

  #tooLongAWait({ method, url }: Outgoing, waitMs: number): RateLimitError {
    const { source } = this.#options;
    const retryAfterMs = Math.ceil(waitMs);
    return new RateLimitError(
      `${source} allows no further request of these credentials for ${String(retryAfterMs)} ms, so that ${method} ${url.pathname} was not made. Try again then.`,
      { source, status: 429, method, path: url.pathname, retryAfterMs },
    );
  }

  #responseOf(answer: Answer, query: Query): JsonResponse {
    const { headers, requestId, status, path } = answer;
    if (status < 200 || status >= 300) throw this.#options.errorOf?.(answer) ?? apiError(answer);
    return { body: parsedBody(answer), headers, requestId, status, path, query };
  }

  /**
   * What was asked for, or a growing pause; both with jitter, so that requests that failed together do not return
   * together. A 429 that does not say when the window ends is given four times as long each time: with the defaults,
   * four pauses outlast a window of a minute more often than not.
   */
  #delay(attempt: number, askedMs: number | undefined, answered: Answered | undefined): number {
    if (askedMs !== undefined) return Math.round(askedMs + Math.random() * this.#minRetryDelayMs);
    const isTooMany = answered?.answer.status === 429;
    const backoffMs = this.#minRetryDelayMs * (isTooMany ? 4 : 2) ** (attempt - 1) * (1 + Math.random());
    const delayMs = Math.round(Math.min(backoffMs, LONGEST_PAUSE_MS));
    if (isTooMany) answered.window.close(delayMs);
    return delayMs;
  }
}

function bodyOf({ form, json }: PostOptions): { contentType?: Readonly<Record<string, string>>; body?: string } {
  if (form !== undefined) {
    const contentType = { 'content-type': 'application/x-www-form-urlencoded' };
    return { contentType, body: new URLSearchParams(form).toString() };
  }
  if (json === undefined) return {};
  return { contentType: { 'content-type': 'application/json' }, body: JSON.stringify(json) };
}

function isSame(one: Authorization, other: Authorization): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

function atLeast(least: number, parameter: string, value: number): number {
  if (!Number.isInteger(value) || value < least) {
    throw new ConfigurationError(parameter, `is a whole number from ${String(least)} up`);
  }
  return value;
}
