import type { Holder } from '../ports/index.js';
import type { Connection, ConnectionAttention, ConnectionState, RunReport } from '../ports/index.js';
import type { RunOptions } from '../sync/index.js';
import { noteFailure, noteReport } from './attention.js';
import { nextRunAt } from './next-run.js';
import type { ConnectionsContext } from './options.js';
import { scopeOf, syncOf } from './sources.js';

/** How a connection is doing. */
export interface ConnectionStatus {
  readonly id: string;
  readonly provider: string;
  readonly label?: string;
  readonly state: ConnectionState;
  /** ISO instant; in the past where it is due. @default none: it does not sync by itself */
  readonly nextRunAt?: string;
  /** The newest run of its schools, whatever its type. @default none yet */
  readonly lastRun?: RunReport;
  /** The run at work. @default none */
  readonly running?: Holder;
  /** Why it does not work any more without a person. @default all is well */
  readonly needsAttention?: ConnectionAttention;
}

/** Syncs a connection, and keeps what the run says about it. */
export async function runConnection(
  context: ConnectionsContext,
  connection: Connection,
  options: RunOptions,
): Promise<RunReport> {
  try {
    const sync = await syncOf(context, connection);
    const report = await sync.run(options);
    await noteReport(context, connection.id, report);
    return report;
  } catch (error) {
    await noteFailure(context, connection.id, error);
    throw error;
  }
}

export async function statusOf(context: ConnectionsContext, connection: Connection): Promise<ConnectionStatus> {
  const { id, provider, label, state, needsAttention, schools } = connection;
  const next = nextRunAt(connection, context.clock.now());
  const scope = scopeOf(context, connection);
  const hasScope = schools !== undefined;
  const [lastRun] = hasScope ? await context.store.runs(scope, { limit: 1 }) : [];
  const running = hasScope ? await context.store.holder(scope) : undefined;
  return {
    id,
    provider,
    ...(label === undefined ? {} : { label }),
    state,
    ...(next === undefined ? {} : { nextRunAt: next.toISOString() }),
    ...(lastRun === undefined ? {} : { lastRun }),
    ...(running === undefined ? {} : { running }),
    ...(needsAttention === undefined ? {} : { needsAttention }),
  };
}
