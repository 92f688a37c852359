import { ConfigurationError } from '../../errors.js';
import {
  type CleverRecord,
  type CleverStatus,
  cleverCourse,
  cleverDistrict,
  cleverSchool,
  cleverSection,
  cleverTerm,
  cleverUser,
} from './records.js';
import type {
  District,
  DistrictClass,
  DistrictCourse,
  DistrictSchool,
  DistrictTerm,
  DistrictUser,
} from '../district.js';
import { byId, districtUsers } from '../roster.js';

/** The versions of the Data API that are simulated, as paths begin. */
export type CleverVersion = 'v3.0' | 'v3.1';

/** Clever's collections, in the order in which the events of one sync come. */
export const cleverCollections = ['districts', 'schools', 'terms', 'courses', 'users', 'sections'] as const;
export type CleverCollection = (typeof cleverCollections)[number];

/** Everything that a token of Secure Sync may see. */
export const allScopes: readonly string[] = [
  'read:district_admins',
  'read:districts',
  'read:resources',
  'read:school_admins',
  'read:schools',
  'read:sections',
  'read:student_contacts',
  'read:students',
  'read:teachers',
  'read:user_id',
];

/** Clever's word for a role, and the scope that shows people who have it. */
export const roleWords: Readonly<Record<DistrictUser['role'], { readonly word: string; readonly scope: string }>> = {
  student: { word: 'student', scope: 'read:students' },
  teacher: { word: 'teacher', scope: 'read:teachers' },
  staff: { word: 'staff', scope: 'read:school_admins' },
  'school-administrator': { word: 'staff', scope: 'read:school_admins' },
  'district-administrator': { word: 'district_admin', scope: 'read:district_admins' },
  guardian: { word: 'contact', scope: 'read:student_contacts' },
};

const peopleScopes = [...new Set(Object.values(roleWords).map(({ scope }) => scope))];

/** The scopes of which a token needs one to see a collection. Terms and courses come with sections: no scope is theirs. */
const scopesOf: Readonly<Record<Exclude<CleverCollection, 'districts'> | 'resources', readonly string[]>> = {
  schools: ['read:schools'],
  terms: ['read:sections'],
  courses: ['read:sections'],
  sections: ['read:sections'],
  users: peopleScopes,
  resources: ['read:resources'],
};

const rosterScopes = new Set(Object.values(scopesOf).flat());

/** Writes one record as Clever's version of it. */
export type Write = (version: CleverVersion) => CleverRecord;

/** A list that is served in pages: records in order of their ids, written when they are asked for. */
export interface Listing {
  readonly records: readonly { readonly id: string }[];
  readonly writerAt: (position: number) => Write | undefined;
}

interface Visible {
  readonly districts: District;
  readonly schools: DistrictSchool;
  readonly terms: DistrictTerm;
  readonly courses: DistrictCourse;
  readonly users: DistrictUser;
  readonly sections: DistrictClass;
}

/** What decides what a token sees of a district. */
export interface Sharing {
  readonly status: CleverStatus;
  readonly scopes: readonly string[];
  readonly withheld: readonly WithheldField[];
}

/** A field that is left out of the records of a collection, or of all. */
export interface WithheldField {
  readonly collection: CleverCollection | undefined;
  readonly path: readonly string[];
}

/** What one token sees of one district. It does not change: another district or another sharing is another view. */
export class CleverView {
  readonly district: District;
  readonly sharing: Sharing;
  private readonly scopes: ReadonlySet<string>;
  private readonly known: { [Name in CleverCollection]?: readonly Visible[Name][] } = {};

  constructor(district: District, sharing: Sharing) {
    this.district = district;
    this.sharing = sharing;
    this.scopes = new Set(sharing.scopes);
  }

  /** Whether the token is for signing in alone: it has scopes of that kind, and none of a roster. */
  get isSignInOnly(): boolean {
    const { scopes } = this.sharing;
    return scopes.some((scope) => scope.endsWith('_basic')) && !scopes.some((scope) => rosterScopes.has(scope));
  }

  mayList(collection: CleverCollection | 'resources'): boolean {
    return collection === 'districts' || scopesOf[collection].some((scope) => this.scopes.has(scope));
  }

  get districts(): readonly District[] {
    return [this.district];
  }

  get schools(): readonly DistrictSchool[] {
    return (this.known.schools ??= this.mayList('schools') ? byId(this.district.schools) : []);
  }

  get terms(): readonly DistrictTerm[] {
    return (this.known.terms ??= this.mayList('terms') ? byId(this.district.terms) : []);
  }

  get courses(): readonly DistrictCourse[] {
    return (this.known.courses ??= this.mayList('courses') ? byId(this.district.courses) : []);
  }

  /** A section without students is not shown at all ("Sections must have at least one student"). */
  get sections(): readonly DistrictClass[] {
    return (this.known.sections ??= this.mayList('sections')
      ? byId(this.district.classes.filter(({ studentIds }) => studentIds.length > 0))
      : []);
  }

  get users(): readonly DistrictUser[] {
    return (this.known.users ??= districtUsers(this.district).filter(({ role }) =>
      this.scopes.has(roleWords[role].scope),
    ));
  }

  /** All of a collection that the token sees, or those records of it that are given. */
  list<Name extends CleverCollection>(
    collection: Name,
    records: readonly Visible[Name][] = this[collection] as readonly Visible[Name][],
  ): Listing {
    const { sharing } = this;
    const districtId = this.district.id;
    return {
      records,
      writerAt: (position) => {
        const record = records[position];
        if (record === undefined) return undefined;
        return (version) => written(collection, writers[collection](districtId, record, sharing), sharing, version);
      },
    };
  }
}

type Writers = {
  readonly [Name in CleverCollection]: (districtId: string, record: Visible[Name], sharing: Sharing) => CleverRecord;
};

const writers: Writers = {
  districts: (_, district, { status }) => cleverDistrict(district, status),
  schools: cleverSchool,
  terms: cleverTerm,
  courses: cleverCourse,
  users: cleverUser,
  sections: cleverSection,
};

function written(
  collection: CleverCollection,
  record: CleverRecord,
  { withheld }: Sharing,
  version: CleverVersion,
): CleverRecord {
  const hasLms = version === 'v3.1' && (collection === 'users' || collection === 'sections');
  let result = hasLms ? { ...record, lms_status: { synced_in_lms: false } } : record;
  // A district's own record is not shared by field.
  if (collection === 'districts') return result;
  for (const field of withheld) {
    if (field.collection === undefined || field.collection === collection) result = without(result, field.path);
  }
  return result;
}

/** The record without the field at a path. */
function without(record: CleverRecord, [first = '', ...rest]: readonly string[]): CleverRecord {
  if (!Object.hasOwn(record, first)) return record;
  const { [first]: value, ...others } = record;
  if (rest.length === 0) return others;
  return isRecord(value) ? { ...record, [first]: without(value, rest) } : record;
}

/** Whether it is an object with fields, and no list. */
export function isRecord(value: unknown): value is CleverRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads the fields that are to be withheld: `email`, `roles.student.dob`, or `users.name` for one collection alone.
 *
 * @throws {ConfigurationError} where a record would be without its id.
 */
export function withheldFields(fields: readonly string[]): readonly WithheldField[] {
  return fields.flatMap((field): readonly WithheldField[] => {
    const parts = field.split('.');
    const collection = cleverCollections.find((name) => parts.length > 1 && name === parts[0]);
    const path = collection === undefined ? parts : parts.slice(1);
    if (path[0] === 'id') throw new ConfigurationError('fields', 'a record cannot be without its id');
    // The Data API writes a student's address twice; sharing it or not is one decision.
    const isEmail = path.length === 1 && path[0] === 'email' && (collection ?? 'users') === 'users';
    const copy = { collection: 'users', path: ['roles', 'student', 'email'] } as const;
    return isEmail ? [{ collection, path }, copy] : [{ collection, path }];
  });
}
