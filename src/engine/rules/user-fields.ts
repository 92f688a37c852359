/**
 * What a person's row says of the account: user name, site, school.
 *
 * @module
 */

import { compareIds } from '../../internal/ordered.js';
import { userSubject } from '../../model/index.js';
import type { LocalUser, User } from '../../model/index.js';
import type { Context } from '../context.js';

export function usernameOf(feed: User, context: Pick<Context, 'policy'>): string | undefined {
  const isTeacher = feed.roles.includes('teacher');
  return isTeacher && context.policy.teachers.username === 'email' ? contactEmail(feed) : feed.username;
}

export function contactEmail(feed: User): string | undefined {
  const email = feed.email?.trim();
  return email?.includes('@') === true ? email : undefined;
}

/**
 * U1: the provider's main school, else that of the primary enrollment, else the first school, else the policy's site.
 *
 * @param primarySchool of the primary enrollment, or of a class where none of the person's own orgs is a school
 */
export function siteOf(user: User, primarySchool: string | undefined, context: Context): string | undefined {
  const first = [...user.schoolSourcedIds].sort(compareIds)[0];
  const site = user.primarySchoolSourcedId ?? primarySchool ?? first;
  if (site !== undefined || context.policy.access.site === undefined) return site;
  context.draft.note({
    rule: 'U1',
    code: 'DEFAULT_SITE',
    severity: 'info',
    noun: 'user',
    subject: userSubject(user.sourcedId),
  });
  return context.policy.access.site;
}

/** Where what happens to a person is counted. */
export function schoolOf(user: User): { readonly schoolSourcedId?: string } {
  const school = user.primarySchoolSourcedId ?? [...user.schoolSourcedIds].sort(compareIds)[0];
  return school === undefined ? {} : { schoolSourcedId: school };
}

/** A person is in scope if any of their schools is, in the feed or at the host. */
export function isUserInScope(
  feed: Pick<User, 'schoolSourcedIds'> | undefined,
  local: Pick<LocalUser, 'schoolSourcedIds'> | undefined,
  context: Context,
): boolean {
  if (context.local.scope.schools === undefined) return true;
  const schools = [...(feed?.schoolSourcedIds ?? []), ...(local?.schoolSourcedIds ?? [])];
  return schools.some(context.isInScope);
}
