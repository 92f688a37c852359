import { describe, expect, test } from 'vitest';
import {
  type District,
  evolve,
  type Evolution,
  FixedClock,
  generateDistrict,
  rollover,
  type SimulatedClever,
  simulateClever,
  withClass,
  withDuplicateUser,
  withoutClass,
  withoutGuardian,
  withStudent,
} from 'rosterkit/testing';
import { body, events, get, ids, refusal, rows, type Sent, type SentPage } from './clever-requests.js';
import { forTest } from './support.js';

const district = generateDistrict({ seed: 31, schools: 2, students: 60 });
const start = (options = {}): Promise<SimulatedClever> => forTest(simulateClever(district, options));
const student = district.students[0]?.id ?? '';
const renamed = withStudent(district, { id: student, familyName: 'Novák', middleName: 'Q' });

describe('an event', () => {
  test('of a change has the whole record and, beside it, the old values at their places', async () => {
    const clever = await start();
    const before = (await body(clever, `/v3.0/users/${student}`)) as { data: { name: Sent } };
    clever.setDistrict(withStudent(renamed, { id: student, birthDate: '2011-02-03' }));
    const [sync, event, ...rest] = await events(clever);
    expect(sync).toMatchObject({
      type: 'districts.updated',
      data: {
        object: { id: district.id, last_sync: clever.district.updatedAt },
        previous_attributes: { last_sync: district.updatedAt },
      },
    });
    expect(rest).toEqual([]);
    const after = (await body(clever, `/v3.0/users/${student}`)) as { data: { roles: { student: Sent } } };
    const { email: _, ...role } = after.data.roles.student;
    expect(event).toMatchObject({ type: 'users.updated' });
    expect(event?.data).toEqual({
      object: { ...after.data, roles: { student: role } },
      previous_attributes: {
        name: { last: before.data.name['last'], middle: before.data.name['middle'] },
        roles: { student: { dob: expect.any(String) as string } },
      },
    });
  });

  test('has an id that begins with its time, is greater than the one before and not the next one', async () => {
    const clever = await start({ clock: new FixedClock('2026-10-01T06:00:00.400Z') });
    clever.setDistrict(evolve(district, { renames: 4 }));
    const found = await events(clever);
    const idList = found.map(({ id }) => id);
    expect([...idList].sort()).toEqual(idList);
    expect(new Set(idList).size).toBe(5);
    for (const { id, created } of found) {
      expect(id).toMatch(/^[0-9a-f]{24}$/);
      expect(created).toBe('2026-10-01T06:00:01.000Z');
      expect(Number.parseInt(id.slice(0, 8), 16) * 1000).toBe(Date.parse(created));
    }
    const serials = idList.map((id) => Number.parseInt(id.slice(16), 16));
    expect(serials.some((serial, index) => index > 0 && serial - (serials[index - 1] ?? 0) > 1)).toBe(true);
  });

  test('is of the district’s last change where no clock is given, and never of before an older one', async () => {
    const clever = await start();
    const later = evolve(district, { renames: 1 });
    clever.setDistrict(later);
    clever.setDistrict(district);
    const times = (await events(clever)).map(({ created }) => created);
    expect(times).toHaveLength(4);
    expect(new Set(times)).toEqual(new Set([later.updatedAt]));
  });

  test('can be had by its id', async () => {
    const clever = await start();
    clever.setDistrict(renamed);
    const [, event] = await events(clever);
    const path = `/v3.0/events/${event?.id ?? ''}`;
    expect(await body(clever, path)).toEqual({ data: event, links: [{ rel: 'self', uri: path }] });
    expect(await refusal(get(clever, `/v3.0/events/${student}`))).toBe('404 Resource not found');
  });

  test('of version 3.0 has no field of version 3.1', async () => {
    const clever = await start();
    clever.setDistrict(renamed);
    const object = async (version: string) => (await events(clever, '', version))[1]?.data.object;
    expect(await object('v3.0')).not.toHaveProperty('lms_status');
    expect(await object('v3.1')).toHaveProperty('lms_status');
  });
});

describe('the events of one sync', () => {
  test('come collection by collection, what is new before what changed before what is gone', async () => {
    const clever = await start();
    clever.setDistrict(rollover(evolve(district, { schoolRenames: 1 })));
    const types = (await events(clever)).map(({ type }) => type);
    expect(types.filter((type, index) => type !== types[index - 1])).toEqual([
      'districts.updated',
      'schools.updated',
      'terms.created',
      'terms.deleted',
      'users.created',
      'users.updated',
      'users.deleted',
      'sections.created',
      'sections.deleted',
    ]);
  });

  test('say of a class that moved nothing of the student', async () => {
    const clever = await start();
    clever.setDistrict(evolve(district, { moves: 1 }));
    const [, ...found] = await events(clever);
    expect(found.map(({ type }) => type)).toEqual(['sections.updated', 'sections.updated']);
    expect(Object.keys(found[0]?.data.previous_attributes ?? {})).toEqual(['students']);
  });

  test('say that a section is gone when its last student left, and that it is new when one comes', async () => {
    const clever = await start();
    const record = district.classes[0];
    const shown = (await body(clever, `/v3.0/sections/${record?.id ?? ''}`)) as { data: Sent };
    clever.setDistrict(withClass(district, { id: record?.id, studentIds: [] }));
    clever.setDistrict(withClass(clever.district, { id: record?.id, studentIds: record?.studentIds }));
    const found = await events(clever, '&record_type=sections');
    expect(found.map(({ type }) => type)).toEqual(['sections.deleted', 'sections.created']);
    expect(found[0]?.data).toEqual({ object: shown.data });
    expect(found[1]?.data.object).toMatchObject({ students: record?.studentIds });
  });

  test('say of what comes back that it is created, and of nothing where nothing changed', async () => {
    const clever = await start();
    const guardian = district.guardians[0]?.id ?? '';
    clever.setDistrict(withoutGuardian(district, guardian));
    clever.setDistrict({ ...district, updatedAt: clever.district.updatedAt });
    clever.setDistrict({ ...clever.district });
    expect((await events(clever)).map(({ type, data }) => [type, data.object['id']])).toEqual([
      ['districts.updated', district.id],
      ['users.deleted', guardian],
      ['users.created', guardian],
    ]);
  });

  test('count the last copy of a person who is there twice', async () => {
    const clever = await start();
    clever.setDistrict(withDuplicateUser(district, student));
    clever.setDistrict(district);
    const found = await events(clever, '&record_type=users');
    const familyName = district.students[0]?.familyName ?? '';
    expect(found.map(({ type, data }) => [type, data.object['id'], data.previous_attributes])).toEqual([
      ['users.updated', student, { name: { last: familyName } }],
      ['users.updated', student, { name: { last: `${familyName} II` } }],
    ]);
  });
});

test.each([1, 2, 3, 4])('replayed onto what was read before, the events give what is read now (%d)', async (seed) => {
  const clever = await start();
  const folded = await visible(clever);
  const changes: Evolution[] = [
    { seed, moves: 9, renames: 3, coTeacherChanges: 4, contactChanges: 5 },
    { seed, withdrawals: 12, classesVanish: 3, schoolRenames: 1 },
    { seed, returns: 6, before: district, teacherChanges: 4, classArrivals: 3, arrivals: 4 },
  ];
  let cursor = '';
  for (const change of changes) {
    clever.setDistrict(evolve(clever.district, change));
    if (seed === 2) clever.withhold(change.arrivals === undefined ? ['email', 'roles.student.dob'] : []);
    if (seed === 3)
      clever.setScopes(change.moves === undefined ? ['read:sections', 'read:teachers'] : ['read:students']);
    if (seed === 3) clever.setScopes(['read:schools', 'read:sections', 'read:students', 'read:student_contacts']);
    if (seed === 4) clever.setDistrict(rollover(clever.district));
    for (const event of await events(clever, cursor === '' ? '' : `&starting_after=${cursor}`)) {
      cursor = event.id;
      const [collection = '', kind] = event.type.split('.');
      if (collection === 'districts') continue;
      const key = `${collection} ${String(event.data.object['id'])}`;
      expect(folded.has(key), `${event.type} ${key}`).toBe(kind !== 'created');
      if (kind === 'deleted') folded.delete(key);
      else folded.set(key, event.data.object);
    }
    expect(new Map([...folded].sort())).toEqual(new Map([...(await visible(clever))].sort()));
  }
});

/** Everything that the token may list. */
async function visible(clever: SimulatedClever): Promise<Map<string, Sent>> {
  const found = new Map<string, Sent>();
  for (const collection of ['schools', 'terms', 'courses', 'users', 'sections']) {
    if (!(await get(clever, `/v3.0/${collection}`)).ok) continue;
    for (const record of await rows(clever, `/v3.0/${collection}?limit=1000`)) {
      found.set(`${collection} ${String(record['id'])}`, withoutRoleEmail(record));
    }
  }
  return found;
}

/** Events do not repeat the address of a student in the role. */
function withoutRoleEmail(record: Sent): Sent {
  const roles = record['roles'] as { student?: Sent } | undefined;
  if (roles?.student === undefined) return record;
  const { email: _, ...rest } = roles.student;
  return { ...record, roles: { ...roles, student: rest } };
}

describe('the list of events', () => {
  const busy = async (options = {}): Promise<SimulatedClever> => {
    const clever = await start(options);
    clever.setDistrict(evolve(district, { renames: 3, moves: 2, contactChanges: 2 }));
    return clever;
  };

  test('comes in pages, the oldest first, and says of itself what Clever says', async () => {
    const clever = await busy();
    const all = await events(clever);
    const bare = (await body(clever, '/v3.0/events')) as SentPage;
    expect(bare.links[0]).toEqual({ rel: 'self', uri: '/v3.0/events?' });
    expect(bare.data[0]).toEqual({ data: all[0], uri: `/v3.0/events/${all[0]?.id ?? ''}` });
    const limited = (await body(clever, '/v3.0/events?limit=2')) as SentPage;
    expect(limited.links).toEqual([
      { rel: 'self', uri: '/v3.0/events?limit=2' },
      { rel: 'next', uri: `/v3.0/events?limit=2&starting_after=${all[1]?.id ?? ''}` },
    ]);
    expect(await ids(clever, '/v3.0/events?limit=2')).toEqual(all.map(({ id }) => id));
  });

  test('gives the newest one to whoever asks from the end, and none where there is none', async () => {
    const clever = await busy();
    const newest = (await body(clever, '/v3.0/events?ending_before=last&limit=1')) as SentPage;
    expect(newest.data.map(({ data }) => data)).toEqual((await events(clever)).slice(-1));
    const quiet = await start();
    expect(await body(quiet, '/v3.0/events?ending_before=last&limit=1')).toMatchObject({ data: [] });
  });

  test('can be of some types and of one school, before or after', async () => {
    const clever = await busy();
    const types = async (query: string) => new Set((await events(clever, query)).map(({ type }) => type));
    expect(await types('&record_type=users')).toEqual(new Set(['users.updated']));
    expect(await types('&record_type=sections&record_type=districts')).toEqual(
      new Set(['sections.updated', 'districts.updated']),
    );
    const moved = district.students.find(({ schoolId }) => schoolId === district.schools[0]?.id);
    const target = district.schools[1]?.id ?? '';
    clever.setDistrict(withStudent(clever.district, { id: moved?.id, schoolId: target }));
    const newest = (await events(clever)).at(-1);
    for (const school of [moved?.schoolId ?? '', target]) {
      const found = await events(clever, `&school=${school}`);
      expect(found).toContainEqual(newest);
      expect(found.every(({ type }) => !type.startsWith('districts'))).toBe(true);
    }
    expect(await events(clever, `&school=${district.id}`)).toEqual([]);
  });

  test('is dry while events are off, though the data and its last_sync go on', async () => {
    const clever = await start({ hasEvents: false });
    clever.setDistrict(renamed);
    clever.setEvents(true);
    expect(await events(clever)).toEqual([]);
    const [shown] = await rows(clever, '/v3.0/districts');
    expect(shown?.['last_sync']).toBe(renamed.updatedAt);
    clever.setDistrict(evolve(renamed, { contactChanges: 1 }));
    expect(await events(clever)).toHaveLength(2);
    clever.setEvents(false);
    clever.setDistrict(withoutClass(clever.district, district.classes[0]?.id ?? ''));
    expect(await events(clever)).toHaveLength(2);
  });

  test('forgets what is old, and an old cursor stays where it was', async () => {
    const clever = await busy();
    const old = (await events(clever)).at(0)?.id ?? '';
    const next: District = evolve(clever.district, { renames: 1 });
    clever.setDistrict(next);
    clever.expireEvents(next.updatedAt);
    const left = await events(clever);
    expect(left.map(({ type }) => type)).toEqual(['districts.updated', 'users.updated']);
    expect(await events(clever, `&starting_after=${old}`)).toEqual(left);
  });
});
