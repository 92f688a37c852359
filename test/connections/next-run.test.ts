import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextRunAt, type Schedule } from '../../src/index.js';
import type { Scheduled } from '../../src/connections/index.js';

const NEW_YORK: Schedule = { at: '02:30', timeZone: 'America/New_York' };

function scheduled(schedule: Partial<Schedule> = {}, fields: Partial<Scheduled> = {}): Scheduled {
  return {
    id: 'c1',
    state: 'enabled',
    schedule: { ...NEW_YORK, ...schedule },
    scheduledSince: '2010-01-01T00:00:00.000Z',
    ...fields,
  };
}

function next(connection: Scheduled, now: string): string | undefined {
  return nextRunAt(connection, new Date(now))?.toISOString();
}

/** The times that a connection would run at, one after another, each dealt with at once. */
function runsOf(connection: Scheduled, from: string, count: number): string[] {
  const runs: string[] = [];
  let now = new Date(from);
  let present: Scheduled = { ...connection, doneAt: now.toISOString() };
  for (let number = 0; number < count; number += 1) {
    const at = nextRunAt(present, now);
    if (at === undefined) break;
    runs.push(at.toISOString());
    now = at;
    present = { ...present, doneAt: at.toISOString() };
  }
  return runs;
}

describe('a day that has a time twice, or not at all', () => {
  test('a time that does not exist is that of the next moment that does', () => {
    expect(runsOf(scheduled(), '2026-03-07T00:00:00.000Z', 3)).toEqual([
      '2026-03-07T07:30:00.000Z',
      '2026-03-08T07:00:00.000Z',
      '2026-03-09T06:30:00.000Z',
    ]);
  });

  test('a time that comes twice counts once', () => {
    expect(runsOf(scheduled({ at: '01:30' }), '2026-10-31T00:00:00.000Z', 3)).toEqual([
      '2026-10-31T05:30:00.000Z',
      '2026-11-01T05:30:00.000Z',
      '2026-11-02T06:30:00.000Z',
    ]);
  });

  test('midnight, half hours and a day that was left out', () => {
    expect(runsOf(scheduled({ at: '00:00', timeZone: 'America/Sao_Paulo' }), '2018-11-03T12:00:00.000Z', 2)).toEqual([
      '2018-11-04T03:00:00.000Z',
      '2018-11-05T02:00:00.000Z',
    ]);
    expect(runsOf(scheduled({ at: '02:15', timeZone: 'Australia/Lord_Howe' }), '2026-10-03T00:00:00.000Z', 2)).toEqual([
      '2026-10-03T15:30:00.000Z',
      '2026-10-04T15:15:00.000Z',
    ]);
    expect(runsOf(scheduled({ at: '12:30', timeZone: 'Pacific/Apia' }), '2011-12-29T00:00:00.000Z', 2)).toEqual([
      '2011-12-29T22:30:00.000Z',
      '2011-12-30T22:30:00.000Z',
    ]);
  });
});

describe('days', () => {
  test('weekdays are those of the zone', () => {
    const connection = scheduled({ at: '23:00', weekdays: ['friday'] });
    // 3:00 on Saturday, in UTC.
    expect(runsOf(connection, '2026-09-15T00:00:00.000Z', 2)).toEqual([
      '2026-09-19T03:00:00.000Z',
      '2026-09-26T03:00:00.000Z',
    ]);
  });

  test('a pause leaves its days out, the first and the last included', () => {
    const pauses = [
      { from: '2026-11-26', to: '2026-11-27' },
      { from: '12-20', to: '01-03' },
    ];
    const runs = runsOf(scheduled({ at: '12:00', timeZone: 'UTC', pauses }), '2026-11-24T13:00:00.000Z', 28);
    expect(runs.slice(0, 2)).toEqual(['2026-11-25T12:00:00.000Z', '2026-11-28T12:00:00.000Z']);
    expect(runs).toContain('2026-12-19T12:00:00.000Z');
    expect(runs.filter((run) => run > '2026-12-19T13')[0]).toBe('2027-01-04T12:00:00.000Z');
    expect(next(scheduled({ at: '12:00', timeZone: 'UTC', pauses }), '2030-12-25T00:00:00.000Z')).toBe(
      '2031-01-04T12:00:00.000Z',
    );
  });

  test('a schedule whose every day is in a pause has no next run', () => {
    expect(next(scheduled({ pauses: [{ from: '01-01', to: '12-31' }] }), '2026-09-15T00:00:00.000Z')).toBeUndefined();
  });
});

describe('what was missed', () => {
  const connection = scheduled({}, { doneAt: '2026-09-10T06:30:00.000Z' });

  test('of several times the last one alone is due', () => {
    expect(next(connection, '2026-09-15T12:00:00.000Z')).toBe('2026-09-15T06:30:00.000Z');
    expect(next({ ...connection, doneAt: '2026-09-15T06:30:00.000Z' }, '2026-09-15T12:00:00.000Z')).toBe(
      '2026-09-16T06:30:00.000Z',
    );
  });

  test('is not due on a day of a pause, nor after it', () => {
    const paused = scheduled(
      { pauses: [{ from: '2026-09-16', to: '2026-09-18' }] },
      { doneAt: connection.doneAt ?? '' },
    );
    expect(next(paused, '2026-09-15T12:00:00.000Z')).toBe('2026-09-15T06:30:00.000Z');
    expect(next(paused, '2026-09-16T12:00:00.000Z')).toBe('2026-09-19T06:30:00.000Z');
    expect(next(paused, '2026-09-19T05:00:00.000Z')).toBe('2026-09-19T06:30:00.000Z');
  });

  test('does not count from before the connection was enabled', () => {
    const young = scheduled({}, { scheduledSince: '2026-09-15T06:31:00.000Z' });
    expect(next(young, '2026-09-15T12:00:00.000Z')).toBe('2026-09-16T06:30:00.000Z');
  });
});

describe('states', () => {
  test('only a connection that syncs has a next run, or one whose pause comes to an end', () => {
    const now = '2026-09-15T12:00:00.000Z';
    for (const state of ['draft', 'checked', 'previewed', 'paused', 'disconnected'] as const) {
      expect(next(scheduled({}, { state }), now), state).toBeUndefined();
    }
    const pausedUntil = '2026-09-20T12:00:00.000Z';
    expect(next(scheduled({}, { state: 'paused', pausedUntil }), now)).toBe('2026-09-21T06:30:00.000Z');
    expect(next(scheduled({}, { state: 'paused', pausedUntil }), '2026-09-20T13:00:00.000Z')).toBe(
      '2026-09-21T06:30:00.000Z',
    );
    const { schedule: _none, ...unscheduled } = scheduled();
    expect(next(unscheduled, now)).toBeUndefined();
  });
});

describe('jitter', () => {
  test('is the same for a connection every day, differs between them, and is less than asked for', () => {
    const minutesLate = new Set<number>();
    for (let number = 0; number < 60; number += 1) {
      const connection = scheduled({ timeZone: 'UTC', jitterMinutes: 60 }, { id: `c${String(number)}` });
      const late = runsOf(connection, '2026-09-15T00:00:00.000Z', 3).map(
        (run, day) => Date.parse(run) - Date.UTC(2026, 8, 15 + day, 2, 30),
      );
      expect(new Set(late).size).toBe(1);
      expect(late[0]).toBeGreaterThanOrEqual(0);
      expect(late[0]).toBeLessThan(60 * 60_000);
      minutesLate.add(Math.floor((late[0] ?? 0) / 60_000));
    }
    expect(minutesLate.size).toBeGreaterThan(25);
  });
});

const ZONES = [
  ...['America/New_York', 'America/Los_Angeles', 'America/Phoenix', 'Europe/Berlin', 'Europe/Dublin', 'Asia/Kolkata'],
  ...['Australia/Lord_Howe', 'America/St_Johns', 'Africa/Casablanca', 'Asia/Tehran', 'Pacific/Apia', 'Pacific/Chatham'],
  ...['America/Havana', 'Asia/Beirut', 'America/Asuncion', 'Africa/Cairo', 'UTC', 'America/Scoresbysund'],
];

/** `2026-03-08T01:59` in the zone. */
function localOf(timeZone: string): (instant: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  return (instant) => format.format(instant).replace(' ', 'T');
}

/** The instants at which the zone's offset changes, between two years; found without the code under test. */
function transitionsOf(timeZone: string): number[] {
  const local = localOf(timeZone);
  const offset = (instant: number) => Date.parse(`${local(instant)}:00Z`) - instant;
  const found: number[] = [];
  const step = 24 * 3_600_000;
  for (let at = Date.UTC(2024, 0, 1); at < Date.UTC(2028, 0, 1); at += step) {
    if (offset(at) !== offset(at + step)) found.push(at);
  }
  return found;
}

test('each day of every zone has one run, at the first moment that is not before its time', () => {
  const cases = ZONES.flatMap((timeZone) => {
    const days = transitionsOf(timeZone);
    return (days.length === 0 ? [Date.UTC(2026, 2, 8)] : days).map((day) => ({ timeZone, day }));
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...cases),
      // Most clocks change at night.
      fc.oneof(fc.integer({ min: 0, max: 239 }), fc.integer({ min: 0, max: 1439 })),
      fc.integer({ min: 0, max: 24 * 60 }),
      ({ timeZone, day }, minuteOfDay, startMinute) => {
        const at = new Date(minuteOfDay * 60_000).toISOString().slice(11, 16);
        const from = day - 24 * 3_600_000 + startMinute * 60_000;
        const runs = runsOf(scheduled({ at, timeZone }), new Date(from).toISOString(), 4).map((run) => Date.parse(run));
        const local = localOf(timeZone);
        const dates = runs.map((run) => local(run).slice(0, 10));
        expect(new Set(dates).size).toBe(4);
        runs.forEach((run, index) => {
          const date = dates[index] ?? '';
          const wanted = `${date}T${at}`;
          expect(local(run) >= wanted).toBe(true);
          // No earlier minute of the day is late enough.
          for (let earlier = run - 60_000; earlier >= run - 4 * 3_600_000; earlier -= 60_000) {
            const then = local(earlier);
            if (then.startsWith(date)) expect(then < wanted).toBe(true);
          }
        });
        // No day is left out.
        for (let index = 1; index < dates.length; index += 1) {
          expect(Date.parse(dates[index] ?? '') - Date.parse(dates[index - 1] ?? '')).toBe(24 * 3_600_000);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('whenever one looks, the run before and the run after are neighbours', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.integer({ min: 0, max: 1439 }),
      fc.integer({ min: 0, max: 720 }),
      fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2027, 0, 1) }),
      (timeZone, minuteOfDay, jitterMinutes, instant) => {
        const at = new Date(minuteOfDay * 60_000).toISOString().slice(11, 16);
        const connection = scheduled({ at, timeZone, jitterMinutes }, { scheduledSince: '2024-01-01T00:00:00.000Z' });
        const now = new Date(instant);
        const due = nextRunAt(connection, now);
        expect(due !== undefined && due <= now).toBe(true);
        const doneAt = (due ?? now).toISOString();
        const after = nextRunAt({ ...connection, doneAt }, now);
        expect(after !== undefined && after > now).toBe(true);
        expect(nextRunAt({ ...connection, doneAt }, due ?? now)).toEqual(after);
      },
    ),
    { numRuns: 100 },
  );
});
