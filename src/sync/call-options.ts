/** What the calls of a RosterSync take. */

import type { AuditOptions } from '../ports/index.js';
import type { ImportOptions } from './options.js';

/** How to plan. */
export interface PlanOptions extends ImportOptions {
  /** Who asks for the plan, in the host's own words, such as a user id: for `access`. @default none */
  readonly by?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How to apply a plan. */
export interface ApplyOptions {
  /**
   * The hash of the plan, by a person who has just read it: releases limits (G6, G7), emptied classes (K15) and
   * vanished schools and cohorts of exactly this plan. Other holds stay. @default nothing is released
   */
  readonly acknowledge?: string | undefined;
  /** With `acknowledge`: lets the plan's messages go out, too, although they are many or the hour is quiet (G8). @default false */
  readonly mail?: boolean | undefined;
  /** Who applies it, in the host's own words, such as a user id. */
  readonly by?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How to run. */
export interface RunOptions extends ImportOptions {
  /** Who started the run, in the host's own words, such as a user id. @default none: a schedule */
  readonly by?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How to count. */
export interface StatisticsOptions {
  /** Who asks, in the host's own words, such as a user id: for `access`. @default none */
  readonly by?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Which decisions to tell of. */
export interface DecisionsOptions extends AuditOptions {
  /** Who asks, in the host's own words, such as a user id: for `access`. @default none */
  readonly by?: string | undefined;
}

/** Which runs to tell of. */
export interface RunsOptions {
  /** @default all */
  readonly limit?: number;
  /** Who asks, in the host's own words, such as a user id: for `access`. @default none */
  readonly by?: string | undefined;
}
