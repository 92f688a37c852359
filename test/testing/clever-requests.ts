import { expect } from 'vitest';
import type { SimulatedClever } from 'rosterkit/testing';

/** A record as it was sent. */
export type Sent = Readonly<Record<string, unknown>>;

/** A page of a list as it was sent. */
export interface SentPage {
  readonly data: readonly { readonly data: Sent; readonly uri: string }[];
  readonly links: readonly { readonly rel: string; readonly uri: string }[];
}

/** An event as it was sent. */
export interface SentEvent {
  readonly id: string;
  readonly type: string;
  readonly created: string;
  readonly data: { readonly object: Sent; readonly previous_attributes?: Sent };
}

export function get(clever: SimulatedClever, path: string, token = clever.token): Promise<Response> {
  return fetch(clever.url + path, { headers: { authorization: `Bearer ${token}` } });
}

/** The body of an answer that must be 200. */
export async function body(clever: SimulatedClever, path: string): Promise<unknown> {
  const answer = await get(clever, path);
  expect(answer.status, path).toBe(200);
  return await answer.json();
}

/** The status, and the message of JSON or `web page`. */
export async function refusal(asked: Promise<Response>): Promise<string> {
  const answer = await asked;
  const isPage = answer.headers.get('content-type')?.startsWith('text/html') === true;
  const message = isPage ? 'web page' : ((await answer.json()) as { message: string }).message;
  return `${String(answer.status)} ${message}`;
}

/** All records of a list, page by page. */
export async function rows(clever: SimulatedClever, path: string): Promise<Sent[]> {
  const records: Sent[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const page = (await body(clever, next)) as SentPage;
    records.push(...page.data.map(({ data }) => data));
    next = page.links.find(({ rel }) => rel === 'next')?.uri;
  }
  return records;
}

export async function ids(clever: SimulatedClever, path: string): Promise<unknown[]> {
  return (await rows(clever, path)).map(({ id }) => id);
}

/** Every event behind a cursor. */
export async function events(clever: SimulatedClever, query = '', version = 'v3.0'): Promise<SentEvent[]> {
  return (await rows(clever, `/${version}/events?limit=1000${query}`)) as unknown as SentEvent[];
}
