import { decideProposal, type ProposalDecision } from '../engine/index.js';
import type { Proposal } from '../model/index.js';
import type { SyncContext } from './options.js';
import { loadLedger } from './planning.js';
import { withLease } from './recording.js';

/** The pairs that nobody has decided about yet, the likeliest first. */
export async function openProposals(context: SyncContext): Promise<readonly Proposal[]> {
  const { proposals = [] } = await loadLedger(context);
  return proposals.filter(({ decision }) => decision === undefined);
}

/** Keeps a person's word about a pair for the next plan. */
export async function answerProposal(
  context: SyncContext,
  id: string,
  { outcome, by }: Pick<ProposalDecision, 'outcome' | 'by'>,
): Promise<void> {
  await withLease(context, crypto.randomUUID(), async ({ fence }) => {
    const at = context.clock.now().toISOString();
    const answered = decideProposal(await loadLedger(context), id, { outcome, by, at });
    await context.store.saveLedger(context.scope, answered, fence);
  });
}
