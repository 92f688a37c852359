import { checkMethods, checkOptionNames, checkScope, checkText } from '../internal/options.js';
import type { ClassOptions, EnrollmentRole, Proposal, Scope } from '../model/index.js';
import type { Clock, RosterStore } from '../ports/index.js';
import { classAct, requireFree, userAct } from './acts.js';
import {
  archivedClass,
  editedClass,
  purgedClass,
  revivedClass,
  usedClass,
  withClassOptions,
} from './by-hand/classes.js';
import {
  type ActOptions,
  checkActor,
  checkClassDetails,
  checkClassOptions,
  checkPersonFields,
  type ClassDetails,
  type ClassFields,
  type GuardianFields,
  type NewPersonFields,
  type PersonFields,
} from './by-hand/fields.js';
import { Hand } from './by-hand/hand.js';
import { blockedGuardian, linkedGuardian, unblockedGuardian, unlinkedGuardian } from './by-hand/guardians.js';
import { addedMember, removedMember } from './by-hand/members.js';
import {
  claimedUser,
  deactivatedUser,
  editedUser,
  protectedUser,
  reactivatedUser,
  verifiedUser,
} from './by-hand/persons.js';
import { answerProposal, openProposals } from './by-hand/proposals.js';
import { type Released, released, wantedOf } from './by-hand/releasing.js';
import { linked, unlinked } from './by-hand/ties.js';
import type { ReadableStore } from './passes.js';
import { type Erasure, erasePerson, exportPerson, type PersonExport } from './person-data.js';
import type { RecordReference } from './records.js';

/** What a {@link Directory} works with. */
export interface DirectoryOptions {
  readonly store: ReadableStore &
    Pick<RosterStore, 'apply' | 'journal' | 'erasePerson' | 'tracesOf' | 'eraseTraces'> &
    Pick<RosterStore, 'lease' | 'ledger' | 'saveLedger' | 'saveAudit'>;
  readonly scope: Scope;
  /** @default the system's clock */
  readonly clock?: Clock | undefined;
  /**
   * Whether records are looked up in streams where the store offers them, so that no act has the tenant in memory. Behind
   * a PgBouncer that does not pool sessions they can't be.
   *
   * @default true
   */
  readonly streams?: boolean | undefined;
}

/**
 * What people do by hand, written so that no sync undoes it: fields get an owner, archives and removals say that a
 * person made them.
 *
 * Every act names a record by the host's id or by `{ sourcedId }`, and says who acts (`by`), which the journal keeps. It
 * throws a ConfigurationError where it is told something impossible, a StoreError where there is no such record, and a
 * StoreConflictError where others keep changing it. An act that changes nothing writes nothing. Records are looked up one
 * after another, and no further than they are found.
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
  readonly #hand: Hand;

  /** @throws ConfigurationError naming the option that is unknown, missing or impossible */
  constructor(options: DirectoryOptions) {
    checkOptionNames(options, ['store', 'scope', 'clock', 'streams']);
    checkMethods('store', options.store, ['load', 'apply', 'journal']);
    checkScope(options.scope);
    if (options.clock !== undefined) checkMethods('clock', options.clock, ['now']);
    this.#store = options.store;
    this.#scope = options.scope;
    this.#hand = new Hand(options);
  }

  /** Renames a class. The roster's name no longer reaches it (K5), and its old name is free for the next section. */
  async renameClass(reference: RecordReference, name: string, { by }: ActOptions): Promise<void> {
    checkText('name', name, "is the name of a class, and can't be blank");
    const wanted = { classes: [reference] };
    await this.#hand.act('renameClass', by, wanted, (records) => editedClass(records, reference, { name }, by));
  }

  /** Changes details of a class; `undefined` empties one. The roster no longer reaches them until they are released. */
  async editClass(reference: RecordReference, fields: ClassDetails, { by }: ActOptions): Promise<void> {
    checkClassDetails(fields);
    const wanted = { classes: [reference] };
    await this.#hand.act('editClass', by, wanted, (records) => editedClass(records, reference, fields, by));
  }

  /**
   * Turns options of a class on or off. The policy's no longer reach these (K17) until they are released, as
   * `options.studentPortfolios`.
   */
  async setClassOptions(reference: RecordReference, options: Partial<ClassOptions>, { by }: ActOptions): Promise<void> {
    checkClassOptions(options);
    const wanted = { classes: [reference] };
    await this.#hand.act('setClassOptions', by, wanted, (records) => withClassOptions(records, reference, options, by));
  }

  /** Archives a class. A sync leaves it archived, unless the policy unarchives always (K9). */
  async archiveClass(reference: RecordReference, { by }: ActOptions): Promise<void> {
    const wanted = { classes: [reference] };
    await this.#hand.act('archiveClass', by, wanted, (records) =>
      archivedClass(records, reference, this.#hand.now(), by),
    );
  }

  /** Brings an archived class back. No sync archives it again until the roster has had it once more (K16). */
  async reviveClass(reference: RecordReference, { by }: ActOptions): Promise<void> {
    await this.#hand.act('reviveClass', by, { classes: [reference] }, (records) =>
      revivedClass(records, reference, by),
    );
  }

  /** Deletes a class for good. What stays is a tombstone, so that no sync brings it back (K14). */
  async purgeClass(reference: RecordReference, { by }: ActOptions): Promise<void> {
    await this.#hand.act('purgeClass', by, { classes: [reference] }, (records) => purgedClass(records, reference, by));
  }

  /** Notes that people have begun to use a class: an undo then archives it instead of deleting it. */
  async use(reference: RecordReference, { by }: ActOptions): Promise<void> {
    await this.#hand.act('use', by, { classes: [reference] }, (records) =>
      usedClass(records, reference, this.#hand.now(), by),
    );
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
    const place = { class: classReference, user: userReference };
    await this.#hand.act('addMember', by, wantedOf(place), (records) => addedMember(records, place, role, by));
  }

  /** Removes a member from a class. A sync keeps them removed, unless the policy lets the roster win (M6, M14). */
  async removeMember(
    classReference: RecordReference,
    userReference: RecordReference,
    { by }: ActOptions,
  ): Promise<void> {
    const place = { class: classReference, user: userReference };
    await this.#hand.act('removeMember', by, wantedOf(place), (records) =>
      removedMember(records, place, this.#hand.now(), by),
    );
  }

  /**
   * Makes a person a guardian of a student, brings back a link that ended, or changes what is told of one. A link that
   * people make or bring back is their own: no later absence in the roster ends it (P9). Forbidden contact stays forbidden.
   */
  async linkGuardian(
    guardian: RecordReference,
    student: RecordReference,
    { by, ...fields }: ActOptions & GuardianFields,
  ): Promise<void> {
    const pair = { guardian, student };
    await this.#hand.act('linkGuardian', by, wantedOf(pair), (records) => linkedGuardian(records, pair, fields, by));
  }

  /** Ends a guardian's link to a student, and with it the access. A sync keeps it ended (P9). */
  async unlinkGuardian(guardian: RecordReference, student: RecordReference, { by }: ActOptions): Promise<void> {
    const pair = { guardian, student };
    await this.#hand.act('unlinkGuardian', by, wantedOf(pair), (records) =>
      unlinkedGuardian(records, pair, this.#hand.now(), by),
    );
  }

  /** Forbids a guardian contact with a student: the link stays, and gives no access. Only {@link unblockGuardian} ends it. */
  async blockGuardian(guardian: RecordReference, student: RecordReference, { by }: ActOptions): Promise<void> {
    const pair = { guardian, student };
    await this.#hand.act('blockGuardian', by, wantedOf(pair), (records) => blockedGuardian(records, pair, by));
  }

  /**
   * Takes back what {@link blockGuardian} forbade. What the district forbids stays forbidden until the district itself
   * allows it (P11): then `isBlocked` is true.
   */
  async unblockGuardian(
    guardian: RecordReference,
    student: RecordReference,
    { by }: ActOptions,
  ): Promise<{ readonly isBlocked: boolean }> {
    const pair = { guardian, student };
    let isBlocked = false;
    await this.#hand.act('unblockGuardian', by, wantedOf(pair), (records) => {
      isBlocked = records.guardianLinks[0]?.synced?.blocked === true;
      return unblockedGuardian(records, pair, by);
    });
    return { isBlocked };
  }

  /** Changes fields of a person; `undefined` empties a field. The roster no longer reaches them until they are released. */
  async editUser(reference: RecordReference, fields: PersonFields, { by }: ActOptions): Promise<void> {
    checkPersonFields(fields);
    await this.#hand.act('editUser', by, { users: [reference] }, (records) =>
      editedUser(records, reference, fields, by),
    );
  }

  /** Notes that a person has signed in for the first time: their contact details are theirs (`contactUpdates`). */
  async claim(reference: RecordReference, { by }: ActOptions): Promise<void> {
    await this.#hand.act('claim', by, { users: [reference] }, (records) =>
      claimedUser(records, reference, this.#hand.now(), by),
    );
  }

  /** Notes an address that the person proved to own: they sign in with it, and no sync changes it (F3). */
  async verifyEmail(reference: RecordReference, email: string, { by }: ActOptions): Promise<void> {
    checkText('email', email, 'is the address that was verified');
    await this.#hand.act('verifyEmail', by, { users: [reference] }, (records) =>
      verifiedUser(records, reference, email, by),
    );
  }

  /** Closes a person's account. A sync leaves it closed, though the roster has them (U10). */
  async deactivateUser(reference: RecordReference, { by }: ActOptions): Promise<void> {
    await this.#hand.act('deactivateUser', by, { users: [reference] }, (records) =>
      deactivatedUser(records, reference, by),
    );
  }

  /** Opens a closed account again. A sync leaves it open, though the roster lacks them, until `state` is released (U7). */
  async reactivateUser(reference: RecordReference, { by }: ActOptions): Promise<void> {
    await this.#hand.act('reactivateUser', by, { users: [reference] }, (records) =>
      reactivatedUser(records, reference, by),
    );
  }

  /** Protects a person who is needed, such as the last administrator: no sync removes or deactivates them (U14). */
  async protectUser(reference: RecordReference, { by }: ActOptions): Promise<void> {
    const wanted = { users: [reference] };
    await this.#hand.act('protectUser', by, wanted, (records) => protectedUser(records, reference, true, by));
  }

  /** Ends the protection. */
  async unprotectUser(reference: RecordReference, { by }: ActOptions): Promise<void> {
    const wanted = { users: [reference] };
    await this.#hand.act('unprotectUser', by, wanted, (records) => protectedUser(records, reference, false, by));
  }

  /**
   * Gives a field back to the roster: of a `class`, of a `user`, of the place of both, or of a `guardian` of a `student`.
   */
  async release(of: Released, field: string, { by }: ActOptions): Promise<void> {
    checkText('field', field, 'is the name of a field');
    await this.#hand.act('release', by, wantedOf(of), (records) => released(records, of, field, by));
  }

  /** Ties a class to a section of the roster. A class made by people may then be updated, and is never removed (K13). */
  async link(reference: RecordReference, sourcedId: string, { by }: ActOptions): Promise<void> {
    await this.#hand.act('link', by, { classes: [reference, { sourcedId }] }, (records) => {
      const section = records.class(reference);
      requireFree(records.classes, section.id, sourcedId, 'link');
      return classAct('class-update', section, linked(section, sourcedId), by);
    });
  }

  /** Ties a person to a user of the roster. A person made by people may then be updated, and is never removed. */
  async linkUser(reference: RecordReference, sourcedId: string, { by }: ActOptions): Promise<void> {
    await this.#hand.act('linkUser', by, { users: [reference, { sourcedId }] }, (records) => {
      const user = records.user(reference);
      requireFree(records.users, user.id, sourcedId, 'linkUser');
      return userAct('user-update', user, linked(user, sourcedId), by);
    });
  }

  /** Unties a class that was tied to the roster: it is people's own again, and is not proposed for it any more. */
  async unlink(reference: RecordReference, { by }: ActOptions): Promise<void> {
    await this.#hand.act('unlink', by, { classes: [reference] }, (records) => {
      const section = records.class(reference);
      return classAct('class-update', section, unlinked(section, 'unlink'), by);
    });
  }

  /** Unties a person who was tied to the roster; they are not proposed for it any more. */
  async unlinkUser(reference: RecordReference, { by }: ActOptions): Promise<void> {
    await this.#hand.act('unlinkUser', by, { users: [reference] }, (records) => {
      const user = records.user(reference);
      return userAct('user-update', user, unlinked(user, 'unlinkUser'), by);
    });
  }

  /** Makes a class that no sync ever touches (K13). Resolves to the host's id. */
  async createClass(fields: ClassFields, { by }: ActOptions): Promise<{ readonly id: string }> {
    return this.#hand.create({ class: { ...fields, origin: 'local', state: 'active' } }, by);
  }

  /** Makes a person whom no sync ever touches. Resolves to the host's id. */
  async createUser(fields: NewPersonFields, { by }: ActOptions): Promise<{ readonly id: string }> {
    return this.#hand.create({ user: { schoolSourcedIds: [], ...fields, origin: 'local', state: 'active' } }, by);
  }

  /** As {@link RosterSync.proposals}, of the syncs of this very scope. */
  async proposals(): Promise<readonly Proposal[]> {
    return openProposals(this.#store, this.#scope);
  }

  /**
   * As {@link RosterSync.accept}: the two records of a proposal are one.
   *
   * @throws PlanError where there is no such proposal, or another accepted one names the same record
   * @throws LockHeldError while a run holds the scope
   */
  async accept(proposalId: string, { by }: ActOptions): Promise<void> {
    checkActor(by);
    await answerProposal(this.#store, this.#scope, proposalId, { outcome: 'accepted', by, at: this.#hand.now() });
  }

  /**
   * As {@link RosterSync.decline}: the two records of a proposal are two.
   *
   * @throws PlanError where there is no such proposal
   * @throws LockHeldError while a run holds the scope
   */
  async decline(proposalId: string, { by }: ActOptions): Promise<void> {
    checkActor(by);
    await answerProposal(this.#store, this.#scope, proposalId, { outcome: 'declined', by, at: this.#hand.now() });
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
    return exportPerson(this.#store, this.#scope, reference, this.#hand.now());
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
}
