/**
 * Messages (G8): how many a plan causes, and whether they wait.
 *
 * @module
 */

import { normalEmail, normalPhone, usableEmail, usablePhone } from '../../internal/contact.js';
import type { Change, Gate, Plan, Policy, UserRole } from '../../model/index.js';

/** Under these the feed is doubtful, or messages are not wanted: they wait. */
const WAITING: ReadonlySet<Gate> = new Set<Gate>(['G2', 'G4', 'G8']);

/**
 * Whether the messages that a plan causes wait, and those that wait already go on waiting: its read was incomplete or of
 * an odd shape, there are too many of them, or it is the wrong hour. A hold that was only kept from an earlier read keeps
 * its removals and no messages: this read has confirmed what caused them.
 *
 * @param released the ids of the holds that a person has released, such as `G8`
 */
export function holdsMessages(
  { gates }: Pick<Plan, 'gates'>,
  released: ReadonlySet<string> = new Set<string>(),
): boolean {
  return gates.some(({ gate, evidence }) => {
    if (!WAITING.has(gate) || evidence?.['latched'] === true) return false;
    const hold = evidence?.['hold'];
    return typeof hold !== 'string' || !released.has(hold);
  });
}

/** Whether nothing at all goes out now, not even what waited for another reason: quiet hours, or no sync at all (Z9). */
export function keepsQuiet({ gates }: Pick<Plan, 'gates'>, released: ReadonlySet<string> = new Set<string>()): boolean {
  return gates.some(({ gate, code, evidence }) => {
    if (gate !== 'G8' || code === 'NOTICES_HELD') return false;
    const hold = evidence?.['hold'];
    return typeof hold !== 'string' || !released.has(hold);
  });
}

/** Whom an invitation depends on. */
export interface Invitee {
  readonly roles?: readonly UserRole[] | null | undefined;
  readonly email?: string | null | undefined;
  readonly mobile?: string | null | undefined;
  readonly enabled?: boolean | null | undefined;
}

/** Whether the policy invites a person who has an address, or is a guardian with a mobile phone. */
export function isInvited(person: Invitee, policy: Pick<Policy, 'invitations'>): boolean {
  const { email, mobile, roles } = person;
  const isByText = usablePhone(mobile ?? undefined) !== undefined && roles?.includes('guardian') === true;
  return (usableEmail(email ?? undefined) !== undefined || isByText) && isToBeInvited(person, policy);
}

/**
 * Whether the policy invites a person, wherever the invitation may go. Staff and administrators are never invited by
 * themselves.
 */
export function isToBeInvited({ roles, enabled }: Invitee, { invitations }: Pick<Policy, 'invitations'>): boolean {
  if (enabled === false || roles === undefined || roles === null) return false;
  return (
    (invitations.teachers && roles.includes('teacher')) ||
    (invitations.guardians && roles.includes('guardian')) ||
    (invitations.students && roles.includes('student'))
  );
}

/** Whether a change gives a person another address or number, which their code, or a notice, goes to. */
export function movesAddress(change: Change): boolean {
  if (change.kind !== 'user-update' || change.after === null) return false;
  return movesEmail(change.before, change.after) || movesMobile(change.before, change.after);
}

function movesEmail(before: Invitee | null, after: Invitee): boolean {
  const [old, now] = [before?.email, after.email].map((email) => usableEmail(email ?? undefined));
  return now !== undefined && (old === undefined || normalEmail(old) !== normalEmail(now));
}

function movesMobile(before: Invitee | null, after: Invitee): boolean {
  const [old, now] = [before?.mobile, after.mobile].map((mobile) => usablePhone(mobile ?? undefined));
  return now !== undefined && (old === undefined || normalPhone(old) !== normalPhone(now));
}

/**
 * The changes that cause a message and that nothing holds: an invitation for each person whom the policy invites, and one
 * for each address or number that changes. Who of the latter has signed in already, who is a guardian without an e-mail
 * address, and whether texts can be sent at all is not known here: rather too many are counted.
 */
export function causesOfMessages(changes: readonly Change[], policy: Policy): readonly Change[] {
  return changes.filter((change) => {
    if (change.heldBy.length > 0) return false;
    return change.kind === 'user-create' ? isInvited(change.after as Invitee, policy) : movesAddress(change);
  });
}
