import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/errors.js';
import type { Preflight } from '../../src/model/preflight.js';
import { rejection } from '../support/http-server.js';
import { roster, sourceOf, World } from './support.js';

const nothing = { state: 'empty', count: 0 } as const;

const answer: Preflight = {
  provider: 'test',
  checkedAt: '2026-09-15T12:00:00.000Z',
  state: 'blocked',
  collections: {
    schools: nothing,
    terms: nothing,
    courses: nothing,
    classes: nothing,
    users: nothing,
    enrollments: nothing,
    guardianLinks: nothing,
  },
  people: { student: 0, teacher: 0, aide: 0, administrator: 0, staff: 0, guardian: 0, other: 0 },
  contactTypes: [],
  contactPhoneTypes: [],
  freshness: {},
  findings: [{ code: 'NO_SCHOOLS', severity: 'error', message: 'There is no school.' }],
};

describe('preflight of a sync', () => {
  it('is the answer of its source, which is given the signal; nothing is read and no run is kept', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const source = {
      ...sourceOf(() => {
        throw new Error('the roster was read');
      }),
      preflight: (options?: { readonly signal?: AbortSignal }) => {
        signals.push(options?.signal);
        return Promise.resolve(answer);
      },
    };
    const { sync } = new World(roster(), { source });
    const { signal } = new AbortController();
    expect(await sync.preflight({ signal })).toEqual(answer);
    expect(await sync.preflight()).toEqual(answer);
    expect(signals).toEqual([signal, undefined]);
    expect(await sync.runs()).toEqual([]);
  });

  it('is refused where the source has none, naming the source', async () => {
    const error = await rejection(new World().sync.preflight());
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({ parameter: 'source' });
  });

  it('does not begin once it is stopped', async () => {
    const reason = new Error('enough');
    const source = { ...sourceOf(roster), preflight: () => Promise.resolve(answer) };
    const { sync } = new World(roster(), { source });
    expect(await rejection(sync.preflight({ signal: AbortSignal.abort(reason) }))).toBe(reason);
  });
});
