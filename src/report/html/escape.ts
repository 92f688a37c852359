/**
 * Text in a page. Everything that did not come from this room goes through here.
 *
 * @module
 */

import type { ReportLabel } from '../report.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand between tags and in a quoted attribute. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/gu, (character) => ENTITIES[character] ?? '');
}

/** A text that somebody typed in: whichever way it is read, what stands around it is read as before. */
export function isolated(text: string): string {
  return `<bdi>${escaped(text)}</bdi>`;
}

/** A record by its name, else by its id. */
export function label({ name, id }: ReportLabel): string {
  return name === undefined ? `<code>${isolated(id)}</code>` : isolated(name);
}
