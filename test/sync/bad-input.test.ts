/** Whatever is wrong, the answer is clear: an error that names the option, a failed run that says why, or a note. */

import { CleverClient, cleverSource, ConfigurationError, definePolicy, MemoryStore, RosterSync } from 'rosterkit';
import type { RosterSource } from 'rosterkit';
import { generateDistrict, simulateClever, withDanglingEnrollment, withDuplicateUser } from 'rosterkit/testing';
import type { District, Fault, SimulatedService } from 'rosterkit/testing';
import { afterEach, describe, expect, it } from 'vitest';

const district = generateDistrict({ seed: 3, students: 60 });
const services: SimulatedService[] = [];

afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.close()));
});

async function serve(served: District, fault?: Fault): Promise<SimulatedService> {
  const service = await simulateClever(served, { token: 'right' });
  if (fault !== undefined) service.fail(fault);
  services.push(service);
  return service;
}

function sourceOf(service: SimulatedService, token = 'right', baseUrl = service.url): RosterSource {
  const options = { retries: 1, minRetryDelayMs: 0, pageSize: 50, allowInsecureHosts: [service.host, '127.0.0.1'] };
  return cleverSource(new CleverClient({ token, baseUrl, ...options }));
}

function syncOf(source: RosterSource): RosterSync {
  return new RosterSync({
    source,
    store: new MemoryStore(),
    scope: { tenant: 'district-1' },
    policy: { fullData: true },
  });
}

function configurationError(act: () => unknown): ConfigurationError {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a mistake in the policy names the setting', () => {
  it.each([
    ['an unknown setting', { fulldata: true }, 'policy.fulldata'],
    ['an unknown setting within another', { classes: { duplicates: 'all' } }, 'policy.classes.duplicates'],
    ['Archive without Full Data', { archive: true }, 'policy.archive'],
    ['a word that is no choice', { unarchive: 'sometimes' }, 'policy.unarchive'],
    ['a percentage for a share', { limits: { classes: 20 } }, 'policy.limits.classes'],
    ['a time zone that does not exist', { timeZone: 'Mars/Olympus' }, 'policy.timeZone'],
  ])('%s', (_, policy, parameter) => {
    const error = configurationError(() => definePolicy(policy as object));
    expect(error.parameter).toBe(parameter);
    expect(error.message.startsWith(`${parameter}: `)).toBe(true);
  });
});

describe('a source that cannot be believed is a failed run that says why', () => {
  it('a bad token', async () => {
    const run = await syncOf(sourceOf(await serve(district), 'wrong')).run();
    expect(run).toMatchObject({ outcome: 'failed', applied: 0, failures: [{ code: 'authentication' }] });
    expect(run.failures[0]?.message).not.toContain('wrong');
  });

  it('a base URL where nobody listens', async () => {
    const service = await serve(district);
    const run = await syncOf(sourceOf(service, 'right', 'http://127.0.0.1:9')).run();
    expect(run).toMatchObject({ outcome: 'failed', applied: 0, failures: [{ code: 'connection' }] });
  });

  it('a base URL that is no URL is named at once', () => {
    const error = configurationError(() => new CleverClient({ token: 't', baseUrl: 'api.clever.com' }));
    expect(error.parameter).toBe('baseUrl');
  });

  it('a server that answers with web pages', async () => {
    const html = await serve(district, { html: true, status: 200, times: 100 });
    const run = await syncOf(sourceOf(html)).run();
    expect(run).toMatchObject({ outcome: 'failed', applied: 0, failures: [{ code: 'decode' }] });
    const missing = await serve(district, { html: true, status: 404, times: 100 });
    const other = await syncOf(sourceOf(missing)).run();
    expect(other).toMatchObject({ outcome: 'failed', failures: [{ code: 'not_found' }] });
    expect(other.failures[0]?.message).toMatch(/token/u);
  });
});

describe('bad data is a note in the plan, and takes nothing away', () => {
  it('a list that is cut off', async () => {
    const service = await serve(district, { path: /users\?.*starting_after/u, truncate: true, times: 100 });
    const plan = await syncOf(sourceOf(service)).plan();
    expect(plan.gates).toContainEqual(expect.objectContaining({ gate: 'G2', evidence: { collections: ['users'] } }));
    expect(plan.changes.filter((change) => change.kind === 'class-create' || change.destructive)).toEqual([]);
    expect(plan.holds.map((hold) => hold.code)).toContain('INCOMPLETE_READ');
  });

  it('an id that comes twice', async () => {
    const plan = await syncOf(sourceOf(await serve(withDuplicateUser(district)))).plan();
    const created = plan.changes.filter((change) => change.kind === 'user-create').map((change) => change.subject);
    expect(new Set(created).size).toBe(created.length);
  });

  it('an enrollment of nobody', async () => {
    const plan = await syncOf(sourceOf(await serve(withDanglingEnrollment(district)))).plan();
    expect(plan.notes).toContainEqual(expect.objectContaining({ rule: 'M10', code: 'DANGLING_REF' }));
    expect(plan.holds).toEqual([]);
  });
});
