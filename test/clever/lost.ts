/**
 * The paths of what was sent and did not arrive as it was sent. Null and empty text are nothing, and cannot be lost; a
 * number may arrive as its text.
 */
export function lost(sent: unknown, arrived: unknown, path = ''): readonly string[] {
  if (sent === null || sent === undefined || sent === '') return [];
  if (typeof sent !== 'object')
    return sent === arrived || (typeof sent === 'number' && String(sent) === arrived) ? [] : [path];
  if (typeof arrived !== 'object' || arrived === null) return [path];
  const kept = new Map<string, unknown>(Object.entries(arrived));
  return Object.entries(sent).flatMap(([key, value]) =>
    lost(value, kept.get(key), path === '' ? key : `${path}.${key}`),
  );
}
