import type { Change, EnrollmentTarget, GuardianTarget } from '../change.js';
import type { JournalEntry } from '../plan.js';

/** By what the traces of one person are found. */
export interface PersonIds {
  /** The host's ids: the present one, and those of earlier records of the same person. */
  readonly ids: readonly string[];
  /** The sourcedIds that are, or were, this person's and are nobody else's now. */
  readonly sourcedIds: readonly string[];
  /**
   * The host's ids of people who once had one of these sourcedIds and are somebody else.
   *
   * @default nobody
   */
  readonly others?: readonly string[];
}

/** Whether the id, or the sourcedId, is the person's. The host's id decides where it is somebody's known. */
function isPerson(person: PersonIds, id: Name, sourcedId: Name): boolean {
  if (id !== undefined && id !== null) {
    if (person.ids.includes(id)) return true;
    if (person.others?.includes(id) === true) return false;
  }
  return isSourcedId(sourcedId, person);
}

type Name = string | null | undefined;

/** Whether the sourcedId is the person's. */
export function isSourcedId(sourcedId: Name, person: PersonIds): boolean {
  return sourcedId !== undefined && sourcedId !== null && person.sourcedIds.includes(sourcedId);
}

/** Whether a `ChangeBase.subject` names the person: their record, a place of theirs in a class, a guardian link. */
export function isSubjectOf(subject: string, person: PersonIds): boolean {
  if (subject.startsWith('user:')) return person.sourcedIds.includes(subject.slice('user:'.length));
  if (subject.startsWith('user@')) return person.ids.includes(subject.slice('user@'.length));
  const pair = /^(enrollment|guardian):(\d+):/u.exec(subject);
  if (pair === null) return false;
  const words = subject.slice(pair[0].length);
  const end = Number(pair[2]);
  return isWord(words.slice(end + 1), person) || (pair[1] === 'guardian' && isWord(words.slice(0, end), person));
}

/** Whether the key of a change, or of a note that is told once, names the person in its second word. */
export function isKeyOf(key: string, person: PersonIds): boolean {
  return isSubjectOf(key.slice(key.indexOf(' ') + 1), person);
}

/** A sourcedId, or `@` and the host's id. */
function isWord(word: string, person: PersonIds): boolean {
  return person.sourcedIds.includes(word) || (word.startsWith('@') && person.ids.includes(word.slice(1)));
}

/** Whether the change is about the person's record, a place of theirs in a class, or a guardian link of theirs. */
export function isChangeOf(change: Change, person: PersonIds, recordId?: string): boolean {
  const { target, before, after } = change as AnyChange;
  if (change.kind.startsWith('user-')) {
    const id = recordId ?? target.id ?? after?.id;
    return [target, before, after].some((names) => isPerson(person, id, names?.sourcedId));
  }
  const sides: readonly [keyof AnyNames, keyof AnyNames][] = change.kind.startsWith('enrollment-')
    ? [['userId', 'userSourcedId']]
    : change.kind.startsWith('guardian-')
      ? [
          ['guardianId', 'guardianSourcedId'],
          ['studentId', 'studentSourcedId'],
        ]
      : [];
  return sides.some(([id, sourcedId]) => {
    const name = (field: keyof AnyNames): Name => target[field] ?? after?.[field] ?? before?.[field];
    return isPerson(person, name(id), name(sourcedId));
  });
}

/** Whether the entry is about the person's record, a place of theirs in a class, or a guardian link of theirs. */
export function isEntryOf({ change, recordId }: JournalEntry, person: PersonIds): boolean {
  return isChangeOf(change, person, recordId);
}

type AnyNames = Readonly<Partial<Record<keyof (EnrollmentTarget & GuardianTarget) | 'sourcedId', string | null>>>;
interface AnyChange {
  readonly target: AnyNames;
  readonly before: AnyNames | null;
  readonly after: AnyNames | null;
}
