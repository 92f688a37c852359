import { DecodeError } from '../../errors.js';
import type { JsonResponse } from '../../http/index.js';
import {
  checkedWord,
  type CleverListOptions,
  type CleverRecords,
  type CleverRequestOptions,
  type CollectionContext,
  type QueryOf,
  records,
} from '../api/collection.js';
import { readPage } from '../api/envelope.js';
import type { CleverEvent, CleverEventCollection } from './event-types.js';
import { readEvent } from './read-event.js';

/** Which events to list. */
export interface CleverEventListOptions extends CleverListOptions {
  /** Only events of records of this school; those of the district, of courses and of terms are left out then. @default all */
  readonly school?: string | undefined;
  /** Only events of these collections. @default all */
  readonly recordTypes?: readonly CleverEventCollection[] | undefined;
}

/**
 * What happened in the district, the oldest first. Clever keeps events for 30 days, writes them only if the application
 * switched them on (Settings, Integrations), and none before that. An event may come twice, and taking it twice must do no
 * harm. An event of a type that is not known is in `rejected` of its page.
 *
 * `byPage({ after })` continues behind the event of that id.
 */
export interface CleverEvents extends CleverRecords<CleverEvent, CleverEventListOptions> {
  /** The newest event; undefined where there is none. Save its id, read everything, then continue behind it. */
  latest(options?: CleverRequestOptions): Promise<CleverEvent | undefined>;
}

/** What is known to be served of events at once. */
const LARGEST_PAGE = 1000;

const COLLECTIONS = ['users', 'sections', 'schools', 'courses', 'terms', 'districts', 'resources'] as const;

const queryOf: QueryOf<CleverEventListOptions> = ({ school, recordTypes }) => ({
  school,
  record_type: recordTypes
    ?.map((word) => checkedWord('recordTypes', word, COLLECTIONS))
    .filter((word) => word !== undefined),
});

/** The events of a district. */
export function events({ transport, version, pageSize }: CollectionContext): CleverEvents {
  const path = `/v${version}/events`;
  const definition = { transport, path, name: 'events', read: readEvent, pageSize: Math.min(pageSize, LARGEST_PAGE) };
  return {
    ...records<CleverEvent, CleverEventListOptions>(definition, queryOf),
    latest: async ({ signal, onRetry } = {}) => {
      // The list begins with the oldest: `limit=1` alone would give that one.
      const query = { limit: 1, ending_before: 'last' };
      return newestOf(await transport.getJson(path, { query, signal, onRetry }));
    },
  };
}

/** To take the newest event for the one before it would be harmless; to take it for none would replay all. */
function newestOf(response: JsonResponse): CleverEvent | undefined {
  const { items, rejected } = readPage(response, readEvent);
  if (rejected.length === 0) return items.at(-1);
  throw new DecodeError('clever sent a newest event that is not known. Read the district anew without events.', {
    source: 'clever',
    path: response.path,
    issues: rejected.map(({ problem }) => problem),
    requestId: response.requestId,
  });
}
