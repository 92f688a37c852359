import { compareIds } from '../internal/ordered.js';
import type { District, DistrictGuardian } from './district.js';

interface Identified {
  readonly id: string;
}

/** The position of the first record whose id is not less than the one given, in records in order of their ids. */
export function lowerBound(records: readonly Identified[], id: string): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareIds((records[middle] as Identified).id, id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The position of the first record whose id is greater than the one given. */
export function upperBound(records: readonly Identified[], id: string): number {
  let position = lowerBound(records, id);
  while (records[position]?.id === id) position += 1;
  return position;
}

/** The position of the record, in records in order of their ids; -1 where there is none. */
export function positionOf(records: readonly Identified[], id: string): number {
  const position = lowerBound(records, id);
  return records[position]?.id === id ? position : -1;
}

/**
 * Answers who the guardians of the student at a position are. Kept in flat columns: a map of the students of a large
 * district would take more room than the students.
 */
export function guardiansByStudent(
  students: readonly Identified[],
  guardians: readonly DistrictGuardian[],
): (studentPosition: number) => readonly DistrictGuardian[] {
  const counts = new Uint32Array(students.length + 1);
  const eachLink = (visit: (student: number, guardian: number) => void): void => {
    guardians.forEach((guardian, guardianPosition) => {
      for (const { studentId } of guardian.students) {
        const position = positionOf(students, studentId);
        if (position >= 0) visit(position, guardianPosition);
      }
    });
  };
  eachLink((student) => {
    counts[student + 1] = (counts[student + 1] ?? 0) + 1;
  });
  for (let index = 1; index < counts.length; index += 1)
    counts[index] = (counts[index] ?? 0) + (counts[index - 1] ?? 0);
  const filled = counts.slice();
  const links = new Uint32Array(counts[students.length] ?? 0);
  eachLink((student, guardian) => {
    links[filled[student] ?? 0] = guardian;
    filled[student] = (filled[student] ?? 0) + 1;
  });
  return (position) => {
    const found = links.subarray(counts[position] ?? 0, counts[position + 1] ?? 0);
    return Array.from(found, (index) => guardians[index]).filter((guardian) => guardian !== undefined);
  };
}

/** The guardians who still have a student, with the links of those students alone. */
export function keepGuardiansOf(
  guardians: readonly DistrictGuardian[],
  isGone: (studentId: string) => boolean,
  at: string,
): readonly DistrictGuardian[] {
  const kept: DistrictGuardian[] = [];
  for (const guardian of guardians) {
    if (!guardian.students.some(({ studentId }) => isGone(studentId))) {
      kept.push(guardian);
      continue;
    }
    const students = guardian.students.filter(({ studentId }) => !isGone(studentId));
    if (students.length > 0) kept.push({ ...guardian, modifiedAt: at, students });
  }
  return kept;
}

/** The instant of the next change: so long after the last one. */
export function later(district: District, milliseconds: number): string {
  return new Date(Date.parse(district.updatedAt) + milliseconds).toISOString();
}
