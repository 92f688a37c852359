/** A character that JSON never has as it is: within a text it is escaped. */
const SEPARATOR = '\u001E';

/**
 * Documents as one parameter: drivers write a list of texts with a backslash before each quotation mark, and JSON is made of
 * these. `unnest(documents(...))` makes rows of them again.
 */
export function joinDocuments(documents: readonly string[]): string {
  return documents.join(SEPARATOR);
}

/** The list of documents in a parameter such as `$4`, as SQL. */
export function documents(parameter: string): string {
  return `string_to_array(${parameter}::text, E'\\x1E')`;
}
