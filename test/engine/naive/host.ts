/** What happens at the host between two plans: changes are applied, people decide about holds, and edit by hand. */

import type {
  Change,
  LatchedHold,
  Ledger,
  LocalClass,
  LocalEnrollment,
  LocalState,
  Plan,
  Suppression,
} from '../../../src/model/index.js';
import { endedLedger, startedLedger } from '../../../src/engine/gates/index.js';
import { NOW } from '../../support/build.js';
import type { EditCase, WordCase } from './cases.js';
import type { Suppressed } from './words.js';

export interface Host {
  readonly local: LocalState;
  /** The ledger's suppressions, each with what the feed said of its record. */
  readonly suppressed: readonly Suppressed[];
}

export interface Applying {
  /** What the feed says of a change's record, in the words of the naive rules. */
  readonly seenOf: (key: string) => string | undefined;
  /** `YYYY-MM-DD` in the district's time zone. */
  readonly day: string;
}

/** The host after this plan and what a person said of it. */
export function afterPlan(host: Host, plan: Plan, word: WordCase, { seenOf, day }: Applying): Host {
  if (plan.outcome === 'failed') return host;
  const kept = new Map(host.suppressed.map((each) => [wordOf(each), each]));
  const suppressed = plan.ledger.suppressions
    .map((each) => kept.get(wordOf(each)))
    .filter((each) => each !== undefined);
  // Nobody has a word in a run that broke off.
  if (word.breaksOff !== undefined) {
    const free = plan.changes.filter(({ heldBy }) => heldBy.length === 0).slice(0, word.breaksOff);
    return { local: applied({ ...host.local, ledger: startedLedger(plan, NOTHING) }, free), suppressed };
  }
  const ready = plan.changes.filter(({ heldBy }) => heldBy.length === 0);
  // A class that gave up its id, and the one that has it now, go together.
  const parted = ready.filter(({ kind }) => kind === 'class-rekey').map(({ subject }) => subject);
  const undoable = ready.filter(
    ({ kind, subject }) => /^(?:class|enrollment)-|^user-create$/u.test(kind) && !parted.includes(subject),
  );
  const undone = new Set(word.undone.map((index) => undoable[index]).filter((change) => change !== undefined));
  const taken = withoutDependents(ready, undone);
  // Discards and undone changes: not planned again until the feed says something else.
  const run = { released: NOTHING, applied: keysOf(taken), failed: keysOf(undone), day };
  const ended = endedLedger(startedLedger(plan, NOTHING), plan, run);
  const holds: LatchedHold[] = [];
  const dropped: (readonly [Change, Suppression['cause']])[] = [...undone].map((change) => [change, 'undo']);
  const open = new Map(
    plan.holds.map((hold, index) => [hold.id, { hold, word: word.holds[index % word.holds.length] }]),
  );
  for (const latch of ended.holds) {
    const said = open.get(latch.id);
    const keys = latch.changes.map((change) => change.key);
    if (said === undefined || said.word === 'wait' || said.word === undefined) holds.push(latch);
    else if (said.word === 'discard') dropped.push(...latch.changes.map((change) => [change, 'discard'] as const));
    else if (!said.hold.approvable) holds.push(latch);
    else {
      const isWhole = said.word === 'approve' || latch.gate === 'K10';
      holds.push({ ...latch, approved: isWhole ? keys : [...latch.approved, ...keys.slice(0, 1)] });
    }
  }
  const suppressions: Suppression[] = [...ended.suppressions];
  const droppedKeys = new Set(dropped.map(([change]) => change.key));
  for (const [{ kind, subject, fingerprint, key }, cause] of dropped) {
    const seen = seenOf(key);
    if (
      seen === undefined ||
      suppressed.some((each) => each.kind === kind && each.subject === subject && each.seen === seen)
    )
      continue;
    suppressions.push({ kind, subject, fingerprint, cause });
    suppressed.push({ kind, subject, seen, cause });
  }
  const others = holds
    .map((latch) => ({ ...latch, changes: latch.changes.filter((change) => !droppedKeys.has(change.key)) }))
    .filter((latch) => latch.changes.length > 0 || latch.approved.length > 0);
  const ledger: Ledger = { ...ended, holds: others, suppressions };
  return { local: applied({ ...host.local, ledger }, taken), suppressed };
}

const NOTHING: ReadonlySet<string> = new Set();

function keysOf(changes: Iterable<Change>): ReadonlySet<string> {
  return new Set([...changes].map(({ key }) => key));
}

function wordOf({ kind, subject, cause }: Pick<Suppressed, 'kind' | 'subject' | 'cause'>): string {
  return `${kind} ${subject} ${cause}`;
}

/** Members go with their class and their account. */
function withoutDependents(ready: readonly Change[], undone: ReadonlySet<Change>): readonly Change[] {
  const ofClasses = new Set([...undone].filter(({ kind }) => kind === 'class-create').map(({ subject }) => subject));
  const ofUsers = new Set([...undone].filter(({ kind }) => kind === 'user-create').map(({ subject }) => subject));
  return ready.filter((change) => {
    if (undone.has(change)) return false;
    if (change.kind !== 'enrollment-add') return true;
    const { classSourcedId = '', userSourcedId = '' } = change.target;
    return !ofClasses.has(`class:${classSourcedId}`) && !ofUsers.has(`user:${userSourcedId}`);
  });
}

interface Row {
  readonly id: string;
  readonly version: number;
}

function applied(local: LocalState, changes: readonly Change[]): LocalState {
  const tables = {
    school: new Map<string, Row>(local.schools.map((each) => [each.id, each])),
    class: new Map<string, Row>(local.classes.map((each) => [each.id, each])),
    user: new Map<string, Row>(local.users.map((each) => [each.id, each])),
    enrollment: new Map<string, Row>(local.enrollments.map((each) => [each.id, each])),
  };
  const idOf = (table: 'class' | 'user', sourcedId: string | undefined): string | undefined =>
    [...tables[table].values()].find((row) => (row as { sourcedId?: string }).sourcedId === sourcedId)?.id;
  for (const change of changes) {
    const noun = change.kind.split('-')[0] as keyof typeof tables;
    const { target } = change;
    let base: Record<string, unknown>;
    if (change.before !== null) base = { ...tables[noun].get(target.id ?? '') };
    else if (change.kind === 'enrollment-add') {
      const { classSourcedId, userSourcedId } = change.target;
      const classId = change.target.classId ?? idOf('class', classSourcedId);
      const userId = change.target.userId ?? idOf('user', userSourcedId);
      // Its class or person waits for a person's word.
      if (classId === undefined || userId === undefined) continue;
      base = { id: `member-${classId}-${userId}`, version: 0, classId, userId, classSourcedId, userSourcedId };
    } else base = { id: `${noun}-new-${(target as { sourcedId?: string }).sourcedId ?? ''}`, version: 0 };
    const record = Object.fromEntries(
      Object.entries({ ...base, ...change.after, version: Number(base['version']) + 1 }).filter(
        ([, value]) => value !== null && value !== undefined,
      ),
    ) as unknown as Row;
    tables[noun].set(record.id, record);
    for (const [id, row] of tables.enrollment) {
      const { classSourcedId, ...member } = row as LocalEnrollment;
      const userSourcedId = change.kind === 'user-rekey' ? (change.after?.sourcedId ?? '') : '';
      if (change.kind === 'class-rekey' && member.classId === record.id) tables.enrollment.set(id, member);
      if (change.kind === 'user-rekey' && member.userId === record.id)
        tables.enrollment.set(id, { ...row, userSourcedId } as Row);
    }
  }
  return {
    ...local,
    schools: [...tables.school.values()],
    classes: [...tables.class.values()],
    users: [...tables.user.values()],
    enrollments: [...tables.enrollment.values()],
  } as unknown as LocalState;
}

/** What a person does by hand, as the directory would write it. */
export function byHand(local: LocalState, { act, index, other }: EditCase): LocalState {
  const ofRoster = local.classes.filter((each) => each.sourcedId !== undefined && each.state !== 'purged');
  const section = ofRoster[index % Math.max(1, ofRoster.length)];
  const member = local.enrollments[other % Math.max(1, local.enrollments.length)];
  const withClass = (fields: Partial<LocalClass>): LocalState => ({
    ...local,
    classes: local.classes.map((each) => (each === section ? changed(each, fields) : each)),
  });
  const withMember = (fields: Partial<LocalEnrollment>): LocalState => ({
    ...local,
    enrollments: local.enrollments.map((each) => (each === member ? changed(each, fields) : each)),
  });
  const none = undefined as never;
  switch (act) {
    case 'archive-class':
      return section?.state === 'active'
        ? withClass({ state: 'archived', by: 'user', archivedAt: NOW, revived: none })
        : local;
    case 'revive-class': {
      if (section?.state !== 'archived') return local;
      const revived = section.by === 'sync' ? { revived: true } : {};
      return withClass({ state: 'active', by: none, archivedAt: none, ...revived });
    }
    case 'rename-class': {
      const name = ['Math', 'Art', 'Own name'][other % 3] ?? 'Own name';
      return section === undefined ? local : withClass({ name, hostFields: [...(section.hostFields ?? []), 'name'] });
    }
    case 'purge-class':
      return section === undefined || other % 3 !== 0
        ? local
        : withClass({ state: 'purged', by: 'user', revived: none });
    case 'remove-member':
      return member?.state === 'active' ? withMember({ state: 'removed', by: 'user', removedAt: NOW }) : local;
    case 'add-again':
      // M13: now it is people's own.
      return member?.state === 'removed'
        ? withMember({ state: 'active', origin: 'local', by: none, removedAt: none })
        : local;
    case 'add-member': {
      const user = local.users[other % Math.max(1, local.users.length)];
      if (section === undefined || user === undefined || section.state !== 'active') return local;
      if (local.enrollments.some((each) => each.classId === section.id && each.userId === user.id)) return local;
      const added: LocalEnrollment = {
        id: `member-${section.id}-${user.id}`,
        version: 1,
        origin: 'local',
        classId: section.id,
        userId: user.id,
        ...(section.sourcedId === undefined ? {} : { classSourcedId: section.sourcedId }),
        ...(user.sourcedId === undefined ? {} : { userSourcedId: user.sourcedId }),
        role: 'student',
        state: 'active',
      };
      return { ...local, enrollments: [...local.enrollments, added] };
    }
  }
}

function changed<T extends Row>(record: T, fields: Partial<T>): T {
  const entries = Object.entries({ ...record, ...fields, version: record.version + 1 });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as unknown as T;
}
