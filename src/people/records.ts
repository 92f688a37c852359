import { StoreError } from '../errors.js';
import type { LocalClass, LocalEnrollment, LocalUser } from '../model/index.js';

/** A record of the host: its id, or the provider's. */
export type RecordReference = string | { readonly sourcedId: string };

/** The host's records, found by their ids. */
export class Records {
  constructor(
    readonly operation: string,
    readonly classes: readonly LocalClass[],
    readonly users: readonly LocalUser[],
    readonly enrollments: readonly LocalEnrollment[],
  ) {}

  class(reference: RecordReference, options: { readonly purged?: boolean } = {}): LocalClass {
    const found = find(this.classes, reference);
    if (found === undefined || (found.state === 'purged' && options.purged !== true)) {
      throw notFound(this.operation, `there is no class ${described(reference)}`);
    }
    return found;
  }

  user(reference: RecordReference): LocalUser {
    const found = find(this.users, reference);
    if (found === undefined) throw notFound(this.operation, `there is no user ${described(reference)}`);
    return found;
  }

  member(section: LocalClass, user: LocalUser): LocalEnrollment | undefined {
    return this.enrollments.find((member) => member.classId === section.id && member.userId === user.id);
  }
}

function find<T extends { readonly id: string; readonly sourcedId?: string }>(
  records: readonly T[],
  reference: RecordReference,
): T | undefined {
  if (typeof reference === 'string') return records.find((record) => record.id === reference);
  return records.find((record) => record.sourcedId === reference.sourcedId);
}

function described(reference: RecordReference): string {
  return typeof reference === 'string' ? reference : `with sourcedId ${reference.sourcedId}`;
}

export function notFound(operation: string, what: string): StoreError {
  return new StoreError(`${operation}: ${what}`, { operation });
}
