import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the engine carries nothing but itself and the leaves beneath it', async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['./src/engine/index.ts'],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    // No platform, so that even Node's own modules are unknown here.
    platform: 'neutral',
    packages: 'external',
    external: ['node:*'],
  });

  const inputs = Object.keys(metafile.inputs);
  const strangers = inputs.filter((input) => !/^src\/(?:(?:engine|model|internal)\/|errors\.ts$)/.test(input));
  const external = Object.values(metafile.inputs).flatMap((input) => input.imports.filter((one) => one.external));
  expect(inputs).toContain('src/engine/index.ts');
  expect(strangers).toEqual([]);
  expect(external).toEqual([]);
});
