import { ConfigurationError } from '../errors.js';
import { reconcile } from '../engine/index.js';
import { collect } from '../internal/ordered.js';
import { brokenReferences, KnownIds } from '../internal/references.js';
import type {
  CollectionAttestation,
  LocalRead,
  LocalState,
  Plan,
  Policy,
  ReadState,
  Roster,
  RosterRead,
  User,
} from '../model/index.js';
import type { ReadOptions } from '../ports/index.js';
import type { SyncContext } from './options.js';

/** Reads the district, and the guardians from their own source where there is one and this import is about them. */
export async function readRoster(
  context: SyncContext,
  runId: string,
  policy: Policy,
  signal: AbortSignal | undefined,
): Promise<Roster> {
  const options: ReadOptions = {
    ...(signal === undefined ? {} : { signal }),
    onPage: (page) => {
      context.events.emit('page-read', { runId, ...page });
    },
    onRetry: (retry) => {
      context.events.emit('request-retry', { runId, ...retry });
    },
  };
  const roster = await collectRoster(await context.source.read(context.scope, options));
  signal?.throwIfAborted();
  if (context.guardians === undefined || !policy.steps.includes('guardians')) return roster;
  const guardians = await collectRoster(await context.guardians.read(context.scope, options));
  signal?.throwIfAborted();
  return withGuardians(roster, guardians);
}

/** Decides what to do about a roster, against what the store holds now. Writes nothing. */
export async function decide(
  context: SyncContext,
  roster: Roster,
  policy: Policy,
  signal: AbortSignal | undefined,
): Promise<Plan> {
  const read = await context.store.load(context.scope, signal === undefined ? {} : { signal });
  const local = await collectLocal(read);
  signal?.throwIfAborted();
  return reconcile({ roster, local, policy, now: context.clock.now().toISOString() });
}

/**
 * Compares the roles and sites that a policy names with those that the host has.
 *
 * @throws ConfigurationError naming the setting
 */
export async function checkAccess(context: SyncContext, policy: Policy): Promise<void> {
  const { defaultRole, roles, site } = policy.access;
  const hostRoles = await context.store.roles(context.scope);
  const hostSites = await context.store.sites(context.scope);
  requireKnown('policy.access.defaultRole', defaultRole, hostRoles, 'role');
  for (const [role, hostRole] of Object.entries(roles)) {
    requireKnown(`policy.access.roles.${role}`, hostRole, hostRoles, 'role');
  }
  requireKnown('policy.access.site', site, hostSites, 'site');
}

function requireKnown(parameter: string, value: string | undefined, known: readonly string[], noun: string): void {
  if (value === undefined || known.length === 0 || known.includes(value)) return;
  throw new ConfigurationError(parameter, `names a ${noun} that the host does not have: ${value}`);
}

/** The host's data in memory. */
export async function collectLocal(read: LocalRead): Promise<LocalState> {
  return {
    scope: read.scope,
    ledger: read.ledger,
    schools: await collect(read.schools),
    classes: await collect(read.classes),
    users: await collect(read.users),
    enrollments: await collect(read.enrollments),
    guardianLinks: await collect(read.guardianLinks),
  };
}

async function collectRoster(read: RosterRead): Promise<Roster> {
  return {
    readId: read.readId,
    source: read.source,
    readAt: read.readAt,
    scope: read.scope,
    attestation: read.attestation,
    ...(read.rejected === undefined ? {} : { rejected: read.rejected }),
    ...(read.cursor === undefined ? {} : { cursor: read.cursor }),
    ...(read.staleSince === undefined ? {} : { staleSince: read.staleSince }),
    schools: await collect(read.schools),
    terms: await collect(read.terms),
    courses: await collect(read.courses),
    classes: await collect(read.classes),
    users: await collect(read.users),
    enrollments: await collect(read.enrollments),
    guardianLinks: await collect(read.guardianLinks),
  };
}

/** From the worst to the best: two readings together prove what the lesser one proves. */
const READ_STATES: readonly ReadState[] = ['failed', 'not-shared', 'not-read', 'incomplete', 'complete'];

/**
 * The roster with the guardians of another source in place of its own. The other source proves the absence of a link
 * only where it read both its people and its links to the end, and the links name the students of this roster.
 */
function withGuardians(roster: Roster, guardians: Roster): Roster {
  const users = roster.users.filter((user) => !isOnlyGuardian(user));
  const taken = new Set(users.map((user) => user.sourcedId));
  const added = guardians.users.filter((user) => isOnlyGuardian(user) && !taken.has(user.sourcedId));
  const { guardianLinks, users: guardianUsers } = guardians.attestation.collections;
  const { state, ended } = asFitting(worse(guardianLinks, guardianUsers), roster, guardians);
  const unread = (guardians.rejected ?? []).filter(
    ({ collection }) => collection === 'guardianLinks' || collection === 'users',
  );
  // The roster vouches for everybody but the guardians: without a whole list of these, nobody is known to be gone.
  const isWhole = state === 'complete' && unread.length === 0;
  return {
    ...roster,
    rejected: [
      ...(roster.rejected ?? []),
      ...unread,
      ...(isWhole ? [] : [{ collection: 'users', problem: 'guardians-unread', location: guardians.source } as const]),
    ],
    attestation: {
      ...roster.attestation,
      collections: {
        ...roster.attestation.collections,
        guardianLinks: { ...guardianLinks, state, ...(ended === undefined ? {} : { ended }) },
      },
    },
    users: [...users, ...added],
    guardianLinks: guardians.guardianLinks,
  };
}

/** The attestation that proves less; of two alike the first. */
function worse(first: CollectionAttestation, second: CollectionAttestation): CollectionAttestation {
  return READ_STATES.indexOf(second.state) < READ_STATES.indexOf(first.state) ? second : first;
}

/**
 * The attestation, made less of where the links are not about the students of this roster: a spreadsheet took the zeros
 * from their ids, or the file is of another day. They cannot be held against a roster whose own people are not all there.
 */
function asFitting(attestation: CollectionAttestation, roster: Roster, guardians: Roster): CollectionAttestation {
  if (attestation.state !== 'complete' || roster.attestation.collections.users.state !== 'complete') return attestation;
  const unread = (roster.rejected ?? []).filter(({ collection }) => collection === 'users');
  const known = new KnownIds([...roster.users, ...unread]);
  const ended = brokenReferences(guardians.guardianLinks, [{ idOf: (link) => link.studentSourcedId, known }]);
  return ended === undefined ? attestation : { ...attestation, state: 'incomplete', ended };
}

function isOnlyGuardian(user: User): boolean {
  return user.roles.every((role) => role === 'guardian');
}
