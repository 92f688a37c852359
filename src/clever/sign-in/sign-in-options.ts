import { z } from 'zod';
import { checkRedirectUri } from '../../http/index.js';
import { applicationOptions } from '../districts/application.js';
import { checked } from '../checked.js';

/** How an application lets people sign in with Clever. */
export interface CleverSignInOptions {
  /** From Clever's dashboard, with the secret. */
  readonly clientId: string;
  readonly clientSecret: string;
  /**
   * Where Clever sends people back to: letter for letter one of the redirect URIs of Clever's dashboard, and the first
   * of them if logins from Clever's portal are to arrive here. https, except on this machine.
   */
  readonly redirectUri: string;
  /** Also the issuer of id tokens. @default 'https://clever.com' */
  readonly baseUrl?: string | undefined;
  /** @default 'https://api.clever.com', or `baseUrl` where one is given */
  readonly apiBaseUrl?: string | undefined;
  /** The version of the Data API. @default '3.0' */
  readonly version?: '3.0' | '3.1' | undefined;
  /** How the code is sent when it is exchanged; Clever takes both. @default 'form' */
  readonly exchange?: 'form' | 'json' | undefined;
  /** Hosts, with or without a port, for which http and private addresses are allowed. @default none */
  readonly allowInsecureHosts?: readonly string[] | undefined;
  /** For how long to wait for an answer, in milliseconds: somebody is looking at the screen. @default 30000 */
  readonly timeoutMs?: number | undefined;
  /** Makes the requests, such as through a proxy. @default the global fetch */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

const optionsSchema: z.ZodType<CleverSignInOptions> = z.strictObject({
  ...applicationOptions,
  redirectUri: z.string("is needed: the redirect URI of the application, as on Clever's dashboard"),
  apiBaseUrl: z.string('is a URL').optional(),
  version: z.enum(['3.0', '3.1'], "is '3.0' or '3.1'").optional(),
  exchange: z.enum(['form', 'json'], "is 'form' or 'json'").optional(),
});

/** The options, checked. @throws ConfigurationError naming the option that is unknown, missing or impossible */
export function checkedSignInOptions(options: CleverSignInOptions): CleverSignInOptions {
  const known = checked(optionsSchema, options, {
    of: 'CleverSignIn',
    like: '{ clientId, clientSecret, redirectUri }',
  });
  checkRedirectUri(known.redirectUri, known.allowInsecureHosts);
  return known;
}
