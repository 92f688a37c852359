/**
 * The persons of both sides by their sourcedIds, for the few of whom another table asks. In memory a search answers at
 * once. Of streams it has to be asked beforehand, and the next pass over the persons answers.
 *
 * @module
 */

import { findById } from '../../internal/search.js';
import type { LocalUser, Scope, User } from '../../model/index.js';

/** What other tables ask of a person of the host. */
export type HostPerson = Pick<LocalUser, 'id' | 'schoolSourcedIds' | 'state' | 'by'>;

/** What they ask of a person of the feed. */
export type FeedPerson = Pick<User, 'status' | 'familyName' | 'schoolSourcedIds'>;

export interface PersonDirectory {
  /** Announces that this person may be looked up. */
  ask(sourcedId: string): void;
  /** Takes up what was asked of a person who comes by. */
  answer(feed: User | undefined, local: LocalUser | undefined): void;
  /** False where nobody asked beforehand, so that nothing is known. */
  isKnown(sourcedId: string): boolean;
  /** The feed's record; undefined where there is none. */
  feedOf(sourcedId: string): FeedPerson | undefined;
  hostOf(sourcedId: string): HostPerson | undefined;
}

/** Both sides in memory, in order. */
export class WholeDirectory implements PersonDirectory {
  /** Of one person several things are asked, one after the other. */
  private lastId: string | undefined;
  private lastHost: LocalUser | undefined;

  constructor(
    private readonly users: readonly User[],
    private readonly locals: readonly LocalUser[],
  ) {}

  ask(): void {
    // Everybody can be looked up.
  }

  answer(): void {
    // Nobody has to be remembered.
  }

  isKnown(): boolean {
    return true;
  }

  feedOf(sourcedId: string): User | undefined {
    return findById(this.users, sourcedId, idOfUser);
  }

  hostOf(sourcedId: string): LocalUser | undefined {
    if (sourcedId !== this.lastId) {
      this.lastHost = findById(this.locals, sourcedId, idOfLocalUser);
      this.lastId = sourcedId;
    }
    return this.lastHost;
  }
}

interface Answer {
  feed: FeedPerson | undefined;
  host: HostPerson | undefined;
}

/** Only those of whom something was asked, and of them only what may be asked. */
export class AskedDirectory implements PersonDirectory {
  /** Whether anybody was asked for since the last pass. */
  hasQuestions = false;
  private readonly answers = new Map<string, Answer>();

  /** Whether the run is of some schools alone: else nobody asks who is where in the feed. */
  private readonly isOfSchools: boolean;

  constructor({ schools }: Scope) {
    this.isOfSchools = schools !== undefined;
  }

  ask(sourcedId: string): void {
    if (this.answers.has(sourcedId)) return;
    this.answers.set(sourcedId, { feed: undefined, host: undefined });
    this.hasQuestions = true;
  }

  isKnown(sourcedId: string): boolean {
    return this.answers.has(sourcedId);
  }

  answer(feed: User | undefined, local: LocalUser | undefined): void {
    const answer = this.answers.get((feed ?? (local as LocalUser)).sourcedId as string);
    if (answer === undefined) return;
    if (feed !== undefined) {
      const { status, familyName } = feed;
      const schoolSourcedIds = this.isOfSchools ? feed.schoolSourcedIds : NONE;
      answer.feed = status === undefined ? { familyName, schoolSourcedIds } : { status, familyName, schoolSourcedIds };
    }
    if (local === undefined || answer.host !== undefined) return;
    const { id, schoolSourcedIds, state, by } = local;
    answer.host = by === undefined ? { id, schoolSourcedIds, state } : { id, schoolSourcedIds, state, by };
  }

  feedOf(sourcedId: string): FeedPerson | undefined {
    return this.answers.get(sourcedId)?.feed;
  }

  hostOf(sourcedId: string): HostPerson | undefined {
    return this.answers.get(sourcedId)?.host;
  }
}

const NONE: readonly string[] = [];

function idOfUser(user: User): string {
  return user.sourcedId;
}

function idOfLocalUser(user: LocalUser): string {
  return user.sourcedId ?? '';
}
