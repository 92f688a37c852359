/** What a person sees: headings, progress, plans and runs as readable text. */

import { styleText } from 'node:util';
import ora from 'ora';
import {
  describeReason,
  type Change,
  type Note,
  type Plan,
  type Preflight,
  type RosterSync,
  type RunReport,
} from 'rosterkit';

// A terminal that does not know its width, as under some test harnesses, gets plain lines: a spinner needs one to redraw.
const isTerminal = process.stdout.isTTY && process.stdout.columns > 0;

function styled(style: Parameters<typeof styleText>[0], text: string): string {
  return isTerminal ? styleText(style, text) : text;
}

export function heading(text: string): void {
  console.log(`\n${styled('bold', text)}\n${'─'.repeat(text.length)}`);
}

export function say(text: string): void {
  console.log(text);
}

/** Shows what is going on: a spinner on a terminal, plain lines elsewhere. */
export async function working<T>(text: string, work: (update: (detail: string) => void) => Promise<T>): Promise<T> {
  if (!isTerminal) {
    const result = await work(() => undefined);
    console.log(`  ${text} … done`);
    return result;
  }
  const spinner = ora({ text, indent: 2 }).start();
  try {
    const result = await work((detail) => {
      spinner.text = `${text}: ${detail}`;
    });
    spinner.succeed(text);
    return result;
  } catch (error) {
    spinner.fail(text);
    throw error;
  }
}

const STATES: Readonly<Record<Preflight['state'], string>> = {
  ready: 'Ready to import',
  warning: 'Ready to import, with something to look at',
  blocked: 'Not ready to import',
};

/** What a district shares, and what an administrator should know before an import. */
export function showPreflight({ state, people, contactTypes, freshness, findings }: Preflight): void {
  const types = contactTypes.map(({ type, count }) => `${type === '' ? 'no type' : type} ${String(count)}`);
  say(
    `  ${styled('bold', STATES[state])}: ${counted(people.teacher, 'teacher')}, ${counted(people.student, 'student')}, ` +
      `${counted(people.guardian, 'contact')}${types.length === 0 ? '' : ` (${types.join(', ')})`}`,
  );
  const asOf = freshness.lastSync ?? freshness.lastChange;
  if (asOf !== undefined) say(`  as the district was on ${asOf.slice(0, 16).replace('T', ' ')}`);
  for (const { severity, message, count } of findings) {
    const mark = styled(severity === 'error' ? 'red' : severity === 'warning' ? 'yellow' : 'dim', severity.padStart(9));
    say(`${mark}  ${message}${count === undefined ? '' : ` (${String(count)})`}`);
  }
}

/** Reads and plans with a running count of what has arrived. */
export function planVisibly(
  sync: RosterSync,
  text: string,
  options: Parameters<RosterSync['plan']>[0] = {},
): Promise<Plan> {
  return working(text, async (update) => {
    const received = new Map<string, number>();
    const off = sync.on('page-read', (page) => {
      received.set(page.collection, page.received);
      update([...received].map(([collection, count]) => `${String(count)} ${collection}`).join(', '));
    });
    try {
      return await sync.plan(options);
    } finally {
      off();
    }
  });
}

/** Applies a plan with a running count of what is written. */
export function applyVisibly(sync: RosterSync, text: string, apply: () => Promise<RunReport>): Promise<RunReport> {
  return working(text, async (update) => {
    const off = sync.on('operation-applied', ({ index, total }) => {
      if (index % 50 === 0 || index === total) update(`${String(index)} of ${String(total)}`);
    });
    try {
      return await apply();
    } finally {
      off();
    }
  });
}

/** What a plan would do: counts, a few changes of each kind with their reasons, notes, holds. */
export function showPlan(plan: Plan, namesOf: (subject: string) => string): void {
  if (plan.outcome === 'failed') {
    say('  The data cannot be believed, so nothing is planned:');
    for (const gate of plan.gates) say(`    ${gate.gate} ${describeReason(gate)}`);
    return;
  }
  if (plan.changes.length === 0) say('  Nothing to do: everything is as the district says.');
  for (const [kind, changes] of groupBy(plan.changes, (change) => change.kind)) {
    const held = changes.filter((change) => change.heldBy.length > 0).length;
    const count = styled('bold', String(changes.length).padStart(6));
    say(
      `${count}  ${styled(changes[0]?.destructive === true ? 'red' : 'green', kind)}${held > 0 ? `  (${String(held)} held)` : ''}`,
    );
    for (const [, [example, ...others]] of groupBy(changes, ({ reason }) => `${reason.rule} ${reason.code}`)) {
      if (example === undefined) continue;
      const more = others.length > 0 ? ` and ${String(others.length)} more` : '';
      say(
        styled(
          'dim',
          `          ${[example.reason.rule, describe(example, namesOf)].join(' ')}${more}: ${describeReason(example.reason)}`,
        ),
      );
    }
  }
  showNotes(plan.notes, namesOf);
  for (const hold of plan.holds) {
    const share =
      hold.baseline === undefined || hold.count === undefined
        ? ''
        : ` (${String(hold.count)} of ${String(hold.baseline)} ${hold.kind ?? ''})`;
    say(
      `  ${styled('yellow', `HELD ${hold.id}`)}: ${counted(hold.changes.length, 'change')} waiting. ${describeReason(hold)}${share}`,
    );
  }
}

function showNotes(notes: readonly Note[], namesOf: (subject: string) => string): void {
  if (notes.length === 0) return;
  say('  Worth knowing:');
  for (const [, [example, ...others]] of groupBy(notes, ({ rule, code }) => `${rule} ${code}`)) {
    if (example === undefined) continue;
    const about = example.subject === undefined ? '' : ` ${namesOf(example.subject)}`;
    const more = others.length > 0 ? ` and ${String(others.length)} more` : counts(example);
    say(styled('dim', `          ${example.rule} ${example.code}${about}${more}: ${describeReason(example)}`));
  }
}

/** What a note is about that stands for all of its kind: a collection, or how many of what. */
function counts({ evidence = {}, subject }: Note): string {
  if (subject !== undefined) return '';
  const facts = Object.entries(evidence).map(([what, value]) =>
    typeof value === 'number' ? `${String(value)} ${what}` : String(value),
  );
  return facts.length === 0 ? '' : ` (${facts.join(', ')})`;
}

function describe(change: Change, namesOf: (subject: string) => string): string {
  const name = change.after !== null && 'name' in change.after ? change.after.name : undefined;
  return name ?? namesOf(change.subject);
}

export function showRun(run: RunReport): void {
  const held = run.counts.changes - run.applied;
  say(
    `  ${styled('bold', run.outcome)}: ${counted(run.applied, 'change')} applied, ${String(Math.max(0, held))} waiting, ` +
      `${counted(run.sent, 'message')} sent (run ${run.id})`,
  );
  for (const failure of run.failures.slice(0, 5)) say(`  failed: ${failure.code} ${failure.message}`);
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}
