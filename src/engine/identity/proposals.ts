/**
 * Proposals, and what people decided about them: what the engine asks, and how an answer is kept.
 *
 * @module
 */

import { PlanError } from '../../errors.js';
import { compareIds } from '../../internal/ordered.js';
import type { Evidence, Ledger, Proposal } from '../../model/index.js';

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

/** The same in every plan: the kind and both ids. The length in front of the first keeps every pair distinct. */
export function proposalId(kind: Proposal['kind'], recordId: string, sourcedId: string): string {
  return `${kind}:${String(recordId.length)}:${recordId}:${sourcedId}`;
}

/** What a proposal needs to be made. */
export interface ProposalParts {
  readonly kind: Proposal['kind'];
  readonly rule: string;
  readonly local: { readonly id: string; readonly sourcedId?: string };
  readonly sourcedId: string;
  readonly schoolSourcedId: string | undefined;
  readonly evidence: Evidence;
  readonly likeness: number;
  /** ISO instant of the plan. */
  readonly now: string;
}

export function makeProposal({ local, now, schoolSourcedId, ...parts }: ProposalParts): Proposal {
  return {
    id: proposalId(parts.kind, local.id, parts.sourcedId),
    ...parts,
    recordId: local.id,
    ...(local.sourcedId === undefined ? {} : { from: local.sourcedId }),
    ...(schoolSourcedId === undefined ? {} : { schoolSourcedId }),
    since: now,
  };
}

/** Whether it is about a record that people made. */
export function isLink({ kind }: Pick<Proposal, 'kind'>): boolean {
  return kind === 'class-link' || kind === 'user-link';
}

export function nounOfProposal({ kind }: Pick<Proposal, 'kind'>): ProposalNoun {
  return kind === 'class-link' || kind === 'class-rekey' ? 'class' : 'user';
}

/** What people have decided so far: a declined pair is not made again, an accepted one is one record from now on. */
export class Decisions {
  private readonly declined = new Set<string>();
  private readonly acceptedOf = new Map<Proposal['kind'], Proposal[]>();

  constructor(proposals: readonly Proposal[] = []) {
    for (const proposal of proposals) {
      if (proposal.decision?.outcome === 'declined') this.declined.add(proposal.id);
      if (proposal.decision?.outcome !== 'accepted') continue;
      const known = this.acceptedOf.get(proposal.kind);
      if (known === undefined) this.acceptedOf.set(proposal.kind, [proposal]);
      else known.push(proposal);
    }
  }

  isDeclined(kind: Proposal['kind'], recordId: string, sourcedId: string): boolean {
    return this.declined.size > 0 && this.declined.has(proposalId(kind, recordId, sourcedId));
  }

  accepted(kind: Proposal['kind']): readonly Proposal[] {
    return this.acceptedOf.get(kind) ?? [];
  }
}

/**
 * The sourcedIds that wait for an answer, of both sides. Of persons nothing happens to either record meanwhile; a
 * section with an open link is not created.
 */
export function waitingIds(proposals: readonly Proposal[], kinds: readonly Proposal['kind'][]): ReadonlySet<string> {
  const waiting = new Set<string>();
  for (const { kind, decision, from, sourcedId } of proposals) {
    if (decision !== undefined || !kinds.includes(kind)) continue;
    waiting.add(sourcedId);
    if (from !== undefined) waiting.add(from);
  }
  return waiting;
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

/** An accepted proposal whose change was undone since: it is open, as if nobody had answered. */
export function reopened({ decision: _decision, ...proposal }: Proposal): Proposal {
  return proposal;
}

/** What a plan knows of the records that older proposals name. */
export interface Whereabouts {
  /** Whether this plan could tell, by what was read and by its steps, if the pair of such a proposal still stands. */
  readonly judges: (proposal: Pick<Proposal, 'kind'>) => boolean;
  /** The host's id of the record that has the sourcedId today. */
  readonly bearerOf: (noun: ProposalNoun, sourcedId: string) => string | undefined;
  /** Whether the host's class with the sourcedId is one that a sync made and nobody has used since. */
  readonly hasTwin: (sourcedId: string) => boolean;
  /** Whether the feed has a record with the sourcedId. */
  readonly isInFeed: (noun: ProposalNoun, sourcedId: string) => boolean;
}

/**
 * The proposals that the ledger keeps after this plan, the strongest first: those that it makes, and of the older ones
 * those that are answered and not yet over, or that it could not judge.
 */
export function settleProposals(
  known: readonly Proposal[],
  found: readonly Proposal[],
  whereabouts: Whereabouts,
): readonly Proposal[] {
  const settled = new Map(found.map((proposal) => [proposal.id, proposal]));
  for (const proposal of known) {
    const again = settled.get(proposal.id);
    if (again === undefined) {
      if (isKept(proposal, whereabouts)) settled.set(proposal.id, proposal);
    } else if (proposal.decision?.outcome === 'declined') {
      settled.set(proposal.id, proposal);
    } else if (proposal.decision === undefined) {
      settled.set(proposal.id, { ...again, since: proposal.since });
    }
    // An accepted one that is found again was undone since: it is open as if nobody had answered.
  }
  return [...settled.values()].sort(strongestFirst);
}

function isKept(proposal: Proposal, { judges, bearerOf, hasTwin, isInFeed }: Whereabouts): boolean {
  const noun = nounOfProposal(proposal);
  const bearer = bearerOf(noun, proposal.sourcedId);
  const isTaken = bearer !== undefined;
  // Who has which sourcedId at the host is known whatever was read of the feed.
  if (isTaken && isLink(proposal)) return false;
  if (!judges(proposal)) return true;
  // K12: the new class is there meanwhile; as long as nobody uses it, a person may still say that it is the old one.
  if (proposal.kind === 'class-rekey' && bearer !== proposal.recordId && hasTwin(proposal.sourcedId)) {
    return proposal.decision?.outcome !== 'declined' && !isInFeed(noun, proposal.from as string);
  }
  // Once somebody has the sourcedId, the pair cannot come up again.
  if (proposal.decision === undefined || isTaken) return false;
  if (proposal.decision.outcome === 'declined') return true;
  // The old record is back beside the new one: they are two, whatever was said before.
  return proposal.from === undefined || !isInFeed(noun, proposal.from);
}

export function strongestFirst(left: Proposal, right: Proposal): number {
  return right.likeness - left.likeness || compareIds(left.id, right.id);
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
