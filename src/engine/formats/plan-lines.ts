/**
 * A plan as lines of JSON (NDJSON): one line for each change, note and hold, between a head that says what is to come and
 * an end that proves that it came. A plan of a whole district is written and sent piece by piece.
 *
 * @module
 */

import { PlanError } from '../../errors.js';
import { Sha256 } from '../../internal/sha256.js';
import type { Change, LatchedHold, Ledger, Plan } from '../../model/index.js';
import { parsePlan } from './parse.js';

const FORMAT = 'rosterkit-plan';

/** A latched hold without its changes, which follow it line by line. */
type LatchHead = Omit<LatchedHold, 'changes'> & { readonly changes: number };

/** The first line. `lists` says how many lines of each kind follow, in this order. */
interface Head {
  readonly format: typeof FORMAT;
  readonly formatVersion: Plan['formatVersion'];
  readonly plan: Omit<Plan, 'formatVersion' | 'changes' | 'notes' | 'holds' | 'gates' | 'ledger'>;
  /** The fields of the ledger that are no lists. */
  readonly ledger: Readonly<Record<string, unknown>>;
  readonly lists: Readonly<Record<string, number>>;
}

const PLAN_LISTS = ['changes', 'notes', 'holds', 'gates'] as const;
/** The changes of the latched hold before them. */
const HELD = 'ledger.holds.changes';
const LATCHES = 'ledger.holds';

/**
 * Writes a plan as lines of JSON, each with its line feed: join them to a text, or write them one by one. Only the line at
 * hand is in memory. {@link readPlan} reads them back.
 *
 * @example
 * ```ts
 * import { createWriteStream } from 'node:fs';
 * import { Readable } from 'node:stream';
 * import { pipeline } from 'node:stream/promises';
 * import { writePlan, type Plan } from 'rosterkit';
 *
 * declare const plan: Plan;
 * await pipeline(Readable.from(writePlan(plan)), createWriteStream('plan.ndjson'));
 * ```
 */
export function* writePlan(plan: Plan): Generator<string, void, undefined> {
  const hash = new Sha256();
  let lines = 0;
  for (const value of valuesOf(plan)) {
    const line = `${JSON.stringify(value)}\n`;
    hash.update(line);
    lines += 1;
    yield line;
  }
  yield `${JSON.stringify(['end', { lines, sha256: hash.digest() }])}\n`;
}

function* valuesOf(plan: Plan): Generator<unknown, void, undefined> {
  const { formatVersion, changes, notes, holds, gates, ledger, ...rest } = plan;
  const ledgerLists = Object.entries(ledger).filter((entry): entry is [string, readonly unknown[]] => isList(entry[1]));
  const head: Head = {
    format: FORMAT,
    formatVersion,
    plan: rest,
    ledger: Object.fromEntries(Object.entries(ledger).filter(([, value]) => !isList(value))),
    lists: {
      ...Object.fromEntries(PLAN_LISTS.map((name) => [name, plan[name].length])),
      ...Object.fromEntries(ledgerLists.map(([name, list]) => [`ledger.${name}`, list.length])),
    },
  };
  yield head;
  for (const name of PLAN_LISTS) for (const item of plan[name]) yield [name, item];
  for (const [name, list] of ledgerLists) {
    if (name !== 'holds') for (const item of list) yield [`ledger.${name}`, item];
  }
  for (const { changes: held, ...latch } of ledger.holds) {
    yield [LATCHES, { ...latch, changes: held.length } satisfies LatchHead];
    for (const change of held) yield [HELD, change];
  }
}

/**
 * Reads what {@link writePlan} wrote, from lines or from pieces that end anywhere: a file's stream, an answer's body.
 *
 * @param lines text in any pieces
 * @returns the plan, equal to the one that was written
 * @throws PlanError where the text is cut short, was altered, or is of a version that is not understood
 * @example
 * ```ts
 * import { createReadStream } from 'node:fs';
 * import { readPlan } from 'rosterkit';
 *
 * const plan = await readPlan(createReadStream('plan.ndjson', 'utf8'));
 * console.log(plan.counts.changes);
 * ```
 */
export async function readPlan(lines: Iterable<string> | AsyncIterable<string>): Promise<Plan> {
  const reader = new PlanReader();
  let begun: string[] = [];
  for await (const piece of lines) {
    let from = 0;
    for (let at = piece.indexOf('\n'); at !== -1; at = piece.indexOf('\n', from)) {
      begun.push(piece.slice(from, at));
      reader.read(begun.join(''));
      begun = [];
      from = at + 1;
    }
    begun.push(piece.slice(from));
  }
  const last = begun.join('');
  if (last !== '') reader.read(last);
  return reader.plan();
}

class PlanReader {
  private readonly hash = new Sha256();
  private readonly lists = new Map<string, unknown[]>();
  private head: Head | undefined;
  private latch: { readonly changes: Change[]; readonly expected: number } | undefined;
  private count = 0;
  private hasEnded = false;

  read(text: string): void {
    // A transfer as text may have turned line feeds into those of another system.
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    const value = this.parsed(line);
    if (this.hasEnded) throw this.refused('goes on after its end');
    if (this.head === undefined) this.open(value);
    else if (!isList(value) || value.length !== 2 || typeof value[0] !== 'string')
      throw this.refused('is not of a plan');
    else if (value[0] === 'end') {
      this.close(value[1]);
      return;
    } else this.add(value[0], value[1]);
    this.hash.update(`${line}\n`);
    this.count += 1;
  }

  plan(): Plan {
    const { head } = this;
    if (head === undefined || !this.hasEnded) {
      throw new PlanError(
        `The plan was cut short: it ends after line ${this.count}, without its end. Get or write it again, whole.`,
      );
    }
    const of = (prefix: string) =>
      Object.fromEntries(
        [...this.lists]
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, list]) => [name.slice(prefix.length), list]),
      );
    const planLists = Object.fromEntries(PLAN_LISTS.map((name) => [name, this.lists.get(name)]));
    const ledger = { ...head.ledger, ...of('ledger.') } as unknown as Ledger;
    return parsePlan({ formatVersion: head.formatVersion, ...head.plan, ...planLists, ledger });
  }

  private parsed(line: string): unknown {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      // Without its cause, which would quote the line, and so a person.
      throw this.refused('is no JSON');
    }
  }

  private open(value: unknown): void {
    const head = value as Partial<Head> | null;
    if (typeof head !== 'object' || head?.format !== FORMAT) {
      throw new PlanError(
        'This is no plan: the first line is not that of a plan. Give the lines that `writePlan` wrote.',
      );
    }
    if (head.formatVersion !== 1) {
      const advice = 'Use the version of rosterkit that wrote it, or make the plan anew.';
      throw new PlanError(`The plan is of another version than 1, which is the one understood here. ${advice}`);
    }
    this.head = head as Head;
    for (const name of Object.keys(this.head.lists)) this.lists.set(name, []);
  }

  private add(name: string, item: unknown): void {
    if (name === HELD) {
      if (this.latch === undefined || this.latch.changes.length >= this.latch.expected)
        throw this.refused('is not expected');
      this.latch.changes.push(item as Change);
      return;
    }
    const list = this.lists.get(name);
    if (list === undefined) throw this.refused('is of a list that the head does not name');
    if (name !== LATCHES) {
      list.push(item);
      return;
    }
    const { changes: expected, ...hold } = item as LatchHead;
    this.latch = { changes: [], expected };
    list.push({ ...hold, changes: this.latch.changes });
  }

  /** The checksum is over every byte before it: a line that is missing, changed or moved does not go unseen. */
  private close(value: unknown): void {
    const end = value as { readonly lines?: unknown; readonly sha256?: unknown } | null;
    const lists = Object.entries((this.head as Head).lists);
    const isWhole = lists.every(([name, count]) => this.lists.get(name)?.length === count);
    if (!isWhole || end?.lines !== this.count || end.sha256 !== this.hash.digest()) {
      throw new PlanError(
        'The plan is not as it was written: lines are missing or were altered. Get or write it again.',
      );
    }
    this.hasEnded = true;
  }

  private refused(what: string): PlanError {
    return new PlanError(`The plan cannot be read: line ${this.count + 1} ${what}. Get or write it again, whole.`);
  }
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
