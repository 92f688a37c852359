import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { defineConfig, type Options } from 'tsup';

/** Helpers that exist as ESM only. Inside the CommonJS files they need no `require()` of an ES module. */
const bundledInCommonJs = ['jose', 'ky', 'p-limit', 'p-retry'];

const shared = {
  entry: {
    index: 'src/index.ts',
    'engine/index': 'src/engine/index.ts',
    'clever/index': 'src/clever/index.ts',
    'classlink/index': 'src/classlink/index.ts',
    'oneroster/index': 'src/oneroster/index.ts',
    'memory/index': 'src/adapters/memory/index.ts',
    'postgres/index': 'src/adapters/postgres/index.ts',
    'smtp/index': 'src/adapters/smtp/index.ts',
    'report/index': 'src/report/index.ts',
    'testing/index': 'src/testing/index.ts',
    'testing/msw': 'src/testing/msw.ts',
  },
  sourcemap: true,
  // Without splitting each entry would have a copy of its own of each class.
  splitting: true,
  target: 'node20.19',
  platform: 'node',
} satisfies Options;

/** Writes THIRD-PARTY-NOTICES beside the bundle: the licences of the packages whose code is in it, no more and no less. */
const thirdPartyNotices: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'third-party-notices',
  setup(build) {
    build.onEnd((result) => {
      const outputs = Object.values(result.metafile?.outputs ?? {});
      const inputs = outputs.flatMap((output) => Object.keys(output.inputs));
      const folders = inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input) ?? []);
      const notices = [...new Set(folders)].sort().map(noticeOf);
      const outputFolder = build.initialOptions.outdir ?? 'dist';
      mkdirSync(outputFolder, { recursive: true });
      writeFileSync(
        path.join(outputFolder, 'THIRD-PARTY-NOTICES'),
        `The CommonJS files of this package contain code of the packages below.\n\n${notices.join('\n')}`,
      );
    });
  },
};

export default defineConfig([
  { ...shared, format: 'esm' },
  {
    ...shared,
    format: 'cjs',
    noExternal: bundledInCommonJs,
    esbuildPlugins: [thirdPartyNotices],
    esbuildOptions: (options) => {
      // tsup splits CommonJS by a tool of its own, which garbles classes with fields in minified code such as jose's.
      options.supported = { ...options.supported, 'class-field': false, 'class-static-field': false };
    },
  },
  { ...shared, format: ['esm', 'cjs'], dts: { only: true } },
]);

function noticeOf(folder: string): string {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
  };
  const licence = readdirSync(folder).find((name) => /^licen[cs]e(\.|$)/i.test(name));
  if (licence === undefined) throw new Error(`${manifest.name} is bundled and has no licence file`);
  const rule = '-'.repeat(80);
  const text = readFileSync(path.join(folder, licence), 'utf8').trim();
  return `${rule}\n${manifest.name} ${manifest.version}\n${rule}\n\n${text}\n`;
}
