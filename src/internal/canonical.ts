/** JSON with its keys in order and without undefined fields: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- undefined and functions have no JSON, whatever its type says
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  return Array.isArray(value) ? canonicalList(value) : canonicalFields(value);
}

function canonicalList(values: readonly unknown[]): string {
  let text = '[';
  for (let at = 0; at < values.length; at += 1) text += (at === 0 ? '' : ',') + canonicalJson(values[at]);
  return `${text}]`;
}

/** @param left the fields to leave out */
export function canonicalFields(value: object, left?: ReadonlySet<string>): string {
  const fields = value as Readonly<Record<string, unknown>>;
  let text = '{';
  for (const key of sorted(Object.keys(fields))) {
    const field = fields[key];
    if (field === undefined || left?.has(key) === true) continue;
    text += `${text.length === 1 ? '' : ','}${quoted(key)}:${canonicalJson(field)}`;
  }
  return `${text}}`;
}

/** In place, by insertion: the keys of a record are few, and often nearly in order. */
function sorted(keys: string[]): readonly string[] {
  for (let at = 1; at < keys.length; at += 1) {
    const key = keys[at] as string;
    let to = at;
    for (; to > 0 && (keys[to - 1] as string) > key; to -= 1) keys[to] = keys[to - 1] as string;
    keys[to] = key;
  }
  return keys;
}

function quoted(text: string): string {
  return isPlainText(text) ? `"${text}"` : JSON.stringify(text);
}

/** Whether JSON has the text as it is: plain ASCII, as nearly every text, needs no escape. */
export function isPlainText(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 32 || code > 126 || code === 34 || code === 92) return false;
  }
  return true;
}

/** Whether two plain values are the same; a field that is undefined counts as absent. */
export function isSame(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => isSame(item, right[index]));
  }
  const leftFields = left as Record<string, unknown>;
  const rightFields = right as Record<string, unknown>;
  for (const key of Object.keys(leftFields)) if (!isSame(leftFields[key], rightFields[key])) return false;
  for (const key of Object.keys(rightFields)) {
    if (rightFields[key] !== undefined && leftFields[key] === undefined) return false;
  }
  return true;
}
