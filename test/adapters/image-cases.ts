import { describe, expect, test } from 'vitest';
import { StoreConflictError } from '../../src/errors.js';
import type { Roster, RosterChanges, Scope } from '../../src/model/index.js';
import type { ImageStore } from '../../src/ports/index.js';
import { districtRoster, generateDistrict } from '../../src/testing/index.js';
import type { StoreUnderTest } from './changes.js';

const HOUR = 60 * 60 * 1000;

function rosterOf(scope: Scope, cursor: string): Roster {
  return { ...districtRoster(generateDistrict({ seed: 1, schools: 1, students: 300 }), { scope }), cursor };
}

function changesOf(scope: Scope, since: string, cursor: string): RosterChanges {
  const none = { changed: [], deleted: [] };
  const pairs = { ...none, replacedOf: [] };
  return {
    kind: 'changes',
    readId: `read-${cursor}`,
    source: 'test',
    readAt: '2026-09-02T06:00:00.000Z',
    scope,
    since,
    cursor,
    schools: { changed: [{ sourcedId: 's1', name: `As of ${cursor}` }], deleted: [] },
    terms: none,
    courses: none,
    classes: none,
    users: none,
    enrollments: pairs,
    guardianLinks: pairs,
    rejected: [],
    withdrawn: [],
    removals: 'told',
  };
}

/** How a store keeps what was read of a district. */
export function imageCases(subject: () => StoreUnderTest, newScope: () => Scope): void {
  const store = (): ImageStore => subject().store as StoreUnderTest['store'] & ImageStore;

  describe('the image', () => {
    test('is nothing at first, and then the roster as it was read, for exactly this scope', async () => {
      const scope = newScope();
      expect(await store().image(scope)).toBeUndefined();
      const roster = rosterOf(scope, 'one');
      await store().saveImage(scope, roster);
      expect(await store().image(scope)).toEqual({ roster, changes: [] });
      expect(await store().image({ ...scope, schools: ['s1'] })).toBeUndefined();
      expect(await store().image(newScope())).toBeUndefined();
    });

    test('grows by what changed since, each once and in order, until all is read again', async () => {
      const scope = newScope();
      const roster = rosterOf(scope, 'one');
      await store().extendImage(scope, changesOf(scope, 'one', 'two'));
      expect(await store().image(scope)).toBeUndefined();
      await store().saveImage(scope, roster);
      const changes = [changesOf(scope, 'one', 'two'), changesOf(scope, 'two', 'three')];
      for (const each of changes) await store().extendImage(scope, each);
      for (const each of changes) await store().extendImage(scope, each);
      expect(await store().image(scope)).toEqual({ roster, changes });
      const later = rosterOf(scope, 'four');
      await store().saveImage(scope, later);
      expect(await store().image(scope)).toEqual({ roster: later, changes: [] });
    });

    test('is not written by a run that has lost the scope', async () => {
      const scope = newScope();
      const older = await subject().store.lease(scope, { holder: 'one', ttlMs: HOUR });
      await older.release();
      await subject().store.lease(scope, { holder: 'two', ttlMs: HOUR });
      const roster = rosterOf(scope, 'one');
      await expect(store().saveImage(scope, roster, older.fence)).rejects.toBeInstanceOf(StoreConflictError);
      await store().saveImage(scope, roster);
      const changes = changesOf(scope, 'one', 'two');
      await expect(store().extendImage(scope, changes, older.fence)).rejects.toBeInstanceOf(StoreConflictError);
      expect(await store().image(scope)).toEqual({ roster, changes: [] });
    });
  });
}
