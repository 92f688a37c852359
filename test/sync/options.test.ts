import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { ConfigurationError } from '../../src/errors.js';
import { RosterSync, type RosterSyncOptions } from '../../src/sync/index.js';
import { roster, scope, sourceOf, World } from './support.js';

function parameterOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.parameter;
    throw error;
  }
  return 'nothing was thrown';
}

describe('the options of a sync', () => {
  const good: RosterSyncOptions = { source: sourceOf(() => roster()), store: new MemoryStore(), scope };

  it.each<[string, object]>([
    ['batchsize', { batchsize: 3 }],
    ['source', { source: undefined }],
    ['source', { source: {} }],
    ['store', { store: { load: () => undefined } }],
    ['mailer', { mailer: {} }],
    ['guardians', { guardians: 'guardians.csv' }],
    ['scope', { scope: undefined }],
    ['scope.tenant', { scope: { tenant: '' } }],
    ['scope.schools', { scope: { tenant: 'd', schools: 'north' } }],
    ['scope.schools', { scope: { tenant: 'd', schools: [] } }],
    ['scope.school', { scope: { tenant: 'd', school: 'north' } }],
    ['batchSize', { batchSize: 0 }],
    ['batchSize', { batchSize: 1.5 }],
    ['leaseTtlMs', { leaseTtlMs: -1 }],
    ['clock', { clock: {} }],
    ['onListenerError', { onListenerError: 'log' }],
    ['policy.archive', { policy: { archive: true } }],
    ['policy.steps.0', { steps: ['parents'] }],
  ])('a mistake in %s is named', (parameter, mistake) => {
    expect(parameterOf(() => new RosterSync({ ...good, ...mistake }))).toBe(parameter);
  });

  it('the smallest set of options is enough', () => {
    expect(() => new RosterSync(good)).not.toThrow();
  });

  it.each([
    ['policy.access.roles.teacher', { access: { roles: { teacher: 'wizard' } } }],
    ['policy.access.defaultRole', { access: { defaultRole: 'wizard' } }],
    ['policy.access.site', { access: { site: 'moon' } }],
  ])('%s must be known to the host, before anything is read', async (parameter, policy) => {
    const store = new MemoryStore({ roles: ['Teacher'], sites: ['north'] });
    let reads = 0;
    const source = sourceOf(() => {
      reads += 1;
      return roster();
    });
    const sync = new RosterSync({ ...good, source, store });
    await expect(sync.plan({ policy })).rejects.toMatchObject({ parameter });
    await expect(sync.run({ policy })).rejects.toMatchObject({ parameter });
    expect(reads).toBe(0);
    expect(await sync.runs()).toEqual([]);
  });

  it('a scope may say that it names no schools', async () => {
    const sync = new RosterSync({ ...good, scope: { ...scope, schools: undefined } });
    expect((await sync.plan()).scope).toStrictEqual(scope);
  });

  it('a host that lists no roles allows any', async () => {
    const world = new World(roster(), { policy: { access: { roles: { teacher: 'Staff' } } } });
    expect((await world.sync.run()).outcome).toBe('applied');
  });

  it('the settings of one import lie over those of the sync, and its steps over both', async () => {
    const world = new World(roster(), { policy: { students: { create: false } }, steps: ['classes', 'students'] });
    const usual = await world.sync.plan();
    expect(usual.steps).toEqual(['classes', 'students']);
    expect(usual.counts.byKind['user-create']).toBeUndefined();
    const special = await world.sync.plan({ policy: { students: { create: true } }, steps: ['classes', 'teachers'] });
    expect(special.steps).toEqual(['classes', 'teachers']);
    expect(special.counts.byKind['user-create']).toBe(2);
  });
});
