export { Absences, traitsOfPresentClass, type AbsenceInput } from './absences.js';
export { Populations } from './population.js';
export { judgeAbsences, type AbsenceVerdict, type Cause, type CauseCode, type GoneSchool } from './judge.js';
export type { Cohort } from './cohorts.js';
export { causeHolds, causeNotes, withCauses } from './holds.js';
