/**
 * How reasons become sentences about one record.
 *
 * @module
 */

import type { Change, ChangeKind, ChangeNoun, Hold, Reason } from '../../model/index.js';
import { describeReason } from '../words/describe.js';
import type { Verdict } from './finding.js';

/** What each kind of change does to a record: "it is", or "it would be". */
export const PARTICIPLES: Readonly<Record<ChangeKind, string>> = {
  'school-create': 'created',
  'school-update': 'updated',
  'school-delete': 'deleted',
  'class-create': 'created',
  'class-update': 'updated',
  'class-move': 'moved to another school',
  'class-archive': 'archived',
  'class-unarchive': 'brought back',
  'class-purge': 'deleted for good',
  'class-rekey': 'given its new id',
  'class-delete': 'deleted',
  'user-create': 'given an account',
  'user-update': 'updated',
  'user-deactivate': 'deactivated',
  'user-reactivate': 'activated again',
  'user-rekey': 'given the new id',
  'user-delete': 'deleted',
  'enrollment-add': 'added',
  'enrollment-update': 'updated',
  'enrollment-restore': 'brought back',
  'enrollment-remove': 'removed',
  'enrollment-link': 'marked as known to the district',
  'enrollment-delete': 'deleted',
  'guardian-link': 'linked',
  'guardian-update': 'updated',
  'guardian-restore': 'brought back',
  'guardian-unlink': 'unlinked',
  'guardian-delete': 'deleted',
};

/** What the sentences are about, and all that there is to tell. */
interface Told {
  readonly noun: ChangeNoun;
  readonly names: readonly string[];
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  readonly changes: readonly Change[];
  readonly holds: readonly Hold[];
}

export function sentencesOf(told: Told): readonly string[] {
  const { changes, reasons, holds } = told;
  const label = labelOf(told);
  const approvable = new Map(holds.map(({ id, approvable: isApprovable }) => [id, isApprovable]));
  const heads = changes.map((change) => {
    const verb = change.heldBy.length > 0 ? 'would be' : 'is';
    return joined(`${capital(label)} ${verb} ${PARTICIPLES[change.kind]}`, change.reason);
  });
  const isOfChange = ({ rule, code }: Reason): boolean =>
    changes.some(({ reason }) => reason.rule === rule && reason.code === code);
  const others = reasons.filter((reason) => !isOfChange(reason));
  if (changes.length === 0) heads.push(headOf(told.verdict, label, others.shift(), approvable));
  return [...heads, ...others.map((reason) => (isHold(reason) ? holdSentence(reason, approvable) : sentence(reason)))];
}

function headOf(
  verdict: Verdict,
  label: string,
  reason: Reason | undefined,
  approvable: ReadonlyMap<string, boolean>,
): string {
  const head = {
    unchanged: `Nothing happens to ${label}`,
    kept: `${capital(label)} stays as it is`,
    'not-imported': `${capital(label)} is not imported`,
    unknown: `Neither the district’s data nor this system has ${label}`,
    held: `Nothing happens to ${label} for now`,
    changes: `${capital(label)} changes`,
  }[verdict];
  if (reason === undefined) return `${head}.`;
  return isHold(reason) ? `${head}. ${holdSentence(reason, approvable)}` : joined(head, reason);
}

function isHold({ evidence }: Reason): boolean {
  return typeof evidence?.['hold'] === 'string';
}

function holdSentence(reason: Reason, approvable: ReadonlyMap<string, boolean>): string {
  const id = String(reason.evidence?.['hold']);
  const isApprovable = approvable.get(id) ?? true;
  const advice = isApprovable ? 'A person approves or discards it.' : 'It cannot be approved.';
  return `${joined(`The hold ${id} waits`, reason)} ${advice}`;
}

/** `head: what the reason says (rule).` */
function joined(head: string, reason: Reason): string {
  const text = sentence(reason);
  return `${head}: ${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

/** What the reason says, and the rule that says so. */
function sentence(reason: Reason): string {
  const text = describeReason(reason);
  return text.endsWith('.') ? `${text.slice(0, -1)} (${reason.rule}).` : `${text} (${reason.rule})`;
}

function labelOf({ noun, names: [first = '', second = ''] }: Told): string {
  switch (noun) {
    case 'school':
      return `school ${first}`;
    case 'class':
      return `class ${first}`;
    case 'user':
      return `person ${first}`;
    case 'enrollment':
      return `the member ${first} of class ${second}`;
    case 'guardian':
      return `the guardian ${first} of student ${second}`;
  }
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
