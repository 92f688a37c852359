import { ConfigurationError } from '../../errors.js';

/**
 * How far a permission reaches:
 *
 * - `district`: everything within the scope.
 * - `schools`: the person's own schools, which are those of their record and their site.
 * - `students`: the person's own students: of the active classes that they teach, and the children of whom they are a
 *   guardian; and these classes. To a student, themselves.
 * - `participant`: only that in which the person takes part themselves.
 */
export type AccessScope = 'district' | 'schools' | 'students' | 'participant';

/** What people may do who have the set: plain data, so that a host keeps and shows it as it likes. */
export interface PermissionSet {
  /** In a sentence, for whoever gives it to people. */
  readonly description?: string;
  /** How far each permission reaches. Names are the host's own; those of rosterkit are `area:act`. */
  readonly permissions: Readonly<Record<string, AccessScope>>;
}

/** Permission sets by their names, which are what a policy and `LocalUser.permissions` hold. */
export type PermissionSets = Readonly<Record<string, PermissionSet>>;

/**
 * Seven sets to begin with: those by which SchoolStatus Connect tells synced staff apart. A host changes them, leaves
 * them out, or adds its own: they are plain data.
 *
 * @example
 * ```ts
 * import { permissionSets, type PermissionSets } from 'rosterkit';
 *
 * const ours: PermissionSets = {
 *   ...permissionSets,
 *   // Conversations in which they take part, instead of all of their schools.
 *   'Own Engagement': { permissions: { 'engagement:view': 'participant' } },
 *   'Bus Drivers': { description: 'May tell families of delays.', permissions: { 'buses:notify': 'schools' } },
 * };
 * console.log(Object.keys(ours).length); // 9
 * ```
 */
export const permissionSets = {
  'Permissions Admin': {
    description: 'Gives permission sets to people, and takes them away.',
    permissions: { 'permissions:view': 'district', 'permissions:assign': 'district' },
  },
  'School-Wide Communications': {
    description: 'Writes to everybody of their own schools at once.',
    permissions: { 'announcements:view': 'schools', 'announcements:send': 'schools' },
  },
  'Rostering Administrator': {
    description: 'Connects the roster, looks at plans, applies, approves and takes back.',
    permissions: {
      'sync:connect': 'district',
      'sync:plan': 'district',
      'sync:apply': 'district',
      'sync:approve': 'district',
      'sync:undo': 'district',
      'sync:reports': 'district',
    },
  },
  'Content Moderator': {
    description: 'Looks at what is posted in their own schools, and takes down what must not be there.',
    permissions: { 'content:view': 'schools', 'content:remove': 'schools' },
  },
  'Users Manager': {
    description: 'Looks after the accounts of their own schools: details, invitations, deactivation.',
    permissions: {
      'users:view': 'schools',
      'users:edit': 'schools',
      'users:invite': 'schools',
      'users:deactivate': 'schools',
    },
  },
  'Family Access': {
    description: 'Sees the families of their own students, and writes to them.',
    permissions: { 'families:view': 'students', 'families:message': 'students', 'families:invite': 'students' },
  },
  'Engagement Visibility': {
    description: 'Sees who wrote to which families of their own schools, and when.',
    permissions: { 'engagement:view': 'schools' },
  },
} as const satisfies PermissionSets;

const SCOPES: ReadonlySet<unknown> = new Set<AccessScope>(['district', 'schools', 'students', 'participant']);

/** @throws ConfigurationError naming the set, or its permission, that is none */
export function checkPermissionSets(sets: unknown): PermissionSets {
  for (const [name, set] of Object.entries(fieldsOf('permissionSets', sets))) {
    const { permissions } = fieldsOf(`permissionSets.${name}`, set);
    const path = `permissionSets.${name}.permissions`;
    for (const [permission, within] of Object.entries(fieldsOf(path, permissions))) {
      if (SCOPES.has(within)) continue;
      throw new ConfigurationError(`${path}.${permission}`, 'is "district", "schools", "students" or "participant"');
    }
  }
  return sets as PermissionSets;
}

/** @throws ConfigurationError naming the role whose value is no list of sets that there are */
export function checkRoleSets(roles: unknown, sets: PermissionSets): Readonly<Record<string, readonly string[]>> {
  for (const [role, names] of Object.entries(fieldsOf('roles', roles))) {
    if (!Array.isArray(names)) throw new ConfigurationError(`roles.${role}`, 'is a list of permission sets');
    for (const name of names as readonly unknown[]) {
      if (typeof name === 'string' && Object.hasOwn(sets, name)) continue;
      const which = typeof name === 'string' ? name : `a ${typeof name}`;
      throw new ConfigurationError(`roles.${role}`, `names a permission set that there is not: ${which}`);
    }
  }
  return roles as Readonly<Record<string, readonly string[]>>;
}

function fieldsOf(parameter: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ConfigurationError(parameter, 'is an object');
}
