import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashPlan, invert, readPlan, reconcile, writePlan } from '../../src/engine/index.js';
import { PlanError } from '../../src/errors.js';
import type { Plan } from '../../src/model/index.js';
import { definePolicy } from '../../src/policy/index.js';
import { local, NOW, roster, student, teacher } from '../support/build.js';
import { DistrictModel } from '../support/district-model.js';
import { classWith, hostOf, merge, mergeHosts, OPEN } from '../support/rows.js';
import { World } from '../support/world.js';
import { scenarios } from './promises.js';

const C1 = classWith('c1');
const C2 = classWith('c2', { students: ['b', 'c'], teachers: ['t'] });

/** A plan with changes, notes, a hold, a gate and a ledger that has something of everything. */
function richPlan(): Plan {
  const people = [student('b', { givenName: 'Zo\u00eb \u2028 \ud83d\ude00' }), student('d'), teacher('t')];
  const plan = reconcile({
    roster: roster(merge(C1, { users: people })),
    local: {
      ...local(),
      ...mergeHosts(hostOf(C1, { classes: { c1: { state: 'archived', by: 'user' } } }), hostOf(C2)),
    },
    policy: definePolicy({ fullData: true, archive: true, limits: { ...OPEN, classes: 0, floor: 0 } }),
    now: NOW,
  });
  const suppression = { kind: 'class-create', subject: 'class:c8', fingerprint: 'x', cause: 'undo' } as const;
  const ledger = { ...plan.ledger, suppressions: [suppression], reported: ['PURGED_BY_USER class:c9'] };
  return { ...plan, ledger };
}

async function refusal(lines: Iterable<string> | AsyncIterable<string>): Promise<string> {
  const error: unknown = await readPlan(lines).catch((thrown: unknown) => thrown);
  expect(PlanError.isInstance(error)).toBe(true);
  return (error as PlanError).message;
}

function* piecesOf(text: string, size: number): Generator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

describe('a plan as lines', () => {
  it('has a head, a line for each part, and an end', () => {
    const plan = richPlan();
    const lines = [...writePlan(plan)];
    expect(plan.holds.length).toBeGreaterThan(0);
    expect(plan.ledger.holds[0]?.changes.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/^[^\n]+\n$/u);
    const values = lines.map((line) => JSON.parse(line) as unknown);
    expect(values[0]).toMatchObject({ format: 'rosterkit-plan', formatVersion: 1, plan: { hash: plan.hash } });
    const names = values.slice(1).map((value) => (value as [string])[0]);
    expect(names.filter((name) => name === 'changes')).toHaveLength(plan.changes.length);
    expect(names.filter((name) => name === 'notes')).toHaveLength(plan.notes.length);
    expect(names.at(-1)).toBe('end');
    expect(lines.join('')).not.toContain('"changes":[{');
  });

  it('writes line by line: nothing of a change is asked for before its line is', () => {
    const { changes, ...rest } = richPlan();
    let asked = 0;
    const counting = changes.map((change) => ({
      ...change,
      toJSON: () => {
        asked += 1;
        return change;
      },
    }));
    const lines = writePlan({ ...rest, changes: counting });
    lines.next();
    expect(asked).toBe(0);
    lines.next();
    expect(asked).toBe(1);
  });

  it.each([1, 7, 100, 100_000])('is read back from pieces of %i characters', async (size) => {
    const plan = richPlan();
    const read = await readPlan(piecesOf([...writePlan(plan)].join(''), size));
    expect(read).toEqual(plan);
    expect(hashPlan(read)).toBe(plan.hash);
  });

  it('is read back from lines, from a stream, without its last line feed, and with those of another system', async () => {
    const plan = richPlan();
    expect(await readPlan(writePlan(plan))).toEqual(plan);
    const text = [...writePlan(plan)].join('');
    expect(await readPlan(new Blob([text]).stream().pipeThrough(new TextDecoderStream()))).toEqual(plan);
    expect(await readPlan([text.trimEnd()])).toEqual(plan);
    expect(await readPlan([text.replaceAll('\n', '\r\n')])).toEqual(plan);
  });

  it('reads every plan back as it was', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, async ({ start, edits, events, policy }) => {
        const model = DistrictModel.from(start);
        const world = new World({ reconcile, invert });
        const first = await world.plan(model.roster(), policy);
        expect(await readPlan(writePlan(first))).toEqual(first);
        const run = await world.apply(first);
        for (const edit of edits) await world.byHand(edit);
        for (const event of events) model.apply(event);
        const next = await world.plan(model.roster(), policy);
        expect(await readPlan(writePlan(next))).toEqual(next);
        const undo = invert(await world.store.journal(world.scope, run), await world.load(), { now: NOW });
        expect(await readPlan(writePlan(undo))).toEqual(undo);
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it('is refused wherever it is cut short', async () => {
    const lines = [...writePlan(richPlan())];
    for (let count = 0; count < lines.length; count += 1) {
      expect(await refusal(lines.slice(0, count))).toMatch(/cut short/u);
    }
    expect(await refusal([lines.join('').slice(0, -30)])).toMatch(/is no JSON/u);
  });

  it('is refused without any one of its lines, with two of them exchanged, and with one twice', async () => {
    const lines = [...writePlan(richPlan())];
    for (let at = 0; at < lines.length - 1; at += 1) {
      expect(await refusal(lines.toSpliced(at, 1))).toMatch(/.{20}/u);
      expect(await refusal(lines.toSpliced(at, 1, lines[at] ?? '', lines[at] ?? ''))).toMatch(/.{20}/u);
      if (at > 0 && lines[at] !== lines[at + 1] && at + 1 < lines.length - 1) {
        expect(await refusal(lines.toSpliced(at, 2, lines[at + 1] ?? '', lines[at] ?? ''))).toMatch(/.{20}/u);
      }
    }
  });

  it('is refused where a single character was altered, in notes, too', async () => {
    const text = [...writePlan(richPlan())].join('');
    for (const [word, other] of [
      ['LOCAL_ARCHIVE_WINS', 'LOCAL_ARCHIVE_WINZ'],
      ['"archived"', '"archivee"'],
      ['PURGED_BY_USER', 'PURGED_BY_USES'],
      ['"outcome":"planned"', '"outcome":"failed"'],
    ] as const) {
      expect(text).toContain(word);
      expect(await refusal([text.replace(word, other)])).toMatch(/lines are missing or were altered/u);
    }
  });

  it('is refused where its end tells another number of lines', async () => {
    const lines = [...writePlan(richPlan())];
    const [, end] = JSON.parse(lines.at(-1) ?? '') as ['end', { readonly lines: number }];
    const other = `${JSON.stringify(['end', { ...end, lines: end.lines + 1 }])}\n`;
    expect(await refusal([...lines.slice(0, -1), other])).toMatch(/lines are missing or were altered/u);
  });

  it('is refused where its end fits and its hash does not', async () => {
    const plan = richPlan();
    const changes = plan.changes.map((change) => ({ ...change, fingerprint: 'other' }));
    expect(await refusal(writePlan({ ...plan, changes }))).toMatch(/its hash does not fit/u);
  });

  it('is refused with what does not belong to it, without a word of the line', async () => {
    const [head = '', ...rest] = [...writePlan(richPlan())];
    expect(await refusal([])).toMatch(/cut short: it ends after line 0/u);
    expect(await refusal(['[1]\n'])).toMatch(/is no plan/u);
    expect(await refusal(['null\n'])).toMatch(/is no plan/u);
    expect(await refusal(['{"format":"another"}\n'])).toMatch(/is no plan/u);
    expect(await refusal([head.replace('"formatVersion":1', '"formatVersion":9')])).toMatch(/another version than 1/u);
    expect(await refusal(['{"lines":0}\n'])).toMatch(/is no plan/u);
    expect(await refusal([head, '["surprises",{}]\n'])).toMatch(/line 2 is of a list that the head does not name/u);
    expect(await refusal([head, '["ledger.holds.changes",{}]\n'])).toMatch(/line 2 is not expected/u);
    expect(await refusal([head, '{"changes":1}\n'])).toMatch(/line 2 is not of a plan/u);
    expect(await refusal([head, ...rest, '["notes",{}]\n'])).toMatch(/goes on after its end/u);
    const garbled = await refusal([head, '["changes",{"givenName":"Ada"\n']);
    expect(garbled).toMatch(/line 2 is no JSON/u);
    expect(garbled).not.toContain('Ada');
  });

  it('hands over no cause that would quote a line', async () => {
    const error: unknown = await readPlan(['{"givenName":"Ada"']).catch((thrown: unknown) => thrown);
    expect((error as Error).cause).toBeUndefined();
  });
});
