/** A case written by hand: say what is not quiet. */

import { defaultPolicy, type Policy } from '../../../src/model/index.js';
import type { Case, ClassCase, EventCase, MemberCase, ReadCase, UserCase } from './cases.js';

type Parts<T> = Partial<T>;

export interface QuietParts {
  readonly classes: readonly QuietClass[];
  /** By index: teachers 0 to 3, students 4 to 15, an aide, an administrator. */
  readonly users?: Readonly<Record<number, Parts<UserCase>>>;
  readonly policy?: Partial<Policy>;
  readonly scope?: Case['scope'];
  readonly rounds?: readonly QuietRound[];
}

type QuietClass = Omit<Parts<ClassCase>, 'students' | 'teacher'> & {
  /** By index from 0. */
  readonly students?: Readonly<Record<number, Parts<MemberCase>>>;
  readonly teacher?: Parts<ClassCase['teacher']>;
};

interface QuietRound {
  readonly read?: Parts<ReadCase>;
  readonly events?: readonly EventCase[];
  readonly undone?: readonly number[];
  /** After so many changes. */
  readonly breaksOff?: number;
  readonly policy?: Partial<Policy>;
}

const OPEN = { enrollments: 1, classes: 1, users: 1 };

export function quietCase({ classes, users = {}, policy = {}, scope = 'district', rounds = [{}] }: QuietParts): Case {
  const own: Policy = {
    ...defaultPolicy,
    fullData: true,
    archive: true,
    limits: { ...defaultPolicy.limits, ...OPEN },
    ...policy,
  };
  return {
    classes: classes.map(quietClass),
    users: Array.from({ length: 18 }, (_, index) => ({
      feed: 'present',
      host: 'roster',
      anew: 'no',
      school: 0,
      hasEmail: true,
      ...users[index],
    })),
    scope,
    policy: own,
    rounds: rounds.map((round) => ({
      read: {
        attestation: 'complete',
        collection: 'schools',
        rejected: [],
        hasRejected: false,
        schools: 'all',
        without: 'nothing',
        isReversed: false,
        isAgain: false,
        ...round.read,
      },
      events: [...(round.events ?? [])],
      edits: [],
      word: { holds: ['wait'], undone: [...(round.undone ?? [])], breaksOff: round.breaksOff },
      hours: 24,
      policy: round.policy === undefined ? undefined : { ...own, ...round.policy },
    })),
  };
}

function quietClass({ students = {}, teacher, ...fields }: QuietClass): ClassCase {
  return {
    feed: 'present',
    host: 'roster',
    drift: 'none',
    school: 0,
    name: 0,
    details: 0,
    term: 0,
    hostTerm: 0,
    tide: 'none',
    ...fields,
    teacher: { user: 0, before: 'same', feed: true, ...teacher },
    students: Object.entries(students).map(([user, student]) => ({
      user: Number(user),
      feed: 'active',
      host: 'roster',
      drift: 'none',
      ...student,
    })),
  };
}
