/**
 * What waits for a person, and the gates that had something to say.
 *
 * @module
 */

import { reasonOfHold } from '../engine/words/reason-of-hold.js';
import { sha256 } from '../internal/sha256.js';
import type { Change, ChangeKind, GateResult, Hold, Note } from '../model/index.js';
import { sentenceOf } from './evidence.js';
import type { Names } from './names.js';
import { counted, kindsInWords } from './phrases.js';
import { recordOf, recordOfSubject } from './records.js';
import type { ReportGate, ReportHold, ReportRecord } from './report.js';

/** So many records stand with their hold: enough to see what it is about. The others stand with their schools. */
const SHOWN = 50;

export interface HoldsToTell {
  readonly holds: readonly Hold[];
  readonly notes: readonly Note[];
  readonly gates: readonly GateResult[];
  /** The changes of the plan; of a run only their keys are known. */
  readonly changes: readonly Change[];
  readonly names: Names;
  readonly masked: boolean;
}

/** A hold's id as the report shows it: one that is made of what a district calls its records is told in part. */
export function holdIdFor(names: Names, masked: boolean): (id: string) => string {
  return (id) => {
    // Only words of rosterkit, such as `G6:enrollments`, name nobody.
    if (!masked || /^[\w-]+(?::[a-z]+)?$/iu.test(id)) return names.id(id);
    return `${id.slice(0, id.indexOf(':') + 1)}#${sha256(id).slice(0, 10)}`;
  };
}

export function holdsOf({ holds, notes, gates, changes, names, masked }: HoldsToTell): readonly ReportHold[] {
  const byKey = new Map(changes.map((change) => [change.key, change]));
  const holdId = holdIdFor(names, masked);
  return holds.map((hold) => {
    const { id, gate, code, hash, approvable, since } = hold;
    const kinds: ChangeKind[] = [];
    const schools = new Map<string, number>();
    const records: ReportRecord[] = [];
    for (const key of hold.changes) {
      const change = byKey.get(key);
      kinds.push(change?.kind ?? kindOfKey(key));
      if (change !== undefined) {
        const school = change.schoolSourcedId ?? '';
        schools.set(school, (schools.get(school) ?? 0) + 1);
      }
      if (records.length >= SHOWN) continue;
      const record =
        change === undefined ? recordOfSubject(subjectOfKey(key), names) : withClass(change, names, masked);
      if (record !== undefined) records.push(record);
    }
    const about = hold.subject === undefined ? undefined : recordOfSubject(hold.subject, names);
    const perSchool = [...schools]
      .sort(([left, one], [right, other]) => other - one || (left < right ? -1 : 1))
      .map(([school, count]) => (school === '' ? { count } : { label: names.school({ sourcedId: school }), count }));
    return {
      id: holdId(id),
      gate,
      code,
      ...(about === undefined ? {} : { about }),
      reason: sentenceOf(reasonOfHold({ notes, gates }, hold), names, masked),
      words: gate === 'G8' ? counted(hold.count ?? 0, 'message', 'messages') : kindsInWords(kinds),
      count: hold.changes.length,
      hash,
      approvable,
      since,
      schools: perSchool,
      records,
    };
  });
}

/** The gates that are no holds: what stopped all of a plan, or a part of it. */
export function gatesOf({ gates, holds, names, masked }: HoldsToTell): readonly ReportGate[] {
  const held = new Set(holds.map(({ id }) => id));
  return (
    gates
      // Quiet hours in which nothing would be sent keep nobody waiting.
      .filter(({ evidence }) => !held.has(String(evidence?.['hold'] ?? '')) && evidence?.['count'] !== 0)
      .map((result) => ({ gate: result.gate, code: result.code, reason: sentenceOf(result, names, masked) }))
  );
}

/** A member stands with the class here, where nothing else says which. */
function withClass(change: Change, names: Names, masked: boolean): ReportRecord {
  const { kind, subject } = change;
  const section = kind.startsWith('enrollment') ? recordOfSubject(subject, names)?.in : undefined;
  const record = recordOf(change, names, masked);
  return section === undefined ? record : { ...record, in: section };
}

/** A change's key is its kind and its subject. */
function kindOfKey(key: string): ChangeKind {
  return key.slice(0, key.indexOf(' ')) as ChangeKind;
}

function subjectOfKey(key: string): string {
  return key.slice(key.indexOf(' ') + 1);
}
