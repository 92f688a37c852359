/** Marks that turn the direction of writing: with them a name could show another text than it is. */
const DIRECTION = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu;
/** Long enough for every name of a person or a school. */
const LONGEST_NAME = 100;

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * A text that is safe between the tags of HTML, and in an attribute in quotes. For templates of your own: whatever comes
 * from a roster or from people goes through it.
 *
 * @example
 * ```ts
 * import { escapeHtml } from 'rosterkit';
 *
 * const paragraph = `<p>Hello ${escapeHtml('<Ada>')},</p>`; // <p>Hello &lt;Ada&gt;,</p>
 * ```
 */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/gu, (character) => HTML_ENTITIES[character] ?? character);
}

/** One line: what would begin another one is a space, and nothing turns the direction of writing. */
export function oneLine(text: string): string {
  return text
    .replace(DIRECTION, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
}

/**
 * A name as a letter may say it; undefined where it is none. What mail programs make a link of, and what is too long to be
 * a name, would be somebody else's message in the school's letter.
 */
export function nameForLetter(name: string | undefined): string | undefined {
  const line = oneLine(name ?? '');
  if (line === '' || line.length > LONGEST_NAME || /[/@\\]|:\/|www\.|\.\p{L}{2,}/iu.test(line)) return undefined;
  return line;
}
