/**
 * Every error that rosterkit throws.
 *
 * A message says what was being done, on what, and what to do next. It holds ids and counts only: never a token, a
 * query string, a person's name or an address. Bad *data* is no error: it is a note in the plan.
 *
 * @module
 */

const BRAND = Symbol.for('rosterkit.error');

/** Options that every rosterkit error understands. */
export interface RosterErrorOptions {
  /** The error beneath this one: ky's, the driver's, the mail transport's. */
  readonly cause?: unknown;
}

/**
 * The base of every error that rosterkit throws.
 *
 * Test with {@link RosterError.isInstance} rather than `instanceof`: an ESM and a CommonJS copy of the package may live
 * in one process, and only the brand is shared between them.
 *
 * @example
 * ```ts
 * import { RosterError } from 'rosterkit';
 *
 * function isWorthAnotherTry(error: unknown): boolean {
 *   return RosterError.isInstance(error) && error.isRetryable;
 * }
 * ```
 */
export abstract class RosterError extends Error {
  /** What went wrong, as a word for logs and `switch`. */
  abstract readonly code: string;
  /** Whether the same call may succeed when it is made again later. */
  readonly isRetryable: boolean = false;
  /** @internal The name of the class: bundlers change that of the class itself. */
  static readonly kind: string = 'RosterError';
  override readonly name: string;
  /** @internal The names of its class and of those above. */
  readonly [BRAND]: readonly string[];

  constructor(message: string, options: RosterErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.kind;
    this[BRAND] = kindsOf(new.target);
  }

  /**
   * Whether `value` is an error of the class that it is asked of, whichever copy of the package made it:
   * `RosterError.isInstance(error)` for any of rosterkit's, `NotFoundError.isInstance(error)` for that one.
   */
  static isInstance<T extends RosterError>(
    this: (abstract new (...args: never[]) => T) & { readonly kind: string },
    value: unknown,
  ): value is T {
    if (typeof value !== 'object' || value === null) return false;
    const kinds = (value as { [BRAND]?: unknown })[BRAND];
    return Array.isArray(kinds) && kinds.includes(this.kind);
  }

  /** What a log may keep: no cause, no stack, nothing personal. */
  toJSON(): { readonly name: string; readonly code: string; readonly message: string } {
    return { name: this.name, code: this.code, message: this.message };
  }
}

/** The names of a class and of those above it, up to that of all. */
function kindsOf(target: { readonly kind: string }): readonly string[] {
  const kinds: string[] = [];
  for (let each: unknown = target; typeof each === 'function' && 'kind' in each; each = Object.getPrototypeOf(each)) {
    if (typeof each.kind === 'string' && !kinds.includes(each.kind)) kinds.push(each.kind);
  }
  return kinds;
}

/** The caller's own mistake: an option that is unknown, impossible or missing. Thrown at once, never retried. */
export class ConfigurationError extends RosterError {
  static override readonly kind: string = 'ConfigurationError';
  readonly code = 'configuration';
  /** The option's path, such as `policy.archive`. */
  readonly parameter: string;

  constructor(parameter: string, message: string, options: RosterErrorOptions = {}) {
    super(`${parameter}: ${message}`, options);
    this.parameter = parameter;
  }
}

/** What is known of a request that the far side answered with an error. */
export interface ApiErrorDetails extends RosterErrorOptions {
  /** Who answered, such as `clever` or `classlink`. */
  readonly source: string;
  /** The HTTP status; 413 also where the answer was too large to be read (more than 128 MiB). */
  readonly status: number;
  readonly method: string;
  /** The path without its query string. */
  readonly path: string;
  /** The far side's own id of the request: quote it to their support. */
  readonly requestId?: string | undefined;
}

/** The far side answered, and the answer is an error. */
export class ApiError extends RosterError {
  static override readonly kind: string = 'ApiError';
  readonly code: string = 'api';
  readonly source: string;
  readonly status: number;
  readonly method: string;
  readonly path: string;
  readonly requestId: string | undefined;
  override readonly isRetryable: boolean;

  constructor(message: string, details: ApiErrorDetails) {
    super(message, details);
    this.source = details.source;
    this.status = details.status;
    this.method = details.method;
    this.path = details.path;
    this.requestId = details.requestId;
    this.isRetryable = details.status === 408 || details.status === 429 || details.status >= 500;
  }
}

/** 401: the token, key or secret is not (or no longer) accepted. */
export class AuthenticationError extends ApiError {
  static override readonly kind: string = 'AuthenticationError';
  override readonly code = 'authentication';
}

/** 403: the credentials are good, but what was asked for is not shared with them. */
export class PermissionDeniedError extends ApiError {
  static override readonly kind: string = 'PermissionDeniedError';
  override readonly code = 'permission_denied';
}

/**
 * 404. `isWrongEndpoint` is true where the answer was a web page: then the token is of the wrong type, the product is
 * not enabled, or the base URL is wrong, and the record must not be taken for deleted.
 */
export class NotFoundError extends ApiError {
  static override readonly kind: string = 'NotFoundError';
  override readonly code = 'not_found';
  readonly isWrongEndpoint: boolean;

  constructor(message: string, details: ApiErrorDetails & { readonly isWrongEndpoint?: boolean }) {
    super(message, details);
    this.isWrongEndpoint = details.isWrongEndpoint ?? false;
  }
}

/** 429: too many requests; `retryAfterMs` says for how long to wait, where the far side said so. */
export class RateLimitError extends ApiError {
  static override readonly kind: string = 'RateLimitError';
  override readonly code = 'rate_limited';
  readonly retryAfterMs: number | undefined;

  constructor(message: string, details: ApiErrorDetails & { readonly retryAfterMs?: number | undefined }) {
    super(message, details);
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** 5xx: the far side failed. */
export class ServerError extends ApiError {
  static override readonly kind: string = 'ServerError';
  override readonly code = 'server';
}

/** What is known of a request that got no answer. */
export interface ConnectionErrorDetails extends RosterErrorOptions {
  readonly source: string;
  readonly path: string;
  /** The far side's own id of the request, where the connection broke after an answer had begun. */
  readonly requestId?: string | undefined;
}

/** No answer: the name does not resolve, the connection was refused, or it broke. */
export class ConnectionError extends RosterError {
  static override readonly kind: string = 'ConnectionError';
  readonly code: string = 'connection';
  override readonly isRetryable: boolean = true;
  readonly source: string;
  readonly path: string;
  readonly requestId: string | undefined;

  constructor(message: string, details: ConnectionErrorDetails) {
    super(message, details);
    this.source = details.source;
    this.path = details.path;
    this.requestId = details.requestId;
  }
}

/** No answer in time. */
export class ConnectionTimeoutError extends ConnectionError {
  static override readonly kind: string = 'ConnectionTimeoutError';
  override readonly code = 'connection_timeout';
  readonly timeoutMs: number;

  constructor(message: string, details: ConnectionErrorDetails & { readonly timeoutMs: number }) {
    super(message, details);
    this.timeoutMs = details.timeoutMs;
  }
}

/** The far side answered in a shape that this client does not know, such as a web page instead of JSON. */
export class DecodeError extends RosterError {
  static override readonly kind: string = 'DecodeError';
  readonly code = 'decode';
  readonly source: string;
  /** The path of the request, without its query string; or the file's name. */
  readonly path: string;
  /** What is wrong where: names of fields, never their values. */
  readonly issues: readonly string[];
  /** The far side's own id of the request: quote it to their support. */
  readonly requestId: string | undefined;

  constructor(
    message: string,
    details: RosterErrorOptions & {
      readonly source: string;
      readonly path: string;
      readonly issues?: readonly string[];
      readonly requestId?: string | undefined;
    },
  ) {
    super(message, details);
    this.source = details.source;
    this.path = details.path;
    this.issues = details.issues ?? [];
    this.requestId = details.requestId;
  }
}

/** A list ended early or moved while it was read, and the caller had asked for the whole of it. */
export class IncompleteReadError extends RosterError {
  static override readonly kind: string = 'IncompleteReadError';
  readonly code = 'incomplete_read';
  override readonly isRetryable = true;
  readonly collection: string;
  readonly expected: number | undefined;
  readonly received: number;
  /** The far side's own id of the last request: quote it to their support. */
  readonly requestId: string | undefined;

  constructor(
    message: string,
    details: RosterErrorOptions & {
      readonly collection: string;
      readonly expected?: number | undefined;
      readonly received: number;
      readonly requestId?: string | undefined;
    },
  ) {
    super(message, details);
    this.collection = details.collection;
    this.expected = details.expected;
    this.received = details.received;
    this.requestId = details.requestId;
  }
}

/**
 * The district has withdrawn the application, or never added it: there is no token for it any more. What was imported
 * stays as it is until the district connects again; nothing is removed.
 */
export class DisconnectedError extends RosterError {
  static override readonly kind: string = 'DisconnectedError';
  readonly code = 'disconnected';
  readonly source: string;
  /** The provider's id of the district. */
  readonly districtId: string;

  constructor(message: string, details: RosterErrorOptions & { readonly source: string; readonly districtId: string }) {
    super(message, details);
    this.source = details.source;
    this.districtId = details.districtId;
  }
}

/** Why a sign-in cannot be accepted. */
export type SignInProblem =
  /** The answer belongs to no sign-in that this browser began, or to another one. Begin again. */
  | 'state'
  /** The provider says no: the person or the district does not have the application. */
  | 'denied'
  /** The code was used before, or has expired. Begin again. */
  | 'code'
  /** The id token is not signed by the provider, not for this application, expired, or of another sign-in. */
  | 'token'
  /** The provider vouches for somebody whom it does not name in a way that can be resolved. */
  | 'person';

/** A person's sign-in cannot be accepted. */
export class SignInError extends RosterError {
  static override readonly kind: string = 'SignInError';
  readonly code = 'sign_in';
  readonly source: string;
  readonly problem: SignInProblem;

  constructor(
    message: string,
    details: RosterErrorOptions & { readonly source: string; readonly problem: SignInProblem },
  ) {
    super(message, details);
    this.source = details.source;
    this.problem = details.problem;
  }
}

/** A person may not do what they asked for. The message is meant to be shown to them. */
export class NotAllowedError extends RosterError {
  static override readonly kind: string = 'NotAllowedError';
  readonly code = 'not_allowed';
  /** What they asked for, such as `import` or `sync:approve`. */
  readonly action: string;
  /** Who they are, in the host's own words; undefined where they came from a provider's sign-in. */
  readonly actor: string | undefined;

  constructor(
    message: string,
    details: RosterErrorOptions & { readonly action: string; readonly actor?: string | undefined },
  ) {
    super(message, details);
    this.action = details.action;
    this.actor = details.actor;
  }
}

/** Something about a plan forbids what was asked of it. */
export class PlanError extends RosterError {
  static override readonly kind: string = 'PlanError';
  readonly code: string = 'plan';
}

/** The plan, or the set asked for, is held and may not be applied this way. */
export class PlanHeldError extends PlanError {
  static override readonly kind: string = 'PlanHeldError';
  override readonly code = 'plan_held';
  /** The ids of the holds concerned. */
  readonly holds: readonly string[];

  constructor(message: string, details: RosterErrorOptions & { readonly holds: readonly string[] }) {
    super(message, details);
    this.holds = details.holds;
  }
}

/** The world has moved since the plan was made, or another plan was acknowledged than the one at hand. */
export class StalePlanError extends PlanError {
  static override readonly kind: string = 'StalePlanError';
  override readonly code = 'stale_plan';
  readonly planHash: string;

  constructor(message: string, details: RosterErrorOptions & { readonly planHash: string }) {
    super(message, details);
    this.planHash = details.planHash;
  }
}

/** The store could not do what was asked. */
export class StoreError extends RosterError {
  static override readonly kind: string = 'StoreError';
  readonly code: string = 'store';
  /** True where the store could not be reached or was just starting: whatever was asked for may be asked for again. */
  override readonly isRetryable: boolean;
  /** What the store was doing, such as `apply`. */
  readonly operation: string;

  constructor(
    message: string,
    details: RosterErrorOptions & { readonly operation: string; readonly isRetryable?: boolean },
  ) {
    super(message, details);
    this.operation = details.operation;
    this.isRetryable = details.isRetryable ?? false;
  }
}

/** A record is not as the writer believed it to be, or the writer's lease is not the newest. */
export class StoreConflictError extends StoreError {
  static override readonly kind: string = 'StoreConflictError';
  override readonly code = 'store_conflict';
}

/** Another run holds the scope. */
export class LockHeldError extends StoreError {
  static override readonly kind: string = 'LockHeldError';
  override readonly code = 'lock_held';
  override readonly isRetryable = true;
  /** Who holds the scope: the id of a run or of a process, never a person. */
  readonly holder: string;
  /** Since when, as an ISO instant. */
  readonly since: string;

  constructor(message: string, details: RosterErrorOptions & { readonly holder: string; readonly since: string }) {
    super(message, { ...details, operation: 'lease' });
    this.holder = details.holder;
    this.since = details.since;
  }
}

/** A message could not be handed over. Holds a count, never an address. */
export class MailError extends RosterError {
  static override readonly kind: string = 'MailError';
  readonly code = 'mail';
  override readonly isRetryable: boolean;
  /** How many recipients were refused. */
  readonly refused: number;

  constructor(
    message: string,
    details: RosterErrorOptions & { readonly isRetryable: boolean; readonly refused: number },
  ) {
    super(message, details);
    this.isRetryable = details.isRetryable;
    this.refused = details.refused;
  }
}

/** An adapter does not do what its port asks of it. Thrown by the contracts of `rosterkit/testing` alone. */
export class ContractError extends RosterError {
  static override readonly kind: string = 'ContractError';
  readonly code = 'contract';
  /** What came, and what the contract asks for: test runners show the difference. */
  readonly actual: unknown;
  readonly expected: unknown;

  constructor(message: string, details: RosterErrorOptions & { readonly actual: unknown; readonly expected: unknown }) {
    super(message, details);
    this.actual = details.actual;
    this.expected = details.expected;
  }
}
