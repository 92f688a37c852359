import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { AuthenticationError, ConfigurationError, StoreError } from '../../src/errors.js';
import type { LocalUser, Roster, User } from '../../src/model/index.js';
import type { RosterSource, RunReport, SaveRunOptions } from '../../src/ports/index.js';
import type { NoticeTemplate } from '../../src/people/index.js';
import { RosterSync, type RosterSyncOptions } from '../../src/sync/index.js';
import { attestation, person, recordEvents, roster, scope, sourceOf, TestClock, unenrolled, World } from './support.js';

const ADMIN: Partial<LocalUser> & Pick<LocalUser, 'id'> = {
  id: 'admin-1',
  roles: ['administrator'],
  role: 'Administrator',
  givenName: 'Grace',
  familyName: 'Hopper',
  email: 'grace@school.example',
  schoolSourcedIds: ['north'],
};

const policy = { notify: { roles: ['Administrator'] }, invitations: { teachers: false } };

/** A world with administrators whom the host knows by itself. */
function told(
  options: Partial<RosterSyncOptions> = {},
  people: readonly (Partial<LocalUser> & Pick<LocalUser, 'id'>)[] = [ADMIN],
  feed: Roster = roster(2, 4),
): World {
  const world = new World(feed, { policy, ...options });
  world.store.seed(scope, { users: people.map((each) => ({ ...ADMIN, ...each })) as never });
  return world;
}

const denied = (): AuthenticationError =>
  new AuthenticationError('Reading schools: the key is not accepted.', {
    source: 'test',
    status: 401,
    method: 'GET',
    path: '/schools',
  });
const refusing: RosterSource = {
  provider: 'test',
  read: () => Promise.reject(denied()),
  schools: () => Promise.resolve([]),
};

const forgotten = new WeakMap<World, number>();

/** Whom messages went to since the last `forget`. */
const recipients = (world: World): readonly string[] =>
  world.mailer.messages
    .slice(forgotten.get(world) ?? 0)
    .map(({ to }) => to[0] ?? '')
    .sort();

function forget(world: World): void {
  forgotten.set(world, world.mailer.messages.length);
}

describe('the notice of a run', () => {
  it('tells once what was done, in counts and without a name', async () => {
    const world = told({ notices: { reportUrl: (id) => `https://host.example/runs/${id}` } });
    const heard = recordEvents(world.sync);
    const queued: unknown[] = [];
    world.sync.on('notice-queued', (event) => queued.push(event));
    const run = await world.sync.run();
    expect(recipients(world)).toEqual(['grace@school.example']);
    const [notice] = world.mailer.messages;
    expect(notice?.subject).toBe('Roster sync: done');
    expect(notice?.text).toContain('- Classes: 2 added\n- People: 10 added\n- Members of classes: 10 added');
    expect(notice?.text).toContain(`https://host.example/runs/${run.id}`);
    expect(notice?.text).toContain('September 15, 2026 at 12:00 PM (UTC)');
    expect(notice?.html).toContain(`<a href="https://host.example/runs/${run.id}">`);
    expect(JSON.stringify(notice)).not.toMatch(/Given|Grace|s1-1/);
    expect(run).toMatchObject({ outcome: 'applied', sent: 1 });
    expect(await world.sync.runs()).toEqual([run]);
    expect(queued).toEqual([{ runId: run.id, recipients: 1 }]);
    expect(heard.map(({ name }) => name).slice(-2)).toEqual(['message-sent', 'run-end']);
    await world.sync.deliver();
    expect(world.mailer.messages).toHaveLength(1);
  });

  it('is sent to nobody unless the policy says to whom', async () => {
    const world = told({ policy: { invitations: { teachers: false } } });
    await world.sync.run();
    expect(world.mailer.messages).toEqual([]);
  });

  it('is not sent for a run that found nothing to do, unless asked for', async () => {
    const world = told();
    await world.sync.run();
    await world.sync.run();
    expect(world.mailer.messages).toHaveLength(1);
    await world.sync.run({ policy: { notify: { roles: ['Administrator'], unchanged: true } } });
    expect(world.mailer.messages).toHaveLength(2);
  });

  it('is not sent for the first sync if so set, nor for what broke off before it', async () => {
    const silent = { ...policy, notify: { roles: ['Administrator'], silentFirstSync: true } };
    const world = told({ policy: silent });
    await world.another({ source: refusing, policy: silent }).run();
    await world.sync.run();
    expect(world.mailer.messages).toEqual([]);
    world.feed = roster(3, 4);
    await world.sync.run();
    expect(world.mailer.messages).toHaveLength(1);
  });

  it('tells what waits in the sentences of the engine, every time while it waits', async () => {
    const world = told({ policy: { ...policy, fullData: true, limits: { enrollments: 0.1 } } }, [ADMIN], roster(10, 4));
    await world.sync.run();
    world.feed = unenrolled(world.feed, 's1-1', 's2-1', 's3-1', 's4-1', 's5-1', 's6-1');
    await world.sync.run();
    const [, notice] = world.mailer.messages;
    expect(notice?.subject).toBe('Roster sync: something waits for you');
    expect(notice?.text).toContain('- 6 of 50 members would go, and the limit of one run is 10%. (6 changes)');
    const [hold] = await world.sync.holds();
    await world.sync.approve(hold?.id ?? '', { hash: hold?.hash ?? '', by: 'admin-1' });
    expect(world.mailer.messages[2]?.subject).toBe('Roster sync: what you had waiting is done');
    expect(world.mailer.messages[2]?.text).toContain('- Members of classes: 6 archived or removed');
  });

  it('says that the provider refuses, and that nothing was changed', async () => {
    const world = told({ source: refusing });
    const run = await world.sync.run();
    expect(run).toMatchObject({ outcome: 'failed', sent: 1 });
    expect(world.mailer.messages[0]).toMatchObject({
      subject: 'Roster sync: the district’s data cannot be reached',
      text: expect.stringContaining('- Reading schools: the key is not accepted.'),
    });
  });

  it('of a feed that cannot be believed says so', async () => {
    const world = told();
    const { collections } = world.feed.attestation;
    const users = { state: 'failed', received: 0 } as const;
    world.feed = {
      ...world.feed,
      users: [],
      attestation: { ...attestation(), collections: { ...collections, users } },
    };
    expect((await world.sync.run()).outcome).toBe('failed');
    expect(world.mailer.messages).toMatchObject([{ subject: 'Roster sync: failed' }]);
  });

  it('is louder on the third day of an empty feed', async () => {
    const world = told({ policy: { ...policy, fullData: true, archive: true } });
    await world.sync.run();
    world.feed = { ...world.feed, classes: [], enrollments: [] };
    for (const day of ['16', '17', '18', '19']) {
      world.clock.set(`2026-09-${day}T12:00:00.000Z`);
      await world.sync.run();
    }
    const subjects = world.mailer.messages.map(({ subject }) => subject);
    expect(subjects[1]).toBe('Roster sync: something waits for you');
    expect(subjects.at(-1)).toBe('Please act: Roster sync: something waits for you');
    expect(world.mailer.messages.at(-1)?.text).toMatch(/^The data has had no classes at all for 3 days/);
  });

  it('is not sent for a run that was stopped, nor for what a person discarded', async () => {
    const world = told({ policy: { ...policy, fullData: true, limits: { enrollments: 0.1 } } }, [ADMIN], roster(10, 4));
    expect(await world.sync.run({ signal: AbortSignal.abort() })).toMatchObject({ outcome: 'aborted' });
    expect(world.mailer.messages).toEqual([]);
    await world.sync.run();
    world.feed = unenrolled(world.feed, 's1-1', 's2-1', 's3-1', 's4-1', 's5-1', 's6-1');
    await world.sync.run();
    const [hold] = await world.sync.holds();
    await world.sync.discard(hold?.id ?? '', { by: 'admin-1' });
    expect(world.mailer.messages).toHaveLength(2);
  });

  it('waits through quiet hours and blackouts, and goes out after them', async () => {
    const quiet = { ...policy, windows: [{ kind: 'quiet', from: '11:00', to: '13:00' }] as const };
    const world = told({ policy: quiet });
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', sent: 0 });
    await world.sync.deliver();
    expect(world.mailer.messages).toEqual([]);
    world.clock.set('2026-09-15T13:30:00.000Z');
    await world.sync.deliver();
    expect(world.mailer.messages).toHaveLength(1);
    const blackout = { ...policy, windows: [{ kind: 'blackout', from: '2026-09-15', to: '2026-09-16' }] as const };
    world.feed = roster(3, 4);
    const still = world.another({ policy: blackout });
    await still.run();
    expect(world.mailer.messages).toHaveLength(1);
    await world.another({ policy: blackout, source: refusing }).run();
    expect(world.mailer.messages).toHaveLength(1);
    world.clock.set('2026-09-17T12:00:00.000Z');
    await still.deliver();
    expect(world.mailer.messages.at(-1)?.subject).toContain('cannot be reached');
    expect(world.mailer.messages).toHaveLength(2);
  });

  it('goes out in quiet hours where a person lets the messages of the plan go', async () => {
    const world = told({ policy: { ...policy, windows: [{ kind: 'quiet', from: '11:00', to: '13:00' }] } });
    const plan = await world.sync.plan();
    await world.sync.apply(plan, { acknowledge: plan.hash, mail: true, by: 'admin-1' });
    expect(world.mailer.messages).toHaveLength(1);
  });
});

describe('who is told', () => {
  const other = { ...ADMIN, id: 'admin-2', email: 'ida@school.example', schoolSourcedIds: ['south'] };

  function twoSchools(): Roster {
    const feed = roster(2, 2);
    return {
      ...feed,
      schools: [...feed.schools, { sourcedId: 'south', name: 'South' }],
      classes: feed.classes.map((each) => (each.sourcedId === 'c2' ? { ...each, schoolSourcedId: 'south' } : each)),
      users: feed.users.map((user) => (user.sourcedId.includes('2') ? { ...user, schoolSourcedIds: ['south'] } : user)),
    };
  }

  it('are the people of the role in the schools that the run touched, and those of the district', async () => {
    const district = { ...ADMIN, id: 'admin-3', email: 'dee@school.example', schoolSourcedIds: [] };
    const teacher = { ...ADMIN, id: 'teacher-1', email: 'tom@school.example', role: 'Teacher' };
    const world = told({}, [ADMIN, other, district, teacher], twoSchools());
    await world.sync.run();
    expect(recipients(world)).toEqual(['dee@school.example', 'grace@school.example', 'ida@school.example']);
    forget(world);
    world.feed = { ...world.feed, classes: world.feed.classes.map(renamedIn('south')) };
    await world.sync.run();
    expect(recipients(world)).toEqual(['dee@school.example', 'ida@school.example']);
  });

  it('are those of a school where only a person changed', async () => {
    const world = told({}, [ADMIN, other], twoSchools());
    await world.sync.run();
    forget(world);
    world.feed = {
      ...world.feed,
      users: world.feed.users.map((user): User => (user.sourcedId === 't2' ? { ...user, familyName: 'New' } : user)),
    };
    expect((await world.sync.run()).applied).toBe(1);
    expect(recipients(world)).toEqual(['ida@school.example']);
  });

  it('are all of the scope where a run failed', async () => {
    const world = told({}, [ADMIN, other], twoSchools());
    await world.sync.run();
    forget(world);
    await world.another({ source: refusing, policy }).run();
    expect(recipients(world)).toEqual(['grace@school.example', 'ida@school.example']);
    forget(world);
    await world.another({ source: refusing, policy, scope: { ...scope, schools: ['south'] } }).run();
    expect(recipients(world)).toEqual(['ida@school.example']);
  });

  it('are never those who left, who have no address, or who share one twice', async () => {
    const gone = { ...ADMIN, id: 'admin-4', email: 'gone@school.example', state: 'deactivated' } as const;
    const shut = { ...ADMIN, id: 'admin-5', email: 'shut@school.example', enabled: false };
    const mute = { ...ADMIN, id: 'admin-6', email: 'no address' };
    const twin = { ...ADMIN, id: 'admin-7', email: 'GRACE@school.example' };
    const world = told({}, [ADMIN, gone, shut, mute, twin]);
    await world.sync.run();
    expect(recipients(world)).toEqual(['grace@school.example']);
  });

  it('are people of the roster by what they are there, where the host gives no role; and never a child', async () => {
    const feed = roster(1, 2);
    const head: User = { ...person('a1', 'teacher'), roles: ['administrator'] };
    const world = new World(
      { ...feed, users: [...feed.users, head] },
      { policy: { ...policy, notify: { roles: ['administrator', 'student'] }, staff: { create: true } } },
    );
    await world.sync.run();
    expect(recipients(world)).toEqual(['a1@school.example']);
  });

  it('must be roles that the host has, or words of the roster', async () => {
    const store = new MemoryStore({ roles: ['Administrator'] });
    const world = new World(roster(), {}, store);
    const run = world.sync.run({ policy: { notify: { roles: ['administrator', 'Wizard'] } } });
    await expect(run).rejects.toMatchObject({ parameter: 'policy.notify.roles.1' });
  });
});

describe('the words of a notice', () => {
  it('are Spanish for whom it is so said, and English where a language has no template', async () => {
    const other = { ...ADMIN, id: 'admin-2', email: 'luz@school.example' };
    const asked: unknown[] = [];
    const language = (recipient: { readonly userId: string }): string => {
      asked.push(recipient);
      return recipient.userId === 'admin-1' ? 'es' : 'tlh';
    };
    const world = told({ notices: { language } }, [ADMIN, other]);
    await world.sync.run();
    const subjects = world.mailer.messages.map(({ to, subject }) => [to[0], subject]).sort();
    expect(subjects).toEqual([
      ['grace@school.example', 'Sincronización: terminada'],
      ['luz@school.example', 'Roster sync: done'],
    ]);
    expect(JSON.stringify(asked)).not.toContain('@');
  });

  it('may be one’s own, on one line of subject', async () => {
    const template: NoticeTemplate = ({ status, applied }) => ({
      subject: `Mine:\r\nBcc: x@evil.example ${status}`,
      text: `${String(applied.class?.added ?? 0)} classes`,
    });
    const world = told({ notices: { templates: { en: template } } });
    await world.sync.run();
    expect(world.mailer.messages).toMatchObject([{ subject: 'Mine: Bcc: x@evil.example applied', text: '2 classes' }]);
  });

  it('escape what is not theirs', async () => {
    const reportUrl = (): string => 'https://host.example/?a=1&b="2"';
    const world = told({ notices: { reportUrl } });
    await world.sync.run();
    expect(world.mailer.messages[0]?.html).toContain('href="https://host.example/?a=1&amp;b=%222%22"');
  });

  it.each<[string, RosterSyncOptions['notices'], string]>([
    ['an address that is not encrypted', { reportUrl: () => 'http://host.example/' }, 'configuration'],
    [
      'a template that fails',
      {
        templates: {
          en: () => {
            throw new Error('Ada Lovelace');
          },
        },
      },
      'unexpected',
    ],
    ['a template that returns nothing', { templates: { en: () => ({}) as never } }, 'configuration'],
  ])('%s is a failure of the run, and never its end', async (_, notices, code) => {
    const errors: unknown[] = [];
    const world = told({ notices, onListenerError: (error: unknown) => errors.push(error) });
    const run = await world.sync.run();
    expect(run).toMatchObject({ outcome: 'applied', failures: [{ code }] });
    expect(errors).toHaveLength(1);
    expect(JSON.stringify(run)).not.toContain('Ada');
    expect(world.mailer.messages).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['notices', 'es'],
    ['notices.reportUrl', { reportUrl: 'https://host.example' }],
    ['notices.language', { language: 7 }],
    ['notices.templates.en', { templates: { en: 'Hello' } }],
    ['templets', { templets: {} }],
  ])('a mistake in %s is named', (parameter, notices) => {
    const make = (): RosterSync =>
      new RosterSync({ source: sourceOf(() => roster()), store: new MemoryStore(), scope, notices: notices as never });
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(parameter);
  });
});

describe('a notice and its report', () => {
  it('are written together: where the report is not, there is no message', async () => {
    const written: (SaveRunOptions | undefined)[] = [];
    const store = new (class extends MemoryStore {
      override async saveRun(report: RunReport, options?: SaveRunOptions): Promise<void> {
        if (report.outcome === 'applied') {
          written.push(options);
          if (written.length === 1) throw new StoreError('saveRun: no', { operation: 'saveRun' });
        }
        await super.saveRun(report, options);
      }
    })({ clock: new TestClock() });
    const world = new World(roster(), { policy }, store);
    store.seed(scope, { users: [ADMIN] as never });
    await expect(world.sync.run()).rejects.toBeInstanceOf(StoreError);
    expect(world.mailer.messages).toEqual([]);
    world.feed = roster(3);
    await world.sync.run();
    expect(recipients(world)).toEqual(['grace@school.example']);
    const [, second] = written;
    const [message] = (second?.messages ?? []);
    expect(message).toMatchObject({ kind: 'notice', channel: 'email', state: 'pending', userId: 'admin-1' });
  });

  it('whose delivery fails for now is tried again, and the report says so', async () => {
    const world = told({ mailer: { send: () => Promise.reject(new Error('down')) } });
    const run = await world.sync.run();
    expect(run).toMatchObject({ outcome: 'applied', sent: 0, failures: [{ code: 'mail' }] });
    expect(await world.sync.runs()).toEqual([run]);
    world.clock.set('2026-09-15T13:00:00.000Z');
    await world.another().deliver();
    expect(recipients(world)).toEqual(['grace@school.example']);
  });
});

function renamedIn(school: string): (each: Roster['classes'][number]) => Roster['classes'][number] {
  return (each) => (each.schoolSourcedId === school ? { ...each, name: `${each.name} (new)` } : each);
}
