import {
  ApiError,
  AuthenticationError,
  ConnectionError,
  DecodeError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  type RosterError,
  ServerError,
} from '../errors.js';

/** An answer of the far side, read to its end. */
export interface Answer {
  readonly source: string;
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly requestId: string | undefined;
  /** For how long the far side asks to be left alone. */
  readonly retryAfterMs: number | undefined;
}

/** What to check after a 404, each as one sentence. */
export interface MissingAdvice {
  /** Where a web page came: then the path itself is nobody's. */
  readonly endpoint: string;
  readonly record: string;
}

const COMMON_ADVICE: MissingAdvice = {
  endpoint: 'Check the type of the token, whether the product is enabled for it, and the base URL.',
  record: 'Check the id.',
};

/** An answer without its body. */
type AnswerHead = Omit<Answer, 'text'>;

/**
 * The error that an answer amounts to: the one place where statuses become classes. `said` is what the far side gives as
 * the reason, as far as it may be repeated, such as ` (forbidden)`; `missing` is what to check after a 404.
 */
export function apiError(answer: Answer, said = '', missing: MissingAdvice = COMMON_ADVICE): RosterError {
  const { source, status, method, path, requestId } = answer;
  const details = { source, status, method, path, requestId };
  const answered = `${source} answered ${method} ${path} with ${String(status)}${said}${quoted(requestId)}`;
  if (status === 0 || (status >= 300 && status < 400)) {
    return new ApiError(
      `${answered}: a redirect, which is not followed because the credentials would go along. Check the base URL: the server moved, or http was meant to be https.`,
      details,
    );
  }
  if (status === 401) {
    return new AuthenticationError(
      `${answered}: the credentials are not accepted. Check them, or obtain new ones, and try again.`,
      details,
    );
  }
  if (status === 403) {
    return new PermissionDeniedError(
      `${answered}: this is not shared with the credentials. Ask the district's administrator to share it.`,
      details,
    );
  }
  if (status === 404 && isNoJson(answer.text)) {
    return new NotFoundError(
      `${answered} and a web page: there is no such endpoint for these credentials. ${missing.endpoint}`,
      { ...details, isWrongEndpoint: true },
    );
  }
  if (status === 404) {
    return new NotFoundError(
      `${answered}: it does not exist, is not shared, or was deleted. ${missing.record}`,
      details,
    );
  }
  if (status === 429) {
    return new RateLimitError(`${answered}: too many requests. Try again later, with less concurrency.`, {
      ...details,
      retryAfterMs: answer.retryAfterMs,
    });
  }
  if (status >= 500) return new ServerError(`${answered}: it failed. Try again later.`, details);
  return new ApiError(
    `${answered}: the request is refused. Check the options of the request, or ask their support.`,
    details,
  );
}

/**
 * The body of an answer, as JSON.
 *
 * @throws ConnectionError where it begins as JSON and breaks off: compressed or unmeasured bodies can be cut short
 *   without a sign of it on the connection. DecodeError where it is anything else.
 */
export function parsedBody(answer: Answer): unknown {
  try {
    return JSON.parse(answer.text) as unknown;
  } catch {
    throw unparsedBody(answer);
  }
}

function unparsedBody(answer: Answer): RosterError {
  const { source, path, requestId } = answer;
  const text = answer.text.trim();
  const answered = `${source} answered ${answer.method} ${path} with ${String(answer.status)}${quoted(requestId)}`;
  if (text.startsWith('{') || text.startsWith('[')) {
    return new ConnectionError(
      `${answered} and JSON that breaks off or is malformed. Try again; if it stays so, ask their support.`,
      { source, path, requestId },
    );
  }
  const what = text === '' ? 'an empty body' : 'something that is not JSON, such as a web page';
  return new DecodeError(
    `${answered} and ${what}. Check the base URL and whether a proxy or a sign-in page stands in between.`,
    { source, path, requestId, issues: ['body: not JSON'] },
  );
}

/** The error of a good answer whose letters cannot all be read. Names nothing of the text. */
export function unreadableBody(answer: AnswerHead): DecodeError {
  const { source, method, status, path, requestId } = answer;
  return new DecodeError(
    `${source} answered ${method} ${path} with ${String(status)}${quoted(requestId)} and text that is not UTF-8, so that ids in it cannot be told apart. Ask their support to send UTF-8.`,
    { source, path, requestId, issues: ['body: not UTF-8'] },
  );
}

/**
 * The error of a good answer that is larger than it may be: 413 (Content Too Large), because what helps is the same as
 * where the far side says so itself: to ask for less.
 */
export function tooLargeBody({ source, method, path, requestId }: AnswerHead): ApiError {
  return new ApiError(
    `${source} answered ${method} ${path}${quoted(requestId)} with more than can be read at once. Ask for smaller pages; if it stays so, check the base URL.`,
    { source, status: 413, method, path, requestId },
  );
}

/** The far side's own id of a request, for a message. */
export function quoted(requestId: string | undefined): string {
  return requestId === undefined ? '' : ` (request ${requestId})`;
}

/** An empty body says nothing; only text that is no JSON shows that somebody else answered. */
function isNoJson(text: string): boolean {
  if (text.trim() === '') return false;
  try {
    JSON.parse(text);
    return false;
  } catch {
    return true;
  }
}

/**
 * What fetch threw, as our error where the connection was at fault, else as it is: any other TypeError is a bug. The
 * runtime's own error goes no further: Node keeps bytes of the answer in it, and Deno the whole URL.
 */
export function connectionError(
  error: unknown,
  where: {
    readonly source: string;
    readonly path: string;
    readonly requestId: string | undefined;
    /** Whether the headers of an answer had arrived. */
    readonly hasBegun: boolean;
  },
): unknown {
  if (!isNetworkError(error)) return error;
  const { source, path, requestId, hasBegun } = where;
  const code = causeCode(error);
  const because = code === undefined ? '' : ` (${code})`;
  const message = hasBegun
    ? `${source} broke off its answer to ${path}${quoted(requestId)}${because}. Try again later, with smaller pages.`
    : `${source} could not be reached for ${path}${because}. Check the base URL and the network.`;
  return new ConnectionError(message, { source, path, requestId, cause: codeOnly(code) });
}

/** The messages by which the runtimes' fetch marks a broken connection; there is no class for it. */
const NETWORK_MESSAGES = new Set([
  'fetch failed', // Node: connecting
  'terminated', // Node: reading the body
  'network error', // Chrome
  'NetworkError when attempting to fetch resource.', // Firefox
  'Load failed', // Safari
  'Network connection lost', // Cloudflare Workers
]);

function isNetworkError(error: unknown): error is TypeError {
  return (
    error instanceof Error &&
    error.name === 'TypeError' &&
    (NETWORK_MESSAGES.has(error.message) ||
      error.message.startsWith('Failed to fetch') ||
      error.message.startsWith('error sending request for url'))
  );
}

/** Such as `ECONNREFUSED`: the system's own word, which names no one. */
function causeCode(error: Error): string | undefined {
  const cause: unknown = error.cause;
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(cause.code) ? cause.code : undefined;
}

/** All that is safe to keep of an error of the runtime. */
function codeOnly(code: string | undefined): Error | undefined {
  return code === undefined ? undefined : Object.assign(new Error(code), { code });
}
