import { foldDelta } from 'rosterkit';
import { ClassLinkClient, classlinkSource } from 'rosterkit/classlink';
import { CleverClient, cleverSource } from 'rosterkit/clever';
import {
  bearer,
  guardiansCsvSource,
  OneRosterClient,
  oneRosterCsvSource,
  type OneRosterSource,
  oneRosterSource,
} from 'rosterkit/oneroster';
import {
  changesContract,
  districtRoster,
  evolve,
  generateDistrict,
  oneRosterCsvFiles,
  rosterSource,
  simulateClassLink,
  simulateClever,
  simulateOneRoster,
  sourceContract,
} from 'rosterkit/testing';
import { afterAll } from 'vitest';
import type { RosterSource } from '../../src/ports/index.js';
import { LivingDistrict } from '../oneroster/support/living-district.js';
import { clientOf } from '../oneroster/support/roster.js';
import { serve } from '../oneroster/support/server.js';
import { keepsContract } from '../support/contract.js';

const district = generateDistrict({ seed: 21, schools: 2, students: 120 });
const closing: (() => Promise<void>)[] = [];

afterAll(async () => {
  await Promise.all(closing.map((close) => close()));
});

/** What the first case makes is the subject of all. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

async function running<Service extends { close(): Promise<void> }>(starting: Promise<Service>): Promise<Service> {
  const service = await starting;
  closing.push(() => service.close());
  return service;
}

async function cleverOf(current = district) {
  const clever = await running(simulateClever(current, { token: 'token' }));
  const client = new CleverClient({
    token: 'token',
    baseUrl: clever.url,
    allowInsecureHosts: [clever.host],
    pageSize: 50,
  });
  return { clever, source: cleverSource(client, { settleMs: 0 }) };
}

async function classlinkOf(): Promise<OneRosterSource> {
  const { url, host } = await running(simulateClassLink(district, { key: 'key', secret: 'secret' }));
  const keys = { tenantId: '1', clientId: 'key', secretKey: 'secret' };
  return classlinkSource(
    new ClassLinkClient({ ...keys, serverUrl: url, allowedHosts: [host], allowInsecureHosts: [host] }),
  );
}

async function oneRosterOf(version: '1.1' | '1.2'): Promise<OneRosterSource> {
  const { url, host } = await running(simulateOneRoster(district, { version, bearer: 'token' }));
  const auth = bearer('token');
  return oneRosterSource(new OneRosterClient({ baseUrl: url, auth, version, allowInsecureHosts: [host] }));
}

function csvOf(): RosterSource {
  return oneRosterCsvSource(oneRosterCsvFiles(district));
}

function guardiansOf(): RosterSource {
  const students = new Map(district.students.map((student) => [student.id, student]));
  const rows = district.guardians.flatMap(({ id, students: links, givenName, familyName }) =>
    links
      .filter(({ studentId }) => students.has(studentId))
      .map(({ studentId, relationship }) => [studentId, id, givenName, familyName, relationship].join(',')),
  );
  const text = ['studentSourcedId,sourcedId,givenName,familyName,relationship', ...rows].join('\n');
  return guardiansCsvSource(new TextEncoder().encode(text));
}

/** A OneRoster server of which something else changes each time, and what goes leaves a tombstone. */
async function livingOneRoster() {
  const living = new LivingDistrict(true);
  const server = await serve({}, (asked) => living.answer(asked, true));
  const source = oneRosterSource(clientOf(server, { pageSize: 5, retries: 0 }), {
    clock: living.clock,
    wholeReadEveryDays: 1000,
  });
  let step = 0;
  const change = () => {
    step += 1;
    living.now += 86_400_000;
    living.addClass(`new-${String(step)}`);
    living.put('users', 'U1', { givenName: `Changed ${String(step)}` });
    living.enroll(`new-${String(step)}`, 'U1');
  };
  return { source, change, fold: foldDelta };
}

async function livingClever() {
  let current = district;
  const { clever, source } = await cleverOf(current);
  const change = () => {
    current = evolve(current, {
      moves: 3,
      renames: 1,
      withdrawals: 2,
      arrivals: 2,
      classesVanish: 1,
      classArrivals: 1,
    });
    clever.setDistrict(current);
  };
  return { source, change, fold: foldDelta };
}

keepsContract(
  'a roster in memory',
  sourceContract(() => ({ source: rosterSource(districtRoster(district)) })),
);
keepsContract('Clever', sourceContract(once(() => cleverOf())));
keepsContract('ClassLink', sourceContract(once(async () => ({ source: await classlinkOf() }))));
keepsContract('OneRoster 1.1', sourceContract(once(async () => ({ source: await oneRosterOf('1.1') }))));
keepsContract('OneRoster 1.2', sourceContract(once(async () => ({ source: await oneRosterOf('1.2') }))));
keepsContract(
  'a OneRoster bundle',
  sourceContract(() => ({ source: csvOf() })),
);
keepsContract(
  'a guardians.csv',
  sourceContract(() => ({ source: guardiansOf() })),
);
keepsContract('what changed at Clever', changesContract(livingClever));
keepsContract('what changed at a OneRoster server', changesContract(livingOneRoster));
