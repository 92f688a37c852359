import type { Change } from '../model/index.js';

/** The schools that a run is about: where it changes something, or where something waits. */
export class Touched {
  readonly schools = new Set<string>();
  /** The host's ids of people whose schools count, and are not told by the change. */
  readonly people = new Set<string>();

  /** Whether it is about no school in particular. */
  get isEmpty(): boolean {
    return this.schools.size === 0 && this.people.size === 0;
  }

  add(change: Change): void {
    const { target, schoolSourcedId, before, after } = change;
    if (schoolSourcedId !== undefined) this.schools.add(schoolSourcedId);
    for (const fields of [before, after] as readonly (Schooled | null)[]) {
      if (typeof fields?.schoolSourcedId === 'string') this.schools.add(fields.schoolSourcedId);
      for (const school of fields?.schoolSourcedIds ?? []) this.schools.add(school);
    }
    if (change.kind.startsWith('user-') && target.id !== undefined) this.people.add(target.id);
    if (change.kind.startsWith('school-') && 'sourcedId' in target) this.schools.add(target.sourcedId);
  }
}

/** A record that belongs to schools. */
interface Schooled {
  readonly schoolSourcedId?: string | null;
  readonly schoolSourcedIds?: readonly string[] | null;
}
