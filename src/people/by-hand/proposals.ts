import { PlanError } from '../../errors.js';
import { decideProposal, type Ledger, type Proposal, type Scope } from '../../model/index.js';
import type { RosterStore } from '../../ports/index.js';

/** What answers to proposals are kept with. */
export type ProposalStore = Pick<RosterStore, 'lease' | 'ledger' | 'saveLedger' | 'saveAudit'>;

/** For how long an answer that breaks off keeps a run out, in milliseconds. */
const TTL_MS = 60_000;

/** The pairs that nobody has decided about yet, the likeliest first. */
export async function openProposals(store: Pick<ProposalStore, 'ledger'>, scope: Scope): Promise<readonly Proposal[]> {
  const { proposals = [] } = await readLedger(store, scope);
  return proposals.filter(({ decision }) => decision === undefined);
}

/** Keeps a person's word about a pair for the next plan, while no run is at work. */
export async function answerProposal(
  store: ProposalStore,
  scope: Scope,
  id: string,
  { outcome, by, at }: { readonly outcome: 'accepted' | 'declined'; readonly by: string; readonly at: string },
): Promise<void> {
  const holder = `hand-${crypto.randomUUID()}`;
  const lease = await store.lease(scope, { holder, ttlMs: TTL_MS });
  try {
    const answered = decideProposal(await readLedger(store, scope), id, { outcome, by, at });
    const action = outcome === 'accepted' ? 'proposal-accept' : 'proposal-decline';
    await store.saveAudit(scope, { id: `${holder}:${action}`, at, by, action, subject: id });
    await store.saveLedger(scope, answered, lease.fence);
  } finally {
    // The word is kept, or told as lost; a lease that can't be given back runs out by itself.
    await lease.release().catch(() => undefined);
  }
}

/** @throws PlanError where a later version wrote it: its holds would be forgotten */
async function readLedger(store: Pick<ProposalStore, 'ledger'>, scope: Scope): Promise<Ledger> {
  const ledger = await store.ledger(scope);
  const version: number = ledger.formatVersion;
  if (version === 1 || version === 2) return ledger;
  throw new PlanError(
    `The ledger is of version ${String(version)}, which is not understood. Use the version of rosterkit that wrote it.`,
  );
}
