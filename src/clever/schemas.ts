import { z } from 'zod';
import {
  lenientSourcedIdList,
  lenientTextList,
  optionalSourcedId,
  optionalText,
  requiredSourcedId,
} from '../http/index.js';
import type { CleverCourse, CleverDistrict, CleverSchool, CleverSection, CleverTerm, CleverUser } from './wire.js';

/** An object that may be missing; Clever also sends null and "" for nothing. */
function optional<T extends z.ZodType>(schema: T) {
  return z
    .union([schema, z.literal('')])
    .nullish()
    .transform((value) => (value === '' || value === null ? undefined : value));
}

const credentials = optional(z.object({ district_username: optionalText }));

export const districtSchema: z.ZodType<CleverDistrict> = z.object({
  id: requiredSourcedId,
  name: optionalText,
  state: optionalText,
  last_sync: optionalText,
  pause_start: optionalText,
  pause_end: optionalText,
});

export const schoolSchema: z.ZodType<CleverSchool> = z.object({
  id: requiredSourcedId,
  district: optionalSourcedId,
  name: optionalText,
  sis_id: optionalText,
  school_number: optionalText,
  state_id: optionalText,
  low_grade: optionalText,
  high_grade: optionalText,
  last_modified: optionalText,
});

const student = z.object({
  school: optionalSourcedId,
  schools: lenientSourcedIdList,
  sis_id: optionalText,
  state_id: optionalText,
  student_number: optionalText,
  grade: optionalText,
  graduation_year: optionalText,
  dob: optionalText,
  credentials,
});

const teacher = z.object({
  school: optionalSourcedId,
  schools: lenientSourcedIdList,
  sis_id: optionalText,
  state_id: optionalText,
  teacher_number: optionalText,
  title: optionalText,
  credentials,
  legacy_id: optionalSourcedId,
});

const staff = z.object({
  schools: lenientSourcedIdList,
  staff_id: optionalText,
  title: optionalText,
  department: optionalText,
  roles: lenientTextList,
  credentials,
  legacy_id: optionalSourcedId,
});

const contact = z.object({
  phone: optionalText,
  phone_type: optionalText,
  sis_id: optionalText,
  student_relationships: z
    .array(z.object({ student: optionalSourcedId, relationship: optionalText, type: optionalText }))
    .nullish()
    .transform((relationships) => relationships ?? []),
  legacy_id: optionalSourcedId,
});

export const userSchema: z.ZodType<CleverUser> = z.object({
  id: requiredSourcedId,
  district: optionalSourcedId,
  email: optionalText,
  name: optional(z.object({ first: optionalText, middle: optionalText, last: optionalText })),
  roles: z.object({
    student: optional(student),
    teacher: optional(teacher),
    staff: optional(staff),
    district_admin: optional(z.object({ title: optionalText, legacy_id: optionalSourcedId })),
    contact: optional(contact),
  }),
  last_modified: optionalText,
});

export const sectionSchema: z.ZodType<CleverSection> = z.object({
  id: requiredSourcedId,
  district: optionalSourcedId,
  school: requiredSourcedId,
  course: optionalSourcedId,
  term_id: optionalSourcedId,
  name: optionalText,
  sis_id: optionalText,
  section_number: optionalText,
  period: optionalText,
  subject: optionalText,
  grade: optionalText,
  students: lenientSourcedIdList,
  teacher: optionalSourcedId,
  teachers: lenientSourcedIdList,
  last_modified: optionalText,
});

export const termSchema: z.ZodType<CleverTerm> = z.object({
  id: requiredSourcedId,
  district: optionalSourcedId,
  name: optionalText,
  start_date: optionalText,
  end_date: optionalText,
});

export const courseSchema: z.ZodType<CleverCourse> = z.object({
  id: requiredSourcedId,
  district: optionalSourcedId,
  name: optionalText,
  number: optionalText,
});
