/**
 * The planning, written once for collections in memory and for streams: a few passes, each over the records of both sides
 * in the order of their ids, with memory for what is not plain.
 *
 * 1. classes: which schools have some, and where names are asked for
 * 2. guardian links: of whom they will ask (only where the import covers guardians)
 * 3. users: decides about those whom both sides have; keeps those whom only one has
 * 4. classes and members: of whom they will ask (streams only)
 * 5. users: the answers (streams, and addresses that must be nobody else's)
 * 6. classes and members: decides
 * 7. guardian links: decides
 * 8. classes and members once more: where guardians are members by their links (P13)
 *
 * @module
 */

import type {
  Change,
  Class,
  Enrollment,
  GuardianLink,
  LocalClass,
  LocalEnrollment,
  LocalGuardianLink,
  LocalUser,
  Note,
  Plan,
  Proposal,
  RosterHead,
  User,
} from '../model/index.js';
import { causeHolds, causeNotes, withCauses, type AbsenceVerdict, type SchoolsInDoubt } from './causes/index.js';
import { ClassCensus } from './passes/census.js';
import { ClassPass, type ClassPassResult } from './passes/class-pass.js';
import { ClassWalk } from './reading/class-walk.js';
import { AddressQuestions } from './rules/collisions.js';
import type { Context } from './context.js';
import { Cursor, through, type Planning, type Source } from './reading/cursor.js';
import { AskedDirectory, WholeDirectory } from './passes/directory.js';
import { emptyKinds, KindCensus } from './rules/empty-kinds.js';
import { judge, type Baselines } from './gates/judge.js';
import { basisOf } from './gates/basis.js';
import type { Followers } from './gates/dependents.js';
import { AwaitedTeachers } from './rules/awaited-teachers.js';
import { areOfAbsence, doubtsOf } from './gates/shape.js';
import { noteGrace, noteWindows } from './gates/notes.js';
import { effectsOf } from './gates/policy-change.js';
import { blackoutPlan, failedPlan, restrictionOf } from './gates/stopped.js';
import { nextGuardianSource } from './rules/guardian-source.js';
import { GuardianMembers } from './passes/guardian-members.js';
import { GuardianPass } from './rules/guardians.js';
import { isWantedType } from './rules/wanted-links.js';
import { findRekeys, findReset, rekeyKeys, type IdCounts } from './identity/find-rekeys.js';
import { afterDeletions, feedIdOf, settleProposals, type IdSpaceReset, type PersonMatch } from './identity/index.js';
import { LinkWalk, MovedLinks, type LinkVisitor } from './reading/link-walk.js';
import { collisionRules, LoginPass } from './passes/login-pass.js';
import { Memberships } from './passes/memberships.js';
import { People } from './passes/people.js';
import { PersonLinks } from './passes/person-links.js';
import { completePlan } from './plan.js';
import { LinkQuestions, MemberQuestions } from './passes/questions.js';
import { noteReading } from './reading/reading-notes.js';
import { compareSchools } from './rules/schools.js';
import { UserWalk } from './reading/user-walk.js';
import { AnswerPass, PeoplePass } from './passes/users-pass.js';
import { RecordWatch } from './passes/whereabouts.js';
import { createPeople } from './rules/new-users.js';
import { compareRekeyed, deactivatePeople, mayBeDeactivated } from './rules/users.js';
import { judgeVanished, notePeople } from './passes/vanished.js';

/** The large collections of both sides. */
export interface Sources {
  readonly classes: Source<Class>;
  readonly users: Source<User>;
  readonly enrollments: Source<Enrollment>;
  readonly guardianLinks: Source<GuardianLink>;
  readonly localClasses: Source<LocalClass>;
  readonly localUsers: Source<LocalUser>;
  readonly localEnrollments: Source<LocalEnrollment>;
  readonly localGuardianLinks: Source<LocalGuardianLink>;
  /** D6: what was found to stand twice in the feed. */
  readonly repeated: () => readonly Note[];
}

/**
 * Decides what to change. Asks for the next window of a cursor where it needs one.
 *
 * @param before the same under the policy of last time, where this one is another (Z10)
 */
export function* planFrom(context: Context, head: RosterHead, sources: Sources, before?: Context): Planning<Plan> {
  if (context.feed.failed.length > 0) return failedPlan(context, head.readId);
  const planBefore = before === undefined ? undefined : yield* new Planner(before, sources).plan(head);
  return yield* new Planner(context, sources, planBefore?.changes).plan(head);
}

/** What the passes found out that the gates ask for. */
interface Outcome {
  readonly kinds: KindCensus;
  readonly managed: Baselines;
  readonly verdict: AbsenceVerdict;
  readonly followers: Followers | undefined;
}

class Planner {
  private readonly census: ClassCensus;
  private readonly watch: RecordWatch;
  private readonly memberships = new Memberships();
  /** P7 */
  private readonly bearers: AddressQuestions;
  private readonly logins: LoginPass;
  private readonly people: People;
  private readonly personLinks: PersonLinks | undefined;
  /** Pairs of records that may be one, as this plan finds them. */
  private readonly proposals: Proposal[] = [];
  private rekeys: readonly PersonMatch[] = [];
  /** Kinds whose ids seem to be new altogether (G5). */
  private readonly resets: IdSpaceReset[] = [];
  /** Whether everything can be looked up at once, because it is in memory. */
  private readonly isWhole: boolean;

  constructor(
    private readonly context: Context,
    private readonly sources: Sources,
    /** What would be planned under the policy of last time. */
    private readonly changesBefore?: readonly Change[],
  ) {
    const { users, enrollments, localUsers, localEnrollments } = sources;
    const isWhole = users.whole !== undefined && localUsers.whole !== undefined;
    this.isWhole = isWhole && enrollments.whole !== undefined && localEnrollments.whole !== undefined;
    const directory = isWhole
      ? new WholeDirectory(users.whole, localUsers.whole)
      : new AskedDirectory(context.local.scope);
    this.people = new People(context.feed, directory, this.isWhole ? enrollments.whole : undefined);
    this.bearers = new AddressQuestions(collisionRules(context, this.people));
    this.logins = new LoginPass(context, this.people);
    this.personLinks = PersonLinks.of(context);
    this.watch = new RecordWatch(context, directory);
    this.census = new ClassCensus(this.watch);
  }

  *plan(head: RosterHead): Planning<Plan> {
    const { context, people, census } = this;
    noteReading(context, head);
    yield* through(this.classesAlone());
    census.noteUnknownSchools(context);
    const schools = census.findSchoolsInDoubt(context);
    compareSchools(context);
    const links = context.handlesGuardians ? new LinkQuestions(context, people) : undefined;
    if (links !== undefined) yield* through(this.walkLinks(links));
    const kinds = new KindCensus(context, schools.gone);
    const pass = new PeoplePass(context, people, kinds, this.logins, this.personLinks);
    yield* through(new UserWalk(this.sources.users.open(), this.sources.localUsers.open(), pass));
    pass.finish();
    links?.askEmails(this.bearers);
    yield* this.findAnswers(pass.ids);
    const { classes, early } = yield* this.passClasses(head, schools, kinds);
    const awaited = AwaitedTeachers.of(context);
    const places = { placements: classes.members.placements, primarySchools: classes.primarySchools };
    const created = createPeople(context, people, places, awaited);
    if (awaited?.settle() === true) context.draft.keepGuardiansWaiting();
    let guardians: GuardianPass | undefined;
    if (links !== undefined) {
      context.tally.openLinks(context.feed.provesGuardianAbsence);
      guardians = new GuardianPass(context, people, created, this.bearers, links.counts);
      yield* through(this.walkLinks(guardians, yield* this.findMovedLinks()));
      guardians.finish();
    }
    classes.members.add(created);
    const followers = yield* this.enrollGuardians(classes, guardians);
    yield* this.settleLogins((id) => created.has(id) || guardians?.isCreated(id) === true);
    deactivatePeople(context, people, this.memberships);
    classes.members.noteUnassigned(this.memberships);
    const managed = managedOf(kinds, classes, guardians?.managed ?? 0);
    // Links bear on the causes of persons, too: what was judged before they were known is judged again.
    const isJudged = early !== undefined && context.absences.links.length === 0;
    const verdict = isJudged ? early : yield* judgeVanished(context, this.sources, managed, schools);
    return this.finish(head, classes, { kinds, managed, verdict, followers });
  }

  /** Asks and answers what one table has to know of another's records; in memory nearly all can be looked up. */
  private *findAnswers(ids: IdCounts): Planning<void> {
    const { context, people, memberships, bearers, census, sources } = this;
    const keys = rekeyKeys(context, people);
    const isFirst = ids.feed === ids.unknown && people.vanished.size + people.tombstoned.size === 0 && !census.hasTied;
    for (const gone of [people.vanished, people.tombstoned]) {
      for (const user of gone.values())
        if (mayBeDeactivated(user, context)) memberships.ask(user.id, user.sourcedId as string);
    }
    if (!this.isWhole) yield* through(this.walkClasses(new MemberQuestions(context, people, memberships)));
    const { directory } = people;
    const isAsked = directory instanceof AskedDirectory && (directory.hasQuestions || !keys.isEmpty);
    if (isAsked || !bearers.isEmpty) {
      const pass = new AnswerPass(context, people, keys, bearers);
      yield* through(new UserWalk(sources.users.open(), sources.localUsers.open(), pass));
      pass.finish();
    }
    const reset = findReset(context, people, keys, ids);
    if (reset !== undefined) this.resets.push(reset);
    const found = findRekeys(context, people, keys, reset !== undefined);
    const linked = this.personLinks === undefined ? undefined : yield* this.personLinks.find(people, sources, isFirst);
    this.proposals.push(...found.proposals, ...(linked?.proposals ?? []));
    this.rekeys = [...found.rekeys, ...(linked?.links ?? [])];
    for (const rekey of this.rekeys) compareRekeyed(rekey, context);
  }

  /** Decides about classes and members; judges the causes of absence early where names depend on them. */
  private *passClasses(
    head: RosterHead,
    schools: SchoolsInDoubt,
    kinds: KindCensus,
  ): Planning<{ readonly classes: ClassPassResult; readonly early: AbsenceVerdict | undefined }> {
    const { context, people, census, memberships, sources } = this;
    const whole = this.isWhole ? sources.localEnrollments.whole : undefined;
    const pass = new ClassPass(context, people, {
      isFeedInDoubt: kinds.isInDoubt,
      contested: census.contested,
      memberCount: whole?.length,
      idOf: feedIdOf(this.rekeys, this.proposals),
    });
    yield* through(this.walkClasses(pass, whole === undefined ? memberships : undefined));
    pass.joinHalves();
    const reset = pass.moved.detectReset();
    if (reset !== undefined) this.resets.push(reset);
    this.proposals.push(...pass.moved.propose(reset !== undefined), ...pass.proposeLinks());
    people.settle();
    notePeople(context, people);
    const early = pass.asksForCauses
      ? yield* judgeVanished(context, sources, managedOf(kinds, pass, 0), schools)
      : undefined;
    pass.finish(early, early !== undefined && this.isOdd(head));
    if (whole !== undefined) {
      for (const [userId, { hostSourcedId }] of pass.members.removedFrom) memberships.ask(userId, hostSourcedId);
      memberships.count(whole, pass.plain.marks);
    }
    return { classes: pass, early };
  }

  /** G4, by all that was read so far: guardian links come later, and tell nothing of classes. */
  private isOdd({ readId, rejected }: RosterHead): boolean {
    const { tally, local, isRestricted } = this.context;
    return !isRestricted && areOfAbsence(doubtsOf(tally.reading(readId, rejected), local.ledger.healthy));
  }

  private classesAlone(): ClassWalk {
    const { classes, localClasses } = this.sources;
    const cursors = {
      sections: classes.open(),
      locals: localClasses.open(),
      enrollments: new Cursor<Enrollment>([], true),
      members: new Cursor<LocalEnrollment>([], true),
    };
    return new ClassWalk(cursors, this.census);
  }

  /** P13: when it is known which links live on and who is in a class. */
  private *enrollGuardians(
    { followed }: ClassPassResult,
    guardians: GuardianPass | undefined,
  ): Planning<Followers | undefined> {
    if (followed === undefined || guardians?.links === undefined) return undefined;
    const { context, people } = this;
    const members = new GuardianMembers(context, people, guardians.links, followed);
    yield* through(this.walkClasses(members));
    return members.finish();
  }

  private walkClasses(visitor: ClassPass | MemberQuestions | GuardianMembers, counted?: Memberships): ClassWalk {
    const { classes, localClasses, enrollments, localEnrollments } = this.sources;
    const cursors = {
      sections: classes.open(),
      locals: localClasses.open(),
      enrollments: enrollments.open(),
      members: localEnrollments.open(counted === undefined ? undefined : (members) => counted.count(members)),
    };
    return new ClassWalk(cursors, visitor, visitor instanceof ClassPass ? visitor.plain : undefined);
  }

  /** F6 to F9, when it is known who gets an account. */
  private *settleLogins(isCreated: (sourcedId: string) => boolean): Planning<void> {
    const { logins, people, sources } = this;
    const isAsked = logins.askForRest(people.arrivals, isCreated, this.rekeys);
    if (isAsked) yield* through(new UserWalk(sources.users.open(), sources.localUsers.open(), logins));
    logins.settle(isCreated);
  }

  private *findMovedLinks(): Planning<MovedLinks | undefined> {
    const { people, sources } = this;
    if (!people.hasNewIds) return undefined;
    const moved = new MovedLinks(sources.localGuardianLinks.open(), (link) => people.newPair(link));
    yield* through(moved);
    return moved;
  }

  private walkLinks(visitor: LinkVisitor, moved?: MovedLinks): LinkWalk {
    const { guardianLinks, localGuardianLinks } = this.sources;
    const isWanted = (link: GuardianLink): boolean => isWantedType(link, this.context);
    return new LinkWalk(guardianLinks.open(), localGuardianLinks.open(), visitor, isWanted, moved);
  }

  /** What the ledger keeps of the proposals; nothing where there never was one. */
  private settle(): { readonly proposals?: readonly Proposal[] } {
    const known = this.context.local.ledger.proposals ?? [];
    if (known.length === 0 && this.proposals.length === 0) return {};
    return { proposals: settleProposals(known, this.proposals, this.watch) };
  }

  private finish(head: RosterHead, classes: ClassPassResult, { kinds, managed, verdict, followers }: Outcome): Plan {
    const { context, people, census } = this;
    const { draft, local, policy } = context;
    const changes = withCauses(verdict, afterDeletions(draft.changes()));
    if (context.windows.has('blackout')) return blackoutPlan(context, head.readId, changes);
    const causes = causeHolds(verdict, changes);
    for (const request of causes) draft.hold(request);
    for (const note of causeNotes(verdict, causes)) draft.note(note);
    const { managedClasses } = classes;
    const judgement = judge(
      changes,
      context,
      managed,
      emptyKinds(kinds, people, { hasClasses: census.hasClasses, managedClasses, changes }),
      {
        reading: context.tally.reading(head.readId, head.rejected),
        resets: this.resets.map(({ kind, managed: baseline, paired: pairs }) => ({ kind, baseline, pairs })),
        unjudged: context.unjudged,
        followers,
        windows: context.windows,
        policyEffects: this.changesBefore === undefined ? undefined : effectsOf(changes, this.changesBefore),
      },
    );
    const absences = context.grace.absences();
    const restriction = restrictionOf(context);
    return completePlan({
      type: 'sync',
      scope: local.scope,
      steps: policy.steps,
      readId: head.readId,
      basis: basisOf(local.ledger),
      changes: judgement.changes,
      notes: [
        ...this.sources.repeated(),
        ...draft.notes,
        ...judgement.notes,
        ...noteWindows(context.windows),
        ...noteGrace(context.grace, policy.graceSnapshots),
      ],
      holds: [...restriction.holds, ...judgement.holds],
      gates: [...restriction.gates, ...judgement.gates],
      outcome: 'planned',
      ledger: {
        formatVersion: 2,
        holds: judgement.latched,
        suppressions: draft.remainingSuppressions(),
        ...this.settle(),
        ...guardianSourceOf(context, head),
        ...(absences === undefined ? {} : { absences }),
        ...judgement.memory,
        ...(context.isRestricted ? { incomplete: true } : {}),
        ...(local.ledger.erasures === undefined ? {} : { erasures: local.ledger.erasures }),
        // An incomplete read may just not have come across what was told before.
        reported: context.isRestricted
          ? [...new Set([...local.ledger.reported, ...draft.reported()])]
          : draft.reported(),
      },
    });
  }
}

/** How many records of each kind a sync manages, in scope: what limits and causes are shares of. */
function managedOf(kinds: KindCensus, classes: ClassPassResult, guardianLinks: number): Baselines {
  const { managedClasses, managedEnrollments } = classes;
  return { classes: managedClasses, enrollments: managedEnrollments, users: kinds.managed, guardianLinks };
}

/** P5 */
function guardianSourceOf(
  { feed, handlesGuardians, local, draft }: Context,
  { source, guardianSource }: RosterHead,
): { readonly guardianSource?: string } {
  // Guardians who wait were not compared with the new source.
  const isProven = handlesGuardians && feed.provesGuardianAbsence && !draft.areGuardiansWaiting;
  const next = nextGuardianSource(guardianSource ?? source, local.ledger, isProven);
  return next === undefined ? {} : { guardianSource: next };
}
