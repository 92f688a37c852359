import { compareIds } from '../../internal/ordered.js';
import type { LocalClass, LocalEnrollment, LocalGuardianLink, LocalSchool, LocalUser } from '../../model/index.js';
import type { Row, Session } from './database.js';
import { json, number, optionalText, text } from './rows.js';

/** How a column of ids is ordered by: as an SQL expression. */
export type OrderKey = (column: string) => string;

/** A collection of the host's records, as it is read. */
export interface Collection<T> {
  /** All of the tenant `$1`, those without a sourcedId first, by the host's id. */
  readonly select: (session: Session, key: OrderKey) => string;
  readonly recordOf: (row: Row) => T;
  /** By UTF-16 code unit, as every collection is ordered. */
  readonly compare: (left: T, right: T) => number;
}

export const SCHOOLS = recordsOf<LocalSchool>('schools');
export const CLASSES = recordsOf<LocalClass>('classes');
export const USERS = recordsOf<LocalUser>('users');

export const ENROLLMENTS: Collection<LocalEnrollment> = {
  select: (session, key) =>
    `SELECT e.id, e.class_id, e.user_id, c.sourced_id AS class_sourced_id,
      u.sourced_id AS user_sourced_id, e.version, e.fields::text AS fields
    FROM ${session.table('enrollments')} e
    JOIN ${session.table('classes')} c ON c.tenant = e.tenant AND c.id = e.class_id
    JOIN ${session.table('users')} u ON u.tenant = e.tenant AND u.id = e.user_id
    WHERE e.tenant = $1
    ORDER BY ${orderBy(key, 'c')}, ${orderBy(key, 'u')}`,
  recordOf: (row) => {
    const classSourcedId = optionalText(row, 'class_sourced_id');
    const userSourcedId = optionalText(row, 'user_sourced_id');
    return {
      ...(json(row, 'fields') as LocalEnrollment),
      id: text(row, 'id'),
      classId: text(row, 'class_id'),
      userId: text(row, 'user_id'),
      ...(classSourcedId === undefined ? {} : { classSourcedId }),
      ...(userSourcedId === undefined ? {} : { userSourcedId }),
      version: number(row, 'version'),
    };
  },
  compare: (left, right) =>
    compareNames(left.classSourcedId, left.classId, right.classSourcedId, right.classId) ||
    compareNames(left.userSourcedId, left.userId, right.userSourcedId, right.userId),
};

export const GUARDIAN_LINKS: Collection<LocalGuardianLink> = {
  select: (session, key) =>
    `SELECT l.id, l.guardian_id, l.student_id, g.sourced_id AS guardian_sourced_id,
      s.sourced_id AS student_sourced_id, l.version, l.fields::text AS fields
    FROM ${session.table('guardian_links')} l
    JOIN ${session.table('users')} g ON g.tenant = l.tenant AND g.id = l.guardian_id
    JOIN ${session.table('users')} s ON s.tenant = l.tenant AND s.id = l.student_id
    WHERE l.tenant = $1
    ORDER BY ${orderBy(key, 'g')}, ${orderBy(key, 's')}`,
  recordOf: (row) => {
    const guardianSourcedId = optionalText(row, 'guardian_sourced_id');
    const studentSourcedId = optionalText(row, 'student_sourced_id');
    return {
      ...(json(row, 'fields') as LocalGuardianLink),
      id: text(row, 'id'),
      guardianId: text(row, 'guardian_id'),
      studentId: text(row, 'student_id'),
      ...(guardianSourcedId === undefined ? {} : { guardianSourcedId }),
      ...(studentSourcedId === undefined ? {} : { studentSourcedId }),
      version: number(row, 'version'),
    };
  },
  compare: (left, right) =>
    compareNames(left.guardianSourcedId, left.guardianId, right.guardianSourcedId, right.guardianId) ||
    compareNames(left.studentSourcedId, left.studentId, right.studentSourcedId, right.studentId),
};

function recordsOf<T extends LocalSchool | LocalClass | LocalUser>(table: string): Collection<T> {
  return {
    select: (session, key) =>
      `SELECT r.id, r.sourced_id, r.version, r.fields::text AS fields FROM ${session.table(table)} r
      WHERE r.tenant = $1 ORDER BY ${orderBy(key, 'r')}`,
    recordOf: (row) => {
      const sourcedId = optionalText(row, 'sourced_id');
      return {
        ...(json(row, 'fields') as T),
        id: text(row, 'id'),
        ...(sourcedId === undefined ? {} : { sourcedId }),
        version: number(row, 'version'),
      };
    },
    compare: (left, right) => compareNames(left.sourcedId, left.id, right.sourcedId, right.id),
  };
}

function orderBy(key: OrderKey, table: string): string {
  return `${key(`${table}.sourced_id`)} NULLS FIRST, ${key(`${table}.id`)}`;
}

function compareNames(
  leftSourcedId: string | undefined,
  leftId: string,
  rightSourcedId: string | undefined,
  rightId: string,
): number {
  if (leftSourcedId === undefined || rightSourcedId === undefined) {
    if (leftSourcedId !== undefined) return 1;
    if (rightSourcedId !== undefined) return -1;
    return compareIds(leftId, rightId);
  }
  return compareIds(leftSourcedId, rightSourcedId);
}

/** The database's own order of ids, by their bytes. */
export const byBytes: OrderKey = (column) => column;

/**
 * The order of UTF-16 code units: characters beyond the basic plane stand before those from U+E000 on, and by their bytes
 * behind them. A mark in front of each of the latter, greater than all of the former, puts them behind.
 */
const byCodeUnits: OrderKey = (column) =>
  `regexp_replace(${column}, '([\\uE000-\\uFFFF])', chr(1114111) || '\\1', 'g')`;

/** How to order the tenant's ids. By their bytes wherever that is the same: only that order has an index. */
export async function orderKey(session: Session, tenant: string): Promise<OrderKey> {
  const isBeyond = ['schools', 'classes', 'users'].map(
    (table) => `EXISTS (SELECT FROM ${session.table(table)}
      WHERE tenant = $1 AND coalesce(sourced_id, id) ~ '[\\U00010000-\\U0010FFFF]')`,
  );
  const [row] = await session.query(`SELECT ${isBeyond.join(' OR ')} AS beyond`, [tenant]);
  return row?.['beyond'] === true ? byCodeUnits : byBytes;
}
