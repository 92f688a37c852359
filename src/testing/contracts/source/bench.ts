import type { Roster, RosterDelta, Scope } from '../../../model/index.js';
import type { RosterSource } from '../../../ports/index.js';
import { wholeOf } from './contents.js';

/** A source, as its contract meets it: of a district whose data is sound and stands still. */
export interface SourceSubject {
  readonly source: RosterSource;
  /** What to read. @default a tenant with all its schools */
  readonly scope?: Scope;
}

/** A source that tells what changed, as its contract meets it. */
export interface ChangesSubject extends SourceSubject {
  readonly source: RosterSource & Required<Pick<RosterSource, 'readSince'>>;
  /** Changes something in the district, another thing each time. */
  readonly change: () => void | Promise<void>;
  /** `foldDelta` of `rosterkit`. */
  readonly fold: (roster: Roster, delta: RosterDelta) => Roster;
}

/** What the cases of a source work with. */
export interface SourceBench extends SourceSubject {
  readonly scope: Scope;
  /** Reads the district, every stream to its end. */
  readonly read: () => Promise<Roster>;
}

/** What the cases of changes work with. */
export type ChangesBench = ChangesSubject & SourceBench;

/** The subject, and its district whole. */
export function sourceBench<Subject extends SourceSubject>(subject: Subject): Subject & SourceBench {
  const scope = subject.scope ?? { tenant: 'contract' };
  return { ...subject, scope, read: async () => wholeOf(await subject.source.read(scope)) };
}
