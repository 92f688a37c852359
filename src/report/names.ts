/**
 * What records are called: by their names where these are known and may be told, else by their ids.
 *
 * @module
 */

import { sha256 } from '../internal/sha256.js';
import type { Change, LocalState, Roster } from '../model/index.js';
import type { ReportLabel } from './report.js';
import { shown } from './text.js';

/** What is known of a record, from whichever side. */
interface Known {
  readonly name?: string | null | undefined;
  readonly givenName?: string | null | undefined;
  readonly familyName?: string | null | undefined;
  readonly username?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly roles?: readonly string[] | null | undefined;
}

/** A record by its sourcedId, else by the host's id. */
export interface Reference {
  readonly sourcedId?: string | null | undefined;
  readonly id?: string | undefined;
}

type Kind = 'school' | 'class' | 'user';

/** The records of one kind, by either id. */
class Index {
  private readonly bySourcedId = new Map<string, Known>();
  private readonly byId = new Map<string, Known & Reference>();

  /** What is told later counts more. */
  add(record: Known, { sourcedId, id }: Reference): void {
    if (typeof sourcedId === 'string') this.bySourcedId.set(sourcedId, record);
    if (id !== undefined) this.byId.set(id, { ...(sourcedId === undefined ? {} : { sourcedId }), ...record });
  }

  find({ sourcedId, id }: Reference): Known | undefined {
    const local = id === undefined ? undefined : this.byId.get(id);
    return this.bySourcedId.get(sourcedId ?? local?.sourcedId ?? '') ?? local;
  }
}

export class Names {
  private readonly indexes: Readonly<Record<Kind, Index>> = {
    school: new Index(),
    class: new Index(),
    user: new Index(),
  };
  private readonly terms = new Map<string, Known>();
  /** What people are called, word by word: an id that is made of such words is none to show. */
  private readonly personal = new Set<string>();

  constructor(
    changes: readonly Change[],
    roster: Roster | undefined,
    local: LocalState | undefined,
    private readonly masked: boolean,
  ) {
    for (const change of changes) this.learnFrom(change);
    for (const school of local?.schools ?? []) this.learn('school', school, school);
    for (const section of local?.classes ?? []) this.learn('class', section, section);
    for (const user of local?.users ?? []) this.learn('user', user, user);
    for (const school of roster?.schools ?? []) this.learn('school', school, { sourcedId: school.sourcedId });
    for (const section of roster?.classes ?? []) this.learn('class', section, { sourcedId: section.sourcedId });
    for (const user of roster?.users ?? []) this.learn('user', user, { sourcedId: user.sourcedId });
    for (const term of roster?.terms ?? []) this.terms.set(term.sourcedId, term);
  }

  school(reference: Reference): ReportLabel {
    return this.label(reference, this.indexes.school.find(reference));
  }

  class(reference: Reference): ReportLabel {
    return this.label(reference, this.indexes.class.find(reference));
  }

  user(reference: Reference): ReportLabel {
    return this.label(reference, this.indexes.user.find(reference));
  }

  /** What a person is first of all, where that is known. */
  roleOf(reference: Reference): string | undefined {
    return this.indexes.user.find(reference)?.roles?.[0];
  }

  /** A record that is known by an id of whichever kind, as part of a sentence. */
  mention(id: string, kinds: readonly (Kind | 'term')[]): string {
    for (const kind of kinds) {
      const known =
        kind === 'term'
          ? this.terms.get(id)
          : (this.indexes[kind].find({ sourcedId: id }) ?? this.indexes[kind].find({ id }));
      if (known === undefined) continue;
      const { name, id: ownId } = this.label({ sourcedId: id }, known);
      return name === undefined ? ownId : `${name} (${ownId})`;
    }
    return this.id(id);
  }

  /** An id as it may be shown. */
  id(id: string, known: Known = {}): string {
    return this.masked && this.isTelling(id, known) ? `#${sha256(id).slice(0, 10)}` : shown(id);
  }

  private label(reference: Reference, known: Known | undefined): ReportLabel {
    const id = this.id(reference.sourcedId ?? reference.id ?? '', known);
    if (this.masked || known === undefined) return { id };
    const { name, givenName, familyName } = known;
    const text = shown(name ?? `${givenName ?? ''} ${familyName ?? ''}`);
    return text === '' ? { id } : { id, name: text };
  }

  private learnFrom(change: Change): void {
    const { kind, target, before, after } = change;
    const fields = { ...before, ...after };
    if (kind.startsWith('enrollment') || kind.startsWith('guardian')) return;
    const { id, sourcedId } = target as Reference;
    const reference = { id, sourcedId: sourcedId ?? (fields as Reference).sourcedId };
    this.learn(kind.slice(0, kind.indexOf('-')) as Kind, fields, reference);
  }

  private learn(kind: Kind, record: Known, reference: Reference): void {
    // An update says only what changes: that a class has another period is not how it is called.
    const { name, givenName, familyName } = record;
    if (typeof (name ?? givenName ?? familyName) !== 'string') return;
    this.indexes[kind].add(record, reference);
    if (this.masked && kind === 'user') for (const word of wordsOf(record)) this.personal.add(word);
  }

  /** Whether an id holds an address, or what somebody is called. */
  private isTelling(id: string, known: Known): boolean {
    if (/[@\s]/u.test(id)) return true;
    const lower = id.toLowerCase();
    const own = [known.name, known.givenName, known.familyName, known.username, known.email];
    if (own.some((word) => isCalling(word) && lower.includes(word.toLowerCase()))) return true;
    return lower.split(/[^\p{L}\p{N}]+/u).some((word) => this.personal.has(word));
  }
}

function wordsOf({ givenName, familyName, username, email }: Known): readonly string[] {
  return [givenName, familyName, username, email?.slice(0, email.indexOf('@'))]
    .filter(isCalling)
    .flatMap((text) => [text.toLowerCase(), ...text.toLowerCase().split(/[^\p{L}\p{N}]+/u)])
    .filter(isCalling);
}

/** A word that tells who somebody is: a number does not, and short ones are found in any id. */
function isCalling(word: string | null | undefined): word is string {
  return typeof word === 'string' && word.length >= 3 && !/^\d+$/u.test(word);
}
