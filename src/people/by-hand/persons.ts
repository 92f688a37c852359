import type { Change } from '../../model/index.js';
import { userAct, withHostFields, withoutHostField } from '../acts.js';
import type { RecordReference, Records } from '../records.js';
import type { PersonFields } from './fields.js';

export function editedUser(
  records: Records,
  reference: RecordReference,
  fields: PersonFields,
  by: string,
): readonly Change[] {
  const user = records.user(reference);
  return userAct('user-update', user, { ...fields, hostFields: withHostFields(user, Object.keys(fields)) }, by);
}

export function claimedUser(records: Records, reference: RecordReference, now: string, by: string): readonly Change[] {
  const user = records.user(reference);
  return userAct('user-update', user, { claimed: true, usedAt: user.usedAt ?? now }, by);
}

export function deactivatedUser(records: Records, reference: RecordReference, by: string): readonly Change[] {
  const user = records.user(reference);
  const isOwned = user.hostFields?.includes('state') === true;
  const owner = isOwned ? { hostFields: withoutHostField(user, 'state') } : {};
  return userAct('user-deactivate', user, { state: 'deactivated', by: 'user', ...owner }, by);
}

/** Who is not in the roster any more would be deactivated again (U7), were the state not people's own from then on. */
export function reactivatedUser(records: Records, reference: RecordReference, by: string): readonly Change[] {
  const user = records.user(reference);
  if (user.state === 'active') return [];
  const owner = user.origin === 'roster' ? { hostFields: withHostFields(user, ['state']) } : {};
  return userAct('user-reactivate', user, { state: 'active', by: undefined, ...owner }, by);
}

export function protectedUser(
  records: Records,
  reference: RecordReference,
  isProtected: boolean,
  by: string,
): readonly Change[] {
  const user = records.user(reference);
  return userAct('user-update', user, { protected: isProtected ? true : undefined }, by);
}

export function verifiedUser(
  records: Records,
  reference: RecordReference,
  email: string,
  by: string,
): readonly Change[] {
  const user = records.user(reference);
  return userAct('user-update', user, { verifiedEmail: email }, by);
}
