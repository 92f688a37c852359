import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import typescript from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const root = fileURLToPath(new URL('../..', import.meta.url));
const tool = (name: string) => path.join(root, 'node_modules', '.bin', name);
const entries = Object.keys(manifest.exports)
  .filter((entry) => entry !== './package.json')
  .map((entry) => path.posix.join('rosterkit', entry));

let folder: string;
let tarball: string;
let consumer: string;
let installed: string;

/** Runs a program and answers with what it wrote; where it fails, the error holds all of it. */
async function run(cwd: string, file: string, ...args: string[]): Promise<string> {
  // Of npm's own variables some would send an install to this package instead of the folder at hand.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(?:package|lifecycle|config_local)|^(?:NODE_OPTIONS|NODE_ENV)$/.test(name),
    ),
  );
  try {
    const { stdout } = await promisify(execFile)(file, args, { cwd, env, maxBuffer: 32 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error([`${path.basename(file)} ${args.join(' ')} failed`, stdout, stderr].join('\n'));
  }
}

const npmInstall = (what: string) =>
  run(consumer, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', what);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rosterkit-package-'));
  const staged = path.join(folder, 'staged');
  consumer = path.join(folder, 'consumer');
  installed = path.join(consumer, 'node_modules', 'rosterkit');
  await run(root, tool('tsup'), '--silent', '--out-dir', path.join(staged, 'dist'));
  for (const file of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']) {
    await cp(path.join(root, file), path.join(staged, file));
  }
  await run(staged, 'npm', 'pack', '--ignore-scripts', '--pack-destination', folder);
  tarball = path.join(folder, `rosterkit-${manifest.version}.tgz`);

  await mkdir(consumer);
  await cp(path.join(root, 'test/package/consumer'), consumer, { recursive: true });
  await writeFile(path.join(consumer, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
  await npmInstall(tarball);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('publint finds nothing to say about the tarball', async () => {
  expect(await run(folder, tool('publint'), 'run', tarball, '--strict')).toContain('All good');
});

test('the types of every entry resolve as ES module, as CommonJS and for bundlers', async () => {
  const report = await run(folder, tool('attw'), tarball, '--profile', 'node16', '--format', 'table');
  expect(report.match(/ 🟢 \(CJS\)/g)).toHaveLength(entries.length);
  expect(report.match(/ 🟢 \(ESM\)/g)).toHaveLength(entries.length);
});

test('nothing is published but the build, the licences and what a reader needs', async () => {
  const top = await readdir(installed);
  expect(top.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'package.json']);
});

test('an ES module reads a district and plans its import', async () => {
  expect(await run(consumer, process.execPath, 'import.mjs')).toBe('ok\n');
});

test('a CommonJS program does the same', async () => {
  expect(await run(consumer, process.execPath, 'require.cjs')).toBe('ok\n');
});

test('a CommonJS program does the same where ES modules cannot be required', async () => {
  expect(await run(consumer, process.execPath, '--no-experimental-require-module', 'require.cjs')).toBe('ok\n');
});

test('the types hold in both module systems, with every declaration file checked', async () => {
  const imports = entries.filter((entry) => entry !== 'rosterkit/testing/msw').map((entry) => `import '${entry}';\n`);
  const program = await readFile(path.join(consumer, 'consumer.ts'), 'utf8');
  const compilerOptions = {
    module: 'node16',
    target: 'es2022',
    lib: ['es2023', 'dom', 'dom.iterable'],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  };
  const files = ['consumer.mts', 'consumer.cts'];
  for (const file of files) await writeFile(path.join(consumer, file), imports.join('') + program);
  await writeFile(path.join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  await run(consumer, tool('tsc'), '--project', '.');
});

test('no published type names a package', async () => {
  const files = (await readdir(path.join(installed, 'dist'), { recursive: true })).filter((file) =>
    /\.d\.c?ts$/.test(file),
  );
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    const text = await readFile(path.join(installed, 'dist', file), 'utf8');
    const { importedFiles, typeReferenceDirectives } = typescript.preProcessFile(text);
    const named = [...importedFiles, ...typeReferenceDirectives].map((one) => one.fileName);
    const packages = new Set(named.filter((name) => !name.startsWith('.')));
    expect([...packages], file).toEqual(/^testing.msw\./.test(file) && packages.size > 0 ? ['msw'] : []);
  }
});

test('the licences of the code inside the CommonJS files come along', async () => {
  const notices = await readFile(path.join(installed, 'dist', 'THIRD-PARTY-NOTICES'), 'utf8');
  const named = [...notices.matchAll(/^-{80}\n(\S+) \d\S*\n-{80}\n/gm)].map((match) => match[1]);
  expect(named).toEqual(['is-network-error', 'jose', 'ky', 'p-limit', 'p-retry', 'yocto-queue']);
  expect(notices.match(/Permission is hereby granted/g)).toHaveLength(named.length);
});

test('every entry has the same names and the same classes in both module systems', async () => {
  await npmInstall(`msw@${manifest.devDependencies.msw}`);
  const require = createRequire(path.join(consumer, 'index.js'));
  const isClass = (value: unknown) => typeof value === 'function' && /^class\b/.test(String(value));
  const front = require('rosterkit') as Record<string, unknown>;
  for (const entry of entries) {
    const required = require(entry) as Record<string, unknown>;
    const imported = (await import(pathToFileURL(require.resolve(entry)).href.replace(/\.cjs$/, '.js'))) as Record<
      string,
      unknown
    >;
    expect(Object.keys(required).sort(), entry).toEqual(Object.keys(imported).sort());
    expect(Object.keys(required).length, entry).toBeGreaterThan(0);
    for (const [name, value] of Object.entries(required)) {
      if (isClass(value) && name in front) expect(front[name], `${name} of ${entry}`).toBe(value);
    }
  }
});
