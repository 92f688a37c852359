import { ConfigurationError } from '../errors.js';
import { parseLedger, reconcile } from '../engine/index.js';
import { collect } from '../internal/ordered.js';
import type { Ledger, LocalRead, LocalState, Plan, Policy, Roster } from '../model/index.js';
import { settleSenders } from '../people/index.js';
import type { SyncContext } from './options.js';
import { NOTIFIED_ROLES } from './recipients.js';
import { awaitedTeachers } from './steps.js';

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
  const awaiting = await awaitedTeachers(context, policy, local.users);
  return reconcile({ roster, local, policy, now: context.clock.now().toISOString(), awaiting });
}

/**
 * Compares the roles, sites, permission sets and senders of invitations that a policy names with those that there are.
 *
 * @throws ConfigurationError naming the setting
 */
export async function checkAccess(context: SyncContext, policy: Policy): Promise<void> {
  const { defaultRole, roles, permissions = {}, site } = policy.access;
  const hostRoles = await context.store.roles(context.scope);
  const hostSites = await context.store.sites(context.scope);
  requireKnown('policy.access.defaultRole', defaultRole, hostRoles, 'role');
  for (const [role, hostRole] of Object.entries(roles)) {
    requireKnown(`policy.access.roles.${role}`, hostRole, hostRoles, 'role');
  }
  for (const [index, role] of (policy.notify?.roles ?? []).entries()) {
    const known = hostRoles.length === 0 ? [] : [...hostRoles, ...NOTIFIED_ROLES];
    requireKnown(`policy.notify.roles.${String(index)}`, role, known, 'role');
  }
  requireKnown('policy.access.site', site, hostSites, 'site');
  await settleSenders(context.store, context.scope, { ...policy.invitations, parameter: 'policy.invitations.from' });
  const sets = context.access?.permissionSets;
  if (sets === undefined) return;
  for (const [role, names] of Object.entries(permissions)) {
    const unknown = names.find((name) => !Object.hasOwn(sets, name));
    if (unknown === undefined) continue;
    throw new ConfigurationError(
      `policy.access.permissions.${role}`,
      `names a permission set that there is not: ${unknown}`,
    );
  }
}

/** @throws ConfigurationError naming the option where the host does not have the role or site */
export function requireKnown(
  parameter: string,
  value: string | undefined,
  known: readonly string[],
  noun: string,
): void {
  if (value === undefined || known.length === 0 || known.includes(value)) return;
  throw new ConfigurationError(parameter, `names a ${noun} that the host does not have: ${value}`);
}

/**
 * What is remembered for the scope.
 *
 * @throws PlanError where a version wrote it that is not understood: its holds would be forgotten
 */
export async function loadLedger({ store, scope }: Pick<SyncContext, 'store' | 'scope'>): Promise<Ledger> {
  return parseLedger(await store.ledger(scope));
}

/** The host's data in memory. */
export async function collectLocal(read: LocalRead): Promise<LocalState> {
  return {
    scope: read.scope,
    ledger: parseLedger(read.ledger),
    schools: await collect(read.schools),
    classes: await collect(read.classes),
    users: await collect(read.users),
    enrollments: await collect(read.enrollments),
    guardianLinks: await collect(read.guardianLinks),
  };
}
