import { decideProposal, type ProposalDecision } from '../engine/index.js';
import type { Proposal } from '../model/index.js';
import type { SyncContext } from './options.js';
import { loadLedger } from './planning.js';
import { audit } from './auditing.js';
import type { DecideOptions } from './holds.js';
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
  { outcome, by, signal }: DecideOptions & Pick<ProposalDecision, 'outcome'>,
): Promise<void> {
  const runId = crypto.randomUUID();
  await withLease(context, runId, async ({ fence }) => {
    const at = context.clock.now().toISOString();
    const answered = decideProposal(await loadLedger(context), id, { outcome, by, at });
    signal?.throwIfAborted();
    const action = outcome === 'accepted' ? 'proposal-accept' : 'proposal-decline';
    await audit(context, { action, by, subject: id });
    await context.store.saveLedger(context.scope, answered, fence);
    context.events.emit('proposal-decided', { runId, proposalId: id, decision: outcome });
  });
}
