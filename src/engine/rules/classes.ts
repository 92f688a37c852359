/**
 * The table of classes (rows K): one class of the feed against one of the host.
 *
 * @module
 */

import { isSame } from '../../internal/canonical.js';
import { classSubject } from '../../model/index.js';
import type { Class, ClassOptions, Fields, LocalClass, SyncedClass } from '../../model/index.js';
import type { Context } from '../context.js';
import { changeKey } from '../draft.js';
import { classFingerprint } from '../fingerprint.js';
import { giveUpSourcedId, type RekeyPatch } from '../identity/index.js';
import type { MemberComparison } from './members.js';
import type { NameClaim } from './taken-names.js';

/** What follows from a class's rows for its members and its name. */
export interface ClassDecision {
  /** `follow` the feed; `frozen`: leave them; `remove`: Full Data without Archive, where the policy says so. */
  readonly members: 'follow' | 'frozen' | 'remove';
  /** Which names it keeps taken. */
  readonly names: NameClaim;
  /** Whether it is open once this plan is applied. Only open classes share a name (D4). */
  readonly isOpen: boolean;
  /** Whether it comes to bear a name in a school by this plan: it returns, moves, or is renamed by the feed. */
  readonly isNewcomer?: boolean;
}

/** The fields besides the name that follow the roster as long as no person has changed them. */
const TRACKED = ['termSourcedIds', 'courseTitle', 'period', 'sectionNumber', 'grades', 'subject'] as const;

const OPTIONS = ['behaviorManagement', 'studentPortfolios', 'parentCommunication'] as const;

/** The decision about a class that is put away: it takes no name. */
export const FROZEN: ClassDecision = { members: 'frozen', names: 'free', isOpen: false };

/** The decision about a class of which nothing has to be said. */
export const FOLLOWED: ClassDecision = { members: 'follow', names: 'own', isOpen: true };

/** The decision about a class that stays as it is, and keeps its name: it is absent or was not read, or a person decides. */
export const KEPT: ClassDecision = { members: 'frozen', names: 'own', isOpen: true };

/** A blank class name is read as the course title, then the sourcedId. */
export function classNameOf(section: Class): string {
  if (section.name.trim() !== '') return section.name;
  const title = section.courseTitle;
  return title !== undefined && title.trim() !== '' ? title : section.sourcedId;
}

/** What a sync writes of a class. */
function syncedClass(section: Class, options: ClassOptions): SyncedClass {
  const tracked: Record<string, unknown> = {};
  for (const field of TRACKED) if (section[field] !== undefined) tracked[field] = section[field];
  return { name: classNameOf(section), schoolSourcedId: section.schoolSourcedId, ...tracked, options };
}

/** K1: a section that is imported for the first time. */
export function createClass(section: Class, name: string, context: Context): void {
  const { options } = context.policy.classes;
  const synced = syncedClass(section, options);
  context.draft.propose({
    kind: 'class-create',
    subject: classSubject(section.sourcedId),
    target: { sourcedId: section.sourcedId },
    schoolSourcedId: section.schoolSourcedId,
    before: null,
    after: { ...synced, sourcedId: section.sourcedId, origin: 'roster', state: 'active', name, synced },
    reason: {
      rule: name === synced.name ? 'K1' : 'D5',
      code: name === synced.name ? 'NEW_CLASS' : 'NEW_CLASS_DISTINCT_NAME',
    },
    fingerprint: classFingerprint(section),
  });
}

/**
 * Whether an active class is plainly as the sync left it, so that no row has anything to say but K10: nearly all classes
 * of nearly all plans.
 */
export function isPlainClass(section: Class, local: LocalClass, context: Context): boolean {
  const { synced } = local;
  if (section.schoolSourcedId !== local.schoolSourcedId || !context.isInScope(section.schoolSourcedId)) return false;
  if (!context.handlesClasses) return true;
  if (synced === undefined || local.revived === true) return false;
  const { name } = section;
  // A blank name is read as something else, and is never the name that was written.
  if (name !== local.name || name !== synced.name) return false;
  if (isOther(section.courseTitle, synced.courseTitle) || isOther(section.period, synced.period)) return false;
  if (isOther(section.sectionNumber, synced.sectionNumber) || isOther(section.subject, synced.subject)) return false;
  if (isOther(section.termSourcedIds, synced.termSourcedIds) || isOther(section.grades, synced.grades)) return false;
  return hasOptions(synced.options, context.policy.classes.options);
}

/** Whether the feed says something, and something else than it said last. */
function isOther(value: unknown, last: unknown): boolean {
  return value !== undefined && value !== last && !isSame(value, last);
}

function hasOptions(known: ClassOptions | undefined, wanted: ClassOptions): boolean {
  return (
    known !== undefined &&
    known.behaviorManagement === wanted.behaviorManagement &&
    known.studentPortfolios === wanted.studentPortfolios &&
    known.parentCommunication === wanted.parentCommunication
  );
}

/** A class that the feed has and the host has, archived or not. */
export function decidePresent(
  section: Class,
  local: LocalClass,
  members: MemberComparison,
  context: Context,
  rekey?: RekeyPatch,
): ClassDecision {
  const { draft } = context;
  const subject = classSubject(section.sourcedId);
  const isFeedInScope = context.isInScope(section.schoolSourcedId);
  const isLocalInScope = context.isInScope(local.schoolSourcedId);
  if (!isFeedInScope && !isLocalInScope) return FROZEN;
  if (isFeedInScope !== isLocalInScope) {
    draft.note({
      rule: 'K6',
      code: isLocalInScope ? 'MOVED_OUT_OF_SCOPE' : 'MOVED_FROM_OUTSIDE_SCOPE',
      severity: 'warning',
      noun: 'class',
      subject,
      schoolSourcedId: section.schoolSourcedId,
    });
    if (local.state === 'active') return KEPT;
    return isPutAway(local) ? PUT_AWAY : FROZEN;
  }
  if (local.state === 'purged') {
    draft.noteOnce({ rule: 'K14', code: 'PURGED_BY_USER', severity: 'info', noun: 'class', subject });
    return PUT_AWAY;
  }
  const returns = local.state === 'archived';
  if (returns && rekey === undefined && !isRevivable(local, context)) {
    const byUser = local.by === 'user';
    draft.note({
      rule: byUser ? 'K9' : 'K8',
      code: byUser ? 'LOCAL_ARCHIVE_WINS' : 'STAYS_ARCHIVED',
      severity: 'info',
      noun: 'class',
      subject,
      schoolSourcedId: section.schoolSourcedId,
    });
    return byUser ? PUT_AWAY : FROZEN;
  }
  // Whom a person has said to be one class are not two.
  if (rekey === undefined && isRecycled(section, local, members)) {
    if (!context.isRestricted) holdRecycled(section, local, context);
    return { members: 'frozen', names: 'reused', isOpen: !returns };
  }
  if (!context.handlesClasses) return returns ? FROZEN : FOLLOWED;
  if (returns && context.isRestricted) return FROZEN;
  const outcome = proposePresent(section, local, returns, context, rekey);
  if (outcome === 'suppressed') {
    return { members: returns ? 'frozen' : 'follow', names: 'both', isOpen: !returns };
  }
  return { members: 'follow', names: 'fed', isOpen: true, isNewcomer: outcome === 'elsewhere' };
}

/** What a person put away and the feed still has: no twin comes in its stead. */
const PUT_AWAY: ClassDecision = { members: 'frozen', names: 'both', isOpen: false };

function isPutAway({ state, by }: LocalClass): boolean {
  return state === 'purged' || by === 'user';
}

/** K8 and K9: who may bring this class back. */
function isRevivable(local: LocalClass, context: Context): boolean {
  const { unarchive } = context.policy;
  if (local.origin !== 'roster' || unarchive === 'off') return false;
  return unarchive === 'always' || local.by === 'sync';
}

/**
 * K10: another teacher, hardly any of the former students, and another term: the district has used the id again.
 * A class that had no students cannot be told apart this way, and nobody would be among strangers.
 */
export function isRecycled(section: Class, local: LocalClass, members: MemberComparison): boolean {
  if (members.teachersBefore === 0 || members.teachers === 0 || members.teachersKept > 0) return false;
  if (members.studentsBefore === 0) return false;
  if (members.studentsKept / members.studentsBefore >= 0.2) return false;
  const before = local.synced?.termSourcedIds ?? local.termSourcedIds ?? [];
  return !(section.termSourcedIds ?? []).some((term) => before.includes(term));
}

/** K10: the class parts from its id, and the section is created under it, if a person says so. */
function holdRecycled(section: Class, local: LocalClass, context: Context): void {
  const { draft } = context;
  const { sourcedId, schoolSourcedId } = section;
  const subject = classSubject(sourcedId);
  const fingerprint = classFingerprint(section);
  const kinds = ['class-rekey', 'class-create'] as const;
  // One without the other would leave a class without its id, or an id with two classes.
  if (!context.handlesClasses || kinds.some((kind) => draft.isSuppressed(kind, subject, fingerprint))) {
    draft.note({ rule: 'K10', code: 'RECYCLED_ID_KEPT', severity: 'warning', noun: 'class', subject, schoolSourcedId });
    return;
  }
  draft.propose(giveUpSourcedId(section, local, context));
  createClass(section, classNameOf(section), context);
  draft.hold({
    id: `K10:${sourcedId}`,
    gate: 'K10',
    code: 'RECYCLED_ID',
    subject,
    approvable: true,
    changes: new Set(kinds.map((kind) => changeKey(kind, subject))),
  });
}

/**
 * K4 to K6, K8, K16, K17, as one change, because a record changes once in a plan. Says whether the class is as wanted, and
 * whether it comes to bear a name in a school by that.
 */
function proposePresent(
  section: Class,
  local: LocalClass,
  returns: boolean,
  context: Context,
  rekey: RekeyPatch | undefined,
): 'suppressed' | 'as before' | 'elsewhere' {
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  const synced: Record<string, unknown> = {};
  let reason: { rule: string; code: string } | undefined;
  const set = (field: keyof LocalClass, value: unknown): void => {
    before[field] = local[field];
    after[field] = value;
  };
  if (returns) {
    set('state', 'active');
    set('by', undefined);
    set('archivedAt', undefined);
    reason = { rule: local.by === 'user' ? 'K9' : 'K8', code: 'CLASS_RETURNED' };
  }
  // An incomplete read moves nothing: the section's other half may be on the page that is missing (D6).
  const isMoved = section.schoolSourcedId !== local.schoolSourcedId && !context.isRestricted;
  if (isMoved) {
    set('schoolSourcedId', section.schoolSourcedId);
    synced['schoolSourcedId'] = section.schoolSourcedId;
    reason ??= { rule: 'K6', code: 'SCHOOL_CHANGED' };
  }
  const name = classNameOf(section);
  if (name !== (local.synced?.name ?? local.name)) {
    if (isHostField(local, 'name')) {
      context.draft.note({
        rule: 'K5',
        code: 'NAME_STICKY',
        severity: 'info',
        noun: 'class',
        subject: classSubject(section.sourcedId),
        schoolSourcedId: section.schoolSourcedId,
      });
    } else {
      if (name !== local.name) set('name', name);
      synced['name'] = name;
      reason ??= { rule: 'K5', code: 'NAME_CHANGED' };
    }
  }
  for (const field of TRACKED) {
    const value = section[field];
    if (value === undefined || isSame(value, (local.synced ?? local)[field])) continue;
    synced[field] = value;
    if (!isHostField(local, field) && !isSame(value, local[field])) set(field, value);
    reason ??= { rule: 'K5', code: 'FIELDS_CHANGED' };
  }
  const options = changedOptions(local, context);
  if (options !== undefined) {
    synced['options'] = context.policy.classes.options;
    if (!isSame(options, local.options)) set('options', options);
    reason ??= { rule: 'K17', code: 'OPTIONS_CHANGED' };
  }
  if (local.revived === true) {
    set('revived', undefined);
    reason ??= { rule: 'K16', code: 'REVIVED_CLASS_PRESENT' };
  }
  if (rekey !== undefined) {
    Object.assign(before, rekey.before);
    Object.assign(after, rekey.after);
    ({ reason } = rekey);
  }
  if (reason === undefined) return 'as before';
  if (Object.keys(synced).length > 0) {
    set('synced', { ...(local.synced ?? syncedClass(section, context.policy.classes.options)), ...synced });
  }
  const isProposed = context.draft.propose({
    kind: rekey !== undefined ? 'class-rekey' : returns ? 'class-unarchive' : isMoved ? 'class-move' : 'class-update',
    subject: classSubject(section.sourcedId),
    target: {
      id: local.id,
      sourcedId: rekey === undefined ? section.sourcedId : (local.sourcedId ?? section.sourcedId),
    },
    schoolSourcedId: section.schoolSourcedId,
    before: before as Fields<LocalClass>,
    after: after as Fields<LocalClass>,
    version: local.version,
    reason: { ...reason, evidence: { fields: Object.keys(after).filter((field) => field !== 'synced') } },
    fingerprint: classFingerprint(section),
  });
  if (!isProposed) return 'suppressed';
  return returns || isMoved || 'name' in after ? 'elsewhere' : 'as before';
}

/** K17: the policy's options, save those that the host has changed itself; undefined where the policy is as before. */
function changedOptions(local: LocalClass, context: Context): ClassOptions | undefined {
  const wanted = context.policy.classes.options;
  if (local.origin !== 'roster' || isSame(wanted, local.synced?.options)) return undefined;
  const options = { ...wanted };
  for (const option of OPTIONS) {
    const own = local.options?.[option];
    if (own !== undefined && isHostField(local, `options.${option}`)) options[option] = own;
  }
  return options;
}

/** Whether a class may bear another name, or bear it elsewhere, once a plan is applied. */
export function mayBearName(section: Class, local: LocalClass): boolean {
  if (local.state !== 'active' || section.schoolSourcedId !== local.schoolSourcedId) return true;
  const name = classNameOf(section);
  return name !== local.name || name !== (local.synced?.name ?? name);
}

export function isHostField(local: LocalClass, field: string): boolean {
  return local.hostFields?.includes(field) === true;
}
