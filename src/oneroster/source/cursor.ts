import { z } from 'zod';

/** Where a reading of a server stands: what must be known to ask what changed since. */
export interface OneRosterCursor {
  /** The source, such as `classlink`. */
  readonly provider: string;
  /** The tenant whose roster it goes with. */
  readonly tenant: string;
  /** The version of OneRoster. */
  readonly version: string;
  /** When the last reading began, by the slower of two clocks: the server's and ours. ISO instant. */
  readonly at: string;
  /** When everything was last read, ISO instant. */
  readonly readAt: string;
}

const cursorSchema = z.strictObject({
  oneroster: z.literal(1),
  provider: z.string(),
  tenant: z.string(),
  version: z.string(),
  at: z.iso.datetime(),
  readAt: z.iso.datetime(),
});

/** The cursor as the text that a host keeps. */
export function writeCursor(cursor: OneRosterCursor): string {
  return JSON.stringify({ oneroster: 1, ...cursor });
}

/** The cursor of a text; undefined where the text is none, or one of another version of the library. */
export function readCursor(text: string): OneRosterCursor | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = cursorSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { oneroster: _format, ...cursor } = parsed.data;
  return cursor;
}
