/**
 * The sections around what happens: what waits, notes, counts.
 *
 * @module
 */

import type { Report, ReportHold, ReportNotes } from '../report.js';
import { counted } from '../phrases.js';
import { grouped, instant } from '../text.js';
import { recordItem, schoolAnchor } from './changes.js';
import { escaped, label } from './escape.js';

/** What waits for a person: each with the sentence that explains it. */
export function* holdsSection({ holds, schools }: Report): Generator<string> {
  const anchors = new Map(schools.map(({ label: school }, index) => [school?.id ?? '', schoolAnchor(index)]));
  const cases = new Map<string, ReportHold[]>();
  for (const hold of holds) {
    const like = cases.get(hold.code);
    if (like === undefined) cases.set(hold.code, [hold]);
    else like.push(hold);
  }
  for (const like of cases.values()) {
    // One more is no less to scroll past than a line that hides it.
    const inSight = like.length === ALIKE + 1 ? like.length : ALIKE;
    for (const hold of like.slice(0, inSight)) yield* holdOf(hold, anchors);
    const others = like.slice(inSight);
    if (others.length === 0) continue;
    yield `<details class="more"><summary><h3>${grouped(others.length)} more like this</h3></summary>`;
    for (const hold of others) yield* holdOf(hold, anchors);
    yield '</details>';
  }
}

/** So many holds of one case are seen at once: twenty classes that lost their members must not bury what comes after them. */
const ALIKE = 2;

function* holdOf(hold: ReportHold, anchors: ReadonlyMap<string, string>): Generator<string> {
  const { id, reason, words, schools, records, count, hash, approvable, since, about } = hold;
  yield `<article class="hold"><h3>${about === undefined ? '' : `${label(about)}: `}${escaped(reason)}</h3>`;
  if (words !== '') yield `<p class="what">${escaped(words)}</p>`;
  if (schools.length > 0) {
    const items = schools.map(({ label: school, count: ofSchool }) => {
      const name = school === undefined ? 'No school' : label(school);
      const anchor = anchors.get(school?.id ?? '');
      const link = anchor === undefined ? name : `<a href="#${anchor}">${name}</a>`;
      return `<li>${link} ${grouped(ofSchool)}</li>`;
    });
    yield `<ul class="per">${items.join('')}</ul>`;
  }
  if (records.length > 0) {
    const which = count > records.length ? `The first ${records.length} of ${grouped(count)} records` : 'Which records';
    yield `<details><summary><h4>${which}</h4></summary><ul class="names">${records.map((record) => recordItem(record)).join('')}</ul></details>`;
  }
  const advice = approvable
    ? 'Approve it where this is right, or discard it. Until then everything stays as it is.'
    : 'No approval helps here, because the data cannot be believed: have it read again.';
  yield `<p class="do">${advice} Waiting since ${escaped(instant(since))}.<br>Hold <code>${escaped(id)}</code>`;
  yield `${approvable ? `, hash <code>${escaped(hash)}</code>` : ''}</p></article>`;
}

export function* notesSection(notes: readonly ReportNotes[]): Generator<string> {
  for (const { rule, sentence, count, severity, items } of notes) {
    const told = items.filter(({ record, sentence: own }) => record !== undefined || own !== undefined);
    const head = `<h3>${escaped(sentence)}</h3> <span class="count">${grouped(count)} <span class="rule">(${escaped(rule)})</span></span>`;
    const mark = severity === 'warning' ? ' warning' : '';
    if (told.length === 0) {
      yield `<div class="note${mark}"><p>${head}</p></div>`;
      continue;
    }
    yield `<details class="note${mark}"><summary>${head}</summary><ul class="names fields">`;
    for (const { record, sentence: own } of told) {
      const words = own === undefined ? '' : escaped(own);
      if (record === undefined) yield `<li>${words}</li>`;
      else yield recordItem(record).replace(/<\/li>$/u, words === '' ? '</li>' : ` <small>${words}</small></li>`);
    }
    yield '</ul></details>';
  }
}

export function countsSection({ counts, about }: Report): string {
  const isHeldKnown = counts.some(({ held }) => held !== undefined);
  const rows = counts.map(({ words, count, held = 0 }) => {
    const more = isHeldKnown ? `<td class="n">${grouped(count - held)}</td><td class="n">${grouped(held)}</td>` : '';
    return `<tr><th scope="row">${escaped(capital(words))}</th>${more}<td class="n">${grouped(count)}</td></tr>`;
  });
  const heads = isHeldKnown ? '<th scope="col" class="n">Ready</th><th scope="col" class="n">Waiting</th>' : '';
  const caption = about === 'plan' ? 'Changes of the plan, by what they do.' : 'What was planned for this run.';
  return (
    `<table><caption>${caption}</caption><thead><tr><th scope="col">What</th>${heads}<th scope="col" class="n">All</th></tr></thead>` +
    `<tbody>${rows.join('')}</tbody></table>`
  );
}

export function tiles({ schools, notes, run, verdict: { tone }, about }: Report): string {
  const sums = schools.reduce(
    (total, { sums: { comes, changes, goes, held } }) => ({
      all: total.all + comes + changes + goes,
      goes: total.goes + goes,
      held: total.held + held,
    }),
    { all: 0, goes: 0, held: 0 },
  );
  const waiting = run?.held ?? sums.held;
  const told = notes.reduce((sum, { count }) => sum + count, 0);
  const ready = about === 'plan' ? 'changes ready' : 'changes made';
  const cells: readonly (readonly [number, string, string])[] = [
    [sums.all - sums.held, sums.all - sums.held === 1 ? ready.replace('changes', 'change') : ready, ''],
    [waiting, 'waiting for a decision', waiting > 0 ? 'held' : ''],
    [sums.goes, about === 'plan' ? 'would take something away' : 'took something away', sums.goes > 0 ? 'goes' : ''],
    [told, 'worth knowing', ''],
  ];
  const shownCells = cells.filter(([, words]) => about === 'plan' || words !== 'worth knowing');
  if (sums.all === 0 && waiting === 0 && told === 0 && tone !== 'attention') return '';
  const list = shownCells.map(
    ([count, words, kind]) =>
      `<div><dt>${words}</dt><dd${kind === '' ? '' : ` class="${kind}"`}>${grouped(count)}</dd></div>`,
  );
  return `<dl class="tiles">${list.join('')}</dl>`;
}

/** `5 schools` */
export function schoolsInWords({ schools }: Report): string {
  return counted(schools.filter(({ label: school }) => school !== undefined).length, 'school', 'schools');
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
