/**
 * Charts as inline SVG. Each stands beside the numbers it is drawn from, so it is hidden from those who cannot see it.
 *
 * @module
 */

import { counted } from '../phrases.js';
import type { ReportCause, ReportMembers, ReportRun } from '../report.js';
import { day, grouped, instant } from '../text.js';
import { escaped, isolated, label } from './escape.js';

/** So many schools are seen at once; the others are one click away. */
const SCHOOLS_SHOWN = 12;
/** So many runs fit side by side on a phone. */
const RUNS_SHOWN = 40;

/** Members before and after, school by school. */
export function* membersChart(rows: readonly ReportMembers[]): Generator<string> {
  if (rows.length === 0) return;
  const most = Math.max(...rows.map(({ before, after, afterHeld }) => Math.max(before, after, afterHeld)));
  const isAnyHeld = rows.some(({ after, afterHeld }) => after !== afterHeld);
  yield '<figure class="plain" aria-labelledby="members"><h3 id="members">Members before and after</h3>';
  const byChange = [...rows].sort(
    (left, right) => changeOf(right) - changeOf(left) || rows.indexOf(left) - rows.indexOf(right),
  );
  const first = byChange.slice(0, SCHOOLS_SHOWN);
  const others = byChange.slice(SCHOOLS_SHOWN);
  yield membersTable(first, most, isAnyHeld);
  if (others.length > 0) {
    yield `<details><summary><h4>${counted(others.length, 'more school', 'more schools')}</h4></summary>`;
    yield membersTable(others, most, isAnyHeld);
    yield '</details>';
  }
  const held = isAnyHeld ? '<li class="k-h">once what waits is approved</li>' : '';
  yield `<ul class="legend"><li class="k-b">before</li><li class="k-a">after</li>${held}</ul></figure>`;
}

function changeOf({ before, after, afterHeld }: ReportMembers): number {
  return Math.max(Math.abs(after - before), Math.abs(afterHeld - before));
}

function membersTable(rows: readonly ReportMembers[], most: number, isAnyHeld: boolean): string {
  const held = isAnyHeld ? '<th scope="col" class="n">If approved</th>' : '';
  const body = rows.map((row) => {
    const { before, after, afterHeld } = row;
    const bars = [bar('b', before, most, 0, 5), bar('a', after, most, 7, 5)];
    if (isAnyHeld) bars.push(bar('h', afterHeld, most, 14, 4));
    const name = row.label === undefined ? 'No school' : label(row.label);
    const last = isAnyHeld ? `<td class="n">${grouped(afterHeld)}</td>` : '';
    return (
      `<tr><th scope="row">${name}${svg('pair', 18, bars)}</th><td class="n">${grouped(before)}</td>` +
      `<td class="n">${grouped(after)}</td>${last}</tr>`
    );
  });
  return (
    '<table><caption>Members of active classes: each enrollment counts once.</caption><thead><tr><th scope="col">School</th>' +
    `<th scope="col" class="n">Before</th><th scope="col" class="n">After</th>${held}</tr></thead><tbody>${body.join('')}</tbody></table>`
  );
}

/** Why what goes is absent. */
export function causesChart(causes: readonly ReportCause[]): string {
  const most = Math.max(...causes.map(({ count }) => count));
  const rows = causes.map(
    ({ sentence, cause, count }) =>
      `<tr><th scope="row">${escaped(sentence)} <code class="rule">${escaped(cause)}</code>` +
      `${svg('one', 8, [bar('g', count, most, 0, 8)])}</th><td class="n">${grouped(count)}</td></tr>`,
  );
  return (
    '<table><caption>What would be taken away, by why it is missing from the district’s data.</caption>' +
    `<thead><tr><th scope="col">Cause</th><th scope="col" class="n">Changes</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
  );
}

/** Runs over time: how much each changed, and how it ended. */
export function* runsChart(all: readonly ReportRun[]): Generator<string> {
  const runs = all.slice(-RUNS_SHOWN);
  const [first] = runs;
  const last = runs.at(-1);
  if (first === undefined || last === undefined) return;
  const most = Math.max(1, ...runs.map(({ applied, held }) => applied + held));
  const step = 1000 / runs.length;
  const width = Math.min(step * 0.72, 60);
  const bars = runs.map(({ applied, held, outcome }, index) => {
    const x = index * step + (step - width) / 2;
    // Even a run that changed nothing leaves a mark: that it ran is worth knowing.
    const height = Math.sqrt((applied + held) / most) * 120;
    const waits = applied + held === 0 ? 0 : (height * held) / (applied + held);
    const made = Math.max(height - waits, 2);
    const isGood = outcome === 'applied' || outcome === 'held' || outcome === 'running';
    return (
      rect(isGood ? 'a' : 'g', x, 132 - made, width, made) +
      (waits > 0 ? rect('h', x, 132 - made - waits, width, waits) : '')
    );
  });
  yield `<figure class="plain"><svg class="timeline" viewBox="0 0 1000 132" preserveAspectRatio="none" aria-hidden="true">${bars.join('')}</svg>`;
  yield `<div class="axis" aria-hidden="true"><span>${escaped(day(first.startedAt))}</span><span>${escaped(day(last.startedAt))}</span></div>`;
  yield '<ul class="legend"><li class="k-a">made</li><li class="k-h">held</li><li class="k-g">failed, stopped or in part</li></ul>';
  yield '<p class="why">Heights grow with the square root of the changes, so that an ordinary night is seen beside a first import.</p>';
  yield '<details><summary><h3>The numbers</h3></summary><table><caption>';
  yield all.length > runs.length
    ? `The last ${runs.length} of ${grouped(all.length)} runs.`
    : 'Runs, the earliest first.';
  yield '</caption><thead><tr><th scope="col">Started</th><th scope="col">Run</th><th scope="col" class="n">Made</th>';
  yield '<th scope="col" class="n">Held</th></tr></thead><tbody>';
  for (const { id, type, outcome, startedAt, applied, held, failures, by } of runs) {
    const failed = failures === 0 ? '' : `, ${counted(failures, 'failure', 'failures')}`;
    const who = by === undefined ? '' : `, by ${isolated(by)}`;
    yield `<tr><th scope="row">${escaped(instant(startedAt))}</th><td>${escaped(`${type}: ${outcome}${failed}`)}${who} <code>${isolated(id)}</code></td>`;
    yield `<td class="n">${grouped(applied)}</td><td class="n">${grouped(held)}</td></tr>`;
  }
  yield '</tbody></table></details></figure>';
}

function svg(kind: string, height: number, shapes: readonly string[]): string {
  return `<svg class="${kind}" viewBox="0 0 100 ${height}" preserveAspectRatio="none" aria-hidden="true">${shapes.join('')}</svg>`;
}

function bar(kind: string, count: number, most: number, y: number, height: number): string {
  return rect(kind, 0, y, most === 0 ? 0 : (Math.max(count, 0) / most) * 100, height);
}

function rect(kind: string, x: number, y: number, width: number, height: number): string {
  return `<rect class="${kind}" x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"/>`;
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
