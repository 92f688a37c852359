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

export type { OneRosterPreflightOptions, OneRosterSource, OneRosterSourceOptions } from '../oneroster/index.js';
// What a source gives, in words that all providers share
export type * from '../ports/source-types.js';

// All districts that share with a partner
export type { ClassLinkApplication, ClassLinkApplicationIds } from './proxy/application.js';
export { type ClassLinkApplicationChoice, ClassLinkProxy } from './proxy/proxy.js';
export type { ClassLinkProxyOptions } from './proxy/proxy-options.js';
export {
  classlinkApplicationForm,
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

// How the lists of a client are read, what narrows them, and other proofs of who asks
export type { Page, Paged, PageOptions, RejectedItem, RequestRetry, ToArrayOptions } from '../http/index.js';
export { bearer, clientCredentials, where } from '../oneroster/index.js';
export type {
  BearerTokenProvider,
  ClientCredentialsOptions,
  GuardianEntry,
  GuardianHidingPlace,
  GuardiansInMetadata,
  HiddenGuardian,
  OAuth1SignatureMethod,
  OneRosterAuth,
  OneRosterAuthHeaders,
  OneRosterAuthRequest,
  OneRosterClause,
  OneRosterClasses,
  OneRosterClient,
  OneRosterClientOptions,
  OneRosterCourses,
  OneRosterField,
  OneRosterFieldPath,
  OneRosterFilter,
  OneRosterGetOptions,
  OneRosterInnerList,
  OneRosterListEnd,
  OneRosterListOptions,
  OneRosterNestedList,
  OneRosterPage,
  OneRosterPageOptions,
  OneRosterPeople,
  OneRosterPredicate,
  OneRosterRejectedRow,
  OneRosterResource,
  OneRosterResources,
  OneRosterSchools,
  OneRosterSelection,
  OneRosterSelectOptions,
  OneRosterService,
  OneRosterTerms,
  OneRosterTransportOptions,
  OneRosterUsers,
  OneRosterVersion,
} from '../oneroster/index.js';

// Records in OneRoster's own words
export type {
  OneRosterAcademicSession,
  OneRosterAssessmentLineItem,
  OneRosterAssessmentResult,
  OneRosterCategory,
  OneRosterClass,
  OneRosterCollection,
  OneRosterCourse,
  OneRosterCredential,
  OneRosterDemographics,
  OneRosterEnrollment,
  OneRosterLearningObjectives,
  OneRosterLearningResource,
  OneRosterLineItem,
  OneRosterMetadata,
  OneRosterOrg,
  OneRosterOrgType,
  OneRosterRecord,
  OneRosterRecords,
  OneRosterReference,
  OneRosterResult,
  OneRosterRole,
  OneRosterRosterCollection,
  OneRosterScoreScale,
  OneRosterScoreScaleValue,
  OneRosterScoreStatus,
  OneRosterSessionType,
  OneRosterStatus,
  OneRosterUser,
  OneRosterUserId,
  OneRosterUserProfile,
  OneRosterUserRole,
} from '../oneroster/index.js';
