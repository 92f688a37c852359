/**
 * Why what vanished is absent, judged once all of it is known. What shares are worked out of is counted in one more look
 * at the host's records, and only as long as anything may be gone as a whole: after most plans nobody looks again.
 *
 * @module
 */

import { userSubject } from '../../model/index.js';
import type {
  Class,
  Enrollment,
  LimitKind,
  LocalClass,
  LocalEnrollment,
  LocalGuardianLink,
  LocalUser,
} from '../../model/index.js';
import {
  judgeAbsences,
  Populations,
  traitsOfPresentClass,
  type AbsenceVerdict,
  type SchoolsInDoubt,
  type Traits,
} from '../causes/index.js';
import { ClassWalk, type ClassVisitor } from '../reading/class-walk.js';
import { handlesRoles, type Context } from '../context.js';
import { Cursor, through, type Pass, type Planning, type Source } from '../reading/cursor.js';
import { isManaged } from '../rules/empty-kinds.js';
import type { Removal } from '../rules/members.js';
import type { People } from './people.js';
import type { Stretch } from '../reading/stretch.js';
import { isUserInScope } from '../rules/user-fields.js';
import { mayBeDeactivated } from '../rules/users.js';

/** The host's large collections. */
export interface HostSources {
  readonly localClasses: Source<LocalClass>;
  readonly localUsers: Source<LocalUser>;
  readonly localEnrollments: Source<LocalEnrollment>;
  readonly localGuardianLinks: Source<LocalGuardianLink>;
}

/** Notes the people who vanished. Whom enrollments name has to be known. */
export function notePeople(context: Context, people: People): void {
  const { feed, absences } = context;
  if (context.isRestricted) return;
  if (feed.provesAbsence) {
    for (const [sourcedId, user] of people.vanished) {
      if (!isJudged(user, context)) continue;
      const isNamed = people.isNamed(sourcedId);
      if (isNamed || !isWaiting(sourcedId, user, context, people)) {
        absences.addUser(user, { isTombstoned: false, isNamed });
      }
    }
  }
  for (const [sourcedId, user] of people.tombstoned) {
    if (!isJudged(user, context) || isWaiting(sourcedId, user, context, people)) continue;
    absences.addUser(user, { isTombstoned: true, isNamed: false });
  }
}

/** Whether the person, who would lose the account, has not been missing for as long as the policy asks for. */
function isWaiting(sourcedId: string, user: LocalUser, context: Context, people: People): boolean {
  if (!mayBeDeactivated(user, context)) return false;
  return context.grace.counts(userSubject(sourcedId), people.evidenceFor(sourcedId)) === 'wait';
}

/** Notes the members who vanish from a present class: whom the feed tells nothing of, or that they are deleted. */
export function noteMembers(
  members: number,
  removals: readonly Removal[],
  section: LocalClass,
  host: Stretch<LocalEnrollment>,
  context: Context,
  people: People,
): void {
  const { absences } = context;
  if (!isJudgedClass(section, context)) return;
  if (members > 0) absences.sawAt('enrollments', section.schoolSourcedId ?? '');
  let ofClass: { readonly sourcedId: string; readonly traits: Traits } | undefined;
  for (const { proposal, local, cause } of removals) {
    if (cause === 'ENDED') continue;
    ofClass ??= { sourcedId: section.sourcedId as string, traits: traitsOfPresentClass(section, host) };
    absences.addMember(proposal.subject, local, ofClass, {
      isTombstoned: cause === 'TOMBSTONE',
      userSourcedId: local.userSourcedId === undefined ? undefined : people.memberId(local),
    });
  }
}

/** @param managed how many records of each kind a sync manages, in scope */
export function* judgeVanished(
  context: Context,
  sources: HostSources,
  managed: Readonly<Record<LimitKind, number>>,
  schools: SchoolsInDoubt,
): Planning<AbsenceVerdict> {
  const { absences } = context;
  const populations = new Populations(absences, managed);
  if (populations.asksForClasses) yield* through(countClasses(populations, sources, context));
  if (populations.asksForUsers) {
    const count = (user: LocalUser): boolean => {
      if (isJudged(user, context)) populations.countUser(user);
      return populations.asksForUsers;
    };
    yield* through(new EachRecord(sources.localUsers.open(), count));
  }
  if (populations.asksForLinks) {
    const count = (link: LocalGuardianLink): boolean => {
      if (link.origin === 'roster' && link.state === 'active') populations.countLink(link);
      return populations.asksForLinks;
    };
    yield* through(new EachRecord(sources.localGuardianLinks.open(), count));
  }
  return judgeAbsences(absences, populations, schools);
}

/** Whether a sync manages the class, in scope: only these are judged, and only their members. */
export function isJudgedClass(local: LocalClass, { isInScope }: Context): boolean {
  return local.origin === 'roster' && local.state === 'active' && isInScope(local.schoolSourcedId);
}

function isJudged(user: LocalUser, context: Context): boolean {
  return isManaged(user) && isUserInScope(undefined, user, context) && handlesRoles(context.policy, user.roles);
}

/** The host's classes alone, each with its members. */
function countClasses(populations: Populations, sources: HostSources, context: Context): Pass {
  const cursors = {
    sections: new Cursor<Class>([], true),
    locals: sources.localClasses.open(),
    enrollments: new Cursor<Enrollment>([], true),
    members: sources.localEnrollments.open(),
  };
  return new ClassWalk(cursors, new ClassCount(populations, context));
}

class ClassCount implements ClassVisitor {
  constructor(
    private readonly populations: Populations,
    private readonly context: Context,
  ) {}

  get isDone(): boolean {
    return !this.populations.asksForClasses;
  }

  visit(
    _section: Class | undefined,
    local: LocalClass | undefined,
    _enrollments: Stretch<Enrollment>,
    members: Stretch<LocalEnrollment>,
  ): void {
    if (local !== undefined && isJudgedClass(local, this.context)) this.populations.countClass(local, members);
  }
}

/** Looks at one record after the other, as long as there is a reason to. */
class EachRecord<T> implements Pass {
  constructor(
    private readonly cursor: Cursor<T>,
    /** Says whether to go on. */
    private readonly look: (record: T) => boolean,
  ) {}

  run(): Cursor<unknown> | undefined {
    const { cursor } = this;
    for (; cursor.at < cursor.records.length; cursor.at += 1) {
      if (!this.look(cursor.records[cursor.at] as T)) return undefined;
    }
    return cursor.isLast ? undefined : cursor;
  }
}
