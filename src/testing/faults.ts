import { ConfigurationError } from '../errors.js';
import type { ServiceRequest } from './service.js';

/** What goes wrong with a request, and with which. One of the first eight fields at least says what. */
export interface Fault {
  /**
   * The status to answer with, and the provider's words for it: Clever's 429 has an empty body and says when to come
   * back in `x-ratelimit-reset`; 500 and above are web pages.
   */
  readonly status?: number;
  /** Whether a web page is answered, with `status` or 200. */
  readonly html?: boolean;
  /** What to answer instead of the true body, with `status` or 200. */
  readonly body?: string;
  /** Whether the connection is cut in the middle of the true answer. */
  readonly truncate?: boolean;
  /** Whether the connection is cut before anything is answered. */
  readonly drop?: boolean;
  /** Whether a list ends here: no records and no next page, though the total says that there is more. */
  readonly endEarly?: boolean;
  /**
   * How long to wait, in milliseconds, before each of the 20 pieces in which the body of the answer arrives; its
   * head comes at once. A server that is alive and never done.
   */
  readonly slowMs?: number;
  /**
   * What is done when such a request comes, before it is answered: another district, a token withdrawn, in the middle
   * of a read. The answer is true to what is then, unless another field spoils it.
   */
  readonly onRequest?: () => void;
  /** For how long a 429 says to wait, in seconds. @default 1 */
  readonly resetAfterSeconds?: number;
  /**
   * The end of the paths concerned, without the query string, such as `/users`; or an expression that is tried on the
   * path with its query string. @default every path
   */
  readonly path?: string | RegExp;
  /** How many requests it happens to. @default 1 */
  readonly times?: number;
  /** How many of the requests concerned are answered truly before that. @default 0 */
  readonly afterPages?: number;
}

interface QueuedFault {
  readonly fault: Fault;
  pagesLeft: number;
  timesLeft: number;
}

/** Faults that wait for the requests they concern. */
export class FaultQueue {
  private readonly queue: QueuedFault[] = [];

  add(fault: Fault): void {
    const { status, html, body, truncate, drop, endEarly, slowMs, onRequest, times = 1, afterPages = 0 } = fault;
    const hasFlag = [html, truncate, drop, endEarly].includes(true);
    if (!hasFlag && [status, body, slowMs, onRequest].every((value) => value === undefined)) {
      throw new ConfigurationError(
        'fault',
        'says nothing: give status, html, body, truncate, drop, endEarly, slowMs or onRequest',
      );
    }
    this.queue.push({ fault, pagesLeft: afterPages, timesLeft: times });
  }

  /** The fault of this request, if it has one. It is used up then. */
  take(request: ServiceRequest): Fault | undefined {
    for (const [index, queued] of this.queue.entries()) {
      if (!concerns(queued.fault, request)) continue;
      if (queued.pagesLeft > 0) {
        queued.pagesLeft -= 1;
        continue;
      }
      queued.timesLeft -= 1;
      if (queued.timesLeft <= 0) this.queue.splice(index, 1);
      return queued.fault;
    }
    return undefined;
  }
}

function concerns({ path }: Fault, request: ServiceRequest): boolean {
  if (path === undefined) return true;
  const url = new URL(request.url);
  return typeof path === 'string' ? url.pathname.endsWith(path) : (url.pathname + url.search).search(path) >= 0;
}
