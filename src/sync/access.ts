import { NotAllowedError } from '../errors.js';
import { checkText } from '../internal/options.js';
import type { SyncContext } from './options.js';

/**
 * What a person must be allowed to do with a sync: make plans and look at them (`sync:plan`), apply them and run
 * (`sync:apply`), decide about holds and proposals, also by acknowledging a plan (`sync:approve`), take a run back
 * (`sync:undo`), see runs, holds, proposals, status, statistics and the audit log (`sync:reports`).
 */
export type SyncPermission = 'sync:plan' | 'sync:apply' | 'sync:approve' | 'sync:undo' | 'sync:reports';

/** Who may do what with a sync. An `Access` is one; so is a host's own. */
export interface SyncAccess {
  /**
   * Whether a person may do it: in this school, or, where no school is named, in the whole tenant. A sync whose scope names
   * schools asks for each of them.
   */
  can(userId: string, permission: SyncPermission, about?: { readonly school: string }): Promise<boolean>;
  /** The permission sets that a policy may name (`access.permissions`). @default any name is taken */
  readonly permissionSets?: Readonly<Record<string, unknown>>;
}

/** Who acts: by whose word, and whether it must be somebody's. */
interface Actor {
  readonly by?: string | undefined;
  /** True for a decision, which no schedule makes. @default false */
  readonly isDecision?: boolean;
  /** True where the whole tenant is told of, whatever schools the sync is for. @default false */
  readonly isOfTenant?: boolean;
}

/**
 * Refuses a person who may not do it. Without one it is a schedule's doing, and that of the host itself.
 *
 * @throws NotAllowedError naming the permission and the person's id
 */
export async function requireAllowed(
  { access, scope }: Pick<SyncContext, 'access' | 'scope'>,
  permission: SyncPermission,
  { by, isDecision = false, isOfTenant = false }: Actor,
): Promise<void> {
  if (access === undefined || (by === undefined && !isDecision)) return;
  checkText('by', by, 'says who acts: the id of a person');
  const person = by as string;
  const asked =
    scope.schools === undefined || isOfTenant
      ? [access.can(person, permission)]
      : scope.schools.map((school) => access.can(person, permission, { school }));
  // A host's own answer may be anything: only a plain yes lets somebody through.
  const answers: readonly unknown[] = await Promise.all(asked);
  if (answers.every((answer) => answer === true)) return;
  throw new NotAllowedError(`${person} has not got the permission ${permission} for all that was asked for.`, {
    action: permission,
    actor: person,
  });
}
