import { schoolSubject, type Evidence, type GateResult, type Hold, type Note, type Reason } from '../../model/index.js';

/** What a plan knows of its holds besides themselves. */
interface ToldOfHolds {
  readonly notes: readonly Note[];
  readonly gates: readonly GateResult[];
}

/** The rule behind a hold: gates are rules of their own, but for the causes of absence. A note may know more of it. */
export function reasonOfHold({ notes, gates }: ToldOfHolds, hold: Hold): Reason {
  const { id, gate, code, kind, baseline, count, limit, changes, subject } = hold;
  const told: Record<string, Evidence[string]> = {};
  for (const { evidence } of [...gates, ...notes]) if (evidence?.['hold'] === id) Object.assign(told, evidence);
  const school = code === 'SCHOOL_GONE' ? subject?.slice(schoolSubject('').length) : undefined;
  const evidence: Evidence = {
    ...told,
    hold: id,
    changes: changes.length,
    ...(kind === undefined ? {} : { kind }),
    ...(baseline === undefined ? {} : { baseline }),
    ...(count === undefined ? {} : { count }),
    ...(limit === undefined ? {} : { limit }),
    ...(school === undefined ? {} : { school }),
  };
  return { rule: gate === 'cause' ? 'Z5' : gate, code, evidence };
}
