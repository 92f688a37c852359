import type { Hold, LocalEnrollment, LocalState, LocalUser, Note, Plan, Policy, Roster } from '../model/index.js';
import { passClasses, type ClassPassResult } from './class-pass.js';
import { dateIn, handledMembers, scopeTest, type Context } from './context.js';
import { Draft } from './draft.js';
import { emptyKinds, isManaged } from './empty-kinds.js';
import { readFeed, type Feed } from './feed.js';
import { judge } from './gates.js';
import { compareGuardians } from './guardians.js';
import { hashChanges } from './hash.js';
import { findRekeys } from './identity.js';
import { additionProposal } from './additions.js';
import { People } from './people.js';
import { completePlan } from './plan.js';
import { compareSchools } from './schools.js';
import { comparePeople, createPeople, deactivatePeople, isUserInScope } from './users.js';

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
  const { roster, local, policy } = input;
  const instant = new Date(input.now);
  const notes: Note[] = [];
  const feed = readFeed(roster, notes);
  const draft = new Draft(policy, local.ledger, notes, feed.unreadable);
  const context: Context = {
    policy,
    feed,
    local,
    draft,
    now: instant.toISOString(),
    today: dateIn(policy.timeZone, instant),
    leadDate: dateIn(policy.timeZone, instant, policy.leadDays),
    isRestricted: feed.incomplete.length > 0,
    isInScope: scopeTest(local.scope),
    handlesMember: handledMembers(policy),
    handlesClasses: policy.steps.includes('classes'),
    handlesGuardians: policy.steps.includes('guardians'),
  };
  if (feed.failed.length > 0) return failedPlan(context, roster.readId);
  noteReading(context, roster);
  noteUnknownSchools(context);
  return plan(context, roster.readId);
}

function plan(context: Context, readId: string): Plan {
  const { draft, feed, local, policy } = context;
  const people = new People(feed, local.users);
  const rekeys = findRekeys(context, people);
  const goneSchools = findGoneSchools(context);
  compareSchools(context);
  comparePeople(context, people, rekeys);
  const classes = passClasses(context, people, goneSchools);
  const created = createPeople(context, people, classes.placements);
  const managedLinks = context.handlesGuardians ? compareGuardians(context, people, created) : 0;
  addMembers(context, classes, created);
  const otherMembers = new OtherMemberships(local.enrollments);
  deactivatePeople(context, people, (user) => otherMembers.has(user.id));
  noteUnassigned(context, people, classes);
  const changes = draft.changes();
  for (const school of goneSchools) {
    const keys = changes.filter((change) => change.destructive && change.schoolSourcedId === school);
    if (keys.length === 0) continue;
    draft.hold({
      id: `SCHOOL_GONE:${school}`,
      gate: 'cause',
      code: 'SCHOOL_GONE',
      subject: `school:${school}`,
      approvable: true,
      count: keys.length,
      changes: new Set(keys.map((change) => change.key)),
    });
  }
  const judgement = judge(
    changes,
    context,
    {
      classes: classes.managedClasses,
      enrollments: classes.managedEnrollments,
      users: countManaged(people.localUsers, context),
      guardianLinks: managedLinks,
    },
    emptyKinds(context, people, { managedClasses: classes.managedClasses, goneSchools, changes }),
  );
  const restriction = context.isRestricted ? [incompleteHold(feed, context.now)] : [];
  const restrictionGate = context.isRestricted
    ? [{ gate: 'G2', code: 'INCOMPLETE_READ', evidence: { collections: feed.incomplete } } as const]
    : [];
  return completePlan({
    type: 'sync',
    scope: local.scope,
    steps: policy.steps,
    readId,
    changes: judgement.changes,
    notes: draft.notes,
    holds: [...restriction, ...judgement.holds],
    gates: [...restrictionGate, ...judgement.gates],
    outcome: 'planned',
    ledger: {
      formatVersion: 2,
      holds: judgement.latched,
      suppressions: draft.remainingSuppressions(),
      // An incomplete read may just not have come across what was told before.
      reported: context.isRestricted ? [...new Set([...local.ledger.reported, ...draft.reported()])] : draft.reported(),
    },
  });
}

/** G1: nothing that was read can be believed, so nothing is decided, and nothing is forgotten. */
function failedPlan(context: Context, readId: string): Plan {
  return completePlan({
    type: 'sync',
    scope: context.local.scope,
    steps: context.policy.steps,
    readId,
    changes: [],
    notes: [],
    holds: [],
    gates: [{ gate: 'G1', code: 'UNREADABLE', evidence: { collections: context.feed.failed } }],
    outcome: 'failed',
    ledger: context.local.ledger,
  });
}

/** G2 holds what is not even planned: an incomplete read proves no absence. It ends with the next complete one. */
function incompleteHold(feed: Feed, now: string): Hold {
  return {
    id: 'G2',
    gate: 'G2',
    code: 'INCOMPLETE_READ',
    changes: [],
    hash: hashChanges([]),
    approvable: false,
    count: feed.incomplete.length,
    since: now,
  };
}

/** What the source could not use or was not given, for a person to know. */
function noteReading({ draft, feed, policy }: Context, roster: Roster): void {
  const rejected = new Map<string, number>();
  for (const row of roster.rejected ?? []) {
    const key = `${row.collection} ${row.problem}`;
    rejected.set(key, (rejected.get(key) ?? 0) + 1);
  }
  for (const [key, count] of rejected) {
    const [collection = '', problem = ''] = key.split(' ');
    const evidence = { collection, problem, count };
    draft.note({ rule: 'G4', code: 'ROWS_REJECTED', severity: 'warning', evidence });
  }
  const since = roster.staleSince;
  if (since !== undefined) draft.note({ rule: 'Z9', code: 'STANDS_STILL', severity: 'warning', evidence: { since } });
  for (const school of feed.skippedSchools) {
    draft.note({
      rule: 'Z4',
      code: 'SCHOOL_SKIPPED',
      severity: 'warning',
      noun: 'school',
      subject: `school:${school}`,
    });
  }
  const optional = policy.steps.includes('guardians')
    ? (['terms', 'courses', 'guardianLinks'] as const)
    : (['terms', 'courses'] as const);
  for (const collection of optional) {
    if (roster.attestation.collections[collection].state !== 'not-shared') continue;
    draft.note({ rule: 'G1', code: 'NOT_SHARED', severity: 'info', evidence: { collection } });
  }
  const { state, ended } = roster.attestation.collections.guardianLinks;
  if (policy.steps.includes('guardians') && state !== 'complete' && state !== 'not-shared') {
    const evidence = { state, ...(ended === undefined ? {} : { ended }) };
    draft.note({ rule: 'P6', code: 'GUARDIANS_UNREAD', severity: 'warning', evidence });
  }
}

/** Z5: a scope that names a school which neither side has is most likely mistyped, and would be empty without a word. */
function noteUnknownSchools({ draft, feed, local }: Context): void {
  if (local.scope.schools === undefined || feed.incomplete.includes('schools')) return;
  const known = new Set([
    ...feed.schools.filter(({ status }) => status !== 'tobedeleted').map(({ sourcedId }) => sourcedId),
    ...feed.skippedSchools,
    ...local.schools.map(({ sourcedId }) => sourcedId),
    ...local.classes.map(({ schoolSourcedId }) => schoolSourcedId),
  ]);
  for (const school of new Set(local.scope.schools)) {
    if (known.has(school) || feed.unreadable.mayBeSchool(school)) continue;
    const subject = `school:${school}`;
    draft.note({ rule: 'Z5', code: 'SCOPE_SCHOOL_UNKNOWN', severity: 'warning', noun: 'school', subject });
  }
}

/** M1, for everyone who has an account or gets one in this plan. */
function addMembers(context: Context, classes: ClassPassResult, created: ReadonlySet<string>): void {
  let without = 0;
  for (const { addition, section } of classes.additions) {
    if (addition.user === undefined && !created.has(addition.enrollment.userSourcedId)) without += 1;
    else context.draft.propose(additionProposal(addition, section));
  }
  if (without > 0) {
    const evidence = { enrollments: without };
    context.draft.note({ rule: 'M1', code: 'MEMBERS_WITHOUT_ACCOUNT', severity: 'info', evidence });
  }
}

/** U6: who leaves the last class keeps the account, and a person should know. */
function noteUnassigned(context: Context, people: People, classes: ClassPassResult): void {
  if (classes.removedFrom.size === 0) return;
  const remaining = new Map(classes.restoredTo);
  for (const enrollment of context.local.enrollments) {
    if (enrollment.state !== 'active' || !classes.removedFrom.has(enrollment.userId)) continue;
    remaining.set(enrollment.userId, (remaining.get(enrollment.userId) ?? 0) + 1);
  }
  for (const { addition } of classes.additions) {
    const id = addition.user?.id;
    if (id !== undefined && classes.removedFrom.has(id)) remaining.set(id, (remaining.get(id) ?? 0) + 1);
  }
  for (const { feed, local } of people.pairs) {
    const removals = classes.removedFrom.get(local.id);
    if (removals === undefined || (remaining.get(local.id) ?? 0) > removals) continue;
    const subject = `user:${feed.sourcedId}`;
    context.draft.note({ rule: 'U6', code: 'UNASSIGNED', severity: 'info', noun: 'user', subject });
  }
}

/**
 * Z5: schools that are missing or empty as a whole, while others are fine: unshared, or closed. A school whose row may
 * be among those that could not be used is neither (G4).
 */
function findGoneSchools(context: Context): ReadonlySet<string> {
  const { feed, local, draft } = context;
  const gone = new Set<string>();
  if (!feed.provesAbsence) return gone;
  const present = new Set<string>();
  for (const section of feed.classes) if (section.status !== 'tobedeleted') present.add(section.schoolSourcedId);
  const listed = new Set<string>();
  for (const school of feed.schools) if (school.status !== 'tobedeleted') listed.add(school.sourcedId);
  for (const { origin, state, schoolSourcedId } of local.classes) {
    if (origin !== 'roster' || state !== 'active' || schoolSourcedId === undefined) continue;
    if (gone.has(schoolSourcedId) || !context.isInScope(schoolSourcedId)) continue;
    if (feed.unreadable.mayBeSchool(schoolSourcedId)) continue;
    if (present.has(schoolSourcedId) && listed.has(schoolSourcedId)) continue;
    const hasOthers = [...present].some((other) => other !== schoolSourcedId && listed.has(other));
    if (!hasOthers) continue;
    gone.add(schoolSourcedId);
    const subject = `school:${schoolSourcedId}`;
    draft.note({ rule: 'Z5', code: 'SCHOOL_GONE', severity: 'warning', noun: 'school', subject });
  }
  return gone;
}

function countManaged(users: readonly LocalUser[], context: Context): number {
  let count = 0;
  for (const user of users) if (isManaged(user) && isUserInScope(undefined, user, context)) count += 1;
  return count;
}

/** Whether people have put a person into a class of theirs. Looked up only when somebody is to be deactivated. */
class OtherMemberships {
  private users: ReadonlySet<string> | undefined;

  constructor(private readonly enrollments: readonly LocalEnrollment[]) {}

  has(userId: string): boolean {
    this.users ??= new Set(
      this.enrollments
        .filter((enrollment) => enrollment.state === 'active' && enrollment.origin !== 'roster')
        .map((enrollment) => enrollment.userId),
    );
    return this.users.has(userId);
  }
}
