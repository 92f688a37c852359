/**
 * How many members the active classes of each school have, before and after.
 *
 * @module
 */

import type { Change, LocalState } from '../model/index.js';
import type { Names, Reference } from './names.js';
import { effectOf, nounOf } from './phrases.js';
import { classOf } from './records.js';
import type { ReportMembers } from './report.js';
import { orderOf } from './text.js';

/** A class while changes are made to it. */
interface Counted {
  school: string;
  isActive: boolean;
  members: number;
}

export function membersOf(
  changes: readonly Change[],
  local: LocalState | undefined,
  names: Names,
): readonly ReportMembers[] {
  if (local === undefined) return [];
  const before = new Classes(local);
  const after = new Classes(local);
  const afterHeld = new Classes(local);
  for (const change of changes) {
    if (change.heldBy.length === 0) after.apply(change);
    afterHeld.apply(change);
  }
  const sums = [before, after, afterHeld].map((classes) => classes.sums());
  const schools = new Set(sums.flatMap((bySchool) => [...bySchool.keys()]));
  return [...schools]
    .map((id): ReportMembers => {
      const [one, two, three] = sums.map((bySchool) => bySchool.get(id) ?? 0) as [number, number, number];
      const counts = { before: one, after: two, afterHeld: three };
      return id === '' ? counts : { label: names.school({ sourcedId: id }), ...counts };
    })
    .filter((row) => row.before + row.after + row.afterHeld > 0)
    .sort((left, right) => (orderIn(left) < orderIn(right) ? -1 : 1));
}

function orderIn({ label }: ReportMembers): string {
  return label === undefined ? '\uFFFF' : `${orderOf(label.name ?? label.id)}\u0000${label.id}`;
}

class Classes {
  private readonly byId = new Map<string, Counted>();
  private readonly bySourcedId = new Map<string, Counted>();

  constructor({ classes, enrollments }: LocalState) {
    for (const { id, sourcedId, schoolSourcedId = '', state } of classes) {
      this.add({ id, sourcedId }, { school: schoolSourcedId, isActive: state === 'active', members: 0 });
    }
    for (const { classId, state } of enrollments) {
      const section = this.byId.get(classId);
      if (section !== undefined && state === 'active') section.members += 1;
    }
  }

  apply(change: Change): void {
    const { kind, target, after } = change;
    const noun = nounOf(kind);
    if (noun === 'enrollment') {
      const section = this.find(classOf(target));
      const effect = effectOf(kind);
      if (section !== undefined) section.members += effect === 'comes' ? 1 : effect === 'goes' ? -1 : 0;
    } else if (noun === 'class') {
      const reference = target as Reference;
      const { schoolSourcedId, sourcedId } = { ...after } as Reference & { readonly schoolSourcedId?: string | null };
      if (kind === 'class-create') {
        this.add(reference, { school: schoolSourcedId ?? change.schoolSourcedId ?? '', isActive: true, members: 0 });
        return;
      }
      const section = this.find(reference);
      if (section === undefined) return;
      if (kind === 'class-move') section.school = schoolSourcedId ?? section.school;
      else if (kind === 'class-unarchive') section.isActive = true;
      else if (effectOf(kind) === 'goes') section.isActive = false;
      else if (kind === 'class-rekey') this.add({ sourcedId }, section);
    }
  }

  sums(): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    for (const { school, isActive, members } of new Set([...this.byId.values(), ...this.bySourcedId.values()])) {
      if (isActive) sums.set(school, (sums.get(school) ?? 0) + members);
    }
    return sums;
  }

  private add({ id, sourcedId }: Reference, counted: Counted): void {
    if (id !== undefined) this.byId.set(id, counted);
    if (typeof sourcedId === 'string') this.bySourcedId.set(sourcedId, counted);
  }

  private find({ id, sourcedId }: Reference): Counted | undefined {
    return this.byId.get(id ?? '') ?? this.bySourcedId.get(sourcedId ?? '');
  }
}
