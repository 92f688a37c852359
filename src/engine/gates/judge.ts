/**
 * The gates (G3 to G8, causes, K10, K15, U13, Z10): what of a plan waits for a person.
 *
 * Every gate is evaluated; a change is applied when every hold that names it is released.
 *
 * @module
 */

import type { Change, Evidence, GateResult, Ledger, LimitKind, Note, Policy } from '../../model/index.js';
import { compareIds } from '../../internal/ordered.js';
import type { Context } from '../context.js';
import { type Draft, type HoldRequest, limitKind } from '../draft.js';
import type { EmptyKind } from '../rules/empty-kinds.js';
import type { Feed } from '../reading/feed.js';
import type { Followers } from './dependents.js';
import { type Baselines, Budget, isOver, startRun } from './limits.js';
import { changeOfKey, type Held, type Latchable, Latches } from './latches.js';
import { holdMessages } from './messages.js';
import { notePolicyChange } from './notes.js';
import { LIMIT_KINDS, withConfirmed } from './removal-sums.js';
import { changedSettings, rememberedPolicy } from './policy-change.js';
import { type Doubt, doubtsOf, noteOfDoubt } from './shape.js';
import type { Unjudged } from './unjudged.js';
import { holdWeek, type IdReset, newPolicy, oddShape, resetIds } from './wishes.js';
import { asAccepted, asHealthy, type Reading } from '../reading/statistics.js';
import type { OpenWindows } from './windows.js';

export type { Baselines } from './limits.js';

/** What the gates look at, of what every rule does. */
export interface GateContext
  extends Pick<Context, 'policy' | 'now' | 'today' | 'isRestricted' | 'handlesClasses' | 'handlesGuardians'> {
  readonly local: { readonly ledger: Ledger };
  readonly draft: Pick<Draft, 'holdRequests' | 'areGuardiansWaiting'>;
  readonly feed: Pick<Feed, 'provesAbsence' | 'provesGuardianAbsence' | 'skippedSchools' | 'unreadable'>;
}

/** What the passes found out, besides the changes. */
export interface Findings {
  /** What the read looks like. @default not judged (G4) */
  readonly reading?: Reading | undefined;
  /** @default none (G5) */
  readonly resets?: readonly IdReset[];
  /** What the passes could not judge. @default only what the read and the steps tell */
  readonly unjudged?: Unjudged | undefined;
  /** The windows that are open. @default none */
  readonly windows?: OpenWindows | undefined;
  /** What a change of the policy alone causes, where it changed. @default not known */
  readonly policyEffects?: Evidence | undefined;
  /** What waits with a change because it follows from it alone. @default nothing */
  readonly followers?: Followers | undefined;
}

/** What is held, what there is to tell of it, and what the ledger keeps for the gates of later plans. */
export interface Judgement extends Held {
  readonly notes: readonly Note[];
  readonly memory: GateMemory;
}

/** What the gates remember from one run to the next, besides their latches. */
type GateMemory = Pick<Ledger, 'removals' | 'unfinished' | 'messages' | 'healthy' | 'doubted' | 'policy' | 'unjudged'>;

export function judge(
  changes: readonly Change[],
  context: GateContext,
  baselines: Baselines,
  emptyKinds: readonly EmptyKind[],
  found: Findings = {},
): Judgement {
  const { policy, local, isRestricted } = context;
  const isUnjudged = unjudgedTest(context, found.unjudged);
  const latches = new Latches({
    changes,
    latches: local.ledger.holds,
    now: context.now,
    isUnjudged,
    followers: found.followers,
    // What holds no change is asked for anew by every read that can judge it.
    isLatchUnjudged: ({ id, gate, changes: held }) =>
      isRestricted && (gate === 'K10' || (held.length === 0 && id === 'G4')),
  });
  const due = latches.destructive;
  const dueKeys = new Set(due.map(({ key }) => key));
  const isUnjudgedKey = (key: string): boolean => !dueKeys.has(key) && isUnjudged(changeOfKey(key));
  const ledger = withConfirmed(local.ledger, (key) =>
    dueKeys.has(key) ? 'stayed' : isUnjudgedKey(key) ? undefined : 'went',
  );
  for (const request of context.draft.holdRequests) latches.request(request);
  for (const empty of emptyKinds) latches.request(emptyFeed(empty));
  for (const reset of found.resets ?? []) latches.request(resetIds(reset, changes));
  const doubts = found.reading === undefined || isRestricted ? [] : doubtsOf(found.reading, ledger.healthy);
  if (doubts.length > 0) latches.request(oddShape(doubts));
  const budget = new Budget(ledger, policy.limits, baselines, due, context.today);
  holdRun(latches, budget, policy);
  holdWeek(latches, budget, policy);
  const settings = changedSettings(ledger.policy, policy);
  if (settings.length > 0 && policy.limits.policyChange) latches.request(newPolicy(due.length));
  latches.keepLatches();
  const messages = holdMessages(latches, {
    policy,
    isFirstSync: baselines.users === 0 && baselines.classes === 0,
    windows: found.windows,
    counted: ledger.messages ?? [],
    isUnjudged,
  });
  const held = latches.result();
  const unjudgedOfRun = (ledger.unfinished?.removals ?? []).filter(isUnjudgedKey);
  const unjudged = [...new Set([...held.unjudged, ...unjudgedOfRun])].sort(compareIds);
  const isDoubtful = isRestricted || held.gates.some(isDoubtOfRead);
  return {
    ...held,
    gates: [...held.gates, ...messages.gates],
    notes: [
      ...doubts.map(noteOfDoubt),
      ...(settings.length === 0 ? [] : [notePolicyChange(settings, found.policyEffects)]),
    ],
    memory: {
      ...startRun(ledger, {
        baselines,
        due,
        free: held.changes.filter((change) => change.destructive && change.heldBy.length === 0),
        today: context.today,
        canJudge: unjudgedOfRun.length === 0,
      }),
      ...shapeMemory(ledger, found.reading, { isWhole: context.feed.provesAbsence, isRestricted, isDoubtful, doubts }),
      policy: rememberedPolicy(ledger, policy, due.length > 0),
      ...(messages.counted.length === 0 ? {} : { messages: messages.counted }),
      ...(unjudged.length === 0 ? {} : { unjudged }),
    },
  };
}

/** G3. */
function emptyFeed({ kind, managed, changes }: EmptyKind): HoldRequest {
  return {
    id: `G3:${kind}`,
    gate: 'G3',
    code: 'EMPTY_FEED',
    kind,
    // A single administrator may leave; that all classes, students or teachers do is for a later read to say.
    approvable: changes !== 'all-destructive',
    baseline: managed,
    count: 0,
    changes,
  };
}

/** G6: too much of a kind in one run holds everything destructive. */
function holdRun(latches: Latches, budget: Budget, { limits }: Policy): void {
  for (const kind of LIMIT_KINDS) {
    const id = `G6:${kind}`;
    const amount = budget.ofRun(kind, latches.approvedOf(id));
    if (amount === undefined || !isOver(amount, limits)) continue;
    latches.request({
      id,
      gate: 'G6',
      code: 'LIMIT_EXCEEDED',
      approvable: true,
      changes: 'all-destructive',
      ...amount,
    });
  }
}

/** Whether a gate says of this very read that it cannot be believed as a whole. */
function isDoubtOfRead({ gate, evidence }: GateResult): boolean {
  if (evidence?.['latched'] === true) return false;
  return gate === 'G3' || gate === 'G4' || gate === 'G5' || evidence?.['hold'] === 'K15';
}

/** What was found out about a read. */
interface ReadVerdict {
  /** Whether it is of the whole district. */
  readonly isWhole: boolean;
  readonly isRestricted: boolean;
  readonly isDoubtful: boolean;
  readonly doubts: readonly Doubt[];
}

/** What later reads are compared with: the last one of the whole district that nothing casts doubt on. */
function shapeMemory(
  { healthy, doubted }: Ledger,
  reading: Reading | undefined,
  { isWhole, isRestricted, isDoubtful, doubts }: ReadVerdict,
): Pick<Ledger, 'healthy' | 'doubted'> {
  const before = healthy === undefined ? {} : { healthy };
  if (reading === undefined || isRestricted) return { ...before, ...(doubted === undefined ? {} : { doubted }) };
  if (doubts.length > 0) return { ...before, doubted: asAccepted(reading, healthy) };
  return isDoubtful || !isWhole ? before : { healthy: asHealthy(reading, healthy) };
}

/** Whether this plan, by what could be read and by its steps, could not say if a latched change is still due. */
function unjudgedTest(context: GateContext, unjudged: Unjudged | undefined): (change: Latchable) => boolean {
  const { policy, feed, isRestricted, handlesClasses } = context;
  const handlesGuardians = context.handlesGuardians && !context.draft.areGuardiansWaiting;
  const handlesPeople = policy.steps.includes('students') || policy.steps.includes('teachers');
  const isProven: Readonly<Record<LimitKind, boolean>> = {
    classes: feed.provesAbsence,
    users: feed.provesAbsence,
    guardianLinks: feed.provesGuardianAbsence,
    enrollments: true,
  };
  return ({ kind, subject, schoolSourcedId: school, reason }) => {
    // An incomplete read does not even plan most kinds of changes.
    if (isRestricted || unjudged?.isUnjudged(subject, kind) === true || feed.unreadable.mayBeSchool(school))
      return true;
    if (school !== undefined && feed.skippedSchools.has(school)) return true;
    const limited = limitKind(kind);
    if (limited !== undefined && (policy.additiveOnly || !isProven[limited])) return true;
    if (kind.startsWith('class-')) return !handlesClasses;
    if (kind.startsWith('guardian-') || reason?.rule === 'P13') return !handlesGuardians;
    return !handlesPeople;
  };
}
