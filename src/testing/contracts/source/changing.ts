import type { Roster, RosterDelta } from '../../../model/index.js';
import type { Rules } from '../contract.js';
import { expectRejection, expectSame, expectThat } from '../expecting.js';
import type { ChangesBench } from './bench.js';
import { expectSameRecords } from './contents.js';

/** How often the district changes in these cases: a delta must continue a delta, too. */
const STEPS = 3;

/** How what changed is read, and what it makes of the roster that was read before. */
export const changing: Rules<ChangesBench> = {
  'a whole read has a cursor': async ({ read }) => {
    expectThat('the cursor is a text', typeof (await read()).cursor === 'string');
  },

  'what changed says what it is of and continues the cursor': async (bench) => {
    const roster = await bench.read();
    const delta = await changesSince(bench, roster);
    expectSame('the source', delta.source, bench.source.provider);
    expectSame('the scope', delta.scope, bench.scope);
    expectSame('what it continues', delta.since, roster.cursor);
    expectThat('it has an id of its own', delta.readId !== roster.readId);
  },

  'of a district that stands still, folding what changed gives what a read gives': async (bench) => {
    const roster = await bench.read();
    const delta = await changesSince(bench, roster);
    expectSameAsRead('the folded roster', bench.fold(roster, delta), await bench.read(), delta);
  },

  'of a district that changes on and on, folding what changed gives what a read gives': async (bench) => {
    let roster = await bench.read();
    for (let step = 1; step <= STEPS; step += 1) {
      await bench.change();
      const delta = await changesSince(bench, roster);
      roster = bench.fold(roster, delta);
      expectSameAsRead(`the folded roster after ${String(step)} changes`, roster, await bench.read(), delta);
    }
  },

  'what changed is told again to whoever asks with the cursor of before': async (bench) => {
    const before = await bench.read();
    await bench.change();
    const first = bench.fold(before, await changesSince(bench, before));
    const delta = await changesSince(bench, before);
    expectSameRecords('what is folded a second time', bench.fold(before, delta), first);
    expectSameRecords('what is folded on top', bench.fold(first, delta), first);
  },

  'a cursor that nobody gave is answered by everything': async ({ source, scope, read }) => {
    const delta = await source.readSince('a cursor that nobody gave', scope);
    expectSame('the answer', delta.kind, 'whole');
    if (delta.kind === 'whole') expectSameRecords('the roster', delta.roster, await read());
  },

  'what the caller aborts beforehand ends with the signal’s reason': async ({ source, scope, read }) => {
    const { cursor } = await read();
    const reason = new Error('enough');
    const work = source.readSince(cursor ?? '', scope, { signal: AbortSignal.abort(reason) });
    const error = await expectRejection('what is aborted', work);
    expectThat('the error is the signal’s reason', error === reason);
  },
};

async function changesSince(
  { source, scope }: ChangesBench,
  { cursor }: { readonly cursor?: string },
): Promise<RosterDelta> {
  return source.readSince(cursor ?? '', scope);
}

/** Where removals are a hint, what is gone may still be there: a whole read mends that. */
function expectSameAsRead(what: string, folded: Roster, read: Roster, delta: RosterDelta): void {
  const isHint = delta.kind === 'changes' && delta.removals === 'hint';
  expectSameRecords(what, folded, read, isHint);
}
