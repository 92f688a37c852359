import { ConfigurationError } from '../../errors.js';
import { checkMethods, checkOptionNames, checkText } from '../../internal/options.js';
import type { Scope } from '../../model/index.js';
import type { Clock, DeliveryProblem, Invitation, Mailer, TextSender } from '../../ports/index.js';
import { acceptCode, type AcceptResult } from './accepting.js';
import { instant, type InvitationsContext, type InvitationsStore, isOpenAt } from './context.js';
import {
  approveRequest,
  createFamilyCode,
  declineRequest,
  type FamilyCode,
  type FamilyRequest,
  redeemCode,
  type RedeemResult,
  requestsOf,
} from './family.js';
import type { KnownGuardian, NewGuardian } from './family-acts.js';
import { findByCode } from './finding.js';
import {
  type InviteOptions,
  invitePerson,
  type InviteResult,
  type RemindOptions,
  remindPeople,
  revokeCodes,
} from './issuing.js';
import type { InviteFrom } from './senders.js';
import { settleWriting, WRITING_OPTIONS, type WritingOptions } from './writing.js';

/** An invitation that can still be accepted. */
export interface PendingInvitation extends Invitation {
  /** Why its message did not arrive, where that is known: the person needs another address, or the code by hand. */
  readonly problem?: DeliveryProblem;
}

/** What a code is, for people of the school. */
export interface CodeState {
  readonly state: 'open' | 'expired' | 'requested' | 'accepted' | 'revoked' | 'unknown';
  /** Absent where there is no such code. */
  readonly invitation?: Omit<Invitation, 'codeDigest'>;
}

/** Who tries a code. */
export interface CallerOptions {
  /**
   * Whatever tells one who tries from another, such as an IP address or the id of a session that is not theirs to renew. Only
   * a digest of it is kept, for an hour.
   *
   * @default none: wrong codes are not counted, and your own page has to slow down who guesses
   */
  readonly caller?: string | undefined;
}

/** What {@link Invitations} works with. */
export interface InvitationsOptions extends WritingOptions {
  readonly store: InvitationsStore;
  readonly scope: Scope;
  /** Who sends what is written here, at once. @default nobody: it waits for `sync.deliver()` */
  readonly mailer?: Mailer | undefined;
  /** Who sends texts to guardians without an e-mail address. @default none, and these cannot be reached */
  readonly textSender?: TextSender | undefined;
  /** @default the system's clock */
  readonly clock?: Clock | undefined;
  /** On whose behalf people are invited, as in `invitations.from` of the policy. @default nobody is named */
  readonly from?: InviteFrom | undefined;
  /** Roles of the host whose people may invite as administrators do. @default none */
  readonly fromRoles?: readonly string[] | undefined;
  /** Whether a person of the school agrees before a family code opens anything. @default false */
  readonly approval?: boolean | undefined;
  /** So many wrong codes a caller may try in an hour. @default 10 */
  readonly wrongTriesPerHour?: number | undefined;
}

const OPTIONS: readonly (keyof InvitationsOptions)[] = [
  ...(['store', 'scope', 'mailer', 'textSender', 'clock'] as const),
  ...(['from', 'fromRoles', 'approval', 'wrongTriesPerHour'] as const),
  ...WRITING_OPTIONS,
];

const STORE_METHODS: readonly (keyof InvitationsStore)[] = [
  ...(['load', 'apply', 'journal', 'invitations', 'invitationByCode', 'saveInvitation', 'countAttempt'] as const),
  ...(['saveAudit', 'message', 'problems', 'saveProblem', 'claimMessages', 'saveMessage'] as const),
];

/**
 * The invitations of a scope: people of the school issue, resend and revoke them, and whoever has a code comes in with it,
 * once. Every act names a person by the host's id, and throws a StoreError where there is none.
 *
 * @example
 * ```ts
 * import { Invitations } from 'rosterkit';
 * import { MemoryStore } from 'rosterkit/memory';
 *
 * const invitations = new Invitations({ store: new MemoryStore(), scope: { tenant: 'district-1' } });
 * const open = await invitations.pending();
 * const unreached = open.filter(({ problem }) => problem !== undefined);
 * ```
 */
export class Invitations {
  readonly #context: InvitationsContext;

  /** @throws ConfigurationError naming the option that is unknown, missing or impossible */
  constructor(options: InvitationsOptions) {
    this.#context = settle(options);
  }

  /** The invitations that can still be accepted: neither accepted, revoked nor expired. Family codes are not among them. */
  async pending(): Promise<readonly PendingInvitation[]> {
    const { store, scope } = this.#context;
    const now = instant(this.#context);
    const invitations = await store.invitations(scope);
    const open = invitations.filter((invitation) => invitation.kind === 'account' && isOpenAt(invitation, now));
    if (open.length === 0) return open;
    const problems = await store.problems(scope);
    const byAddress = new Map(problems.map((problem) => [addressOf(problem), problem]));
    return open.map((invitation) => {
      const problem = byAddress.get(addressOf(invitation));
      return problem === undefined ? invitation : { ...invitation, problem };
    });
  }

  /**
   * Invites a person whom no sync has invited, or whose code has ended. Who has a code that can be used gets no other.
   *
   * @throws StoreError where there is no such person
   * @throws ConfigurationError naming `from` where the sender may not invite for the person's school
   * @example
   * ```ts
   * import type { Invitations } from 'rosterkit';
   *
   * // For a child without an address: a code to be printed.
   * export async function codeFor(invitations: Invitations, studentId: string): Promise<string> {
   *   const { outcome, code } = await invitations.issue(studentId, { by: 'teacher-1', byHand: true });
   *   return code ?? outcome;
   * }
   * ```
   */
  async issue(userId: string, options: InviteOptions): Promise<InviteResult> {
    return invitePerson(this.#context, userId, checkedInvite(options), false);
  }

  /**
   * Gives a person another code, and sends it. The earlier one is not valid any more.
   *
   * @throws StoreError where there is no such person
   * @throws ConfigurationError naming `from` where the sender may not invite for the person's school
   */
  async resend(userId: string, options: InviteOptions): Promise<InviteResult> {
    return invitePerson(this.#context, userId, checkedInvite(options), true);
  }

  /**
   * Ends every code of a person that can still be used: their invitation, and the family codes of a student. What is not
   * sent yet is dropped. Tells how many codes these were.
   */
  async revoke(userId: string, { by }: { readonly by: string }): Promise<number> {
    checkText('by', by, 'is who revokes, such as a user id');
    return revokeCodes(this.#context, userId, by);
  }

  /**
   * Reminds people who were invited and have not joined, each at most once in `afterDays`, by a new code that takes the
   * place of the earlier one. Tells how many were reminded. Who cannot be reached, or whose message has not gone out yet, is not.
   *
   * @throws ConfigurationError naming an option that is no number of its kind
   * @example
   * ```ts
   * import type { Invitations } from 'rosterkit';
   *
   * export const remindWeekly = (invitations: Invitations) => invitations.remind({ afterDays: 7, times: 2, limit: 500 });
   * ```
   */
  async remind(options: RemindOptions): Promise<number> {
    checkOptionNames(options, ['afterDays', 'times', 'limit']);
    checkWhole('afterDays', options.afterDays);
    if (options.times !== undefined) checkWhole('times', options.times);
    if (options.limit !== undefined) checkWhole('limit', options.limit);
    return remindPeople(this.#context, options);
  }

  /**
   * Lets a person in by the code of their invitation: marks them as joined, as `Directory.claim` does, and tells what they
   * get to. A code is good once; of two at the same moment one comes in.
   *
   * @throws ConfigurationError naming `caller` where it is empty
   * @example
   * ```ts
   * import type { Invitations } from 'rosterkit';
   *
   * // What a Join page does. Why a code is not valid is nobody's business from outside.
   * export async function join(invitations: Invitations, code: string, ip: string): Promise<string> {
   *   const result = await invitations.accept(code, { caller: ip });
   *   if (result.outcome === 'throttled') return `Too many tries. Come back after ${result.until}.`;
   *   if (result.outcome === 'invalid') return 'This code is not valid. Ask your school for another one.';
   *   return `Welcome! Your classes: ${result.classIds.join(', ')}`;
   * }
   * ```
   */
  async accept(code: string, options: CallerOptions = {}): Promise<AcceptResult> {
    return acceptCode(this.#context, checkedCode(code), checkedCaller(options));
  }

  /** What a code is and why it is not valid: for people of the school, never for who types it on a page. */
  async lookUp(code: string): Promise<CodeState> {
    const found = await findByCode(this.#context, checkedCode(code));
    if (found === undefined) return { state: 'unknown' };
    const { codeDigest: _digest, ...invitation } = found;
    if (found.state !== 'pending') return { state: found.state, invitation };
    return { state: isOpenAt(found, instant(this.#context)) ? 'open' : 'expired', invitation };
  }

  /**
   * Makes a code by which one guardian signs up to a student. It is good once; a student may have several. It is kept
   * nowhere: print it, or tell it.
   *
   * @throws StoreError where there is no such active student
   */
  async familyCode(studentId: string, { by }: { readonly by: string }): Promise<FamilyCode> {
    checkText('by', by, 'is who asks for the code, such as a user id');
    return createFamilyCode(this.#context, studentId, by);
  }

  /**
   * Signs a guardian up to a student by a family code: a new person of the host's, or one who has signed in. An e-mail
   * address is no proof of who somebody is: nobody is merged. With `approval`, or where people of the school had removed this
   * guardian, it is only asked for.
   *
   * @throws ConfigurationError naming `caller` where it is empty, or what `who` lacks
   * @example
   * ```ts
   * import type { Invitations } from 'rosterkit';
   *
   * export async function signUp(invitations: Invitations, code: string, ip: string): Promise<boolean> {
   *   const who = { givenName: 'Ana', familyName: 'Diaz', email: 'ana@home.example', relationship: 'Mother' };
   *   const result = await invitations.redeemFamilyCode(code, who, { caller: ip });
   *   return result.outcome === 'accepted' || result.outcome === 'requested';
   * }
   * ```
   */
  async redeemFamilyCode(
    code: string,
    who: NewGuardian | KnownGuardian,
    options: CallerOptions = {},
  ): Promise<RedeemResult> {
    return redeemCode(this.#context, checkedCode(code), who, checkedCaller(options));
  }

  /** The guardians who wait for the school's word. */
  async familyRequests(): Promise<readonly FamilyRequest[]> {
    return requestsOf(this.#context);
  }

  /**
   * Opens what a guardian has asked for.
   *
   * @throws StoreError where there is no such request, or no approval helps
   * @throws StoreConflictError where somebody else has answered meanwhile
   */
  async approveFamily(requestId: string, { by }: { readonly by: string }): Promise<void> {
    checkText('by', by, 'is who approves, such as a user id');
    await approveRequest(this.#context, requestId, by);
  }

  /**
   * Refuses what a guardian has asked for. The person stays, without access to the student, until somebody removes them.
   *
   * @throws StoreError where there is no such request
   * @throws StoreConflictError where somebody else has answered meanwhile
   */
  async declineFamily(requestId: string, { by }: { readonly by: string }): Promise<void> {
    checkText('by', by, 'is who declines, such as a user id');
    await declineRequest(this.#context, requestId, by);
  }
}

function settle(options: InvitationsOptions): InvitationsContext {
  checkOptionNames(options, OPTIONS);
  const {
    store,
    scope,
    mailer,
    textSender,
    clock,
    from,
    fromRoles,
    approval = false,
    wrongTriesPerHour = 10,
  } = options;
  checkMethods('store', store, STORE_METHODS);
  checkText(
    'scope.tenant',
    (scope as Partial<Scope> | undefined)?.tenant,
    "is your own id of the district, and can't be empty",
  );
  if (mailer !== undefined) checkMethods('mailer', mailer, ['send']);
  if (textSender !== undefined) checkMethods('textSender', textSender, ['send']);
  if (clock !== undefined) checkMethods('clock', clock, ['now']);
  if (typeof approval !== 'boolean') throw new ConfigurationError('approval', 'is true or false');
  checkWhole('wrongTriesPerHour', wrongTriesPerHour);
  checkFrom(from, fromRoles);
  return {
    store,
    scope,
    clock: clock ?? { now: () => new Date() },
    writing: settleWriting(scope.tenant, options),
    mailer,
    textSender,
    senders: { from, fromRoles, parameter: 'from' },
    needsApproval: approval,
    wrongTriesPerHour,
  };
}

function checkFrom(from: unknown, fromRoles: unknown): void {
  const ids = typeof from === 'object' && from !== null ? Object.values(from) : from === undefined ? [] : [from];
  if (!ids.every((id) => typeof id === 'string' && id !== '')) {
    throw new ConfigurationError('from', "is the host's id of a person, or an object with one for each school");
  }
  const roles = fromRoles ?? [];
  if (!Array.isArray(roles) || !roles.every((role) => typeof role === 'string' && role !== '')) {
    throw new ConfigurationError('fromRoles', "is a list of the host's roles");
  }
}

function checkWhole(parameter: string, value: unknown): void {
  if (!Number.isSafeInteger(value) || (value as number) < 1) {
    throw new ConfigurationError(parameter, 'is a whole number from 1');
  }
}

function checkedInvite(options: InviteOptions): InviteOptions {
  checkOptionNames(options, ['by', 'byHand']);
  checkText('by', options.by, 'is who invites, such as a user id');
  if (options.byHand !== undefined && typeof options.byHand !== 'boolean') {
    throw new ConfigurationError('byHand', 'is true or false');
  }
  return options;
}

/** Whatever is typed has an answer; what is no text is a mistake of the program. */
function checkedCode(code: unknown): string {
  if (typeof code !== 'string') throw new ConfigurationError('code', 'is a text');
  return code;
}

function checkedCaller(options: CallerOptions): string | undefined {
  checkOptionNames(options, ['caller']);
  const { caller } = options;
  if (caller !== undefined) {
    checkText('caller', caller, 'tells who tries from others, such as an IP address: wrong codes are counted by it');
  }
  return caller;
}

function addressOf({ userId, addressDigest: digest }: Pick<Invitation, 'userId' | 'addressDigest'>): string {
  return `${digest} ${userId}`;
}
