import { ConfigurationError } from '../../errors.js';
import { checkRedirectUri } from '../../http/index.js';
import { checkHosts, checkOptionNames, checkText } from '../../internal/options.js';
import { checkScopes } from '../scopes.js';

/** How an application lets people sign in with ClassLink. */
export interface ClassLinkSignInOptions {
  /** From the sign-in connection of ClassLink's Partner Portal, with the secret: not those of a roster server. */
  readonly clientId: string;
  readonly clientSecret: string;
  /**
   * Where ClassLink sends people back to: letter for letter the redirect URI of the Partner Portal. https, except on this
   * machine.
   */
  readonly redirectUri: string;
  /** What is asked for. @default ['profile', 'oneroster'] */
  readonly scopes?: readonly string[] | undefined;
  /** Whether the connection has PKCE enabled in the Partner Portal. @default false */
  readonly pkce?: boolean | undefined;
  /** Where people sign in. @default 'https://launchpad.classlink.com' */
  readonly baseUrl?: string | undefined;
  /** Where ClassLink says who they are. @default 'https://nodeapi.classlink.com', or `baseUrl` where one is given */
  readonly apiBaseUrl?: string | undefined;
  /** Hosts, with or without a port, for which http and private addresses are allowed. @default none */
  readonly allowInsecureHosts?: readonly string[] | undefined;
  /** For how long to wait for an answer, in milliseconds: somebody is looking at the screen. @default 30000 */
  readonly timeoutMs?: number | undefined;
  /** Makes the requests, such as through a proxy. @default the global fetch */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

const NAMES = [
  'clientId',
  'clientSecret',
  'redirectUri',
  'scopes',
  'pkce',
  'baseUrl',
  'apiBaseUrl',
  'allowInsecureHosts',
  'timeoutMs',
  'fetch',
] as const satisfies readonly (keyof ClassLinkSignInOptions)[];

/** @throws ConfigurationError naming the option that is unknown, missing or impossible */
export function checkSignInOptions(options: ClassLinkSignInOptions): void {
  checkOptionNames(options, NAMES);
  const { clientId, clientSecret, redirectUri, pkce = false } = options;
  checkText('clientId', clientId, "is the client id of the sign-in connection in ClassLink's Partner Portal");
  checkText(
    'clientSecret',
    clientSecret,
    "is the client secret of the sign-in connection in ClassLink's Partner Portal",
  );
  checkHosts('allowInsecureHosts', options.allowInsecureHosts);
  checkText('redirectUri', redirectUri, 'is the redirect URI of the Partner Portal, letter for letter');
  checkRedirectUri(redirectUri, options.allowInsecureHosts);
  checkScopes(options.scopes);
  if (typeof pkce !== 'boolean') throw new ConfigurationError('pkce', 'is true or false');
}
