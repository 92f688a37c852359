/**
 * Texts that somebody typed in, made fit to be shown: a name may hold anything.
 *
 * @module
 */

/** Longer names are cut: nobody reads on, and one of 10,000 characters would bury the others. */
const LONGEST = 120;

/**
 * What no page shows as it is meant: control characters, halves of a surrogate pair, and marks that turn the direction of
 * what comes after them.
 */
const UNSHOWABLE = /[\p{Cc}\p{Surrogate}\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]/gu;

/** The text on one line, without what cannot be shown, and no longer than a line or two. */
export function shown(text: string, longest = LONGEST): string {
  // Four times as long is enough to find so many characters, whatever is dropped; the rest is not looked at.
  const start = text.length > longest * 4 ? text.slice(0, longest * 4) : text;
  const line = start
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029 ]+/gu, ' ')
    .replace(UNSHOWABLE, '\uFFFD')
    .trim();
  if (line.length <= longest && start.length === text.length) return line;
  const characters = Array.from(line);
  return characters.length <= longest && start.length === text.length
    ? line
    : `${characters.slice(0, longest).join('').trimEnd()}…`;
}

/** A word that puts names into an order that is the same everywhere: case and accents count only where all else is equal. */
export function orderOf(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** `1,204` */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/gu, ',');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `1 Sep 2026, 06:00 UTC`; what is no instant is shown as it is. */
export function instant(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return shown(iso);
  return `${day(iso)}, ${date.toISOString().slice(11, 16)} UTC`;
}

/** `1 Sep 2026` */
export function day(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return shown(iso);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}`;
}
