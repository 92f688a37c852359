import { z } from 'zod';

/** Where a reading of a district stands: what must be known to continue it by events, or to see that this cannot be. */
export interface CleverCursor {
  /** The district's id. */
  readonly district: string;
  /** The version of the API. */
  readonly version: string;
  /** The last event that is in the roster; undefined where there was none. */
  readonly event?: string | undefined;
  /** The district's `last_sync` as of that event. */
  readonly lastSync: string;
  /** What the token could see, sorted; undefined where Clever did not tell. */
  readonly scopes?: readonly string[] | undefined;
  /** When the events were last asked for, ISO instant. */
  readonly at: string;
  /** When everything was last read, ISO instant. */
  readonly readAt: string;
}

const instant = z.iso.datetime({ offset: true });

const cursorSchema = z.strictObject({
  clever: z.literal(1),
  district: z.string(),
  version: z.string(),
  event: z.string().optional(),
  lastSync: z.string(),
  scopes: z.array(z.string()).optional(),
  at: instant,
  readAt: instant,
});

/** The cursor as the text that a host keeps. */
export function writeCursor(cursor: CleverCursor): string {
  return JSON.stringify({ clever: 1, ...cursor });
}

/** The cursor of a text; undefined where the text is none, or one of another version of the library. */
export function readCursor(text: string): CleverCursor | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = cursorSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { clever: _format, ...cursor } = parsed.data;
  return cursor;
}
