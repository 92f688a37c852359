/**
 * A report as Markdown.
 *
 * @module
 */

import { counted } from './phrases.js';
import type { Report, ReportGroup, ReportLabel, ReportPart, ReportRecord, ReportSums } from './report.js';
import { scopeInWords } from './runs.js';
import { grouped, instant } from './text.js';

/** A report, piece by piece: lines with what ends them. */
export function* markdownOf(report: Report): Generator<string> {
  const { title, scope, verdict, hash, about, run, masked } = report;
  yield `# ${plain(title)}\n\n`;
  const what = run === undefined ? `plan ${code(hash)}` : `run ${code(run.id)}, plan ${code(hash)}`;
  yield `${plain(scopeInWords(scope, (id) => id))} · ${what}${masked ? ' · without names' : ''}\n\n`;
  yield `**${plain(verdict.sentence)}**\n`;
  for (const detail of verdict.details) yield `\n${plain(detail)}\n`;
  yield* holds(report);
  if (report.schools.length > 0) yield `\n## ${about === 'plan' ? 'What will happen' : 'What happened'}\n`;
  yield* members(report);
  for (const { label, sums, parts } of report.schools) {
    yield `\n### ${label === undefined ? 'No school' : named(label)} (${sumsInWords(sums)})\n`;
    for (const part of parts) yield* partOf(part);
  }
  yield* notes(report);
  yield* tables(report);
}

function* holds({ holds: list }: Report): Generator<string> {
  if (list.length > 0) yield '\n## Waiting for a decision\n';
  for (const { id, about, reason, words, schools, records, count, approvable, hash, since } of list) {
    yield `\n### ${about === undefined ? '' : `${named(about)}: `}${plain(reason)}\n\n`;
    if (words !== '') yield `**${plain(words)}**\n\n`;
    for (const { label, count: ofSchool } of schools) {
      yield `- ${label === undefined ? 'No school' : named(label)}: ${grouped(ofSchool)}\n`;
    }
    const advice = approvable
      ? 'Approve it where this is right, or discard it.'
      : 'No approval helps: have the data read again.';
    yield `\n${advice} Waiting since ${plain(instant(since))}. Hold ${code(id)}${approvable ? `, hash ${code(hash)}` : ''}.\n`;
    if (records.length > 0) {
      yield `\n${count > records.length ? `The first ${records.length} of ${grouped(count)} records` : 'Records'}: ${records.map(recordOf).join(', ')}\n`;
    }
  }
}

function* members({ members: rows }: Report): Generator<string> {
  if (rows.length === 0) return;
  yield '\n| School | Members before | After | If what waits is approved |\n|---|---:|---:|---:|\n';
  for (const { label, before, after, afterHeld } of rows) {
    yield `| ${label === undefined ? 'No school' : named(label)} | ${grouped(before)} | ${grouped(after)} | ${grouped(afterHeld)} |\n`;
  }
}

const PARTS: Readonly<Record<Exclude<ReportPart['part'], 'class'>, string>> = {
  school: 'The school itself',
  people: 'People',
  guardians: 'Guardians',
};

function* partOf({ part, label, groups }: ReportPart): Generator<string> {
  yield `\n#### ${part === 'class' ? named(label) : PARTS[part]}\n\n`;
  for (const group of groups) yield groupOf(group);
}

function groupOf({ words, heldBy, reason, rule, records }: ReportGroup): string {
  const waits = heldBy.length > 0 ? ` (waits: ${heldBy.map(code).join(', ')})` : '';
  return `- **${plain(words)}**${waits}: ${plain(reason)} (${rule}) ${records.map(recordOf).join(', ')}\n`;
}

function* notes({ notes: cases }: Report): Generator<string> {
  if (cases.length > 0) yield '\n## Worth knowing\n\n';
  for (const { rule, severity, sentence, count, items } of cases) {
    yield `- ${severity === 'warning' ? '⚠ ' : ''}${plain(sentence)} (${rule}) ${counted(count, 'time', 'times')}\n`;
    for (const { record, sentence: own } of items) {
      if (record === undefined && own === undefined) continue;
      const parts = [record === undefined ? '' : recordOf(record), own === undefined ? '' : plain(own)];
      yield `  - ${parts.filter((part) => part !== '').join(': ')}\n`;
    }
  }
}

function* tables({ causes, runs, counts }: Report): Generator<string> {
  if (causes.length > 0) {
    yield '\n## Why records are missing\n\n| Cause | Changes |\n|---|---:|\n';
    for (const { sentence, cause, count } of causes)
      yield `| ${plain(sentence)} ${code(cause)} | ${grouped(count)} |\n`;
  }
  if (runs.length > 0) {
    yield '\n## Earlier runs\n\n| Started | Run | How it ended | Made | Held | Failures |\n|---|---|---|---:|---:|---:|\n';
    for (const { id, type, outcome, startedAt, applied, held, failures, by } of runs) {
      const who = by === undefined ? '' : `, by ${plain(by)}`;
      yield `| ${plain(instant(startedAt))} | ${type} ${code(id)}${who} | ${outcome} | ${grouped(applied)} | ${grouped(held)} | ${grouped(failures)} |\n`;
    }
  }
  if (counts.length > 0) {
    yield '\n## Counts\n\n| What | All | Waiting |\n|---|---:|---:|\n';
    for (const { words, count, held } of counts) {
      yield `| ${plain(words)} | ${grouped(count)} | ${held === undefined ? '' : grouped(held)} |\n`;
    }
  }
}

function sumsInWords({ comes, changes, goes, held }: ReportSums): string {
  const words = [`${grouped(comes)} come`, `${grouped(changes)} change`, `${grouped(goes)} go`];
  return [...words, ...(held > 0 ? [`${grouped(held)} wait`] : [])].join(', ');
}

function recordOf({ of, in: section, fields = [], ...label }: ReportRecord): string {
  const values = fields.map(({ field, before, after }) =>
    before === undefined || after === undefined ? plain(field) : `${plain(field)}: ${plain(before)} → ${plain(after)}`,
  );
  const places = [
    ...(of === undefined ? [] : [`of ${named(of)}`]),
    ...(section === undefined ? [] : [`in ${named(section)}`]),
  ];
  const more = [...places, ...values];
  return `${named(label)}${more.length === 0 ? '' : ` (${more.join('; ')})`}`;
}

function named({ name, id }: ReportLabel): string {
  return name === undefined ? code(id) : `${ISOLATE}${plain(name)}${END} ${code(id)}`;
}

/** First-strong isolate, and its end: a name that is read from the right turns nothing around it. */
const ISOLATE = '\u2068';
const END = '\u2069';

/** Text of which nothing is markup, an entity, a link or a mention. */
function plain(text: string): string {
  return text.replace(/[&<>]|[!"#$%()*+./:;=?@[\\\]^_`{|}~-]/gu, (mark) => ENTITIES[mark] ?? `\\${mark}`);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** An id as code: nothing in it is markup but the backticks around, and no bar ends a cell of a table. */
function code(text: string): string {
  return /[`|]/u.test(text) || text === '' ? plain(text) : `\`${text}\``;
}
