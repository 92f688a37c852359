export { Absences, traitsOfPresentClass } from './absences.js';
export type { Traits } from './attributes.js';
export { Populations } from './population.js';
export { judgeAbsences } from './judge.js';
export type { AbsenceVerdict, SchoolsInDoubt } from './judge.js';
export type { Cohort } from './cohorts.js';
export { CauseLatches, causeHolds, causeNotes, withCauses } from './holds.js';
