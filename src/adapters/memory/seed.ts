import { ConfigurationError } from '../../errors.js';
import type { LocalClass, LocalEnrollment, LocalGuardianLink, LocalSchool, LocalUser } from '../../model/index.js';
import type { Tenant } from './tenant.js';

/** A record of which only `Required` must be told. */
type Sketch<T, Required extends keyof T> = Partial<T> & Pick<T, Required>;

/**
 * Data of the host, as a test sketches it. What is left out: `id` is made up (`class-1`, ...), `origin` is `local`,
 * `state` is `active`, `version` is 1, or one more where a record with this id is there already and is replaced.
 */
export interface MemorySeed {
  readonly schools?: readonly Sketch<LocalSchool, 'name'>[];
  readonly classes?: readonly Sketch<LocalClass, 'name'>[];
  /** `schoolSourcedIds` is empty where it is left out. */
  readonly users?: readonly Sketch<LocalUser, 'roles' | 'givenName' | 'familyName'>[];
  /** The class and the user are named by the host's ids or by their sourcedIds. */
  readonly enrollments?: readonly Sketch<LocalEnrollment, 'role'>[];
  /** The guardian and the student are named by the host's ids or by their sourcedIds. */
  readonly guardianLinks?: readonly Partial<LocalGuardianLink>[];
}

const DEFAULTS = { origin: 'local' } as const;

/** Puts the records in, in the order in which they may refer to each other. */
export function putSeed(tenant: Tenant, seed: MemorySeed): void {
  for (const sketch of seed.schools ?? []) {
    const id = sketch.id ?? tenant.nextId('school');
    tenant.schools.put({ ...DEFAULTS, version: next(tenant.schools.get(id)), ...sketch, id });
  }
  for (const sketch of seed.classes ?? []) {
    const id = sketch.id ?? tenant.nextId('class');
    tenant.classes.put({ ...DEFAULTS, state: 'active', version: next(tenant.classes.get(id)), ...sketch, id });
  }
  for (const sketch of seed.users ?? []) {
    const id = sketch.id ?? tenant.nextId('user');
    const version = next(tenant.users.get(id));
    tenant.users.put({ ...DEFAULTS, state: 'active', schoolSourcedIds: [], version, ...sketch, id });
  }
  for (const sketch of seed.enrollments ?? []) {
    const { classSourcedId, userSourcedId, ...fields } = sketch;
    const classId = tenant.classes.find(fields.classId, classSourcedId)?.id;
    const userId = tenant.users.find(fields.userId, userSourcedId)?.id;
    if (classId === undefined || userId === undefined) throw unknown('enrollments');
    const id = fields.id ?? tenant.enrollments.findPair(classId, userId)?.id ?? tenant.nextId('enrollment');
    const version = next(tenant.enrollments.get(id));
    tenant.enrollments.put({ ...DEFAULTS, state: 'active', version, ...fields, classId, userId, id });
  }
  for (const sketch of seed.guardianLinks ?? []) {
    const { guardianSourcedId, studentSourcedId, ...fields } = sketch;
    const guardianId = tenant.users.find(fields.guardianId, guardianSourcedId)?.id;
    const studentId = tenant.users.find(fields.studentId, studentSourcedId)?.id;
    if (guardianId === undefined || studentId === undefined) throw unknown('guardianLinks');
    const id = fields.id ?? tenant.guardianLinks.findPair(guardianId, studentId)?.id ?? tenant.nextId('guardian');
    const version = next(tenant.guardianLinks.get(id));
    tenant.guardianLinks.put({ ...DEFAULTS, state: 'active', version, ...fields, guardianId, studentId, id });
  }
}

function next(present: { readonly version: number } | undefined): number {
  return present === undefined ? 1 : present.version + 1;
}

function unknown(collection: string): ConfigurationError {
  return new ConfigurationError(`seed.${collection}`, 'names a record that is not there: seed that one first');
}
