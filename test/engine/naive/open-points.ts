/**
 * Fine points of the tables in which the engine answers otherwise today, each with a smallest case. A random case that
 * turns on one of them is not compared; the small case is, and its line goes as soon as both agree.
 *
 * Outside of what is compared, because the naive rules are about classes and their members alone:
 *
 * - fields, contact details and logins of people (U4, U9, U15, U16, F1 to F10), and guardians (P1 to P13)
 * - what a person says of a proposal (K12, U12), ids that are all new (G5) and ties to what people made (`linkExisting`)
 * - the shape of a read (G4), which is judged against the last healthy one, and messages (G8)
 * - what a change of the policy causes (Z10)
 * - cohorts, which are of 20 records at least: a plan with one ends its case
 */

import type { Case } from './cases.js';

export interface Point {
  /** The row, and the point. */
  readonly name: string;
  readonly smallest: Case;
}

export const OPEN_POINTS: readonly Point[] = [];
