import { compareIds, inOrder } from '../../internal/ordered.js';
import type {
  Ledger,
  LocalClass,
  LocalEnrollment,
  LocalGuardianLink,
  LocalSchool,
  LocalState,
  LocalUser,
  Scope,
} from '../../model/index.js';
import type { Row, Session } from './database.js';
import { json, number, optionalText, text } from './rows.js';

/** Rows that one answer of the database brings: a larger one saves little and fills the driver's buffers. */
const ROWS_PER_FETCH = 10_000;

/** Every record of the tenant, in the order in which the engine merges, as of one moment. */
export async function loadState(
  session: Session,
  scope: Scope,
  ledger: Ledger,
  signal: AbortSignal | undefined,
): Promise<LocalState> {
  const { tenant } = scope;
  return {
    scope,
    ledger,
    schools: await loadRecords<LocalSchool>(session, tenant, 'schools', signal),
    classes: await loadRecords<LocalClass>(session, tenant, 'classes', signal),
    users: await loadRecords<LocalUser>(session, tenant, 'users', signal),
    enrollments: await loadEnrollments(session, tenant, signal),
    guardianLinks: await loadGuardianLinks(session, tenant, signal),
  };
}

async function loadRecords<T extends LocalSchool | LocalClass | LocalUser>(
  session: Session,
  tenant: string,
  table: string,
  signal: AbortSignal | undefined,
): Promise<readonly T[]> {
  const records: T[] = [];
  const query = `SELECT id, sourced_id, version, fields::text AS fields FROM ${session.table(table)}
    WHERE tenant = $1 ORDER BY sourced_id NULLS FIRST, id`;
  for await (const row of fetchAll(session, query, tenant, signal)) {
    const sourcedId = optionalText(row, 'sourced_id');
    records.push({
      ...(json(row, 'fields') as T),
      id: text(row, 'id'),
      ...(sourcedId === undefined ? {} : { sourcedId }),
      version: number(row, 'version'),
    });
  }
  return inOrder(records, (left, right) => compareNames(left.sourcedId, left.id, right.sourcedId, right.id));
}

async function loadEnrollments(
  session: Session,
  tenant: string,
  signal: AbortSignal | undefined,
): Promise<readonly LocalEnrollment[]> {
  const enrollments: LocalEnrollment[] = [];
  const query = `SELECT e.id, e.class_id, e.user_id, c.sourced_id AS class_sourced_id,
      u.sourced_id AS user_sourced_id, e.version, e.fields::text AS fields
    FROM ${session.table('enrollments')} e
    JOIN ${session.table('classes')} c ON c.tenant = e.tenant AND c.id = e.class_id
    JOIN ${session.table('users')} u ON u.tenant = e.tenant AND u.id = e.user_id
    WHERE e.tenant = $1
    ORDER BY c.sourced_id NULLS FIRST, c.id, u.sourced_id NULLS FIRST, u.id`;
  for await (const row of fetchAll(session, query, tenant, signal)) {
    const classSourcedId = optionalText(row, 'class_sourced_id');
    const userSourcedId = optionalText(row, 'user_sourced_id');
    enrollments.push({
      ...(json(row, 'fields') as LocalEnrollment),
      id: text(row, 'id'),
      classId: text(row, 'class_id'),
      userId: text(row, 'user_id'),
      ...(classSourcedId === undefined ? {} : { classSourcedId }),
      ...(userSourcedId === undefined ? {} : { userSourcedId }),
      version: number(row, 'version'),
    });
  }
  return inOrder(
    enrollments,
    (left, right) =>
      compareNames(left.classSourcedId, left.classId, right.classSourcedId, right.classId) ||
      compareNames(left.userSourcedId, left.userId, right.userSourcedId, right.userId),
  );
}

async function loadGuardianLinks(
  session: Session,
  tenant: string,
  signal: AbortSignal | undefined,
): Promise<readonly LocalGuardianLink[]> {
  const links: LocalGuardianLink[] = [];
  const query = `SELECT l.id, l.guardian_id, l.student_id, g.sourced_id AS guardian_sourced_id,
      s.sourced_id AS student_sourced_id, l.version, l.fields::text AS fields
    FROM ${session.table('guardian_links')} l
    JOIN ${session.table('users')} g ON g.tenant = l.tenant AND g.id = l.guardian_id
    JOIN ${session.table('users')} s ON s.tenant = l.tenant AND s.id = l.student_id
    WHERE l.tenant = $1
    ORDER BY g.sourced_id NULLS FIRST, g.id, s.sourced_id NULLS FIRST, s.id`;
  for await (const row of fetchAll(session, query, tenant, signal)) {
    const guardianSourcedId = optionalText(row, 'guardian_sourced_id');
    const studentSourcedId = optionalText(row, 'student_sourced_id');
    links.push({
      ...(json(row, 'fields') as LocalGuardianLink),
      id: text(row, 'id'),
      guardianId: text(row, 'guardian_id'),
      studentId: text(row, 'student_id'),
      ...(guardianSourcedId === undefined ? {} : { guardianSourcedId }),
      ...(studentSourcedId === undefined ? {} : { studentSourcedId }),
      version: number(row, 'version'),
    });
  }
  return inOrder(
    links,
    (left, right) =>
      compareNames(left.guardianSourcedId, left.guardianId, right.guardianSourcedId, right.guardianId) ||
      compareNames(left.studentSourcedId, left.studentId, right.studentSourcedId, right.studentId),
  );
}

async function* fetchAll(
  session: Session,
  query: string,
  tenant: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Row> {
  await session.query(`DECLARE loaded NO SCROLL CURSOR FOR ${query}`, [tenant]);
  for (;;) {
    signal?.throwIfAborted();
    const rows = await session.query(`FETCH ${String(ROWS_PER_FETCH)} FROM loaded`);
    yield* rows;
    if (rows.length < ROWS_PER_FETCH) break;
  }
  await session.query('CLOSE loaded');
}

/**
 * By UTF-16 code unit, as every collection is; the database's bytes order characters beyond the basic plane elsewhere.
 * Records without a sourcedId come first, by the host's id.
 */
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
