/**
 * A plan or a run, written down.
 *
 * @module
 */

import { pageOf } from './html/page.js';
import type { ReportInput, ReportOptions } from './input.js';
import { markdownOf } from './markdown.js';
import { reportOf } from './tell.js';

/**
 * A plan or a run as one HTML page that needs nothing else: it loads nothing, sends nothing, and is whole without a script. What
 * waits comes first, each with the sentence that explains it; then what happens in each school and class, with reasons. Works on
 * a phone, by night and on paper, and with a keyboard or a screen reader. Every text is escaped; the page forbids itself, by its
 * own Content-Security-Policy, whatever it does not hold already. The same input gives the same page, to the byte.
 *
 * A page tells who is in which class. Give `masked: true` where it leaves the school.
 *
 * @throws ConfigurationError naming an option that does not exist or is of another kind, and the part of the input that is not
 * of the plan or run: another read, scope or tenant
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { MemoryStore, RosterSync } from 'rosterkit';
 * import { renderHtml } from 'rosterkit/report';
 * import { districtRoster, generateDistrict, rosterSource } from 'rosterkit/testing';
 *
 * const scope = { tenant: 'district-1' };
 * const sync = new RosterSync({
 *   source: rosterSource(() => districtRoster(generateDistrict({ seed: 1, students: 40 }), { scope })),
 *   store: new MemoryStore(),
 *   scope,
 * });
 * const plan = await sync.plan();
 * await writeFile('plan.html', renderHtml({ plan }));
 * ```
 */
export function renderHtml(input: ReportInput, options: ReportOptions = {}): string {
  return [...htmlChunks(input, options)].join('');
}

/**
 * {@link renderHtml}, piece by piece: for a page that goes to a file or an answer as it is made.
 *
 * @throws ConfigurationError as {@link renderHtml} does, at once
 * @example
 * ```ts
 * import { Readable } from 'node:stream';
 * import { definePolicy, MemoryStore, reconcile } from 'rosterkit';
 * import { htmlChunks } from 'rosterkit/report';
 * import { districtRoster, generateDistrict } from 'rosterkit/testing';
 *
 * const roster = districtRoster(generateDistrict({ seed: 1 }), { scope: { tenant: 'district-1' } });
 * const local = await new MemoryStore().load({ tenant: 'district-1' });
 * const plan = reconcile({ roster, local, policy: definePolicy(), now: roster.readAt });
 *
 * const stream = Readable.from(htmlChunks({ plan, roster, local }));
 * console.log((await stream.toArray()).join('').length > 0);
 * ```
 */
export function htmlChunks(input: ReportInput, options: ReportOptions = {}): Iterable<string> {
  return pageOf(reportOf(input, options));
}

/**
 * A plan or a run as Markdown (GitHub's): the facts of {@link renderHtml}, for a ticket or a pull request. What people typed in is
 * escaped, so that a name is neither markup nor a link.
 *
 * @throws ConfigurationError as {@link renderHtml} does
 * @example
 * ```ts
 * import { definePolicy, MemoryStore, reconcile } from 'rosterkit';
 * import { renderMarkdown } from 'rosterkit/report';
 * import { districtRoster, generateDistrict } from 'rosterkit/testing';
 *
 * const roster = districtRoster(generateDistrict({ seed: 1 }), { scope: { tenant: 'district-1' } });
 * const local = await new MemoryStore().load({ tenant: 'district-1' });
 * const plan = reconcile({ roster, local, policy: definePolicy(), now: roster.readAt });
 *
 * console.log(renderMarkdown({ plan, roster, local }, { masked: true }).split('\n')[0]); // # Roster plan of district-1
 * ```
 */
export function renderMarkdown(input: ReportInput, options: ReportOptions = {}): string {
  return [...markdownOf(reportOf(input, options))].join('');
}

/**
 * A plan or a run as JSON: the {@link Report} itself, for programs.
 *
 * @throws ConfigurationError as {@link renderHtml} does
 * @example
 * ```ts
 * import { definePolicy, MemoryStore, reconcile } from 'rosterkit';
 * import { renderJson, type Report } from 'rosterkit/report';
 * import { districtRoster, generateDistrict } from 'rosterkit/testing';
 *
 * const roster = districtRoster(generateDistrict({ seed: 1 }), { scope: { tenant: 'district-1' } });
 * const local = await new MemoryStore().load({ tenant: 'district-1' });
 * const plan = reconcile({ roster, local, policy: definePolicy(), now: roster.readAt });
 *
 * const { holds } = JSON.parse(renderJson({ plan, roster, local })) as Report;
 * console.log(holds.length);
 * ```
 */
export function renderJson(input: ReportInput, options: ReportOptions = {}): string {
  return `${JSON.stringify(reportOf(input, options), null, 2)}\n`;
}
