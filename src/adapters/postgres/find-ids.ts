import type { Change, ChangeNoun, EnrollmentChange, GuardianChange, RecordTarget } from '../../model/index.js';
import type { Session } from './database.js';
import { lookUp } from './look-up.js';
import { text } from './rows.js';

/** The table of each noun. */
export const TABLE_OF: Readonly<Record<ChangeNoun, string>> = {
  school: 'schools',
  class: 'classes',
  user: 'users',
  enrollment: 'enrollments',
  guardian: 'guardian_links',
};

/** A table whose records have sourcedIds. */
type RecordTable = 'schools' | 'classes' | 'users';

/** A table whose records tie two others together, with the columns that hold these. */
export interface PairTable {
  readonly name: 'enrollments' | 'guardian_links';
  readonly left: { readonly column: 'class_id' | 'guardian_id'; readonly table: RecordTable };
  readonly right: { readonly column: 'user_id' | 'student_id'; readonly table: RecordTable };
}

const ENROLLMENTS: PairTable = {
  name: 'enrollments',
  left: { column: 'class_id', table: 'classes' },
  right: { column: 'user_id', table: 'users' },
};
const GUARDIAN_LINKS: PairTable = {
  name: 'guardian_links',
  left: { column: 'guardian_id', table: 'users' },
  right: { column: 'student_id', table: 'users' },
};

/** The two host ids that a change of a pair is about. */
export interface Pair {
  readonly left: string;
  readonly right: string;
}

export function pairTable(noun: ChangeNoun): PairTable | undefined {
  if (noun === 'enrollment') return ENROLLMENTS;
  return noun === 'guardian' ? GUARDIAN_LINKS : undefined;
}

/** The host's ids of the records that the changes are about, in their order; `undefined` where there is none. */
export async function findTargets(
  session: Session,
  tenant: string,
  noun: ChangeNoun,
  changes: readonly Change[],
): Promise<readonly (string | undefined)[]> {
  const table = pairTable(noun);
  if (table === undefined) {
    const targets = changes.map((change) => change.target as RecordTarget);
    const bySourcedId = await idsBySourcedId(
      session,
      tenant,
      TABLE_OF[noun],
      targets.map((target) => (target.id === undefined ? target.sourcedId : undefined)),
    );
    return targets.map(({ id, sourcedId }) => id ?? (sourcedId === undefined ? undefined : bySourcedId.get(sourcedId)));
  }
  const unnamed = changes.filter((change) => change.target.id === undefined);
  if (unnamed.length === 0) return changes.map((change) => change.target.id);
  const pairs = await findPairs(session, tenant, table, unnamed);
  const { left, right } = table;
  const rows = await lookUp(
    session,
    {
      named: 'unnest($2::text[], $3::text[]) AS named ("left", "right")',
      table: table.name,
      columns: `r.id, r.${left.column} AS "left", r.${right.column} AS "right"`,
      match: `r.${left.column} = named."left" AND r.${right.column} = named."right"`,
    },
    [tenant, pairs.map((pair) => pair?.left ?? null), pairs.map((pair) => pair?.right ?? null)],
  );
  const ids = new Map(rows.map((row) => [pairKey(text(row, 'left'), text(row, 'right')), text(row, 'id')]));
  const found = new Map<Change, string | undefined>();
  for (const [index, change] of unnamed.entries()) {
    const pair = pairs[index];
    found.set(change, pair === undefined ? undefined : ids.get(pairKey(pair.left, pair.right)));
  }
  return changes.map((change) => change.target.id ?? found.get(change));
}

/** The two records of each change, where both are there. */
export async function findPairs(
  session: Session,
  tenant: string,
  table: PairTable,
  changes: readonly Change[],
): Promise<readonly (Pair | undefined)[]> {
  const names = changes.map((change) => pairNames(change as EnrollmentChange | GuardianChange));
  const lefts = await existing(
    session,
    tenant,
    table.left.table,
    names.map(({ left }) => left),
  );
  const rights = await existing(
    session,
    tenant,
    table.right.table,
    names.map(({ right }) => right),
  );
  return names.map((_, index) => {
    const left = lefts[index];
    const right = rights[index];
    return left === undefined || right === undefined ? undefined : { left, right };
  });
}

interface PairNames {
  readonly left: RecordTarget;
  readonly right: RecordTarget;
}

function pairNames(change: EnrollmentChange | GuardianChange): PairNames {
  const target = change.target as Names;
  const after = (change.after ?? {}) as Names;
  const name = (side: 'class' | 'user' | 'guardian' | 'student'): RecordTarget =>
    recordName(
      after[`${side}Id`] ?? target[`${side}Id`] ?? undefined,
      after[`${side}SourcedId`] ?? target[`${side}SourcedId`] ?? undefined,
    );
  return change.kind.startsWith('enrollment-')
    ? { left: name('class'), right: name('user') }
    : { left: name('guardian'), right: name('student') };
}

type Names = Readonly<Record<string, string | null | undefined>>;

function recordName(id: string | undefined, sourcedId: string | undefined): RecordTarget {
  return { ...(id === undefined ? {} : { id }), ...(sourcedId === undefined ? {} : { sourcedId }) };
}

async function existing(
  session: Session,
  tenant: string,
  table: RecordTable,
  names: readonly RecordTarget[],
): Promise<readonly (string | undefined)[]> {
  const ids = distinct(names.map((name) => name.id));
  const present = await presentIds(session, tenant, table, ids);
  const bySourcedId = await idsBySourcedId(
    session,
    tenant,
    table,
    names.map((name) => (name.id === undefined ? name.sourcedId : undefined)),
  );
  return names.map(({ id, sourcedId }) => {
    if (id !== undefined) return present.has(id) ? id : undefined;
    return sourcedId === undefined ? undefined : bySourcedId.get(sourcedId);
  });
}

/** Those of the host's ids that are there. */
export async function presentIds(
  session: Session,
  tenant: string,
  table: RecordTable,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await lookUp(
    session,
    { named: 'unnest($2::text[]) AS named (id)', table, columns: 'r.id', match: 'r.id = named.id' },
    [tenant, ids],
  );
  return new Set(rows.map((row) => text(row, 'id')));
}

/** The host's ids of those sourcedIds that are there. */
export async function idsBySourcedId(
  session: Session,
  tenant: string,
  table: string,
  sourcedIds: readonly (string | undefined)[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = distinct(sourcedIds);
  if (wanted.length === 0) return new Map();
  const rows = await lookUp(
    session,
    {
      named: 'unnest($2::text[]) AS named (sourced_id)',
      table,
      columns: 'r.sourced_id, r.id',
      match: 'r.sourced_id = named.sourced_id',
    },
    [tenant, wanted],
  );
  return new Map(rows.map((row) => [text(row, 'sourced_id'), text(row, 'id')]));
}

function distinct(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names)].filter((name) => name !== undefined);
}

function pairKey(left: string, right: string): string {
  return `${String(left.length)}:${left}${right}`;
}
