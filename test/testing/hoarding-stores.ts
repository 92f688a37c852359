import { MemoryStore } from '../../src/adapters/memory/index.js';
import type { Scope } from '../../src/model/index.js';
import type { Batch, MessageOutcome, OutboxMessage, PruneBefore } from '../../src/ports/index.js';
import type { FaultyStore } from './mixed-scopes.js';

const RULES = {
  journal: 'pruning: the changes of a run go, all or none, when the last of them is older',
  runs: 'pruning: reports go, but for the counts of the newest that tells of an import, in each scope',
  mail: 'pruning: messages go by when they were written, in whatever state; invitations by when they expired',
  audit: 'pruning: decisions go by when they were made',
  ledger: 'pruning: what waits for a person, and what the engine remembers, stays however old',
  image: 'image: it goes when nothing was read for longer than it is to be kept, for each scope',
} as const;

/** A store that prunes by other instants than it is given. */
function pruningBy(other: (before: PruneBefore) => PruneBefore): typeof MemoryStore {
  return class extends MemoryStore {
    override async prune(scope: Scope, before: PruneBefore): Promise<void> {
      await super.prune(scope, other(before));
    }
  };
}

/** Stores that keep, or let go of, something else than they are told to, each with the rule that it breaks. */
export const hoardingStores: readonly FaultyStore[] = [
  ...(
    [
      ['journal', RULES.journal],
      ['runs', RULES.runs],
      ['messages', RULES.mail],
      ['invitations', RULES.mail],
      ['images', RULES.image],
      ['audit', RULES.audit],
    ] as const
  ).flatMap(([kind, rule]) => [
    {
      fault: `never lets go of ${kind}`,
      rule,
      Store: pruningBy(({ [kind]: _kept, ...before }) => before),
    },
    {
      fault: `lets go of all ${kind}`,
      rule,
      Store: pruningBy((before) => ({ ...before, [kind]: '9999-01-01T00:00:00.000Z' })),
    },
  ]),
  {
    fault: 'prunes in every tenant',
    rule: RULES.journal,
    Store: class extends MemoryStore {
      readonly #scopes = new Map<string, Scope>();
      override async apply(batch: Batch) {
        this.#scopes.set(batch.scope.tenant, batch.scope);
        return super.apply(batch);
      }
      override async prune(scope: Scope, before: PruneBefore): Promise<void> {
        for (const each of [scope, ...this.#scopes.values()]) await super.prune(each, before);
      }
    },
  },
  {
    fault: 'keeps the whole report of the last import',
    rule: RULES.runs,
    Store: class extends MemoryStore {
      override async prune(scope: Scope, before: PruneBefore): Promise<void> {
        const reports = await this.runs(scope);
        await super.prune(scope, before);
        for (const { id } of await this.runs(scope)) {
          const whole = reports.find((report) => report.id === id);
          if (whole !== undefined) await this.saveRun(whole);
        }
      }
    },
  },
  {
    fault: 'forgets the ledger with everything else',
    rule: RULES.ledger,
    Store: class extends MemoryStore {
      override async prune(scope: Scope, before: PruneBefore): Promise<void> {
        await super.prune(scope, before);
        const { ledger } = await this.load(scope);
        await this.saveLedger(scope, { ...ledger, suppressions: [] });
      }
    },
  },
  {
    fault: 'forgets where the answers to a message go when it is tried again',
    rule: 'sending: one that failed for now comes again at once, or when its time has come, to those who are still to get it',
    Store: class extends MemoryStore {
      readonly #tried = new Set<string>();
      override async saveMessage(scope: Scope, key: string, outcome: MessageOutcome): Promise<boolean> {
        this.#tried.add(scope.tenant + key);
        return super.saveMessage(scope, key, outcome);
      }
      override async claimMessages(...[scope, options]: Parameters<MemoryStore['claimMessages']>) {
        const messages = await super.claimMessages(scope, options);
        return messages.map(({ replyTo, ...message }) => {
          const isTried = this.#tried.has(scope.tenant + message.idempotencyKey);
          return replyTo === undefined || isTried ? message : { ...message, replyTo };
        });
      }
    },
  },
  {
    fault: 'keeps where the answers to a sent message went',
    rule: 'sending: of a sent one nothing is kept but to whom it went, by id and digest, and its key is used up',
    Store: class extends MemoryStore {
      override async message(scope: Scope, key: string): Promise<OutboxMessage | undefined> {
        const message = await super.message(scope, key);
        return message && { ...message, replyTo: 'office@school.example' };
      }
    },
  },
];
