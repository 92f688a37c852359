import { foldDelta } from '../engine/index.js';
import { ConfigurationError } from '../errors.js';
import { collect } from '../internal/ordered.js';
import type { Policy, Roster, RosterDelta, RosterRead } from '../model/index.js';
import type { ImageStore, ReadOptions, RosterSource, RosterStore } from '../ports/index.js';
import { withGuardians } from './guardians.js';
import type { SyncContext } from './options.js';

/** A roster, and what there is to keep of how it was read. */
export interface Reading {
  readonly roster: Roster;
  /** Keeps what was read, so that the next read asks only for what changed since. Does nothing where none is kept. */
  readonly keep: (fence: number) => Promise<void>;
}

/** Reads the district, and the guardians from their own source where there is one and this import is about them. */
export async function readRoster(
  context: SyncContext,
  runId: string,
  policy: Policy,
  signal: AbortSignal | undefined,
): Promise<Reading> {
  const options: ReadOptions = {
    ...(signal === undefined ? {} : { signal }),
    onPage: (page) => {
      context.events.emit('page-read', { runId, ...page });
    },
    onRetry: (retry) => {
      context.events.emit('request-retry', { runId, ...retry });
    },
  };
  const reading = context.incremental
    ? await readIncrementally(context, runId, incrementalParts(context), options)
    : await readWhole(context, runId, options);
  signal?.throwIfAborted();
  if (context.guardians === undefined || !policy.steps.includes('guardians')) return reading;
  const guardians = await collectRoster(await context.guardians.read(context.scope, options));
  signal?.throwIfAborted();
  return { ...reading, roster: withGuardians(reading.roster, guardians) };
}

async function readWhole(context: SyncContext, runId: string, options: ReadOptions): Promise<Reading> {
  const roster = await collectRoster(await context.source.read(context.scope, options));
  context.events.emit('roster-read', { runId, readId: roster.readId, kind: 'whole' });
  return { roster, keep: () => Promise.resolve() };
}

/** A source and a store that can do it. */
interface Incremental {
  readonly source: Required<Pick<RosterSource, 'readSince'>>;
  readonly store: ImageStore;
}

/**
 * Asks what changed since the roster that is kept, and folds it in: the engine always sees the whole roster, so that what
 * it tries again in each run needs no news of it. What is not complete has no cursor and is not kept: the next read goes
 * on from the last one that was.
 */
async function readIncrementally(
  context: SyncContext,
  runId: string,
  { source, store }: Incremental,
  options: ReadOptions,
): Promise<Reading> {
  const { scope, events } = context;
  const kept = await store.image(scope);
  const before = kept?.changes.reduce(foldDelta, kept.roster);
  if (before?.cursor === undefined || before.source !== context.source.provider) {
    const { roster } = await readWhole(context, runId, options);
    return {
      roster,
      keep: (fence) => (roster.cursor === undefined ? nothing() : store.saveImage(scope, roster, fence)),
    };
  }
  const delta: RosterDelta = await source.readSince(before.cursor, scope, options);
  const roster = foldDelta(before, delta);
  const { readId } = roster;
  if (delta.kind === 'whole') {
    events.emit('roster-read', { runId, readId, kind: 'whole', reason: delta.reason });
    return {
      roster,
      keep: (fence) => (roster.cursor === undefined ? nothing() : store.saveImage(scope, roster, fence)),
    };
  }
  events.emit('roster-read', { runId, readId, kind: 'changes' });
  return { roster, keep: (fence) => store.extendImage(scope, delta, fence) };
}

function nothing(): Promise<void> {
  return Promise.resolve();
}

/**
 * What an incremental sync asks of its source and store, besides the ordinary.
 *
 * @throws ConfigurationError naming `incremental`
 */
export function incrementalParts({ source, store }: Pick<SyncContext, 'source' | 'store'>): Incremental {
  if (!tellsChanges(source)) {
    throw new ConfigurationError('incremental', `needs a source that can tell changes; ${source.provider} cannot`);
  }
  if (!keepsImages(store)) {
    throw new ConfigurationError('incremental', 'needs a store with image, saveImage and extendImage');
  }
  return { source, store };
}

function tellsChanges(source: RosterSource): source is RosterSource & Required<Pick<RosterSource, 'readSince'>> {
  return typeof source.readSince === 'function';
}

function keepsImages(store: RosterStore): store is RosterStore & ImageStore {
  return [store.image, store.saveImage, store.extendImage].every((method) => typeof method === 'function');
}

async function collectRoster(read: RosterRead): Promise<Roster> {
  return {
    readId: read.readId,
    source: read.source,
    ...(read.guardianSource === undefined ? {} : { guardianSource: read.guardianSource }),
    readAt: read.readAt,
    scope: read.scope,
    attestation: read.attestation,
    ...(read.rejected === undefined ? {} : { rejected: read.rejected }),
    ...(read.cursor === undefined ? {} : { cursor: read.cursor }),
    ...(read.staleSince === undefined ? {} : { staleSince: read.staleSince }),
    schools: await collect(read.schools),
    terms: await collect(read.terms),
    courses: await collect(read.courses),
    classes: await collect(read.classes),
    users: await collect(read.users),
    enrollments: await collect(read.enrollments),
    guardianLinks: await collect(read.guardianLinks),
  };
}
