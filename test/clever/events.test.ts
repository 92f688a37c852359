import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CleverEvent, membershipChanges } from '../../src/clever/index.js';
import { ConfigurationError, DecodeError, NotFoundError } from '../../src/errors.js';
import { evolve, generateDistrict, simulateClever } from '../../src/testing/index.js';
import { rejection, startServer } from '../support/http-server.js';
import { clientOf } from './district.js';

const FOLDER = fileURLToPath(new URL('../../../shared/fixtures/clever/recorded-v3.0', import.meta.url));

interface WireEvent {
  readonly id: string;
  readonly type: string;
  readonly data?: unknown;
}

/** A page of events as Clever sends it. */
function pageOf(events: readonly WireEvent[]) {
  return {
    data: events.map((data) => ({ data, uri: `/v3.0/events/${data.id}` })),
    links: [{ rel: 'self', uri: '/v3.0/events?' }],
  };
}

/** The events of one answer, and how many rows of it were rejected. */
async function listed(events: readonly WireEvent[]) {
  const server = await startServer(() => ({ body: pageOf(events) }));
  for await (const { items, rejected } of clientOf(server).events.list().byPage()) return { items, rejected };
  throw new Error('There is one page.');
}

const section = { id: 's1', school: 'school-1', students: ['a', 'b'], teacher: 't', teachers: ['t', 'u'] };

describe('events', () => {
  it('come oldest first, each with its record and the former values where they really are', async () => {
    const { items } = await listed([
      {
        id: '1',
        type: 'users.updated',
        data: {
          object: { id: 'user-1', name: { first: 'New' }, roles: { student: { schools: null } }, email: '' },
          previous_attributes: { name: { first: 'Old' } },
        },
      },
      { id: '2', type: 'sections.created', data: { object: section } },
    ]);
    const [updated, created] = items;
    expect(updated).toMatchObject({
      id: '1',
      type: 'users.updated',
      data: {
        object: { id: 'user-1', name: { first: 'New' }, roles: { student: { schools: [] } } },
        previous_attributes: { name: { first: 'Old' } },
      },
    });
    expect(updated?.type === 'users.updated' && updated.data.object.email).toBeUndefined();
    expect(created?.data.previous_attributes).toBeUndefined();
    expect(items.every((event) => event.withdrawn === undefined)).toBe(true);
  });

  it('are told apart from fields that were withdrawn: absent is not empty, and a lost role is none', async () => {
    const { items } = await listed([
      {
        id: '1',
        type: 'users.updated',
        data: {
          object: { id: 'u', roles: { staff: { schools: [], title: '' } }, name: { last: 'Kept' } },
          previous_attributes: {
            email: 'former@example.org',
            name: { first: 'Former' },
            roles: { teacher: { sis_id: '1' }, staff: { title: 'Former', department: '', staff_id: '7' } },
          },
        },
      },
    ]);
    expect(items[0]?.withdrawn).toEqual(['email', 'name.first', 'roles.staff.staff_id']);
  });

  it('that cannot be used are named, and never taken for another', async () => {
    const { items, rejected } = await listed([
      { id: '1', type: 'meals.created', data: { object: { id: 'm' } } },
      { id: '2', type: 'users.replaced', data: { object: { id: 'u', roles: {} } } },
      { id: '3', type: 'sections.updated', data: { object: { id: 's', school: '' } } },
      { id: '4', type: 'users.created' },
      { id: '5', type: 'sections.deleted', data: { object: { id: 's' } } },
      { id: '6', type: 'constructor.created', data: { object: { id: 's' } } },
    ]);
    expect(items.map(({ id }) => id)).toEqual(['5']);
    expect(rejected).toEqual([
      { index: 0, sourcedId: '1', problem: 'type: unknown' },
      { index: 1, sourcedId: '2', problem: 'type: unknown' },
      { index: 2, sourcedId: '3', problem: 'data.object.school: missing-id' },
      { index: 3, sourcedId: '4', problem: 'data: invalid_type' },
      { index: 5, sourcedId: '6', problem: 'type: unknown' },
    ]);
  });

  it('say who came into a section and who left it', async () => {
    const previous_attributes = { students: ['b', 'c'], name: 'Former' };
    const { items } = await listed([
      { id: '1', type: 'sections.created', data: { object: section } },
      { id: '2', type: 'sections.updated', data: { object: section, previous_attributes } },
      { id: '3', type: 'sections.updated', data: { object: section } },
      { id: '4', type: 'sections.deleted', data: { object: section } },
      { id: '5', type: 'sections.deleted', data: { object: { id: 's1' } } },
    ]);
    const nobody = { added: [], removed: [] };
    expect(
      items.map((event) => (event.type.startsWith('sections.') ? membershipChanges(event as SectionEvent) : undefined)),
    ).toEqual([
      { students: { added: ['a', 'b'], removed: [] }, teachers: { added: ['t', 'u'], removed: [] } },
      { students: { added: ['a'], removed: ['c'] }, teachers: nobody },
      { students: nobody, teachers: nobody },
      { students: { added: [], removed: ['a', 'b'] }, teachers: { added: [], removed: ['t', 'u'] } },
      { students: nobody, teachers: nobody },
    ]);
  });

  it('are filtered by school and by each collection named, in pages of at most 1000', async () => {
    const server = await startServer(() => ({ body: pageOf([]) }));
    const client = clientOf(server, { pageSize: 5000, version: '3.1' });
    await client.events.list({ school: 'school-1', recordTypes: ['users', 'sections'] }).toArray();
    const [request] = server.requests;
    expect(request?.path).toBe('/v3.1/events');
    expect(request?.query.getAll('record_type')).toEqual(['users', 'sections']);
    expect(request?.query.get('school')).toBe('school-1');
    expect(request?.query.get('limit')).toBe('1000');
    const unknown = ['contacts' as 'users'];
    expect(() => client.events.list({ recordTypes: unknown })).toThrow(ConfigurationError);
  });

  it('have a newest one, which is not the first of the list', async () => {
    const clever = await simulateClever(generateDistrict({ students: 20 }), { token: 'token-1' });
    onTestFinished(() => clever.close());
    const { events } = clientOf({ baseUrl: clever.url });
    expect(await events.latest()).toBeUndefined();
    clever.setDistrict(evolve(clever.district, { renames: 3 }));
    const all = await events.list().toArray();
    expect(all.length).toBeGreaterThan(3);
    expect(await events.latest()).toEqual(all.at(-1));
    const newest = all.at(-1)?.id ?? '';
    expect(await events.get(newest)).toEqual(all.at(-1));
    for await (const page of events.list().byPage({ after: newest })) expect(page.items).toEqual([]);
    expect(await rejection(events.get('58da8c58155b940248000007'))).toBeInstanceOf(NotFoundError);
  });

  it('whose newest is not known have no newest: to say "none" would replay all of them', async () => {
    const server = await startServer(() => ({ body: pageOf([{ id: '9', type: 'meals.created', data: {} }]) }));
    expect(await rejection(clientOf(server).events.latest())).toBeInstanceOf(DecodeError);
  });
});

type SectionEvent = Extract<CleverEvent, { readonly type: `sections.${string}` }>;

describe.skipIf(!existsSync(FOLDER))('recorded events', () => {
  const bodyOf = (file: string) =>
    (JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as { readonly response: { readonly body: unknown } })
      .response.body;

  it.each(['events', 'events_limit=25'])('%s are all read, with their former values', async (name) => {
    const recorded = bodyOf(`get_200_api.clever.com_v3.0_${name}.json`) as ReturnType<typeof pageOf>;
    const { items, rejected } = await listed(recorded.data.map(({ data }) => data));
    expect(rejected).toBeUndefined();
    expect(items.map(({ id, type }) => [id, type])).toEqual(recorded.data.map(({ data }) => [data.id, data.type]));
    for (const [index, event] of items.entries()) {
      const wire = recorded.data[index]?.data.data as { readonly previous_attributes?: unknown };
      expect(event.data.previous_attributes).toEqual(wire.previous_attributes);
      expect(event.type.endsWith('.updated')).toBe(event.data.previous_attributes !== undefined);
    }
    expect(items.filter((event) => event.withdrawn !== undefined)).toEqual([]);
  });
});
