/** Changes as the rules propose them, and the gates over them: for tests of what waits, without a roster. */

import { judge, type Findings, type GateContext, type Judgement } from '../../src/engine/gates/judge.js';
import type { Baselines } from '../../src/engine/gates/limits.js';
import type { HoldRequest } from '../../src/engine/draft.js';
import { Unreadable } from '../../src/engine/reading/unreadable.js';
import { emptyLedger } from '../../src/model/index.js';
import type { Change, Ledger, Policy } from '../../src/model/index.js';
import { definePolicy, type PolicyInput } from '../../src/policy/index.js';

export const TODAY = '2026-10-01';

const COMMON = { before: null, after: null, reason: { rule: 'X', code: 'X' }, fingerprint: 'x', heldBy: [] } as const;

function base(kind: string, subject: string, destructive: boolean) {
  return { ...COMMON, key: `${kind} ${subject}`, subject, destructive };
}

/** A member who would leave a class. */
export function leaving(user: string, classSourcedId = 'c1', school = 's1'): Change {
  const subject = `enrollment:${String(classSourcedId.length)}:${classSourcedId}:${user}`;
  return {
    ...base('enrollment-remove', subject, true),
    kind: 'enrollment-remove',
    schoolSourcedId: school,
    target: { classSourcedId, userSourcedId: user },
  };
}

/** A member who would be added. */
export function joining(user: string, classSourcedId = 'c1'): Change {
  const subject = `enrollment:${String(classSourcedId.length)}:${classSourcedId}:${user}`;
  return {
    ...base('enrollment-add', subject, false),
    kind: 'enrollment-add',
    target: { classSourcedId, userSourcedId: user },
  };
}

export function archiving(sourcedId: string, school = 's1'): Change {
  return {
    ...base('class-archive', `class:${sourcedId}`, true),
    kind: 'class-archive',
    schoolSourcedId: school,
    target: { sourcedId },
  };
}

export function creating(sourcedId: string): Change {
  return { ...base('class-create', `class:${sourcedId}`, false), kind: 'class-create', target: { sourcedId } };
}

export function person(sourcedId: string, after: object): Change {
  return { ...base('user-create', `user:${sourcedId}`, false), kind: 'user-create', target: { sourcedId }, after };
}

export function moving(sourcedId: string, before: string | null, after: string | null): Change {
  return {
    ...base('user-update', `user:${sourcedId}`, false),
    kind: 'user-update',
    target: { id: sourcedId, sourcedId },
    before: { email: before },
    after: { email: after },
  };
}

export function linking(guardian: string, student: string): Change {
  const subject = `guardian:${String(guardian.length)}:${guardian}:${student}`;
  return {
    ...base('guardian-link', subject, false),
    kind: 'guardian-link',
    target: { guardianSourcedId: guardian, studentSourcedId: student },
  };
}

export function blocking(guardian: string, student: string, blocked = true): Change {
  const subject = `guardian:${String(guardian.length)}:${guardian}:${student}`;
  return {
    ...base('guardian-update', subject, false),
    kind: 'guardian-update',
    target: { guardianSourcedId: guardian, studentSourcedId: student },
    after: { blocked },
  };
}

export interface Scene extends Findings {
  readonly changes?: readonly Change[];
  readonly ledger?: Ledger;
  readonly policy?: PolicyInput;
  readonly baselines?: Partial<Baselines>;
  readonly requests?: HoldRequest[];
  readonly today?: string;
  readonly now?: string;
  readonly isRestricted?: boolean;
  readonly provesAbsence?: boolean;
  readonly skippedSchools?: readonly string[];
}

/** A hundred managed records of each kind, unless the scene says otherwise. */
export const BASELINES: Baselines = { enrollments: 100, classes: 100, users: 100, guardianLinks: 100 };

export const policyOf = (input: PolicyInput = {}): Policy => definePolicy({ fullData: true, archive: true, ...input });

export function judged({ changes = [], ledger = emptyLedger, policy, baselines, requests, ...rest }: Scene): Judgement {
  const full = policyOf(policy);
  const { today = TODAY, now = `${today}T06:00:00.000Z`, isRestricted = false, skippedSchools = [], ...found } = rest;
  const isWhole = rest.provesAbsence ?? (!isRestricted && skippedSchools.length === 0);
  const context: GateContext = {
    policy: full,
    now,
    today,
    isRestricted,
    handlesClasses: full.steps.includes('classes'),
    handlesGuardians: full.steps.includes('guardians'),
    local: { ledger },
    draft: { holdRequests: requests ?? [], areGuardiansWaiting: false },
    feed: {
      provesAbsence: isWhole,
      provesGuardianAbsence: isWhole,
      skippedSchools: new Set(skippedSchools),
      unreadable: new Unreadable([], []),
    },
  };
  return judge(changes, context, { ...BASELINES, ...baselines }, [], found);
}

/** `count` members who would leave, from the `from`th on. */
export function leavers(count: number, from = 0): readonly Change[] {
  return Array.from({ length: count }, (_, index) => leaving(`u${String(from + index).padStart(4, '0')}`));
}

/** `id CODE changes` of each hold. */
export function lines({ holds }: Pick<Judgement, 'holds'>): readonly string[] {
  return holds.map(({ id, code, changes }) => `${id} ${code} ${String(changes.length)}`);
}

/** The ledger after this plan was applied: what it remembers, and what is latched. */
export function ledgerOf({ latched, memory }: Judgement, rest: Partial<Ledger> = {}): Ledger {
  return { ...emptyLedger, ...rest, ...memory, holds: latched };
}

/** The ledger with everything of a hold approved. */
export function approvedIn(ledger: Ledger, id: string, keys?: readonly string[]): Ledger {
  const holds = ledger.holds.map((hold) =>
    hold.id === id ? { ...hold, approved: keys ?? hold.changes.map(({ key }) => key) } : hold,
  );
  return { ...ledger, holds };
}
