/**
 * A report as one page that needs nothing else: no network, and no script to be read.
 *
 * @module
 */

import { sha256 } from '../../internal/sha256.js';
import type { Report } from '../report.js';
import { grouped } from '../text.js';
import { scopeInWords } from '../runs.js';
import { changesOf } from './changes.js';
import { causesChart, membersChart, runsChart } from './charts.js';
import { escaped, isolated } from './escape.js';
import { SCRIPT } from './script.js';
import { countsSection, holdsSection, notesSection, schoolsInWords, tiles } from './sections.js';
import { STYLE } from './style.js';

interface Section {
  readonly id: string;
  readonly title: string;
  /** In the list of what there is. */
  readonly link: string;
  readonly lead?: string;
  readonly content: () => Iterable<string>;
}

/** The page, piece by piece: a large one need not be in memory as a whole. */
export function* pageOf(report: Report): Generator<string> {
  const { title, language, verdict, masked, scope, hash, about, run } = report;
  yield `<!doctype html>\n<html lang="${language}">\n<head>\n<meta charset="utf-8">\n`;
  yield `<meta http-equiv="Content-Security-Policy" content="${policyOfPage()}">\n`;
  yield '<meta name="viewport" content="width=device-width,initial-scale=1">\n<meta name="color-scheme" content="light dark">\n';
  yield '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n';
  yield `<title>${escaped(title)}</title>\n<style>${STYLE}</style>\n</head>\n<body>\n<a class="skip" href="#main">Skip to the report</a>\n`;
  const sections = sectionsOf(report);
  const what =
    run === undefined ? `plan <code>${escaped(hash.slice(0, 12))}</code>` : `run <code>${isolated(run.id)}</code>`;
  yield `<header><h1>${isolated(title)}</h1><p class="meta">${isolated(scopeInWords(scope, (id) => id))} · ${what}${masked ? ' · without names' : ''}</p></header>\n`;
  yield `<main id="main">\n<div class="verdict ${verdict.tone}"><p>${escaped(verdict.sentence)}</p>`;
  for (const detail of verdict.details) yield `<p>${escaped(detail)}</p>`;
  yield `</div>\n${tiles(report)}`;
  if (sections.length > 1) {
    const links = sections.map(({ id, link }) => `<li><a href="#${id}">${link}</a></li>`);
    yield `<nav aria-label="In this report"><ul>${links.join('')}</ul></nav>\n`;
  }
  for (const { id, title: heading, lead, content } of sections) {
    yield `<section aria-labelledby="${id}">\n<h2 id="${id}">${heading}</h2>\n`;
    if (lead !== undefined) yield `<p class="lead">${lead}</p>\n`;
    yield* content();
    yield '\n</section>\n';
  }
  yield `</main>\n<footer><p>Made by rosterkit from ${about === 'plan' ? 'a plan' : 'a run'}; nothing was read or written to make it.`;
  yield ` ${about === 'plan' ? 'Plan' : 'Plan of the run'}: <code>${escaped(hash)}</code></p></footer>\n`;
  yield `<script>${SCRIPT}</script>\n</body>\n</html>\n`;
}

function sectionsOf(report: Report): readonly Section[] {
  const { about, holds, members, schools, notes, causes, runs, counts } = report;
  const sections: Section[] = [];
  if (holds.length > 0) {
    sections.push({
      id: 'waiting',
      title: 'Waiting for a decision',
      link: `Waiting (${grouped(holds.length)})`,
      content: () => holdsSection(report),
    });
  }
  if (schools.length > 0) {
    sections.push({
      id: 'changes',
      title: about === 'plan' ? 'What will happen' : 'What happened',
      link: `${about === 'plan' ? 'What will happen' : 'What happened'} (${schoolsInWords(report)})`,
      lead: 'By school and class, each with its reason: + comes, ~ changes, − goes.',
      *content() {
        yield* membersChart(members);
        yield* changesOf(schools);
      },
    });
  }
  if (notes.length > 0) {
    const count = notes.reduce((sum, { count: each }) => sum + each, 0);
    sections.push({
      id: 'notes',
      title: 'Worth knowing',
      link: `Worth knowing (${grouped(count)})`,
      lead: 'These change nothing. What is marked may need somebody.',
      *content() {
        yield '<div class="plain">';
        yield* notesSection(notes);
        yield '</div>';
      },
    });
  }
  if (causes.length > 0) {
    sections.push({
      id: 'causes',
      title: 'Why records are missing',
      link: 'Causes of absence',
      content: () => ['<div class="plain">', causesChart(causes), '</div>'],
    });
  }
  if (runs.length > 0) {
    sections.push({ id: 'runs', title: 'Earlier runs', link: 'Earlier runs', content: () => runsChart(runs) });
  }
  if (counts.length > 0) {
    sections.push({
      id: 'counts',
      title: 'Counts',
      link: 'Counts',
      content: () => ['<div class="plain">', countsSection(report), '</div>'],
    });
  }
  return sections;
}

/** The page may load nothing, send nothing and run nothing but the style and the script of its own. */
function policyOfPage(): string {
  return (
    `default-src 'none'; style-src 'sha256-${base64Hash(STYLE)}'; script-src 'sha256-${base64Hash(SCRIPT)}'; ` +
    "base-uri 'none'; form-action 'none'"
  );
}

function base64Hash(text: string): string {
  const bytes = sha256(text).match(/../gu) ?? [];
  return btoa(String.fromCharCode(...bytes.map((byte) => Number.parseInt(byte, 16))));
}
