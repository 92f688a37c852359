/**
 * What happens, by school and class.
 *
 * @module
 */

import { grouped } from '../text.js';
import type { ReportField, ReportGroup, ReportPart, ReportRecord, ReportSchool, ReportSums } from '../report.js';
import { escaped, isolated, label } from './escape.js';

/** Of a report so short everything is open. */
const SHORT = 80;
/** So many schools fit on a page with their classes in sight. */
const FEW_SCHOOLS = 6;

export function* changesOf(schools: readonly ReportSchool[]): Generator<string> {
  const total = schools.reduce((sum, { sums }) => sum + sums.comes + sums.changes + sums.goes, 0);
  const isShort = total <= SHORT;
  yield '<form id="filter" hidden><label>Search<input type="search" name="search" placeholder="Name, class, school or id" autocomplete="off"></label>';
  yield '<label>What<select name="effect"><option value="">Everything</option><option value="comes">What comes</option><option value="changes">What changes</option><option value="goes">What goes</option></select></label>';
  yield '<label>State<select name="state"><option value="">Everything</option><option value="ready">Ready</option><option value="held">Waiting</option></select></label></form>';
  yield '<p role="status" id="found"></p>';
  for (const [index, school] of schools.entries()) {
    const isOpen = schools.length <= FEW_SCHOOLS || isShort;
    const name = school.label === undefined ? 'No school' : label(school.label);
    yield `<details class="school" id="${schoolAnchor(index)}"${isOpen ? ' open' : ''}><summary><h3>${name}</h3>${sums(school.sums)}</summary>`;
    for (const part of school.parts) yield* partOf(part, isShort);
    yield '</details>';
  }
}

export function schoolAnchor(index: number): string {
  return `s${index + 1}`;
}

const PARTS: Readonly<Record<Exclude<ReportPart['part'], 'class'>, string>> = {
  school: 'The school itself',
  people: 'People',
  guardians: 'Guardians',
};

function* partOf(part: ReportPart, isOpen: boolean): Generator<string> {
  const name = part.part === 'class' ? label(part.label) : PARTS[part.part];
  yield `<details class="part"${isOpen ? ' open' : ''}><summary><h4>${name}</h4>${sums(part.sums)}</summary>`;
  for (const group of part.groups) {
    // The class stands above already: of what happens to it only new values are worth a line.
    const isClassItself = part.part === 'class' && group.kind.startsWith('class-');
    yield* groupOf(group, isClassItself);
  }
  yield '</details>';
}

function* groupOf(group: ReportGroup, isNamedAbove: boolean): Generator<string> {
  const { effect, words, heldBy, reason, rule, records } = group;
  const isHeld = heldBy.length > 0;
  const waits = isHeld ? `<span class="waits">waits: ${heldBy.map(escaped).join(', ')}</span>` : '';
  yield `<div class="group" data-effect="${effect}" data-held="${isHeld ? 'yes' : 'no'}"><p class="what"><span class="${effect}">${escaped(words)}</span>${waits}</p>`;
  yield `<p class="why">${escaped(reason)} <span class="rule">(${escaped(rule)})</span></p>`;
  const hasFields = records.some(({ fields }) => fields !== undefined);
  yield `<ul class="names${hasFields ? ' fields' : ''}">`;
  for (const record of records) yield recordItem(record, isNamedAbove);
  yield '</ul></div>';
}

export function recordItem(record: ReportRecord, isNamedAbove = false): string {
  const { id, name, of, in: section, fields } = record;
  const title = name === undefined ? '' : ` title="${escaped(id)}"`;
  const student = of === undefined ? '' : ` <small>of ${label(of)}</small>`;
  const place = section === undefined ? '' : ` <small>in ${label(section)}</small>`;
  const values = fields === undefined ? '' : ` <small>${fields.map(fieldOf).join('; ')}</small>`;
  if (isNamedAbove) return `<li${title}>${values === '' ? `<code>${isolated(id)}</code>` : values.trimStart()}</li>`;
  return `<li${title}>${label(record)}${student}${place}${values}</li>`;
}

function fieldOf({ field, before, after }: ReportField): string {
  if (before === undefined || after === undefined) return escaped(field);
  return `${escaped(field)}: <del>${isolated(before)}</del> → <ins>${isolated(after)}</ins>`;
}

/** `+12 −3`, with words for those who hear it. */
function sums({ comes, changes, goes, held }: ReportSums): string {
  const chips = [
    chip('comes', '+', comes, 'come'),
    chip('changes', '~', changes, 'change'),
    chip('goes', '−', goes, 'go'),
    held === 0 ? '' : `<span class="held">${grouped(held)} waiting</span>`,
  ];
  return `<span class="sums">${chips.join('')}</span>`;
}

function chip(kind: string, sign: string, count: number, words: string): string {
  if (count === 0) return '';
  const number = grouped(count);
  return `<span class="${kind}"><span aria-hidden="true">${sign}${number}</span><span class="gone">${number} ${words}</span></span>`;
}
