import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MemoryMailer, MemoryStore } from '../../src/adapters/memory/index.js';
import { MailError } from '../../src/errors.js';
import type { Roster, User } from '../../src/model/index.js';
import { Invitations } from '../../src/people/index.js';
import { RosterSync } from '../../src/sync/index.js';
import { person, roster, scope, sourceOf } from './support.js';

/** Cases; more by `INVITATION_CASES=10000 npx vitest run test/sync/promise-12.test.ts`. */
const CASES = Number(process.env['INVITATION_CASES'] ?? 300);
const SEED = Number(process.env['PROMISE_SEED'] ?? 2_026);

const PEOPLE = 3;
const START = Date.parse('2026-09-15T12:00:00.000Z');
const by = 'office';

type Step =
  | { readonly kind: 'run' | 'run-twice' | 'mail-down' | 'undo' }
  | { readonly kind: 'kill'; readonly write: number; readonly isAfter: boolean }
  | { readonly kind: 'move'; readonly who: number; readonly address: number }
  | { readonly kind: 'leave' | 'return' | 'rename' | 'resend' | 'issue' | 'revoke' | 'accept'; readonly who: number };

const who = fc.nat(PEOPLE - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom<Step>({ kind: 'run' }, { kind: 'run-twice' }, { kind: 'mail-down' }, { kind: 'undo' }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('kill' as const),
      write: fc.integer({ min: 1, max: 14 }),
      isAfter: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('move' as const), who, address: fc.nat(2) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('leave' as const, 'return' as const, 'rename' as const), who }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('resend' as const, 'issue' as const, 'revoke' as const, 'accept' as const),
      who,
    }),
  },
);

/** What writes, so that a process may die before or after it. */
const WRITES: ReadonlySet<string> = new Set([
  'apply',
  'saveLedger',
  'saveRun',
  'saveMessage',
  'saveInvitation',
  'releaseWaiting',
]);

/** A district of teachers, its syncs, and what everybody was sent. */
class District {
  readonly mailer = new MemoryMailer();
  readonly store: MemoryStore;
  readonly invitations: Invitations;
  /** How many letters an address may have had by now, besides the first. */
  readonly asked = new Map<string, number>();
  private readonly addresses = Array.from({ length: PEOPLE }, () => 0);
  private readonly names = Array.from({ length: PEOPLE }, () => 0);
  private readonly present = new Set(Array.from({ length: PEOPLE }, (_, at) => at));
  private now = START;
  private readonly clock = { now: () => new Date(this.now) };

  constructor() {
    this.store = new MemoryStore({ clock: this.clock });
    const { store, clock, mailer } = this;
    this.invitations = new Invitations({ store, scope, clock, mailer });
  }

  addressOf(at: number): string {
    return `t${String(at)}.${String(this.addresses[at])}@school.example`;
  }

  /** Goes on by so many hours: what failed is due again. */
  pass(hours: number): void {
    this.now += hours * 3_600_000;
  }

  async take(each: Step): Promise<void> {
    this.now += 20 * 60_000;
    if (each.kind === 'run') await this.sync().run();
    if (each.kind === 'run-twice') await this.race();
    if (each.kind === 'mail-down') {
      this.mailer.failNext(new MailError('down', { isRetryable: true, refused: 0 }));
      await this.sync().run();
    }
    if (each.kind === 'undo') await this.undo();
    if (each.kind === 'kill') await this.kill(each.write, each.isAfter);
    if (each.kind === 'move') this.addresses[each.who] = each.address;
    if (each.kind === 'leave') this.present.delete(each.who);
    if (each.kind === 'return') this.present.add(each.who);
    if (each.kind === 'rename') this.names[each.who] = (this.names[each.who] ?? 0) + 1;
    if ('who' in each) await this.byHand(each.kind, each.who);
  }

  private async byHand(kind: string, at: number): Promise<void> {
    const user = (await this.store.load(scope)).users.find(({ sourcedId }) => sourcedId === `t${String(at)}`);
    if (user === undefined) return;
    if (kind === 'resend' || kind === 'issue') {
      const { outcome } = await this.invitations[kind](user.id, { by });
      if (outcome === 'invited') this.allow(user.email ?? '');
    }
    if (kind === 'revoke') await this.invitations.revoke(user.id, { by });
    if (kind === 'accept') await this.invitations.accept(this.codeAt(user.email ?? ''), { caller: user.id });
  }

  private allow(address: string): void {
    this.asked.set(address, (this.asked.get(address) ?? 0) + 1);
  }

  /** The code of the newest letter to an address. */
  codeAt(address: string): string {
    return /code: (\S+)/.exec(this.mailer.messages.findLast(({ to }) => to.includes(address))?.text ?? '')?.[1] ?? '';
  }

  /** Two processes at once: one of them is told that the other runs. */
  private async race(): Promise<void> {
    await Promise.allSettled([this.sync().run(), this.sync().run()]);
  }

  private async undo(): Promise<void> {
    const runs = await this.store.runs(scope);
    const last = runs.find(({ applied }) => applied > 0);
    if (last !== undefined) await this.sync().undo(last.id, { by });
  }

  /** A process that dies before or after so many writes. What it held expires. */
  private async kill(write: number, isAfter: boolean): Promise<void> {
    let writes = 0;
    let isDead = false;
    const mortal = new Proxy(this.store, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name, target);
        if (typeof method !== 'function') return method;
        return async (...args: readonly unknown[]) => {
          if (isDead) throw new Error('killed');
          writes += WRITES.has(String(name)) ? 1 : 0;
          isDead = writes >= write && WRITES.has(String(name));
          if (isDead) {
            // A letter that is gone and not noted may come twice, where its person moves away and back meanwhile.
            if (name === 'saveMessage') for (let at = 0; at < PEOPLE; at += 1) this.allow(this.addressOf(at));
            if (!isAfter) throw new Error('killed');
          }
          const answer: unknown = await Reflect.apply(method, target, args);
          if (isDead) throw new Error('killed');
          return answer;
        };
      },
    });
    await this.sync(mortal)
      .run()
      .catch((error: unknown) => {
        expect(String(error)).toContain('killed');
      });
    this.pass(1);
  }

  private sync(store: MemoryStore = this.store): RosterSync {
    const { mailer, clock } = this;
    const limits = { enrollments: 1, classes: 1, users: 1, guardianLinks: 1, rolling: 9 };
    const policy = { fullData: true, limits };
    return new RosterSync({ source: sourceOf(() => this.feed()), store, mailer, scope, clock, policy, batchSize: 2 });
  }

  private feed(): Roster {
    const whole = roster(1, 1);
    const teachers = [...this.present].map((at): User => {
      const id = `t${String(at)}`;
      return { ...person(id, 'teacher'), email: this.addressOf(at), givenName: `Given ${String(this.names[at])}` };
    });
    const users = [...whole.users.filter(({ roles }) => roles.includes('student')), ...teachers];
    const enrollments = [
      ...whole.enrollments.filter(({ role }) => role === 'student'),
      ...teachers.map(({ sourcedId }) => ({
        classSourcedId: 'c1',
        userSourcedId: sourcedId,
        role: 'teacher' as const,
      })),
    ];
    return { ...whole, users, enrollments };
  }
}

it('12: one invitation for each person and address, whatever crashes, retries, undoes, moves and is imported again', async () => {
  const told = { letters: 0, kills: 0, undos: 0, again: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 18 }), async (steps) => {
      const district = new District();
      for (const each of steps) {
        await district.take(each);
        told.kills += each.kind === 'kill' ? 1 : 0;
        told.undos += each.kind === 'undo' ? 1 : 0;
      }
      // In the end everything is up again, and what is due goes out.
      for (let day = 0; day < 3; day += 1) {
        district.pass(24);
        await district.take({ kind: 'run' });
      }
      const counts = new Map<string, number>();
      for (const { to } of district.mailer.messages) counts.set(to[0] ?? '', (counts.get(to[0] ?? '') ?? 0) + 1);
      for (const [address, count] of counts) {
        const allowed = 1 + (district.asked.get(address) ?? 0);
        expect(count, `letters to ${address}`).toBeLessThanOrEqual(allowed);
        told.letters += count;
        told.again += count - 1;
      }
      const { users } = await district.store.load(scope);
      const open = await district.store.invitations(scope);
      const ofPresent = open.filter(
        ({ state, userId }) => state === 'pending' && users.some(({ id }) => id === userId),
      );
      for (const { id, userId } of ofPresent) {
        const address = users.find((user) => user.id === userId)?.email ?? '';
        const found = await district.invitations.lookUp(district.codeAt(address));
        expect(found.invitation?.id, `the newest letter to ${address} has the code that is good`).toBe(id);
      }
      // One that is good, for each of them.
      expect(new Set(ofPresent.map(({ userId }) => userId)).size).toBe(ofPresent.length);
    }),
    { numRuns: CASES, seed: SEED },
  );
  console.log(`promise 12: seed ${String(SEED)}, ${String(CASES)} cases: ${JSON.stringify(told)}`);
  expect(Math.min(told.letters, told.kills, told.undos)).toBeGreaterThan(CASES / 3);
}, 240_000);
