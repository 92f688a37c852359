import { usableEmail, usablePhone } from '../../internal/contact.js';
import type { UserRole } from '../../model/index.js';
import type { Channel } from '../../ports/index.js';

/** What an invitation to a person depends on. */
export interface Invitee {
  readonly roles?: readonly UserRole[] | undefined;
  readonly email?: string | undefined;
  readonly mobile?: string | undefined;
  readonly givenName?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly takenLogins?: readonly ('email' | 'mobile')[] | undefined;
  readonly sharesLoginWith?: string | undefined;
}

/** By which way a person is reached. */
export interface Reach {
  readonly channel: Channel;
  readonly address: string;
}

/**
 * Where an invitation goes: to the e-mail address, else, for guardians and where texts can be sent, to the mobile phone.
 * Never to an address or a number that is another person's login, because the code would be theirs; and never to a home phone.
 */
export function reachOf(person: Invitee, hasTexts: boolean): Reach | undefined {
  const { email, mobile, roles = [], takenLogins = [] } = person;
  const address = usableEmail(email);
  if (address !== undefined && !takenLogins.includes('email')) return { channel: 'email', address };
  const number = usablePhone(mobile);
  const isByText = hasTexts && number !== undefined && roles.includes('guardian') && !takenLogins.includes('mobile');
  return isByText ? { channel: 'text', address: number } : undefined;
}
