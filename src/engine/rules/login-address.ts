/**
 * What a person signs in with, as addresses are compared (rows F6 to F10).
 *
 * @module
 */

import { normalEmail, normalPhone, usableEmail, usablePhone } from '../../internal/contact.js';
import type { LocalUser } from '../../model/index.js';
import type { LoginField } from '../passes/address-filter.js';

export const LOGIN_FIELDS: readonly LoginField[] = ['email', 'mobile'];

/** The address with which a person signs in today, as it is compared; undefined where they have none of their own. */
export function loginAddress(local: LocalUser, field: LoginField): string | undefined {
  return hasMark(local, field) || isOutOfUse(local) ? undefined : addressOf(field, loginToday(local, field));
}

/** The address that a person proved to own goes before the contact address. */
export function loginToday(local: LocalUser, field: LoginField): string | undefined {
  return field === 'email' ? (local.verifiedEmail ?? local.email) : local.mobile;
}

/** Whether this login of the person is another's. */
export function hasMark(local: LocalUser, field: LoginField): boolean {
  return local.takenLogins?.includes(field) === true || (field === 'email' && local.sharesLoginWith !== undefined);
}

/**
 * An account that people closed, in which nobody ever signed in, needs no login. One that a sync closed keeps its own: who
 * is absent may be back tomorrow, and a login that changed hands a run after the closing would change back again.
 */
export function isOutOfUse({ state, by, claimed }: LocalUser): boolean {
  return state !== 'active' && by === 'user' && claimed !== true;
}

/** An address as it is compared; undefined for what is none (F10). */
export function addressOf(field: LoginField, value: string | undefined): string | undefined {
  const usable = field === 'email' ? usableEmail(value) : usablePhone(value);
  if (usable === undefined) return undefined;
  return field === 'email' ? `email:${normalEmail(usable)}` : `mobile:${normalPhone(usable)}`;
}
