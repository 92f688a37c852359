/** Promises 3 to 6: what a sync leaves alone, and what can be taken back. */

import fc from 'fast-check';
import type { Change, LocalEnrollment, LocalState, Plan, Policy, Roster } from '../../src/model/index.js';
import { attested } from '../support/build.js';
import { incompleteAttestation } from '../support/district-model.js';
import { contents, ready } from '../support/world.js';
import { expectNone, expectNothingTakenAway, expectSame, expectUntouched } from './promises-expect.js';
import {
  editAll,
  evolve,
  importsOf,
  isAtSchool,
  prepare,
  readingOf,
  type Promised,
  type Scenario,
} from './promises-scenario.js';

export const HANDS: readonly Promised[] = [
  {
    number: 3,
    name: 'what people did by hand is never touched',
    check: async (engine, scenario, statistics) => {
      const prepared = await prepare(engine, scenario);
      const { world, model, touched, first } = prepared;
      evolve(model, scenario);
      const before = await world.load();
      const plans = await world.syncAll(readingOf(model, world), importsOf(scenario), { acknowledge: true });
      const after = await world.load();
      statistics.add([...first, ...plans], prepared);
      for (const each of touched) expectUntouched(each, before, after, scenario.policy);
      for (const section of before.classes.filter(({ origin }) => origin === 'local')) {
        const now = after.classes.find(({ id }) => id === section.id);
        expectSame(now, section, 'a class that people made');
      }
      for (const noun of ['enrollments', 'guardianLinks'] as const) {
        for (const record of before[noun].filter(({ origin }) => origin === 'local')) {
          const now = after[noun].find(({ id }) => id === record.id);
          expectSame([now?.state, now?.by], [record.state, record.by], `one of the ${noun} that people made`);
        }
      }
      if (scenario.policy.contactUpdates === 'all') return;
      for (const { id, claimed, email, mobile } of before.users) {
        if (claimed !== true) continue;
        const now = after.users.find((user) => user.id === id);
        expectSame([now?.email, now?.mobile], [email, mobile], 'how a person is reached who has signed in');
      }
    },
  },
  {
    number: 4,
    name: 'undo restores exactly, never overwrites a later edit, and stays undone',
    check: async (engine, scenario, statistics) => {
      const prepared = await prepare(engine, scenario);
      const { world, model, touched, first } = prepared;
      evolve(model, scenario);
      const before = await world.load();
      const imports = importsOf(scenario);
      const roster = readingOf(model, world);
      const plans: Plan[] = [...first];
      const runs: string[] = [];
      for (const policy of imports) {
        const plan = await world.plan(roster, policy);
        plans.push(plan);
        runs.unshift(await world.apply(plan, { acknowledge: true }));
      }
      const isEdited = scenario.order % 3 === 0;
      const later = isEdited ? await editAll(world, scenario.later) : [];
      statistics.add(plans, { model, touched: [...touched, ...later] });
      const edited = await world.load();
      for (const run of runs) await world.undo(run);
      const after = await world.load();
      if (isEdited) {
        for (const each of later) expectUntouched(each, edited, after, scenario.policy);
        return;
      }
      const [undone, was] = exceptForbidden(after, before);
      const shared = sharedLogins(before);
      const told = [undone, was].map((state) => contents({ ...state, users: withoutMarks(state.users, shared) }));
      expectSame(told[0], told[1], 'the state after undo');
      for (const policy of imports) {
        const due = ready(await world.plan(roster, policy)).filter(
          (change) => !isLeftOver(change, before) && !isOfLogin(change, shared),
        );
        expectNone(due, 'changes of the next plan of the same feed');
      }
    },
  },
  {
    number: 5,
    name: 'without Full Data, or from a held, incomplete or empty feed, nothing is removed',
    check: async (engine, scenario, statistics) => {
      const prepared = await prepare(engine, scenario);
      const { world, model, first } = prepared;
      evolve(model, scenario);
      const complete = readingOf(model, world);
      const before = await world.load();
      const { roster, policy, allows } = doubtfulImport(complete, before, scenario);
      const imports = importsOf({ ...scenario, policy });
      const held = await world.plan(complete, scenario.policy);
      const plans = await world.syncAll(roster, imports);
      statistics.add([...first, held, ...plans], prepared);
      // Forbidden contact ends a place in a class as surely as the link (P11, P13), and is not destructive.
      const destructive = plans.flatMap(ready).filter((change) => change.destructive && !allows(change));
      expectNone(destructive, 'destructive changes that nothing holds');
      if (allows === none) {
        const [after, was] = exceptForbidden(await world.load(), before);
        expectNothingTakenAway(was, after, ['classes', 'users', 'enrollments', 'guardianLinks']);
      }
    },
  },
  {
    number: 6,
    name: 'nothing outside the scope is touched',
    check: async (engine, scenario, statistics) => {
      const prepared = await prepare(engine, scenario);
      const { model, first } = prepared;
      evolve(model, scenario);
      const scoped = await prepared.world.fork({ tenant: prepared.world.scope.tenant, schools: ['s1'] });
      const before = await scoped.load();
      const plans = await scoped.syncAll(readingOf(model, scoped), importsOf(scenario), { acknowledge: true });
      const after = await scoped.load();
      statistics.add([...first, ...plans], prepared);
      const isInside = isAtSchool('s1', model, before);
      const inside = new Set(before.classes.filter((each) => each.schoolSourcedId === 's1').map(({ id }) => id));
      const known = new Set([...before.classes, ...before.users].map(({ id }) => id));
      const outsideOf = (state: LocalState): unknown => ({
        classes: state.classes.filter(({ id }) => known.has(id) && !inside.has(id)),
        // The ids that a row repeats are those of its person, who may have got another.
        enrollments: state.enrollments
          .filter(({ classId }) => known.has(classId) && !inside.has(classId))
          .map((each) => ({ ...each, userSourcedId: undefined }))
          .sort(byId),
        users: state.users.filter(({ id }) => known.has(id) && !isInside(id)).sort(byId),
        guardianLinks: state.guardianLinks
          .filter(({ studentId }) => known.has(studentId) && !isInside(studentId))
          .map((each) => ({ ...each, guardianSourcedId: undefined, studentSourcedId: undefined }))
          .sort(byId),
      });
      expectSame(outsideOf(after), outsideOf(before), 'what is outside the scope');
      const isNew = ({ id }: { readonly id: string }): boolean => !known.has(id);
      expectNone(
        after.classes.filter((each) => isNew(each) && each.schoolSourcedId !== 's1'),
        'classes created outside the scope',
      );
      const reached = reachedUsers(after);
      const isReached = isAtSchool('s1', model, after);
      expectNone(
        after.users.filter((each) => isNew(each) && !isReached(each.id) && !reached.has(each.id)),
        'persons created outside the scope',
      );
    },
    // A run of one school closes no account.
    shares: { holds: 0.1, archives: 0.1, contactChanges: 0.05, unlinks: 0.03, deactivations: 0 },
  },
];

const INCOMPLETE = fc.sample(incompleteAttestation, { numRuns: 8, seed: 1 });
const UNREAD_LINKS = (['incomplete', 'failed', 'not-shared', 'not-read'] as const).map((state) =>
  attested({ guardianLinks: state }),
);

interface DoubtfulImport {
  readonly roster: Roster;
  readonly policy: Policy;
  /** What may be taken away all the same. */
  readonly allows: (change: Plan['changes'][number]) => boolean;
}

const none = (): boolean => false;

/** An import from which nothing, or only what is beyond doubt, may be taken away. */
function doubtfulImport(complete: Roster, before: LocalState, { policy, order }: Scenario): DoubtfulImport {
  const variant = order % 5;
  if (variant === 0) return { roster: complete, policy: { ...policy, fullData: false, archive: false }, allows: none };
  if (variant === 1) return { roster: { ...complete, attestation: pick(INCOMPLETE, order) }, policy, allows: none };
  if (variant === 2) {
    // A feed without classes is empty where there are some here; else it must lack the people, too.
    const hasClasses = before.classes.some((each) => each.origin === 'roster' && each.state === 'active');
    const users = hasClasses ? complete.users : [];
    const roster = { ...complete, classes: [], enrollments: [], guardianLinks: [], users };
    return { roster, policy, allows: none };
  }
  if (variant === 3) {
    // Of the links alone nothing is known; that one is of a type that the policy leaves out stands in its row.
    const links = order % 2 === 0 ? [] : complete.guardianLinks;
    const roster = { ...complete, guardianLinks: links, attestation: pick(UNREAD_LINKS, order) };
    return {
      roster,
      policy: { ...policy, guardians: { enroll: policy.guardians.enroll, afterTeachersJoined: false } },
      allows: (change) => change.kind !== 'guardian-unlink',
    };
  }
  // One read alone does not tell that a record is gone, unless the provider says so.
  return {
    roster: complete,
    policy: { ...policy, graceSnapshots: 2 },
    allows: (change) => {
      const { rule, evidence } = change.reason;
      const isSaid = evidence?.['level'] === 'E2' || evidence?.['cause'] === 'TOMBSTONE';
      return rule === 'P4' || isSaid || isLeftOver(change, before);
    },
  };
}

/** Whether a guardian's place ends that no link gave any more (P13): what took the link away has to be told by no read. */
function isLeftOver({ kind, reason, target }: Change, { enrollments, guardianLinks }: LocalState): boolean {
  if (kind !== 'enrollment-remove' || reason.rule !== 'P13' || !('userId' in target)) return false;
  const { classId, userId } = target;
  const isIn = (studentId: string): boolean =>
    enrollments.some((each) => each.classId === classId && each.userId === studentId && each.state === 'active');
  return !guardianLinks.some(
    ({ guardianId, studentId, state }) => guardianId === userId && state === 'active' && isIn(studentId),
  );
}

/**
 * Both states without what an undo leaves on purpose: contact that the district has forbidden stays so (P11), and a place
 * in a class that ended with it does not come back (P13).
 */
function exceptForbidden(after: LocalState, before: LocalState): readonly [LocalState, LocalState] {
  const forbidden = new Set(after.guardianLinks.filter(({ blocked }) => blocked === true).map(({ id }) => id));
  for (const { id, blocked } of before.guardianLinks) if (blocked === true) forbidden.delete(id);
  const isWithStudent = ({ classId, userId }: LocalEnrollment): boolean =>
    after.guardianLinks.some(
      ({ id, guardianId, studentId }) =>
        forbidden.has(id) &&
        guardianId === userId &&
        after.enrollments.some((each) => each.classId === classId && each.userId === studentId),
    );
  const except = (state: LocalState): LocalState => ({
    ...state,
    guardianLinks: state.guardianLinks.map((link) => {
      const { blocked: _blocked, synced: _synced, ...fields } = link;
      return forbidden.has(link.id) ? fields : link;
    }),
    enrollments: state.enrollments.map((each) => {
      const { state: _state, by: _by, removedAt: _at, ...fields } = each;
      return each.role === 'guardian' && isWithStudent(each) ? (fields as LocalEnrollment) : each;
    }),
  });
  return [except(after), except(before)];
}

/** Whoever signs in with the address of another: people had given one to both, and an undo gives a login to one alone. */
function sharedLogins({ users }: LocalState): ReadonlySet<string> {
  const bearers = new Map<string, string[]>();
  for (const { id, email, mobile, takenLogins = [] } of users) {
    const logins = Object.entries({ email, mobile }).filter(([field]) => !takenLogins.includes(field as 'email'));
    for (const [field, address] of logins) {
      const login = `${field} ${address ?? id}`;
      bearers.set(login, [...(bearers.get(login) ?? []), id]);
    }
  }
  return new Set([...bearers.values()].filter(({ length }) => length > 1).flat());
}

/** Whether the change says whose login a shared address is, and nothing else. */
function isOfLogin({ target, after }: Change, shared: ReadonlySet<string>): boolean {
  const isMark = Object.keys(after ?? {}).every((field) => field === 'takenLogins' || field === 'sharesLoginWith');
  return after !== null && isMark && shared.has(target.id ?? '');
}

function withoutMarks(users: LocalState['users'], of: ReadonlySet<string>): LocalState['users'] {
  return users.map((user) => {
    const { takenLogins: _taken, sharesLoginWith: _shares, ...fields } = user;
    return of.has(user.id) ? fields : user;
  });
}

/** The persons whom a run of the scope may create: members of its classes, and guardians of its students. */
function reachedUsers(state: LocalState): ReadonlySet<string> {
  const classes = new Set(state.classes.filter((each) => each.schoolSourcedId === 's1').map(({ id }) => id));
  const users = state.enrollments.filter(({ classId }) => classes.has(classId)).map(({ userId }) => userId);
  return new Set([...users, ...state.guardianLinks.map(({ guardianId }) => guardianId)]);
}

function byId(left: { readonly id: string }, right: { readonly id: string }): number {
  return left.id < right.id ? -1 : 1;
}

function pick<T>(values: readonly T[], position: number): T {
  return values[position % values.length] as T;
}
