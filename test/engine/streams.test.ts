import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as engine from '../../src/engine/index.js';
import { planStreams } from '../../src/engine/streams.js';
import { ConfigurationError } from '../../src/errors.js';
import { defaultPolicy } from '../../src/model/index.js';
import type {
  Enrollment,
  LocalRead,
  LocalState,
  Ordered,
  Plan,
  Policy,
  Roster,
  RosterRead,
} from '../../src/model/index.js';
import {
  enrolled,
  local,
  localClass,
  localMember,
  localUser,
  NOW,
  roster,
  school,
  section,
  student,
  teacher,
  teaching,
} from '../support/build.js';
import { DistrictModel } from '../support/district-model.js';
import { World } from '../support/world.js';
import { scenarios, type Scenario } from './promises.js';

const { reconcile, reconcileStreams } = engine;

const ROSTER_PARTS = ['schools', 'terms', 'courses', 'classes', 'users', 'enrollments', 'guardianLinks'] as const;
const LOCAL_PARTS = ['schools', 'classes', 'users', 'enrollments', 'guardianLinks'] as const;

type Reshape = <T>(records: readonly T[], name: string) => Ordered<T>;

function reshapeRoster(of: Roster, reshape: Reshape): RosterRead {
  const parts = ROSTER_PARTS.map((name) => [name, reshape<unknown>(of[name], `roster.${name}`)]);
  return { ...of, ...(Object.fromEntries(parts) as Partial<RosterRead>) };
}

function reshapeLocal(of: LocalState, reshape: Reshape): LocalRead {
  const parts = LOCAL_PARTS.map((name) => [name, reshape<unknown>(of[name], `local.${name}`)]);
  return { ...of, ...(Object.fromEntries(parts) as Partial<LocalRead>) };
}

/** An iterable that starts anew, and gives each record in its own turn. */
function stream<T>(records: readonly T[]): AsyncIterable<T> {
  return {
    async *[Symbol.asyncIterator]() {
      for (const record of records) yield await Promise.resolve(record);
    },
  };
}

function iterable<T>(records: readonly T[]): Iterable<T> {
  return { [Symbol.iterator]: () => records[Symbol.iterator]() };
}

function shuffled<T>(records: readonly T[], seed: number): readonly T[] {
  const copy = [...records];
  let state = seed | 1;
  for (let index = copy.length - 1; index > 0; index -= 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const other = (state >>> 8) % (index + 1);
    [copy[index], copy[other]] = [copy[other] as T, copy[index] as T];
  }
  return copy;
}

/** Two sides between which there is a lot to do, of a generated district after some events and edits by hand. */
async function twoSides(scenario: Scenario): Promise<{ roster: Roster; local: LocalState; policy: Policy }> {
  const model = DistrictModel.from(scenario.start);
  const world = new World(engine);
  await world.sync(model.roster(), scenario.policy);
  for (const edit of scenario.edits) await world.byHand(edit);
  for (const event of scenario.events) model.apply(event);
  return { roster: disturbed(model.roster(), scenario.order), local: await world.load(), policy: policyOf(scenario) };
}

function policyOf({ policy, order }: Scenario): Policy {
  return order % 4 === 3 ? { ...policy, steps: [...policy.steps, 'guardians'], staff: { create: true } } : policy;
}

/** What real rosters have besides: rows twice, of nobody, of no class, outside their dates, and lists that broke off. */
function disturbed(of: Roster, order: number): Roster {
  const [first] = of.classes;
  const [person, other] = of.users;
  if (first === undefined || person === undefined || other === undefined) return of;
  const rows: Enrollment[] = [
    enrolled(first.sourcedId, 'nobody'),
    enrolled('no-class', person.sourcedId),
    enrolled('no-class', other.sourcedId),
    enrolled(first.sourcedId, person.sourcedId, { role: 'aide' }),
    enrolled(first.sourcedId, other.sourcedId, order % 2 === 0 ? { endDate: '2026-09-01' } : { status: 'tobedeleted' }),
  ];
  const users = [...of.users, { ...person, familyName: 'Twice' }, ...(order % 3 === 0 ? [person] : [])];
  return {
    ...of,
    users: users.map((each, at) => (order % 5 === 0 && at === 1 ? { ...each, status: 'tobedeleted' as const } : each)),
    classes: [...of.classes, { ...first, name: 'Twice' }],
    enrollments: [...of.enrollments, ...rows],
  };
}

/** The feed in order, so that every window matters; what stands twice stands together. */
function sorted(of: Roster): Roster {
  const by = <T>(records: readonly T[], keyOf: (record: T) => string): readonly T[] =>
    [...records].sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : keyOf(left) > keyOf(right) ? 1 : 0));
  return {
    ...of,
    classes: by(of.classes, ({ sourcedId }) => sourcedId),
    users: by(of.users, ({ sourcedId }) => sourcedId),
    enrollments: by(of.enrollments, (each) => `${each.classSourcedId} ${each.userSourcedId}`),
  };
}

function expectSame(actual: Plan, expected: Plan): void {
  expect(actual).toEqual(expected);
  expect(actual.hash).toBe(expected.hash);
  expect(JSON.stringify(actual)).toBe(JSON.stringify(expected));
}

describe('reconcileStreams gives the plan that reconcile gives', () => {
  it('in windows of any size', async () => {
    let changes = 0;
    let notes = 0;
    const property = fc.asyncProperty(scenarios, async (scenario) => {
      const sides = await twoSides(scenario);
      const { policy } = sides;
      const expected = reconcile({ ...sides, now: NOW });
      changes += expected.changes.length;
      notes += expected.notes.length;
      const read = reshapeRoster(sorted(sides.roster), stream);
      for (const windowSize of [1, 2, 7, 1_000]) {
        const input = { roster: read, local: reshapeLocal(sides.local, stream), policy, now: NOW };
        expectSame(await planStreams(input, windowSize), expected);
      }
    });
    await fc.assert(property, { numRuns: 150 });
    expect(changes).toBeGreaterThan(300);
    expect(notes).toBeGreaterThan(300);
  });

  it('in any order of either side', async () => {
    const property = fc.asyncProperty(scenarios, async (scenario) => {
      const sides = await twoSides(scenario);
      const { policy } = sides;
      const expected = reconcile({ ...sides, now: NOW });
      const mixed: Reshape = (records) => stream(shuffled(records, scenario.order));
      const input = { roster: reshapeRoster(sides.roster, mixed), local: reshapeLocal(sides.local, mixed), policy };
      expectSame(await planStreams({ ...input, now: NOW }, 3), expected);
      const arrays: Reshape = (records) => shuffled(records, scenario.order + 1);
      const roster = reshapeRoster(sides.roster, arrays) as Roster;
      expectSame(
        reconcile({ roster, local: reshapeLocal(sides.local, arrays) as LocalState, policy, now: NOW }),
        expected,
      );
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it('where both sides are in the same wrong order, so that they always agree', () => {
    const users = ['a', 'b', 'c'].map((id) => student(id));
    const renamed = users.map((user) => ({ ...user, familyName: `New-${user.sourcedId}` }));
    const hosts = users.map((user) => localUser(user));
    const rows = ['a', 'b'].map((id) => enrolled('c1', id));
    const sides = (from: readonly Enrollment[], reverse: boolean, reverseMembers = reverse) => ({
      roster: {
        ...roster({ classes: [section('c1')] }),
        users: reverse ? [...renamed].reverse() : renamed,
        enrollments: from,
      },
      local: local({
        classes: [localClass('c1')],
        users: reverse ? [...hosts].reverse() : hosts,
        enrollments: (reverseMembers ? ['b', 'a'] : ['a', 'b']).map((id) => localMember('c1', id)),
      }),
      policy: { ...defaultPolicy, fullData: true },
      now: NOW,
    });
    const expected = reconcile(sides(rows, false));
    expect(expected.changes.map(({ key }) => key)).toEqual(['a', 'b', 'c'].map((id) => `user-update user:${id}`));
    expectSame(reconcile(sides([...rows].reverse(), true)), expected);
    // Somebody of whom both sides have spoken already comes again.
    const again = enrolled('c1', 'b', { role: 'aide' });
    const twice = reconcile(sides([...rows, again], false));
    expect(twice.counts.byKind).toEqual({ 'user-update': 3, 'enrollment-update': 1 });
    for (const reverse of [true, false]) {
      expectSame(reconcile(sides([...[...rows].reverse(), again], reverse, true)), twice);
    }
  });

  it('of arrays, of iterables without promises, and of some of each', async () => {
    const property = fc.asyncProperty(scenarios, async (scenario) => {
      const sides = await twoSides(scenario);
      const expected = reconcile({ ...sides, now: NOW });
      expectSame(await reconcileStreams({ ...sides, now: NOW }), expected);
      for (const kind of [0, 1, 2]) {
        let at = scenario.order;
        const some: Reshape = (records) => {
          at += kind;
          return at % 3 === 0 ? iterable(records) : at % 3 === 1 ? records : stream(records);
        };
        const input = { roster: reshapeRoster(sides.roster, some), local: reshapeLocal(sides.local, some) };
        expectSame(await planStreams({ ...input, policy: sides.policy, now: NOW }, 5), expected);
      }
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('of a scope of one school, and of a read that broke off', async () => {
    const property = fc.asyncProperty(scenarios, async (scenario) => {
      const sides = await twoSides(scenario);
      const scope = { tenant: sides.local.scope.tenant, schools: ['s1'] };
      const { collections } = sides.roster.attestation;
      const users = { ...collections.users, state: 'incomplete' as const };
      const incomplete = { ...sides.roster.attestation, collections: { ...collections, users } };
      for (const roster of [
        { ...sides.roster, scope },
        { ...sides.roster, attestation: incomplete },
        { ...sides.roster, attestation: { ...sides.roster.attestation, skippedSchools: ['s2'] } },
      ]) {
        const state = roster.scope === scope ? { ...sides.local, scope } : sides.local;
        const expected = reconcile({ roster, local: state, policy: sides.policy, now: NOW });
        const input = { roster: reshapeRoster(roster, stream), local: reshapeLocal(state, stream) };
        expectSame(await planStreams({ ...input, policy: sides.policy, now: NOW }, 4), expected);
      }
    });
    await fc.assert(property, { numRuns: 60 });
  });
});

const QUIET = roster({
  schools: [school('s1')],
  classes: [section('c1'), section('c2')],
  users: [student('a'), student('b'), teacher('t')],
  enrollments: [enrolled('c1', 'a'), teaching('c1', 't'), enrolled('c2', 'b')],
});
const PEOPLE = local({ users: [student('a'), student('b'), teacher('t')].map((user) => localUser(user)) });

describe('reconcileStreams', () => {
  it.each(['roster.classes', 'roster.users', 'roster.enrollments', 'roster.guardianLinks'])(
    'refuses %s where it can be read only once, and names it',
    async (wanted) => {
      const once: Reshape = (records, name) =>
        (name === wanted ? (stream(records)[Symbol.asyncIterator]() as AsyncGenerator) : records) as Ordered<never>;
      const input = { roster: reshapeRoster(QUIET, once), local: PEOPLE, policy: defaultPolicy, now: NOW };
      const failure = await reconcileStreams(input).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ConfigurationError);
      expect((failure as ConfigurationError).message).toContain(wanted);
    },
  );

  it.each(['local.classes', 'local.users', 'local.enrollments', 'local.guardianLinks'])(
    'refuses %s where it can be read only once, and names it',
    async (wanted) => {
      const once: Reshape = (records, name) =>
        name === wanted ? (records[Symbol.iterator]() as Iterable<never>) : records;
      const input = { roster: QUIET, local: reshapeLocal(PEOPLE, once), policy: defaultPolicy, now: NOW };
      await expect(reconcileStreams(input)).rejects.toThrow(wanted);
    },
  );

  it('does not believe a stream that is empty when it is read again', async () => {
    let isRead = false;
    const usedUp: Reshape = (records, name) => {
      if (name !== 'roster.enrollments') return records;
      return {
        [Symbol.iterator]: () => {
          const rows = isRead ? [] : records;
          isRead = true;
          return rows[Symbol.iterator]();
        },
      };
    };
    const input = { roster: reshapeRoster(QUIET, usedUp), local: PEOPLE, policy: defaultPolicy, now: NOW };
    await expect(reconcileStreams(input)).rejects.toThrow('roster.enrollments');
  });

  it('decides nothing about whom only a later reading has, and loses nobody', async () => {
    let readings = 0;
    const moving: Reshape = (records, name) => {
      if (name !== 'roster.enrollments') return stream(records);
      return {
        async *[Symbol.asyncIterator]() {
          readings += 1;
          const isLater = readings > 1;
          for (const record of records) {
            // At the second time, b has come into c1.
            if (isLater && (record as Enrollment).classSourcedId === 'c2') yield enrolled('c1', 'z') as typeof record;
            yield await Promise.resolve(record);
          }
        },
      };
    };
    const input = { roster: reshapeRoster(QUIET, moving), local: reshapeLocal(PEOPLE, stream), policy: defaultPolicy };
    const plan = await planStreams({ ...input, now: NOW }, 2);
    expect(readings).toBe(2);
    const expected = reconcile({ roster: QUIET, local: PEOPLE, policy: defaultPolicy, now: NOW });
    // What the read looks like (G4) is told of the reading that was decided on.
    const { healthy: _differs, ...ledger } = plan.ledger;
    const { healthy: _plain, ...plain } = expected.ledger;
    expectSame({ ...plan, ledger }, { ...expected, ledger: plain });
    expect(plan.changes.length).toBeGreaterThan(0);
  });

  describe('ends every reading that it began', () => {
    function watched(): { readonly reshape: Reshape; readonly open: Set<string>; readonly seen: Set<string> } {
      const open = new Set<string>();
      const seen = new Set<string>();
      const reshape: Reshape = (records, name) => ({
        async *[Symbol.asyncIterator]() {
          open.add(name);
          seen.add(name);
          try {
            for (const record of records) yield await Promise.resolve(record);
          } finally {
            open.delete(name);
          }
        },
      });
      return { reshape, open, seen };
    }

    it('when all went well', async () => {
      const { reshape, open, seen } = watched();
      const input = {
        roster: reshapeRoster(QUIET, reshape),
        local: reshapeLocal(PEOPLE, reshape),
        policy: defaultPolicy,
      };
      await planStreams({ ...input, now: NOW }, 1);
      expect(seen.size).toBeGreaterThan(8);
      expect(open).toEqual(new Set());
    });

    it('when a source fails', async () => {
      const { reshape, open, seen } = watched();
      const failing: Reshape = (records, name) => {
        if (name !== 'local.users') return reshape(records, name);
        return {
          async *[Symbol.asyncIterator]() {
            yield await Promise.resolve(records[0] as (typeof records)[number]);
            throw new Error('the connection is gone');
          },
        };
      };
      const input = {
        roster: reshapeRoster(QUIET, reshape),
        local: reshapeLocal(PEOPLE, failing),
        policy: defaultPolicy,
      };
      await expect(planStreams({ ...input, now: NOW }, 1)).rejects.toThrow('the connection is gone');
      expect(seen).toContain('roster.users');
      expect(open).toEqual(new Set());
    });

    it('when it is aborted, even where a source never answers', async () => {
      const { reshape, open } = watched();
      const abort = new AbortController();
      const reason = new Error('enough');
      const hanging: Reshape = (records, name) => {
        if (name !== 'local.users') return reshape(records, name);
        return {
          [Symbol.asyncIterator]: () => ({
            next: () => {
              setImmediate(() => {
                abort.abort(reason);
              });
              return new Promise<never>(() => undefined);
            },
          }),
        };
      };
      const input = {
        roster: reshapeRoster(QUIET, reshape),
        local: reshapeLocal(PEOPLE, hanging),
        policy: defaultPolicy,
      };
      await expect(planStreams({ ...input, now: NOW, signal: abort.signal }, 1)).rejects.toBe(reason);
      await new Promise((resolve) => setImmediate(resolve));
      expect(open).toEqual(new Set());
    });

    it('when it is aborted while the schools are read', async () => {
      const { reshape, open } = watched();
      const abort = new AbortController();
      const aborting = {
        *[Symbol.iterator]() {
          yield* QUIET.schools;
          abort.abort(new Error('enough'));
        },
      };
      const input = {
        roster: { ...reshapeRoster(QUIET, reshape), schools: aborting },
        local: reshapeLocal(PEOPLE, reshape),
        policy: defaultPolicy,
      };
      await expect(planStreams({ ...input, now: NOW, signal: abort.signal }, 1)).rejects.toThrow('enough');
      expect(open).toEqual(new Set());
    });

    it('and begins none when it is aborted already', async () => {
      const { reshape, seen } = watched();
      const input = {
        roster: reshapeRoster(QUIET, reshape),
        local: reshapeLocal(PEOPLE, reshape),
        policy: defaultPolicy,
      };
      const signal = AbortSignal.abort(new Error('enough'));
      await expect(reconcileStreams({ ...input, now: NOW, signal })).rejects.toThrow('enough');
      expect(seen).toEqual(new Set());
    });
  });
});

/** A process with little memory plans a district that is made as it is read, or that is put into arrays first. */
const PROGRAM = `
import { defaultPolicy, reconcileStreams } from '../../src/engine/index.js';
import { NOW } from '../support/build.js';
import { streamedDistrict } from '../support/streamed-district.js';

const { roster, local, enrollments } = streamedDistrict(40_000, 3);
const collected = (side) =>
  Object.fromEntries(
    Object.entries(side).map(([name, value]) => [name, value?.[Symbol.iterator] === undefined ? value : [...value]]),
  );
const isWhole = process.argv[2] === 'whole';
const plan = await reconcileStreams({
  roster: isWhole ? { ...roster, ...collected({ users: roster.users, enrollments: roster.enrollments }) } : roster,
  local: isWhole ? { ...local, ...collected({ users: local.users, enrollments: local.enrollments }) } : local,
  policy: { ...defaultPolicy, fullData: true, archive: true },
  now: NOW,
});
console.log(JSON.stringify({ enrollments, byKind: plan.counts.byKind }));
`;

describe('a district that does not fit into memory', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'rosterkit-streams-'));
  const program = path.join(folder, 'program.mjs');
  const run = (how: string) =>
    spawnSync(process.execPath, ['--max-old-space-size=48', program, how], { encoding: 'utf8', timeout: 200_000 });

  beforeAll(() => {
    buildSync({
      stdin: { contents: PROGRAM, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      outfile: program,
    });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is planned as a stream', { timeout: 240_000 }, () => {
    const { status, stdout, stderr } = run('stream');
    expect([status, stderr]).toEqual([0, '']);
    const { enrollments, byKind } = JSON.parse(stdout) as {
      readonly enrollments: number;
      readonly byKind: Plan['counts']['byKind'];
    };
    expect(enrollments).toBe(120_000);
    expect(byKind['user-update']).toBe(134);
    expect(byKind['enrollment-add']).toBeGreaterThan(900);
    expect(byKind['enrollment-remove']).toBeGreaterThan(900);
  });

  it('and could not be as arrays', { timeout: 240_000 }, () => {
    expect(run('whole').status).not.toBe(0);
  });
});
