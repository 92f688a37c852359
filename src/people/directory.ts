import { ConfigurationError, StoreConflictError, StoreError } from '../errors.js';
import { collect } from '../internal/ordered.js';
import type { Change, ClassOptions, EnrollmentRole, LocalClass, LocalUser, Scope, UserRole } from '../model/index.js';
import type { Clock, RosterStore } from '../ports/index.js';
import { notFound, type RecordReference, Records } from './records.js';
import { type Erasure, erasePerson, exportPerson, type PersonExport } from './person-data.js';
import { classAct, creation, memberAct, requireFree, userAct, withHostFields } from './acts.js';

/** Who acts. */
export interface ActOptions {
  /** In the host's own words, such as a user id; kept in the journal. */
  readonly by: string;
}

/** What people tell of a class that they make. */
export interface ClassFields {
  readonly name: string;
  readonly schoolSourcedId?: string;
  readonly period?: string;
  readonly grades?: readonly string[];
  readonly subject?: string;
  readonly options?: ClassOptions;
}

/** What people may change of a person. */
export interface PersonFields {
  readonly givenName?: string;
  readonly familyName?: string;
  readonly middleName?: string | undefined;
  readonly username?: string | undefined;
  readonly email?: string | undefined;
  readonly mobile?: string | undefined;
  readonly homePhone?: string | undefined;
  readonly grade?: string | undefined;
  readonly role?: string | undefined;
  readonly site?: string | undefined;
}

/** What a {@link Directory} works with. */
export interface DirectoryOptions {
  readonly store: Pick<RosterStore, 'load' | 'apply' | 'journal' | 'erasePerson' | 'tracesOf' | 'eraseTraces'>;
  readonly scope: Scope;
  /** @default the system's clock */
  readonly clock?: Clock;
}

const PERSON_FIELDS: Readonly<Record<keyof PersonFields, true>> = {
  givenName: true,
  familyName: true,
  middleName: true,
  username: true,
  email: true,
  mobile: true,
  homePhone: true,
  grade: true,
  role: true,
  site: true,
};

/** Once more where somebody wrote in between; twice in a row is worth telling. */
const ATTEMPTS = 2;

/**
 * What people do by hand, written so that no sync undoes it: fields get an owner, archives and removals say that a
 * person made them.
 *
 * Every act names a record by the host's id or by `{ sourcedId }`. It throws a StoreError where there is no such
 * record, and a StoreConflictError where others keep changing it. An act that changes nothing writes nothing.
 *
 * @example
 * ```ts
 * import { Directory } from 'rosterkit';
 * import { MemoryStore } from 'rosterkit/memory';
 *
 * const directory = new Directory({ store: new MemoryStore(), scope: { tenant: 'district-1' } });
 * const { id } = await directory.createClass({ name: 'Chess club' }, { by: 'teacher-1' });
 * await directory.renameClass(id, 'Chess club (Fridays)', { by: 'teacher-1' });
 * ```
 */
export class Directory {
  readonly #store: DirectoryOptions['store'];
  readonly #scope: Scope;
  readonly #clock: Clock;

  constructor(options: DirectoryOptions) {
    this.#store = options.store;
    this.#scope = options.scope;
    this.#clock = options.clock ?? { now: () => new Date() };
  }

  /** Renames a class. The roster's name no longer reaches it (K5), and its old name is free for the next section. */
  async renameClass(reference: RecordReference, name: string, { by }: ActOptions): Promise<void> {
    await this.#act('renameClass', (records) => {
      const section = records.class(reference);
      return classAct('class-update', section, { name, hostFields: withHostFields(section, ['name']) }, by);
    });
  }

  /** Archives a class. A sync leaves it archived, unless the policy unarchives always (K9). */
  async archiveClass(reference: RecordReference, { by }: ActOptions): Promise<void> {
    await this.#act('archiveClass', (records) => {
      const section = records.class(reference);
      const archivedAt = section.by === 'user' && section.archivedAt !== undefined ? section.archivedAt : this.#now();
      const revived = section.revived === undefined ? {} : { revived: undefined };
      return classAct('class-archive', section, { state: 'archived', by: 'user', archivedAt, ...revived }, by);
    });
  }

  /** Brings an archived class back. No sync archives it again until the roster has had it once more (K16). */
  async reviveClass(reference: RecordReference, { by }: ActOptions): Promise<void> {
    await this.#act('reviveClass', (records) => {
      const section = records.class(reference);
      if (section.state === 'active') return [];
      const revived = section.origin === 'roster' ? { revived: true } : {};
      const after = { state: 'active', by: undefined, archivedAt: undefined, ...revived } as const;
      return classAct('class-unarchive', section, after, by);
    });
  }

  /** Deletes a class for good. What stays is a tombstone, so that no sync brings it back (K14). */
  async purgeClass(reference: RecordReference, { by }: ActOptions): Promise<void> {
    await this.#act('purgeClass', (records) => {
      const section = records.class(reference, { purged: true });
      if (section.state === 'purged') return [];
      return classAct('class-purge', section, { state: 'purged', by: 'user', archivedAt: undefined }, by);
    });
  }

  /**
   * Adds a member to a class, or brings back one who was removed. The member is people's own from then on: no later
   * absence in the roster removes them (M8, M13).
   */
  async addMember(
    classReference: RecordReference,
    userReference: RecordReference,
    { role, by }: ActOptions & { readonly role: EnrollmentRole },
  ): Promise<void> {
    await this.#act('addMember', (records) => {
      const section = records.class(classReference);
      const user = records.user(userReference);
      const member = records.member(section, user);
      if (member === undefined) {
        const added = { classId: section.id, userId: user.id, role, state: 'active', origin: 'local' } as const;
        return memberAct('enrollment-add', section, user, undefined, added, by);
      }
      if (member.state === 'removed') {
        const back = { state: 'active', by: undefined, removedAt: undefined, origin: 'local', role } as const;
        return memberAct('enrollment-restore', section, user, member, back, by);
      }
      if (member.role === role) return [];
      const changed = { role, hostFields: withHostFields(member, ['role']) };
      return memberAct('enrollment-update', section, user, member, changed, by);
    });
  }

  /** Removes a member from a class. A sync keeps them removed, unless the policy lets the roster win (M6, M14). */
  async removeMember(
    classReference: RecordReference,
    userReference: RecordReference,
    { by }: ActOptions,
  ): Promise<void> {
    await this.#act('removeMember', (records) => {
      const section = records.class(classReference);
      const user = records.user(userReference);
      const member = records.member(section, user);
      if (member === undefined) {
        throw notFound('removeMember', `user ${user.id} is no member of class ${section.id}`);
      }
      if (member.state === 'removed' && member.by === 'user') return [];
      const after = { state: 'removed', by: 'user', removedAt: this.#now() } as const;
      return memberAct('enrollment-remove', section, user, member, after, by);
    });
  }

  /**
   * Changes fields of a person; `undefined` empties a field. The roster no longer reaches them until they are released.
   *
   * @throws ConfigurationError naming a field that people cannot change
   */
  async editUser(reference: RecordReference, fields: PersonFields, { by }: ActOptions): Promise<void> {
    const names = Object.keys(fields);
    for (const name of names) {
      if (!Object.hasOwn(PERSON_FIELDS, name)) throw new ConfigurationError(`fields.${name}`, 'is not a field to edit');
    }
    for (const name of ['givenName', 'familyName'] as const) {
      if (name in fields && fields[name] === undefined)
        throw new ConfigurationError(`fields.${name}`, "can't be emptied");
    }
    await this.#act('editUser', (records) => {
      const user = records.user(reference);
      return userAct('user-update', user, { ...fields, hostFields: withHostFields(user, names) }, by);
    });
  }

  /** Notes that a person has signed in for the first time: their contact details are theirs (`contactUpdates`). */
  async claim(reference: RecordReference, { by }: ActOptions): Promise<void> {
    await this.#act('claim', (records) => {
      const user = records.user(reference);
      return userAct('user-update', user, { claimed: true, usedAt: user.usedAt ?? this.#now() }, by);
    });
  }

  /** Gives a field of a class or a person back to the roster. */
  async release(
    of: { readonly class: RecordReference } | { readonly user: RecordReference },
    field: string,
    { by }: ActOptions,
  ): Promise<void> {
    await this.#act('release', (records) => {
      if ('class' in of) {
        const section = records.class(of.class);
        return classAct('class-update', section, { hostFields: without(section.hostFields, field) }, by);
      }
      const user = records.user(of.user);
      return userAct('user-update', user, { hostFields: without(user.hostFields, field) }, by);
    });
  }

  /** Notes that people have begun to use a class: an undo then archives it instead of deleting it. */
  async use(reference: RecordReference, { by }: ActOptions): Promise<void> {
    await this.#act('use', (records) => {
      const section = records.class(reference);
      return classAct('class-update', section, { usedAt: section.usedAt ?? this.#now() }, by);
    });
  }

  /** Ties a class to a section of the roster. A class made by people may then be updated, and is never removed (K13). */
  async link(reference: RecordReference, sourcedId: string, { by }: ActOptions): Promise<void> {
    await this.#act('link', (records) => {
      const section = records.class(reference);
      requireFree(records.classes, section.id, sourcedId, 'link');
      return classAct('class-update', section, linked(section, sourcedId), by);
    });
  }

  /** Ties a person to a user of the roster. A person made by people may then be updated, and is never removed. */
  async linkUser(reference: RecordReference, sourcedId: string, { by }: ActOptions): Promise<void> {
    await this.#act('linkUser', (records) => {
      const user = records.user(reference);
      requireFree(records.users, user.id, sourcedId, 'linkUser');
      return userAct('user-update', user, linked(user, sourcedId), by);
    });
  }

  /** Unties a class that was tied to the roster: it is people's own again, and is not proposed for it any more. */
  async unlink(reference: RecordReference, { by }: ActOptions): Promise<void> {
    await this.#act('unlink', (records) => {
      const section = records.class(reference);
      return classAct('class-update', section, unlinked(section, 'unlink'), by);
    });
  }

  /** Unties a person who was tied to the roster; they are not proposed for it any more. */
  async unlinkUser(reference: RecordReference, { by }: ActOptions): Promise<void> {
    await this.#act('unlinkUser', (records) => {
      const user = records.user(reference);
      return userAct('user-update', user, unlinked(user, 'unlinkUser'), by);
    });
  }

  /** Makes a class that no sync ever touches (K13). Resolves to the host's id. */
  async createClass(fields: ClassFields, { by }: ActOptions): Promise<{ readonly id: string }> {
    return this.#create({ class: { ...fields, origin: 'local', state: 'active' } }, by);
  }

  /** Makes a person whom no sync ever touches. Resolves to the host's id. */
  async createUser(
    fields: PersonFields & {
      readonly givenName: string;
      readonly familyName: string;
      readonly roles: readonly UserRole[];
      readonly schoolSourcedIds?: readonly string[];
    },
    { by }: ActOptions,
  ): Promise<{ readonly id: string }> {
    return this.#create({ user: { schoolSourcedIds: [], ...fields, origin: 'local', state: 'active' } }, by);
  }

  /**
   * Everything that is kept about a person of the tenant, as plain data: the record and its ties, before-images in the
   * journal, what waits, is remembered or was sent. Of others it has ids alone. A person whose record is gone is still
   * found by what the journal keeps; where nothing is kept, the lists are empty.
   *
   * @throws StoreError where the store fails
   * @example
   * ```ts
   * import type { Directory } from 'rosterkit';
   *
   * export async function answerRequest(directory: Directory, userId: string): Promise<string> {
   *   return JSON.stringify(await directory.exportPerson(userId), null, 2);
   * }
   * ```
   */
  async exportPerson(reference: RecordReference): Promise<PersonExport> {
    return exportPerson(this.#store, this.#scope, reference, this.#now());
  }

  /**
   * Erases a person of the tenant: the record, its ties, and every trace of them in the journal, the holds, the ledgers,
   * the run reports, the invitations, the outbox and what incremental syncs keep. Of a journal's entry about them stays
   * that something was changed; an undo lists it as erased. Called again, after a crash too, it does what is left to do.
   *
   * As long as the district shares the person, the next whole read brings them back as somebody new: have them taken
   * out of the roster first.
   *
   * @throws LockHeldError while a run holds a scope of the tenant: nothing, or not all, is erased yet; call again
   * @throws StoreError where the store fails
   * @example
   * ```ts
   * import type { Directory } from 'rosterkit';
   *
   * export async function forget(directory: Directory, userId: string): Promise<void> {
   *   const { found } = await directory.erasePerson(userId);
   *   if (!found) throw new Error('Nothing is kept under this id. Is it the right one?');
   * }
   * ```
   */
  async erasePerson(reference: RecordReference): Promise<Erasure> {
    return erasePerson(this.#store, this.#scope, reference);
  }

  async #create(created: Parameters<typeof creation>[0], by: string): Promise<{ readonly id: string }> {
    const runId = `hand-${crypto.randomUUID()}`;
    const change = creation(created, runId, by);
    await this.#store.apply({ scope: this.#scope, runId, at: this.#now(), changes: [change] });
    const [entry] = await this.#store.journal(this.#scope, runId);
    if (entry === undefined) {
      throw new StoreError(`${change.kind}: the store did not keep the new record`, { operation: change.kind });
    }
    return { id: entry.recordId };
  }

  async #act(operation: string, decide: (records: Records) => readonly Change[]): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const changes = decide(await this.#records(operation));
      if (changes.length === 0) return;
      const runId = `hand-${crypto.randomUUID()}`;
      const { stale } = await this.#store.apply({ scope: this.#scope, runId, at: this.#now(), changes });
      if (stale.length === 0) return;
    }
    throw new StoreConflictError(`${operation}: others keep changing the record. Look at it again.`, { operation });
  }

  async #records(operation: string): Promise<Records> {
    const local = await this.#store.load(this.#scope);
    const classes = await collect(local.classes);
    const users = await collect(local.users);
    const enrollments = await collect(local.enrollments);
    return new Records(operation, classes, users, enrollments);
  }

  #now(): string {
    return this.#clock.now().toISOString();
  }
}

function without(hostFields: readonly string[] | undefined, field: string): readonly string[] | undefined {
  const remaining = (hostFields ?? []).filter((name) => name !== field);
  return remaining.length === 0 ? undefined : remaining;
}

function linked(
  record: LocalClass | LocalUser,
  sourcedId: string,
): { readonly sourcedId: string; readonly origin?: 'linked'; readonly hostFields?: readonly string[] | undefined } {
  if (record.origin === 'roster') return { sourcedId };
  const isUntied = record.hostFields?.includes('sourcedId') === true;
  return {
    sourcedId,
    origin: 'linked',
    ...(isUntied ? { hostFields: without(record.hostFields, 'sourcedId') } : {}),
  };
}

function unlinked(
  record: LocalClass | LocalUser,
  operation: string,
): Pick<Partial<LocalUser>, 'hostFields'> & {
  readonly sourcedId?: undefined;
  readonly origin?: 'local';
  readonly synced?: undefined;
} {
  if (record.origin === 'local') return {};
  if (record.origin === 'linked') {
    // Their word that it is none of the roster's: it is not proposed again (`linkExisting`).
    const hostFields = withHostFields(record, ['sourcedId']);
    return { sourcedId: undefined, origin: 'local', synced: undefined, hostFields };
  }
  const message = `${operation}: record ${record.id} was made by a sync. Only what people linked can be unlinked.`;
  throw new StoreError(message, { operation });
}
