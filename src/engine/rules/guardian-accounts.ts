/**
 * Which guardians get an account (rows P1, P7, P11). Links come by in the order of their guardians.
 *
 * @module
 */

import { usableEmail, usablePhone } from '../../internal/contact.js';
import { userSubject } from '../../model/index.js';
import type { GuardianLink, User } from '../../model/index.js';
import type { Context } from '../context.js';
import type { People } from '../passes/people.js';
import type { AddressQuestions } from './collisions.js';
import { proposeUser } from './new-users.js';

export class GuardianAccounts {
  /** Of whom a link asked: whether this plan makes an account. */
  private readonly asked = new Map<string, boolean>();
  /** Links without access of the guardian who comes by now: they alone are no reason for an account (P11). */
  private blocked: GuardianLink[] = [];

  constructor(
    private readonly context: Context,
    private readonly people: People,
    /** Who gets an account for a place in a class: students, and guardians whom the district itself enrolls. */
    private readonly created: ReadonlySet<string>,
    private readonly bearers: AddressQuestions,
  ) {}

  /** Whether this plan makes an account for the guardian. */
  isCreated(sourcedId: string): boolean {
    return this.asked.get(sourcedId) === true;
  }

  /** Whether the guardian has an account already, or got one by this plan. */
  isThere(sourcedId: string): boolean {
    return this.has(sourcedId) || this.isCreated(sourcedId);
  }

  /** Whether the guardian has an account, or gets one now (P7: never on a home phone alone). */
  open(sourcedId: string): boolean {
    if (this.has(sourcedId)) return true;
    const known = this.asked.get(sourcedId);
    if (known !== undefined) return known;
    const user = this.people.arrivalOf(sourcedId);
    const isCreated = user !== undefined && this.isReachable(user) && proposeUser(user, undefined, 'P1', this.context);
    if (user !== undefined && !this.isReachable(user)) this.note('P7', 'NO_CONTACT', sourcedId);
    this.asked.set(sourcedId, isCreated);
    return isCreated;
  }

  /** A link without access of a guardian who has no account. */
  wait(link: GuardianLink): void {
    if (this.blocked[0]?.guardianSourcedId !== link.guardianSourcedId) this.forgetWaiting();
    // Of whom it is known that no account is made, another reason was told.
    if (this.asked.get(link.guardianSourcedId) === undefined) this.blocked.push(link);
  }

  /** The links that waited for the guardian's account. */
  takeWaiting(guardianSourcedId: string): readonly GuardianLink[] {
    if (this.blocked[0]?.guardianSourcedId !== guardianSourcedId) return [];
    const { blocked } = this;
    this.blocked = [];
    return blocked;
  }

  /** P11: nothing speaks for an account of the guardian who came by last any more. */
  forgetWaiting(): void {
    const [first] = this.blocked;
    if (first === undefined) return;
    this.blocked = [];
    if (this.asked.get(first.guardianSourcedId) !== false) {
      this.note('P11', 'GUARDIAN_FORBIDDEN', first.guardianSourcedId);
    }
  }

  private has(sourcedId: string): boolean {
    return this.created.has(sourcedId) || this.people.localOf(sourcedId) !== undefined;
  }

  private isReachable(user: User): boolean {
    if (usablePhone(user.mobile) !== undefined) return true;
    const email = usableEmail(user.email);
    return email !== undefined && this.bearers.isUnique('email', email, user);
  }

  private note(rule: 'P7' | 'P11', code: 'NO_CONTACT' | 'GUARDIAN_FORBIDDEN', sourcedId: string): void {
    this.context.draft.note({ rule, code, severity: 'info', noun: 'user', subject: userSubject(sourcedId) });
  }
}
