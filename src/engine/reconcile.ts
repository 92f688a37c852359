import type {
  LocalHead,
  LocalSchool,
  LocalState,
  LocalUser,
  Note,
  Plan,
  Policy,
  Roster,
  RosterHead,
} from '../model/index.js';
import type { Course, School, Term } from '../model/index.js';
import { dateIn } from '../internal/dates.js';
import { Absences } from './causes/index.js';
import { handledMembers, scopeTest, type Context } from './context.js';
import { Disorder, WholeSource, type Planning } from './reading/cursor.js';
import { Draft } from './draft.js';
import { inIdOrder, readFeed } from './reading/feed.js';
import { changedSettings, policyBefore } from './gates/policy-change.js';
import { Unjudged } from './gates/unjudged.js';
import { Grace } from './gates/grace.js';
import { isGuardianSourceSwitched } from './rules/guardian-source.js';
import { Decisions } from './identity/index.js';
import { localInIdOrder } from './reading/local-order.js';
import { planFrom, type Sources } from './planner.js';
import { tallyOf } from './reading/statistics.js';
import { policyWithin, windowsAt, type OpenWindows } from './gates/windows.js';

/** Somebody who is imported by hand, and what they become. */
export interface ImportedPerson {
  readonly sourcedId: string;
  /** The host's role. @default what the policy says (`access`) */
  readonly role?: string | undefined;
  /** The host's site, which the roster leaves alone from then on. @default the school of the roster */
  readonly site?: string | undefined;
}

/** What a plan is made from. The same input always gives the same plan. */
export interface ReconcileInput {
  /** What the district says. */
  readonly roster: Roster;
  /** What the host holds, and what is remembered from earlier runs. */
  readonly local: LocalState;
  /** Every setting; `definePolicy` makes one, `defaultPolicy` is one. */
  readonly policy: Policy;
  /** The time of the plan: the engine has no clock of its own. A date or an ISO instant. */
  readonly now: Date | string;
  /**
   * Teachers whom somebody imports by hand: they get an account whatever `teachers.create` says.
   *
   * @default nobody
   */
  readonly importing?: readonly ImportedPerson[] | undefined;
  /**
   * The teachers who were invited and have not joined yet: an import of guardians tells of them, and waits for them where
   * the policy says so (`guardians.afterTeachersJoined`).
   *
   * @default nobody
   */
  readonly awaiting?: readonly Pick<LocalUser, 'schoolSourcedIds'>[] | undefined;
}

/**
 * Decides what to change so that the host's data follows the roster: every change with its reason, everything that a
 * person should know as a note, and everything that needs a person as a hold. Reads nothing, writes nothing.
 *
 * @example
 * ```ts
 * import { definePolicy, reconcile } from 'rosterkit';
 * import { MemoryStore } from 'rosterkit/memory';
 * import { districtRoster, generateDistrict } from 'rosterkit/testing';
 *
 * const roster = districtRoster(generateDistrict({ seed: 1 }), { scope: { tenant: 'district-1' } });
 * const local = await new MemoryStore().load({ tenant: 'district-1' });
 * const plan = reconcile({ roster, local, policy: definePolicy({ fullData: true }), now: '2026-09-01T06:00:00Z' });
 * for (const change of plan.changes) console.log(change.kind, change.reason.rule);
 * ```
 */
export function reconcile(input: ReconcileInput): Plan {
  try {
    return planWhole(input, []);
  } catch (error) {
    if (!(error instanceof Disorder)) throw error;
  }
  // Order is checked on the way, because nearly every input is in order. This one is not: sorted, it gives the same plan.
  const notes: Note[] = [];
  const roster = { ...input.roster, ...inIdOrder(input.roster, notes) };
  return planWhole({ ...input, roster, local: { ...input.local, ...localInIdOrder(input.local) } }, notes);
}

function planWhole(input: ReconcileInput, repeated: readonly Note[]): Plan {
  const { roster, local } = input;
  const sources: Sources = {
    classes: new WholeSource(roster.classes),
    users: new WholeSource(roster.users),
    enrollments: new WholeSource(roster.enrollments),
    guardianLinks: new WholeSource(roster.guardianLinks),
    localClasses: new WholeSource(local.classes),
    localUsers: new WholeSource(local.users),
    localEnrollments: new WholeSource(local.enrollments),
    localGuardianLinks: new WholeSource(local.guardianLinks),
    repeated: () => repeated,
  };
  // A collection in memory has no next window to ask for: the first step is the last.
  return planning(input, sources).next().value as Plan;
}

/** What a plan is made from, besides the large collections. */
export interface PlanningInput extends Pick<ReconcileInput, 'policy' | 'now' | 'importing' | 'awaiting'> {
  readonly roster: RosterHead & {
    readonly schools: readonly School[];
    readonly terms: readonly Term[];
    readonly courses: readonly Course[];
  };
  readonly local: LocalHead & { readonly schools: readonly LocalSchool[] };
}

/** The planning over these collections, from its beginning. */
export function planning(input: PlanningInput, sources: Sources): Planning<Plan> {
  const { roster, local } = input;
  const windows = windowsAt(input.policy, input.now);
  const policy = policyWithin(input.policy, windows);
  const { policy: before } = local.ledger;
  const isChanged = before !== undefined && changedSettings(before, policy).length > 0;
  const contextBefore = isChanged ? contextOf(input, policyBefore(before, policy), windows) : undefined;
  return planFrom(contextOf(input, policy, windows), roster, sources, contextBefore);
}

function contextOf(
  { roster, local, now, importing = [], awaiting = [] }: PlanningInput,
  policy: Policy,
  windows: OpenWindows,
): Context {
  const instant = new Date(now);
  const notes: Note[] = [];
  const feed = readFeed(roster, roster, notes);
  const today = dateIn(policy.timeZone, instant);
  const isInScope = scopeTest(local.scope);
  const isRestricted = feed.incomplete.length > 0;
  const unjudged = new Unjudged(local.ledger);
  return {
    policy,
    feed,
    local,
    draft: new Draft(policy, local.ledger, notes, feed.unreadable),
    absences: new Absences({ policy, ledger: local.ledger, terms: feed.terms, today, isInScope }),
    decisions: new Decisions(local.ledger.proposals),
    tally: tallyOf(roster),
    grace: new Grace({
      snapshots: policy.graceSnapshots,
      absences: local.ledger.absences,
      readId: roster.readId,
      readAt: roster.readAt,
      isComplete: !isRestricted,
      unjudged,
    }),
    unjudged,
    windows,
    importing: new Map(importing.map((person) => [person.sourcedId, person])),
    awaiting,
    now: instant.toISOString(),
    today,
    leadDate: dateIn(policy.timeZone, instant, policy.leadDays),
    isRestricted,
    isInScope,
    handlesMember: handledMembers(policy),
    handlesClasses: policy.steps.includes('classes'),
    handlesGuardians: policy.steps.includes('guardians'),
    enrollsGuardians: policy.guardians.enroll && policy.steps.includes('guardians'),
    isGuardianSourceSwitched:
      policy.steps.includes('guardians') &&
      isGuardianSourceSwitched(roster.guardianSource ?? roster.source, local.ledger),
    removed: Object.freeze({ state: 'removed', by: 'sync', removedAt: instant.toISOString() }),
  };
}
