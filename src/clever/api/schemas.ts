/** What each field of Clever's records is. The keys and their types are those of `wire.ts`; the compiler compares them. */

import {
  anyObject,
  detail,
  details,
  ids,
  optionalId,
  optionalTexts,
  part,
  parts,
  record,
  reference,
  requiredId,
  texts,
  told,
  words,
  yesOrNo,
} from '../../http/index.js';
import type {
  CleverAttendance,
  CleverContactRole,
  CleverCourse,
  CleverCredentials,
  CleverDisability,
  CleverDistrict,
  CleverDistrictAdminRole,
  CleverDistrictContact,
  CleverLmsStatus,
  CleverLocation,
  CleverName,
  CleverPrincipal,
  CleverResource,
  CleverRoles,
  CleverSchool,
  CleverSchoolEnrollment,
  CleverSection,
  CleverStaffRole,
  CleverStudentRelationship,
  CleverStudentRole,
  CleverTeacherRole,
  CleverTerm,
  CleverUser,
} from './wire.js';

const name = record<CleverName>({ first: words, middle: words, last: words });
const credentials = record<CleverCredentials>({ district_username: words });
const location = record<CleverLocation>({
  address: words,
  city: words,
  state: words,
  zip: words,
  lat: words,
  lon: words,
});
const lmsStatus = record<CleverLmsStatus>({ synced_in_lms: yesOrNo });

export const readDistrict = record<CleverDistrict>({
  id: requiredId,
  name: words,
  sis_type: words,
  state: words,
  last_sync: words,
  last_attendance_sync: words,
  pause_start: words,
  pause_end: words,
  launch_date: words,
  error: words,
  portal_url: words,
  login_methods: optionalTexts,
  district_contact: detail(
    record<CleverDistrictContact>({
      id: reference,
      district: reference,
      email: words,
      name: detail(name),
      title: words,
    }),
  ),
  mdr_number: words,
  nces_id: words,
  lms_type: words,
  lms_state: words,
});

export const readSchool = record<CleverSchool>({
  id: requiredId,
  district: reference,
  name: words,
  sis_id: words,
  school_number: words,
  state_id: words,
  nces_id: words,
  mdr_number: words,
  low_grade: words,
  high_grade: words,
  phone: words,
  location: detail(location),
  principal: detail(record<CleverPrincipal>({ name: words, email: words })),
  ext: anyObject,
  created: words,
  last_modified: words,
});

const student = record<CleverStudentRole>({
  school: reference,
  schools: ids,
  sis_id: words,
  state_id: words,
  student_number: words,
  grade: words,
  graduation_year: words,
  gender: words,
  dob: words,
  race: words,
  hispanic_ethnicity: words,
  ell_status: words,
  frl_status: words,
  iep_status: words,
  gifted_status: words,
  section_504_status: words,
  home_language: words,
  home_language_code: words,
  preferred_name: detail(name),
  disability: detail(
    record<CleverDisability>({ disability_status: words, disability_type: words, disability_code: words }),
  ),
  location: detail(location),
  credentials: part(credentials),
  email: words,
  enrollments: details(record<CleverSchoolEnrollment>({ school: reference, start_date: words, end_date: words })),
  ext: anyObject,
  legacy_id: reference,
  created: words,
  last_modified: words,
});

const teacher = record<CleverTeacherRole>({
  school: reference,
  schools: ids,
  sis_id: words,
  state_id: words,
  teacher_number: words,
  title: words,
  credentials: part(credentials),
  ext: anyObject,
  legacy_id: reference,
  district: reference,
  name: detail(name),
  created: words,
  last_modified: words,
});

const staff = record<CleverStaffRole>({
  schools: ids,
  staff_id: words,
  title: words,
  department: words,
  roles: texts,
  credentials: part(credentials),
  ext: anyObject,
  legacy_id: reference,
});

const contact = record<CleverContactRole>({
  phone: words,
  phone_type: words,
  sis_id: words,
  student_relationships: told(
    parts(record<CleverStudentRelationship>({ student: reference, relationship: words, type: words })),
  ),
  legacy_id: reference,
});

export const readUser = record<CleverUser>({
  id: requiredId,
  district: reference,
  email: words,
  name: part(name),
  roles: record<CleverRoles>({
    student: part(student),
    teacher: part(teacher),
    staff: part(staff),
    district_admin: part(record<CleverDistrictAdminRole>({ title: words, legacy_id: reference })),
    contact: part(contact),
  }),
  lms_status: detail(lmsStatus),
  created: words,
  last_modified: words,
});

export const readSection = record<CleverSection>({
  id: requiredId,
  district: reference,
  school: requiredId,
  course: reference,
  term_id: reference,
  name: words,
  sis_id: words,
  section_number: words,
  period: words,
  subject: words,
  grade: words,
  students: told(ids),
  teacher: optionalId,
  teachers: told(ids),
  ext: anyObject,
  lms_status: detail(lmsStatus),
  created: words,
  last_modified: words,
});

export const readTerm = record<CleverTerm>({
  id: requiredId,
  district: reference,
  name: words,
  start_date: words,
  end_date: words,
});

export const readCourse = record<CleverCourse>({ id: requiredId, district: reference, name: words, number: words });

export const readResource = record<CleverResource>({
  id: requiredId,
  resource_id: reference,
  district: reference,
  title: words,
  roles: optionalTexts,
  created: words,
  updated: words,
});

export const readAttendance = record<CleverAttendance>({
  sis_id: words,
  student_id: requiredId,
  school_id: reference,
  section_id: reference,
  district_id: reference,
  attendance_date: words,
  attendance_type: words,
  attendance_status: words,
  excuse_code: words,
  created: words,
  last_modified: words,
});
