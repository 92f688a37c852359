/**
 * One polite way to talk to a roster server, shared by every client: requests with limits, retries and timeouts, lists
 * that are read page by page, and lenient decoding. Not part of the public surface but for `Paged` and `Page`.
 */

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
export type { Answer } from './failure.js';
export { type Page, Paged, type PageOptions, type RejectedItem, type ToArrayOptions } from './paged.js';
export { pause } from './pause.js';
export type { RateLimit } from './rate-window.js';
export type { Query } from './request-url.js';
export {
  type JsonResponse,
  type RequestRetry,
  Transport,
  type TransportOptions,
} from './transport.js';
