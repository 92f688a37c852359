/** Both sides and a policy for an explanation, and what it is expected to say. */

import { expect, it } from 'vitest';
import { explain, reconcile, type ExplainTarget, type Explanation } from '../../src/engine/index.js';
import type { Ledger, LocalState, Plan, RejectedRow, Roster, Scope, Suppression } from '../../src/model/index.js';
import { definePolicy, type PolicyInput } from '../../src/policy/index.js';
import { local, roster, SCOPE, NOW, student, type RosterParts } from '../support/build.js';
import { mergeHosts, merge, classWith, hostOf, OPEN } from '../support/rows.js';
import { emptyLedger } from '../../src/model/index.js';

export interface Given {
  readonly feed?: RosterParts;
  readonly host?: Partial<LocalState>;
  readonly policy?: PolicyInput;
  readonly scope?: Scope;
  readonly rejected?: readonly RejectedRow[];
}

export interface Case extends Given {
  readonly title: string;
  readonly target: ExplainTarget;
  readonly verdict: Explanation['verdict'];
  /** `rule code` of each reason, in order. */
  readonly reasons: readonly string[];
  /** The first sentences, as they are read. */
  readonly reads?: readonly string[];
}

const QUIET = classWith('zz', { students: ['zs'], teachers: ['zt'] });
export const C1 = classWith('c1');
export const FULL = { fullData: true };
export const ARCHIVE = { fullData: true, archive: true };
export const SCHOOL_1 = { ...SCOPE, schools: ['s1'] };
export const BY_USER = { state: 'archived', by: 'user' } as const;
export const BY_SYNC = { state: 'archived', by: 'sync' } as const;
export const GUARDIANS: PolicyInput = { steps: ['guardians'] };
export const PEOPLE: RosterParts = { users: C1.users ?? [] };

export function sidesOf({ feed = {}, host = {}, policy, scope, rejected }: Given): {
  readonly plan: Plan;
  readonly roster: Roster;
  readonly local: LocalState;
} {
  const scoped = scope === undefined ? {} : { scope };
  const read = {
    ...roster({ ...merge(QUIET, feed), ...scoped }),
    ...(rejected === undefined ? {} : { rejected }),
  };
  const state = { ...local(), ...mergeHosts(hostOf(QUIET), host), ...scoped };
  const plan = reconcile({ roster: read, local: state, policy: definePolicy({ limits: OPEN, ...policy }), now: NOW });
  return { plan, roster: read, local: state };
}

export function answerTo({ target, ...given }: Given & { readonly target: ExplainTarget }): Explanation {
  const policy = definePolicy({ limits: OPEN, ...given.policy });
  return explain({ ...sidesOf(given), policy, now: NOW }, target);
}

export function suppressing(...suppressions: readonly Suppression[]): { readonly ledger: Ledger } {
  return { ledger: { ...emptyLedger, suppressions } };
}

export const KEPT_CLASS = {
  kind: 'class-archive',
  subject: 'class:c1',
  fingerprint: 'absent',
  cause: 'discard',
} as const;

export function nameOf(id: string): { readonly givenName: string; readonly familyName: string } {
  const { givenName, familyName } = student(id);
  return { givenName, familyName };
}

/** Each case, and that none of them tells a person's name or address. */
export function explains(cases: readonly Case[]): void {
  it.each(cases)('$title', ({ title: _title, verdict, reasons, reads, ...given }) => {
    const answer = answerTo(given);
    expect([answer.verdict, ...answer.reasons.map(({ rule, code }) => `${rule} ${code}`)]).toEqual([
      verdict,
      ...reasons,
    ]);
    if (reads !== undefined) expect(answer.sentences.slice(0, reads.length)).toEqual(reads);
    expect(answer.sentences).toHaveLength(Math.max(1, reasons.length));
    expect(answer.sentences.filter((sentence) => /[{}]|undefined/u.test(sentence))).toEqual([]);
    expect(JSON.stringify([answer.sentences, answer.reasons])).not.toMatch(/Given-|Family-|@\w/u);
  });
}
