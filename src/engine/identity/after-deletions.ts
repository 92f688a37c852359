import type { Change } from '../../model/index.js';

/**
 * The changes in their order, but for a re-key that takes a sourcedId which a deletion among them frees: it comes last,
 * since two records never have one sourcedId at a time.
 */
export function afterDeletions(changes: readonly Change[]): readonly Change[] {
  const freed = new Set<string>();
  for (const change of changes) {
    if (change.kind !== 'class-delete' && change.kind !== 'user-delete') continue;
    const sourcedId = change.before?.sourcedId;
    if (typeof sourcedId === 'string') freed.add(word(change.kind, sourcedId));
  }
  if (freed.size === 0) return changes;
  const isLate = (change: Change): boolean => {
    if (change.kind !== 'class-rekey' && change.kind !== 'user-rekey') return false;
    const sourcedId = change.after?.sourcedId;
    return typeof sourcedId === 'string' && freed.has(word(change.kind, sourcedId));
  };
  return [...changes.filter((change) => !isLate(change)), ...changes.filter(isLate)];
}

function word(kind: Change['kind'], sourcedId: string): string {
  return `${kind.startsWith('class-') ? 'class' : 'user'} ${sourcedId}`;
}
