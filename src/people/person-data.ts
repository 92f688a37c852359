import type { JournalEntry, LocalEnrollment, LocalGuardianLink, LocalUser, PersonIds, Scope } from '../model/index.js';
import type { PersonTraces, RosterStore } from '../ports/index.js';
import type { RecordReference } from './records.js';

/** Everything that is kept about a person, as plain data: what their request for access is answered with. */
export interface PersonExport extends PersonTraces {
  readonly formatVersion: 1;
  /** ISO instant. */
  readonly exportedAt: string;
  readonly tenant: string;
  /** The host's ids of the person's records, past ones included. */
  readonly ids: readonly string[];
  /** The sourcedIds under which the roster had, or has, the person. */
  readonly sourcedIds: readonly string[];
  /** The record; absent where there is none any more. */
  readonly user?: LocalUser;
  /** Places in classes, removed ones included: of others it holds ids alone. */
  readonly enrollments: readonly LocalEnrollment[];
  /** The person's students or guardians, by their ids alone. */
  readonly guardianLinks: readonly LocalGuardianLink[];
}

/** What became of {@link Directory.erasePerson}. */
export interface Erasure {
  /** Whether anything was kept about the person: false may mean that the reference was wrong. */
  readonly found: boolean;
}

type PersonStore = Pick<RosterStore, 'load' | 'erasePerson' | 'tracesOf' | 'eraseTraces'>;

export async function exportPerson(
  store: PersonStore,
  scope: Scope,
  reference: RecordReference,
  now: string,
): Promise<PersonExport> {
  const { person, traces, user } = await findPerson(store, scope, reference);
  const local = await store.load(scope);
  const enrollments: LocalEnrollment[] = [];
  for await (const place of local.enrollments) if (person.ids.includes(place.userId)) enrollments.push(place);
  const guardianLinks: LocalGuardianLink[] = [];
  for await (const link of local.guardianLinks) {
    if (person.ids.includes(link.guardianId) || person.ids.includes(link.studentId)) guardianLinks.push(link);
  }
  return {
    formatVersion: 1,
    exportedAt: now,
    tenant: scope.tenant,
    ids: person.ids,
    sourcedIds: person.sourcedIds,
    ...(user === undefined ? {} : { user }),
    enrollments,
    guardianLinks,
    ...traces,
  };
}

/**
 * Traces first: while the record is there, a second call after a crash knows the person's sourcedId again. And once more
 * at the end, for what somebody wrote about them in between.
 */
export async function erasePerson(store: PersonStore, scope: Scope, reference: RecordReference): Promise<Erasure> {
  const { person, traces, user } = await findPerson(store, scope, reference);
  await store.eraseTraces(scope, person);
  for (const id of person.ids) await store.erasePerson(scope, id);
  await store.eraseTraces(scope, person);
  return { found: user !== undefined || isAnyKept(traces) };
}

interface Found {
  readonly person: PersonIds;
  readonly traces: PersonTraces;
  /** The person's record, where it is there. */
  readonly user: LocalUser | undefined;
}

/** The person under every id that they ever had, as the record and the journal tell. */
async function findPerson(store: PersonStore, scope: Scope, reference: RecordReference): Promise<Found> {
  const bearers = new Map<string, string>();
  const present = new Set<string>();
  let user: LocalUser | undefined;
  for await (const each of (await store.load(scope)).users) {
    present.add(each.id);
    if (each.sourcedId !== undefined) bearers.set(each.sourcedId, each.id);
    const isMeant = typeof reference === 'string' ? each.id === reference : each.sourcedId === reference.sourcedId;
    if (isMeant) user = each;
  }
  let person: Required<PersonIds> = {
    ids: typeof reference === 'string' ? [reference] : user === undefined ? [] : [user.id],
    sourcedIds:
      typeof reference === 'string' ? (user?.sourcedId === undefined ? [] : [user.sourcedId]) : [reference.sourcedId],
    others: [],
  };
  for (;;) {
    const traces = await store.tracesOf(scope, person);
    const wider = widened(person, traces.journal, { bearers, present });
    if (sizeOf(wider) === sizeOf(person)) return { person, traces, user };
    person = wider;
  }
}

/** The ids that the journal adds: of earlier records under a sourcedId, and earlier sourcedIds of a record. */
function widened(
  person: Required<PersonIds>,
  journal: readonly JournalEntry[],
  { bearers, present }: { readonly bearers: ReadonlyMap<string, string>; readonly present: ReadonlySet<string> },
): Required<PersonIds> {
  const ids = new Set(person.ids);
  const sourcedIds = new Set(person.sourcedIds);
  const others = new Set(person.others);
  for (const { change, recordId } of journal) {
    if (!change.kind.startsWith('user-')) continue;
    if (!ids.has(recordId)) (present.has(recordId) ? others : ids).add(recordId);
    if (!ids.has(recordId)) continue;
    for (const names of [change.target, change.before, change.after] as readonly (Named | null)[]) {
      const sourcedId = names?.sourcedId ?? undefined;
      // What the roster has given to somebody else since is theirs.
      const bearer = sourcedId === undefined ? undefined : bearers.get(sourcedId);
      if (sourcedId !== undefined && (bearer === undefined || ids.has(bearer))) sourcedIds.add(sourcedId);
    }
  }
  return { ids: [...ids], sourcedIds: [...sourcedIds], others: [...others] };
}

interface Named {
  readonly sourcedId?: string | null;
}

function sizeOf({ ids, sourcedIds, others }: Required<PersonIds>): number {
  return ids.length + sourcedIds.length + others.length;
}

function isAnyKept({ roster, ...lists }: PersonTraces): boolean {
  const all: readonly (readonly unknown[])[] = [...Object.values(lists), ...Object.values({ ...roster })];
  return all.some(({ length }) => length > 0);
}
