/**
 * The rules for classes and enrollments once more, deliberately naive: one table a file, plain loops over everything,
 * nothing shared with the engine. What both say of one case must be the same.
 */

import type { AbsenceCount } from '../../../src/model/index.js';
import { Seen } from './again.js';
import { judge, type Judged, type Latched } from './gates.js';
import { emptyKinds, goneSchools, holdEmptyKinds, holdGoneSchools, managedClasses, managedUsers } from './gone.js';
import type { World } from './members.js';
import { Grace } from './grace.js';
import { Paper } from './paper.js';
import { Pass } from './pass.js';
import { People } from './people.js';
import { Reading } from './reading.js';
import { openWindows } from './windows.js';
import { memberWord, type Decision, type Question, type Suppressed, type Told } from './words.js';

export interface Answer {
  readonly hasFailed: boolean;
  readonly isRestricted: boolean;
  readonly decisions: readonly Decision[];
  readonly notes: readonly Told[];
  readonly holds: readonly Judged[];
  readonly latched: readonly Latched[];
  readonly suppressed: readonly Suppressed[];
  readonly toldOnce: readonly string[];
  readonly absences: readonly AbsenceCount[];
  /** Fine points that the case turned on. */
  readonly points: ReadonlySet<string>;
}

export function decide(asked: Question): Answer {
  const windows = openWindows(asked);
  // Z9: nothing is taken away, and what would be is worked out afresh later.
  const isAdditive = asked.policy.additiveOnly || windows.includes('additive-only');
  const question = { ...asked, policy: { ...asked.policy, additiveOnly: isAdditive } };
  const reading = new Reading(question);
  const paper = new Paper(question, reading);
  if (windows.includes('additive-only')) paper.tell('Z9', 'WINDOW_ADDITIVE');
  // G1: zero changes, and nothing is forgotten; Z9 likewise.
  if (reading.hasFailed || windows.includes('blackout')) {
    if (!reading.hasFailed) paper.tell('Z9', 'BLACKOUT');
    return {
      hasFailed: reading.hasFailed,
      isRestricted: reading.hasFailed,
      decisions: [],
      notes: reading.hasFailed ? [] : paper.notes,
      holds: [],
      latched: question.local.ledger.holds.map((latch) => ({
        ...latch,
        baseline: latch.baseline,
        keys: latch.changes.map((change) => change.key),
      })),
      suppressed: question.suppressed,
      toldOnce: question.local.ledger.reported,
      absences: question.local.ledger.absences ?? [],
      points: paper.points,
    };
  }
  const people = new People(question, reading, paper);
  const grace = new Grace(question);
  const world: World = { question, reading, people, paper, grace };
  const gone = goneSchools(world);
  const empty = emptyKinds(gone, world);
  const pass = new Pass(
    world,
    gone,
    empty.some(({ isNeeded }) => isNeeded),
  );
  pass.run();
  people.deactivate(grace);
  noteUnassigned(world);
  paper.finish();
  if (grace.isAnyCounting) paper.tell('Z6', 'GRACE');
  holdGoneSchools(gone, pass.vanished, world);
  holdEmptyKinds(empty, world);
  const classes = managedClasses(world);
  const members = question.local.enrollments.filter(
    (member) =>
      member.origin === 'roster' &&
      member.state === 'active' &&
      classes.some((each) => each.sourcedId === member.classSourcedId),
  );
  const baselines = { classes: classes.length, enrollments: members.length, users: managedUsers(world).length };
  const seen = new Seen(world, pass.followed);
  const { holds, latched } = judge(
    paper.decisions,
    paper.asked,
    baselines,
    question,
    new Seen(world, pass.followed),
    reading.today,
  );
  const toldBefore = reading.isRestricted ? question.local.ledger.reported : [];
  return {
    hasFailed: false,
    isRestricted: reading.isRestricted,
    decisions: paper.decisions,
    notes: [...reading.notes, ...paper.notes],
    holds,
    latched,
    suppressed: paper.stillSuppressed(),
    toldOnce: [...new Set([...toldBefore, ...paper.toldOnce])],
    absences: grace.remaining((subject) => seen.isSeen(subject)),
    points: paper.points,
  };
}

/** U6: who leaves the last class and is still in the feed keeps the account. */
function noteUnassigned({ question, reading, people, paper }: World): void {
  const { local } = question;
  for (const user of local.users) {
    if (user.sourcedId === undefined) continue;
    const sourcedId = people.currentId(user.sourcedId);
    if (reading.presentUser(sourcedId) === undefined) continue;
    const places = local.enrollments.filter((member) => member.userId === user.id);
    const wordOf = (classSourcedId: string | undefined): string => memberWord(classSourcedId ?? '', sourcedId);
    const isRemoved = (word: string): boolean => paper.has('enrollment-remove', word);
    if (!places.some((member) => isRemoved(wordOf(member.classSourcedId)))) continue;
    const hasOther = places.some((member) => {
      const word = wordOf(member.classSourcedId);
      return member.state === 'active' ? !isRemoved(word) : paper.has('enrollment-restore', word);
    });
    const isAdded = paper.decisions.some(
      (each) => each.kind === 'enrollment-add' && each.subject.endsWith(`:${sourcedId}`),
    );
    if (hasOther || isAdded) continue;
    paper.tell('U6', 'UNASSIGNED', `user:${sourcedId}`);
  }
}
