import { ClassLinkClient, classlinkPreflight, ClassLinkProxy, classlinkSource } from 'rosterkit/classlink';
import { districtRoster, generateDistrict, type OneRosterQuirks, simulateClassLink } from 'rosterkit/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Preflight, PreflightFinding } from '../../src/model/index.js';

const district = generateDistrict({ seed: 11, students: 40 });
const clock = { now: () => new Date(Date.parse(district.updatedAt) + 3_600_000) };

interface Setting {
  readonly quirks?: OneRosterQuirks;
  readonly secretKey?: string;
}

async function serve({ quirks = {}, secretKey = 'test-secret' }: Setting) {
  const server = await simulateClassLink(district, { quirks });
  onTestFinished(() => server.close());
  const client = new ClassLinkClient({
    tenantId: '2222',
    clientId: 'test-key',
    secretKey,
    serverUrl: server.url,
    allowInsecureHosts: [server.host],
    retries: 0,
  });
  return { server, client };
}

async function preflight(setting: Setting = {}): Promise<Preflight> {
  const { client } = await serve(setting);
  return await classlinkPreflight(client, { clock });
}

const found = ({ findings }: Preflight, code: string): PreflightFinding | undefined =>
  findings.find((finding) => finding.code === code);

describe('a district at ClassLink', () => {
  test('is counted as it is', async () => {
    const roster = districtRoster(district);
    const { provider, districtName, people, collections, state } = await preflight();
    expect({ provider, districtName }).toEqual({ provider: 'classlink', districtName: district.name });
    expect(state).not.toBe('blocked');
    expect(people).toMatchObject({
      student: district.students.length,
      teacher: district.teachers.length,
      guardian: district.guardians.length,
    });
    expect(collections.classes).toEqual({ state: 'shared', count: roster.classes.length });
    expect(collections.enrollments).toEqual({ state: 'shared', count: roster.enrollments.length });
    expect(collections.guardianLinks).toEqual({ state: 'shared', count: roster.guardianLinks.length });
  });

  test('that leaves “Unenrolled Users” off has guardians who are named and not there: the switch is told', async () => {
    const result = await preflight({ quirks: { sharesUnenrolledUsers: false } });
    for (const code of ['AGENTS_NOT_SHARED', 'NO_GUARDIANS', 'NO_ADMINISTRATORS']) {
      expect(found(result, code)?.message).toContain('turns on “Unenrolled Users”');
    }
    expect(found(result, 'AGENTS_NOT_SHARED')?.count).toBe(
      district.guardians.filter(({ students }) => students.length > 0).length,
    );
    expect(result.state).toBe('warning');
  });

  test.each([403, 404] as const)(
    'that does not share a list (%i) is told by the permissions of Roster Server',
    async (status) => {
      const result = await preflight({ quirks: { notShared: { enrollments: status } } });
      expect(found(result, 'ENROLLMENTS_NOT_SHARED')?.message).toContain('Full, Select by Class or Custom');
      expect(result.collections.enrollments).toEqual({ state: 'not-shared', count: 0 });
      expect(result.state).toBe('blocked');
    },
  );

  test('whose application is disabled shows nothing at all', async () => {
    const lists = ['orgs', 'academicSessions', 'courses', 'classes', 'users', 'enrollments'] as const;
    const notShared = Object.fromEntries(lists.map((list) => [list, 403]));
    const result = await preflight({ quirks: { notShared } });
    expect(result.findings.map(({ code }) => code)).toEqual(['NO_ROSTER']);
    expect(found(result, 'NO_ROSTER')?.message).toContain('application is disabled');
  });

  test('that replaces names is told', async () => {
    const result = await preflight({ quirks: { obfuscated: ['givenName', 'familyName'] } });
    expect(found(result, 'NAMES_OBFUSCATED')).toMatchObject({ severity: 'warning' });
    expect(found(await preflight(), 'NAMES_OBFUSCATED')).toBeUndefined();
  });

  test('that hands out wrong details is told which to compare, without them', async () => {
    const result = await preflight({ secretKey: 'another-secret' });
    expect(result.findings.map(({ code }) => code)).toEqual(['CREDENTIALS_REFUSED']);
    expect(found(result, 'CREDENTIALS_REFUSED')?.message).toMatch(/client id, secret key and server URL.*clock/u);
    expect(JSON.stringify(result)).not.toContain('another-secret');
  });

  test('whose totals are wrong is named: an import would remove nobody', async () => {
    const result = await preflight({ quirks: { totals: 'too-high' } });
    expect(found(result, 'LIST_DOUBTFUL')).toMatchObject({ severity: 'warning' });
    expect(found(result, 'NO_STUDENTS')).toBeUndefined();
  });
});

describe('a district that turns the application off', () => {
  test('is disconnected where the proxy no longer lists it, with its tenant', async () => {
    const { server } = await serve({});
    const reach = { baseUrl: server.url, allowInsecureHosts: [server.host], retries: 0 };
    const client = await new ClassLinkProxy({ apiKey: 'test-partner-key', ...reach }).clientOf('2222');
    expect((await classlinkPreflight(client, { clock })).people.student).toBe(district.students.length);
    server.disable();
    const result = await classlinkPreflight(client, { clock });
    expect(result.findings.map(({ code }) => code)).toEqual(['DISCONNECTED']);
    expect(result).toMatchObject({ state: 'blocked', districtId: '2222' });
  });

  test('refuses the details of its own server, and that is said to be possible', async () => {
    const { server, client } = await serve({});
    server.disable();
    const result = await classlinkPreflight(client, { clock });
    expect(result.findings.map(({ code }) => code)).toEqual(['CREDENTIALS_REFUSED']);
    expect(found(result, 'CREDENTIALS_REFUSED')?.message).toContain('whether the application is disabled');
  });
});

test('the source looks in ClassLink’s words', async () => {
  const { client } = await serve({ quirks: { sharesUnenrolledUsers: false } });
  const result = await classlinkSource(client).preflight();
  expect(result.provider).toBe('classlink');
  expect(result.findings.map(({ message }) => message).join(' ')).toContain('“Unenrolled Users”');
});
