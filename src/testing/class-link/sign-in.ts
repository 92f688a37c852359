import { createHash, randomBytes } from 'node:crypto';
import type { District, DistrictUser } from '../district.js';
import { bearerOf } from '../one-roster/access.js';
import { htmlAnswer, jsonAnswer, type ServiceAnswer, type ServiceRequest } from '../service.js';

/** A code is good for five minutes, and once; a person's token for a day. */
const codeLifeMs = 300_000;
const tokenLifeMs = 86_400_000;

/** The application that people sign in to, as ClassLink's developer console knows it. */
export interface SimulatedSignInOptions {
  /** @default 'client-1' */
  readonly clientId?: string | undefined;
  /** @default 'secret-1' */
  readonly clientSecret?: string | undefined;
  /** Where people may be sent back to, letter for letter. @default ['https://app.example/classlink/callback'] */
  readonly redirectUris?: readonly [string, ...string[]] | undefined;
}

/** What ClassLink says of a person who signs in. */
export interface SimulatedPersonOptions {
  /** Empty where the district has no OneRoster. @default the person's id */
  readonly sourcedId?: string | undefined;
  /** Such as `Teacher`, which some districts call all of their staff. @default the word for what the person is */
  readonly role?: string | undefined;
  /** @default that of the district */
  readonly tenantId?: number | undefined;
}

/** What the rest of the simulated ClassLink knows, asked anew at every request. */
export interface ClassLinkSignInState {
  district(): District;
  tenantId(): number;
  /** Milliseconds since 1970. */
  now(): number;
}

interface Login {
  readonly personId: string;
  readonly options: SimulatedPersonOptions;
}

/** ClassLink's sign-in without a network: LaunchPad's OAuth 2.0, and what a person's own token shows. */
export class ClassLinkSignInDesk {
  private readonly state: ClassLinkSignInState;
  private readonly clientId: string;
  private readonly clientSecret: string;
  private readonly redirectUris: readonly string[];
  private readonly codes = new Map<string, Login & { readonly expiresAt: number }>();
  private readonly tokens = new Map<string, Login & { readonly expiresAt: number }>();
  private login: Login | undefined;

  constructor(state: ClassLinkSignInState, options: SimulatedSignInOptions = {}) {
    this.state = state;
    this.clientId = options.clientId ?? 'client-1';
    this.clientSecret = options.clientSecret ?? 'secret-1';
    this.redirectUris = options.redirectUris ?? ['https://app.example/classlink/callback'];
  }

  /** Who signs in from now on. Until then, and where the person is not of the district, nobody is let in. */
  signInAs(personId: string, options: SimulatedPersonOptions = {}): void {
    this.login = { personId, options };
  }

  /** The answer, or undefined where the request is not for this half. */
  answer(request: ServiceRequest): ServiceAnswer | undefined {
    const url = new URL(request.url);
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /oauth2/v2/auth':
        return this.authorize(url);
      case 'POST /oauth2/v2/token':
        return this.exchange(request, url);
      case 'GET /v2/my/info':
        return this.forPerson(request, (user, { options }) => jsonAnswer(200, this.info(user, options)));
      case 'GET /v2/my/students':
        return this.forPerson(request, (user) => jsonAnswer(200, { status: 1, response: this.childrenOf(user) }));
      default:
        return undefined;
    }
  }

  private authorize({ searchParams }: URL): ServiceAnswer {
    const redirectUri = searchParams.get('redirect_uri') ?? '';
    if (searchParams.get('client_id') !== this.clientId || !this.redirectUris.includes(redirectUri)) {
      return htmlAnswer(400, 'Unknown client or redirect URI');
    }
    const back = new URL(redirectUri);
    if (searchParams.get('response_type') !== 'code') {
      back.searchParams.set('error', 'unsupported_response_type');
    } else if (this.login === undefined || this.person(this.login.personId) === undefined) {
      back.searchParams.set('error', 'access_denied');
    } else {
      const code = randomBytes(20).toString('hex');
      this.codes.set(code, { ...this.login, expiresAt: this.state.now() + codeLifeMs });
      back.searchParams.set('code', code);
    }
    const state = searchParams.get('state');
    if (state !== null) back.searchParams.set('state', state);
    return { status: 302, headers: { location: back.href }, body: '' };
  }

  /** ClassLink's own library sends client id, secret and code, and nothing else. */
  private exchange(request: ServiceRequest, { searchParams }: URL): ServiceAnswer {
    const sent = new URLSearchParams([...searchParams, ...fieldsOf(request)]);
    if (sent.get('client_id') !== this.clientId || sent.get('client_secret') !== this.clientSecret) {
      return jsonAnswer(401, { error: 'invalid_client' });
    }
    const code = this.codes.get(sent.get('code') ?? '');
    // Used up by the first attempt.
    this.codes.delete(sent.get('code') ?? '');
    if (code === undefined || code.expiresAt <= this.state.now()) return jsonAnswer(400, { error: 'invalid_grant' });
    const token = `c${randomBytes(20).toString('hex')}`;
    const { personId, options } = code;
    this.tokens.set(token, { personId, options, expiresAt: this.state.now() + tokenLifeMs });
    return jsonAnswer(200, { access_token: token, token_type: 'Bearer', expires_in: tokenLifeMs / 1000 });
  }

  private info(user: DistrictUser, options: SimulatedPersonOptions) {
    const district = this.state.district();
    const [word, level] = levels[user.role];
    const { sourcedId = user.id, role = word, tenantId = this.state.tenantId() } = options;
    return {
      UserId: userNumber(user.id),
      TenantId: tenantId,
      StateId: 2,
      StateName: 'New Jersey',
      BuildingId: 1,
      AuthenticationType: 2,
      DisplayName: `${user.givenName} ${user.familyName}`,
      FirstName: user.givenName,
      LastName: user.familyName,
      Email: user.email ?? '',
      LoginId: 'username' in user ? user.username : (user.email ?? ''),
      ImagePath: '',
      LanguageId: 1,
      Language: 'en',
      DefaultTimeFormat: 0,
      Profile: word,
      ProfileId: 3280 + level,
      Tenant: district.name,
      Building: district.schools[0]?.name ?? '',
      Role: role,
      Role_Level: level,
      LastAccessTime: new Date(this.state.now()).toISOString(),
      OrgId: '',
      SourcedId: sourcedId,
    };
  }

  private childrenOf(user: DistrictUser) {
    if (user.role !== 'guardian') return [];
    const ids = new Set(user.students.map(({ studentId }) => studentId));
    return this.state
      .district()
      .students.filter(({ id }) => ids.has(id))
      .map(({ id, givenName, familyName, email = '', username }) => ({
        UserId: userNumber(id),
        TenantId: this.state.tenantId(),
        FirstName: givenName,
        LastName: familyName,
        Email: email,
        LoginId: username,
        SourcedId: id,
      }));
  }

  private forPerson(
    request: ServiceRequest,
    answer: (user: DistrictUser, login: Login) => ServiceAnswer,
  ): ServiceAnswer {
    const login = this.tokens.get(bearerOf(request) ?? '');
    const user = login === undefined ? undefined : this.person(login.personId);
    if (login === undefined || user === undefined || login.expiresAt <= this.state.now()) {
      return jsonAnswer(401, { message: 'Unauthorized' });
    }
    return answer(user, login);
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

/** ClassLink's words for what people are, and the numbers beside them. */
const levels: Readonly<Record<DistrictUser['role'], readonly [word: string, level: number]>> = {
  'district-administrator': ['Tenant Administrator', 1],
  'school-administrator': ['Building Administrator', 2],
  teacher: ['Teacher', 3],
  staff: ['Teacher', 3],
  student: ['Student', 4],
  guardian: ['Parent', 5],
};

/** ClassLink's own number of a person, which is nowhere in OneRoster. */
function userNumber(id: string): number {
  return 1_000_000 + (createHash('sha256').update(id).digest().readUInt32BE(0) % 9_000_000);
}

/** The fields of a form or of JSON, whichever the content type says. */
function fieldsOf({ headers, body = '' }: ServiceRequest): [string, string][] {
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) return [...new URLSearchParams(body)];
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return [];
    return Object.entries(parsed).filter((field): field is [string, string] => typeof field[1] === 'string');
  } catch {
    return [];
  }
}
