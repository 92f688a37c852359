import { createHash, randomBytes } from 'node:crypto';
import { idTokenKeySet, signedIdToken } from './id-tokens.js';
import { type CleverRecord, cleverUser } from './records.js';
import type { District, DistrictUser } from '../district.js';
import { htmlAnswer, jsonAnswer, type ServiceAnswer, type ServiceRequest } from '../service.js';

/** A code is good for one minute, and once. */
const codeLifeMs = 60_000;
/** Tokens of people last a day; there is nothing to refresh them with. */
const userTokenLifeMs = 86_400_000;
const idTokenLifeSeconds = 3_600;

/** The application, as Clever's dashboard knows it. */
export interface CleverOAuthOptions {
  /** @default 'client-1' */
  readonly clientId?: string;
  /** @default 'secret-1' */
  readonly clientSecret?: string;
  /**
   * Where people may be sent back to after they signed in, letter for letter. The first one is where the portal and
   * Instant Login links send them.
   *
   * @default ['https://app.example/clever/callback']
   */
  readonly redirectUris?: readonly [string, ...string[]];
}

/** How a person signs in. */
export interface SignInAsOptions {
  /** Who lets them in: their district, or, in Clever Library, a teacher. @default 'district' */
  readonly authorizedBy?: 'district' | 'teacher';
}

/** What the rest of the simulated Clever knows, asked anew at every request. */
export interface CleverOAuthState {
  district(): District;
  /** The district token that is accepted now; undefined while the district has withdrawn the application. */
  token(): string | undefined;
  /** What the district token may see. */
  scopes(): readonly string[];
  /** Since when the district has the application, ISO instant. */
  readonly connectedAt: string;
  /** Milliseconds since 1970. */
  now(): number;
}

/** A sign-in, from the moment Clever let the person in. */
interface Login {
  readonly personId: string;
  readonly authorizedBy: 'district' | 'teacher';
}

interface IssuedCode extends Login {
  readonly redirectUri: string;
  readonly nonce: string | undefined;
  readonly expiresAt: number;
}

interface IssuedToken extends Login {
  readonly expiresAt: number;
}

/**
 * Clever's OAuth half without a network: the list of district tokens, signing in by code, id tokens, and what a person's
 * own token shows of them. Clever has it on two hosts; here one answers for both.
 */
export class CleverOAuth {
  private readonly state: CleverOAuthState;
  private readonly clientId: string;
  private readonly basic: string;
  private readonly redirectUris: readonly [string, ...string[]];
  private readonly codes = new Map<string, IssuedCode>();
  private readonly userTokens = new Map<string, IssuedToken>();
  private login: Login | undefined;
  private hasIdTokens = true;

  constructor(state: CleverOAuthState, options: CleverOAuthOptions = {}) {
    const { clientId = 'client-1', clientSecret = 'secret-1' } = options;
    this.state = state;
    this.clientId = clientId;
    this.basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    this.redirectUris = options.redirectUris ?? ['https://app.example/clever/callback'];
  }

  /** Who signs in from now on. Until then, and where the person is not of the district, Clever lets nobody in. */
  signInAs(personId: string, options: SignInAsOptions = {}): void {
    this.login = { personId, authorizedBy: options.authorizedBy ?? 'district' };
  }

  /** Switches id tokens on or off: Clever enables OpenID Connect for each application. They are on at first. */
  setIdTokens(isOn: boolean): void {
    this.hasIdTokens = isOn;
  }

  /** The person whose own token this is, as long as it is good. */
  userOf(bearer: string): DistrictUser | undefined {
    const issued = this.issuedTo(bearer);
    return issued === undefined ? undefined : this.person(issued.personId);
  }

  /** The answer, or undefined where the request is not for this half. */
  answer(request: ServiceRequest): ServiceAnswer | undefined {
    const url = new URL(request.url);
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /oauth/tokens':
        return this.listTokens(request, url);
      case 'POST /oauth/tokens':
        return this.exchange(request, url);
      case 'GET /oauth/tokeninfo':
        return this.tokenInfo(request);
      case 'GET /oauth/authorize':
        return this.authorize(url);
      case 'GET /oauth/instant-login':
        return this.instantLogin(url);
      case 'GET /.well-known/openid-configuration':
        return jsonAnswer(200, discovery(url.origin));
      case 'GET /oauth/certs':
        return jsonAnswer(200, idTokenKeySet());
      case 'GET /userinfo':
        return this.forPerson(request, (user) => jsonAnswer(200, this.userInfo(user)));
      case 'GET /v3.0/me':
      case 'GET /v3.1/me':
        return this.forPerson(request, (user, login) => jsonAnswer(200, this.me(url.pathname, user, login)));
      default:
        return undefined;
    }
  }

  private listTokens(request: ServiceRequest, url: URL): ServiceAnswer {
    if (request.headers['authorization'] !== this.basic) return wrongClient;
    const { searchParams } = url;
    const ownerType = searchParams.get('owner_type') ?? 'district';
    if (ownerType !== 'district') return jsonAnswer(400, { message: 'owner_type is not district' });
    const wanted = searchParams.get('district');
    const { id } = this.state.district();
    const token = this.state.token();
    const isListed = token !== undefined && (wanted === null || wanted === id);
    const data = isListed
      ? [
          {
            id: createHash('sha256').update(token).digest('hex').slice(0, 24),
            created: this.state.connectedAt,
            owner: { type: 'district', id },
            access_token: token,
            scopes: this.state.scopes(),
          },
        ]
      : [];
    return jsonAnswer(200, { data, links: [{ rel: 'self', uri: url.pathname + url.search }] });
  }

  private exchange(request: ServiceRequest, url: URL): ServiceAnswer {
    if (request.headers['authorization'] !== this.basic) return wrongClient;
    const sent = bodyOf(request);
    if (sent === undefined) return oauthError('invalid_request', 'The body cannot be read');
    if (sent['grant_type'] !== 'authorization_code') {
      return oauthError('unsupported_grant_type', 'grant_type is not authorization_code');
    }
    const code = this.codes.get(sent['code'] ?? '');
    // Used up by the first attempt, whether that succeeds or not.
    this.codes.delete(sent['code'] ?? '');
    const isGood = code !== undefined && code.expiresAt > this.state.now() && this.state.token() !== undefined;
    if (!isGood) return oauthError('invalid_grant', 'Invalid grant: invalid code');
    if (sent['redirect_uri'] !== code.redirectUri) {
      return oauthError('invalid_grant', 'Invalid grant: redirect_uri is not that of the code');
    }
    const { personId, authorizedBy } = code;
    const token = `il${randomBytes(20).toString('hex')}`;
    this.userTokens.set(token, { personId, authorizedBy, expiresAt: this.state.now() + userTokenLifeMs });
    const user = this.person(personId);
    const answer = { access_token: token, token_type: 'bearer' };
    // Applications of Clever Library get none.
    if (!this.hasIdTokens || authorizedBy === 'teacher' || user === undefined) return jsonAnswer(200, answer);
    return jsonAnswer(200, { ...answer, id_token: this.idToken(url.origin, user, code.nonce) });
  }

  private tokenInfo(request: ServiceRequest): ServiceAnswer {
    const bearer = bearerOf(request);
    if (bearer !== undefined && bearer === this.state.token()) {
      return jsonAnswer(200, { client_id: this.clientId, scopes: this.state.scopes() });
    }
    if (bearer === undefined || this.userOf(bearer) === undefined) return unauthorized;
    return jsonAnswer(200, { client_id: this.clientId, scopes: ['read:user_id'] });
  }

  private authorize({ searchParams }: URL): ServiceAnswer {
    const redirectUri = searchParams.get('redirect_uri') ?? '';
    if (searchParams.get('client_id') !== this.clientId || !this.redirectUris.includes(redirectUri)) {
      return htmlAnswer(400, 'Unknown client or redirect URI');
    }
    const state = searchParams.get('state');
    const back = new URL(redirectUri);
    if (searchParams.get('response_type') === 'code') {
      this.letIn(back, searchParams, redirectUri);
    } else {
      back.searchParams.set('error', 'unsupported_response_type');
    }
    if (state !== null) back.searchParams.set('state', state);
    return redirect(back);
  }

  /** As from Clever's portal: the application did not begin it, so that no state comes back. */
  private instantLogin({ searchParams }: URL): ServiceAnswer {
    if (searchParams.get('client_id') !== this.clientId) return htmlAnswer(400, 'Unknown client');
    const [redirectUri] = this.redirectUris;
    const back = new URL(redirectUri);
    this.letIn(back, searchParams, redirectUri);
    return redirect(back);
  }

  private letIn(back: URL, asked: URLSearchParams, redirectUri: string): void {
    const district = asked.get('district_id') ?? this.state.district().id;
    const isConnected = this.state.token() !== undefined && district === this.state.district().id;
    if (!isConnected || this.login === undefined || this.person(this.login.personId) === undefined) {
      back.searchParams.set('error', 'unauthorized-user');
      return;
    }
    const code = randomBytes(20).toString('hex');
    const expiresAt = this.state.now() + codeLifeMs;
    this.codes.set(code, { ...this.login, redirectUri, nonce: asked.get('nonce') ?? undefined, expiresAt });
    back.searchParams.set('code', code);
  }

  private idToken(issuer: string, user: DistrictUser, nonce: string | undefined): string {
    const seconds = Math.floor(this.state.now() / 1000);
    return signedIdToken({
      iss: issuer,
      aud: this.clientId,
      iat: seconds,
      exp: seconds + idTokenLifeSeconds,
      ...(nonce === undefined ? {} : { nonce }),
      sub: user.id,
      ...identityOf(user),
      district: this.state.district().id,
      ...(user.email === undefined ? {} : { email: user.email, email_verified: false }),
      given_name: user.givenName,
      family_name: user.familyName,
    });
  }

  private userInfo(user: DistrictUser): CleverRecord {
    const district = this.state.district().id;
    return {
      sub: user.id,
      ...identityOf(user),
      district_id: district,
      district,
      ...(user.email === undefined ? {} : { email: user.email }),
      name: { first: user.givenName, middle: user.middleName ?? '', last: user.familyName },
    };
  }

  private me(path: string, user: DistrictUser, { authorizedBy }: Login): CleverRecord {
    const { id } = this.state.district();
    const version = path.slice(0, path.lastIndexOf('/'));
    return {
      type: 'user',
      data: { id: user.id, district: id, type: identityOf(user).user_type, authorized_by: authorizedBy },
      links: [
        { rel: 'self', uri: '/me' },
        { rel: 'canonical', uri: `${version}/users/${user.id}` },
        { rel: 'district', uri: `${version}/districts/${id}` },
      ],
    };
  }

  private forPerson(
    request: ServiceRequest,
    answer: (user: DistrictUser, login: Login) => ServiceAnswer,
  ): ServiceAnswer {
    const bearer = bearerOf(request);
    if (bearer === undefined) return unauthorized;
    // What a token of the wrong type asks for does not exist for it.
    if (bearer === this.state.token()) return htmlAnswer(404, `Cannot GET ${new URL(request.url).pathname}`);
    const issued = this.issuedTo(bearer);
    const user = issued === undefined ? undefined : this.person(issued.personId);
    return issued === undefined || user === undefined ? unauthorized : answer(user, issued);
  }

  private issuedTo(bearer: string): IssuedToken | undefined {
    const issued = this.userTokens.get(bearer);
    const isGood = issued !== undefined && issued.expiresAt > this.state.now() && this.state.token() !== undefined;
    return isGood ? issued : undefined;
  }

  private person(id: string): DistrictUser | undefined {
    const { students, teachers, staff, guardians } = this.state.district();
    for (const people of [students, teachers, staff, guardians]) {
      const person = people.find((user) => user.id === id);
      if (person !== undefined) return person;
    }
    return undefined;
  }
}

const wrongClient = jsonAnswer(401, { error: 'invalid_client', error_description: 'Unknown client id or secret' });
const unauthorized = jsonAnswer(401, { message: 'Unauthorized' });

function oauthError(error: string, description: string): ServiceAnswer {
  return jsonAnswer(400, { error, error_description: description });
}

function redirect(to: URL): ServiceAnswer {
  return { status: 302, headers: { location: to.href }, body: '' };
}

/** `user_id` is the id from before version 3, which students alone kept; the other one is that of `/users`. */
function identityOf(user: DistrictUser) {
  const roles = cleverUser('', user)['roles'] as Readonly<Record<string, CleverRecord>>;
  const [[type, role] = ['student', {}]] = Object.entries(roles);
  return { user_id: role['legacy_id'] ?? user.id, multi_role_user_id: user.id, user_type: type };
}

function discovery(origin: string): CleverRecord {
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/oauth/authorize`,
    token_endpoint: `${origin}/oauth/tokens`,
    userinfo_endpoint: `${origin}/userinfo`,
    jwks_uri: `${origin}/oauth/certs`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}

function bearerOf(request: ServiceRequest): string | undefined {
  return /^Bearer (\S+)$/.exec(request.headers['authorization'] ?? '')?.[1];
}

/** The fields of a form or of JSON, whichever the content type says. */
function bodyOf({ headers, body = '' }: ServiceRequest): Readonly<Record<string, string>> | undefined {
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) return Object.fromEntries(new URLSearchParams(body));
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const texts = Object.entries(parsed).filter((field): field is [string, string] => typeof field[1] === 'string');
    return Object.fromEntries(texts);
  } catch {
    return undefined;
  }
}
