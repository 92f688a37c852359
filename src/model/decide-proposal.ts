/**
 * A person's answer to a proposal, and how the ledger keeps it.
 *
 * @module
 */

import { PlanError } from '../errors.js';
import type { Ledger } from './ledger.js';
import type { Proposal } from './proposal.js';

/** A person's answer to a proposal. */
export interface ProposalDecision {
  readonly outcome: 'accepted' | 'declined';
  /** Who decides, in the host's own words, such as a user id. */
  readonly by: string;
  /** ISO instant. */
  readonly at: string;
}

/** What a proposal is about. */
export type ProposalNoun = 'class' | 'user';

/** The ids by which all proposals of a change of the id space are answered at once (G5). */
const WHOLE_ID_SPACE: ReadonlyMap<string, ProposalNoun> = new Map([
  ['G5:users', 'user'],
  ['G5:classes', 'class'],
]);

export function nounOfProposal({ kind }: Pick<Proposal, 'kind'>): ProposalNoun {
  return kind === 'class-link' || kind === 'class-rekey' ? 'class' : 'user';
}

/**
 * Whether pairs of an earlier change of the id space (G5) still wait for an answer. Until all are answered none is one by
 * itself: some of them re-keyed already make the rest no surer.
 */
export function isResetOpen(proposals: readonly Proposal[], noun: ProposalNoun): boolean {
  return proposals.some(
    (proposal) => proposal.rule === 'G5' && proposal.decision === undefined && nounOfProposal(proposal) === noun,
  );
}

/**
 * The ledger with a person's answer. Accepted, the next plan ties or re-keys the host's record; declined, both records
 * go their own ways, and the pair is not proposed again. `G5:users` and `G5:classes` answer all that a change of the id
 * space proposes. The same answer twice changes nothing.
 *
 * @throws PlanError where there is no such proposal, or another accepted one names the same record or sourcedId
 */
export function decideProposal(ledger: Ledger, id: string, decision: ProposalDecision): Ledger {
  const proposals = ledger.proposals ?? [];
  const noun = WHOLE_ID_SPACE.get(id);
  const isMeant = (proposal: Proposal): boolean =>
    noun === undefined ? proposal.id === id : isResetOpen([proposal], noun);
  const chosen = new Set(proposals.filter(isMeant));
  if (chosen.size === 0) {
    throw new PlanError(`There is no proposal ${id}. It was decided about, or its records have changed.`);
  }
  if (decision.outcome === 'accepted') refuseRivals(proposals, chosen);
  const { outcome, by, at } = decision;
  const next = proposals.map((proposal) =>
    chosen.has(proposal) && proposal.decision?.outcome !== outcome
      ? { ...proposal, decision: { outcome, by, at } }
      : proposal,
  );
  if (outcome === 'declined') return { ...ledger, proposals: next };
  const wanted = new Set([...chosen].map((proposal) => rekeyWord(nounOfProposal(proposal), proposal.sourcedId)));
  // A person's later word goes before an undo of the same re-key.
  const suppressions = ledger.suppressions.filter(({ kind, subject }) => !wanted.has(`${kind} ${subject}`));
  return { ...ledger, proposals: next, suppressions };
}

function rekeyWord(noun: ProposalNoun, sourcedId: string): string {
  return `${noun}-rekey ${noun}:${sourcedId}`;
}

/** One record becomes one other: two accepted proposals never share a side. */
function refuseRivals(proposals: readonly Proposal[], chosen: ReadonlySet<Proposal>): void {
  const taken = new Map<string, Proposal>();
  const accepted = proposals.filter(({ decision }) => decision?.outcome === 'accepted');
  for (const proposal of new Set([...accepted, ...chosen])) {
    const noun = nounOfProposal(proposal);
    for (const side of [`${noun} record ${proposal.recordId}`, `${noun} sourcedId ${proposal.sourcedId}`]) {
      const rival = taken.get(side);
      if (rival !== undefined) {
        const message = `Proposals ${rival.id} and ${proposal.id} name the same record. Decline one of them first.`;
        throw new PlanError(message);
      }
      taken.set(side, proposal);
    }
  }
}
