import type { District } from '../district.js';
import { ONE_ROSTER_OPTION_NAMES, type OneRosterSimulationOptions, OneRosterService } from '../one-roster/service.js';
import { htmlAnswer, jsonAnswer, type Service, type ServiceAnswer, type ServiceRequest } from '../service.js';
import { type SimulatedApplication, ClassLinkProxyDesk, type SimulatedProxyOptions } from './proxy.js';
import { type SimulatedPersonOptions, ClassLinkSignInDesk, type SimulatedSignInOptions } from './sign-in.js';

/** How the simulated ClassLink is set up. */
export interface ClassLinkSimulationOptions extends OneRosterSimulationOptions {
  /**
   * The district's bearer token. Given here it is accepted by the roster server too, not only by the proxy.
   *
   * @default one of ClassLink's, for the proxy alone
   */
  readonly bearer?: string | undefined;
  /** The proxy. @default one district, with a bearer token of its own */
  readonly proxy?: SimulatedProxyOptions | undefined;
  /** The application that people sign in to. @default 'client-1' with 'secret-1' */
  readonly signIn?: SimulatedSignInOptions | undefined;
}

/** The names of {@link ClassLinkSimulationOptions}. */
export const CLASS_LINK_OPTION_NAMES = [
  ...ONE_ROSTER_OPTION_NAMES,
  'proxy',
  'signIn',
] as const satisfies readonly (keyof ClassLinkSimulationOptions)[];

/** What a district and ClassLink do while an application reads: every change is seen from the next request on. */
export interface ClassLinkControls {
  /** The district's application, as the proxy lists it now. */
  readonly application: SimulatedApplication;
  /** Gives the district a new bearer token, and answers with it; the proxy refuses the old one from now on. */
  rotateBearer(): string;
  /** The district stops sharing: `enabled` is `false`, and its data is refused, by the proxy and by its server. */
  disable(): void;
  /** The district shares again. */
  enable(): void;
  /** From now on no token that the roster server gave out is good: see `clientCredentials`. */
  expireTokens(): void;
  /** Who signs in from now on: see `/oauth2/v2/auth`. Until then nobody is let in. */
  signInAs(personId: string, options?: SimulatedPersonOptions): void;
}

const firstBearer = '00000000-0000-4000-8000-000000000001';

/** ClassLink without a network: a district's roster server, the proxy, and sign-in. */
export class ClassLinkService implements Service, ClassLinkControls {
  private readonly rosterServer: OneRosterService;
  private readonly proxy: ClassLinkProxyDesk;
  private readonly signIn: ClassLinkSignInDesk;
  private bearer: string;
  private bearersGiven = 1;
  private isEnabled = true;

  /** @throws {ConfigurationError} where the key is empty, or an option or a quirk is impossible. */
  constructor(current: () => District, options: ClassLinkSimulationOptions) {
    const { key = 'test-key', secret = 'test-secret', clock } = options;
    this.bearer = options.bearer ?? firstBearer;
    this.rosterServer = new OneRosterService(current, options);
    const state = () => ({ name: current().name, bearer: this.bearer, isEnabled: this.isEnabled, key, secret });
    this.proxy = new ClassLinkProxyDesk(state, options.proxy);
    this.signIn = new ClassLinkSignInDesk(
      {
        district: current,
        tenantId: () => this.application.tenant_id,
        now: () => clock?.now().getTime() ?? Date.now(),
      },
      options.signIn,
    );
  }

  get application(): SimulatedApplication {
    return this.proxy.application;
  }

  rotateBearer(): string {
    this.bearersGiven += 1;
    this.bearer = `00000000-0000-4000-8000-${String(this.bearersGiven).padStart(12, '0')}`;
    return this.bearer;
  }

  disable(): void {
    this.isEnabled = false;
  }

  enable(): void {
    this.isEnabled = true;
  }

  expireTokens(): void {
    this.rosterServer.expireTokens();
  }

  signInAs(personId: string, options?: SimulatedPersonOptions): void {
    this.signIn.signInAs(personId, options);
  }

  answer(request: ServiceRequest, endEarly = false): ServiceAnswer {
    const proxied = this.proxy.answer(request);
    if (proxied !== undefined) {
      if ('answer' in proxied) return proxied.answer;
      const route = this.rosterServer.routeOf(proxied.dataPath);
      if (route === undefined) return htmlAnswer(404, `Cannot ${request.method} ${new URL(request.url).pathname}`);
      // References and links lead to the roster server itself, as ClassLink's do.
      return this.rosterServer.answerData(request, route, endEarly);
    }
    const signedIn = this.signIn.answer(request);
    if (signedIn !== undefined) return signedIn;
    if (!this.isEnabled) return jsonAnswer(401, { message: 'Unauthorized' });
    return this.rosterServer.answer(request, endEarly);
  }

  failure(request: ServiceRequest, status: number, resetAfterSeconds: number): ServiceAnswer {
    return this.rosterServer.failure(request, status, resetAfterSeconds);
  }
}
