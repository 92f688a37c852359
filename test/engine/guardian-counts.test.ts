import { describe, expect, it } from 'vitest';
import { GuardianCounts, noteManyGuardians } from '../../src/engine/rules/guardian-counts.js';

describe('P10: students with many guardians', () => {
  it('are told from six on, in one note', () => {
    const note = noteManyGuardians([
      ['a', 6],
      ['b', 5],
      ['c', 9],
    ]);
    expect(note).toEqual({
      rule: 'P10',
      code: 'MANY_GUARDIANS',
      severity: 'warning',
      noun: 'guardian',
      evidence: { students: 2, most: 9, first: ['a', 'c'] },
    });
  });

  it('a single one is named', () => {
    expect(noteManyGuardians([['a', 7]])).toMatchObject({ subject: 'user:a', evidence: { students: 1, most: 7 } });
  });

  it('not with five', () => {
    expect(noteManyGuardians([['a', 5]])).toBeUndefined();
    expect(noteManyGuardians([])).toBeUndefined();
  });

  it('names no more than twenty of many', () => {
    const many = Array.from({ length: 300 }, (_, index) => [`s${String(index)}`, 6] as const);
    const evidence = noteManyGuardians(many)?.evidence;
    expect(evidence?.['students']).toBe(300);
    expect(evidence?.['first']).toHaveLength(20);
  });

  it('are found in two looks, and counted to the end', () => {
    const counts = new GuardianCounts();
    const links = [...Array.from({ length: 8 }, () => 'a'), ...Array.from({ length: 5 }, () => 'b')];
    for (const student of links) counts.estimate(student);
    for (const student of links) counts.count(student);
    expect(counts.note()).toMatchObject({ subject: 'user:a', evidence: { students: 1, most: 8 } });
  });
});
