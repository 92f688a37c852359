import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import lock from '../../package-lock.json' with { type: 'json' };
import manifest from '../../package.json' with { type: 'json' };
import typedoc from '../../typedoc.json' with { type: 'json' };

const root = fileURLToPath(new URL('../..', import.meta.url));

interface LockedPackage {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
const locked = lock.packages as Readonly<Record<string, LockedPackage>>;

/** `./memory` and `./testing/msw` as files of src/. */
function sourceOf(entry: string): string {
  const name = entry.replace(/^\.\/?/, '');
  const places = [`src/${name}.ts`, `src/${name}/index.ts`, `src/adapters/${name}/index.ts`];
  return name === '' ? 'src/index.ts' : (places.find((place) => existsSync(path.join(root, place))) ?? `no ${entry}`);
}

const sources = Object.keys(manifest.exports)
  .filter((entry) => entry !== './package.json')
  .map(sourceOf);

test('every entry is built and documented, and nothing else is', () => {
  const built = [...readFileSync(path.join(root, 'tsup.config.ts'), 'utf8').matchAll(/: '(src\/[^']+)'/g)];
  expect(built.map((match) => match[1])).toEqual(sources);
  expect(typedoc.entryPoints).toEqual(sources);
});

test('users get fixes of what the package depends on', () => {
  for (const range of Object.values(manifest.dependencies)) expect(range).toMatch(/^\^\d/);
});

test('the lock file holds the packages of every platform, so that `npm ci` works on each', () => {
  const missing = Object.entries(locked).flatMap(([folder, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => locked[`${folder}/node_modules/${name}`] === undefined)
      .filter(([name]) => locked[`node_modules/${name}`] === undefined)
      .map(([name]) => name),
  );
  expect(missing).toEqual([]);
});
