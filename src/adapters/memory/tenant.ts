import type {
  ChangeNoun,
  JournalEntry,
  Ledger,
  LocalClass,
  LocalEnrollment,
  LocalGuardianLink,
  LocalSchool,
  LocalUser,
} from '../../model/index.js';
import type {
  AuditEntry,
  Connection,
  DeliveryProblem,
  Invitation,
  OutboxMessage,
  RosterImage,
  RunReport,
} from '../../ports/index.js';
import { PairTable, RecordTable } from './tables.js';
import type { UndoLog } from './tables.js';

/** What is kept for one scope of a tenant. */
export interface ScopeState {
  /** The greatest fence seen. */
  fence: number;
  lease?: { readonly holder: string; readonly fence: number; readonly since: string; readonly expiresAtMs: number };
  ledger?: Ledger;
  image?: RosterImage;
}

/** A message of a scope, and who takes care of it. */
export interface KeptMessage {
  readonly scopeKey: string;
  /** When it was written, ISO instant. */
  readonly at: string;
  readonly message: OutboxMessage;
  readonly claim?: { readonly by: string; readonly expiresAtMs: number };
}

/** What is kept of one run: its changes by key, in the order of application. */
export type RunJournal = Map<string, JournalEntry>;

/** Everything that is kept for one tenant: no other tenant's data can be reached from it. */
export class Tenant {
  readonly schools = new RecordTable<LocalSchool>();
  readonly classes = new RecordTable<LocalClass>();
  readonly users = new RecordTable<LocalUser>();
  readonly enrollments = new PairTable<LocalEnrollment>(
    (enrollment) => enrollment.classId,
    (enrollment) => enrollment.userId,
  );
  readonly guardianLinks = new PairTable<LocalGuardianLink>(
    (link) => link.guardianId,
    (link) => link.studentId,
  );
  readonly scopes = new Map<string, ScopeState>();
  readonly journals = new Map<string, RunJournal>();
  readonly runs = new Map<string, RunReport>();
  /** By purpose. */
  readonly invitations = new Map<string, Invitation>();
  /** By idempotency key, in the order of writing. */
  readonly outbox = new Map<string, KeptMessage>();
  /** By person and address. */
  readonly problems = new Map<string, DeliveryProblem>();
  /** By id, in the order of writing. */
  readonly audit = new Map<string, AuditEntry>();
  /** How often something was tried, by its key. */
  readonly attempts = new Map<string, { readonly count: number; readonly expiresAt: string }>();
  /** Sealed, by name. */
  readonly credentials = new Map<string, string>();
  /** By id, in the order in which they were made. */
  readonly connections = new Map<string, Connection>();
  private readonly counters = new Map<ChangeNoun, number>();

  scope(key: string): ScopeState {
    let state = this.scopes.get(key);
    if (state === undefined) {
      state = { fence: 0 };
      this.scopes.set(key, state);
    }
    return state;
  }

  /** `class-1`, `class-2`, ...: the same in every process that does the same. */
  nextId(noun: ChangeNoun, undo?: UndoLog): string {
    const previous = this.counters.get(noun) ?? 0;
    undo?.push(() => {
      this.counters.set(noun, previous);
    });
    for (let number = previous + 1; ; number += 1) {
      const id = `${noun}-${String(number)}`;
      if (this.hasId(noun, id)) continue;
      this.counters.set(noun, number);
      return id;
    }
  }

  private hasId(noun: ChangeNoun, id: string): boolean {
    switch (noun) {
      case 'school':
        return this.schools.get(id) !== undefined;
      case 'class':
        return this.classes.get(id) !== undefined;
      case 'user':
        return this.users.get(id) !== undefined;
      case 'enrollment':
        return this.enrollments.get(id) !== undefined;
      case 'guardian':
        return this.guardianLinks.get(id) !== undefined;
    }
  }
}
