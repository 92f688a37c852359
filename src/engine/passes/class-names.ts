/**
 * Which names are taken in the schools where one may be asked for, as the classes come by (rows D).
 *
 * @module
 */

import { classSubject } from '../../model/index.js';
import type { Class, LocalClass } from '../../model/index.js';
import { CauseLatches, type AbsenceVerdict } from '../causes/index.js';
import type { Context } from '../context.js';
import { changeKey } from '../draft.js';
import { KEPT, type ClassDecision } from '../rules/classes.js';
import { noteShared, TakenNames } from '../rules/names.js';
import { takenNames } from '../rules/taken-names.js';

export class ClassNames {
  readonly taken = new TakenNames();
  /** Classes that come to bear a name in a school by this plan: they return, move, or are renamed by the feed. */
  private readonly newcomers: { readonly section: Class; readonly local: LocalClass }[] = [];
  /** Classes that leave and so free their names, unless their cause keeps them. */
  private readonly leaving: LocalClass[] = [];

  /** @param contested schools where a name may be asked for */
  constructor(
    private readonly context: Context,
    private readonly contested: ReadonlySet<string>,
  ) {}

  /** Whether anything depends on the causes of absence. */
  asksForCauses(hasCandidates: boolean): boolean {
    return this.leaving.length > 0 && (hasCandidates || this.newcomers.length > 0);
  }

  /** Names matter only where one may be asked for: most plans have no new class and none that returns. */
  keep({ names, isOpen }: ClassDecision, local: LocalClass, section: Class | undefined): void {
    if (names === 'free' || !this.isContested(local, section)) return;
    const holder = (section ?? local).sourcedId as string;
    for (const { schoolSourcedId, name } of takenNames(names, local, section, this.context)) {
      this.taken.take(schoolSourcedId, name, holder, isOpen);
    }
  }

  noteNewcomer(section: Class, local: LocalClass): void {
    this.newcomers.push({ section, local });
  }

  noteLeaving(local: LocalClass): void {
    if (this.isContested(local)) this.leaving.push(local);
  }

  /**
   * A class that waits for a person because of its cause, or because the feed was or is in doubt, is not leaving.
   *
   * @param isOdd whether the read has an odd shape (G4)
   */
  keepWaiting({ causes }: AbsenceVerdict, isOdd: boolean): void {
    const latches = new CauseLatches(this.context.local.ledger);
    for (const local of this.leaving) {
      const subject = classSubject(local.sourcedId);
      const holds = [causes.get(subject)?.hold, isOdd ? 'G4' : undefined].filter((hold) => hold !== undefined);
      if (latches.isWaiting(changeKey('class-archive', subject), holds)) this.keep(KEPT, local, undefined);
    }
  }

  /** D4: a class returns, moves and is renamed whoever bears its name by now; its children must not be left without it. */
  noteShared(): void {
    for (const { section, local } of this.newcomers) {
      for (const { schoolSourcedId, name } of takenNames('fed', local, section, this.context)) {
        const other = this.taken.sharer(schoolSourcedId, name, section.sourcedId);
        if (other === undefined) continue;
        noteShared(section, other, this.context);
        break;
      }
    }
  }

  private isContested(local: LocalClass, section?: Class): boolean {
    return [local.schoolSourcedId, section?.schoolSourcedId].some(
      (school) => school !== undefined && this.contested.has(school),
    );
  }
}
