import { classSubject, userSubject, type Reason } from '../../model/index.js';
import { because } from './finding.js';
import type { View } from './view.js';

/** Why a record of the district is left out that may be one which people had made before (U17, K19). */
export function linkBecause(view: View, noun: 'class' | 'user', sourcedId: string): Reason | undefined {
  const subject = noun === 'class' ? classSubject(sourcedId) : userSubject(sourcedId);
  return (
    view.told(subject, 'LINK_PROPOSED', 'LINK_AMBIGUOUS') ??
    openLink(view, noun, (each) => each.sourcedId === sourcedId)
  );
}

/** What waits for a person about a record that people made. */
export function openLinkOf(view: View, noun: 'class' | 'user', recordId: string): readonly Reason[] {
  const reason = openLink(view, noun, (each) => each.recordId === recordId);
  return reason === undefined ? [] : [reason];
}

/** Of those that this read cannot judge no note tells. */
function openLink(
  view: View,
  noun: 'class' | 'user',
  isMeant: (ids: { readonly recordId: string; readonly sourcedId: string }) => boolean,
): Reason | undefined {
  const open = (view.sides.plan.ledger.proposals ?? []).find(
    (each) => each.kind === `${noun}-link` && each.decision === undefined && isMeant(each),
  );
  return open === undefined
    ? undefined
    : because(open.rule, 'LINK_PROPOSED', { record: open.recordId, ...open.evidence });
}
