import { type Candidate, findCandidates } from '../engine/candidates.js';
import type { ImportedPerson } from '../engine/index.js';
import { ConfigurationError } from '../errors.js';
import { collect } from '../internal/ordered.js';
import { checkFunction, checkOptionNames, checkText } from '../internal/options.js';
import { userSubject } from '../model/index.js';
import type { Change, Note, Plan, Policy, Roster } from '../model/index.js';
import type { RunReport } from '../ports/index.js';
import { requireAllowed } from './access.js';
import { audit } from './auditing.js';
import type { RosterSyncEvents } from './events.js';
import { settlePolicy, type SyncContext } from './options.js';
import { applyPart } from './part.js';
import { requireKnown } from './planning.js';
import { readRoster } from './reading.js';
import { recordRun, type RunIdentity, withLease } from './recording.js';
import { checkWait } from './waiting.js';

/** Which candidates to list. */
export interface CandidatesOptions {
  /** So many at most, in the order of their sourcedIds. @default all */
  readonly limit?: number | undefined;
  /** Those behind this sourcedId: the last one of the list before. @default from the first */
  readonly after?: string | undefined;
  /** Who asks, in the host's own words, such as a user id: for `access`. @default none */
  readonly by?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How to import people by hand. */
export interface ImportUsersOptions {
  /** The host's role for each of them. @default what the policy says (`access`) */
  readonly role?: string | undefined;
  /** The host's site for each of them; the roster leaves it alone from then on. @default the school of the roster */
  readonly site?: string | undefined;
  /** Who imports, in the host's own words, such as a user id. */
  readonly by?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** For how long to wait for a run that holds the scope, in milliseconds. @default 0 */
  readonly waitMs?: number | undefined;
  /** Told after each change that was applied. What it throws goes to `onListenerError`. @default nobody */
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
}

/** How far an import has come. */
export interface ImportProgress {
  /** People who have their account by now. */
  readonly imported: number;
  /** People to be imported. */
  readonly people: number;
  /** Changes that are applied, and all of them: accounts, classes and members. */
  readonly applied: number;
  readonly total: number;
}

/**
 * What became of one person.
 *
 * - `imported`: they have an account now.
 * - `already-there`: they had one; their classes were looked at all the same.
 * - `not-valid`: they cannot be imported; `code` says why.
 * - `held`: a hold keeps them; `code` says which.
 * - `failed`: it did not work; `code` says why.
 */
export type ImportOutcome = 'imported' | 'already-there' | 'not-valid' | 'held' | 'failed';

/** What became of one person whom somebody wanted to import. */
export interface ImportedUser {
  readonly sourcedId: string;
  readonly outcome: ImportOutcome;
  /**
   * Why not: the `problem` of a {@link Candidate}; `UNKNOWN_PERSON`, `NOT_A_TEACHER` or `OUT_OF_SCOPE`; the code of a hold, a note or
   * a failure; or `NOT_PLANNED`.
   */
  readonly code?: string;
  /** The host's id of the user, where there is one now. */
  readonly userId?: string;
}

/** Something that a person should look at: ids and words, no names. */
export interface ImportReview {
  readonly code: string;
  /** The row of the rules that tells it; absent where a person was not imported. */
  readonly rule?: string;
  /** Which record, such as `user:42` or `class:7`. */
  readonly subject: string;
}

/** What became of an import by hand. */
export interface ImportReport {
  /** The run that did it: `undo` takes it back. */
  readonly run: RunReport;
  /** Everybody who was asked for, in that order. */
  readonly people: readonly ImportedUser[];
  readonly counts: Readonly<Record<ImportOutcome, number>>;
  /** Who was not imported, and what is odd about the classes of those who were. */
  readonly review: readonly ImportReview[];
}

const CANDIDATES_OPTIONS = ['limit', 'after', 'by', 'signal'] as const;
const IMPORT_OPTIONS = ['role', 'site', 'by', 'signal', 'waitMs', 'onProgress'] as const;

/** The teachers of the roster, as it is now. Reads the source and the store, and writes nothing. */
export async function* streamCandidates(
  context: SyncContext,
  options: CandidatesOptions = {},
): AsyncGenerator<Candidate, void, undefined> {
  checkOptionNames(options, CANDIDATES_OPTIONS);
  const { limit = Number.POSITIVE_INFINITY, after, signal } = options;
  if (options.limit !== undefined && (!Number.isInteger(limit) || limit < 1)) {
    throw new ConfigurationError('limit', 'is a whole number, 1 or more');
  }
  if (after !== undefined) checkText('after', after, 'is the sourcedId of the last candidate that you have');
  await requireAllowed(context, 'sync:plan', options);
  signal?.throwIfAborted();
  const policy = policyOfPart(context);
  const { roster } = await readRoster(context, crypto.randomUUID(), policy, signal);
  let count = 0;
  for (const candidate of await candidatesOf(context, roster, policy, signal)) {
    if (count === limit) return;
    if (after !== undefined && candidate.sourcedId <= after) continue;
    count += 1;
    yield candidate;
  }
}

/** Makes people users of the host, with their classes and the members of these, in one run. */
export async function importUsers(
  context: SyncContext,
  ids: readonly string[] | 'all',
  options: ImportUsersOptions = {},
): Promise<ImportReport> {
  await checkImport(context, ids, options);
  const { by, signal, waitMs, onProgress } = options;
  const policy = policyOfPart(context);
  const run: RunIdentity = { id: crypto.randomUUID(), type: 'import', by, steps: policy.steps };
  return withLease(
    context,
    run.id,
    async (lease) => {
      const found: Findings = { candidates: new Map(), wanted: new Set(), created: new Set() };
      const watch = watching(context, run.id, found, onProgress);
      try {
        const report = await recordRun(context, run, signal, async (progress) => {
          signal?.throwIfAborted();
          const details = ids === 'all' ? { all: true } : { people: new Set(ids).size };
          await audit(context, { action: 'people-import', by, runId: run.id, details });
          const reading = await readRoster(context, run.id, policy, signal);
          found.roster = reading.roster;
          for (const each of await candidatesOf(context, reading.roster, policy, signal)) {
            found.candidates.set(each.sourcedId, each);
          }
          const wanted = wantedOf(ids, found.candidates);
          for (const { sourcedId, isImported } of wanted) if (!isImported) found.wanted.add(userSubject(sourcedId));
          const importing = wanted.map(({ sourcedId }): ImportedPerson => ({ sourcedId, ...accessOf(options) }));
          const part = { people: new Set(wanted.map(({ sourcedId }) => sourcedId)), importing, isAdding: true };
          const application = { context, lease, run, progress, signal };
          found.plan = await applyPart(application, { reading, policy, part });
        });
        return await reportOf(context, ids, found, report);
      } finally {
        watch();
      }
    },
    { waitMs, signal },
  );
}

/** What an import found out on its way: as much as there is, wherever it ended. */
interface Findings {
  readonly candidates: Map<string, Candidate>;
  /** The subjects of people to be imported. */
  readonly wanted: Set<string>;
  /** The subjects of people who got their account by this run. */
  readonly created: Set<string>;
  roster?: Roster;
  plan?: Plan;
}

/** The settings of a run about some people: guardians have their own import. */
export function policyOfPart(context: SyncContext): Policy {
  const steps = context.policy.steps.filter((step) => step !== 'guardians');
  if (!steps.includes('teachers')) {
    throw new ConfigurationError('steps', 'has to have "teachers" in it, where people are imported one by one');
  }
  return settlePolicy(context.policy, { steps });
}

async function candidatesOf(
  context: SyncContext,
  roster: Roster,
  policy: Policy,
  signal: AbortSignal | undefined,
): Promise<Iterable<Candidate>> {
  const { scope, users, classes } = await context.store.load(context.scope, signal === undefined ? {} : { signal });
  const local = { scope, users: await collect(users), classes: await collect(classes) };
  return findCandidates({ roster, local, policy, now: context.clock.now() });
}

async function checkImport(context: SyncContext, ids: unknown, options: ImportUsersOptions): Promise<void> {
  const isList = Array.isArray(ids) && ids.every((id) => typeof id === 'string' && id !== '');
  if (ids !== 'all' && !isList) throw new ConfigurationError('ids', 'is a list of sourcedIds, or "all"');
  checkOptionNames(options, IMPORT_OPTIONS);
  const { role, site, by, onProgress, waitMs } = options;
  if (role !== undefined) checkText('role', role, 'is a role of the host');
  if (site !== undefined) checkText('site', site, 'is a site of the host');
  if (by !== undefined) checkText('by', by, 'says who imports, such as a user id');
  checkFunction('onProgress', onProgress);
  checkWait(waitMs);
  requireKnown('role', role, await context.store.roles(context.scope), 'role');
  requireKnown('site', site, await context.store.sites(context.scope), 'site');
}

/** Whom to import: the valid ones; of those who are here already only who is named. */
function wantedOf(ids: readonly string[] | 'all', candidates: ReadonlyMap<string, Candidate>): readonly Candidate[] {
  const asked =
    ids === 'all' ? [...candidates.values()].filter(({ isImported }) => !isImported) : namedOf(ids, candidates);
  return asked.filter(({ isImported, problem }) => isImported || problem === undefined);
}

function namedOf(ids: readonly string[], candidates: ReadonlyMap<string, Candidate>): readonly Candidate[] {
  return [...new Set(ids)].flatMap((id) => candidates.get(id) ?? []);
}

function accessOf({ role, site }: ImportUsersOptions): Pick<ImportedPerson, 'role' | 'site'> {
  return { ...(role === undefined ? {} : { role }), ...(site === undefined ? {} : { site }) };
}

/** Notes who gets an account, as the events of the run tell it. Returns how to stop. */
function watching(
  context: SyncContext,
  runId: string,
  found: Findings,
  onProgress: ImportUsersOptions['onProgress'],
): () => void {
  const listener: RosterSyncEvents['operation-applied'] = (event) => {
    if (event.runId !== runId) return;
    const { operation, subject, index: applied, total } = event;
    if (operation === 'user-create' && found.wanted.has(subject)) found.created.add(subject);
    onProgress?.({ imported: found.created.size, people: found.wanted.size, applied, total });
  };
  return context.events.on('operation-applied', listener);
}

async function reportOf(
  context: SyncContext,
  ids: readonly string[] | 'all',
  found: Findings,
  run: RunReport,
): Promise<ImportReport> {
  const asked = ids === 'all' ? [...found.candidates.keys()] : [...new Set(ids)];
  const hostIds = new Map<string | undefined, string>();
  const { users } = await context.store.load(context.scope);
  for await (const { sourcedId, id } of users) hostIds.set(sourcedId, id);
  const people = asked.map((sourcedId): ImportedUser => {
    const { outcome, code } = outcomeOf(sourcedId, found, run);
    const userId = hostIds.get(sourcedId);
    return { sourcedId, outcome, ...(code === undefined ? {} : { code }), ...(userId === undefined ? {} : { userId }) };
  });
  const counts = { imported: 0, 'already-there': 0, 'not-valid': 0, held: 0, failed: 0 };
  for (const { outcome } of people) counts[outcome] += 1;
  return { run, people, counts, review: reviewOf(people, found.plan?.notes ?? []) };
}

function reviewOf(people: readonly ImportedUser[], notes: readonly Note[]): readonly ImportReview[] {
  const left = people.flatMap(({ sourcedId, code }): readonly ImportReview[] =>
    code === undefined ? [] : [{ code, subject: userSubject(sourcedId) }],
  );
  const odd = notes.flatMap(({ severity, rule, code, subject }): readonly ImportReview[] =>
    severity !== 'warning' || subject === undefined ? [] : [{ code, rule, subject }],
  );
  return [...left, ...odd];
}

interface Outcome {
  readonly outcome: ImportOutcome;
  readonly code?: string;
}

function outcomeOf(sourcedId: string, { candidates, created, roster, plan }: Findings, run: RunReport): Outcome {
  const subject = userSubject(sourcedId);
  if (created.has(subject)) return { outcome: 'imported' };
  const candidate = candidates.get(sourcedId);
  const ending = run.failures.find(({ key }) => key === undefined)?.code;
  if (roster === undefined) return { outcome: 'failed', code: ending ?? 'NOT_PLANNED' };
  if (candidate === undefined) return { outcome: 'not-valid', code: whyNoCandidate(sourcedId, roster) };
  if (candidate.isImported) return { outcome: 'already-there' };
  if (candidate.problem !== undefined) return { outcome: 'not-valid', code: candidate.problem };
  if (plan === undefined) return { outcome: 'failed', code: ending ?? 'NOT_PLANNED' };
  const change = plan.changes.find((each) => each.kind === 'user-create' && each.subject === subject);
  if (change === undefined) return unplanned(sourcedId, plan);
  if (change.heldBy.length > 0) return { outcome: 'held', code: holdCode(plan, change) };
  return {
    outcome: 'failed',
    code: run.failures.find(({ key }) => key === change.key)?.code ?? ending ?? 'NOT_PLANNED',
  };
}

function whyNoCandidate(sourcedId: string, roster: Roster): 'UNKNOWN_PERSON' | 'NOT_A_TEACHER' | 'OUT_OF_SCOPE' {
  const user = roster.users.find((each) => each.sourcedId === sourcedId && each.status !== 'tobedeleted');
  if (user === undefined) return 'UNKNOWN_PERSON';
  return user.roles.includes('teacher') ? 'OUT_OF_SCOPE' : 'NOT_A_TEACHER';
}

/** Why a valid person gets no account by the plan: a read or an hour that allows none, a proposal, or an undo. */
function unplanned(sourcedId: string, plan: Plan): Outcome {
  const stop = plan.gates.find(({ gate, code }) => gate === 'G1' || gate === 'G2' || code === 'BLACKOUT');
  if (stop !== undefined) return { outcome: stop.gate === 'G1' ? 'failed' : 'held', code: stop.code };
  const proposal = (plan.ledger.proposals ?? []).find(
    (each) => each.decision === undefined && each.sourcedId === sourcedId,
  );
  if (proposal !== undefined) return { outcome: 'held', code: 'PROPOSAL_OPEN' };
  const told = plan.notes.find(({ subject }) => subject === userSubject(sourcedId));
  return { outcome: 'failed', code: told?.code ?? 'NOT_PLANNED' };
}

function holdCode({ holds }: Plan, { heldBy }: Change): string {
  return holds.find(({ id }) => heldBy.includes(id))?.code ?? 'HELD';
}
