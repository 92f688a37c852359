import { ConfigurationError } from '../../errors.js';
import { checkMethods, checkOptionNames, checkScope, checkText } from '../../internal/options.js';
import type { LocalUser, Scope } from '../../model/index.js';
import { lookThrough, type Passes, type ReadableStore } from '../passes.js';
import { BIT, type Grant, grantsOf, isOpen } from './grants.js';
import {
  type AccessScope,
  checkPermissionSets,
  checkRoleSets,
  permissionSets,
  type PermissionSets,
} from './permission-sets.js';
import { type AccessTarget, type Reach, ReachReader } from './reach.js';

/** What an {@link Access} works with. */
export interface AccessOptions {
  readonly store: ReadableStore;
  /** Whose records count. Where it names schools, nothing beyond them is within reach of anybody. */
  readonly scope: Scope;
  /** The sets that there are. @default permissionSets: the seven */
  readonly permissionSets?: PermissionSets | undefined;
  /** The sets that everybody with a role of the host (`LocalUser.role`) has, besides their own. @default {} */
  readonly roles?: Readonly<Record<string, readonly string[]>> | undefined;
  /**
   * Whether records are read as streams where the store offers them. Behind a PgBouncer that does not pool sessions they
   * can't be.
   *
   * @default true
   */
  readonly streams?: boolean | undefined;
}

/**
 * Why a person may do something, or not:
 *
 * - `GRANTED`: by this grant.
 * - `UNKNOWN_PERSON`: there is nobody with this id in the tenant.
 * - `CLOSED_ACCOUNT`: the person is deactivated, or the district disabled them.
 * - `NOT_GRANTED`: no set of theirs has the permission.
 * - `OUT_OF_REACH`: they have it, and it does not reach what was asked about.
 */
export type AccessDecision =
  | { readonly allowed: true; readonly code: 'GRANTED'; readonly grant: Grant }
  | {
      readonly allowed: false;
      readonly code: 'UNKNOWN_PERSON' | 'CLOSED_ACCOUNT' | 'NOT_GRANTED' | 'OUT_OF_REACH';
    };

/** What one person may do, as it was when it was read: for a page that asks a lot. */
export interface PersonalAccess {
  /** What they have, by name; of one name the widest first. */
  readonly permissions: readonly Grant[];
  /** As {@link Access.can}. */
  can(permission: string, about?: AccessTarget): boolean;
  /** As {@link Access.explain}. */
  explain(permission: string, about?: AccessTarget): AccessDecision;
}

const TARGETS: readonly (keyof AccessTarget)[] = ['student', 'person', 'class', 'school', 'participants'];

/**
 * Who may do what, to whom. A person has the permissions of their sets (`LocalUser.permissions`) and of those of their
 * role at the host; how far each reaches follows the roster: the schools, classes and children that they have now.
 *
 * A deactivated or disabled person may do nothing. Removed places, archived classes, guardian links that ended or are
 * blocked, and deactivated students give nothing.
 *
 * @example
 * ```ts
 * import { Access } from 'rosterkit';
 * import { MemoryStore } from 'rosterkit/memory';
 *
 * const store = new MemoryStore();
 * const access = new Access({ store, scope: { tenant: 'district-1' } });
 * if (await access.can('teacher-1', 'families:message', { student: 'student-9' })) console.log('They may write.');
 * ```
 */
export class Access {
  /** The sets that there are. */
  readonly permissionSets: PermissionSets;
  readonly #options: AccessOptions;
  readonly #roles: Readonly<Record<string, readonly string[]>>;

  /** @throws ConfigurationError naming the option that is unknown, missing or impossible */
  constructor(options: AccessOptions) {
    checkOptionNames(options, ['store', 'scope', 'permissionSets', 'roles', 'streams']);
    checkMethods('store', options.store, ['load']);
    checkScope(options.scope);
    this.#options = options;
    this.permissionSets = checkPermissionSets(options.permissionSets ?? permissionSets);
    this.#roles = checkRoleSets(options.roles ?? {}, this.permissionSets);
  }

  /**
   * Whether a person (the host's id) may do something. `about` names what it is done to; without it the question is
   * whether they may do it anywhere within the scope. What is not there is within nobody's reach.
   *
   * Reads the tenant's records once or twice, and keeps only those that matter. Use {@link of} to ask more than once.
   *
   * @throws ConfigurationError where `about` names more than one thing, or something unknown
   * @throws StoreError where the store fails
   */
  async can(userId: string, permission: string, about: AccessTarget = {}): Promise<boolean> {
    return (await this.explain(userId, permission, about)).allowed;
  }

  /** As {@link can}, with the reason. */
  async explain(userId: string, permission: string, about: AccessTarget = {}): Promise<AccessDecision> {
    checkTarget(about);
    return this.#read(userId, async (user, passes) => {
      if (user === undefined || !isOpen(user)) return decide(user, [], permission, about, undefined);
      const grants = this.#grants(user).filter((grant) => grant.permission === permission);
      if (grants.length === 0) return decide(user, grants, permission, about, undefined);
      return decide(user, grants, permission, about, await this.#reach(user, passes, grants, about));
    });
  }

  /** What a person has, by name; of one name the widest first. Nothing where there is no such person, or no open account. */
  async permissionsOf(userId: string): Promise<readonly Grant[]> {
    return this.#read(userId, (user) => Promise.resolve(user === undefined || !isOpen(user) ? [] : this.#grants(user)));
  }

  /**
   * What one person may do, read once for many questions. Its memory grows with what the person may see: a few classes for
   * a teacher, the ids of a district for its administrator. It tells what was so when it was read: make a new one for the
   * next request.
   *
   * @throws StoreError where the store fails
   * @example
   * ```ts
   * import type { Access } from 'rosterkit';
   *
   * export async function visible(access: Access, userId: string, students: readonly string[]): Promise<string[]> {
   *   const mine = await access.of(userId);
   *   return students.filter((student) => mine.can('families:view', { student }));
   * }
   * ```
   */
  async of(userId: string): Promise<PersonalAccess> {
    return this.#read(userId, async (user, passes) => {
      const permissions = user === undefined || !isOpen(user) ? [] : this.#grants(user);
      const reach =
        user === undefined || permissions.length === 0 ? undefined : await this.#reach(user, passes, permissions);
      const explain = (permission: string, about: AccessTarget = {}): AccessDecision => {
        checkTarget(about);
        return decide(user, permissions, permission, about, reach);
      };
      return { permissions, explain, can: (permission, about) => explain(permission, about).allowed };
    });
  }

  #grants(user: LocalUser): readonly Grant[] {
    return grantsOf(user, this.permissionSets, this.#roles);
  }

  #reach(user: LocalUser, passes: Passes, grants: readonly Grant[], about?: AccessTarget): Promise<Reach> {
    const needs = grants.reduce((bits, { within }) => bits | BIT[within], 0);
    return new ReachReader(passes, this.#options.scope, user, needs, about).read();
  }

  #read<T>(userId: string, work: (user: LocalUser | undefined, passes: Passes) => Promise<T>): Promise<T> {
    checkText('userId', userId, 'is the host’s id of a person');
    const { store, scope, streams } = this.#options;
    return lookThrough(store, scope, async (passes) => work(await findUser(passes, userId), passes), { streams });
  }
}

async function findUser(passes: Passes, userId: string): Promise<LocalUser | undefined> {
  for await (const user of await passes.of('users')) if (user.id === userId) return user;
  return undefined;
}

function decide(
  user: LocalUser | undefined,
  grants: readonly Grant[],
  permission: string,
  about: AccessTarget,
  reach: Reach | undefined,
): AccessDecision {
  if (user === undefined) return { allowed: false, code: 'UNKNOWN_PERSON' };
  if (!isOpen(user)) return { allowed: false, code: 'CLOSED_ACCOUNT' };
  const named = grants.filter((grant) => grant.permission === permission);
  if (named.length === 0 || reach === undefined) return { allowed: false, code: 'NOT_GRANTED' };
  const grant = named.find(({ within }) => reaches(within, about, user.id, reach));
  return grant === undefined ? { allowed: false, code: 'OUT_OF_REACH' } : { allowed: true, code: 'GRANTED', grant };
}

function reaches(within: AccessScope, about: AccessTarget, userId: string, reach: Reach): boolean {
  const bit = BIT[within];
  const { participants, school } = about;
  const person = about.student ?? about.person;
  if (within === 'participant' && participants !== undefined) {
    return participants.includes(userId) && (person === undefined || !reach.forbidden.has(person));
  }
  if (person !== undefined) {
    return has(reach.people, person, bit) && (about.student === undefined || reach.students.has(person));
  }
  if (about.class !== undefined) return has(reach.classes, about.class, bit);
  if (school !== undefined) return has(reach.schools, school, bit);
  if (participants === undefined) return within === 'district';
  return participants.length > 0 && participants.every((each) => each === userId || has(reach.people, each, bit));
}

function has(reach: ReadonlyMap<string, number>, id: string, bit: number): boolean {
  return ((reach.get(id) ?? 0) & bit) !== 0;
}

/** @throws ConfigurationError naming what is no part of a question, or one part too many */
function checkTarget(about: AccessTarget): void {
  checkOptionNames(about, TARGETS);
  const { participants, ...one } = about;
  const named = Object.entries(one).filter(([, id]) => id !== undefined);
  for (const [name, id] of named) checkText(name, id, 'is an id');
  if (named.length > 1) {
    throw new ConfigurationError(
      named[1]?.[0] ?? 'about',
      `stands beside ${named[0]?.[0] ?? ''}: ask about one at a time`,
    );
  }
  if (participants !== undefined && !isListOfTexts(participants)) {
    throw new ConfigurationError('participants', 'is a list of the host’s ids of people');
  }
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
