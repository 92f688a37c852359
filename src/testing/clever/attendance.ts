import type { CleverRecord } from './records.js';
import type { CleverView, Listing } from './view.js';
import type { DistrictClass } from '../district.js';
import { serialOf } from '../ids.js';
import { positionOf } from '../lookup.js';

/** Clever's greatest page of attendance. */
export const greatestAttendanceLimit = 1_000;

const dayMs = 86_400_000;

interface Row {
  readonly id: string;
  readonly section: DistrictClass;
  readonly studentId: string;
  readonly date: string;
  readonly status: string;
}

/**
 * Attendance of a school or a section, version 3.1: every student on the last two days, one in ten of them late or
 * absent, and the same ones each time. Undefined where the token sees no such school or section.
 */
export function attendanceOf(
  view: CleverView,
  of: 'schools' | 'sections',
  id: string,
  query: URLSearchParams,
): Listing | undefined {
  if (positionOf(view.list(of).records, id) < 0) return undefined;
  const sections = view.sections.filter((section) => (of === 'schools' ? section.schoolId : section.id) === id);
  const from = query.get('date_range_start') ?? '';
  const to = query.get('date_range_end') ?? '9999';
  const wanted = query.get('attendance_status');
  const rows = sections
    .flatMap((section) => rowsOf(section, view.district.updatedAt))
    .filter(({ date, status }) => from <= date && date <= to && (wanted === null || wanted === status));
  return {
    records: rows,
    writerAt: (position) => {
      const row = rows[position];
      return row === undefined ? undefined : () => written(view, row);
    },
  };
}

/** In order of their ids, which are made of the section, the student and the day: they stand in links alone. */
function rowsOf(section: DistrictClass, updatedAt: string): readonly Row[] {
  const days = [Date.parse(updatedAt) - dayMs, Date.parse(updatedAt)];
  return [...section.studentIds].sort().flatMap((studentId) =>
    days.map((day, index) => ({
      id: `${section.id.slice(16)}${studentId.slice(16)}0000000${String(index)}`,
      section,
      studentId,
      date: new Date(day).toISOString().slice(0, 10),
      status: statuses[(serialOf(studentId) + index) % 20] ?? 'present',
    })),
  );
}

const statuses: Readonly<Record<number, string>> = { 0: 'absent', 1: 'tardy' };

function written(view: CleverView, { section, studentId, date, status }: Row): CleverRecord {
  return {
    sis_id: section.sisId,
    student_id: studentId,
    school_id: section.schoolId,
    section_id: section.id,
    district_id: view.district.id,
    attendance_date: date,
    attendance_type: 'section',
    attendance_status: status,
    excuse_code: '',
    created: view.district.updatedAt,
    last_modified: view.district.updatedAt,
  };
}
