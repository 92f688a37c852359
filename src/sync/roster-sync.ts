import type { Candidate } from '../engine/candidates.js';
import { ConfigurationError } from '../errors.js';
import { collect } from '../internal/ordered.js';
import type { LatchedHold, Plan, Policy, Preflight, Proposal } from '../model/index.js';
import type { Delivery } from '../people/index.js';
import type { AuditEntry, RunReport } from '../ports/index.js';
import { requireAllowed } from './access.js';
import { decisions } from './auditing.js';
import type {
  ApplyOptions,
  DecisionsOptions,
  PlanOptions,
  RunOptions,
  RunsOptions,
  StatisticsOptions,
} from './call-options.js';
import { deliverNow } from './delivering.js';
import type { RosterSyncEvent, RosterSyncEvents } from './events.js';
import { type ApproveOptions, approveHold, type DecideOptions, discardHold, openHolds } from './holds.js';
import { applyGiven, planImport, runImport } from './importing.js';
import { type RosterSyncOptions, settleOptions, settlePolicy, type SyncContext } from './options.js';
import { checkAccess, loadLedger } from './planning.js';
import {
  type CandidatesOptions,
  importUsers,
  type ImportReport,
  type ImportUsersOptions,
  streamCandidates,
} from './people-import.js';
import { answerProposal, openProposals } from './proposals.js';
import { resyncUser, type ResyncUserOptions } from './resync.js';
import { type SyncStatistics, statisticsOf } from './statistics.js';
import { type SyncStatus, statusOf } from './status.js';
import { FIRST_STEP, type StepReports } from './steps.js';
import { type UndoOptions, undoRun } from './undo.js';

/**
 * Keeps a host's people and classes in step with a district's roster: reads, plans, applies, invites, and can undo.
 *
 * @example
 * ```ts
 * import { RosterSync, type RosterSource } from 'rosterkit';
 * import { MemoryMailer, MemoryStore } from 'rosterkit/memory';
 *
 * async function importDistrict(source: RosterSource): Promise<void> {
 *   const sync = new RosterSync({
 *     source,
 *     store: new MemoryStore(),
 *     mailer: new MemoryMailer(),
 *     scope: { tenant: 'district-1' },
 *     policy: { fullData: true, archive: true },
 *   });
 *   const plan = await sync.plan();
 *   const run = await sync.apply(plan, { acknowledge: plan.hash, by: 'admin-1' });
 *   if (run.outcome !== 'applied') await sync.undo(run.id, { by: 'admin-1' });
 * }
 * ```
 */
export class RosterSync {
  readonly #context: SyncContext;
  /** The settings that a plan was made with: its invitations follow them. */
  readonly #policies = new WeakMap<Plan, Policy>();

  /** @throws ConfigurationError naming the option that is unknown, missing or impossible */
  constructor(options: RosterSyncOptions) {
    this.#context = settleOptions(options);
  }

  /**
   * Looks at what the district shares: how many of what, what is missing, and which switch to flip at the provider.
   * Reads the source alone and writes nothing.
   *
   * @throws ConfigurationError naming `source` where the source has no preflight
   * @throws RosterError where the source cannot be reached at all
   * @example
   * ```ts
   * import type { RosterSync } from 'rosterkit';
   *
   * export async function isReady(sync: RosterSync): Promise<boolean> {
   *   const { state, findings } = await sync.preflight();
   *   for (const { severity, message } of findings) console.log(severity, message);
   *   return state !== 'blocked';
   * }
   * ```
   */
  async preflight(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Preflight> {
    const { source } = this.#context;
    const { signal } = options;
    if (typeof source.preflight !== 'function') {
      throw new ConfigurationError(
        'source',
        `has no preflight: ${source.provider} does not tell beforehand. Make a plan.`,
      );
    }
    signal?.throwIfAborted();
    return source.preflight(signal === undefined ? {} : { signal });
  }

  /**
   * Reads the roster and decides what to do about it. Writes nothing.
   *
   * @throws NotAllowedError where `access` does not let the person (`sync:plan`)
   * @throws ConfigurationError naming the setting that is impossible, or a role or site that the host does not have
   * @throws RosterError where the source cannot be read at all
   */
  async plan(options: PlanOptions = {}): Promise<Plan> {
    await requireAllowed(this.#context, 'sync:plan', options);
    const policy = settlePolicy(this.#context.policy, options);
    options.signal?.throwIfAborted();
    await checkAccess(this.#context, policy);
    const { plan } = await planImport(this.#context, crypto.randomUUID(), policy, options.signal);
    this.#policies.set(plan, policy);
    return plan;
  }

  /**
   * Applies a plan: everything that no hold keeps, or that `acknowledge` releases. A change whose record has changed
   * since is left alone and told as a failure.
   *
   * A plan that was read back from JSON invites under the settings of this sync; one that this object made, under its
   * own.
   *
   * @throws NotAllowedError where `access` does not let the person (`sync:apply`, with `acknowledge` also `sync:approve`)
   * @throws StalePlanError where the plan is not what its hash says, `acknowledge` names another plan, or what waits and
   *   what is counted has changed since it was made
   * @throws PlanError where the plan was made for another scope
   * @throws LockHeldError while another run holds the scope
   */
  async apply(plan: Plan, options: ApplyOptions = {}): Promise<RunReport> {
    const { acknowledge } = options;
    await requireAllowed(this.#context, 'sync:apply', options);
    if (acknowledge !== undefined) await requireAllowed(this.#context, 'sync:approve', options);
    return applyGiven(this.#context, plan, this.#policies.get(plan) ?? this.#context.policy, options);
  }

  /**
   * Reads, plans and applies what no gate holds. Whatever comes of it is kept as a run: where the source or the store
   * fails the outcome is `failed`, where the signal stops it `aborted`. An import of guardians alone is `held` where the
   * newest import of classes, teachers and students did not finish.
   *
   * @throws NotAllowedError where `access` does not let the person (`sync:apply`)
   * @throws ConfigurationError naming the setting that is impossible, or a role or site that the host does not have
   * @throws LockHeldError while another run holds the scope
   */
  async run(options: RunOptions = {}): Promise<RunReport> {
    await requireAllowed(this.#context, 'sync:apply', options);
    const policy = settlePolicy(this.#context.policy, options);
    await checkAccess(this.#context, policy);
    return runImport(this.#context, policy, options);
  }

  /**
   * Imports in two steps, each with its own plan, holds and report: classes, teachers and students, then guardians. What
   * becomes of the second never takes back the first.
   *
   * @throws ConfigurationError naming the setting that is impossible, or a role or site that the host does not have
   * @throws LockHeldError while another run holds the scope
   */
  async runInSteps(options: Omit<RunOptions, 'steps'> = {}): Promise<StepReports> {
    const { steps } = settlePolicy(this.#context.policy, options);
    const own = steps.filter((step) => step !== 'guardians');
    const first = await this.run({ ...options, steps: own.length === 0 ? FIRST_STEP : own });
    return { first, second: await this.run({ ...options, steps: ['guardians'] }) };
  }

  /**
   * The teachers of the roster, as it is now: who is a user of the host already, who can be imported, and why not. For an
   * administrator's eyes: it holds names and addresses. Writes nothing.
   *
   * @throws ConfigurationError naming the option that is impossible
   * @throws RosterError where the source cannot be read at all
   */
  async candidates(options: CandidatesOptions = {}): Promise<readonly Candidate[]> {
    return collect(streamCandidates(this.#context, options));
  }

  /** As {@link RosterSync.candidates}, one by one: the roster is read once, when the first is asked for. */
  streamCandidates(options: CandidatesOptions = {}): AsyncIterable<Candidate> {
    return streamCandidates(this.#context, options);
  }

  /**
   * Makes teachers users of the host by hand, with their classes and the members of these, as the policy says; `all` means
   * every valid one who is not here yet. Whoever is named and here already gets what they lack. It is one run, which
   * `undo` takes back, takes nothing away, and may be repeated.
   *
   * @throws NotAllowedError where `access` does not let the person (`sync:apply`)
   * @throws ConfigurationError naming the option that is impossible, or a role or site that the host does not have
   * @throws LockHeldError while another run holds the scope, after `waitMs`
   * @example
   * ```ts
   * import type { RosterSync } from 'rosterkit';
   *
   * export async function importSome(sync: RosterSync): Promise<void> {
   *   const valid = (await sync.candidates()).filter(({ problem, isImported }) => problem === undefined && !isImported);
   *   const ids = valid.slice(0, 10).map(({ sourcedId }) => sourcedId);
   *   const { counts, review } = await sync.importUsers(ids, { by: 'admin-1' });
   *   console.log(counts.imported, review);
   * }
   * ```
   */
  async importUsers(ids: readonly string[] | 'all', options: ImportUsersOptions = {}): Promise<ImportReport> {
    await requireAllowed(this.#context, 'sync:apply', options);
    return importUsers(this.#context, ids, options);
  }

  /**
   * Brings one user's record and classes up to date now, with the members of these classes, removals included under the
   * usual gates, and nothing else. Waits for a run that holds the scope.
   *
   * @param user the sourcedId, the host's id or the e-mail address
   * @throws NotAllowedError where `access` does not let the person (`sync:apply`)
   * @throws PlanError where that is nobody here, several people, or somebody who is not of the roster
   * @throws LockHeldError while another run holds the scope, after `waitMs`
   */
  async resyncUser(user: string, options: ResyncUserOptions = {}): Promise<RunReport> {
    await requireAllowed(this.#context, 'sync:apply', options);
    return resyncUser(this.#context, user, options);
  }

  /**
   * Releases the changes of a hold that a person has read, and applies those that no other hold keeps. Changes that
   * joined the hold since are not among them. A hold on messages (`G8`) lets them go out; the shape of a read (`G4`) is
   * what later reads are compared with from then on.
   *
   * @throws NotAllowedError where `access` does not let the person (`sync:approve`)
   * @throws PlanError where there is no such hold
   * @throws StalePlanError where the hold never had this hash
   * @throws PlanHeldError where no approval helps, because the feed itself is in doubt
   * @throws LockHeldError while another run holds the scope
   */
  async approve(holdId: string, options: ApproveOptions): Promise<RunReport> {
    await requireAllowed(this.#context, 'sync:approve', { ...options, isDecision: true });
    return approveHold(this.#context, holdId, options);
  }

  /**
   * Drops a hold: the host keeps its records as they are until the feed says something else about them. Kept as a run
   * that applied nothing.
   *
   * @throws NotAllowedError where `access` does not let the person (`sync:approve`)
   * @throws PlanError where there is no such hold, or it is about messages (`G8`): these wait, or go out
   * @throws LockHeldError while another run holds the scope
   */
  async discard(holdId: string, options: DecideOptions): Promise<RunReport> {
    await requireAllowed(this.#context, 'sync:approve', { ...options, isDecision: true });
    return discardHold(this.#context, holdId, options);
  }

  /**
   * The holds that nobody has decided about yet, each with its changes.
   *
   * @throws NotAllowedError where `access` does not let the person (`sync:reports`)
   */
  async holds(options: { readonly by?: string | undefined } = {}): Promise<readonly LatchedHold[]> {
    await requireAllowed(this.#context, 'sync:reports', options);
    return openHolds(await loadLedger(this.#context));
  }

  /**
   * The records that may be one, as the last plan that was applied found them, the likeliest first: persons and classes
   * that seem to have a new sourcedId, and (`linkExisting`) those that people had made and that the roster has, too. Each
   * waits for {@link accept} or {@link decline}.
   *
   * @throws NotAllowedError where `access` does not let the person (`sync:reports`)
   * @example
   * ```ts
   * import type { RosterSync } from 'rosterkit';
   *
   * export async function answer(sync: RosterSync, isOne: (from: string, to: string) => boolean): Promise<void> {
   *   for (const { id, from = '', sourcedId } of await sync.proposals()) {
   *     if (isOne(from, sourcedId)) await sync.accept(id, { by: 'admin-1' });
   *     else await sync.decline(id, { by: 'admin-1' });
   *   }
   * }
   * ```
   */
  async proposals(options: { readonly by?: string | undefined } = {}): Promise<readonly Proposal[]> {
    await requireAllowed(this.#context, 'sync:reports', options);
    return openProposals(this.#context);
  }

  /**
   * Says that the two records of a proposal are one: the next run gives the host's record the sourcedId, if both are still
   * as they were. `G5:users` and `G5:classes` accept all that a change of all ids proposes.
   *
   * @throws NotAllowedError where `access` does not let the person (`sync:approve`)
   * @throws PlanError where there is no such proposal, or another accepted one names the same record
   * @throws LockHeldError while another run holds the scope
   */
  async accept(proposalId: string, options: DecideOptions): Promise<void> {
    await requireAllowed(this.#context, 'sync:approve', { ...options, isDecision: true });
    await answerProposal(this.#context, proposalId, { ...options, outcome: 'accepted' });
  }

  /**
   * Says that the two records of a proposal are two: from the next run on each goes its own way, and the pair is not
   * proposed again.
   *
   * @throws NotAllowedError where `access` does not let the person (`sync:approve`)
   * @throws PlanError where there is no such proposal
   * @throws LockHeldError while another run holds the scope
   */
  async decline(proposalId: string, options: DecideOptions): Promise<void> {
    await requireAllowed(this.#context, 'sync:approve', { ...options, isDecision: true });
    await answerProposal(this.#context, proposalId, { ...options, outcome: 'declined' });
  }

  /**
   * Takes back what a run applied, except where someone has changed the record since; the same feed does not bring it
   * back. Codes of people whom it deletes end; sent mail stays sent. What it changed about a person who was erased since
   * is told (`UNDO_ERASED`) and stays erased.
   *
   * @throws NotAllowedError where `access` does not let the person (`sync:undo`)
   * @throws PlanError where there is no such run
   * @throws LockHeldError while another run holds the scope
   */
  async undo(runId: string, options: UndoOptions = {}): Promise<RunReport> {
    await requireAllowed(this.#context, 'sync:undo', options);
    return undoRun(this.#context, runId, options);
  }

  /**
   * Hands over the messages that are due, between two runs: those that failed for now, and those that a run left. Any
   * number of processes may do so at the same time, and during a run. In quiet hours and in a blackout nothing goes out.
   *
   * @throws ConfigurationError naming `mailer` where there is none
   * @throws StoreError where the store fails
   * @example
   * ```ts
   * import type { RosterSync } from 'rosterkit';
   *
   * export const deliverOnAndOn = (sync: RosterSync) =>
   *   setInterval(() => void sync.deliver().catch((error: unknown) => console.error(error)), 5 * 60_000);
   * ```
   */
  async deliver(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Delivery> {
    return deliverNow(this.#context, options.signal);
  }

  /**
   * The runs of this scope, the newest first.
   *
   * @throws NotAllowedError where `access` does not let the person (`sync:reports`)
   */
  async runs({ by, ...options }: RunsOptions = {}): Promise<readonly RunReport[]> {
    await requireAllowed(this.#context, 'sync:reports', { by });
    return this.#context.store.runs(this.#context.scope, options);
  }

  /**
   * How the scope stands: what runs now, the last run, what waits for a person, and what the last sync had to tell. A run
   * that died is told as what it is, `aborted`.
   *
   * @throws NotAllowedError where `access` does not let the person (`sync:reports`)
   * @example
   * ```ts
   * import type { RosterSync } from 'rosterkit';
   *
   * export async function printStatus(sync: RosterSync): Promise<void> {
   *   const { running, last, holds, proposals } = await sync.status();
   *   if (running !== undefined) console.log(`Sync in progress since ${running.since}`);
   *   console.log(last?.outcome ?? 'never run', `${holds.length} holds`, `${proposals} proposals`);
   * }
   * ```
   */
  async status(options: { readonly by?: string | undefined } = {}): Promise<SyncStatus> {
    await requireAllowed(this.#context, 'sync:reports', options);
    return statusOf(this.#context);
  }

  /**
   * What the host has for the tenant, in numbers: classes, people and members by who made them, who has joined, which
   * invitations are open, and where people changed what a sync had written. Of the whole tenant, whatever schools the sync
   * is for. Reads every record once.
   *
   * @throws NotAllowedError where `access` does not let the person (`sync:reports`, in the whole tenant)
   * @example
   * ```ts
   * import type { RosterSync } from 'rosterkit';
   *
   * export async function shareOfTeachersWhoJoined(sync: RosterSync): Promise<number> {
   *   const { people } = await sync.statistics();
   *   const { people: all = 0, joined = 0 } = people.byRole.teacher ?? {};
   *   return all === 0 ? 1 : joined / all;
   * }
   * ```
   */
  async statistics({ by, signal }: StatisticsOptions = {}): Promise<SyncStatistics> {
    await requireAllowed(this.#context, 'sync:reports', { by, isOfTenant: true });
    signal?.throwIfAborted();
    return statisticsOf(this.#context, signal);
  }

  /**
   * What people decided, the newest first: who ran or undid a sync, applied a plan, answered a hold or a proposal, and when.
   * Of the whole tenant, with the acts of `Invitations` and of others who keep theirs there. Ids, counts and hashes only.
   *
   * @throws NotAllowedError where `access` does not let the person (`sync:reports`, in the whole tenant)
   * @throws ConfigurationError naming `limit` or `before` where it is impossible
   * @example
   * ```ts
   * import type { RosterSync } from 'rosterkit';
   *
   * export async function printDecisions(sync: RosterSync): Promise<void> {
   *   for (const { at, by, action, subject = '' } of await sync.audit({ limit: 50 })) {
   *     console.log(at, by, action, subject);
   *   }
   * }
   * ```
   */
  async audit({ by, ...options }: DecisionsOptions = {}): Promise<readonly AuditEntry[]> {
    await requireAllowed(this.#context, 'sync:reports', { by, isOfTenant: true });
    return decisions(this.#context, options);
  }

  /** Listens to an event until the function that it returns is called. */
  on<E extends RosterSyncEvent>(event: E, listener: RosterSyncEvents[E]): () => void {
    return this.#context.events.on(event, listener);
  }

  /** Listens to the next event of a kind alone. */
  once<E extends RosterSyncEvent>(event: E, listener: RosterSyncEvents[E]): () => void {
    return this.#context.events.once(event, listener);
  }

  /** Stops listening. */
  off<E extends RosterSyncEvent>(event: E, listener: RosterSyncEvents[E]): void {
    this.#context.events.off(event, listener);
  }
}
