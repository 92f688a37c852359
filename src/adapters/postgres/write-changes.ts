import type { Change } from '../../model/index.js';
import type { Row, Session } from './database.js';
import { documents, joinDocuments } from './documents.js';
import { findPairs, findTargets, idsBySourcedId, pairTable, TABLE_OF } from './find-ids.js';
import type { PairTable } from './find-ids.js';
import { lookUp, TENANT } from './look-up.js';
import { newId } from './new-id.js';
import type { WrittenRecord as Written } from './record-batch.js';
import { number, text } from './rows.js';
import { stepsOf } from './steps.js';
import type { Step } from './steps.js';

type Fields = Readonly<Record<string, unknown>>;

/** Writes the changes in their order, in sets. What is missing from the answer is stale. */
export async function writeChanges(
  session: Session,
  tenant: string,
  changes: readonly Change[],
): Promise<ReadonlyMap<Change, Written>> {
  const written = new Map<Change, Written>();
  for (const step of stepsOf(changes)) await writeStep(session, tenant, step, written);
  return written;
}

async function writeStep(session: Session, tenant: string, step: Step, written: Map<Change, Written>): Promise<void> {
  switch (step.operation) {
    case 'create': {
      const pairs = pairTable(step.noun);
      if (pairs === undefined) await createRecords(session, tenant, step, written);
      else await createPairs(session, tenant, pairs, step, written);
      return;
    }
    case 'delete':
      await deleteRows(session, tenant, step, written);
      return;
    case 'update':
    case 'purge':
      await updateRows(session, tenant, step, written);
  }
}

async function createRecords(
  session: Session,
  tenant: string,
  step: Step,
  written: Map<Change, Written>,
): Promise<void> {
  const ids = step.changes.map((change) => givenName(change, 'id') ?? newId());
  const rows = await session.query(
    `INSERT INTO ${session.table(TABLE_OF[step.noun])} (tenant, id, sourced_id, version, fields)
     SELECT $1, id, sourced_id, 1, fields::jsonb
     FROM unnest($2::text[], $3::text[], ${documents('$4')}) AS given (id, sourced_id, fields) ORDER BY sourced_id
     ON CONFLICT DO NOTHING RETURNING id`,
    [
      tenant,
      ids,
      step.changes.map((change) => givenName(change, 'sourcedId') ?? null),
      joinDocuments(step.changes.map(({ after }) => document(after, false))),
    ],
  );
  noteCreated(step.changes, ids, rows, written);
}

async function createPairs(
  session: Session,
  tenant: string,
  table: PairTable,
  step: Step,
  written: Map<Change, Written>,
): Promise<void> {
  const pairs = await findPairs(session, tenant, table, step.changes);
  const changes: Change[] = [];
  const ids: string[] = [];
  const lefts: string[] = [];
  const rights: string[] = [];
  const fields: string[] = [];
  for (const [index, change] of step.changes.entries()) {
    const pair = pairs[index];
    if (pair === undefined) continue;
    changes.push(change);
    ids.push(givenName(change, 'id') ?? newId());
    lefts.push(pair.left);
    rights.push(pair.right);
    fields.push(document(change.after, false));
  }
  if (changes.length === 0) return;
  const rows = await session.query(
    `INSERT INTO ${session.table(table.name)} (tenant, id, ${table.left.column}, ${table.right.column}, version, fields)
     SELECT $1, id, "left", "right", 1, fields::jsonb
     FROM unnest($2::text[], $3::text[], $4::text[], ${documents('$5')}) AS given (id, "left", "right", fields)
     ORDER BY "left", "right"
     ON CONFLICT DO NOTHING RETURNING id`,
    [tenant, ids, lefts, rights, joinDocuments(fields)],
  );
  noteCreated(changes, ids, rows, written);
}

async function updateRows(session: Session, tenant: string, step: Step, written: Map<Change, Written>): Promise<void> {
  const isRecord = pairTable(step.noun) === undefined;
  const located = await locate(session, tenant, step);
  const patches = located.map(({ change }) => (change.after ?? {}) as Fields);
  const newNames = patches.map((patch) => (patch['sourcedId'] ?? undefined) as string | undefined);
  const holders = isRecord
    ? await idsBySourcedId(session, tenant, TABLE_OF[step.noun], newNames)
    : new Map<string, string>();
  const free = located
    .map((row, index) => ({ ...row, patch: patches[index] ?? {} }))
    .filter(({ id, patch }) => {
      const name = patch['sourcedId'];
      const holder = typeof name === 'string' ? holders.get(name) : undefined;
      return holder === undefined || holder === id;
    });
  if (free.length === 0) return;
  const rekeys = free.map(({ patch }) => 'sourcedId' in patch);
  await lock(
    session,
    tenant,
    step,
    free.map(({ id }) => id),
  );
  const rows = await session.query(
    `UPDATE ${session.table(TABLE_OF[step.noun])} r
     SET version = r.version + 1, fields = jsonb_strip_nulls(r.fields || given.patch::jsonb)
       ${isRecord ? ', sourced_id = CASE WHEN given.rekeys THEN given.sourced_id ELSE r.sourced_id END' : ''}
     FROM unnest($2::integer[], $3::text[], $4::integer[], ${documents('$5')}, $6::boolean[], $7::text[])
       AS given (position, id, version, patch, rekeys, sourced_id)
     WHERE r.tenant = ${TENANT} AND r.id = given.id AND r.version = given.version
     RETURNING given.position, r.id, r.version`,
    [
      tenant,
      free.map((_, position) => position),
      free.map(({ id }) => id),
      free.map(({ change }) => change.version ?? null),
      joinDocuments(free.map(({ patch }) => document(patch, true))),
      rekeys,
      free.map(({ patch }) => patch['sourcedId'] ?? null),
    ],
  );
  noteWritten(free, rows, written, true);
  if (step.operation === 'purge') {
    await session.query(
      `DELETE FROM ${session.table('enrollments')} WHERE tenant = $1 AND class_id = ANY ($2::text[])`,
      [tenant, rows.map((row) => text(row, 'id'))],
    );
  }
}

async function deleteRows(session: Session, tenant: string, step: Step, written: Map<Change, Written>): Promise<void> {
  const located = await locate(session, tenant, step);
  if (located.length === 0) return;
  const ids = located.map(({ id }) => id);
  // Nor can anybody add a tie to these people between the look at their ties and their deletion.
  await lock(session, tenant, step, ids);
  const rows = await session.query(
    `DELETE FROM ${session.table(TABLE_OF[step.noun])} r
     USING unnest($2::integer[], $3::text[], $4::integer[]) AS given (position, id, version)
     WHERE r.tenant = ${TENANT} AND r.id = given.id AND r.version = given.version
       ${step.noun === 'user' ? hasNoActiveTie(session) : ''}
     RETURNING given.position, r.id`,
    [tenant, ids.map((_, position) => position), ids, located.map(({ change }) => change.version ?? null)],
  );
  noteWritten(located, rows, written, false);
}

/** Takes the rows in the order of their ids: two batches that want the same rows then wait in turn, and never deadlock. */
async function lock(session: Session, tenant: string, step: Step, ids: readonly string[]): Promise<void> {
  await lookUp(
    session,
    {
      named: '(SELECT id FROM unnest($2::text[]) AS given (id) ORDER BY id) AS named',
      table: TABLE_OF[step.noun],
      columns: 'r.id',
      match: 'r.id = named.id',
      lock: 'FOR UPDATE',
    },
    [tenant, ids],
  );
}

/** What is left of a deleted person's or class's ties goes with them, by the foreign keys. */
function hasNoActiveTie(session: Session): string {
  const isActive = `fields ->> 'state' = 'active'`;
  return `AND NOT EXISTS (SELECT FROM ${session.table('enrollments')} e
      WHERE e.tenant = ${TENANT} AND e.user_id = r.id AND e.${isActive})
    AND NOT EXISTS (SELECT FROM ${session.table('guardian_links')} l
      WHERE l.tenant = ${TENANT} AND l.guardian_id = r.id AND l.${isActive})
    AND NOT EXISTS (SELECT FROM ${session.table('guardian_links')} l
      WHERE l.tenant = ${TENANT} AND l.student_id = r.id AND l.${isActive})`;
}

interface Located {
  readonly change: Change;
  readonly id: string;
}

async function locate(session: Session, tenant: string, step: Step): Promise<readonly Located[]> {
  const ids = await findTargets(session, tenant, step.noun, step.changes);
  const located: Located[] = [];
  for (const [index, change] of step.changes.entries()) {
    const id = ids[index];
    if (id !== undefined) located.push({ change, id });
  }
  return located;
}

function noteCreated(
  changes: readonly Change[],
  ids: readonly string[],
  rows: readonly Row[],
  written: Map<Change, Written>,
): void {
  const created = new Set(rows.map((row) => text(row, 'id')));
  for (const [index, change] of changes.entries()) {
    const recordId = ids[index];
    if (recordId !== undefined && created.delete(recordId)) written.set(change, { recordId, version: 1 });
  }
}

function noteWritten(
  located: readonly Located[],
  rows: readonly Row[],
  written: Map<Change, Written>,
  hasVersion: boolean,
): void {
  for (const row of rows) {
    const target = located[number(row, 'position')];
    if (target === undefined) continue;
    const version = hasVersion ? { version: number(row, 'version') } : {};
    written.set(target.change, { recordId: text(row, 'id'), ...version });
  }
}

/** The id or sourcedId that a new record is given. */
function givenName(change: Change, name: 'id' | 'sourcedId'): string | undefined {
  const { after, target } = change as { readonly after: Names | null; readonly target: Names };
  return after?.[name] ?? target[name] ?? undefined;
}

type Names = Readonly<Partial<Record<'id' | 'sourcedId', string | null>>>;

/** What has a column of its own, or belongs to the record at the other end. */
const NO_DOCUMENT_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'version',
  'sourcedId',
  'classId',
  'userId',
  'classSourcedId',
  'userSourcedId',
  'guardianId',
  'studentId',
  'guardianSourcedId',
  'studentSourcedId',
]);

/** The fields as JSON. What is absent is left out of a new record; of a present one it is `null`, and the statement strips it. */
function document(fields: object | null, isPatch: boolean): string {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields ?? {}) as [string, unknown][]) {
    if (NO_DOCUMENT_FIELDS.has(name)) continue;
    if (value !== null && value !== undefined) kept[name] = isPatch ? value : withoutNulls(value);
    else if (isPatch) kept[name] = null;
  }
  return JSON.stringify(kept);
}

/** The value without fields that are `null`, as `jsonb_strip_nulls` leaves it: elements of lists stay. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutNulls);
  const kept: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) if (field !== null) kept[name] = withoutNulls(field);
  return kept;
}
