import type { OneRosterRecord, OneRosterReference } from './common.js';

/** What a score means; 1.2 lets servers add words that begin with `ext:`. */
export type OneRosterScoreStatus =
  | 'exempt'
  | 'fully graded'
  | 'not submitted'
  | 'partially graded'
  | 'submitted'
  | (string & {});

/** Learning objectives (1.2), as sent: each entry names a `source` and the ids or the scores of its objectives. */
export type OneRosterLearningObjectives = readonly Readonly<Record<string, unknown>>[];

/** A category of line items, such as homework. */
export interface OneRosterCategory extends OneRosterRecord {
  readonly title?: string | undefined;
  /** 1.2: from 0 to 1, how much it counts. */
  readonly weight?: number | undefined;
}

/** A lineItem: one column of a gradebook, such as an assignment. */
export interface OneRosterLineItem extends OneRosterRecord {
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  /** ISO instant in UTC. */
  readonly assignDate?: string | undefined;
  /** ISO instant in UTC. */
  readonly dueDate?: string | undefined;
  readonly class: OneRosterReference;
  /** 1.2. */
  readonly school?: OneRosterReference | undefined;
  readonly category?: OneRosterReference | undefined;
  readonly gradingPeriod?: OneRosterReference | undefined;
  /** 1.2. */
  readonly academicSession?: OneRosterReference | undefined;
  /** 1.2. */
  readonly scoreScale?: OneRosterReference | undefined;
  readonly resultValueMin?: number | undefined;
  readonly resultValueMax?: number | undefined;
  readonly learningObjectiveSet?: OneRosterLearningObjectives | undefined;
}

/** What is told of a score, of an assignment or of an assessment. */
interface Scored extends OneRosterRecord {
  readonly student: OneRosterReference;
  /** 1.2. */
  readonly scoreScale?: OneRosterReference | undefined;
  readonly scoreStatus?: OneRosterScoreStatus | undefined;
  readonly score?: number | undefined;
  /** 1.2: a score that is no number. */
  readonly textScore?: string | undefined;
  /** `YYYY-MM-DD`. */
  readonly scoreDate?: string | undefined;
  readonly comment?: string | undefined;
  readonly learningObjectiveSet?: OneRosterLearningObjectives | undefined;
  /** 1.2. */
  readonly inProgress?: boolean | undefined;
  /** 1.2. */
  readonly incomplete?: boolean | undefined;
  /** 1.2. */
  readonly late?: boolean | undefined;
  /** 1.2. */
  readonly missing?: boolean | undefined;
}

/** A result: the score of one student for one lineItem. */
export interface OneRosterResult extends Scored {
  readonly lineItem: OneRosterReference;
  /** 1.2. */
  readonly class?: OneRosterReference | undefined;
}

/** How scores translate into one another (1.2): a step of a scoreScale. */
export interface OneRosterScoreScaleValue {
  /** Such as `A`. */
  readonly itemValueLHS?: string | undefined;
  /** Such as `90-100`. */
  readonly itemValueRHS?: string | undefined;
}

/** A scoreScale (1.2). */
export interface OneRosterScoreScale extends OneRosterRecord {
  readonly title?: string | undefined;
  readonly type?: string | undefined;
  readonly course?: OneRosterReference | undefined;
  readonly class?: OneRosterReference | undefined;
  readonly scoreScaleValue: readonly OneRosterScoreScaleValue[];
}

/** An assessmentLineItem (1.2): something that is assessed beyond one class, such as a state's test. */
export interface OneRosterAssessmentLineItem extends OneRosterRecord {
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly class?: OneRosterReference | undefined;
  readonly parentAssessmentLineItem?: OneRosterReference | undefined;
  readonly scoreScale?: OneRosterReference | undefined;
  readonly resultValueMin?: number | undefined;
  readonly resultValueMax?: number | undefined;
  readonly learningObjectiveSet?: OneRosterLearningObjectives | undefined;
}

/** An assessmentResult (1.2): the score of one student for one assessmentLineItem. */
export interface OneRosterAssessmentResult extends Scored {
  readonly assessmentLineItem: OneRosterReference;
  /** From 0 to 100. */
  readonly scorePercentile?: number | undefined;
}
