import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { ConfigurationError } from '../../src/errors.js';
import {
  addressDigest,
  type BounceReport,
  Deliveries,
  prepareInvitation,
  settleWriting,
} from '../../src/people/index.js';
import type { OutboxMessage } from '../../src/ports/index.js';
import { AT, batchOf, createUser } from '../../src/testing/contracts/store/changes.js';
import { FixedClock } from '../../src/testing/index.js';

const scope = { tenant: 'district-1' };
const writing = settleWriting(scope.tenant);
const email = 'ada@school.example';

/** An invitation that was written, and the key of its message. */
async function invited(fields: Partial<OutboxMessage> = {}) {
  const clock = new FixedClock(AT);
  const store = new MemoryStore({ clock });
  const { subject } = createUser('u1');
  const { tenant } = scope;
  const item = prepareInvitation(
    {
      tenant,
      subject,
      channel: 'email' as const,
      address: email,
      runId: 'r1',
      at: AT,
      isWaiting: false,
      person: { roles: ['teacher'] as const },
    },
    writing,
  );
  const message = { ...item.message, ...fields };
  await store.apply(batchOf(scope, [createUser('u1')], { invitations: [{ ...item, message }] }));
  return { store, key: message.idempotencyKey, deliveries: new Deliveries({ store, scope, clock }) };
}

describe('a bounce', () => {
  it('is kept against the person, by the Message-ID or by the key', async () => {
    const { deliveries, key } = await invited();
    for (const messageId of [key, `<${key}@school.example>`, ` ${key}@school.example\r\n`, key.toUpperCase()]) {
      expect(await deliveries.bounced({ messageId, status: '5.1.1' })).toBe('recorded');
      expect(await deliveries.problems()).toEqual([
        {
          userId: 'user-1',
          channel: 'email',
          addressDigest: addressDigest(email),
          reason: 'bounced',
          status: '5.1.1',
          at: AT,
        },
      ]);
      await deliveries.forgive('user-1');
      expect(await deliveries.problems()).toEqual([]);
    }
  });

  it.each([
    ['5.1.1', 'recorded'],
    ['5.1.10', 'recorded'],
    ['5.0.0', 'recorded'],
    ['5.2.1', 'recorded'],
    ['5.4.4', 'recorded'],
    ['550', 'recorded'],
    ['556', 'recorded'],
    ['5.2.2', 'ignored'],
    ['5.2.3', 'ignored'],
    ['5.3.4', 'ignored'],
    ['5.4.7', 'ignored'],
    ['5.7.1', 'ignored'],
    ['4.2.2', 'ignored'],
    ['4.4.1', 'ignored'],
    ['2.0.0', 'ignored'],
    ['552', 'ignored'],
    ['554', 'ignored'],
    ['450', 'ignored'],
    ['250', 'ignored'],
  ] as const)('with the status %s is %s', async (status, outcome) => {
    const { deliveries, key } = await invited();
    expect(await deliveries.bounced({ messageId: key, status })).toBe(outcome);
    expect(await deliveries.problems()).toHaveLength(outcome === 'recorded' ? 1 : 0);
  });

  it('of a message that the tenant has not sent is told, and kept nowhere', async () => {
    const { store, deliveries, key } = await invited();
    expect(await deliveries.bounced({ messageId: 'nothing@school.example', status: '5.1.1' })).toBe('unknown');
    const other = new Deliveries({ store, scope: { tenant: 'district-2' } });
    expect(await other.bounced({ messageId: key, status: '5.1.1' })).toBe('unknown');
    expect([...(await deliveries.problems()), ...(await other.problems())]).toEqual([]);
  });

  it('of a message to several is about the recipient that it names', async () => {
    const addressDigests = ['a@home.example', 'b@home.example'].map((address) => addressDigest(address));
    const { deliveries, key } = await invited({ addressDigests });
    const of = (recipient: string): BounceReport => ({ messageId: key, status: '5.1.1', recipient });
    expect(await deliveries.bounced(of('rfc822; B@home.example'))).toBe('recorded');
    expect(await deliveries.problems()).toMatchObject([{ addressDigest: addressDigests[1] }]);
    expect(await deliveries.bounced(of('<a@home.example>'))).toBe('recorded');
    expect(await deliveries.bounced(of('c@home.example'))).toBe('unknown');
    await expect(deliveries.bounced({ messageId: key, status: '5.1.1' })).rejects.toThrow(/recipient/);
  });

  it('of forwarded mail names another address than it went to', async () => {
    const { deliveries, key } = await invited();
    const report = { messageId: key, status: '5.1.1', recipient: 'ada@elsewhere.example' };
    expect(await deliveries.bounced(report)).toBe('recorded');
    expect(await deliveries.problems()).toMatchObject([{ addressDigest: addressDigest(email) }]);
  });

  it.each([
    [{ messageId: '', status: '5.1.1' }, 'messageId'],
    [{ messageId: 'k', status: '' }, 'status'],
    [{ messageId: 'k', status: 'permanent' }, 'status'],
    [{ messageId: 'k', status: '5.1' }, 'status'],
    [{ messageId: 'k', status: undefined as never }, 'status'],
    [{ messageId: 'k', status: '5.1.1', recipient: ' ' }, 'recipient'],
    [{ messageId: 'k', status: '5.1.1', reason: 'none' } as BounceReport, 'reason'],
  ])('that cannot be read names what is wrong: %j', async (report, parameter) => {
    const { deliveries } = await invited();
    const error: unknown = await deliveries.bounced(report).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({ parameter });
  });
});

describe('the key of a message', () => {
  it('tells nothing of the district, the person or the address', async () => {
    const { key } = await invited();
    expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect(key).not.toBe(addressDigest(email).slice(0, 32));
  });

  it('is another for another tenant, person and address', () => {
    const request = {
      tenant: 'd',
      subject: 'user:1',
      channel: 'email' as const,
      address: email,
      runId: 'r',
      at: AT,
      isWaiting: false,
      person: { roles: ['teacher'] as const },
    };
    const keys = [{}, { tenant: 'e' }, { subject: 'user:2' }, { address: 'b@school.example' }].map(
      (fields) => prepareInvitation({ ...request, ...fields }, writing).message.idempotencyKey,
    );
    expect(new Set(keys).size).toBe(4);
  });
});
