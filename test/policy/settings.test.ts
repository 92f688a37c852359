import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/errors.js';
import type { PolicyWindow } from '../../src/model/index.js';
import { definePolicy } from '../../src/policy/index.js';

const windowOf = (from: string, to: string, kind: PolicyWindow['kind'] = 'blackout') =>
  definePolicy({ windows: [{ kind, from, to }] }).windows;

describe('windows', () => {
  it('are days or hours of a day', () => {
    expect(windowOf('2026-12-20', '2026-12-20')).toEqual([{ kind: 'blackout', from: '2026-12-20', to: '2026-12-20' }]);
    expect(windowOf('20:00', '07:30', 'quiet')).toEqual([{ kind: 'quiet', from: '20:00', to: '07:30' }]);
    expect(definePolicy().windows).toEqual([]);
  });

  it.each([
    ['2026-02-30', '2026-03-01', 'policy.windows.0.from: is a day such as'],
    ['2026-12-20', 'tomorrow', 'policy.windows.0.to: is a day such as'],
    ['24:00', '07:00', 'policy.windows.0.from: is a day such as'],
    ['2026-12-20', '07:00', 'policy.windows.0.to: is a day where `from` is one'],
    ['2026-12-20', '2026-12-19', 'policy.windows.0.to: comes before `from`'],
    ['07:00', '07:00', 'policy.windows.0.to: is the hour of `from`'],
  ])('from %s to %s are refused', (from, to, message) => {
    expect(() => windowOf(from, to)).toThrow(ConfigurationError);
    expect(() => windowOf(from, to)).toThrow(message);
  });

  it('have a kind that exists', () => {
    expect(() => windowOf('07:00', '08:00', 'never' as 'quiet')).toThrow('policy.windows.0.kind: is "blackout"');
  });

  it.each([
    [{ graceSnapshots: 0 }, 'policy.graceSnapshots: is a number of reads, 1 or more'],
    [{ limits: { rolling: 0.5 } }, 'policy.limits.rolling: is a multiple'],
    [{ unarchive: 'sometimes' as 'off' }, 'policy.unarchive'],
    [
      { access: { permissions: { teacher: 'Family Access' as never } } },
      'policy.access.permissions.teacher: is a list of permission sets',
    ],
    [
      { access: { permissions: { teacher: [' '] } } },
      'policy.access.permissions.teacher.0: is the name of a permission set',
    ],
    [
      { access: { permissions: { teacher: ['Clubs', 'Clubs'] } } },
      'policy.access.permissions.teacher: names a permission set twice',
    ],
    [{ access: { permissions: { principal: ['Clubs'] } as never } }, 'policy.access.permissions'],
  ])('stand beside other settings that are checked: %j', (input, message) => {
    expect(() => definePolicy(input)).toThrow(message);
  });
});
