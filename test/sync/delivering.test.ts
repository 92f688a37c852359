import { describe, expect, it } from 'vitest';
import { ConfigurationError, MailError } from '../../src/errors.js';
import { recordEvents, roster, World } from './support.js';

const down = (): MailError => new MailError('The mail server is busy.', { isRetryable: true, refused: 0 });

describe('delivering between two runs', () => {
  it('hands over what failed in a run once its time has come, and tells of it', async () => {
    const world = new World(roster(1, 1));
    world.mailer.failNext(down());
    const run = await world.sync.run();
    expect(run).toMatchObject({ outcome: 'applied', sent: 0, failures: [{ code: 'mail' }] });
    const heard = recordEvents(world.sync);
    expect(await world.sync.deliver()).toEqual({ sent: 0, failures: [] });
    world.clock.set('2026-09-15T12:05:00.000Z');
    expect(await world.sync.deliver()).toEqual({ sent: 1, failures: [] });
    expect(heard).toMatchObject([{ name: 'message-sent', payload: { runId: run.id, kind: 'invitation' } }]);
    expect(world.mailer.messages).toHaveLength(1);
    expect(await world.sync.deliver()).toEqual({ sent: 0, failures: [] });
  });

  it.each(['quiet', 'blackout'] as const)('hands over nothing in a window of the kind %s', async (kind) => {
    const world = new World(roster(1, 1), { policy: { windows: [{ kind, from: '20:00', to: '06:00' }] } });
    world.mailer.failNext(down());
    await world.sync.run();
    world.clock.set('2026-09-15T22:00:00.000Z');
    expect(await world.sync.deliver()).toEqual({ sent: 0, failures: [] });
    world.clock.set('2026-09-16T06:00:00.000Z');
    expect(await world.sync.deliver()).toEqual({ sent: 1, failures: [] });
  });

  it('needs somebody who delivers', async () => {
    const world = new World();
    await expect(world.another({ mailer: undefined }).deliver()).rejects.toThrow(ConfigurationError);
  });

  it('stops where it is told to', async () => {
    const world = new World();
    await expect(world.sync.deliver({ signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
  });
});
