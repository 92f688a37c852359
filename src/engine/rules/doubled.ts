import type { Note } from '../../model/index.js';
import { compareIds } from '../../internal/ordered.js';

/** Where a record that stands twice belongs. */
interface DoubledRecord extends Required<Pick<Note, 'noun' | 'subject'>> {
  readonly schoolSourcedId?: string | undefined;
}

/**
 * D6: records of the host that stand for one thing. Nothing tells which of them is meant, so none is touched and nothing
 * is made in their stead, until a person has taken all but one away.
 */
export function noteOfDoubled(
  { noun, subject, schoolSourcedId }: DoubledRecord,
  records: readonly { readonly id: string }[],
): Note & { readonly subject: string } {
  return {
    rule: 'D6',
    code: 'LOCAL_DUPLICATE',
    severity: 'warning',
    noun,
    subject,
    ...(schoolSourcedId === undefined ? {} : { schoolSourcedId }),
    evidence: { records: records.map(({ id }) => id).sort(compareIds) },
  };
}
