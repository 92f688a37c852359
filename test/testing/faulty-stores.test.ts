import { expect, test } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import type { JournalEntry, Ledger, Scope } from '../../src/model/index.js';
import type {
  Batch,
  BatchResult,
  ClaimOptions,
  Invitation,
  Lease,
  LeaseOptions,
  OutboxMessage,
  RunReport,
  SaveRunOptions,
} from '../../src/ports/index.js';
import {
  type ContractCase,
  directoryContract,
  FixedClock,
  imageContract,
  journalContract,
  storeContract,
} from '../../src/testing/index.js';
import { pendingOf } from '../../src/testing/contracts/store/changes.js';
import { type FaultyStore, storesOfMixedScopes } from './mixed-scopes.js';
import { hoardingStores } from './hoarding-stores.js';
import { unforgettingStores } from './unforgetting-stores.js';
import { storesOfDecisions } from './stores-of-decisions.js';
import { storesOfInvitations } from './stores-of-invitations.js';
import { storesOfMessages } from './stores-of-messages.js';

/** Journals what comes, however often. */
class JournalsDeliveries extends MemoryStore {
  readonly #entries = new Map<string, JournalEntry[]>();
  override async apply(batch: Batch): Promise<BatchResult> {
    const result = await super.apply(batch);
    const run = batch.scope.tenant + batch.runId;
    const entries = this.#entries.get(run) ?? [];
    this.#entries.set(run, entries);
    entries.push(...(await super.journal(batch.scope, batch.runId)));
    return result;
  }
  override async journal(scope: Scope, runId: string): Promise<readonly JournalEntry[]> {
    return (this.#entries.get(scope.tenant + runId) ?? []).map((entry, sequence) => ({ ...entry, sequence }));
  }
}

/** Stores as one may write them by mistake, each with a rule of the contract that it breaks. */
const faultyStores: readonly FaultyStore[] = [
  ...storesOfMixedScopes,
  ...storesOfMessages,
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
        const kept = (await pendingOf(this, batch.scope)).filter(({ userId }) => revoked.has(userId ?? ''));
        this.#kept.push(...kept);
        return super.apply(batch);
      }
      readonly #kept: OutboxMessage[] = [];
      override async claimMessages(scope: Scope, options: ClaimOptions): Promise<readonly OutboxMessage[]> {
        return [...(await super.claimMessages(scope, options)), ...this.#kept.splice(0)];
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
    fault: 'takes each call for another holder',
    rule: 'leases: the same holder may take its own anew, with a greater fence',
    Store: class extends MemoryStore {
      override async lease(scope: Scope, options: LeaseOptions): Promise<Lease> {
        return super.lease(scope, { ...options, holder: globalThis.crypto.randomUUID() });
      }
    },
  },
  {
    fault: 'keeps the first report of a run',
    rule: 'runs: a later report of the same run replaces the earlier one',
    Store: class extends MemoryStore {
      override async saveRun(report: RunReport, options?: SaveRunOptions): Promise<void> {
        if ((await this.run(report.scope, report.id)) === undefined) await super.saveRun(report, options);
      }
    },
  },
  {
    fault: 'fails where a message is not there',
    rule: 'runs: what is not there is nothing, and no trouble',
    Store: class extends MemoryStore {
      override async saveMessage(_scope: Scope, key: string): Promise<boolean> {
        throw new Error(`There is no message ${key}.`);
      }
    },
  },
  {
    fault: 'keeps an invitation under the subject of its change',
    rule: 'inviting: an invitation is written with its message, under the host’s id of the person whom the change creates',
    Store: class extends MemoryStore {
      override async invitations(scope: Scope): Promise<readonly Invitation[]> {
        return (await super.invitations(scope)).map((invitation) => ({ ...invitation, userId: 'user:u1' }));
      }
    },
  },
  {
    fault: 'invites though the change is stale',
    rule: 'inviting: it is not written where its change is stale, and once where the batch comes twice',
    Store: class extends MemoryStore {
      override async apply(batch: Batch): Promise<BatchResult> {
        const result = await super.apply(batch);
        const { users } = await this.load(batch.scope);
        const invitations = (batch.invitations ?? []).map((item) => {
          const userId = users.find(({ sourcedId }) => item.subject === `user:${sourcedId ?? ''}`)?.id ?? '';
          return { ...item, invitation: { ...item.invitation, userId } };
        });
        await super.apply({ ...batch, changes: [], invitations });
        return result;
      }
    },
  },
  {
    fault: 'writes messages to nobody',
    rule: 'inviting: it is not written for a person who is not there',
    Store: class extends MemoryStore {
      readonly #written: OutboxMessage[] = [];
      override async apply(batch: Batch): Promise<BatchResult> {
        this.#written.push(...(batch.invitations ?? []).map(({ message }) => message));
        return super.apply(batch);
      }
      override async claimMessages(): Promise<readonly OutboxMessage[]> {
        return this.#written;
      }
    },
  },
  {
    fault: 'looks first whether a person is invited, and invites then',
    rule: 'inviting: there is one of a purpose, though many runs write it at once',
    Store: class extends MemoryStore {
      override async apply(batch: Batch): Promise<BatchResult> {
        const known = await this.invitations(batch.scope);
        const invitations = (batch.invitations ?? [])
          .filter(({ invitation }) => known.every(({ userId }) => userId !== invitation.userId))
          .map(({ invitation, ...item }) => ({ ...item, invitation: { ...invitation, addressDigest: invitation.id } }));
        return super.apply({ ...batch, invitations });
      }
    },
  },
  {
    fault: 'journals what it is handed rather than what it applies',
    rule: 'journaling: a batch that comes again, or is stale, has no further entry',
    Store: JournalsDeliveries,
  },
  {
    fault: 'journals each of several deliveries at once',
    rule: 'journaling: a batch that many hold at once has one entry for each change',
    Store: JournalsDeliveries,
  },
];

test('a store without a fault breaks no rule', async () => {
  expect(await brokenRules(MemoryStore)).toEqual([]);
});

const manyOfOneRule = [...unforgettingStores, ...hoardingStores];
const faultyJournals = [...storesOfInvitations, ...storesOfDecisions];

test.each([...faultyStores, ...manyOfOneRule])('a store that $fault breaks the contract', async ({ rule, Store }) => {
  expect(await brokenRules(Store)).toContain(rule);
});

test.each(faultyJournals)('a store that $fault breaks the contract of the journal half', async ({ rule, Store }) => {
  expect(await brokenRules(Store, journalContract)).toContain(rule);
});

test('each fault is found by a rule of its own', () => {
  expect(new Set(faultyStores.map(({ rule }) => rule)).size).toBe(faultyStores.length);
});

test('there is no rule that no fault breaks, but those of the directory, which have faults of their own', async () => {
  const broken = await Promise.all([
    ...[...faultyStores, ...manyOfOneRule].map(({ Store }) => brokenRules(Store)),
    ...faultyJournals.map(({ Store }) => brokenRules(Store, journalContract)),
  ]);
  const found = new Set([...broken.flat(), ...directoryContract(subjectOf(MemoryStore)).map(({ name }) => name)]);
  const names = wholeContract(subjectOf(MemoryStore)).map(({ name }) => name);
  expect(names.filter((name) => !found.has(name))).toEqual([]);
});

function subjectOf(Store: typeof MemoryStore) {
  const clock = new FixedClock();
  const store = new Store({ clock });
  return () => ({ store, age: async (_scope: Scope, ms: number) => clock.advance(ms) });
}

type Subject = ReturnType<typeof subjectOf>;

/** All that a store must do. */
function wholeContract(subject: Subject): readonly ContractCase[] {
  return [...storeContract(subject), ...imageContract(subject)];
}

const known = new Map<typeof MemoryStore, Promise<readonly string[]>>();

/** The rules that a store breaks: each store is tried once. */
function brokenRules(Store: typeof MemoryStore, contract = wholeContract): Promise<readonly string[]> {
  const rules = known.get(Store) ?? tried(contract(subjectOf(Store)));
  known.set(Store, rules);
  return rules;
}

async function tried(cases: readonly ContractCase[]): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const { name, run } of cases) await run().catch(() => broken.push(name));
  return broken;
}
