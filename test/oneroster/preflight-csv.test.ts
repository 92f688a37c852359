import { oneRosterCsvSource } from 'rosterkit/oneroster';
import { describe, expect, test } from 'vitest';
import type { Preflight, PreflightFinding } from '../../src/model/index.js';
import { zipOf } from './support/bundle.js';
import { csvDistrict } from './support/district.js';

async function preflight(files: Readonly<Record<string, string>>): Promise<Preflight> {
  const result = await oneRosterCsvSource(await zipOf(files)).preflight?.();
  if (result === undefined) throw new Error('The source has no preflight.');
  return result;
}

const found = ({ findings }: Preflight, code: string): PreflightFinding | undefined =>
  findings.find((finding) => finding.code === code);

describe('a bundle', () => {
  test('is counted like a server', async () => {
    const result = await preflight(csvDistrict);
    expect(result).toMatchObject({ provider: 'oneroster-csv', districtName: 'Example District' });
    expect(result.people).toMatchObject({ student: 2, teacher: 1, guardian: 1 });
    expect(result.collections).toMatchObject({
      schools: { state: 'shared', count: 2 },
      classes: { state: 'shared', count: 2 },
      users: { state: 'shared', count: 4 },
      enrollments: { state: 'shared', count: 2 },
      guardianLinks: { state: 'shared', count: 3 },
    });
    expect(found(result, 'AGENTS_NOT_SHARED')).toMatchObject({ count: 1, ids: ['G-unshared'] });
    expect(found(result, 'AGENTS_NOT_SHARED')?.message).toContain('whoever exports the bundle');
    expect(found(result, 'DELETED_RECORDS')).toMatchObject({ ids: ['E2'] });
  });

  test('without a file does not share what is in it', async () => {
    const result = await preflight(
      Object.fromEntries(Object.entries(csvDistrict).filter(([name]) => name !== 'courses.csv')),
    );
    expect(result.collections.courses).toEqual({ state: 'not-shared', count: 0 });
    expect(found(result, 'COURSES_NOT_SHARED')?.severity).toBe('info');
  });

  test('with a delta in it is not known to be whole, and judges nothing by what is missing', async () => {
    const manifest = csvDistrict['manifest.csv']?.replace('file.users,bulk', 'file.users,delta') ?? '';
    const users = csvDistrict['users.csv']?.split('\n').slice(0, 2).join('\n') ?? '';
    const result = await preflight({ ...csvDistrict, 'manifest.csv': manifest, 'users.csv': users });
    expect(found(result, 'LIST_DOUBTFUL')?.message).toContain('users is not known to be whole (delta)');
    for (const code of ['NO_TEACHERS', 'UNKNOWN_MEMBERS', 'AGENTS_NOT_SHARED']) {
      expect(found(result, code)).toBeUndefined();
    }
  });

  test('with blank dates, as bulk files have them, is not blamed for it', async () => {
    const blank = Object.entries(csvDistrict).map(([name, text]) => [
      name,
      text.replaceAll('2026-08-01T19:35:01.000Z', ''),
    ]);
    const result = await preflight(Object.fromEntries(blank) as typeof csvDistrict);
    expect(result.freshness).toEqual({});
    expect(found(result, 'LAST_CHANGE_UNKNOWN')).toBeUndefined();
  });

  test('names its rows that cannot be used', async () => {
    const users = `${csvDistrict['users.csv'] ?? ''}\nU7,active,,true,S1,student,x,,,,,,,,,,,`;
    expect(found(await preflight({ ...csvDistrict, 'users.csv': users }), 'ROWS_UNUSABLE')).toMatchObject({
      ids: ['U7'],
    });
  });
});
