import { describe, expect, it } from 'vitest';
import { PlanError, StalePlanError } from '../../src/errors.js';
import type { LatchedHold, Ledger, Roster } from '../../src/model/index.js';
import type { PolicyInput } from '../../src/policy/index.js';
import { person, roster, scope, unenrolled, withPerson, World } from './support.js';

const ledgerOf = async (world: World): Promise<Ledger> => (await world.store.load(scope)).ledger;

/** Ten classes of four students; the school year has begun. */
async function begun(policy: PolicyInput): Promise<World> {
  const world = new World(roster(10, 4), { policy: { fullData: true, ...policy } });
  await world.sync.run();
  return world;
}

/** The roster of a day, without the first student of so many classes. */
function without(count: number, from = 1): Roster {
  return unenrolled(roster(10, 4), ...Array.from({ length: count }, (_, index) => `s${String(index + from)}-1`));
}

function on(world: World, day: number, hour = '12:00'): void {
  world.clock.set(`2026-09-${String(day).padStart(2, '0')}T${hour}:00.000Z`);
}

function hold({ holds }: Ledger, id: string): LatchedHold {
  const found = holds.find((each) => each.id === id);
  if (found === undefined) throw new Error(`No hold ${id}: ${holds.map((each) => each.id).join(', ')}`);
  return found;
}

describe('the limit of seven days (G7)', () => {
  const policy = { limits: { enrollments: 0.1, floor: 0 } };

  async function threeDays(): Promise<World> {
    const world = await begun(policy);
    for (const [day, count] of [
      [16, 3],
      [17, 6],
    ] as const) {
      on(world, day);
      world.feed = without(count);
      expect(await world.sync.run()).toMatchObject({ outcome: 'applied', applied: 3 });
    }
    return world;
  }

  it('adds up what runs took away, and holds what goes beyond', async () => {
    const world = await threeDays();
    expect((await ledgerOf(world)).removals).toEqual([
      { day: '2026-09-16', kind: 'enrollments', removed: 3, baseline: 50 },
      { day: '2026-09-17', kind: 'enrollments', removed: 3, baseline: 47 },
    ]);
    on(world, 18);
    world.feed = without(8);
    expect(await world.sync.run()).toMatchObject({ outcome: 'held', applied: 0, holds: [{ id: 'G7:enrollments' }] });
  });

  it('begins the week anew once a person approved', async () => {
    const world = await threeDays();
    on(world, 18);
    world.feed = without(8);
    await world.sync.run();
    const { hash } = hold(await ledgerOf(world), 'G7:enrollments');
    expect(await world.sync.approve('G7:enrollments', { hash, by: 'admin-1' })).toMatchObject({ applied: 2 });
    expect((await ledgerOf(world)).removals).toBeUndefined();
    on(world, 19);
    world.feed = without(10);
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', applied: 2 });
  });

  it('counts what an approval of another hold took away, too', async () => {
    const world = await begun({ limits: { enrollments: 0.1, floor: 0, rolling: 2 } });
    on(world, 16);
    world.feed = without(6);
    await world.sync.run();
    const { hash } = hold(await ledgerOf(world), 'G6:enrollments');
    await world.sync.approve('G6:enrollments', { hash, by: 'admin-1' });
    expect((await ledgerOf(world)).removals).toEqual([
      { day: '2026-09-16', kind: 'enrollments', removed: 6, baseline: 0 },
    ]);
  });

  it('forgets what a week has passed over', async () => {
    const world = await threeDays();
    on(world, 23);
    world.feed = without(8);
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', applied: 2 });
    expect((await ledgerOf(world)).removals?.map(({ day }) => day)).toEqual(['2026-09-17', '2026-09-23']);
  });
});

describe('a run that breaks off and goes on', () => {
  it('is judged by what there was when it began', async () => {
    const world = await begun({ limits: { enrollments: 0.13, floor: 0, rolling: 10 } });
    const sync = world.another({ batchSize: 2, policy: { fullData: true, limits: { enrollments: 0.13, floor: 0 } } });
    world.feed = without(6);
    const controller = new AbortController();
    sync.once('operation-applied', () => {
      controller.abort();
    });
    expect(await sync.run({ signal: controller.signal })).toMatchObject({ outcome: 'aborted', applied: 2 });
    expect((await ledgerOf(world)).unfinished?.removals).toHaveLength(6);
    // Of 48 members who are left these 6 would be 12.5%; another one makes 7 of 50, and that is too many.
    world.feed = without(7);
    expect(await sync.run()).toMatchObject({ outcome: 'held', holds: [{ id: 'G6:enrollments', baseline: 50 }] });
    world.feed = without(6);
    const { hash } = hold(await ledgerOf(world), 'G6:enrollments');
    expect(await sync.approve('G6:enrollments', { hash, by: 'admin-1' })).toMatchObject({ applied: 5 });
  });
});

describe('a removal counts once in the week', () => {
  const policy = { fullData: true, limits: { enrollments: 0.1, rolling: 1, floor: 0 } };

  /** Three members are to go, and the run breaks off after the first of them. */
  async function broken(): Promise<World> {
    const world = await begun(policy);
    const sync = world.another({ policy, batchSize: 1 });
    const controller = new AbortController();
    sync.once('operation-applied', () => {
      controller.abort();
    });
    world.feed = without(3);
    expect(await sync.run({ signal: controller.signal })).toMatchObject({ outcome: 'aborted', applied: 1 });
    return world;
  }

  /** The roster in which the classes of the second and the third student are missing: nothing is told of their members. */
  function withoutTheirClasses(read: Roster): Roster {
    const gone = ['c2', 'c3'];
    return {
      ...read,
      classes: read.classes.filter(({ sourcedId }) => !gone.includes(sourcedId)),
      enrollments: read.enrollments.filter(({ classSourcedId }) => !gone.includes(classSourcedId)),
    };
  }

  it('though a later plan could not judge whether it went', async () => {
    const world = await broken();
    world.feed = withoutTheirClasses(without(4));
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', applied: 1 });
    // Two went. The others may have gone as well, and count until a plan finds them due.
    expect((await ledgerOf(world)).removals).toMatchObject([{ removed: 4, unconfirmed: { length: 2 } }]);
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', applied: 0 });
    world.feed = without(5);
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', applied: 3, holds: [] });
    expect((await ledgerOf(world)).removals).toEqual([
      { day: '2026-09-15', kind: 'enrollments', removed: 5, baseline: 50 },
    ]);
    world.feed = without(6);
    expect(await world.sync.run()).toMatchObject({ outcome: 'held', holds: [{ id: 'G7:enrollments', count: 6 }] });
  });

  it('and does count where it had gone', async () => {
    const world = await begun(policy);
    const save = world.store.saveLedger.bind(world.store);
    world.feed = without(3);
    // The run breaks off when everything is applied, and only its end is not written.
    let saved = 0;
    world.store.saveLedger = async (...args) => {
      saved += 1;
      if (saved > 1) throw new Error('The connection broke.');
      await save(...args);
    };
    await expect(world.sync.run()).rejects.toThrow('The connection broke.');
    world.store.saveLedger = save;
    world.feed = withoutTheirClasses(without(4));
    await world.sync.run();
    world.feed = without(4);
    await world.sync.run();
    const [sum] = (await ledgerOf(world)).removals ?? [];
    expect(sum).toEqual({ day: '2026-09-15', kind: 'enrollments', removed: 4, baseline: 50 });
  });

  it('though its approval broke off', async () => {
    const world = await begun(policy);
    world.feed = without(6);
    await world.sync.run();
    const { hash } = hold(await ledgerOf(world), 'G6:enrollments');
    const sync = world.another({ policy, batchSize: 4 });
    const apply = world.store.apply.bind(world.store);
    let batches = 0;
    world.store.apply = (batch) => {
      batches += 1;
      return batches > 1 ? Promise.reject(new Error('The connection broke.')) : apply(batch);
    };
    const approval = sync.approve('G6:enrollments', { hash, by: 'admin-1' });
    await expect(approval).rejects.toThrow('The connection broke.');
    world.store.apply = apply;
    expect((await ledgerOf(world)).removals).toMatchObject([{ removed: 6, unconfirmed: { length: 6 } }]);
    const wide = world.another({ policy: { fullData: true } });
    expect(await wide.run()).toMatchObject({ outcome: 'applied', applied: 2 });
    expect((await ledgerOf(world)).removals).toMatchObject([{ removed: 6 }]);
  });
});

describe('messages (G8)', () => {
  it('too many wait although the data is applied, until a person approves', async () => {
    const world = new World(roster(3, 2), { policy: { limits: { notices: 2 } } });
    const run = await world.sync.run();
    expect(run).toMatchObject({ outcome: 'held', sent: 0, holds: [{ id: 'G8', count: 3, limit: 2 }] });
    expect(run.applied).toBeGreaterThan(0);
    // One more run changes nothing about that.
    expect(await world.sync.run()).toMatchObject({ outcome: 'held', sent: 0 });
    await expect(world.sync.discard('G8', { by: 'admin-1' })).rejects.toBeInstanceOf(PlanError);
    const { hash } = hold(await ledgerOf(world), 'G8');
    expect(await world.sync.approve('G8', { hash, by: 'admin-1' })).toMatchObject({ sent: 3 });
    expect(world.mailer.messages).toHaveLength(3);
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', sent: 0 });
  });

  it('go out with the plan that is acknowledged with its messages, and not without', async () => {
    const options = { policy: { limits: { notices: 2 } } };
    const shy = new World(roster(3, 2), options);
    const plan = await shy.sync.plan();
    expect(await shy.sync.apply(plan, { acknowledge: plan.hash })).toMatchObject({ outcome: 'held', sent: 0 });
    const world = new World(roster(3, 2), options);
    const same = await world.sync.plan();
    expect(await world.sync.apply(same, { acknowledge: same.hash, mail: true })).toMatchObject({ sent: 3 });
    expect((await ledgerOf(world)).holds).toEqual([]);
  });

  it('wait in quiet hours, and go out with the first run after them', async () => {
    const windows = [{ kind: 'quiet', from: '20:00', to: '06:00' }] as const;
    const world = new World(roster(3, 2), { policy: { windows } });
    on(world, 15, '22:00');
    expect(await world.sync.run()).toMatchObject({ outcome: 'held', sent: 0, holds: [{ id: 'G8:quiet' }] });
    on(world, 16, '05:59');
    expect(await world.sync.run()).toMatchObject({ sent: 0 });
    on(world, 16, '06:00');
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', sent: 3, holds: [] });
  });
});

describe('messages of a run that breaks off (G8)', () => {
  const policy = { limits: { notices: 1 } };

  /** Three teachers would be invited; the run breaks off once the first of them has an account. */
  async function broken(options: { readonly mail?: boolean } = {}): Promise<World> {
    const world = new World(roster(3, 2), { policy });
    const sync = world.another({ policy, batchSize: 1 });
    const controller = new AbortController();
    sync.on('operation-applied', ({ subject }) => {
      if (subject === 'user:t1') controller.abort();
    });
    const plan = await sync.plan();
    const { signal } = controller;
    const run = await sync.apply(plan, {
      signal,
      ...(options.mail === true ? { acknowledge: plan.hash, mail: true } : {}),
    });
    expect(run.outcome).toBe('aborted');
    return world;
  }

  it('are counted once', async () => {
    const world = await broken();
    const { hash } = hold(await ledgerOf(world), 'G8');
    expect(await world.sync.run()).toMatchObject({ outcome: 'held', sent: 0, holds: [{ id: 'G8', count: 3, hash }] });
    expect(await ledgerOf(world)).not.toHaveProperty('messages');
    expect(await world.sync.run()).toMatchObject({ holds: [{ id: 'G8', count: 3, hash }] });
    expect(await world.sync.approve('G8', { hash, by: 'admin-1' })).toMatchObject({ sent: 3 });
  });

  it('go out with those that a person let go, and newcomers’ messages wait by themselves', async () => {
    const world = await broken({ mail: true });
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', sent: 3, holds: [] });
    world.feed = roster(5, 2);
    expect(await world.sync.run()).toMatchObject({ outcome: 'held', sent: 0, holds: [{ id: 'G8', count: 2 }] });
  });

  it('wait with those of newcomers who are too many: nobody has read of these', async () => {
    const world = await broken({ mail: true });
    world.feed = roster(5, 2);
    const run = await world.sync.run();
    expect(run).toMatchObject({ outcome: 'held', holds: [{ id: 'G8', count: 4 }] });
    expect(world.mailer.messages.map(({ to }) => to)).toEqual([['t1@school.example']]);
  });

  it('go out likewise where a person approves them after that', async () => {
    const world = await broken();
    const { hash } = hold(await ledgerOf(world), 'G8');
    expect(await world.sync.approve('G8', { hash, by: 'admin-1' })).toMatchObject({ sent: 1 });
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', sent: 2, holds: [] });
    expect(await ledgerOf(world)).not.toHaveProperty('messages');
  });

  it.each([
    ['let go', true],
    ['held', false],
  ])('are not forgotten over an incomplete read: %s', async (_title, mail) => {
    const world = await broken({ mail });
    const whole = world.feed;
    const users = { ...whole.attestation.collections.users, state: 'incomplete' } as const;
    const collections = { ...whole.attestation.collections, users };
    world.feed = { ...whole, attestation: { ...whole.attestation, collections }, classes: [], enrollments: [] };
    expect((await world.sync.run()).holds.map(({ id }) => id)).toEqual(mail ? ['G2'] : ['G2', 'G8']);
    world.feed = whole;
    const run = await world.sync.run();
    expect(run.holds.map(({ id, count }) => [id, count])).toEqual(mail ? [] : [['G8', 3]]);
    expect(world.mailer.messages).toHaveLength(mail ? 3 : 0);
  });

  it('are part of what a plan takes for granted', async () => {
    const world = new World(roster(3, 2), { policy });
    const plan = await world.sync.plan();
    const sync = world.another({ policy, batchSize: 1 });
    const controller = new AbortController();
    sync.once('operation-applied', () => {
      controller.abort();
    });
    await sync.apply(plan, { signal: controller.signal, acknowledge: plan.hash, mail: true });
    await expect(world.sync.apply(plan)).rejects.toBeInstanceOf(StalePlanError);
  });
});

describe('windows (Z9)', () => {
  it('in a blackout nothing is changed, sent or forgotten', async () => {
    const windows = [{ kind: 'blackout', from: '2026-12-20', to: '2027-01-03' }] as const;
    const world = await begun({ windows, limits: { enrollments: 0.01, floor: 0 } });
    world.feed = without(3);
    await world.sync.run();
    const before = await world.store.load(scope);
    world.clock.set('2026-12-24T12:00:00.000Z');
    world.feed = roster(12, 4);
    const plan = await world.sync.plan();
    expect(plan).toMatchObject({ changes: [], notes: [{ rule: 'Z9', code: 'BLACKOUT' }] });
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', applied: 0, sent: 0 });
    expect(await world.store.load(scope)).toEqual(before);
    expect(await world.sync.holds()).toHaveLength(1);
    world.clock.set('2027-01-04T00:00:00.000Z');
    expect((await world.sync.run()).applied).toBeGreaterThan(0);
  });

  it('forbidden contact is blocked even then', async () => {
    const linked: Roster = {
      ...roster(1, 1),
      users: [...roster(1, 1).users, { ...person('g1', 'guardian'), mobile: '+15555550100' }],
      guardianLinks: [{ guardianSourcedId: 'g1', studentSourcedId: 's1-1' }],
    };
    const steps = ['classes', 'teachers', 'students', 'guardians'] as const;
    const windows = [{ kind: 'blackout', from: '2026-12-20', to: '2027-01-03' }] as const;
    const world = new World(linked, { policy: { windows }, steps: [...steps] });
    await world.sync.run();
    world.clock.set('2026-12-24T12:00:00.000Z');
    world.feed = {
      ...withPerson(linked, 's1-1', { givenName: 'Other' }),
      guardianLinks: [{ guardianSourcedId: 'g1', studentSourcedId: 's1-1', blocked: true }],
    };
    const run = await world.sync.run();
    expect(run).toMatchObject({ applied: 1, counts: { byKind: { 'guardian-update': 1 } } });
    expect((await world.store.load(scope)).guardianLinks).toMatchObject([{ blocked: true }]);
  });

  it('in an additive-only window nothing is taken away, and after it what is still due', async () => {
    const windows = [{ kind: 'additive-only', from: '2026-09-16', to: '2026-09-20' }] as const;
    const world = await begun({ windows });
    on(world, 17);
    world.feed = without(3);
    const plan = await world.sync.plan();
    expect(plan.counts.destructive).toBe(0);
    expect(plan.notes.map(({ code }) => code)).toEqual(expect.arrayContaining(['ADDITIVE_ONLY', 'WINDOW_ADDITIVE']));
    await world.sync.run();
    on(world, 21);
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', applied: 3 });
  });
});

describe('another policy (Z10)', () => {
  it('is told with what it alone causes', async () => {
    const world = await begun({ fullData: false });
    world.feed = without(3);
    const plan = await world.another({ policy: { fullData: true } }).plan();
    const [note] = plan.notes.filter(({ code }) => code === 'POLICY_CHANGED');
    expect(note).toMatchObject({ rule: 'Z10', evidence: { 'enrollment-remove': 3, settings: ['fullData'] } });
    expect(plan.holds).toEqual([]);
  });

  it('holds the first removals where the settings say so, once', async () => {
    const limits = { policyChange: true };
    const world = await begun({ fullData: false, limits });
    const sync = world.another({ policy: { fullData: true, limits } });
    expect((await sync.run()).outcome).toBe('applied');
    world.feed = without(3);
    expect(await sync.run()).toMatchObject({ outcome: 'held', applied: 0, holds: [{ id: 'Z10', count: 3 }] });
    const { hash } = hold(await ledgerOf(world), 'Z10');
    expect(await sync.approve('Z10', { hash, by: 'admin-1' })).toMatchObject({ applied: 3 });
    world.feed = without(5);
    expect(await sync.run()).toMatchObject({ outcome: 'applied', applied: 2 });
  });
});

describe('the grace', () => {
  it('takes a member away who was missing from two reads of two days, and no sooner', async () => {
    const world = await begun({ graceSnapshots: 2 });
    const missing = (day: number, count: number): Roster => {
      on(world, day);
      return { ...without(count), readAt: `2026-09-${String(day)}T11:00:00.000Z` };
    };
    world.feed = missing(16, 2);
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', applied: 0 });
    expect((await world.sync.plan()).notes).toContainEqual({
      rule: 'Z6',
      code: 'GRACE',
      severity: 'info',
      evidence: { enrollment: 2, reads: 2 },
    });
    world.feed = missing(17, 1);
    expect(await world.sync.run()).toMatchObject({ applied: 1 });
    world.feed = missing(18, 2);
    expect(await world.sync.run()).toMatchObject({ applied: 0 });
    expect((await ledgerOf(world)).absences).toMatchObject([{ subject: 'enrollment:2:c2:s2-1', count: 1 }]);
  });
});

describe('the shape of a read (G4)', () => {
  /** Nobody has a name any more: two columns are gone. */
  const odd = (): Roster => {
    const read = without(3);
    return { ...read, users: read.users.map((user) => ({ ...user, givenName: '', familyName: '' })) };
  };

  it('holds what would go and what would be sent; accepted, it is healthy', async () => {
    const world = await begun({});
    const newcomer = person('t11', 'teacher');
    const read = odd();
    world.feed = {
      ...read,
      users: [...read.users, { ...newcomer, givenName: '', familyName: '' }],
      enrollments: [...read.enrollments, { classSourcedId: 'c1', userSourcedId: 't11', role: 'teacher' }],
    };
    const run = await world.sync.run();
    expect(run).toMatchObject({ outcome: 'held', sent: 0, holds: [{ id: 'G4', code: 'SHAPE_HOLD' }] });
    expect((await world.store.load(scope)).users.some(({ sourcedId }) => sourcedId === 't11')).toBe(true);
    const { hash } = hold(await ledgerOf(world), 'G4');
    expect(await world.sync.approve('G4', { hash, by: 'admin-1' })).toMatchObject({ applied: 3, sent: 1 });
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', applied: 0, holds: [] });
  });

  it('is forgotten when the next read is as before', async () => {
    const world = await begun({});
    world.feed = odd();
    await world.sync.run();
    world.feed = roster(10, 4);
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', holds: [] });
  });
});

describe('a plan that was made before', () => {
  const policy = { limits: { enrollments: 0.13, floor: 0 } };

  it('is refused once a run has held something since', async () => {
    const world = await begun(policy);
    world.feed = without(3);
    const plan = await world.sync.plan();
    world.feed = without(7);
    expect((await world.sync.run()).outcome).toBe('held');
    await expect(world.sync.apply(plan)).rejects.toBeInstanceOf(StalePlanError);
    expect(hold(await ledgerOf(world), 'G6:enrollments').changes).toHaveLength(7);
  });

  it('is refused while a run that broke off has not ended', async () => {
    const world = await begun({});
    const empty = await world.sync.plan();
    world.feed = without(6);
    const sync = world.another({ batchSize: 2, policy: { fullData: true } });
    const controller = new AbortController();
    sync.once('operation-applied', () => {
      controller.abort();
    });
    await sync.run({ signal: controller.signal });
    await expect(world.sync.apply(empty)).rejects.toBeInstanceOf(StalePlanError);
    expect((await ledgerOf(world)).unfinished).toBeDefined();
  });

  it('is refused likewise though it was made in a blackout, and changes nothing', async () => {
    const windows = [{ kind: 'blackout', from: '2026-09-20', to: '2026-09-21' }] as const;
    const world = await begun({ windows, ...policy });
    on(world, 20);
    const plan = await world.sync.plan();
    on(world, 22);
    world.feed = without(7);
    expect((await world.sync.run()).outcome).toBe('held');
    await expect(world.sync.apply(plan)).rejects.toBeInstanceOf(StalePlanError);
    expect(hold(await ledgerOf(world), 'G6:enrollments').changes).toHaveLength(7);
  });

  it('is refused where a window has opened since; its messages wait for the end of quiet hours', async () => {
    const windows = [
      { kind: 'blackout', from: '2026-09-20', to: '2026-09-21' },
      { kind: 'additive-only', from: '2026-09-24', to: '2026-09-24' },
      { kind: 'quiet', from: '20:00', to: '06:00' },
    ] as const;
    const world = await begun({ windows });
    world.feed = without(3);
    const plan = await world.sync.plan();
    on(world, 20);
    await expect(world.sync.apply(plan)).rejects.toBeInstanceOf(StalePlanError);
    on(world, 24);
    await expect(world.sync.apply(plan)).rejects.toBeInstanceOf(StalePlanError);
    world.feed = roster(12, 4);
    on(world, 25);
    const later = await world.sync.plan();
    on(world, 25, '22:00');
    expect(await world.sync.apply(later)).toMatchObject({ sent: 0 });
    on(world, 26, '07:00');
    expect(await world.sync.run()).toMatchObject({ sent: 2 });
  });
});

describe('the approval of messages', () => {
  it('is of what was read: more since are not among them', async () => {
    const world = new World(roster(3, 2), { policy: { limits: { notices: 2 } } });
    await world.sync.run();
    const { hash } = hold(await ledgerOf(world), 'G8');
    world.feed = roster(6, 2);
    await world.sync.run();
    await expect(world.sync.approve('G8', { hash, by: 'admin-1' })).rejects.toBeInstanceOf(StalePlanError);
    expect(world.mailer.messages).toEqual([]);
  });

  it('does not end quiet hours, nor an incomplete read’s doubt', async () => {
    const windows = [{ kind: 'quiet', from: '20:00', to: '06:00' }] as const;
    const world = new World(roster(3, 2), { policy: { windows, limits: { notices: 2 } } });
    await world.sync.run();
    on(world, 15, '22:00');
    const approve = async () => {
      const { hash } = hold(await ledgerOf(world), 'G8');
      return world.sync.approve('G8', { hash, by: 'admin-1' });
    };
    expect(await approve()).toMatchObject({ sent: 0 });
    on(world, 16, '07:00');
    expect(await world.sync.run()).toMatchObject({ sent: 3 });
    world.feed = roster(6, 2);
    await world.sync.run();
    const { attestation } = world.feed;
    const users = { ...attestation.collections.users, state: 'incomplete' } as const;
    world.feed = { ...world.feed, attestation: { ...attestation, collections: { ...attestation.collections, users } } };
    await world.sync.run();
    expect(await approve()).toMatchObject({ sent: 0 });
  });
});

it('an approval that breaks off is counted in the week, however far it came', async () => {
  const world = await begun({ limits: { enrollments: 0.1, floor: 0 } });
  world.feed = without(6);
  await world.sync.run();
  const { hash } = hold(await ledgerOf(world), 'G6:enrollments');
  const apply = world.store.apply.bind(world.store);
  world.store.apply = () => Promise.reject(new Error('The connection broke.'));
  await expect(world.sync.approve('G6:enrollments', { hash, by: 'admin-1' })).rejects.toThrow('The connection broke.');
  world.store.apply = apply;
  expect((await ledgerOf(world)).removals).toMatchObject([{ removed: 6 }]);
});
