import { MemoryStore } from '../../src/adapters/memory/index.js';
import type { Scope } from '../../src/model/index.js';
import type { ClaimOptions, DeliveryProblem, MessageOutcome, OutboxMessage } from '../../src/ports/index.js';
import { DOOMSDAY } from '../../src/testing/contracts/store/changes.js';
import { FixedClock } from '../../src/testing/index.js';
import type { FaultyStore } from './mixed-scopes.js';

/** Stores that lose messages, or give them to more than one, and those that forget where nothing arrives. */
export const storesOfMessages: readonly FaultyStore[] = [
  {
    fault: 'gives mail to who sends texts',
    rule: 'sending: those of one channel come alone',
    Store: class extends MemoryStore {
      override async claimMessages(scope: Scope, options: ClaimOptions): Promise<readonly OutboxMessage[]> {
        const mail = await super.claimMessages(scope, { ...options, channel: 'email' });
        return [...mail, ...(await super.claimMessages(scope, { ...options, channel: 'text' }))];
      }
    },
  },
  {
    fault: 'gives out the newest message first',
    rule: 'sending: pending messages of the scope come, the oldest first, no more than asked for',
    Store: class extends MemoryStore {
      override async claimMessages(scope: Scope, options: ClaimOptions): Promise<readonly OutboxMessage[]> {
        return [...(await super.claimMessages(scope, options))].reverse();
      }
    },
  },
  {
    fault: 'gives out a message without keeping it from others',
    rule: 'sending: of many who claim at once each gets others, and nobody one that is claimed',
    Store: class extends MemoryStore {
      override async claimMessages(scope: Scope, options: ClaimOptions): Promise<readonly OutboxMessage[]> {
        return super.claimMessages(scope, { ...options, leaseMs: 0 });
      }
    },
  },
  {
    fault: 'leaves a message with a claimer who died',
    rule: 'sending: a claim that has expired goes to the next, and its old holder says no more of the message',
    Store: class extends MemoryStore {
      override async claimMessages(scope: Scope, options: ClaimOptions): Promise<readonly OutboxMessage[]> {
        return super.claimMessages(scope, { ...options, leaseMs: Number.MAX_SAFE_INTEGER });
      }
    },
  },
  {
    fault: 'does not hear of a message that was sent in the last moment',
    rule: 'sending: a claim that expired while nobody else came still is its holder’s',
    Store: class extends MemoryStore {
      readonly #clock: FixedClock;
      readonly #claims = new Map<string, number>();
      constructor(options: { readonly clock?: FixedClock } = {}) {
        super(options);
        this.#clock = options.clock ?? new FixedClock();
      }
      override async claimMessages(scope: Scope, options: ClaimOptions): Promise<readonly OutboxMessage[]> {
        const messages = await super.claimMessages(scope, options);
        const expiresAt = this.#clock.now().getTime() + options.leaseMs;
        for (const { idempotencyKey } of messages) this.#claims.set(scope.tenant + idempotencyKey, expiresAt);
        return messages;
      }
      override async saveMessage(scope: Scope, key: string, outcome: MessageOutcome): Promise<boolean> {
        const isOver = (this.#claims.get(scope.tenant + key) ?? 0) <= this.#clock.now().getTime();
        return isOver ? false : super.saveMessage(scope, key, outcome);
      }
    },
  },
  {
    fault: 'believes anybody who says that a message was sent',
    rule: 'sending: what nobody has claimed nobody speaks of',
    Store: class extends MemoryStore {
      override async saveMessage(scope: Scope, key: string, outcome: MessageOutcome): Promise<boolean> {
        const { claimedBy } = outcome;
        await super.claimMessages(scope, { channel: 'email', limit: 1000, claimedBy, leaseMs: 0, now: DOOMSDAY });
        return super.saveMessage(scope, key, outcome);
      }
    },
  },
  {
    fault: 'forgets when a message is to be tried again',
    rule: 'sending: one that failed for now comes again at once, or when its time has come, to those who are still to get it',
    Store: class extends MemoryStore {
      override async saveMessage(
        scope: Scope,
        key: string,
        { notBefore: _when, ...outcome }: MessageOutcome,
      ): Promise<boolean> {
        return super.saveMessage(scope, key, outcome);
      }
    },
  },
  {
    fault: 'tries a message again that failed for good',
    rule: 'sending: one that failed for good does not come again',
    Store: class extends MemoryStore {
      override async saveMessage(scope: Scope, key: string, outcome: MessageOutcome): Promise<boolean> {
        const state = outcome.state === 'failed' ? 'pending' : outcome.state;
        return super.saveMessage(scope, key, { ...outcome, state });
      }
    },
  },
  {
    fault: 'keeps the text of a message that was sent',
    rule: 'sending: of a sent one nothing is kept but to whom it went, by id and digest, and its key is used up',
    Store: class extends MemoryStore {
      readonly #texts = new Map<string, string>();
      override async saveMessage(scope: Scope, key: string, outcome: MessageOutcome): Promise<boolean> {
        const text = (await super.message(scope, key))?.text ?? '';
        if (outcome.state === 'sent') this.#texts.set(scope.tenant + key, text);
        return super.saveMessage(scope, key, outcome);
      }
      override async message(scope: Scope, key: string): Promise<OutboxMessage | undefined> {
        const message = await super.message(scope, key);
        const text = this.#texts.get(scope.tenant + key);
        return message === undefined || text === undefined ? message : { ...message, text };
      }
    },
  },
  {
    fault: 'releases the waiting messages of every scope',
    rule: 'sending: waiting ones are kept back until they are released, in this scope',
    Store: class extends MemoryStore {
      override async releaseWaiting({ tenant }: Scope): Promise<void> {
        await super.releaseWaiting({ tenant });
        await super.releaseWaiting({ tenant, schools: ['s1'] });
      }
    },
  },
  {
    fault: 'takes a claim for one upon the messages of every tenant',
    rule: 'isolation: a claim is upon messages of its tenant alone',
    Store: class extends MemoryStore {
      readonly #scopes: Scope[] = [];
      override async claimMessages(scope: Scope, options: ClaimOptions): Promise<readonly OutboxMessage[]> {
        this.#scopes.push(scope);
        return super.claimMessages(scope, options);
      }
      override async saveMessage(scope: Scope, key: string, outcome: MessageOutcome): Promise<boolean> {
        for (const one of [scope, ...this.#scopes]) {
          if (await super.saveMessage(one, key, outcome)) return true;
        }
        return false;
      }
    },
  },
  {
    fault: 'keeps what is known of an address by the address alone',
    rule: 'problems: they come back as they were saved, in the order in which they came up, from every scope of the tenant',
    Store: class extends MemoryStore {
      override async problems(scope: Scope): Promise<readonly DeliveryProblem[]> {
        const problems = await super.problems(scope);
        return [...new Map(problems.map((problem) => [problem.addressDigest, problem])).values()];
      }
    },
  },
  {
    fault: 'keeps the first that is known of an address',
    rule: 'problems: there is one for each person and address: the latest',
    Store: class extends MemoryStore {
      override async saveProblem(scope: Scope, problem: DeliveryProblem): Promise<void> {
        const known = await super.problems(scope, { userIds: [problem.userId] });
        if (known.every(({ addressDigest }) => addressDigest !== problem.addressDigest)) {
          await super.saveProblem(scope, problem);
        }
      }
    },
  },
  {
    fault: 'forgets where anybody cannot be reached',
    rule: 'problems: those of the named persons come alone, and are forgotten alone',
    Store: class extends MemoryStore {
      override async forgetProblems(scope: Scope): Promise<void> {
        const problems = await super.problems(scope);
        await super.forgetProblems(
          scope,
          problems.map(({ userId }) => userId),
        );
      }
    },
  },
  {
    fault: 'forgets the tenant where people cannot be reached',
    rule: 'problems: they are their tenant’s alone',
    Store: class extends MemoryStore {
      readonly #scopes = new Map<string, Scope>();
      override async saveProblem(scope: Scope, problem: DeliveryProblem): Promise<void> {
        this.#scopes.set(scope.tenant, scope);
        await super.saveProblem(scope, problem);
      }
      override async forgetProblems(_scope: Scope, userIds: readonly string[]): Promise<void> {
        for (const scope of this.#scopes.values()) await super.forgetProblems(scope, userIds);
      }
    },
  },
];
