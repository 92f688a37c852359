import type { Clock } from '../../ports/index.js';
import { CleverEventLog } from './events.js';
import { CleverOAuth, type CleverOAuthOptions, type SignInAsOptions } from './oauth.js';
import { type RateState, RateWindows, usualRateLimit } from './rates.js';
import { answerDistrict, answerPerson, routeOf } from './routes.js';
import { allScopes, CleverView, type Sharing, withheldFields } from './view.js';
import type { District } from '../district.js';
import { htmlAnswer, jsonAnswer, type Service, type ServiceAnswer, type ServiceRequest } from '../service.js';

/** How the simulated Clever is set up. */
export interface CleverSimulationOptions extends CleverOAuthOptions {
  /** The bearer token of the district that is accepted. @default 'test-token' */
  readonly token?: string;
  /** What the district token may see at first. @default everything: a token of Secure Sync */
  readonly scopes?: readonly string[];
  /** Whether events are recorded at first. @default true */
  readonly hasEvents?: boolean;
  /**
   * Requests of one token in a window after which the answer is 429 until the window is over. Clever allows 1200 a
   * minute.
   *
   * @default none are refused, and the headers speak of 1200
   */
  readonly rateLimit?: number;
  /** How long that window is, in milliseconds. @default 60000 */
  readonly rateWindowMs?: number;
  /** Whether answers have the `x-ratelimit-` headers. @default true */
  readonly hasRateHeaders?: boolean;
  /**
   * What time it is: windows, codes and tokens are judged by it, and events are of it where the district's data is not
   * younger.
   *
   * @default the system's clock, and events are of the instant of the district's last change
   */
  readonly clock?: Clock;
}

/** The names of {@link CleverSimulationOptions}. */
export const CLEVER_OPTION_NAMES = [
  'clientId',
  'clientSecret',
  'redirectUris',
  'token',
  'scopes',
  'hasEvents',
  'rateLimit',
  'rateWindowMs',
  'hasRateHeaders',
  'clock',
] as const satisfies readonly (keyof CleverSimulationOptions)[];

/** What a district and Clever do while an application reads: every change is seen from the next request on. */
export interface CleverControls {
  /** What is served. */
  readonly district: District;
  /** The district token that is accepted now; after `disconnect`, the one that was. */
  readonly token: string;
  /**
   * Serves another district: also in the middle of a list. What differs becomes events while events are on. During a
   * pause it is kept back until `resume`.
   */
  setDistrict(district: District): void;
  /** Gives the district a new token, and answers with it; the old one is refused from now on. */
  rotateToken(): string;
  /** Withdraws the application: no token is accepted, and none is listed. */
  disconnect(): void;
  /** Adds the application again, and answers with its new token. */
  reconnect(): string;
  /**
   * Changes what the district token may see. What is no longer seen becomes `deleted` events, what is seen again
   * `created` ones. With `_basic` scopes alone the token is for signing in, and everything but `/districts` is a web
   * page with status 404. The district's `last_sync` stays.
   */
  setScopes(scopes: readonly string[]): void;
  /**
   * Leaves fields out of the records of every collection that has them, as when a district does not share them any
   * more: paths such as `email` or `roles.student.dob`, or `users.name` for one collection alone. It replaces what was
   * withheld before; an empty list shares everything again. The district's `last_sync` stays.
   *
   * @throws {ConfigurationError} where a record would be without its id.
   */
  withhold(fields: readonly string[]): void;
  /** Switches events on or off. While they are off nothing is recorded, and what happened then never is. */
  setEvents(isOn: boolean): void;
  /** Drops the events of before this ISO instant, as Clever does after 30 days. */
  expireEvents(before: string): void;
  /** Pauses the district's sync, as Clever does over the summer: `state` is `paused`, the data stays as it is. */
  pause(dates: { readonly start: string; readonly end: string }): void;
  /** Ends the pause: `state` is `running`, and the district that was kept back is served. */
  resume(): void;
  /** Sets the district's `state`, such as `error` or `pending`, and nothing else. */
  setState(state: string): void;
  /** Who signs in from now on: see Clever's `/oauth/authorize`. Until then nobody is let in. */
  signInAs(personId: string, options?: SignInAsOptions): void;
  /** Switches id tokens on or off: Clever enables OpenID Connect for each application. They are on at first. */
  setIdTokens(isOn: boolean): void;
}

/** Clever's Data API and Events API, versions 3.0 and 3.1, and its OAuth half, without a network. */
export class CleverService implements Service, CleverControls {
  private readonly given: () => District;
  private readonly firstToken: string;
  private readonly options: CleverSimulationOptions;
  private readonly events = new CleverEventLog();
  private readonly oauth: CleverOAuth;
  private readonly rates: RateWindows;
  private lastGiven: District;
  private view: CleverView;
  private keptBack: District | undefined;
  private currentToken: string;
  private tokensGiven = 1;
  private isConnected = true;
  private connectedAt: string;
  private hasEvents: boolean;
  private requestsCounted = 0;

  /** A function in place of the district is asked at every request. */
  constructor(district: District | (() => District), options: CleverSimulationOptions = {}) {
    this.given = typeof district === 'function' ? district : () => district;
    this.options = options;
    this.firstToken = options.token ?? 'test-token';
    this.currentToken = this.firstToken;
    this.hasEvents = options.hasEvents ?? true;
    this.rates = new RateWindows(options.rateWindowMs ?? 60_000);
    this.lastGiven = this.given();
    this.view = new CleverView(this.lastGiven, {
      status: { state: 'running' },
      scopes: options.scopes ?? allScopes,
      withheld: [],
    });
    this.connectedAt = this.instant();
    const since = () => this.connectedAt;
    this.oauth = new CleverOAuth(
      {
        district: () => this.view.district,
        token: () => (this.isConnected ? this.currentToken : undefined),
        scopes: () => this.view.sharing.scopes,
        get connectedAt() {
          return since();
        },
        now: () => this.now(),
      },
      options,
    );
  }

  get district(): District {
    return this.view.district;
  }

  get token(): string {
    return this.currentToken;
  }

  setDistrict(district: District): void {
    if (this.view.sharing.status.pause !== undefined) this.keptBack = district;
    else this.show(new CleverView(district, this.view.sharing));
  }

  rotateToken(): string {
    this.tokensGiven += 1;
    this.currentToken = `${this.firstToken}-${String(this.tokensGiven)}`;
    return this.currentToken;
  }

  disconnect(): void {
    this.isConnected = false;
  }

  reconnect(): string {
    this.isConnected = true;
    this.connectedAt = this.instant();
    return this.rotateToken();
  }

  setScopes(scopes: readonly string[]): void {
    this.show(this.viewWith({ scopes }));
  }

  withhold(fields: readonly string[]): void {
    this.show(this.viewWith({ withheld: withheldFields(fields) }));
  }

  setEvents(isOn: boolean): void {
    this.hasEvents = isOn;
  }

  expireEvents(before: string): void {
    this.events.expire(Date.parse(before));
  }

  pause(dates: { readonly start: string; readonly end: string }): void {
    this.view = this.viewWith({ status: { state: 'paused', pause: dates } });
  }

  resume(): void {
    this.view = this.viewWith({ status: { state: 'running' } });
    const kept = this.keptBack;
    this.keptBack = undefined;
    if (kept !== undefined) this.setDistrict(kept);
  }

  setState(state: string): void {
    this.view = this.viewWith({ status: { ...this.view.sharing.status, state } });
  }

  signInAs(personId: string, options?: SignInAsOptions): void {
    this.oauth.signInAs(personId, options);
  }

  setIdTokens(isOn: boolean): void {
    this.oauth.setIdTokens(isOn);
  }

  answer(request: ServiceRequest, endEarly = false): ServiceAnswer {
    this.takeGiven();
    const url = new URL(request.url);
    // The pages of signing in have no rate limit.
    if (/^\/(?:oauth|\.well-known)\//.test(url.pathname)) {
      return this.oauth.answer(request) ?? htmlAnswer(404, `Cannot ${request.method} ${url.pathname}`);
    }
    const rate = this.count(request);
    const answer = rate.isExceeded ? tooManyRequests : this.answerData(request, url, endEarly);
    return this.withHeaders(answer, rate);
  }

  failure(request: ServiceRequest, status: number, resetAfterSeconds: number): ServiceAnswer {
    const rate = this.count(request);
    if (status === 429) {
      const windowEnd = Math.ceil(this.now() / 1000) * 1000 + resetAfterSeconds * 1000;
      return this.withHeaders(tooManyRequests, { remaining: 0, windowEnd });
    }
    if (status >= 500) return this.withHeaders(htmlAnswer(status, `${request.method}: upstream error`), rate);
    return this.withHeaders(jsonAnswer(status, { message: `Simulated error ${String(status)}` }), rate);
  }

  private answerData(request: ServiceRequest, url: URL, endEarly: boolean): ServiceAnswer {
    const signIn = this.oauth.answer(request);
    if (signIn !== undefined) return signIn;
    const route = request.method === 'GET' ? routeOf(url) : undefined;
    if (route === undefined) return htmlAnswer(404, `Cannot ${request.method} ${url.pathname}`);
    const bearer = bearerOf(request);
    const question = { view: this.view, events: this.events, url, endEarly };
    if (this.isConnected && bearer === this.currentToken) return answerDistrict(route, question);
    const user = this.oauth.userOf(bearer);
    return user === undefined ? jsonAnswer(401, { message: 'Unauthorized' }) : answerPerson(route, question, user);
  }

  /** Where a function gives the district, another one is a change like any other. */
  private takeGiven(): void {
    const district = this.given();
    if (district === this.lastGiven) return;
    this.lastGiven = district;
    this.setDistrict(district);
  }

  private viewWith(changed: Partial<Sharing>): CleverView {
    return new CleverView(this.view.district, { ...this.view.sharing, ...changed });
  }

  private show(next: CleverView): void {
    const before = this.view;
    this.view = next;
    if (this.hasEvents) this.events.record(before, next, this.eventTime(next.district));
  }

  /** Events follow the sync that they are of, never precede it. */
  private eventTime({ updatedAt }: District): number {
    const synced = Date.parse(updatedAt);
    return this.options.clock === undefined ? synced : Math.max(synced, this.now());
  }

  private now(): number {
    return this.options.clock?.now().getTime() ?? Date.now();
  }

  private instant(): string {
    return new Date(this.now()).toISOString();
  }

  private count(request: ServiceRequest): RateState {
    this.requestsCounted += 1;
    return this.rates.take(bearerOf(request), this.now(), this.options.rateLimit);
  }

  private withHeaders(
    answer: ServiceAnswer,
    { remaining, windowEnd }: Pick<RateState, 'remaining' | 'windowEnd'>,
  ): ServiceAnswer {
    const { rateLimit = usualRateLimit, hasRateHeaders = true } = this.options;
    return {
      ...answer,
      headers: {
        ...answer.headers,
        'cache-control': 'no-store',
        ...(hasRateHeaders
          ? {
              'x-ratelimit-bucket': 'bearer',
              'x-ratelimit-limit': String(rateLimit),
              'x-ratelimit-remaining': String(remaining),
              'x-ratelimit-reset': String(Math.ceil(windowEnd / 1000)),
            }
          : {}),
        'x-request-id': `00000000-0000-4000-8000-${this.requestsCounted.toString(16).padStart(12, '0')}`,
      },
    };
  }
}

const tooManyRequests: ServiceAnswer = { status: 429, headers: {}, body: '' };

function bearerOf({ headers }: ServiceRequest): string {
  return /^Bearer (.*)$/.exec(headers['authorization'] ?? '')?.[1] ?? '';
}
