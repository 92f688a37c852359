/** Pictures of a report as people see it, for people to look at: `tsx test/report/shots.ts <folder>`. */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { renderHtml } from 'rosterkit/report';
import { launchBrowser } from '../support/browser.js';
import { mondayMorning } from '../support/reported.js';

const folder = process.argv[2] ?? path.join('coverage', 'report');
mkdirSync(folder, { recursive: true });
const reported = await mondayMorning();
const file = path.resolve(folder, 'report.html');
writeFileSync(file, renderHtml(reported));
writeFileSync(path.resolve(folder, 'masked.html'), renderHtml(reported, { masked: true }));

const browser = await launchBrowser();
try {
  for (const [name, width, height, colorScheme] of [
    ['desktop', 1200, 900, 'light'],
    ['dark', 1200, 900, 'dark'],
    ['phone', 390, 844, 'light'],
    ['phone-dark', 390, 844, 'dark'],
  ] as const) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme, deviceScaleFactor: 1 });
    await page.goto(`file://${file}`);
    await page.evaluate(
      "document.querySelectorAll('.part')[3].open = true; document.querySelector('.hold details').open = true",
    );
    await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
    await page.close();
  }
  const page = await browser.newPage();
  await page.goto(`file://${file}`);
  await page.pdf({ path: path.join(folder, 'print.pdf'), format: 'A4', printBackground: false });
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 700, height: 990 });
  await page.screenshot({ path: path.join(folder, 'print.png'), fullPage: false });
} finally {
  await browser.close();
}
console.log(folder);
