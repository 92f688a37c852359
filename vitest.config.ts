import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^rosterkit$/, replacement: at('./src/index.ts') },
      { find: /^rosterkit\/testing\/msw$/, replacement: at('./src/testing/msw.ts') },
      { find: /^rosterkit\/(memory|postgres)$/, replacement: at('./src/adapters/$1/index.ts') },
      { find: /^rosterkit\/([a-z]+)$/, replacement: at('./src/$1/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
  },
});
