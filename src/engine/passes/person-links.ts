/**
 * Persons whom people had entered by hand before the roster has them (U17, `linkExisting`), as the passes come across
 * them: those who are entered by hand, and of the feed's newcomers those who have something in common with them.
 *
 * @module
 */

import { userSubject } from '../../model/index.js';
import type { LocalUser, Proposal, User } from '../../model/index.js';
import { handlesRoles, type Context } from '../context.js';
import { through, type Planning, type Source } from '../reading/cursor.js';
import { userFingerprint } from '../fingerprint.js';
import { RekeyKeys } from '../identity/find-rekeys.js';
import { addressesOf, isUntied, linkUsers, sharedAddresses, type Bearer, type PersonMatch } from '../identity/index.js';
import type { People } from './people.js';
import { UserWalk, type UserVisitor } from '../reading/user-walk.js';
import { isUserInScope } from '../rules/user-fields.js';
import { judgesLinks } from './whereabouts.js';

export class PersonLinks {
  /** Without a sourcedId, in scope. */
  private readonly locals: LocalUser[] = [];
  /** Newcomers of the feed who have an id or an address of theirs, or whom a proposal names. */
  private readonly likely: User[] = [];
  private readonly open = new Map<string, Proposal>();
  private keys: RekeyKeys | undefined;

  private constructor(private readonly context: Context) {
    for (const proposal of context.local.ledger.proposals ?? []) {
      if (proposal.kind === 'user-link' && proposal.decision === undefined) this.open.set(proposal.sourcedId, proposal);
    }
  }

  /** Nothing at all where the policy links nobody. */
  static of(context: Context): PersonLinks | undefined {
    return context.policy.linkExisting === 'off' ? undefined : new PersonLinks(context);
  }

  /** A person without a sourcedId. They all come before everybody else. */
  unnamed(local: LocalUser): void {
    if (local.origin !== 'local' || isUntied(local) || !isUserInScope(undefined, local, this.context)) return;
    this.locals.push(local);
  }

  /** A person of the feed whom the host does not have. */
  onlyFeed(feed: User): void {
    if (this.keysOfLocals().matches(feed)) this.likely.push(feed);
  }

  /**
   * Finds out who is who. Whoever waits for an answer, and whoever could be more than one, gets no account: an account
   * too many is hard to take back, once it is used.
   *
   * @param isFirstImport whether the host has nobody and nothing of a roster yet
   */
  *find(people: People, users: UserSources, isFirstImport: boolean): Planning<FoundLinks> {
    const { context, locals } = this;
    const newcomers = this.likely.filter(
      (user) =>
        !people.isRekeyed(user.sourcedId) &&
        !people.isFrozen(user.sourcedId) &&
        isUserInScope(user, undefined, context),
    );
    const arrivals = newcomers.filter(({ roles }) => handlesRoles(context.policy, roles));
    const shared = sharedAddresses(locals, arrivals);
    const others = new OtherBearers(shared, locals, arrivals);
    if (shared.size > 0) yield* through(new UserWalk(users.users.open(), users.localUsers.open(), others));
    const { policy, feed, decisions, draft, now } = context;
    const found = linkUsers({
      // Whom only a part of the district was read for may have a namesake in the rest of it.
      linkExisting: policy.linkExisting === 'email' && feed.provesAbsence ? 'email' : 'propose',
      isFirstImport,
      locals,
      arrivals,
      elsewhere: others.bearers,
      decisions,
      isUndone: (user) => draft.isSuppressed('user-rekey', userSubject(user.sourcedId), userFingerprint(user)),
      now,
    });
    for (const { sourcedId } of found.proposals) people.freeze(sourcedId);
    for (const sourcedId of found.ambiguous) people.freeze(sourcedId);
    const isJudged = judgesLinks(context);
    if (!isJudged) for (const sourcedId of this.open.keys()) people.freeze(sourcedId);
    if (context.isRestricted) {
      for (const { feed: user } of found.links) people.freeze(user.sourcedId);
      return { links: [], proposals: [] };
    }
    for (const link of found.links) people.rekey(link);
    for (const proposal of found.proposals) this.note('LINK_PROPOSED', proposal.sourcedId, proposal);
    for (const sourcedId of found.ambiguous) this.note('LINK_AMBIGUOUS', sourcedId);
    return { links: found.links, proposals: [...found.proposals, ...this.ofOtherSteps(newcomers)] };
  }

  /** Proposals about people whom this import's steps do not cover go on waiting. */
  private ofOtherSteps(newcomers: readonly User[]): readonly Proposal[] {
    const { policy } = this.context;
    return newcomers.flatMap(({ sourcedId, roles }) => {
      const proposal = handlesRoles(policy, roles) ? undefined : this.open.get(sourcedId);
      return proposal === undefined ? [] : [proposal];
    });
  }

  private keysOfLocals(): RekeyKeys {
    if (this.keys !== undefined) return this.keys;
    const { context, locals } = this;
    const verified = locals.flatMap(({ verifiedEmail: email }) => (email === undefined ? [] : [{ email }]));
    const accepted = context.decisions.accepted('user-link').map(({ sourcedId }) => sourcedId);
    this.keys = new RekeyKeys([...locals, ...verified], new Set([...accepted, ...this.open.keys()]));
    return this.keys;
  }

  private note(code: 'LINK_PROPOSED' | 'LINK_AMBIGUOUS', sourcedId: string, proposal?: Proposal): void {
    const evidence = proposal === undefined ? {} : { evidence: { record: proposal.recordId, ...proposal.evidence } };
    const subject = userSubject(sourcedId);
    this.context.draft.note({ rule: 'U17', code, severity: 'warning', noun: 'user', subject, ...evidence });
  }
}

interface UserSources {
  readonly users: Source<User>;
  readonly localUsers: Source<LocalUser>;
}

/** Persons who are one from now on, and those about whom a person is asked. */
interface FoundLinks {
  readonly links: readonly PersonMatch[];
  readonly proposals: readonly Proposal[];
}

/** Who bears one of these addresses besides those who are compared. */
class OtherBearers implements UserVisitor {
  readonly bearers = new Map<string, Bearer[]>();
  private readonly compared: ReadonlySet<string>;
  private readonly newcomers: ReadonlySet<string>;

  constructor(
    private readonly addresses: ReadonlySet<string>,
    locals: readonly LocalUser[],
    arrivals: readonly User[],
  ) {
    this.compared = new Set(locals.map(({ id }) => id));
    this.newcomers = new Set(arrivals.map(({ sourcedId }) => sourcedId));
  }

  both(feed: User, local: LocalUser): void {
    this.onlyFeed(feed);
    this.unnamed(local);
  }

  onlyFeed(feed: User): void {
    if (feed.status !== 'tobedeleted' && !this.newcomers.has(feed.sourcedId)) this.meet(feed);
  }

  onlyLocal(local: LocalUser): void {
    this.meet(local);
  }

  doubled(feed: User | undefined, locals: readonly LocalUser[]): void {
    if (feed !== undefined) this.onlyFeed(feed);
    for (const local of locals) this.meet(local);
  }

  unnamed(local: LocalUser): void {
    if (!this.compared.has(local.id)) this.meet(local);
  }

  private meet(user: User | LocalUser): void {
    for (const address of addressesOf(user)) {
      if (!this.addresses.has(address)) continue;
      const { roles, givenName, familyName } = user;
      const known = this.bearers.get(address);
      if (known === undefined) this.bearers.set(address, [{ roles, givenName, familyName }]);
      else known.push({ roles, givenName, familyName });
    }
  }
}
