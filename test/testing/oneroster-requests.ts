import { expect } from 'vitest';
import {
  type District,
  type OneRosterQuirks,
  type OneRosterSimulationOptions,
  type SimulatedService,
  simulateOneRoster,
} from 'rosterkit/testing';
import { forTest } from './support.js';

export type Row = Readonly<Record<string, unknown>>;

export const rostering = { '1.1': '/ims/oneroster/v1p1', '1.2': '/ims/oneroster/rostering/v1p2' } as const;

/** A server of both versions, with these quirks, stopped when the test ends. */
export function serverWith(district: District, quirks: OneRosterQuirks = {}, options: OneRosterSimulationOptions = {}) {
  return forTest(simulateOneRoster(district, { version: 'both', bearer: 'b', quirks, ...options }));
}

export function get(service: SimulatedService, path: string, token = 'b'): Promise<Response> {
  return fetch(service.url + path, { headers: { authorization: `Bearer ${token}` } });
}

/** The body of an answer that is 200. */
export async function bodyOf(service: SimulatedService, path: string): Promise<Row> {
  const answer = await get(service, path);
  expect(answer.status, path).toBe(200);
  return (await answer.json()) as Row;
}

/** The rows of a list, whatever its key is. */
export async function rowsAt(service: SimulatedService, path: string): Promise<readonly Row[]> {
  const lists = Object.values(await bodyOf(service, path)).filter(Array.isArray);
  expect(lists, path).toHaveLength(1);
  return lists[0] as readonly Row[];
}

export const idsOf = (rows: readonly Row[]) => rows.map((row) => row['sourcedId']);
