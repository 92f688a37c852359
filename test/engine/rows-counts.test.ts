/** What a plan counts over a whole read, and what it says of it: only what is there, and of the right side. */

import { describe, expect, it } from 'vitest';
import { enrolled, school, student } from '../support/build.js';
import { classWith, holdLines, hostOf, merge, people, planOf } from '../support/rows.js';

const persons = (prefix: string, count: number, old = prefix) =>
  Array.from({ length: count }, (_, index) =>
    student(`${prefix}${String(index)}`, {
      givenName: 'Ann',
      familyName: `Lee-${old}`,
      email: `${old}${String(index)}@x.example`,
    }),
  );
const C1 = classWith('c1');

describe('G5: whether the ids of all persons are new', () => {
  /** Eleven persons of the host, six of whom are gone; the feed has so many under new ids. */
  const resetWith = (renewed: number) => {
    const stayed = persons('p', 5);
    const gone = persons('q', 6);
    const feed = people(...stayed, ...persons('n', renewed, 'q'));
    return holdLines(planOf({ feed, host: hostOf(people(...stayed, ...gone)), alone: true }));
  };

  it('is told where more than half of the feed’s persons are unknown', () => {
    expect(resetWith(6)).toContain('G5:users ID_SPACE_RESET 0');
  });

  it('not where those whom both sides know are as many', () => {
    expect(resetWith(5)).toEqual([]);
  });
});

describe('M10: what names nothing', () => {
  it('is told with how much of it there is, and counts against the read', () => {
    const feed = merge(C1, people(student('b')), { enrollments: [enrolled('c0', 'a'), enrolled('c0', 'b')] });
    const { notes, ledger } = planOf({ feed, host: hostOf(C1), alone: true });
    expect(notes).toMatchObject([
      { rule: 'M10', subject: 'class:c0', evidence: { missing: 'class', class: 'c0', enrollments: 2 } },
    ]);
    expect(ledger.healthy?.closure).toBe(0.5);
  });

  it('not what is marked as deleted', () => {
    const gone = { status: 'tobedeleted' } as const;
    const feed = merge(C1, { enrollments: [enrolled('c9', 'a', gone), enrolled('c9', 't', gone)] });
    expect(planOf({ feed, host: hostOf(C1), alone: true }).ledger.healthy?.closure).toBe(1);
  });
});

it('the read that was healthy is remembered with its courses and schools', () => {
  const feed = { ...C1, schools: [school('s1')], courses: [{ sourcedId: 'math', title: 'Math' }] };
  expect(planOf({ feed, host: hostOf(C1), alone: true }).ledger.healthy?.counts).toMatchObject({
    schools: 1,
    courses: 1,
    classes: 1,
    users: 2,
    enrollments: 2,
  });
});
