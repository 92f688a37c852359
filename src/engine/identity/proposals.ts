/**
 * Proposals, and what people decided about them: what the engine asks, and what becomes of it.
 *
 * @module
 */

import { compareIds } from '../../internal/ordered.js';
import { nounOfProposal } from '../../model/index.js';
import type { Evidence, Proposal, ProposalNoun } from '../../model/index.js';

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
