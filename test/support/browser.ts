import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** A browser of this machine. Tests in one run where there is one; with `CI=true` it is required. */
export const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);

export const isBrowserRequired = process.env['CI'] === 'true';

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: browserPath ?? 'chromium', args: ['--no-sandbox'] });
}
