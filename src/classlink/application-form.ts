import { ConfigurationError } from '../errors.js';
import { checkRedirectUri } from '../http/index.js';
import { checkOptionNames, checkText } from '../internal/options.js';
import { checkScopes } from './scopes.js';

/** What the application does with ClassLink. */
export interface ClassLinkApplicationFormOptions {
  /** What people see in LaunchPad and districts in their Roster Server. */
  readonly name: string;
  /** That of `ClassLinkSignIn`, letter for letter. @default the application signs nobody in */
  readonly redirectUri?: string | undefined;
  /** Where a sign-in begins, for applications that people open by a link. @default `redirectUri`, which bounces them */
  readonly signInUrl?: string | undefined;
  /** That of `ClassLinkSignIn`. @default ['profile', 'oneroster'] */
  readonly scopes?: readonly string[] | undefined;
  /** That of `ClassLinkSignIn`. @default false */
  readonly pkce?: boolean | undefined;
  /** Whether guardians are to come from the roster. @default true */
  readonly guardians?: boolean | undefined;
  /** Whether administrators and staff without a class are to come from the roster. @default true */
  readonly administrators?: boolean | undefined;
  /** Whether demographics are to be shared: rosterkit needs none, but some districts keep guardians there. @default false */
  readonly demographics?: boolean | undefined;
}

/** One value, and where it goes. */
export interface ClassLinkFormEntry {
  /** Whose page: that of the application's maker, or that of each district. */
  readonly place: 'Partner Portal' | 'Roster Server';
  /** What the field is called there. */
  readonly field: string;
  /** What to paste or to choose. */
  readonly value: string;
  /** Why, where it is not plain. */
  readonly reason?: string;
}

/** The values of the application form. */
export interface ClassLinkApplicationForm {
  readonly entries: readonly ClassLinkFormEntry[];
  /** All of it as text, to print or to send to an administrator. */
  readonly text: string;
}

const FLAG_NAMES = ['pkce', 'guardians', 'administrators', 'demographics'] as const;

const OPTION_NAMES = [
  'name',
  'redirectUri',
  'signInUrl',
  'scopes',
  ...FLAG_NAMES,
] as const satisfies readonly (keyof ClassLinkApplicationFormOptions)[];

/**
 * The values that an administrator must paste into ClassLink's forms, so that the application can sign people in and
 * receives all that a roster needs: for the maker's Partner Portal, and for the Roster Server of each district. The
 * fields are called as ClassLink's help pages call them; its pages change now and then.
 *
 * @throws ConfigurationError naming the option that is unknown, missing or impossible
 * @example
 * ```ts
 * import { classlinkApplicationForm } from 'rosterkit/classlink';
 *
 * const form = classlinkApplicationForm({ name: 'Example', redirectUri: 'https://app.example/classlink/callback' });
 * console.log(form.text);
 * ```
 */
export function classlinkApplicationForm(options: ClassLinkApplicationFormOptions): ClassLinkApplicationForm {
  checkOptions(options);
  const entries = [...portalEntries(options), ...districtEntries(options)];
  return { entries, text: textOf(entries) };
}

function checkOptions(options: ClassLinkApplicationFormOptions): void {
  checkOptionNames(options, OPTION_NAMES);
  checkText('name', options.name, 'is what the application is called');
  const { redirectUri, signInUrl } = options;
  checkScopes(options.scopes);
  for (const flag of FLAG_NAMES) {
    if (options[flag] !== undefined && typeof (options[flag] as unknown) !== 'boolean') {
      throw new ConfigurationError(flag, 'is true or false');
    }
  }
  if (redirectUri !== undefined) checkRedirectUri(redirectUri);
  if (signInUrl !== undefined && !(URL.canParse(signInUrl) && new URL(signInUrl).protocol === 'https:')) {
    throw new ConfigurationError('signInUrl', 'is an https URL');
  }
}

function portalEntries(options: ClassLinkApplicationFormOptions): readonly ClassLinkFormEntry[] {
  const { name, redirectUri, signInUrl = redirectUri, scopes = ['profile', 'oneroster'], pkce = false } = options;
  const place = 'Partner Portal';
  const roster: readonly ClassLinkFormEntry[] = [
    { place, field: 'App Name', value: name },
    { place, field: 'Roster Server Connection: OneRoster version', value: '1.1' },
    { place, field: 'Roster Server Connection: delivery', value: 'REST API' },
    {
      place,
      field: 'Roster Server Connection: required fields',
      value: requiredFields(options).join(', '),
      reason: 'without them records cannot be told apart, named or joined',
    },
  ];
  if (redirectUri === undefined || signInUrl === undefined) return roster;
  return [
    ...roster,
    {
      place,
      field: 'Domain',
      value: new URL(redirectUri).hostname,
      reason: 'it has to be verified before people may sign in',
    },
    { place, field: 'SSO Connection Type', value: 'OAuth2 / OIDC' },
    { place, field: 'Redirect URI', value: redirectUri, reason: 'letter for letter' },
    { place, field: 'Login URL', value: signInUrl },
    { place, field: 'Scopes', value: scopes.join(' ') },
    { place, field: 'Enable PKCE', value: pkce ? 'Yes' : 'No' },
  ];
}

/** What each district chooses when it adds the application. */
function districtEntries(options: ClassLinkApplicationFormOptions): readonly ClassLinkFormEntry[] {
  const { guardians = true, administrators = true, demographics = false } = options;
  const place = 'Roster Server';
  const unenrolled = [...(guardians ? ['guardians'] : []), ...(administrators ? ['administrators'] : [])];
  return [
    { place, field: 'Apps > Add Apps', value: options.name },
    {
      place,
      field: 'Permissions',
      value: 'Full, or Custom with every school and course that is to be imported',
      reason: 'what is taken out later looks as if it had left',
    },
    {
      place,
      field: 'Unenrolled Users',
      value: unenrolled.length > 0 ? 'on' : 'off',
      ...(unenrolled.length > 0 ? { reason: `else no ${unenrolled.join(' and ')} are sent` } : {}),
    },
    { place, field: 'Demographics', value: demographics ? 'on' : 'off' },
    { place, field: 'Enabled', value: 'on', reason: 'an application can be added and still be turned off' },
  ];
}

function requiredFields({ guardians = true }: ClassLinkApplicationFormOptions): readonly string[] {
  return [
    'orgs: sourcedId, name, type',
    'academicSessions: sourcedId, title, type, startDate, endDate',
    'courses: sourcedId, title',
    'classes: sourcedId, title, course, school, terms',
    `users: sourcedId, givenName, familyName, email, role, orgs, enabledUser${guardians ? ', agents, sms, phone' : ''}`,
    'enrollments: sourcedId, user, class, school, role',
  ].flatMap((list) => {
    const [collection = '', fields = ''] = list.split(': ');
    return fields.split(', ').map((field) => `${collection}.${field}`);
  });
}

function textOf(entries: readonly ClassLinkFormEntry[]): string {
  const places = [...new Set(entries.map(({ place }) => place))];
  return places
    .map((place) => {
      const lines = entries
        .filter((entry) => entry.place === place)
        .map(({ field, value, reason }) => `  ${field}: ${value}${reason === undefined ? '' : ` (${reason})`}`);
      return [place, ...lines].join('\n');
    })
    .join('\n\n');
}
