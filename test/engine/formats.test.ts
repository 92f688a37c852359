import { describe, expect, it } from 'vitest';
import {
  emptyLedger,
  invert,
  parseJournal,
  parseLedger,
  parsePlan,
  parsePolicy,
  reconcile,
} from '../../src/engine/index.js';
import { ConfigurationError, PlanError } from '../../src/errors.js';
import { defaultPolicy } from '../../src/model/index.js';
import type { JournalEntry, Ledger, Plan } from '../../src/model/index.js';
import { definePolicy } from '../../src/policy/index.js';
import { local, NOW, roster } from '../support/build.js';
import { classWith, hostOf, OPEN } from '../support/rows.js';

const C1 = classWith('c1');
const POLICY = definePolicy({ fullData: true, archive: true, limits: { ...OPEN, classes: 0, floor: 0 } });

function heldPlan(): Plan {
  const state = { ...local(), ...hostOf(C1) };
  return reconcile({ roster: roster({ ...classWith('c2') }), local: state, policy: POLICY, now: NOW });
}

function kept(value: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
}

function messageOf(parse: () => unknown, kind: typeof PlanError | typeof ConfigurationError = PlanError): string {
  try {
    parse();
  } catch (error) {
    expect(kind.isInstance(error)).toBe(true);
    return (error as Error).message;
  }
  throw new Error('was not refused');
}

describe('a policy that was kept with settings left open', () => {
  it.each([null, undefined])('takes the default for %s', (value) => {
    expect(parsePolicy({ ...defaultPolicy, fullData: value, classes: { requireStudents: value } })).toEqual(
      defaultPolicy,
    );
  });
});

describe('a plan that was kept', () => {
  it('is taken as it is', () => {
    const plan = heldPlan();
    expect(plan.holds.length).toBeGreaterThan(0);
    expect(parsePlan(kept(plan))).toEqual(plan);
    const undo = invert([], local(), { now: NOW });
    expect(parsePlan(kept(undo))).toEqual({ ...undo, ledger: { ...undo.ledger, formatVersion: 2 } });
  });

  it.each([2, 0, '1', undefined, null])('is refused in version %s', (formatVersion) => {
    const message = messageOf(() => parsePlan({ ...kept(heldPlan()), formatVersion }));
    expect(message).toMatch(/understands version 1\. Make the plan anew\.$/u);
  });

  it('is refused where it is not as it was made', () => {
    const plan = kept(heldPlan());
    const changes = plan['changes'] as object[];
    expect(messageOf(() => parsePlan({ ...plan, changes: changes.slice(1) }))).toMatch(/its hash does not fit/u);
  });

  it.each([
    ['changes', {}, /`changes` is no list/u],
    ['holds', undefined, /`holds` is no list/u],
    ['hash', 7, /`hash` is no text/u],
    ['type', 'merge', /`type` is none of sync, undo/u],
    ['outcome', 'done', /`outcome` is none of planned, failed/u],
    ['scope', null, /plan\.scope/u],
    ['counts', [], /plan\.counts/u],
    ['ledger', undefined, /ledger cannot be read/u],
    ['changes', [{ kind: 'class-create' }], /`key` is no text/u],
    ['changes', [{ kind: 'class-vanish', key: '', subject: '', fingerprint: '' }], /kind is not known/u],
  ])('is refused where `%s` is not of a plan', (name, value, message) => {
    expect(messageOf(() => parsePlan({ ...kept(heldPlan()), [name]: value }))).toMatch(message);
  });

  it.each([undefined, null, [], 'plan'])('is none: %s', (data) => {
    expect(messageOf(() => parsePlan(data))).toMatch(/it is no object/u);
  });
});

describe('a ledger that was kept', () => {
  it('is taken as it is', () => {
    const { ledger } = heldPlan();
    expect(ledger.holds.length).toBeGreaterThan(0);
    expect(parseLedger(kept(ledger))).toEqual({ ...ledger, formatVersion: 2 });
    expect(parseLedger(kept(emptyLedger))).toEqual({ ...emptyLedger, formatVersion: 2 });
  });

  it('is brought up from version 1 with all that it remembers', () => {
    const old: Ledger = { ...heldPlan().ledger, formatVersion: 1, reported: ['PURGED_BY_USER class:c9'] };
    expect(parseLedger(kept(old))).toEqual({ ...old, formatVersion: 2 });
  });

  it('has the policy that it remembers read, too', () => {
    const { graceSnapshots: _later, ...older } = { graceSnapshots: 0, ...kept(POLICY) };
    expect(parseLedger({ ...kept(emptyLedger), policy: older }).policy).toEqual(POLICY);
    const newer = { ...kept(POLICY), forgetful: true };
    expect(() => parseLedger({ ...kept(emptyLedger), policy: newer })).toThrow(/^forgetful: /u);
  });

  it.each([3, '2', undefined])('is refused in version %s', (formatVersion) => {
    const message = messageOf(() => parseLedger({ ...kept(emptyLedger), formatVersion }));
    expect(message).toMatch(/understands versions 1 and 2\. Use the version of rosterkit that wrote it/u);
  });

  it.each([
    ['reported', undefined, /`reported` is no list/u],
    ['holds', [7], /ledger\.holds cannot be read: it is no object/u],
    ['holds', [{ id: 'G6:classes' }], /`gate` is no text/u],
    ['holds', [{ id: '', gate: '', code: '', hash: '', since: '', changes: [] }], /`versions` is no list/u],
    [
      'holds',
      [{ id: '', gate: '', code: '', hash: '', since: '', changes: [{}], versions: [], approved: [] }],
      /`kind` is no text/u,
    ],
    ['suppressions', [{ kind: 'class-create' }], /`subject` is no text/u],
  ])('is refused where `%s` is not of a ledger', (name, value, message) => {
    expect(messageOf(() => parseLedger({ ...kept(emptyLedger), [name]: value }))).toMatch(message);
  });
});

describe('a journal that was kept', () => {
  const change = heldPlan().changes[0];
  const entry = { runId: 'run-1', sequence: 0, change, recordId: 'class-1', appliedAt: NOW } as JournalEntry;

  it('is taken as it is, with a version or without', () => {
    expect(parseJournal([])).toEqual([]);
    expect(parseJournal([kept(entry)])).toEqual([entry]);
    expect(parseJournal([{ ...kept(entry), formatVersion: 1 }])).toHaveLength(1);
  });

  it.each([
    [{ formatVersion: 2 }, /of version 2, and this version of rosterkit understands version 1\. Undo it with/u],
    [{ runId: undefined }, /`runId` is no text/u],
    [{ sequence: '0' }, /`sequence` is no number/u],
    [{ change: null }, /it is no object/u],
    [{ change: { ...change, kind: 'class-merge' } }, /kind is not known/u],
  ])('is refused with %j', (fields, message) => {
    expect(messageOf(() => parseJournal([{ ...kept(entry), ...fields }]))).toMatch(message);
  });

  it('is refused where it is no list', () => {
    expect(messageOf(() => parseJournal({}))).toMatch(/it is no list/u);
  });
});

describe('a policy that was kept', () => {
  it('is taken as it is', () => {
    for (const policy of [
      defaultPolicy,
      POLICY,
      definePolicy({
        steps: ['guardians'],
        classes: { include: { names: 'Homeroom*' }, options: { parentCommunication: false } },
        access: {
          defaultRole: 'member',
          roles: { teacher: 'instructor' },
          permissions: { teacher: ['Family Access'] },
          site: 'main',
        },
        guardians: { contactTypes: ['Parent'] },
        invitations: { from: 'p1', fromRoles: ['dean'] },
      }),
      definePolicy({ invitations: { from: { north: 'p1' } } }),
    ]) {
      expect(parsePolicy(kept(policy))).toEqual(policy);
      expect(parsePolicy({ ...kept(policy), formatVersion: 1 })).toEqual(policy);
    }
  });

  it('has what came later at its default', () => {
    const { limits, leadDays: _later, ...older } = kept(POLICY);
    const { floor: _alsoLater, ...olderLimits } = limits as Record<string, unknown>;
    const read = parsePolicy({ ...older, limits: olderLimits });
    expect(read).toEqual({ ...POLICY, limits: { ...POLICY.limits, floor: defaultPolicy.limits.floor } });
  });

  it.each([
    [{ fulldata: true }, /^fulldata: is no setting/u],
    [{ classes: { sizes: 3 } }, /^classes\.sizes: is no setting/u],
    [{ limits: { classes: '0.2' } }, /^limits\.classes: is a string, and not a number/u],
    [{ fullData: 1 }, /^fullData: is a number, and not a boolean/u],
    [{ classes: true }, /^classes: is a boolean, and not a group of settings/u],
    [{ steps: 'classes' }, /^steps: is a string, and not a list/u],
    [{ steps: ['classes', 'rooms'] }, /^steps: has a value/u],
    [{ unarchive: 'sometimes' }, /^unarchive: has a value/u],
    [{ teachers: { create: 'maybe' } }, /^teachers\.create: has a value/u],
    [{ classes: { include: { rooms: ['1'] } } }, /^classes\.include: has a value/u],
    [{ invitations: { from: 7 } }, /^invitations\.from: has a value/u],
    [{ invitations: { from: { north: 7 } } }, /^invitations\.from: has a value/u],
    [{ invitations: { fromRoles: 'dean' } }, /^invitations\.fromRoles: has a value/u],
    [{ windows: [{ kind: 'slow', from: '', to: '' }] }, /^windows: has a value/u],
    [{ formatVersion: 2 }, /^policy: is of version 2; version 1 is understood/u],
    [{ formatVersion: 'x' }, /^policy: is of version unknown/u],
  ])('is refused with %j', (fields, message) => {
    expect(messageOf(() => parsePolicy({ ...kept(defaultPolicy), ...fields }), ConfigurationError)).toMatch(message);
  });

  it.each([undefined, null, [], 'default'])('is none: %s', (data) => {
    expect(messageOf(() => parsePolicy(data), ConfigurationError)).toMatch(/^policy: is an object of settings/u);
  });
});
