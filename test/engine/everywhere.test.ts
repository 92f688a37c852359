import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { plannedEverywhere } from '../support/planned-everywhere.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const isRequired = process.env['CI'] === 'true';
/** Executables of other versions of Node, such as `OTHER_NODES=/opt/node22/bin/node:/opt/node24/bin/node`. */
const otherNodes = (process.env['OTHER_NODES'] ?? '').split(path.delimiter).filter((node) => node !== '');

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['./test/support/planned-everywhere.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'everywhere',
    platform: 'browser',
  });
  return outputFiles[0]?.text ?? '';
}

function digest(text: string): string {
  return createHash('sha256').update(text.trim()).digest('hex');
}

describe('the same plans', () => {
  it.each(otherNodes)('byte for byte in %s', { timeout: 120_000 }, async (node) => {
    const script = `${await bundled()}\neverywhere.plannedEverywhere().then((plans) => console.log(plans));`;
    const running = promisify(execFile)(node, ['-'], { maxBuffer: 2 ** 30 });
    running.child.stdin?.end(script);
    const { stdout } = await running;
    expect(digest(stdout)).toBe(digest(await plannedEverywhere()));
  });

  it.skipIf(browserPath === undefined && !isRequired)(
    'byte for byte in a browser page (needs Chromium)',
    { timeout: 120_000 },
    async () => {
      const here = await plannedEverywhere();
      const browser = await chromium.launch({ executablePath: browserPath ?? 'chromium', args: ['--no-sandbox'] });
      try {
        const page = await browser.newPage({ locale: 'tr-TR', timezoneId: 'Pacific/Auckland' });
        await page.addScriptTag({ content: await bundled() });
        const there = await page.evaluate('everywhere.plannedEverywhere()');
        expect(here.split('\n')).toHaveLength(36);
        expect(digest(String(there))).toBe(digest(here));
      } finally {
        await browser.close();
      }
    },
  );
});
