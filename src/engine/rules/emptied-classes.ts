import { classSubject } from '../../model/index.js';
import type { LocalClass } from '../../model/index.js';
import type { Context } from '../context.js';
import { changeKey } from '../draft.js';

/** What a present class loses. */
export interface Losses {
  /** Its members whom a sync added, and how many of all its members the feed has. */
  readonly managed: number;
  readonly members: number;
  /** The subjects of the members who are to leave, and how many of them in silence (E1). */
  readonly removed: readonly string[];
  readonly silent: number;
}

/** K15: classes that are present and lose their members in silence, of which an enrollment or a roster may be broken. */
export class EmptiedClasses {
  private emptied = 0;
  private present = 0;

  constructor(private readonly context: Pick<Context, 'draft'>) {}

  /** A class that a sync made is present. */
  notePresent(): void {
    this.present += 1;
  }

  judge(sourcedId: string, local: LocalClass, { managed, members, removed, silent }: Losses): void {
    if (local.state !== 'active' || local.origin !== 'roster' || silent === 0) return;
    const isEmpty = managed >= 5 && members === 0;
    const isHalved = managed >= 10 && silent > managed / 2;
    if (!isEmpty && !isHalved) return;
    this.emptied += 1;
    this.context.draft.hold({
      id: `K15:${sourcedId}`,
      gate: 'K15',
      code: 'CLASS_EMPTIED',
      subject: classSubject(sourcedId),
      approvable: true,
      baseline: managed,
      count: silent,
      changes: new Set(removed.map((subject) => changeKey('enrollment-remove', subject))),
    });
  }

  /** When many classes are emptied at once, the enrollments were not read, whatever the feed says. */
  judgeAll(): void {
    if (this.present === 0 || this.emptied / this.present <= 0.1) return;
    this.context.draft.hold({
      id: 'K15',
      gate: 'K15',
      code: 'CLASSES_EMPTIED',
      approvable: true,
      baseline: this.present,
      count: this.emptied,
      limit: 0.1,
      changes: 'all-destructive',
    });
  }
}
