import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isEximInstalled, type MailServer, startMailServer } from '../adapters/exim.js';
import { KilledImports } from './killed/imports.js';
import { hasServer } from '../support/database-server.js';
import { FolderPost, ServerPost } from './killed/post.js';
import { Stage } from './killed/stage.js';
import { Workers } from './killed/workers.js';

/** How many processes are killed, and at which moments: the same seed kills at the same statements. */
const RUNS = Number(process.env['KILL_RUNS'] ?? 20);
const SEED = Number(process.env['KILL_SEED'] ?? 1);

const hasMailServer = isEximInstalled || process.env['CI'] === 'true';
if (!hasMailServer)
  console.warn('Exim is not installed: the processes that are killed write their letters into files.');

describe.skipIf(!(await hasServer()))('a process that is killed in the middle of a run', () => {
  let stage: Stage;
  let workers: Workers;
  let server: MailServer | undefined;

  beforeAll(async () => {
    stage = await Stage.set('killed');
    workers = new Workers(stage.program);
    server = hasMailServer ? await startMailServer() : undefined;
  }, 120_000);

  afterAll(async () => {
    await workers.stop();
    await server?.stop();
    await stage.clear();
  }, 120_000);

  test(
    `leaves no half batch and no letter unsent, and its successor ends where an undisturbed run does (${String(RUNS)} kills, KILL_SEED=${String(SEED)})`,
    async () => {
      const { tables, folder } = stage;
      const post = server === undefined ? new FolderPost(folder) : new ServerPost(server);
      const imports = await KilledImports.of({ workers, tables, post, seed: SEED, shareOfLetters: 0.3 });
      await imports.withKills(RUNS);
      if (!(post instanceof ServerPost)) return;
      console.log(`Letters that came twice: ${String(post.hangingCount)} of ${String(RUNS)} kills.`);
      expect(post.hangingCount, 'some die between the answer and its transaction').toBeGreaterThan(0);
    },
    60_000 + RUNS * 15_000,
  );
});
