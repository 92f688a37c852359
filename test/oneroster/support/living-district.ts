import type { Answered, Asked } from './server.js';
import { page } from './server.js';

export interface Row {
  readonly sourcedId: string;
  readonly status: string;
  readonly dateLastModified: string;
  readonly [field: string]: unknown;
}

type Collection = 'orgs' | 'academicSessions' | 'courses' | 'classes' | 'users' | 'enrollments';

const ref = (sourcedId: string) => ({ sourcedId });

/** A district that changes, on a server that filters by date. What goes leaves a tombstone, or nothing. */
export class LivingDistrict {
  now = Date.parse('2026-09-01T06:00:00.000Z');
  /** By how much the server's clock is behind. */
  serverIsBehindMs = 0;
  readonly rows: Record<Collection, Row[]> = {
    orgs: [],
    academicSessions: [],
    courses: [],
    classes: [],
    users: [],
    enrollments: [],
  };
  readonly #hasTombstones: boolean;
  #next = 0;

  constructor(hasTombstones: boolean) {
    this.#hasTombstones = hasTombstones;
    for (const id of ['S1', 'S2']) this.put('orgs', id, { name: id, type: 'school' });
    this.put('academicSessions', 'T1', { title: 'Term', startDate: '2026-08-17', endDate: '2027-06-01' });
    this.put('courses', 'K1', { title: 'Science' });
    for (const id of ['C1', 'C2']) this.addClass(id);
    for (const id of ['U1', 'U2', 'U3']) this.put('users', id, { ...named(id), role: 'student', agents: [] });
    this.put('users', 'P1', { ...named('P1'), role: 'teacher', agents: [] });
    for (const user of ['U1', 'U2']) this.enroll('C1', user);
    this.enroll('C2', 'P1', 'teacher');
    this.addGuardian('U1');
    // Beyond the overlap of a delta.
    this.now += 2 * 86_400_000;
  }

  readonly clock = { now: () => new Date(this.now) };

  /** Answers as a server does; `isFiltering` says whether it heeds filters. */
  answer(asked: Asked, isFiltering = true): Answered | undefined {
    const [collection = '', id] = asked.collection.split('/');
    const rows = (this.rows as Readonly<Record<string, readonly Row[]>>)[collection];
    if (rows === undefined) return undefined;
    const date = new Date(this.now - this.serverIsBehindMs).toUTCString();
    if (id !== undefined) {
      const row = rows.find(({ sourcedId }) => sourcedId === id);
      return row === undefined ? { status: 404, body: {} } : { body: { user: row }, headers: { date } };
    }
    const since = /^dateLastModified>'(.+)'$/.exec(asked.query.get('filter') ?? '')?.[1];
    const found = rows
      .filter(
        ({ dateLastModified }) =>
          !isFiltering || since === undefined || Date.parse(dateLastModified) > Date.parse(since),
      )
      .sort((left, right) => (left.sourcedId < right.sourcedId ? -1 : 1));
    const answered = page(found, asked);
    return { ...answered, headers: { ...answered.headers, date } };
  }

  put(collection: Collection, sourcedId: string, fields: Readonly<Record<string, unknown>>): void {
    const rows = this.rows[collection];
    const at = rows.findIndex((row) => row.sourcedId === sourcedId);
    const row = {
      ...rows[at],
      sourcedId,
      status: 'active',
      ...fields,
      dateLastModified: new Date(this.now).toISOString(),
    };
    if (at === -1) rows.push(row);
    else rows[at] = row;
  }

  remove(collection: Collection, sourcedId: string): void {
    if (this.#hasTombstones) this.put(collection, sourcedId, { status: 'tobedeleted' });
    else this.rows[collection] = this.rows[collection].filter((row) => row.sourcedId !== sourcedId);
  }

  addClass(id = this.#id('C')): void {
    this.put('classes', id, { title: id, course: ref('K1'), school: ref('S1'), terms: [ref('T1')] });
  }

  enroll(classId: string, userId: string, role = 'student'): void {
    this.put('enrollments', this.#id('E'), { class: ref(classId), user: ref(userId), role });
  }

  addStudent(classId: string): void {
    const id = this.#id('U');
    this.put('users', id, { ...named(id), role: 'student', agents: [] });
    this.enroll(classId, id);
  }

  addGuardian(student: string): void {
    const id = this.#id('G');
    this.put('users', id, { ...named(id), role: 'guardian', agents: [ref(student)] });
    const agents = this.active('users').find(({ sourcedId }) => sourcedId === student)?.[
      'agents'
    ] as readonly unknown[];
    this.put('users', student, { agents: [...agents, ref(id)] });
  }

  removeUser(id: string): void {
    this.remove('users', id);
    this.#removeEnrollments('user', id);
  }

  removeClass(id: string): void {
    this.remove('classes', id);
    this.#removeEnrollments('class', id);
  }

  active(collection: Collection): readonly Row[] {
    return this.rows[collection].filter(({ status }) => status === 'active');
  }

  #removeEnrollments(field: 'user' | 'class', id: string): void {
    for (const row of this.active('enrollments')) {
      if ((row[field] as { readonly sourcedId: string }).sourcedId === id) this.remove('enrollments', row.sourcedId);
    }
  }

  #id(letter: string): string {
    this.#next += 1;
    return `${letter}-${String(this.#next).padStart(3, '0')}`;
  }
}

function named(id: string): Readonly<Record<string, unknown>> {
  return { givenName: id, familyName: 'Example', orgs: [ref('S1')] };
}
