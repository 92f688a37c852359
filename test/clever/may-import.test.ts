import { describe, expect, it } from 'vitest';
import { assertMayImport, type CleverPerson, findPerson, type MayImportOptions } from '../../src/clever/index.js';
import type { CleverUser } from '../../src/clever/api/wire.js';
import { NotAllowedError } from '../../src/errors.js';

function person(fields: Partial<CleverPerson> = {}): CleverPerson {
  return { id: 'user-1', legacyIds: [], district: 'district-1', type: 'staff', roles: {}, ...fields };
}

/** A person of the staff, as version 3 has them. */
const staff = (roles: readonly string[], schools: readonly string[] = ['school-1', 'school-2']) =>
  person({ roles: { staff: { roles, schools } } });

const districtAdmin = person({ type: 'district_admin', roles: { district_admin: {} } });
const both = person({
  roles: { district_admin: {}, staff: { roles: ['SchoolTechLead'], schools: ['school-1'] } },
});

function refusal(who: CleverPerson, options?: MayImportOptions): NotAllowedError {
  try {
    assertMayImport(who, options);
  } catch (error) {
    if (error instanceof NotAllowedError) return error;
    throw error;
  }
  throw new Error('They may import.');
}

describe('who may import', () => {
  it('is an administrator of the district: all schools', () => {
    const right = { as: 'district_admin', district: 'district-1', schools: 'all' };
    expect(assertMayImport(districtAdmin)).toEqual(right);
    const teacherToo = person({ type: 'teacher', roles: { teacher: { schools: ['school-1'] }, district_admin: {} } });
    expect(assertMayImport(teacherToo)).toEqual(right);
    // Their record may be hidden from the application.
    expect(assertMayImport(person({ type: 'district_admin' }))).toEqual(right);
  });

  it('is an administrator of a school, whom version 3 calls staff: their own schools', () => {
    expect(assertMayImport(staff(['PortalOnly', 'SchoolTechLead']))).toEqual({
      as: 'school_admin',
      district: 'district-1',
      schools: ['school-1', 'school-2'],
    });
    expect(assertMayImport(staff(['Principal']), { schoolAdminRoles: ['Principal'] })).toMatchObject({
      as: 'school_admin',
    });
  });

  it('has the wider right of two, as far as it is allowed', () => {
    expect(assertMayImport(both)).toMatchObject({ as: 'district_admin', schools: 'all' });
    expect(assertMayImport(both, { roles: ['school_admin', 'district_admin'] }).as).toBe('district_admin');
    expect(assertMayImport(both, { roles: ['school_admin'] })).toMatchObject({
      as: 'school_admin',
      schools: ['school-1'],
    });
  });

  it.each([
    ['plain staff', staff([])],
    ['plain staff whom Clever calls by the type of before', { ...staff([]), type: 'school_admin' }],
    ['staff of the portal whom Clever calls by the type of before', { ...staff(['PortalOnly']), type: 'school_admin' }],
    ['a school administrator by the type alone', person({ type: 'school_admin' })],
    ['staff who only see the portal', staff(['PortalOnly'])],
    ['staff with a role that is not known', staff(['schooltechlead'])],
    ['a school administrator without schools', staff(['SchoolTechLead'], [])],
    ['a teacher', person({ type: 'teacher', roles: { teacher: { schools: ['school-1'] } } })],
    ['a student', person({ type: 'student', roles: { student: { schools: ['school-1'], enrollments: [] } } })],
    ['a contact', person({ type: 'contact', roles: { contact: { student_relationships: [] } } })],
    ['somebody unknown', person({ type: 'unknown' })],
    ['an administrator whom a teacher let in by the library', { ...both, authorizedBy: 'teacher' }],
  ])('is not %s: they are sent to the district', (_, who) => {
    const error = refusal(who);
    expect(error).toMatchObject({ code: 'not_allowed', action: 'import' });
    expect(error.message).toContain("ask the district's Clever administrator");
  });

  it('is an administrator of the district whose roster it is, and of no other', () => {
    const right = { district: 'district-1' };
    expect(assertMayImport(districtAdmin, { district: 'district-1' })).toMatchObject(right);
    expect(assertMayImport(staff(['SchoolTechLead']), { district: 'district-1' })).toMatchObject(right);
    for (const who of [districtAdmin, staff(['SchoolTechLead'])]) {
      const error = refusal(who, { district: 'district-2' });
      expect(error).toMatchObject({ code: 'not_allowed', action: 'import' });
      expect(error.message).toContain('another district');
    }
  });

  it('is not whose role the application leaves out', () => {
    expect(refusal(districtAdmin, { roles: ['school_admin'] }).message).toContain('Only a school administrator may');
    expect(refusal(staff(['SchoolTechLead']), { roles: ['district_admin'] }).message).toContain(
      'Only an administrator of the district may',
    );
    expect(refusal(staff(['SchoolTechLead']), { schoolAdminRoles: [] })).toBeInstanceOf(NotAllowedError);
  });

  it.each([
    ['roles', { roles: ['principal'] }],
    ['roles', { roles: [] }],
    ['role', { role: 'district_admin' }],
    ['district', { district: '' }],
    ['district', { district: undefined }],
  ])('is not asked by options that are impossible: %s', (parameter, options) => {
    const ask = () => assertMayImport(districtAdmin, options as MayImportOptions);
    expect(ask).toThrow(expect.objectContaining({ code: 'configuration', parameter }));
  });
});

describe('the person among the users of a roster', () => {
  const users: readonly CleverUser[] = [
    { id: 'user-1', email: 'shared@example.org', roles: { teacher: { schools: [], legacy_id: 'old-1' } } },
    {
      id: 'user-2',
      email: 'shared@example.org',
      roles: { staff: { schools: [], roles: [], legacy_id: 'old-2' }, district_admin: { legacy_id: 'old-3' } },
    },
    { id: 'old-2', roles: {} },
  ];
  const found = (fields: Partial<CleverPerson>) => findPerson(person(fields), users)?.id;

  it('is found by the id before anything else', () => {
    expect(found({ id: 'user-2', legacyIds: ['old-1'] })).toBe('user-2');
    expect(found({ id: 'old-2' })).toBe('old-2');
  });

  it('is found by an id from before version 3, of whichever role', () => {
    expect(found({ id: 'another', legacyIds: ['old-3'] })).toBe('user-2');
    expect(found({ id: 'old-1' })).toBe('user-1');
  });

  it('is not found by the e-mail address', () => {
    expect(found({ id: 'another', email: 'shared@example.org' })).toBeUndefined();
  });
});
