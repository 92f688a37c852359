import type { GuardianPair } from '../../model/index.js';
import { guardianSubject } from '../../model/index.js';
import { changeKey } from '../draft.js';

/** One guardian of a student, once the plan is applied. */
export interface LinkAfter {
  readonly guardianSourcedId: string;
  /** The host's id of the guardian; undefined for whom this plan creates. */
  readonly guardianId: string | undefined;
  /** `forbidden` is a link that gives no access (P11), `ending` one that this plan drops. */
  readonly standing: 'living' | 'forbidden' | 'ending';
  /** The key of the change that makes, brings back or drops the link. */
  readonly change: string | undefined;
}

/** P13: the links as this plan leaves them, by their students. Kept only where the policy asks for them. */
export class LinksAfter {
  private readonly byStudent = new Map<string, LinkAfter[]>();

  /** @param kind the change that makes, brings back or drops the link */
  add(
    pair: GuardianPair,
    guardianId: string | undefined,
    standing: LinkAfter['standing'],
    kind?: 'guardian-link' | 'guardian-restore' | 'guardian-unlink',
  ): void {
    const { guardianSourcedId, studentSourcedId } = pair;
    const subject = guardianSubject(guardianSourcedId, studentSourcedId);
    const change = kind === undefined ? undefined : changeKey(kind, subject);
    const link: LinkAfter = { guardianSourcedId, guardianId, standing, change };
    const known = this.byStudent.get(studentSourcedId);
    if (known === undefined) this.byStudent.set(studentSourcedId, [link]);
    else known.push(link);
  }

  of(studentSourcedId: string): readonly LinkAfter[] {
    return this.byStudent.get(studentSourcedId) ?? NONE;
  }
}

const NONE: readonly LinkAfter[] = [];
