import { MemoryStore } from '../../src/adapters/memory/index.js';
import type { Scope } from '../../src/model/index.js';
import type {
  Attempt,
  AuditEntry,
  AuditOptions,
  Holder,
  LeaseOptions,
  RunReport,
  SaveRunOptions,
} from '../../src/ports/index.js';
import type { FaultyStore } from './mixed-scopes.js';
import { aMoment } from './stores-of-invitations.js';

/** A store that counts under another key, or by other instants. */
function counting(other: (attempt: Attempt, scope: Scope) => readonly [Scope, Attempt]): typeof MemoryStore {
  return class extends MemoryStore {
    override async countAttempt(scope: Scope, attempt: Attempt): Promise<number> {
      return super.countAttempt(...other(attempt, scope));
    }
  };
}

const ATTEMPTS = {
  each: 'attempts: each is counted for its key, this one included',
  anew: 'attempts: they count anew once the time of the first one is over, whatever later ones said of theirs',
  others: 'attempts: the end of one key’s time is no other’s',
  many: 'attempts: of many at once none is lost',
  ended: 'attempts: of many at once, when their time has just ended, none is lost',
  tenant: 'attempts: they are their tenant’s, whatever schools the scope names',
} as const;
const DECISIONS = {
  newest: 'deciding: they come back as they were saved, the newest first, of one moment the one written last',
  limit: 'deciding: no more come than are asked for, and those before an instant alone',
  once: 'deciding: one is written once: a later one of its id changes nothing',
  tenant: 'deciding: they are their tenant’s, whatever schools the scope names',
} as const;
const HOLDER = 'leases: who holds a scope is told while it lasts, and nobody of another scope';
const NOTICES = 'runs: messages are written with a report, of each key the first, and wait in its scope like others';

/** Stores that mistake tries, decisions, holders and the messages of a run: all of it is promised by the journal half. */
export const storesOfDecisions: readonly FaultyStore[] = [
  {
    fault: 'counts all keys together',
    rule: ATTEMPTS.each,
    Store: counting((attempt, scope) => [scope, { ...attempt, key: 'any' }]),
  },
  {
    fault: 'tells how many tries there were before',
    rule: ATTEMPTS.each,
    Store: class extends MemoryStore {
      override async countAttempt(scope: Scope, attempt: Attempt): Promise<number> {
        return (await super.countAttempt(scope, attempt)) - 1;
      }
    },
  },
  {
    fault: 'never counts anew',
    rule: ATTEMPTS.anew,
    Store: counting((attempt, scope) => [scope, { ...attempt, expiresAt: '9999-01-01T00:00:00.000Z' }]),
  },
  {
    fault: 'counts on while anybody tries',
    rule: ATTEMPTS.anew,
    Store: class extends MemoryStore {
      readonly #ends = new Map<string, { readonly expiresAt: string; readonly term: number }>();
      override async countAttempt(scope: Scope, attempt: Attempt): Promise<number> {
        const { key, at, expiresAt } = attempt;
        const { expiresAt: end = '', term = 0 } = this.#ends.get(scope.tenant + key) ?? {};
        const now = end <= at ? term + 1 : term;
        this.#ends.set(scope.tenant + key, { expiresAt, term: now });
        const forever = '9999-01-01T00:00:00.000Z';
        return super.countAttempt(scope, { ...attempt, key: `${key} ${String(now)}`, expiresAt: forever });
      }
    },
  },
  {
    fault: 'forgets every key when the time of one is over',
    rule: ATTEMPTS.others,
    Store: class extends MemoryStore {
      #ends: string | undefined;
      #term = 0;
      override async countAttempt(scope: Scope, attempt: Attempt): Promise<number> {
        if (this.#ends !== undefined && this.#ends <= attempt.at) this.#term += 1;
        this.#ends = attempt.expiresAt;
        return super.countAttempt(scope, { ...attempt, key: `${attempt.key} ${String(this.#term)}` });
      }
    },
  },
  {
    fault: 'reads how many tries there were, and writes one more then',
    rule: ATTEMPTS.many,
    Store: class extends MemoryStore {
      readonly #counts = new Map<string, number>();
      override async countAttempt(scope: Scope, { key }: Attempt): Promise<number> {
        const known = this.#counts.get(scope.tenant + key) ?? 0;
        await aMoment();
        this.#counts.set(scope.tenant + key, known + 1);
        return known + 1;
      }
    },
  },
  {
    fault: 'looks first whether the time of a key is over, and begins anew then',
    rule: ATTEMPTS.ended,
    Store: class extends MemoryStore {
      readonly #counts = new Map<string, { readonly count: number; readonly expiresAt: string }>();
      override async countAttempt(scope: Scope, { key, at, expiresAt }: Attempt): Promise<number> {
        const isOver = (this.#counts.get(scope.tenant + key)?.expiresAt ?? '') <= at;
        await aMoment();
        const known = this.#counts.get(scope.tenant + key);
        const kept = isOver || known === undefined ? { count: 0, expiresAt } : known;
        this.#counts.set(scope.tenant + key, { ...kept, count: kept.count + 1 });
        return kept.count + 1;
      }
    },
  },
  {
    fault: 'counts the tries of all tenants together',
    rule: ATTEMPTS.tenant,
    Store: counting((attempt) => [{ tenant: 'any' }, attempt]),
  },
  {
    fault: 'counts the tries of each school by themselves',
    rule: ATTEMPTS.tenant,
    Store: counting((attempt, scope) => [scope, { ...attempt, key: attempt.key + String(scope.schools?.join()) }]),
  },
  {
    fault: 'gives the oldest decisions first',
    rule: DECISIONS.newest,
    Store: class extends MemoryStore {
      override async audit(scope: Scope, options?: AuditOptions): Promise<readonly AuditEntry[]> {
        return (await super.audit(scope, options)).toReversed();
      }
    },
  },
  {
    fault: 'forgets what a decision was about in detail',
    rule: DECISIONS.newest,
    Store: class extends MemoryStore {
      override async saveAudit(scope: Scope, { details: _details, ...entry }: AuditEntry): Promise<void> {
        await super.saveAudit(scope, entry);
      }
    },
  },
  {
    fault: 'gives every decision, however few are asked for',
    rule: DECISIONS.limit,
    Store: class extends MemoryStore {
      override async audit(scope: Scope, { limit: _limit, ...options }: AuditOptions = {}) {
        return super.audit(scope, options);
      }
    },
  },
  {
    fault: 'gives the decisions up to an instant and those of it',
    rule: DECISIONS.limit,
    Store: class extends MemoryStore {
      override async audit(scope: Scope, { before, ...options }: AuditOptions = {}) {
        return super.audit(scope, before === undefined ? options : { ...options, before: `${before}+` });
      }
    },
  },
  {
    fault: 'looks for decisions before an instant among the newest',
    rule: DECISIONS.limit,
    Store: class extends MemoryStore {
      override async audit(scope: Scope, { limit, before }: AuditOptions = {}) {
        const newest = await super.audit(scope, limit === undefined ? {} : { limit });
        return newest.filter(({ at }) => before === undefined || at < before);
      }
    },
  },
  {
    fault: 'changes a decision',
    rule: DECISIONS.once,
    Store: class extends MemoryStore {
      readonly #latest = new Map<string, AuditEntry>();
      override async saveAudit(scope: Scope, entry: AuditEntry): Promise<void> {
        this.#latest.set(scope.tenant + entry.id, entry);
        await super.saveAudit(scope, entry);
      }
      override async audit(scope: Scope, options?: AuditOptions): Promise<readonly AuditEntry[]> {
        return (await super.audit(scope, options)).map((entry) => this.#latest.get(scope.tenant + entry.id) ?? entry);
      }
    },
  },
  {
    fault: 'knows a decision of any tenant by its id',
    rule: DECISIONS.tenant,
    Store: class extends MemoryStore {
      readonly #ids = new Set<string>();
      override async saveAudit(scope: Scope, entry: AuditEntry): Promise<void> {
        if (!this.#ids.has(entry.id)) await super.saveAudit(scope, entry);
        this.#ids.add(entry.id);
      }
    },
  },
  {
    fault: 'keeps the decisions of each scope by themselves',
    rule: DECISIONS.tenant,
    Store: class extends MemoryStore {
      override async audit(scope: Scope, options?: AuditOptions): Promise<readonly AuditEntry[]> {
        return scope.schools === undefined ? super.audit(scope, options) : [];
      }
    },
  },
  {
    fault: 'names who held a scope last',
    rule: HOLDER,
    Store: class extends MemoryStore {
      readonly #last = new Map<string, Holder>();
      override async lease(scope: Scope, options: LeaseOptions) {
        const lease = await super.lease(scope, options);
        const holder = await super.holder(scope);
        if (holder !== undefined) this.#last.set(JSON.stringify(scope), holder);
        return lease;
      }
      override async holder(scope: Scope): Promise<Holder | undefined> {
        return this.#last.get(JSON.stringify(scope));
      }
    },
  },
  {
    fault: 'names who holds the whole tenant, whatever the scope',
    rule: HOLDER,
    Store: class extends MemoryStore {
      override async holder({ tenant }: Scope): Promise<Holder | undefined> {
        return super.holder({ tenant });
      }
    },
  },
  {
    fault: 'writes no messages with a report',
    rule: NOTICES,
    Store: class extends MemoryStore {
      override async saveRun(report: RunReport): Promise<void> {
        await super.saveRun(report);
      }
    },
  },
  {
    fault: 'writes the messages of a report to the whole tenant’s outbox',
    rule: NOTICES,
    Store: class extends MemoryStore {
      override async saveRun(report: RunReport, options?: SaveRunOptions): Promise<void> {
        const scope = { tenant: report.scope.tenant };
        if (options !== undefined) await super.saveRun({ ...report, id: 'messages', scope }, options);
        await super.saveRun(report);
      }
    },
  },
  {
    fault: 'writes a report first, and its messages then',
    rule: 'runs: a report whose messages cannot be written is not kept, and none of them is',
    Store: class extends MemoryStore {
      override async saveRun(report: RunReport, options?: SaveRunOptions): Promise<void> {
        await super.saveRun(report);
        if (options !== undefined) await super.saveRun(report, options);
      }
    },
  },
];
