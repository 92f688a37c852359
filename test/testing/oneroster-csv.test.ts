import { describe, expect, test } from 'vitest';
import { generateDistrict, type OneRosterCsvQuirks, oneRosterCsvFiles, withGuardian } from 'rosterkit/testing';
import type { ConfigurationError } from '../../src/errors.js';

const district = generateDistrict({ seed: 15, students: 12 });
const { students, teachers, staff, guardians, classes } = district;
const everyone = [...students, ...teachers, ...staff, ...guardians];
const members = classes.flatMap(({ teacherIds, studentIds }) => [...teacherIds, ...studentIds]);

/** The lines of a file without quotes in it. */
function linesOf(file: string, quirks: OneRosterCsvQuirks = {}, version: '1.0' | '1.1' | '1.2' = '1.1'): string[] {
  return (oneRosterCsvFiles(district, { version, quirks })[file] ?? '').split(/\r?\n/);
}

describe('the files of a bundle', () => {
  test.each([
    ['1.0', ['academicSessions', 'classes', 'courses', 'demographics', 'enrollments', 'orgs', 'users']],
    ['1.1', ['academicSessions', 'classes', 'courses', 'demographics', 'enrollments', 'manifest', 'orgs', 'users']],
    [
      '1.2',
      [
        'academicSessions',
        'classes',
        'courses',
        'demographics',
        'enrollments',
        'manifest',
        'orgs',
        'roles',
        'userProfiles',
        'users',
      ],
    ],
  ] as const)('of %s', (version, names) => {
    const files = oneRosterCsvFiles(district, { version });
    expect(Object.keys(files).sort()).toEqual(names.map((name) => `${name}.csv`));
    const rows = (name: string) => (files[`${name}.csv`] ?? '').trimEnd().split('\n').length - 1;
    expect([rows('orgs'), rows('users'), rows('enrollments')]).toEqual([3, everyone.length, members.length]);
    if (version === '1.2') expect(rows('roles')).toBeGreaterThanOrEqual(everyone.length);
  });

  test('name their columns as their version does, and each reference by its id', () => {
    expect(linesOf('classes.csv', {}, '1.0')[0]).toContain(',grade,courseSourcedId,');
    expect(linesOf('users.csv', {}, '1.2')[0]).not.toMatch(/role|orgSourcedIds/);
    const { id, courseId, schoolId, termId } = classes[0] ?? {};
    const row = linesOf('classes.csv').find((line) => line.startsWith(id ?? '-'));
    for (const reference of [courseId, schoolId, termId]) expect(row).toContain(`,${reference ?? ''},`);
    expect(linesOf('users.csv').find((line) => line.startsWith(students[0]?.id ?? '-'))).toContain(
      `{StateID:${students[0]?.stateId ?? ''}}`,
    );
  });

  test('quote what must be quoted, and keep every character', () => {
    const name = 'Anna "Ann", O\u2019Hara';
    const named = withGuardian(district, { givenName: name });
    expect(oneRosterCsvFiles(named)['users.csv']).toContain('"Anna ""Ann"", O\u2019Hara"');
  });
});

describe('quirks of files', () => {
  test.each<[OneRosterCsvQuirks, string, RegExp]>([
    [{ bom: true }, 'orgs.csv', /^\uFEFFsourcedId,/],
    [{ bom: true, quotes: 'all' }, 'orgs.csv', /^\uFEFF"sourcedId","status",/],
    [{ lineEnds: 'crlf' }, 'orgs.csv', /parentSourcedId\r\n/],
    [{ finalNewline: false }, 'orgs.csv', /[^\n]$/],
    [{}, 'orgs.csv', /\n$/],
    [{ headers: 'lower' }, 'orgs.csv', /^sourcedid,status,datelastmodified,/],
    [{ headers: 'upper' }, 'manifest.csv', /^PROPERTYNAME,VALUE\n/],
    [{}, 'orgs.csv', /\n[0-9a-f]{24},,,/],
    [{ status: 'filled' }, 'orgs.csv', /\n[0-9a-f]{24},active,2026-08-10T04:00:00\.000Z,/],
    [{ metadata: true }, 'orgs.csv', /^[^\n]*,metadata\.note\n[^\n]*,some note\n/],
    [{ extraCells: true }, 'academicSessions.csv', /schoolYear\n[^\n]*,2027,\n/],
    [{ dates: 'american' }, 'academicSessions.csv', /,8\/17\/2026,/],
    [{ booleans: 'capitals' }, 'users.csv', /,TRUE,/],
    [{ booleans: 'digits' }, 'enrollments.csv', /,teacher,1,/],
    [{ lists: 'spaced' }, 'users.csv', /"[0-9a-f]{24}, [0-9a-f]{24}"/],
    [{ roleWords: 'capitalised' }, 'users.csv', /,Teacher,/],
    [{ roleWords: 'ext' }, 'users.csv', /,ext:clerk,/],
    [
      { modes: { users: 'delta', demographics: 'absent' } },
      'manifest.csv',
      /demographics,absent\n[^]*file\.users,delta/,
    ],
    [{ guardiansInMetadata: true }, 'demographics.csv', /,metadata\.Guardian1FullName,metadata\.Guardian1Email,/],
  ])('%j', (quirks, file, expected) => {
    expect(oneRosterCsvFiles(district, { quirks })[file]).toMatch(expected);
  });

  test('leave files and people out, or put them in another order', () => {
    expect(oneRosterCsvFiles(district, { quirks: { manifest: false } })).not.toHaveProperty(['manifest.csv']);
    expect(oneRosterCsvFiles(district, { quirks: { modes: { users: 'absent' } } })).not.toHaveProperty(['users.csv']);
    const enrolled = linesOf('users.csv', { sharesUnenrolledUsers: false }).slice(1, -1);
    expect(enrolled.map((line) => line.slice(0, 24))).toEqual([...new Set(members)].sort());
    const [usual, shuffled] = [linesOf('users.csv'), linesOf('users.csv', { shuffled: true })];
    expect([...shuffled].sort()).toEqual([...usual].sort());
    expect(shuffled).not.toEqual(usual);
  });

  test('that are mistakes are named', () => {
    const naming = (parameter: string) => expect.objectContaining({ parameter }) as ConfigurationError;
    const withQuirks = (quirks: object) => () => oneRosterCsvFiles(district, { quirks });
    expect(withQuirks({ boms: true })).toThrow(naming('quirks.boms'));
    expect(withQuirks({ quotes: 'some' })).toThrow(naming('quirks.quotes'));
    expect(withQuirks({ bom: 'yes' })).toThrow(naming('quirks.bom'));
    expect(withQuirks({ modes: { users: 'all' } })).toThrow(naming('quirks.modes'));
    expect(() => oneRosterCsvFiles(district, { version: '2' as '1.1' })).toThrow(naming('version'));
  });
});
