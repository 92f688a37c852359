import { expect, onTestFinished } from 'vitest';
import {
  type ConnectionConfiguration,
  Connections,
  Directory,
  Invitations,
  type LocalClass,
  type LocalUser,
  type SharedSyncOptions,
} from 'rosterkit';
import { MemoryMailer, MemoryStore } from 'rosterkit/memory';
import { FixedClock, generateDistrict, simulateClassLink } from 'rosterkit/testing';
import { join } from './letters.js';
import { classLinkProvider } from './class-link-provider.js';

export const scope = { tenant: 'district-1' };
export const by = { by: 'admin-1' };

/** A school of Bloomz that is linked by ClassLink and enabled, and into which its principal invites people. */
export async function linkedSchool(configuration: ConnectionConfiguration = {}, options: SharedSyncOptions = {}) {
  const district = generateDistrict({ seed: 41, schools: 2, students: 120, clashingNames: 0 });
  const server = await simulateClassLink(district, { key: 'client-1', secret: 'secret-1' });
  onTestFinished(() => server.close());
  const lost = new Set<string>();
  const mailer = new MemoryMailer({ refuse: (address) => lost.has(address) });
  const clock = new FixedClock();
  const store = new MemoryStore({ clock });
  const writing = { codeKey: crypto.getRandomValues(new Uint8Array(32)), join };
  const connections = new Connections({
    store,
    scope,
    mailer,
    clock,
    key: { id: 'test', key: crypto.getRandomValues(new Uint8Array(32)) },
    providers: { classlink: classLinkProvider(server.host) },
    sync: { ...writing, ...options },
  });
  const directory = new Directory({ store, scope });
  const invitations = new Invitations({ store, scope, mailer, clock, ...writing });

  // The principal has an account before anything is imported.
  const schoolId = district.classes[0]?.schoolId ?? '';
  const principal = { givenName: 'Pat', familyName: 'Lee', email: 'pat.lee@school.example' };
  const { id: from } = await directory.createUser(
    { ...principal, roles: ['administrator'], schoolSourcedIds: [schoolId] },
    by,
  );
  const credentials = { tenantId: '2222', clientId: 'client-1', secretKey: 'secret-1', serverUrl: server.url };
  const { id } = await connections.create({ provider: 'classlink', credentials, ...by });
  await connections.linkSchool(id, schoolId, by);
  const policy = { ...configuration.policy, invitations: { from } };
  await connections.configure(id, { ...configuration, policy }, by);
  await connections.preflight(id, by);
  await connections.preview(id, by);
  await connections.enable(id, by);

  /** The host's ids of these records of the district, sorted. */
  async function idsOf(collection: 'classes' | 'users', sourcedIds: readonly string[]): Promise<readonly string[]> {
    const records: readonly (LocalClass | LocalUser)[] = (await store.load(scope))[collection];
    const found = records.filter(({ sourcedId }) => sourcedIds.includes(sourcedId ?? ''));
    expect(found).toHaveLength(sourcedIds.length);
    return found.map((record) => record.id).sort();
  }
  const idOf = async (sourcedId: string): Promise<string> => (await idsOf('users', [sourcedId]))[0] ?? '';
  return { district, server, schoolId, store, mailer, lost, clock, connections, id, invitations, idsOf, idOf };
}
