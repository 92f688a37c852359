import { MemoryStore } from '../../src/adapters/memory/index.js';
import { LockHeldError } from '../../src/errors.js';
import type { JournalEntry, Ledger, PersonIds, Roster, RosterChanges, Scope } from '../../src/model/index.js';
import { pendingOf } from '../../src/testing/contracts/store/changes.js';
import type {
  AuditEntry,
  Batch,
  ClaimOptions,
  Invitation,
  Lease,
  LeaseOptions,
  OutboxMessage,
  PersonTraces,
} from '../../src/ports/index.js';
import type { RosterImage, RunReport } from '../../src/ports/index.js';
import type { FaultyStore } from './mixed-scopes.js';

const NOW = '2026-09-01T06:00:00.000Z';

const RECORDS = {
  active: 'erasingRecords: a person goes with their ties, active ones too, and others stay as they are',
  removed: 'erasingRecords: removed ties go, too, and nobody is no trouble',
} as const;
const RULES = {
  found: 'erasing: what is kept about a person is found wherever it is, and nothing of others',
  left: 'erasing: nothing of it is left once it is erased, and what is kept of others stays',
  again: 'erasing: erased again, nothing changes but the count; another tenant keeps everything',
  others: 'erasing: somebody else who once had the sourcedId keeps what the journal has of them',
  held: 'erasing: a run that holds a scope of the tenant is not erased under, and one that held it is shut out',
  never: 'erasing: a scope that never ran counts an erasure, too',
  image: 'image: a person who is erased is in no image of the tenant any more, and everybody else is',
} as const;

/** A store that brings something back after an erasure. */
function bringingBack(keep: (store: MemoryStore, scope: Scope) => Promise<() => Promise<void>>): typeof MemoryStore {
  return class extends MemoryStore {
    override async eraseTraces(scope: Scope, person: PersonIds): Promise<void> {
      const bringBack = await keep(this, scope);
      await super.eraseTraces(scope, person);
      await bringBack();
    }
  };
}

/** A store whose erasure leaves a list of the ledger as it was. */
function keepingOfLedger(of: (scope: Scope) => Scope, list: keyof Ledger): typeof MemoryStore {
  return bringingBack(async (store, scope) => {
    const before = (await store.load(of(scope))).ledger;
    return async () => {
      const { ledger } = await store.load(of(scope));
      await store.saveLedger(of(scope), { ...ledger, [list]: before[list] });
    };
  });
}

const itself = (scope: Scope): Scope => scope;
const oneSchool = (scope: Scope): Scope => ({ ...scope, schools: ['s1'] });

const LISTS = ['holds', 'suppressions', 'reported', 'absences', 'removals', 'proposals'] as const;
const MORE_LISTS = ['unjudged', 'unfinished', 'messages'] as const;

/** A store that hands over other traces than it finds. */
function misfinding(misfind: (traces: PersonTraces) => PersonTraces): typeof MemoryStore {
  return class extends MemoryStore {
    override async tracesOf(scope: Scope, person: PersonIds): Promise<PersonTraces> {
      return misfind(await super.tracesOf(scope, person));
    }
  };
}

/** Stores that do not forget a person whom they are to forget, each with the rule of the contract that it breaks. */
export const unforgettingStores: readonly FaultyStore[] = [
  {
    fault: 'erases a person only where no tie of theirs is active',
    rule: RECORDS.active,
    Store: class extends MemoryStore {
      override async erasePerson(scope: Scope, userId: string): Promise<void> {
        const { enrollments } = await this.load(scope);
        if (enrollments.every((place) => place.userId !== userId || place.state !== 'active')) {
          await super.erasePerson(scope, userId);
        }
      }
    },
  },
  {
    fault: 'looks for a person to erase by what is active of them',
    rule: RECORDS.removed,
    Store: class extends MemoryStore {
      override async erasePerson(scope: Scope, userId: string): Promise<void> {
        const { enrollments } = await this.load(scope);
        if (enrollments.every((place) => place.userId !== userId || place.state !== 'removed')) {
          await super.erasePerson(scope, userId);
        }
      }
    },
  },
  {
    fault: 'keeps the journal',
    rule: RULES.left,
    Store: class extends MemoryStore {
      readonly #entries = new Map<string, readonly JournalEntry[]>();
      override async eraseTraces(scope: Scope, person: PersonIds): Promise<void> {
        for (const { runId } of (await this.tracesOf(scope, person)).journal) {
          this.#entries.set(scope.tenant + runId, await super.journal(scope, runId));
        }
        await super.eraseTraces(scope, person);
      }
      override async journal(scope: Scope, runId: string): Promise<readonly JournalEntry[]> {
        return this.#entries.get(scope.tenant + runId) ?? super.journal(scope, runId);
      }
    },
  },
  {
    fault: 'drops what the journal has about the person, as if nothing had been changed',
    rule: RULES.left,
    Store: class extends MemoryStore {
      override async journal(scope: Scope, runId: string): Promise<readonly JournalEntry[]> {
        return (await super.journal(scope, runId)).filter(({ erased }) => erased !== true);
      }
    },
  },
  ...LISTS.map((list) => ({
    fault: `keeps the ledger’s ${list}`,
    rule: RULES.left,
    Store: keepingOfLedger(itself, list),
  })),
  ...MORE_LISTS.map((list) => ({
    fault: `keeps the ledger’s ${list} of another scope`,
    rule: RULES.left,
    Store: keepingOfLedger(oneSchool, list),
  })),
  {
    fault: 'keeps the reports of runs',
    rule: RULES.left,
    Store: bringingBack(async (store, scope) => {
      const reports: readonly RunReport[] = await store.runs(scope);
      return async () => {
        for (const report of reports) await store.saveRun(report);
      };
    }),
  },
  {
    fault: 'keeps the invitations',
    rule: RULES.left,
    Store: class extends MemoryStore {
      readonly #kept = new Map<string, readonly Invitation[]>();
      override async eraseTraces(scope: Scope, person: PersonIds): Promise<void> {
        this.#kept.set(scope.tenant, await super.invitations(scope));
        await super.eraseTraces(scope, person);
      }
      override async invitations(scope: Scope): Promise<readonly Invitation[]> {
        return this.#kept.get(scope.tenant) ?? super.invitations(scope);
      }
    },
  },
  {
    fault: 'keeps the outbox',
    rule: RULES.left,
    Store: class extends MemoryStore {
      readonly #kept = new Map<string, readonly OutboxMessage[]>();
      override async eraseTraces(scope: Scope, person: PersonIds): Promise<void> {
        this.#kept.set(scope.tenant, await pendingOf(this, scope));
        await super.eraseTraces(scope, person);
      }
      override async claimMessages(scope: Scope, options: ClaimOptions): Promise<readonly OutboxMessage[]> {
        return this.#kept.get(scope.tenant) ?? super.claimMessages(scope, options);
      }
    },
  },
  {
    fault: 'keeps who used a family code',
    rule: RULES.left,
    Store: bringingBack(async (store, scope) => {
      const used = (await store.invitations(scope)).filter(({ usedBy }) => usedBy !== undefined);
      return async () => {
        for (const invitation of used) await store.saveInvitation(scope, { invitation, replaces: invitation, at: NOW });
      };
    }),
  },
  {
    fault: 'keeps decisions as they were made',
    rule: RULES.left,
    Store: class extends MemoryStore {
      readonly #kept = new Map<string, readonly AuditEntry[]>();
      override async eraseTraces(scope: Scope, person: PersonIds): Promise<void> {
        this.#kept.set(scope.tenant, await super.audit(scope));
        await super.eraseTraces(scope, person);
      }
      override async audit(scope: Scope): Promise<readonly AuditEntry[]> {
        return this.#kept.get(scope.tenant) ?? super.audit(scope);
      }
    },
  },
  {
    fault: 'drops the decisions of an erased person, as if nobody had decided',
    rule: RULES.left,
    Store: class extends MemoryStore {
      override async audit(scope: Scope): Promise<readonly AuditEntry[]> {
        return (await super.audit(scope)).filter(({ by }) => by !== 'erased');
      }
    },
  },
  {
    fault: 'keeps where a person cannot be reached',
    rule: RULES.left,
    Store: bringingBack(async (store, scope) => {
      const problems = await store.problems(scope);
      return async () => {
        for (const problem of problems) await store.saveProblem(scope, problem);
      };
    }),
  },
  {
    fault: 'keeps the image of one scope',
    rule: RULES.image,
    Store: class extends MemoryStore {
      readonly #saved = new Map<string, Roster>();
      override async saveImage(scope: Scope, roster: Roster, fence?: number): Promise<void> {
        this.#saved.set(JSON.stringify(scope), roster);
        await super.saveImage(scope, roster, fence);
      }
      override async eraseTraces(scope: Scope, person: PersonIds): Promise<void> {
        await super.eraseTraces(scope, person);
        const kept = this.#saved.get(JSON.stringify(oneSchool(scope)));
        if (kept !== undefined) await super.saveImage(oneSchool(scope), kept);
      }
    },
  },
  {
    fault: 'keeps what changed since an image was read',
    rule: RULES.image,
    Store: class extends MemoryStore {
      readonly #changes = new Map<string, readonly RosterChanges[]>();
      override async eraseTraces(scope: Scope, person: PersonIds): Promise<void> {
        this.#changes.set(JSON.stringify(scope), (await super.image(scope))?.changes ?? []);
        await super.eraseTraces(scope, person);
      }
      override async image(scope: Scope): Promise<RosterImage | undefined> {
        const image = await super.image(scope);
        return image && { ...image, changes: this.#changes.get(JSON.stringify(scope)) ?? image.changes };
      }
    },
  },
  {
    fault: 'erases once and for all',
    rule: RULES.again,
    Store: class extends MemoryStore {
      readonly #erased = new Set<string>();
      override async eraseTraces(scope: Scope, person: PersonIds): Promise<void> {
        if (this.#erased.has(scope.tenant)) return;
        this.#erased.add(scope.tenant);
        await super.eraseTraces(scope, person);
      }
    },
  },
  {
    fault: 'erases in every tenant',
    rule: RULES.again,
    Store: class extends MemoryStore {
      readonly #scopes = new Map<string, Scope>();
      override async apply(batch: Batch) {
        this.#scopes.set(batch.scope.tenant, batch.scope);
        return super.apply(batch);
      }
      override async eraseTraces(scope: Scope, person: PersonIds): Promise<void> {
        this.#scopes.set(scope.tenant, scope);
        for (const each of this.#scopes.values()) await super.eraseTraces(each, person);
      }
    },
  },
  {
    fault: 'takes whoever once had the sourcedId for the person',
    rule: RULES.others,
    Store: class extends MemoryStore {
      override async eraseTraces(scope: Scope, { ids, sourcedIds }: PersonIds): Promise<void> {
        await super.eraseTraces(scope, { ids, sourcedIds });
      }
    },
  },
  {
    fault: 'says that it erased although a run holds the scope',
    rule: RULES.held,
    Store: class extends MemoryStore {
      override async eraseTraces(scope: Scope, person: PersonIds): Promise<void> {
        await super.eraseTraces(scope, person).catch((error: unknown) => {
          if (!LockHeldError.isInstance(error)) throw error;
        });
      }
    },
  },
  {
    fault: 'lets a run that held a scope go on after an erasure',
    rule: RULES.held,
    Store: class extends MemoryStore {
      readonly #fences = new Map<string, number>();
      override async lease(scope: Scope, options: LeaseOptions): Promise<Lease> {
        const lease = await super.lease(scope, options);
        this.#fences.set(JSON.stringify(scope), lease.fence);
        return lease;
      }
      override async saveLedger(scope: Scope, ledger: Ledger, fence?: number): Promise<void> {
        const isNewest = fence === this.#fences.get(JSON.stringify(scope));
        await super.saveLedger(scope, ledger, isNewest ? undefined : fence);
      }
    },
  },
  {
    fault: 'counts no erasure where nothing was remembered',
    rule: RULES.never,
    Store: bringingBack(async (store, scope) => {
      const { ledger } = await store.load(scope);
      return async () => {
        if (ledger.reported.length === 0) await store.saveLedger(scope, ledger);
      };
    }),
  },
  ...(['journal', 'acts', 'ledgers', 'runs', 'invitations', 'messages', 'problems', 'audit'] as const).map((list) => ({
    fault: `finds nothing in its ${list}`,
    rule: RULES.found,
    Store: misfinding((traces) => ({ ...traces, [list]: [] })),
  })),
  {
    fault: 'does not find whose family code a person used',
    rule: RULES.found,
    Store: misfinding((traces) => ({
      ...traces,
      invitations: traces.invitations.filter(({ usedBy }) => usedBy === undefined),
    })),
  },
  {
    fault: 'hands over the codes of invitations',
    rule: RULES.found,
    Store: class extends MemoryStore {
      override async tracesOf(scope: Scope, person: PersonIds): Promise<PersonTraces> {
        const traces = await super.tracesOf(scope, person);
        const invitations = await this.invitations(scope);
        return { ...traces, invitations: invitations.filter(({ userId }) => person.ids.includes(userId)) };
      }
    },
  },
  {
    fault: 'finds nothing in its images',
    rule: RULES.image,
    Store: misfinding((traces) => ({ ...traces, roster: { users: [], enrollments: [], guardianLinks: [] } })),
  },
];
