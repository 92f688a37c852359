/**
 * ClassLink's doors to OneRoster: the district's roster server, reached with the four details that a district hands out,
 * and the proxy, reached with a partner's key; the source that reads either; and Sign in with ClassLink.
 */

// A district's roster
export {
  type ClassLinkAuthOptions,
  ClassLinkClient,
  type ClassLinkClientOptions,
  type ClassLinkServerOptions,
} from './client.js';
export { classlinkPreflight } from './preflight.js';
export { classlinkSource } from './source.js';

// All districts that share with a partner
export type { ClassLinkApplication, ClassLinkApplicationIds } from './proxy/application.js';
export { type ClassLinkApplicationChoice, ClassLinkProxy } from './proxy/proxy.js';
export type { ClassLinkProxyOptions } from './proxy/proxy-options.js';
export {
  classLinkApplicationForm,
  type ClassLinkApplicationForm,
  type ClassLinkApplicationFormOptions,
  type ClassLinkFormEntry,
} from './application-form.js';

// Sign in with ClassLink
export {
  type ClassLinkBounce,
  type ClassLinkSignedIn,
  ClassLinkSignIn,
  type ClassLinkSignInBeginOptions,
  type ClassLinkSignInSession,
  type ClassLinkSignInStart,
} from './sign-in/sign-in.js';
export type { ClassLinkSignInOptions } from './sign-in/sign-in-options.js';
export { type ClassLinkPerson, type ClassLinkStudent, findPerson } from './sign-in/person.js';
