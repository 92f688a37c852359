import type { PlanCounts, Preflight, Scope, Step } from '../model/index.js';
import type { AuditEntry } from './audit.js';

/** A day of the week. */
export type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';

/** Days without a sync, the first and the last included. */
export interface SchedulePause {
  /** `2026-12-20`, or `12-20` for every year. */
  readonly from: string;
  /** In the form of `from`; the year's end may lie between two days of every year. */
  readonly to: string;
}

/** When a connection syncs by itself: once a day. */
export interface Schedule {
  /** The time of day in the zone, from `00:00` to `23:59`. One that does not exist on a day is that of the next moment that does; of one that comes twice, the first counts. */
  readonly at: string;
  /** An IANA name, such as `America/New_York`. */
  readonly timeZone: string;
  /** @default every day */
  readonly weekdays?: readonly Weekday[];
  /**
   * Up to so many minutes later, so that districts do not all begin at once: for one connection the same every day.
   *
   * @default 0
   */
  readonly jitterMinutes?: number;
  /** Holidays and the summer break. @default none */
  readonly pauses?: readonly SchedulePause[];
}

/**
 * How far a connection has come.
 *
 * - `draft`: it has credentials, and is being set up.
 * - `checked`: a preflight found nothing that blocks an import.
 * - `previewed`: a plan under its present settings was looked at, too.
 * - `enabled`: it syncs.
 * - `paused`: it does not, until it is resumed or `pausedUntil` comes.
 * - `disconnected`: its credentials are forgotten; the people, and the runs, stay.
 */
export type ConnectionState = 'draft' | 'checked' | 'previewed' | 'enabled' | 'paused' | 'disconnected';

/** What a preflight found last. */
export interface ConnectionCheck {
  /** ISO instant. */
  readonly at: string;
  readonly state: Preflight['state'];
}

/** What was looked at last. */
export interface ConnectionPreview {
  /** ISO instant. */
  readonly at: string;
  readonly planHash: string;
  readonly counts: PlanCounts;
}

/** Why a connection does not work by itself any more. */
export interface ConnectionAttention {
  /** The code of the error, such as `disconnected`, `authentication` or `configuration`; `interrupted` where runs died. */
  readonly code: string;
  /** Since when, ISO instant. */
  readonly since: string;
}

/** A due time that a process has taken, so that no other does. */
export interface TakenTime {
  /** The due time, ISO instant. */
  readonly at: string;
  /** A name of one taking alone. */
  readonly by: string;
  /** Until when nobody else takes it, ISO instant. */
  readonly until: string;
  /** How often it was taken. */
  readonly attempts: number;
}

/** Guardians from another source than the roster's. */
export interface ConnectionGuardians {
  readonly provider: string;
  /** The name of its credentials in the vault. @default none: the provider needs none */
  readonly credentials?: string;
}

/** What ties a tenant to a provider. Plain data without a secret: the credentials are sealed elsewhere. */
export interface Connection {
  readonly id: string;
  /** From 1, and one more with every write. */
  readonly version: number;
  /** Which of the host's providers, such as `clever`. */
  readonly provider: string;
  /** The host's own words for it. @default none */
  readonly label?: string;
  readonly state: ConnectionState;
  /** ISO instant. */
  readonly createdAt: string;
  /** The name of its credentials in the vault. @default forgotten */
  readonly credentials?: string;
  /** The sourcedIds of the schools that it syncs, or all of them. @default not chosen yet */
  readonly schools?: readonly string[] | 'all';
  /** Whether other connections may sync the same schools. @default false */
  readonly sharesSchools?: boolean;
  /** The settings that differ from their defaults. */
  readonly policy: Readonly<Record<string, unknown>>;
  /** The parts of an import. @default those of the policy */
  readonly steps?: readonly Step[];
  /** @default those of the roster */
  readonly guardians?: ConnectionGuardians;
  /** @default it syncs when somebody asks for it */
  readonly schedule?: Schedule;
  /** Since when the schedule counts, ISO instant. */
  readonly scheduledSince?: string;
  /** ISO instant. @default until it is resumed */
  readonly pausedUntil?: string;
  /** By the present credentials. */
  readonly check?: ConnectionCheck;
  /** Under the present settings. */
  readonly preview?: ConnectionPreview;
  /** @default all is well */
  readonly needsAttention?: ConnectionAttention;
  readonly taken?: TakenTime;
  /** The last due time that is dealt with, ISO instant. */
  readonly doneAt?: string;
}

/** Keeps the connections of each tenant. */
export interface ConnectionStore {
  /** The connections of the scope's tenant, in the order in which they were made. */
  connections(scope: Scope): Promise<readonly Connection[]>;
  /**
   * Keeps a connection, and with it a decision, in one transaction: of version 1 where none of this id is kept, and any
   * other in place of exactly the version before. Tells whether that is what is kept now: the same write again is true again.
   */
  saveConnection(scope: Scope, connection: Connection, decision?: AuditEntry): Promise<boolean>;
}
