import { normalEmail } from '../../internal/contact.js';
import { normalName } from '../../internal/names.js';
import type { User, UserRole } from '../../model/index.js';

/** What tells one human being from another. */
export type PersonFacts = Pick<User, 'givenName' | 'familyName'> &
  Partial<Pick<User, 'email' | 'birthDate' | 'grade' | 'stateId' | 'sisId'>>;

/**
 * Whether one sourcedId, state id or SIS id stands for two human beings (U13): name, e-mail address and birth date (else
 * grade) all differ. What one side lacks says nothing, but the name and one thing more must differ.
 */
export function isAnotherPerson(feed: PersonFacts, before: PersonFacts): boolean {
  if (!hasOtherName(feed, before)) return false;
  const email = compared(addressOf(feed), addressOf(before));
  const birth = compared(feed.birthDate, before.birthDate);
  const age = birth === 'unknown' ? compared(feed.grade, before.grade) : birth;
  if (email === 'same' || age === 'same') return false;
  return email === 'other' || age === 'other';
}

/** A new family name is a marriage, a new given name a nickname; both at once are somebody else. */
export function hasOtherName(left: PersonFacts, right: PersonFacts): boolean {
  return (
    normalName(left.givenName) !== normalName(right.givenName) &&
    normalName(left.familyName) !== normalName(right.familyName)
  );
}

export function hasSameName(left: PersonFacts, right: PersonFacts): boolean {
  return (
    normalName(left.givenName) === normalName(right.givenName) &&
    normalName(left.familyName) === normalName(right.familyName)
  );
}

/** Both sides tell it, and not the same. */
export function differs(left: string | undefined, right: string | undefined): boolean {
  return compared(left, right) === 'other';
}

/** A common role, and a student is never taken for anybody else: not for their own guardian either. */
export function canBeSameRole(left: readonly UserRole[], right: readonly UserRole[]): boolean {
  return left.includes('student') === right.includes('student') && left.some((role) => right.includes(role));
}

function addressOf({ email }: PersonFacts): string | undefined {
  return email === undefined ? undefined : normalEmail(email);
}

function compared(left: string | undefined, right: string | undefined): 'same' | 'other' | 'unknown' {
  if (left === undefined || left === '' || right === undefined || right === '') return 'unknown';
  return left === right ? 'same' : 'other';
}
