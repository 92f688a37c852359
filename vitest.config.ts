import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Builds, packs and installs the package as a user would: minutes, where the rest takes seconds. */
const packageTests = 'test/package/tarball.test.ts';

export default defineConfig({
  resolve: {
    alias: [
      { find: /^rosterkit$/, replacement: at('./src/index.ts') },
      { find: /^rosterkit\/testing\/msw$/, replacement: at('./src/testing/msw.ts') },
      { find: /^rosterkit\/(memory|postgres|smtp)$/, replacement: at('./src/adapters/$1/index.ts') },
      { find: /^rosterkit\/([a-z]+)$/, replacement: at('./src/$1/index.ts') },
    ],
  },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two also on two cores, where the default is one: many tests wait for a server or for a process of their own.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [packageTests],
          // Errors elsewhere are those of `npm run types`.
          typecheck: { enabled: true, include: ['test/**/*.test-d.ts'], ignoreSourceErrors: true },
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'package',
          include: [packageTests],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          // Alone and at the end, so that it slows down no other test.
          sequence: { groupOrder: 1 },
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'html'],
      // A little below what is reached, so that an untested file fails and a refactoring does not.
      thresholds: { statements: 96, branches: 90, functions: 96, lines: 97, 'src/engine/**': { branches: 98 } },
    },
  },
});
