import { expect, test } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import type { JournalEntry, Ledger, LocalState, Roster, RosterChanges, Scope } from '../../src/model/index.js';
import type { Batch, BatchResult, Lease, LeaseOptions, OutboxMessage, RunReport } from '../../src/ports/index.js';
import { type ContractCase, FixedClock, imageContract, storeContract } from '../../src/testing/index.js';

type Message = Pick<OutboxMessage, 'state' | 'attempts'>;

/** Stores as one may write them by mistake, each with a rule of the contract that it breaks. */
const faultyStores: readonly {
  readonly fault: string;
  readonly rule: string;
  readonly Store: typeof MemoryStore;
}[] = [
  {
    fault: 'forgets the tenant where it keeps reports',
    rule: 'isolation: a report replaces none of another tenant',
    Store: class extends MemoryStore {
      readonly #reports = new Map<string, RunReport>();
      override async saveRun(report: RunReport): Promise<void> {
        this.#reports.set(report.id, report);
        await super.saveRun(report);
      }
      override async run(_scope: Scope, runId: string): Promise<RunReport | undefined> {
        return this.#reports.get(runId);
      }
    },
  },
  {
    fault: 'forgets the tenant where it keeps what became of a message',
    rule: 'isolation: what became of a message is said of its tenant’s',
    Store: class extends MemoryStore {
      readonly #sent = new Set<string>();
      override async saveMessage(scope: Scope, key: string, outcome: Message): Promise<void> {
        await super.saveMessage(scope, key, outcome);
        if (outcome.state === 'sent') this.#sent.add(key);
        else this.#sent.delete(key);
      }
      override async pendingMessages(scope: Scope, options: { readonly limit: number }) {
        const messages = await super.pendingMessages(scope, options);
        return messages.filter(({ idempotencyKey }) => !this.#sent.has(idempotencyKey));
      }
    },
  },
  {
    fault: 'has one ledger for all scopes of a tenant',
    rule: 'remembering: the ledger is what was saved for exactly this scope, whatever the order of its schools',
    Store: class extends MemoryStore {
      override async load(scope: Scope, options?: { readonly signal?: AbortSignal }): Promise<LocalState> {
        return { ...(await super.load({ tenant: scope.tenant }, options)), scope };
      }
      override async saveLedger({ tenant }: Scope, ledger: Ledger, fence?: number): Promise<void> {
        await super.saveLedger({ tenant }, ledger, fence);
      }
    },
  },
  {
    fault: 'knows the latest batch of a run again, and no earlier one',
    rule: 'crashing: a run that dies after any of its calls, and is repeated, ends where an undisturbed one does',
    Store: class extends MemoryStore {
      readonly #latest = new Map<string, { readonly keys: ReadonlySet<string>; readonly number: number }>();
      override async apply(batch: Batch): Promise<BatchResult> {
        const run = batch.scope.tenant + batch.runId;
        const { keys, number } = this.#latest.get(run) ?? { keys: new Set(), number: 0 };
        const isLatest = batch.changes.some(({ key }) => keys.has(key));
        const known = { keys: new Set(batch.changes.map(({ key }) => key)), number: isLatest ? number : number + 1 };
        this.#latest.set(run, known);
        return super.apply({ ...batch, runId: `${batch.runId} ${String(known.number)}` });
      }
      override async journal(scope: Scope, runId: string): Promise<readonly JournalEntry[]> {
        const numbers = Array.from(
          { length: this.#latest.get(scope.tenant + runId)?.number ?? 0 },
          (_, index) => index + 1,
        );
        const parts = await Promise.all(numbers.map((number) => super.journal(scope, `${runId} ${String(number)}`)));
        return parts.flat().map((entry, sequence) => ({ ...entry, runId, sequence }));
      }
    },
  },
  {
    fault: 'does not look at the fence of a batch',
    rule: 'fencing: a newer lease shuts out the writes of the holder of an older one',
    Store: class extends MemoryStore {
      override async apply({ fence: _fence, ...batch }: Batch): Promise<BatchResult> {
        return super.apply(batch);
      }
    },
  },
  {
    fault: 'does not look at the fence of a ledger',
    rule: 'leases: a newer one shuts the ledger to the holder of an older one',
    Store: class extends MemoryStore {
      override async saveLedger(scope: Scope, ledger: Ledger): Promise<void> {
        await super.saveLedger(scope, ledger);
      }
    },
  },
  {
    fault: 'knows what it applied of the latest batch of a run alone',
    rule: 'journaling: a run’s changes are kept in the order of application, over its batches',
    Store: class extends MemoryStore {
      readonly #latest = new Map<string, number>();
      override async apply(batch: Batch): Promise<BatchResult> {
        const before = await super.journal(batch.scope, batch.runId);
        const result = await super.apply(batch);
        const after = await super.journal(batch.scope, batch.runId);
        if (after.length > before.length) this.#latest.set(batch.scope.tenant + batch.runId, before.length);
        return result;
      }
      override async journal(scope: Scope, runId: string): Promise<readonly JournalEntry[]> {
        return (await super.journal(scope, runId)).slice(this.#latest.get(scope.tenant + runId));
      }
    },
  },
  {
    fault: 'keeps the text of a message that was sent',
    rule: 'sending: of a sent one nothing is kept but that it was sent, and its key is used up',
    Store: class extends MemoryStore {
      override async saveMessage(scope: Scope, key: string, outcome: Message): Promise<void> {
        const state = outcome.state === 'sent' ? 'failed' : outcome.state;
        await super.saveMessage(scope, key, { ...outcome, state });
      }
    },
  },
  {
    fault: 'invites a person again whose invitation is there already',
    rule: 'inviting: one of the same purpose is not written again, whatever its message says; another address is another purpose',
    Store: class extends MemoryStore {
      override async apply(batch: Batch): Promise<BatchResult> {
        const known = new Set((await this.invitations(batch.scope)).map(({ userId }) => userId));
        const invitations = (batch.invitations ?? []).map((item) => {
          const { invitation } = item;
          if (!known.has(invitation.userId)) return item;
          return { ...item, invitation: { ...invitation, addressDigest: invitation.codeDigest } };
        });
        return super.apply({ ...batch, invitations });
      }
    },
  },
  {
    fault: 'writes a message to a person whose invitation was revoked',
    rule: 'inviting: it is revoked for the named persons alone, with what was not sent to them',
    Store: class extends MemoryStore {
      override async apply(batch: Batch): Promise<BatchResult> {
        const revoked = new Set(batch.revoke ?? []);
        if (revoked.size > 0) await this.releaseWaiting(batch.scope);
        const kept = (await this.pendingMessages(batch.scope, { limit: 100 })).filter(({ userId }) =>
          revoked.has(userId ?? ''),
        );
        this.#kept.push(...kept);
        return super.apply(batch);
      }
      readonly #kept: OutboxMessage[] = [];
      override async pendingMessages(scope: Scope, options: { readonly limit: number }) {
        return [...(await super.pendingMessages(scope, options)), ...this.#kept];
      }
    },
  },
  {
    fault: 'gives a lease to two at once',
    rule: 'leases: one keeps others out while it lasts, and names its holder',
    Store: class extends MemoryStore {
      override async lease(scope: Scope, options: LeaseOptions): Promise<Lease> {
        return super.lease(scope, { ...options, holder: 'anybody' });
      }
    },
  },
  {
    fault: 'writes the scope’s schools as they come',
    rule: 'leases: the order of a scope’s schools makes no other scope of it',
    Store: class extends MemoryStore {
      override async lease(scope: Scope, options: LeaseOptions): Promise<Lease> {
        return super.lease({ ...scope, schools: [(scope.schools ?? []).join()] }, options);
      }
    },
  },
  {
    fault: 'does not look at the fence of what was read',
    rule: 'image: a run that has lost the scope writes none of it',
    Store: class extends MemoryStore {
      override async saveImage(scope: Scope, roster: Roster): Promise<void> {
        await super.saveImage(scope, roster);
      }
    },
  },
  {
    fault: 'adds changes that it has already',
    rule: 'image: it grows by what changed since, each once and in order, until all is read again',
    Store: class extends MemoryStore {
      override async extendImage(scope: Scope, changes: RosterChanges, fence?: number): Promise<void> {
        const last = (await this.image(scope))?.changes.at(-1)?.cursor ?? changes.since;
        await super.extendImage(scope, { ...changes, since: last }, fence);
      }
    },
  },
  {
    fault: 'looks first whether changes continue what it has, and adds them then',
    rule: 'image: changes that two processes add at once are added once',
    Store: class extends MemoryStore {
      #writing = Promise.resolve();
      override async extendImage(scope: Scope, changes: RosterChanges, fence?: number): Promise<void> {
        const image = await this.image(scope);
        const last = image?.changes.at(-1) ?? image?.roster;
        if (last?.cursor !== changes.since) return;
        this.#writing = this.#writing.then(async () => {
          const now = await this.image(scope);
          const since = now?.changes.at(-1)?.cursor ?? changes.since;
          await super.extendImage(scope, { ...changes, since }, fence);
        });
        await this.#writing;
      }
    },
  },
];

test('a store without a fault breaks no rule', async () => {
  expect(await brokenRules(MemoryStore)).toEqual([]);
});

test.each(faultyStores)('a store that $fault breaks the contract', async ({ rule, Store }) => {
  expect(await brokenRules(Store)).toContain(rule);
});

test('each fault is found by a rule of its own', () => {
  expect(new Set(faultyStores.map(({ rule }) => rule)).size).toBe(faultyStores.length);
});

/** The rules that a store breaks. */
async function brokenRules(Store: typeof MemoryStore): Promise<readonly string[]> {
  const clock = new FixedClock();
  const store = new Store({ clock });
  const subject = { store, age: async (_scope: Scope, ms: number) => clock.advance(ms) };
  const cases = [...storeContract(() => subject), ...imageContract(() => subject)];
  const broken: string[] = [];
  for (const { name, run } of cases) if (!(await isKept(run))) broken.push(name);
  return broken;
}

async function isKept(run: ContractCase['run']): Promise<boolean> {
  return run().then(
    () => true,
    () => false,
  );
}
