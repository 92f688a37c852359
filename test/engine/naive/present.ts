/** Section 3: a class that the feed has and the host has. */

import type { Class, LocalClass } from '../../../src/model/index.js';
import type { Members, World } from './members.js';
import { areSame, nameOf, seenClass } from './words.js';

/** What becomes of a present class. */
export interface Present {
  /** Whether its members follow the feed. */
  readonly follows: boolean;
  /** Whether it is active once the plan is applied. */
  readonly isActive: boolean;
  /** What the plan does to it: nothing, a change that stands, or one that an undo keeps away. */
  readonly change: 'none' | 'decided' | 'suppressed';
  /** A person archived or purged it, and the feed still has it. */
  readonly isTakenByPerson: boolean;
  /** The feed's new name, where it differs from the one last applied and the roster owns the name. */
  readonly newName: string | undefined;
  readonly isMoved: boolean;
  readonly returns: boolean;
  readonly isRecycled: boolean;
}

const FIELDS = ['termSourcedIds', 'courseTitle', 'period', 'sectionNumber', 'grades', 'subject'] as const;

export function decidePresent(section: Class, local: LocalClass, members: Members, world: World): Present {
  const { question, reading, paper } = world;
  const { policy } = question;
  const subject = `class:${section.sourcedId}`;
  const isActive = local.state === 'active';
  const stays: Present = {
    follows: false,
    isActive,
    change: 'none',
    isTakenByPerson: false,
    newName: undefined,
    isMoved: false,
    returns: false,
    isRecycled: false,
  };
  // K6, section 0: judged by the local school.
  const isFeedIn = reading.isInScope(section.schoolSourcedId);
  const isLocalIn = reading.isInScope(local.schoolSourcedId);
  if (!isFeedIn && !isLocalIn) return stays;
  if (isFeedIn !== isLocalIn) {
    paper.tell('K6', isFeedIn ? 'MOVED_FROM_OUTSIDE_SCOPE' : 'MOVED_OUT_OF_SCOPE', subject);
    return { ...stays, isTakenByPerson: !isActive && (local.state === 'purged' || local.by === 'user') };
  }
  // K14
  if (local.state === 'purged') {
    paper.tellOnce('K14', 'PURGED_BY_USER', subject);
    return { ...stays, isTakenByPerson: true };
  }
  const isArchived = local.state === 'archived';
  // K8, K9, K13: who may come back.
  const isRevivable =
    local.origin === 'roster' &&
    (policy.unarchive === 'always' || (policy.unarchive === 'archived-by-sync' && local.by === 'sync'));
  if (isArchived && !isRevivable) {
    if (local.by === 'user') paper.tell('K9', 'LOCAL_ARCHIVE_WINS', subject);
    else paper.tell('K8', 'STAYS_ARCHIVED', subject);
    return { ...stays, isTakenByPerson: local.by === 'user' };
  }
  // K10; not in an incomplete read, which proves nothing of the kind: nothing happens then.
  if (isRecycled(section, local, members)) {
    if (!reading.isRestricted) proposeAnew(section, local, world);
    return { ...stays, isRecycled: true };
  }
  if (!policy.steps.includes('classes')) return { ...stays, follows: isActive };
  // G2: no unarchive.
  if (isArchived && reading.isRestricted) return stays;
  return update(section, local, stays, world);
}

/** K10: archive the old class, which gives up its id, and create a new one: both held, and neither without the other. */
function proposeAnew(section: Class, local: LocalClass, { question, paper }: World): void {
  const { policy } = question;
  const subject = `class:${section.sourcedId}`;
  const seen = seenClass(section);
  const isKept = ['class-rekey', 'class-create'].some((kind) => paper.isSuppressed(kind, subject, seen));
  if (isKept || !policy.steps.includes('classes')) {
    paper.tell('K10', 'RECYCLED_ID_KEPT', subject);
    return;
  }
  const isArchived =
    local.origin === 'roster' && local.state === 'active' && policy.fullData && policy.archive && !policy.additiveOnly;
  paper.decide({
    kind: 'class-rekey',
    subject,
    school: local.schoolSourcedId,
    rule: 'K10',
    code: 'ID_GIVEN_UP',
    after: {
      sourcedId: undefined,
      origin: 'local',
      synced: undefined,
      ...(isArchived ? { state: 'archived', by: 'sync' } : {}),
    },
    seen,
  });
  const synced = syncedOf(section, policy);
  paper.decide({
    kind: 'class-create',
    subject,
    school: section.schoolSourcedId,
    rule: 'K1',
    code: 'NEW_CLASS',
    after: { ...synced, sourcedId: section.sourcedId, origin: 'roster', state: 'active', synced },
    seen,
  });
  paper.ask({
    id: `K10:${section.sourcedId}`,
    gate: 'K10',
    code: 'RECYCLED_ID',
    isApprovable: true,
    keys: [`class-rekey ${subject}`, `class-create ${subject}`],
  });
}

/** K10: a different teacher, fewer than 20% of the students, and another term. */
function isRecycled(section: Class, local: LocalClass, members: Members): boolean {
  const hasOtherTeacher = members.teachersBefore > 0 && members.teachers.length > 0 && members.teachersKept === 0;
  const before = local.synced?.termSourcedIds ?? local.termSourcedIds ?? [];
  const hasSameTerm = (section.termSourcedIds ?? []).some((term) => before.includes(term));
  // Of no students before, there is no overlap to speak of.
  const hasOtherStudents = members.studentsBefore > 0 && members.studentsKept < 0.2 * members.studentsBefore;
  return hasOtherTeacher && hasOtherStudents && !hasSameTerm;
}

/** K4, K5, K6, K8, K9, K16, K17: one change, since a record changes once in a plan. */
function update(section: Class, local: LocalClass, stays: Present, { question, reading, paper }: World): Present {
  const { policy } = question;
  const subject = `class:${section.sourcedId}`;
  const owns = (field: string): boolean => local.hostFields?.includes(field) === true;
  const after: Record<string, unknown> = {};
  const synced: Record<string, unknown> = {};
  const reasons: (readonly [string, string])[] = [];
  const returns = local.state === 'archived';
  if (returns) {
    Object.assign(after, { state: 'active', by: undefined });
    reasons.push([local.by === 'user' ? 'K9' : 'K8', 'CLASS_RETURNED']);
  }
  // K6; G2 moves nothing.
  const isMoved = section.schoolSourcedId !== local.schoolSourcedId && !reading.isRestricted;
  if (isMoved) {
    after['schoolSourcedId'] = synced['schoolSourcedId'] = section.schoolSourcedId;
    reasons.push(['K6', 'SCHOOL_CHANGED']);
  }
  // K5: judged against the feed's name last applied.
  const name = nameOf(section);
  let newName: string | undefined;
  if (name !== (local.synced?.name ?? local.name)) {
    if (owns('name')) paper.tell('K5', 'NAME_STICKY', subject);
    else {
      newName = name;
      synced['name'] = name;
      if (name !== local.name) after['name'] = name;
      reasons.push(['K5', 'NAME_CHANGED']);
    }
  }
  for (const field of FIELDS) {
    const value = section[field];
    if (value === undefined || areSame(value, (local.synced ?? local)[field])) continue;
    synced[field] = value;
    if (!owns(field) && !areSame(value, local[field])) after[field] = value;
    reasons.push(['K5', 'FIELDS_CHANGED']);
  }
  // K17: the options that the host has not changed itself.
  if (local.origin === 'roster' && !areSame(policy.classes.options, local.synced?.options)) {
    const wanted: Record<string, boolean> = { ...policy.classes.options };
    for (const [option, own] of Object.entries(local.options ?? {})) {
      if (owns(`options.${option}`)) wanted[option] = own as boolean;
    }
    synced['options'] = policy.classes.options;
    if (!areSame(wanted, local.options)) after['options'] = wanted;
    reasons.push(['K17', 'OPTIONS_CHANGED']);
  }
  // K16: present again.
  if (local.revived === true) {
    after['revived'] = undefined;
    reasons.push(['K16', 'REVIVED_CLASS_PRESENT']);
  }
  const [reason] = reasons;
  // K4
  if (reason === undefined) return { ...stays, follows: true };
  if (Object.keys(synced).length > 0) after['synced'] = { ...(local.synced ?? syncedOf(section, policy)), ...synced };
  const isDecided = paper.decide({
    kind: returns ? 'class-unarchive' : isMoved ? 'class-move' : 'class-update',
    subject,
    school: section.schoolSourcedId,
    rule: reason[0],
    code: reason[1],
    after,
    seen: seenClass(section),
  });
  return {
    follows: !returns || isDecided,
    isActive: !returns || isDecided,
    change: isDecided ? 'decided' : 'suppressed',
    isTakenByPerson: false,
    newName,
    isMoved,
    returns,
    isRecycled: false,
  };
}

/** What a sync writes of a section. */
export function syncedOf(section: Class, policy: World['question']['policy']): Record<string, unknown> {
  const fields = FIELDS.map((field) => [field, section[field]] as const).filter(([, value]) => value !== undefined);
  return {
    name: nameOf(section),
    schoolSourcedId: section.schoolSourcedId,
    ...Object.fromEntries(fields),
    options: policy.classes.options,
  };
}
