/** What one run may touch: a tenant, and within it all schools or the named ones. */
export interface Scope {
  /** The host's own id of the district or customer. Records of two tenants never meet. */
  readonly tenant: string;
  /**
   * The sourcedIds of the schools that may be touched. A record is judged by its *local* school.
   *
   * @default every school of the tenant
   */
  readonly schools?: readonly string[] | undefined;
}

/** A part of an import. `classes`, `teachers` and `students` come first, `guardians` in a second import. */
export type Step = 'classes' | 'teachers' | 'students' | 'guardians';

/** The same word for the same scope, whatever the order of its schools: leases, ledgers and holds are kept by it. */
export function scopeKey(scope: Scope): string {
  const schools = scope.schools === undefined ? null : [...new Set(scope.schools)].sort();
  return JSON.stringify([scope.tenant, schools]);
}
