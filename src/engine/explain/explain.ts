/**
 * Why something happens to a record, and why not.
 *
 * @module
 */

import { ConfigurationError } from '../../errors.js';
import { enrollmentSubject, guardianSubject, scopeKey } from '../../model/index.js';
import type { Change, ChangeNoun, Hold, LocalState, Note, Plan, Policy, Reason, Roster } from '../../model/index.js';
import { reasonOfHold } from '../words/reason-of-hold.js';
import { findClass } from './classes.js';
import { because, kept, notImported, UNKNOWN, type Finding, type Verdict } from './finding.js';
import { findGuardian } from './guardians.js';
import { findMember } from './members.js';
import { findSchool } from './schools.js';
import { findPerson } from './users.js';
import { reasonOf, subjectOf, View, type Person, type RecordRef } from './view.js';
import { sentencesOf } from './wording.js';

/** What an explanation is made from: a plan, and what it was made from. */
export interface ExplainInput {
  readonly plan: Plan;
  /** The roster of the plan's own read. An undo has none: any will do. */
  readonly roster: Roster;
  /** The host's data as the plan saw it. */
  readonly local: LocalState;
  /** The policy of the plan. Without it a setting is told where the plan or the plan's memory shows it. */
  readonly policy?: Policy | undefined;
  /**
   * The time of the plan: it decides which enrollments count and which terms are over.
   *
   * @default the time of the read
   */
  readonly now?: Date | string | undefined;
}

/** Which record. By its sourcedId; one that only the host has by the host's own id, as `{ id }`. */
export type ExplainTarget =
  | { readonly school: RecordRef }
  | { readonly class: RecordRef }
  | { readonly user: RecordRef }
  | { readonly enrollment: { readonly class: RecordRef; readonly user: RecordRef } }
  | { readonly guardian: { readonly guardian: RecordRef; readonly student: RecordRef } };

/** Why something happens to a record, or why nothing does. Plain data; holds ids, counts and names of classes only. */
export interface Explanation {
  readonly noun: ChangeNoun;
  /** The record, in the words of {@link ChangeBase.subject}. */
  readonly subject: string;
  readonly verdict: Verdict;
  /** What an administrator reads; each sentence ends with the rule that it is about. */
  readonly sentences: readonly string[];
  /** The rules behind the sentences, the one that decides first. */
  readonly reasons: readonly Reason[];
  /** What the plan does to the record, held or not. */
  readonly changes: readonly Change[];
  /** What the plan notes about it. */
  readonly notes: readonly Note[];
  /** The holds that name its changes, or are about the record itself. */
  readonly holds: readonly Hold[];
}

/**
 * Explains what a plan does to one record, and, where it does nothing, why not: unchanged, left out by a rule or a
 * setting, protected because people made or changed it, in doubt, or not part of this import. Answers from the plan and
 * from both sides; reads nothing else and decides nothing anew.
 *
 * @throws ConfigurationError where the target names no kind of record, and where roster or host are not those of the plan
 * @example
 * ```ts
 * import { definePolicy, explain, reconcile } from 'rosterkit';
 * import { MemoryStore } from 'rosterkit/memory';
 * import { districtRoster, generateDistrict } from 'rosterkit/testing';
 *
 * const roster = districtRoster(generateDistrict({ seed: 1 }), { scope: { tenant: 'district-1' } });
 * const local = await new MemoryStore().load({ tenant: 'district-1' });
 * const policy = definePolicy({ students: { create: false } });
 * const plan = reconcile({ roster, local, policy, now: roster.readAt });
 * const student = roster.users.find(({ roles }) => roles.includes('student'));
 * const { verdict, sentences } = explain({ plan, roster, local, policy }, { user: student?.sourcedId ?? '' });
 * console.log(verdict, sentences.join(' '));
 * ```
 */
export function explain(input: ExplainInput, target: ExplainTarget): Explanation {
  const view = viewOf(input);
  const { noun, subject, names, id, find } = about(view, target);
  const named = id === undefined ? [] : view.changesTo(noun, id);
  const changes = [...new Set([...view.changesOf(subject), ...named])];
  const notes = view.notesOf(subject);
  const heldBy = new Set(changes.flatMap((change) => change.heldBy));
  const holds = input.plan.holds.filter((hold) => heldBy.has(hold.id) || hold.subject === subject);
  const own = changes.length > 0 ? undefined : whyNothing(view, find, notes, id !== undefined);
  const isWaiting =
    changes.length > 0
      ? changes.every((change) => change.heldBy.length > 0)
      : holds.some((hold) => hold.changes.length === 0);
  const verdict = isWaiting ? 'held' : (own?.verdict ?? 'changes');
  const reasons = distinct([
    ...changes.map(({ reason }) => reason),
    ...(own?.reasons ?? []),
    ...holds.map((hold) => reasonOfHold(input.plan, hold)),
    ...notes.map(reasonOf),
  ]);
  const sentences = sentencesOf({ noun, names, verdict, reasons, changes, holds });
  return { noun, subject, verdict, sentences, reasons, changes, notes, holds };
}

/** What is looked up for one kind of record. */
interface About {
  readonly noun: ChangeNoun;
  readonly subject: string;
  /** The ids by which the record is called: one, or two of a pair. */
  readonly names: readonly string[];
  /** The host's id, where the host has it. */
  readonly id: string | undefined;
  readonly find: () => Finding;
}

function about(view: View, target: ExplainTarget): About {
  if ('school' in target) {
    const { feed, local } = view.school(target.school);
    const subject = subjectOf('school', target.school, local);
    const find = (): Finding => findSchool(view, feed, local);
    return { noun: 'school', subject, names: [nameOf(target.school)], id: local?.id, find };
  }
  if ('class' in target) {
    const { feed, local } = view.class(target.class);
    const subject = subjectOf('class', target.class, local);
    const find = (): Finding => findClass(view, feed, local);
    return { noun: 'class', subject, names: [nameOf(target.class)], id: local?.id, find };
  }
  if ('user' in target) {
    const person = view.person(target.user);
    const find = (): Finding => findPerson(view, person);
    return { noun: 'user', subject: person.subject, names: [nameOf(target.user)], id: person.local?.id, find };
  }
  if ('enrollment' in target) return aboutMember(view, target.enrollment);
  if ('guardian' in target) return aboutGuardian(view, target.guardian);
  throw new ConfigurationError('target', 'names a school, class, user, enrollment or guardian');
}

function aboutMember(view: View, ref: { readonly class: RecordRef; readonly user: RecordRef }): About {
  const { feed: section, local: localClass } = view.class(ref.class);
  const person = view.person(ref.user);
  const local = view.member(localClass, person.local);
  const sourcedId = typeof ref.class === 'string' ? ref.class : localClass?.sourcedId;
  const classId = sourcedId ?? `@${localClass?.id ?? nameOf(ref.class)}`;
  const subject = enrollmentSubject(classId, pairId(person, ref.user));
  const rows = view.rows(sourcedId, person.sourcedId);
  const find = (): Finding => findMember(view, { subject, classId, section, localClass, person, rows, local });
  return { noun: 'enrollment', subject, names: [nameOf(ref.user), nameOf(ref.class)], id: local?.id, find };
}

function aboutGuardian(view: View, ref: { readonly guardian: RecordRef; readonly student: RecordRef }): About {
  const guardian = view.person(ref.guardian);
  const student = view.person(ref.student);
  const local = view.localLink(guardian.local, student.local);
  const [link] = view.links(guardian.sourcedId, student.sourcedId);
  const subject = guardianSubject(pairId(guardian, ref.guardian), pairId(student, ref.student));
  const find = (): Finding => findGuardian(view, { subject, guardian, student, link, local });
  return { noun: 'guardian', subject, names: [nameOf(ref.guardian), nameOf(ref.student)], id: local?.id, find };
}

function pairId({ sourcedId, local }: Person, ref: RecordRef): string {
  return sourcedId ?? `@${local?.id ?? nameOf(ref)}`;
}

function nameOf(ref: RecordRef): string {
  return typeof ref === 'string' ? ref : ref.id;
}

/** What keeps the record as it is: the plan as a whole, or what is found out about the record. */
function whyNothing(view: View, find: () => Finding, notes: readonly Note[], isHere: boolean): Finding {
  const { plan } = view.sides;
  if (plan.type === 'undo') {
    if (notes.length === 0) return isHere ? kept(because('UNDO', 'NOT_UNDONE')) : UNKNOWN;
    return isHere ? kept() : notImported();
  }
  const stop = whyNothingAtAll(view);
  if (stop === undefined) return find();
  if (isHere) return kept(stop);
  return find().verdict === 'unknown' ? UNKNOWN : notImported(stop);
}

/** G1 and Z9: nothing was decided about any record. */
function whyNothingAtAll(view: View): Reason | undefined {
  const { plan } = view.sides;
  if (plan.outcome === 'failed') {
    return because('G1', 'UNREADABLE', plan.gates.find(({ gate }) => gate === 'G1')?.evidence);
  }
  return view.tells('BLACKOUT') ? because('Z9', 'BLACKOUT') : undefined;
}

/** Each case once, and each hold once: what a note or a finding says of one case as a hold does, the hold says better. */
function distinct(reasons: readonly Reason[]): readonly Reason[] {
  const seen = new Set<string>();
  return reasons.filter(({ rule, code, evidence }) => {
    const word = `${rule} ${code}`;
    const key = evidence?.['hold'] === undefined ? word : `${word} ${JSON.stringify(evidence['hold'])}`;
    if (seen.has(key)) return false;
    seen.add(word).add(key);
    return true;
  });
}

/** One view for each plan: lists of explanations share what was looked up. */
const views = new WeakMap<Plan, View>();

function viewOf({ plan, roster, local, policy = policyOf(plan), now }: ExplainInput): View {
  const known = views.get(plan);
  const isSame =
    known?.sides.roster === roster &&
    known.sides.local === local &&
    known.sides.policy === policy &&
    known.sides.now === now;
  if (known !== undefined && isSame) return known;
  if (plan.type === 'sync' && plan.readId !== roster.readId) {
    throw new ConfigurationError('roster', `is not the one of the plan: read ${plan.readId}, not ${roster.readId}`);
  }
  if (scopeKey(plan.scope) !== scopeKey(local.scope)) {
    throw new ConfigurationError('local', 'is not of the scope of the plan: load that scope');
  }
  const view = new View({ plan, roster, local, policy, now });
  views.set(plan, view);
  return view;
}

/** The plan remembers its policy for the next one (Z10). */
function policyOf({ type, ledger: { policy }, steps }: Plan): Policy | undefined {
  return type === 'sync' && policy?.steps.join() === steps.join() ? policy : undefined;
}
