/**
 * What a person should know, and why records are absent.
 *
 * @module
 */

import { describeReason } from '../engine/words/describe.js';
import type { Change, Note } from '../model/index.js';
import { sentenceOf } from './evidence.js';
import type { Names } from './names.js';
import { nounOfSubject, recordOfSubject } from './records.js';
import type { ReportCause, ReportNotes } from './report.js';

/** Notes by their case: warnings first, and of those the most first. */
export function notesOf(notes: readonly Note[], names: Names, masked: boolean): readonly ReportNotes[] {
  const cases = new Map<string, Note[]>();
  for (const note of notes) {
    const key = `${note.severity} ${note.rule} ${note.code}`;
    const known = cases.get(key);
    if (known === undefined) cases.set(key, [note]);
    else known.push(note);
  }
  return [...cases.values()].map((list) => toldCase(list, names, masked)).sort(byWeight);
}

function toldCase(list: readonly Note[], names: Names, masked: boolean): ReportNotes {
  const [{ rule, code, severity }] = list as readonly [Note];
  const plain = describeReason({ code });
  const items = list.map((note) => {
    const sentence = sentenceOf(note, names, masked);
    const record = note.subject === undefined ? undefined : recordOfSubject(note.subject, names);
    const noun = note.noun ?? nounOfSubject(note.subject ?? '');
    return {
      ...(noun === undefined ? {} : { noun }),
      ...(record === undefined ? {} : { record }),
      ...(sentence === plain ? {} : { sentence }),
    };
  });
  return { rule, code, severity, sentence: plain, count: list.length, items };
}

function byWeight(left: ReportNotes, right: ReportNotes): number {
  if (left.severity !== right.severity) return left.severity === 'warning' ? -1 : 1;
  return right.count - left.count || (left.code < right.code ? -1 : 1);
}

/** Why what goes is absent, by cause, the most first. */
export function causesOf(changes: readonly Change[]): readonly ReportCause[] {
  const counts = new Map<string, number>();
  for (const { reason } of changes) {
    const cause = reason.evidence?.['cause'];
    if (typeof cause === 'string') counts.set(cause, (counts.get(cause) ?? 0) + 1);
  }
  return [...counts]
    .sort(([left, one], [right, other]) => other - one || (left < right ? -1 : 1))
    .map(([cause, count]) => ({ cause, sentence: describeReason({ code: cause }), count }));
}
