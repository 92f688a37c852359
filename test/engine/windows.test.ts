import { describe, expect, it } from 'vitest';
import { policyWithin, windowsAt } from '../../src/engine/gates/windows.js';
import type { PolicyWindow } from '../../src/model/index.js';
import { definePolicy } from '../../src/policy/index.js';

const NEW_YORK = 'America/New_York';
const open = (windows: readonly PolicyWindow[], now: Date | string, timeZone = 'UTC') =>
  [...windowsAt({ windows, timeZone }, now)].sort();

describe('Z9: windows of the policy', () => {
  const holidays = [{ kind: 'blackout', from: '2026-12-20', to: '2027-01-03' }] as const;

  it.each([
    ['the day before', '2026-12-19T23:59:59Z', []],
    ['the first day', '2026-12-20T00:00:00Z', ['blackout']],
    ['a day between', '2026-12-31T12:00:00Z', ['blackout']],
    ['the last day, to its end', '2027-01-03T23:59:59Z', ['blackout']],
    ['the day after', '2027-01-04T00:00:00Z', []],
  ])('days, both included: %s', (_title, now, expected) => {
    expect(open(holidays, now)).toEqual(expected);
  });

  const midday = [{ kind: 'additive-only', from: '11:30', to: '13:00' }] as const;
  const night = [{ kind: 'quiet', from: '20:00', to: '07:00' }] as const;

  it.each([
    ['before', midday, '11:29', []],
    ['from the minute on', midday, '11:30', ['additive-only']],
    ['until the last minute', midday, '12:59', ['additive-only']],
    ['not at the end itself', midday, '13:00', []],
    ['past midnight: in the evening', night, '20:00', ['quiet']],
    ['past midnight: at midnight', night, '00:00', ['quiet']],
    ['past midnight: in the morning', night, '06:59', ['quiet']],
    ['past midnight: not by day', night, '07:00', []],
    ['past midnight: not just before', night, '19:59', []],
  ] as const)('hours: %s', (_title, windows, hour, expected) => {
    expect(open(windows, `2026-10-01T${hour}:30Z`)).toEqual(expected);
  });

  it('in the district’s time zone, winter and summer', () => {
    expect(open(night, '2026-01-15T11:30:00Z', NEW_YORK)).toEqual(['quiet']);
    expect(open(night, '2026-01-15T12:30:00Z', NEW_YORK)).toEqual([]);
    expect(open(night, '2026-07-15T11:30:00Z', NEW_YORK)).toEqual([]);
    expect(open(holidays, '2026-12-20T04:59:00Z', NEW_YORK)).toEqual([]);
    expect(open(holidays, '2026-12-20T05:00:00Z', NEW_YORK)).toEqual(['blackout']);
  });

  it('several at once, and none where there are none', () => {
    expect(open([...holidays, ...night], new Date('2026-12-24T21:00:00Z'))).toEqual(['blackout', 'quiet']);
    expect(open([], '2026-12-24T21:00:00Z')).toEqual([]);
  });

  it('an additive-only window makes the policy so, and no other does', () => {
    const policy = definePolicy({ fullData: true });
    expect(policyWithin(policy, new Set(['additive-only']))).toEqual({ ...policy, additiveOnly: true });
    expect(policyWithin(policy, new Set(['quiet', 'blackout']))).toBe(policy);
    const adding = definePolicy({ additiveOnly: true });
    expect(policyWithin(adding, new Set(['additive-only']))).toBe(adding);
  });
});
