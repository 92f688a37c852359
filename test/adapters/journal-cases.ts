import { describe, expect, test } from 'vitest';
import { LockHeldError, StoreConflictError } from '../../src/errors.js';
import type { Ledger, Scope } from '../../src/model/index.js';
import {
  addMember,
  AT,
  batchOf,
  createClass,
  createUser,
  invite,
  renameClass,
  reportOf,
  stateOf,
  userChange,
} from './changes.js';
import type { StoreUnderTest } from './changes.js';

const HOUR = 60 * 60 * 1000;

/** How a store keeps what runs did, who may write, and what is to be sent. */
export function journalCases(subject: () => StoreUnderTest, newScope: () => Scope): void {
  const store = () => subject().store;

  describe('the journal', () => {
    test('keeps what a run applied in the order of application, over its batches', async () => {
      const scope = newScope();
      const runId = 'run';
      await store().apply(batchOf(scope, [createClass('c1'), createUser('u1'), createClass('c2')], { runId }));
      const gone = userChange({
        kind: 'user-delete',
        target: { sourcedId: 'u1' },
        before: {},
        after: null,
        version: 1,
      });
      const rename = renameClass('c2', 'Two', 1);
      await store().apply(
        batchOf(scope, [renameClass('c9', 'x', 1), rename, gone], { runId, at: '2026-09-02T06:00:00.000Z' }),
      );
      const entries = await store().journal(scope, runId);
      expect(entries.map(({ sequence, change, version }) => [sequence, change.key, version])).toEqual([
        [0, 'class-create class:c1', 1],
        [1, 'user-create user:u1', 1],
        [2, 'class-create class:c2', 1],
        [3, 'class-update class:c2', 2],
        [4, 'user-delete user:u1', undefined],
      ]);
      const { classes } = await stateOf(store(), scope);
      expect(entries[3]).toEqual({
        runId,
        sequence: 3,
        change: rename,
        recordId: classes[1]?.id,
        version: 2,
        appliedAt: '2026-09-02T06:00:00.000Z',
      });
      expect(entries[4]).not.toHaveProperty('version');
      expect(await store().journal(scope, 'another run')).toEqual([]);
    });
  });

  describe('runs', () => {
    test('come back as they were saved, the newest first, those of this scope alone', async () => {
      const scope = newScope();
      const narrow = { ...scope, schools: ['s1'] };
      const reports = [
        reportOf(scope, 'r1', '2026-09-01T06:00:00.000Z'),
        reportOf(scope, 'r3', '2026-09-03T06:00:00.000Z'),
        reportOf(scope, 'r2', '2026-09-02T06:00:00.000Z'),
        reportOf(narrow, 'r4', '2026-09-04T06:00:00.000Z'),
      ];
      for (const report of reports) await store().saveRun(report);
      expect((await store().runs(scope)).map(({ id }) => id)).toEqual(['r3', 'r2', 'r1']);
      expect((await store().runs(scope, { limit: 1 })).map(({ id }) => id)).toEqual(['r3']);
      expect((await store().runs(narrow)).map(({ id }) => id)).toEqual(['r4']);
      expect(await store().run(scope, 'r2')).toEqual(reports[2]);
      expect(await store().run(scope, 'r9')).toBeUndefined();
      expect(await store().run(newScope(), 'r2')).toBeUndefined();
    });

    test('are replaced by a later report of the same run', async () => {
      const scope = newScope();
      await store().saveRun({ ...reportOf(scope, 'r1', AT), outcome: 'failed' });
      await store().saveRun({ ...reportOf(scope, 'r1', AT), outcome: 'applied' });
      expect((await store().runs(scope)).map(({ outcome }) => outcome)).toEqual(['applied']);
    });
  });

  describe('the ledger', () => {
    test('is empty at first, and then what was saved for exactly this scope', async () => {
      const scope = newScope();
      const ledger: Ledger = {
        formatVersion: 2,
        holds: [],
        suppressions: [{ kind: 'class-create', subject: 'class:c1', fingerprint: 'f', cause: 'undo' }],
        reported: ['M6 enrollment:2:c1:u1'],
      };
      expect((await store().load(scope)).ledger).toEqual({
        formatVersion: 2,
        holds: [],
        suppressions: [],
        reported: [],
      });
      await store().saveLedger({ ...scope, schools: ['a', 'b'] }, ledger);
      expect((await store().load({ ...scope, schools: ['b', 'a'] })).ledger).toEqual(ledger);
      expect((await store().load(scope)).ledger.reported).toEqual([]);
    });

    test('is kept for a scope of many schools too', async () => {
      const schools = Array.from({ length: 500 }, (_, index) => `${String(index * 7919)}-${'x'.repeat(20)}`);
      const scope = { ...newScope(), schools };
      await store().saveLedger(scope, { formatVersion: 1, holds: [], suppressions: [], reported: ['once'] });
      expect((await store().load(scope)).ledger.reported).toEqual(['once']);
    });
  });

  describe('a lease', () => {
    test('keeps others out while it lasts, and names its holder', async () => {
      const scope = newScope();
      await store().lease(scope, { holder: 'one', ttlMs: HOUR });
      const refusal = await store()
        .lease(scope, { holder: 'two', ttlMs: HOUR })
        .catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(LockHeldError);
      expect(refusal).toMatchObject({ holder: 'one', since: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) });
    });

    test('concerns its scope alone', async () => {
      const scope = newScope();
      await store().lease(scope, { holder: 'one', ttlMs: HOUR });
      await store().lease({ ...scope, schools: ['s1'] }, { holder: 'two', ttlMs: HOUR });
      await store().lease(newScope(), { holder: 'two', ttlMs: HOUR });
    });

    test('that was released or has expired goes to the next, with a greater fence', async () => {
      const scope = newScope();
      const first = await store().lease(scope, { holder: 'one', ttlMs: HOUR });
      await first.release();
      const second = await store().lease(scope, { holder: 'two', ttlMs: HOUR });
      await subject().age(scope, HOUR + 1);
      const third = await store().lease(scope, { holder: 'three', ttlMs: HOUR });
      expect(second.fence).toBe(first.fence + 1);
      expect(third.fence).toBe(second.fence + 1);
      await expect(second.renew()).rejects.toBeInstanceOf(StoreConflictError);
      await second.release();
      await expect(store().lease(scope, { holder: 'four', ttlMs: HOUR })).rejects.toBeInstanceOf(LockHeldError);
    });

    test('that is renewed lasts for another term, and cannot be renewed once it was released', async () => {
      const scope = newScope();
      const lease = await store().lease(scope, { holder: 'one', ttlMs: HOUR });
      await subject().age(scope, HOUR - 60_000);
      await lease.renew();
      await subject().age(scope, HOUR - 60_000);
      await expect(store().lease(scope, { holder: 'two', ttlMs: HOUR })).rejects.toBeInstanceOf(LockHeldError);
      await lease.release();
      await expect(lease.renew()).rejects.toBeInstanceOf(StoreConflictError);
    });

    test('that is newer shuts out the writes of an older one', async () => {
      const scope = newScope();
      const older = await store().lease(scope, { holder: 'one', ttlMs: HOUR });
      await store().apply(batchOf(scope, [createClass('c1')], { fence: older.fence }));
      await subject().age(scope, HOUR + 1);
      const newer = await store().lease(scope, { holder: 'two', ttlMs: HOUR });
      const late = batchOf(scope, [createClass('c2')], { fence: older.fence });
      await expect(store().apply(late)).rejects.toBeInstanceOf(StoreConflictError);
      const { ledger } = await store().load(scope);
      await expect(store().saveLedger(scope, { ...ledger, reported: ['x'] }, older.fence)).rejects.toBeInstanceOf(
        StoreConflictError,
      );
      await store().apply(batchOf(scope, [createClass('c3')], { fence: newer.fence }));
      await store().apply(batchOf(scope, [createClass('c4')]));
      const state = await stateOf(store(), scope);
      expect(state.classes.map(({ sourcedId }) => sourcedId)).toEqual(['c1', 'c3', 'c4']);
      expect(state.ledger.reported).toEqual([]);
    });

    test('a fence that a batch brought is remembered as well', async () => {
      const scope = newScope();
      await store().apply(batchOf(scope, [], { fence: 7 }));
      await expect(store().apply(batchOf(scope, [], { fence: 6 }))).rejects.toBeInstanceOf(StoreConflictError);
      expect((await store().lease(scope, { holder: 'one', ttlMs: HOUR })).fence).toBe(8);
    });
  });

  describe('an invitation', () => {
    const invited = async (scope: Scope, rest: Parameters<typeof invite>[1] = {}) => {
      const item = invite('user:u1', rest);
      await store().apply(batchOf(scope, [createUser('u1')], { invitations: [item] }));
      const userId = (await stateOf(store(), scope)).users[0]?.id ?? '';
      return { item, userId };
    };
    const pending = (scope: Scope) => store().pendingMessages(scope, { limit: 100 });

    test('is written with its message under the host’s id of the person whom the change creates', async () => {
      const scope = newScope();
      const { item, userId } = await invited(scope);
      expect(await store().invitations(scope)).toEqual([{ ...item.invitation, userId }]);
      expect(await pending(scope)).toEqual([{ ...item.message, userId }]);
    });

    test('is not written where its change is stale, and once where the batch comes twice', async () => {
      const scope = newScope();
      const { item } = await invited(scope);
      const other = invite('user:u1', { digest: 'another' });
      await store().apply(batchOf(scope, [createUser('u1')], { invitations: [other] }));
      const twice = batchOf(scope, [createUser('u2')], { invitations: [invite('user:u2')] });
      await store().apply(twice);
      await store().apply(twice);
      expect((await store().invitations(scope)).map(({ addressDigest }) => addressDigest)).toEqual([
        'digest',
        'digest',
      ]);
      expect((await pending(scope)).map(({ idempotencyKey }) => idempotencyKey)).toEqual([
        item.message.idempotencyKey,
        'invitation user:u2 digest',
      ]);
    });

    test('of the same purpose is not written again, whatever its message says; another address is another purpose', async () => {
      const scope = newScope();
      const { item, userId } = await invited(scope);
      const again = invite('user:u1', { userId });
      const renamed = { ...again, message: { ...again.message, idempotencyKey: 'another key' } };
      const elsewhere = invite('user:u1', { userId, digest: 'another address' });
      await store().apply(batchOf(scope, [], { invitations: [renamed, elsewhere] }));
      expect((await store().invitations(scope)).map(({ codeDigest }) => codeDigest)).toEqual([
        item.invitation.codeDigest,
        elsewhere.invitation.codeDigest,
      ]);
      expect(await pending(scope)).toHaveLength(2);
    });

    test('that was revoked is pending again under its old code, and brings no new message', async () => {
      const scope = newScope();
      const { item, userId } = await invited(scope);
      await store().saveMessage(scope, item.message.idempotencyKey, { state: 'sent', attempts: 1 });
      await store().apply(batchOf(scope, [], { revoke: [userId] }));
      expect((await store().invitations(scope))[0]).toMatchObject({ state: 'revoked' });
      await store().apply(batchOf(scope, [], { invitations: [invite('user:u1', { userId })] }));
      expect(await store().invitations(scope)).toEqual([{ ...item.invitation, userId, state: 'pending' }]);
      expect(await pending(scope)).toEqual([]);
    });

    test('is revoked for the named persons alone, with what was not sent to them', async () => {
      const scope = newScope();
      const { userId } = await invited(scope, { state: 'waiting' });
      await store().apply(batchOf(scope, [createUser('u2')], { invitations: [invite('user:u2')] }));
      await store().apply(batchOf(scope, [], { revoke: [userId] }));
      expect((await store().invitations(scope)).map(({ state }) => state)).toEqual(['revoked', 'pending']);
      await store().releaseWaiting(scope);
      expect((await pending(scope)).map(({ idempotencyKey }) => idempotencyKey)).toEqual(['invitation user:u2 digest']);
    });

    test('is not revoked again by a batch that comes twice', async () => {
      const scope = newScope();
      const { userId } = await invited(scope);
      const batch = batchOf(scope, [createClass('c1')], { revoke: [userId] });
      await store().apply(batch);
      await store().apply(batchOf(scope, [], { invitations: [invite('user:u1', { userId })] }));
      await store().apply(batch);
      expect((await store().invitations(scope))[0]).toMatchObject({ state: 'pending' });
    });

    test('of another tenant is neither seen nor revoked', async () => {
      const [one, two] = [newScope(), newScope()];
      const withId = (scope: Scope) => {
        const create = createUser('u1');
        const after = { ...create.after, id: 'same' };
        return batchOf(scope, [{ ...create, after }], { invitations: [invite('user:u1')] });
      };
      await store().apply(withId(one));
      expect(await store().invitations(two)).toEqual([]);
      await store().apply(withId(two));
      await store().apply(batchOf(one, [], { revoke: ['same'] }));
      expect((await store().invitations(two)).map(({ state }) => state)).toEqual(['pending']);
      expect(await pending(one)).toEqual([]);
      expect(await pending(two)).toHaveLength(1);
      await store().saveMessage(one, 'invitation user:u1 digest', { state: 'sent', attempts: 1 });
      expect(await pending(two)).toHaveLength(1);
    });
  });

  describe('the outbox', () => {
    const fill = async (scope: Scope, state: 'waiting' | 'pending', ...people: string[]) => {
      const invitations = people.map((person) => invite(`user:${person}`, { state }));
      await store().apply(batchOf(scope, people.map(createUser), { invitations }));
    };
    const keys = async (scope: Scope, limit = 100) =>
      (await store().pendingMessages(scope, { limit })).map(({ idempotencyKey }) => idempotencyKey);

    test('gives pending messages of the scope, the oldest first, no more than asked for', async () => {
      const scope = newScope();
      await fill(scope, 'pending', 'u3', 'u1', 'u2');
      await fill({ ...scope, schools: ['s1'] }, 'pending', 'u4');
      expect(await keys(scope)).toEqual([
        'invitation user:u3 digest',
        'invitation user:u1 digest',
        'invitation user:u2 digest',
      ]);
      expect(await keys(scope, 2)).toHaveLength(2);
    });

    test('keeps waiting messages back until they are released, in this scope', async () => {
      const scope = newScope();
      const narrow = { ...scope, schools: ['s1'] };
      await fill(scope, 'waiting', 'u1');
      await fill(narrow, 'waiting', 'u2');
      expect(await keys(scope)).toEqual([]);
      await store().releaseWaiting(scope);
      expect(await keys(scope)).toEqual(['invitation user:u1 digest']);
      expect(await keys(narrow)).toEqual([]);
    });

    test('keeps a message that failed for now with its attempts, and gives it again', async () => {
      const scope = newScope();
      await fill(scope, 'pending', 'u1', 'u2');
      await store().saveMessage(scope, 'invitation user:u1 digest', { state: 'pending', attempts: 1 });
      await store().saveMessage(scope, 'invitation user:u2 digest', { state: 'failed', attempts: 5 });
      const messages = await store().pendingMessages(scope, { limit: 10 });
      expect(messages).toMatchObject([{ attempts: 1, text: 'A code', html: '<p>A code</p>' }]);
      await store().saveMessage(scope, 'no such message', { state: 'sent', attempts: 1 });
    });

    test('keeps nothing of a sent message but that it was sent, and its key is used up', async () => {
      const scope = newScope();
      await fill(scope, 'pending', 'u1');
      const key = 'invitation user:u1 digest';
      await store().saveMessage(scope, key, { state: 'sent', attempts: 1 });
      expect(await keys(scope)).toEqual([]);
      // Pending again, to look at what is left of it.
      await store().saveMessage(scope, key, { state: 'pending', attempts: 1 });
      const [left] = await store().pendingMessages(scope, { limit: 1 });
      expect(left).toMatchObject({ to: [], subject: '', text: '', attempts: 1 });
      expect(left).not.toHaveProperty('html');
      const sameKey = invite('user:u2');
      const message = { ...sameKey.message, idempotencyKey: key };
      await store().apply(
        batchOf(scope, [createUser('u2'), createClass('c1'), addMember('c1', 'u2')], {
          invitations: [{ ...sameKey, message }],
        }),
      );
      expect(await keys(scope)).toEqual([key]);
      expect((await store().pendingMessages(scope, { limit: 1 }))[0]?.to).toEqual([]);
    });
  });
}
