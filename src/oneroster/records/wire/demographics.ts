import type { OneRosterRecord } from './common.js';

/** The demographics of a user. It has no reference to the user: their `sourcedId` is the same. */
export interface OneRosterDemographics extends OneRosterRecord {
  /** `YYYY-MM-DD`. */
  readonly birthDate?: string | undefined;
  /** The last two are of 1.2, which also lets servers add words that begin with `ext:`. */
  readonly sex?: 'male' | 'female' | 'unspecified' | 'other' | (string & {}) | undefined;
  readonly americanIndianOrAlaskaNative?: boolean | undefined;
  readonly asian?: boolean | undefined;
  readonly blackOrAfricanAmerican?: boolean | undefined;
  readonly nativeHawaiianOrOtherPacificIslander?: boolean | undefined;
  readonly white?: boolean | undefined;
  readonly demographicRaceTwoOrMoreRaces?: boolean | undefined;
  readonly hispanicOrLatinoEthnicity?: boolean | undefined;
  readonly countryOfBirthCode?: string | undefined;
  readonly stateOfBirthAbbreviation?: string | undefined;
  readonly cityOfBirth?: string | undefined;
  readonly publicSchoolResidenceStatus?: string | undefined;
}
