/**
 * Every setting of a sync. `definePolicy` validates and fills in defaults; the engine takes the result.
 *
 * @module
 */

import type { UserRole } from './roster.js';
import type { ClassOptions } from './local.js';
import type { Step } from './scope.js';

/** The share of managed records that one run may remove, per kind, 0 to 1. */
export interface Limits {
  /** @default 0.15 */
  readonly enrollments: number;
  /** @default 0.2 */
  readonly classes: number;
  /** @default 0.1 */
  readonly users: number;
  /** @default 0.1 */
  readonly guardianLinks: number;
  /** So many changes of a kind with 20 or more managed records never hold. @default 5 */
  readonly floor: number;
  /** The limit of seven days, as a multiple of the limit of one run. @default 1.5 */
  readonly rolling: number;
  /** So many messages may go out by one run; the others wait. @default any number */
  readonly notices?: number;
  /** Whether the first removals under a changed policy wait for a person. @default false */
  readonly policyChange: boolean;
}

/**
 * A time in which syncs do less: on days, from `from` to `to` (`YYYY-MM-DD`, both included), or at hours of each day, from
 * `from` until `to` (`HH:MM`, past midnight where `to` is the earlier), in the policy's time zone.
 *
 * - `blackout`: nothing is changed at all.
 * - `additive-only`: nothing is taken away.
 * - `quiet`: changes are applied, and messages wait.
 */
export interface PolicyWindow {
  readonly kind: 'blackout' | 'additive-only' | 'quiet';
  readonly from: string;
  readonly to: string;
}

/** Up to grade 5, grades 6 to 8, grade 9 and above. */
export type SchoolLevel = 'elementary' | 'middle' | 'high';

/**
 * Which new sections become classes. Every criterion that is given has to hold; of a list, one entry is enough. A section
 * that does not tell what `schoolLevels`, `subjects`, `grades` or `terms` ask for is left out, and counted in a note.
 *
 * Only the first import of a section is judged: a class that is there already keeps following the roster.
 */
export interface ClassSelection {
  /**
   * By the section's own grades, else by the range of grades of its school.
   *
   * @default all
   */
  readonly schoolLevels?: readonly SchoolLevel[];
  /** Subjects in the provider's words, in any case of letters; Clever: `homeroom/advisory`. @default all */
  readonly subjects?: readonly string[];
  /** Subjects to leave out, likewise. A section without a subject stays. @default none */
  readonly notSubjects?: readonly string[];
  /**
   * The section's own grades, in the words of Clever or OneRoster: `Kindergarten` is `KG`, `5` is `05`. Any other word is
   * refused.
   *
   * @default all
   */
  readonly grades?: readonly string[];
  /** Terms, by sourcedId or by name. Clever's ids of terms are not stable: name them there. @default all */
  readonly terms?: readonly string[];
  /** A pattern for the name, `*` for any run of characters, in any case of letters. @default all */
  readonly names?: string;
  /** A pattern for names to leave out, likewise. @default none */
  readonly notNames?: string;
  /** The sourcedIds of single sections. @default all */
  readonly ids?: readonly string[];
  /**
   * `imported`: only sections with a teacher who is a user of the host already, or becomes one by the same import. A user
   * whom a person deactivated is none.
   *
   * @default all
   */
  readonly teachers?: 'imported';
}

/** Who is told by mail what came of a run. */
export interface NotifySettings {
  /**
   * The host's roles whose people are told, in the schools that the run touched or that its holds are about. A person without
   * a role of the host's counts by what they are in the roster: `administrator`, `staff`, `teacher` or `aide`. Who belongs to
   * no school is told of every run. @default [], nobody
   */
  readonly roles: readonly string[];
  /** Tell nothing until a sync of the scope has imported something to its end. @default false */
  readonly silentFirstSync?: boolean;
  /** Tell of runs, too, that found nothing to do. @default false */
  readonly unchanged?: boolean;
}

/** Every setting of a sync, complete. */
export interface Policy {
  /** The parts of this import. @default ['classes', 'teachers', 'students'] */
  readonly steps: readonly Step[];
  /** Members who are absent from the data leave the class. @default false */
  readonly fullData: boolean;
  /**
   * Whom Full Data may remove: those a sync added, or everyone in a class that a sync manages.
   *
   * @default 'synced'
   */
  readonly fullDataReach: 'synced' | 'everyone';
  /** Classes that are absent from the data are archived. Needs `fullData`. @default false */
  readonly archive: boolean;
  /**
   * Whether a class that reappears comes back: never, if a sync archived it, or whoever archived it.
   *
   * @default 'archived-by-sync'
   */
  readonly unarchive: 'off' | 'archived-by-sync' | 'always';
  /** What becomes of the members of an absent class under Full Data without Archive. @default 'keep' */
  readonly absentClassMembers: 'keep' | 'remove';
  /** Whose contact details the roster may change: of people who never signed in, of all, of none. @default 'invitees' */
  readonly contactUpdates: 'invitees' | 'all' | 'none';
  /**
   * Whether classes and people whom the host has already are tied to those of the roster instead of doubled: never; where
   * a person accepts the proposal; or, on the first import, also a person by a verified e-mail address that nobody else
   * has.
   *
   * @default 'off'
   */
  readonly linkExisting: 'off' | 'propose' | 'email';
  /** Whether the roster brings back a member whom a person removed. @default false */
  readonly reassertMembers: boolean;
  readonly classes: {
    /** Which new sections become classes. What one import is given takes the place of the sync's own. @default all */
    readonly include?: ClassSelection;
    /**
     * What to do with sections of one name in one school: import the first alone, make the names distinct, or import
     * all.
     *
     * @default 'first'
     */
    readonly duplicateNames: 'first' | 'disambiguate' | 'all';
    /** Skip sections that have no students yet. @default false */
    readonly requireStudents: boolean;
    /** Skip sections that have students but no teacher. @default false */
    readonly requireTeacher: boolean;
    /** What an imported class may do. All are on by default. */
    readonly options: ClassOptions;
  };
  readonly students: {
    /** Whether students of imported classes get an account. @default true */
    readonly create: boolean;
  };
  readonly teachers: {
    /** Which teachers get an account: every one, those who have a class with students, or none. @default 'always' */
    readonly create: 'always' | 'populated' | 'never';
    /** The user name of a teacher: the roster's own, or the e-mail address. @default 'roster' */
    readonly username: 'roster' | 'email';
  };
  readonly staff: {
    /** Whether staff and administrators who teach no class get an account. @default false */
    readonly create: boolean;
  };
  readonly access: {
    /** The host's role of a created person. @default none: the host's own default */
    readonly defaultRole?: string;
    /** The host's role by what the person is in the roster. */
    readonly roles: Readonly<Partial<Record<UserRole, string>>>;
    /**
     * The names of the permission sets of a created person, by what they are in the roster: those of all their roles
     * together. A role that is not named here brings none, whatever the roster calls it; what somebody becomes later
     * brings none either.
     *
     * @default none
     */
    readonly permissions?: Readonly<Partial<Record<UserRole, readonly string[]>>>;
    /** The site of a person who has no school. */
    readonly site?: string;
  };
  readonly guardians: {
    /** The contact types to import, in the provider's words. @default all */
    readonly contactTypes?: readonly string[];
    /**
     * Whether a guardian is also a member, as guardian, of every active class of their students. Without it access
     * follows the links alone.
     *
     * @default false
     */
    readonly enroll: boolean;
    /**
     * Whether guardians wait until every teacher who was invited has joined. Contact that the district forbids
     * is blocked all the same.
     *
     * @default false
     */
    readonly afterTeachersJoined: boolean;
  };
  readonly invitations: {
    /** @default true */
    readonly teachers: boolean;
    /** @default true */
    readonly guardians: boolean;
    /** @default false */
    readonly students: boolean;
    /** Send none for what the first sync of a scope creates. @default false */
    readonly silentFirstSync: boolean;
    /**
     * On whose behalf: the host's id of an administrator, or of one for each school by its sourcedId. Answers go to them.
     * A sync whose sender is no active administrator of the school concerned is refused.
     *
     * @default nobody is named
     */
    readonly from?: string | Readonly<Record<string, string>>;
    /** Roles of the host whose people may be senders as administrators are. @default none */
    readonly fromRoles?: readonly string[];
  };
  /** Who is told by mail what came of a run. @default nobody */
  readonly notify?: NotifySettings;
  /** Enrollments that begin within so many days already count. @default 0 */
  readonly leadDays: number;
  /**
   * In how many complete reads, at least 20 hours apart, a record must be missing before it counts as gone. What the
   * provider itself marks as deleted does not wait.
   *
   * @default 1
   */
  readonly graceSnapshots: number;
  /** Whether a person who left the district's data altogether is deactivated. @default false */
  readonly deactivateUnrostered: boolean;
  /** Only add and update in this import; what would be removed waits. @default false */
  readonly additiveOnly: boolean;
  /** Times in which syncs do less. @default none */
  readonly windows: readonly PolicyWindow[];
  readonly limits: Limits;
  /** The district's time zone (IANA): "today" is judged in it. @default 'UTC' */
  readonly timeZone: string;
}

/** Every setting at its default: nothing is archived or removed. */
export const defaultPolicy: Policy = {
  steps: ['classes', 'teachers', 'students'],
  fullData: false,
  fullDataReach: 'synced',
  archive: false,
  unarchive: 'archived-by-sync',
  absentClassMembers: 'keep',
  contactUpdates: 'invitees',
  linkExisting: 'off',
  reassertMembers: false,
  classes: {
    duplicateNames: 'first',
    requireStudents: false,
    requireTeacher: false,
    options: { behaviorManagement: true, studentPortfolios: true, parentCommunication: true },
  },
  students: { create: true },
  teachers: { create: 'always', username: 'roster' },
  staff: { create: false },
  access: { roles: {} },
  guardians: { enroll: false, afterTeachersJoined: false },
  invitations: { teachers: true, guardians: true, students: false, silentFirstSync: false },
  leadDays: 0,
  graceSnapshots: 1,
  deactivateUnrostered: false,
  additiveOnly: false,
  windows: [],
  limits: {
    enrollments: 0.15,
    classes: 0.2,
    users: 0.1,
    guardianLinks: 0.1,
    floor: 5,
    rolling: 1.5,
    policyChange: false,
  },
  timeZone: 'UTC',
};
