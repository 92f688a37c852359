/** A condition that keeps only documents in which one of the words of a parameter stands: a cheap look before the exact one. */
export function hasWord(column: string, parameter: number): string {
  return `EXISTS (SELECT FROM unnest($${String(parameter)}::text[]) AS word WHERE position(word IN ${column}::text) > 0)`;
}

/** A word as it stands within a document. */
export function inJson(word: string): string {
  return JSON.stringify(word).slice(1, -1);
}
