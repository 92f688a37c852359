/**
 * Kinds that the feed has none of, although the host manages some (G3): not shared any more, rather than all gone. And
 * what there is to tell of a feed that is empty for the first time (Z1), or for days (Z2).
 *
 * @module
 */

import type { Change, Hold, LocalUser, User, UserRole } from '../../model/index.js';
import type { Context } from '../context.js';
import type { People } from '../passes/people.js';
import { isUserInScope } from './user-fields.js';

/** A kind that the feed has none of, and what is not done because of that. */
export interface EmptyKind {
  readonly kind: NonNullable<Hold['kind']>;
  readonly managed: number;
  readonly changes: ReadonlySet<string> | 'all-destructive';
}

/** Kinds that every district shares: a feed without them is not believed in anything else either. */
const NEEDED = [
  ['students', ['student']],
  ['teachers', ['teacher']],
] as const satisfies readonly (readonly [EmptyKind['kind'], readonly UserRole[]])[];

/** Kinds that a district may stop sharing while all else is fine (Clever: a scope each): only they are in doubt. */
const OPTIONAL = [
  ['staff', ['staff', 'aide', 'other']],
  ['administrators', ['administrator']],
] as const satisfies readonly (readonly [EmptyKind['kind'], readonly UserRole[]])[];

/** After so many days an empty kind is told as a warning (Z2). */
const LOUDER_AFTER = 3;
const DAY = 86_400_000;

const KINDS = NEEDED.length + OPTIONAL.length;

/** A bit for each kind. */
const BITS: Readonly<Record<UserRole, number>> = {
  student: 1,
  teacher: 2,
  staff: 4,
  aide: 4,
  other: 4,
  administrator: 8,
  guardian: 0,
};

/** Counts the people of each kind as they come by. */
export class KindCensus {
  /** The host's people whom a sync manages, in scope. */
  managed = 0;
  /** The kinds that the feed has had nobody of so far. */
  private unseen = (1 << KINDS) - 1;
  private readonly counts = new Array<number>(KINDS).fill(0);

  constructor(
    readonly context: Context,
    /** Who is managed at such schools only is judged with the school (Z5). */
    private readonly goneSchools: ReadonlySet<string>,
  ) {}

  noteFeed(user: User): void {
    if (!this.isWorthCounting(user.roles)) return;
    if (user.status !== 'tobedeleted' && isUserInScope(user, undefined, this.context)) {
      this.unseen &= ~bitsOf(user.roles);
    }
  }

  noteLocal(user: LocalUser): void {
    if (!isManaged(user) || !isUserInScope(undefined, user, this.context)) return;
    this.managed += 1;
    // Only a kind that is never seen is asked for: until it is seen, all of it has to be counted.
    if (!this.isWorthCounting(user.roles)) return;
    const bits = bitsOf(user.roles) & this.unseen;
    if (bits === 0 || this.isAtGoneSchools(user)) return;
    for (let at = 0; at < KINDS; at += 1) {
      if ((bits & (1 << at)) !== 0) this.counts[at] = (this.counts[at] as number) + 1;
    }
  }

  /** How many the host manages of the kind with these roles, where the feed has nobody of it. */
  managedWithoutFeed(roles: readonly UserRole[]): number {
    const bit = bitsOf(roles);
    return (this.unseen & bit) === 0 ? 0 : (this.counts[31 - Math.clz32(bit)] as number);
  }

  /** Whether the feed has nobody of a kind that every district shares, although the host manages some. */
  get isInDoubt(): boolean {
    return NEEDED.some(([, roles]) => this.managedWithoutFeed(roles) > 0);
  }

  /** Z1: whether neither side has anybody of the kinds that every district shares. */
  get isEmpty(): boolean {
    const needed = (1 << NEEDED.length) - 1;
    return this.managed === 0 && (this.unseen & needed) === needed;
  }

  isCounted(user: LocalUser, roles: readonly UserRole[]): boolean {
    if (!isManaged(user) || !user.roles.some((role) => roles.includes(role))) return false;
    return isUserInScope(undefined, user, this.context) && !this.isAtGoneSchools(user);
  }

  /** Nearly everybody is a student, and students are nearly always seen at once: no look at each. */
  private isWorthCounting(roles: readonly UserRole[]): boolean {
    if (this.unseen === 0) return false;
    if (roles.length === 1 && roles[0] === 'student') return (this.unseen & BITS.student) !== 0;
    return (bitsOf(roles) & this.unseen) !== 0;
  }

  private isAtGoneSchools({ schoolSourcedIds }: LocalUser): boolean {
    if (this.goneSchools.size === 0) return false;
    const schools = schoolSourcedIds.filter(this.context.isInScope);
    return schools.length > 0 && schools.every((school) => this.goneSchools.has(school));
  }
}

/** What emptiness is judged by, besides the people. */
interface Found {
  readonly hasClasses: boolean;
  readonly managedClasses: number;
  readonly changes: readonly Change[];
}

export function emptyKinds(census: KindCensus, people: People, found: Found): readonly EmptyKind[] {
  const { context } = census;
  const kinds = kindsWithoutFeed(census, people, found);
  if (found.managedClasses === 0 && !found.hasClasses && census.isEmpty && !context.isRestricted) {
    context.draft.note({ rule: 'Z1', code: 'NOTHING_SHARED', severity: 'info' });
  }
  for (const { kind, managed } of kinds) noteStillEmpty(kind, managed, context);
  return kinds;
}

/** Z2: nobody looks at a hold of days unless it is told louder. It is never released by time. */
function noteStillEmpty(kind: EmptyKind['kind'], managed: number, { draft, local, now }: Context): void {
  const since = local.ledger.holds.find(({ id }) => id === `G3:${kind}`)?.since;
  if (since === undefined) return;
  const days = Math.floor((Date.parse(now) - Date.parse(since)) / DAY);
  if (days < LOUDER_AFTER) return;
  const evidence = { kind, days, managed };
  draft.note({ rule: 'Z2', code: 'STILL_EMPTY', severity: 'warning', evidence });
}

function kindsWithoutFeed(census: KindCensus, people: People, found: Found): readonly EmptyKind[] {
  const kinds: EmptyKind[] = [];
  if (found.managedClasses > 0 && !found.hasClasses) {
    kinds.push({ kind: 'classes', managed: found.managedClasses, changes: 'all-destructive' });
  }
  for (const [kind, roles] of NEEDED) {
    const managed = census.managedWithoutFeed(roles);
    if (managed > 0) kinds.push({ kind, managed, changes: 'all-destructive' });
  }
  for (const [kind, roles] of OPTIONAL) {
    const managed = census.managedWithoutFeed(roles);
    if (managed === 0) continue;
    const changes = takenFrom(census, roles, people, found.changes);
    if (changes.size > 0) kinds.push({ kind, managed, changes });
  }
  return kinds;
}

/** What would take the account or a class from the people of these roles whom the feed lacks. */
function takenFrom(
  census: KindCensus,
  roles: readonly UserRole[],
  people: People,
  changes: readonly Change[],
): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const lacking of [people.vanished, people.tombstoned]) {
    for (const user of lacking.values()) if (census.isCounted(user, roles)) ids.add(user.id);
  }
  const keys = new Set<string>();
  if (ids.size === 0) return keys;
  for (const change of changes) {
    if (change.kind === 'user-deactivate' && ids.has(change.target.id as string)) keys.add(change.key);
    if (change.kind === 'enrollment-remove' && ids.has(change.target.userId as string)) keys.add(change.key);
  }
  return keys;
}

/** Whether a sync may take this person's account away: it made it, and it is open. */
export function isManaged(user: LocalUser): boolean {
  return user.origin === 'roster' && user.state === 'active';
}

function bitsOf(roles: readonly UserRole[]): number {
  let bits = 0;
  for (let at = 0; at < roles.length; at += 1) bits |= BITS[roles[at] as UserRole];
  return bits;
}
