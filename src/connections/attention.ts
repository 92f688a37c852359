import { ConfigurationError, RosterError, StoreError } from '../errors.js';
import type { RosterSource, RunReport } from '../ports/index.js';
import type { ConnectionsContext } from './options.js';
import { insist } from './records.js';

/** A provider that answers like this goes on doing so until a person does something. */
const REFUSED: ReadonlySet<string> = new Set(['disconnected', 'authentication', 'permission_denied', 'not_found']);

/** The word for a run that died with its process, again and again. */
export const INTERRUPTED = 'interrupted';

/** Keeps that a person is needed, and since when; the same need stays as old as it is. */
async function needAttention(context: ConnectionsContext, id: string, code: string): Promise<void> {
  await insist(context, id, (connection) => {
    if (connection.needsAttention?.code === code || connection.state === 'disconnected') return connection;
    return { ...connection, needsAttention: { code, since: context.clock.now().toISOString() } };
  });
}

async function clearAttention(
  context: ConnectionsContext,
  id: string,
  isOver: (code: string) => boolean,
): Promise<void> {
  await insist(context, id, (connection) => {
    const { needsAttention, ...rest } = connection;
    return needsAttention === undefined || !isOver(needsAttention.code) ? connection : rest;
  });
}

/** The source, watched: whether the provider lets the connection in shows at every call, whoever makes it. */
export function watched(context: ConnectionsContext, id: string, source: RosterSource): RosterSource {
  const watch = async <T>(call: () => Promise<T>): Promise<T> => {
    const result = await call().catch(async (error: unknown) => {
      if (RosterError.isInstance(error) && REFUSED.has(error.code)) await noteFirst(context, id, error);
      throw error;
    });
    await clearAttention(context, id, (code) => REFUSED.has(code));
    return result;
  };
  const readSince = source.readSince?.bind(source);
  const preflight = source.preflight?.bind(source);
  return {
    provider: source.provider,
    read: (scope, options) => watch(() => source.read(scope, options)),
    schools: (options) => watch(() => source.schools(options)),
    ...(readSince === undefined
      ? {}
      : { readSince: (cursor, scope, options) => watch(() => readSince(cursor, scope, options)) }),
    // That a district no longer knows the application is an answer here, and no proof of the contrary.
    ...(preflight === undefined ? {} : { preflight }),
  };
}

/** What a run says about the connection: after one that worked, no person is needed. */
export async function noteReport(context: ConnectionsContext, id: string, report: RunReport): Promise<void> {
  if (report.outcome === 'applied' || report.outcome === 'held' || report.outcome === 'partial') {
    await clearAttention(context, id, () => true);
  } else if (report.outcome === 'failed' && report.failures.some(({ code }) => code === 'configuration')) {
    await needAttention(context, id, 'configuration');
  }
}

/** What keeps a run from beginning: a setting that is impossible by now, or credentials that cannot be opened. */
export async function noteFailure(context: ConnectionsContext, id: string, error: unknown): Promise<void> {
  const isOfCredentials = StoreError.isInstance(error) && error.operation === 'open';
  if (ConfigurationError.isInstance(error) || isOfCredentials) await noteFirst(context, id, error);
}

/** The error is what its caller has to hear of. A store that cannot keep it now is told by whatever is written next. */
async function noteFirst(context: ConnectionsContext, id: string, { code }: RosterError): Promise<void> {
  await needAttention(context, id, code).catch(() => undefined);
}
