/**
 * What a report tells, as plain data. HTML, Markdown and JSON are three ways to write this down, so they tell the same.
 *
 * @module
 */

import type { ChangeKind, ChangeNoun, Scope } from '../model/index.js';

/** A record: its id, and its name where it is known and may be told. */
export interface ReportLabel {
  readonly id: string;
  readonly name?: string;
}

/** A field that a change writes. What it says is left out of a masked report, and of ids and dates of birth always. */
export interface ReportField {
  readonly field: string;
  readonly before?: string;
  readonly after?: string;
}

/** A record of a group: whom or what it is about. */
export interface ReportRecord extends ReportLabel {
  /** The student of a guardian. */
  readonly of?: ReportLabel;
  /** The class of a member, where the record does not stand under its class. */
  readonly in?: ReportLabel;
  readonly fields?: readonly ReportField[];
}

/** What a change does to what people see: something comes, something is other than before, something goes. */
export type ReportEffect = 'comes' | 'changes' | 'goes';

/** Changes of one kind, with one reason: told once, with the records that it is about. */
export interface ReportGroup {
  readonly kind: ChangeKind;
  readonly effect: ReportEffect;
  /** Such as `12 students added`. */
  readonly words: string;
  /** The row of the rules, such as `M1`. */
  readonly rule: string;
  readonly code: string;
  /** Why, in a sentence. */
  readonly reason: string;
  /** The ids of the holds that keep these changes; none where they can be made. */
  readonly heldBy: readonly string[];
  readonly records: readonly ReportRecord[];
}

/** How much there is of what. */
export interface ReportSums {
  readonly comes: number;
  readonly changes: number;
  readonly goes: number;
  /** Those among them that a hold keeps. */
  readonly held: number;
}

/** A part of a school: the school itself, its people, its guardians, or one of its classes. */
export interface ReportPart {
  readonly part: 'school' | 'people' | 'guardians' | 'class';
  readonly label: ReportLabel;
  readonly sums: ReportSums;
  readonly groups: readonly ReportGroup[];
}

/** A school, or what belongs to none. */
export interface ReportSchool {
  /** Absent for what belongs to no school. */
  readonly label?: ReportLabel;
  readonly sums: ReportSums;
  readonly parts: readonly ReportPart[];
}

/** A set of changes that waits for a person. */
export interface ReportHold {
  readonly id: string;
  readonly gate: string;
  readonly code: string;
  /** The record that the hold is about, where it is about one. */
  readonly about?: ReportRecord;
  readonly reason: string;
  /** Such as `280 students removed, 20 classes archived`. Empty where the hold keeps messages. */
  readonly words: string;
  readonly count: number;
  /** What an approval has to name. */
  readonly hash: string;
  readonly approvable: boolean;
  /** ISO instant. */
  readonly since: string;
  /** How many of them are of which school, the most first. */
  readonly schools: readonly { readonly label?: ReportLabel; readonly count: number }[];
  /** The first of its records; the others stand with their schools. */
  readonly records: readonly ReportRecord[];
}

/** A gate that had something to say, beside the holds. */
export interface ReportGate {
  readonly gate: string;
  readonly code: string;
  readonly reason: string;
}

/** Notes of one case. */
export interface ReportNotes {
  readonly rule: string;
  readonly code: string;
  readonly severity: 'info' | 'warning';
  readonly sentence: string;
  readonly count: number;
  /** Each with what is known of it. */
  readonly items: readonly {
    readonly noun?: ChangeNoun;
    readonly record?: ReportRecord;
    /** Where it says more than the sentence of the case. */
    readonly sentence?: string;
  }[];
}

/** Why records are absent, and of how many it is said. */
export interface ReportCause {
  readonly cause: string;
  readonly sentence: string;
  readonly count: number;
}

/** The members of a school's active classes. */
export interface ReportMembers {
  readonly label?: ReportLabel;
  readonly before: number;
  /** Once all that can be made is made. */
  readonly after: number;
  /** Once what is held is made, too. */
  readonly afterHeld: number;
}

/** A run of the timeline. */
export interface ReportRun {
  readonly id: string;
  readonly type: string;
  readonly outcome: string;
  /** ISO instant. */
  readonly startedAt: string;
  /** ISO instant; absent while it runs. */
  readonly endedAt?: string;
  readonly applied: number;
  readonly held: number;
  readonly failures: number;
  /** Who started it; left out of a masked report. */
  readonly by?: string;
}

/** How many changes of a kind. */
export interface ReportCount {
  readonly kind: ChangeKind;
  /** Such as `members added`. */
  readonly words: string;
  /** All of them, held ones included. */
  readonly count: number;
  /** Those that a hold keeps; of a run it is not known. */
  readonly held?: number;
}

/** What went wrong in a run, and how often. */
export interface ReportFailure {
  readonly code: string;
  readonly count: number;
  readonly sentence: string;
}

/** What comes first: all that matters, in a sentence. */
export interface ReportVerdict {
  /** `calm`: nothing is to be decided. `attention`: a person is asked. `stopped`: nothing happens, or not all. */
  readonly tone: 'calm' | 'attention' | 'stopped';
  readonly sentence: string;
  readonly details: readonly string[];
}

/** A plan or a run, told for people. Plain data, and what {@link renderJson} writes. */
export interface Report {
  readonly formatVersion: 1;
  readonly about: 'plan' | 'run';
  readonly title: string;
  readonly language: 'en';
  readonly masked: boolean;
  readonly scope: Scope;
  /** The plan's hash: what an acknowledgement names. */
  readonly hash: string;
  /** The run that is told, where it is one. */
  readonly run?: ReportRun;
  readonly verdict: ReportVerdict;
  readonly holds: readonly ReportHold[];
  readonly gates: readonly ReportGate[];
  readonly failures: readonly ReportFailure[];
  readonly members: readonly ReportMembers[];
  readonly schools: readonly ReportSchool[];
  readonly notes: readonly ReportNotes[];
  readonly causes: readonly ReportCause[];
  readonly runs: readonly ReportRun[];
  readonly counts: readonly ReportCount[];
}
