/** Imports in processes that are killed, and of which the next one ends what the last one began. */

import { expect } from 'vitest';
import { Random } from '../../../src/testing/random.js';
import { changesSince, endOf, expectWholeBatches, fenceOf } from './looks.js';
import type { Post } from './post.js';
import type { Month } from './scenes.js';
import type { SchemaTables, Tables } from './tables.js';
import { importUndisturbed, type Undisturbed } from './undisturbed.js';
import type { Job } from './worker-process.js';
import type { Answer, Order, Workers } from './workers.js';

/** Where it happens, and what chance decides. */
export interface Setting {
  readonly workers: Workers;
  readonly tables: SchemaTables;
  readonly post: Post;
  /** The same seed kills at the same statements. */
  readonly seed: number;
  /** How many of the kills fall on letters, from 0 to 1. */
  readonly shareOfLetters: number;
}

/** Imports of one setting. Each is compared with one that nobody disturbed. */
export class KilledImports {
  readonly #undisturbed = new Map<Month, Undisturbed>();

  private constructor(private readonly setting: Setting) {}

  /** Imports each month once without a kill. */
  static async of(setting: Setting): Promise<KilledImports> {
    const { tables, post, workers } = setting;
    const place = { tables, post, act: (job: Job) => workers.do(job) };
    const imports = new KilledImports(setting);
    imports.#undisturbed.set('august', await importUndisturbed(place, 'august'));
    imports.#undisturbed.set('september', await importUndisturbed(place, 'september', 'august'));
    return imports;
  }

  /** Kills so many processes, and tells which round it was where something is wrong. */
  async withKills(kills: number): Promise<void> {
    for (let round = 1, deaths = 0; deaths < kills; round += 1) {
      deaths += await this.#importWithKills(round, kills - deaths).catch((error: unknown) => {
        throw new Error(`round ${String(round)} of KILL_SEED=${String(this.setting.seed)}`, { cause: error });
      });
    }
  }

  /** Kills one process after the other in the middle of one import, and lets the next one end it. Says how many died. */
  async #importWithKills(round: number, most: number): Promise<number> {
    const { workers, tables, post, seed } = this.setting;
    const random = new Random(seed, `round ${String(round)}`);
    const month: Month = random.chance(0.5) ? 'august' : 'september';
    const whole = this.#undisturbed.get(month) as Undisturbed;
    const tenant = `t${String(round)}`;
    const mail = post.placeOf(tenant);
    if (whole.from !== undefined) await tables.copy(whole.from, tenant);
    let fence = fenceOf(await tables.read(tenant));
    let answer: Answer | undefined;
    let deaths = 0;
    // Mostly one process dies; sometimes its successor, too.
    const kills = Math.min(most, random.chance(0.7) ? 1 : 2 + random.below(2));
    const lookAround = async (): Promise<Tables> => {
      const now = await tables.read(tenant);
      expectWholeBatches(now, whole.before, whole.changes.length);
      expect(fenceOf(now), 'the fence never falls').toBeGreaterThanOrEqual(fence);
      fence = fenceOf(now);
      return now;
    };
    while (answer === undefined || 'killed' in answer) {
      const order: Order = { tenant, month, mail };
      answer = await workers.do(deaths < kills ? { ...order, ...this.#momentOf(random, whole) } : order);
      // At once, while the server may still carry out the last words of the dead.
      await lookAround();
      if (!('killed' in answer)) break;
      deaths += 1;
      await tables.forgotten(answer.killed);
      await post.bury(tenant, answer.killed, await lookAround());
      await tables.expireLeases(tenant);
    }
    const now = await tables.read(tenant);
    expect(answer, 'the successor ends the import, and nothing is left to do').toMatchObject({
      outcome: 'applied',
      left: 0,
    });
    expect(changesSince(now, whole.before), 'every change is made once').toEqual(whole.changes);
    expect(endOf(now), 'it ends where an undisturbed import does').toEqual(whole.end);
    expect(await post.addressees(tenant, now, whole.before), 'everybody is written to').toEqual(whole.addressees);
    return deaths;
  }

  /**
   * At a statement mostly, of those that apply rather than of those about letters; else at a letter, or at an instant,
   * whatever it is that the process then does.
   */
  #momentOf(random: Random, { applying, statements, letters, milliseconds }: Undisturbed): Partial<Order> {
    const moment = random.pick(['before', 'during', 'after'] as const);
    const kind = random.next();
    const { shareOfLetters } = this.setting;
    if (kind < 0.15) return { killAfterMs: random.below(milliseconds) };
    if (kind < 0.15 + shareOfLetters) {
      const number = 1 + random.below(letters);
      return { kill: { at: 'letter', number, moment, afterMs: random.below(10) } };
    }
    const isApplying = random.chance(0.7);
    const number = isApplying ? 1 + random.below(applying) : applying + 1 + random.below(statements - applying);
    return { kill: { at: 'statement', number, moment } };
  }
}
