/**
 * One polite way to talk to a roster server, shared by every client: requests with limits, retries and timeouts, lists
 * that are read page by page, and lenient decoding. Not part of the public surface but for `Paged` and `Page`.
 */

export { callbackOf, checkRedirectUri, keptSession, randomWord, signedIn } from './callback.js';
export {
  issuesOf,
  lenientTextList,
  list,
  optionalSourcedId,
  optionalText,
  requiredSourcedId,
  sourcedId,
  sourcedIdList,
  text,
  textList,
  triState,
} from './decode.js';
export { type Answer, apiError, type MissingAdvice } from './failure.js';
export {
  anyObject,
  detail,
  details,
  type Field,
  type Fields,
  ids,
  isObject,
  isTold,
  optionalId,
  optionalTexts,
  part,
  parts,
  Problem,
  record,
  reference,
  requiredId,
  texts,
  told,
  words,
  yesOrNo,
} from './fields.js';
export { baseUrlNamed, renamedOption } from './named-option.js';
export { type Page, Paged, type PageOptions, type RejectedItem, type ToArrayOptions } from './paged.js';
export { pause } from './pause.js';
export type { RateLimit } from './rate-window.js';
export { type FetchedToken, rememberedToken, type TokenProvider } from './remembered-token.js';
export type { Query } from './request-url.js';
export { sharedExchange } from './shared-exchange.js';
export {
  type JsonResponse,
  type RequestRetry,
  Transport,
  type TransportOptions,
} from './transport.js';
