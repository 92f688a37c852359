import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, test } from 'vitest';

const eslint = new ESLint({
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  // The planted files do not exist, so there is no program to take types from; the folder rules need none.
  overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }],
});

async function complaints(filePath: string, code: string): Promise<string[]> {
  const results = await eslint.lintText(code, { filePath });
  const messages = results.flatMap((result) => result.messages);
  expect(messages.filter((message) => message.fatal)).toEqual([]);
  return messages.map((message) => message.ruleId ?? '').filter((rule) => rule.startsWith('no-restricted-'));
}

const importOf = (source: string) => `import { thing } from '${source}';\nexport const same = thing;\n`;

describe('a folder imports only what the folder table allows', () => {
  test.each([
    ['src/engine/reconcile.ts', '../http/index.js'],
    ['src/engine/reconcile.ts', '../ports/index.js'],
    ['src/engine/reconcile.ts', '../policy/index.js'],
    ['src/engine/reconcile.ts', '../index.js'],
    ['src/engine/reconcile.ts', './../http/index.js'],
    ['src/engine/reconcile.ts', '../model/../http/index.js'],
    ['src/engine/reconcile.ts', 'zod'],
    ['src/engine/reconcile.ts', 'node:crypto'],
    ['src/engine/rows/classes.ts', '../../http/index.js'],
    ['src/engine/rows/classes.ts', '../../../test/engine/rows.js'],
    ['src/model/roster.ts', '../ports/index.js'],
    ['src/model/roster.ts', 'zod'],
    ['src/internal/ordered.ts', '../model/index.js'],
    ['src/errors.ts', './model/index.js'],
    ['src/errors.ts', 'zod'],
    ['src/policy/define-policy.ts', '../engine/index.js'],
    ['src/ports/store.ts', 'node:fs'],
    ['src/http/transport.ts', '../model/index.js'],
    ['src/http/transport.ts', 'axios'],
    ['src/http/transport.ts', 'ky-universal'],
    ['src/clever/client.ts', '../oneroster/index.js'],
    ['src/clever/client.ts', '../sync/index.js'],
    ['src/clever/client.ts', 'ky'],
    ['src/oneroster/client.ts', '../classlink/index.js'],
    ['src/classlink/client.ts', '../clever/index.js'],
    ['src/people/directory.ts', '../sync/index.js'],
    ['src/sync/roster-sync.ts', '../adapters/memory/index.js'],
    ['src/sync/roster-sync.ts', '../clever/index.js'],
    ['src/adapters/memory/store.ts', '../postgres/index.js'],
    ['src/adapters/memory/store.ts', '../../engine/index.js'],
    ['src/adapters/postgres/store.ts', 'pg'],
    ['src/adapters/smtp/smtp-mailer.ts', 'nodemailer'],
    ['src/adapters/smtp/smtp-mailer.ts', '../memory/index.js'],
    ['src/testing/index.ts', 'msw'],
    ['src/testing/index.ts', '../adapters/postgres/index.js'],
    ['src/testing/index.ts', '../clever/index.js'],
    ['src/testing/msw.ts', 'express'],
    ['src/index.ts', 'zod'],
    ['src/unlisted/thing.ts', '../model/index.js'],
    ['src/engine/one/two/three/four/five.ts', '../../../../../model/index.js'],
  ])('%s may not import %s', async (file, source) => {
    expect(await complaints(file, importOf(source))).toEqual(['no-restricted-imports']);
  });

  test.each([
    ['src/engine/reconcile.ts', './rows/classes.js'],
    ['src/engine/reconcile.ts', '../model/index.js'],
    ['src/engine/reconcile.ts', '../internal/ordered.js'],
    ['src/engine/reconcile.ts', '../errors.js'],
    ['src/engine/rows/classes.ts', '../context.js'],
    ['src/engine/rows/classes.ts', '../../model/index.js'],
    ['src/http/transport.ts', 'ky'],
    ['src/http/transport.ts', 'node:dns/promises'],
    ['src/oneroster/csv/zip.ts', 'yauzl'],
    ['src/classlink/client.ts', '../oneroster/index.js'],
    ['src/sync/roster-sync.ts', '../engine/index.js'],
    ['src/sync/roster-sync.ts', 'eventemitter3'],
    ['src/adapters/memory/store.ts', '../../ports/index.js'],
    ['src/testing/index.ts', '../adapters/memory/index.js'],
    ['src/testing/clever/district.ts', '../../model/index.js'],
    ['src/testing/msw.ts', 'msw'],
    ['src/index.ts', './adapters/memory/index.js'],
  ])('%s may import %s', async (file, source) => {
    expect(await complaints(file, importOf(source))).toEqual([]);
  });

  test('re-exports and type imports count as imports', async () => {
    const code = `export { thing } from '../http/index.js';\nimport type { Other } from '../sync/index.js';\nexport type Same = Other;\n`;
    expect(await complaints('src/engine/reconcile.ts', code)).toHaveLength(2);
  });

  test.each(['src/engine/reconcile.ts', 'src/sync/roster-sync.ts', 'src/index.ts', 'src/testing/msw.ts'])(
    'an import that is only made at run time is refused in %s',
    async (file) => {
      expect(await complaints(file, `export const loaded = import('../http/index.js');\n`)).toEqual([
        'no-restricted-syntax',
      ]);
    },
  );
});

describe('a pure folder has no clock, chance nor I/O', () => {
  const impure = [
    ['fetch', `export const read = () => fetch('https://example.org');`],
    ['setTimeout', `export const later = (work: () => void) => setTimeout(work, 1);`],
    ['process', `export const home = () => process.env['HOME'];`],
    ['crypto', `export const id = () => crypto.randomUUID();`],
    ['console', `export const say = () => console.log('x');`],
    ['performance', `export const now = () => performance.now();`],
    ['globalThis', `export const id = () => globalThis.crypto.randomUUID();`],
    ['Date.now', `export const now = () => Date.now();`],
    ['new Date()', `export const now = () => new Date();`],
    ['Date()', `export const now = () => Date();`],
    ['Math.random', `export const chance = () => Math.random();`],
  ] as const;

  test.each(impure)('%s is refused in the engine and in the leaves beneath it', async (_name, code) => {
    for (const file of [
      'src/engine/plan.ts',
      'src/engine/rows/users.ts',
      'src/model/plan.ts',
      'src/internal/plan.ts',
    ]) {
      expect(await complaints(file, code), file).toHaveLength(1);
    }
  });

  test('a date made from a given instant is allowed there', async () => {
    const code = `export const day = (instant: string) => new Date(instant).getUTCDay();`;
    expect(await complaints('src/engine/plan.ts', code)).toEqual([]);
  });

  test('the folders around it may use them', async () => {
    for (const [, code] of impure) expect(await complaints('src/sync/roster-sync.ts', code)).toEqual([]);
  });
});
