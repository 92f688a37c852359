import fc from 'fast-check';
import { oneRosterCsvSource } from 'rosterkit/oneroster';
import { describe, expect, test } from 'vitest';
import { defaultPolicy, invert, reconcile } from '../../src/engine/index.js';
import { ConfigurationError } from '../../src/errors.js';
import type { LocalState, Plan, Policy, Roster, RosterRead } from '../../src/model/index.js';
import { NOW, SCOPE } from '../support/build.js';
import { World } from '../support/world.js';
import { zipOf } from './support/bundle.js';
import { damaged, damages, filesOf, wholeBundle } from './support/csv-damage.js';

/** The policy that removes the most. */
const policy: Policy = {
  ...defaultPolicy,
  steps: ['classes', 'teachers', 'students', 'guardians'],
  fullData: true,
  archive: true,
  deactivateUnrostered: true,
  limits: { enrollments: 1, classes: 1, users: 1, guardianLinks: 1, floor: 5, rolling: 1.5, policyChange: false },
};

const SEED = 20_260_801;

async function read(bundle: Parameters<typeof oneRosterCsvSource>[0]): Promise<Roster> {
  return (await oneRosterCsvSource(bundle).read(SCOPE)) as RosterRead & Roster;
}

/** The host, with everything of the whole bundle imported. */
async function imported(): Promise<LocalState> {
  const world = new World({ reconcile, invert });
  const roster = await read(wholeBundle);
  await world.sync(roster, policy);
  await world.sync(roster, policy);
  return await world.load();
}

const removals = (plan: Plan): readonly string[] =>
  plan.changes.filter((each) => each.destructive).map(({ key }) => key);

/** The roster of a damaged bundle; undefined where it is refused, as documented. */
async function readOrRefused(bundle: Parameters<typeof oneRosterCsvSource>[0]): Promise<Roster | undefined> {
  try {
    return await read(bundle);
  } catch (error) {
    if (ConfigurationError.isInstance(error) && error.parameter === 'bundle') return undefined;
    throw error;
  }
}

describe('a bundle that is damaged on its way', () => {
  test('the whole one is imported whole, and then nothing is to do', async () => {
    const local = await imported();
    expect([local.classes.length, local.users.length, local.enrollments.length, local.guardianLinks.length]).toEqual([
      4, 28, 20, 22,
    ]);
    const plan = reconcile({ roster: await read(wholeBundle), local, policy, now: NOW });
    expect(plan.changes).toEqual([]);
  });

  test('never makes the reader throw anything undocumented, and never the engine plan a removal', async () => {
    const local = await imported();
    await fc.assert(
      fc.asyncProperty(damages, async (all) => {
        const roster = await readOrRefused(filesOf(all.reduce(damaged, wholeBundle)));
        if (roster === undefined) return;
        expect(removals(reconcile({ roster, local, policy, now: NOW }))).toEqual([]);
      }),
      { seed: SEED, numRuns: 400 },
    );
  });

  test('nor does a zip in which bytes have changed or are missing', async () => {
    const local = await imported();
    const zip = await zipOf(wholeBundle);
    await fc.assert(
      fc.asyncProperty(fc.nat(zip.length - 1), fc.nat(255), fc.boolean(), async (at, byte, isCut) => {
        const bytes = isCut ? Buffer.from(zip.subarray(0, at)) : Buffer.from(zip);
        if (!isCut) bytes[at] = byte;
        const roster = await readOrRefused(bytes);
        if (roster === undefined) return;
        expect(removals(reconcile({ roster, local, policy, now: NOW }))).toEqual([]);
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  test('and what the test takes for damage would be a removal, if the reader believed it', async () => {
    const local = await imported();
    const [header = '', first = '', ...rest] = wholeBundle['users.csv']?.split('\r\n') ?? [];
    const without = { ...wholeBundle, 'users.csv': [header, ...rest].join('\r\n') };
    const enrollments = wholeBundle['enrollments.csv']
      ?.split('\r\n')
      .filter((line) => !line.includes(`,${first.slice(0, 2)},`));
    const left = await read({ ...without, 'enrollments.csv': enrollments?.join('\r\n') ?? '' });
    expect(removals(reconcile({ roster: left, local, policy, now: NOW }))).not.toEqual([]);
  });
});
